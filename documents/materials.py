"""The folder of materials: `YYYY/MM/CONTRACTOR/REFERENCE/` with everything that belongs to one request.

People may look into it, add files and sort it; a sync program may carry it around. So we never overwrite what we did
not write, never follow a symbolic link, and write a file whole or not at all: beside it under a hidden name, flushed
to disk, then linked to its name. Done twice looks like done once.
"""

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath

from documents.disk import forget_draft, holds, is_regular, make_folders, replace_file, sync_names, write_new
from documents.errors import DocumentsError, explained
from values.names import contractor_folder, safe_name

MARK = ".countersign.json"

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# More cannot be sent on by mail.
PAYMENT_ORDER_SIZE = 25_000_000
_PAYMENT_ORDER = re.compile(r"плат[её]жка|плат[её]жное|payment[-_ ]order", re.IGNORECASE)
_PASSING = re.compile(r"^(?:\.|~\$)|\.(?:tmp|part|partial|crdownload)$", re.IGNORECASE)
_COPIES = 1000


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the folder of a request; `path` is relative to the root of the materials."""

    name: str
    path: PurePosixPath
    sha256: str


class Materials:
    """The materials of all requests below one root on disk."""

    look_every = timedelta(seconds=5)
    notes_changes = False  # each folder is asked
    most_looks = 1_000_000  # folders opened for one look; those on disk cost nothing

    def __init__(self, root: Path) -> None:
        self.root = root
        self._sure: set[Path] = set()
        """Folders whose names are on the disk for certain."""

    def folder_of(self, reference: str, received: date, contractor: str) -> PurePosixPath:
        """Name the folder of a request; one that is already there keeps its name, whatever the contractor is called."""
        if not _REFERENCE.fullmatch(reference):
            raise DocumentsError(f"{reference!r} cannot name a folder.", permanent=True)
        month = PurePosixPath(f"{received.year:04}", f"{received.month:02}")
        proposed = month / contractor_folder(contractor) / reference
        if self._is_folder(proposed):
            return proposed
        return next((found for found in self._folders_named(month, reference)), proposed)

    def _folders_named(self, month: PurePosixPath, reference: str) -> Iterator[PurePosixPath]:
        path = self.root / month
        with explained("look into", path):
            names = sorted(os.listdir(path)) if path.is_dir() else []
        yield from (month / name / reference for name in names if self._is_folder(month / name / reference))

    def _is_folder(self, folder: PurePosixPath) -> bool:
        path = self.root / folder
        with explained("look into", path):
            return path.is_dir() and not path.is_symlink() and not path.parent.is_symlink()

    def store(self, folder: PurePosixPath, name: str, content: bytes) -> Stored:
        """Keep a file under its name, or under `name (2).pdf` when another content has it; never overwrite one."""
        directory = self._directory(folder, create=True)
        sha256 = hashlib.sha256(content).hexdigest()
        with explained("write to", directory):
            for candidate in names(safe_name(name)):
                path = directory / candidate
                # Looked at twice: another daemon may write the same file at the same time.
                if holds(path, content) or write_new(path, content, sha256) or holds(path, content):
                    forget_draft(path, sha256)
                    return Stored(candidate, folder / candidate, sha256)
        raise DocumentsError(f"There are too many files called {name} in {directory}.", permanent=True)

    def replace(self, folder: PurePosixPath, name: str, content: bytes) -> Stored:
        """Write a page of our own anew, such as the card; the old one is replaced as a whole."""
        directory = self._directory(folder, create=True)
        safe = safe_name(name)
        sha256 = hashlib.sha256(content).hexdigest()
        with explained("write to", directory):
            if not holds(directory / safe, content):
                replace_file(directory / safe, content)
        return Stored(safe, folder / safe, sha256)

    def read(self, path: PurePosixPath, sha256: str = "") -> bytes:
        """The content of one file, given relative to the root; on disk its path alone tells which."""
        full = self._directory(path.parent) / path.name
        with explained("read", full):
            if not is_regular(full):
                raise DocumentsError(f"{full} is not an ordinary file.", permanent=True)
            return full.read_bytes()

    def list_files(self, folder: PurePosixPath) -> tuple[str, ...]:
        """The names of the files in a folder, without hidden, temporary and lock files."""
        if not self._is_folder(folder):
            return ()
        directory = self._directory(folder)
        with explained("look into", directory):
            return tuple(
                sorted(e.name for e in os.scandir(directory) if e.is_file(follow_symlinks=False) and _is_shown(e.name))
            )

    def payment_orders(
        self, folder: PurePosixPath, ours: Collection[str] = (), unchanged_since: datetime | None = None,
        named: str = "",
    ) -> tuple[Stored, ...]:  # fmt: skip
        """Files that people put here and called a payment order, or whose name (the ending may be left out) is `named`
        elsewhere, but for those whose sha256 is among `ours`.

        With `unchanged_since`, files changed later are left for the next time: somebody may still be copying them.
        """
        found = []
        for name in self.list_files(folder):
            if is_order_name(name, named) and self._is_settled(folder / name, unchanged_since):
                content = self.read(folder / name)
                found.append(Stored(name, folder / name, hashlib.sha256(content).hexdigest()))
        return tuple(stored for stored in found if stored.sha256 not in ours)

    def _is_settled(self, path: PurePosixPath, unchanged_since: datetime | None) -> bool:
        full = self.root / path
        with explained("look at", full):
            status = full.stat()
        is_whole = unchanged_since is None or status.st_mtime <= unchanged_since.timestamp()
        return 0 < status.st_size <= PAYMENT_ORDER_SIZE and is_whole

    def write_mark(self, counters: Mapping[str, int]) -> None:
        """Raise the high-water mark: the highest numbers given so far, so that an older journal can be noticed."""
        known = self.read_mark()
        wanted = raised(known, counters)
        if wanted != known:
            self._directory(PurePosixPath(), create=True)
            with explained("write to", self.root):
                replace_file(self.root / MARK, json.dumps(wanted, indent=1, sort_keys=True).encode())

    def reset_mark(self, counters: Mapping[str, int]) -> None:
        """Put the high-water mark where a recovered journal is now."""
        self._directory(PurePosixPath(), create=True)
        with explained("write to", self.root):
            replace_file(self.root / MARK, json.dumps(dict(counters), indent=1, sort_keys=True).encode())

    def request_folders(self) -> Iterator[PurePosixPath]:
        """Every folder that may be a request's, `YYYY/MM/CONTRACTOR/REFERENCE`, in order."""
        with explained("look into", self.root):
            for path in sorted(self.root.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/*/*")):
                folder = PurePosixPath(path.relative_to(self.root).as_posix())
                if _REFERENCE.fullmatch(path.name) and self._is_folder(folder):
                    yield folder

    def read_mark(self) -> dict[str, int]:
        """The high-water mark; empty when there is none."""
        path = self.root / MARK
        try:
            with explained("read", path):
                content = json.loads(path.read_bytes()) if path.exists() else {}
            return {str(name): int(number) for name, number in content.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise damaged_mark(str(path)) from error

    # --- what a look, a proof and a person want to know ---------------------------------------------------------------

    def is_begun(self) -> bool:
        """Whether anything lies there at all: a share that is not mounted looks like an empty folder."""
        with explained("look into", self.root):
            return self.root.is_dir() and next(self.root.iterdir(), None) is not None

    def stirred(self, folder: PurePosixPath) -> int | None:
        """A number that changes when something in the folder was changed; None when there is no such folder."""
        directory = self.root / folder
        return directory.stat().st_mtime_ns if directory.is_dir() else None

    def look(self, token: str) -> str:
        """Nothing need be noted beforehand: each folder says itself when it was changed."""
        return token

    def fault(self, path: PurePosixPath, sha256: str) -> str:
        """What is wrong with a stored file, in a few words; empty when it is as it was stored."""
        full = self.root / path
        if not full.is_file():
            return "is not in the materials folder"
        return "" if hashlib.sha256(full.read_bytes()).hexdigest() == sha256 else "is not the file that was stored"

    def shown(self, path: PurePosixPath) -> str:
        """Where a file lies, for people who script."""
        return str(self.root / path)

    def check(self) -> str:
        """Whether files can be put there; raises with the next step when they cannot."""
        root = self.root
        nearest = next((parent for parent in (root, *root.parents) if parent.exists()), root)
        if not nearest.is_dir():
            raise DocumentsError(f"{root} cannot be made: {nearest} is a file. Name another place in [materials] path.")
        if not os.access(nearest, os.W_OK):
            raise DocumentsError(f"{root} cannot be written to: give the daemon's user the right to write there.")
        return str(root)

    def _directory(self, folder: PurePosixPath, create: bool = False) -> Path:
        """The real directory of a folder, each part of it inside the root and no symbolic link."""
        if folder.is_absolute() or ".." in folder.parts:
            raise DocumentsError(f"{folder} does not lie inside the materials.", permanent=True)
        path = self.root
        with explained("open the folder", self.root / folder):
            if create:
                make_folders(path)
            for part in folder.parts:
                path = path / part
                if path.is_symlink():
                    raise DocumentsError(f"{path} is a symbolic link; it is not followed.", permanent=True)
                if create and not path.is_dir():
                    path.mkdir(exist_ok=True)
                    self._sure.discard(self.root / folder)
            if create and path not in self._sure:
                sync_names(path, self.root)
                self._sure.add(path)
        return path


def raised(known: Mapping[str, int], counters: Mapping[str, int]) -> dict[str, int]:
    """The higher of two numbers for each name."""
    return {**known, **{name: max(number, known.get(name, number)) for name, number in counters.items()}}


def damaged_mark(place: str) -> DocumentsError:
    sentence = f"{place} is damaged: it should hold the highest numbers given so far. Restore it from a backup."
    return DocumentsError(sentence, permanent=True)


def names(name: str) -> Iterator[str]:
    """A name, and what it becomes when that is taken."""
    yield name
    stem, extension = os.path.splitext(name)
    for number in range(2, _COPIES):
        suffix = f" ({number}){extension}"
        yield safe_name(stem, 200 - len(suffix.encode())) + suffix


def is_order_name(name: str, named: str = "") -> bool:
    """Whether people called a file a payment order, or by the name that is `named` elsewhere."""
    return _is_payment_order(name) or _is_named(name, named)


def _is_payment_order(name: str) -> bool:
    # Some systems store "ё" as two characters.
    return _PAYMENT_ORDER.match(unicodedata.normalize("NFC", name)) is not None


def _is_named(name: str, wanted: str) -> bool:
    wanted = wanted.strip().casefold()
    return bool(wanted) and wanted in (name.casefold(), PurePosixPath(name).stem.casefold())


def _is_shown(name: str) -> bool:
    return _PASSING.search(name) is None
