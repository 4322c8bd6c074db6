"""What is to be paid and when: approved requests by the last working day on which the money must leave.

A pay-by date on a weekend or holiday is due on the last working day before it. Overdue is what the date itself says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from values.workdays import WorkCalendar
from workflow.core.model import Request
from workflow.core.payment import rest_of


@dataclass(frozen=True, slots=True)
class Due:
    """One approved request that is not paid in full."""

    request: Request
    pay_by: date
    pay_on: date
    rest: Decimal

    @property
    def currency(self) -> str:
        return self.request.currency


def agenda(requests: Iterable[Request], calendar: WorkCalendar) -> list[Due]:
    """What is payable, the most urgent first."""
    found = [_due(request, calendar) for request in requests if request.payable]
    return sorted(found, key=lambda due: (due.pay_by, due.request.reference))


def _due(request: Request, calendar: WorkCalendar) -> Due:
    pay_by = date.fromisoformat(request.value("pay_by"))
    return Due(request, pay_by, calendar.last_working(pay_by), rest_of(request))


def up_to(dues: Iterable[Due], end: date) -> list[Due]:
    """What must be paid by the end of that day."""
    return [due for due in dues if due.pay_on <= end]


def overdue(dues: Iterable[Due], today: date) -> list[Due]:
    return [due for due in dues if due.pay_by < today]


def totals(dues: Iterable[Due]) -> tuple[tuple[str, Decimal], ...]:
    """What is left to pay, by currency."""
    sums: dict[str, Decimal] = {}
    for due in dues:
        sums[due.currency] = sums.get(due.currency, Decimal(0)) + due.rest
    return tuple(sorted(sums.items(), key=lambda item: currency_rank(item[0])))


def day_totals(dues: Iterable[Due]) -> tuple[tuple[date, str, Decimal], ...]:
    """The same by day and currency; a day off counts as the last working day before it."""
    sums: dict[tuple[date, str], Decimal] = {}
    for due in dues:
        key = (due.pay_on, due.currency)
        sums[key] = sums.get(key, Decimal(0)) + due.rest
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], currency_rank(item[0][1])))
    return tuple((day, currency, total) for (day, currency), total in ordered)


def currency_rank(currency: str) -> tuple[bool, str]:
    """Roubles first, then by code: an order that stays as currencies come and go."""
    return currency != "RUB", currency


def working_days(first: date, count: int, calendar: WorkCalendar) -> list[date]:
    """The next worked days from `first` on."""
    days = (first + timedelta(days=number) for number in range(count * 4 + 40))
    return [day for day in days if calendar.is_working(day)][:count]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def between(dues: Sequence[Due], first: date, last: date) -> list[Due]:
    """What must leave on these days, both included."""
    return [due for due in dues if first <= due.pay_on <= last]


def month_end(today: date) -> date:
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
