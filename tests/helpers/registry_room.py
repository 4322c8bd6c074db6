"""A registry, the people at it and a real journal behind it: what the tests of the registry sync play in.

Rita asks, Adam approves, Fiona pays at the sheet, Oscar operates. The clock stands still until it is told to move.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from helpers.registry_person import AtMemory, AtWorkbook, Person
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.excel import ExcelRegistry
from sheets.memory import MemoryRegistry
from sheets.model import Cell, Change, Layout, Snapshot, Taken, Version, View
from sheets.registry import Registry
from workflow.core.commands import AnnouncePayment, Approve, AskRef, Command, Form, Open
from workflow.core.deeds import Lane
from workflow.core.model import AskKind, File, Request, Status, Step
from workflow.core.policy import Policy, Rule, When
from workflow.journal import Cause, Journal
from workflow.journal.engine import open_engine
from workflow.journal.schema import prepare
from workflow.registry_sync.archive import Archiver
from workflow.registry_sync.columns import archive_layout, layout
from workflow.registry_sync.rows import RowWriter
from workflow.registry_sync.sync import RegistrySync
from workflow.service import Service
from workflow.statuses import status_of
from workflow.words import words

RITA, ADAM, FIONA, OSCAR = "rita@example.test", "adam@example.test", "fiona@example.test", "oscar@example.test"
NAMES = {RITA: "Rita", ADAM: "Adam", FIONA: "Fiona", OSCAR: "Oscar"}
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FORM = {
    "subject": "Office rent", "contractor": "Romashka LLC", "contractor_email": "billing@romashka.example",
    "amount": "4800.00", "currency": "RUB", "pay_by": "27.11.2026", "inn": "7707083893", "kpp": "770701001",
    "bic": "044525974", "account": "40702810940200761292", "purpose": "Invoice 12 of 20.11.2026",
    "invoice": "No. 12 of 20.11.2026",
}  # fmt: skip
INVOICE = File("a" * 64, "invoice.pdf", "pdf", "application/pdf", 1000, "letter-1")


@cache
def _blank_journal() -> bytes:
    """A fresh journal's file, made once in a run."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        engine = open_engine(f"sqlite:///{path}")
        prepare(engine, MONDAY)
        engine.dispose()  # the last connection to go brings the write-ahead log home
        return path.read_bytes()


class Crash(BaseException):
    """The process dies here: no handler of the program may see it."""


class Faulty:
    """A registry that counts what is asked of it, and can be told to fail at a step."""

    def __init__(self, inner: Registry) -> None:
        self.inner = inner
        self.reads = self.writes = self.draws = 0
        self.written: list[tuple[Change, ...]] = []
        self.before_write: BaseException | None = None
        self.after_write: BaseException | None = None
        self.refuses = ""  # why no row may be taken out

    def exists(self) -> bool:
        return self.inner.exists()

    def probe(self) -> Version:
        return self.inner.probe()

    def read(self) -> Snapshot:
        self.reads += 1
        return self.inner.read()

    def take(self, references: Sequence[str], seen: Version) -> Taken:
        return Taken(refused=self.refuses) if self.refuses else self.inner.take(references, seen)

    def write(
        self, changes: Sequence[Change], seen: Version, *, generation: int, views: Sequence[View] | None = None,
        remove: Sequence[str] = (),
    ) -> Version:  # fmt: skip
        self._fail("before_write")
        version = self.inner.write(changes, seen, generation=generation, views=views, remove=remove)
        self.writes += 1
        self.draws += views is not None
        self.written.append(tuple(changes))
        self._fail("after_write")
        return version

    def create(
        self, changes: Sequence[Change] = (), *, generation: int, identity: str = "",
        views: Sequence[View] | None = None, replace: bool = False,
    ) -> Version:  # fmt: skip
        return self.inner.create(changes, generation=generation, identity=identity, views=views, replace=replace)

    def _fail(self, step: str) -> None:
        failure = getattr(self, step)
        setattr(self, step, None)
        if failure is not None:
            raise failure


class Room:
    """One registry of a kind ("excel" or "memory"), its journal and its sync."""

    def __init__(
        self, folder: Path, kind: str, language: str = "en", worksheet: str = "Registry",
        server: SheetsServer | None = None,
    ) -> None:  # fmt: skip
        self.server = server
        self.folder, self.kind, self.time = folder, kind, MONDAY
        self._language, self._worksheet = language, worksheet
        self.layout: Layout = layout(worksheet, language, words)
        self.policy = Policy((Rule(When(), (Step("any", (ADAM,)),)),), frozenset({ADAM}), (FIONA,), (OSCAR,),
                             language=language)  # fmt: skip
        self.journal_file = folder / "journal.db"
        self.book = folder / "registry.xlsx"
        self._causes, self._invoices = count(1), count(12)
        self._memory = MemoryRegistry(self.layout)
        self.archive_after: timedelta | None = timedelta(days=365)
        self.archives: dict[str, Faulty] = {}
        self._wire()

    def _wire(self) -> None:
        if not self.journal_file.exists():
            self.journal_file.write_bytes(_blank_journal())
        self.engine = open_engine(f"sqlite:///{self.journal_file}")
        self.journal = Journal(self.engine, domain="example.test")
        self.service = Service(self.journal, self.policy, lambda: self.time)
        if self.kind == "excel":
            self.registry = Faulty(ExcelRegistry(self.book, self.layout))
            self.person: Person = AtWorkbook(self.book, self.layout)
        elif self.server is not None:
            self.registry = Faulty(at_google(self.server, self.layout, self.folder))
            self.person = AtSpreadsheet(self.server, self.layout)
        else:
            self.registry = Faulty(self._memory)
            self.person = AtMemory(self._memory)
        self.writer = RowWriter(
            words(self._language), lambda address: NAMES.get(address, address), ZoneInfo("Europe/Moscow"),
            lambda request: f"materials/{request.reference}/index.html" if request.folder else "", self.journal.history,
        )  # fmt: skip
        self.sync = RegistrySync(
            "registry", self.registry, self.layout, self.writer, self.service, status_of, (OSCAR,),
            archiver=Archiver("registry", self.service, self.archive, self.archive_after, (OSCAR,)),
        )  # fmt: skip

    def archive(self, year: str) -> Faulty:
        """The archive of a year, as the sync and as a person finds it."""
        if year not in self.archives:
            title = f"Archive {year}" if self.server else self._worksheet
            plan = archive_layout(self.layout, words(self._language), title)
            inner: Registry = MemoryRegistry(plan)
            if self.kind == "excel":
                inner = ExcelRegistry(self.folder / f"registry-archive-{year}.xlsx", plan)
            elif self.server is not None:
                inner = at_google(self.server, plan, self.folder)
            self.archives[year] = Faulty(inner)
        return self.archives[year]

    # --- the daemon ---------------------------------------------------------------------------------------------

    def open(self) -> Room:
        self.sync.open()
        return self

    def work(self) -> int:
        """Passes until there is nothing more to do; how many did something."""
        done = 0
        while self.sync.work_once():
            done += 1
            assert done < 10, "the sync never comes to rest"
        return done

    def work_without_archive(self) -> None:
        """Passes that leave old rows where they are."""
        if self.sync.archiver is not None:
            self.sync.archiver.come_again(self.time)
            self.work()
            self.sync.archiver.hurry()

    def restart(self) -> Room:
        """The process was killed and begins anew."""
        self.engine.dispose()
        self._wire()
        self.journal.free_own_leases(self.time)
        return self

    def wait(self, **time: float) -> None:
        self.time += timedelta(**time)

    def ring(self) -> None:
        """What the clock leg does: announce the payments whose delay is over."""
        while (deed := self.journal.claim_deed(Lane.CLOCK, self.time, timedelta(minutes=10))) is not None:
            order = AnnouncePayment("clock", deed.params["at"])
            self.service.handle(order, Cause(f"clock:{deed.id}"), deed.reference)
            self.journal.settle([deed], self.time)

    # --- mail -----------------------------------------------------------------------------------------------------

    def order(self, command: Command, reference: str | None = None) -> str:
        """An order that came by letter."""
        result = self.service.handle(command, Cause(f"letter:{next(self._causes)}:{self.kind}"), reference)
        assert result.reference is not None
        return result.reference

    def submitted(self, **typed: str) -> str:
        """A complete request; each with an invoice of its own."""
        number = next(self._invoices)
        lines = {**FORM, "invoice": f"No. {number} of 20.11.2026", **typed}
        form = {name: text for name, text in lines.items() if text}
        file = replace(INVOICE, sha256=f"{number:064x}")
        return self.order(Open(RITA, Form(form, files=(file,), letter="letter-1")))

    def approved(self, **typed: str) -> str:
        reference = self.submitted(**typed)
        request = self.request(reference)
        ask = AskRef(ADAM, request.version, 0, request.card_hash, AskKind.APPROVE.value)
        return self.order(Approve(ADAM, ask), reference)

    def shown(self, **typed: str) -> str:
        """An approved request whose row is in the sheet."""
        reference = self.approved(**typed)
        self.work()
        return reference

    # --- the sheet ------------------------------------------------------------------------------------------------

    def type(self, reference: str, **cells: Cell) -> None:
        """Fiona types into the row."""
        for key, cell in cells.items():
            self.person.type_in(reference, key, cell)

    def row(self, reference: str) -> dict[str, Cell]:
        return dict(self.registry.inner.read().rows[reference].cells)

    def cell(self, reference: str, key: str) -> Cell:
        return self.row(reference)[key]

    def generation(self) -> int | None:
        return self.registry.inner.read().generation

    def another(self, folder: Path) -> Room:
        """Another installation with a registry of the same kind."""
        return Room(folder, self.kind).open()

    def take_book_of(self, other: Room) -> None:
        """Somebody puts the other installation's book in the place of ours."""
        if self.kind == "excel":
            self.book.write_bytes(other.book.read_bytes())
            return
        self._memory.sheets, self._memory._stamp = other._memory.sheets, other._memory._stamp
        self._memory._edits += 1

    def keep_copy(self) -> object:
        """A copy of the sheet as it is now, as a slow colleague has it open."""
        if self.kind == "excel":
            path = self.folder / f"copy-{next(self._causes)}.xlsx"
            shutil.copy2(self.book, path)
            return path
        grids = {name: [list(row) for row in grid.rows] for name, grid in self._memory.sheets.items()}
        return grids, self._memory._stamp[0]

    def save_copy(self, copy: object) -> None:
        """He saves it over ours."""
        if isinstance(copy, Path):
            shutil.copyfile(copy, self.book)
            return
        assert isinstance(copy, tuple)
        for name, rows in copy[0].items():
            self._memory.sheets[name].rows[:] = [list(row) for row in rows]
        self._memory.restamp(copy[1])

    def restamp(self, generation: int | None) -> None:
        """The sheet says another generation, or none."""
        if self.kind == "memory":
            self._memory.restamp(generation)
            return
        from openpyxl import load_workbook

        book = load_workbook(self.book)
        names = [item.name for item in book.custom_doc_props.props if "eneration" in item.name]
        for name in names:
            if generation is None:
                del book.custom_doc_props[name]
            else:
                book.custom_doc_props[name].value = generation
        book.save(self.book)

    # --- what became of it ------------------------------------------------------------------------------------------

    def request(self, reference: str) -> Request:
        found = self.journal.request(reference)
        assert found is not None
        return found

    def status(self, reference: str) -> Status:
        return self.request(reference).shown_status

    def events(self, reference: str) -> list[str]:
        """The names of the events that somebody at the sheet caused; whom that made us ask is another story."""
        names = [type(item.event).__name__ for item in self.journal.history(reference) if item.cause[:5] == "cell:"]
        return [name for name in names if name != "Asked"]

    def reasons(self, reference: str) -> list[str]:
        """Why edits were refused, oldest first."""
        return [str(getattr(item.event, "reason", "")) for item in self.journal.history(reference)
                if type(item.event).__name__ == "EditRefused"]  # fmt: skip

    def message(self, reference: str) -> str:
        return str(self.cell(reference, "message") or "")

    def told(self, reference: str) -> list[tuple[str, str]]:
        """(kind, person) of all notices of the request."""
        return [(row.kind, row.person) for row in self.journal.notices(reference)]

    def alarms(self) -> list[str]:
        """Keys of the alarms to the operator."""
        found = []
        while (deed := self.journal.claim_deed(Lane.MAIL, self.time, timedelta(days=1))) is not None:
            found += [deed.params["key"]] if deed.kind == "alarm" else []
        return found

    def agrees(self) -> None:
        """Every cell of ours in the sheet is what the journal says."""
        assert self.sync.differences() == []
        for reference in self.registry.inner.read().rows:
            request = self.journal.request(reference)
            if request is not None:
                assert self.cell(reference, "status") == words(self._language).status(request.shown_status), reference
