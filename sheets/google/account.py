"""One spreadsheet at Google as we reach it: the calls we make, and what Google's refusals mean in our words."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gspread.exceptions import APIError
from gspread.urls import DRIVE_FILES_API_V3_URL, SPREADSHEET_BATCH_UPDATE_URL

from cloud import told
from cloud.client import PatientClient, Unsure, message_of, status_of
from cloud.login import Login
from sheets.errors import RegistryBroken, RegistryChanged, RegistryError, RegistryLocked, RegistryMissing
from sheets.google.book import SHEETS
from sheets.google.wire import Json

LOOK_FIELDS = (
    "version,modifiedTime,trashed,lastModifyingUser(displayName,emailAddress),"
    "contentRestrictions(readOnly,reason,restrictingUser(displayName,emailAddress),restrictionTime)"
)


@dataclass(frozen=True, slots=True)
class DriveLock:
    """Who has locked the file's content in Drive, and since when."""

    owner: str
    since: datetime
    program: str = "Google Drive"


@dataclass(frozen=True, slots=True)
class Look:
    """What Drive says of the file without opening it."""

    version: str
    editor: str = ""
    lock: DriveLock | None = None


class Account:
    """The calls of a registry; nothing else of Google is used."""

    def __init__(self, client: PatientClient, spreadsheet: str, login: Login) -> None:
        self.client, self.spreadsheet, self.login = client, spreadsheet, login

    def look(self) -> Look:
        """The file's version, who wrote last, and whether its owner has locked it."""
        parameters: Json = {"fields": LOOK_FIELDS, "supportsAllDrives": "true"}
        with self.failures():
            url = f"{DRIVE_FILES_API_V3_URL}/{self.spreadsheet}"
            answer = self.client.request("get", url, params=parameters).json()
        if answer.get("trashed"):
            raise RegistryMissing("The spreadsheet is in the bin.")
        editor = answer.get("lastModifyingUser") or {}
        return Look(
            str(answer["version"]), str(editor.get("emailAddress") or editor.get("displayName") or ""), _lock(answer)
        )

    def sheets(self) -> Mapping[str, Any]:
        """Names and marks of all sheets, no cells."""
        with self.failures():
            return self.client.spreadsheets_get(self.spreadsheet, {"fields": SHEETS})  # type: ignore[no-any-return]

    def cells(self, ranges: Sequence[str], fields: str) -> Mapping[str, Any]:
        """Some ranges; RegistryChanged when one of the sheets bears another name by now."""
        with self.failures():
            try:
                return self.client.spreadsheets_get(self.spreadsheet, {"ranges": list(ranges), "fields": fields})  # type: ignore[no-any-return]
            except APIError as error:
                if status_of(error) == 400 and "parse range" in str(error):
                    raise RegistryChanged("A sheet of the registry was renamed or removed just now.") from error
                raise

    def update(self, requests_: Sequence[Json], ranges: Sequence[str] = (), fields: str = "") -> Mapping[str, Any]:
        """All requests or none; Unsure when no answer came. With ranges the answer tells how they stand afterwards."""
        body: Json = {"requests": list(requests_)}
        if ranges:
            body |= {"includeSpreadsheetInResponse": True, "responseRanges": list(ranges)}
        url = SPREADSHEET_BATCH_UPDATE_URL % self.spreadsheet
        try:
            return self.client.request("post", url, params={"fields": fields or "spreadsheetId"}, json=body).json()  # type: ignore[no-any-return]
        except APIError as error:
            if status_of(error) == 403:
                self._refuse_lock()
            raise

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Say in our words what Google said in its."""
        try:
            yield
        except APIError as error:
            raise self._told(error) from error
        except Unsure as error:
            raise RegistryError(f"Google did not say whether the write was made: {error}.") from error
        except told.FAILURES as error:
            raise RegistryError(told.unreachable(error, self.login)) from error

    def _told(self, error: APIError) -> RegistryError:
        status, said = status_of(error), message_of(error)
        known = told.refused(error, self.login)
        if known is not None:
            return RegistryError(known)
        match status:
            case 404:
                return RegistryMissing(f"The spreadsheet is not there, or it is not shared with {self.login.who}.")
            case 403:
                return RegistryError(f"Share the spreadsheet with {self.login.who} as an editor. Google: {said}.")
            case 400:
                return RegistryBroken(f"Google cannot do this with the spreadsheet: {said}.")
            case _:
                return RegistryError(f"Google cannot do it now ({status}): {said}.")

    def _refuse_lock(self) -> None:
        lock = self.look().lock
        if lock is not None:
            raise RegistryLocked(lock.owner, lock.since, lock.program)


def _lock(answer: Mapping[str, Any]) -> DriveLock | None:
    """The owner of a file may lock its content in Drive."""
    for restriction in answer.get("contentRestrictions", ()):
        if restriction.get("readOnly"):
            who = restriction.get("restrictingUser") or {}
            stated = restriction.get("restrictionTime")
            since = datetime.fromisoformat(stated) if stated else datetime.now(UTC)
            return DriveLock(str(who.get("displayName") or who.get("emailAddress") or ""), since)
    return None

