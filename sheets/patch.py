"""Writing into somebody's workbook: our cells of our rows change, everything else keeps its bytes."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sheets.formulas import drop_calc_chain, shared_masters, write_out
from sheets.frame import Filter, Tail, filter_of, grow_dimension
from sheets.links import put_links
from sheets.looks import cell_look
from sheets.model import Cell, Change, Layout
from sheets.own import own_columns
from sheets.package import Package
from sheets.reading import read_rows
from sheets.sheetxml import (
    RowXml,
    Sheet,
    cell_xml,
    column_letters,
    new_row,
    put_together,
    rebuilt,
    row_spans,
    split_sheet,
    take_apart,
)
from sheets.stylebook import StyleBook
from sheets.table import Index
from sheets.tables import grow_table, tables_on
from sheets.workbook import Book, grow_filter_name

PATTERN_ROWS = 20  # the last rows, whose look new rows follow
HEIGHT = b' ht="30" customHeight="1"'
ROW_LOOKS = re.compile(rb"""\s(?:ht|customHeight)=["'][^"']*["']""")


@dataclass(slots=True)
class Patch:
    """One write in the making."""

    package: Package
    book: Book
    layout: Layout
    index: Index
    sheet: Sheet
    part: str
    styles: StyleBook
    standing_places: frozenset[int]  # rows with a reference before this write
    rows: dict[int, RowXml] = field(default_factory=dict)
    pattern: "Pattern | None" = None
    links: dict[str, str] = field(default_factory=dict)
    own: dict[str, int] = field(default_factory=dict)  # people's columns, where rows bring some along
    standing: dict[int, dict[int, Cell]] = field(default_factory=dict)  # what stood in the touched rows, if asked
    formula_gone: bool = False
    widest: int = 0


def patch_table(
    package: Package, book: Book, layout: Layout, index: Index, changes: Sequence[Change], styles: StyleBook
) -> None:
    """Put the changes into the registry's worksheet."""
    part = book.sheets[book.title_of(layout)]
    patch = Patch(
        package, book, layout, index, split_sheet(package.read(part)), part, styles, frozenset(index.places.values())
    )
    tail, last_before = Tail(patch.sheet), index.last_row
    shown = _filter(patch, tail)
    new = _find_own(patch, changes)
    places = {change.reference: index.place_for(change) for change in changes}
    _take_rows(patch, {*places.values(), *({index.header_row} if new else ())})
    for title in new:
        _write_own(patch, patch.rows[index.header_row], title, title, None)
    masters = []
    for change in changes:
        row = patch.rows[places[change.reference]]
        masters += shared_masters(_replaced(patch, row, change), patch.sheet)
        _write_row(patch, row, change)
        _show(patch, row, change, shown)
    if masters:
        _write_out_elsewhere(patch, masters)
    _finish(patch, tail, last_before)


def _take_rows(patch: Patch, places: set[int]) -> None:
    """Take the touched rows apart, and make those that are not there yet."""
    for span in row_spans(patch.sheet):
        if span.number in places:
            fragment = patch.sheet.xml[span.start : span.end]
            patch.rows[span.number] = take_apart(patch.sheet, span.number, fragment)
    for place in places - patch.rows.keys():
        patch.rows[place] = new_row(patch.sheet, place, _pattern(patch).height)


@dataclass(slots=True)
class Pattern:
    """How the last rows look: what most of them have."""

    height: bytes = HEIGHT
    styles: dict[str, int] = field(default_factory=dict)


def _pattern(patch: Patch) -> Pattern:
    """The look of the last rows that were there before, found when it is first asked for."""
    if patch.pattern is not None:
        return patch.pattern
    wanted = set(sorted(patch.standing_places)[-PATTERN_ROWS:])
    styles: dict[str, Counter[int]] = {}
    heights: Counter[bytes] = Counter()
    for span in row_spans(patch.sheet):
        if span.number in wanted:
            row = take_apart(patch.sheet, span.number, patch.sheet.xml[span.start : span.end])
            heights[b"".join(ROW_LOOKS.findall(row.tag))] += 1
            for key, column in patch.index.header.items():
                if (style := row.style(column)) is not None:
                    styles.setdefault(key, Counter())[style] += 1
    most = {key: counter.most_common(1)[0][0] for key, counter in styles.items()}
    patch.pattern = Pattern(heights.most_common(1)[0][0] if heights else HEIGHT, most)
    return patch.pattern


def _replaced(patch: Patch, row: RowXml, change: Change) -> list[bytes]:
    """The cells that will be written over and hold a formula now."""
    opening = b"<" + patch.sheet.name("f")
    columns = (patch.index.header[key] for key in change.cells if key in patch.index.header)
    cells = [row.cells[column] for column in columns if opening in row.cells.get(column, b"")]
    patch.formula_gone = patch.formula_gone or bool(cells)
    return cells


def _write_row(patch: Patch, row: RowXml, change: Change) -> None:
    fresh = not row.cells
    keys = patch.index.header if fresh or change.add else change.cells
    for key in keys:
        column = patch.index.header.get(key)
        if column is None or (key not in change.cells and column in row.cells):
            continue
        style = _style(patch, row, key, column, change.looks.get(key, ""))
        value = change.cells.get(key, change.reference if key == patch.layout.key else None)
        if isinstance(value, date):
            style = patch.styles.dated(style)
        row.cells[column] = cell_xml(patch.sheet, column, row.number, value, style, dates_1904=patch.book.dates_1904)
        patch.widest = max(patch.widest, column)
        if key in change.links:
            patch.links[f"{column_letters(column)}{row.number}"] = change.links[key]
    for title, cell in change.own.items():
        _write_own(patch, row, title, cell, change.looks.get(title))


def _find_own(patch: Patch, changes: Sequence[Change]) -> list[str]:
    """Where people's own columns stand that rows bring along; those that are not there yet."""
    if not any(change.own for change in changes):
        return []
    number = patch.index.header_row
    header = read_rows(patch.package.content, patch.layout.worksheet, {number}).get(number, {})
    patch.own, new = own_columns(header, patch.index, changes)
    return sorted(new, key=patch.own.__getitem__)


def _write_own(patch: Patch, row: RowXml, title: str, value: Cell, look: str | None) -> None:
    column = patch.own[title]
    style = patch.styles.of(look) if look else row.style(column) or 0
    if isinstance(value, date):
        style = patch.styles.dated(style)
    row.cells[column] = cell_xml(patch.sheet, column, row.number, value, style, dates_1904=patch.book.dates_1904)
    patch.widest = max(patch.widest, column)


def _style(patch: Patch, row: RowXml, key: str, column: int, look: str = "") -> int:
    """The cell's own style, else the one it brings along, else that of the rows above (plain where they have no cell
    there), else ours."""
    own = row.style(column)
    if own is not None:
        return own
    if look:
        return patch.styles.of(look)
    known = _pattern(patch).styles
    return known.get(key, 0) if known else patch.styles.id_of(cell_look(patch.layout.column(key)))


def _show(patch: Patch, row: RowXml, change: Change, shown: Filter | None) -> None:
    """Hide or show the row as the set filter would, where what it looks at was written."""
    if change.visible is not None:
        row.hide(not change.visible)
        return
    if shown is None or not (change.add or patch.layout.status_key in change.cells):
        return
    passes = shown.shows(_texts(patch, row.number, change, shown))
    if passes is not None:
        row.hide(not passes)


def _texts(patch: Patch, number: int, change: Change, shown: Filter) -> dict[int, str]:
    """The row's texts by column after the change; numbers and dates are left out, filters know them by their format."""
    written = {patch.index.header[key]: cell for key, cell in change.cells.items() if key in patch.index.header}
    standing: Mapping[int, Cell] = {}
    if not change.add and shown.words.keys() - written.keys():
        patch.standing = patch.standing or read_rows(
            patch.package.content, patch.book.title_of(patch.layout), set(patch.rows)
        )
        standing = patch.standing.get(number, {})
    texts = {**standing, **written}
    return {column: text or "" for column, text in texts.items() if text is None or isinstance(text, str)}


def _filter(patch: Patch, tail: Tail) -> Filter | None:
    """The filter that stands in our header, be it the sheet's own or that of an Excel "table"."""
    tables = tables_on(patch.package, patch.part, tail)
    found = [filter_of(tail.parsed("autoFilter")), *(table.filter for table in tables)]
    return next((one for one in found if one is not None and one.block.top == patch.index.header_row), None)


def _write_out_elsewhere(patch: Patch, masters: Iterable[tuple[str, str, str]]) -> None:
    """Cells that shared a formula with one that goes away get their own, in touched and in other rows."""
    listed = list(masters)
    for row in patch.rows.values():
        row.cells = {column: write_out(cell, patch.sheet, listed) for column, cell in row.cells.items()}
    patch.sheet = split_sheet(write_out(patch.sheet.xml, patch.sheet, listed))


# --- around the rows ------------------------------------------------------------------------------


def _finish(patch: Patch, tail: Tail, last_before: int) -> None:
    last = max([patch.index.last_row, *patch.rows])
    if last > last_before:
        tail.grow(last_before, last, patch.index.header_row + 1)
        _grow_tables(patch, tail, last_before, last)
        grown = filter_of(tail.parsed("autoFilter"))
        if grown is not None:
            grow_filter_name(patch.package, patch.book, patch.book.title_of(patch.layout), grown.block.bottom)
    put_links(patch.package, patch.part, patch.sheet, tail, patch.links)
    head = grow_dimension(patch.sheet.head, patch.sheet, patch.widest, last)
    rows = {number: put_together(patch.sheet, row) for number, row in patch.rows.items()}
    patch.package.replace(patch.part, rebuilt(patch.sheet, rows, head, tail.xml()))
    if patch.formula_gone:
        drop_calc_chain(patch.package, patch.book)


def _grow_tables(patch: Patch, tail: Tail, last_before: int, last: int) -> None:
    for table in tables_on(patch.package, patch.part, tail):
        if table.block.top == patch.index.header_row and table.block.bottom <= last:
            grow_table(patch.package, table, last)
