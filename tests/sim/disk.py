"""Files as the product writes them, with a disk that may be full or broken at any of them, and crashes between."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.sim.fate import Crash, Fate

CALLS = ("replace", "rename", "link", "unlink", "mkdir", "fsync")
FULL = (errno.ENOSPC, errno.EIO, errno.EDQUOT)


class Disk:
    """Stands before the few functions through which files get their names and reach the disk."""

    def __init__(self, fate: Fate) -> None:
        self.fate, self.full = fate, False

    def failure(self, number: int, path: Any) -> Callable[[], Exception]:
        return lambda: OSError(number, os.strerror(number), None if isinstance(path, int) else os.fspath(path))

    def call(self, name: str, original: Callable[..., Any], *args: Any, **options: Any) -> Any:
        process = self.fate.running
        if process is None:
            return original(*args, **options)
        if process.dead:
            raise Crash(process.name)
        failures = [self.failure(number, args[0]) for number in FULL]
        if self.full and name in ("mkdir", "fsync"):
            error = failures[0]()
            error.injected = True  # type: ignore[attr-defined]
            raise error
        if name == "unlink":  # tidying up: a crash may come, a failure would say nothing new
            failures = []
        return self.fate.outside(process, f"{name} {_short(args[0])}", lambda: original(*args, **options), failures)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While the block lasts."""
        originals = {name: getattr(os, name) for name in CALLS}
        for name, original in originals.items():
            setattr(os, name, _wrapped(self, name, original))
        try:
            yield
        finally:
            for name, original in originals.items():
                setattr(os, name, original)


def _wrapped(disk: Disk, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        return disk.call(name, original, *args, **options)

    return call


def _short(path: Any) -> str:
    name = "" if isinstance(path, int) else os.path.basename(os.fspath(path))
    return re.sub(r"countersign-\w+", "draft", name)[:20]
