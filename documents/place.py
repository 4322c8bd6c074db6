"""What a place of materials can do, whether it is a folder on disk or one on Google Drive."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Protocol

from documents.materials import Stored


class Place(Protocol):
    """Keeps the files of requests by folder; raises DocumentsError and nothing else of the world."""

    @property
    def look_every(self) -> timedelta:
        """How often to look for what people put there."""
        ...

    def is_begun(self) -> bool:
        """Whether anything lies there at all: a share that is not mounted looks like an empty folder."""
        ...

    @property
    def notes_changes(self) -> bool:
        """Whether `look` notes what changed, so that asking after a folder costs nothing."""
        ...

    @property
    def most_looks(self) -> int:
        """How many folders may be opened for one look."""
        ...

    def store(self, folder: PurePosixPath, name: str, content: bytes) -> Stored:
        """Keep a file; done twice it is there once."""
        ...

    def replace(self, folder: PurePosixPath, name: str, content: bytes) -> Stored:
        """Write a page of our own anew."""
        ...

    def read(self, path: PurePosixPath, sha256: str = "") -> bytes:
        """The content of one file."""
        ...

    def payment_orders(
        self, folder: PurePosixPath, ours: Collection[str] = (), unchanged_since: datetime | None = None,
        named: str = "",
    ) -> tuple[Stored, ...]:  # fmt: skip
        """Payment orders that people put there."""
        ...

    def look(self, token: str) -> str:
        """Note what people changed since `token`; the token for the next look."""
        ...

    def stirred(self, folder: PurePosixPath) -> int | None:
        """A number that changes with the folder; None where there is nothing to look at."""
        ...

    def write_mark(self, counters: Mapping[str, int]) -> None:
        """Raise the high-water mark."""
        ...

    def read_mark(self) -> dict[str, int]:
        """The high-water mark."""
        ...

    def reset_mark(self, counters: Mapping[str, int]) -> None:
        """Put the high-water mark where a recovered journal is now."""
        ...

    def request_folders(self) -> Iterator[PurePosixPath]:
        """Every folder that may be a request's."""
        ...

    def list_files(self, folder: PurePosixPath) -> tuple[str, ...]:
        """The names of the files in a folder."""
        ...

    def fault(self, path: PurePosixPath, sha256: str) -> str:
        """What is wrong with a stored file; empty when nothing."""
        ...

    def shown(self, path: PurePosixPath) -> str:
        """Where a file lies."""
        ...

    def check(self) -> str:
        """Whether files can be put there."""
        ...
