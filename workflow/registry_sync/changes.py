"""What the sheet must show: the cells to write for each row, and what will then be agreed about it.

The journal's cells are written wherever the sheet differs; people's cells stay, and so do those that wait for Status.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sheets.model import Cell, Change, Layout, Snapshot
from sheets.text import same
from workflow.core.model import Reference, Request
from workflow.journal.homes import Home
from workflow.registry_sync.agreed import Agreed
from workflow.registry_sync.passes import Pass, Pending, cells_of
from workflow.registry_sync.rows import RowWriter


@dataclass(frozen=True, slots=True)
class ChangeWriter:
    """Compares requests with the rows of one registry."""

    name: str
    layout: Layout
    writer: RowWriter

    def changes(
        self, requests: Iterable[Request], homes: Mapping[Reference, Home], work: Pass, pending: Pending
    ) -> tuple[list[Change], dict[Reference, Agreed]]:
        """The cells to write for these requests, rows that need none left out, and what will then be agreed."""
        changes: list[Change] = []
        agreed: dict[Reference, Agreed] = {}
        for request in requests:
            found = self._change_at(homes[request.reference], work, pending, request)
            if found is None:
                continue
            change, agreed[request.reference] = found
            if change.cells or change.add:
                changes.append(change)
        return changes, agreed

    def _change_at(
        self, home: Home, work: Pass, pending: Pending, request: Request
    ) -> tuple[Change, Agreed] | None:
        """One that rests in the archive has no row here, and one that has gone elsewhere has none but its trace."""
        if home.registry != self.name:
            return self._trace(work, pending, request, home.registry)
        return self._change(work, pending, request) if home.archive is None else None

    def whole(
        self, requests: Iterable[Request], people: Mapping[Reference, Mapping[str, Cell]]
    ) -> tuple[list[Change], dict[Reference, Agreed]]:
        """Every row anew, with the cells that people own or have waiting. Traces of what has gone are not kept."""
        changes: list[Change] = []
        agreed: dict[Reference, Agreed] = {}
        for request in requests:
            own = people.get(request.reference, {})
            row = {**self.writer.cells(request), **self._of_people(own)}
            waiting = {key: cell for key, cell in own.items() if key not in self._people}
            changes.append(Change(request.reference, {**row, **waiting}, self.writer.links(request), add=True))
            agreed[request.reference] = Agreed(cells=row, waiting=waiting)
        return changes, agreed

    def kept(self, agreed: Agreed) -> dict[str, Cell]:
        """What of a row a book that is written anew must show again."""
        return {**self._of_people(agreed.newest()), **agreed.waiting}

    def differences(self, requests: Iterable[Request], snapshot: Snapshot, name: str) -> list[str]:
        """Where the sheet does not say what the journal says."""
        faults = []
        ours = self.layout.owned_by("journal")
        for request in requests:
            if request.reference not in snapshot.rows:
                faults.append(f"{request.reference}: its row is not in the registry {name}.")
                continue
            shown, cells = snapshot.rows[request.reference].cells, self.writer.cells(request)
            wrong = [key for key in ours if key in shown and not same(cells.get(key), shown[key])]
            if wrong:
                titles = ", ".join(self.layout.title(key) for key in wrong)
                faults.append(f"{request.reference}: the registry differs in {titles}.")
        return faults

    def _change(self, work: Pass, pending: Pending, request: Request) -> tuple[Change, Agreed]:
        reference = request.reference
        links, current = self.writer.links(request), work.current.get(reference, Agreed())
        ours = {**self.writer.cells(request), **self._of_people(current.newest())}
        theirs = _theirs(work, pending, reference)
        if theirs is None:
            added = Agreed(cells=ours, waiting=current.waiting)
            return Change(reference, {**ours, **current.waiting}, links, add=True), added
        base = work.base.get(reference, Agreed())
        left = self._left(base)
        wanted = {**ours, **self._kept_by_people(work, reference)}
        formulas = {key for row, key in pending.formulas if row == reference and key not in self._people}
        differs = {
            key: cell for key, cell in wanted.items()
            if key in theirs and key not in left and (key in formulas or not self._is_written(key, cell, theirs[key]))
        }  # fmt: skip
        change = Change(reference, differs, links if "materials" in differs else {})
        return change, self._after(theirs, differs, base, left)

    def _trace(self, work: Pass, pending: Pending, request: Request, registry: str) -> tuple[Change, Agreed] | None:
        theirs, base = _theirs(work, pending, request.reference), work.base.get(request.reference)
        if theirs is None or base is None:
            return None
        left = frozenset(base.waiting)  # nothing that people say here counts, not even while the row stands there twice
        differs = {
            key: cell for key, cell in self.writer.trace(request, registry).items()
            if key in theirs and key not in left and not self._is_written(key, cell, theirs[key])
        }  # fmt: skip
        after = replace(self._after(theirs, differs, base, left), views={}, doubled=False, elsewhere=registry)
        return Change(request.reference, differs), after

    def _is_written(self, key: str, ours: Cell, theirs: Cell) -> bool:
        """Filters and colours want the very word of Status, sums and sorting want numbers and dates, not their text;
        elsewhere blanks at the ends do not matter."""
        exact = key == self.layout.status_key or (isinstance(theirs, str) and not isinstance(ours, str))
        return ours == theirs if exact else same(ours, theirs)

    @property
    def _people(self) -> tuple[str, ...]:
        return self.layout.owned_by("people")

    def _of_people(self, cells: Mapping[str, Cell]) -> dict[str, Cell]:
        return {key: cell for key, cell in cells.items() if key in self._people}

    def _left(self, base: Agreed) -> frozenset[str]:
        """Cells that stay as people typed them: those that wait, and in a doubled row all that people may change."""
        return frozenset(self.layout.owned_by("people", "both") if base.doubled else base.waiting)

    def _kept_by_people(self, work: Pass, reference: Reference) -> dict[str, Cell]:
        """An old copy lacks what people wrote after it was taken; what it says itself stays."""
        theirs = cells_of(work.snapshot, reference)
        newer = work.current.get(reference, Agreed())
        if not work.old:
            return self._of_people(theirs)
        newest = {**self._of_people(newer.newest()), **newer.waiting}
        return {key: cell for key, cell in newest.items() if key in theirs}

    def _after(
        self, theirs: Mapping[str, Cell], differs: Mapping[str, Cell], base: Agreed, left: frozenset[str]
    ) -> Agreed:
        known = {column.key for column in self.layout.columns}
        cells = {**theirs, **differs, **{key: base.cells.get(key) for key in left if key in theirs}}
        waiting = {key: cell for key, cell in base.waiting.items() if key in left}
        return Agreed(
            base.generation, {key: cell for key, cell in cells.items() if key in known}, base.decided, waiting,
            base.views, base.was, doubled=base.doubled,
        )  # fmt: skip


def _theirs(work: Pass, pending: Pending, reference: Reference) -> dict[str, Cell] | None:
    """What stands in the row; None when it is not in the sheet."""
    if work.snapshot is not None:
        row = work.snapshot.rows.get(reference)
        return dict(row.cells) if row else None
    agreed = work.current.get(reference)
    return agreed.shown() if agreed and reference not in pending.gone else None
