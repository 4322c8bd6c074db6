"""One pass over a registry: look whether anything moved, read, merge, give orders, write all due rows at once.

What the journal agreed with the sheet at each generation is the base of a three-way merge. A write is announced in
the journal before it is made, so that a crash between the two is told from an old copy of the journal.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sheets.errors import RegistryBroken, RegistryChanged, RegistryError, RegistryMissing
from sheets.merge import Merged, lost, merge_row
from sheets.model import Cell, Change, Layout, Snapshot, Version, View
from sheets.registry import Registry
from sheets.text import same
from workflow.core.commands import Command, NoteEdit
from workflow.core.deeds import Deed, Lane
from workflow.core.model import Reference, Request, Status
from workflow.core.outcome import REGISTRY
from workflow.journal import Cause, Claimed, Journal
from workflow.journal.queue import new_token
from workflow.registry_sync.edits import understand
from workflow.registry_sync.rows import RowWriter, pack, unpack, views
from workflow.service import Service

LEASE = timedelta(minutes=10)
log = logging.getLogger("countersign.registry")


class OldJournal(Exception):
    """The registry knows more than the journal: the journal is an old copy, so nothing may go out."""


@dataclass(slots=True)
class Pass:
    """What one pass works with."""

    snapshot: Snapshot | None
    agreed: Mapping[Reference, tuple[int, dict[str, Any]]]
    generation: int
    sure: bool = True
    merged: dict[Reference, Merged] = field(default_factory=dict)
    waiting: dict[Reference, frozenset[str]] = field(default_factory=dict)


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
    _seen: Version | None = None
    _views: str = ""
    _in_trouble: bool = False

    @property
    def journal(self) -> Journal:
        return self.service.journal

    def open(self) -> None:
        """At the start: make the workbook on the very first one; notice a journal older than the sheet."""
        facts = self.journal.registry(self.name, new_token())
        if not self.registry.exists():
            if facts.generation:
                raise RegistryMissing(f"The registry {self.name} is not there any more.")
            self._create(facts)
            return
        self.check_age(self.registry.read(), facts)

    def check_age(self, snapshot: Snapshot, facts: Any) -> None:
        known = max(facts.generation, json.loads(facts.facts).get("pending", 0))
        if snapshot.generation is not None and snapshot.generation > known:
            raise OldJournal(
                f"The registry {self.name} is at generation {snapshot.generation}, the journal knows {known}: "
                "the journal is an older copy. Restore the newer journal; nothing is read or sent until then."
            )

    # --- one pass -------------------------------------------------------------------------------------------------

    def work_once(self) -> bool:
        """One pass; True when something was read or written. Raises `RegistryError` when the sheet cannot be used;
        what was claimed is then due again."""
        now = self.service.now()
        version = self.registry.probe()
        moved = self._seen is None or version.mark != self._seen.mark
        claimed = self.journal.claim_all(Lane.REGISTRY, "row", now, LEASE)
        rebuilding = self.journal.claim_all(Lane.REGISTRY, "rebuild", now, LEASE)
        try:
            if rebuilding:
                self.rebuild([*rebuilding, *claimed])
                return True
            shown = self._shown(now)
            if not (moved or claimed or shown is not None):
                return False
            return self._sync(claimed, moved, shown, now)
        except Exception:
            self._release([*claimed, *rebuilding], now)
            raise

    def _sync(self, claimed: Sequence[Claimed], moved: bool, shown: Sequence[View] | None, now: datetime) -> bool:
        work = self._read() if moved else self._unread()
        if work.snapshot is not None:
            self._give_orders(work, work.snapshot)
            claimed = [*claimed, *self.journal.claim_all(Lane.REGISTRY, "row", now, LEASE)]
            shown = self._shown(now)
        changes, cells = self._changes(work, claimed)
        if changes or shown is not None:
            self._write(work, changes, cells, shown, claimed, now)
        else:
            self.journal.agree(self.name, work.generation, cells, now, [deed.id for deed in claimed], self._mark())
        self._in_trouble = False
        return True

    def _release(self, claimed: Sequence[Claimed], now: datetime) -> None:
        for deed in claimed:
            self.journal.postpone(deed, "the registry could not be written", now + timedelta(seconds=5))

    # --- reading --------------------------------------------------------------------------------------------------

    def _unread(self) -> Pass:
        """The file is as we left it: what stands there is what was agreed."""
        facts = self.journal.registry(self.name, "")
        return Pass(None, self.journal.agreements(self.name), facts.generation)

    def _read(self) -> Pass:
        snapshot = self.registry.read()
        facts = self.journal.registry(self.name, "")
        self.check_age(snapshot, facts)
        self._finish_announced(snapshot, facts)
        facts = self.journal.registry(self.name, "")
        if snapshot.identity and facts.identity and snapshot.identity != facts.identity:
            raise RegistryBroken(f"This is the workbook of another installation, not the registry {self.name}.")
        self._seen = snapshot.version
        agreed = self.journal.agreements(self.name)
        self._refuse_loss(agreed.keys(), snapshot)
        if snapshot.generation is not None and snapshot.generation < facts.generation:
            log.warning("registry %s: an older copy (generation %s of %s) was saved over ours", self.name,
                        snapshot.generation, facts.generation)  # fmt: skip
            agreed = {**agreed, **self.journal.agreements_at(self.name, snapshot.generation)}
        return Pass(snapshot, agreed, facts.generation, sure=snapshot.generation is not None)

    def _finish_announced(self, snapshot: Snapshot, facts: Any) -> None:
        """A write that was announced and made, but not agreed before a crash."""
        pending = json.loads(facts.facts).get("pending", 0)
        if pending and snapshot.generation == pending and pending > facts.generation:
            self.journal.adopt_announced(self.name, pending)

    def _refuse_loss(self, known: Iterable[Reference], snapshot: Snapshot) -> None:
        loss = lost(set(known), set(snapshot.rows))
        if loss == "too_many":
            raise RegistryBroken(
                f"Most rows of the registry {self.name} are gone. Nothing is written until they are back; "
                "`countersign rebuild` writes the registry anew."
            )

    # --- people's edits ---------------------------------------------------------------------------------------------

    def _give_orders(self, work: Pass, snapshot: Snapshot) -> None:
        """Every row that is not as agreed is merged with its request, and its edits become orders."""
        doubled = set(snapshot.duplicated)
        views_typed = {reference: status for _, reference, status in snapshot.view_edits}
        for reference, row in snapshot.rows.items():
            agreed = work.agreed.get(reference)
            base = unpack(agreed[1]) if agreed else None
            typed_in_view = views_typed.get(reference)
            if base is not None and typed_in_view is None and not _differs(base, row.cells) and reference not in doubled:
                continue
            request = self.journal.request(reference)
            if request is None:
                self._mention_stranger(f"{reference}")
                continue
            cells = dict(row.cells)
            if typed_in_view is not None and "status" in cells and _same_text(base, cells, "status"):
                cells["status"] = typed_in_view
            self._row(work, request, cells, agreed, doubled=reference in doubled)
        for place, first in snapshot.strangers:
            self._mention_stranger(f"{place}: {' '.join(first)[:80]}")
        for reference in work.agreed.keys() - snapshot.rows.keys():
            self._note(reference, "row_brought_back", "", f"{work.agreed[reference][0]}")

    def _row(
        self, work: Pass, request: Request, cells: Mapping[str, Cell], agreed: tuple[int, dict[str, Any]] | None,
        *, doubled: bool,
    ) -> None:  # fmt: skip
        generation, stored = agreed or (0, {})
        base = unpack(stored) if agreed else None
        merged = merge_row(base, self.writer.cells(request), cells, self.layout.columns)
        mark = f"{generation}:{stored.get('#n', 0)}"
        if doubled:
            self._note(request.reference, "row_doubled", "", mark)
            return
        if merged.put_back:
            titles = ", ".join(self.layout.title(key) for key in merged.put_back)
            self._note(request.reference, "typed_over", titles, f"{mark}:{_digest(cells, merged.put_back)}")
        if merged.edits:
            today = self.service.policy.today(self.service.now())
            edits = {key: now for key, (_, now) in merged.edits.items()}
            understood = understand(request, edits, cells, self.status_of, today, sure=work.sure)
            self._obey(request.reference, understood.commands, f"{mark}:{_digest(cells, edits)}")
            work.waiting[request.reference] = understood.waiting
        work.merged[request.reference] = merged
        consumed = [key for key in (*merged.edits, *merged.put_back) if key not in work.waiting.get(request.reference, ())]
        if consumed and agreed:
            self.journal.agree_seen(self.name, request.reference, pack({key: cells.get(key) for key in consumed}))

    def _obey(self, reference: Reference, commands: Sequence[Command], mark: str) -> None:
        for ordinal, command in enumerate(commands):
            cause = Cause(f"cell:{self.name}:{reference}:{mark}:{ordinal}")
            self.service.handle(command, cause, reference)

    def _note(self, reference: Reference, reason: str, read: str, mark: str) -> None:
        cause = Cause(f"cell:{self.name}:{reference}:{reason}:{mark}")
        self.service.handle(NoteEdit(REGISTRY, reason, read), cause, reference)

    def _mention_stranger(self, what: str) -> None:
        """A row that is none of ours is left alone and mentioned once."""
        deeds = [
            Deed(Lane.MAIL, "alarm", person, {"key": "stranger_row", "details": what},
                 once=f"stranger:{self.name}:{hashlib.sha256(what.encode()).hexdigest()[:16]}:{person}")
            for person in self.operators
        ]  # fmt: skip
        if deeds:
            self.service.add_deeds(deeds)

    # --- writing --------------------------------------------------------------------------------------------------

    def _changes(
        self, work: Pass, claimed: Sequence[Claimed]
    ) -> tuple[list[Change], dict[Reference, dict[str, Any]]]:
        """The cells to write for every due or edited row, and what will then be agreed."""
        wanted = {deed.reference for deed in claimed if deed.reference} | work.merged.keys()
        if work.snapshot is not None:
            wanted |= work.agreed.keys() - work.snapshot.rows.keys()
        changes: list[Change] = []
        agreed: dict[Reference, dict[str, Any]] = {}
        for request in self.journal.requests(sorted(wanted)):
            change, cells = self._change(work, request)
            if change.cells or change.add:
                changes.append(change)
            agreed[request.reference] = cells
        return changes, agreed

    def _change(self, work: Pass, request: Request) -> tuple[Change, dict[str, Any]]:
        reference, ours = request.reference, self.writer.cells(request)
        stored = work.agreed.get(reference, (0, {}))[1]
        theirs = self._theirs(work, reference, stored)
        waiting = work.waiting.get(reference, frozenset())
        kept = {"#n": stored.get("#n", 0)} if "#n" in stored else {}
        if theirs is None:
            return Change(reference, ours, self.writer.links(request), add=True), {**pack(ours), **kept}
        people = {column.key for column in self.layout.columns if column.owner == "people"}
        differs = {
            key: cell for key, cell in ours.items()
            if key in theirs and key not in waiting and not same(cell, theirs[key])
        }  # fmt: skip
        links = self.writer.links(request) if "materials" in differs else {}
        base = unpack(stored)
        after = {**theirs, **differs, **{key: base.get(key) for key in waiting}}
        agreed = {key: cell for key, cell in after.items() if key in ours or key in people}
        return Change(reference, differs, links), {**pack(agreed), **kept}

    def _theirs(self, work: Pass, reference: Reference, stored: Mapping[str, Any]) -> dict[str, Cell] | None:
        if work.snapshot is None:
            return unpack(stored) if stored else None
        row = work.snapshot.rows.get(reference)
        return dict(row.cells) if row else None

    def _write(
        self, work: Pass, changes: Sequence[Change], cells: Mapping[Reference, Mapping[str, Any]],
        shown: Sequence[View] | None, claimed: Sequence[Claimed], now: datetime,
    ) -> None:  # fmt: skip
        """Announce, write, agree: a crash between any two is understood afterwards."""
        generation = work.generation + 1
        seen = self._seen or self.registry.probe()
        self.journal.announce_write(self.name, generation, cells, now)
        try:
            version = self.registry.write(changes, seen, generation=generation, views=shown)
        except RegistryChanged:
            self._seen = None
            raise
        self._seen = version
        self.journal.agree(self.name, generation, cells, now, [deed.id for deed in claimed], self._mark())
        if shown is not None:
            self._views = _views_mark(shown)

    def _mark(self) -> str:
        return self._seen.mark if self._seen else ""

    # --- views ----------------------------------------------------------------------------------------------------

    def _shown(self, now: datetime) -> tuple[View, ...] | None:
        """The views when they differ from what was drawn last, else None."""
        today = self.service.policy.today(now)
        drawn = views(self.journal.find(statuses=[Status.APPROVED.value]), today, self.writer)
        return None if _views_mark(drawn) == self._views else drawn

    # --- whole books ------------------------------------------------------------------------------------------------

    def _create(self, facts: Any) -> None:
        self._write_whole(facts.generation + 1, {}, replace=False, identity=facts.identity, done=())

    def rebuild(self, done: Sequence[Claimed] = ()) -> None:
        """Write the registry anew from the journal; what people wrote is kept where the old book can be read."""
        facts = self.journal.registry(self.name, new_token())
        self._write_whole(
            facts.generation + 1, self._peoples_cells(), replace=self.registry.exists(), identity=facts.identity,
            done=done,
        )  # fmt: skip

    def _peoples_cells(self) -> dict[Reference, dict[str, Cell]]:
        people = [column.key for column in self.layout.columns if column.owner == "people"]
        try:
            snapshot = self.registry.read()
        except RegistryError as error:
            log.warning("the old registry cannot be read, people's cells are not kept: %s", error)
            return {}
        return {
            reference: {key: row.cells[key] for key in people if key in row.cells}
            for reference, row in snapshot.rows.items()
        }

    def _write_whole(
        self, generation: int, people: Mapping[Reference, Mapping[str, Cell]], *, replace: bool, identity: str,
        done: Sequence[Claimed],
    ) -> None:  # fmt: skip
        now = self.service.now()
        changes, cells = [], {}
        for request in self.journal.requests():
            row = {**self.writer.cells(request), **people.get(request.reference, {})}
            changes.append(Change(request.reference, row, self.writer.links(request), add=True))
            cells[request.reference] = pack(row)
        drawn = views(self.journal.find(statuses=[Status.APPROVED.value]), self.service.policy.today(now), self.writer)
        self.journal.announce_write(self.name, generation, cells, now)
        self._seen = self.registry.create(
            changes, generation=generation, identity=identity, views=drawn, replace=replace
        )
        self._views = _views_mark(drawn)
        self.journal.agree(self.name, generation, cells, now, [deed.id for deed in done], self._mark())

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


def _differs(base: Mapping[str, Cell], cells: Mapping[str, Cell]) -> bool:
    return any(not same(base.get(key), cell) for key, cell in cells.items() if key in base or cell is not None)


def _same_text(base: Mapping[str, Cell] | None, cells: Mapping[str, Cell], key: str) -> bool:
    return base is None or same(base.get(key), cells.get(key))


def _digest(cells: Mapping[str, Cell], keys: Iterable[str]) -> str:
    text = json.dumps(pack({key: cells.get(key) for key in keys}), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _views_mark(drawn: Sequence[View]) -> str:
    shown = [[view.key, [pack(row) for row in view.rows], [[c, str(a)] for c, a in view.totals]] for view in drawn]
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
