"""A random walk of people, mail, faults and old copies: at the end every cell is right and each thing happened once.

A small model says what must come of it. Per row it keeps what stands in the sheet and what the daemon saw there last;
an edit is what differs between the two when the daemon reads.
"""

from __future__ import annotations

import copy
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from helpers.registry_room import FIONA, Crash, Room
from sheets.errors import RegistryChanged, RegistryLocked
from workflow.core.commands import Comment, MarkPaid
from workflow.core.events import Asked, Commented, EditRefused, Held
from workflow.core.model import Status

APPROVED, PAID, HELD = "Approved for payment", "Paid", "On hold"
COMES_OF = {
    (APPROVED, PAID): (PAID, ["Paid"]),
    (APPROVED, HELD): (HELD, ["Held"]),
    (PAID, APPROVED): (APPROVED, ["PaidUndone"]),
    (PAID, HELD): (HELD, ["PaidUndone", "Held"]),
    (HELD, APPROVED): (APPROVED, ["Released"]),
    (HELD, PAID): (HELD, ["PaidWithoutApproval"]),
}


@dataclass
class Cells:
    """The cells of a row that people change in the walk."""

    status: str = APPROVED
    comment: str = ""
    subject: str = "Office rent"


@dataclass
class Line:
    """One row: as it stands, as it was seen, and what must have come of it."""

    sheet: Cells = field(default_factory=Cells)
    seen: Cells = field(default_factory=Cells)
    status: str = APPROVED
    comment: str = ""
    there: bool = True
    events: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)

    def read(self) -> None:
        """What the daemon makes of the row."""
        if not self.there:
            self.events["row_brought_back"] += not self.seen_gone
            self.seen_gone = True
            return
        reason = False
        if self.sheet.status not in (self.seen.status, self.status):
            after, names = COMES_OF[self.status, self.sheet.status]
            self.events.update(names)
            self.status, reason = after, "Held" in names
        if self.sheet.comment != self.seen.comment:
            self.comment = self.sheet.comment
            self.told[self.sheet.comment] += 1
        if reason and self.sheet.comment not in self.told:
            self.told[self.sheet.comment] += 1
        self.events["typed_over"] += self.sheet.subject not in (self.seen.subject, "Office rent")
        self.seen = copy.copy(self.sheet)

    seen_gone: bool = False

    def written(self) -> None:
        self.there, self.seen_gone = True, False
        self.sheet = Cells(self.status, self.comment)
        self.seen = copy.copy(self.sheet)


class Walk:
    """One walk of a seed."""

    def __init__(self, room: Room, seed: int) -> None:
        self.room, self.random = room, random.Random(seed)
        self.lines: dict[str, Line] = {}
        self.locked = False
        self.kept: tuple[object, int | None, dict[str, Cells]] | None = None
        self.number = 0
        self.log: list[str] = []
        for _ in range(3):
            self.new_request()
        self.daemon()

    def step(self) -> None:
        steps = [
            self.type_status, self.type_status, self.type_comment, self.type_over, self.daemon, self.daemon,
            self.daemon, self.crash, self.mail_paid, self.mail_comment, self.new_request, self.delete_row,
            self.toggle_lock, self.keep_copy, self.save_copy, self.insert_row, self.somebody_saved,
        ]  # fmt: skip
        self.random.choice(steps)()

    def note(self, what: str) -> None:
        self.log.append(what)

    def one(self) -> str | None:
        there = [reference for reference, line in self.lines.items() if line.there]
        return self.random.choice(there) if there else None

    # --- people ------------------------------------------------------------------------------------------------------

    def type_status(self) -> None:
        reference = self.one()
        if reference is not None:
            word = self.random.choice([APPROVED, PAID, HELD])
            self.note(f"{reference} status {word}")
            self.room.type(reference, status=word)
            self.lines[reference].sheet.status = word

    def type_comment(self) -> None:
        reference = self.one()
        if reference is not None:
            self.number += 1
            self.note(f"{reference} comment {self.number}")
            self.room.type(reference, accountant_comment=f"words {self.number}")
            self.lines[reference].sheet.comment = f"words {self.number}"

    def type_over(self) -> None:
        reference = self.one()
        if reference is not None:
            self.number += 1
            self.note(f"{reference} subject {self.number}")
            self.room.type(reference, subject=f"scribble {self.number}")
            self.lines[reference].sheet.subject = f"scribble {self.number}"

    def delete_row(self) -> None:
        reference = self.one()
        if reference is not None and len(self.lines) > 2 and all(line.there for line in self.lines.values()):
            self.note(f"{reference} deleted")
            self.room.person.delete_row(self.room.registry.inner.read().rows[reference].place)
            self.lines[reference].there = False

    def insert_row(self) -> None:
        self.note("row inserted")
        self.room.person.insert_rows(self.random.randint(2, 5))

    def toggle_lock(self) -> None:
        self.locked = not self.locked
        self.note(f"locked {self.locked}")
        self.room.person.open("Nina") if self.locked else self.room.person.close()

    def keep_copy(self) -> None:
        if not self.locked and self.daemon():
            self.note("copy kept")
            cells = {reference: copy.copy(line.sheet) for reference, line in self.lines.items()}
            self.kept = (self.room.keep_copy(), self.room.generation(), cells)

    def save_copy(self) -> None:
        """A copy of the same generation is an edit like any other; an older one says nothing new by itself."""
        if self.kept is None or not self.daemon(or_locked=True):
            return
        kept, generation, cells = self.kept
        now = self.room.journal.registry("registry", "").generation
        if self.room.generation() != now:
            return  # one old copy over another cannot be told from typing
        old = generation != now
        self.note(f"copy saved, old {old}")
        self.room.save_copy(kept)
        for reference, line in self.lines.items():
            line.there = reference in cells
            if line.there:
                line.sheet = copy.copy(cells[reference])
                line.seen = copy.copy(line.sheet) if old else line.seen
            line.seen_gone = not line.there and (old or line.seen_gone)

    # --- mail --------------------------------------------------------------------------------------------------------

    def new_request(self) -> None:
        if len(self.lines) < 6:
            reference = self.room.approved(pay_by="23.11.2026")
            self.note(f"{reference} new")
            self.lines[reference] = Line(there=False, seen_gone=True)

    def mail_paid(self) -> None:
        reference = self.one()
        if reference is not None and self.room.status(reference) is Status.APPROVED:
            self.note(f"{reference} paid by mail")
            self.room.order(MarkPaid(FIONA), reference)
            self.lines[reference].status = PAID

    def mail_comment(self) -> None:
        reference = self.one()
        if reference is not None:
            self.number += 1
            self.room.order(Comment(FIONA, f"mail {self.number}", "requester"), reference)

    # --- the daemon --------------------------------------------------------------------------------------------------

    def daemon(self, *, or_locked: bool = False) -> bool:
        """A run of passes; True when the sheet is as the journal wants it."""
        self.note("daemon")
        self.room.wait(seconds=6)
        for line in self.lines.values():
            line.read()
        try:
            self.room.work()
        except RegistryLocked:
            assert self.locked
            return or_locked
        if not self.locked:
            for line in self.lines.values():
                line.written()
        return True

    def somebody_saved(self) -> None:
        """The write is refused because the file has changed."""
        self.room.registry.before_write = RegistryChanged("somebody saved")
        self._fails(RegistryChanged)

    def crash(self) -> None:
        where = self.random.choice(["before_write", "after_write", "announce_write", "agree", "agree_row"])
        self.note(f"crash {where}")
        if where in ("before_write", "after_write"):
            setattr(self.room.registry, where, Crash())
            self._fails(Crash)
        else:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(self.room.journal, where, _die)
                self._fails(Crash)
        self.room.restart()
        if where == "agree_row":
            self.daemon()  # one row was read: nobody changes the others before they are

    def _fails(self, kind: type[BaseException]) -> None:
        try:
            self.daemon()
        except kind:
            self.note(f"stopped by {kind.__name__}")
        self.room.registry.before_write = self.room.registry.after_write = None

    # --- the end -----------------------------------------------------------------------------------------------------

    def end(self) -> None:
        if self.locked:
            self.toggle_lock()
        assert self.daemon()
        self.room.agrees()
        for reference, line in self.lines.items():
            row = self.room.row(reference)
            assert (row["status"], row["accountant_comment"] or "") == (line.status, line.comment), reference
            history = [
                item for item in self.room.journal.history(reference)
                if item.cause.startswith("cell:") and not isinstance(item.event, Asked)
            ]  # fmt: skip
            happened = Counter(_name(item.event) for item in history)
            told = Counter(item.event.text for item in history if isinstance(item.event, Commented))
            happened["row_brought_back"] = min(happened["row_brought_back"], 1)  # deleted twice while locked: said once
            line.events["row_brought_back"] = min(line.events["row_brought_back"], 1)
            assert happened - Counter(Commented=999) == +line.events, reference
            assert told <= line.told, reference
            carried = {item.event.reason for item in history if isinstance(item.event, Held)}
            assert {*told, *carried} - {""} == {*line.told} - {""}, reference


def _name(event: object) -> str:
    return event.reason if isinstance(event, EditRefused) else type(event).__name__


def _die(*_: object) -> None:
    raise Crash


def walk(room: Room, seed: int, steps: int) -> None:
    walked = Walk(room, seed)
    try:
        for _ in range(steps):
            walked.step()
        walked.end()
    except BaseException as error:
        error.add_note("\n".join(walked.log[-60:]))
        raise


@pytest.mark.parametrize("seed", range(12))
def test_a_walk_at_a_sheet_in_memory(tmp_path: Path, seed: int) -> None:
    walk(Room(tmp_path, "memory").open(), seed, 80)


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_at_a_workbook(tmp_path: Path, seed: int) -> None:
    walk(Room(tmp_path, "excel").open(), seed, 40)
