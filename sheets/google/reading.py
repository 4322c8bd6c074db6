"""One read of the registry's sheet and its views: values, formulas, stamp, filter and row marks in a single answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sheets.errors import RegistryChanged
from sheets.google.book import METADATA, Book, sheet_facts
from sheets.google.held import CELLS, PROPERTIES, Held, column_of, line_of, row_keys, watched
from sheets.google.wire import EPOCH, Formula, Raw, effective_of, quoted, raw_of, rows_of_data
from sheets.grid import Value, as_number, as_text
from sheets.model import Cell, Layout, Row, Snapshot, Version
from sheets.table import SERIALS, Index, read_sheets

READ_FIELDS = f"sheets({PROPERTIES},{CELLS[:-1]},rowMetadata({METADATA})))"
FORMULA_FIELDS = "sheets(properties(sheetId),data(startRow,startColumn,rowData(values(effectiveValue))))"


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of one sheet, as the reader of rows wants them."""

    rows: Sequence[Sequence[Raw]]

    @property
    def start(self) -> tuple[int, int] | None:
        """Row 1, column 1."""
        return (0, 0)

    def iter_rows(self) -> Iterator[Sequence[Value]]:
        """All rows, equally wide; a formula stands for its text."""
        width = max((len(row) for row in self.rows), default=0)
        for row in self.rows:
            values: list[Value] = [cell.text if isinstance(cell, Formula) else cell for cell in row]
            yield values + [""] * (width - len(row))


def ranges_of(book: Book) -> list[str]:
    """The sheets to be read, whole."""
    return [quoted(sheet.title) for sheet in (book.registry, *book.views.values()) if sheet is not None]


def read_answer(answer: Mapping[str, Any], book: Book, layout: Layout, version: Version) -> tuple[Snapshot, Held]:
    """What an answer with all sheets says. Formulas in our columns show their text until `with_outcomes`."""
    assert book.registry is not None
    found = {sheet["properties"].get("sheetId", 0): sheet for sheet in answer.get("sheets", ())}
    if not found.keys() >= {sheet.id for sheet in (book.registry, *book.views.values())}:
        raise RegistryChanged("A sheet of the registry was put in the place of another.")
    own = found[book.registry.id]
    cells = _cells(own)
    titles = {spec.key: spec.title for spec in layout.views}
    views = {titles[key]: Table(_cells(found[facts.id])) for key, facts in book.views.items()}
    facts = sheet_facts(own)
    stamp = (facts.stamp.generation, facts.stamp.identity or None) if facts.stamp else (None, None)
    keys = row_keys(_data(own))
    sheets = {layout.worksheet: Table(cells), **views}
    snapshot, index = read_sheets(sheets, layout, version, stamp)
    lost = _lost_references(keys, cells, snapshot, index, layout)
    if lost:
        sheets[layout.worksheet] = Table(_with_references(cells, lost, index.header[layout.key]))
        snapshot, index = read_sheets(sheets, layout, version, stamp)
        snapshot = _as_typed(snapshot, lost, cells, index, layout)
    snapshot = _with_early_days(snapshot, layout)
    held = Held(
        facts, index, line_of(cells, index.header_row),
        {column: column_of(cells, column) for column in watched(index, layout)},
        own.get("basicFilter"), keys, {key: sheet_facts(found[facts.id]) for key, facts in book.views.items()},
    )  # fmt: skip
    return replace(snapshot, formulas=frozenset(_formulas(cells, index))), held


def with_outcomes(snapshot: Snapshot, answer: Mapping[str, Any], held: Held, layout: Layout) -> Snapshot:
    """Put what our formula cells show in the place of their text."""
    own = next(s for s in answer["sheets"] if s["properties"].get("sheetId", 0) == held.sheet.id)
    top, left, shown = rows_of_data(_data(own))
    rows = dict(snapshot.rows)
    for reference, key in snapshot.formulas:
        row = rows[reference]
        value = _shown(shown, row.place - 1 - top, held.index.header[key] - 1 - left)
        kind = layout.column(key).kind
        cell: Cell = as_number(value) if kind in ("money", "date") else as_text(value)
        rows[reference] = replace(row, cells={**row.cells, key: cell})
    return replace(snapshot, rows=rows)


def _with_early_days(snapshot: Snapshot, layout: Layout) -> Snapshot:
    """A small number in a column of dates is what people see as a day of 1900, as in a workbook."""
    dates = [column.key for column in layout.columns if column.kind == "date"]
    rows = dict(snapshot.rows)
    for reference, row in snapshot.rows.items():
        early = {key: _early_day(row.cells.get(key)) for key in dates}
        if any(early.values()):
            rows[reference] = replace(row, cells={**row.cells, **{key: day for key, day in early.items() if day}})
    return replace(snapshot, rows=rows)


def _early_day(cell: Cell) -> date | None:
    number = int(cell) if isinstance(cell, Decimal) and cell == cell.to_integral_value() else 0
    return EPOCH + timedelta(days=number) if 0 < number < SERIALS.start else None


def _data(sheet: Mapping[str, Any]) -> Mapping[str, Any]:
    blocks = sheet.get("data") or [{}]
    return blocks[0]  # type: ignore[no-any-return]


def _cells(sheet: Mapping[str, Any]) -> list[list[Raw]]:
    top, left, rows = rows_of_data(_data(sheet))
    blank: list[list[Raw]] = [[] for _ in range(top)]
    return blank + [[""] * left + [raw_of(cell) for cell in row] for row in rows]


def _formulas(cells: Sequence[Sequence[Raw]], index: Index) -> Iterator[tuple[str, str]]:
    for reference, place in index.places.items():
        row = cells[place - 1]
        for key, column in index.header.items():
            if column <= len(row) and isinstance(row[column - 1], Formula):
                yield reference, key


def _shown(rows: Sequence[Sequence[Mapping[str, Any]]], row: int, column: int) -> str | float | bool:
    if 0 <= row < len(rows) and 0 <= column < len(rows[row]):
        return effective_of(rows[row][column])
    return ""


# --- references that were typed over ------------------------------------------------------------------


def _lost_references(
    keys: Mapping[int, Sequence[tuple[int, str]]],
    cells: Sequence[Sequence[Raw]],
    snapshot: Snapshot,
    index: Index,
    layout: Layout,
) -> dict[int, str]:
    """Rows whose reference was emptied, or typed over with something that is none, known by their hidden mark. Where
    any mark stands beside another reference (after sorting, or when somebody typed one), no mark is believed."""
    shape, column = re.compile(layout.reference_pattern), index.header[layout.key]
    missing: dict[int, str] = {}
    for place, marks in keys.items():
        if place <= index.header_row or len(marks) != 1:
            continue
        reference = marks[0][1]
        row = cells[place - 1] if place <= len(cells) else ()
        stated = str(row[column - 1]).strip().upper() if column <= len(row) else ""
        if shape.fullmatch(stated):
            if stated != reference:
                return {}
        elif reference not in snapshot.rows:
            missing[place] = reference
    return missing if len(set(missing.values())) == len(missing) else {}


def _with_references(cells: Sequence[Sequence[Raw]], lost: Mapping[int, str], column: int) -> list[Sequence[Raw]]:
    rows: list[Sequence[Raw]] = list(cells)
    for place, reference in lost.items():
        if place <= len(rows) and any(cell != "" for cell in rows[place - 1]):
            row = [*rows[place - 1], *[""] * (column - len(rows[place - 1]))]
            row[column - 1] = reference
            rows[place - 1] = row
    return rows


def _as_typed(
    snapshot: Snapshot, lost: Mapping[int, str], cells: Sequence[Sequence[Raw]], index: Index, layout: Layout
) -> Snapshot:
    """Such a row says in its reference what people typed there, so that it is put back."""
    rows = dict(snapshot.rows)
    column = index.header[layout.key]
    for place, reference in lost.items():
        if reference not in rows:
            continue
        typed = cells[place - 1][column - 1] if column <= len(cells[place - 1]) else ""
        cell = as_text(typed.text if isinstance(typed, Formula) else typed)
        rows[reference] = Row(reference, {**rows[reference].cells, layout.key: cell}, place)
    return replace(snapshot, rows=rows)
