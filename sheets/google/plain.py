"""A spreadsheet service that can less than Google: what only decorates is left out, hidden marks go into a sheet.

Some servers that stand in for Google know no developer metadata, protected ranges or filter views: they refuse such
requests, or take them and forget. The rows and their references are the same with or without. What we must remember of
our sheets (the stamp, which sheet shows which view) then stands in a hidden sheet, one line for each mark, and answers
are filled up from it, so that nobody else need know the difference.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gspread.exceptions import APIError

from cloud.client import message_of, status_of
from sheets.google.wire import Json, entered, quoted, raw_of, rows_of_data

MARKS = frozenset({"createDeveloperMetadata", "deleteDeveloperMetadata"})
DECORATION = frozenset({
    "addProtectedRange", "addConditionalFormatRule", "addFilterView", "setBasicFilter", "setDataValidation",
    "repeatCell", "updateDimensionProperties",
})  # fmt: skip
NOT_KNOWN = frozenset({400, 404, 405, 501})
_KIND = re.compile(r"[a-z]+[A-Z]\w+")
HIDDEN = "_countersign"


class Plain:
    """What a service has turned out not to know, and the marks we keep in cells instead."""

    def __init__(self, worksheet: str, *, at_google: bool = True) -> None:
        self.at_google = at_google
        self.title = f"{HIDDEN} {worksheet}"[:100]
        self.refused: set[str] = set()
        self.sheet: int | None = None
        self._marks: list[Json] = []

    @property
    def keeps_marks(self) -> bool:
        """Whether marks stand in cells."""
        return bool(self.refused & MARKS)

    @property
    def range(self) -> str:
        """Where they stand."""
        return quoted(self.title)

    # --- what is sent -------------------------------------------------------------------------------

    def learns(self, error: APIError, requests: Sequence[Json]) -> bool:
        """Whether a refusal may come from what the service does not know; then it is not asked for again. Google knows
        everything: it can only refuse what decorates, and says which."""
        kinds = {kind for request in requests for kind in request} - self.refused
        said = message_of(error)
        if status_of(error) not in NOT_KNOWN or "exist" in said or not kinds & (MARKS | DECORATION):
            return False
        named = {word for word in _KIND.findall(said) if word in kinds} or _like(said, kinds)
        if named - MARKS - DECORATION:
            return False  # something that we need was refused
        if not named and status_of(error) == 404:
            return False  # the spreadsheet itself
        unknown = named or kinds & MARKS or kinds & DECORATION
        if self.at_google and (not named or named & MARKS):
            return False
        self.refused |= MARKS if unknown & MARKS else unknown
        return True

    def forgets_marks(self) -> None:
        """The service took our marks and has them no more."""
        self.refused |= MARKS

    def adapted(self, requests: Sequence[Json], new_id: int) -> tuple[list[Json], list[Json]]:
        """The requests as the service knows them, and the marks that then stand."""
        kept = [request for request in requests if not self.refused.intersection(request)]
        marks = list(self._after(requests)) if self.keeps_marks else self._marks
        if marks != self._marks or (marks and self.sheet is None):
            if self.sheet is None:
                self.sheet = new_id
                kept.insert(0, self._hidden_sheet())
            kept.append(self._written(marks))
        return kept, marks

    def note(self, marks: Sequence[Json]) -> None:
        """What stands there now."""
        self._marks = list(marks)

    def _after(self, requests: Sequence[Json]) -> Iterator[Json]:
        """The marks of sheets after a batch; those of rows are only a help and are done without."""
        gone = {
            request["deleteDeveloperMetadata"]["dataFilter"]["developerMetadataLookup"]["metadataId"]
            for request in requests if "deleteDeveloperMetadata" in request
        }  # fmt: skip
        yield from (mark for mark in self._marks if mark["metadataId"] not in gone)
        for request in requests:
            made = request.get("createDeveloperMetadata", {}).get("developerMetadata", {})
            if "sheetId" in made.get("location", {}):
                yield {
                    "metadataId": made["metadataId"], "metadataKey": made["metadataKey"],
                    "metadataValue": made["metadataValue"], "sheetId": made["location"]["sheetId"],
                }  # fmt: skip

    def _hidden_sheet(self) -> Json:
        size = {"rowCount": 50, "columnCount": 1}
        properties = {"sheetId": self.sheet, "title": self.title, "hidden": True, "gridProperties": size}
        return {"addSheet": {"properties": properties}}

    def _written(self, marks: Sequence[Json]) -> Json:
        rows = [{"values": [entered(json.dumps(mark, ensure_ascii=False))]} for mark in marks]
        rows += [{"values": [{}]} for _ in range(max(0, len(self._marks) - len(marks)))]
        start = {"sheetId": self.sheet, "rowIndex": 0, "columnIndex": 0}
        return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}

    # --- what is answered ---------------------------------------------------------------------------

    def is_in(self, answer: Mapping[str, Any]) -> bool:
        """Whether a spreadsheet has our hidden sheet: then it was made on such a service."""
        return self._hidden_in(answer) is not None

    def _hidden_in(self, answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
        sheets = answer.get("sheets") or ()
        found = next((sheet for sheet in sheets if sheet.get("properties", {}).get("title") == self.title), None)
        if found is not None:
            self.sheet = found["properties"].get("sheetId", 0)
        return found

    def filled(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """An answer with the marks that stand in cells where Google would tell them."""
        hidden = self._hidden_in(answer)
        if hidden is not None and hidden.get("data"):
            self.note(list(_marks_in(hidden["data"])))
        others = [sheet for sheet in answer.get("sheets") or () if sheet is not hidden]
        return {**answer, "sheets": [self._with_marks(sheet) for sheet in others]}

    def _with_marks(self, sheet: Mapping[str, Any]) -> Mapping[str, Any]:
        number = sheet.get("properties", {}).get("sheetId", 0)
        own = [mark for mark in self._marks if mark["sheetId"] == number]
        return {**sheet, "developerMetadata": own} if own else sheet


def _like(said: str, kinds: Iterable[str]) -> set[str]:
    """Kinds that a sentence names in another spelling: "developer metadata", "protected ranges"."""
    letters = re.sub(r"[^a-z]", "", said.casefold())
    return {kind for kind in kinds if re.sub(r"^(add|set|create|delete|update)", "", kind).casefold() in letters}


def _marks_in(data: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
    for block in data:
        for row in rows_of_data(block)[2]:
            try:
                mark = json.loads(str(raw_of(row[0]))) if row else None
            except ValueError:
                continue
            if isinstance(mark, dict) and {"metadataId", "metadataKey", "metadataValue", "sheetId"} <= mark.keys():
                yield mark
