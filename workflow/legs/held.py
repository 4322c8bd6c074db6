"""A leg that works on something only one daemon may hold (a mailbox, a registry): it works while it holds the lease.

Each transaction of the leg proves the lease's epoch before it begins, so whoever slept past his lease writes nothing.
Whoever holds it and has failed for as long as a lease lasts hands it over: another host may reach what this one cannot.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from sheets.errors import RegistryLocked
from workflow.core.deeds import Lane
from workflow.journal import Journal, NewerSchema
from workflow.journal.errors import LeaseLost, is_unavailable
from workflow.journal.leases import Hold, resting_on
from workflow.journal.schema import refuse_if_incompatible
from workflow.legs.base import Leg, StandingBy
from workflow.legs.bell import Bell

STUCK_AFTER = 600.0
"""A leg that has not come round for so long (a folder that hangs, say) lets its lease run out."""
log = logging.getLogger("countersign.daemon")


@dataclass(slots=True)
class HeldLeg:
    """Another leg, and what it may only work on alone."""

    leg: Leg
    what: str
    journal: Journal
    holder: str
    span: timedelta
    lane: Lane | None = None
    registry: str = ""
    hold: Hold | None = None
    bell: Bell = field(default_factory=Bell)
    name: str = ""
    _round: float = 0.0
    _left_behind: bool = False
    _fails_since: float | None = None

    def __post_init__(self) -> None:
        self.name = self.leg.name

    @property
    def wants_to_keep(self) -> Hold | None:
        """What is to be held on to; asked by the thread that renews leases."""
        return self.hold if time.monotonic() - self._round < STUCK_AFTER else None

    def work_once(self) -> bool:
        """As the leg does; raises `StandingBy` while another daemon holds it."""
        self._round = time.monotonic()
        try:
            hold = self.hold or self._taken()
            with resting_on(hold):
                self._free_lane()
                more = self.leg.work_once()
                self._fails_since = None
                return more
        except LeaseLost as error:
            log.warning("%s: %s", self.name, error)
            self.hold = None
            self.leg.close()
            raise StandingBy(self.what, "another daemon") from error
        except Exception as error:
            self._left_behind = self._left_behind or is_unavailable(error)
            self._failed(error)
            raise

    def _failed(self, error: Exception) -> None:
        """The pause after so many failures is long enough for another daemon to take over; without one we go on."""
        if isinstance(error, StandingBy | RegistryLocked) or is_unavailable(error):
            return
        self._fails_since = self._fails_since or time.monotonic()
        if self.hold is not None and time.monotonic() - self._fails_since > self.span.total_seconds():
            log.warning("%s: another daemon may try: %s", self.name, error)
            self.close()

    def _free_lane(self) -> None:
        """What the holder before us had in hand, or we ourselves when the database went away, need not wait for its own
        lease to end."""
        if self._left_behind and self.lane is not None:
            self.journal.free_lane(self.lane, self.registry)
        self._left_behind = False

    def _taken(self) -> Hold:
        self._leave_it_to_newer_ones()
        hold = self.hold = self.journal.take_lease(self.what, self.holder, self.span)
        if hold is None:
            raise StandingBy(self.what, self.journal.holders().get(self.what, "another daemon"))
        log.info("%s: holds %s", self.name, self.what)
        self._fails_since = None
        self._left_behind = True
        return hold

    def _leave_it_to_newer_ones(self) -> None:
        """An upgrade that we cannot go on beside takes every lease, and we are about to end."""
        try:
            refuse_if_incompatible(self.journal.engine)
        except NewerSchema as error:
            raise StandingBy(self.what, "daemons of a newer version") from error

    def wait(self, seconds: float) -> None:
        self._round = time.monotonic()
        if self.hold is None:
            self.bell.wait(min(seconds, self.span.total_seconds() / 3))
        else:
            self.leg.wait(min(seconds, STUCK_AFTER / 2))

    def wake(self) -> None:
        self.bell.ring()
        if self.hold is not None:
            self.leg.wake()

    def close(self) -> None:
        """Handed over at once: whoever stands by need not wait for the lease's end."""
        self.leg.close()
        hold, self.hold = self.hold, None
        if hold is not None:
            self.journal.give_back_lease(hold)
