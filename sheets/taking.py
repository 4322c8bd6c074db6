"""Rows as they stand, whole: our cells, people's own columns by their headings, the looks; for an archive to keep."""

from collections.abc import Mapping, Sequence

from sheets.model import Cell, Change, Layout, Taken
from sheets.own import own_titles
from sheets.package import Package
from sheets.reading import read_rows
from sheets.removal import movable
from sheets.sheetxml import RowXml, Sheet, column_letters, row_spans, split_sheet, take_apart
from sheets.shift import Unsure
from sheets.stylebook import StyleBook, open_styles
from sheets.table import Index
from sheets.workbook import open_book


def take_rows(content: bytes, layout: Layout, index: Index, references: Sequence[str]) -> Taken:
    """The rows of these references that may be taken out of a workbook, and why not, if none may."""
    places = {index.places[reference]: reference for reference in references if reference in index.places}
    try:
        free = movable(content, layout.worksheet, places)
    except Unsure as error:
        return Taken(refused=str(error))
    package = Package(content)
    book = open_book(package)
    rows = _rows(split_sheet(package.read(book.sheets[layout.worksheet])), set(free))
    values = read_rows(content, layout.worksheet, {index.header_row, *rows})
    titles = own_titles(values.get(index.header_row, {}), index.header)
    styles = open_styles(package, book)
    return Taken(tuple(
        _change(places[place], row, values.get(place, {}), index.header, titles, styles)
        for place, row in rows.items()
    ))  # fmt: skip


def _rows(sheet: Sheet, wanted: set[int]) -> dict[int, RowXml]:
    """These rows taken apart; one with a formula that nobody has computed yet is left where it is."""
    rows = {}
    formula, value = b"<" + sheet.name("f"), b"<" + sheet.name("v")
    for span in row_spans(sheet):
        if span.number in wanted:
            row = take_apart(sheet, span.number, sheet.xml[span.start : span.end])
            if not any(formula in cell and value not in cell for cell in row.cells.values()):
                rows[span.number] = row
    return rows


def _change(
    reference: str, row: RowXml, values: Mapping[int, Cell], header: Mapping[str, int], titles: Mapping[int, str],
    styles: StyleBook,
) -> Change:  # fmt: skip
    ours = {column: key for key, column in header.items()}
    beyond = {column: f"({column_letters(column)})" for column in values if column not in ours and column not in titles}
    names = {**ours, **titles, **beyond}
    looks = {
        names[column]: styles.portable(style) for column in row.cells
        if column in names and (style := row.style(column))
    }  # fmt: skip
    own = {
        name: values.get(column) for column, name in {**titles, **beyond}.items()
        if values.get(column) is not None or not name.startswith("(")
    }  # fmt: skip
    cells = {key: values.get(column) for key, column in header.items()}
    return Change(reference, cells, add=True, own=own, looks=looks)


