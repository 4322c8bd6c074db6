"""The single values of the settings file: each function reads one kind of value or says what it should look like.

The sentences are raised as ValueError and reach the user as they stand, after the key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainValidator, ValidationInfo

from values.dates import parse_duration
from values.money import CURRENCIES
from values.requisites import parse_email
from values.workdays import is_country

UNTIL_PAID = "until paid"

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}
_PLAIN = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_LOCAL = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+")  # a host of one's own network: payments@mail
_JOURNALS = ("sqlite:///", "postgresql+psycopg://", "postgresql://")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many times in such a span: `20/h`."""

    count: int
    per: timedelta


def read_text(value: object) -> str:
    """Text that is not blank and fits on one line."""
    text = _text(value, "must be text in quotes").strip()
    if not text:
        raise ValueError("must not be empty")
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


def read_address(value: object) -> str:
    """An e-mail address in lower case, an international host in ASCII, as the letters will show it."""
    text = _text(value, "must be an e-mail address in quotes").strip().lower()
    if _LOCAL.fullmatch(text):
        return text
    read = parse_email(text) if _PLAIN.fullmatch(text) else None
    if not isinstance(read, str):
        raise ValueError(f'"{text}" is not an e-mail address; write it as name@example.com')
    return read


def read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false, without quotes")
    return value


def read_port(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65535:
        raise ValueError("must be a port number from 1 to 65535, without quotes")
    return value


def read_count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("must be a whole number from 1 up, without quotes")
    return value


def read_working_days(value: object) -> int:
    """A number of days; 0 for never."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("must be a whole number of working days, without quotes; 0 means never")
    return value


def read_span(value: object) -> timedelta:
    """A duration that may be zero: `10m`, `12h`, `30s`, `7d`."""
    if isinstance(value, timedelta):
        return value
    try:
        return parse_duration(_text(value, _SPAN))
    except ValueError:
        raise ValueError(_SPAN) from None


_SPAN = 'must be a duration in quotes, such as "30s", "10m", "12h" or "7d"'


def read_duration(value: object) -> timedelta:
    """A duration longer than zero."""
    span = read_span(value)
    if not span:
        raise ValueError("must be longer than zero")
    return span


def read_lease(value: object) -> timedelta:
    span = read_span(value)
    if not timedelta(seconds=2) <= span <= timedelta(minutes=10):
        raise ValueError("must be from 2s to 10m")
    return span


def read_undo_window(value: object) -> timedelta | None:
    """A duration, or None for "until paid"."""
    if value is None or (isinstance(value, str) and " ".join(value.lower().split()) == UNTIL_PAID):
        return None
    try:
        return read_span(value)
    except ValueError:
        raise ValueError(f'must be "{UNTIL_PAID}" or a duration such as "30m" or "12h"') from None


def read_archive_after(value: object) -> timedelta | None:
    """A duration of a day at least, or None for "never"."""
    if value is None or (isinstance(value, str) and value.strip().lower() == NEVER):
        return None
    try:
        span = read_span(value)
    except ValueError:
        raise ValueError(_ARCHIVE_AFTER) from None
    if span < timedelta(days=1):
        raise ValueError(_ARCHIVE_AFTER)
    return span


NEVER = "never"
_ARCHIVE_AFTER = f'must be "{NEVER}" or a duration of at least one day, such as "90d" or "365d"'


def read_size(value: object) -> int:
    """A number of bytes: `25MB`."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = re.fullmatch(r"\s*(\d{1,9})\s*([KMG]?B)\s*", _text(value, _SIZE).upper())
    if not match or not int(match[1]):
        raise ValueError(_SIZE)
    return int(match[1]) * _BYTES[match[2]]


_SIZE = 'must be a size in quotes, such as "25MB" or "500KB"'


def read_rate(value: object) -> Rate:
    if isinstance(value, Rate):
        return value
    match = re.fullmatch(r"\s*(\d{1,6})\s*/\s*([smhd])\s*", _text(value, _RATE))
    if not match or not int(match[1]):
        raise ValueError(_RATE)
    return Rate(int(match[1]), timedelta(seconds=_SECONDS[match[2]]))


_RATE = 'must say how many in which time, such as "20/h" or "100/d"'


def read_time(value: object) -> time:
    """A time of the day: `09:00`."""
    if isinstance(value, time):
        return value
    match = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*", _text(value, _TIME))
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(_TIME)
    return time(int(match[1]), int(match[2]))


_TIME = 'must be a time of the day in quotes, such as "09:00"'


def read_day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_text(value, _DAY))
    except ValueError:
        raise ValueError(_DAY) from None


_DAY = "must be a date written as 2026-11-16"


def read_country(value: object) -> str:
    """A country or one of its parts, whose holidays are known; empty for weekends only."""
    text = _text(value, _COUNTRY).strip().upper()
    if text and not is_country(text):
        raise ValueError(_COUNTRY)
    return text


_COUNTRY = 'must be a country code such as "RU" or "DE-BY", or empty for Saturdays and Sundays only'


def read_timezone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    name = _text(value, _ZONE)
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError(f'"{name}" is not a known time zone; write it as "Europe/Moscow"') from None


_ZONE = 'must be a time zone in quotes, such as "Europe/Moscow"'


def read_amount(value: object) -> Decimal:
    """An amount of a limit, as text or as a number; blanks between thousands are fine."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(_AMOUNT)
    text = re.sub(r"[\s\u00a0\u202f_]", "", str(value))
    if not re.fullmatch(r"\d{1,15}(\.\d{1,4})?", text):
        raise ValueError(_AMOUNT)
    return Decimal(text)


_AMOUNT = 'must be an amount that is not negative, such as "500000" or "1500.50"'


def read_currency(value: object) -> str:
    code = _text(value, _CURRENCY).strip().upper()
    if code not in CURRENCIES:
        raise ValueError(_CURRENCY)
    return code


_CURRENCY = 'must be a currency code of three letters, such as "RUB"'


def read_inn(value: object) -> str:
    """An INN by its shape; its check digits are no business of the settings."""
    text = _text(value, 'must be an INN in quotes, such as "7707083893"').replace(" ", "")
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", text):
        raise ValueError("an INN has 10 digits (a company) or 12 digits (a person)")
    return text


def read_prefix(value: object) -> str:
    text = _text(value, _PREFIX)
    if not re.fullmatch(r"[A-Z0-9]{2,8}", text):
        raise ValueError(_PREFIX)
    return text


_PREFIX = 'must be 2 to 8 capital Latin letters or digits, such as "PAY"'


def read_header_line(value: object) -> str:
    text = read_text(value)
    if not re.fullmatch(r"[!-9;-~]+:\s*\S.*", text):
        raise ValueError('must be a header with its value, such as "X-MS-Exchange-Organization-AuthAs: Internal"')
    return text


def read_url(value: object) -> str:
    """A web address, or empty."""
    text = _text(value, "must be an address in quotes").strip()
    if text and not re.fullmatch(r"(https?|file)://\S+", text):
        raise ValueError('must begin with "https://", "http://" or "file://", or be empty')
    return text


def read_local_address(value: object) -> tuple[str, int]:
    """(host, port) of "127.0.0.1:9464"."""
    text = _text(value, "must be a host and a port such as \"127.0.0.1:9464\"")
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} is not a host and a port such as \"127.0.0.1:9464\"")
    return host.strip("[]"), int(port)


def read_path(value: object, info: ValidationInfo) -> Path:
    """A path; a relative one starts at the folder of the settings file."""
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError("must be a path in quotes")
    if "\0" in str(value):
        raise ValueError("is not a path")
    return _base(info) / Path(value).expanduser()


def read_journal(value: object, info: ValidationInfo) -> str:
    return journal_url(value, _base(info))


def journal_url(value: object, base: Path) -> str:
    """The database URL; the path in an SQLite URL is made absolute."""
    text = _text(value, _JOURNAL).strip()
    if not text.startswith(_JOURNALS):
        raise ValueError(_JOURNAL)
    if text.startswith("postgresql://"):
        text = text.replace("postgresql://", "postgresql+psycopg://", 1)
    if not text.startswith("sqlite:///"):
        return _with_good_schema(text)
    path, question, options = text.removeprefix("sqlite:///").partition("?")
    if path in ("", ":memory:"):
        raise ValueError('needs a file, such as "sqlite:///var/journal.db"')
    return f"sqlite:///{base / path}{question}{options}"


def _with_good_schema(url: str) -> str:
    """A schema's name is written as it stands in many places: letters, digits and underscores only."""
    for name in parse_qs(urlsplit(url).query, keep_blank_values=True).get("schema", ()):
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,50}", name) or name.startswith("pg_"):
            raise ValueError(f'has a schema "{name}"; write it in small Latin letters, digits and _, such as "north"')
    return url


_JOURNAL = 'must begin with "sqlite:///" or "postgresql+psycopg://"'


def check_filled(value: object) -> object:
    """A list that may not be empty; pydantic's own length check would also count out the entries that are wrong."""
    if value == []:
        raise ValueError("must not be empty")
    return value


def _text(value: object, otherwise: str) -> str:
    if not isinstance(value, str):
        raise ValueError(otherwise)
    return value


def _base(info: ValidationInfo) -> Path:
    context: dict[str, Any] = info.context or {}
    base = context.get("base", Path.cwd())
    return base if isinstance(base, Path) else Path(str(base))


Text = Annotated[str, PlainValidator(read_text)]
Address = Annotated[str, PlainValidator(read_address)]
Flag = Annotated[bool, PlainValidator(read_flag)]
Port = Annotated[int, PlainValidator(read_port)]
Count = Annotated[int, PlainValidator(read_count)]
WorkingDays = Annotated[int, PlainValidator(read_working_days)]
Span = Annotated[timedelta, PlainValidator(read_span)]
Duration = Annotated[timedelta, PlainValidator(read_duration)]
LeaseSpan = Annotated[timedelta, PlainValidator(read_lease)]
ArchiveAfter = Annotated[timedelta | None, PlainValidator(read_archive_after)]
UndoWindow = Annotated[timedelta | None, PlainValidator(read_undo_window)]
Size = Annotated[int, PlainValidator(read_size)]
RatePer = Annotated[Rate, PlainValidator(read_rate)]
TimeOfDay = Annotated[time, PlainValidator(read_time)]
Day = Annotated[date, PlainValidator(read_day)]
Country = Annotated[str, PlainValidator(read_country)]
Zone = Annotated[ZoneInfo, PlainValidator(read_timezone)]
Amount = Annotated[Decimal, PlainValidator(read_amount)]
Currency = Annotated[str, PlainValidator(read_currency)]
Inn = Annotated[str, PlainValidator(read_inn)]
Prefix = Annotated[str, PlainValidator(read_prefix)]
HeaderLine = Annotated[str, PlainValidator(read_header_line)]
Url = Annotated[str, PlainValidator(read_url)]
LocalAddress = Annotated[tuple[str, int], PlainValidator(read_local_address)]
FilePath = Annotated[Path, PlainValidator(read_path)]
JournalUrl = Annotated[str, PlainValidator(read_journal)]
LowerWord = BeforeValidator(lambda value: value.strip().lower() if isinstance(value, str) else value)
Filled = BeforeValidator(check_filled)
