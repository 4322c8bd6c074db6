"""One pass over a registry: look whether anything moved, read, merge, give orders, write all due rows at once.

What the journal agreed with the sheet at each generation is the base of a three-way merge. A write is announced in
the journal before it is made, so that a crash between the two is told from an old copy of the journal.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sheets.errors import RegistryError, RegistryLocked, RegistryMissing
from sheets.marks import view_mark
from sheets.model import Cell, Change, Layout, Snapshot, Version, View
from sheets.registry import Registry
from workflow.core.deeds import Lane
from workflow.core.model import Reference, Request, Status
from workflow.journal import Claimed, Journal
from workflow.journal.errors import is_unavailable
from workflow.journal.queue import new_token
from workflow.registry_sync.agreed import Agreed
from workflow.registry_sync.archive import Archiver
from workflow.registry_sync.changes import ChangeWriter
from workflow.registry_sync.harvest import Harvest
from workflow.registry_sync.orders import OrderDesk
from workflow.registry_sync.passes import Familiar, Pass, Pending
from workflow.registry_sync.reading import Reading, announced
from workflow.registry_sync.rows import RowWriter, mark, views
from workflow.service import Service

LEASE = timedelta(minutes=10)
RETRY = timedelta(seconds=5)
log = logging.getLogger("countersign.registry")


@dataclass(slots=True)
class RegistrySync:
    """Keeps one registry and the journal in step. One process at a time holds a registry."""

    name: str
    registry: Registry
    layout: Layout
    writer: RowWriter
    service: Service
    status_of: Callable[[str], Status | None]
    operators: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """All registries of the settings."""
    archiver: Archiver | None = None
    _opened: bool = False
    _seen: Version | None = None
    _views: str | None = None
    _drawn: date | None = None
    _pending: Pending = field(default_factory=Pending)
    _owed: list[Claimed] = field(default_factory=list)
    _familiar: Familiar = field(default_factory=Familiar)

    @property
    def journal(self) -> Journal:
        return self.service.journal

    @property
    def _reading(self) -> Reading:
        return Reading(self.name, self.service)

    def _harvest(self, editor: str = "") -> Harvest:
        desk = OrderDesk(self.name, self.layout, self.writer, self.service, self.status_of, editor)
        return Harvest(desk, self.operators, self._familiar)

    @property
    def _rows(self) -> ChangeWriter:
        return ChangeWriter(self.name, self.layout, self.writer)

    def open(self) -> None:
        """At the start: make the workbook on the very first one; notice a journal older than the sheet."""
        facts = self.journal.registry(self.name, new_token())
        if not self.registry.exists():
            if facts.generation:
                self.registry.probe()  # says what is missing, and what lies there instead
                raise RegistryMissing(f"The registry {self.name} is not there any more.")
            self._write_whole(facts, {}, replace=False, done=())
        elif self._is_untouched(facts):
            self._seen = Version(facts.seen)
        else:
            self._open_changed(facts)
        self._opened = True

    def _open_changed(self, facts: Any) -> None:
        snapshot = self.registry.read()
        if not facts.generation and snapshot.identity:  # never seen under this name: perhaps under an earlier one
            former = self.journal.former_registry(snapshot.identity, self.names or (self.name,))
            if former is not None:
                self.journal.rename_registry(former, self.name)
                facts = self.journal.registry(self.name, new_token())
        self._reading.check_origin(snapshot, facts)

    def _is_untouched(self, facts: Any) -> bool:
        """Has nobody written the file since we agreed with it?"""
        return bool(facts.seen) and announced(facts) <= facts.generation and self.registry.probe().mark == facts.seen

    # --- one pass -------------------------------------------------------------------------------------------------

    def work_once(self) -> bool:
        """One pass; True when something was read or written. Raises `RegistryError` when the sheet cannot be used;
        what was claimed is then due again."""
        if not self._opened:
            self.open()
        now = self.service.now()
        self._give_back(now)
        version = self.registry.probe()
        moved = self._seen is None or version.mark != self._seen.mark
        claimed = self._claim("row", now)
        rebuilding = self._claim("rebuild", now)
        try:
            if rebuilding:
                self.rebuild([*rebuilding, *claimed])
                return True
            if not (moved or claimed or self._pending.rows or self._pending.views or self._is_new_day(now)):
                return self._tidy(now)
            return self._sync(claimed, moved, now) or self._tidy(now)
        except Exception as error:
            if not isinstance(error, RegistryLocked):
                self._seen = None  # whatever it was, look again before the next step
                self.forget()
            self._owed += [*claimed, *rebuilding]
            try:
                self._give_back(now)
            except Exception as unwritten:
                if not is_unavailable(unwritten):
                    raise
            raise

    def _give_back(self, now: datetime) -> None:
        """What was claimed and not written is due again in a moment; where the journal cannot take even that, on a full
        disk say, as soon as it can."""
        while self._owed:
            self._release(self._owed[:1], now)
            del self._owed[0]

    def forget(self) -> None:
        """Look into every row at the next reading: somebody else may have agreed to something meanwhile."""
        self._familiar.rows.clear()

    def _claim(self, kind: str, now: datetime) -> list[Claimed]:
        return self.journal.claim_all(Lane.REGISTRY, kind, now, LEASE, registry=self.name)

    def _is_new_day(self, now: datetime) -> bool:
        return self._drawn != self.service.policy.today(now)

    def _sync(self, claimed: list[Claimed], moved: bool, now: datetime) -> bool:
        """`claimed` grows by the rows that the orders of this pass ask for."""
        work = self._read() if moved else self._reading.unread(claimed, self._pending.rows)
        self._reading.load(work, claimed)
        self._harvest().pay_waiting(work, claimed)
        claimed += self._claim("row", now)
        self._reading.load(work, claimed)
        shown = self._shown(work.snapshot, now)
        wanted = sorted(({deed.reference for deed in claimed if deed.reference} | work.due) - work.failed)
        homes = self.journal.homes(wanted)
        changes, agreed = self._rows.changes(self.journal.requests(wanted), homes, work, self._pending)
        changes = self._with_recalled(changes, agreed)
        done = [deed.id for deed in claimed if deed.reference not in work.failed]
        if changes or shown is not None or work.must_stamp:
            self._write(work, changes, agreed, shown, done, now)
        elif moved or claimed or agreed:
            self._familiar.forget(agreed)
            self.journal.agree(self.name, work.generation, _stored(agreed), now, done, self._mark())
        self._release([deed for deed in claimed if deed.reference in work.failed], now)
        self._pending = Pending()
        self._drawn = self.service.policy.today(now)
        if work.failed:
            self._seen = None
        return bool(moved or claimed or changes or shown is not None)

    # --- archive --------------------------------------------------------------------------------------------------

    def _tidy(self, now: datetime) -> bool:
        """Rows that rest go to the archive, when there is nothing else to do; whatever stands in the way of that stops
        nothing but that."""
        archiver = self.archiver
        if archiver is None or not archiver.is_due(now):
            return False
        try:
            return self._archive(archiver, now)
        except RegistryError as error:
            self._seen = None
            archiver.failed(error, now)
            return False

    def _archive(self, archiver: Archiver, now: datetime) -> bool:
        wanted, recalled = archiver.wanted(now), self.journal.in_archives(self.name)
        if not wanted and not recalled:
            archiver.come_again(now)
            return False
        work = self._read()
        # rows that stand twice wait for people, and for them nothing else waits
        due = self._pending.rows - set(work.snapshot.duplicated if work.snapshot else ())
        if work.must_stamp or work.failed or due or self._pending.views:
            self._seen = None  # first what people did
            return True
        if recalled:
            self._reunite(archiver, sorted(recalled.keys() & work.current.keys()), work, now)
        taken = self.registry.take(archiver.movable(wanted, work), self._seen or self.registry.probe())
        if taken.refused:
            archiver.refused(taken.refused, now)
            return False
        requests = {r.reference: r for r in self.journal.requests([row.reference for row in taken.rows])}
        rows = [self._as_known(row, requests[row.reference], work) for row in taken.rows]
        gone = sorted(archiver.put(rows, wanted, now)) if rows else []
        if gone:
            self._take_out(gone, work.generation + 1, now)
        if gone:
            archiver.hurry()  # there may be more
        else:
            archiver.come_again(now)
        return bool(gone)

    def _reunite(self, archiver: Archiver, back: Sequence[Reference], work: Pass, now: datetime) -> None:
        """Rows that stand here again leave the archive, once people's own cells in it are here as well."""
        archived = archiver.recalled(back)
        here = {row.reference: row.own for row in self.registry.take(back, self._seen or self.registry.probe()).rows}
        lacking = {
            ref: {title: cell for title, cell in archived[ref].own.items() if cell is not None and not own.get(title)}
            for ref, own in here.items() if ref in archived
        }  # fmt: skip
        changes = [Change(ref, {}, own=own, looks=archived[ref].looks) for ref, own in lacking.items() if own]
        if changes:
            self._write(work, changes, {}, None, (), now)
            work.generation += 1
        archiver.drop_recalled(lacking, now)

    def _as_known(self, row: Change, request: Request, work: Pass) -> Change:
        """The row for the archive: ours as the journal has it (an old copy may show an older state), people's as it
        stands."""
        waiting = work.base[row.reference].waiting
        return replace(
            row, cells={**row.cells, **self.writer.standing(request), **waiting}, links=self.writer.links(request)
        )

    def _take_out(self, gone: Sequence[Reference], generation: int, now: datetime) -> None:
        """The last step: the rows leave the sheet, as they were copied."""
        seen = self._seen or self.registry.probe()
        self.journal.announce_write(self.name, generation, {}, now)
        self._seen = self.registry.write((), seen, generation=generation, remove=gone)
        self.journal.agree(self.name, generation, {}, now, (), self._mark())
        self.journal.let_go(self.name, gone)

    def _with_recalled(
        self, changes: Sequence[Change], agreed: dict[Reference, Agreed]
    ) -> list[Change]:
        """A row that comes back from the archive brings along what people wrote there."""
        added = [change.reference for change in changes if change.add]
        back = self.archiver.recalled(added) if self.archiver and added else {}
        if self.archiver and back:
            self.archiver.hurry()
        people = self.layout.owned_by("people")
        found = []
        for change in changes:
            row = back.get(change.reference)
            if row is not None and change.add:
                theirs = {key: row.cells[key] for key in people if row.cells.get(key) is not None}
                change = replace(change, cells={**change.cells, **theirs}, own=row.own, looks=row.looks)
                known = agreed[change.reference]
                agreed[change.reference] = replace(known, cells={**known.cells, **theirs})
            found.append(change)
        return found

    def _read(self) -> Pass:
        """The sheet as it stands, its edits given as orders."""
        snapshot = self.registry.read()
        work = self._reading.of(snapshot)
        self._seen = snapshot.version
        self._pending = self._harvest(snapshot.editor).gather(work, snapshot)
        return work

    def _release(self, claimed: Sequence[Claimed], now: datetime) -> None:
        for deed in claimed:
            self.journal.postpone(deed, "the registry could not be written", now + RETRY)

    # --- writing --------------------------------------------------------------------------------------------------

    def _write(
        self, work: Pass, changes: Sequence[Change], agreed: Mapping[Reference, Agreed], shown: Sequence[View] | None,
        done: Sequence[int], now: datetime,
    ) -> None:  # fmt: skip
        """Announce, write, agree: a crash between any two is understood afterwards."""
        generation = work.generation + 1
        seen = self._seen or self.registry.probe()
        cells = _stored(agreed, written=True, drawn=shown is not None)
        self.journal.announce_write(self.name, generation, cells, now)
        try:
            version = self.registry.write(changes, seen, generation=generation, views=shown)
        except RegistryLocked:
            if work.must_stamp:
                self._seen = None  # what such a copy says is not noted as agreed: it is read again
            raise
        self._seen = version
        self.journal.agree(self.name, generation, cells, now, done, self._mark())
        if shown is not None:
            self._remember_views(shown)

    def _mark(self) -> str:
        return self._seen.mark if self._seen else ""

    # --- views ----------------------------------------------------------------------------------------------------

    def _shown(self, snapshot: Snapshot | None, now: datetime) -> tuple[View, ...] | None:
        """The views when they differ from what was drawn last, or from what stands there; else None."""
        if self._views is None:
            self._views = self.journal.note(f"views:{self.name}") or ""
        drawn = self._views_at(now)
        stand = snapshot.view_marks if snapshot else {}
        if any(stand[view.key] != view_mark(self.layout, view.rows) for view in drawn if view.key in stand):
            self._pending.views = True  # somebody typed over the rows, or took some away
        return drawn if self._pending.views or mark(drawn) != self._views else None

    def _views_at(self, now: datetime) -> tuple[View, ...]:
        approved = self.journal.find(statuses=[Status.APPROVED.value], registry=self.name)
        policy = self.service.policy
        return views(approved, policy.today(now), self.writer, policy.calendar)

    def _remember_views(self, drawn: Sequence[View]) -> None:
        self._views = mark(drawn)
        self.journal.set_note(f"views:{self.name}", self._views)

    # --- whole books ------------------------------------------------------------------------------------------------

    def rebuild(self, done: Sequence[Claimed] = ()) -> None:
        """Write the registry anew from the journal. Where the old book can be read, its edits count first and what
        people wrote is kept."""
        people = self._last_edits()
        facts = self.journal.registry(self.name, new_token())
        self._write_whole(facts, people, replace=self.registry.exists(), done=done)
        if self.archiver is not None:
            self.archiver.rebuild(lambda requests, kept: self._rows.whole(requests, self._of_people(kept))[0])
        self._opened = True

    def _of_people(self, rows: Mapping[Reference, Mapping[str, Cell]]) -> dict[Reference, dict[str, Cell]]:
        keys = self.layout.owned_by("people")
        return {ref: {key: cells[key] for key in keys if key in cells} for ref, cells in rows.items()}

    def _last_edits(self) -> dict[Reference, dict[str, Cell]]:
        """People's cells by row, as the old book has them or as they were known last."""
        kept = self._reading.agreements()
        try:
            work = self._read()
            there = work.snapshot.rows if work.snapshot else {}
            kept |= work.current.all() | {ref: row for ref, row in work.base.all().items() if ref in there}
        except RegistryError as error:
            log.warning("the old registry cannot be read, people's cells are kept as last known: %s", error)
        return {ref: self._rows.kept(agreed) for ref, agreed in kept.items()}

    def _write_whole(
        self, facts: Any, people: Mapping[Reference, Mapping[str, Cell]], *, replace: bool, done: Sequence[Claimed]
    ) -> None:
        now, generation = self.service.now(), max(facts.generation, announced(facts)) + 1
        changes, agreed = self._rows.whole(self.journal.requests(registry=self.name), people)
        drawn = self._views_at(now)
        cells = _stored(agreed, written=True, drawn=True)
        self.journal.announce_write(self.name, generation, cells, now)
        self._seen = self.registry.create(
            changes, generation=generation, identity=facts.identity, views=drawn, replace=replace
        )
        self.journal.agree(self.name, generation, cells, now, [deed.id for deed in done], self._mark())
        self._remember_views(drawn)
        self._pending, self._drawn = Pending(), self.service.policy.today(now)

    # --- proof ----------------------------------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Where the sheet does not say what the journal says (for `verify`)."""
        faults = self._rows.differences(self.journal.requests(registry=self.name), self.registry.read(), self.name)
        return faults + (self.archiver.differences(self.writer.cells, self.layout) if self.archiver else [])


def _stored(
    agreed: Mapping[Reference, Agreed], *, written: bool = False, drawn: bool = False
) -> dict[Reference, dict[str, Any]]:
    """Agreements as the journal keeps them. A write begins a new generation: what was before it is forgotten."""
    return {ref: (row.written(drawn=drawn) if written else row).dump() for ref, row in agreed.items()}
