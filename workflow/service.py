"""The one door in: every order from a letter, a cell, the clock or the operator is decided here, once.

Load, decide, record: one transaction for cause, events, new state and deeds. Nobody else appends events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from workflow.core.commands import Command, CorrectContractor, Open
from workflow.core.corrections import correct_card
from workflow.core.decide import decide
from workflow.core.deeds import Deed, Lane, addressed, deeds_of
from workflow.core.model import Reference
from workflow.core.outcome import Accepted
from workflow.core.policy import Policy
from workflow.journal import Cause, Journal, Result
from workflow.journal.postgres import repeated
from workflow.journal.queue import Caps, GivenUp

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

    @repeated
    def handle(
        self, command: Command, cause: Cause, reference: Reference | None = None, also: Sequence[Deed] = (),
        without: frozenset[str] = frozenset(), given_up: GivenUp | None = None,
    ) -> Result:  # fmt: skip
        """Decide on one order and record cause, events and deeds in one commit: with `also` (what its letter asks for)
        and without notices of the kinds in `without` to who gave the order (one receipt tells of several). `given_up`
        is the deed whose end the order tells of: both or neither."""
        now = self.now()
        with self.journal.page(cause) as page:
            if given_up is not None:
                page.give_up(given_up)
            before_us = page.answered()
            if before_us is not None:
                return before_us
            request = page.load(reference) if reference else None
            if isinstance(command, Open):
                year = now.astimezone(ZoneInfo(self.policy.timezone)).year
                reference = command.reference or page.next_reference(year)
            outcome = decide(request, command, self.policy, now, page.ledger)
            after = page.record(reference, request, outcome, command.by, now, self.policy.registry_of)
            deeds = deeds_of(request, after, outcome.events, command.by, self.policy) if after else []
            deeds = [deed for deed in deeds if deed.kind not in without or deed.person != command.by]
            deeds = addressed(deeds, page.registries) + list(also)
            result = page.close(reference, outcome, deeds, after, now, self.caps)
        self._wake_for(deeds)
        return result

    @repeated
    def correct_contractor(self, command: CorrectContractor, cause: Cause) -> Result:
        """Decide on an accountant's correction of a card and record it in the card's own chain, in one commit."""
        now = self.now()
        with self.journal.card_page(cause) as page:
            before_us = page.answered()
            if before_us is not None:
                return before_us
            card = page.load(command.key)
            event, reason = correct_card(card, command)
            return page.close(card, event, reason, now)

    @repeated
    def note_letter(self, cause: Cause, deeds: Sequence[Deed] = (), about: Reference | None = None) -> Result:
        """Record a letter that gives no order, with the answers it gets (`about` a request, when it names one)."""
        now = self.now()
        with self.journal.page(cause) as page:
            before_us = page.answered()
            if before_us is not None:
                return before_us
            request = page.load(about) if about else None
            result = page.close(about, Accepted(()), deeds, request, now, self.caps)
        self._wake_for(deeds)
        return result

    def ask_again(self, reference: Reference, deeds: Sequence[Deed], cause: Cause) -> Result:
        """Put open questions once more, about the card as it stands now; the same cause asks only once."""
        return self.note_letter(cause, deeds, reference)

    def add_deeds(self, deeds: Sequence[Deed], reference: Reference | None = None) -> None:
        """Queue reports and alarms that no order causes; a row without a registry is for the one it stands in."""
        if any(deed.lane is Lane.REGISTRY and not deed.registry for deed in deeds) and reference is not None:
            deeds = addressed(deeds, {home.registry for home in self.journal.homes([reference]).values()})
        self.journal.add_alone(reference, deeds, self.now(), self.caps)
        self._wake_for(deeds)

    def give_up(self, given_up: GivenUp, deeds: Sequence[Deed] = ()) -> None:
        """The end of a deed that will not be done, and what is told of it: both or neither."""
        self.journal.add_alone(None, deeds, self.now(), self.caps, given_up)
        self._wake_for(deeds)

    def _wake_for(self, deeds: Sequence[Deed]) -> None:
        for lane in dict.fromkeys(deed.lane for deed in deeds):
            self.wake(lane)
