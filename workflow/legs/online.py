"""What comes with materials that lie online: the row's link once the folder is there, and who may open the folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Protocol

from documents.errors import DocumentsError
from workflow.core.deeds import Deed, Lane
from workflow.core.model import Request
from workflow.legs.base import alarm
from workflow.legs.watched import folder_of
from workflow.service import Service

log = logging.getLogger("countersign.folder")
SHARED_NOTE = "materials:shared"
SHARED_AGAIN = timedelta(hours=12)
TRIED_AGAIN = timedelta(minutes=15)


class Sharing(Protocol):
    """Whom a place has let in, whom it would not, and to whom else it is open."""

    @property
    def given(self) -> tuple[str, ...]: ...
    @property
    def refused(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def open_to(self) -> str: ...


class OnlinePlace(Protocol):
    """A place of materials with addresses and permissions."""

    def link(self, folder: PurePosixPath) -> str: ...
    def share(self, people: Mapping[str, str], given: Collection[str]) -> Sharing: ...


def link_note(reference: str) -> str:
    """Where the journal keeps the address of a request's folder."""
    return f"materials:link:{reference}"


@dataclass(slots=True)
class Online:
    """`people` gives the roster's addresses and what each may do; None where the owner shares the folder himself."""

    place: OnlinePlace
    service: Service
    people: Callable[[], Mapping[str, str]] | None
    operators: tuple[str, ...]
    _share_at: datetime | None = None

    def filed(self, request: Request) -> None:
        """A folder that is new, or was made anew, is linked from its row."""
        journal, key = self.service.journal, link_note(request.reference)
        link = self.place.link(folder_of(request))
        if link and link != journal.note(key):
            journal.set_note(key, link)
            self.service.add_deeds([Deed(Lane.REGISTRY, "row", coalesce=True)], request.reference)

    def share(self) -> None:
        """Let the roster in and leavers out; what Google refuses does not hold up the filing."""
        now = self.service.now()
        if self.people is None or (self._share_at is not None and now < self._share_at):
            return
        self._share_at = now + TRIED_AGAIN
        journal = self.service.journal
        given = json.loads(journal.note(SHARED_NOTE) or "[]")
        try:
            shared = self.place.share(self.people(), given)
        except DocumentsError as error:
            log.warning("the folder of materials could not be shared: %s", error)
            return
        if sorted(given) != sorted(shared.given):
            journal.set_note(SHARED_NOTE, json.dumps(sorted(shared.given)))
        self._share_at = now + SHARED_AGAIN
        if shared.refused:
            details = "; ".join(f"{address}: {why}" for address, why in shared.refused)
            alarm(self.service, self.operators, "not_shared", details)
        if shared.open_to:
            alarm(self.service, self.operators, "folder_open", shared.open_to)
