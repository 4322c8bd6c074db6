"""What people typed into a row, as orders. Pure; an edit that cannot be understood becomes a note for the Message cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sheets.model import Cell
from values.dates import parse_date
from values.flaw import Flaw
from values.money import parse_amount
from workflow.core.commands import (
    Command,
    Comment,
    CorrectPayment,
    MarkPaid,
    NoteEdit,
    PutOnHold,
    Release,
    SendBack,
    UnmarkPaid,
)
from workflow.core.model import Request, Status
from workflow.core.outcome import REGISTRY

DETAILS = ("paid_on", "paid_amount", "payment_order")


@dataclass(frozen=True, slots=True)
class Understood:
    """The orders of one row's edits; `waiting` are cells left as typed until Status says Paid."""

    commands: tuple[Command, ...]
    waiting: frozenset[str] = frozenset()


def understand(
    request: Request,
    edits: Mapping[str, Cell],
    row: Mapping[str, Cell],
    status_of: Callable[[str], Status | None],
    today: date,
    *,
    sure: bool = True,
) -> Understood:
    """`edits` are the cells people changed, `row` all cells as they stand. Without a generation (`sure` False) no
    order is taken from Status."""
    comment = _text(row.get("accountant_comment"))
    commands: list[Command] = []
    waiting: frozenset[str] = frozenset()
    moved = "status" in edits
    if moved and not sure:
        commands.append(NoteEdit(REGISTRY, "edit_without_generation", _text(edits["status"])))
    elif moved:
        commands += _status(request, edits, row, status_of(_text(edits["status"])), comment, today)
    elif any(name in edits for name in DETAILS):
        found, waiting = _details(request, edits, today)
        commands += found
    used = any(isinstance(command, PutOnHold | SendBack) for command in commands)
    if "accountant_comment" in edits and comment and not used:
        commands.append(Comment(REGISTRY, comment, "accountant"))
    return Understood(tuple(commands), waiting)


def _status(
    request: Request, edits: Mapping[str, Cell], row: Mapping[str, Cell], wanted: Status | None, comment: str, today: date
) -> list[Command]:
    shown = request.shown_status
    typed = _text(edits["status"])
    if wanted is shown:
        return []
    match wanted, shown:
        case None, _:
            return [NoteEdit(REGISTRY, "status_unknown" if typed else "status_cleared", typed)]
        case Status.PAID, _:
            return [_paid(row, request, today)]
        case Status.ON_HOLD, _:
            return [PutOnHold(REGISTRY, comment)]
        case Status.RETURNED, _:
            return [SendBack(REGISTRY, None, comment)]
        case Status.APPROVED, Status.PAID:
            return [UnmarkPaid(REGISTRY)]
        case (Status.APPROVED | Status.AWAITING), Status.ON_HOLD:
            return [Release(REGISTRY)]
        case _:
            return [NoteEdit(REGISTRY, "status_not_yours", typed)]


def _paid(row: Mapping[str, Cell], request: Request, today: date) -> Command:
    """Paid with what stands beside it; nothing beside it means today and the whole sum."""
    on, amount = _day(row.get("paid_on"), today), _amount(row.get("paid_amount"), request.currency)
    if isinstance(on, Flaw):
        return NoteEdit(REGISTRY, "paid_on_unclear", on.read)
    if isinstance(amount, Flaw):
        return NoteEdit(REGISTRY, "paid_amount_unclear", amount.read)
    return MarkPaid(REGISTRY, on, amount, _text(row.get("payment_order")))


def _details(request: Request, edits: Mapping[str, Cell], today: date) -> tuple[list[Command], frozenset[str]]:
    """Date, sum and order number without a change of Status."""
    if request.status is not Status.PAID:
        waiting = frozenset(name for name in ("paid_on", "paid_amount") if name in edits)
        order = edits.get("payment_order")
        commands: list[Command] = [CorrectPayment(REGISTRY, order=_text(order))] if "payment_order" in edits else []
        return commands, waiting
    on = _day(edits.get("paid_on"), today)
    amount = _amount(edits.get("paid_amount"), request.currency)
    if isinstance(on, Flaw):
        return [NoteEdit(REGISTRY, "paid_on_unclear", on.read)], frozenset()
    if isinstance(amount, Flaw):
        return [NoteEdit(REGISTRY, "paid_amount_unclear", amount.read)], frozenset()
    order_text = _text(edits["payment_order"]) if "payment_order" in edits else None
    return [CorrectPayment(REGISTRY, on, amount, order_text)], frozenset()


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    return "" if cell is None else str(cell).strip()


def _day(cell: Cell, today: date) -> date | Flaw | None:
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    return parse_date(text, today) if text else None


def _amount(cell: Cell, currency: str) -> Decimal | Flaw | None:
    if isinstance(cell, Decimal):
        return cell.quantize(Decimal("0.01")) if cell == cell.quantize(Decimal("0.01")) else Flaw("invalid", "amount_too_many_decimals", str(cell))
    text = _text(cell)
    return parse_amount(text, currency or None) if text else None
