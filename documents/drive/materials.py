"""The materials of all requests below one folder on Drive, with the same doings as the folder on disk.

Each file of ours bears two hidden marks: the reference it belongs to and the sha256 of what was stored. So a deed that
is repeated finds its file instead of sending it again, whatever people call it by then. Where no answer came we look
first; should the lost call come through late after all, the younger twin goes into the bin with the next filing.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from cloud.client import Unsure
from documents.drive.account import FOLDER_TYPE, OWNS_NOTHING, TRIES, Drive, DriveGone, Json, is_mark, unsure
from documents.drive.changes import Changes
from documents.drive.sharing import Shared, is_open, share
from documents.drive.tree import MARK, ROOT, Tree, marks_of
from documents.drive.uploads import holds, upload
from documents.errors import DocumentsError
from documents.materials import MARK as MARK_FILE
from documents.materials import PAYMENT_ORDER_SIZE, Stored, damaged_mark, is_order_name, names, raised
from values.names import safe_name

SHA256, CARD = "countersignSha256", "countersignCard"
GOOGLE_TYPES = "application/vnd.google-apps."
LOOK_EVERY = timedelta(seconds=30)
ONE_FILING = 20.0  # seconds


class DriveMaterials:
    """One folder on Drive. `connect` gives a login to each thread that asks."""

    look_every = LOOK_EVERY
    notes_changes = True
    most_looks = 10
    place = "Google Drive"

    def __init__(self, root: str, connect: Callable[[], Drive]) -> None:
        self._tree, self._connect, self._own = Tree(root), connect, threading.local()
        self._changes = Changes(self._tree)
        self._mark: dict[str, int] | None = None
        self._proven: tuple[PurePosixPath, list[Json]] | None = None
        self._listing: tuple[PurePosixPath, float, str, list[Json]] | None = None

    @property
    def _drive(self) -> Drive:
        if not hasattr(self._own, "drive"):
            self._own.drive = self._connect()
        drive: Drive = self._own.drive
        return drive

    # --- filing -----------------------------------------------------------------------------------------------------

    def store(self, folder: PurePosixPath, name: str, content: bytes) -> Stored:
        """Keep a file under its name, or under `name (2).pdf` when another content has it; never twice."""
        sha256 = hashlib.sha256(content).hexdigest()
        parent, files = self._opened(folder)
        found = self._own_file(files, folder.name, sha256, content)
        if found is None:
            taken = {str(file.get("name")) for file in files}
            free = next((name for name in names(safe_name(name)) if name not in taken), "")
            if not free:
                raise DocumentsError(f"There are too many files called {name} in {folder}.", permanent=True)
            marks = self._tree.marks(folder.name) | {SHA256: sha256}
            found = self._sent(parent, free, content, marks, lambda: self._find_again(parent, folder.name, sha256))
            files.append(found)
        shown = str(found.get("name") or name)
        return Stored(shown, folder / safe_name(shown), sha256)

    def replace(self, folder: PurePosixPath, name: str, content: bytes) -> Stored:
        """Write a page of our own anew, such as the card."""
        sha256 = hashlib.sha256(content).hexdigest()
        parent, files = self._opened(folder)
        marks = self._tree.marks(folder.name) | {CARD: "1", SHA256: sha256}
        pages = [file for file in files if marks_of(file).get(CARD) and marks_of(file).get(MARK) == folder.name]
        if not pages:
            found = self._sent(parent, safe_name(name), content, marks, lambda: self._page(parent, folder.name))
            pages = [found]
        if not (marks_of(pages[0]).get(SHA256) == sha256 and holds(pages[0], content)):
            facts = {"appProperties": marks}
            self._handled(lambda: upload(self._drive, facts, content, _type_of(name), pages[0]["id"]))
        self._clear_away(pages[1:])
        self._listing = None
        self._changes.stir(folder.name)
        return Stored(safe_name(name), folder / safe_name(name), sha256)

    def _opened(self, folder: PurePosixPath) -> tuple[str, list[Json]]:
        """The id of a folder that is there now, and its files; one filing looks once."""
        held, self._listing = self._listing, None
        if held is not None and held[0] == folder and time.monotonic() - held[1] < ONE_FILING:
            self._listing = held
            return held[2], held[3]
        try:
            found = self._listed(str(self._tree.folder(self._drive, folder)["id"]))
        except DriveGone:  # people have removed it since we knew it
            self._tree.forget()
            found = self._listed(str(self._tree.folder(self._drive, folder)["id"]))
        self._listing = (folder, time.monotonic(), *found)
        return found

    def _listed(self, folder_id: str) -> tuple[str, list[Json]]:
        if self._drive.get(folder_id, "id,trashed").get("trashed"):
            raise DriveGone(f"The folder {folder_id} is in the bin of Google Drive.")
        return folder_id, self._files(folder_id)

    def _files(self, folder_id: str) -> list[Json]:
        return self._drive.find(f"'{folder_id}' in parents", self._tree.drive_id(self._drive))

    def _own_file(self, files: Collection[Json], reference: str, sha256: str, content: bytes) -> Json | None:
        """The file that was stored with these bytes, and has them still; later twins of it are cleared away."""
        twins = [file for file in files if _is_ours(file, reference, sha256) and holds(file, content)]
        self._clear_away(twins[1:])
        return twins[0] if twins else None

    def _find_again(self, parent: str, reference: str, sha256: str) -> Json | None:
        return next((file for file in self._files(parent) if _is_ours(file, reference, sha256)), None)

    def _page(self, parent: str, reference: str) -> Json | None:
        pages = (file for file in self._files(parent) if marks_of(file).get(CARD))
        return next((file for file in pages if marks_of(file).get(MARK) == reference), None)

    def _sent(
        self, parent: str, name: str, content: bytes, marks: Mapping[str, str], look: Callable[[], Json | None]
    ) -> Json:
        """Sent once: where no answer came, we look whether it is there before it is sent again."""
        facts = {"name": name, "parents": [parent], "appProperties": dict(marks)}
        lost = Unsure("")
        for _ in range(TRIES):
            try:
                return upload(self._drive, facts, content, _type_of(name))
            except Unsure as error:
                lost = error
            found = look()
            if found is not None:
                return found
        self._listing = None
        raise unsure(lost)

    def _handled(self, write: Callable[[], Json]) -> Json:
        try:
            return write()
        except Unsure as error:
            raise unsure(error) from error

    def _clear_away(self, twins: Collection[Json]) -> None:
        for twin in twins:
            self._drive.bin(twin["id"])

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, path: PurePosixPath, sha256: str = "") -> bytes:
        """The content of one file, and only that which has this sum where one is given."""
        for file in _candidates(self._in_folder(path.parent), path, sha256):
            content = self._drive.download(file["id"])
            if not sha256 or hashlib.sha256(content).hexdigest() == sha256:
                return content
        raise DocumentsError(f"{path} on Google Drive is gone or was changed since it was found.", permanent=True)

    def fault(self, path: PurePosixPath, sha256: str) -> str:
        """What is wrong with a stored file, in a few words; empty when it is as it was stored."""
        if self._proven is None or self._proven[0] != path.parent:  # files of one request come one after another
            self._proven = (path.parent, self._in_folder(path.parent))
        candidates = _candidates(self._proven[1], path, sha256)
        if not candidates:
            return "is not in the folder of materials on Google Drive"
        if any(self._sum_of(file) == sha256 for file in candidates):
            return ""
        return "is not the file that was stored"

    def _in_folder(self, folder: PurePosixPath) -> list[Json]:
        found = self._tree.find(self._drive, folder)
        return self._files(str(found["id"])) if found is not None else []

    def _sum_of(self, file: Json) -> str:
        stated = str(file.get("sha256Checksum") or "").lower()
        return stated or hashlib.sha256(self._drive.download(file["id"])).hexdigest()

    def request_folders(self) -> Iterator[PurePosixPath]:
        """The folders of all requests, by their marks."""
        drive_id = self._tree.drive_id(self._drive)
        query = f"mimeType = '{FOLDER_TYPE}' and {is_mark(ROOT, self._tree.root)}"
        names = {marks_of(folder).get(MARK, "") for folder in self._drive.find(query, drive_id)}
        yield from (PurePosixPath(name) for name in sorted(names) if name)

    def list_files(self, folder: PurePosixPath) -> tuple[str, ...]:
        """The names of the files in a folder."""
        files = (file for file in self._in_folder(folder) if file.get("mimeType") != FOLDER_TYPE)
        return tuple(sorted(safe_name(str(file.get("name") or "")) for file in files))

    def payment_orders(
        self, folder: PurePosixPath, ours: Collection[str] = (), unchanged_since: datetime | None = None,
        named: str = "",
    ) -> tuple[Stored, ...]:  # fmt: skip
        """Files that people put here and called a payment order, or whose name is `named` elsewhere. Drive shows a file
        when it is whole, so none is left for later."""
        found = self._tree.find(self._drive, folder)
        if found is None:
            return ()
        try:
            files = self._files(str(found["id"]))
        except DriveGone:
            self._tree.forget()
            return ()
        orders = [
            Stored(safe_name(file["name"]), folder / safe_name(file["name"]), self._sum_of(file))
            for file in files if not marks_of(file) and _is_order(file, named)
        ]  # fmt: skip
        return tuple(order for order in orders if order.sha256 not in ours)

    # --- changes and the high-water mark ------------------------------------------------------------------------------

    def is_begun(self) -> bool:
        """What is not there on Drive is an error by itself."""
        return True

    def stirred(self, folder: PurePosixPath) -> int | None:
        """A number that rises when something in the folder was changed; None as long as nothing was."""
        return self._changes.stirred.get(folder.name)

    def look(self, token: str) -> str:
        """Note which folders people changed since `token`; the token for the next look. One call when all is quiet."""
        return self._changes.look(self._drive, token)

    def write_mark(self, counters: Mapping[str, int]) -> None:
        """Raise the highest numbers given so far; asks Drive only when they have risen."""
        if self._mark is not None and raised(self._mark, counters) == self._mark:
            return
        known = self.read_mark()
        self._mark = raised(known, counters)
        if self._mark != known:
            self.reset_mark(self._mark)

    def reset_mark(self, counters: Mapping[str, int]) -> None:
        """Put the high-water mark where a recovered journal is now."""
        content = json.dumps(dict(counters), indent=1, sort_keys=True).encode()
        self._mark, files = None, self._mark_files()
        if files:
            self._handled(lambda: upload(self._drive, {}, content, "application/json", files[0]["id"]))
            self._clear_away(files[1:])
        else:
            marks = self._tree.marks(MARK_FILE)
            self._sent(self._tree.root, MARK_FILE, content, marks, lambda: next(iter(self._mark_files()), None))
        self._mark = dict(counters)

    def read_mark(self) -> dict[str, int]:
        """The high-water mark; empty when there is none."""
        known: dict[str, int] = {}
        for file in self._mark_files():
            try:
                content = json.loads(self._drive.download(file["id"]))
                known = raised(known, {str(name): int(number) for name, number in content.items()})
            except (ValueError, TypeError, AttributeError) as error:
                raise damaged_mark(f"{MARK_FILE} on Google Drive") from error
        return known

    def _mark_files(self) -> list[Json]:
        return self._drive.find(self._tree.query(MARK_FILE), self._tree.drive_id(self._drive))

    # --- people -----------------------------------------------------------------------------------------------------

    def link(self, folder: PurePosixPath) -> str:
        """The address of a request's folder in the browser; empty as long as there is none."""
        found = self._tree.find(self._drive, folder)
        if found is None:
            return ""
        return str(found.get("webViewLink") or f"https://drive.google.com/drive/folders/{found['id']}")

    def shown(self, path: PurePosixPath) -> str:
        """Where a file lies, for people who script."""
        return f"{self._tree.root}/{path}"

    def share(self, people: Mapping[str, str], given: Collection[str]) -> Shared:
        """Let these people in (address: role) and nobody whom we let in before."""
        try:
            return share(self._drive, self._tree.root, people, given)
        except Unsure as error:
            raise unsure(error) from error

    def check(self) -> str:
        """Whether files can be put there; raises with the next step when they cannot."""
        top, drive = self._tree.top(self._drive), self._drive
        name = f"“{top.get('name') or self._tree.root}”"
        if drive.login.is_robot and not top.get("driveId"):
            raise DocumentsError(f"The folder {name} belongs to a person. {OWNS_NOTHING}")
        if (top.get("capabilities") or {}).get("canAddChildren") is False:
            raise DocumentsError(f"Share the folder {name} with {drive.login.who} as an editor.")
        opened = is_open(drive.permissions(self._tree.root))
        if opened:
            raise DocumentsError(f"The folder {name} is open to {opened}: take that away, or strangers read invoices.")
        return f"Google Drive: {name}{', on a shared drive' if top.get('driveId') else ''}"


def _candidates(files: Collection[Json], path: PurePosixPath, sha256: str) -> list[Json]:
    """What may be the file that was stored under a path: by its mark, else by its name."""
    ours = [file for file in files if sha256 and marks_of(file).get(SHA256) == sha256]
    named = [file for file in files if safe_name(str(file.get("name") or "")) == path.name and file not in ours]
    return [*ours, *named]


def _is_ours(file: Json, reference: str, sha256: str) -> bool:
    marks = marks_of(file)
    return marks.get(MARK) == reference and marks.get(SHA256) == sha256 and CARD not in marks


def _is_order(file: Json, named: str) -> bool:
    """A file with content of its own that people called a payment order; a shortcut or a Google document has none."""
    kind, size = str(file.get("mimeType") or ""), file.get("size")
    if kind == FOLDER_TYPE or kind.startswith(GOOGLE_TYPES) or not file.get("name"):
        return False
    whole = size is None or 0 < int(size) <= PAYMENT_ORDER_SIZE
    return whole and is_order_name(str(file["name"]), named)


def _type_of(name: str) -> str:
    if name.endswith(".eml"):
        return "message/rfc822"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
