"""What people typed into a row, as orders. Pure; what cannot be understood becomes a note for the Message cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sheets.model import Cell
from values.dates import YEARS, parse_date
from values.flaw import Flaw, flaw
from values.money import amount_currency, parse_amount
from workflow.core.commands import (
    Command,
    Comment,
    ConfirmDetails,
    CorrectPayment,
    MarkPaid,
    NoteEdit,
    PutOnHold,
    Release,
    SendBack,
    UnmarkPaid,
)
from workflow.core.model import Choice, HoldKind, Request, Status
from workflow.core.outcome import REGISTRY
from workflow.core.payment import paid_so_far

DETAILS = ("paid_on", "paid_amount", "payment_order")
DAY_WORDS = {"сегодня": 0, "today": 0, "вчера": 1, "yesterday": 1, "позавчера": 2}
WITH_TIME = re.compile(r"(?<=\d)[T ]\s*\d{1,2}:\d{2}(?::\d{2})?$")
WITH_YEAR = re.compile(r"\d{4}|\d{1,2}\D\d{1,2}\D\d{2}$")
LATELY = timedelta(days=90)
NOISE = Decimal("0.000001")
"""What a sum of doubles may be off."""

SUM_WORDS = re.compile(
    r"\s*(?:(?P<all>всего|итого|in all|in total|total)|(?P<more>\+|ещ[её]|доплата|further|another|more))"
    r"\s*:?\s*(?P<sum>\d.*)",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip

StatusOf = Callable[[str], Status | None]


@dataclass(frozen=True, slots=True)
class Understood:
    """The orders of one row's edits: one for Status, else one for the details of a payment, and the comment.

    `waiting` are cells that stay as typed until Status says Paid, `if_refused` those that stay when the order is
    refused. `carried` says that the order for Status carries the comment: it is passed on only when that is refused."""

    status: Command | None = None
    details: Command | None = None
    comment: Comment | None = None
    carried: bool = False
    waiting: frozenset[str] = frozenset()
    if_refused: frozenset[str] = frozenset()


def understand(
    request: Request, typed: Mapping[str, Cell], comment: str, status_of: StatusOf, today: date, *, sure: bool = True
) -> Understood:
    """`typed` are the cells people changed, `comment` is what stands in the comment cell. Without a generation (`sure`
    False) no order is taken from Status or beside it: the cells may be old."""
    words = Comment(REGISTRY, comment, "accountant") if _is_new(request, typed, comment) else None
    wanted = status_of(text_of(typed.get("status")))
    details = {name: typed[name] for name in DETAILS if name in typed}
    if "status" in typed and wanted is not request.shown_status:
        if not sure:
            return Understood(NoteEdit(REGISTRY, "edit_without_generation", text_of(typed["status"])), comment=words)
        order = _status(request, text_of(typed["status"]), wanted, details, comment, today)
        carried = isinstance(order, PutOnHold | SendBack | ConfirmDetails)
        if wanted in (Status.PAID, None):  # with another word for it they would have counted
            return Understood(order, comment=words, carried=carried, if_refused=frozenset(details))
        number, waiting = _beside(request, details)
        return Understood(order, number, words, carried, waiting)
    if details and request.status is Status.PAID:
        unsure = NoteEdit(REGISTRY, "edit_without_generation", ", ".join(map(text_of, details.values())))
        return Understood(details=_correction(request, details, today) if sure else unsure, comment=words)
    reason = comment if "accountant_comment" in typed else ""
    if less := _less(request, details, reason, today):
        unsure = NoteEdit(REGISTRY, "edit_without_generation", ", ".join(map(text_of, details.values())))
        return Understood(details=less if sure else unsure, comment=words)
    waiting = frozenset(details) - {"payment_order"}
    number = CorrectPayment(REGISTRY, order=text_of(details["payment_order"])) if "payment_order" in details else None
    return Understood(details=number, comment=words, waiting=waiting)


def _beside(request: Request, details: Mapping[str, Cell]) -> tuple[Command | None, frozenset[str]]:
    """What stands beside another Status than Paid: an order's number counts, date and sum wait for Paid."""
    if request.status is Status.PAID:
        return None, frozenset()
    order = text_of(details.get("payment_order"))
    number = CorrectPayment(REGISTRY, order=order) if order else None
    return number, frozenset(key for key in ("paid_on", "paid_amount") if details.get(key) is not None)


def _is_new(request: Request, typed: Mapping[str, Cell], comment: str) -> bool:
    """Words that were told already, as the reason of a hold or a return, are not told again."""
    told = [hold.reason for hold in request.holds if hold.kind is HoldKind.ACCOUNTANT]
    told += [vote.comment for vote in request.votes if vote.decision is Choice.RETURN and vote.person == REGISTRY]
    told += request.confirmations
    return "accountant_comment" in typed and bool(comment) and comment not in told


def _status(
    request: Request, typed: str, wanted: Status | None, details: Mapping[str, Cell], comment: str, today: date
) -> Command:
    match wanted, request.shown_status:
        case None, _:
            return NoteEdit(REGISTRY, "status_unknown" if typed else "status_cleared", typed)
        case Status.PAID, _:
            return _paid(request, details, today)
        case Status.ON_HOLD, _:
            return PutOnHold(REGISTRY, comment)
        case Status.RETURNED, _:
            return SendBack(REGISTRY, None, comment)
        case Status.APPROVED, Status.PAID:
            return UnmarkPaid(REGISTRY)
        case (Status.APPROVED | Status.AWAITING), Status.ON_HOLD:
            return _released(request, comment)
        case _:
            return NoteEdit(REGISTRY, "status_not_yours", typed)


def _released(request: Request, comment: str) -> Command:
    """Whoever sets Approved on a held row releases what accounting may release; unknown bank details only with the
    call that his comment tells of."""
    if request.hold(HoldKind.BANK_DETAILS) is not None:
        return ConfirmDetails(REGISTRY, None, comment)
    return Release(REGISTRY)


def _paid(request: Request, details: Mapping[str, Cell], today: date) -> Command:
    """Paid with what people put beside it; nothing put there means today and all that is left. The cell of the sum
    holds what is paid so far, so a sum typed over it is the new total, unless words beside it say otherwise."""
    how, bare = _said_of_sum(details.get("paid_amount"))
    read = _read(request, {**details, "paid_amount": bare}, today)
    if isinstance(read, NoteEdit):
        return read
    order = text_of(details.get("payment_order"))
    return MarkPaid(REGISTRY, *read, order, total=how != "more", plain=how != "")


def _said_of_sum(cell: Cell) -> tuple[str, Cell]:
    """"in all" or "more" where a word before the number says so, and the number."""
    match = SUM_WORDS.match(cell) if isinstance(cell, str) else None
    if match is None:
        return "", cell
    return ("more" if match["more"] else "in all"), match["sum"]


def _less(request: Request, details: Mapping[str, Cell], reason: str, today: date) -> Command | None:
    """A smaller sum over what is partly paid takes the last mark back, or a piece of it; at once, without Status."""
    if request.status is not Status.APPROVED or not request.payments or "paid_amount" not in details:
        return None
    if not text_of(details["paid_amount"]) or details["paid_amount"] == 0:
        return CorrectPayment(REGISTRY, amount=Decimal(0), reason=reason)
    amount = _amount(details["paid_amount"], request.currency)
    if isinstance(amount, Decimal) and amount < paid_so_far(request):
        correction = _correction(request, details, today)
        return replace(correction, reason=reason) if isinstance(correction, CorrectPayment) else correction
    return None


def _correction(request: Request, details: Mapping[str, Cell], today: date) -> Command:
    """Another date, sum or order number beside Paid."""
    read = _read(request, details, today)
    order = text_of(details["payment_order"]) if "payment_order" in details else None
    return read if isinstance(read, NoteEdit) else CorrectPayment(REGISTRY, *read, order)


def _read(
    request: Request, details: Mapping[str, Cell], today: date
) -> tuple[date | None, Decimal | None] | NoteEdit:
    on, amount = _day(details.get("paid_on"), today), _amount(details.get("paid_amount"), request.currency)
    if isinstance(on, Flaw):
        return NoteEdit(REGISTRY, "paid_on_unclear", on.read)
    if isinstance(amount, Flaw):
        return NoteEdit(REGISTRY, "paid_amount_unclear", amount.read)
    return on, amount


def text_of(cell: Cell) -> str:
    """A cell as somebody would read it aloud."""
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    return "" if cell is None else str(cell).strip()


def _day(cell: Cell, today: date) -> date | Flaw | None:
    """A day; a bare number is none (25.10 would have become 25.1 by now), nor is one that a date format has turned
    into a day of 1900."""
    if isinstance(cell, Decimal) or (isinstance(cell, date) and cell.year not in YEARS):
        return flaw("invalid", "date_not_date", text_of(cell))
    if isinstance(cell, date):
        return cell
    text = WITH_TIME.sub("", text_of(cell))
    if text.casefold() in DAY_WORDS:
        return today - timedelta(days=DAY_WORDS[text.casefold()])
    read = parse_date(text, today) if text else None
    if isinstance(read, date) and read > today and not WITH_YEAR.search(text):  # 30.12 typed in January
        before = read.replace(year=read.year - 1) if (read.month, read.day) != (2, 29) else read
        return before if today - before < LATELY else read
    return read


def _amount(cell: Cell, currency: str) -> Decimal | Flaw | None:
    if not isinstance(cell, Decimal):
        text = text_of(cell)
        named = amount_currency(text) if text else None
        if named and currency and named != currency:
            return flaw("conflict", "two_currencies", text)
        return parse_amount(text, currency or None) if text else None
    rounded = cell.quantize(Decimal("0.01"))
    if rounded <= 0:
        return flaw("invalid", "amount_negative", text_of(cell))
    return rounded if abs(cell - rounded) < NOISE else flaw("invalid", "amount_too_many_decimals", text_of(cell))
