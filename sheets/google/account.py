"""One spreadsheet at Google as we reach it: the calls we make, and what Google's refusals mean in our words."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from gspread.exceptions import APIError
from gspread.urls import DRIVE_FILES_API_V3_URL, SPREADSHEET_BATCH_UPDATE_URL

from cloud import told
from cloud.client import PatientClient, Unsure, message_of, status_of
from cloud.login import Login
from sheets.errors import RegistryBroken, RegistryChanged, RegistryError, RegistryLocked, RegistryMissing
from sheets.google.book import SHEETS, new_id
from sheets.google.held import CELLS
from sheets.google.plain import Plain
from sheets.google.wire import Json

NO_DRIVE = frozenset({404, 405, 501})
log = logging.getLogger("countersign.registry")
LOOK_FIELDS = (
    "version,modifiedTime,trashed,lastModifyingUser(displayName,emailAddress,me),"
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

    def __init__(self, client: PatientClient, spreadsheet: str, login: Login, plain: Plain) -> None:
        self.client, self.spreadsheet, self.login, self.plain = client, spreadsheet, login, plain

    def look(self) -> Look:
        """The file's version, who wrote last, and whether its owner has locked it."""
        parameters: Json = {"fields": LOOK_FIELDS, "supportsAllDrives": "true"}
        with self.failures():
            url = f"{DRIVE_FILES_API_V3_URL}/{self.spreadsheet}"
            try:
                answer = self.client.request("get", url, params=parameters).json()
            except APIError as error:
                if status_of(error) not in NO_DRIVE or not self._is_there():
                    raise
                answer = {}
        if answer.get("trashed"):
            raise RegistryMissing("The spreadsheet is in the bin.")
        editor = answer.get("lastModifyingUser") or {}
        if editor.get("me") or editor.get("emailAddress") == (self.login.address or None):
            editor = {}  # our own write: whoever edited before it is not known
        version = str(answer.get("version") or answer.get("modifiedTime") or "")
        return Look(version, str(editor.get("emailAddress") or editor.get("displayName") or ""), _lock(answer))

    def sheets(self) -> Mapping[str, Any]:
        """Names and marks of all sheets, no cells."""
        with self.failures():
            answer = self._get({"fields": SHEETS})
        if not self.plain.is_in(answer):
            return answer
        self.plain.forgets_marks()
        self.cells([], f"sheets(properties(sheetId,title),{CELLS})")
        return self.plain.filled(answer)

    def cells(self, ranges: Sequence[str], fields: str) -> Mapping[str, Any]:
        """Some ranges; RegistryChanged when one of the sheets bears another name by now."""
        asked = [*ranges, *([self.plain.range] if self._marks_are_there() else [])]
        with self.failures():
            try:
                answer = self._get({"ranges": asked, "fields": fields, "includeGridData": "true"})
                return self.plain.filled(answer) if self.plain.keeps_marks else answer
            except APIError as error:
                if status_of(error) == 400 and "parse range" in str(error):
                    raise RegistryChanged("A sheet of the registry was renamed or removed just now.") from error
                raise

    def update(self, requests_: Sequence[Json], ranges: Sequence[str] = (), fields: str = "") -> Mapping[str, Any]:
        """All requests or none; Unsure when no answer came. With ranges the answer tells how they stand afterwards."""
        there = self._marks_are_there()
        adapted, marks = self.plain.adapted(requests_, new_id())
        body: Json = {"requests": adapted}
        if ranges:
            asked = [*ranges, *([self.plain.range] if there else [])]
            body |= {"includeSpreadsheetInResponse": True, "responseIncludeGridData": True, "responseRanges": asked}
        try:
            answer = self._post(body, fields or "spreadsheetId") if adapted else {}
        except APIError as error:
            if not there:
                self.plain.sheet = None
            if self.plain.learns(error, requests_):
                log.warning("this service does without %s: %s", ", ".join(sorted(self.plain.refused)), error)
                return self.update(requests_, ranges, fields)
            if status_of(error) == 403:
                self._refuse_lock()
            raise
        self.plain.note(marks)
        after = answer.get("updatedSpreadsheet")
        return answer if not after else {**answer, "updatedSpreadsheet": self.plain.filled(after)}

    def _get(self, asked: Json) -> Mapping[str, Any]:
        return self.client.spreadsheets_get(self.spreadsheet, asked)  # type: ignore[no-any-return]

    def _post(self, body: Json, fields: str) -> Mapping[str, Any]:
        url = SPREADSHEET_BATCH_UPDATE_URL % self.spreadsheet
        try:
            return self.client.request("post", url, params={"fields": fields}, json=body).json()  # type: ignore[no-any-return]
        except requests.JSONDecodeError as error:
            raise Unsure("the answer cannot be read") from error

    def _marks_are_there(self) -> bool:
        return self.plain.keeps_marks and self.plain.sheet is not None

    def _is_there(self) -> bool:
        """Whether Sheets knows the file that Drive does not: then there is no Drive to ask."""
        try:
            self._get({"fields": "spreadsheetId"})
        except APIError:
            return False
        return True

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

