"""What a daemon does because it may not be alone: keep its leases, hear what others queued, notice an upgrade.

Only on PostgreSQL. A lost notification costs no more than the poll interval; a lost lease stops only its leg.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from workflow.core.deeds import Lane
from workflow.journal import Journal, JournalError
from workflow.journal.errors import first_line
from workflow.journal.leases import UPGRADED, Hold, channel_of
from workflow.journal.postgres import schema_of
from workflow.journal.schema import refuse_if_incompatible
from workflow.legs.base import LEASE, Leg
from workflow.legs.held import HeldLeg

LOOK_UP = 0.5
LONGEST_PAUSE = 5.0
log = logging.getLogger("countersign.daemon")


def this_daemon() -> str:
    """A name that no other daemon has, and that tells a person where to look."""
    return f"{socket.gethostname()}, process {os.getpid()} ({secrets.token_hex(3)})"


@dataclass(slots=True)
class Sharing:
    """The part of one daemon that knows of the others."""

    journal: Journal
    span: timedelta
    holder: str = field(default_factory=this_daemon)
    heard: Callable[[str], None] = lambda word: None
    """Told each word that another daemon says: a lane with new work, a lease that is free."""
    missed: Callable[[], None] = lambda: None
    """Told that words may have been missed."""
    stop: Callable[[], None] = lambda: None
    must_stop: str = ""
    """Why this daemon may not go on."""
    _held: list[HeldLeg] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _upgraded: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        if self.journal.shared:
            self.journal.daemon = self.holder

    @property
    def leases(self) -> tuple[timedelta, timedelta, timedelta]:
        """How long a notice, a folder and a job are held: beside others no longer than they wait for a dead daemon, for
        each is looked at once more just before the outside is changed, or is safe to repeat."""
        return (self.span * 2, self.span * 5, self.span * 5) if self.journal.shared else (LEASE, LEASE, LEASE)

    @property
    def leads(self) -> bool:
        """Whether this daemon is the one that speaks for all: it holds the mailbox."""
        return not self.journal.shared or any(leg.hold is not None for leg in self._held if leg.name == "inbox")

    def poll(self, usual: timedelta) -> timedelta:
        """How often to look without being told: nobody tells that another daemon's lease has ended."""
        return min(usual, self.span) if self.journal.shared else usual

    def held(self, leg: Leg, what: str, lane: Lane | None = None, registry: str = "") -> Leg:
        """The leg, working only while this daemon holds what it works on; with the lane that is its alone."""
        if not self.journal.shared:
            return leg
        held = HeldLeg(leg, what, self.journal, self.holder, self.span, lane, registry)
        self._held.append(held)
        return held

    @contextmanager
    def holding(self, names: Sequence[str]) -> Iterator[bool]:
        """Whether all of these are free; they are held while the block lasts. On SQLite whoever calls is alone."""
        if not self.journal.shared:
            yield True
            return
        taken = [self.journal.take_lease(name, self.holder, self.span) for name in names]
        holds, over = [hold for hold in taken if hold is not None], threading.Event()
        keeper = threading.Thread(target=self._keep_until, args=(over, holds), daemon=True)
        keeper.start()
        try:
            yield len(holds) == len(taken)
        finally:
            over.set()
            keeper.join()
            for hold in holds:
                self.journal.give_back_lease(hold)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While the block lasts leases are kept and the others are heard."""
        if not self.journal.shared:
            yield
            return
        threads = [threading.Thread(target=work, daemon=True) for work in (self._keep, self._listen)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._upgraded.set()
            for thread in threads:
                thread.join(LOOK_UP * 4)

    def _keep_until(self, over: threading.Event, holds: Sequence[Hold]) -> None:
        """However long the block takes; a program that is killed in it holds them for no longer than a lease."""
        while not over.wait(self.span.total_seconds() / 3):
            try:
                self.journal.keep_leases(holds, self.span)
            except SQLAlchemyError as error:
                log.warning("leases could not be renewed: %s", first_line(error))

    # --- keeping --------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._upgraded.wait(self.span.total_seconds() / 3)
            self._upgraded.clear()
            if self._stopping.is_set():
                return
            try:
                holds = [hold for leg in self._held if (hold := leg.wants_to_keep) is not None]
                self.journal.keep_leases(holds, self.span)
                refuse_if_incompatible(self.journal.engine)
            except JournalError as error:
                self.must_stop = str(error)
                self.stop()
                return
            except Exception as error:  # the legs say what is wrong with the journal; leases end by themselves
                log.warning("leases could not be renewed: %s", first_line(error))

    # --- listening --------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                for word in self._words():
                    failures = 0
                    self._hear(word)
            except Exception as error:  # without it there is still the poll interval
                failures += 1
                log.warning("other daemons cannot be heard: %s", first_line(error))
                self._stopping.wait(min(2.0 ** (failures - 1), LONGEST_PAUSE))

    def _hear(self, word: str) -> None:
        if word == UPGRADED:
            self._upgraded.set()
        else:
            self.heard(word)

    def _words(self) -> Iterator[str]:
        """Every word that is said, until told to stop."""
        with closing(self._connection()) as connection:
            self.missed()  # whatever was said before nobody heard
            while not self._stopping.is_set():
                for notice in connection.notifies(timeout=LOOK_UP):
                    yield from notice.payload.split()

    def _connection(self) -> Any:
        """A connection of its own, outside of the pool, that listens."""
        channel = channel_of(schema_of(self.journal.engine))
        borrowed = self.journal.engine.raw_connection()
        connection: Any = borrowed.driver_connection
        borrowed.detach()
        connection.autocommit = True
        connection.execute(f'LISTEN "{channel}"')
        return connection
