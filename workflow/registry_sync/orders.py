"""One row's edits become orders: merged with the request cell by cell, each given once, however often it is seen.

The cause of an order names the agreement that the edit departs from, how many decisions were made on it since, and
what the row says: after a crash the same row is the same cause, and Paid, undone and Paid again are three.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sheets.merge import Merged, merge_row
from sheets.model import Cell, Layout
from sheets.text import same
from workflow.core.commands import Command, ConfirmDetails, MarkPaid, NoteEdit
from workflow.core.model import Reference, Request, Status
from workflow.core.outcome import REGISTRY
from workflow.journal import Cause, Result
from workflow.registry_sync.agreed import Agreed
from workflow.registry_sync.edits import DETAILS, StatusOf, Understood, text_of, understand
from workflow.registry_sync.rows import RowWriter, pack
from workflow.service import Service

OF_THE_PAYMENT = frozenset({"amount", "currency", "contractor", "inn", "account", "bic", "iban", "swift"})
OF_THE_ROW = frozenset({"subject", "purpose", "invoice", "pay_by", "requested_by", "updated", "bank_details"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as it stands in the sheet: its cells, its Status on each view, which of its cells are formulas."""

    cells: Mapping[str, Cell]
    views: Mapping[str, str] = field(default_factory=dict)
    formulas: frozenset[str] = frozenset()
    doubled: bool = False


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """Gives the orders of one registry's rows."""

    name: str
    layout: Layout
    writer: RowWriter
    service: Service
    status_of: StatusOf
    editor: str = ""
    """Who saved the sheet last, as far as it says: goes into the record of its orders, decides nothing."""

    def says_nothing_new(self, agreed: Agreed | None, seen: Seen) -> bool:
        """Is the row as it was agreed, and as it was written?"""
        return (
            agreed is not None and not agreed.unwritten and not seen.doubled and not agreed.doubled
            and agreed.is_shown_by(seen.cells) and self.typed_on_views(seen) == agreed.views
            and not (seen.formulas and self._formulas_of_ours(seen, agreed))
        )  # fmt: skip

    def take(
        self, request: Request, agreed: Agreed | None, seen: Seen, generation: int, *, sure: bool, old: bool
    ) -> Agreed:
        """Give the orders of a row; what is agreed about it now. `generation` is that of our last write, `old` says
        that the row stands in a copy from before it, `sure` that the copy's own generation is known."""
        base = agreed or Agreed(generation)
        mark = f"{base.generation}:{base.decided}"
        if seen.doubled:
            if not base.doubled:
                self._note(request.reference, "row_doubled", "", f"{mark}:row_doubled")
            return replace(base, decided=base.decided + (not base.doubled), doubled=True, unwritten=True)
        if base.doubled:
            self._mended(request, "row_doubled", f"{mark}:row_single")
            base = replace(base, doubled=False, unwritten=True)
        merged = merge_row(base.cells if agreed else None, self.writer.cells(request), seen.cells, self.layout.columns)
        spoiled = self._report_spoiled(request, merged, seen, base, mark)
        typed = self._typed(base, merged, seen, old=old)
        known = {key: cell for key, cell in typed.items() if key in base.waiting and same(cell, base.waiting[key])}
        if typed != known and _is_another_row(merged.put_back):
            self._note(request.reference, "row_mixed_up", "", f"{mark}:row_mixed_up:{_digest(seen, merged.put_back)}")
            typed = known
        left = self._order(request, typed, seen, mark, sure and agreed is not None, _version(base))
        after = self._agreed(base, spoiled, left, seen)
        return replace(after, sight=generation) if old and after is not base else after

    def take_trace(self, request: Request, base: Agreed, seen: Seen) -> Agreed:
        """The row of a request that has gone to another registry gives no orders; that somebody marked it is told in
        its row there."""
        typed = [
            column.key for column in self.layout.columns
            if column.key in seen.cells and not same(base.cells.get(column.key), seen.cells[column.key])
        ]  # fmt: skip
        marked = [key for key in ("status", *DETAILS) if key in typed and seen.cells[key] is not None]
        if marked:
            read = ", ".join(text_of(seen.cells[key]) for key in marked)
            mark = f"{base.generation}:{base.decided}:row_elsewhere:{_digest(seen, marked)}"
            self._note(request.reference, "row_elsewhere", read, mark)
        return base.after({key: seen.cells[key] for key in typed}) if typed else base

    # --- cells of ours that were typed over ---------------------------------------------------------------------

    def _report_spoiled(self, request: Request, merged: Merged, seen: Seen, base: Agreed, mark: str) -> tuple[str, ...]:
        """Typed over; whoever empties the Message cell has read it."""
        formulas = self._formulas_of_ours(seen, base)
        spoiled = [
            column.key for column in self.layout.columns
            if column.key in merged.put_back or (column.owner == "journal" and column.key in formulas)
        ]  # fmt: skip
        told = [key for key in spoiled if key != "message" or seen.cells.get("message") is not None]
        if told:
            titles = ", ".join(map(self.layout.title, told))
            self._note(request.reference, "typed_over", titles, f"{mark}:typed_over:{_digest(seen, told)}")
        elif spoiled and request.message is not None:
            self._mended(request, request.message.code, f"{mark}:message")
        return tuple(spoiled)

    def _formulas_of_ours(self, seen: Seen, agreed: Agreed) -> frozenset[str]:
        return seen.formulas - set(self.layout.owned_by("people")) - agreed.waiting.keys()

    # --- what was typed ---------------------------------------------------------------------------------------------

    def _typed(self, base: Agreed, merged: Merged, seen: Seen, *, old: bool) -> dict[str, Cell]:
        """The cells that people changed; a Status typed on a view counts when the row's own was left alone."""
        typed = {key: now for key, (_, now) in merged.edits.items()}
        if "status" not in typed:
            for view, status in seen.views.items():
                if self._is_changed(base.views.get(view), status, old=old):
                    typed["status"] = status
                    break
        return typed

    def _is_changed(self, before: str | None, status: str, *, old: bool) -> bool:
        """Views show approved rows: another word was typed there, and the approved one again if it was taken back."""
        approved = self.status_of(status) is Status.APPROVED
        return before is not None and not old if approved else status != before

    def typed_on_views(self, seen: Seen) -> dict[str, str]:
        """What stands on the views that we did not draw there."""
        return {view: status for view, status in seen.views.items() if self.status_of(status) is not Status.APPROVED}

    def _order(
        self, request: Request, typed: Mapping[str, Cell], seen: Seen, mark: str, sure: bool, version: int | None
    ) -> frozenset[str]:
        """Give the orders; the cells that are left as typed."""
        if "status" in typed and "status" in seen.formulas:
            self._note(request.reference, "status_formula", text_of(typed["status"]), f"{mark}:formula")
            typed = {key: cell for key, cell in typed.items() if key != "status"}
        today = self.service.policy.today(self.service.now())
        comment = text_of(seen.cells.get("accountant_comment"))
        understood = understand(request, typed, comment, self.status_of, today, sure=sure)
        if isinstance(understood.status, MarkPaid | ConfirmDetails):
            understood = replace(understood, status=replace(understood.status, version=version))
        return self._give(request.reference, understood, seen, mark)

    def _give(self, reference: Reference, understood: Understood, seen: Seen, mark: str) -> frozenset[str]:
        """Each kind of order has a cause of its own, made of the cells it comes from."""
        payment, comment = _digest(seen, ("status", *DETAILS)), _digest(seen, ("accountant_comment",))
        left, words = understood.waiting, understood.comment
        if understood.status is not None:
            result = self._handle(understood.status, reference, f"{mark}:status:{payment}")
            if not result.accepted:
                left |= understood.if_refused
            words = None if understood.carried and result.accepted else words
        if understood.details is not None:
            self._handle(understood.details, reference, f"{mark}:details:{payment}")
        if words is not None:
            self._handle(words, reference, f"{mark}:comment:{comment}")
        return left

    # --- what is agreed now -----------------------------------------------------------------------------------------

    def _agreed(
        self, base: Agreed, spoiled: tuple[str, ...], left: frozenset[str], seen: Seen
    ) -> Agreed:
        typed = [
            key for key in self.layout.owned_by("people", "both")
            if key in seen.cells and not same(base.cells.get(key), seen.cells[key])
        ]  # fmt: skip
        decided = {key: seen.cells.get(key) for key in (*typed, *spoiled) if key not in left}
        views = self.typed_on_views(seen)
        waiting = {key: seen.cells.get(key) for key in left if not same(seen.cells.get(key), base.cells.get(key))}
        if not decided and (views, waiting) == (base.views, base.waiting):
            return base
        return replace(base.after(decided), views=views, waiting=waiting)

    # --- giving -----------------------------------------------------------------------------------------------------

    def brought_back(self, references: Iterable[Reference], agreed: Mapping[Reference, Agreed]) -> None:
        """Rows that somebody deleted: they come back, and the row says so."""
        for reference in references:
            known = agreed[reference]
            self._note(reference, "row_brought_back", "", f"{known.generation}:{known.decided}:row_brought_back")

    def _note(self, reference: Reference, reason: str, read: str, mark: str) -> None:
        self._handle(NoteEdit(REGISTRY, reason, read), reference, mark)

    def _mended(self, request: Request, reason: str, mark: str) -> None:
        """The Message of this reason goes away."""
        if request.message is not None and request.message.code == reason:
            self._note(request.reference, "", "", mark)

    def _handle(self, command: Command, reference: Reference, mark: str) -> Result:
        cause = Cause(f"cell:{self.name}:{reference}:{mark}", editor=self.editor)
        return self.service.handle(command, cause, reference)


def _is_another_row(put_back: Iterable[str]) -> bool:
    """Whom, how much, or several other cells were typed over: the number beside them may belong to another row (one
    column sorted without the others), so that nothing said in it can be taken for said about this request."""
    spoiled = frozenset(put_back)
    return bool(spoiled & OF_THE_PAYMENT) or len(spoiled & OF_THE_ROW) > 1


def _version(base: Agreed) -> int | None:
    """The version that the row showed when somebody typed into it."""
    text = text_of(base.cells.get("version"))
    return int(text) if text.isascii() and text.isdigit() else None


def _digest(seen: Seen, keys: Iterable[str]) -> str:
    """What these cells say now, in a few characters."""
    keys = tuple(keys)
    said = [pack({key: seen.cells.get(key) for key in keys}), dict(seen.views) if "status" in keys else {}]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
