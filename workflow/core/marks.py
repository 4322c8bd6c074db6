"""What a request can be found by later: its invoice, files, payment codes, supplier and sum.

Pure: a projection of the request as it stands. Kinds: `invoice` (supplier and number), `alike` (the same, read
loosely), `file`, `code`, `sum` (supplier, currency, amount), `supplier`, `approved` (supplier, name or requester; of
requests approved or paid).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from values.invoice_number import alike_number, same_number
from values.names import loose_name
from workflow.core.as_before import mine_mark
from workflow.core.ledger import suppliers
from workflow.core.model import Request, Status

Mark = tuple[str, str]


def marks(request: Request) -> frozenset[Mark]:
    """Every (kind, value) of the request."""
    return frozenset(mark for mark in _marks(request) if mark[1])


def invoice_mark(supplier: str, number: str) -> str:
    same = same_number(number)
    return f"{supplier}|{same}" if same else ""


def alike_mark(supplier: str, number: str) -> str:
    alike = alike_number(number)
    return f"{supplier}|{alike}" if alike else ""


def sum_mark(supplier: str, currency: str, amount: Decimal) -> str:
    return f"{supplier}|{currency}|{amount.normalize():f}"


def name_mark(name: str) -> str:
    loose = loose_name(name)
    return f"name:{loose}"[:200] if loose else ""


def approved_at(request: Request) -> datetime:
    """When the last yes came."""
    return max((vote.at for vote in request.approvals()), default=request.updated_at)


def _marks(request: Request) -> Iterator[Mark]:
    values = {name: field.value for name, field in request.fields.items()}
    number, amount = values.get("invoice_number", ""), request.amount
    for supplier in suppliers(values):
        yield "supplier", supplier
        yield "invoice", invoice_mark(supplier, number)
        yield "alike", alike_mark(supplier, number)
        if amount is not None and request.currency:
            yield "sum", sum_mark(supplier, request.currency, amount)
    for file in request.files:
        yield "file", file.sha256
    for code in request.payment_codes:
        yield "code", code
    if request.status in (Status.APPROVED, Status.PAID):
        yield from (("approved", one) for one in (*suppliers(values), name_mark(values.get("contractor", ""))))
        yield "approved", mine_mark(request.requester)
