"""What one pass over a registry works with: the sheet as read, what was agreed before, and the rows still to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sheets.model import Cell, Snapshot
from workflow.core.model import Reference
from workflow.journal.homes import Home
from workflow.registry_sync.agreed import AgreedRows


@dataclass(slots=True)
class Pass:
    """What one pass works with. `base` is what the sheet is compared with, `current` what was agreed last: the same
    unless the sheet is an `old` copy. `due` rows are written though no deed asks for it, `failed` ones are let be."""

    snapshot: Snapshot | None
    base: AgreedRows
    current: AgreedRows
    generation: int
    sure: bool = True
    old: bool = False
    due: set[Reference] = field(default_factory=set)
    failed: set[Reference] = field(default_factory=set)
    guests: dict[Reference, Home] = field(default_factory=dict)
    """Rows in the sheet that belong into another registry or rest in an archive, and were never written here."""

    @property
    def must_stamp(self) -> bool:
        """The sheet has to get our generation even when no cell differs."""
        return self.old or not self.sure

    def is_sure(self, reference: Reference) -> bool:
        """Is it known what the row said when somebody began to edit?"""
        return self.sure and reference in self.base


@dataclass(slots=True)
class Familiar:
    """Rows that said nothing new when they were looked at: what they said, and since when that is agreed. As long as
    both are the same, nobody need look again. Forgotten is safe at any time, remembered is not: whoever agrees to
    anything else about a row without raising its generation forgets it here."""

    rows: dict[Reference, tuple[int | None, bytes]] = field(default_factory=dict)

    def is_known(self, reference: Reference, generation: int | None, said: bytes) -> bool:
        """Was this row looked at when it said the same?"""
        return bool(said) and generation is not None and self.rows.get(reference) == (generation, said)

    def forget(self, references: Iterable[Reference]) -> None:
        """Look at these again."""
        for reference in references:
            self.rows.pop(reference, None)


@dataclass(slots=True)
class Pending:
    """What the last reading found that is not in the sheet yet: kept for passes that need not read again."""

    rows: set[Reference] = field(default_factory=set)
    gone: frozenset[Reference] = frozenset()
    formulas: frozenset[tuple[str, str]] = frozenset()
    views: bool = False


def cells_of(snapshot: Snapshot | None, reference: Reference) -> Mapping[str, Cell]:
    """The cells of one row as the sheet shows them, none when it is not there or was not read."""
    row = snapshot.rows.get(reference) if snapshot else None
    return row.cells if row else {}
