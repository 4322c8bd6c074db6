"""The calendar's bands: for each currency what falls due on the next working days and weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sheets.model import DAY_LINES, WEEK_LINES, Band, Line
from values.dates import format_day
from values.workdays import WorkCalendar
from workflow.agenda import Due, between, monday_of, totals, working_days
from workflow.words import Words

WEEK = timedelta(days=7)
FAR = date.max


def bands(dues: Sequence[Due], today: date, calendar: WorkCalendar, words: Words) -> tuple[Band, ...]:
    """One band for each currency, in a steady order. What should have left before today is overdue here."""
    return tuple(
        Band(currency, total, len(of_it), _days(of_it, today, calendar, words), _weeks(of_it, today, words))
        for currency, total in totals(dues)
        for of_it in [[due for due in dues if due.currency == currency]]
    )


def _days(dues: Sequence[Due], today: date, calendar: WorkCalendar, words: Words) -> tuple[Line, ...]:
    days = working_days(today, DAY_LINES - 1, calendar)
    late = _line(words.text("calendar_late"), between(dues, date.min, today - timedelta(days=1)))
    ahead = [_line(words.weekday(day), _on(dues, day, today, days)) for day in days]
    return (late, *ahead)


def _on(dues: Sequence[Due], day: date, today: date, days: Sequence[date]) -> list[Due]:
    """What must leave that day; before the first working day nobody pays, so it takes what is due since today."""
    first = today if day == days[0] else day
    return between(dues, first, day)


def _weeks(dues: Sequence[Due], today: date, words: Words) -> tuple[Line, ...]:
    """Weeks from the present one on, which takes what is overdue as well; at last all that comes later."""
    mondays = [monday_of(today) + WEEK * number for number in range(WEEK_LINES - 1)]
    lines = []
    for number, monday in enumerate(mondays):
        sunday = monday + timedelta(days=6)
        label = f"{format_day(monday, words.lang)}–{format_day(sunday, words.lang)}"
        lines.append(_line(label, between(dues, monday if number else date.min, sunday)))
    return (*lines, _line(words.text("calendar_later"), between(dues, mondays[-1] + WEEK, FAR)))


def _line(label: str, dues: Sequence[Due]) -> Line:
    return Line(label, sum((due.rest for due in dues), Decimal(0)), len(dues))
