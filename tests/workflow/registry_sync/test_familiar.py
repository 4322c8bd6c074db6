"""Rows that stand as they stood are not looked into again; whatever changes about one, in the sheet or in what is
agreed, has it looked at."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from helpers.registry_room import FIONA, Room
from workflow.core.commands import MarkPaid
from workflow.core.model import Status
from workflow.journal import Journal


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rows whose agreements were fetched from the journal."""
    found: list[str] = []
    usual = Journal.agreements

    def agreements(self: Journal, registry: str, references: Sequence[str] | None = None) -> object:
        rows = usual(self, registry, references)
        found.extend(sorted(rows))
        return rows

    monkeypatch.setattr(Journal, "agreements", agreements)
    return found


def settled(room: Room, count: int) -> list[str]:
    """So many rows that were read once as they stand."""
    references = [room.approved() for _ in range(count)]
    room.work()
    room.type(references[0], accountant_comment="first")
    room.work()
    return references


def test_only_what_was_agreed_about_the_row_that_changed_is_fetched(room: Room, fetched: list[str]) -> None:
    references = settled(room, 6)
    room.type(references[0], accountant_comment="second")
    room.work()
    fetched.clear()
    room.type(references[3], status="Paid")
    room.work()
    assert set(fetched) <= {references[0], references[3]}, "the others stand as they stood"
    assert room.status(references[3]) is Status.PAID
    room.agrees()


def test_a_row_that_says_again_what_it_said_before_our_last_write_was_edited(room: Room) -> None:
    other, reference, _ = settled(room, 3)
    room.type(other, accountant_comment="all are looked at")
    room.work()
    width = max(room.registry.inner.read().header.values())
    place = room.registry.inner.read().rows[reference].place
    before = [room.person.cell(place, column) for column in range(1, width + 1)]
    room.order(MarkPaid(FIONA, None, None, "214"), reference)  # by mail: its row is written, not read
    room.work()
    assert room.cell(reference, "status") == "Paid"
    for column, value in enumerate(before, 1):
        room.person.put(place, column, Decimal(str(value)) if isinstance(value, float) else value)
    room.work()
    assert room.status(reference) is Status.APPROVED, "Approved over Paid takes the mark back"
    room.agrees()


def test_what_is_typed_twice_is_an_edit_twice(room: Room) -> None:
    reference = settled(room, 3)[2]
    for word, status in (("Paid", Status.PAID), ("Approved for payment", Status.APPROVED)) * 2:
        room.type(reference, status=word)
        room.work()
        assert room.status(reference) is status
    room.agrees()


def test_whoever_comes_back_to_a_registry_looks_at_every_row(room: Room, fetched: list[str]) -> None:
    references = settled(room, 4)
    fetched.clear()
    room.sync.forget()
    room.type(references[0], accountant_comment="again")
    room.work()
    assert set(fetched) == set(references)
