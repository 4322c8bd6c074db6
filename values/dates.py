"""Dates as people type them, read without guessing: what could be day-month or month-day is asked back.

With dots the day comes first, as everywhere where dots are used. With slashes or hyphens both orders are in use, so
one part must be above twelve (or both the same). A date without a year means the nearest such day ahead, or one at
most half a year back.
"""

import re
from datetime import date, timedelta

from values.flaw import Flaw, flaw
from values.text import one_line

YEARS = range(2000, 2101)
LATE_DAYS = 180
_AHEAD_DAYS = 366 - LATE_DAYS

_MONTHS_RU = "янв фев мар апр ма июн июл авг сен окт ноя дек"
_MONTHS_EN = "jan feb mar apr may jun jul aug sep oct nov dec"
_FULL_RU = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
_GENITIVE_RU = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
_FULL_EN = "january february march april may june july august september october november december"
_SHOWN_EN = _MONTHS_EN.title().split()

MONTHS: dict[str, int] = {
    name: number
    for names in (_MONTHS_RU, _MONTHS_EN, _FULL_RU, _GENITIVE_RU, _FULL_EN)
    for number, name in enumerate(names.split(), 1)
    if name != "ма"
} | {"сент": 9, "нояб": 11, "февр": 2, "sept": 9}

_WORDS_AROUND = re.compile(
    r"(?<![^\W\d])(?:до|к|не позднее|не позже|срок|на|в|во|от|включительно|by|until|till|before|due|on|no later than|"
    r"понедельник\w?|вторник\w?|сред[ауыеой]+|четверг\w?|пятниц\w*|суббот\w*|воскресень\w*|пн|вт|ср|чт|пт|сб|вс|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|"
    r"г|гг|года?|the|of)\b\.?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?<![^\W\d])(?:понедельник|вторник|сред[ауыеой]|четверг|пятниц|суббот|воскресень|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_WEEKDAYS = ("пон", "вто", "сре", "чет", "пят", "суб", "вос", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(
    r"(?:(?<![^\W\d])(?:до|к|в|с|by|at|until|before)\s+)?(?<![\d.:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])"
    r"(?!:\d\d)(?:\s*(?:мск|am|pm|ч\b\.?))?"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?:[t ]00:00(?::00(?:\.0+)?)?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?\.?")
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|-?го|-?е)?[ -]*([a-zа-я]{3,})\.?(?:[ ,-]*(\d{4}|'?\d{2}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,})\.?[ -]*(\d{1,2})(?:st|nd|rd|th)?(?:(?: *,|-| ) *(\d{4}))?")
_DURATION = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_date(text: str, today: date) -> date | Flaw:
    """Read one date; `today` supplies the year where none was written."""
    read = one_line(text)
    if not read:
        return flaw("missing", "empty")
    if any(c.isnumeric() and not c.isascii() for c in read):
        return flaw("invalid", "date_not_date", read)
    bare = re.sub(r"""["'«»“”„()]""", " ", without_time(read.casefold()))
    weekday = _WEEKDAY.search(bare)
    bare = " ".join(_WORDS_AROUND.sub(" ", bare).split()).strip(" ,;.:")
    bare = re.sub(r"(?<=\d) ?\. ?(?=\d)", ".", bare)
    found = _numeric(bare, today, read) or _with_month_name(bare, today, read) or flaw("invalid", "date_not_date", read)
    if weekday and isinstance(found, date) and found.weekday() != _WEEKDAYS.index(weekday[0][:3].replace("ё", "е")) % 7:
        return flaw("invalid", "date_weekday", read)
    return found


def without_time(text: str) -> str:
    """A day without the time of day beside it ("27.11.2026 12:00", "сегодня до 18:00")."""
    rest = _TIME.sub(" ", text)
    return rest if any(c.isalnum() for c in rest) else text


def _numeric(bare: str, today: date, read: str) -> date | Flaw | None:
    if match := _YEAR_FIRST.fullmatch(bare):
        return _built(match[1], int(match[3]), int(match[4]), today, read)
    if match := _DOTTED.fullmatch(bare):
        return _built(match[3], int(match[2]), int(match[1]), today, read)
    if match := _SLASHED.fullmatch(bare):
        return _either_order(int(match[1]), int(match[3]), match[4], today, read)
    return None


def _either_order(first: int, second: int, year: str | None, today: date, read: str) -> date | Flaw:
    if first > 12 or first == second:
        return _built(year, second, first, today, read)
    if second > 12:
        return _built(year, first, second, today, read)
    readings = [_built(year, second, first, today, read), _built(year, first, second, today, read)]
    for reading in readings:
        if isinstance(reading, Flaw):
            return reading
    return flaw("ambiguous", "date_day_month", read, " / ".join(str(reading) for reading in readings))


def _with_month_name(bare: str, today: date, read: str) -> date | Flaw | None:
    if match := _DAY_MONTH.fullmatch(bare):
        day, name, year = match[1], match[2], match[3]
    elif match := _MONTH_DAY.fullmatch(bare):
        name, day, year = match[1], match[2], match[3]
    else:
        return None
    month = MONTHS.get(name)
    return _built(year and year.strip("'"), month, int(day), today, read) if month else None


def _built(year: str | None, month: int, day: int, today: date, read: str) -> date | Flaw:
    """Make the date, or say why there is none."""
    if year is None:
        return _nearest(month, day, today) or flaw("invalid", "date_impossible", read)
    number = int(year) + (2000 if len(year) == 2 else 0)
    if number not in YEARS:
        return flaw("invalid", "date_year_range", read)
    return _day(number, month, day) or flaw("invalid", "date_impossible", read)


def _nearest(month: int, day: int, today: date) -> date | None:
    """This year's day, or next year's when this year's is long past; the 29th of February may have neither."""
    this_year = _day(today.year, month, day)
    if this_year and (today - this_year).days <= LATE_DAYS:
        return this_year
    next_year = _day(today.year + 1, month, day)
    return next_year if next_year and (next_year - today).days <= _AHEAD_DAYS else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def format_date(day: date, lang: str) -> str:
    """Write a date without doubt about its order: `25.11.2026` in Russian, `25 Nov 2026` in English."""
    if lang == "ru":
        return f"{day.day:02}.{day.month:02}.{day.year}"
    return f"{day.day} {_SHOWN_EN[day.month - 1]} {day.year}"


def format_day(day: date, lang: str) -> str:
    """A date without its year, where the year is plain: `25.11` in Russian, `25 Nov` in English."""
    return f"{day:%d.%m}" if lang == "ru" else f"{day.day} {_SHOWN_EN[day.month - 1]}"


def parse_duration(text: str) -> timedelta:
    """Read `30s`, `10m`, `12h` or `7d`; anything else raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not match[1].isascii() or len(match[1]) > 6:
        raise ValueError(f"{text!r} is not a duration: write a number and s, m, h or d, such as 10m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def from_excel_serial(serial: float, epoch_1904: bool = False) -> date | None:
    """Turn a spreadsheet's day number into a date; None where it lies outside the years we accept."""
    # Day 60 is 1900-02-29, which never was; from day 61 on counting from 1899-12-30 is right.
    base = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
    if not 0 < serial < 100_000:
        return None
    day = base + timedelta(days=int(serial))
    return day if day.year in YEARS else None
