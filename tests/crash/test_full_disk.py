"""A disk that is full while the daemon works: nothing is half done, and with room it goes on at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from helpers.office import Office, office
from mailer.errors import DeliveryError
from mailer.inbox import Fetched
from stories.stage import ADAM, FIONA, RITA, complete_form, invoice
from tests.crash.full import can_mount, fill, make_room, small_disk
from tests.crash.outside import OnDisk
from workflow.core.deeds import Lane
from workflow.core.model import Status
from workflow.daemon import run_once
from workflow.health.checkup import Limits
from workflow.health.watch import Watch
from workflow.legs.inbox import InboxLeg
from workflow.legs.mail import MailLeg

needs_disk = pytest.mark.skipif(bool(can_mount()), reason=can_mount() or "-")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 16 << 20):
        yield tmp_path / "disk"


class Standing:
    """A daemon that is not started anew between two turns, as `run` is."""

    def __init__(self, desk: Office) -> None:
        self.desk, self.wiring = desk, desk.wiring()
        self.wiring.books[0].sync.open()
        self.legs = self.wiring.legs()
        for leg in self.legs:
            if isinstance(leg, MailLeg):
                leg.outgoing = desk.outgoing

    def turn(self) -> list[str]:
        """Letters that came, then every leg; what could not be done."""
        inbox, *others = self.legs
        while self.desk.waiting:
            raw = self.desk.waiting[0]
            try:
                fetched = Fetched(next(self.desk.uids), raw, self.desk.now(), len(raw), True)
                cast(InboxLeg, inbox).take(fetched)
            except Exception as error:
                return [f"inbox: {error}"]
            del self.desk.waiting[0]
        return run_once(others, self.wiring.journal, self.wiring.now, self.wiring.stopping)


@needs_disk
@pytest.mark.parametrize(("left", "turns"), [(0, 2), (28, 2), (64, 2)])
def test_with_room_again_it_goes_on_within_a_minute(
    disk: Path, left: int, turns: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Full from before the letters came, to different bytes."""
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    desk = office(disk)
    daemon = Standing(desk)
    assert daemon.turn() == []
    desk.send(RITA, complete_form(desk.now()), files=[("Счёт.pdf", invoice() * 40)])
    fill(disk, left << 10)
    for _ in range(turns):
        daemon.turn()
        desk.later(minutes=11)
    desk.send(RITA, complete_form(desk.now()), files=[("Счёт 2.pdf", invoice("2") * 40)])
    daemon.turn()
    assert OnDisk(disk).faults() == []
    assert [path.name for path in disk.rglob("*.tmp")] == []
    make_room(disk)
    desk.later(minutes=1, seconds=1)
    assert daemon.turn() == []
    requests = list(daemon.wiring.journal.requests())
    assert [request.status for request in requests] == [Status.AWAITING, Status.AWAITING]
    assert daemon.wiring.journal.queue_counts(desk.now())[0] == 0, "nothing waits"
    assert daemon.wiring.journal.dead() == []
    asked = [str(mail["Subject"]) for mail in desk.new(ADAM) if "Согласуйте" in str(mail["Subject"])]
    assert len(asked) == len(set(asked)) == 2
    assert len(list(disk.glob("materials/*/*/*/*/*.pdf"))) == 2
    assert "Traceback" not in caplog.text


@needs_disk
@pytest.mark.parametrize(("lane", "times"), [("folder", 12), ("registry", 12), ("mail", 1)])
def test_what_was_just_claimed_when_the_disk_filled_up_is_done_with_the_first_room(
    disk: Path, lane: str, times: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It does not wait for the ten minutes of its lease, and is not given up, however often that happens."""
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    desk = office(disk)
    daemon = Standing(desk)
    journal = daemon.wiring.journal
    daemon.turn()
    desk.send(RITA, complete_form(desk.now()), files=[("Счёт.pdf", invoice())])

    def filling(claim: Callable[..., Any]) -> Callable[..., Any]:
        def claimed(at: Lane, *words: Any, **options: Any) -> Any:
            found = claim(at, *words, **options)
            if found and at == lane:
                with journal.engine.connect() as connection:  # else old pages of the log would be written over
                    connection.exec_driver_sql("COMMIT")
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                    connection.exec_driver_sql("BEGIN")
                fill(disk, 0)
            return found

        return claimed

    def not_now(*_: object) -> None:
        raise DeliveryError("the server is busy", permanent=False)

    with monkeypatch.context() as full:
        for name in ("claim_deed", "claim_all"):
            full.setattr(journal, name, filling(getattr(journal, name)))
        if lane == Lane.MAIL:  # a notice that went out would leave nothing to claim
            full.setattr(desk.outgoing, "send", not_now)
        troubles = []
        for _ in range(times):
            troubles += daemon.turn()
            make_room(disk)
            desk.later(seconds=61)
    assert any("full" in trouble for trouble in troubles)
    assert "Traceback" not in caplog.text
    for _ in range(2):
        assert daemon.turn() == []
        desk.later(seconds=61)
    assert journal.queue_counts(desk.now())[0] == 0, "nothing waits"
    assert journal.dead() == []
    assert desk.cells()["Статус"] == "На согласовании"
    assert len(list(disk.glob("materials/*/*/*/*/*.pdf"))) == 1
    assert len([mail for mail in desk.new(ADAM) if "Согласуйте" in str(mail["Subject"])]) == 1


@needs_disk
def test_a_payment_on_a_full_disk_is_told_once_there_is_room(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    desk = office(disk)
    daemon = Standing(desk)
    desk.send(RITA, complete_form(desk.now()), files=[("Счёт.pdf", invoice())])
    daemon.turn()
    desk.answer(ADAM, desk.new(ADAM)[-1], "Согласовано")
    daemon.turn()
    desk.answer(FIONA, desk.new(FIONA)[-1], "Оплачено, п/п № 214")
    fill(disk, 0)
    assert daemon.turn() != []
    make_room(disk)
    desk.later(seconds=61)
    assert daemon.turn() == []
    assert desk.request().status is Status.PAID
    fill(disk, 0)
    desk.later(minutes=11)
    daemon.turn()
    make_room(disk)
    desk.later(seconds=61)
    assert daemon.turn() == []
    assert len(desk.new("supplier@vendor.test")) == 1


class _Route:
    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def tell(self, headline: str, lines: Any, troubles: Any) -> None:
        self.told.append(tuple(lines))


@needs_disk
def test_a_full_disk_of_the_journal_is_told_once_by_the_second_route(
    disk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    desk = office(disk)
    wiring = desk.wiring()
    route, usual = _Route(), wiring.watch
    checkup = replace(usual.checkup, limits=Limits(free_space=1 << 20))
    watch = Watch(checkup, [route], usual.words, usual.company, usual.alarm)
    watch.look(desk.now())
    assert route.told == []
    fill(disk, 0)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            watch.look(desk.now())
            desk.later(minutes=1)
    [told] = route.told
    assert str(disk) in told[0]
    assert "Traceback" not in caplog.text
    make_room(disk)
    for _ in range(2):
        watch.look(desk.now())
    assert len(route.told) == 2, "and once that it is over"
    assert watch.unwritten == {}
