"""What the crash tests taught, each in its smallest form."""

import errno
import os
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from documents.materials import Materials
from helpers.old_schema import make_at
from helpers.world import OSCAR, RITA, World
from sheets.files import set_aside
from workflow.core.deeds import Deed, Lane, notice
from workflow.journal import Claimed, JournalError
from workflow.journal.queue import GivenUp
from workflow.journal.schema import copy_of
from workflow.legs.base import MOST_FAULTS, Owed, crashed_too_often, dead_alarms

LEASE = timedelta(minutes=10)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def claim(world: World) -> Claimed:
    deed = world.journal.claim_deed(Lane.MAIL, world.time, LEASE)
    assert deed is not None
    return deed


def states(world: World) -> dict[str, str]:
    return {row.kind: row.state for row in world.journal.dead()}


def test_a_deed_in_which_the_program_ended_ten_times_goes_to_the_operator(world: World) -> None:
    world.journal.add_alone(None, [notice("form", RITA)], world.time)
    for _ in range(MOST_FAULTS):
        assert not crashed_too_often(world.service, (OSCAR,), claim(world))
        world.journal.free_own_leases(world.time)
    assert crashed_too_often(world.service, (OSCAR,), claim(world))
    assert states(world) == {"form": "dead"}
    assert "ended 10 times" in world.journal.dead()[0].error
    assert claim(world).kind == "alarm"


def test_a_deed_is_given_up_only_together_with_the_word_about_it(world: World) -> None:
    world.journal.add_alone(None, [notice("form", RITA)], world.time)
    deed = claim(world)
    unwritable = Deed(Lane.MAIL, "alarm", OSCAR, {"details": object()})
    with pytest.raises(TypeError):
        world.service.give_up(GivenUp(deed, "refused"), [unwritable])
    assert states(world) == {}
    world.service.give_up(GivenUp(deed, "refused"), dead_alarms((OSCAR,), deed, "refused"))
    assert states(world) == {"form": "dead"}
    assert claim(world).person == OSCAR


def test_the_draft_of_a_file_that_has_its_name_already_is_removed(tmp_path: Path) -> None:
    materials = Materials(tmp_path)
    folder = materials.folder_of("PAY-2026-00001", date(2026, 11, 24), "Ромашка")
    stored = materials.store(folder, "invoice.pdf", b"content")
    draft = tmp_path / folder / f".{stored.sha256[:24]}.tmp"
    draft.write_bytes(b"content")  # killed between the two names
    assert materials.store(folder, "invoice.pdf", b"content") == stored
    assert [path.name for path in (tmp_path / folder).iterdir()] == ["invoice.pdf"]


def no_room(*_paths: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_book_set_aside_bears_its_name_only_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = tmp_path / "registry.xlsx"
    book.write_bytes(b"what people wrote")
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space"):
        set_aside(book, datetime(2026, 11, 24, tzinfo=UTC))
    assert [path.name for path in tmp_path.iterdir()] == ["registry.xlsx"]


def test_the_copy_before_an_upgrade_bears_its_name_only_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whoever starts the program reads a sentence."""
    journal = tmp_path / "journal.db"
    make_at("0001", journal)
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(JournalError, match=r"no copy of it could be made .* Nothing was changed"):
        copy_of(journal, datetime(2026, 11, 24, tzinfo=UTC))
    assert [path.name for path in tmp_path.iterdir() if "before" in path.name] == []


def test_what_could_not_be_given_back_is_given_back_first_of_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full in mid-work: neither a word to the journal nor ten minutes' wait."""
    world.journal.add_alone(None, [notice("form", RITA)], world.time)
    owed, deed = Owed(world.journal), claim(world)
    full = OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))

    def cannot(*_: object) -> None:
        raise full

    with monkeypatch.context() as disk:
        disk.setattr(type(world.journal), "release", cannot)
        with pytest.raises(OperationalError), owed.unless_done(deed):
            cannot()
    assert owed.deeds == [deed]
    owed.give_back()
    assert claim(world).attempts == deed.attempts


def test_a_contractors_notice_that_was_being_sent_keeps_its_mark_when_it_is_given_back(world: World) -> None:
    world.journal.add_alone(None, [notice("contractor_paid", "supplier@vendor.test")], world.time)
    marked = world.journal.last_look(claim(world), world.time, LEASE, mark=True)
    assert marked is not None
    Owed(world.journal).keep(marked)
    assert claim(world).was_sending
