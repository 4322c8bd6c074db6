"""The sheet beside what was agreed with it: which copy it is, and what an edit in it departs from.

A generation stamped into the sheet tells our latest copy from an older one saved over it; a write that was announced
in the journal and made, but not agreed before a crash, is recognised by it as well.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sheets.errors import RegistryBroken
from sheets.merge import lost
from sheets.model import Cell, Snapshot
from workflow.core.model import Reference
from workflow.journal import Claimed
from workflow.journal.homes import Home
from workflow.registry_sync.agreed import Agreed, AgreedRows
from workflow.registry_sync.passes import Pass, cells_of
from workflow.service import Service

log = logging.getLogger("countersign.registry")


class OldJournal(Exception):
    """The registry knows more than the journal: the journal is an old copy, so nothing may go out."""


class RowsLost(RegistryBroken):
    """Too many rows are gone for an ordinary edit: a loss is never mirrored."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Begins passes over one registry: with the sheet as it was read, or without when nobody has touched it."""

    name: str
    service: Service

    def of(self, snapshot: Snapshot) -> Pass:
        """A pass over the sheet as it stands. Raises when it is not ours, ahead of us, or has lost its rows."""
        facts = self.service.journal.registry(self.name, "")
        self.check_origin(snapshot, facts)
        if self._finish_announced(snapshot, facts):
            facts = self.service.journal.registry(self.name, "")
        current = AgreedRows(self.service.journal.agreed_rows(self.name), self.agreements)
        old = snapshot.generation is not None and snapshot.generation < facts.generation
        base = self._base_of_copy(snapshot, facts, current) if old else current
        self._let_go(base, current, snapshot)
        self._refuse_loss(base.keys(), snapshot)
        guests = self._guests(snapshot, base.keys() | current.keys())
        sure = snapshot.generation is not None
        return Pass(snapshot, base, current, facts.generation, sure=sure, old=old, guests=guests)

    def unread(self, claimed: Sequence[Claimed], due: Iterable[Reference]) -> Pass:
        """The file is as we left it: what stands there is what was agreed."""
        facts = self.service.journal.registry(self.name, "")
        known = AgreedRows()
        work = Pass(None, known, known, facts.generation, due=set(due))
        self.load(work, claimed)
        return work

    def load(self, work: Pass, claimed: Sequence[Claimed]) -> None:
        """The agreements of rows to write that are not at hand yet."""
        wanted = {deed.reference for deed in claimed if deed.reference} | work.due
        if work.snapshot is None:
            work.current.update(self.agreements(sorted(wanted - work.current.keys())))
        else:
            work.current.fetch(sorted(wanted))

    def agreements(self, references: Sequence[Reference] | None = None) -> dict[Reference, Agreed]:
        """What was agreed last for these rows, or for all."""
        stored = self.service.journal.agreements(self.name, references)
        return {ref: Agreed.load(row) for ref, row in stored.items()}

    def check_origin(self, snapshot: Snapshot, facts: Any) -> None:
        """The sheet must be this journal's, and of no later generation than the journal knows."""
        known = max(facts.generation, announced(facts))
        self.check_identity(snapshot, facts)
        if snapshot.generation is not None and snapshot.generation > known:
            raise OldJournal(
                f"The registry {self.name} is at generation {snapshot.generation}, the journal knows {known}: "
                "the journal is an older copy."
            )

    def check_identity(self, snapshot: Snapshot, facts: Any) -> None:
        """The sheet must be this journal's."""
        foreign = bool(snapshot.identity and facts.identity and snapshot.identity != facts.identity)
        if foreign and max(facts.generation, announced(facts)):
            raise RegistryBroken(f"This is the workbook of another installation, not the registry {self.name}.")

    def _finish_announced(self, snapshot: Snapshot, facts: Any) -> bool:
        """A write that was announced and made, but not agreed before a crash."""
        pending = announced(facts)
        made = snapshot.generation == pending and pending > facts.generation
        if made:
            self.service.journal.adopt_announced(self.name, pending)
        return made

    def _base_of_copy(
        self, snapshot: Snapshot, facts: Any, current: AgreedRows
    ) -> AgreedRows:
        """What had been agreed when this copy was of our latest generation."""
        log.warning("registry %s: an older copy (generation %s of %s) was saved over ours", self.name,
                    snapshot.generation, facts.generation)  # fmt: skip
        then = self.service.journal.agreements_at(self.name, snapshot.generation or 0)
        back = {ref: row[0] for ref, row in then.items() if ref in snapshot.rows and ref not in current}
        self.service.journal.take_up_again(self.name, back)  # rows that had left, for the archive say
        current.update({ref: Agreed.load(then[ref]) for ref in back})
        current.fetch(list(current))
        return AgreedRows({
            ref: self._as_of(cells_of(snapshot, ref), ref, Agreed.load(row), facts.generation)
            for ref, row in then.items()
        })

    def _as_of(self, cells: Mapping[str, Cell], reference: Reference, then: Agreed, now: int) -> Agreed:
        """Once an old copy has been seen, its cells are what the next edit departs from."""
        agreed = then.as_of(cells, now)
        if agreed is not then:
            stored, at = agreed.dump(), self.service.now()
            self.service.journal.agree_row(self.name, reference, agreed.generation, stored, at)
        return agreed

    def _let_go(self, base: AgreedRows, current: AgreedRows, snapshot: Snapshot) -> None:
        """Rows that need not be here: those in the archive, and traces of requests that have gone elsewhere."""
        gone = sorted((base.keys() | current.keys()) - snapshot.rows.keys())
        homes = self.service.journal.homes(gone) if gone else {}
        free = [
            reference for reference in gone
            if (home := homes.get(reference)) is None or home.archive is not None or home.registry != self.name
        ]  # fmt: skip
        for reference in free:
            base.pop(reference, None)
            current.pop(reference, None)
        if free:
            self.service.journal.let_go(self.name, free)

    def _guests(self, snapshot: Snapshot, agreed: Set[Reference]) -> dict[Reference, Home]:
        """Rows that somebody put here though they belong elsewhere."""
        homes = self.service.journal.homes(sorted(snapshot.rows.keys() - agreed))
        return {ref: home for ref, home in homes.items() if home.registry != self.name or home.archive is not None}

    def _refuse_loss(self, known: Iterable[Reference], snapshot: Snapshot) -> None:
        if lost(set(known), set(snapshot.rows)) == "too_many":
            raise RowsLost(
                f"Most rows of the registry {self.name} are gone. Nothing is written until they are back; "
                "`countersign rebuild` writes the registry anew."
            )


def announced(facts: Any) -> int:
    """The generation of the last write that was announced."""
    return int(json.loads(facts.facts).get("pending", 0))
