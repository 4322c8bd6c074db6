"""One file read and replaced whole: whoever looks meanwhile sees the old content or the new one, never half of it."""

import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sheets.errors import RegistryBroken
from sheets.inplace import NOT_RENAMED, overwrite, sync_folder
from sheets.model import Version

MOST_BYTES = 256 << 20
log = logging.getLogger("countersign.registry")
TEMPORARY = ".countersign-"
LEFT_OVER = timedelta(hours=1)


def version_of(path: Path) -> Version:
    """Size, time of change and inode; the content is not opened."""
    return Version(_mark(path.stat()))


def read_file(path: Path) -> tuple[bytes, Version]:
    """The content and the version of the very file it was read from."""
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        if state.st_size > MOST_BYTES:
            raise RegistryBroken(f"{path.name} is too big to be a registry.")
        content = file.read()
    return content, Version(_mark(state), digest_of(content))


def digest_of(content: bytes | memoryview) -> str:
    """What tells one content from another."""
    return hashlib.sha256(content).hexdigest()


def changed_at(path: Path) -> datetime:
    """When the file was last written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def replace_file(path: Path, content: memoryview, last_look: Callable[[], None]) -> Version:
    """Put the content in the place of the file, through to the disk, unless the last look before it raises."""
    target = Path(os.path.realpath(path))  # a link stays a link
    temporary = target.with_name(f"{TEMPORARY}{secrets.token_hex(8)}.tmp")
    try:
        _write_through(temporary, content)
        _make_like(temporary, target)
        version = Version(_mark(temporary.stat()), digest_of(content))
        last_look()
        if not _renamed(temporary, target):
            last_look()
            overwrite(target, content)
            version = _as_it_stands(target, version)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)
    return version


def _renamed(temporary: Path, target: Path) -> bool:
    """Put the new file in the place of the old one; False where this file or share does not let itself be renamed over.

    A refusal for want of rights is none of these: Windows refuses so while somebody has the file open.
    """
    try:
        os.replace(temporary, target)
    except OSError as error:
        if error.errno not in NOT_RENAMED or not target.exists():
            raise
        log.warning("%s cannot be renamed over (%s): it is written in its place", target.name, error.strerror)
        return False
    return True


def _as_it_stands(target: Path, written: Version) -> Version:
    """The version after writing in place; one that equals no probe where somebody wrote the file in that moment too."""
    now = read_file(target)[1]
    return now if now.digest == written.digest else Version("written over", written.digest)


def _mark(state: os.stat_result) -> str:
    return f"{state.st_size}-{state.st_mtime_ns}-{state.st_ino}"


def _write_through(path: Path, content: memoryview) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make_like(path: Path, model: Path) -> None:
    """Give the new file owner, group and rights of the old one, as far as we may."""
    if not model.exists():
        return
    state = model.stat()
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(path, state.st_uid, state.st_gid)
    with suppress(PermissionError, NotImplementedError):  # a share may keep rights of its own
        path.chmod(state.st_mode & 0o7777)


def sweep(folder: Path, now: datetime) -> None:
    """Remove what a killed process left behind."""
    for path in folder.glob(f"{TEMPORARY}*.tmp"):
        with suppress(FileNotFoundError):
            if now - changed_at(path) > LEFT_OVER:
                path.unlink()


def set_aside(path: Path, now: datetime) -> Path:
    """Keep a copy under a name of its own; the file stays, so that there is no moment without it."""
    stamp, number = f"{now:%Y-%m-%d %H-%M-%S}", 1
    kept = path.with_name(f"{path.stem} ({stamp}){path.suffix}")
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.stem} ({stamp}, {number}){path.suffix}")
    draft = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}.tmp")
    try:
        shutil.copy2(path, draft)
        with draft.open("rb") as file:  # before the file itself is written anew
            os.fsync(file.fileno())
        os.replace(draft, kept)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(kept.parent)
    return kept
