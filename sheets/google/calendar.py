"""The calendar at Google: its cells drawn anew, and a pair of charts for each band when it is first needed.

A chart is made once; the stamp remembers it, so one that people removed or restyled stays as they left it.
"""

from collections.abc import Container

from sheets.calendar import CHART_COLUMN, CHART_COLUMNS, WIDTH, WIDTHS, Place, calendar_lines, charts_of
from sheets.charts import BAR, LATE
from sheets.google.book import SheetFacts
from sheets.google.setup import grid
from sheets.google.views import grow, line_of
from sheets.google.wire import Json, colour
from sheets.model import MOST_BANDS, View, ViewSpec

CHART_PIXELS = (620, 240)
SHOWN_COLUMNS = CHART_COLUMN + CHART_COLUMNS


def draw_calendar(spec: ViewSpec, view: View, sheet: SheetFacts) -> list[Json]:
    """Every cell of ours; bands that nobody needs any more are blank."""
    used = min(len(view.bands), MOST_BANDS)
    lines = [line_of(cells, CHART_COLUMN) for cells, _ in calendar_lines(spec, view, used)]
    area = grid(sheet.id, 0, None, 0, CHART_COLUMN)
    update = {"range": area, "rows": lines, "fields": "userEnteredValue,userEnteredFormat"}
    return [*grow(sheet, len(lines), SHOWN_COLUMNS), {"updateCells": update}]


def lacking_charts(view: View, given: Container[str]) -> list[int]:
    """The bands (from 0) that were never given their charts."""
    return [number for number in range(min(len(view.bands), MOST_BANDS)) if chart_key(number) not in given]


def chart_key(number: int) -> str:
    return f"chart{number}"


def chart_requests(number: int, spec: ViewSpec, sheet_id: int) -> list[Json]:
    """Both charts of a band."""
    day, week = charts_of(number)
    return [
        _chart(sheet_id, day, spec.words.get("by_day", ""), late=True),
        _chart(sheet_id, week, spec.words.get("by_week", ""), late=False),
    ]


def _chart(sheet_id: int, place: Place, title: str, *, late: bool) -> Json:
    bars: Json = {"series": _source(sheet_id, place, 1), "targetAxis": "LEFT_AXIS", "colorStyle": colour(f"FF{BAR}")}
    if late:  # the first bar is what is overdue
        bars["styleOverrides"] = [{"index": 0, "colorStyle": colour(f"FF{LATE}")}]
    basic = {
        "chartType": "COLUMN", "legendPosition": "NO_LEGEND", "headerCount": 0,
        "domains": [{"domain": _source(sheet_id, place, 0)}], "series": [bars],
        "axis": [{"position": "LEFT_AXIS", "viewWindowOptions": {"viewWindowMin": 0, "viewWindowMode": "EXPLICIT"}}],
    }  # fmt: skip
    anchor = {"sheetId": sheet_id, "rowIndex": place.row - 1, "columnIndex": CHART_COLUMN - 1}
    width, height = CHART_PIXELS
    where = {"overlayPosition": {"anchorCell": anchor, "widthPixels": width, "heightPixels": height}}
    spec = {"altText": title, "hiddenDimensionStrategy": "SHOW_ALL", "basicChart": basic}
    return {"addChart": {"chart": {"spec": spec, "position": where}}}


def _source(sheet_id: int, place: Place, right: int) -> Json:
    left = place.column - 1 + right
    return {"sourceRange": {"sources": [grid(sheet_id, place.first - 1, place.last, left, left + 1)]}}


def width_of(column: int) -> float:
    """The width of a column (from 1) in characters."""
    return WIDTHS.get(column, 10.0) if column <= WIDTH else 10.0
