"""Cells as the Sheets API writes them: values that say their kind, so that no text is ever read as a formula.

What is written is a typed value (`stringValue`, `numberValue`), the same as RAW input: nothing is parsed at Google.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sheets.looks import DAY, GENERAL, MONEY, MONEY_OR_DASH, TEXT, WHOLE, Look
from sheets.model import Cell, Column
from sheets.text import cell_text

Json = dict[str, Any]
EPOCH = date(1899, 12, 30)
NUMBER_FORMATS: dict[str, Json] = {
    MONEY: {"type": "NUMBER", "pattern": "#,##0.00"},
    MONEY_OR_DASH: {"type": "NUMBER", "pattern": MONEY_OR_DASH},
    WHOLE: {"type": "NUMBER", "pattern": "0"},
    DAY: {"type": "DATE", "pattern": "dd.mm.yyyy"},
    TEXT: {"type": "TEXT"},
}
KIND_FORMATS = {"money": MONEY, "date": DAY}
ALIGNED = {"left": "LEFT", "center": "CENTER", "right": "RIGHT"}
LINKED = ("https://", "http://", "mailto:")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that somebody made a formula."""

    text: str


Raw = str | float | bool | Formula


def raw_of(cell: Mapping[str, Any]) -> Raw:
    """What was entered in a cell; a blank one is the empty text."""
    match cell.get("userEnteredValue") or {}:
        case {"formulaValue": text}:
            return Formula(text)
        case {"stringValue": text}:
            return str(text)
        case {"numberValue": number}:
            return float(number)
        case {"boolValue": flag}:
            return bool(flag)
        case _:
            return ""


def effective_of(cell: Mapping[str, Any]) -> str | float | bool:
    """What a cell shows: the outcome of its formula."""
    match cell.get("effectiveValue") or {}:
        case {"stringValue": text}:
            return str(text)
        case {"numberValue": number}:
            return float(number)
        case {"boolValue": flag}:
            return bool(flag)
        case {"errorValue": {"type": kind}}:
            return f"#{kind}"
        case _:
            return ""


def raw_cell(cell: Cell) -> str | float:
    """A cell of ours as it will be read back."""
    match cell:
        case None:
            return ""
        case Decimal():
            return float(cell)
        case date():
            return float((cell - EPOCH).days)
        case _:
            return cell_text(cell)


def entered(cell: Cell | Raw) -> Json:
    """The `userEnteredValue` of a cell, as CellData; a blank one clears what stood there."""
    raw = cell if isinstance(cell, bool | float | Formula) else raw_cell(cell)
    match raw:
        case Formula(text):
            return {"userEnteredValue": {"formulaValue": text}}
        case bool():
            return {"userEnteredValue": {"boolValue": raw}}
        case float():
            return {"userEnteredValue": {"numberValue": raw}}
        case _:
            return {"userEnteredValue": {"stringValue": raw}} if raw else {}


def number_format(column: Column) -> Json:
    """How numbers of a column are shown."""
    return NUMBER_FORMATS[KIND_FORMATS.get(column.kind, TEXT)]


def cell_format(look: Look) -> Json:
    """A look as a CellFormat."""
    shown: Json = {
        "horizontalAlignment": ALIGNED[look.align],
        "verticalAlignment": "MIDDLE",
        "wrapStrategy": "WRAP" if look.wrap else "CLIP",
        "textFormat": {
            "foregroundColorStyle": colour(look.colour),
            "bold": look.bold,
            "underline": look.underline,
            "fontSize": look.size,
        },
    }
    if look.format != GENERAL:
        shown["numberFormat"] = NUMBER_FORMATS[look.format]
    if look.fill:
        shown["backgroundColorStyle"] = colour(look.fill)
    return shown


def colour(argb: str) -> Json:
    """FF1F2933 as Google writes it."""
    red, green, blue = (round(int(argb[at : at + 2], 16) / 255, 4) for at in (2, 4, 6))
    return {"rgbColor": {"red": red, "green": green, "blue": blue}}


def is_link(target: str) -> bool:
    """An online sheet can only lead to addresses; a path on disk leads nowhere."""
    return target.startswith(LINKED)


def quoted(title: str) -> str:
    """The name of a sheet as it stands before the ! of a range."""
    return "'" + title.replace("'", "''") + "'"


def rows_of_data(data: Mapping[str, Any]) -> tuple[int, int, Sequence[Sequence[Mapping[str, Any]]]]:
    """First row and column (from 0) of a block of grid data, and its cells."""
    rows = [row.get("values", ()) for row in data.get("rowData", ())]
    return data.get("startRow", 0), data.get("startColumn", 0), rows
