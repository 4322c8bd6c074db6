"""A sheet as values in rows, as calamine or memory gives it: where its header stands, and what its values mean."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from sheets.model import Cell, Column
from sheets.text import number_text

HEADER_ROWS = 20  # how far down the header may stand
EXACT = 10**15  # beyond, a double has lost digits, and should look like it

Value = str | int | float | bool | date | datetime | time | timedelta
Grid = Iterator[tuple[int, Sequence[Value]]]


class Values(Protocol):
    """A sheet whose cells can be gone through, row by row from the first one on."""

    @property
    def start(self) -> tuple[int, int] | None:
        """Row and column (from 0) of the first used cell; columns left of it are not given."""
        ...

    def iter_rows(self) -> Iterator[Sequence[Value]]:
        """The rows."""
        ...


def rows_of(sheet: Values) -> tuple[int, Grid]:
    """First column of the used area, and the rows with their numbers."""
    left = sheet.start[1] if sheet.start else 0
    return left, enumerate(sheet.iter_rows(), 1)


def find_header(rows: Grid, columns: Sequence[Column], key: str) -> tuple[int, dict[str, int]] | None:
    """The row among the first twenty that names most of our columns, and where each stands (from 0)."""
    names = {fold(name): column.key for column in columns for name in (*column.title.values(), *column.aliases)}
    best: tuple[int, dict[str, int]] | None = None
    for number, row in rows:
        found: dict[str, int] = {}
        for place, value in enumerate(row):
            known = names.get(fold(value)) if isinstance(value, str) and value else None
            if known is not None:
                found.setdefault(known, place)
        if key in found and (best is None or len(found) > len(best[1])):
            best = (number, found)
        if number >= HEADER_ROWS:
            break
    return best


@lru_cache(maxsize=1024)
def fold(title: str) -> str:
    """A heading as it is compared: letter case, blanks, line breaks and a closing colon or star do not matter."""
    return " ".join(title.split()).casefold().rstrip(" :*").replace("ё", "е").replace("’", "'")


def as_text(value: Value) -> Cell:
    """A cell where text is expected; a number is given back as the digits that were typed."""
    if type(value) is str:
        return value if value and not value.isspace() else None
    number = as_number(value)
    return number_text(number) if isinstance(number, Decimal) else number


def as_number(value: Value) -> Cell:
    """A cell as it is: numbers as Decimal, days as date, text as text."""
    if type(value) is str:
        return value if value and not value.isspace() else None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return Decimal(int(value)) if value == value // 1 and abs(value) < EXACT else Decimal(repr(value))
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value)
