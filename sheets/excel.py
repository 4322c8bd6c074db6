"""The registry as an .xlsx file: polled cheaply, patched beside and renamed over, never while somebody has it open."""

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sheets.errors import RegistryBroken, RegistryChanged, RegistryError, RegistryLocked, RegistryMissing
from sheets.locks import LockInfo, conflict_copies, locks_of
from sheets.model import Change, Layout, Snapshot, Version, View
from sheets.newbook import new_book
from sheets.package import Package
from sheets.patch import close_styles, open_styles, patch_table, recalculate_on_load
from sheets.reading import Index, read_book
from sheets.views import draw_views
from sheets.workbook import open_book, stamp

MOST_BYTES = 256 << 20
TEMPORARY = ".countersign-"
LEFT_OVER = timedelta(hours=1)
BEING_SAVED = timedelta(seconds=20)


class ExcelRegistry:
    """One workbook; keeps between calls only where things stood when it was last read."""

    def __init__(
        self,
        path: Path,
        layout: Layout,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lock_stale_after: timedelta = timedelta(hours=12),
    ) -> None:
        self.path = path
        self.layout = layout
        self._clock = clock
        self._lock_stale_after = lock_stale_after
        self._index: tuple[str, Index] | None = None  # digest of the content it belongs to
        self._own: Version | None = None  # what we wrote last: it is no sign of life of a lock's owner
        self._untouched_since: datetime | None = None

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    def probe(self) -> Version:
        """Size, time of change and inode; the content is not opened."""
        with self._failures():
            return Version(_mark(self.path.stat()))

    def read(self) -> Snapshot:
        """Everything that stands in the workbook."""
        with self._failures():
            content, mark = _content(self.path)
        digest = _digest(content)
        try:
            snapshot, index = read_book(content, self.layout, Version(mark, digest))
        except RegistryBroken:
            self._allow_for_a_save(content)
            raise
        self._index = (digest, index)
        return snapshot

    def write(
        self, changes: Sequence[Change], seen: Version, *, generation: int, views: Sequence[View] | None = None
    ) -> Version:
        """Patch the workbook; refused when it is not as it was seen, and while somebody has it open."""
        self._refuse_lock()
        with self._failures():
            content, mark = _content(self.path)
        digest = _digest(content)
        if (seen.digest or digest) != digest or (not seen.digest and seen.mark != mark):
            raise RegistryChanged(f"{self.path.name} was changed by somebody since it was read.")
        package, index = self._patched(content, digest, changes, generation, None, views)
        version = self._put(package, lambda: self._refuse_change(mark, digest))
        self._index = (version.digest, index)
        return version

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
        content = new_book(self.layout)
        shown = views if views is not None else [View(spec.key, ()) for spec in self.layout.views]
        package, index = self._patched(content, _digest(content), changes, generation, identity, shown)
        version = self._put(package, self._set_aside)
        self._index = (version.digest, index)
        return version

    def lock(self) -> LockInfo | None:
        """Who has the workbook open now, as far as lock files tell; a stale lock is passed over."""
        return next((lock for lock in locks_of(self.path) if not self._is_stale(lock)), None)

    def stale_locks(self) -> tuple[LockInfo, ...]:
        """Lock files that are passed over, to be reported."""
        return tuple(lock for lock in locks_of(self.path) if self._is_stale(lock))

    def conflict_copies(self) -> tuple[Path, ...]:
        """Copies of the workbook that a sync client left beside it, to be reported."""
        return conflict_copies(self.path)

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
        try:
            state = self.path.stat()
        except OSError:
            return True
        changed = datetime.fromtimestamp(state.st_mtime, UTC)
        if self._own is not None and self._own.mark == _mark(state) and self._untouched_since is not None:
            changed = self._untouched_since
        return changed <= deadline

    def _allow_for_a_save(self, content: bytes) -> None:
        """Some programs write the file in place: one that has just changed and is cut short is only half saved."""
        with self._failures():
            changed = datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        if abs(self._clock() - changed) < BEING_SAVED and not zipfile.is_zipfile(io.BytesIO(content)):
            raise RegistryChanged(f"{self.path.name} is being saved just now.")

    # --- patching -------------------------------------------------------------------------------

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
            draw_views(package, book, self.layout, views, styles)
        close_styles(package, book, styles)
        stamp(package, generation, identity)
        return package, index

    def _index_of(self, content: bytes, digest: str) -> Index:
        """A copy of the index of this content, for the patch to note new rows in."""
        if self._index is None or self._index[0] != digest:
            self._index = (digest, read_book(content, self.layout, Version("", digest))[1])
        index = self._index[1]
        return Index(index.header_row, dict(index.header), dict(index.places), index.last_row, set(index.occupied))

    # --- replacing the file ---------------------------------------------------------------------

    def _put(self, package: Package, last_look: Callable[[], None]) -> Version:
        """Write beside, then rename over: whoever reads meanwhile sees the old file or the new one, whole."""
        target = Path(os.path.realpath(self.path))
        with self._failures():
            _sweep(target.parent, self._clock())
            handle, name = tempfile.mkstemp(prefix=TEMPORARY, suffix=".tmp", dir=target.parent)
            temporary = Path(name)
            try:
                digest = _save(package, handle)
                _like(target, temporary)
                last_look()
                untouched = self._last_stir(target)
                os.replace(temporary, target)
            finally:
                temporary.unlink(missing_ok=True)
            _sync_folder(target.parent)
            version = Version(_mark(target.stat()), digest)
        self._own, self._untouched_since = version, untouched
        return version

    def _last_stir(self, target: Path) -> datetime | None:
        """When somebody else last wrote the file."""
        if not target.exists():
            return None
        state = target.stat()
        if self._own is not None and self._own.mark == _mark(state):
            return self._untouched_since
        return datetime.fromtimestamp(state.st_mtime, UTC)

    def _refuse_change(self, mark: str, digest: str) -> None:
        """The last look before the rename: nobody opened the file meanwhile, nobody changed it."""
        self._refuse_lock()
        content, now = _content(self.path)
        if now != mark or _digest(content) != digest:
            raise RegistryChanged(f"{self.path.name} was changed by somebody while it was being written.")

    def _set_aside(self) -> None:
        if not self.exists():
            return
        self._refuse_lock()
        stamp, number = f"{self._clock():%Y-%m-%d %H-%M-%S}", 1
        kept = self.path.with_name(f"{self.path.stem} ({stamp}){self.path.suffix}")
        while kept.exists():
            number += 1
            kept = self.path.with_name(f"{self.path.stem} ({stamp}, {number}){self.path.suffix}")
        shutil.copy2(self.path, kept)  # a copy, so that there is no moment without a registry

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Say in our words what the file system said in its."""
        try:
            yield
        except FileNotFoundError as error:
            raise RegistryMissing(f"{self.path} is not there.") from error
        except PermissionError as error:  # on Windows an open workbook denies reading or replacing
            lock = next(iter(locks_of(self.path)), None)
            if lock is not None:
                raise RegistryLocked(lock.owner, lock.since, lock.program) from error
            raise RegistryLocked("", None) from error
        except OSError as error:
            raise RegistryError(f"{self.path} cannot be used: {error.strerror or error}.") from error


def _mark(state: os.stat_result) -> str:
    return f"{state.st_size}-{state.st_mtime_ns}-{state.st_ino}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _content(path: Path) -> tuple[bytes, str]:
    """The content and the mark of the very file it was read from."""
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        if state.st_size > MOST_BYTES:
            raise RegistryBroken(f"{path.name} is too big to be a registry.")
        return file.read(), _mark(state)


def _save(package: Package, handle: int) -> str:
    """Write the package through to the disk; returns its digest."""
    with os.fdopen(handle, "wb") as file:
        memory = io.BytesIO()
        package.save(memory)
        file.write(memory.getbuffer())
        file.flush()
        os.fsync(file.fileno())
        return hashlib.sha256(memory.getbuffer()).hexdigest()


def _like(target: Path, temporary: Path) -> None:
    """Give the new file the rights and the group of the old one; a new one gets what the system gives new files."""
    if target.exists():
        state = target.stat()
        temporary.chmod(state.st_mode & 0o7777)
        if hasattr(os, "chown"):
            with suppress(PermissionError):
                os.chown(temporary, state.st_uid, state.st_gid)
        return
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)


def _sweep(folder: Path, now: datetime) -> None:
    """Remove what a killed process left behind."""
    for path in folder.glob(f"{TEMPORARY}*.tmp"):
        with suppress(FileNotFoundError):
            if now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > LEFT_OVER:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
