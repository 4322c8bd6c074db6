"""Where the crash stories are told: an installation that can be copied, put back, and told of what it holds.

The journal is a SQLite file or a database on PostgreSQL; the registry workbooks in a folder or a spreadsheet on the
local server that stands for Google.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text as sql

from helpers.postgres import shared_server
from helpers.realmail import RealMail
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer
from helpers.smtp import Received
from stories.stage import Stage, complete_form
from tests.crash.outside import AtGoogle
from tests.crash.state import State, state_of
from workflow.core.model import Request
from workflow.journal.engine import open_engine
from workflow.registry_sync.columns import layout
from workflow.words import words

NOON = time(12)
MOSCOW = ZoneInfo("Europe/Moscow")
KEPT = ("var", "materials")
RUN, VERIFY = ("run", "--once"), ("verify",)
AMOUNTS = {"A": "12 000,50", "B": "21 500,00", "C": "33 000,00", "D": "44 100,00", "E": "55 250,75", "F": "6 600,00",
           "G": "7 700,00", "H": "600 000,00", "I": "700 000,00"}  # fmt: skip


@dataclass
class CrashStage(Stage):
    """A stage whose clock stands still while people act, so that every telling of the story has the same times."""

    base: datetime = field(default_factory=lambda: datetime.combine(datetime.now(MOSCOW), NOON, MOSCOW))

    def settle(self, old: str, new: str) -> None:
        """Another text in the settings."""
        settings = self.settings_file.read_text(encoding="utf-8")
        assert old in settings, old
        self.settings_file.write_text(settings.replace(old, new), encoding="utf-8")

    def now(self) -> datetime:
        return self.base + self.offset

    def form(self, letter: str) -> str:
        """The form of one request of the story, each with its own sum and invoice."""
        form = complete_form(self.now()).replace("12 000,50", AMOUNTS[letter])
        return form.replace("№ 118", f"№ 118-{letter}")

    def number(self, letter: str) -> str:
        """The reference of a request, found by its subject's letter."""
        return self.found(letter).reference

    def found(self, letter: str) -> Request:
        """The request of the story as the journal has it now."""
        wiring = self.wiring()
        try:
            return next(r for r in wiring.journal.requests() if r.value("invoice_number") == f"118-{letter}")
        finally:
            wiring.journal.engine.dispose()

    def last(self, person: str, letter: str) -> EmailMessage:
        """The newest mail to a person about a request of the story."""
        tag = f"[{self.number(letter)}"
        return [message for message in self.inbox(person) if tag in str(message["Subject"])][-1]

    def folder_of(self, letter: str) -> Path:
        request = self.found(letter)
        return self.folder / "materials" / request.folder / request.reference

    def answer_all(self, person: str, word: str, text: str) -> None:
        """To every mail whose subject says this and that was not answered before."""
        for message in self.inbox(person):
            key = str(message["Message-ID"])
            if word in str(message["Subject"]) and key not in self.answered:
                self.answered.add(key)
                self.answer(person, message, text)

    answered: set[str] = field(default_factory=set)

    # --- copies -----------------------------------------------------------------------------------------------------

    def keep(self, place: Path) -> None:
        """A copy of all that the program writes."""
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for part in (*KEPT, *(path.name for path in self.folder.glob("*.xlsx"))):
            _copy(self.folder / part, place / part)

    def put_back(self, place: Path) -> None:
        for path in (*(self.folder / part for part in KEPT), *self.folder.glob("*.xlsx")):
            _remove(path)
        for extra in self.folder.glob(".countersign-*.tmp"):
            extra.unlink()
        for path in place.iterdir():
            _copy(path, self.folder / path.name)

    def killed(self) -> None:
        """What passes between a kill and the next start."""

    def state(self) -> State:
        return state_of(self.folder, sent(self))

    def close(self) -> None:
        """The story is over."""


@dataclass
class PostgresStage(CrashStage):
    """The journal lies on PostgreSQL, once `move_in` was called or from the start."""

    database: str = ""
    copies: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.move_in()

    def move_in(self) -> None:
        """The settings name an empty database."""
        self.database = shared_server().database()
        self.settle("sqlite:///var/journal.db", self.database)

    def killed(self) -> None:
        """Time enough for what a dead daemon held to be free."""
        if not self.database:
            return
        engine = open_engine(self.database)
        with engine.begin() as connection:
            if connection.execute(sql("SELECT to_regclass('leases')")).scalar():
                ended = {"then": "2000-01-01T00:00:00.000000Z"}
                connection.execute(sql("UPDATE leases SET until = :then"), ended)
                held = "state IN ('leased', 'sending')"
                connection.execute(sql(f"UPDATE deeds SET lease_until = :then WHERE {held}"), ended)
        engine.dispose()

    def keep(self, place: Path) -> None:
        super().keep(place)
        if self.database:
            self._drop(self.copies.get(place))
            self.copies[place] = shared_server().database(_name(self.database))

    def put_back(self, place: Path) -> None:
        super().put_back(place)
        if self.database:
            self._drop(self.database)
            shared_server().sql(f"CREATE DATABASE {_name(self.database)} TEMPLATE {_name(self.copies[place])}")

    def state(self) -> State:
        return state_of(self.folder, sent(self), journal_url=self.database)

    def close(self) -> None:
        for url in (self.database, *self.copies.values()):
            self._drop(url)

    @staticmethod
    def _drop(url: str | None) -> None:
        if url:
            shared_server().sql(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")


@dataclass
class GoogleStage(CrashStage):
    """The registry is a spreadsheet and the materials are a folder on a shared drive."""

    google: SheetsServer = field(default_factory=SheetsServer)
    copies: dict[Path, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.google.start()
        self.google.key_file(self.folder)
        self.settle('kind = "excel"\npath = "registry.xlsx"\n',
                    f'kind = "google"\nspreadsheet = "{self.google.spreadsheet.id}"\n'
                    f'credentials_file = "google.json"\nendpoint = "{self.google.url}"\n')  # fmt: skip
        self.settle('path = "materials"', f'kind = "drive"\ndrive_folder = "{self.google.drive.root}"')

    def edit(self, values: dict[str, object], reference: str = "") -> None:
        sheet = layout("Реестр", "ru", words)
        keys = {sheet.title(column.key): column.key for column in sheet.columns}
        person = AtSpreadsheet(self.google, sheet)
        for title, value in values.items():
            person.type_in(reference, keys[title], value)  # type: ignore[arg-type]

    def keep(self, place: Path) -> None:
        super().keep(place)
        server, memo = self.google, {id(self.google.drive._numbers): self.google.drive._numbers}
        parts = {"spreadsheet": server.spreadsheet, "drive": server.drive, "version": server.version,
                 "editor": server.editor}  # fmt: skip
        self.copies[place] = copy.deepcopy(parts, memo)

    def put_back(self, place: Path) -> None:
        super().put_back(place)
        kept = self.copies[place]
        numbers = kept["drive"]._numbers
        for name, value in copy.deepcopy(kept, {id(numbers): numbers}).items():
            setattr(self.google, name, value)

    def state(self) -> State:
        return state_of(self.folder, sent(self), outside=AtGoogle(self.google))

    def close(self) -> None:
        self.google.stop()


# --- stories --------------------------------------------------------------------------------------------------------

Command = Sequence[str]


@dataclass(frozen=True)
class Act:
    """What people do, and what is run then: the first command is killed at each of its boundaries, after which all are
    given once more. `meanwhile` is what somebody tries before that, whatever comes of it."""

    people: Callable[[Any], None]
    commands: Sequence[Command] = (RUN, VERIFY)
    meanwhile: Command | None = None

    @property
    def name(self) -> str:
        return self.people.__name__


@dataclass(frozen=True)
class Story:
    """Acts in their order, and the house in which they are played."""

    name: str
    house: Callable[[Path, RealMail], CrashStage]
    acts: Sequence[Act]


def acts(*people: Callable[[Any], None] | Act) -> list[Act]:
    """After each of these the daemon runs once and the record is verified."""
    return [one if isinstance(one, Act) else Act(one) for one in people]


def sent(stage: Stage) -> list[Received]:
    """What the program itself sent."""
    return [one for one in stage.mail.received if one.sender.startswith("payments")]


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
