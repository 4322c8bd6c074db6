"""From the values of a sheet to a snapshot: rows are found by their reference, cells by their column's heading."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from operator import itemgetter

from sheets.errors import RegistryBroken
from sheets.grid import Value, Values, as_number, as_text, find_header, rows_of
from sheets.marks import view_mark
from sheets.model import Cell, Change, Column, Layout, Row, Snapshot, Version
from sheets.sheetxml import day_of

SERIALS = range(36_526, 73_051)  # 2000 to 2099: a number in a date column that lost its format
SHOWN_OF_STRANGERS = 3
LEARNT_ROWS = 500
BLANKS = ("\n", *(blank * number for blank in (" ", "\xa0") for number in range(40)))  # rarer ones are blank to `same`
TEXT_ONLY = frozenset({str})


@dataclass(slots=True)
class Index:
    """Where things stand in the worksheet that was read; enough to write into it."""

    header_row: int
    header: dict[str, int]  # key -> column
    places: dict[str, int] = field(default_factory=dict)  # reference -> row
    last_row: int = 0  # last row with a reference, or the header
    occupied: set[int] = field(default_factory=set)  # rows with any content below it
    views: dict[str, dict[str, int]] = field(default_factory=dict)  # key of a view -> columns its sheet has

    def copy(self) -> "Index":
        """A copy to note new rows in."""
        places, occupied = dict(self.places), set(self.occupied)
        return replace(self, header=dict(self.header), places=places, occupied=occupied, views=dict(self.views))

    def without(self, references: Iterable[str], row: Callable[[int], int]) -> "Index":
        """The index once the rows of these references are out; `row` says where a row stands then, of one that goes
        where the next one does. Nothing between the last two rows is taken for free."""
        gone = {self.places[reference] for reference in references}
        places = {reference: row(place) for reference, place in self.places.items() if place not in gone}
        last = row(self.last_row) - (self.last_row in gone)
        return replace(self.copy(), places=places, last_row=last, occupied={row(place) for place in self.occupied})

    def place_for(self, change: Change) -> int:
        """The row of a change; a new one takes the first blank row below the table, and is known from then on."""
        place = self.places.get(change.reference)
        if place is None:
            if not change.add:
                raise ValueError(f"{change.reference} has no row in the registry, and the change does not add one.")
            place = self.last_row + 1
            while place in self.occupied:
                place += 1
            self.places[change.reference] = self.last_row = place
        return place


@dataclass(slots=True)
class _Table:
    """What is gathered while going down the rows."""

    rows: dict[str, Row] = field(default_factory=dict)
    duplicated: dict[str, None] = field(default_factory=dict)
    strangers: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


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
    index.views = dict(_view_columns(sheets, layout))
    snapshot = Snapshot(
        version=version,
        generation=stamp[0],
        identity=stamp[1],
        header=index.header,
        rows=table.rows,
        duplicated=tuple(table.duplicated),
        strangers=tuple(table.strangers),
        view_edits=tuple(_view_edits(sheets, layout)),
        view_marks=_view_marks(sheets, layout, index, dates_1904),
        missing_columns=tuple(column.key for column in layout.columns if column.key not in index.header),
    )
    return snapshot, index


def _header(sheet: Values, layout: Layout) -> tuple[int, dict[str, int]]:
    header = find_header(rows_of(sheet)[1], layout.columns, layout.key)
    if header is None or len(header[1]) < min(2, len(layout.columns)):
        title = layout.title(layout.key)
        raise RegistryBroken(f"The worksheet “{layout.worksheet}” has no header row with “{title}”.")
    return header


def _read_table(sheet: Values, layout: Layout, dates_1904: bool) -> tuple[Index, _Table]:
    header_row, places = _header(sheet, layout)
    left, grid = rows_of(sheet)
    index = Index(header_row, {key: place + left + 1 for key, place in places.items()}, last_row=header_row)
    table, cells_of = _Table(), _CellReader(layout, places, dates_1904=dates_1904)
    shape, key_place = re.compile(layout.reference_pattern), places[layout.key]
    for number, row in grid:
        if number <= header_row:
            continue
        stated = row[key_place]
        reference = stated.strip().upper() if isinstance(stated, str) else ""
        if reference and shape.fullmatch(reference):
            _take(table, index, cells_of.row(reference, row, number))
        elif any(value != "" for value in row):
            index.occupied.add(number)
            _meet(table, number, row)
    index.occupied = {number for number in index.occupied if number > index.last_row}
    return index, table


class _LateCells(Mapping[str, Cell]):
    """The cells of a row, made when somebody asks for one: of most rows of a large sheet nobody does."""

    __slots__ = ("_made", "_make", "_values")

    def __init__(self, values: tuple[Value, ...], make: "_CellReader") -> None:
        self._values, self._make = values, make
        self._made: dict[str, Cell] | None = None

    def __getitem__(self, key: str) -> Cell:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def _all(self) -> dict[str, Cell]:
        if self._made is None:
            self._made, self._values = self._make.cells(self._values), ()
        return self._made


class _CellReader:
    """Makes cells of a row's values; nearly all are text as it should be, so the odd ones are looked for in bulk."""

    def __init__(self, layout: Layout, places: Mapping[str, int], *, dates_1904: bool) -> None:
        columns = [column for column in layout.columns if column.key in places]
        columns.sort(key=lambda column: column.kind in ("money", "date"))
        self._keys = [column.key for column in columns]
        self._pick = itemgetter(*(places[column.key] for column in columns))  # two at least: the header needs them
        self._readers = [_reader_of(column, dates_1904) for column in columns]
        self._texts = sum(column.kind not in ("money", "date") for column in columns)
        self._kept: dict[Value, Cell] = dict.fromkeys(BLANKS)  # and texts that repeat, kept once in memory
        self._learning = LEARNT_ROWS
        self._columns = blake2b(repr(self._keys).encode()).digest()

    def row(self, reference: str, row: Sequence[Value], place: int) -> Row:
        """The row as it stands, its values not yet looked into."""
        values: tuple[Value, ...] = self._pick(row)
        said = blake2b(repr(values).encode(), digest_size=16, key=self._columns).digest()
        return Row(reference, _LateCells(values, self), place, said)

    def cells(self, values: tuple[Value, ...]) -> dict[str, Cell]:
        """What the values of our columns say."""
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


def _reader_of(column: Column, dates_1904: bool) -> Callable[[Value], Cell]:
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


def _view_edits(sheets: Mapping[str, Values], layout: Layout) -> Iterator[tuple[str, str, str]]:
    """Status cells of the views that do not say what we wrote there."""
    ours = {word.casefold() for word in layout.approved_words}
    for spec in layout.views:
        name = spec.sheet_among(sheets)
        if name is None or layout.status_key not in layout.view_columns:
            continue
        for reference, status in _view_rows(sheets[name], layout):
            if status and status.casefold() not in ours:
                yield spec.key, reference, status


def _view_marks(sheets: Mapping[str, Values], layout: Layout, index: Index, dates_1904: bool) -> dict[str, str]:
    found = {}
    for spec in (spec for spec in layout.views if spec.key in index.views):
        places, name = index.views[spec.key], spec.sheet_among(sheets)
        readers = {key: (place, _reader_of(layout.column(key), dates_1904)) for key, place in places.items()}
        rows = _rows_with_reference(sheets[name or ""], layout, places[layout.key])
        cells = ({key: read(row[place]) for key, (place, read) in readers.items()} for row in rows)
        found[spec.key] = view_mark(layout, cells)
    return found


def _rows_with_reference(sheet: Values, layout: Layout, place: int) -> Iterator[Sequence[Value]]:
    shape = re.compile(layout.reference_pattern)
    for _, row in rows_of(sheet)[1]:
        stated = row[place]
        if isinstance(stated, str) and shape.fullmatch(stated.strip().upper()):
            yield row


def _view_columns(sheets: Mapping[str, Values], layout: Layout) -> Iterator[tuple[str, dict[str, int]]]:
    for spec in layout.views:
        name = spec.sheet_among(sheets)
        header = find_header(rows_of(sheets[name])[1], layout.view_layout_columns(), layout.key) if name else None
        if header is not None:
            yield spec.key, header[1]


def _view_rows(sheet: Values, layout: Layout) -> Iterator[tuple[str, str]]:
    header = find_header(rows_of(sheet)[1], layout.view_layout_columns(), layout.key)
    if header is None or layout.status_key not in header[1]:
        return
    shape = re.compile(layout.reference_pattern)
    for number, row in rows_of(sheet)[1]:
        reference = str(row[header[1][layout.key]]).strip().upper()
        if number > header[0] and shape.fullmatch(reference):
            yield reference, str(row[header[1][layout.status_key]]).strip()
