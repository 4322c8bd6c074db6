"""A person at an online spreadsheet: the same doings as at a workbook, and those that only Google has."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from helpers.sheets_grid import GridSheet, Line
from helpers.sheets_schema import Json
from helpers.sheets_server import SheetsServer
from sheets.google.wire import EPOCH
from sheets.model import Cell, Layout

FIONA = "fiona@example.test"


class AtSpreadsheet:
    """Somebody who types into the spreadsheet in a browser."""

    def __init__(self, server: SheetsServer, layout: Layout) -> None:
        self.server, self.layout = server, layout

    @property
    def sheet(self) -> GridSheet:
        """The registry's sheet."""
        return self.server.spreadsheet.named(self.layout.worksheet)

    def type_in(self, reference: str, key: str, value: Cell) -> None:
        self._set(self.sheet, self._find(self.sheet, reference), self._column(self.sheet, key), value)

    def type_in_view(self, view: str, reference: str, value: str) -> None:
        title = next(spec.title for spec in self.layout.views if spec.key == view)
        sheet = self.server.spreadsheet.named(title)
        self._set(sheet, self._find(sheet, reference), self._column(sheet, self.layout.status_key), value)

    def type_over_view(self, view: str, reference: str, key: str, value: Cell) -> None:
        title = next(spec.title for spec in self.layout.views if spec.key == view)
        sheet = self.server.spreadsheet.named(title)
        self._set(sheet, self._find(sheet, reference), self._column(sheet, key), value)

    def put(self, place: int, column: int, value: Cell) -> None:
        self._set(self.sheet, place - 1, column - 1, value)

    def cell(self, place: int, column: int) -> object:
        value = self.sheet.lines[place - 1].cells.get(column - 1, {}).get("userEnteredValue", {})
        return next(iter(value.values()), None)

    def insert_rows(self, place: int, count: int = 1) -> None:
        self.sheet.lines[place - 1 : place - 1] = [Line() for _ in range(count)]
        self._edited()

    def insert_column(self, column: int, title: str) -> None:
        for line in self.sheet.lines:
            line.cells = {at + (at >= column - 1): cell for at, cell in line.cells.items()}
        self.sheet.width += 1
        for spec in (self.sheet.filter or {}).get("filterSpecs", ()):
            spec["columnIndex"] += spec["columnIndex"] >= column - 1
        self.put(1, column, title)

    def delete_row(self, place: int) -> None:
        del self.sheet.lines[place - 1]
        self._edited()

    def copy_row(self, place: int, to: int) -> None:
        self.sheet.lines[to - 1].cells = dict(self.sheet.lines[place - 1].cells)  # a paste brings no metadata along
        self._edited()

    def open(self, name: str) -> None:
        self.server.lock = (name, "2026-11-24T09:00:00.000Z")

    def close(self) -> None:
        self.server.lock = None

    def vanish(self) -> None:
        self.server.there = False

    def is_hidden(self, reference: str) -> bool:
        line = self.sheet.lines[self._find(self.sheet, reference)]
        return line.by_user or line.by_filter

    # --- what only Google has -----------------------------------------------------------------------

    def sort(self, by: Callable[[Line], object], *, with_marks: bool = False, below: int = 0) -> None:
        """Sort the rows below the header; hidden marks stay where they are unless told otherwise."""
        used = [at for at, line in enumerate(self.sheet.lines) if line.cells and at > below]
        lines = sorted((self.sheet.lines[at] for at in used), key=by)  # type: ignore[arg-type,return-value]
        cells, marks = [line.cells for line in lines], [line.marks for line in lines]
        for at, row, row_marks in zip(used, cells, marks, strict=True):
            self.sheet.lines[at].cells = row
            if with_marks:
                self.sheet.lines[at].marks = row_marks
        self._edited()

    def rename(self, title: str) -> None:
        """Give the registry's tab another name."""
        self.sheet.title = title
        self._edited()

    def formula(self, reference: str, key: str, text: str, outcome: Json) -> None:
        """Type a formula, which comes to something."""
        line = self.sheet.lines[self._find(self.sheet, reference)]
        line.cells[self._column(self.sheet, key)] = {
            "userEnteredValue": {"formulaValue": text}, "effectiveValue": outcome
        }  # fmt: skip
        self._edited()

    # --- finding ------------------------------------------------------------------------------------

    def _find(self, sheet: GridSheet, reference: str) -> int:
        return next(
            at for at, line in enumerate(sheet.lines) for cell in line.cells.values() if _text(cell) == reference
        )

    def _column(self, sheet: GridSheet, key: str) -> int:
        title = self.layout.title(key)
        return next(at for line in sheet.lines for at, cell in line.cells.items() if _text(cell) == title)

    def _set(self, sheet: GridSheet, row: int, column: int, value: Cell) -> None:
        while row >= len(sheet.lines):
            sheet.lines.append(Line())
        sheet.width = max(sheet.width, column + 1)
        cell = {k: v for k, v in sheet.lines[row].cells.get(column, {}).items() if k != "userEnteredValue"}
        sheet.lines[row].cells[column] = cell | _entered(value)
        self._edited()

    def _edited(self) -> None:
        self.server.edited(FIONA)


def _text(cell: Json) -> str:
    return str(cell.get("userEnteredValue", {}).get("stringValue", ""))


def _entered(value: Cell) -> Json:
    match value:
        case None | "":
            return {}
        case Decimal():
            return {"userEnteredValue": {"numberValue": float(value)}}
        case date():
            return {"userEnteredValue": {"numberValue": (value - EPOCH).days}}
        case _:
            kind = "formulaValue" if value.startswith("=") else "stringValue"
            return {"userEnteredValue": {kind: value}}
