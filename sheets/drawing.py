"""Rows that are drawn anew on a sheet of ours, in our looks; what surrounds them stays."""

from collections.abc import Mapping
from datetime import date

from sheets.frame import Tail, grow_dimension
from sheets.looks import Look
from sheets.model import Cell
from sheets.package import Package
from sheets.sheetxml import Sheet, cell_xml, new_row, put_together, rebuilt
from sheets.stylebook import StyleBook

CAPTION_HEIGHT = b' ht="27" customHeight="1"'
ROW_HEIGHT = b' ht="30" customHeight="1"'


class Drawing:
    """The rows of one sheet as they are drawn."""

    def __init__(self, sheet: Sheet, styles: StyleBook, *, dates_1904: bool) -> None:
        self.sheet, self.styles, self.dates_1904 = sheet, styles, dates_1904
        self.rows: dict[int, bytes] = {}
        self.links: dict[str, str] = {}

    def line(self, cells: Mapping[int, tuple[Cell, Look]], attributes: bytes = ROW_HEIGHT) -> int:
        """Add one row below the others; returns its number."""
        row = new_row(self.sheet, len(self.rows) + 1, attributes)
        for column, (value, look) in cells.items():
            style = self.styles.id_of(look)
            style = self.styles.dated(style) if isinstance(value, date) else style
            row.cells[column] = cell_xml(self.sheet, column, row.number, value, style, dates_1904=self.dates_1904)
        self.rows[row.number] = put_together(self.sheet, row)
        return row.number


def put_rows(package: Package, part: str, drawing: Drawing, tail: Tail, head: bytes, width: int) -> None:
    """Put the drawn rows in the place of all that stood there."""
    sheet = drawing.sheet
    head = grow_dimension(head, sheet, width, len(drawing.rows))
    empty = Sheet(sheet.head + sheet.tail, sheet.prefix, sheet.start, sheet.start)
    package.replace(part, rebuilt(empty, drawing.rows, head, tail.xml()))
