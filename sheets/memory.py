"""A registry that lives in memory: the same behaviour without a file, for trying things out and for tests.

It keeps a grid of cells as a spreadsheet does, and reads it by the same rules as a workbook; the methods below
`# people` are what people do to a sheet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from sheets.errors import RegistryChanged, RegistryLocked, RegistryMissing
from sheets.grid import Value, as_number
from sheets.model import Cell, Change, Layout, Snapshot, Taken, Version, View
from sheets.own import own_columns, own_titles
from sheets.table import Index, read_sheets
from sheets.text import cell_text


@dataclass(slots=True)
class Grid:
    """Cells by row and column, blank ones being the empty text."""

    rows: list[list[Value]] = field(default_factory=list)

    @property
    def start(self) -> tuple[int, int] | None:
        """The first cell."""
        return (0, 0)

    def iter_rows(self) -> Iterator[Sequence[Value]]:
        """All rows, equally wide."""
        width = max((len(row) for row in self.rows), default=0)
        return (row + [""] * (width - len(row)) for row in self.rows)

    def put(self, place: int, column: int, value: Value) -> None:
        """Set one cell (counted from 1)."""
        self.rows.extend([] for _ in range(place - len(self.rows)))
        row = self.rows[place - 1]
        row.extend([""] * (column - len(row)))
        row[column - 1] = value


class MemoryRegistry:
    """A sheet without a file."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.sheets: dict[str, Grid] = {}
        self.links: dict[tuple[str, str], str] = {}  # reference, key -> target
        self.hidden: set[str] = set()
        self._stamp: tuple[int | None, str | None] = (None, None)
        self._edits = 0
        self._lock: RegistryLocked | None = None

    def exists(self) -> bool:
        """Whether it was created."""
        return bool(self.sheets)

    def probe(self) -> Version:
        """The number of changes so far."""
        if not self.sheets:
            raise RegistryMissing("The registry is not there.")
        return Version(str(self._edits))

    def read(self) -> Snapshot:
        """Everything that stands in the sheet."""
        return self._read()[0]

    def write(
        self, changes: Sequence[Change], seen: Version, *, generation: int, views: Sequence[View] | None = None,
        remove: Sequence[str] = (),
    ) -> Version:  # fmt: skip
        """Put the changes in, unless somebody changed the sheet or has it open."""
        if self._lock is not None:
            raise self._lock
        if self.probe() != seen:
            raise RegistryChanged("The registry was changed by somebody since it was read.")
        places = self._read()[1].places
        for place in sorted((places[reference] for reference in remove), reverse=True):
            del self._grid.rows[place - 1]
        index = self._read()[1]
        for change in changes:
            self._apply(change, index)
        self._stamp = (generation, self._stamp[1])
        self._draw(views)
        self._edits += 1
        return self.probe()

    def create(
        self,
        changes: Sequence[Change] = (),
        *,
        generation: int,
        identity: str = "",
        views: Sequence[View] | None = None,
        replace: bool = False,
    ) -> Version:
        """Make the sheet with these rows."""
        if self.sheets and not replace:
            raise RegistryChanged("The registry is there already.")
        if self._lock is not None:
            raise self._lock
        header: list[Value] = [column.title[self.layout.language] for column in self.layout.columns]
        self.sheets = {self.layout.worksheet: Grid([header])}
        self.links, self.hidden, self._stamp = {}, set(), (None, identity or None)
        self._draw(views if views is not None else [View(spec.key, ()) for spec in self.layout.views])
        return self.write(changes, self.probe(), generation=generation)

    def take(self, references: Sequence[str], seen: Version) -> Taken:
        """The rows of these references whole."""
        if self.probe() != seen:
            raise RegistryChanged("The registry was changed by somebody since it was read.")
        snapshot, index = self._read()
        titles = own_titles(self._line(index.header_row), index.header)
        rows = []
        for reference in references:
            line = self._line(index.places[reference])
            own = {
                title: line.get(column) for column, title in titles.items()
                if line.get(column) is not None or not title.startswith("(")
            }  # fmt: skip
            rows.append(Change(reference, dict(snapshot.rows[reference].cells), add=True, own=own))
        return Taken(tuple(rows))

    def _line(self, number: int) -> dict[int, Cell]:
        return {at: as_number(value) for at, value in enumerate(self._grid.rows[number - 1], 1)}

    def _read(self) -> tuple[Snapshot, Index]:
        version = self.probe()
        return read_sheets(self.sheets, self.layout, version, self._stamp)

    def _apply(self, change: Change, index: Index) -> None:
        place = index.place_for(change)
        for key, cell in (
            {self.layout.key: change.reference} | dict(change.cells) if change.add else change.cells
        ).items():
            if key in index.header:
                self._grid.put(place, index.header[key], as_value(cell))
                self.links |= {(change.reference, key): change.links[key]} if key in change.links else {}
        if change.own:
            columns, new = own_columns(self._line(index.header_row), index, [change])
            for title in new:
                self._grid.put(index.header_row, columns[title], title)
            for title, cell in change.own.items():
                self._grid.put(place, columns[title], as_value(cell))
        self._show(change)

    def _show(self, change: Change) -> None:
        status = change.cells.get(self.layout.status_key)
        shown = change.visible
        if shown is None and (change.add or self.layout.status_key in change.cells) and self.layout.shown_words:
            shown = status in self.layout.shown_words
        if shown is not None:
            (self.hidden.discard if shown else self.hidden.add)(change.reference)

    def _draw(self, views: Sequence[View] | None) -> None:
        titles = {spec.key: spec.title for spec in self.layout.views}
        columns = self.layout.view_layout_columns()
        for view in views or ():
            header: list[Value] = [column.title[self.layout.language] for column in columns]
            rows = [[as_value(cells.get(column.key)) for column in columns] for cells in view.rows]
            totals: list[list[Value]] = [["", code, float(total)] for code, total in view.totals]
            self.sheets[titles[view.key]] = Grid([header, *rows, *totals])

    @property
    def _grid(self) -> Grid:
        return self.sheets[self.layout.worksheet]

    # people ---------------------------------------------------------------------------------------

    def type_in(self, reference: str, key: str, value: Cell) -> None:
        """Somebody types into a cell."""
        index = self._read()[1]
        self._grid.put(index.places[reference], index.header[key], as_value(value))
        self._edits += 1

    def type_in_view(self, view: str, reference: str, value: Value, column: str = "") -> None:
        """Somebody types another Status on a view, or over another of its columns."""
        grid = self.sheets[next(spec.title for spec in self.layout.views if spec.key == view)]
        names = self.layout.key, column or self.layout.status_key
        key, status = (self.layout.view_columns.index(name) for name in names)
        next(row for row in grid.rows if row[key] == reference)[status] = value
        self._edits += 1

    def edit_grid(self) -> Grid:
        """The cells themselves, for whatever else people do; counts as a change."""
        self._edits += 1
        return self._grid

    def restamp(self, generation: int | None) -> None:
        """A copy of another generation is saved over ours."""
        self._stamp = (generation, self._stamp[1])
        self._edits += 1

    def lock(self, owner: str, since: datetime | None = None) -> None:
        """Somebody opens the sheet."""
        self._lock = RegistryLocked(owner, since or datetime.now(UTC))

    def unlock(self) -> None:
        """He closes it."""
        self._lock = None

    def vanish(self) -> None:
        """The sheet is gone."""
        self.sheets = {}


def as_value(cell: Cell) -> Value:
    """A cell as a spreadsheet would store it."""
    match cell:
        case None:
            return ""
        case Decimal():
            return float(cell)
        case date():
            return cell
        case _:
            return cell_text(cell)
