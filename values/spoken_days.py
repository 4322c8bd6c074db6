"""Days as people say them in running text: "до пятницы", "25 ноября", "by the end of the month", "in 3 days".

Each is found with its place, with the word that leads it in (by, on, after, of) and with the day it means, counted from
the day on which it was written. What may mean two days is a flaw that names both; what only probably means one day is
marked as not sure. Nothing is chosen here: that a day was said does not make it a day to pay by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from values.dates import MONTHS, parse_date, without_time
from values.flaw import Flaw, flaw

Lead = Literal["by", "on", "after", "of", ""]


@dataclass(frozen=True, slots=True)
class SpokenDay:
    """One day in a text. `sure`: nobody would read another day from these words."""

    start: int
    end: int
    lead: Lead
    day: date | Flaw
    sure: bool = True


_LEADS: dict[Lead, str] = {
    "by": r"не позднее(?: чем)?(?: до)?|не позже(?: чем)?(?: до)?|до|ко?|к|no later than|not later than|at the "
    "latest|"
    r"latest by|by|until|till|before|due(?: date)?(?: is| by| on)?",
    "after": r"после|начиная с|не раньше(?: чем)?|не ранее(?: чем)?|со?|not before|not earlier than|after|from|"
    r"starting(?: from)?|since",
    "of": r"от|за|dated|of|as of",
    "on": r"во?|на|on|for|this",
}
_LEAD = "|".join(f"(?P<{name}>{words})" for name, words in _LEADS.items())

_WEEKDAYS = {
    word: number
    for number, words in enumerate((
        "понедельник понедельника понедельнику пн monday mon", "вторник вторника вторнику вт tuesday tue tues",
        "среда среды среде среду ср wednesday wed", "четверг четверга четвергу чт thursday thu thurs thur",
        "пятница пятницы пятнице пятницу пт friday fri", "суббота субботы субботе субботу сб saturday sat",
        "воскресенье воскресенья воскресенью вс sunday sun",
    ))
    for word in words.split()
}
_SHORT = re.compile(r"(?:пн|вт|ср|чт|пт|сб|вс|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)")
_NUMBERS = {
    word: number
    for number, words in {
        1: "один одного одной a an one", 2: "два двух две two", 3: "три трех three", 4: "четыре четырех four",
        5: "пять пяти five", 6: "шесть шести six", 7: "семь семи seven", 10: "десять десяти ten", 14: "fourteen",
    }.items()
    for word in words.split()
}  # fmt: skip

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH_FIRST = "|".join(name for name in _MONTH.split("|") if name.isascii())
_WORDS = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_COUNT = rf"\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_NUMERIC = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})(?!\d)|\d{1,2}\.\d{1,2}(?![\d.]*\d)|"
    r"\d{1,2}/\d{1,2}(?:/(?:\d{4}|\d{2}))?(?!\d)"
)
_NAMED = (
    rf"\d{{1,2}}(?:-?го|-?е|st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})(?!\w)\.?(?:\s*,?\s*\d{{4}}(?!\d))?|"
    rf"(?:{_MONTH_FIRST})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?![\d:])(?:\s*,?\s*\d{{4}}(?!\d))?"
)
_EXACT = rf"(?P<exact>(?:{_NUMERIC})(?![.,]?\d)|{_NAMED})"
_WHICH = (
    r"(?P<which>эт(?:ой|у|ого|от)|текущ\w+|ближайш\w+|следующ\w+|след\.?|будущ\w+|прошл\w+|прошедш\w+|"
    r"this|next|coming|upcoming|last|the\s+following)"
)
_WEEKDAY = rf"(?:{_WHICH}\s+)?(?P<weekday>{_WORDS})(?!\w)\.?"
_NEAR = (
    r"(?P<near>послезавтрашн\w+\s+дня|послезавтра|завтрашн\w+\s+(?:дня|дню|день)|завтра|сегодняшн\w+\s+(?:дня|"
    r"дню|день)|"
    r"сегодня|the day after tomorrow|day after tomorrow|tomorrow|tonight|today|eod|cob|"
    r"end of (?:the )?(?:business )?day|"
    r"конца (?:рабочего )?дня|концу (?:рабочего )?дня|close of business)"
)
_END = (
    r"(?P<end>(?:конц[ау]|конец|end of|the end of)\s+(?:(?P<endwhich>этого|этой|текущ\w+|следующ\w+|the|this|"
    r"next)\s+)?"
    rf"(?P<span>месяца|недели|года|квартала|month|week|year|quarter|(?:{_MONTH})(?!\w))|"
    r"(?P<abbr>eom|eow|month[- ]end|year[- ]end|к\.\s?м\.))"
)
_OF_MONTH = (
    r"(?P<dom>\d{1,2})(?:\s*-?\s*(?:го|ое|е|му)(?:\s+числ[ау])?|\s+числ[ау]|"
    r"(?:st|nd|rd|th)(?:\s+of\s+(?:the|this)\s+month)?)"
)
_SPAN = (
    rf"(?:через|в течени[ие]|в пределах|within|in)\s+(?:(?:the\s+)?next\s+)?(?:(?P<n>{_COUNT})\s*(?:-?х|"
    rf"-?ти)?\s+)?"
    r"(?P<work>(?:рабоч\w+|раб\.|р\.|банковск\w+|business|working)\s*)?(?P<unit>дн\w*|день|сут\w+|д\.|недел\w+|"
    r"days?|weeks?)"
)

_DAYS_END = re.compile(
    r"(?:by\s+|до\s+|к\s+)?(?:eod|cob|end of (?:the )?(?:business )?day|конц[ау] (?:рабочего )?дня)\b,?"
)
_PATTERN = re.compile(
    rf"(?<![\w.,/])(?<!\d-)(?:(?:{_LEAD})\s+)?(?:(?:ближе к|the)\s+)?"
    rf"(?:{_WEEKDAY},?\s+(?P<both>{_NUMERIC}|{_NAMED})|{_EXACT}|"
    rf"{_WEEKDAY.replace('weekday', 'weekday2').replace('which', 'which2')}"
    rf"|{_NEAR}|{_END}|{_OF_MONTH}|(?P<inspan>{_SPAN}))"
    r"(?:\s*(?:г\.?|года)(?!\w))?(?!\w)(?:\s+включительно|\s*\((?:пн|вт|ср|чт|пт|сб|вс|mon|tue|wed|thu|fri|sat|"
    r"sun)\))?"
)


def spoken_days(text: str, today: date) -> tuple[SpokenDay, ...]:
    """Every day that the text names, in order, as somebody means it who writes on `today`."""
    return tuple(_found(_folded(text), today))


def spoken_day(text: str, today: date) -> date | Flaw | None:
    """The day, when the text is nothing but the name of one ("до пятницы"); None when it is no such name."""
    bare = without_time(text).strip().rstrip(".!")
    found = spoken_days(bare, today)
    if len(found) == 2 and (inner := _DAYS_END.match(bare.casefold())):  # "EOD tomorrow" is tomorrow
        bare = bare[inner.end() :].strip()
        found = spoken_days(bare, today)
    if len(found) != 1 or bare[: found[0].start].strip() or bare[found[0].end :].strip():
        return None
    only = found[0]
    if only.lead in ("after", "of") or not only.sure:
        return None
    return only.day


def _folded(text: str) -> str:
    """Lower case with е for ё, each letter in its place."""
    lower = (low if len(low := c.lower()) == 1 else c for c in text)
    return "".join(lower).replace("ё", "е").replace("\xa0", " ").replace("\u202f", " ")


def _found(text: str, today: date) -> Iterator[SpokenDay]:
    for match in _PATTERN.finditer(text):
        lead: Lead = next((name for name in _LEADS if match[name]), "")
        short = bool(_SHORT.fullmatch(match["weekday2"] or ""))
        if short and lead not in ("by", "on", "after"):  # "ср." or "sun" alone may be anything
            continue
        if match["dom"] and lead not in ("by", "on", "after"):
            continue
        meant = _meant(match, lead, today)
        if meant is None:
            continue
        day, sure = meant
        inherent: Lead = "by" if lead in ("", "on") and (match["inspan"] or match["end"]) else lead
        yield SpokenDay(match.start(), match.end(), inherent, day, sure)


def _meant(match: re.Match[str], lead: Lead, today: date) -> tuple[date | Flaw, bool] | None:
    read = match[0].strip()
    if match["weekday"]:
        return _with_weekday(match, today)
    if match["exact"]:
        return _exact(match["exact"], lead, today)
    if match["weekday2"]:
        return _weekday(_WEEKDAYS[match["weekday2"]], match["which2"] or "", today, read)
    if match["near"]:
        return today + timedelta(days=_days_ahead(match["near"])), True
    if match["end"]:
        return _end_of(match, today)
    if match["dom"]:
        return _day_of_month(int(match["dom"]), today, read)
    return _after_span(match, today)


def _exact(text: str, lead: Lead, today: date) -> tuple[date | Flaw, bool] | None:
    """A date as it is written everywhere; "до 15.30" is a time of day."""
    short = re.fullmatch(r"(\d{1,2})\.(\d{1,2})", text)
    if short and not (1 <= int(short[2]) <= 12 and 1 <= int(short[1]) <= 31):
        return None
    if short and int(short[1]) < 24 and len(short[1]) < 2 and len(short[2]) < 2:  # "2.5" is a number
        return None
    if re.fullmatch(r"\d{1,2}/\d{1,2}", text) and lead == "":
        return None
    found = parse_date(re.sub(r"(?<=\d)\.\s(?=\d)", ".", text), today)
    return (found, True) if lead or isinstance(found, date) else None


def _with_weekday(match: re.Match[str], today: date) -> tuple[date | Flaw, bool]:
    """"Friday 27 Nov": both must mean the same day."""
    found = parse_date(match["both"], today)
    if isinstance(found, date) and found.weekday() != _WEEKDAYS[match["weekday"]]:
        named = _next(_WEEKDAYS[match["weekday"]], today)
        return flaw("ambiguous", "date_day_month", match[0].strip(), f"{found} / {named}"), True
    return found, True


def _next(weekday: int, today: date) -> date:
    """The nearest such day that is not over."""
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _weekday(weekday: int, which: str, today: date, read: str) -> tuple[date | Flaw, bool] | None:
    """The coming one. On the day itself, and with "next" while this week's is still ahead, two days may be meant."""
    near = _next(weekday, today)
    if which.startswith(("прошл", "прошедш", "last")):
        return None
    if which.startswith(("эт", "текущ", "this")):
        return today + timedelta(days=weekday - today.weekday()), True
    is_next = which.startswith(("след", "next", "будущ", "the"))
    this_week = weekday > today.weekday()
    if (is_next and this_week) or (near == today and not which):
        both = f"{near} / {near + timedelta(days=7)}"
        return flaw("ambiguous", "date_which_week", read, both), True
    if near == today and is_next:
        near += timedelta(days=7)
    return near, True


def _days_ahead(near: str) -> int:
    if near.startswith(("послезавтра", "the day after", "day after")):
        return 2
    return 1 if near.startswith(("завтра", "tomorrow")) else 0


def _end_of(match: re.Match[str], today: date) -> tuple[date | Flaw, bool]:
    span, which = match["span"] or "", match["endwhich"] or ""
    abbr = match["abbr"] or ""
    later = which.startswith(("следующ", "next"))
    if span in MONTHS:
        month = MONTHS[span]
        return _month_end(today.year + (month < today.month), month), True
    if span in ("недели", "week") or abbr == "eow":
        friday = today + timedelta(days=4 - today.weekday() + 7 * later)
        return max(friday, today), False  # some mean Friday, some Sunday: the earlier day is good for both
    if span in ("квартала", "quarter"):
        return _month_end(today.year, (today.month - 1) // 3 * 3 + 3), not later
    if span in ("года", "year") or abbr.startswith("year"):
        return date(today.year + later, 12, 31), True
    month = today.month + later
    return _month_end(today.year + (month > 12), (month - 1) % 12 + 1), True


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _day_of_month(day: int, today: date, read: str) -> tuple[date | Flaw, bool] | None:
    """"До 5-го": this month's or, when it is over, the next one's. One that is over since a few days may be a "
    "slip."""
    if not 1 <= day <= 31:
        return None
    this = _safe(today.year, today.month, day)
    following = _safe(today.year + today.month // 12, today.month % 12 + 1, day)
    if this is not None and this >= today:
        return this, True
    if this is not None and (today - this).days <= 7 and following:
        return flaw("ambiguous", "date_which_month", read, f"{this} / {following}"), True
    return (following, True) if following else (flaw("invalid", "date_impossible", read), True)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _after_span(match: re.Match[str], today: date) -> tuple[date | Flaw, bool] | None:
    """"Через 3 дня"; working days are counted without holidays, and so not for sure."""
    count, unit = match["n"], match["unit"]
    number = int(count) if count and count.isdigit() else _NUMBERS.get(count or "a", 1)
    if not count and unit.startswith(("дня", "дней", "days", "day", "сут")) and not unit.startswith("день"):
        return None  # "в течение дня" names no day for certain
    if unit.startswith(("недел", "week")):
        return today + timedelta(days=7 * number), True
    if match["work"]:
        return _working_days(today, number), False
    return today + timedelta(days=number), True


def _working_days(today: date, number: int) -> date:
    day = today
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def shifted(found: SpokenDay, by: int) -> SpokenDay:
    """The same day at another place of a longer text."""
    return replace(found, start=found.start + by, end=found.end + by)
