"""Today, Week, Month at Google: each drawn whole whenever it changes; widths and what stands beside them stay."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheets.google.book import SheetFacts
from sheets.google.setup import VIEW_HEADER, column_width, grid, header_cells, looking
from sheets.google.wire import Json, cell_format, entered, is_link
from sheets.looks import CAPTION, NOTE, Look, cell_look
from sheets.model import Cell, Column, Layout, View, ViewSpec
from sheets.viewcolumns import lacking_columns
from sheets.views import foot_lines

SPARE_ROWS = 50


def draw_rows(
    layout: Layout, spec: ViewSpec, view: View, sheet: SheetFacts, known: Mapping[str, int] | None = None
) -> list[Json]:
    """Requests that draw a view's rows on its sheet; `known` are the columns that the sheet has now."""
    columns = layout.view_layout_columns()
    rows = [
        {"values": [looking(spec.caption or spec.title, CAPTION)]},
        header_cells(columns, layout.language),
        *(_row(columns, cells, view.links[at] if view.links else {}) for at, cells in enumerate(view.rows)),
        *_foot(layout, spec, view),
    ]
    assert VIEW_HEADER == 2
    area = grid(sheet.id, 0, None, 0, len(columns))  # rows below the last one are cleared
    update = {"range": area, "rows": rows, "fields": "userEnteredValue,userEnteredFormat"}
    inserted = _new_columns(layout, sheet, known)
    room = replace(sheet, columns=sheet.columns + len(inserted) // 2)
    return [*inserted, *grow(room, len(rows), len(columns)), {"updateCells": update}]


def _new_columns(layout: Layout, sheet: SheetFacts, known: Mapping[str, int] | None) -> list[Json]:
    """Columns that a sheet of an older version lacks are put in, so that formats and widths keep to theirs."""
    requests: list[Json] = []
    for at in lacking_columns(layout, known):
        span = {"sheetId": sheet.id, "dimension": "COLUMNS", "startIndex": at - 1, "endIndex": at}
        width = layout.view_layout_columns()[at - 1].width
        requests.append({"insertDimension": {"range": span, "inheritFromBefore": False}})
        requests.append(column_width(sheet.id, at - 1, width))
    return requests


def grow(sheet: SheetFacts, rows: int, columns: int) -> list[Json]:
    """More rows and columns where the sheet is too small."""
    wanted = {"ROWS": rows - sheet.rows, "COLUMNS": columns - sheet.columns}
    return [
        {"appendDimension": {"sheetId": sheet.id, "dimension": dimension, "length": lacking + spare}}
        for dimension, lacking, spare in (("ROWS", wanted["ROWS"], SPARE_ROWS), ("COLUMNS", wanted["COLUMNS"], 0))
        if lacking > 0
    ]


def _row(columns: Sequence[Column], cells: Mapping[str, Cell], links: Mapping[str, str]) -> Json:
    return {"values": [_cell(column, cells.get(column.key), links.get(column.key, "")) for column in columns]}


def _cell(column: Column, cell: Cell, link: str) -> Json:
    shown = cell_format(cell_look(column, plain=True))
    if is_link(link) and cell is not None:
        shown["textFormat"]["link"] = {"uri": link}
    return entered(cell) | {"userEnteredFormat": shown}


def _foot(layout: Layout, spec: ViewSpec, view: View) -> list[Json]:
    """Sums under the amounts."""
    if not view.rows:
        return [{"values": [looking(spec.empty, NOTE)]}] if spec.empty else []
    return [line_of(cells, len(layout.view_columns)) for cells in foot_lines(layout, spec, view)]


def line_of(cells: Mapping[int, tuple[Cell, Look]], width: int) -> Json:
    """A line of cells with their looks, by column from 1."""
    blank: Json = {}
    return {
        "values": [
            entered(cells[at][0]) | {"userEnteredFormat": cell_format(cells[at][1])} if at in cells else blank
            for at in range(1, width + 1)
        ]
    }
