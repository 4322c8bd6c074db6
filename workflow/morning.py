"""Accounting's morning mail: what it names and draws. Pure; on a day with nothing to do there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from values.workdays import WorkCalendar
from workflow.agenda import Due, agenda, between, overdue, totals, working_days
from workflow.core.model import Request

BAR_DAYS = 5
MOST_CURRENCIES = 3
FAR = date.max


def morning_list(
    approved: Iterable[Request], today: date, since: datetime, calendar: WorkCalendar
) -> dict[str, Any] | None:
    """The list of the day, each request once: overdue, due today, new since the last list, on hold; and bars for the
    next working days. None when nothing is to be done: what is merely on hold as before is no reason to write."""
    requests = list(approved)
    dues = agenda(requests, calendar)
    late = overdue(dues, today)
    now = [due for due in dues if due.pay_on <= today and due not in late]
    fresh = [due for due in dues if due not in late and due not in now and approved_at(due.request) > since]
    held = sorted((one for one in requests if one.holds), key=lambda one: (one.value("pay_by"), one.reference))
    newly_held = any(hold.since > since for request in held for hold in request.holds)
    if not (late or now or fresh or newly_held):
        return None
    return {
        "day": today.isoformat(), "overdue": _lines(late), "today": _lines(now), "new": _lines(fresh),
        "on_hold": [request.reference for request in held], "bars": _bars(dues, today, calendar),
    }  # fmt: skip


def last_morning(today: date, at: time, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """When the list of the working day before was due."""
    return datetime.combine(calendar.last_working(today - timedelta(days=1)), at, zone)


def approved_at(request: Request) -> datetime:
    """When the last approval came."""
    return max((vote.at for vote in request.approvals()), default=request.created_at)


def _lines(dues: Iterable[Due]) -> list[str]:
    return [due.request.reference for due in dues]


def _bars(dues: Sequence[Due], today: date, calendar: WorkCalendar) -> list[list[Any]]:
    """[currency, [[day or "late" or "later", amount, number], ...]] for the currencies with most requests."""
    return [
        [currency, [*_days([due for due in dues if due.currency == currency], today, calendar)]]
        for currency, _ in totals(dues)[:MOST_CURRENCIES]
    ]


def _days(dues: Sequence[Due], today: date, calendar: WorkCalendar) -> Iterable[list[Any]]:
    days = working_days(today, BAR_DAYS, calendar)
    yield _bar("late", between(dues, date.min, today - timedelta(days=1)))
    yield from (_bar(day.isoformat(), between(dues, day, day)) for day in days)
    yield _bar("later", between(dues, days[-1] + timedelta(days=1), FAR))


def _bar(label: str, dues: Sequence[Due]) -> list[Any]:
    return [label, str(sum((due.rest for due in dues), Decimal(0))), len(dues)]
