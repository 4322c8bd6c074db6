"""The one door in: every order from a letter, a cell, the clock or the operator is decided here, once.

Load, decide, record: one transaction for cause, events, new state and deeds. Nobody else appends events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from workflow.core.commands import Command, Open
from workflow.core.decide import decide
from workflow.core.deeds import Deed, Lane, deeds_of
from workflow.core.model import Reference
from workflow.core.outcome import Accepted
from workflow.core.policy import Policy
from workflow.journal import Cause, Journal, Result
from workflow.journal.queue import Caps

Wake = Callable[[Lane], None]


def _nobody(_lane: Lane) -> None:
    """Nobody waits for deeds (tests, `run --once`)."""


@dataclass(slots=True)
class Service:
    """Decides and records. `wake` tells the legs that there may be something to do."""

    journal: Journal
    policy: Policy
    now: Callable[[], datetime]
    caps: Caps = field(default_factory=Caps)
    wake: Wake = _nobody

    def handle(
        self, command: Command, cause: Cause, reference: Reference | None = None, also: Sequence[Deed] = (),
        without: frozenset[str] = frozenset(),
    ) -> Result:  # fmt: skip
        """Decide on one order and record cause, events and deeds in one commit: with `also` (what its letter asks for)
        and without notices of the kinds in `without` to who gave the order (one receipt tells of several)."""
        now = self.now()
        with self.journal.page(cause) as page:
            before_us = page.answered()
            if before_us is not None:
                return before_us
            request = page.load(reference) if reference else None
            if isinstance(command, Open):
                reference = page.next_reference(now.astimezone(ZoneInfo(self.policy.timezone)).year)
            outcome = decide(request, command, self.policy, now)
            after = page.record(reference, request, outcome, command.by, now)
            deeds = deeds_of(request, after, outcome.events, command.by, self.policy) if after else []
            deeds = [deed for deed in deeds if deed.kind not in without or deed.person != command.by] + list(also)
            result = page.close(reference, outcome, deeds, after, now, self.caps)
        self._wake_for(deeds)
        return result

    def note_letter(self, cause: Cause, deeds: Sequence[Deed] = ()) -> Result:
        """Record a letter that gives no order to a request, with the answers it gets."""
        now = self.now()
        with self.journal.page(cause) as page:
            before_us = page.answered()
            if before_us is not None:
                return before_us
            result = page.close(None, Accepted(()), deeds, None, now, self.caps)
        self._wake_for(deeds)
        return result

    def add_deeds(self, deeds: Sequence[Deed], reference: Reference | None = None) -> None:
        """Queue reports and alarms that no order causes."""
        self.journal.add_alone(reference, deeds, self.now(), self.caps)
        self._wake_for(deeds)

    def _wake_for(self, deeds: Sequence[Deed]) -> None:
        for lane in dict.fromkeys(deed.lane for deed in deeds):
            self.wake(lane)
