"""One registry of the installation with everything that keeps it in step: a leg of its own, alone with its trouble."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sheets.excel import ExcelRegistry
from workflow.core.model import Request
from workflow.registry_sync.sync import RegistrySync

if TYPE_CHECKING:
    from sheets.google import GoogleRegistry


@dataclass(frozen=True, slots=True)
class Book:
    """A registry by its name. `where` is its place as people know it, `path` the workbook of an Excel registry."""

    name: str
    kind: str
    where: str
    path: Path
    worksheet: str
    poll: timedelta
    registry: ExcelRegistry | GoogleRegistry
    sync: RegistrySync
    link: Callable[[Request], str]
    alone: bool = True
    """Whether it is the only one: then nobody needs its name."""

    @property
    def leg(self) -> str:
        """The name of its leg, in `status` and wherever one daemon at a time holds it."""
        return "registry" if self.alone else f"registry:{self.name}"

    @property
    def title(self) -> str:
        """What people call it where there are several."""
        return "" if self.alone else self.name

    def oddities(self) -> list[tuple[str, str]]:
        """Locks that are passed over, copies that a sync client left, what the sheet cannot have."""
        old = [
            ("old_lock", f"{lock.program}: {lock.owner}, {lock.since:%d.%m.%Y %H:%M}")
            for lock in self.registry.stale_locks()
        ]
        less = [("registry_lacks", ", ".join(self.registry.lacking))] if self.registry.lacking else []
        return [*old, *(("conflict_copy", path.name) for path in self.registry.conflict_copies()), *less]
