"""From a workbook's bytes to a snapshot: the header is found by its words, rows by their reference, wherever they are.

python-calamine gives the values; it is many times faster than a full load, and an idle registry is read often.
"""

import io
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Protocol

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, XmlError, ZipError

from sheets.errors import RegistryBroken
from sheets.model import Cell, Column, Layout, Row, Snapshot, Version
from sheets.package import Package
from sheets.sheetxml import NAME_ENDS, ROOT, column_number, day_of
from sheets.text import number_text
from sheets.workbook import open_book, stamp_of

HEADER_ROWS = 20  # how far down the header may stand
SERIALS = range(36_526, 73_051)  # 2000 to 2099: a number in a date column that lost its format
SHOWN_OF_STRANGERS = 3
TEXT_ONLY = frozenset({str})
EXACT = 10**15  # beyond, a double has lost digits, and should look like it
ADDRESS = re.compile(rb"""\sr=["']([A-Z]+)(\d+)["']""")

Value = str | int | float | bool | date | datetime | time | timedelta
Grid = Iterator[tuple[int, Sequence[Value]]]


@dataclass(slots=True)
class Index:
    """Where things stand in the worksheet that was read; enough to write into it."""

    header_row: int
    header: dict[str, int]  # key -> column
    places: dict[str, int] = field(default_factory=dict)  # reference -> row
    last_row: int = 0  # last row with a reference, or the header
    occupied: set[int] = field(default_factory=set)  # rows with any content below it


@dataclass(slots=True)
class _Table:
    """What is gathered while going down the rows."""

    rows: dict[str, Row] = field(default_factory=dict)
    duplicated: dict[str, None] = field(default_factory=dict)
    strangers: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


class Values(Protocol):
    """A sheet whose cells can be gone through, row by row from the first one on."""

    @property
    def start(self) -> tuple[int, int] | None:
        """Row and column (from 0) of the first used cell; columns left of it are not given."""
        ...

    def iter_rows(self) -> Iterator[Sequence[Value]]:
        """The rows."""
        ...


def read_book(content: bytes, layout: Layout, version: Version) -> tuple[Snapshot, Index]:
    """Everything that stands in a workbook, and the index by which it can be written."""
    package = Package(content)
    book = open_book(package)
    if layout.worksheet not in book.sheets:
        raise RegistryBroken(f"The workbook has no worksheet “{layout.worksheet}”.")
    formulas = list(formula_cells(package.stream(book.sheets[layout.worksheet])))
    values = _open(content)
    names = [layout.worksheet, *(spec.title for spec in layout.views if spec.title in book.sheets)]
    sheets = {name: _sheet(values, name) for name in names}
    snapshot, index = read_sheets(sheets, layout, version, stamp_of(package), dates_1904=book.dates_1904)
    return replace(snapshot, formulas=_of_ours(formulas, index)), index


def read_sheets(
    sheets: Mapping[str, Values],
    layout: Layout,
    version: Version,
    stamp: tuple[int | None, str | None],
    *,
    dates_1904: bool = False,
) -> tuple[Snapshot, Index]:
    """What the cells of the registry's sheet and its views say; formulas are not looked for."""
    index, table = _read_table(sheets[layout.worksheet], layout, dates_1904)
    snapshot = Snapshot(
        version=version,
        generation=stamp[0],
        identity=stamp[1],
        header=index.header,
        rows=table.rows,
        duplicated=tuple(table.duplicated),
        strangers=tuple(table.strangers),
        view_edits=tuple(_view_edits(sheets, layout)),
        missing_columns=tuple(column.key for column in layout.columns if column.key not in index.header),
    )
    return snapshot, index


def _open(content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, XmlError, ZipError, OSError) as error:
        raise RegistryBroken(f"The workbook cannot be read: {error}.") from error


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, XmlError, ZipError, OSError) as error:
        raise RegistryBroken(f"The worksheet “{name}” cannot be read: {error}.") from error


def _grid(sheet: Values) -> tuple[int, Grid]:
    """First column of the used area, and the rows with their numbers."""
    left = sheet.start[1] if sheet.start else 0
    return left, enumerate(sheet.iter_rows(), 1)


# --- header ---------------------------------------------------------------------------------------


def find_header(rows: Grid, columns: Sequence[Column], key: str) -> tuple[int, dict[str, int]] | None:
    """The row among the first twenty that names most of our columns, and where each stands (from 0)."""
    names = {fold(name): column.key for column in columns for name in (*column.title.values(), *column.aliases)}
    best: tuple[int, dict[str, int]] | None = None
    for number, row in rows:
        found: dict[str, int] = {}
        for place, value in enumerate(row):
            known = names.get(fold(value)) if isinstance(value, str) and value else None
            if known is not None:
                found.setdefault(known, place)
        if key in found and (best is None or len(found) > len(best[1])):
            best = (number, found)
        if number >= HEADER_ROWS:
            break
    return best


def fold(title: str) -> str:
    """A heading as it is compared: letter case, blanks, line breaks and a closing colon or star do not matter."""
    return " ".join(title.split()).casefold().rstrip(" :*").replace("ё", "е").replace("’", "'")


def _header(sheet: Values, layout: Layout) -> tuple[int, dict[str, int]]:
    header = find_header(_grid(sheet)[1], layout.columns, layout.key)
    if header is None or len(header[1]) < min(2, len(layout.columns)):
        title = layout.title(layout.key)
        raise RegistryBroken(f"The worksheet “{layout.worksheet}” has no header row with “{title}”.")
    return header


# --- rows -----------------------------------------------------------------------------------------


def _read_table(sheet: Values, layout: Layout, dates_1904: bool) -> tuple[Index, _Table]:
    header_row, places = _header(sheet, layout)
    left, grid = _grid(sheet)
    index = Index(header_row, {key: place + left + 1 for key, place in places.items()}, last_row=header_row)
    table, cells_of = _Table(), _CellReader(layout, places, dates_1904=dates_1904)
    shape, key_place = re.compile(layout.reference_pattern), places[layout.key]
    for number, row in grid:
        if number <= header_row:
            continue
        stated = row[key_place]
        reference = stated.strip().upper() if isinstance(stated, str) else ""
        if reference and shape.fullmatch(reference):
            _take(table, index, Row(reference, cells_of(row), number))
        elif any(value != "" for value in row):
            index.occupied.add(number)
            _meet(table, number, row)
    index.occupied = {number for number in index.occupied if number > index.last_row}
    return index, table


class _CellReader:
    """Makes cells of a row's values; nearly all are text as it should be, so the odd ones are looked for in bulk."""

    def __init__(self, layout: Layout, places: Mapping[str, int], *, dates_1904: bool) -> None:
        columns = [column for column in layout.columns if column.key in places]
        columns.sort(key=lambda column: column.kind in ("money", "date"))
        self._keys = [column.key for column in columns]
        self._pick = itemgetter(*(places[column.key] for column in columns))  # two at least: the header needs them
        self._readers = [self._reader(column, dates_1904) for column in columns]
        self._texts = sum(column.kind not in ("money", "date") for column in columns)
        self._kept: dict[Value, Cell] = {"": None, " ": None}  # also keeps texts that repeat only once in memory
        self._learning = 500

    def __call__(self, row: Sequence[Value]) -> dict[str, Cell]:
        values: tuple[Value, ...] = self._pick(row)
        if self._learning:
            self._learn(values[: self._texts])
        cells: list[Cell] = list(map(self._kept.get, values, values))  # type: ignore[arg-type]
        odd = range(self._texts, len(values))
        if not TEXT_ONLY.issuperset(map(type, values[: self._texts])):
            odd = range(len(values))
        for at in odd:
            if values[at] != "":
                cells[at] = self._readers[at](values[at])
        return dict(zip(self._keys, cells, strict=True))

    def _learn(self, values: Sequence[Value]) -> None:
        """Short texts of the first rows: names, currencies, banks come again and again."""
        self._learning -= 1
        self._kept |= {value: value for value in values if isinstance(value, str) and 0 < len(value.strip()) < 40}

    def _reader(self, column: Column, dates_1904: bool) -> Callable[[Value], Cell]:
        def as_date(value: Value) -> Cell:
            if isinstance(value, int | float) and not isinstance(value, bool) and value in SERIALS:
                return day_of(int(value), dates_1904=dates_1904)
            return as_number(value)

        by_kind: dict[str, Callable[[Value], Cell]] = {"money": as_number, "date": as_date}
        return by_kind.get(column.kind, as_text)


def _take(table: _Table, index: Index, row: Row) -> None:
    index.last_row = row.place
    if row.reference in table.rows:
        table.duplicated[row.reference] = None
        return
    table.rows[row.reference] = row
    index.places[row.reference] = row.place


def _meet(table: _Table, number: int, row: Sequence[Value]) -> None:
    shown = [str(value).strip() for value in row if str(value).strip()]
    if shown:
        table.strangers.append((number, tuple(shown[:SHOWN_OF_STRANGERS])))


def read_rows(content: bytes, worksheet: str, numbers: Container[int]) -> dict[int, dict[int, Cell]]:
    """Some rows whole, whatever columns they have: row -> column -> cell."""
    left, grid = _grid(_sheet(_open(content), worksheet))
    wanted = ((number, row) for number, row in grid if number in numbers)
    return {number: {at: as_number(value) for at, value in enumerate(row, left + 1)} for number, row in wanted}


def as_text(value: Value) -> Cell:
    """A cell where text is expected; a number is given back as the digits that were typed."""
    if type(value) is str:
        return value if value and not value.isspace() else None
    number = as_number(value)
    return number_text(number) if isinstance(number, Decimal) else number


def as_number(value: Value) -> Cell:
    """A cell as it is: numbers as Decimal, days as date, text as text."""
    if type(value) is str:
        return value if value and not value.isspace() else None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return Decimal(int(value)) if value == value // 1 and abs(value) < EXACT else Decimal(repr(value))
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value)


# --- views and formulas ---------------------------------------------------------------------------


def _view_edits(sheets: Mapping[str, Values], layout: Layout) -> Iterator[tuple[str, str, str]]:
    """Status cells of the views that do not say what we wrote there."""
    ours = {word.casefold() for word in layout.approved_words}
    for spec in layout.views:
        if spec.title not in sheets or layout.status_key not in layout.view_columns:
            continue
        for reference, status in _view_rows(sheets[spec.title], layout):
            if status and status.casefold() not in ours:
                yield spec.key, reference, status


def _view_rows(sheet: Values, layout: Layout) -> Iterator[tuple[str, str]]:
    header = find_header(_grid(sheet)[1], layout.view_layout_columns(), layout.key)
    if header is None or layout.status_key not in header[1]:
        return
    shape = re.compile(layout.reference_pattern)
    for number, row in _grid(sheet)[1]:
        reference = str(row[header[1][layout.key]]).strip().upper()
        if number > header[0] and shape.fullmatch(reference):
            yield reference, str(row[header[1][layout.status_key]]).strip()


def formula_cells(pieces: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Column and row of every cell with a formula, found in the bytes of a sheet; most sheets have none at all."""
    rest, prefix = b"", b""
    for piece in pieces:
        if not rest:
            root = ROOT.search(piece)
            prefix = root[1] + b":" if root and root[1] else b""
        text = rest + piece
        cut = max(text.rfind(b"<" + prefix + b"c "), 0)
        yield from _formulas_in(text, cut, prefix)
        rest = text[cut:]
    yield from _formulas_in(rest, len(rest), prefix)


def _formulas_in(text: bytes, end: int, prefix: bytes) -> Iterator[tuple[int, int]]:
    opening, cell = b"<" + prefix + b"f", b"<" + prefix + b"c "
    at = text.find(opening, 0, end)
    while at >= 0:
        address = ADDRESS.search(text, max(text.rfind(cell, 0, at), 0), at)
        if address is not None and text[at + len(opening)] in NAME_ENDS:
            yield column_number(address[1].decode()), int(address[2])
        at = text.find(opening, at + 1, end)


def _of_ours(cells: Iterable[tuple[int, int]], index: Index) -> frozenset[tuple[str, str]]:
    keys = {column: key for key, column in index.header.items()}
    references = {place: reference for reference, place in index.places.items()}
    return frozenset((references[row], keys[column]) for column, row in cells if row in references and column in keys)
