"""Writing a file where it cannot be renamed over: a file mounted by itself, some network shares and their clients.

The new content is first kept whole beside the file, through to the disk; then the file is written over; then the copy
goes. A crash in between leaves the copy: whoever looks next finishes the work, so that no half-written book stays.
"""

import errno
import io
import os
import zipfile
import zlib
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

NOT_RENAMED = frozenset({
    errno.EXDEV, errno.EBUSY, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EEXIST,
})  # fmt: skip
BEING_SAVED = timedelta(seconds=20)
PIECE = 1 << 20


def pending_of(target: Path) -> Path:
    """Where the new content is kept meanwhile."""
    return target.with_name(f".countersign-{target.name}.pending")


def overwrite(target: Path, content: memoryview) -> None:
    """Write the file over. On a failure the old content is put back; after a crash `finish` completes the new one."""
    pending, old = pending_of(target), target.read_bytes()
    try:
        _write(pending, content, "wb")
        sync_folder(target.parent)
    except OSError:
        pending.unlink(missing_ok=True)
        raise
    try:
        _write(target, content, "r+b")
    except OSError:
        with suppress(OSError):  # not even that: the copy stays for `finish`
            _put_back(target, old)
            pending.unlink(missing_ok=True)
        raise
    pending.unlink(missing_ok=True)
    sync_folder(target.parent)


def finish(path: Path, now: datetime) -> bool:
    """Complete a write that was cut off; True when there was one. A file that is whole, be it the old content or what
    somebody saved since, is left as it is: the write will be made anew."""
    target = Path(os.path.realpath(path))
    pending = pending_of(target)
    if not pending.exists() or not target.exists():
        return False
    new = pending.read_bytes()
    if _is_whole(new) and not _is_whole(target.read_bytes()):
        if abs(now.timestamp() - target.stat().st_mtime) < BEING_SAVED.total_seconds():
            return False  # somebody may just be saving it
        _write(target, memoryview(new), "r+b")
    pending.unlink(missing_ok=True)
    sync_folder(target.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk; some network shares do not know how."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF):
            raise
    finally:
        os.close(handle)


def _write(path: Path, content: memoryview, mode: str) -> None:
    with path.open(mode, buffering=0) as file:
        for start in range(0, len(content), PIECE):
            _write_all(file.fileno(), content[start : start + PIECE])
        os.truncate(file.fileno(), len(content))
        os.fsync(file.fileno())


def _write_all(handle: int, piece: memoryview) -> None:
    while piece:
        piece = piece[os.write(handle, piece) :]


def _put_back(target: Path, old: bytes) -> None:
    if target.read_bytes() != old:
        _write(target, memoryview(old), "r+b")


def _is_whole(content: bytes) -> bool:
    """Every part of a workbook unpacks to what its checksum says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError):
        return False

