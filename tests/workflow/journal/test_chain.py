"""The record proves itself: one altered byte is found and named, an erased payload is not held against it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from helpers.world import ADAM, RITA, World
from workflow.core.commands import Comment
from workflow.journal import tables
from workflow.journal.chain import START, link, payload_hash

EVENTS = tables.events


def change(world: World, reference: str, seq: int, **values: object) -> None:
    """Somebody with a database tool changes one event."""
    with world.engine.begin() as connection:
        where = (EVENTS.c.reference == reference) & (EVENTS.c.seq == seq)
        connection.execute(update(EVENTS).where(where).values(**values))


def drop(world: World, reference: str, seq: int | None = None) -> None:
    with world.engine.begin() as connection:
        where = EVENTS.c.reference == reference
        connection.execute(delete(EVENTS).where(where if seq is None else where & (EVENTS.c.seq == seq)))


def payload(world: World, reference: str, seq: int) -> str:
    with world.engine.begin() as connection:
        where = (EVENTS.c.reference == reference) & (EVENTS.c.seq == seq)
        return str(connection.execute(select(EVENTS.c.payload).where(where)).scalar_one())


@pytest.fixture
def two(world: World) -> tuple[World, str, str]:
    """Two approved requests."""
    return world, world.approved(), world.approved()


def test_whole_chains_have_no_fault(two: tuple[World, str, str]) -> None:
    assert two[0].journal.broken_links() == []


def test_one_altered_byte_is_found_and_named(two: tuple[World, str, str]) -> None:
    world, one, _ = two
    change(world, one, 2, payload=payload(world, one, 2).replace("4800.00", "4900.00"))
    assert world.journal.broken_links() == [f"{one}: the content of event 2 (Filled) was changed."]


def test_a_payload_changed_together_with_its_hash_is_found(two: tuple[World, str, str]) -> None:
    world, one, _ = two
    forged = payload(world, one, 2).replace("4800.00", "4900.00")
    change(world, one, 2, payload=forged, payload_hash=payload_hash(forged))
    assert world.journal.broken_links() == [f"{one}: event 2 (Filled) does not follow from the one before."]


@pytest.mark.parametrize(
    "values", [{"actor": "x@elsewhere.test"}, {"at": "2026-11-24T08:00:00.000000Z"}, {"cause": "x"}, {"type": "Paid"}]
)
def test_nothing_beside_the_payload_can_be_changed_either(two: tuple[World, str, str], values: dict[str, str]) -> None:
    world, _, other = two
    change(world, other, 5, **values)
    (fault,) = world.journal.broken_links()
    assert fault.startswith(f"{other}: event 5 ")


@pytest.mark.parametrize("seq", [1, 4])
def test_a_missing_event_is_named(two: tuple[World, str, str], seq: int) -> None:
    world, one, _ = two
    drop(world, one, seq)
    assert world.journal.broken_links() == [f"{one}: event {seq} is missing."]


@pytest.mark.parametrize("number", [0, 1])
def test_a_missing_last_event_is_found_by_the_head(two: tuple[World, str, str], number: int) -> None:
    world, reference = two[0], two[1:][number]
    drop(world, reference, 7)
    assert world.journal.broken_links() == [
        f"{reference}: the last event is not the one that the request was left with."
    ]


def test_a_request_without_events_is_found(two: tuple[World, str, str]) -> None:
    world, one, _ = two
    drop(world, one)
    assert world.journal.broken_links() == [f"{one}: its events are gone."]


def test_events_without_a_request_are_found(two: tuple[World, str, str]) -> None:
    world, one, _ = two
    with world.engine.begin() as connection:
        connection.execute(delete(tables.requests).where(tables.requests.c.reference == one))
    assert len(world.journal.broken_links()) == 1


def test_only_the_first_broken_link_of_a_chain_is_named(two: tuple[World, str, str]) -> None:
    world, one, other = two
    for seq in (2, 4):
        change(world, one, seq, actor="x")
    drop(world, other, 3)
    assert [fault.split(":")[0] for fault in world.journal.broken_links()] == [one, other]


def test_an_erased_payload_leaves_a_tombstone_and_no_fault(two: tuple[World, str, str]) -> None:
    world, one, _ = two
    change(world, one, 2, payload=None)
    assert world.journal.broken_links() == []
    assert [recorded.seq for recorded in world.journal.history(one)] == [1, 3, 4, 5, 6, 7]


def test_an_erased_event_cannot_be_filled_in_again(two: tuple[World, str, str]) -> None:
    world, one, _ = two
    change(world, one, 2, payload="{}")
    assert len(world.journal.broken_links()) == 1


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(TEXTS, min_size=6, max_size=6), st.integers(0, 5))
def test_every_part_counts_in_a_link(parts: list[str], which: int) -> None:
    def hashed(values: list[str]) -> str:
        reference, kind, at, actor, cause, content = values
        return link(START, reference, 1, kind, at, actor, cause, content)

    other = [part + "x" if number == which else part for number, part in enumerate(parts)]
    assert hashed(parts) != hashed(other)


# --- anchors --------------------------------------------------------------------------------------------------------


def anchors(world: World) -> list[dict[str, str]]:
    """The heads that each anchor covers."""
    with world.engine.begin() as connection:
        rows = connection.execute(select(tables.anchors.c.heads).order_by(tables.anchors.c.id)).scalars()
        return [json.loads(text) for text in rows]


def anchor(world: World) -> None:
    world.pass_time(timedelta(days=1))
    world.journal.anchor(world.time)


def test_an_anchor_covers_what_moved_since_the_last(two: tuple[World, str, str]) -> None:
    world, one, other = two
    anchor(world)
    world.pass_time(timedelta(hours=1))
    world.order(Comment(RITA, "жду", "requester"), other)
    anchor(world)
    assert [set(heads) for heads in anchors(world)] == [{one, other}, {other}]
    assert world.journal.broken_anchors() == []


def test_nothing_moved_makes_no_anchor(two: tuple[World, str, str]) -> None:
    world = two[0]
    for _ in range(3):
        anchor(world)
    world.journal.anchor(world.time)
    assert len(anchors(world)) == 1


def test_an_order_that_was_decided_before_and_written_after_an_anchor_is_covered_by_the_next(world: World) -> None:
    world.approved()
    anchor(world)
    world.pass_time(-timedelta(seconds=20))
    late = world.submitted()
    anchor(world)
    assert [set(heads) for heads in anchors(world)][1] == {late}


def test_a_chain_rewritten_from_the_start_does_not_fit_its_anchor(two: tuple[World, str, str]) -> None:
    world, one, _ = two
    anchor(world)
    rewrite(world, one)
    assert world.journal.broken_links() == []
    (fault,) = world.journal.broken_anchors()
    assert fault.startswith(f"{one}: the head that the anchor of ")


def rewrite(world: World, reference: str) -> None:
    """A forger with patience: another actor, and every hash made anew."""
    head = START
    with world.engine.begin() as connection:
        rows = connection.execute(select(EVENTS).where(EVENTS.c.reference == reference).order_by(EVENTS.c.seq)).all()
        for row in rows:
            actor = row.actor.replace(ADAM, "ada@example.test")
            head = link(head, reference, row.seq, row.type, row.at, actor, row.cause, row.payload_hash)
            where = (EVENTS.c.reference == reference) & (EVENTS.c.seq == row.seq)
            connection.execute(update(EVENTS).where(where).values(actor=actor, hash=head))
        requests = tables.requests
        connection.execute(update(requests).where(requests.c.reference == reference).values(head=head))


def test_an_anchor_that_was_changed_or_taken_out_is_found(two: tuple[World, str, str]) -> None:
    world = two[0]
    for _ in range(2):
        anchor(world)
        world.order(Comment(RITA, "жду", "requester"), two[1])
    with world.engine.begin() as connection:
        connection.execute(delete(tables.anchors).where(tables.anchors.c.id == 1))
    (fault,) = world.journal.broken_anchors()
    assert "does not follow from the one before" in fault
