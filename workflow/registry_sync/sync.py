"""One pass over a registry: look whether anything moved, read, merge, give orders, write all due rows at once.

What the journal agreed with the sheet at each generation is the base of a three-way merge. A write is announced in
the journal before it is made, so that a crash between the two is told from an old copy of the journal.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sheets.errors import RegistryBroken, RegistryError, RegistryLocked, RegistryMissing
from sheets.merge import lost
from sheets.model import Cell, Change, Layout, Snapshot, Version, View
from sheets.registry import Registry
from sheets.text import same
from workflow.core.deeds import Deed, Lane
from workflow.core.model import Reference, Request, Status
from workflow.journal import Claimed, Journal
from workflow.journal.queue import new_token
from workflow.registry_sync.agreed import Agreed
from workflow.registry_sync.orders import OrderDesk, Seen
from workflow.registry_sync.rows import RowWriter, pack, views
from workflow.service import Service

LEASE = timedelta(minutes=10)
RETRY = timedelta(seconds=5)
log = logging.getLogger("countersign.registry")


class OldJournal(Exception):
    """The registry knows more than the journal: the journal is an old copy, so nothing may go out."""


class RowsLost(RegistryBroken):
    """Too many rows are gone for an ordinary edit: a loss is never mirrored."""


@dataclass(slots=True)
class Pass:
    """What one pass works with. `base` is what the sheet is compared with, `current` what was agreed last: the same
    unless the sheet is an `old` copy. `due` rows are written though no deed asks for it, `failed` ones are let be."""

    snapshot: Snapshot | None
    base: dict[Reference, Agreed]
    current: dict[Reference, Agreed]
    generation: int
    sure: bool = True
    old: bool = False
    due: set[Reference] = field(default_factory=set)
    failed: set[Reference] = field(default_factory=set)

    @property
    def must_stamp(self) -> bool:
        """The sheet has to get our generation even when no cell differs."""
        return self.old or not self.sure

    def is_sure(self, reference: Reference) -> bool:
        """Is it known what the row said when somebody began to edit?"""
        return self.sure and reference in self.base


@dataclass(slots=True)
class Pending:
    """What the last reading found that is not in the sheet yet: kept for passes that need not read again."""

    rows: set[Reference] = field(default_factory=set)
    gone: frozenset[Reference] = frozenset()
    formulas: frozenset[tuple[str, str]] = frozenset()
    views: bool = False


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
    _opened: bool = False
    _seen: Version | None = None
    _views: str | None = None
    _drawn: date | None = None
    _pending: Pending = field(default_factory=Pending)

    @property
    def journal(self) -> Journal:
        return self.service.journal

    @property
    def orders(self) -> OrderDesk:
        return OrderDesk(self.name, self.layout, self.writer, self.service, self.status_of)

    def open(self) -> None:
        """At the start: make the workbook on the very first one; notice a journal older than the sheet."""
        facts = self.journal.registry(self.name, new_token())
        if not self.registry.exists():
            if facts.generation:
                raise RegistryMissing(f"The registry {self.name} is not there any more.")
            self._create(facts)
        elif self._is_untouched(facts):
            self._seen = Version(facts.seen)
        else:
            self._check_origin(self.registry.read(), facts)
        self._opened = True

    def _is_untouched(self, facts: Any) -> bool:
        """Has nobody written the file since we agreed with it?"""
        return bool(facts.seen) and _announced(facts) <= facts.generation and self.registry.probe().mark == facts.seen

    def _check_origin(self, snapshot: Snapshot, facts: Any) -> None:
        """The sheet must be this journal's, and of no later generation than the journal knows."""
        known = max(facts.generation, _announced(facts))
        foreign = bool(snapshot.identity and facts.identity and snapshot.identity != facts.identity)
        if foreign and known:
            raise RegistryBroken(f"This is the workbook of another installation, not the registry {self.name}.")
        if snapshot.generation is not None and snapshot.generation > known:
            raise OldJournal(
                f"The registry {self.name} is at generation {snapshot.generation}, the journal knows {known}: "
                "the journal is an older copy. Restore the newer journal; nothing is read or sent until then."
            )

    # --- one pass -------------------------------------------------------------------------------------------------

    def work_once(self) -> bool:
        """One pass; True when something was read or written. Raises `RegistryError` when the sheet cannot be used;
        what was claimed is then due again."""
        if not self._opened:
            self.open()
        now = self.service.now()
        version = self.registry.probe()
        moved = self._seen is None or version.mark != self._seen.mark
        claimed = self.journal.claim_all(Lane.REGISTRY, "row", now, LEASE)
        rebuilding = self.journal.claim_all(Lane.REGISTRY, "rebuild", now, LEASE)
        try:
            if rebuilding:
                self.rebuild([*rebuilding, *claimed])
                return True
            if not (moved or claimed or self._pending.rows or self._pending.views or self._is_new_day(now)):
                return False
            return self._sync(claimed, moved, now)
        except Exception as error:
            if not isinstance(error, RegistryLocked):
                self._seen = None  # whatever it was, look again before the next step
            self._release([*claimed, *rebuilding], now)
            raise

    def _is_new_day(self, now: datetime) -> bool:
        return self._drawn != self.service.policy.today(now)

    def _sync(self, claimed: list[Claimed], moved: bool, now: datetime) -> bool:
        """`claimed` grows by the rows that the orders of this pass ask for."""
        work = self._read() if moved else self._unread(claimed)
        if work.snapshot is not None:
            self._give_orders(work, work.snapshot)
        self._pay_waiting(work, claimed)
        claimed += self.journal.claim_all(Lane.REGISTRY, "row", now, LEASE)
        self._load(work, claimed)
        shown = self._shown(now)
        changes, agreed = self._changes(work, claimed)
        done = [deed.id for deed in claimed if deed.reference not in work.failed]
        if changes or shown is not None or work.must_stamp:
            self._write(work, changes, agreed, shown, done, now)
        elif moved or claimed or agreed:
            self.journal.agree(self.name, work.generation, _stored(agreed), now, done, self._mark())
        self._release([deed for deed in claimed if deed.reference in work.failed], now)
        self._pending = Pending()
        self._drawn = self.service.policy.today(now)
        if work.failed:
            self._seen = None
        return bool(moved or claimed or changes or shown is not None)

    def _release(self, claimed: Sequence[Claimed], now: datetime) -> None:
        for deed in claimed:
            self.journal.postpone(deed, "the registry could not be written", now + RETRY)

    # --- reading --------------------------------------------------------------------------------------------------

    def _unread(self, claimed: Sequence[Claimed]) -> Pass:
        """The file is as we left it: what stands there is what was agreed."""
        facts = self.journal.registry(self.name, "")
        work = Pass(None, {}, {}, facts.generation, due=set(self._pending.rows))
        self._load(work, claimed)
        return work

    def _load(self, work: Pass, claimed: Sequence[Claimed]) -> None:
        """The agreements of rows to write that are not at hand yet."""
        wanted = {deed.reference for deed in claimed if deed.reference} | work.due
        missing = sorted(wanted - work.current.keys()) if work.snapshot is None else []
        found = {ref: Agreed.load(row) for ref, row in self.journal.agreements(self.name, missing).items()}
        work.current |= found
        work.base |= found

    def _read(self) -> Pass:
        snapshot = self.registry.read()
        facts = self.journal.registry(self.name, "")
        self._check_origin(snapshot, facts)
        if self._finish_announced(snapshot, facts):
            facts = self.journal.registry(self.name, "")
        current = {ref: Agreed.load(row) for ref, row in self.journal.agreements(self.name).items()}
        old = snapshot.generation is not None and snapshot.generation < facts.generation
        base = self._base_of_copy(snapshot, facts) if old else dict(current)
        self._refuse_loss(base.keys(), snapshot)
        self._seen = snapshot.version
        return Pass(snapshot, base, current, facts.generation, sure=snapshot.generation is not None, old=old)

    def _finish_announced(self, snapshot: Snapshot, facts: Any) -> bool:
        """A write that was announced and made, but not agreed before a crash."""
        pending = _announced(facts)
        made = snapshot.generation == pending and pending > facts.generation
        if made:
            self.journal.adopt_announced(self.name, pending)
        return made

    def _base_of_copy(self, snapshot: Snapshot, facts: Any) -> dict[Reference, Agreed]:
        """What had been agreed when this copy was of our latest generation."""
        log.warning("registry %s: an older copy (generation %s of %s) was saved over ours", self.name,
                    snapshot.generation, facts.generation)  # fmt: skip
        then = self.journal.agreements_at(self.name, snapshot.generation or 0)
        return {
            ref: self._as_of(_cells(snapshot, ref), ref, Agreed.load(row), facts.generation)
            for ref, row in then.items()
        }

    def _as_of(self, cells: Mapping[str, Cell], reference: Reference, then: Agreed, now: int) -> Agreed:
        """Once an old copy has been seen, its cells are what the next edit departs from."""
        agreed = then.as_of(cells, now)
        if agreed is not then:
            self.journal.agree_row(self.name, reference, agreed.generation, agreed.dump(), self.service.now())
        return agreed

    def _refuse_loss(self, known: Iterable[Reference], snapshot: Snapshot) -> None:
        if lost(set(known), set(snapshot.rows)) == "too_many":
            raise RowsLost(
                f"Most rows of the registry {self.name} are gone. Nothing is written until they are back; "
                "`countersign rebuild` writes the registry anew."
            )

    # --- people's edits ---------------------------------------------------------------------------------------------

    def _give_orders(self, work: Pass, snapshot: Snapshot) -> None:
        """Every row that is not as agreed is merged with its request, and its edits become orders."""
        typed = _by_row(snapshot.view_edits)
        formulas = _formulas_by_row(snapshot)
        doubled = set(snapshot.duplicated)
        orders = self.orders
        for reference, row in snapshot.rows.items():
            seen = Seen(row.cells, typed.get(reference, {}), formulas.get(reference, frozenset()), reference in doubled)
            if work.old or not orders.says_nothing_new(work.base.get(reference), seen):
                self._guarded(work, reference, seen)
        gone = work.base.keys() - snapshot.rows.keys()
        orders.brought_back(sorted(gone), work.base)
        for place, first in snapshot.strangers:
            self._mention_stranger(" ".join(first)[:80], f"{place}: ")
        work.due |= work.current.keys() - snapshot.rows.keys()
        self._pending = Pending(
            set(work.due), frozenset(work.current.keys() - snapshot.rows.keys()), snapshot.formulas,
            views=work.old or self._is_typed_on(typed),
        )  # fmt: skip

    def _is_typed_on(self, typed: Mapping[Reference, Mapping[str, str]]) -> bool:
        """Does any view say something else than we drew there?"""
        words = {status for row in typed.values() for status in row.values()}
        return any(self.status_of(word) is not Status.APPROVED for word in words)

    def _guarded(self, work: Pass, reference: Reference, seen: Seen) -> None:
        """A fault of ours costs one row, which is left as it is, not the registry."""
        request = self.journal.request(reference)
        if request is None:
            self._mention_stranger(reference)
            return
        try:
            self._take(work, request, seen)
        except Exception:
            log.exception("%s: its row could not be understood", reference)
            work.failed.add(reference)

    def _take(self, work: Pass, request: Request, seen: Seen) -> None:
        reference, before = request.reference, work.base.get(request.reference)
        now = self.orders.take(
            request, before, seen, work.generation, sure=work.is_sure(reference), old=work.old
        )
        work.due.add(reference)
        if now is before:
            return
        if before is not None or reference not in work.current:
            self.journal.agree_row(self.name, reference, now.generation, now.dump(), self.service.now())
        work.base[reference] = now
        newer = work.current.get(reference)
        if newer is None or newer.generation == now.generation:
            work.current[reference] = now
        else:
            self._note_newer(work, reference, before or now, now, newer)

    def _note_newer(self, work: Pass, reference: Reference, before: Agreed, now: Agreed, newer: Agreed) -> None:
        """What people wrote into an old copy is what they wrote last."""
        typed = {key: cell for key, cell in now.cells.items() if key in self._people and before.cells.get(key) != cell}
        if typed or now.waiting != before.waiting:
            work.current[reference] = replace(
                newer, cells={**newer.cells, **typed}, waiting={**newer.waiting, **now.waiting}
            )
            stored = work.current[reference].dump()
            self.journal.agree_row(self.name, reference, newer.generation, stored, self.service.now())

    def _pay_waiting(self, work: Pass, claimed: Sequence[Claimed]) -> None:
        """What waited beside Status in a row that was marked paid by mail."""
        for deed in claimed:
            agreed = work.current.get(deed.reference or "")
            request = self.journal.request(deed.reference) if deed.reference and agreed and agreed.waiting else None
            if agreed and request and request.status is Status.PAID and not work.old:
                self._take(work, request, Seen(agreed.shown(), agreed.views, doubled=agreed.doubled))

    def _mention_stranger(self, what: str, place: str = "") -> None:
        """A row that is none of ours is left alone and mentioned once; its numbers may change as they like."""
        bare = "".join(character for character in what if place == "" or character.isalpha())
        key = hashlib.sha256(bare.encode()).hexdigest()[:16]
        deeds = [
            Deed(Lane.MAIL, "alarm", person, {"key": "stranger_row", "details": f"{place}{what}"},
                 once=f"stranger:{self.name}:{key}:{person}")
            for person in self.operators
        ]  # fmt: skip
        if deeds:
            self.service.add_deeds(deeds)

    # --- writing --------------------------------------------------------------------------------------------------

    def _changes(self, work: Pass, claimed: Sequence[Claimed]) -> tuple[list[Change], dict[Reference, Agreed]]:
        """The cells to write for every due or edited row, and what will then be agreed."""
        wanted = ({deed.reference for deed in claimed if deed.reference} | work.due) - work.failed
        changes: list[Change] = []
        agreed: dict[Reference, Agreed] = {}
        for request in self.journal.requests(sorted(wanted)):
            change, agreed[request.reference] = self._change(work, request)
            if change.cells or change.add:
                changes.append(change)
        return changes, agreed

    def _change(self, work: Pass, request: Request) -> tuple[Change, Agreed]:
        reference = request.reference
        links, current = self.writer.links(request), work.current.get(reference, Agreed())
        ours = {**self.writer.cells(request), **self._of_people(current.newest())}
        theirs = self._theirs(work, reference)
        if theirs is None:
            added = Agreed(cells=ours, waiting=current.waiting)
            return Change(reference, {**ours, **current.waiting}, links, add=True), added
        base = work.base.get(reference, Agreed())
        left = self._left(base)
        wanted = {**ours, **self._kept_by_people(work, reference)}
        formulas = {key for row, key in self._pending.formulas if row == reference} - self._people
        differs = {
            key: cell for key, cell in wanted.items()
            if key in theirs and key not in left and (key in formulas or not self._is_written(key, cell, theirs[key]))
        }  # fmt: skip
        change = Change(reference, differs, links if "materials" in differs else {})
        return change, self._after(theirs, differs, base, left)

    def _is_written(self, key: str, ours: Cell, theirs: Cell) -> bool:
        """Filters and colours want the very word of Status, sums and sorting want numbers and dates, not their text;
        elsewhere blanks at the ends do not matter."""
        exact = key == self.layout.status_key or (isinstance(theirs, str) and not isinstance(ours, str))
        return ours == theirs if exact else same(ours, theirs)

    @property
    def _people(self) -> frozenset[str]:
        return frozenset(column.key for column in self.layout.columns if column.owner == "people")

    def _of_people(self, cells: Mapping[str, Cell]) -> dict[str, Cell]:
        return {key: cell for key, cell in cells.items() if key in self._people}

    def _left(self, base: Agreed) -> frozenset[str]:
        """Cells that stay as people typed them: those that wait, and in a doubled row all that people may change."""
        if base.doubled:
            return frozenset(column.key for column in self.layout.columns if column.owner != "journal")
        return frozenset(base.waiting)

    def _kept_by_people(self, work: Pass, reference: Reference) -> dict[str, Cell]:
        """An old copy lacks what people wrote after it was taken; what it says itself stays."""
        theirs = _cells(work.snapshot, reference)
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

    def _theirs(self, work: Pass, reference: Reference) -> dict[str, Cell] | None:
        if work.snapshot is not None:
            row = work.snapshot.rows.get(reference)
            return dict(row.cells) if row else None
        agreed = work.current.get(reference)
        return agreed.shown() if agreed and reference not in self._pending.gone else None

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

    def _shown(self, now: datetime) -> tuple[View, ...] | None:
        """The views when they differ from what was drawn last, or from what stands there; else None."""
        if self._views is None:
            self._views = self.journal.note(f"views:{self.name}") or ""
        today = self.service.policy.today(now)
        drawn = views(self.journal.find(statuses=[Status.APPROVED.value]), today, self.writer)
        return drawn if self._pending.views or _views_mark(drawn) != self._views else None

    def _remember_views(self, drawn: Sequence[View]) -> None:
        self._views = _views_mark(drawn)
        self.journal.set_note(f"views:{self.name}", self._views)

    # --- whole books ------------------------------------------------------------------------------------------------

    def _create(self, facts: Any) -> None:
        self._write_whole(facts, {}, replace=False, done=())

    def rebuild(self, done: Sequence[Claimed] = ()) -> None:
        """Write the registry anew from the journal. Where the old book can be read, its edits count first and what
        people wrote is kept."""
        people = self._last_edits()
        facts = self.journal.registry(self.name, new_token())
        self._write_whole(facts, people, replace=self.registry.exists(), done=done)
        self._opened = True

    def _last_edits(self) -> dict[Reference, dict[str, Cell]]:
        """People's cells by row, as the old book has them or as they were known last."""
        known = self.journal.agreements(self.name)
        kept = {ref: Agreed.load(row) for ref, row in known.items()}
        try:
            work = self._read()
            if work.snapshot is not None:
                self._give_orders(work, work.snapshot)
                kept |= work.current | {ref: work.base[ref] for ref in work.base if ref in work.snapshot.rows}
        except RegistryError as error:
            log.warning("the old registry cannot be read, people's cells are kept as last known: %s", error)
        return {ref: self._peoples(agreed) for ref, agreed in kept.items()}

    def _peoples(self, agreed: Agreed) -> dict[str, Cell]:
        return {**self._of_people(agreed.newest()), **agreed.waiting}

    def _write_whole(
        self, facts: Any, people: Mapping[Reference, Mapping[str, Cell]], *, replace: bool, done: Sequence[Claimed]
    ) -> None:
        now, generation = self.service.now(), max(facts.generation, _announced(facts)) + 1
        changes: list[Change] = []
        agreed: dict[Reference, Agreed] = {}
        for request in self.journal.requests():
            own = people.get(request.reference, {})
            row = {**self.writer.cells(request), **self._of_people(own)}
            waiting = {key: cell for key, cell in own.items() if key not in self._people}
            changes.append(Change(request.reference, {**row, **waiting}, self.writer.links(request), add=True))
            agreed[request.reference] = Agreed(cells=row, waiting=waiting)
        drawn = views(self.journal.find(statuses=[Status.APPROVED.value]), self.service.policy.today(now), self.writer)
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
        snapshot = self.registry.read()
        faults = []
        for request in self.journal.requests():
            row = snapshot.rows.get(request.reference)
            if row is None:
                faults.append(f"{request.reference}: its row is not in the registry {self.name}.")
                continue
            ours = self.writer.cells(request)
            wrong = [
                self.layout.title(column.key) for column in self.layout.columns
                if column.owner == "journal" and column.key in row.cells
                and not same(ours.get(column.key), row.cells[column.key])
            ]  # fmt: skip
            if wrong:
                faults.append(f"{request.reference}: the registry differs in {', '.join(wrong)}.")
        return faults


def _announced(facts: Any) -> int:
    """The generation of the last write that was announced."""
    return int(json.loads(facts.facts).get("pending", 0))


def _cells(snapshot: Snapshot | None, reference: Reference) -> Mapping[str, Cell]:
    row = snapshot.rows.get(reference) if snapshot else None
    return row.cells if row else {}


def _stored(
    agreed: Mapping[Reference, Agreed], *, written: bool = False, drawn: bool = False
) -> dict[Reference, dict[str, Any]]:
    """Agreements as the journal keeps them. A write begins a new generation: what was before it is forgotten."""
    return {ref: (row.written(drawn=drawn) if written else row).dump() for ref, row in agreed.items()}


def _by_row(view_edits: Iterable[tuple[str, str, str]]) -> dict[Reference, dict[str, str]]:
    """Status cells of the views: reference -> view -> what stands there."""
    found: dict[Reference, dict[str, str]] = {}
    for view, reference, status in view_edits:
        found.setdefault(reference, {}).setdefault(view, status)
    return found


def _formulas_by_row(snapshot: Snapshot) -> dict[Reference, frozenset[str]]:
    found: dict[Reference, frozenset[str]] = {}
    for reference, key in snapshot.formulas:
        found[reference] = found.get(reference, frozenset()) | {key}
    return found


def _views_mark(drawn: Sequence[View]) -> str:
    shown = [[view.key, [pack(row) for row in view.rows], [[c, str(a)] for c, a in view.totals]] for view in drawn]
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
