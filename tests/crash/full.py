"""A small disk of its own for an installation, and something that fills it up to the last bytes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 48 << 20
BALLAST = "ballast.bin"


def can_mount() -> str:
    """Why no disk can be mounted here; empty when one can."""
    if os.geteuid() != 0:
        return "a small disk can be mounted by root only"
    try:
        subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"nothing can be mounted here: {error}"
    return ""


@contextmanager
def small_disk(place: Path, size: int = SIZE) -> Iterator[None]:
    """A disk of this size at this place while the block lasts."""
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def free_on(place: Path) -> int:
    state = os.statvfs(place)
    return state.f_bavail * state.f_frsize


def fill(place: Path, left: int) -> None:
    """Only so many bytes are left."""
    wanted = free_on(place) - left
    with open(place / BALLAST, "wb") as file:
        if wanted > 0:
            os.posix_fallocate(file.fileno(), 0, wanted)


def make_room(place: Path) -> None:
    (place / BALLAST).unlink(missing_ok=True)
