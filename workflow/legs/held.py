"""A leg that works on something only one daemon may hold (a mailbox, a registry): it works while it holds the lease.

Each transaction of the leg proves the lease's epoch before it begins, so whoever slept past his lease writes nothing.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from workflow.core.deeds import Lane
from workflow.journal import Journal
from workflow.journal.errors import LeaseLost, is_unavailable
from workflow.journal.leases import Hold, resting_on
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
                return self.leg.work_once()
        except LeaseLost as error:
            log.warning("%s: %s", self.name, error)
            self.hold = None
            self.leg.close()
            raise StandingBy(self.what, "another daemon") from error
        except Exception as error:
            self._left_behind = self._left_behind or is_unavailable(error)
            raise

    def _free_lane(self) -> None:
        """What the holder before us had in hand, or we ourselves when the database went away, need not wait for its own
        lease to end."""
        if self._left_behind and self.lane is not None:
            self.journal.free_lane(self.lane, self.registry)
        self._left_behind = False

    def _taken(self) -> Hold:
        hold = self.hold = self.journal.take_lease(self.what, self.holder, self.span)
        if hold is None:
            raise StandingBy(self.what, self.journal.holders().get(self.what, "another daemon"))
        log.info("%s: holds %s", self.name, self.what)
        self._left_behind = True
        return hold

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
