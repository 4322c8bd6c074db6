"""The worksheet Contractors: filled from the cards, which accountants correct by typing into their columns.

The same three-way merge as the registry's, cell by cell, with a generation of its own. What is typed into an
accountant's column becomes a correction of the card, one cell one order; whatever else was typed over is put back.
The sheet is made with the first card, and when people remove it, it stays away.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sheets.errors import RegistryBroken, RegistryError, RegistryLocked
from sheets.merge import Merged, merge_row
from sheets.model import Cell, Change, Layout, Snapshot, Version
from sheets.registry import Registry
from sheets.text import same
from workflow.core.commands import CorrectContractor
from workflow.core.contractors import Card
from workflow.core.outcome import REGISTRY
from workflow.journal import Cause, Journal
from workflow.journal.queue import new_token
from workflow.registry_sync.agreed import Agreed
from workflow.registry_sync.contractor_rows import CardWriter, code_of
from workflow.registry_sync.edits import text_of
from workflow.registry_sync.reading import Reading, announced
from workflow.service import Service

log = logging.getLogger("countersign.registry")


class CardTable(Registry, Protocol):
    """A registry that stands beside another one."""

    layout: Layout

    def was_removed(self) -> bool:
        """Whether people took the worksheet away."""
        ...


@dataclass(slots=True)
class ContractorSync:
    """Keeps the worksheet and the cards in step; for the one who holds the registry."""

    name: str
    table: CardTable
    writer: CardWriter
    service: Service
    _cards: dict[str, Card] = field(default_factory=dict)  # by code
    _changed: dict[str, str] = field(default_factory=dict)  # when each card changed last, as far as seen
    _after: str = ""
    _seen: Version | None = None
    _due: set[str] = field(default_factory=set)
    _is_there: bool = False
    _missing: str = ""

    @property
    def journal(self) -> Journal:
        return self.service.journal

    @property
    def _reading(self) -> Reading:
        return Reading(self.name, self.service)

    def work_once(self) -> bool:
        """One pass; True when something was read or written."""
        self._due |= self._news()
        if not self._cards:
            return False
        try:
            version = self.table.probe()
            if version.mark == self._missing:
                return False  # people removed the sheet, and nobody has touched the book since
            if not self._is_there and not self.table.exists():
                return self._make(version)
            self._is_there = True
            moved = self._seen is None or version.mark != self._seen.mark
            return (moved or bool(self._due)) and self._sync(version, moved)
        except RegistryError as error:
            self._is_there = False
            if not isinstance(error, RegistryLocked):
                self._seen = None
            raise

    def _news(self) -> set[str]:
        """The codes of cards that changed since the last look."""
        listed = self.journal.contractors(self._after)
        found = [one for one in listed if self._changed.get(one.card.key) != one.changed_at]
        for card, at in found:
            self._cards[code_of(card.key)], self._changed[card.key] = card, at
            self._after = max(self._after, at)
        return {code_of(one.card.key) for one in found}

    def _make(self, version: Version) -> bool:
        """The sheet with every card; what people wrote into an earlier one is written again."""
        facts = self.journal.registry(self.name, new_token())
        if facts.generation and self.table.was_removed():
            self._missing = version.mark
            return False
        before = self._reading.agreements()
        generation = max(facts.generation, announced(facts)) + 1
        rows = {code: self._whole(code, before.get(code)) for code in sorted(self._cards)}
        stored = {code: Agreed(cells=cells).dump() for code, cells in rows.items()}
        self.journal.announce_write(self.name, generation, stored, self.service.now())
        changes = [Change(code, cells, add=True) for code, cells in rows.items()]
        self._seen = self.table.create(changes, generation=generation, identity=facts.identity)
        self._agree(generation, stored)
        self._is_there, self._due = True, set()
        return True

    # --- one pass over a sheet that is there ------------------------------------------------------------------------

    def _sync(self, version: Version, moved: bool) -> bool:
        known = self._reading.agreements(None if moved else sorted(self._due))
        try:
            snapshot = self.table.read() if moved else None
        except RegistryBroken:
            if self.table.exists():
                raise
            self._is_there = False  # the book was rebuilt, or people removed the sheet
            return self._make(version)
        base, old, sure, generation = dict(known), False, True, self.journal.registry(self.name, "").generation
        if snapshot is not None:
            work = self._reading.of(snapshot)
            base, old, sure, generation = work.base.all(), work.old, work.sure, work.generation
            self._seen = snapshot.version
            known = {**known, **work.current.all()}
            for code in sorted(snapshot.rows.keys() & self._cards.keys()):
                base[code] = self._take(code, snapshot, base.get(code), sure=sure)
            self._due |= self._cards.keys() if old or not sure else self._cards.keys() & _unlike(base, snapshot)
            self._due |= self._cards.keys() - snapshot.rows.keys()
        changes, stored = self._changes(snapshot, base, known, old=old)
        # a correction raises the generation though no cell differs: a copy from before it must be known as old
        if changes or old or not sure or any(agreed.unwritten for agreed in stored.values()):
            written = {code: agreed.written(drawn=False).dump() for code, agreed in stored.items()}
            seen = self._seen or self.table.probe()
            self.journal.announce_write(self.name, generation + 1, written, self.service.now())
            self._seen = self.table.write(changes, seen, generation=generation + 1)
            self._agree(generation + 1, written)
        else:
            self._agree(generation, {code: agreed.dump() for code, agreed in stored.items()})
        self._due = set()
        return True

    def _agree(self, generation: int, stored: Mapping[str, Mapping[str, object]]) -> None:
        mark = self._seen.mark if self._seen else ""
        self.journal.agree(self.name, generation, stored, self.service.now(), (), mark)

    def _take(self, code: str, snapshot: Snapshot, agreed: Agreed | None, *, sure: bool) -> Agreed:
        """Make corrections of what was typed into a row; what is agreed about it now."""
        theirs, card = snapshot.rows[code].cells, self._cards[code]
        if agreed is not None and agreed.is_shown_by(theirs) and not (agreed.unwritten or agreed.doubled):
            return agreed
        if code in snapshot.duplicated:
            if agreed is not None and agreed.doubled:
                return agreed
            return replace(self._noted(agreed or Agreed(), {}, self.writer.message({"doubled": ""})), doubled=True)
        if agreed is None or not sure:
            return self._noted(agreed or Agreed(), {}, self.writer.message(self._unsure(card, theirs)))
        merged = merge_row(agreed.cells, self._shown(card, agreed), theirs, self.table.layout.columns)
        formulas = {key for row, key in snapshot.formulas if row == code}
        problems, typed = self._put_back(merged, formulas), dict[str, Cell]()
        for key, (_, now) in merged.edits.items():
            if self.table.layout.column(key).owner == "both" and key not in formulas:
                typed[key] = now
                problems |= self._correct(code, key, text_of(now).strip(), agreed, snapshot.editor)
        is_read = "message" in merged.put_back and theirs.get("message") is None  # whoever empties it has read it
        if not (typed or problems or is_read or agreed.doubled):
            return agreed
        after = replace(self._noted(agreed, typed, self.writer.message(problems)), doubled=False)
        self.journal.agree_row(self.name, code, after.generation, after.dump(), self.service.now())
        return after

    def _unsure(self, card: Card, theirs: Mapping[str, Cell]) -> dict[str, str]:
        """What stands in accountants' columns of a row of which nobody knows what it said before."""
        ours = self.writer.cells(card)
        both = self.table.layout.owned_by("both")
        keys = [key for key in both if theirs.get(key) and not same(theirs[key], ours[key])]
        return {"unsure": ", ".join(map(self.table.layout.title, keys))} if keys else {}

    def _put_back(self, merged: Merged, formulas: set[str]) -> dict[str, str]:
        keys = [*(key for key in merged.put_back if key != "message"),
                *(key for key in merged.edits if key in formulas and self.table.layout.column(key).owner == "both")]
        return {"typed_over": ", ".join(map(self.table.layout.title, keys))} if keys else {}

    def _correct(self, code: str, key: str, text: str, agreed: Agreed, editor: str) -> dict[str, str]:
        """One cell, one order; the reason when it was not taken."""
        card = self._cards[code]
        mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        cause = f"card:{self.name}:{code}:{agreed.generation}:{agreed.decided}:{key}:{mark}"
        command = CorrectContractor(REGISTRY, card.key, {key: text})
        result = self.service.correct_contractor(command, Cause(cause, editor=editor))
        self._cards[code] = self.journal.contractor(card.key) or card
        return {} if result.accepted or result.reason == "nothing_new" else {f"refused_{key}": text[:100]}

    @staticmethod
    def _noted(agreed: Agreed, typed: Mapping[str, Cell], message: str | None) -> Agreed:
        """Decided on: the typed cells are nothing new any more. `kept` carries the message to the next write."""
        return replace(agreed.after(typed), kept={"message": message}, unwritten=True)

    # --- proof ------------------------------------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Where the sheet does not say what the cards say (for `verify`)."""
        self._news()
        if not self._cards or not self.table.exists():
            return []
        rows, plan = self.table.read().rows, self.table.layout
        faults = []
        for code, card in sorted(self._cards.items()):
            cells = rows[code].cells if code in rows else None
            ours = self.writer.cells(card)
            wrong = [] if cells is None else [k for k in ours if k in cells and not same(ours[k], cells[k])]
            if cells is None or wrong:
                where = ", ".join(map(plan.title, wrong)) or "a row that is not there"
                faults.append(f"{code}: the sheet {plan.worksheet} differs in {where}.")
        return faults

    # --- what is written --------------------------------------------------------------------------------------------

    def _changes(
        self, snapshot: Snapshot | None, base: Mapping[str, Agreed], known: Mapping[str, Agreed], *, old: bool
    ) -> tuple[list[Change], dict[str, Agreed]]:
        changes: list[Change] = []
        stored: dict[str, Agreed] = {}
        for code in sorted(self._due & self._cards.keys()):
            agreed = base.get(code, Agreed())
            row = snapshot.rows.get(code) if snapshot else None
            theirs = row.cells if row else agreed.cells if snapshot is None and code in base else None
            if theirs is None:
                cells = self._whole(code, known.get(code))
                changes.append(Change(code, cells, add=True))
                stored[code] = Agreed(cells=cells)
                continue
            wanted = self._shown(self._cards[code], agreed)
            if agreed.doubled:
                wanted = {"message": wanted["message"]}
            if old:
                wanted |= self._newer(theirs, agreed, known.get(code, agreed))
            differs = {key: cell for key, cell in wanted.items() if key in theirs and not same(cell, theirs[key])}
            if differs:
                changes.append(Change(code, differs))
            cells = {**theirs, **differs}
            if agreed.doubled:
                cells |= {key: agreed.cells.get(key) for key in self.table.layout.owned_by("both", "people")}
            stored[code] = replace(agreed, cells=cells)
        return changes, stored

    def _newer(self, theirs: Mapping[str, Cell], then: Agreed, now: Agreed) -> dict[str, Cell]:
        """An old copy lacks what people wrote after it was taken; what they wrote into the copy itself stays."""
        newest = now.newest()
        return {
            key: newest[key] for key in self._people
            if key in newest and key in theirs and same(theirs[key], then.cells.get(key))
        }  # fmt: skip

    def _shown(self, card: Card, agreed: Agreed) -> dict[str, Cell]:
        """The card's cells, and the message that stands there or is to."""
        return {**self.writer.cells(card), "message": agreed.newest().get("message")}

    def _whole(self, code: str, before: Agreed | None) -> dict[str, Cell]:
        """Every cell of a row that is not there, with what people had written into it."""
        own = {key: cell for key, cell in (before.newest() if before else {}).items() if key in self._people}
        return {**self.writer.cells(self._cards[code]), **own}

    @property
    def _people(self) -> tuple[str, ...]:
        return self.table.layout.owned_by("people")


def _unlike(base: Mapping[str, Agreed], snapshot: Snapshot) -> set[str]:
    """Rows that do not stand as they were agreed, or of which something is still to be written."""
    return {
        code for code, row in snapshot.rows.items()
        if code not in base or base[code].unwritten or not base[code].is_shown_by(row.cells)
    }  # fmt: skip
