"""The folder leg: the materials of each request on disk, its card page, and payment orders that people put there."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath

from documents.errors import DocumentsError
from documents.materials import Materials, Stored
from workflow.core.commands import FilePaymentOrder
from workflow.core.deeds import Lane
from workflow.core.model import OrderFile, Request, Status
from workflow.core.outcome import REGISTRY
from workflow.journal import Cause, Claimed, Journal
from workflow.legs.base import LEASE, bury, crashed_too_often, postpone_or_bury, retry_at
from workflow.legs.bell import Bell
from workflow.letters import LetterStore
from workflow.service import Service

log = logging.getLogger("countersign.folder")
STILL_COPYING = timedelta(seconds=2)
LOOKED_AT_AFTER_PAYMENT = timedelta(days=60)
LOOK_EVERY = timedelta(seconds=5)
CARD = "index.html"


def folder_of(request: Request) -> PurePosixPath:
    """Where the materials of a request lie; fixed with its first version."""
    return PurePosixPath(request.folder) / request.reference


@dataclass(slots=True)
class FolderLeg:
    """Files what the journal's folder lane holds. `page` makes the card page, `letter_name` the name of a letter."""

    service: Service
    materials: Materials
    store: LetterStore
    page: Callable[[Request], str]
    letter_name: Callable[[str], str]
    operators: tuple[str, ...]
    name: str = "folder"
    bell: Bell = field(default_factory=Bell)
    _stirred: dict[str, tuple[int, str]] = field(default_factory=dict)
    _looked: str = ""
    _filed: bool = False

    @property
    def journal(self) -> Journal:
        return self.service.journal

    def work_once(self) -> bool:
        """File one request; with nothing to file, look for payment orders now and then."""
        deed = self.journal.claim_deed(Lane.FOLDER, self.service.now(), LEASE)
        if deed is None:
            self._leave_mark()
            return self._look_for_orders()
        if crashed_too_often(self.service, self.operators, deed):
            return True
        try:
            request = self.journal.request(deed.reference) if deed.reference else None
            if request is not None and request.folder:
                self.file(request)
            self._filed = True
            self.journal.settle([deed], self.service.now())
        except DocumentsError as error:
            self._failed(deed, error)
            if not error.permanent:
                raise
        except Exception as error:  # our fault costs one folder, not the leg
            log.exception("materials of %s could not be filed", deed.reference)
            postpone_or_bury(self.service, self.operators, deed, error)
        return True

    def _leave_mark(self) -> None:
        """Once all is filed: how far the journal was, so that an older copy of it is noticed at the next start."""
        if self._filed:
            self.materials.write_mark(self.journal.marks())
            self._filed = False

    def _failed(self, deed: Claimed, error: DocumentsError) -> None:
        if error.permanent:
            bury(self.service, self.operators, deed, str(error))
        else:
            self.journal.postpone(deed, str(error), retry_at(self.service.now(), deed.attempts))

    # --- filing -----------------------------------------------------------------------------------------------------

    def file(self, request: Request) -> None:
        """Letters, attachments, payment orders, then the page that lists them. Repeating it changes nothing."""
        folder = folder_of(request)
        known = {row.sha256 for row in self.journal.materials(request.reference)}
        for key in request.letters:
            self._file_letter(request, folder, key)
        for file in request.files:
            if file.sha256 not in known:
                self._file_attachment(request, folder, file.letter, file.sha256, file.name, "attachment")
        for order in request.payment_orders:
            if order.sha256 not in known:
                self._file_order(request, folder, order)
        self.materials.replace(folder, CARD, self.page(request).encode())

    def _file_letter(self, request: Request, folder: PurePosixPath, key: str) -> None:
        row = self.journal.letter(key)
        if row is None or row.path is None:
            return
        stored = self.materials.store(folder, self.letter_name(row.received_at), self.store.raw(row.path))
        self._remember(request, stored, "letter")

    def _file_attachment(
        self, request: Request, folder: PurePosixPath, key: str, sha256: str, name: str, kind: str
    ) -> None:
        row = self.journal.letter(key)
        content = self.store.file(key, row.path, sha256) if row is not None and row.path else None
        if content is not None:
            self._remember(request, self.materials.store(folder, name, content), kind)

    def _file_order(self, request: Request, folder: PurePosixPath, order: OrderFile) -> None:
        if order.letter:
            self._file_attachment(request, folder, order.letter, order.sha256, order.name, "payment_order")
        elif order.path:
            path = PurePosixPath(order.path)
            self._remember(request, Stored(path.name, path, order.sha256), "payment_order")

    def _remember(self, request: Request, stored: Stored, kind: str) -> None:
        self.journal.add_material(
            request.reference, stored.name, str(stored.path), stored.sha256, kind, self.service.now()
        )

    # --- what people put there --------------------------------------------------------------------------------------

    def _look_for_orders(self) -> bool:
        """Payment orders in the folders of approved and lately paid requests; a folder is opened when it stirred."""
        now = self.service.now()
        tick = str(int(now.timestamp() / LOOK_EVERY.total_seconds()))
        if tick == self._looked:
            return False
        self._looked = tick
        found = False
        recent = now - LOOKED_AT_AFTER_PAYMENT
        for request in self.journal.find_recent((Status.APPROVED.value, Status.PAID.value), recent):
            found = self._look_into(request) or found
        return found

    def _look_into(self, request: Request) -> bool:
        folder = folder_of(request)
        directory = self.materials.root / folder
        if not request.folder or not directory.is_dir():
            return False
        named = request.payments[-1].order if request.payments else request.stated_order
        stirred = (directory.stat().st_mtime_ns, named)
        if self._stirred.get(request.reference) == stirred:
            return False
        ours = {file.sha256 for file in request.payment_orders} | {
            row.sha256 for row in self.journal.materials(request.reference)
        }
        quiet = self.service.now() - STILL_COPYING
        new = self.materials.payment_orders(folder, ours, quiet, named)
        waiting = len(self.materials.payment_orders(folder, ours, named=named)) > len(new)
        if not waiting:
            self._stirred[request.reference] = stirred
        for stored in new:
            media_type = mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
            order = OrderFile(stored.sha256, stored.name, media_type, path=str(stored.path))
            cause = Cause(f"folder:{request.reference}:{stored.sha256}")
            self.service.handle(FilePaymentOrder(REGISTRY, (order,)), cause, request.reference)
        return bool(new)

    def wait(self, seconds: float) -> None:
        self.bell.wait_and_gather(min(seconds, LOOK_EVERY.total_seconds()))

    def wake(self) -> None:
        self.bell.ring()

    def close(self) -> None:
        """Nothing is held open."""
