"""Reading a workbook: python-calamine gives the values, many times faster than a full load, the bytes give the rest."""

import io
from collections.abc import Container, Iterable
from dataclasses import replace

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from sheets.errors import RegistryBroken
from sheets.formulas import formula_cells
from sheets.grid import Values, as_number, rows_of
from sheets.model import Cell, Layout, Snapshot, Version
from sheets.package import Package
from sheets.table import Index, read_sheets
from sheets.workbook import last_saved_by, open_book, stamp_of


def read_book(content: bytes, layout: Layout, version: Version) -> tuple[Snapshot, Index]:
    """Everything that stands in a workbook, and the index by which it can be written."""
    package = Package(content)
    book = open_book(package)
    title = book.title_of(layout)
    if title not in book.sheets:
        raise RegistryBroken(f"The workbook has no worksheet “{title}”.")
    formulas = list(formula_cells(package.stream(book.sheets[title])))
    values = _open(content)
    views = {spec.title: name for spec in layout.views if (name := book.sheet_of(spec)) is not None}
    sheets: dict[str, Values] = {title: _sheet(values, name) for title, name in views.items()}
    sheets[layout.worksheet] = _sheet(values, title)
    snapshot, index = read_sheets(sheets, layout, version, stamp_of(package, layout.stamp), dates_1904=book.dates_1904)
    saved_by = last_saved_by(package)
    return replace(snapshot, formulas=_of_ours(formulas, index), editor=saved_by), index


def read_rows(content: bytes, worksheet: str, numbers: Container[int]) -> dict[int, dict[int, Cell]]:
    """Some rows whole, whatever columns they have: row -> column -> cell."""
    left, grid = rows_of(_sheet(_open(content), worksheet))
    wanted = ((number, row) for number, row in grid if number in numbers)
    return {number: {at: as_number(value) for at, value in enumerate(row, left + 1)} for number, row in wanted}


def _of_ours(cells: Iterable[tuple[int, int]], index: Index) -> frozenset[tuple[str, str]]:
    keys = {column: key for key, column in index.header.items()}
    references = {place: reference for reference, place in index.places.items()}
    return frozenset((references[row], keys[column]) for column, row in cells if row in references and column in keys)


def _open(content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, OSError) as error:
        raise RegistryBroken(f"The workbook cannot be read: {error}.") from error


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, OSError) as error:
        raise RegistryBroken(f"The worksheet “{name}” cannot be read: {error}.") from error
