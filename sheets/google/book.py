"""The sheets of a spreadsheet and which of them are ours: told by hidden developer metadata, so people may rename them.

Metadata of a sheet: our stamp (generation, identity) on the registry's sheet, the key of a view on each view's. Rows
carry their reference in metadata too, as a help only: Google keeps at most 30,000 characters of it for a sheet, and
sorting a range moves the cells but may leave the metadata where it was.
"""

import json
import secrets
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sheets.google.wire import Json
from sheets.model import Layout, ViewSpec

STAMP, VIEW, ROW = "countersign", "countersign.view", "cs"
USUAL_ROWS, USUAL_COLUMNS = 1000, 26  # of a sheet that does not tell its size
METADATA = "developerMetadata(metadataId,metadataKey,metadataValue)"
SHEETS = f"sheets(properties(sheetId,title,index,sheetType,gridProperties(rowCount,columnCount)),{METADATA})"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What we wrote last, as the sheet itself knows it."""

    generation: int
    identity: str = ""
    worksheet: str = ""
    ids: tuple[int, ...] = ()  # of the metadata that holds it, and of older ones
    given: frozenset[str] = frozenset()  # keys of the sheets it was ever given: a removed one stays away

    def value(self) -> str:
        facts = {"g": self.generation, "i": self.identity, "w": self.worksheet, "s": " ".join(sorted(self.given))}
        return json.dumps(facts, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One sheet of the spreadsheet."""

    id: int
    title: str
    rows: int
    columns: int
    stamp: Stamp | None = None
    view: tuple[str, str] | None = None  # key of the view, worksheet it belongs to

    def grown(self, dimension: str, length: int) -> "SheetFacts":
        """The sheet with more rows or columns."""
        if dimension == "ROWS":
            return replace(self, rows=self.rows + length)
        return replace(self, columns=self.columns + length)


@dataclass(frozen=True, slots=True)
class Book:
    """All sheets, and those that are ours."""

    sheets: tuple[SheetFacts, ...]
    registry: SheetFacts | None
    views: Mapping[str, SheetFacts] = field(default_factory=dict)

    def titled(self, title: str) -> SheetFacts | None:
        """The sheet of that name; Google does not tell letter case apart."""
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == title.casefold()), None)


def book_of(answer: Mapping[str, Any], layout: Layout) -> Book:
    """From an answer of spreadsheets.get."""
    ordered = sorted(answer.get("sheets") or (), key=lambda sheet: sheet["properties"].get("index", 0))
    sheets = tuple(sheet_facts(sheet) for sheet in ordered if _has_cells(sheet["properties"]))
    return Book(sheets, _registry(sheets, layout), _views(sheets, layout))


def _has_cells(properties: Mapping[str, Any]) -> bool:
    """A chart on a sheet of its own has none."""
    return bool(properties.get("sheetType", "GRID") == "GRID")


def sheet_facts(sheet: Mapping[str, Any]) -> SheetFacts:
    """One sheet of an answer."""
    properties = sheet["properties"]
    grid = properties.get("gridProperties") or {"rowCount": USUAL_ROWS, "columnCount": USUAL_COLUMNS}
    metadata = sheet.get("developerMetadata") or ()
    return SheetFacts(
        properties.get("sheetId", 0), properties["title"], grid.get("rowCount", 0), grid.get("columnCount", 0),
        _stamp(metadata), _view(metadata),
    )  # fmt: skip


def _stamp(metadata: Sequence[Mapping[str, Any]]) -> Stamp | None:
    found = [(_facts(item), item["metadataId"]) for item in metadata if item.get("metadataKey") == STAMP]
    known = [(facts, number) for facts, number in found if isinstance(facts.get("g"), int)]
    if not known:
        return None
    facts = max((facts for facts, _ in known), key=lambda facts: int(facts["g"]))
    ids = tuple(number for _, number in found)
    given = frozenset(str(facts.get("s", "")).split())
    return Stamp(int(facts["g"]), str(facts.get("i", "")), str(facts.get("w", "")), ids, given)


def _facts(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The value of our metadata; whatever else stands there tells nothing."""
    try:
        facts = json.loads(item.get("metadataValue", ""))
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _view(metadata: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    facts = next((_facts(item) for item in metadata if item.get("metadataKey") == VIEW), {})
    return (str(facts["v"]), str(facts.get("w", ""))) if "v" in facts else None


def _registry(sheets: Iterable[SheetFacts], layout: Layout) -> SheetFacts | None:
    """The sheet with our stamp; one of its name comes first, as people may have copied the sheet."""
    named = [] if layout.mark else [sheet for sheet in sheets if sheet.title == layout.worksheet]
    ours = [sheet for sheet in sheets if sheet.stamp is not None and sheet.stamp.worksheet == layout.worksheet]
    return next((sheet for sheet in named if sheet in ours), next(iter([*ours, *named]), None))


def _views(sheets: Sequence[SheetFacts], layout: Layout) -> dict[str, SheetFacts]:
    marked: dict[str, SheetFacts] = {}
    for sheet in sheets:
        if sheet.view is not None and sheet.view[1] == layout.worksheet:
            marked.setdefault(sheet.view[0], sheet)
    titles = {sheet.title: sheet for sheet in sheets if sheet.view is None}
    for spec in layout.views:
        name = spec.sheet_among(titles) if spec.by_title else None
        if spec.key not in marked and name is not None:
            marked[spec.key] = titles[name]
    return {spec.key: marked[spec.key] for spec in layout.views if spec.key in marked}


def lacking(layout: Layout, views: Container[str], stamp: Stamp | None) -> list[ViewSpec]:
    """The sheets that the spreadsheet was never given. Those of the first version count as given."""
    given = stamp.given if stamp is not None else frozenset()
    return [spec for spec in layout.views if spec.key not in views and spec.key not in given and not spec.by_title]


def free_title(title: str, taken: Iterable[str]) -> str:
    """The title, or one with a number where people have a sheet of that name; letter case does not tell them apart."""
    folded, wanted, number = {name.casefold() for name in taken}, title, 1
    while wanted.casefold() in folded:
        number += 1
        wanted = f"{title} ({number})"
    return wanted


# --- writing metadata -------------------------------------------------------------------------------


def new_id() -> int:
    """A number for a new sheet or metadata; Google refuses one that is taken, so nothing can be made twice."""
    return secrets.randbelow(2**31 - 2) + 1


def stamp_requests(sheet_id: int, stamp: Stamp, old: Iterable[int], number: int) -> list[Json]:
    """Put our stamp on the sheet in place of older ones. A twin of the same batch is refused as `number` is taken."""
    return [*map(forget, old), _create(STAMP, stamp.value(), {"sheetId": sheet_id}, number)]


def view_mark(sheet_id: int, key: str, worksheet: str) -> Json:
    """Say that a sheet shows a view of the registry on that worksheet."""
    value = json.dumps({"v": key, "w": worksheet}, ensure_ascii=False)
    return _create(VIEW, value, {"sheetId": sheet_id}, new_id())


def row_mark(sheet_id: int, place: int, reference: str, number: int) -> Json:
    """Say which reference a row (counted from 1) is of."""
    rows = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": place - 1, "endIndex": place}
    return _create(ROW, reference, {"dimensionRange": rows}, number)


def forget(number: int) -> Json:
    """Remove one piece of metadata."""
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": number}}}}


def _create(key: str, value: str, location: Json, number: int) -> Json:
    metadata = {
        "metadataId": number,
        "metadataKey": key,
        "metadataValue": value,
        "visibility": "DOCUMENT",
        "location": location,
    }
    return {"createDeveloperMetadata": {"developerMetadata": metadata}}
