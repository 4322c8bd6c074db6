"""Today, Week, Month: sheets that show some rows of the registry, drawn whole whenever they change.

Their rows are ours alone; widths, print set-up and whatever people placed beside them stay.
"""

from collections.abc import Iterator, Sequence

from sheets.calendar import WIDTH, draw_calendar
from sheets.drawing import CAPTION_HEIGHT, Drawing, put_rows
from sheets.frame import Tail
from sheets.links import only_links
from sheets.looks import (
    CAPTION,
    DAY_CODE,
    DAY_DATE,
    DAY_SUM,
    DAY_WORD,
    NOTE,
    TOTAL,
    TOTAL_CODE,
    TOTAL_WORD,
    Look,
    cell_look,
    head_look,
)  # fmt: skip
from sheets.model import Cell, Layout, View, ViewSpec
from sheets.package import Package
from sheets.sheetxml import column_letters, split_sheet
from sheets.stylebook import StyleBook
from sheets.table import Index
from sheets.viewcolumns import lacking_columns, with_columns
from sheets.workbook import Book

HEADER_ROW = 2  # below the caption


def draw_views(
    package: Package, book: Book, layout: Layout, views: Sequence[View], styles: StyleBook, index: Index
) -> None:
    """Draw each view on its sheet; one whose sheet people removed is not missed."""
    shown = {view.key: view for view in views}
    for spec in (spec for spec in layout.views if spec.key in shown):
        view, name = shown[spec.key], book.sheet_of(spec)
        if name is None:
            continue
        part = book.sheets[name]
        sheet = split_sheet(package.read(part))
        drawing = Drawing(sheet, styles, dates_1904=book.dates_1904)
        if spec.kind == "calendar":
            draw_calendar(drawing, spec, view)
            put_rows(package, part, drawing, Tail(sheet), sheet.head, WIDTH)
        else:
            _draw(package, part, layout, spec, view, drawing, lacking_columns(layout, index.views.get(view.key)))
            index.views[view.key] = {key: at for at, key in enumerate(layout.view_columns)}


def _draw(
    package: Package, part: str, layout: Layout, spec: ViewSpec, view: View, drawing: Drawing, lacking: Sequence[int]
) -> None:
    sheet, tail = drawing.sheet, Tail(drawing.sheet)
    head = with_columns(sheet.head, sheet, tail, layout, lacking)
    _draw_head(drawing, layout, spec)
    _draw_rows(drawing, layout, view)
    _draw_foot(drawing, layout, spec, view)
    tail.grow(HEADER_ROW + 1, len(drawing.rows), HEADER_ROW + 1)
    only_links(package, part, sheet, tail, drawing.links)
    put_rows(package, part, drawing, tail, head, len(layout.view_columns))


def _draw_head(drawing: Drawing, layout: Layout, spec: ViewSpec) -> None:
    drawing.line({1: (spec.caption or spec.title, CAPTION)}, CAPTION_HEIGHT)
    titles = {
        at: (column.title[layout.language], head_look(column))
        for at, column in enumerate(layout.view_layout_columns(), 1)
    }
    drawing.line(titles)


def _draw_rows(drawing: Drawing, layout: Layout, view: View) -> None:
    columns = list(enumerate(layout.view_layout_columns(), 1))
    for number, cells in enumerate(view.rows):
        looks = {at: (cells.get(column.key), cell_look(column, plain=True)) for at, column in columns}
        place = drawing.line(looks)
        targets = view.links[number] if view.links else {}
        for at, column in columns:
            if column.key in targets:
                drawing.links[f"{column_letters(at)}{place}"] = targets[column.key]


def _draw_foot(drawing: Drawing, layout: Layout, spec: ViewSpec, view: View) -> None:
    """Sums under the amounts."""
    if not view.rows:
        drawing.line({1: (spec.empty or None, NOTE)})
        return
    for cells in foot_lines(layout, spec, view):
        drawing.line(cells)


def foot_lines(layout: Layout, spec: ViewSpec, view: View) -> Iterator[dict[int, tuple[Cell, Look]]]:
    """A line of sum for each currency, then for each day and currency: column -> what stands there and its look."""
    place, currency = layout.view_places()
    word = max(1, place - 1)
    for code, total in view.totals:
        line: dict[int, tuple[Cell, Look]] = dict.fromkeys(range(1, len(layout.view_columns) + 1), (None, TOTAL))
        yield line | {word: (spec.total, TOTAL_WORD), place: (total, TOTAL), currency: (code, TOTAL_CODE)}
    for day, code, total in view.day_sums():
        sums: dict[int, tuple[Cell, Look]] = {1: (day, DAY_DATE), word: (spec.day_total, DAY_WORD)}
        yield sums | {place: (total, DAY_SUM), currency: (code, DAY_CODE)}
