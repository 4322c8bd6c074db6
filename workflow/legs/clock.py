"""The clock leg: what is due stands in the journal; `schedule` only says when to look.

Every calendar job is wrapped: an exception in one would otherwise keep it due and starve the jobs behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import schedule

from workflow.core.commands import AnnouncePayment, Command, Reroute
from workflow.core.deeds import Deed, Lane
from workflow.core.model import AskKind, Request, Status
from workflow.core.outcome import OPERATOR
from workflow.journal import Cause, Claimed, Journal
from workflow.journal.agreements import OLD_AGREEMENTS
from workflow.journal.errors import first_line
from workflow.legs.base import LEASE, Owed, crashed_too_often, is_out_of_order, postpone_or_bury
from workflow.legs.bell import Bell
from workflow.letters import LetterStore
from workflow.morning import last_morning, morning_list
from workflow.reminders import due_reminders
from workflow.service import Service

log = logging.getLogger("countersign.clock")
KEEP_IGNORED = timedelta(days=90)
DIGEST = "digest"


@dataclass(slots=True)
class ClockLeg:
    """Due jobs of the journal, and the calendar: morning lists, anchors, clearing up."""

    service: Service
    store: LetterStore
    registries: tuple[str, ...]
    again: Callable[[str], None]
    morning: time = time(9)
    digests: Mapping[str, time] = field(default_factory=dict)
    watch: Callable[[], object] = lambda: None
    """Looks whether all is well, and tells those who must know."""
    probe: Callable[[], object] = lambda: None
    """Sends the daily letter to ourselves when it is due."""
    name: str = "clock"
    bell: Bell = field(default_factory=Bell)
    lease: timedelta = LEASE
    calendar: schedule.Scheduler = field(default_factory=schedule.Scheduler)

    _owed: Owed = field(init=False)

    def __post_init__(self) -> None:
        self._owed = Owed(self.service.journal)
        for job in (*self._jobs, self.watch):
            self.calendar.every(1).minutes.do(wrapped(job))

    @property
    def _jobs(self) -> tuple[Callable[[], object], ...]:
        return (self.morning_list, self.daily_digests, self.reminders, self.probe, self.anchor, self.clear_up)

    @property
    def journal(self) -> Journal:
        return self.service.journal

    def work_once(self) -> bool:
        """One due job of the journal; with none, whatever the calendar says."""
        try:
            self._owed.give_back()
            deed = self.journal.claim_deed(Lane.CLOCK, self.service.now(), self.lease)
        except Exception:
            self.calendar.run_pending()  # whoever watches over disk and database must not depend on them
            raise
        if deed is None:
            self.calendar.run_pending()
            return False
        with self._owed.unless_done(deed):
            self._do(deed)
        return True

    def _do(self, deed: Claimed) -> None:
        if crashed_too_often(self.service, self.service.policy.operators, deed):
            return
        try:
            self._perform(deed)
            self.journal.settle([deed], self.service.now())
        except Exception as error:  # our fault costs one job, not the clock
            if is_out_of_order(error):
                raise
            log.exception("job %s (%s %s) failed", deed.id, deed.kind, deed.reference)
            postpone_or_bury(self.service, self.service.policy.operators, deed, error)

    def _perform(self, deed: Claimed) -> None:
        if deed.kind == "announce":
            command: Command = AnnouncePayment("clock", deed.params["at"])
            self.service.handle(command, Cause(f"clock:{deed.id}"), deed.reference)
        elif deed.kind == "reroute":
            params = deed.params
            command = Reroute(OPERATOR, params["to"], params["reason"], params.get("instead_of"))
            self.service.handle(command, Cause(f"operator:{deed.id}"), deed.reference)
        elif deed.kind == "read_again":
            self.again(deed.params["key"])
        else:
            raise ValueError(f"no such job: {deed.kind}")

    # --- the calendar -----------------------------------------------------------------------------------------------

    def run_calendar(self) -> None:
        """Every calendar job now (`run --once`); each knows whether it has been done. The watch is left out: before the
        legs have worked everything would be late."""
        for job in self._jobs:
            wrapped(job)()

    def morning_list(self) -> None:
        """Accounting's list once a working day, when it is wanted and when there is something in it."""
        now, policy = self.service.now(), self.service.policy
        zone = ZoneInfo(policy.timezone)
        local = now.astimezone(zone)
        today = local.date()
        wanted = policy.accounting == "morning" or policy.morning_mail
        if not wanted or local.time() < self.morning or not policy.calendar.is_working(today):
            return
        last = self.journal.note("morning") or ""
        if last[:10] == today.isoformat():
            return
        since = datetime.fromisoformat(last) if last else last_morning(today, self.morning, policy.calendar, zone)
        rows = morning_list(self.journal.find(statuses=[Status.APPROVED.value]), today, since, policy.calendar)
        if rows is not None:
            self.service.add_deeds([
                Deed(Lane.MAIL, "morning", person, rows, once=f"morning:{today}:{person}")
                for person in policy.accountants
            ])  # fmt: skip
        self.journal.set_note("morning", local.isoformat())

    def daily_digests(self) -> None:
        """Each approver who wants one: everything that waits for him, as numbered lines with the version they show."""
        now = self.service.now()
        local = now.astimezone(ZoneInfo(self.service.policy.timezone))
        due = [person for person, at in self.digests.items() if local.time() >= at]
        due = [person for person in due if self.journal.note(f"digest:{person}") != local.date().isoformat()]
        if not due:
            return
        waiting = list(self.journal.find(statuses=[Status.AWAITING.value]))
        for person in due:
            lines = digest_lines(waiting, person)
            if lines:
                params = {"day": local.date().isoformat(), "lines": lines, "ask": DIGEST}
                deed = Deed(Lane.MAIL, "digest", person, params, once=f"digest:{local.date()}:{person}")
                self.service.add_deeds([deed])
            self.journal.set_note(f"digest:{person}", local.date().isoformat())

    def reminders(self) -> None:
        """Once a working day: questions that have been open for too long are put again."""
        now, policy = self.service.now(), self.service.policy
        local = now.astimezone(ZoneInfo(policy.timezone))
        today = local.date()
        if not policy.remind_after or local.time() < self.morning or not policy.calendar.is_working(today):
            return
        for request, deeds in due_reminders(self.journal.find(statuses=[Status.AWAITING.value]), now, policy):
            self.service.ask_again(request.reference, deeds, Cause(f"remind:{request.reference}:{today}"))

    def anchor(self) -> None:
        """Once a day a hash over all chains that moved."""
        today = self.service.now().date().isoformat()
        if self.journal.note("anchored") != today:
            self.journal.anchor(self.service.now())
            self.journal.set_note("anchored", today)

    def clear_up(self) -> None:
        """Bytes of ignored letters go after 90 days, old agreements after 30; key and reason stay."""
        now = self.service.now()
        today = now.date().isoformat()
        if self.journal.note("cleared") == today:
            return
        for row in self.journal.letters_to_erase(now - KEEP_IGNORED):
            self.store.erase(row.path)
            self.journal.forget_bytes(row.key)
        for registry in self.registries:
            self.journal.forget_agreements(registry, now - OLD_AGREEMENTS)
        self.journal.set_note("cleared", today)

    def wait(self, seconds: float) -> None:
        self.bell.wait(min(seconds, 1.0))

    def wake(self) -> None:
        self.bell.ring()

    def close(self) -> None:
        self.calendar.clear()


def wrapped(job: Callable[[], object]) -> Callable[[], None]:
    """A job whose failure is logged and forgotten until its next turn."""

    def run() -> None:
        try:
            job()
        except Exception as error:  # the scheduler must go on
            name = getattr(job, "__name__", job)
            if is_out_of_order(error):
                log.warning("the calendar job %s waits: %s", name, first_line(error))
            else:
                log.exception("the calendar job %s failed", name)

    return run


def digest_lines(waiting: list[Request], person: str) -> list[list[object]]:
    """[reference, version, step, card hash] of each open ask of a person, by pay-by date."""
    open_asks = [
        (request, ask) for request in waiting for ask in request.open_asks(AskKind.APPROVE)
        if ask.person == person and ask.version == request.version and ask.step == request.step
    ]  # fmt: skip
    ordered = sorted(open_asks, key=lambda pair: (pair[0].value("pay_by"), pair[0].reference))
    return [[request.reference, ask.version, ask.step, request.card_hash] for request, ask in ordered]
