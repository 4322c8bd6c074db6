"""The charts of a new calendar sheet: one by day and one by week for every band there may be, of their cells alone."""

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.layout import Layout as Margins
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.worksheet.worksheet import Worksheet

from sheets.calendar import CHART_COLUMN, CHART_COLUMNS, CHART_ROWS, WIDTHS, Place, charts_of
from sheets.model import MOST_BANDS
from sheets.sheetxml import column_letters

BAR, LATE, GRID = "334E68", "B42318", "E4E7EB"


def furnish_calendar(sheet: Worksheet) -> None:
    """Widths and charts of an empty calendar."""
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column_letters(column)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = "A4"
    for number in range(MOST_BANDS):
        day, week = charts_of(number)
        sheet.add_chart(_chart(sheet, day, late=True))
        sheet.add_chart(_chart(sheet, week, late=False))


def _chart(sheet: Worksheet, place: Place, *, late: bool) -> BarChart:
    chart = BarChart()
    chart.type, chart.gapWidth, chart.legend = "col", 40, None
    amounts = Reference(sheet, min_col=place.column + 1, min_row=place.first, max_row=place.last)
    chart.add_data(amounts, titles_from_data=False)
    chart.set_categories(Reference(sheet, min_col=place.column, min_row=place.first, max_row=place.last))
    series = chart.series[0]
    series.graphicalProperties = GraphicalProperties(solidFill=BAR)
    if late:  # the first bar is what is overdue
        series.dPt.append(DataPoint(idx=0, spPr=GraphicalProperties(solidFill=LATE)))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.y_axis.scaling.min = "#,##0", 0
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=GRID)))
    inner = ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=0.12, y=0.04, w=0.87, h=0.7)
    chart.layout = Margins(inner)
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.anchor = _anchor(place)  # type: ignore[assignment]  # the stubs know addresses only
    return chart


def _anchor(place: Place) -> TwoCellAnchor:
    """Between cells, moving and shrinking with them: on hidden rows a chart is hidden too."""
    left, top = CHART_COLUMN - 1, place.row - 1
    return TwoCellAnchor(
        editAs="twoCell", _from=AnchorMarker(col=left, row=top),
        to=AnchorMarker(col=left + CHART_COLUMNS, row=top + CHART_ROWS),
    )  # fmt: skip
