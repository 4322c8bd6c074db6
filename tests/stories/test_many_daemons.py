"""Three daemons on one PostgreSQL: killed, put to sleep and woken late, stopped; every request goes through once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import countersign
from helpers.daemons import daemons, until
from helpers.needs import needs
from helpers.postgres import blank_journal_url, give_back, shared_server
from helpers.realmail import RealMail
from stories.offices import Office, logs
from stories.stage import USERS

pytestmark = [pytest.mark.postgres, needs("postgres")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    (tmp_path / "servers").mkdir()
    with RealMail(tmp_path / "servers", USERS) as mail:
        office = Office(tmp_path, mail, blank_journal_url())
        yield office
        office.engine.dispose()
        give_back(office.url)


def test_the_one_who_holds_the_mailbox_is_killed_under_load(office: Office) -> None:
    with daemons(office.settings, 3) as running:
        first = office.holder_among(running, "mailbox")
        office.ask(6)
        until(lambda: list(office.journal.requests()), lambda: logs(running))
        first.kill()
        office.ask(3)
        until(office.settled, lambda: logs(running))
        second = office.holder_among(running, "mailbox")
        assert second.pid != first.pid
        until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs(running)}")
        assert [daemon.stop() for daemon in running if daemon is not first] == [0, 0]
    assert office.wrong() == []
    assert office.journal.holders() == {}
    assert countersign(office.settings, "verify").returncode == 0


def test_a_holder_that_wakes_up_late_writes_nothing_and_stands_by(office: Office) -> None:
    with daemons(office.settings, 2) as running:
        office.ask(2)
        until(office.settled, lambda: logs(running))
        slept = {office.holder_among(running, what) for what in ("mailbox", "registry")}
        for daemon in slept:
            daemon.sleep()
        if len(slept) == 2:  # both sleep: nobody works until one wakes and takes all
            next(iter(slept)).wake()
        office.ask(2)
        until(office.settled, lambda: logs(running))
        threading.Event().wait(0.1)
        for daemon in slept:
            daemon.wake()
        office.ask(1)
        until(office.settled, lambda: logs(running))
        until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs(running)}")
        assert [daemon.stop() for daemon in running] == [0, 0]
    assert office.wrong() == []


def test_commands_beside_daemons_and_a_clean_stop_that_hands_over_at_once(office: Office) -> None:
    """The lease would last a minute; the next daemon holds the mailbox as soon as the first is gone."""
    office.settings.write_text(office.settings.read_text().replace('"3s"', '"60s"'))
    with daemons(office.settings, 2) as running:
        first = office.holder_among(running, "mailbox")
        second = next(daemon for daemon in running if daemon is not first)
        until(lambda: "started" in first.said() and "inbox: stands by" in second.said(), lambda: logs(running))
        until(lambda: office.holder("registry"))
        assert f"process {first.pid} " in countersign(office.settings, "status").stdout
        assert "Queued" in countersign(office.settings, "rebuild").stdout
        once = countersign(office.settings, "run", "--once")
        assert (once.returncode, "is held by" in once.stderr) == (1, True)
        assert first.stop() == 0
        until(lambda: f"process {second.pid} " in office.holder("mailbox"), second.said)
        office.ask(1)
        until(office.settled, second.said)


def test_the_database_is_restarted_in_the_middle_of_work(office: Office) -> None:
    with daemons(office.settings, 1) as running:
        office.ask(3)
        until(lambda: list(office.journal.requests()), lambda: logs(running))
        shared_server().stop()
        until(lambda: "database cannot be used" in logs(running), lambda: logs(running))
        told = countersign(office.settings, "status")
        assert (told.returncode, "The journal cannot be used" in told.stderr) == (1, True)
        office.ask(2)
        shared_server().start()
        until(office.settled, lambda: logs(running))
        until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs(running)}")
        assert "Traceback" not in logs(running)
