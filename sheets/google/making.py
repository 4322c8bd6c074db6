"""Making the registry: the old worksheet set aside, the new one and its views set up with their rows.

All of it goes in one batch. Where there are too many rows for one call, the sheet grows under another name, and takes
its own together with the stamp at the end, so that half a registry is never taken for one.
"""

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sheets.google.book import Book, SheetFacts, Stamp, forget, free_title, new_id, stamp_requests
from sheets.google.calendar import SHOWN_COLUMNS, chart_key, chart_requests, draw_calendar, lacking_charts
from sheets.google.held import Held
from sheets.google.landing import expect
from sheets.google.patch import plan_requests, planned
from sheets.google.setup import FIRST_ROWS, VIEW_ROWS, new_registry, new_view
from sheets.google.views import draw_rows
from sheets.google.wire import Json
from sheets.model import MOST_BANDS, Change, Layout, View, ViewSpec
from sheets.table import Index

MOST_CHARACTERS = 1_500_000  # of one call; Google advises two megabytes at most
OF_A_CELL = 100  # what surrounds its text
TITLE_CHARACTERS = 100


def chunks(changes: Sequence[Change]) -> list[Sequence[Change]]:
    """The changes in parts that fit one call; one empty part when there are none."""
    parts: list[list[Change]] = [[]]
    filled = 0
    for change in changes:
        size = sum(len(json.dumps(str(cell))) + OF_A_CELL for cell in change.cells.values())
        if parts[-1] and filled + size > MOST_CHARACTERS:
            parts.append([])
            filled = 0
        parts[-1].append(change)
        filled += size
    return list(parts)


def making(
    book: Book, layout: Layout, changes: Sequence[Change], views: Sequence[View], stamp: Stamp, old: Sequence[Json]
) -> list[list[Json]]:
    """The batches that make the registry; nearly always one."""
    sheet_id, parts = new_id(), chunks(changes)
    several = len(parts) > 1
    wanted = free_title(layout.worksheet, [sheet.title for sheet in book.sheets]) if layout.mark else layout.worksheet
    title = _being_made(layout) if several else wanted
    held = _blank(sheet_id, title, layout)
    batches: list[list[Json]] = []
    for part in parts:
        plan = planned(part, held, layout)
        batches.append(plan_requests(plan, held, layout))
        expect(plan, held)
        held.grow(batches[-1])
    setting_up = new_registry(sheet_id, title, layout, None if layout.mark else 0)
    refilter = [request for request in setting_up if "setBasicFilter" in request]
    batches[0] = [*setting_up, *batches[0]]
    drawn, given = _views(book, layout, views)
    stamp = replace(stamp, given=stamp.given | given)
    finish = [*refilter, *drawn, *stamp_requests(sheet_id, stamp, (), new_id())]
    if several:
        batches.append([*old, _rename(sheet_id, wanted), *finish])
    else:
        batches[0] = [*old, *batches[0], *finish]
    return batches


def set_aside(book: Book, layout: Layout, now: datetime) -> list[Json]:
    """Keep the old worksheet under another name, without our stamp."""
    if layout.mark:
        return []  # a sheet of that name that is not ours is people's
    sheets = [sheet for sheet in (book.registry, book.titled(layout.worksheet)) if sheet is not None]
    requests: list[Json] = []
    for number, sheet in enumerate({sheet.id: sheet for sheet in sheets}.values()):
        title = _free_title(book, f"{sheet.title} {now:%Y-%m-%d %H.%M.%S}{'+' * number}")
        requests.append(_rename(sheet.id, title))
        requests += [forget(mark) for mark in (sheet.stamp.ids if sheet.stamp else ())]
    return requests


def undone(book: Book, layout: Layout) -> list[Json]:
    """Take away what a crash left half made."""
    half = book.titled(_being_made(layout))
    return [{"deleteSheet": {"sheetId": half.id}}] if half is not None and half.stamp is None else []


def _being_made(layout: Layout) -> str:
    return f"{layout.worksheet[:TITLE_CHARACTERS - 4]} (…)"


def _blank(sheet_id: int, title: str, layout: Layout) -> Held:
    header = {column.key: at for at, column in enumerate(layout.columns, 1)}
    sheet = SheetFacts(sheet_id, title, FIRST_ROWS, len(layout.columns))
    return Held(sheet, Index(1, header, last_row=1), [], {})


def _views(book: Book, layout: Layout, views: Sequence[View]) -> tuple[list[Json], frozenset[str]]:
    """Every view on the sheet it has, or on a new one; and the keys of the charts that are made."""
    wanted = [spec for spec in layout.views if spec.key not in book.views]
    made, requests = new_views(wanted, layout, [sheet.title for sheet in book.sheets], 1)
    charts = {chart_key(number) for number in range(MOST_BANDS)} if "calendar" in book.views else set()
    drawn, given = draw_views(layout, views, {**book.views, **made}, charts, {})
    return [*requests, *drawn], given


def draw_views(
    layout: Layout, views: Sequence[View], sheets: Mapping[str, SheetFacts], given: Container[str],
    known: Mapping[str, Mapping[str, int]],
) -> tuple[list[Json], frozenset[str]]:  # fmt: skip
    """Requests that draw each view on its sheet, and the keys of charts they make; one whose sheet people removed is
    not missed. `known` are the columns that the sheets have now."""
    specs = {spec.key: spec for spec in layout.views}
    requests: list[Json] = []
    charts: set[str] = set()
    for view in (view for view in views if view.key in sheets):
        spec, sheet = specs[view.key], sheets[view.key]
        if spec.kind == "rows":
            requests += draw_rows(layout, spec, view, sheet, known.get(view.key))
            continue
        requests += draw_calendar(spec, view, sheet)
        for number in lacking_charts(view, given):
            requests += chart_requests(number, spec, sheet.id)
            charts.add(chart_key(number))
    return requests, frozenset(charts)


def fresh(spec: ViewSpec, sheet_id: int, layout: Layout) -> SheetFacts:
    """The sheet of a view that the same batch makes."""
    columns = SHOWN_COLUMNS if spec.kind == "calendar" else len(layout.view_columns)
    return SheetFacts(sheet_id, spec.title, VIEW_ROWS, columns)


def new_views(
    wanted: Sequence[ViewSpec], layout: Layout, taken: Sequence[str], first: int | None = None
) -> tuple[dict[str, SheetFacts], list[Json]]:
    """One more sheet for each of these views, from the tab `first` on or behind the last; and the requests for them."""
    made: dict[str, SheetFacts] = {}
    requests: list[Json] = []
    for spec in wanted:
        title = free_title(spec.title, [*taken, *(sheet.title for sheet in made.values())])
        made[spec.key] = replace(fresh(spec, new_id(), layout), title=title)
        at = None if first is None else first + layout.views.index(spec)
        requests += new_view(made[spec.key].id, title, spec, layout, at)
    return made, requests


def _rename(sheet_id: int, title: str) -> Json:
    return {"updateSheetProperties": {"properties": {"sheetId": sheet_id, "title": title}, "fields": "title"}}


def _free_title(book: Book, title: str) -> str:
    wanted = title[-TITLE_CHARACTERS:]
    while book.titled(wanted) is not None:
        wanted += "'"
    return wanted
