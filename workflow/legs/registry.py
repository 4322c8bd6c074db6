"""The registry leg: one pass after another, and the right word to the right people when the sheet cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sheets.errors import RegistryChanged, RegistryError, RegistryLocked, RegistryMissing
from workflow.core.deeds import Deed, Lane
from workflow.journal.stamp import unstamp
from workflow.legs.base import alarm
from workflow.legs.bell import Bell
from workflow.registry_sync.reading import OldJournal, RowsLost
from workflow.registry_sync.sync import RegistrySync
from workflow.service import Service

log = logging.getLogger("countersign.registry")
TOLD_AFTER = timedelta(minutes=15)


@dataclass(slots=True)
class RegistryLeg:
    """Holds one registry."""

    sync: RegistrySync
    service: Service
    accountants: tuple[str, ...]
    operators: tuple[str, ...]
    poll: float
    name: str = "registry"
    title: str = ""
    """What people call the registry where there are several."""
    bell: Bell = field(default_factory=Bell)
    oddities: Callable[[], Sequence[tuple[str, str]]] = tuple
    """Things beside the book that somebody should know of: (key of the alarm, details)."""
    beside: Callable[[], bool] = lambda: False
    """One pass over what else stands in the same book; its trouble is not the registry's."""
    _troubled: bool = False

    def work_once(self) -> bool:
        """One pass. A book that is merely open elsewhere, or changed while we wrote, is come back to."""
        try:
            worked = self.sync.work_once()
        except RegistryChanged:
            return False
        except RegistryLocked as error:
            self._locked(error)
            raise
        except RegistryError as error:
            self._broken(error)
            raise
        worked = self._work_beside() or worked
        for key, details in self.oddities():
            alarm(self.service, self.operators, key, details, once=f"{key}:{self.sync.name}:{details}")
        if self._troubled:
            self._troubled = False
            alarm(self.service, self.operators, "registry_mended", self.sync.name,
                  once=f"mended:{self.sync.name}:{self.service.now():%Y-%m-%dT%H:%M}")  # fmt: skip
        return worked

    def _work_beside(self) -> bool:
        try:
            return self.beside()
        except (RegistryChanged, RegistryLocked):
            return False
        except (RegistryError, OldJournal) as error:
            log.warning("beside the registry %s: %s", self.sync.name, error)
            alarm(self.service, self.operators, "beside_broken", str(error), once=f"beside:{self.sync.name}:{error}")
            return False

    def _locked(self, error: RegistryLocked) -> None:
        """After a quarter of an hour accounting is told once which rows wait and who has the file open."""
        now = self.service.now()
        since = unstamp(self.service.journal.leg_failed(self.name, str(error), now))
        if now - since < TOLD_AFTER:
            return
        rows = self.service.journal.waiting_rows(self.sync.name)
        deeds = [
            Deed(Lane.MAIL, "registry_waiting", person,
                 {"rows": rows[:50], "owner": error.owner, "since": since.isoformat(), "registry": self.title},
                 once=f"locked:{self.sync.name}:{since.isoformat()}:{person}")
            for person in self.accountants
        ]  # fmt: skip
        if rows:
            self.service.add_deeds(deeds)

    def _broken(self, error: RegistryError) -> None:
        now: datetime = self.service.now()
        since = self.service.journal.leg_failed(self.name, str(error), now)
        self._troubled = True
        kind = {RegistryMissing: "registry_missing", RowsLost: "registry_lost_rows"}.get(type(error), "registry_broken")
        alarm(self.service, self.operators, kind, str(error), once=f"broken:{self.sync.name}:{since}")

    def wait(self, seconds: float) -> None:
        self.bell.wait_and_gather(min(seconds, self.poll))

    def wake(self) -> None:
        self.bell.ring()

    def close(self) -> None:
        """Whoever comes back to this registry looks at all of it: another daemon may have held it meanwhile."""
        self.sync.forget()
