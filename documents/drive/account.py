"""The calls to Drive that materials need, and what Drive's refusals mean in our words.

Everything is asked with `supportsAllDrives`, so that a shared drive and a person's own folder are the same to us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gspread.exceptions import APIError

from cloud import told
from cloud.client import FULL, PatientClient, Unsure, message_of, reasons_of, status_of
from cloud.login import Login
from documents.errors import DocumentsError

FILES = "https://www.googleapis.com/drive/v3/files"
CHANGES = "https://www.googleapis.com/drive/v3/changes"
FOLDER_TYPE = "application/vnd.google-apps.folder"
FILE = (
    "id,name,mimeType,parents,size,md5Checksum,sha256Checksum,createdTime,modifiedTime,trashed,appProperties,"
    "webViewLink"
)
EVERYWHERE = {"supportsAllDrives": "true"}
OWNS_NOTHING = (
    "A service account owns no storage: put the folder on a shared drive, or let Countersign use a person's login."
)
TRIES = 3

Json = dict[str, Any]


class DriveGone(DocumentsError):
    """What was asked for is not on Drive, or not shared with us."""


class DriveRefused(DocumentsError):
    """Drive will not do just this; other things it may."""


class Drive:
    """Drive as one login sees it; for one thread."""

    def __init__(self, client: PatientClient, login: Login) -> None:
        self.client, self.login = client, login

    def get(self, file_id: str, fields: str = FILE) -> Json:
        """One file or folder."""
        return self._read(f"{FILES}/{file_id}", {"fields": fields, **EVERYWHERE})

    def find(self, query: str, drive_id: str = "") -> list[Json]:
        """All files that a query finds, the oldest first; those in the bin are none."""
        asked = {
            "q": f"{query} and trashed = false", "fields": f"nextPageToken,files({FILE})", "pageSize": "1000",
            "includeItemsFromAllDrives": "true", **EVERYWHERE, **_within(drive_id),
        }  # fmt: skip
        found: list[Json] = []
        while True:
            answer = self._read(FILES, asked)
            found += [file for file in answer.get("files") or () if file.get("id") and not file.get("trashed")]
            if not answer.get("nextPageToken"):
                return sorted(found, key=lambda file: (str(file.get("createdTime") or ""), file["id"]))
            asked["pageToken"] = answer["nextPageToken"]

    def make_folder(self, name: str, parent: str, marks: Mapping[str, str]) -> Json:
        """A new folder; raises Unsure when nobody knows whether it was made."""
        body = {"name": name, "mimeType": FOLDER_TYPE, "parents": [parent], "appProperties": dict(marks)}
        with self.failures():
            return self.client.request("post", FILES, params={"fields": FILE, **EVERYWHERE}, json=body).json()  # type: ignore[no-any-return]

    def bin(self, file_id: str) -> None:
        """Into the bin, from where people can take it back; what is gone already is fine."""
        with self.failures():
            try:
                self.client.repeat("patch", f"{FILES}/{file_id}", params=EVERYWHERE, json={"trashed": True})
            except APIError as error:
                if status_of(error) != 404:
                    raise

    def download(self, file_id: str) -> bytes:
        """The content of a file."""
        with self.failures():
            return self.client.request("get", f"{FILES}/{file_id}", params={"alt": "media", **EVERYWHERE}).content

    # --- changes ----------------------------------------------------------------------------------------------------

    def now(self, drive_id: str = "") -> str:
        """A token from which changes can be asked for later."""
        answer = self._read(f"{CHANGES}/startPageToken", {**EVERYWHERE, **_driven(drive_id)})
        return str(answer.get("startPageToken") or "")

    def changes(self, token: str, drive_id: str = "") -> tuple[list[Json], str]:
        """The files that were changed since, and the token for the next time."""
        fields = "newStartPageToken,nextPageToken,changes(removed,file(id,name,mimeType,parents,trashed,appProperties))"
        files: list[Json] = []
        while True:
            asked = {
                "pageToken": token, "fields": fields, "pageSize": "1000", "includeItemsFromAllDrives": "true",
                **EVERYWHERE, **_driven(drive_id),
            }  # fmt: skip
            answer = self._read(CHANGES, asked)
            files += [change["file"] for change in answer.get("changes") or () if change.get("file")]
            after = answer.get("nextPageToken")
            if not after:
                return files, str(answer.get("newStartPageToken") or token)
            token = str(after)

    # --- permissions ------------------------------------------------------------------------------------------------

    def permissions(self, file_id: str) -> list[Json]:
        """Who may do what with a file."""
        fields = "nextPageToken,permissions(id,type,role,emailAddress,deleted,permissionDetails(inherited))"
        asked = {"fields": fields, "pageSize": "100", **EVERYWHERE}
        found: list[Json] = []
        while True:
            answer = self._read(f"{FILES}/{file_id}/permissions", asked)
            found += [one for one in answer.get("permissions") or () if not one.get("deleted")]
            if not answer.get("nextPageToken"):
                return found
            asked["pageToken"] = answer["nextPageToken"]

    def permit(self, file_id: str, address: str, role: str) -> None:
        """Let one person in, without a mail to him; done twice it is done once."""
        body = {"type": "user", "role": role, "emailAddress": address}
        asked = {"sendNotificationEmail": "false", "fields": "id", **EVERYWHERE}
        with self.failures():
            self.client.repeat("post", f"{FILES}/{file_id}/permissions", params=asked, json=body)

    def change_role(self, file_id: str, permission: str, role: str) -> None:
        with self.failures():
            address = f"{FILES}/{file_id}/permissions/{permission}"
            self.client.repeat("patch", address, params={"fields": "id", **EVERYWHERE}, json={"role": role})

    def forbid(self, file_id: str, permission: str) -> None:
        """Take a permission back; one that is gone already is fine."""
        with self.failures():
            try:
                self.client.request("delete", f"{FILES}/{file_id}/permissions/{permission}", params=EVERYWHERE)
            except APIError as error:
                if status_of(error) != 404:
                    raise

    # --- answers ----------------------------------------------------------------------------------------------------

    def _read(self, address: str, asked: Mapping[str, str]) -> Json:
        with self.failures():
            return self.client.request("get", address, params=dict(asked)).json()  # type: ignore[no-any-return]

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Say in our words what Drive said in its; `Unsure` is left to those who can look."""
        try:
            yield
        except APIError as error:
            raise self._told(error) from error
        except told.FAILURES as error:
            raise DocumentsError(told.unreachable(error, self.login)) from error

    def _told(self, error: APIError) -> DocumentsError:
        status, said, reasons = status_of(error), message_of(error), reasons_of(error)
        known = told.refused(error, self.login)
        if known is not None:
            return DocumentsError(known)
        if status == 404:
            return DriveGone(f"Google Drive: what was asked for is not there, or not shared with {self.login.who}.")
        if reasons & FULL:
            owns = OWNS_NOTHING if self.login.is_robot else f"Make room. Google: {said}."
            return DocumentsError(f"Google Drive has no room for the materials. {owns}")
        if status == 403:
            return DriveRefused(f"Share the folder of materials with {self.login.who} as an editor. Google: {said}.")
        return DriveRefused(f"Google Drive cannot do this ({status}): {said}.", permanent=status == 400)


def is_mark(key: str, value: str) -> str:
    """The part of a query that finds what bears a mark of ours."""
    return f"appProperties has {{ key='{key}' and value='{escaped(value)}' }}"


def escaped(text: str) -> str:
    """A text inside the quotes of a query."""
    return re.sub(r"(['\\])", r"\\\1", text)


def unsure(error: Unsure) -> DocumentsError:
    """Nobody knows whether it was done; the next try looks first."""
    return DocumentsError(f"Google Drive did not say whether it was done: {error}.")


def _within(drive_id: str) -> Json:
    return {"corpora": "drive", "driveId": drive_id} if drive_id else {}


def _driven(drive_id: str) -> Json:
    return {"driveId": drive_id} if drive_id else {}
