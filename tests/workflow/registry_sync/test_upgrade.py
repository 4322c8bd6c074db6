"""A registry of the first version under the present program: it gets what is new, and keeps all that people did."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from helpers.registry_room import Room
from workflow.registry_sync.columns import EXTRA, FIRST_VIEWS


def as_it_was(room: Room) -> None:
    """The room with the layout of the first version: three views, without their later columns."""
    plan = room.layout
    late = {key for key, *_ in EXTRA}
    room.layout = replace(
        plan, views=tuple(spec for spec in plan.views if spec.key in FIRST_VIEWS), extra_columns=(), total_key="",
        view_columns=tuple(key for key in plan.view_columns if key not in late),
    )  # fmt: skip
    room.restart()


def test_the_first_pass_after_an_upgrade_adds_sheets_and_columns_and_loses_nothing(room: Room) -> None:
    plan = room.layout
    as_it_was(room)
    room.sync.rebuild()
    reference = room.approved(pay_by="29.11.2026", amount="4800")
    room.work()
    room.type(reference, accountant_comment="ask the bank", paid_on="20.11")
    room.person.type_in_view("month", reference, "on hold")
    room.layout = plan
    room.restart()
    room.work()
    assert room.events(reference) == ["Held"]
    assert (room.cell(reference, "accountant_comment"), room.cell(reference, "paid_on")) == ("ask the bank", "20.11")
    room.type(reference, status="Approved for payment")
    room.work()
    snapshot = room.registry.read()
    shown = {view for view, row, _ in snapshot.view_edits if row == reference}
    assert shown == {"week", "month"}  # due on Friday, not overdue yet
    room.wait(days=7)
    room.work()
    assert {view for view, *_ in room.registry.read().view_edits} == {"today", "week", "month", "overdue"}
    room.person.type_in_view("overdue", reference, "Paid")
    room.work()
    assert room.cell(reference, "status") == "Paid"
    assert room.cell(reference, "paid_amount") == Decimal(4800)
    room.agrees()
