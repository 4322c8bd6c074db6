"""Two versions on one PostgreSQL: the journal is migrated and the daemons are exchanged while people go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import countersign
from helpers.daemons import RunningDaemon, daemons, stopped_at_the_end, until
from helpers.needs import needs
from helpers.newer import NEXT, NewerVersion
from helpers.postgres import shared_server
from helpers.realmail import RealMail
from helpers.world import NOW
from stories.offices import Office, logs
from stories.stage import USERS
from workflow.journal.engine import open_engine
from workflow.journal.schema import current, upgrade

pytestmark = [pytest.mark.postgres, needs("postgres")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    url = shared_server().database()  # of its own: what the newer version adds to it stays there
    engine = open_engine(url)
    upgrade(engine, NOW)
    engine.dispose()
    (tmp_path / "servers").mkdir()
    with RealMail(tmp_path / "servers", USERS) as mail:
        office = Office(tmp_path, mail, url)
        yield office
        office.engine.dispose()


def test_an_old_and_a_new_version_work_side_by_side_and_everything_goes_through_once(
    office: Office, tmp_path: Path
) -> None:
    newer = NewerVersion(tmp_path / "newer", breaks=False)
    with daemons(office.settings, 2) as old:
        office.ask(2)
        until(lambda: list(office.journal.requests()), lambda: logs(old))
        migrated = newer.call(office.settings, "migrate")
        assert migrated.returncode == 0, migrated.stderr
        assert current(office.engine) == NEXT
        new = RunningDaemon(office.settings, tmp_path / "new.log", program=newer.folder)
        with stopped_at_the_end([new]):
            office.ask(2)
            until(lambda: "started" in new.said(), new.said)
            first = office.holder_among([*old, new], "mailbox")
            assert first is not new
            until(office.settled, lambda: logs([*old, new]))
            assert old[0].stop() == 0
            office.ask(2)
            until(office.settled, lambda: logs([*old, new]))
            assert old[1].stop() == 0
            office.ask(1)
            until(office.settled, lambda: logs([*old, new]))
            assert office.holder_among([new], "mailbox") is new
            until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs([*old, new])}")
            assert "Traceback" not in logs([*old, new])
    assert newer.call(office.settings, "verify").returncode == 0
    assert countersign(office.settings, "verify").returncode == 0, "the old version may be put back"


def test_where_they_cannot_work_side_by_side_the_old_ones_end_with_a_sentence_and_nothing_is_lost(
    office: Office, tmp_path: Path
) -> None:
    newer = NewerVersion(tmp_path / "newer", breaks=True)
    with daemons(office.settings, 2) as old:
        office.ask(3)
        until(lambda: list(office.journal.requests()), lambda: logs(old))
        assert newer.call(office.settings, "migrate").returncode == 0
        until(lambda: all(daemon.process.poll() is not None for daemon in old), lambda: logs(old))
        for daemon in old:
            assert daemon.process.poll() == 1
            assert (
                daemon.said()
                .rstrip()
                .splitlines()[-1]
                .startswith(f"The journal was written by a newer version (schema {NEXT}, this program knows ")
            )
            assert "Traceback" not in daemon.said()
    refused = countersign(office.settings, "run")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
    new = RunningDaemon(office.settings, tmp_path / "new.log", program=newer.folder)
    with stopped_at_the_end([new]):
        office.ask(1)
        until(office.settled, new.said)
        until(lambda: not office.wrong(), lambda: f"{office.wrong()} {new.said()}")
        assert "Traceback" not in new.said()
    assert newer.call(office.settings, "verify").returncode == 0


def test_a_new_version_on_a_journal_that_was_not_migrated_waits_for_that(office: Office, tmp_path: Path) -> None:
    newer = NewerVersion(tmp_path / "newer", breaks=False)
    refused = newer.call(office.settings, "run", "--once")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
    assert "run `countersign migrate`" in refused.stderr
