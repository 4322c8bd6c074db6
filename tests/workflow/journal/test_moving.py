"""A journal moves to another database whole: every row, the chains, the numbers that go on; and there is one truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from helpers.needs import needs
from helpers.world import NOW, RITA, World, blank_journal
from workflow.core.deeds import Deed, Lane
from workflow.journal import Journal, JournalError, moving, tables
from workflow.journal.engine import open_engine
from workflow.journal.moving import MOVED, move, refuse_left
from workflow.legs.base import LEASE

pytestmark = [pytest.mark.postgres, needs("postgres")]


@dataclass
class Both:
    """A journal with some life in it, and an empty one to move to."""

    old: World
    new: Engine

    @property
    def journal(self) -> Journal:
        return Journal(self.new, domain="example.test")


@pytest.fixture(params=[("sqlite", "postgres"), ("postgres", "sqlite")], ids=["to_postgres", "back_to_sqlite"])
def both(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Both]:
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
    old = World(tmp_path / "old", database=request.param[0])
    for _ in range(3):
        old.approved()
    old.journal.anchor(old.time)
    both = Both(old, open_engine(blank_journal(tmp_path / "new", request.param[1])))
    yield both
    both.new.dispose()
    old.close()


def rows(engine: Engine, table: object) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)  # type: ignore[call-overload]


def test_everything_arrives_and_the_chains_hold(both: Both) -> None:
    counts = move(both.old.engine, both.new, NOW)
    assert counts["requests"] == 3
    for table in tables.metadata.sorted_tables:
        if table.name not in ("meta", "leases"):
            assert rows(both.new, table) == rows(both.old.engine, table), table.name
    assert both.journal.broken_links() == both.journal.broken_anchors() == []


def test_numbers_go_on(both: Both) -> None:
    highest = max(row.id for row in both.old.journal.notices("PAY-2026-00003"))
    move(both.old.engine, both.new, NOW)
    both.journal.add_alone(None, [Deed(Lane.MAIL, "one", RITA)], NOW)
    with both.new.connect() as connection:
        assert max(connection.execute(select(tables.deeds.c.id)).scalars()) > highest
    with both.journal.page(both.old.letter()) as page:
        assert page.next_reference(2026) == "PAY-2026-00004"


def test_what_was_in_hand_is_free_and_what_was_being_sent_stays_in_doubt(both: Both) -> None:
    first = both.old.journal.claim_deed(Lane.MAIL, both.old.time, LEASE)
    second = both.old.journal.claim_deed(Lane.MAIL, both.old.time, LEASE)
    assert first is not None
    assert second is not None
    assert both.old.journal.last_look(second, both.old.time, LEASE, mark=True) is not None
    move(both.old.engine, both.new, NOW)
    found = {}
    while deed := both.journal.claim_deed(Lane.MAIL, both.old.time, LEASE):
        found[deed.id] = deed.was_sending
    assert found[first.id] is False
    assert found[second.id] is True


def test_a_moved_journal_is_not_used_again(both: Both) -> None:
    move(both.old.engine, both.new, NOW)
    with pytest.raises(JournalError, match=r"was moved to .* at 2026-11-24"):
        refuse_left(both.old.journal.note(MOVED))
    refuse_left(both.journal.note(MOVED))


def test_a_filled_target_is_refused_and_nothing_is_changed(both: Both) -> None:
    both.journal.add_alone(None, [Deed(Lane.MAIL, "one", RITA)], NOW)
    with pytest.raises(JournalError, match="is not empty"):
        move(both.old.engine, both.new, NOW)
    assert not list(both.journal.requests())
    assert both.old.journal.note(MOVED) is None


def test_a_chain_that_does_not_hold_is_told_and_the_old_journal_stays_the_truth(both: Both) -> None:
    with both.old.engine.begin() as connection:
        connection.execute(update(tables.events).where(tables.events.c.seq == 2).values(actor="mallory@elsewhere.test"))
    with pytest.raises(JournalError, match=r"does not hold.*\n.*PAY-2026-00001"):
        move(both.old.engine, both.new, NOW)
    assert both.old.journal.note(MOVED) is None


@pytest.mark.parametrize("both", [("postgres", "sqlite")], indirect=True)  # on SQLite the installation's lock tells
def test_a_daemon_at_work_on_the_old_one_stops_it(both: Both) -> None:
    assert both.old.journal.take_lease("mailbox", "north", LEASE)
    with pytest.raises(JournalError, match=r"A daemon works on .* stop it first"):
        move(both.old.engine, both.new, NOW)


def test_a_move_that_was_cut_off_before_the_old_one_knew_is_completed(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(_target: Engine) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(moving, "_prove", cut_off)
        with pytest.raises(KeyboardInterrupt):
            move(both.old.engine, both.new, NOW)
    assert both.old.journal.note(MOVED) is None
    assert len(list(both.journal.requests())) == 3
    for _ in range(2):  # and given once more it changes nothing
        assert move(both.old.engine, both.new, NOW)["requests"] == 3
    with pytest.raises(JournalError, match="was moved to"):
        refuse_left(both.old.journal.note(MOVED))
    assert both.journal.broken_links() == []


def test_an_old_journal_that_was_worked_on_after_the_cut_is_not_taken_for_the_same(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(moving, "_prove", lambda _target: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            move(both.old.engine, both.new, NOW)
    both.old.submitted(by=RITA)
    with pytest.raises(JournalError, match="is not empty"):
        move(both.old.engine, both.new, NOW)
