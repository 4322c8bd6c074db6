"""The folder leg: the materials of each request, its card page, and payment orders that people put there."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from documents.errors import DocumentsError
from documents.materials import Stored
from documents.place import Place
from workflow.core.commands import FilePaymentOrder
from workflow.core.deeds import Lane
from workflow.core.model import OrderFile, Reference, Request
from workflow.core.outcome import REGISTRY
from workflow.journal import Cause, Claimed, Journal
from workflow.legs.base import (
    LEASE,
    Owed,
    TakenOver,
    alarm,
    bury,
    crashed_too_often,
    is_out_of_order,
    postpone_or_bury,
    retry_at,
)  # fmt: skip
from workflow.legs.bell import Bell
from workflow.legs.watched import Watched, WatchedFolders, folder_of
from workflow.letters import LetterStore
from workflow.service import Service

log = logging.getLogger("countersign.folder")
STILL_COPYING = timedelta(seconds=2)
CHANGES_NOTE = "materials:changes"
CARD = "index.html"


@dataclass(slots=True)
class FolderLeg:
    """Files what the journal's folder lane holds. `page` makes the card page, `letter_name` the name of a letter."""

    service: Service
    materials: Place
    store: LetterStore
    page: Callable[[Request], str]
    letter_name: Callable[[str], str]
    operators: tuple[str, ...]
    inner: Callable[[str, bytes], Iterable[tuple[str, bytes]]] = lambda _name, _content: ()
    """The files inside a file."""
    name: str = "folder"
    bell: Bell = field(default_factory=Bell)
    filed: Callable[[Request], None] = lambda request: None
    """Called after a request was filed."""
    beside: Callable[[], None] = lambda: None
    """Called now and then, when there is nothing to file."""
    lease: timedelta = LEASE
    _folders: WatchedFolders | None = None
    _stirred: dict[str, tuple[int, str]] = field(default_factory=dict)
    _looked: str = ""
    _filed: bool = True  # a crash may have come before the mark
    _changes: str | None = None
    _owed: Owed = field(init=False)

    def __post_init__(self) -> None:
        self._owed = Owed(self.service.journal)

    @property
    def journal(self) -> Journal:
        return self.service.journal

    def work_once(self) -> bool:
        """File one request; with nothing to file, look for payment orders now and then."""
        self._owed.give_back()
        self._refuse_empty_place()
        deed = self.journal.claim_deed(Lane.FOLDER, self.service.now(), self.lease)
        if deed is None:
            self._leave_mark()
            return self._look_for_orders()
        with self._owed.unless_done(deed):
            self._do(deed)
        return True

    def _do(self, deed: Claimed) -> None:
        if crashed_too_often(self.service, self.operators, deed):
            return
        try:
            if deed.reference:
                self._file(deed, deed.reference)
            self._filed = True
            self.journal.settle([deed], self.service.now())
        except DocumentsError as error:
            self._failed(deed, error)
            if not error.permanent:
                raise
        except TakenOver:
            log.warning("materials of %s are filed by another daemon", deed.reference)
        except Exception as error:  # our fault costs one folder, not the leg
            if is_out_of_order(error):
                raise
            log.exception("materials of %s could not be filed", deed.reference)
            postpone_or_bury(self.service, self.operators, deed, error)

    def _refuse_empty_place(self) -> None:
        """Where all that was filed is gone, a share is not mounted: papers put there now would be hidden once it is."""
        if self.materials.is_begun() or not self.journal.has_materials():
            return
        place = self.materials.shown(PurePosixPath())
        error = DocumentsError(f"{place} is not there, or is empty, though papers were filed in it.")
        since = self.journal.leg_failed(self.name, str(error), self.service.now())
        alarm(self.service, self.operators, "materials_missing", place, once=f"materials:{since}")
        raise error

    def _file(self, deed: Claimed, reference: Reference) -> None:
        """Beside other daemons once more where the request moved on: an older page must not lie over a newer one."""
        request = self.journal.request(reference)
        while request is not None and request.folder:
            self.file(request, lambda: not self.journal.shared or self.journal.still_holds(deed, self.service.now()))
            self.filed(request)
            seen, request = request, self.journal.request(reference) if self.journal.shared else None
            if request is not None and request.updated_at == seen.updated_at:
                return

    def _leave_mark(self) -> None:
        """Once all is filed: how far the journal was, so that an older copy of it is noticed at the next start."""
        if self._filed:
            self.materials.write_mark(self.journal.marks())
            self._filed = False

    def _failed(self, deed: Claimed, error: DocumentsError) -> None:
        if error.permanent:
            bury(self.service, self.operators, deed, str(error))
        else:
            self.journal.postpone(deed, str(error), retry_at(self.service.now(), deed.attempts, error))

    # --- filing -----------------------------------------------------------------------------------------------------

    def file(self, request: Request, is_ours: Callable[[], bool] = lambda: True) -> None:
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
        page = self.page(request).encode()
        if not is_ours():
            raise TakenOver
        self.materials.replace(folder, CARD, page)

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
            for inner_name, inner in self.inner(name, content) if kind == "attachment" else ():
                self._remember(request, self.materials.store(folder, inner_name, inner), "other")
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
        tick = str(int(now.timestamp() / self.materials.look_every.total_seconds()))
        if tick == self._looked:
            return False
        self._looked = tick
        self.beside()
        if self._changes is None:
            self._changes = self.journal.note(CHANGES_NOTE) or ""
        after = self.materials.look(self._changes)
        stirred = list(self._stirred_folders(now))
        found = [self._look_into(watched, mark) for watched, mark in stirred[: self.materials.most_looks]]
        if after != self._changes and len(stirred) <= self.materials.most_looks:
            self.journal.set_note(CHANGES_NOTE, after)  # only now: a crash before it looks once more
            self._changes = after
        return any(found)

    def _stirred_folders(self, now: datetime) -> Iterator[tuple[Watched, tuple[int, str]]]:
        if self._folders is None:
            self._folders = WatchedFolders(self.journal)
        for watched in self._folders.due(now, all_of_them=self.materials.notes_changes):
            stirred = self.materials.stirred(watched.folder)
            if stirred is not None:
                mark = (stirred, watched.named)
                if self._stirred.get(watched.reference) != mark:
                    yield watched, mark

    def _look_into(self, watched: Watched, mark: tuple[int, str]) -> bool:
        request, folder, named = self.journal.request(watched.reference), watched.folder, watched.named
        if request is None:
            return False
        ours = {file.sha256 for file in request.payment_orders} | {
            row.sha256 for row in self.journal.materials(request.reference)
        }
        quiet = self.service.now() - STILL_COPYING
        new = self.materials.payment_orders(folder, ours, quiet, named)
        waiting = len(self.materials.payment_orders(folder, ours, named=named)) > len(new)
        if not waiting:
            self._stirred[request.reference] = mark
        for stored in new:
            media_type = mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
            order = OrderFile(stored.sha256, stored.name, media_type, path=str(stored.path))
            cause = Cause(f"folder:{request.reference}:{stored.sha256}")
            self.service.handle(FilePaymentOrder(REGISTRY, (order,)), cause, request.reference)
        return bool(new)

    def wait(self, seconds: float) -> None:
        self.bell.wait_and_gather(min(seconds, self.materials.look_every.total_seconds()))

    def wake(self) -> None:
        self.bell.ring()

    def close(self) -> None:
        """Nothing is held open."""
