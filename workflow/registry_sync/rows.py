"""A request as the cells of its row, and the approved ones as Today, Week, Month, Overdue and the calendar."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sheets.model import Cell, View
from values.workdays import WorkCalendar
from workflow.agenda import Due, agenda, day_totals, monday_of, month_end, overdue, totals, up_to
from workflow.core.events import Recorded
from workflow.core.model import Request, Status
from workflow.core.payment import paid_so_far, rest_of
from workflow.registry_sync.bands import bands
from workflow.registry_sync.columns import VIEW_COLUMNS
from workflow.words import Words

HISTORY_LINES = 12
AS_THEY_STAND = ("subject", "contractor", "currency", "bank_details", "inn", "kpp", "bic", "account", "corr_account",
                 "iban", "swift", "purpose", "contractor_email")  # fmt: skip
ON_TRACE = ("reference", "version", "subject", "contractor", "requested_by", "updated")


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Turns requests into cells. `link` gives the target of a request's materials, empty when there is none yet."""

    words: Words
    name_of: Callable[[str], str]
    zone: ZoneInfo
    link: Callable[[Request], str]
    history: Callable[[str], list[Recorded]]

    def cells(self, request: Request) -> dict[str, Cell]:
        """Every cell of the row, people's own left out."""
        return {**self._state(request), "history": self._history(request) or None}

    def standing(self, request: Request) -> dict[str, Cell]:
        """Every cell that needs no look into the history, people's own left out."""
        return self._state(request)

    def trace(self, request: Request, registry: str) -> dict[str, Cell]:
        """The row of a request that has gone to another registry: it says so, and holds nothing that could be paid."""
        cells = self._state(request)
        return {
            **dict.fromkeys((*cells, "history")), **{key: cells[key] for key in ON_TRACE},
            "status": self.words.text("status_elsewhere"),
            "message": self.words.text("row_went", registry=registry),
        }  # fmt: skip

    def _state(self, request: Request) -> dict[str, Cell]:
        """The cells that need no look into the history."""
        return {
            "reference": request.reference,
            "version": str(request.version),
            "status": self.words.status(request.shown_status),
            "amount": request.amount,
            "pay_by": _day(request.value("pay_by")),
            "invoice": self.words.value("invoice", request) or None,
            "requested_by": self.name_of(request.requester),
            "approved_by": ", ".join(dict.fromkeys(self.name_of(vote.person) for vote in request.approvals())) or None,
            "decision_comment": request.decision_comment or None,
            "materials": request.reference if self.link(request) else None,
            "warnings": "\n".join(self.words.warnings(request.warnings)) or None,
            "message": self._message(request) or None,
            "updated": request.updated_at.astimezone(self.zone).strftime("%d.%m.%Y %H:%M"),
            **{name: request.value(name) or None for name in AS_THEY_STAND},
            **_payment(request),
        }

    def _message(self, request: Request) -> str:
        """Why something was put back, and what is paid and left of a request paid in parts."""
        said = [self.words.message(request.message, request.currency)] if request.message else []
        if request.payments and request.status is not Status.PAID:
            paid, left = (self.words.money(sum_, request.currency) for sum_ in (paid_so_far(request), rest_of(request)))
            said.append(self.words.text("part_paid_row", paid=paid, left=left))
        return "\n".join(said)

    def links(self, request: Request) -> dict[str, str]:
        target = self.link(request)
        return {"materials": target} if target else {}

    def view_row(self, due: Due) -> dict[str, Cell]:
        """The cells of a row on the views: with what is left to pay, and the working day where the date is none."""
        other_day = due.pay_on if due.pay_on != due.pay_by else None
        cells = {**self._state(due.request), "pay_on": other_day, "to_pay": due.rest}
        return {key: cells.get(key) for key in VIEW_COLUMNS}

    def _history(self, request: Request) -> str:
        told = self.words.events(self.history(request.reference), self.name_of, request.currency)
        lines = [f"{self.words.moment(recorded.at.astimezone(self.zone))} {line}" for recorded, line in told]
        return "\n".join(lines[-HISTORY_LINES:])


def _payment(request: Request) -> dict[str, Cell]:
    """What is paid so far; before payment only an order number that the accountant gave."""
    if not request.payments:
        return {"paid_on": None, "paid_amount": None, "payment_order": request.stated_order or None}
    last = request.payments[-1]
    return {"paid_on": last.on, "paid_amount": paid_so_far(request), "payment_order": last.order or None}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def views(requests: Iterable[Request], today: date, writer: RowWriter, calendar: WorkCalendar) -> tuple[View, ...]:
    """Today is what must be paid up to today, overdue included; Week up to Sunday; Month up to its end: each holds the
    one before. Overdue is what should have been paid before today. Only approved unpaid rows that nothing holds."""
    dues = agenda(requests, calendar)
    rows = {due.request.reference: writer.view_row(due) for due in dues}
    shown = {
        "today": up_to(dues, today), "week": up_to(dues, monday_of(today) + timedelta(days=6)),
        "month": up_to(dues, month_end(today)), "overdue": overdue(dues, today),
    }  # fmt: skip
    drawn = (_view(key, listed, rows, writer) for key, listed in shown.items())
    return (*drawn, View("calendar", (), bands=bands(dues, today, calendar, writer.words)))


def mark(drawn: Sequence[View]) -> str:
    """A short mark of what the views show: the same as long as nothing on them changes."""
    shown = [
        [view.key, [pack(row) for row in view.rows], [[c, str(a)] for c, a in view.totals], str(view.days),
         str(view.bands)]
        for view in drawn
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _view(key: str, dues: Sequence[Due], rows: Mapping[str, dict[str, Cell]], writer: RowWriter) -> View:
    return View(
        key, tuple(rows[due.request.reference] for due in dues), totals(dues),
        tuple(writer.links(due.request) for due in dues), day_totals(dues),
    )  # fmt: skip


# --- cells as the journal keeps them --------------------------------------------------------------------------------


def pack(cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Cells as JSON: a number and a date say what they are."""
    return {key: packed(cell) for key, cell in cells.items()}


def unpack(cells: Mapping[str, Any]) -> dict[str, Cell]:
    return {key: unpacked(cell) for key, cell in cells.items() if not key.startswith("#")}


def packed(cell: Cell) -> Any:
    match cell:
        case Decimal():
            return {"n": str(cell)}
        case date():
            return {"d": cell.isoformat()}
        case _:
            return cell


def unpacked(cell: Any) -> Cell:
    match cell:
        case {"n": number}:
            return Decimal(number)
        case {"d": day}:
            return date.fromisoformat(day)
        case str() | None:
            return cell
        case _:
            raise ValueError(f"not a stored cell: {cell!r}")
