"""The calendar: what falls due by day and by week, one band of rows for each currency, with a chart beside each table.

The charts are made with the sheet, one pair for every band there may be, and look at fixed cells: drawing anew changes
the cells alone, so people may restyle or remove charts. Rows of bands that nobody needs are hidden, and the charts that
stand on them with them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sheets.drawing import CAPTION_HEIGHT, Drawing
from sheets.looks import (
    BAND,
    BAND_COUNT,
    BAND_SUM,
    CAPTION,
    COUNT,
    HEAD,
    LABEL,
    LABEL_LATE,
    NOTE,
    OVER_CHART,
    SUM,
    Look,
)  # fmt: skip
from sheets.model import DAY_LINES, MOST_BANDS, WEEK_LINES, Band, Cell, Line, View, ViewSpec

FIRST_BAND = 4  # the row where the first band begins
BAND_ROWS = 26
DAY_COLUMN, WEEK_COLUMN, CHART_COLUMN = 1, 5, 9
CHART_COLUMNS, CHART_ROWS = 8, 11
WIDTH = 8
WIDTHS = {1: 16.0, 2: 18.0, 3: 9.0, 4: 3.0, 5: 16.0, 6: 18.0, 7: 9.0, 8: 3.0}
HEIGHT, HIDDEN = b' ht="18" customHeight="1"', b' hidden="1"'

Cells = dict[int, tuple[Cell, Look]]


def band_row(number: int) -> int:
    """The first row of a band (counted from 0)."""
    return FIRST_BAND + number * BAND_ROWS


def chart_rows(number: int) -> tuple[int, int]:
    """The rows in which the chart by day and the chart by week of a band begin."""
    return band_row(number) + 1, band_row(number) + 2 + CHART_ROWS + 1


def lines_of(row: int, column: int) -> tuple[int, int]:
    """First and last row of the lines of a band's table that begins in this column."""
    first = row + 2
    return first, first + (DAY_LINES if column == DAY_COLUMN else WEEK_LINES) - 1


def draw_calendar(drawing: Drawing, spec: ViewSpec, view: View) -> None:
    """Caption, note and every band."""
    for cells, shown in calendar_lines(spec, view):
        height = CAPTION_HEIGHT if not drawing.rows else HEIGHT
        drawing.line(cells, height if shown else height + HIDDEN)


def calendar_lines(spec: ViewSpec, view: View, bands: int = MOST_BANDS) -> Iterator[tuple[Cells, bool]]:
    """The rows of the sheet from the first on: their cells by column, and whether they are shown."""
    yield {1: (spec.caption or spec.title, CAPTION)}, True
    yield {1: (spec.words.get("note", "") if view.bands else spec.empty, NOTE)}, True
    others = "; ".join(f"{band.total} {band.currency}" for band in view.bands[MOST_BANDS:])
    yield ({1: (others, NOTE)} if others else {}), True
    for number in range(bands):
        if number < len(view.bands):
            yield from ((cells, True) for cells in _band(spec.words, view.bands[number]))
        else:
            yield from (({}, False) for _ in range(BAND_ROWS))


def _band(words: Mapping[str, str], band: Band) -> Iterator[Cells]:
    lines: list[Cells] = [{} for _ in range(BAND_ROWS)]
    lines[0] = dict.fromkeys(range(1, 8), ("", BAND)) | {
        1: (band.currency, BAND), 2: (band.total, BAND_SUM), 3: (Decimal(band.count), BAND_COUNT),
        CHART_COLUMN: (_title(words, "by_day", band), OVER_CHART),
    }  # fmt: skip
    lines[1] = _heads(words, "day", DAY_COLUMN) | _heads(words, "week", WEEK_COLUMN)
    for column, given in ((DAY_COLUMN, band.days), (WEEK_COLUMN, band.weeks)):
        for at, line in enumerate(given):
            lines[2 + at] |= _cells(line, column, late=at == 0 and column == DAY_COLUMN)
    lines[2 + CHART_ROWS] |= {CHART_COLUMN: (_title(words, "by_week", band), OVER_CHART)}
    yield from lines


def _title(words: Mapping[str, str], key: str, band: Band) -> str:
    return f"{words.get(key, '')}, {band.currency}"


def _heads(words: Mapping[str, str], key: str, column: int) -> Cells:
    return {column + at: (words.get(word, ""), HEAD) for at, word in enumerate((key, "to_pay", "count"))}


def _cells(line: Line, column: int, *, late: bool) -> Cells:
    look = LABEL_LATE if late and line.count else LABEL
    count = Decimal(line.count) if line.count else None
    return {column: (line.label, look), column + 1: (line.amount, SUM), column + 2: (count, COUNT)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chart stands and what it looks at (rows and columns from 1)."""

    row: int
    column: int  # of the labels; the amounts stand right of them
    first: int
    last: int


def charts_of(number: int) -> tuple[Place, Place]:
    """The chart by day and the chart by week of a band."""
    day, week = (
        Place(row, column, *lines_of(band_row(number), column))
        for row, column in zip(chart_rows(number), (DAY_COLUMN, WEEK_COLUMN), strict=True)
    )
    return day, week
