"""`run` and `run --once`: the daemon, alone on its installation, ended politely."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from documents.errors import DocumentsError
from workflow.cli.common import NO, Session, plain_errors, stop
from workflow.daemon import Daemon, run_once
from workflow.legs.base import Leg
from workflow.legs.clock import ClockLeg
from workflow.oldcopy import NEXT, open_registries, refuse_old_copy
from workflow.registry_sync.reading import OldJournal
from workflow.wiring import Wiring

log = logging.getLogger("countersign.daemon")
READ_AT_ONCE = 2
"""Files of letters that are read while others are carried out."""
OTHER_DAEMON = (
    "Another daemon runs on this installation or on its journal, so this one does not start. "
    "Stop the other one first if it should not run."
)


def run_daemon(session: Session, once: bool) -> None:
    wiring = session.wiring
    with _place(session):
        session.open_journal()
        with plain_errors():
            begin(wiring)
            with wiring.sharing.at_work():
                _run_once(wiring) if once else _run(wiring)


@contextmanager
def _place(session: Session) -> Iterator[None]:
    """On SQLite one daemon runs on an installation; on PostgreSQL any number, which share the work by leases."""
    if session.wiring.journal.shared:
        yield
        return
    with session.place_of_one() as alone:
        if not alone:
            stop(NO, OTHER_DAEMON)
        yield


def begin(wiring: Wiring) -> None:
    """Own old leases are free; an old copy of the journal is noticed before anything is read or sent."""
    wiring.journal.free_own_leases(wiring.now())
    with wiring.holding_all() as alone:
        if alone:  # else another daemon is at work on this very journal, and has looked
            _look_for_old_copy(wiring)


def _look_for_old_copy(wiring: Wiring) -> None:
    try:
        refuse_old_copy(wiring)
    except OldJournal as error:
        stop(NO, f"{error} {NEXT}")
    except DocumentsError as error:
        if error.permanent or wiring.drive is None:
            stop(NO, str(error))
        log.warning("%s", error)  # Google cannot be asked now: the folder leg says so itself
        _open_registries(wiring)


def _open_registries(wiring: Wiring) -> None:
    try:
        open_registries(wiring)
    except OldJournal as error:
        stop(NO, f"{error} {NEXT}")


def _run_once(wiring: Wiring) -> None:
    stopping = threading.Event()
    wiring.stopping = stopping.is_set
    stop_on_signals(stopping.set)
    troubles = work_through(wiring)
    if troubles:
        stop(NO, "\n".join(troubles))


def work_through(wiring: Wiring) -> list[str]:
    """Everything there is to do now, calendar jobs included; the troubles of legs that could not work."""
    legs = wiring.legs()
    for leg in legs:
        if isinstance(leg, ClockLeg):
            leg.run_calendar()
    troubles = run_once(legs, wiring.journal, wiring.now, wiring.stopping)
    if wiring.watch.look(wiring.now()):
        troubles = run_once(wiring.legs(), wiring.journal, wiring.now, wiring.stopping)
    return troubles


def _run(wiring: Wiring) -> None:
    daemon = prepare_daemon(wiring)
    stop_on_signals(daemon.stop)
    log.info("started: %s", wiring.settings.mailbox.address)
    wiring.sharing.stop = daemon.stop
    with web_pages(wiring):
        daemon.run()
    log.info("stopped")
    if wiring.sharing.must_stop:
        stop(NO, wiring.sharing.must_stop)


def stop_on_signals(stop: Callable[[], None]) -> None:
    """The first SIGTERM or SIGINT stops, a second one changes nothing: it may come while the first is being obeyed, and
    the same thread would wait for ever for an event that it is just setting."""
    asked = False

    def obey(*_: object) -> None:
        nonlocal asked
        if not asked:
            asked = True
            stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, obey)


def wake_all(legs: Sequence[Leg]) -> None:
    for leg in legs:
        leg.wake()


@contextmanager
def web_pages(wiring: Wiring) -> Iterator[None]:
    """The local pages for monitors, where the settings name a port."""
    listen = wiring.settings.health.listen
    if listen is None:
        yield
        return
    from workflow.health.web import Pages, Web

    web = Web(*listen, Pages(wiring.report, wiring.now))
    web.start()
    try:
        yield
    finally:
        web.stop()


def prepare_daemon(wiring: Wiring) -> Daemon:
    """The daemon of an installation; whatever is decided wakes the leg that has to do with it."""
    stopping = threading.Event()
    wiring.stopping = stopping.is_set
    wiring.threads_ahead = READ_AT_ONCE
    legs = wiring.legs()

    def wake(lane: str) -> None:
        """One lane may have several legs, as many as there are registries."""
        found = [leg for leg in legs if leg.name.partition(":")[0] == lane]
        wake_all(found or legs)

    wiring.service.wake = lambda lane: wake(lane.value)
    wiring.sharing.missed = lambda: wake_all(legs)
    wiring.sharing.heard = wake
    poll = wiring.sharing.poll(wiring.settings.mailbox.poll)
    return Daemon(legs, wiring.journal, wiring.now, poll.total_seconds(), stopping)
