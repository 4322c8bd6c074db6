"""What we remember of the sheet between a read and a write, to see whether it is still so.

Not everything is kept: the header, the column of references, and the columns people may write. What stands in the
journal's columns is put back anyway.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sheets.google.book import METADATA, ROW, SheetFacts, sheet_facts
from sheets.google.wire import Raw, quoted, raw_of, rows_of_data
from sheets.model import Layout
from sheets.sheetxml import column_letters
from sheets.shift import Cut
from sheets.table import Index

PROPERTIES = f"properties(sheetId,title,gridProperties(rowCount,columnCount)),{METADATA},basicFilter"
CELLS = "data(startRow,startColumn,rowData(values(userEnteredValue)))"
WATCH_FIELDS = f"sheets({PROPERTIES},{CELLS})"
AFTERWARDS = f"updatedSpreadsheet({WATCH_FIELDS})"


@dataclass(slots=True)
class Held:
    """The sheet as it was last seen."""

    sheet: SheetFacts
    index: Index
    header: list[Raw]
    columns: dict[int, list[Raw]]  # column (from 1) -> its cells, from row 1 on
    filter: Mapping[str, Any] | None = None
    keys: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # row -> metadata id, reference
    views: dict[str, SheetFacts] = field(default_factory=dict)

    def copy(self) -> "Held":
        """A copy to note a write in."""
        return replace(
            self,
            index=self.index.copy(),
            columns={column: list(cells) for column, cells in self.columns.items()},
            keys=dict(self.keys),
            views=dict(self.views),
        )

    def grow(self, batch: Iterable[Mapping[str, Any]]) -> None:
        """Note the rows and columns that a batch adds to sheets."""
        for request in batch:
            if "insertDimension" in request:
                block = request["insertDimension"]["range"]
                length = block["endIndex"] - block["startIndex"]
                more = {"sheetId": block["sheetId"], "dimension": block["dimension"], "length": length}
            elif "appendDimension" in request:
                more = request["appendDimension"]
            else:
                continue
            if more["sheetId"] == self.sheet.id:
                self.sheet = self.sheet.grown(more["dimension"], more["length"])
            for key, view in self.views.items():
                if more["sheetId"] == view.id:
                    self.views[key] = view.grown(more["dimension"], more["length"])

    def without(self, references: Sequence[str]) -> None:
        """Note that the rows of these references went."""
        cut = Cut.of(self.index.places[reference] for reference in references)
        self.index = self.index.without(references, cut.row)
        self.sheet = replace(self.sheet, rows=self.sheet.rows - len(cut.rows))
        self.columns = {
            column: trim([cell for place, cell in enumerate(cells, 1) if not cut.takes(place)])
            for column, cells in self.columns.items()
        }  # fmt: skip
        self.keys = {cut.row(place): marks for place, marks in self.keys.items() if not cut.takes(place)}

    def ranges(self) -> list[str]:
        """The header's row and the watched columns."""
        name, row = quoted(self.sheet.title), self.index.header_row
        letters = [column_letters(column) for column in self.columns]
        return [f"{name}!{row}:{row}", *(f"{name}!{letter}:{letter}" for letter in letters)]

    def at(self, place: int, column: int) -> Raw:
        """What stood in a watched cell."""
        cells = self.columns[column]
        return cells[place - 1] if place <= len(cells) else ""

    def put(self, place: int, column: int, raw: Raw) -> None:
        """Note what we wrote."""
        if column in self.columns:
            cells = self.columns[column]
            cells.extend([""] * (place - len(cells)))
            cells[place - 1] = raw
            trim(cells)


@dataclass(frozen=True, slots=True)
class Seen:
    """The watched cells as they are now."""

    sheet: SheetFacts
    filter: Mapping[str, Any] | None
    header: list[Raw]
    columns: dict[int, list[Raw]]

    def is_as(self, held: Held) -> bool:
        """Whether nobody has written the watched cells."""
        return self.header == held.header and self.columns == held.columns


def watched(index: Index, layout: Layout) -> list[int]:
    """The columns that are compared: the references, and whatever people may write."""
    keys = {column.key for column in layout.columns if column.owner != "journal"} | {layout.key}
    return sorted(index.header[key] for key in keys if key in index.header)


def take_watched(answer: Mapping[str, Any], held: Held) -> Seen | None:
    """The watched cells of an answer, None when the sheet is not in it."""
    sheet = next((s for s in answer.get("sheets", ()) if s["properties"].get("sheetId", 0) == held.sheet.id), None)
    if sheet is None:
        return None
    blocks = list(sheet.get("data", ()))
    header = _line(blocks[0]) if blocks else []
    columns = {column: _column(block) for column, block in zip(held.columns, blocks[1:], strict=False)}
    return Seen(sheet_facts(sheet), sheet.get("basicFilter"), header, columns)


def trim(cells: list[Raw]) -> list[Raw]:
    """Without blank cells at the end."""
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def row_keys(data: Mapping[str, Any]) -> dict[int, list[tuple[int, str]]]:
    """Our metadata of rows: row (from 1) -> metadata id and reference."""
    start, found = data.get("startRow", 0), {}
    for number, row in enumerate(data.get("rowMetadata", ()), start + 1):
        marks = [
            (item["metadataId"], item.get("metadataValue", ""))
            for item in row.get("developerMetadata", ())
            if item.get("metadataKey") == ROW
        ]
        if marks:
            found[number] = marks
    return found


def line_of(rows: Sequence[Sequence[Raw]], number: int) -> list[Raw]:
    """One row (from 1) without blanks at its end."""
    return trim(list(rows[number - 1])) if number <= len(rows) else []


def column_of(rows: Iterable[Sequence[Raw]], column: int) -> list[Raw]:
    """One column (from 1) without blanks at its end."""
    return trim([row[column - 1] if column <= len(row) else "" for row in rows])


def _line(block: Mapping[str, Any]) -> list[Raw]:
    _, left, rows = rows_of_data(block)
    return trim([""] * left + [raw_of(cell) for cell in rows[0]]) if rows else []


def _column(block: Mapping[str, Any]) -> list[Raw]:
    top, _, rows = rows_of_data(block)
    return trim([""] * top + [raw_of(row[0]) if row else "" for row in rows])
