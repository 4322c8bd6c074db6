"""The registry as an .xlsx file: polled cheaply, patched beside and renamed over, never while somebody has it open."""

import errno
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sheets.errors import RegistryBroken, RegistryChanged, RegistryError, RegistryLocked, RegistryMissing
from sheets.files import changed_at, digest_of, read_file, replace_file, set_aside, sweep, version_of
from sheets.inplace import BEING_SAVED, finish
from sheets.locks import LockInfo, conflict_copies, locks_of
from sheets.model import Change, Layout, Snapshot, Taken, Version, View
from sheets.newbook import new_book
from sheets.newsheet import add_views
from sheets.package import Package
from sheets.patch import patch_table
from sheets.reading import read_book
from sheets.removal import take_out_rows
from sheets.shift import Unsure
from sheets.stylebook import close_styles, open_styles
from sheets.table import Index
from sheets.taking import take_rows
from sheets.views import draw_views
from sheets.workbook import open_book, recalculate_on_load, stamp


@dataclass(slots=True)
class Life:
    """What tells the owner of a lock from us: our last write is no sign of his life."""

    own: Version | None = None
    others_changed_at: datetime | None = None  # when somebody else last wrote before that


class ExcelRegistry:
    """One workbook; keeps between calls only where things stood when it was last read or written."""

    def __init__(
        self,
        path: Path,
        layout: Layout,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lock_stale_after: timedelta = timedelta(hours=12),
        may_write: Callable[[], None] = lambda: None,
    ) -> None:
        self.path = path
        self.layout = layout
        self._clock = clock
        self._lock_stale_after = lock_stale_after
        self._may_write = may_write  # asked just before the rename; raises when somebody else writes this book now
        self._index: tuple[str, Index] | None = None  # digest of the content it belongs to
        self._life = Life()

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    def probe(self) -> Version:
        """Size, time of change and inode; the content is not opened."""
        with self._failures():
            finish(self.path, self._clock())
            return version_of(self.path)

    def read(self) -> Snapshot:
        """Everything that stands in the workbook."""
        with self._failures():
            finish(self.path, self._clock())
            content, version = read_file(self.path)
        try:
            snapshot, index = read_book(content, self.layout, version)
        except RegistryBroken:
            self._allow_for_a_save(content)
            raise
        self._index = (version.digest, index)
        return snapshot

    def write(
        self, changes: Sequence[Change], seen: Version, *, generation: int, views: Sequence[View] | None = None,
        remove: Sequence[str] = (),
    ) -> Version:  # fmt: skip
        """Patch the workbook; refused when it is not as it was seen, and while somebody has it open."""
        self._refuse_lock()
        content, now = self._as_seen(seen)
        if remove:
            content = self._without(content, now.digest, remove)
        package, index = self._patched(content, digest_of(content), changes, generation, None, views)
        return self._put(package, index, lambda: self._refuse_change(now))

    def create(
        self,
        changes: Sequence[Change] = (),
        *,
        generation: int,
        identity: str = "",
        views: Sequence[View] | None = None,
        replace: bool = False,
    ) -> Version:
        """Make the workbook with these rows; with `replace` the old file is kept under another name."""
        if self.exists():
            if not replace:
                raise RegistryChanged(f"{self.path.name} is there already.")
            self._refuse_lock()
        content = new_book(self.layout, macros=self.path.suffix.lower() == ".xlsm")
        shown = views if views is not None else [View(spec.key, ()) for spec in self.layout.views]
        package, index = self._patched(content, digest_of(content), changes, generation, identity, shown)
        return self._put(package, index, self._set_aside)

    def take(self, references: Sequence[str], seen: Version) -> Taken:
        """The rows of these references whole, those that may be taken out."""
        content, now = self._as_seen(seen)
        return take_rows(content, self.layout, self._index_of(content, now.digest), references)

    def lock(self) -> LockInfo | None:
        """Who has the workbook open now, as far as lock files tell; a stale lock is passed over."""
        return next((lock for lock in locks_of(self.path) if not self._is_stale(lock)), None)

    def stale_locks(self) -> tuple[LockInfo, ...]:
        """Lock files that are passed over, to be reported."""
        return tuple(lock for lock in locks_of(self.path) if self._is_stale(lock))

    @property
    def lacking(self) -> tuple[str, ...]:
        """A workbook lacks nothing."""
        return ()

    def conflict_copies(self) -> tuple[Path, ...]:
        """Copies of the workbook that a sync client left beside it, to be reported."""
        return conflict_copies(self.path)

    # --- the new content ------------------------------------------------------------------------

    def _as_seen(self, seen: Version) -> tuple[bytes, Version]:
        """The content, which must be what was read."""
        with self._failures():
            content, now = read_file(self.path)
        if now.digest != seen.digest if seen.digest else now != seen:
            raise RegistryChanged(f"{self.path.name} was changed by somebody since it was read.")
        return content, now

    def _without(self, content: bytes, digest: str, references: Sequence[str]) -> bytes:
        """The workbook without these rows; everything else in it has moved."""
        index = self._index_of(content, digest)
        package = Package(content)
        rows = [index.places[reference] for reference in references]
        try:
            cut = take_out_rows(package, open_book(package), self.layout.worksheet, rows)
        except Unsure as error:
            raise RegistryBroken(f"Rows cannot be taken out of {self.path.name}: {error}.") from error
        target = io.BytesIO()
        package.save(target)
        self._index = (digest_of(target.getbuffer()), index.without(references, cut.row))
        return target.getvalue()

    def _patched(
        self,
        content: bytes,
        digest: str,
        changes: Sequence[Change],
        generation: int,
        identity: str | None,
        views: Sequence[View] | None,
    ) -> tuple[Package, Index]:
        index = self._index_of(content, digest)
        package = Package(content)
        book = open_book(package)
        styles = open_styles(package, book)
        if changes:
            patch_table(package, book, self.layout, index, changes, styles)
            recalculate_on_load(package, book)
        if views is not None:
            book = add_views(package, book, self.layout, styles)
            draw_views(package, book, self.layout, views, styles, index)
        close_styles(package, book, styles)
        stamp(package, generation, identity, self.layout.stamp)
        return package, index

    def _index_of(self, content: bytes, digest: str) -> Index:
        """A copy of the index of this content, for the patch to note new rows in."""
        if self._index is None or self._index[0] != digest:
            self._index = (digest, read_book(content, self.layout, Version("", digest))[1])
        return self._index[1].copy()

    # --- the file -------------------------------------------------------------------------------

    def _put(self, package: Package, index: Index, last_look: Callable[[], None]) -> Version:
        content = io.BytesIO()
        package.save(content)
        with self._failures():
            sweep(self.path.parent, self._clock())
            others = self._others_last_change()
            version = replace_file(self.path, content.getbuffer(), last_look)
        self._index, self._life.own, self._life.others_changed_at = (version.digest, index), version, others
        return version

    def _refuse_change(self, seen: Version) -> None:
        """The last look before the rename: nobody opened the file meanwhile, nobody changed it."""
        self._refuse_lock()
        now = read_file(self.path)[1]
        if (now.mark, now.digest) != (seen.mark, seen.digest):
            raise RegistryChanged(f"{self.path.name} was changed by somebody while it was being written.")
        self._may_write()

    def _set_aside(self) -> None:
        if self.exists():
            self._refuse_lock()
            self._may_write()
            set_aside(self.path, self._clock())

    def _allow_for_a_save(self, content: bytes) -> None:
        """Some programs write the file in place: one that has just changed and is cut short is only half saved."""
        with self._failures():
            age = abs(self._clock() - changed_at(self.path))
        if age < BEING_SAVED and not zipfile.is_zipfile(io.BytesIO(content)):
            raise RegistryChanged(f"{self.path.name} is being saved just now.")

    # --- locks ----------------------------------------------------------------------------------

    def _refuse_lock(self) -> None:
        lock = self.lock()
        if lock is not None:
            raise RegistryLocked(lock.owner, lock.since, lock.program)

    def _is_stale(self, lock: LockInfo) -> bool:
        """A lock is stale when neither it nor the workbook has stirred for long; our own writes do not count."""
        deadline = self._clock() - self._lock_stale_after
        if lock.since > deadline:
            return False
        changed = self._others_last_change()
        return changed is None or changed <= deadline

    def _others_last_change(self) -> datetime | None:
        """When somebody else last wrote the file; None when nobody has or it is not there."""
        try:
            if version_of(self.path) == self._life.own:
                return self._life.others_changed_at
            return changed_at(self.path)
        except OSError:
            return None

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Say in our words what the file system said in its."""
        try:
            yield
        except FileNotFoundError as error:
            missing = self.path if self.path.parent.exists() else self.path.parent
            others = ", ".join(path.name for path in self.conflict_copies())
            instead = f"; beside it: {others}" if others else ""
            raise RegistryMissing(f"{missing} is not there{instead}.") from error
        except PermissionError as error:  # on Windows an open workbook denies reading or replacing
            lock = next(iter(locks_of(self.path)), None)
            if lock is not None:
                raise RegistryLocked(lock.owner, lock.since, lock.program) from error
            raise RegistryLocked("", None) from error
        except OSError as error:
            if error.errno in (errno.EBUSY, errno.ETXTBSY):  # the same on a share
                raise RegistryLocked("", None) from error
            raise RegistryError(f"{self.path} cannot be used: {error.strerror or error}.") from error
