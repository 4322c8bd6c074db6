"""The daemon: five legs, a thread each, one stop flag; and the same legs in turn for `run --once`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from documents.errors import DocumentsError
from mailer.errors import MailerError
from sheets.errors import RegistryError, RegistryLocked
from workflow import systemd
from workflow.journal import Journal
from workflow.journal.errors import first_line, is_unavailable
from workflow.legs.base import FULL_WAIT, LEASE, LONGEST_WAIT, Leg, StandingBy, has_no_room

log = logging.getLogger("countersign.daemon")
OUTSIDE = (MailerError, RegistryError, DocumentsError, OSError)
"""Failures of the world: waited out. Anything else is a fault of ours: logged whole, and waited out as well."""
JOURNAL_WAIT = 5
NOTED_EVERY = timedelta(seconds=60)
HANGS = LONGEST_WAIT + LEASE
"""A leg that has not turned for so long hangs: longer than any pause and all time-outs of one piece of work."""


@dataclass(slots=True)
class Daemon:
    """Runs the legs until it is told to stop; each finishes the piece it has in hand."""

    legs: Sequence[Leg]
    journal: Journal
    now: Callable[[], datetime]
    poll: float = 30.0
    stopping: threading.Event = field(default_factory=threading.Event)
    _turned: dict[str, float] = field(default_factory=dict)
    _watchdog: float | None = field(default_factory=systemd.watchdog_seconds)
    _next_sign: float = 0.0

    def stop(self) -> None:
        """For signal handlers: no new piece is begun, every waiting leg is woken."""
        self.stopping.set()
        systemd.notify("STOPPING=1")
        for leg in self.legs:
            leg.wake()

    def run(self) -> None:
        """Until `stop`."""
        threads = [threading.Thread(target=self._loop, args=(leg,), name=leg.name) for leg in self.legs]
        for thread in threads:
            thread.start()
        systemd.notify("READY=1")
        for thread in threads:
            while thread.is_alive():  # a join without time-out would keep signals from being handled
                thread.join(0.5)
                self._show_life(threads)
        for leg in self.legs:
            leg.close()
        _forget_failures(self.journal, self.now())

    def _show_life(self, threads: Sequence[threading.Thread]) -> None:
        """The service manager hears that we live as long as every leg turns; one that hangs for longer than all its
        time-outs together, or has ended, keeps us silent, and we are started anew."""
        if self.stopping.is_set() or self._watchdog is None or time.monotonic() < self._next_sign:
            return
        oldest = min(self._turned.get(thread.name, 0.0) for thread in threads)
        if all(thread.is_alive() for thread in threads) and time.monotonic() - oldest < HANGS.total_seconds():
            systemd.notify("WATCHDOG=1")
            self._next_sign = time.monotonic() + self._watchdog

    def _loop(self, leg: Leg) -> None:
        noted: datetime | None = None
        failures, said = 0, False
        while not self.stopping.is_set():
            self._turned[leg.name] = time.monotonic()
            try:
                more = leg.work_once()
                if failures or noted is None or self.now() - noted > NOTED_EVERY:
                    noted = self.now()
                    self.journal.leg_succeeded(leg.name, noted)
                failures = 0
                if not more:
                    leg.wait(self.poll)
            except StandingBy as error:  # neither a success nor a failure: whoever holds it says how it goes
                if noted is not None or failures or not said:
                    log.info("%s: stands by. %s", leg.name, error)
                noted, failures, said = None, 0, True
                leg.wait(self.poll)
            except Exception as error:
                failures += 1
                noted = None
                self._failed(leg, error)
                self.stopping.wait(_pause(failures, error))

    def _failed(self, leg: Leg, error: Exception) -> None:
        if is_unavailable(error):
            log.warning("%s: the journal's database cannot be used: %s", leg.name, first_line(error))
        elif isinstance(error, OUTSIDE):
            log.warning("%s: %s", leg.name, error)
        else:
            log.exception("%s failed", leg.name, exc_info=error)
        _record_failure(self.journal, leg, error, self.now())


def _record_failure(journal: Journal, leg: Leg, error: Exception, now: datetime) -> None:
    try:
        journal.leg_failed(leg.name, str(error), now)
    except Exception as unrecorded:  # the journal itself is what fails: the log has it, the next turn tries again
        if not is_unavailable(unrecorded):
            log.exception("%s: its failure could not be recorded", leg.name)


def _forget_failures(journal: Journal, now: datetime) -> None:
    """Whoever has stopped in order fails no more."""
    try:
        journal.forget_failures(now)
    except Exception as unrecorded:
        if not is_unavailable(unrecorded):
            raise


def _pause(failures: int, error: Exception) -> float:
    """One second, doubled each time, a quarter of an hour at most; a locked book is looked at every few seconds, a
    database that is gone soon again, because nothing at all goes on without it, and a full disk once a minute."""
    if isinstance(error, RegistryLocked):
        return 5.0
    if is_unavailable(error):
        return float(min(2 ** (failures - 1), JOURNAL_WAIT))
    longest = FULL_WAIT if has_no_room(error) else LONGEST_WAIT
    return float(min(2 ** min(failures - 1, 10), longest.total_seconds()))


def run_once(
    legs: Sequence[Leg], journal: Journal, now: Callable[[], datetime], stopping: Callable[[], bool]
) -> list[str]:
    """Every leg in turn until none has anything left; the troubles of those that could not work (a book that is
    merely open elsewhere is none)."""
    troubles: dict[str, str] = {}
    resting: set[str] = set()
    worked = True
    while worked and not stopping():
        worked = False
        for leg in legs:
            if leg.name in resting:
                continue
            try:
                while leg.work_once() and not stopping():
                    worked = True
                journal.leg_succeeded(leg.name, now())
            except StandingBy as error:
                resting.add(leg.name)
                worked = True
                troubles[leg.name] = str(error)
            except Exception as error:
                if not isinstance(error, OUTSIDE) and not is_unavailable(error):
                    log.exception("%s failed", leg.name)
                _record_failure(journal, leg, error, now())
                resting.add(leg.name)
                worked = True
                if not isinstance(error, RegistryLocked):
                    troubles[leg.name] = first_line(error) if is_unavailable(error) else str(error)
    for leg in legs:
        leg.close()
    _forget_failures(journal, now())
    return [f"{name}: {words}" for name, words in troubles.items()]
