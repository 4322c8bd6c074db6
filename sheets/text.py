"""Text as a cell can hold it; comparing must not stumble over what a sheet cannot keep."""

import re
from datetime import date
from decimal import Decimal

from sheets.model import Cell

MOST_CHARACTERS = 32_767  # UTF-16 units in one cell
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
WRITTEN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d{2})-(\d{2})")


def cell_text(text: str) -> str:
    """The text as it will stand in a cell: line ends are \\n, no control characters, not too long."""
    kept = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(kept) * 2 > MOST_CHARACTERS and _units(kept) > MOST_CHARACTERS:
        kept = _cut(kept)
    return kept


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")[: (MOST_CHARACTERS - 1) * 2]
    return units.decode("utf-16-le", "ignore") + "…"


def number_text(number: Decimal) -> str:
    """A number as a person reads it where text is expected: 7707083893, never 7707083893.0."""
    if number == number.to_integral_value() and abs(number) < Decimal(10) ** 15:
        return str(int(number))
    return str(number)


def same(one: Cell, other: Cell) -> bool:
    """Whether two cells say the same, however a spreadsheet may have stored them."""
    if one is other or one == other:
        return True
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return float(one) == float(other)  # a sheet keeps numbers as doubles
    return plain(one) == plain(other)


def plain(cell: Cell) -> str | date:
    """What a cell says, however a spreadsheet may have stored it."""
    match cell:
        case None:
            return ""
        case Decimal():
            return number_text(cell.normalize() if cell else Decimal(0))
        case str():
            return _text_or_date(cell_text(cell).strip())
        case _:
            return cell


def _text_or_date(text: str) -> str | date:
    match = WRITTEN_DATE.fullmatch(text)
    if match is None:
        return text
    day, month, year = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return text
