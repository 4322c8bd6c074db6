"""The table of states: what is in it happens, what is not raises and changes nothing."""

from __future__ import annotations

import re
from itertools import product
from typing import get_args

import pytest

from helpers.world import FIONA, Desk
from workflow.core import events as e
from workflow.core.evolve import evolve
from workflow.core.model import Status
from workflow.core.states import ANYWHERE, NEXT, IllegalMove, diagram, next_status

STORED = [status for status in Status if status is not Status.ON_HOLD]
MOVING = {kind for _, kind in NEXT}


def bare(kind: type[e.Event]) -> e.Event:
    """An event of this kind; the table looks at nothing but its type."""
    return object.__new__(kind)


@pytest.mark.parametrize(("status", "kind"), NEXT, ids=lambda part: getattr(part, "__name__", str(part)))
def test_every_pair_of_the_table_leads_where_it_says(status: Status, kind: type[e.Event]) -> None:
    assert next_status(status, bare(kind)) is NEXT[status, kind]


def test_every_other_pair_is_illegal() -> None:
    for status, kind in product(STORED, MOVING):
        if (status, kind) not in NEXT:
            with pytest.raises(IllegalMove, match=rf"{kind.__name__} cannot happen .* {status.value}"):
                next_status(status, bare(kind))


def test_facts_for_any_state_leave_it_as_it_is() -> None:
    for status, kind in product(STORED, ANYWHERE):
        assert next_status(status, bare(kind)) is status


def test_every_event_but_the_first_has_its_place() -> None:
    assert set(get_args(e.Event)) - {e.Opened} == MOVING | ANYWHERE
    assert not MOVING & ANYWHERE


def test_on_hold_is_shown_and_never_stored() -> None:
    assert Status.ON_HOLD not in {status for status, _ in NEXT} | set(NEXT.values())


def test_every_state_can_be_reached() -> None:
    reached = {Status.DRAFT}
    while more := {after for (before, _), after in NEXT.items() if before in reached} - reached:
        reached |= more
    assert reached == set(STORED)


def test_an_illegal_event_leaves_the_request_unchanged(desk: Desk) -> None:
    before = desk.opened().request
    with pytest.raises(IllegalMove):
        evolve(before, e.PaidUndone(FIONA), desk.now)
    assert desk.request == before


def test_rejected_leads_back_only_by_undo_and_withdrawn_nowhere() -> None:
    assert {kind for before, kind in NEXT if before is Status.REJECTED} == {e.VoteUndone}
    assert not [kind for before, kind in NEXT if before is Status.WITHDRAWN]


def test_the_diagram_shows_every_move_once() -> None:
    lines = diagram().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> draft"]
    arrows = [re.fullmatch(r" {4}(\w+) --> (\w+): (.+)", line) for line in lines]
    shown = {(m[1], m[2], name) for m in arrows if m for name in m[3].split(", ")}
    assert shown == {(a.value, b.value, kind.__name__) for (a, kind), b in NEXT.items() if a is not b}
    assert {"    paid --> [*]", "    rejected --> [*]", "    withdrawn --> [*]"} <= set(lines)
