"""What every registry can do, whether it is a workbook, an online sheet or kept in memory."""

from collections.abc import Sequence
from typing import Protocol

from sheets.model import Change, Snapshot, Taken, Version, View


class Registry(Protocol):
    """A sheet that is read whole and written cell by cell; raises RegistryError and nothing else of the world."""

    def exists(self) -> bool:
        """Whether there is a registry at all."""
        ...

    def probe(self) -> Version:
        """The version now, without reading the content; equal to what was read as long as nobody wrote."""
        ...

    def read(self) -> Snapshot:
        """Everything that stands in the registry."""
        ...

    def write(
        self, changes: Sequence[Change], seen: Version, *, generation: int, views: Sequence[View] | None = None,
        remove: Sequence[str] = (),
    ) -> Version:  # fmt: skip
        """Put all changes (and views, where given) in at once, if the registry is still as it was `seen`; the rows of
        the references in `remove` go, and what is below moves up."""
        ...

    def take(self, references: Sequence[str], seen: Version) -> Taken:
        """The rows of these references whole, those that may be taken out of the registry as it was `seen`."""
        ...

    def create(
        self,
        changes: Sequence[Change] = (),
        *,
        generation: int,
        identity: str = "",
        views: Sequence[View] | None = None,
        replace: bool = False,
    ) -> Version:
        """Make the registry with these rows; with `replace` an older one is set aside, never deleted."""
        ...
