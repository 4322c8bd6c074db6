"""Files written whole or not at all, and there after a power cut: beside, flushed, then brought to their name."""

import os
import stat
from contextlib import suppress
from pathlib import Path


def is_regular(path: Path) -> bool:
    """Say whether this is an ordinary file: no folder, no link, no device."""
    return stat.S_ISREG(path.lstat().st_mode)


def holds(path: Path, content: bytes) -> bool:
    """Say whether the file is there with just this content."""
    if not os.path.lexists(path) or not is_regular(path) or path.stat().st_size != len(content):
        return False
    return path.read_bytes() == content


def write_new(path: Path, content: bytes, sha256: str) -> bool:
    """Write a file that does not exist yet; False when the name is taken."""
    if os.path.lexists(path):
        return False
    temporary = _draft(path, sha256)
    _write_synced(temporary, content)
    try:
        # Unlike a rename, a link fails when the name has been taken in the meantime.
        os.link(temporary, path)
    except FileExistsError:
        temporary.unlink()
        return False
    except OSError:
        # File systems without hard links: network shares, memory cards.
        os.rename(temporary, path)
    else:
        temporary.unlink()
    flush(path.parent)
    return True


def forget_draft(path: Path, sha256: str) -> None:
    """Remove what a crash between the two names of a new file left behind."""
    _draft(path, sha256).unlink(missing_ok=True)


def _draft(path: Path, sha256: str) -> Path:
    return path.parent / f".{sha256[:24]}.tmp"


def replace_file(path: Path, content: bytes) -> None:
    """Put a new content in the place of a file, as a whole."""
    temporary = path.parent / f".{path.name[:60]}.tmp"
    _write_synced(temporary, content)
    os.replace(temporary, path)
    flush(path.parent)


def _write_synced(path: Path, content: bytes) -> None:
    """Write a file and flush it to disk; what a crash left under this name is removed, a link there is not followed."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def make_folders(path: Path) -> None:
    """Make a directory and those above it that are missing, each there after a power cut: what is flushed into a
    directory is lost with the directory's own name."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        flush(folder.parent)


def make_home(path: Path) -> None:
    """The folder of a file that is to be made by others, there after a power cut; a process that was killed may have
    made it and not come to that."""
    make_folders(path.parent)
    if not path.exists():
        with suppress(PermissionError):  # the folder above may be somebody else's
            flush(path.parent.parent)


def sync_names(path: Path, root: Path) -> None:
    """Flush the way from the root to a directory; a process that was killed may have made it and not come to this."""
    for folder in (path, *path.parents):
        if folder == root:
            return
        flush(folder.parent)


def flush(path: Path) -> None:
    """Flush a file, or the names in a directory, to disk."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
