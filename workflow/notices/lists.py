"""Lists of requests in a notice: accounting's morning list, a requester's own open requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from values.text import one_line, shorten
from workflow.core.model import Request, Status
from workflow.core.payment import rest_of
from workflow.notices.summary import SHORT_NAME, SHORT_SUBJECT, Reader

Line = tuple[str, str, str]

PLACES = {"overdue": "overdue", "today": "due_today", "later": "later", "on_hold": "on_hold"}
OPEN = (Status.DRAFT, Status.RETURNED, Status.AWAITING, Status.ON_HOLD, Status.APPROVED)
LONGEST_LIST = 100


@dataclass(frozen=True, slots=True)
class Section:
    """Requests under one heading, with their sum per currency."""

    title: str
    rows: tuple[Line, ...]
    total: str
    payable: bool = True


def payable_sections(
    params: Mapping[str, Any], find: Callable[[str], Request | None], reader: Reader
) -> tuple[Section, ...]:
    """What accounting has to pay, by urgency; requests that are no longer approved drop out."""
    found: list[Section] = []
    for place, title in PLACES.items():
        requests = [find(str(reference)) for reference in params.get(place, ())]
        approved = [request for request in requests if request and request.status is Status.APPROVED]
        if approved:
            found.append(_section(reader.words.text(title), approved, reader, payable=place != "on_hold"))
    return tuple(found)


def by_status(requests: Iterable[Request], reader: Reader) -> tuple[Section, ...]:
    """Somebody's open requests, by where they stand."""
    open_ones = list(requests)
    groups = {status: [request for request in open_ones if request.shown_status is status] for status in OPEN}
    return tuple(
        _section(reader.words.status(status), found, reader) for status, found in groups.items() if found
    )


def request_line(request: Request | None, reference: str, reader: Reader) -> str:
    """One request in one line."""
    parts = (reference, *_line(request, reader)[:2]) if request else (reference,)
    return ", ".join(part for part in parts if part)


def _section(title: str, requests: Sequence[Request], reader: Reader, *, payable: bool = True) -> Section:
    rows = tuple(_row(request, reader) for request in requests[:LONGEST_LIST])
    return Section(title, rows, reader.words.text("total", money=_sums(requests, reader)), payable)


def _row(request: Request, reader: Reader) -> Line:
    contractor, amount, rest = _line(request, reader)
    return f"{contractor}\n{rest}" if contractor else rest, amount, reader.words.value("pay_by", request)


def _line(request: Request, reader: Reader) -> Line:
    words = reader.words
    contractor = reader.tame(shorten(one_line(request.value("contractor")), SHORT_NAME))
    subject = reader.tame(shorten(one_line(request.value("subject")), SHORT_SUBJECT))
    return contractor, words.value("amount", request), ", ".join(part for part in (request.reference, subject) if part)


def _sums(requests: Iterable[Request], reader: Reader) -> str:
    totals: dict[str, Decimal] = {}
    for request in requests:
        if request.amount is not None:
            totals[request.currency] = totals.get(request.currency, Decimal(0)) + rest_of(request)
    return ", ".join(reader.words.money(total, currency) for currency, total in sorted(totals.items()))
