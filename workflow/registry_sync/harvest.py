"""What people typed into the sheet, row by row: edits become orders, strange rows a word to the operator."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheets.model import Row, Snapshot
from workflow.core.deeds import Deed, Lane
from workflow.core.model import Reference, Request, Status
from workflow.journal import Claimed
from workflow.journal.errors import is_unavailable
from workflow.journal.homes import Home
from workflow.registry_sync.agreed import Agreed
from workflow.registry_sync.orders import OrderDesk, Seen
from workflow.registry_sync.passes import Familiar, Pass, Pending

log = logging.getLogger("countersign.registry")
AT_ONCE = 1000
"""So many agreements are held in memory together."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """Takes the edits of one registry's rows to the desk and notes in the pass what is agreed about them now."""

    desk: OrderDesk
    operators: tuple[str, ...]
    familiar: Familiar = field(default_factory=Familiar)

    def gather(self, work: Pass, snapshot: Snapshot) -> Pending:
        """Every row that is not as agreed is merged with its request, and its edits become orders."""
        typed = _by_row(snapshot.view_edits)
        gone = work.base.keys() - snapshot.rows.keys()
        unknown = self._unknown(work, snapshot, typed)
        listed = list(unknown)
        for start in range(0, len(listed), AT_ONCE):
            work.base.fetch(listed[start : start + AT_ONCE])
            for reference in listed[start : start + AT_ONCE]:
                if not work.old and self.desk.says_nothing_new(work.base.get(reference), unknown[reference]):
                    self._remember(work, snapshot.rows[reference], unknown[reference])
                    work.base.rest(reference)
                else:
                    self._guarded(work, reference, unknown[reference])
        work.base.fetch(gone)
        self.desk.brought_back(sorted(gone), work.base)
        for place, first in snapshot.strangers:
            self._mention_stranger(" ".join(first)[:80], f"{place}: ")
        work.due |= work.current.keys() - snapshot.rows.keys()
        return Pending(
            set(work.due), frozenset(work.current.keys() - snapshot.rows.keys()), snapshot.formulas,
            views=work.old or self._is_typed_on(typed),
        )  # fmt: skip

    def pay_waiting(self, work: Pass, claimed: Sequence[Claimed]) -> None:
        """What waited beside Status in a row that was marked paid by mail."""
        for deed in claimed:
            agreed = work.current.get(deed.reference or "")
            journal = self.desk.service.journal
            request = journal.request(deed.reference) if deed.reference and agreed and agreed.waiting else None
            if agreed and request and request.status is Status.PAID and not work.old and not agreed.elsewhere:
                self._take(work, request, Seen(agreed.shown(), agreed.views, doubled=agreed.doubled))

    def _unknown(
        self, work: Pass, snapshot: Snapshot, typed: Mapping[Reference, Mapping[str, str]]
    ) -> dict[Reference, Seen]:
        """The rows that do not stand as they stood when they said nothing new. The others are not looked into."""
        formulas, doubled = _formulas_by_row(snapshot), set(snapshot.duplicated)
        odd = formulas.keys() | doubled | {ref for ref, row in typed.items() if self._is_typed_on({ref: row})}
        known = {
            reference for reference, row in snapshot.rows.items()
            if not work.old and reference not in odd
            and self.familiar.is_known(reference, work.base.generation(reference), row.said)
        }  # fmt: skip
        self.familiar.rows = {reference: self.familiar.rows[reference] for reference in known}
        return {
            ref: Seen(row.cells, typed.get(ref, {}), formulas.get(ref, frozenset()), ref in doubled)
            for ref, row in snapshot.rows.items() if ref not in known
        }  # fmt: skip

    def _remember(self, work: Pass, row: Row, seen: Seen) -> None:
        if not (seen.formulas or self.desk.typed_on_views(seen)):
            self.familiar.rows[row.reference] = (work.base.generation(row.reference), row.said)

    def _is_typed_on(self, typed: Mapping[Reference, Mapping[str, str]]) -> bool:
        """Does any view say something else than we drew there?"""
        words = {status for row in typed.values() for status in row.values()}
        return any(self.desk.status_of(word) is not Status.APPROVED for word in words)

    def _guarded(self, work: Pass, reference: Reference, seen: Seen) -> None:
        """A fault of ours costs one row, which is left as it is, not the registry."""
        request = self.desk.service.journal.request(reference)
        if request is None:
            self._mention_stranger(reference)
            return
        if reference in work.guests:
            self._mention_guest(reference, work.guests[reference])
            return
        try:
            self._take(work, request, seen)
        except Exception as error:
            if is_unavailable(error):
                raise
            log.exception("%s: its row could not be understood", reference)
            work.failed.add(reference)

    def _take(self, work: Pass, request: Request, seen: Seen) -> None:
        reference, before = request.reference, work.base.get(request.reference)
        if before is not None and before.elsewhere:
            now = self.desk.take_trace(request, before, seen)
        else:
            now = self.desk.take(request, before, seen, work.generation, sure=work.is_sure(reference), old=work.old)
        work.due.add(reference)
        if now is before:
            return
        if before is not None or reference not in work.current:
            self._agree(reference, now.generation, now)
        work.base[reference] = now
        newer = work.current.get(reference)
        if newer is None or newer.generation == now.generation:
            work.current[reference] = now
        else:
            self._note_newer(work, reference, before or now, now, newer)

    def _note_newer(self, work: Pass, reference: Reference, before: Agreed, now: Agreed, newer: Agreed) -> None:
        """What people wrote into an old copy is what they wrote last."""
        people = self.desk.layout.owned_by("people")
        typed = {key: cell for key, cell in now.cells.items() if key in people and before.cells.get(key) != cell}
        if typed or now.waiting != before.waiting:
            work.current[reference] = replace(
                newer, cells={**newer.cells, **typed}, waiting={**newer.waiting, **now.waiting}
            )
            self._agree(reference, newer.generation, work.current[reference])

    def _agree(self, reference: Reference, generation: int, row: Agreed) -> None:
        self.familiar.forget((reference,))
        service = self.desk.service
        service.journal.agree_row(self.desk.name, reference, generation, row.dump(), service.now())

    def _mention_stranger(self, what: str, place: str = "") -> None:
        """A row that is none of ours is left alone and mentioned once; its numbers may change as they like."""
        bare = "".join(character for character in what if place == "" or character.isalpha())
        key = hashlib.sha256(bare.encode()).hexdigest()[:16]
        self._mention("stranger_row", f"{place}{what}", key)

    def _mention_guest(self, reference: Reference, home: Home) -> None:
        """A row that belongs elsewhere is left alone as well: nothing typed in it counts."""
        place = home.registry if home.archive is None else f"{home.registry} {home.archive}"
        self._mention("guest_row", f"{reference} ({place})", f"{reference}:{place}")

    def _mention(self, key: str, details: str, mark: str) -> None:
        deeds = [
            Deed(Lane.MAIL, "alarm", person, {"key": key, "details": details},
                 once=f"{key.partition('_')[0]}:{self.desk.name}:{mark}:{person}")
            for person in self.operators
        ]  # fmt: skip
        if deeds:
            self.desk.service.add_deeds(deeds)


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
