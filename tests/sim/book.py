"""The registry of the simulation: a sheet in memory behind calls that may fail, and a watch over people's cells.

Each write of ours is compared with what stood there before: only cells of our columns in rows of requests may change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from config.settings import RegistrySettings
from sheets.errors import RegistryChanged, RegistryError
from sheets.memory import MemoryRegistry
from sheets.model import Change, Layout, Snapshot, Taken, Version, View
from tests.sim.fate import Fate, Process

Grid = list[list[Any]]
COMMENT = "accountant_comment"


class Book:
    """The sheet itself, which outlives every process."""

    def __init__(self, name: str, layout: Layout) -> None:
        self.name, self.layout = name, layout
        self.sheet = MemoryRegistry(layout)
        self.archives: dict[str, Book] = {}
        self.titles = {title: column.key for column in layout.columns for title in column.title.values()}
        self.harm: list[str] = []
        self.doubled: set[str] = set()
        """Requests whose row stood there twice when it was read last."""
        self.writes = 0

    @property
    def grid(self) -> Grid:
        found = self.sheet.sheets.get(self.layout.worksheet)
        return found.rows if found else []

    @property
    def generation(self) -> int | None:
        return self.sheet._stamp[0]

    def header(self, grid: Grid | None = None) -> dict[str, int]:
        """Key (or the people's own title) by column."""
        grid = self.grid if grid is None else grid
        row = next((row for row in grid[:20] if self.layout.title("reference") in row), [])
        named = [(at, str(title)) for at, title in enumerate(row) if title not in ("", None)]
        return {self.titles.get(title, f"own:{title}"): at for at, title in named}

    def rows(self, grid: Grid | None = None) -> list[tuple[str, int]]:
        """(reference, place) of every row of a request, doubled ones too."""
        grid = self.grid if grid is None else grid
        column = self.header(grid).get("reference")
        if column is None:
            return []
        return [(str(row[column]), place) for place, row in enumerate(grid)
                if column < len(row) and str(row[column]).startswith("PAY-")]  # fmt: skip

    def cell(self, reference: str, key: str) -> Any:
        place = next((place for found, place in self.rows() if found == reference), None)
        column = self.header().get(key)
        if place is None or column is None or column >= len(self.grid[place]):
            return None
        value = self.grid[place][column]
        return None if value == "" else value

    def own(self, reference: str) -> dict[str, Any]:
        """What people wrote into one row, by heading."""
        place = next((place for found, place in self.rows() if found == reference), None)
        row = self.grid[place] if place is not None else []
        own = {key: at for key, at in self.header().items() if key.startswith("own:") or key == COMMENT}
        return {key: row[at] for key, at in own.items() if at < len(row) and row[at] not in ("", None)}

    def of_people(self, leaving: Sequence[str] = ()) -> dict[tuple[str, str], Any]:
        """Everything in the sheet that is not ours: own columns, own rows, comments; rows that leave are left out."""
        header, going = self.header(), {place for reference, place in self.rows() if reference in leaving}
        grid = [row for place, row in enumerate(self.grid) if place not in going]
        of_requests = {place: reference for reference, place in self.rows(grid)}
        head = next((at for at, row in enumerate(grid[:20]) if self.layout.title("reference") in row), 0)
        people = {at for key, at in header.items() if key.startswith("own:") or key == COMMENT}
        found: dict[tuple[str, str], Any] = {}
        for place, row in enumerate(grid):
            for at, value in enumerate(row):
                if value in ("", None) or (place in of_requests and at not in people and at in header.values()):
                    continue
                if place == head and at in header.values():
                    continue
                found[of_requests.get(place, f"row {place}") + f"@{place}", str(at)] = value
        return found


class SimTable:
    """A sheet as its sync uses it, with every call in the hands of fate."""

    def __init__(
        self, sheet: MemoryRegistry, fate: Fate, process: Process, last_look: Callable[[], None] = lambda: None
    ) -> None:
        self.sheet, self.fate, self.process, self.last_look = sheet, fate, process, last_look
        self.layout = sheet.layout
        self.lacking: tuple[str, ...] = ()

    def _call(self, name: str, act: Callable[[], Any], late: bool = False) -> Any:
        def broken() -> Exception:
            return RegistryError("The registry cannot be used: the share is not there.")

        def changed() -> Exception:
            return RegistryChanged("somebody saved")

        failures = (broken, changed) if late else (broken,)
        return self.fate.outside(self.process, f"{self.layout.worksheet} {name}", act, failures,
                                 (broken,) if late else (), risk=4.0 if late else 1.0)  # fmt: skip

    def exists(self) -> bool:
        return self.sheet.exists()

    def was_removed(self) -> bool:
        return False

    def probe(self) -> Version:
        return self._call("probe", self.sheet.probe)

    def read(self) -> Snapshot:
        return self._call("read", self.sheet.read)

    def write(
        self, changes: Sequence[Change], seen: Version, *, generation: int, views: Sequence[View] | None = None,
        remove: Sequence[str] = (),
    ) -> Version:  # fmt: skip
        def act() -> Version:
            self.last_look()
            return self.put(changes, seen, generation, views, remove)

        return self._call("write", act, late=True)

    def put(
        self, changes: Sequence[Change], seen: Version, generation: int, views: Sequence[View] | None,
        remove: Sequence[str],
    ) -> Version:  # fmt: skip
        return self.sheet.write(changes, seen, generation=generation, views=views, remove=remove)

    def take(self, references: Sequence[str], seen: Version) -> Taken:
        return self._call("take", lambda: self.sheet.take(references, seen))

    def create(
        self, changes: Sequence[Change] = (), *, generation: int, identity: str = "",
        views: Sequence[View] | None = None, replace: bool = False,
    ) -> Version:  # fmt: skip
        def act() -> Version:
            return self.sheet.create(changes, generation=generation, identity=identity, views=views, replace=replace)

        return self._call("create", act, late=True)

    def stale_locks(self) -> tuple[()]:
        return ()

    def conflict_copies(self) -> tuple[()]:
        return ()


class SimRegistry(SimTable):
    """The registry, whose writes are held against what people had there."""

    def __init__(self, book: Book, fate: Fate, process: Process, last_look: Callable[[], None] = lambda: None) -> None:
        super().__init__(book.sheet, fate, process, last_look)
        self.book = book

    def read(self) -> Snapshot:
        def act() -> Snapshot:
            found = [reference for reference, _ in self.book.rows()]
            self.book.doubled = {reference for reference in found if found.count(reference) > 1}
            return self.sheet.read()

        return self._call("read", act)

    def put(
        self, changes: Sequence[Change], seen: Version, generation: int, views: Sequence[View] | None,
        remove: Sequence[str],
    ) -> Version:  # fmt: skip
        before, texts, stands_at = self.book.of_people(remove), self._comments(remove), self.book.generation
        leaving = {reference: self.book.own(reference) for reference in remove}
        version = super().put(changes, seen, generation, views, remove)
        self.book.writes += 1
        self._compare(before, texts, is_old=stands_at != generation - 1)
        self._compare_archives(leaving)
        return version

    def _compare_archives(self, leaving: dict[str, dict[str, Any]]) -> None:
        """A row leaves when what people wrote into it stands in an archive."""
        for reference, own in leaving.items():
            there = [book.own(reference) for book in self.book.archives.values()]
            if not any(own.items() <= found.items() for found in there):
                self.book.harm.append(f"{reference}: {own} left the registry, the archives have {there}")

    def _comments(self, leaving: Sequence[str] = ()) -> dict[str, Any]:
        there = {reference for reference, _ in self.book.rows()} - set(leaving)
        return {reference: self.book.cell(reference, COMMENT) for reference in there}

    def _compare(self, before: dict[tuple[str, str], Any], texts: dict[str, Any], *, is_old: bool) -> None:
        """Over an old copy the comments that it lacks come back; else a comment stays as it was written."""
        after = self.book.of_people()
        comment = str(self.book.header().get(COMMENT))
        for (row, column), value in before.items():
            if column == comment and not row.startswith("row "):
                continue
            now = after.get((row, column))
            if now != value:
                self.book.harm.append(f"our write changed {value!r} in {row}, column {column}, to {now!r}")
        for reference, text in texts.items():
            now = self.book.cell(reference, COMMENT)
            if now != text and not is_old:
                self.book.harm.append(f"{reference}: our write changed the comment {text!r} to {now!r}")


class Shelf:
    """All registries of an installation, with their archives and the sheets beside them."""

    def __init__(self, layouts: dict[str, Layout]) -> None:
        self.books = {name: Book(name, layout) for name, layout in layouts.items()}
        self.beside: dict[str, MemoryRegistry] = {}
        """Other sheets of the same books."""

    def table(
        self, section: RegistrySettings, plan: Layout, fate: Fate, process: Process, look: Callable[[], None]
    ) -> SimTable:
        """The registry of a section, or the archive of a year, as its sync uses it."""
        book, file = self.books[section.name], section.path.stem
        if file == section.name:
            return SimRegistry(book, fate, process, look)
        archive = book.archives.setdefault(file, Book(file, plan))
        return SimTable(archive.sheet, fate, process, look)

    @property
    def all(self) -> list[Book]:
        return list(self.books.values())

    @property
    def harm(self) -> list[str]:
        return [line for book in self.all for line in book.harm]

    @property
    def writes(self) -> int:
        return sum(book.writes for book in self.all)
