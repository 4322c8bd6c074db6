"""Who is asked once more: approvers who have not answered for so many working days. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from values.workdays import WorkCalendar
from workflow.core.deeds import Deed, notice
from workflow.core.model import Ask, AskKind, Request
from workflow.core.policy import Policy

MOST = 3
"""After so many reminders of one question a person should speak to the other."""


def due_reminders(waiting: Iterable[Request], now: datetime, policy: Policy) -> Iterator[tuple[Request, list[Deed]]]:
    """The questions to put again today, by request. Who has one daily list is reminded by that."""
    zone = ZoneInfo(policy.timezone)
    for request in waiting:
        asks = [ask for ask in request.open_asks(AskKind.APPROVE) if _is_due(ask, request, now, policy, zone)]
        if asks:
            yield request, [_reminder(ask) for ask in asks]


def _is_due(ask: Ask, request: Request, now: datetime, policy: Policy, zone: ZoneInfo) -> bool:
    if ask.person in policy.digest or (ask.version, ask.step) != (request.version, request.step):
        return False
    waited = worked_days(ask.at.astimezone(zone).date(), now.astimezone(zone).date(), policy.calendar)
    times, rest = divmod(waited, policy.remind_after)
    return 0 < times <= MOST and rest == 0


def _reminder(ask: Ask) -> Deed:
    return notice(
        "ask_approval", ask.person, version=ask.version, step=ask.step, ask=ask.kind.value, since=ask.at.isoformat()
    )


def worked_days(first: date, last: date, calendar: WorkCalendar) -> int:
    """How many working days have come since the first day."""
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(calendar.is_working(day) for day in days)
