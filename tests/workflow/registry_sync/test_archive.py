"""Rows that rest go to the archive of their year and come back when their request stirs; nothing is lost or doubled."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from helpers.registry_room import FIONA, RITA, Crash, Room
from helpers.sheets_server import SheetsServer
from sheets.errors import RegistryLocked
from workflow.core.commands import PutOnHold, Withdraw
from workflow.core.model import Status
from workflow.registry_sync import archive

OWN = 36  # a column that is not ours


@pytest.fixture(scope="module")
def google() -> Iterator[SheetsServer]:
    server = SheetsServer().start()
    yield server
    server.stop()


@pytest.fixture(params=["memory", "excel", "google"])
def room(request: pytest.FixtureRequest, tmp_path: Path, google: SheetsServer) -> Room:
    server = google.renew() if request.param == "google" else None
    return Room(tmp_path, request.param, server=server).open()


def soon(room: Room) -> str:
    return f"{room.time + timedelta(days=1):%d.%m.%Y}"


def paid(room: Room) -> str:
    reference = room.shown(pay_by=soon(room))
    room.type(reference, status="Paid", accountant_comment=f"paid {reference}")
    room.work()
    room.wait(minutes=11)
    room.ring()
    room.work()
    return reference


def a_year_later(room: Room) -> None:
    room.wait(days=366)
    room.work()
    room.work()


def live(room: Room) -> list[str]:
    return list(room.registry.read().rows)


def kept(room: Room, year: str = "2026") -> list[str]:
    book = room.archive(year)
    return list(book.read().rows) if book.exists() else []


def own_of(room: Room, reference: str, title: str, year: str = "") -> object:
    book = room.archive(year) if year else room.registry
    taken = book.take([reference], book.read().version)
    return taken.rows[0].own.get(title)


def test_what_was_closed_for_a_year_moves_with_everything_people_wrote(room: Room) -> None:
    one, waiting, other = paid(room), room.shown(), paid(room)
    room.person.put(1, OWN, "Mine")
    for reference in (one, waiting, other):
        room.person.put(room.registry.read().rows[reference].place, OWN, f"own {reference}")
    room.work()
    a_year_later(room)
    assert (live(room), kept(room)) == ([waiting], [one, other])
    row = room.archive("2026").read().rows[other].cells
    assert (row["status"], row["accountant_comment"]) == ("Paid", f"paid {other}")
    assert own_of(room, other, "Mine", "2026") == f"own {other}"
    assert own_of(room, waiting, "Mine") == f"own {waiting}"
    assert room.sync.differences() == []
    assert room.alarms() == []


def test_what_is_open_or_has_just_ended_stays(room: Room) -> None:
    paid(room)
    room.wait(days=364)
    room.work()
    withdrawn, waiting = room.shown(), room.shown()
    room.order(Withdraw(RITA, ""), withdrawn)
    room.work()
    before = live(room)
    room.wait(hours=1)
    room.work()
    assert live(room) == before
    assert waiting in before


def test_more_rows_than_go_at_one_turn_go_one_after_another(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_ROWS", 2)
    gone = [paid(room) for _ in range(5)]
    waiting = room.shown(pay_by=soon(room))
    room.wait(days=366)
    room.work()
    assert (live(room), kept(room)) == ([waiting], gone)


def test_a_row_that_stands_twice_holds_up_no_other(room: Room) -> None:
    """It waits for people, however long; and the leg rests meanwhile."""
    gone, doubled = paid(room), room.shown()
    room.person.copy_row(room.registry.read().rows[doubled].place, 5)
    room.type(doubled, status="Paid")
    a_year_later(room)
    assert (live(room), kept(room)) == ([doubled], [gone])


def test_a_crowded_registry_lets_rows_go_earlier(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, waiting = paid(room), room.shown(pay_by=soon(room))
    room.wait(days=31)
    room.work()
    assert set(live(room)) == {reference, waiting}
    monkeypatch.setattr(archive, "CROWDED", 1)
    room.wait(days=1)
    room.work()
    assert (live(room), kept(room)) == ([waiting], [reference])


def test_never_means_never(room: Room) -> None:
    room.archive_after = None
    room.restart()
    reference = paid(room)
    room.wait(days=4000)
    room.work()
    assert (live(room), kept(room)) == ([reference], [])


def test_a_request_that_stirs_comes_back_with_its_row(room: Room) -> None:
    reference, waiting = paid(room), room.shown()
    room.person.put(1, OWN, "Mine")
    room.person.put(room.registry.read().rows[reference].place, OWN, "own")
    room.work()
    a_year_later(room)
    assert live(room) == [waiting]
    room.order(PutOnHold(FIONA, "the bank sent it back"), reference)
    room.work()
    room.wait(hours=1)
    room.work()
    assert room.status(reference) is Status.ON_HOLD
    assert (set(live(room)), kept(room)) == ({waiting, reference}, [])
    assert room.cell(reference, "accountant_comment") == f"paid {reference}"
    assert own_of(room, reference, "Mine") == "own"
    assert room.sync.differences() == []


@pytest.mark.parametrize("step", ["archive after_write", "note_archived", "before_write", "after_write", "let_go"])
def test_a_crash_between_any_two_steps_neither_loses_nor_doubles(room: Room, step: str) -> None:
    one, waiting, other = paid(room), room.shown(), paid(room)
    room.wait(days=366)
    room.work_without_archive()
    with pytest.MonkeyPatch.context() as patch:
        if step == "archive after_write":
            book = room.archive("2026")
            patch.setattr(type(book.inner), "create", _after(type(book.inner).create))
        elif step.endswith("write"):
            setattr(room.registry, step, Crash())
        else:
            patch.setattr(room.journal, step, _die)
        with pytest.raises(Crash):
            room.work()
    room.restart()
    room.work()
    assert (live(room), kept(room)) == ([waiting], [one, other])
    assert room.sync.differences() == []
    assert [room.reasons(reference) for reference in (one, waiting, other)] == [[], [], []]


def test_what_somebody_types_before_the_row_has_left_is_read_and_the_row_stays(room: Room) -> None:
    reference, waiting = paid(room), room.shown()
    room.wait(days=366)
    room.work_without_archive()
    room.registry.before_write = RegistryLocked("Nina", None)
    room.work()
    assert (reference in live(room), kept(room)) == (True, [reference])
    room.type(reference, accountant_comment="one word more")
    room.wait(hours=1)
    room.work()
    room.wait(hours=1)
    room.work()
    assert (set(live(room)), kept(room)) == ({reference, waiting}, [])
    assert room.cell(reference, "accountant_comment") == "one word more"


def test_an_own_cell_typed_before_the_row_has_left_goes_along(room: Room) -> None:
    reference = paid(room)
    room.shown()
    room.wait(days=366)
    room.work_without_archive()
    room.registry.before_write = RegistryLocked("Nina", None)
    room.work()
    room.person.put(1, OWN, "Mine")
    room.person.put(room.registry.read().rows[reference].place, OWN, "late")
    room.wait(hours=1)
    room.work()
    room.wait(hours=1)
    room.work()
    assert reference not in live(room)
    assert own_of(room, reference, "Mine", "2026") == "late"


def test_a_missing_archive_is_told_and_nothing_leaves_the_registry(room: Room) -> None:
    one = paid(room)
    room.wait(days=20)
    other, waiting = paid(room), room.shown(pay_by=soon(room))
    room.wait(days=350)
    room.work()
    assert kept(room) == [one]
    lose_archive(room)
    room.wait(days=20)
    room.work()
    room.wait(hours=1)
    room.work()
    assert set(live(room)) == {other, waiting}
    assert room.alarms() == ["archive_missing"]
    assert any("archive 2026" in fault for fault in room.sync.differences())
    room.sync.rebuild()
    room.wait(days=1)
    room.work()
    assert (live(room), kept(room)) == ([waiting], [one, other])


def lose_archive(room: Room) -> None:
    """Somebody deletes it."""
    if room.kind == "excel":
        (room.folder / "registry-archive-2026.xlsx").unlink()
    elif room.server is not None:
        room.server.spreadsheet.sheets.remove(room.server.spreadsheet.named("Archive 2026"))
        room.person._edited()  # type: ignore[attr-defined]
    else:
        room.archive("2026").inner.sheets = {}  # type: ignore[attr-defined]


def test_a_locked_archive_holds_up_only_archiving(room: Room) -> None:
    one = paid(room)
    a_year_later(room)
    other = paid(room)
    book = room.archive("2027")
    book.inner.create(generation=1)
    book.before_write = RegistryLocked("Nina", None)
    waiting = room.shown(pay_by=soon(room))
    room.wait(days=366)
    room.work()
    assert set(live(room)) == {other, waiting}
    room.wait(hours=1)
    room.work()
    assert (live(room), kept(room), kept(room, "2027")) == ([waiting], [one], [other])


def test_a_row_pasted_back_from_the_archive_is_not_obeyed_and_mentioned(room: Room) -> None:
    reference = paid(room)
    room.shown()
    a_year_later(room)
    for column, value in enumerate((reference, "Approved for payment"), 1):
        room.person.put(7, column, value)
    room.work()
    assert room.status(reference) is Status.PAID
    assert room.person.cell(7, 2) == "Approved for payment"
    assert room.alarms() == ["guest_row"]


def test_an_old_copy_that_still_has_the_row_gives_no_order_and_is_tidied(room: Room) -> None:
    reference, waiting = paid(room), room.shown()
    copy = room.keep_copy()
    room.wait(days=11)
    room.shown(pay_by=soon(room))
    room.archive_after = timedelta(days=10)
    room.restart()
    room.work()
    assert kept(room) == [reference]
    room.save_copy(copy)
    room.work()
    room.wait(days=1)
    room.work()
    assert (reference in live(room), kept(room)) == (False, [reference])
    assert waiting in live(room)
    assert "PaidUndone" not in room.events(reference)


def test_rebuild_writes_registry_and_archives_anew(room: Room) -> None:
    one, waiting = paid(room), room.shown()
    a_year_later(room)
    room.sync.rebuild()
    assert (live(room), kept(room)) == ([waiting], [one])
    assert room.archive("2026").read().rows[one].cells["accountant_comment"] == f"paid {one}"
    assert room.sync.differences() == []


def test_a_sheet_that_nothing_can_be_taken_out_of_is_told_once(room: Room) -> None:
    reference = paid(room)
    room.shown()
    room.registry.refuses = "the sheet holds a part of the kind pivotTable"
    a_year_later(room)
    room.wait(days=1)
    room.work()
    assert reference in live(room)
    assert room.alarms() == ["archive_refused"]


def _after(create: object) -> object:
    def crash(*arguments: object, **named: object) -> None:
        create(*arguments, **named)  # type: ignore[operator]
        raise Crash

    return crash


def _die(*_: object) -> None:
    raise Crash
