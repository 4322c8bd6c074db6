"""Rows that leave the worksheet for an archive: read whole, taken out by one request, and put back if it hit others.

Google offers no comparing delete. Rows that were moved in the split second between our comparison and the delete are
noticed in its answer, which shows the watched columns right afterwards: whatever is missing then is put back.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.google.book import SheetFacts
from sheets.google.held import Held
from sheets.google.wire import EPOCH, Formula, Json, Raw, effective_of, entered, raw_of, rows_of_data
from sheets.grid import as_number, as_text
from sheets.model import Cell, Change, Column, Layout
from sheets.own import own_titles
from sheets.sheetxml import column_letters
from sheets.shift import Cut, shift_formula
from sheets.table import SERIALS

MOST_ROWS = 200  # at one turn: their formats weigh more than their values
ALL_FIELDS = (
    "namedRanges(range),sheets(properties(sheetId,title),merges,"
    "data(startRow,startColumn,rowData(values(userEnteredValue))))"
)
WHOLE_FIELDS = (
    "sheets(properties(sheetId),"
    "data(startRow,startColumn,rowData(values(userEnteredValue,effectiveValue,userEnteredFormat,note))))"
)
LOOK = ("userEnteredFormat", "note")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What stood in the sheet before rows left it."""

    lines: tuple[tuple[Raw, ...], ...]


def standing(answer: Mapping[str, Any], sheet: SheetFacts) -> Leaving:
    """Every row of the sheet as it is."""
    own = next(one for one in answer["sheets"] if one["properties"].get("sheetId", 0) == sheet.id)
    return Leaving(tuple(tuple(row) for row in _lines(own)))


def free_places(answer: Mapping[str, Any], sheet: SheetFacts, places: Iterable[int]) -> list[int]:
    """Rows that nothing else hangs on; raises `Unsure` where that cannot be known."""
    cut = Cut.of(places)
    for one in answer["sheets"]:
        here = one["properties"].get("sheetId", 0) == sheet.id
        for number, row in enumerate(_lines(one), 1):
            if here and cut.takes(number):
                continue
            for cell in row:
                if isinstance(cell, Formula):
                    shift_formula(cell.text.removeprefix("="), cut, sheet.title, here=here)
        for merged in one.get("merges", ()) if here else ():
            cut.keep(merged.get("startRowIndex", 0) + 1, merged.get("endRowIndex", 0))
    for named in answer.get("namedRanges", ()):
        block = named["range"]
        top, bottom = block.get("startRowIndex"), block.get("endRowIndex")
        ours = block.get("sheetId", 0) == sheet.id and top is not None and bottom is not None
        if ours and cut.span(top + 1, bottom) is None:
            cut.keep(top + 1, bottom)
    return [place for place in cut.rows if place not in cut.lost]


def runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring rows together: first and last."""
    found: list[tuple[int, int]] = []
    for place in sorted(places):
        if found and found[-1][1] + 1 == place:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def whole_rows(answer: Mapping[str, Any], held: Held, layout: Layout, wanted: Mapping[int, str]) -> list[Change]:
    """The rows at these places whole; one with a formula that shows nothing is left where it is."""
    header = {at: as_text(_plain(raw)) for at, raw in enumerate(held.header, 1)}
    titles, found = own_titles(header, held.index.header), []
    own = next(one for one in answer["sheets"] if one["properties"].get("sheetId", 0) == held.sheet.id)
    for block in own.get("data", ()):
        top, left, rows = rows_of_data(block)
        for number, row in enumerate(rows, top + 1):
            cells = {at: dict(cell) for at, cell in enumerate(row, left + 1)}
            if number in wanted and not any(_is_uncomputed(cell) for cell in cells.values()):
                found.append(_change(wanted[number], cells, held, layout, titles))
    return found


def _change(
    reference: str, cells: Mapping[int, Json], held: Held, layout: Layout, titles: Mapping[int, str]
) -> Change:
    ours = {column: key for key, column in held.index.header.items()}
    names = {**titles, **{column: f"({column_letters(column)})" for column in cells if column not in titles}, **ours}
    looks = {
        names[column]: json.dumps({part: cell[part] for part in LOOK if part in cell}, ensure_ascii=False)
        for column, cell in cells.items() if any(part in cell for part in LOOK)
    }  # fmt: skip
    shown = {column: as_number(effective_of(cell)) for column, cell in cells.items() if column not in ours}
    own = {
        names[column]: shown.get(column) for column in {*titles, *shown}
        if shown.get(column) is not None or not names[column].startswith("(")
    }  # fmt: skip
    known = {key: _cell(layout.column(key), cells.get(column, {})) for key, column in held.index.header.items()}
    return Change(reference, known, add=True, own=own, looks=looks)


def _cell(column: Column, cell: Json) -> Cell:
    value = effective_of(cell)
    if column.kind == "date" and isinstance(value, float) and value in SERIALS:
        return EPOCH.fromordinal(EPOCH.toordinal() + int(value))
    return as_number(value) if column.kind in ("money", "date") else as_text(value)


def _is_uncomputed(cell: Json) -> bool:
    return isinstance(raw_of(cell), Formula) and "effectiveValue" not in cell


def _lines(sheet: Mapping[str, Any]) -> Iterator[list[Raw]]:
    blocks = sheet.get("data") or [{}]
    top, left, rows = rows_of_data(blocks[0])
    yield from ([] for _ in range(top))
    yield from ([""] * left + [raw_of(cell) for cell in row] for row in rows)


def _plain(raw: Raw) -> str | float | bool:
    return raw.text if isinstance(raw, Formula) else raw


# --- taking out -----------------------------------------------------------------------------------------------------


def removal(sheet_id: int, places: Sequence[int]) -> list[Json]:
    """Requests that take these rows out, from the last one up."""
    return [
        {"deleteDimension": {
            "range": {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": first - 1, "endIndex": last},
        }}
        for first, last in reversed(runs(places))
    ]  # fmt: skip


def missing(before: Leaving, after: Leaving, held: Held, key: str, gone: Iterable[str]) -> list[tuple[Raw, ...]]:
    """Rows that are not there any more and should be: each of ours by its reference, people's own by what they say."""
    column, going = held.index.header[key], set(gone)

    def reference(line: Sequence[Raw]) -> str:
        stated = line[column - 1] if column <= len(line) else ""
        return str(_plain(stated)).strip().upper()

    known = set(held.index.places)
    ours = {reference(line): line for line in before.lines if reference(line) in known}
    there = {reference(line) for line in after.lines}
    lost = [line for name, line in ours.items() if name not in there | going]
    strange = [Counter(line for line in lines if any(line) and reference(line) not in known)
               for lines in (before.lines, after.lines)]  # fmt: skip
    short = max(0, strange[0].total() - strange[1].total())
    return lost + list((strange[0] - strange[1]).elements())[:short]


def put_back(sheet_id: int, lines: Sequence[Sequence[Raw]], place: int) -> list[Json]:
    """Rows again at the end, with what they said."""
    start = {"sheetId": sheet_id, "rowIndex": place - 1, "columnIndex": 0}
    rows = [{"values": [entered(raw) for raw in line]} for line in lines]
    return [{"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}] if rows else []
