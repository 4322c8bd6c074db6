"""Text as it lies on paper: cells in lines, so that a label finds its value on the right or below.

A gap wider than a letter is high begins a new cell; a smaller one that is wider than a blank leaves two blanks, across
which no number is put together. Inside a line the cells are joined by tabs, which patterns take for white space.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from values.text import strip_invisible

_NEW_CELL = 1.2
_BOUNDARY = 0.45
_BLANK = 0.12
_NEAR = 4.0
_ROW = 6.0  # of ten: a sentence does not run on from one row of a table into the next


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text with its left and right edge."""

    text: str
    left: float
    right: float

    def overlaps(self, other: "Cell") -> bool:
        """Say whether one stands below the other, at least in part."""
        return min(self.right, other.right) - max(self.left, other.left) > 0.5 or abs(self.left - other.left) < _NEAR


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one line from left to right; `top` and `bottom` grow downwards."""

    cells: tuple[Cell, ...]
    page: int
    top: float
    bottom: float
    text: str
    starts: tuple[int, ...]

    def cell_at(self, offset: int) -> int:
        """The number of the cell that a place in the text belongs to."""
        return max(bisect_right(self.starts, offset) - 1, 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters that stand together, as a page gives them."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Value:
    """A value that was found by its label, and where both stand."""

    match: re.Match[str]
    line: int
    cell: int
    label: int
    below: bool = False


def make_line(cells: Sequence[Cell], page: int, top: float, bottom: float) -> Line:
    """Put cells together."""
    starts = (0, *accumulate(len(cell.text) + 1 for cell in cells[:-1]))
    return Line(tuple(cells), page, top, bottom, "\t".join(cell.text for cell in cells), starts)


def lines_of_pieces(pieces: Sequence[Piece], page: int, boundary: float = _BOUNDARY) -> list[Line]:
    """Group the pieces of a page into lines from top to bottom; `boundary` is the gap that parts two numbers."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: (one.top + one.bottom) / 2):
        middle = (piece.top + piece.bottom) / 2
        last = rows[-1] if rows else []
        if last and _is_on(last, middle):
            last.append(piece)
        else:
            rows.append([piece])
    return [line for row in rows if (line := _line_of_row(row, page, boundary)).text]


def _is_on(row: list[Piece], middle: float) -> bool:
    """Say whether the middle of a piece lies within the inner half of the line's first piece."""
    first = row[0]
    height = first.bottom - first.top
    return abs(middle - (first.top + first.bottom) / 2) < max(height, 1) * 0.4


def _line_of_row(row: list[Piece], page: int, boundary: float) -> Line:
    row.sort(key=lambda piece: piece.left)
    height = max(sorted(piece.bottom - piece.top for piece in row)[len(row) // 2], 1)
    cells: list[Cell] = []
    for piece in row:
        gap = piece.left - cells[-1].right if cells else None
        if gap is None or gap > _NEW_CELL * height:
            cells.append(Cell(piece.text, piece.left, piece.right))
            continue
        between = "  " if gap > boundary * height else " " if gap > _BLANK * height else ""
        last = cells.pop()
        cells.append(Cell(last.text + between + piece.text, last.left, max(piece.right, last.right)))
    clean = [Cell(text, cell.left, cell.right) for cell in cells if (text := _clean(cell.text))]
    return make_line(clean, page, min(piece.top for piece in row), max(piece.bottom for piece in row))


def _clean(text: str) -> str:
    plain = strip_invisible(re.sub(r"[\t\r\n\f\v]", " ", text))
    plain = re.sub(r"[\u00a0\u2007\u2009\u202f]", "\u00a0", plain)
    return re.sub(r" {3,}", "  ", plain).strip()


def lines_of_table(rows: Sequence[Sequence[str]], page: int = 1) -> list[Line]:
    """Lay out rows of a sheet or of a table, whose columns stand one under another."""
    lines = []
    for number, row in enumerate(rows):
        cells = [
            Cell(text, 100.0 * column, 100.0 * column + 90)
            for column, value in enumerate(row)
            if (text := _clean(value))
        ]
        if cells:
            lines.append(make_line(cells, page, number * 10.0, number * 10.0 + _ROW))
    return lines


_PARAGRAPH = 60
_GOES_ON = re.compile(r"(?:банка|получателя|банка\s+получателя)[\s:]*(?=\d)", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s:=.№#–—-]*")


def labelled(
    lines: Sequence[Line], label: re.Pattern[str], value: re.Pattern[str], heading: re.Pattern[str] | None = None
) -> Iterator[Value]:
    """Find values behind a label: in its cell, in the next ones, or in the cell below when nothing stands beside.

    A cell beside that is a `heading` of its own is no value.
    """
    for number, line in enumerate(lines):
        for found in label.finditer(line.text):
            start = _SEPARATOR.match(line.text, found.end())
            assert start is not None
            match = value.match(line.text, start.end()) or value.match(line.text, found.end())
            cell = line.cell_at(found.start())
            if match and not (heading and _is_heading(line, cell, line.cell_at(match.end() - 1), heading)):
                yield Value(match, number, line.cell_at(match.start()), number)
            elif cell == line.cell_at(found.end() - 1) and _ends_cell(line, cell, found):
                below = list(_below(lines, number, line.cells[cell], value))
                yield from below or _wrapped(lines, number, cell, value)


def _is_heading(line: Line, label: int, cell: int, heading: re.Pattern[str]) -> bool:
    return cell != label and heading.match(line.cells[cell].text) is not None


def _ends_cell(line: Line, cell: int, found: re.Match[str]) -> bool:
    end = line.starts[cell] + len(line.cells[cell].text)
    return not _SEPARATOR.sub("", line.text[found.end() : end])


def _wrapped(lines: Sequence[Line], number: int, cell: int, value: re.Pattern[str]) -> Iterator[Value]:
    """In a paragraph the value of the last label stands at the beginning of the next line."""
    line = lines[number]
    if cell != len(line.cells) - 1 or len(line.text) < _PARAGRAPH or number + 1 == len(lines):
        return
    below = lines[number + 1]
    goes_on = _GOES_ON.match(below.text)
    match = value.match(below.text, goes_on.end() if goes_on else 0)
    if match and below.page == line.page and below.cells[0].left <= line.cells[0].left + _NEAR:
        yield Value(match, number + 1, below.cell_at(match.start()), number)


def _below(lines: Sequence[Line], number: int, label: Cell, value: re.Pattern[str]) -> Iterator[Value]:
    for below in range(number + 1, min(number + 3, len(lines))):
        line = lines[below]
        if line.page != lines[number].page:
            return
        for index, cell in enumerate(line.cells):
            if cell.overlaps(label):
                if match := value.match(line.text, line.starts[index]):
                    yield Value(match, below, index, number, below=True)
                return


_BROKEN_OFF = re.compile(r"\d{1,3}(?:[ \u00a0]?\d{3})*")
_REST_OF_NUMBER = re.compile(r"\d{3}(?:[ \u00a0]\d{3})*[.,]\d\d(?!\d)")


def goes_on_below(lines: Sequence[Line], number: int, start: int) -> str | None:
    """A number that a narrow column broke between its groups, put together again."""
    line = lines[number]
    cell = line.cell_at(start)
    head = line.text[start : line.starts[cell] + len(line.cells[cell].text)]
    if not _BROKEN_OFF.fullmatch(head) or number + 1 == len(lines) or lines[number + 1].page != line.page:
        return None
    below = next((one for one in lines[number + 1].cells if one.overlaps(line.cells[cell])), None)
    rest = _REST_OF_NUMBER.match(below.text) if below else None
    return re.sub(r"[ \u00a0]", "", head + rest[0]) if rest else None
