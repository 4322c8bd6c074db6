"""Today, Week, Month: sheets that show some rows of the registry, drawn whole whenever they change.

Their rows are ours alone; widths, print set-up and whatever people placed beside them stay.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sheets.frame import Tail, grow_dimension
from sheets.links import only_links
from sheets.looks import CAPTION, NOTE, TOTAL, TOTAL_CODE, TOTAL_WORD, Look, cell_look, head_look
from sheets.model import Cell, Layout, View, ViewSpec
from sheets.package import Package
from sheets.sheetxml import Sheet, cell_xml, column_letters, new_row, put_together, rebuilt, split_sheet
from sheets.stylebook import StyleBook
from sheets.workbook import Book

CAPTION_ROW, HEADER_ROW = 1, 2
HEIGHTS = {CAPTION_ROW: b' ht="27" customHeight="1"', HEADER_ROW: b' ht="30" customHeight="1"'}
ROW_HEIGHT = b' ht="30" customHeight="1"'


class _Drawing:
    """The rows of one view as they are drawn."""

    def __init__(self, sheet: Sheet, styles: StyleBook, *, dates_1904: bool) -> None:
        self.sheet, self.styles, self.dates_1904 = sheet, styles, dates_1904
        self.rows: dict[int, bytes] = {}
        self.links: dict[str, str] = {}

    def line(self, cells: Mapping[int, tuple[Cell, Look]], height: bytes = ROW_HEIGHT) -> int:
        """Add one row below the others; returns its number."""
        row = new_row(self.sheet, len(self.rows) + 1, height)
        for column, (value, look) in cells.items():
            style = self.styles.id_of(look)
            style = self.styles.dated(style) if isinstance(value, date) else style
            row.cells[column] = cell_xml(self.sheet, column, row.number, value, style, dates_1904=self.dates_1904)
        self.rows[row.number] = put_together(self.sheet, row)
        return row.number


def draw_views(package: Package, book: Book, layout: Layout, views: Sequence[View], styles: StyleBook) -> None:
    """Draw each view on its sheet; one whose sheet people removed is not missed."""
    specs = {spec.key: spec for spec in layout.views}
    for view in views:
        name = book.sheet_of(specs[view.key])
        if name is not None:
            _draw(package, book.sheets[name], layout, specs[view.key], view, styles, dates_1904=book.dates_1904)


def _draw(
    package: Package, part: str, layout: Layout, spec: ViewSpec, view: View, styles: StyleBook, *, dates_1904: bool
) -> None:
    sheet = split_sheet(package.read(part))
    tail = Tail(sheet)
    drawing = _Drawing(sheet, styles, dates_1904=dates_1904)
    _draw_head(drawing, layout, spec)
    _draw_rows(drawing, layout, view)
    _draw_foot(drawing, layout, spec, view)
    tail.grow(HEADER_ROW + 1, len(drawing.rows), HEADER_ROW + 1)
    only_links(package, part, sheet, tail, drawing.links)
    head = grow_dimension(sheet.head, sheet, len(layout.view_columns), len(drawing.rows))
    empty = Sheet(sheet.head + sheet.tail, sheet.prefix, sheet.start, sheet.start)
    package.replace(part, rebuilt(empty, drawing.rows, head, tail.xml()))


def _draw_head(drawing: _Drawing, layout: Layout, spec: ViewSpec) -> None:
    drawing.line({1: (spec.caption or spec.title, CAPTION)}, HEIGHTS[CAPTION_ROW])
    titles = {
        at: (column.title[layout.language], head_look(column))
        for at, column in enumerate(layout.view_layout_columns(), 1)
    }
    drawing.line(titles, HEIGHTS[HEADER_ROW])


def _draw_rows(drawing: _Drawing, layout: Layout, view: View) -> None:
    columns = list(enumerate(layout.view_layout_columns(), 1))
    for number, cells in enumerate(view.rows):
        looks = {at: (cells.get(column.key), cell_look(column, plain=True)) for at, column in columns}
        place = drawing.line(looks)
        targets = view.links[number] if view.links else {}
        for at, column in columns:
            if column.key in targets:
                drawing.links[f"{column_letters(at)}{place}"] = targets[column.key]


def _draw_foot(drawing: _Drawing, layout: Layout, spec: ViewSpec, view: View) -> None:
    """One line of sum for each currency, under the amounts."""
    if not view.rows:
        drawing.line({1: (spec.empty or None, NOTE)})
        return
    keys = list(layout.view_columns)
    amount = keys.index(layout.amount_key) + 1 if layout.amount_key in keys else 1
    currency = keys.index(layout.currency_key) + 1 if layout.currency_key in keys else amount + 1
    for code, total in view.totals:
        cells: dict[int, tuple[Cell, Look]] = dict.fromkeys(range(1, len(keys) + 1), (None, TOTAL))
        cells[max(1, amount - 1)] = (spec.total, TOTAL_WORD)
        cells[amount] = (total, TOTAL)
        cells[currency] = (code, TOTAL_CODE)
        drawing.line(cells)
