"""Today, Week, Month at Google: each drawn whole whenever it changes; widths and what stands beside them stay."""

from collections.abc import Mapping, Sequence

from sheets.google.book import SheetFacts
from sheets.google.setup import VIEW_HEADER, VIEW_ROWS, grid, header_cells, looking
from sheets.google.wire import Json, cell_format, entered, is_link
from sheets.looks import CAPTION, NOTE, TOTAL, TOTAL_CODE, TOTAL_WORD, Look, cell_look
from sheets.model import Cell, Column, Layout, View, ViewSpec

SPARE_ROWS = 50


def draw_views(layout: Layout, views: Sequence[View], sheets: Mapping[str, SheetFacts]) -> list[Json]:
    """Requests that draw each view on its sheet; one whose sheet people removed is not missed."""
    specs = {spec.key: spec for spec in layout.views}
    return [
        request
        for view in views
        if view.key in sheets
        for request in _draw(layout, specs[view.key], view, sheets[view.key])
    ]


def fresh(spec: ViewSpec, sheet_id: int, layout: Layout) -> SheetFacts:
    """The sheet of a view that the same batch makes."""
    return SheetFacts(sheet_id, spec.title, VIEW_ROWS, len(layout.view_columns))


def _draw(layout: Layout, spec: ViewSpec, view: View, sheet: SheetFacts) -> list[Json]:
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
    return [*_grow(sheet, len(rows), len(columns)), {"updateCells": update}]


def _grow(sheet: SheetFacts, rows: int, columns: int) -> list[Json]:
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
    """One line of sum for each currency, under the amounts."""
    if not view.rows:
        return [{"values": [looking(spec.empty, NOTE)]}] if spec.empty else []
    keys = list(layout.view_columns)
    amount = keys.index(layout.amount_key) if layout.amount_key in keys else 0
    currency = keys.index(layout.currency_key) if layout.currency_key in keys else amount + 1
    lines: list[Json] = []
    for code, total in view.totals:
        cells: dict[int, tuple[Cell, Look]] = dict.fromkeys(range(len(keys)), (None, TOTAL))
        cells[max(0, amount - 1)] = (spec.total, TOTAL_WORD)
        cells[amount] = (total, TOTAL)
        cells[currency] = (code, TOTAL_CODE)
        values = [entered(cell) | {"userEnteredFormat": cell_format(look)} for cell, look in cells.values()]
        lines.append({"values": values[: len(keys)]})
    return lines
