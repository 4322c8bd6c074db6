"""The folders in which somebody may put a payment order, kept in memory and kept up with what stirs in the journal.

A look costs what changed since the last one, not what was paid in two months: only requests that stirred are read from
the journal, and folders of what was paid some time ago are looked at in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from workflow.core.model import Reference, Request, Status
from workflow.journal import Journal

PAYABLE = (Status.APPROVED, Status.PAID)
AFTER_PAYMENT = timedelta(days=60)
"""How long somebody may still put the order of a payment into its folder."""
LATELY = timedelta(days=7)
TURNS = 12
"""What has not stirred lately is looked at each time that so many looks have passed."""
OVERLAP = timedelta(minutes=10)
"""Another daemon's clock may be behind ours, and its commit after our look."""
ANEW = timedelta(hours=1)
"""How often all of it is read again, whatever was missed."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One request's folder, and the name of the order that the accountant gave."""

    reference: Reference
    folder: PurePosixPath
    named: str
    stirred_at: datetime

    def is_due(self, now: datetime, turn: int) -> bool:
        """Lately stirred ones at every look, the others in turn."""
        return now - self.stirred_at < LATELY or int(self.reference.rpartition("-")[2]) % TURNS == turn % TURNS


@dataclass(slots=True)
class WatchedFolders:
    """The folders of approved and lately paid requests."""

    journal: Journal
    _known: dict[Reference, Watched] = field(default_factory=dict)
    _whole: datetime | None = None
    _asked: datetime | None = None
    _turn: int = 0

    def due(self, now: datetime, *, all_of_them: bool) -> Iterator[Watched]:
        """Those to look at now: all of them where that costs nothing, else each in its turn."""
        self._keep_up(now)
        self._turn += 1
        for watched in list(self._known.values()):
            if all_of_them or watched.is_due(now, self._turn):
                yield watched

    def _keep_up(self, now: datetime) -> None:
        if self._whole is None or self._asked is None or not now - ANEW < self._whole <= now:
            self._known, self._whole = {}, now
            found = self.journal.find_recent([status.value for status in PAYABLE], now - AFTER_PAYMENT)
        else:
            since = min(self._asked, now) - OVERLAP
            found = self.journal.find_recent([status.value for status in Status], since)
        for request in found:
            self._note(request)
        self._asked = now

    def _note(self, request: Request) -> None:
        if request.status in PAYABLE and request.folder:
            self._known[request.reference] = Watched(
                request.reference, folder_of(request), _named(request), request.updated_at
            )
        else:
            self._known.pop(request.reference, None)


def folder_of(request: Request) -> PurePosixPath:
    """Where the materials of a request lie; fixed with its first version."""
    return PurePosixPath(request.folder) / request.reference


def _named(request: Request) -> str:
    """What the accountant wrote into the column of the payment order."""
    return request.payments[-1].order if request.payments else request.stated_order
