"""Lists of requests in a notice: accounting's morning list, a requester's own open requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from values.text import one_line, shorten
from workflow.core.model import AskKind, Request, Status
from workflow.core.payment import rest_of
from workflow.notices.summary import SHORT_NAME, SHORT_SUBJECT, Reader, due_text, summary

Line = tuple[str, str]
Brief = tuple[str, str, str]
UrlOf = Callable[[Request], str]

PLACES = {"overdue": "overdue", "today": "due_today", "new": "new_rows", "later": "later", "on_hold": "on_hold"}
OPEN = (Status.DRAFT, Status.RETURNED, Status.AWAITING, Status.ON_HOLD, Status.APPROVED)
LONGEST_LIST = 100
SHORT_LIST = 8
"""Of a heading in the morning mail; the registry has the rest."""
BRIEF_SUBJECT, BAR_TEXT = 40, 16


@dataclass(frozen=True, slots=True)
class Section:
    """Requests under one heading, with their number and their sum per currency; `more` says what is left out."""

    title: str
    rows: tuple[Line, ...] | tuple[Brief, ...]
    total: str
    payable: bool = True
    number: int = 0
    place: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the small chart: `width` in percent of the longest."""

    label: str
    amount: str
    width: int
    late: bool

    @property
    def text(self) -> str:
        """The bar itself where there is no other way to draw it."""
        return "▇" * max(round(self.width * BAR_TEXT / 100), 1) if self.width else ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be paid on the next working days, in one currency."""

    title: str
    bars: tuple[Bar, ...]


def payable_sections(
    params: Mapping[str, Any], find: Callable[[str], Request | None], reader: Reader
) -> tuple[Section, ...]:
    """What accounting has to pay, by urgency; requests that are no longer approved drop out."""
    found: list[Section] = []
    for place, title in PLACES.items():
        requests = [find(str(reference)) for reference in params.get(place, ())]
        approved = [request for request in requests if request and request.status is Status.APPROVED]
        if approved:
            found.append(_morning_section(place, reader.words.text(title), approved, reader))
    return tuple(found)


def _morning_section(
    place: str, title: str, requests: Sequence[Request], reader: Reader
) -> Section:
    words = reader.words
    left_out = requests[SHORT_LIST:]
    more = words.text("more_rows", rows=words.count("rows", len(left_out)), money=_sums(left_out, reader))
    return Section(
        title, tuple(_morning_row(request, reader) for request in requests[:SHORT_LIST]),
        _sums(requests, reader), place != "on_hold", len(requests), place, more if left_out else "",
    )  # fmt: skip


def _morning_row(request: Request, reader: Reader) -> Brief:
    """Whom, what is left to pay, and in small print which request, until when and what for."""
    words, rest = reader.words, rest_of(request)
    subject = reader.tame(shorten(one_line(request.value("subject")), BRIEF_SUBJECT))
    until = words.text("until", day=words.weekday(date.fromisoformat(request.value("pay_by"))))
    whole = words.text("rest_of", money=words.value("amount", request)) if rest != request.amount else ""
    note = ", ".join(part for part in (request.reference, until, whole, subject) if part)
    return _contractor(request, reader), words.money(rest, request.currency), note


def charts(params: Mapping[str, Any], reader: Reader) -> tuple[Chart, ...]:
    """The bars of the morning mail, one chart for each currency."""
    return tuple(_chart(str(currency), days, reader) for currency, days in params.get("bars", ()))


def _chart(currency: str, days: Sequence[Sequence[Any]], reader: Reader) -> Chart:
    amounts = [Decimal(str(amount)) for _, amount, _ in days]
    most = max((*amounts, Decimal(1)))
    bars = (
        Bar(
            _bar_label(str(label), reader), reader.words.money(amount, currency) if amount else "–",
            max(round(amount * 100 / most), 2) if amount else 0, str(label) == "late",
        )
        for (label, *_), amount in zip(days, amounts, strict=True)
        if amount or label not in ("late", "later")
    )  # fmt: skip
    return Chart(reader.words.text("chart_title", currency=currency), tuple(bars))


def _bar_label(label: str, reader: Reader) -> str:
    if label in ("late", "later"):
        return reader.words.text(f"calendar_{label}")
    day = date.fromisoformat(label)
    return reader.words.text("due_today") if day == reader.today else reader.words.weekday(day)


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
