"""One installation in the simulated world: the real parts, wired as the program wires them, over made-up outsides.

A process is built anew from the journal at each start; what outlives it is the journal's file, the folders, the sheet,
the mail servers and the clock.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any, cast

from typer import Exit

from config.settings import RegistrySettings, Settings
from documents.errors import DocumentsError
from mailer.inbox import Inbox
from mailer.render import Renderer
from mailer.smtp import Outgoing
from sheets.errors import RegistryLocked
from sheets.memory import MemoryRegistry
from sheets.model import Layout
from tests.sim.book import Shelf, SimTable
from tests.sim.disk import Disk
from tests.sim.fate import Crash, Fate, Process, Task, injected, is_injected
from tests.sim.kept import START, blank_journal, engine_for, renderer
from tests.sim.plan import Plan, settings_of
from tests.sim.servers import Mailbox, Server, SimInbox, SimOutgoing
from workflow.cli.running import begin
from workflow.daemon import NOTED_EVERY, _record_failure
from workflow.journal import Journal
from workflow.legs.base import Leg, StandingBy
from workflow.legs.clock import ClockLeg
from workflow.legs.held import HeldLeg
from workflow.legs.inbox import InboxLeg
from workflow.legs.mail import MailLeg
from workflow.registry_sync.columns import layout
from workflow.wiring import Wiring
from workflow.words import words

MOST_WORK = 500
"""So many pieces of work at one time no leg can have."""


def within(leg: Leg) -> Leg:
    """The leg itself, where it works only while it holds something."""
    return leg.leg if isinstance(leg, HeldLeg) else leg


@dataclass
class Daemon:
    """A process with its legs, and what each is in the middle of."""

    process: Process
    wiring: SimWiring
    legs: dict[str, Leg]
    tasks: dict[str, Task] = field(default_factory=dict)
    noted: dict[str, datetime] = field(default_factory=dict)


class SharedJournal(Journal):
    """One on which several daemons work, as on PostgreSQL."""

    @property
    def shared(self) -> bool:
        return True


class SimWiring(Wiring):
    """The program's own wiring, with the registry of the simulation and templates that are kept."""

    shelf: Shelf
    fate: Fate
    process: Process
    commits: Callable[[Process, Callable[[], None]], None]

    @cached_property
    def journal(self) -> Journal:
        """On an engine that is kept from start to start, for what it has compiled; its connections are not."""
        kind = SharedJournal if self.process.many else Journal
        return kind(engine_for(self.process, self.commits), domain="example.test", prefix="PAY")

    def _spreadsheet(self, section: RegistrySettings, plan: Layout, poll: timedelta) -> Any:
        """The sheet of contractors beside it."""
        sheet = self.shelf.beside.setdefault(plan.worksheet, MemoryRegistry(plan))
        return SimTable(sheet, self.fate, self.process, self.journal.prove_hold)

    def _registry(self, section: RegistrySettings, plan: Layout) -> Any:
        return self.shelf.table(section, plan, self.fate, self.process, self.journal.prove_hold)

    @cached_property
    def renderer(self) -> Renderer:
        return renderer()


class House:
    """The installation and the world around it."""

    def __init__(self, folder: Path, plan: Plan, fate: Fate) -> None:
        self.folder, self.plan, self.fate = folder, plan, fate
        self.time = START
        self.mailbox, self.server, self.disk = Mailbox(), Server(), Disk(fate)
        self.settings = self._settings()
        sections = self.settings.registries
        self.shelf = Shelf({one.name: layout(one.worksheet, plan.language, words) for one in sections})
        self.faults: list[str] = []
        self.starts = 0
        self.journal_down = False
        (folder / "journal.db").write_bytes(blank_journal())
        self.daemons: list[Daemon] = []

    def _settings(self) -> Settings:
        settings, folder = settings_of(self.plan), self.folder
        books = tuple(
            one.model_copy(update={"path": folder / f"{one.name}.xlsx"}) for one in settings.registries
        )  # fmt: skip
        materials = settings.materials.model_copy(update={"path": folder / "materials"})
        return settings.model_copy(update={
            "data_dir": folder / "var", "journal": f"sqlite:///{folder / 'journal.db'}", "registries": books,
            "materials": materials,
        })  # fmt: skip

    def now(self) -> datetime:
        return self.time

    def pass_time(self, time: timedelta) -> None:
        self.time += time

    # --- processes --------------------------------------------------------------------------------------------------

    def open(self) -> None:
        for number in range(self.plan.daemons):
            self.daemons.append(self._started(number))

    def stop(self) -> None:
        """Every process ends; nothing runs."""
        for daemon in self.daemons:
            self._bury(daemon)
        self.daemons.clear()

    def _started(self, number: int) -> Daemon:
        """A start, tried until it succeeds: the service manager would do the same."""
        for _ in range(50):
            process, wiring = self.process(number)
            try:
                return self.fate.direct(process, partial(self.begun, number, process, wiring))
            except Exit as error:
                if not (self.disk.full or self.journal_down):
                    self.faults.append(f"a start ended with {error.exit_code}")
            except Crash:
                pass  # and the next start is not better off than after any other end
            except Exception as error:
                if not is_injected(error):
                    raise
            self.end(process, wiring)
            if self.disk.full or self.journal_down:
                self.disk.full = self.journal_down = False  # somebody mends it, or it would never start
        raise AssertionError("it never starts")

    def process(self, number: int) -> tuple[Process, SimWiring]:
        """A new one, with its parts."""
        self.starts += 1
        process = Process("AB"[number], self.starts, many=self.plan.daemons > 1)
        wiring = SimWiring(self.settings, self.now)
        wiring.shelf, wiring.fate, wiring.process, wiring.commits = self.shelf, self.fate, process, self._commit
        return process, wiring

    def begun(self, number: int, process: Process, wiring: SimWiring) -> Daemon:
        begin(wiring)
        legs = {leg.name: leg for leg in wiring.legs()}
        for leg in map(within, legs.values()):
            if isinstance(leg, InboxLeg):
                leg.inbox = cast(Inbox, SimInbox(self.mailbox, self.fate, process))
            if isinstance(leg, MailLeg):
                leg.outgoing = cast(Outgoing, SimOutgoing(self.server, self.fate, process, self.now))
        return Daemon(process, wiring, legs)

    def keep_leases(self, number: int) -> None:
        """What the thread does that keeps a daemon's leases."""
        daemon = self.daemons[number]
        holds = [hold for leg in daemon.legs.values() if (hold := getattr(leg, "hold", None)) is not None]
        try:
            span = self.settings.daemon.lease
            self.fate.direct(daemon.process, lambda: daemon.wiring.journal.keep_leases(holds, span))
        except Crash:
            self.crash(number)
        except Exception as error:
            if not is_injected(error):
                raise

    def crash(self, number: int) -> None:
        """The process is killed where it stands, and a new one is started."""
        self._bury(self.daemons[number])
        self.daemons[number] = self._started(number)

    def _bury(self, daemon: Daemon) -> None:
        daemon.process.dead = True
        for task in daemon.tasks.values():
            while not task.done:
                self.fate.resume(task)
        daemon.tasks.clear()
        self.end(daemon.process, daemon.wiring)

    @staticmethod
    def end(process: Process, wiring: SimWiring) -> None:
        process.dead = True
        wiring.journal.engine.dispose()

    def close(self) -> None:
        self.stop()

    # --- turns ------------------------------------------------------------------------------------------------------

    def turn(self, number: int, name: str) -> None:
        """Let one leg do one piece, or go on with the piece it has in hand."""
        daemon = self.daemons[number]
        task = daemon.tasks.pop(name, None)
        if task is None and not self.fate.sway:
            self._alone(number, daemon, name)
            return
        if task is None:
            task = Task(daemon.process, name, lambda: self._work(daemon, name))
        self.fate.resume(task)
        if daemon.process.dead:
            daemon.tasks[name] = task
            self.crash(number)
        elif not task.done:
            daemon.tasks[name] = task

    def _alone(self, number: int, daemon: Daemon, name: str) -> None:
        """Nobody comes between."""
        try:
            self.fate.direct(daemon.process, lambda: self._work(daemon, name))
        except Crash:
            self.crash(number)

    def work_off(self, number: int, name: str) -> None:
        """Let one leg work until it has nothing more to do, in peace."""
        while name in self.daemons[number].tasks:
            self.turn(number, name)
        for _ in range(MOST_WORK):
            daemon = self.daemons[number]
            try:
                if not self.fate.direct(daemon.process, partial(self._work, daemon, name)):
                    return
            except Crash:
                self.crash(number)
        self.faults.append(f"the {name} leg finds ever more to do")

    def _work(self, daemon: Daemon, name: str) -> bool:
        """As the daemon's loop does it; whether there may be more."""
        leg, journal = daemon.legs[name], daemon.wiring.journal
        try:
            if isinstance(leg, ClockLeg) and (self.fate.calm or self.fate.dice.random() < 0.4):
                leg.run_calendar()
            more = leg.work_once()
            noted = daemon.noted.get(name)
            if noted is None or self.now() - noted > NOTED_EVERY:
                journal.leg_succeeded(name, self.now())
                daemon.noted[name] = self.now()
            return more
        except StandingBy:
            daemon.noted.pop(name, None)
            return False
        except Exception as error:
            daemon.noted.pop(name, None)
            if not (is_injected(error) or isinstance(error, RegistryLocked) or self._is_race(error)):
                self.faults.append(f"the {name} leg failed: {type(error).__name__}: {error}")
                logging.getLogger("countersign.sim").exception("%s failed", name, exc_info=error)
            _record_failure(journal, leg, error, self.now())
            return False

    def _is_race(self, error: Exception) -> bool:
        """Two daemons that file the same page at once: one of them is told so, and comes again."""
        return self.plan.daemons > 1 and isinstance(error, DocumentsError) and not error.permanent

    # --- the journal ------------------------------------------------------------------------------------------------

    def _commit(self, process: Process, commit: Callable[[], None]) -> None:
        """A commit may fail, or be done and not be heard of; and the process may end on either side of it."""
        fate = self.fate
        fate.alive(process)
        if self.disk.full or self.journal_down:
            raise injected(sqlite3.OperationalError("database or disk is full"))
        failures = (lambda: sqlite3.OperationalError("database is locked"),)
        if fate.strikes():
            fate.crash_or_fail(process, "before commit", failures)
        commit()
        process.writing = 0
        if fate.strikes():
            fate.crash_or_fail(process, "after commit", failures)
        fate.sway_at(process, "after commit")
