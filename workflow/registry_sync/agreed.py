"""What was agreed with the sheet for a row: the base of the merge, and what has become of the cells typed since.

An agreement is made by a write and belongs to that write's generation. What people type afterwards is decided on while
the sheet may still be locked, so each decision is noted here: the same cells are then nothing new, and the next change
of them is. A copy of the sheet from before the decision still shows the cells as they were; `was` knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, KeysView, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from sheets.model import Cell
from sheets.text import same
from workflow.core.model import Reference
from workflow.registry_sync.rows import pack, packed, unpack, unpacked


@dataclass(frozen=True, slots=True)
class Agreed:
    """One row's agreement. `waiting` are cells left as typed until Status says Paid, `views` the Status cells typed on
    Today, Week and Month; `unwritten` says that a decision is not in the sheet yet, `doubled` that the row is twice.
    `sight` is the generation over which an old copy with this row was last seen, `kept` what that copy lacks.
    `elsewhere` names the registry to which the request has gone: the row is only a trace of it."""

    generation: int = 0
    cells: Mapping[str, Cell] = field(default_factory=dict)
    decided: int = 0
    waiting: Mapping[str, Cell] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    unwritten: bool = False
    doubled: bool = False
    sight: int = 0
    kept: Mapping[str, Cell] = field(default_factory=dict)
    elsewhere: str = ""

    @classmethod
    def load(cls, stored: tuple[int, Mapping[str, Any]]) -> Agreed:
        """From the journal: cells by key, and beside them what begins with #."""
        generation, row = stored
        return cls(
            generation, unpack(row), row.get("#n", 0), unpack(row.get("#w", {})), row.get("#v", {}),
            {key: tuple(unpacked(cell) for cell in cells) for key, cells in row.get("#was", {}).items()},
            bool(row.get("#u")), bool(row.get("#d")), row.get("#s", 0), unpack(row.get("#k", {})),
            row.get("#e", ""),
        )  # fmt: skip

    def dump(self) -> dict[str, Any]:
        was = {key: [packed(cell) for cell in cells] for key, cells in self.was.items()}
        beside = {
            "#n": self.decided, "#w": pack(self.waiting), "#v": dict(self.views), "#was": was, "#u": self.unwritten,
            "#d": self.doubled, "#s": self.sight, "#k": pack(self.kept), "#e": self.elsewhere,
        }  # fmt: skip
        return {**pack(self.cells), **{key: what for key, what in beside.items() if what}}

    def shown(self) -> dict[str, Cell]:
        """The cells as they stand in the sheet when nobody has touched it since."""
        return {**self.cells, **self.waiting}

    def newest(self) -> dict[str, Cell]:
        """The cells as people last wrote them, whatever copy is there now."""
        return {**self.cells, **self.kept}

    def is_shown_by(self, cells: Mapping[str, Cell]) -> bool:
        """Do these cells say nothing new? A column that came to the sheet later says nothing while it is blank."""
        known = self.shown()
        return all(same(known.get(key), cell) for key, cell in cells.items() if key in known or cell is not None)

    def after(self, typed: Mapping[str, Cell]) -> Agreed:
        """These cells have been decided on."""
        was = {key: (*self.was.get(key, ()), self.cells.get(key)) for key in typed}
        return replace(
            self, cells={**self.cells, **typed}, decided=self.decided + 1, was={**self.was, **was}, unwritten=True,
            waiting={key: cell for key, cell in self.waiting.items() if key not in typed},
            kept={key: cell for key, cell in self.kept.items() if key not in typed},
        )  # fmt: skip

    def as_of(self, cells: Mapping[str, Cell], now: int) -> Agreed:
        """For a copy from this generation, saved over generation `now`: cells that stand as they once stood are old,
        not typed anew. That is asked once; what changes in the copy after its first sight is an edit."""
        if not self.was or self.sight == now:
            return self
        old = {
            key: cells[key] for key, earlier in self.was.items()
            if key in cells and any(same(cell, cells[key]) for cell in earlier)
        }  # fmt: skip
        was = {key: (*self.was[key], self.cells.get(key)) for key in old}
        kept = {**{key: self.cells.get(key) for key in old}, **self.kept}
        return replace(self, cells={**self.cells, **old}, was={**self.was, **was}, sight=now, kept=kept)

    def written(self, *, drawn: bool) -> Agreed:
        """As it stands once a write has been made; `drawn` says that the views were drawn too."""
        return replace(self, decided=0, was={}, unwritten=False, sight=0, kept={}, views={} if drawn else self.views)


class AgreedRows(MutableMapping[Reference, Agreed]):
    """The agreements of a registry's rows. Of a row that nobody asks for only the generation is known: most rows of a
    large sheet stand as they stood, and what was agreed about them need not be fetched."""

    def __init__(
        self,
        rows: Mapping[Reference, Agreed | int] | None = None,
        fetch: Callable[[list[Reference]], Mapping[Reference, Agreed]] = lambda _: {},
    ) -> None:
        self._rows: dict[Reference, Agreed | int] = dict(rows or {})
        self._fetch = fetch

    def generation(self, reference: Reference) -> int | None:
        """Since when it stands as agreed, without fetching what that was."""
        row = self._rows.get(reference)
        return row.generation if isinstance(row, Agreed) else row

    def fetch(self, references: Iterable[Reference]) -> None:
        """Have these at hand; better than one after the other."""
        missing = [reference for reference in references if isinstance(self._rows.get(reference), int)]
        if missing:
            self._rows |= self._fetch(missing)

    def rest(self, reference: Reference) -> None:
        """Nobody will ask for this one soon."""
        row = self._rows.get(reference)
        if isinstance(row, Agreed):
            self._rows[reference] = row.generation

    def all(self) -> dict[Reference, Agreed]:
        """Every one of them."""
        self.fetch(self._rows)
        return dict(self)

    def __getitem__(self, reference: Reference) -> Agreed:
        self.fetch((reference,))
        row = self._rows[reference]
        if isinstance(row, int):
            raise LookupError(f"what was agreed for {reference} is not there any more")
        return row

    def __setitem__(self, reference: Reference, row: Agreed) -> None:
        self._rows[reference] = row

    def __delitem__(self, reference: Reference) -> None:
        del self._rows[reference]

    def keys(self) -> KeysView[Reference]:
        """The references, as a dict gives them: sets of them are made quickly."""
        return self._rows.keys()

    def __contains__(self, reference: object) -> bool:
        return reference in self._rows

    def __iter__(self) -> Iterator[Reference]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
