"""A new registry as people find it on the first day: every request of the set-up, to be sent in one batch."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from sheets.calendar import CHART_COLUMN, CHART_COLUMNS, WIDTHS
from sheets.google.book import view_mark
from sheets.google.wire import Json, cell_format, colour, entered
from sheets.looks import Look, cell_look, head_look
from sheets.model import Column, Layout, Tone, ViewSpec
from sheets.newbook import OVERDUE, TODAY, TONES
from sheets.sheetxml import column_letters
from sheets.text import cell_text

FIRST_ROWS = 1000
VIEW_ROWS = 200
VIEW_HEADER = 2  # the row of a view's headings
CALENDAR_HEAD = 3
PIXELS = 7  # of one character of a column's width
HEADER_HEIGHT = 42


def new_registry(sheet_id: int, title: str, layout: Layout, index: int | None) -> list[Json]:
    """The registry's sheet: header, widths, formats, drop-down, filter, colours, warnings on the journal's columns."""
    places = {column.key: at for at, column in enumerate(layout.columns)}
    frozen = places[layout.key] + 1 if places[layout.key] < 2 else 0
    return [
        _add_sheet(sheet_id, title, index, FIRST_ROWS, len(layout.columns), 1, frozen),
        _header(sheet_id, layout.columns, layout.language, 0),
        _height(sheet_id, 0, HEADER_HEIGHT),
        *_widths(sheet_id, layout.columns),
        *column_formats(sheet_id, layout, places, 1, FIRST_ROWS),
        *status_choice(sheet_id, layout, places, 1),
        *_protect(sheet_id, layout),
        *_colours(sheet_id, layout, places, 2),
        *_filters(sheet_id, layout, places),
    ]


def new_view(sheet_id: int, title: str, spec: ViewSpec, layout: Layout, index: int | None) -> list[Json]:
    """The sheet of one view, still empty."""
    columns = layout.view_layout_columns()
    if spec.kind == "calendar":
        return [
            _add_sheet(sheet_id, title, index, VIEW_ROWS, CHART_COLUMN + CHART_COLUMNS, CALENDAR_HEAD, 0, bare=True),
            view_mark(sheet_id, spec.key, layout.worksheet),
            *(column_width(sheet_id, column - 1, width) for column, width in WIDTHS.items()),
        ]
    places = {column.key: at for at, column in enumerate(columns)}
    return [
        _add_sheet(sheet_id, title, index, VIEW_ROWS, max(1, len(columns)), VIEW_HEADER, 0, bare=True),
        view_mark(sheet_id, spec.key, layout.worksheet),
        *_widths(sheet_id, columns),
        *status_choice(sheet_id, layout, places, VIEW_HEADER),
        *_colours(sheet_id, layout, places, VIEW_HEADER + 1),
    ]


def column_formats(
    sheet_id: int, layout: Layout, places: Mapping[str, int], first: int, end: int
) -> list[Json]:
    """Our looks for whole columns (places from 0), from one row to another."""
    return [
        {
            "repeatCell": {
                "range": grid(sheet_id, first, end, places[column.key], places[column.key] + 1),
                "cell": {"userEnteredFormat": cell_format(cell_look(column))},
                "fields": "userEnteredFormat",
            }
        }
        for column in layout.columns
        if column.key in places
    ]


def status_choice(sheet_id: int, layout: Layout, places: Mapping[str, int], first: int) -> list[Json]:
    """The drop-down of Status; what is typed otherwise is let in, words are understood in every language."""
    if not layout.status_words or layout.status_key not in places:
        return []
    place = places[layout.status_key]
    words = [{"userEnteredValue": word} for word in layout.status_words]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": words}, "strict": False, "showCustomUi": True}
    return [{"setDataValidation": {"range": grid(sheet_id, first, None, place, place + 1), "rule": rule}}]


def grid(sheet_id: int, top: int, bottom: int | None, left: int, right: int) -> Json:
    """A block of cells, counted from 0, without its end; no bottom means down to the last row."""
    block: Json = {"sheetId": sheet_id, "startRowIndex": top, "startColumnIndex": left, "endColumnIndex": right}
    return block if bottom is None else block | {"endRowIndex": bottom}


def header_cells(columns: Iterable[Column], language: str) -> Json:
    """A row of headings."""
    return {"values": [looking(column.title[language], head_look(column)) for column in columns]}


def looking(value: str, look: Look) -> Json:
    """A text with its look."""
    return entered(cell_text(value)) | {"userEnteredFormat": cell_format(look)}


# --- parts ------------------------------------------------------------------------------------------


def _add_sheet(
    sheet_id: int, title: str, index: int | None, rows: int, columns: int, frozen_rows: int, frozen_columns: int,
    *, bare: bool = False,
) -> Json:  # fmt: skip
    size = {
        "rowCount": rows, "columnCount": columns, "frozenRowCount": frozen_rows, "frozenColumnCount": frozen_columns,
        "hideGridlines": bare,
    }  # fmt: skip
    properties = {"sheetId": sheet_id, "title": title, "gridProperties": size}
    if index is not None:
        properties["index"] = index
    return {"addSheet": {"properties": properties}}


def _header(sheet_id: int, columns: Iterable[Column], language: str, row: int) -> Json:
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": 0}
    rows = [header_cells(columns, language)]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue,userEnteredFormat"}}


def _height(sheet_id: int, row: int, pixels: int) -> Json:
    return _size(sheet_id, "ROWS", row, row + 1, pixels)


def _widths(sheet_id: int, columns: Sequence[Column]) -> list[Json]:
    return [column_width(sheet_id, at, column.width) for at, column in enumerate(columns)]


def column_width(sheet_id: int, at: int, width: float) -> Json:
    """The width of a column (from 0), given in characters."""
    return _size(sheet_id, "COLUMNS", at, at + 1, round(width * PIXELS) + 5)


def _size(sheet_id: int, dimension: str, first: int, end: int, pixels: int) -> Json:
    span = {"sheetId": sheet_id, "dimension": dimension, "startIndex": first, "endIndex": end}
    return {
        "updateDimensionProperties": {"range": span, "properties": {"pixelSize": pixels}, "fields": "pixelSize"}
    }


def _protect(sheet_id: int, layout: Layout) -> list[Json]:
    """Whoever types into the journal's columns is warned, never stopped: protection proper would forbid sorting."""
    owned = [(at, column.owner == "journal") for at, column in enumerate(layout.columns)]
    requests: list[Json] = []
    for ours, run in groupby(owned, key=lambda item: item[1]):
        places = [at for at, _ in run]
        if ours:
            area = grid(sheet_id, 1, None, places[0], places[-1] + 1)
            protected = {"range": area, "description": layout.input_message, "warningOnly": True}
            requests.append({"addProtectedRange": {"protectedRange": protected}})
    return requests


def _filters(sheet_id: int, layout: Layout, places: Mapping[str, int]) -> list[Json]:
    """The filter everybody sees, and a filter view of the same that each may choose for himself."""
    area = grid(sheet_id, 0, None, 0, len(layout.columns))
    shown = {word.casefold() for word in layout.shown_words}
    hidden = [word for word in layout.status_words if word.casefold() not in shown]
    if not shown or layout.status_key not in places:
        return [{"setBasicFilter": {"filter": {"range": area}}}]
    specs = [{"columnIndex": places[layout.status_key], "filterCriteria": {"hiddenValues": hidden}}]
    title = layout.shown_words[0]
    return [
        {"setBasicFilter": {"filter": {"range": area, "filterSpecs": specs}}},
        {"addFilterView": {"filter": {"title": title, "range": area, "filterSpecs": specs}}},
    ]


# --- colours ----------------------------------------------------------------------------------------


def _colours(sheet_id: int, layout: Layout, places: Mapping[str, int], first: int) -> list[Json]:
    """Pay by turns red when it has passed and amber on the day, as long as the money has not gone."""
    rules: list[Json] = []
    due, status = places.get(layout.due_key), places.get(layout.status_key)
    letter = f"${column_letters(status + 1)}{first}" if status is not None else ""
    if due is not None:
        cell = f"${column_letters(due + 1)}{first}"
        still = f"*{_is_one_of(letter, layout.due_words)}" if letter and layout.due_words else ""
        for sign, colours in (("<", OVERDUE), ("=", TODAY)):
            formula = f"=(ISNUMBER({cell})*({cell}{sign}TODAY()){still})>0"
            rules.append(_rule(grid(sheet_id, first - 1, None, due, due + 1), formula, colours))
    if status is not None:
        tone: Tone
        for tone, colours in TONES.items():
            words = [word for word, of in layout.tones.items() if of == tone]
            if words:
                formula = f"={_is_one_of(letter, words)}>0"
                rules.append(_rule(grid(sheet_id, first - 1, None, status, status + 1), formula, colours))
    return rules


def _is_one_of(cell: str, words: Iterable[str]) -> str:
    """Sums and products instead of OR and AND: whether , or ; parts arguments depends on the spreadsheet's locale."""
    asked = "+".join(f'({cell}="{word.replace(chr(34), chr(34) * 2)}")' for word in words)
    return f"({asked})"


def _rule(area: Json, formula: str, colours: tuple[str, str]) -> Json:
    fill, ink = colours
    look = {
        "backgroundColorStyle": colour(fill),
        "textFormat": {"foregroundColorStyle": colour(ink), "bold": True},
    }
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
    rule = {"ranges": [area], "booleanRule": {"condition": condition, "format": look}}
    return {"addConditionalFormatRule": {"rule": rule, "index": 0}}
