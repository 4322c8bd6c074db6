"""A random walk in which rows go to another registry, to the archive and back, through crashes, locks and old copies.

At the end each request has one row that counts, where it belongs; every word that people wrote is somewhere; every cell
of ours is right; and nothing happened twice.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from helpers.registry_person import AtMemory
from helpers.registry_room import FIONA, OSCAR, RITA, Crash, Faulty, Room
from sheets.errors import RegistryChanged, RegistryError, RegistryLocked
from sheets.memory import MemoryRegistry
from sheets.model import Snapshot
from workflow.core.commands import Amend, Comment, Form, PutOnHold, Withdraw
from workflow.core.model import CLOSED, Status
from workflow.core.policy import When
from workflow.registry_sync.archive import Archiver
from workflow.registry_sync.sync import RegistrySync
from workflow.statuses import status_of

BOOKS = (("south", When(currency="EUR")), ("registry", When()))
OWN = 36  # the column that people keep
CRASHES = ("announce_write", "agree", "agree_row", "note_archived", "let_go", "take_up_again")


class House(Room):
    """Two registries with their archives."""

    def _wire(self) -> None:
        self.policy = replace(self.policy, registries=BOOKS)
        self.archive_after = timedelta(days=10)
        super()._wire()
        self.south_sheet: MemoryRegistry = getattr(self, "south_sheet", None) or MemoryRegistry(self.layout)
        self.south_book, self.south_person = Faulty(self.south_sheet), AtMemory(self.south_sheet)
        self.south = RegistrySync(
            "south", self.south_book, self.layout, self.writer, self.service, status_of, (OSCAR,),
            ("south", "registry"), Archiver("south", self.service, self.south_archive, self.archive_after, (OSCAR,)),
        )  # fmt: skip

    def south_archive(self, year: str) -> Faulty:
        if f"south {year}" not in self.archives:
            self.archives[f"south {year}"] = Faulty(MemoryRegistry(self.layout))
        return self.archives[f"south {year}"]

    def books(self) -> dict[str, Snapshot]:
        """Every sheet there is, archives included."""
        found = {"registry": self.registry.inner.read(), "south": self.south_sheet.read()}
        return found | {name: book.inner.read() for name, book in self.archives.items() if book.inner.exists()}


class Walk:
    """One walk of a seed."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.random = house, random.Random(seed)
        self.references: list[str] = []
        self.words: dict[str, set[str]] = {}
        self.marks: Counter[str] = Counter()
        self.own: dict[str, str] = {}
        self.copy: tuple[object, dict[str, str]] | None = None
        self.number, self.locked = 0, False
        self.log: list[str] = []
        house.person.put(1, OWN, "Mine")
        house.south_person.put(1, OWN, "Mine")
        for _ in range(4):
            self.new_request()
        self.daemon()

    def step(self) -> None:
        steps = [
            self.new_request, self.pay, self.pay, self.pay, self.pay, self.comment, self.write_own, self.correct,
            self.later, self.later, self.much_later, self.much_later, self.much_later, self.daemon, self.crash,
            self.crash, self.locks, self.keep_copy, self.save_copy, self.save_copy, self.stir, self.stir, self.withdraw,
            self.insert, self.somebody_saved,
        ]  # fmt: skip
        self.random.choice(steps)()

    # --- people ------------------------------------------------------------------------------------------------------

    def place(self, reference: str) -> tuple[AtMemory, Snapshot] | None:
        """Where a request has its row now; people use it there."""
        home = self.house.journal.homes([reference])[reference]
        person = self.house.person if home.registry == "registry" else self.house.south_person
        snapshot = (self.house.registry.inner if home.registry == "registry" else self.house.south_sheet).read()
        row = snapshot.rows.get(reference)
        there = row is not None and row.cells.get("status") != "Moved"
        return (person, snapshot) if there else None  # type: ignore[return-value]

    def one(self) -> tuple[str, AtMemory, Snapshot] | None:
        reference = self.random.choice(self.references)
        found = self.place(reference)
        return (reference, *found) if found and not self.is_old else None

    @property
    def is_old(self) -> bool:
        """Over an old copy that nobody has looked at yet, an edit cannot be told from what is merely old."""
        known = self.house.journal.registry("registry", "").generation
        return self.house.registry.inner.read().generation != known

    def pay(self) -> None:
        if (found := self.one()) and self.house.status(found[0]) is Status.APPROVED:
            self.log.append(f"{found[0]} paid")
            if found[2].rows[found[0]].cells["status"] != "Paid":
                self.marks[found[0]] += 1
            found[1].type_in(found[0], "status", "Paid")

    def comment(self) -> None:
        if found := self.one():
            self.number += 1
            self.log.append(f"{found[0]} comment {self.number}")
            found[1].type_in(found[0], "accountant_comment", f"words {self.number}")
            self.daemon()
            self.words.setdefault(found[0], set()).add(f"words {self.number}")

    def write_own(self) -> None:
        if found := self.one():
            self.number += 1
            self.log.append(f"{found[0]} own {self.number}")
            found[1].put(found[2].rows[found[0]].place, OWN, f"own {self.number}")
            self.own[found[0]] = f"own {self.number}"

    def insert(self) -> None:
        self.house.person.insert_rows(self.random.randint(2, 5))

    def locks(self) -> None:
        self.locked = not self.locked
        self.log.append(f"locked {self.locked}")
        self.house.person.open("Nina") if self.locked else self.house.person.close()

    def keep_copy(self) -> None:
        if not self.locked and not self.is_old:
            self.copy = (self.house.keep_copy(), dict(self.own))

    def save_copy(self) -> None:
        """Whoever saves an old copy has lost what he wrote into the newer one outside of our columns."""
        if self.copy is None or self.locked or self.is_old:
            return
        self.daemon()
        self.log.append("old copy saved")
        here = set(self.house.registry.inner.read().rows)
        self.house.save_copy(self.copy[0])
        for reference in here:
            self.own.pop(reference, None)
        self.daemon()
        self.daemon()

    # --- mail --------------------------------------------------------------------------------------------------------

    def new_request(self) -> None:
        if len(self.references) < 12:
            soon = f"{self.house.time + timedelta(days=3):%d.%m.%Y}"
            reference = self.house.approved(pay_by=soon, currency=self.random.choice(["RUB", "EUR"]))
            self.log.append(f"{reference} new")
            self.references.append(reference)

    def correct(self) -> None:
        reference = self.random.choice(self.references)
        request = self.house.request(reference)
        if request.status not in CLOSED:
            currency = "EUR" if request.currency == "RUB" else "RUB"
            self.log.append(f"{reference} now in {currency}")
            self.house.order(Amend(RITA, Form({"currency": currency}, letter=f"letter-{self.number}")), reference)
            self.own.pop(reference, None)  # stays with the trace

    def stir(self) -> None:
        """The bank sends the money back, or somebody writes a word."""
        reference = self.random.choice(self.references)
        self.log.append(f"{reference} stirs")
        if self.house.status(reference) is Status.PAID and self.random.random() < 0.5:
            self.house.order(PutOnHold(FIONA, "sent back"), reference)
        else:
            self.house.order(Comment(RITA, "a word", "requester"), reference)

    def withdraw(self) -> None:
        reference = self.random.choice(self.references)
        if self.house.status(reference) is Status.AWAITING:
            self.house.order(Withdraw(RITA, ""), reference)

    # --- time and the daemon -----------------------------------------------------------------------------------------

    def later(self) -> None:
        self.house.wait(minutes=11)
        self.house.ring()

    def much_later(self) -> None:
        self.log.append("days")
        self.house.wait(days=6)
        self.house.ring()
        self.daemon()

    def daemon(self) -> None:
        self.log.append("daemon")
        self.house.wait(seconds=6)
        for sync in (self.house.sync, self.house.south):
            for _ in range(12):
                try:
                    if not sync.work_once():
                        break
                except RegistryLocked:
                    assert self.locked
                    break

    def somebody_saved(self) -> None:
        self.house.registry.before_write = RegistryChanged("somebody saved")
        try:
            self.daemon()
        except RegistryError:
            self.log.append("changed meanwhile")
        self.house.registry.before_write = None

    def crash(self) -> None:
        where = self.random.choice(["before_write", "after_write", "archive", *CRASHES])
        self.log.append(f"crash {where}")
        books = [self.house.registry, self.house.south_book]
        books = list(self.house.archives.values()) if where == "archive" else books
        with pytest.MonkeyPatch.context() as patch:
            if where in CRASHES:
                patch.setattr(self.house.journal, where, _die)
            for book in books if where not in CRASHES else ():
                setattr(book, "after_write" if where == "archive" else where, Crash())
            try:
                self.daemon()
            except Crash:
                self.log.append("died")
        for book in (self.house.registry, self.house.south_book, *self.house.archives.values()):
            book.before_write = book.after_write = None
        self.house.restart()
        self.daemon()

    # --- the end -----------------------------------------------------------------------------------------------------

    def end(self) -> None:
        if self.locked:
            self.locks()
        for _ in range(3):
            self.house.wait(hours=13)  # the archive is looked after once a day
            self.house.ring()
            self.daemon()
        assert self.house.sync.differences() == self.house.south.differences() == []
        books = self.house.books()
        for reference in self.references:
            self._one_row(reference, books)
            self._nothing_twice(reference)
            told = {getattr(item.event, "text", "") for item in self.house.journal.history(reference)}
            assert self.words.get(reference, set()) <= told | self._cells(reference, books), reference
        written = self._own_cells()
        for reference, own in self.own.items():
            assert own in written, f"{reference}: {own} is gone"

    def _one_row(self, reference: str, books: dict[str, Snapshot]) -> None:
        rows = [name for name, book in books.items()
                if reference in book.rows and book.rows[reference].cells["status"] != "Moved"]  # fmt: skip
        home = self.house.journal.homes([reference])[reference]
        prefix = "south " if home.registry == "south" else ""
        assert rows == [home.registry if home.archive is None else f"{prefix}{home.archive}"], reference

    def _nothing_twice(self, reference: str) -> None:
        kinds = Counter(type(item.event).__name__ for item in self.house.journal.history(reference))
        assert kinds["Paid"] + kinds["PaidWithoutApproval"] <= self.marks[reference], reference
        assert kinds["PaymentAnnounced"] <= kinds["Paid"], reference
        told = [getattr(item.event, "text", "") for item in self.house.journal.history(reference)]
        counted = Counter(text for text in told if text.startswith("words"))
        assert all(count == 1 for count in counted.values()), reference
        assert "row_brought_back" not in self.house.reasons(reference), reference

    def _cells(self, reference: str, books: dict[str, Snapshot]) -> set[str]:
        return {str(book.rows[reference].cells.get("accountant_comment")) for book in books.values()
                if reference in book.rows}  # fmt: skip

    def _own_cells(self) -> set[str]:
        found: set[str] = set()
        everywhere = [self.house.registry, self.house.south_book, *self.house.archives.values()]
        for book in everywhere:
            if book.inner.exists():
                snapshot = book.inner.read()
                rows = book.inner.take(sorted(snapshot.rows), snapshot.version).rows
                found |= {str(cell) for row in rows for cell in row.own.values()}
        return found


def _die(*_: object, **__: object) -> None:
    raise Crash


def walk(house: House, seed: int, steps: int) -> None:
    house.open()
    house.south.open()
    walked = Walk(house, seed)
    try:
        for _ in range(steps):
            walked.step()
        walked.end()
    except BaseException as error:
        error.add_note("\n".join(walked.log[-60:]))
        raise


@pytest.mark.parametrize("seed", range(20, 26))
def test_a_walk_between_sheets_in_memory(tmp_path: Path, seed: int) -> None:
    walk(House(tmp_path, "memory"), seed, 80)


@pytest.mark.parametrize("seed", range(2))
def test_a_walk_between_a_workbook_and_its_archive(tmp_path: Path, seed: int) -> None:
    walk(House(tmp_path, "excel"), seed, 30)
