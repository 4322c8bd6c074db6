"""Which requests' folders people have changed, by Drive's list of changes: one call when all is quiet."""

from __future__ import annotations

from collections.abc import Iterable

from documents.drive.account import Drive, DriveGone, Json
from documents.drive.tree import MARK, Tree, marks_of
from documents.errors import DocumentsError

MOST_STRANGERS = 20  # folders looked up for one look


class Changes:
    """`stirred` counts the changes of each folder by reference; our own files are none."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.stirred: dict[str, int] = {}
        self._references: dict[str, str] = {}  # of a folder's id; empty for one that is no request's

    def stir(self, reference: str) -> None:
        """Something may be new in that folder."""
        self.stirred[reference] = self.stirred.get(reference, 0) + 1

    def look(self, drive: Drive, token: str) -> str:
        """Count what was changed since `token`; the token for the next look."""
        drive_id = self._tree.drive_id(drive)
        if not token:
            return drive.now(drive_id)
        try:
            files, after = drive.changes(token, drive_id)
        except DocumentsError as error:
            if not (error.permanent or isinstance(error, DriveGone)):
                raise
            return drive.now(drive_id)  # a token that Drive has forgotten
        parents = list(dict.fromkeys(_parents(files)))
        unknown = [parent for parent in parents if parent not in self._references]
        for parent in unknown[:MOST_STRANGERS]:
            self._references[parent] = self._reference_of(drive, parent)
        for reference in filter(None, (self._references.get(parent) for parent in parents)):
            self.stir(reference)
        return after if len(unknown) <= MOST_STRANGERS else token

    def _reference_of(self, drive: Drive, folder: str) -> str:
        try:
            marks = marks_of(drive.get(folder, "id,appProperties"))
        except DriveGone:
            return ""
        reference = marks.get(MARK, "")
        return reference if self._tree.marks(reference).items() <= marks.items() else ""


def _parents(files: Iterable[Json]) -> Iterable[str]:
    """The folders of what people changed."""
    for file in files:
        if not file.get("trashed") and not marks_of(file):
            yield from file.get("parents") or ()
