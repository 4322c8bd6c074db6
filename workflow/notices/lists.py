"""Lists of requests in a notice: accounting's morning list, a requester's own open requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from values.text import one_line, shorten
from workflow.core.model import AskKind, Request, Status
from workflow.core.payment import rest_of
from workflow.notices.summary import SHORT_NAME, SHORT_SUBJECT, Reader, due_text, summary

Line = tuple[str, str]
UrlOf = Callable[[Request], str]

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
    params: Mapping[str, Any], find: Callable[[str], Request | None], reader: Reader, url_of: UrlOf
) -> tuple[Section, ...]:
    """What accounting has to pay, by urgency; requests that are no longer approved drop out."""
    found: list[Section] = []
    for place, title in PLACES.items():
        requests = [find(str(reference)) for reference in params.get(place, ())]
        approved = [request for request in requests if request and request.status is Status.APPROVED]
        if approved:
            found.append(_section(reader.words.text(title), approved, reader, url_of, payable=place != "on_hold"))
    return tuple(found)


def by_status(requests: Iterable[Request], reader: Reader, url_of: UrlOf) -> tuple[Section, ...]:
    """Somebody's open requests, by where they stand."""
    open_ones = list(requests)
    groups = {status: [request for request in open_ones if request.shown_status is status] for status in OPEN}
    words = reader.words
    return tuple(
        _section(words.text("status_heading", status=words.status(status)), found, reader, url_of, payable=False)
        for status, found in groups.items()
        if found
    )


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One numbered request that awaits a decision."""

    number: int
    head: str
    rest: tuple[str, ...]
    warnings: tuple[str, ...]


def decision_lines(
    params: Mapping[str, Any], person: str, find: Callable[[str], Request | None], reader: Reader, url_of: UrlOf
) -> tuple[DecisionLine, ...]:
    """What still awaits this person's decision; the numbers stay those of the stored list."""
    return tuple(
        _decision_line(number, request, reader, url_of)
        for number, request in listed_requests(params, find)
        if any(
            ask.person == person and ask.version == request.version for ask in request.open_asks(AskKind.APPROVE)
        )
    )


def listed_requests(
    params: Mapping[str, Any], find: Callable[[str], Request | None]
) -> Iterable[tuple[int, Request]]:
    """The numbered requests of a daily list that are still what the list was made from."""
    for number, (reference, version, *_) in enumerate(params.get("lines", ()), 1):
        request = find(str(reference))
        if request is not None and request.version == version:
            yield number, request


def _decision_line(number: int, request: Request, reader: Reader, url_of: UrlOf) -> DecisionLine:
    seen = summary(request, reader)
    head = ", ".join(part for part in (seen.contractor, seen.amount) if part)
    when = ", ".join(part for part in (request.reference, due_text(request, reader), seen.asked_by) if part)
    rest = (seen.subject, seen.holds, when, url_of(request))
    return DecisionLine(number, head, tuple(line for line in rest if line), seen.warnings)


def request_line(request: Request | None, reference: str, reader: Reader) -> str:
    """One request in one line."""
    more = (_contractor(request, reader), reader.words.value("amount", request)) if request else ()
    return ", ".join(part for part in (reference, *more) if part)


def _section(
    title: str, requests: Sequence[Request], reader: Reader, url_of: UrlOf, *, payable: bool
) -> Section:
    rows = tuple(_row(request, reader, url_of) for request in requests[:LONGEST_LIST])
    total = reader.words.text("total", money=_sums(requests, reader)) if payable and len(requests) > 1 else ""
    return Section(title, rows, total, payable)


def _row(request: Request, reader: Reader, url_of: UrlOf) -> Line:
    """What the request is about, line by line, and its amount."""
    subject = reader.tame(shorten(one_line(request.value("subject")), SHORT_SUBJECT))
    when = ", ".join(part for part in (request.reference, due_text(request, reader)) if part)
    lines = (_contractor(request, reader), subject, when, url_of(request))
    return "\n".join(line for line in lines if line), reader.words.value("amount", request)


def _contractor(request: Request, reader: Reader) -> str:
    return reader.tame(shorten(one_line(request.value("contractor")), SHORT_NAME))


def _sums(requests: Iterable[Request], reader: Reader) -> str:
    totals: dict[str, Decimal] = {}
    for request in requests:
        if request.amount is not None:
            totals[request.currency] = totals.get(request.currency, Decimal(0)) + rest_of(request)
    return ", ".join(reader.words.money(total, currency) for currency, total in sorted(totals.items()))
