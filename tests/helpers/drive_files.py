"""Files, folders, permissions and changes in memory as Google Drive keeps them, and the queries that find them.

Only what the materials use is there; any other query is refused, so that nothing passes untested.
"""

import hashlib
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from helpers.sheets_schema import Json, Refused

FOLDER = "application/vnd.google-apps.folder"
TERM = re.compile(
    r"'(?P<parent>(?:[^'\\]|\\.)*)' in parents|(?P<field>name|mimeType) = '(?P<value>(?:[^'\\]|\\.)*)'"
    r"|trashed = (?P<trashed>true|false)"
    r"|appProperties has \{ key='(?P<key>(?:[^'\\]|\\.)*)' and value='(?P<mark>(?:[^'\\]|\\.)*)' \}"
)
PROPERTY_BYTES = 124


class NotThere(Exception):
    """Google would answer 404."""


class NoRoom(Exception):
    """Google would answer 403, storageQuotaExceeded."""


@dataclass(slots=True)
class Upload:
    """A resumable upload under way."""

    facts: Json
    media_type: str
    total: int
    file_id: str = ""
    received: bytes = b""
    done: Json | None = None


@dataclass(slots=True)
class DriveFiles:
    """What lies on Drive below one shared folder, and what happened to it."""

    root: str = "1Folder-Of_Materials"
    shared_drive: str = "0ASharedDrive"
    files: dict[str, Json] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    permissions: dict[str, list[Json]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    """Addresses that have no Google account."""
    sums: tuple[str, ...] = ("sha256Checksum", "md5Checksum")
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.files[self.root] = self._dated({"id": self.root, "name": "Payments", "mimeType": FOLDER, "parents": []})

    # --- what tests do ------------------------------------------------------------------------------

    def put(self, name: str, content: bytes, parent: str, **facts: Any) -> str:
        """Somebody puts a file into a folder."""
        return str(self.create({"name": name, "parents": [parent], **facts}, content, "application/pdf")["id"])

    def named(self, name: str) -> list[Json]:
        """All files and folders of that name that are not in the bin."""
        return [file for file in self.files.values() if file["name"] == name and not self._in_bin(file)]

    def only(self, name: str) -> Json:
        """The one file of that name."""
        (found,) = self.named(name)
        return found

    def path(self, file: Json) -> str:
        """Where a file lies, below the root."""
        names = [file["name"]]
        while file["parents"] and file["parents"][0] != self.root:
            file = self.files[file["parents"][0]]
            names.insert(0, file["name"])
        return "/".join(names)

    def tree(self) -> list[str]:
        """Every file that is not in the bin, by path."""
        files = (f for f in self.files.values() if f["mimeType"] != FOLDER and not self._in_bin(f))
        return sorted(self.path(file) for file in files)

    # --- files --------------------------------------------------------------------------------------

    def get(self, file_id: str) -> Json:
        """One file."""
        if file_id not in self.files:
            raise NotThere(file_id)
        file = self.files[file_id]
        shown = {key: value for key, value in file.items() if key not in _hidden(self.sums)}
        if self.shared_drive:
            shown["driveId"] = self.shared_drive
        capabilities = {"canAddChildren": True, "canShare": True, "canEdit": True}
        link = f"https://drive.google.com/drive/folders/{file_id}"
        return shown | {"trashed": self._in_bin(file), "capabilities": capabilities, "webViewLink": link}

    def find(self, query: str) -> list[Json]:
        """All files that a query finds, in no order of use."""
        rest, tests = query, []
        while rest:
            match = TERM.match(rest)
            if match is None:
                raise Refused(f"Invalid Value: q={query}")
            tests.append(match.groupdict())
            rest = rest[match.end() :]
            if rest and not rest.startswith(" and "):
                raise Refused(f"Invalid Value: q={query}")
            rest = rest.removeprefix(" and ")
        found = [file["id"] for file in self.files.values() if all(self._fits(file, term) for term in tests)]
        return [self.get(file_id) for file_id in reversed(found)]

    def _fits(self, file: Json, term: dict[str, str | None]) -> bool:
        if term["parent"] is not None:
            return _plain(term["parent"]) in file["parents"]
        if term["field"] is not None:
            return bool(file[term["field"]] == _plain(term["value"]))
        if term["trashed"] is not None:
            return self._in_bin(file) == (term["trashed"] == "true")
        return bool(file.get("appProperties", {}).get(_plain(term["key"])) == _plain(term["mark"]))

    def _in_bin(self, file: Json) -> bool:
        parents = [self.files[parent] for parent in file["parents"] if parent in self.files]
        return file.get("trashed", False) or any(map(self._in_bin, parents))

    def create(self, facts: Json, content: bytes | None = None, media_type: str = "") -> Json:
        """A new file or folder."""
        parent = facts.get("parents", ["root"])[0]
        if parent not in self.files:
            raise NotThere(parent)
        if content is not None and not self.shared_drive and "by" not in facts:
            raise NoRoom
        self._weigh(facts)
        file_id = f"file-{next(self._numbers)}"
        file = {"id": file_id, "mimeType": media_type, "parents": [parent], "name": "Untitled", **facts}
        self.files[file_id] = self._dated(file)
        if content is not None:
            self._hold(file_id, content)
        self.changed.append(file_id)
        return self.get(file_id)

    def update(self, file_id: str, facts: Json, content: bytes | None = None) -> Json:
        """Other facts, another content."""
        self.get(file_id)
        self._weigh(facts)
        marks = {**self.files[file_id].get("appProperties", {}), **facts.get("appProperties", {})}
        self.files[file_id] |= {**facts, **({"appProperties": marks} if marks else {})}
        if content is not None:
            self._hold(file_id, content)
        self.changed.append(file_id)
        return self.get(file_id)

    def _weigh(self, facts: Json) -> None:
        for key, value in facts.get("appProperties", {}).items():
            if len((key + value).encode()) > PROPERTY_BYTES:
                raise Refused("The property is too long.")

    def _hold(self, file_id: str, content: bytes) -> None:
        self.contents[file_id] = content
        self.files[file_id] |= {
            "size": str(len(content)), "sha256Checksum": hashlib.sha256(content).hexdigest(),
            "md5Checksum": hashlib.md5(content).hexdigest(),
        }  # fmt: skip

    def _dated(self, file: Json) -> Json:
        at = f"2026-11-24T09:00:{len(self.files) % 60:02}.{len(self.files):03}Z"
        return file | {"createdTime": at, "modifiedTime": at}

    # --- permissions --------------------------------------------------------------------------------

    def permit(self, file_id: str, permission: Json, *, mailed: bool) -> Json:
        """Let somebody in."""
        self.get(file_id)
        address = permission.get("emailAddress", permission["type"])
        if not mailed and address in self.strangers:
            raise Refused("You are trying to invite a person without a Google account: a notification is needed.")
        self.mails += [address] if mailed else []
        standing = self.permissions.setdefault(file_id, [])
        found = next((one for one in standing if one.get("emailAddress") == address), None)
        if found is None:
            found = {"id": f"perm-{next(self._numbers)}", **permission}
            standing.append(found)
        found["role"] = permission["role"]
        return found

    def permission(self, file_id: str, permission_id: str) -> Json:
        """One permission."""
        found = next((one for one in self.permissions.get(file_id, []) if one["id"] == permission_id), None)
        if found is None:
            raise NotThere(permission_id)
        return found


def _plain(text: str | None) -> str:
    return re.sub(r"\\(.)", r"\1", text or "")


def _hidden(sums: tuple[str, ...]) -> set[str]:
    return {"trashed", "by", *({"sha256Checksum", "md5Checksum"} - set(sums))}
