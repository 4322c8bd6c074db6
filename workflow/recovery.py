"""After an older copy of the journal was put back: what the lost one knew is taken up from registry and folder.

Nothing found there is believed more than a letter is. A request is opened again from its own letters, under its old
number, and approved anew. What the registry calls paid is put on hold, for nobody can tell by whom that was allowed.
All mail is held first, with a note that a recovery is under way, which goes last: a crash in between leaves `run`
refusing, and the next `recover` goes on where this one ended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from documents.place import Place
from mailer.errors import MailerError
from mailer.letter import Letter, letter_key
from sheets.model import Cell, Snapshot
from workflow.core.commands import Amend, Form, Open, PutOnHold
from workflow.core.model import FIELDS, Reference, Request, Status
from workflow.core.outcome import OPERATOR
from workflow.core.payment import paid_so_far
from workflow.intake.reader import Reader
from workflow.journal import Cause, Journal, LetterEntry
from workflow.letters import LetterStore
from workflow.registry_sync.agreed import Agreed
from workflow.service import Service
from workflow.words import Words

LETTER_NAME = re.compile(r"(\d{4}-\d\d-\d\d \d\d-\d\d-\d\d)(?: \(\d+\))?\.eml$")
RECOVERED = "recovered"
Found = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recovery:
    """Takes up what is known outside. `tell` gets a line for each thing found."""

    service: Service
    reader: Reader
    store: LetterStore
    read: Callable[[bytes, datetime], Letter]
    materials: Place
    status_of: Callable[[str], Status | None]
    words: Words
    mailbox: str
    prefix: str
    zone: ZoneInfo
    tell: Found

    @property
    def journal(self) -> Journal:
        return self.service.journal

    def take_up(self, snapshot: Snapshot | None) -> None:
        """Every request that the folder or the registry knows and the journal does not, then what was paid."""
        rows = {ref: row.cells for ref, row in snapshot.rows.items()} if snapshot else {}
        folders = {folder.name: folder for folder in self.materials.request_folders() if self._is_ours(folder.name)}
        self._raise_numbers(sorted({*rows, *folders}))
        for reference in sorted({*rows, *folders}):
            if self._is_ours(reference) and self._is_wanting(reference):
                self._open_again(reference, folders.get(reference), rows.get(reference, {}))
        for reference, cells in sorted(rows.items()):
            self._hold_paid(reference, cells)

    def adopt(self, name: str, snapshot: Snapshot | None) -> None:
        """The sheet as it stands is what the next edit departs from, and the marks outside are at the journal."""
        if snapshot is not None:
            known = {ref: row.cells for ref, row in snapshot.rows.items() if self.journal.request(ref)}
            facts = self.journal.registry(name, snapshot.identity or "")
            generation = max(snapshot.generation or 0, facts.generation)
            agreed = {ref: Agreed(generation, cells).dump() for ref, cells in known.items()}
            identity = snapshot.identity or facts.identity
            self.journal.adopt_copy(name, identity, generation, agreed, self.service.now())
        left = self.materials.read_mark()
        self.materials.reset_mark({**{name: n for name, n in left.items() if "-" in name}, **self.journal.marks()})

    # --- numbers ----------------------------------------------------------------------------------------------------

    def _is_ours(self, reference: Reference) -> bool:
        return re.fullmatch(rf"{re.escape(self.prefix)}-\d{{4}}-\d{{5,}}", reference) is not None

    def _raise_numbers(self, seen: list[Reference]) -> None:
        highest: dict[tuple[str, int], int] = {}
        names = [*seen, *(f"{name}-{number:05d}" for name, number in self.materials.read_mark().items())]
        for reference in names:
            if self._is_ours(reference):
                prefix, year, last = reference.rsplit("-", 2)
                highest[prefix, int(year)] = max(highest.get((prefix, int(year)), 0), int(last))
        for (prefix, of_year), number in sorted(highest.items()):
            self.journal.raise_counter(prefix, of_year, number)
            self.tell(f"Numbers go on above {prefix}-{of_year}-{number:05d}.")

    # --- requests ---------------------------------------------------------------------------------------------------

    def _is_wanting(self, reference: Reference) -> bool:
        """Not known, or opened again by a recovery that may have been cut off between two of its letters."""
        request = self.journal.request(reference)
        if request is None or not request.letters:
            return request is None
        first = self.journal.letter(request.letters[0])
        return first is not None and first.reason == RECOVERED

    def _open_again(self, reference: Reference, folder: PurePosixPath | None, cells: Mapping[str, Cell]) -> None:
        for raw, received in self._letters(folder) if folder else ():
            self._replay(reference, raw, received)
        request = self.journal.request(reference)
        if request is not None:
            self.tell(f"{reference}: opened again from its letters; who approves is asked anew.")
        elif cells and self._open_from_row(reference, cells):
            self.tell(f"{reference}: its letters are gone; kept as a draft from its row, for its author to send.")
        else:
            self.tell(f"{reference}: neither a letter nor a row of a known author is left; look for it by hand.")

    def _letters(self, folder: PurePosixPath) -> Iterator[tuple[bytes, datetime]]:
        """The requester's letters in a folder, by the time in their names."""
        dated = [(found[1], name) for name in self.materials.list_files(folder) if (found := LETTER_NAME.search(name))]
        for text, name in sorted(dated):
            local = datetime.strptime(text, "%Y-%m-%d %H-%M-%S").replace(tzinfo=self.zone)
            yield self.materials.read(folder / name), local.astimezone(UTC)

    def _replay(self, reference: Reference, raw: bytes, received: datetime) -> None:
        """A letter gives its order as it did the first time; one that is read from the mailbox again is then known."""
        key = letter_key(raw)
        if self.journal.knows_letter(key):
            return
        try:
            letter = self.read(raw, received)
        except MailerError as error:
            self.tell(f"{reference}: a letter of {received:%Y-%m-%d %H:%M} cannot be read ({error}).")
            return
        plan = self.reader.plan(letter)
        if not isinstance(plan.command, Open):
            return
        command: Open | Amend = replace(plan.command, reference=reference)
        if self.journal.request(reference) is not None:
            command = Amend(plan.command.by, plan.command.form)
        path = self.store.save(key, raw, received)
        entry = LetterEntry(
            key, self.mailbox, received, "requests", RECOVERED, message_id=letter.message_id, sender=letter.sender,
            subject=letter.subject, path=path, reference=reference,
        )  # fmt: skip
        self.service.handle(command, Cause(f"letter:{key}:0", entry), reference)

    def _open_from_row(self, reference: Reference, cells: Mapping[str, Cell]) -> bool:
        """A draft: the row is what a screen showed, not what its author wrote."""
        name = str(cells.get("requested_by") or "")
        author = next((member for member in self.reader.roster if member.name == name), None)
        typed = {key: _text(cells[key]) for key in (*FIELDS, "invoice") if cells.get(key) is not None}
        if author is None or not typed:
            return False
        form = Form({key: text for key, text in typed.items() if text})
        command = Open(author.email, form, keep_draft=True, reference=reference)
        self.service.handle(command, Cause(f"recovered:{reference}"), reference)
        return True

    # --- payments ---------------------------------------------------------------------------------------------------

    def _hold_paid(self, reference: Reference, cells: Mapping[str, Cell]) -> None:
        """Money that the registry says has left must not leave again."""
        request = self.journal.request(reference)
        said = self.status_of(str(cells.get("status") or ""))
        if request is None or not _knows_more(request, said, cells):
            return
        on, amount, order = (cells.get(key) for key in ("paid_on", "paid_amount", "payment_order"))
        what = self.words.text(
            "recovered_paid", on=f"{on:%d.%m.%Y}" if isinstance(on, date) else "",
            amount=self.words.money(amount, request.currency) if isinstance(amount, Decimal) else "",
            order=str(order or ""),
        )  # fmt: skip
        result = self.service.handle(PutOnHold(OPERATOR, what), Cause(f"recovered:{reference}:paid"), reference)
        held = "held until accounting releases it" if result.accepted else "it is closed here: compare them"
        self.tell(f"{reference}: the registry calls it paid, this journal does not; {held}.")


def _knows_more(request: Request, said: Status | None, cells: Mapping[str, Cell]) -> bool:
    """Does the registry tell of a payment that the journal does not know?"""
    if request.status is Status.PAID:
        return False
    amount = cells.get("paid_amount")
    return said is Status.PAID or (isinstance(amount, Decimal) and amount > paid_so_far(request))


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell or "")
