"""The folders on Drive. A request's folder is found by its mark wherever people moved it; the others by their names.

Drive lets two folders bear one name. Whoever made one looks again: the oldest is the folder, and a younger twin of our
own that is still empty goes into the bin. So two daemons, or a call that came through late, end with one folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from cloud.client import Unsure
from documents.drive.account import FOLDER_TYPE, TRIES, Drive, DriveGone, Json, escaped, is_mark, unsure
from documents.errors import DocumentsError

MARK, ROOT = "countersign", "countersignRoot"


class Tree:
    """The folders below one root; remembers where they are."""

    def __init__(self, root: str) -> None:
        self.root, self._drive_id, self._looked = root, "", False
        self._known: dict[PurePosixPath, Json] = {}

    def top(self, drive: Drive) -> Json:
        """The root itself, as it is now."""
        try:
            found = drive.get(
                self.root,
                "id,name,mimeType,trashed,driveId,webViewLink,capabilities(canAddChildren,canShare,canEdit)",
            )
        except DriveGone as error:
            who = drive.login.who
            raise DriveGone(f"The folder of materials is not on Google Drive, or not shared with {who}.") from error
        if found.get("trashed"):
            raise DriveGone("The folder of materials is in the bin of Google Drive.")
        if found.get("mimeType", FOLDER_TYPE) != FOLDER_TYPE:
            raise DocumentsError(f"“{found.get('name')}” on Google Drive is no folder. Set [materials] drive_folder.")
        self._drive_id, self._looked = str(found.get("driveId") or ""), True
        return found

    def drive_id(self, drive: Drive) -> str:
        """The shared drive that the root is on; empty for a person's own."""
        if not self._looked:
            self.top(drive)
        return self._drive_id

    def marks(self, mark: str) -> dict[str, str]:
        """What tells a file or folder of ours from all others."""
        return {MARK: mark, ROOT: self.root}

    def query(self, mark: str) -> str:
        return f"{is_mark(MARK, mark)} and {is_mark(ROOT, self.root)}"

    def find(self, drive: Drive, folder: PurePosixPath) -> Json | None:
        """A request's folder, if there is one."""
        known = self._known.get(folder)
        if known is None:
            found = self._twins(drive, f"mimeType = '{FOLDER_TYPE}' and {self.query(folder.name)}")
            if not found:
                return None
            known = self._known[folder] = found[0]
        return known

    def folder(self, drive: Drive, folder: PurePosixPath) -> Json:
        """A request's folder, made with all above it when it is not there."""
        found = self.find(drive, folder)
        if found is None:
            above = self._above(drive, folder.parent)
            query = f"mimeType = '{FOLDER_TYPE}' and {self.query(folder.name)}"
            found = self._known[folder] = self._made(drive, folder.name, above, self.marks(folder.name), query)
        return found

    def forget(self) -> None:
        """Somebody has removed folders: look again."""
        self._known.clear()
        self._looked = False

    def _above(self, drive: Drive, folder: PurePosixPath) -> str:
        if not folder.parts:
            self.drive_id(drive)
            return self.root
        if folder not in self._known:
            parent = self._above(drive, folder.parent)
            query = f"'{escaped(parent)}' in parents and mimeType = '{FOLDER_TYPE}' and name = '{escaped(folder.name)}'"
            twins = self._twins(drive, query)
            self._known[folder] = twins[0] if twins else self._made(drive, folder.name, parent, {}, query)
        return str(self._known[folder]["id"])

    def _made(self, drive: Drive, name: str, parent: str, marks: Mapping[str, str], query: str) -> Json:
        lost = Unsure("")
        for _ in range(TRIES):
            own: Json = {}
            try:
                own = drive.make_folder(name, parent, marks)
            except Unsure as error:
                lost = error
            twins = self._twins(drive, query)
            if own and twins and twins[0]["id"] != own["id"]:
                self._clear_away(drive, own["id"])
            if twins or own:
                return twins[0] if twins else own
        raise unsure(lost)

    def _clear_away(self, drive: Drive, twin: str) -> None:
        if not drive.find(f"'{twin}' in parents", self._drive_id):
            drive.bin(twin)

    def _twins(self, drive: Drive, query: str) -> list[Json]:
        return drive.find(query, self.drive_id(drive))


def marks_of(file: Json) -> dict[str, str]:
    """Our marks on a file or folder; none on what people put there."""
    marks = file.get("appProperties") or {}
    return marks if MARK in marks else {}
