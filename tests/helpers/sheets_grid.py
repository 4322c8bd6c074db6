"""A spreadsheet in memory as Google keeps one: sheets, rows with hidden metadata, filters, and the requests of a batch.

Only what the registry uses is there; any other request is refused, so that nothing passes untested.
"""

import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gspread.utils import a1_range_to_grid_range

from helpers.sheets_schema import Json, Refused, parse_mask, put_by_mask

METADATA_CHARACTERS = 30_000


@dataclass(slots=True)
class Line:
    """One row."""

    cells: dict[int, Json] = field(default_factory=dict)
    marks: list[Json] = field(default_factory=list)
    by_user: bool = False
    by_filter: bool = False

    def copy(self) -> "Line":
        return Line(dict(self.cells), list(self.marks), self.by_user, self.by_filter)


@dataclass(slots=True)
class GridSheet:
    """One sheet; rows and columns are counted from 0 as in the API."""

    id: int
    title: str
    width: int = 26
    lines: list[Line] = field(default_factory=lambda: [Line() for _ in range(1000)])
    grid: Json = field(default_factory=dict)
    marks: list[Json] = field(default_factory=list)
    filter: Json | None = None
    filter_views: list[Json] = field(default_factory=list)
    protected: list[Json] = field(default_factory=list)
    rules: list[Json] = field(default_factory=list)
    choices: list[Json] = field(default_factory=list)
    repeated: list[Json] = field(default_factory=list)
    sizes: dict[tuple[str, int], int] = field(default_factory=dict)
    charts: list[Json] = field(default_factory=list)

    def copy(self) -> "GridSheet":
        """For the case that a later request of the batch is refused."""
        twin = copy.copy(self)
        twin.lines = [line.copy() for line in self.lines]
        for name in ("grid", "marks", "filter_views", "protected", "rules", "choices", "repeated", "sizes", "charts"):
            setattr(twin, name, copy.copy(getattr(self, name)))
        twin.filter = copy.deepcopy(self.filter)
        return twin

    def facts(self, index: int) -> Json:
        """Properties and whatever hangs on the sheet, without cells."""
        grid = {"rowCount": len(self.lines), "columnCount": self.width, **{k: v for k, v in self.grid.items() if v}}
        properties = {"sheetId": self.id, "title": self.title, "index": index, "sheetType": "GRID"}
        properties = {k: v for k, v in properties.items() if v != 0} | {"gridProperties": grid}
        found: Json = {"properties": properties}
        for name, value in (
            ("developerMetadata", [mark | {"location": {"sheetId": self.id}} for mark in self.marks]),
            ("basicFilter", self.filter), ("filterViews", self.filter_views), ("protectedRanges", self.protected),
            ("conditionalFormats", self.rules),
        ):  # fmt: skip
            if value:
                found[name] = value
        return found

    def data(self, block: Json) -> Json:
        """Grid data of a block: no blanks at the end of rows, a blank row or two after the last."""
        top, bottom = block.get("startRowIndex", 0), min(block.get("endRowIndex", len(self.lines)), len(self.lines))
        left, right = block.get("startColumnIndex", 0), min(block.get("endColumnIndex", self.width), self.width)
        rows: list[Json] = []
        for line in self.lines[top:bottom]:
            used = [column for column, cell in line.cells.items() if cell and left <= column < right]
            cells = [_shown(line.cells.get(column, {})) for column in range(left, max(used, default=left - 1) + 1)]
            rows.append({"values": cells} if cells else {})
        while rows and not rows[-1]:
            rows.pop()
        rows += [{"values": [{}, {}]}, {}][: max(0, bottom - top - len(rows))]  # formatted blanks come along
        metadata = [self._row(self.lines[at], at) for at in range(top, bottom)]
        found: Json = {"rowData": rows, "rowMetadata": metadata}
        return found | {k: v for k, v in (("startRow", top), ("startColumn", left)) if v}

    def _row(self, line: Line, at: int) -> Json:
        span = {"sheetId": self.id, "dimension": "ROWS", "startIndex": at, "endIndex": at + 1}
        marks = [mark | {"location": {"dimensionRange": span}} for mark in line.marks]
        row: Json = {"pixelSize": 21}
        row |= {"developerMetadata": marks} if marks else {}
        row |= {"hiddenByFilter": True} if line.by_filter else {}
        return row | ({"hiddenByUser": True} if line.by_user else {})

    def filter_now(self) -> None:
        """Hide rows by the filter, as happens when it is set."""
        for line in self.lines:
            line.by_filter = False
        if self.filter is None:
            return
        block = self.filter["range"]
        top = block.get("startRowIndex", 0) + 1
        bottom = min(block.get("endRowIndex", len(self.lines)), len(self.lines))
        for line in self.lines[top:bottom]:
            line.by_filter = any(
                shown_text(line.cells.get(spec["columnIndex"], {})) in spec["filterCriteria"].get("hiddenValues", ())
                for spec in self.filter.get("filterSpecs", ())
            )


class Spreadsheet:
    """All sheets and what is asked of them."""

    def __init__(self, spreadsheet_id: str, title: str = "Payments") -> None:
        self.id, self.title = spreadsheet_id, title
        self.sheets = [GridSheet(0, "Sheet1")]
        self._numbers = itertools.count(1)
        self._taken: set[int] = set()

    def sheet(self, sheet_id: int) -> GridSheet:
        """By its number."""
        found = next((sheet for sheet in self.sheets if sheet.id == sheet_id), None)
        if found is None:
            raise Refused(f"No grid with id: {sheet_id}")
        return found

    def named(self, title: str) -> GridSheet:
        """By its name."""
        return next(sheet for sheet in self.sheets if sheet.title == title)

    def get(self, ranges: list[str], *, with_cells: bool) -> Json:
        """What spreadsheets.get answers, before its mask."""
        blocks = [self._block(text) for text in ranges]
        chosen = {block["sheetId"] for block in blocks} if blocks else {sheet.id for sheet in self.sheets}
        sheets = []
        for at, sheet in enumerate(self.sheets):
            if sheet.id not in chosen:
                continue
            facts = sheet.facts(at)
            if with_cells:
                own = [block for block in blocks if block["sheetId"] == sheet.id] or [{}]
                facts["data"] = [sheet.data(block) for block in own]
            sheets.append(facts)
        return {"spreadsheetId": self.id, "properties": {"title": self.title}, "sheets": sheets}

    def _block(self, text: str) -> Json:
        name, mark, cells = text.rpartition("!")
        title = name if mark else text
        if title.startswith("'"):
            title = title[1:-1].replace("''", "'")
        sheet = next((sheet for sheet in self.sheets if sheet.title == title), None)
        if sheet is None:
            raise Refused(f"Unable to parse range: {text}")
        block = a1_range_to_grid_range(cells) if mark else {}
        return {**block, "sheetId": sheet.id}

    def batch(self, requests: list[Json]) -> list[Json]:
        """All requests or none."""
        if not requests:
            raise Refused("Must specify at least one request.")
        before = self.sheets
        self.sheets = [sheet.copy() for sheet in before]
        self._taken = {mark["metadataId"] for marks in self._all_marks() for mark in marks}
        try:
            replies = [self._do(at, request) for at, request in enumerate(requests)]
            self._weigh_metadata()
            return replies
        except Refused:
            self.sheets = before
            raise

    def _do(self, at: int, request: Json) -> Json:
        if len(request) != 1:
            raise Refused(f"Invalid requests[{at}]: one kind of request is expected")
        (kind, what), *_ = request.items()
        do: Callable[[Any], Json | None] | None = getattr(self, f"_do_{kind}", None)
        if do is None:
            raise Refused(f"Invalid requests[{at}].{kind}: the local server does not know it")
        try:
            answer = do(what)
        except Refused as refused:
            raise Refused(f"Invalid requests[{at}].{kind}: {refused}") from refused
        return {kind: answer} if answer else {}

    # --- sheets ---------------------------------------------------------------------------------------

    def _do_addSheet(self, what: Json) -> Json:
        properties = what["properties"]
        grid = dict(properties.get("gridProperties", {}))
        sheet_id = properties.get("sheetId", next(self._numbers))
        if any(sheet.id == sheet_id for sheet in self.sheets):
            raise Refused(f"A sheet with the id {sheet_id} already exists.")
        self._free(properties["title"])
        lines = [Line() for _ in range(grid.pop("rowCount", 1000))]
        made = GridSheet(sheet_id, properties["title"], grid.pop("columnCount", 26), lines, grid)
        self.sheets.insert(properties.get("index", len(self.sheets)), made)
        return {"properties": made.facts(self.sheets.index(made))["properties"]}

    def _do_deleteSheet(self, what: Json) -> None:
        if len(self.sheets) == 1:
            raise Refused("You can't remove all the sheets in a document.")
        self.sheets.remove(self.sheet(what["sheetId"]))

    def _do_updateSheetProperties(self, what: Json) -> None:
        sheet = self.sheet(what["properties"].get("sheetId", 0))
        if set(parse_mask(what["fields"])) != {"title"}:
            raise Refused("the local server renames only")
        if what["properties"]["title"] != sheet.title:
            self._free(what["properties"]["title"])
        sheet.title = what["properties"]["title"]

    def _free(self, title: str) -> None:
        if any(sheet.title.casefold() == title.casefold() for sheet in self.sheets):
            raise Refused(f'A sheet with the name "{title}" already exists. Please enter another name.')

    # --- cells ----------------------------------------------------------------------------------------

    def _do_updateCells(self, what: Json) -> None:
        mask = parse_mask(what["fields"])
        rows = [row.get("values", []) for row in what.get("rows", [])]
        if "start" in what:
            start = what["start"]
            sheet, top, left = self.sheet(start["sheetId"]), start.get("rowIndex", 0), start.get("columnIndex", 0)
            targets = [(top + r, left + c, cell) for r, row in enumerate(rows) for c, cell in enumerate(row)]
        else:
            block = what["range"]
            sheet = self.sheet(block["sheetId"])
            top, left = block.get("startRowIndex", 0), block.get("startColumnIndex", 0)
            bottom, right = block.get("endRowIndex", len(sheet.lines)), block.get("endColumnIndex", sheet.width)
            if len(rows) > bottom - top or any(len(row) > right - left for row in rows):
                raise Refused("the rows do not fit the range")
            targets = [
                (r, c, rows[r - top][c - left] if r - top < len(rows) and c - left < len(rows[r - top]) else {})
                for r in range(top, bottom) for c in range(left, right)
            ]  # fmt: skip
        for row, column, cell in targets:
            if row >= len(sheet.lines) or column >= sheet.width:
                raise Refused(f"Attempting to write row: {row}, column {column} beyond the grid")
            self._put(sheet.lines[row], column, cell, mask)

    def _put(self, line: Line, column: int, cell: Json, mask: Json) -> None:
        value = cell.get("userEnteredValue", {})
        if len(value) > 1:
            raise Refused("a value is of one kind")
        if len(str(value.get("stringValue", ""))) > 50_000:
            raise Refused("Your input contains more than the maximum of 50000 characters in a single cell.")
        link = cell.get("userEnteredFormat", {}).get("textFormat", {}).get("link", {}).get("uri", "https://")
        if not link.startswith(("https://", "http://", "mailto:")):
            raise Refused(f"Invalid link: {link}")
        changed = put_by_mask(line.cells.get(column, {}), cell, mask)
        changed.pop("effectiveValue", None)
        if changed:
            line.cells[column] = changed
        else:
            line.cells.pop(column, None)

    def _do_repeatCell(self, what: Json) -> None:
        self.sheet(what["range"]["sheetId"]).repeated.append(what)

    def _do_setDataValidation(self, what: Json) -> None:
        self.sheet(what["range"]["sheetId"]).choices.append(what)

    def _do_addProtectedRange(self, what: Json) -> Json:
        made = what["protectedRange"] | {"protectedRangeId": next(self._numbers)}
        self.sheet(made["range"]["sheetId"]).protected.append(made)
        return {"protectedRange": made}

    def _do_addConditionalFormatRule(self, what: Json) -> None:
        self.sheet(what["rule"]["ranges"][0]["sheetId"]).rules.insert(what.get("index", 0), what["rule"])

    # --- filters --------------------------------------------------------------------------------------

    def _do_setBasicFilter(self, what: Json) -> None:
        sheet = self.sheet(what["filter"]["range"]["sheetId"])
        if "sortSpecs" in what["filter"]:
            raise Refused("the local server does not sort")
        wanted = copy.deepcopy(what["filter"])
        wanted["range"].setdefault("endRowIndex", len(sheet.lines))
        sheet.filter = wanted
        sheet.filter_now()

    def _do_addFilterView(self, what: Json) -> Json:
        made = what["filter"] | {"filterViewId": next(self._numbers)}
        self.sheet(made["range"]["sheetId"]).filter_views.append(made)
        return {"filter": made}

    # --- rows and columns -----------------------------------------------------------------------------

    def _do_appendDimension(self, what: Json) -> None:
        sheet = self.sheet(what["sheetId"])
        if what["dimension"] == "ROWS":
            sheet.lines += [Line() for _ in range(what["length"])]
        else:
            sheet.width += what["length"]

    def _do_deleteDimension(self, what: Json) -> None:
        block = what["range"]
        if block["dimension"] != "ROWS":
            raise Refused("the local server deletes rows only")
        sheet = self.sheet(block["sheetId"])
        if block["endIndex"] > len(sheet.lines) or block["endIndex"] - block["startIndex"] >= len(sheet.lines):
            raise Refused("Invalid requests: cannot delete so many rows")
        del sheet.lines[block["startIndex"] : block["endIndex"]]
        if sheet.filter is not None and "endRowIndex" in sheet.filter["range"]:
            sheet.filter["range"]["endRowIndex"] -= block["endIndex"] - block["startIndex"]

    def _do_insertDimension(self, what: Json) -> None:
        block = what["range"]
        if block["dimension"] != "COLUMNS":
            raise Refused("the local server inserts columns only")
        sheet, first = self.sheet(block["sheetId"]), block["startIndex"]
        length = block["endIndex"] - first
        if first > sheet.width:
            raise Refused(f"range.startIndex[{first}] is beyond the grid")
        sheet.width += length
        for line in sheet.lines:
            line.cells = {at + length * (at >= first): cell for at, cell in line.cells.items()}

    def _do_addChart(self, what: Json) -> Json:
        position = what["chart"]["position"]["overlayPosition"]["anchorCell"]
        sheet = self.sheet(position["sheetId"])
        if position["rowIndex"] >= len(sheet.lines) or position["columnIndex"] >= sheet.width:
            raise Refused("the chart stands beyond the grid")
        made = {**what["chart"], "chartId": next(self._numbers)}
        sheet.charts.append(made)
        return {"chart": made}

    def _do_updateDimensionProperties(self, what: Json) -> None:
        span, properties = what["range"], what["properties"]
        sheet = self.sheet(span["sheetId"])
        for at in range(span["startIndex"], span["endIndex"]):
            if "pixelSize" in parse_mask(what["fields"]):
                sheet.sizes[span["dimension"], at] = properties["pixelSize"]
            if "hiddenByUser" in parse_mask(what["fields"]):
                sheet.lines[at].by_user = properties.get("hiddenByUser", False)

    # --- metadata -------------------------------------------------------------------------------------

    def _do_createDeveloperMetadata(self, what: Json) -> Json:
        made = dict(what["developerMetadata"])
        location = made.pop("location")
        made.setdefault("metadataId", next(self._numbers))
        if made["metadataId"] <= 0 or not made.get("metadataKey") or "visibility" not in made:
            raise Refused("metadata needs a positive id, a key and a visibility")
        if made["metadataId"] in self._taken:
            raise Refused(f"Developer metadata with id {made['metadataId']} already exists.")
        self._taken.add(made["metadataId"])
        self._marks_at(location).append(made)
        return {"developerMetadata": made | {"location": location}}

    def _weigh_metadata(self) -> None:
        for sheet in self.sheets:
            marks = [*sheet.marks, *(mark for line in sheet.lines for mark in line.marks)]
            sizes = (len(mark["metadataKey"]) + len(mark.get("metadataValue", "")) for mark in marks)
            if sum(sizes) > METADATA_CHARACTERS:
                raise Refused("The developer metadata of the sheet is too large.")

    def _marks_at(self, location: Json) -> list[Json]:
        if "sheetId" in location:
            return self.sheet(location["sheetId"]).marks
        span = location["dimensionRange"]
        if span["dimension"] != "ROWS" or span["endIndex"] != span["startIndex"] + 1:
            raise Refused("metadata of exactly one row is expected")
        return self.sheet(span["sheetId"]).lines[span["startIndex"]].marks

    def _do_deleteDeveloperMetadata(self, what: Json) -> Json:
        number = what["dataFilter"]["developerMetadataLookup"]["metadataId"]
        for marks in self._all_marks():
            for mark in marks:
                if mark["metadataId"] == number:
                    marks.remove(mark)
                    return {"deletedDeveloperMetadata": [mark]}
        raise Refused(f"No developer metadata with id {number}")

    def _all_marks(self) -> Iterator[list[Json]]:
        for sheet in self.sheets:
            yield sheet.marks
            yield from (line.marks for line in sheet.lines)


def shown_text(cell: Json) -> str:
    """A cell as a filter sees it."""
    value = cell.get("userEnteredValue", {})
    return str(value.get("stringValue", value.get("numberValue", "")))


def _shown(cell: Json) -> Json:
    """A cell as it is answered: what was entered, what it comes to, how it looks."""
    value = cell.get("userEnteredValue")
    if value is None or "formulaValue" in value:
        return cell
    return cell | {"effectiveValue": value}
