"""Three-way merge of a row: last agreement, journal, sheet, cell by cell.

What people wrote since the last agreement is theirs until somebody has decided on it: it is reported as an edit and
never written over. Cells that only the journal may change are put back. A cell that still stands as it was agreed
holds nothing new, so it takes what the journal says.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from sheets.model import Cell, Column
from sheets.text import same

Loss = Literal["none", "some", "too_many"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed the cell, and not to the same."""

    base: Cell
    ours: Cell
    theirs: Cell


@dataclass(frozen=True, slots=True)
class Merged:
    """What follows from one row: cells to write, people's edits as (before, now), keys typed over."""

    write: dict[str, Cell] = field(default_factory=dict)
    edits: dict[str, tuple[Cell, Cell]] = field(default_factory=dict)
    put_back: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()  # edits of cells that the journal changed as well


def merge_cell(base: Cell, ours: Cell, theirs: Cell) -> Cell | Conflict:
    """The cell both sides can live with, or a conflict."""
    if same(ours, theirs) or same(theirs, base):
        return ours
    return theirs if same(ours, base) else Conflict(base, ours, theirs)


def merge_row(
    agreed: Mapping[str, Cell] | None, ours: Mapping[str, Cell], theirs: Mapping[str, Cell], columns: Iterable[Column]
) -> Merged:
    """Merge one row; without an agreement nothing that stands in the sheet is taken for old, so nothing is lost.

    Columns that the sheet lacks (no key in `theirs`) are left out.
    """
    merged = Merged()
    put_back: list[str] = []
    conflicts: list[str] = []
    for column in columns:
        key = column.key
        if key not in theirs or same(ours.get(key), theirs[key]):
            continue
        base = None if agreed is None else agreed.get(key)
        if column.owner == "journal":
            merged.write[key] = ours.get(key)
            if agreed is not None and not same(base, theirs[key]):
                put_back.append(key)
            continue
        outcome = merge_cell(base, ours.get(key), theirs[key])
        if isinstance(outcome, Conflict):
            conflicts.append(key)
        if not same(base, theirs[key]):
            merged.edits[key] = (base, theirs[key])
        elif column.owner == "both":
            merged.write[key] = ours.get(key)
    return Merged(merged.write, merged.edits, tuple(put_back), tuple(conflicts))


def lost(known: Set[str], seen: Set[str]) -> Loss:
    """How badly known rows are missing: all, or more than half of at least five, is no ordinary editing."""
    gone = len(known - seen)
    if not gone:
        return "none"
    if gone == len(known) or (len(known) >= 5 and gone * 2 > len(known)):
        return "too_many"
    return "some"
