"""Changes of rows as requests of one batch: only the named cells, with typed values, formats left to people."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from sheets.google.book import forget, new_id, row_mark
from sheets.google.held import Held
from sheets.google.setup import column_formats, status_choice
from sheets.google.wire import Json, Raw, entered, is_link, number_format, raw_cell
from sheets.model import Cell, Change, Column, Layout
from sheets.own import own_columns

SPARE_ROWS = 200
MARK_CHARACTERS = 24_000  # of the 30,000 that Google keeps for a sheet
WHOLE = "userEnteredValue,userEnteredFormat,note"
VALUE, FORMATTED, LINK = (
    "userEnteredValue", "userEnteredValue,userEnteredFormat.numberFormat",
    "userEnteredValue,userEnteredFormat.textFormat.link",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """One cell we write: where, what, and which of its fields."""

    place: int
    column: int
    cell: Json
    raw: Raw
    fields: str = VALUE


@dataclass(slots=True)
class Plan:
    """What a write does to the rows."""

    rows: dict[int, str] = field(default_factory=dict)  # row -> its reference
    cells: list[Written] = field(default_factory=list)
    hidden: dict[int, bool] = field(default_factory=dict)
    added: set[int] = field(default_factory=set)
    own: dict[str, int] = field(default_factory=dict)  # people's columns, where rows bring some along
    refilter: bool = False


def planned(changes: Sequence[Change], held: Held, layout: Layout) -> Plan:
    """Where each change goes; new rows stand below the last one, in rows where nobody has written anything."""
    plan, places, last = Plan(), dict(held.index.places), held.index.last_row
    _find_own(plan, changes, held)
    for change in changes:
        place = places.get(change.reference)
        if place is None:
            if not change.add:
                raise ValueError(f"{change.reference} has no row in the registry, and the change does not add one.")
            last += 1
            while last in held.index.occupied:
                last += 1
            place = places[change.reference] = last
            plan.added.add(place)
        _plan_row(plan, place, change, held, layout, fresh=place in plan.added)
    return plan


def _plan_row(plan: Plan, place: int, change: Change, held: Held, layout: Layout, *, fresh: bool) -> None:
    cells: dict[str, Cell] = dict(change.cells)
    if change.add:
        cells.setdefault(layout.key, change.reference)
    plan.rows[place] = change.reference
    for key, cell in cells.items():
        if key in held.index.header:
            written = _written(layout.column(key), cell, change.links.get(key, ""), fresh=fresh)
            fields, wire = _with_look(change.looks.get(key, ""), written)
            plan.cells.append(Written(place, held.index.header[key], wire, raw_cell(cell), fields))
    for title, cell in change.own.items():
        fields, wire = _with_look(change.looks.get(title, ""), (VALUE, entered(cell)))
        plan.cells.append(Written(place, plan.own[title], wire, raw_cell(cell), fields))
    if change.visible is not None:
        plan.hidden[place] = not change.visible
    plan.refilter |= change.add or layout.status_key in change.cells


def _find_own(plan: Plan, changes: Sequence[Change], held: Held) -> None:
    """Where people's own columns stand that rows bring along; missing ones get their heading at the right."""
    if not any(change.own for change in changes):
        return
    header = {at: raw for at, raw in enumerate(held.header, 1) if isinstance(raw, str)}
    plan.own, new = own_columns(header, held.index, changes)
    for title in new:
        plan.cells.append(Written(held.index.header_row, plan.own[title], entered(title), title))


def _with_look(look: str, written: tuple[str, Json]) -> tuple[str, Json]:
    """A cell with the format and the note that it brings along."""
    if not look:
        return written
    _, wire = written
    brought = json.loads(look)
    format_ = merged(brought.get("userEnteredFormat", {}), wire.get("userEnteredFormat", {}))
    return WHOLE, {**wire, "userEnteredFormat": format_, "note": brought.get("note", "")}


def merged(base: Json, over: Json) -> Json:
    """Two formats in one; the second has the last word."""
    both = {key: merged(base[key], over[key]) for key in base.keys() & over.keys()
            if isinstance(base[key], dict) and isinstance(over[key], dict)}  # fmt: skip
    return {**base, **over, **both}


def _written(column: Column, cell: Cell, link: str, *, fresh: bool) -> tuple[str, Json]:
    if is_link(link) and cell is not None:
        return LINK, entered(cell) | {"userEnteredFormat": {"textFormat": {"link": {"uri": link}}}}
    if fresh or isinstance(cell, date):
        return FORMATTED, entered(cell) | {"userEnteredFormat": {"numberFormat": number_format(column)}}
    return VALUE, entered(cell)


# --- requests ---------------------------------------------------------------------------------------


def plan_requests(plan: Plan, held: Held, layout: Layout) -> list[Json]:
    """The requests of a plan, in the order in which they must be made."""
    return [
        *_grow(plan, held, layout),
        *cell_requests(held.sheet.id, plan.cells),
        *_marks(plan, held),
        *(_hide(held.sheet.id, place, hidden) for place, hidden in plan.hidden.items()),
        *_filter_again(plan, held),
    ]


def cell_requests(sheet_id: int, cells: Iterable[Written]) -> list[Json]:
    """Neighbouring cells go into one request, and so do alike rows below one another."""
    latest = {(cell.place, cell.column): cell for cell in cells}
    runs = sorted(_runs(latest.values()), key=lambda run: (run[0].column, len(run), run[0].fields, run[0].place))
    blocks: list[list[list[Written]]] = []
    for run in runs:
        if blocks and _continues(blocks[-1][-1], run):
            blocks[-1].append(run)
        else:
            blocks.append([run])
    return [_update(sheet_id, block) for block in blocks]


def _runs(cells: Iterable[Written]) -> Iterable[list[Written]]:
    ordered = sorted(cells, key=lambda cell: (cell.place, cell.column))
    numbered = enumerate(ordered)
    for _, run in groupby(numbered, lambda item: (item[1].place, item[1].column - item[0], item[1].fields)):
        yield [cell for _, cell in run]


def _continues(above: Sequence[Written], run: Sequence[Written]) -> bool:
    same = (above[0].column, len(above), above[0].fields) == (run[0].column, len(run), run[0].fields)
    return same and above[0].place + 1 == run[0].place


def _update(sheet_id: int, block: Sequence[Sequence[Written]]) -> Json:
    first = block[0][0]
    start = {"sheetId": sheet_id, "rowIndex": first.place - 1, "columnIndex": first.column - 1}
    rows = [{"values": [cell.cell for cell in run]} for run in block]
    return {"updateCells": {"start": start, "rows": rows, "fields": first.fields}}


def _grow(plan: Plan, held: Held, layout: Layout) -> list[Json]:
    """More rows at the end of the sheet, as ours look."""
    last, width = max(plan.rows, default=0), max(plan.own.values(), default=0)
    wider: list[Json] = []
    if width > held.sheet.columns:
        more = {"sheetId": held.sheet.id, "dimension": "COLUMNS", "length": width - held.sheet.columns}
        wider.append({"appendDimension": more})
    if last <= held.sheet.rows:
        return wider
    length, sheet_id = last - held.sheet.rows + SPARE_ROWS, held.sheet.id
    append = {"appendDimension": {"sheetId": sheet_id, "dimension": "ROWS", "length": length}}
    places = {key: column - 1 for key, column in held.index.header.items()}
    return [
        *wider,
        append,
        *column_formats(sheet_id, layout, places, held.sheet.rows, held.sheet.rows + length),
        *status_choice(sheet_id, layout, places, held.sheet.rows),
    ]


def _hide(sheet_id: int, place: int, hidden: bool) -> Json:
    rows = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": place - 1, "endIndex": place}
    return {
        "updateDimensionProperties": {
            "range": rows, "properties": {"hiddenByUser": hidden}, "fields": "hiddenByUser",
        }
    }  # fmt: skip


def _marks(plan: Plan, held: Held) -> list[Json]:
    """Hidden marks of the rows we write; the oldest make room when Google's limit is near."""
    requests: list[Json] = []
    used = sum(len(reference) + 2 for marks in held.keys.values() for _, reference in marks)
    oldest = iter(sorted(set(held.keys) - set(plan.rows)))
    for place, reference in plan.rows.items():
        standing = held.keys.get(place, [])
        if [mark for _, mark in standing] == [reference]:
            continue
        requests += [forget(number) for number, _ in standing]
        used += len(reference) + 2 - sum(len(mark) + 2 for _, mark in standing)
        while used > MARK_CHARACTERS and (old := next(oldest, None)) is not None:
            requests += [forget(number) for number, _ in held.keys[old]]
            used -= sum(len(mark) + 2 for _, mark in held.keys.pop(old))
        if used > MARK_CHARACTERS:
            held.keys.pop(place, None)
            continue
        number = new_id()
        requests.append(row_mark(held.sheet.id, place, reference, number))
        held.keys[place] = [(number, reference)]
    return requests


def _filter_again(plan: Plan, held: Held) -> list[Json]:
    """Set the filter that is set once more: Google looks at new rows and new words only then."""
    if not plan.refilter or not held.filter or not held.filter.get("range"):
        return []
    return [{"setBasicFilter": {"filter": filter_again(held.filter)}}]


def filter_again(standing: Mapping[str, Any]) -> Json:
    """The same filter down to the end of the sheet; not its sorting, which would move rows under people's hands. Only
    what a request may hold is said again: an answer may tell more."""
    grid = {key: standing["range"][key] for key in _RANGE if key in standing["range"]}
    specs = [_spec(spec) for spec in standing.get("filterSpecs") or ()]
    return {"range": grid, **({"filterSpecs": specs} if specs else {})}


_RANGE = ("sheetId", "startRowIndex", "startColumnIndex", "endColumnIndex")
_CRITERIA = (
    "hiddenValues", "condition", "visibleBackgroundColor", "visibleBackgroundColorStyle", "visibleForegroundColor",
    "visibleForegroundColorStyle",
)  # fmt: skip


def _spec(standing: Mapping[str, Any]) -> Json:
    kept: Json = {key: standing[key] for key in ("columnIndex", "dataSourceColumnReference") if key in standing}
    criteria = standing.get("filterCriteria") or {}
    return kept | {"filterCriteria": {key: criteria[key] for key in _CRITERIA if key in criteria}}
