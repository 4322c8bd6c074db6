"""The calendar with its charts, and views of older books that are given new columns; at a workbook and at Google."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

from helpers.registry_cast import added, layout, reference, view
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.calendar import BAND_ROWS, band_row
from sheets.excel import ExcelRegistry
from sheets.model import DAY_LINES, MOST_BANDS, WEEK_LINES, Band, Column, Line, View, ViewSpec

OLD = layout("en")
CALENDAR = ViewSpec("calendar", "Calendar", "Calendar", empty="Nothing.", kind="calendar", by_title=False)
PLAN = replace(OLD, views=(*OLD.views, CALENDAR))
WIDER = replace(
    OLD, extra_columns=(Column("to_pay", {"en": "To pay", "ru": "К оплате"}, kind="money"),), total_key="to_pay",
    view_columns=("reference", "to_pay", *OLD.view_columns[1:]),
)  # fmt: skip


def band(currency: str, amount: int) -> Band:
    days = tuple(Line(f"day {at}", Decimal(amount * (at == 3)), int(at == 3)) for at in range(DAY_LINES))
    weeks = tuple(Line(f"week {at}", Decimal(amount * (at == 0)), int(at == 0)) for at in range(WEEK_LINES))
    return Band(currency, Decimal(amount), 1, days, weeks)


def calendar(*currencies: str) -> View:
    return View("calendar", (), bands=tuple(band(currency, 100) for currency in currencies))


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- a workbook -----------------------------------------------------------------------------------------


def test_charts_are_made_with_the_sheet_and_no_drawing_touches_them(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    registry = ExcelRegistry(path, PLAN)
    registry.create([added(1)], generation=1, views=[calendar("RUB")])
    before = {name: part for name, part in parts(path).items() if "chart" in name or "drawing" in name}
    registry.write([], registry.read().version, generation=2, views=[calendar("RUB", "EUR")])
    after = parts(path)
    assert len([name for name in before if name.startswith("xl/charts/")]) == 2 * MOST_BANDS
    assert {name: after[name] for name in before} == before
    sheet = load_workbook(path)["Calendar"]
    row = band_row(1)
    assert (sheet.cell(row, 1).value, sheet.cell(row, 2).value) == ("EUR", 100)
    assert (sheet.cell(row + 5, 1).value, sheet.cell(row + 5, 2).value) == ("day 3", 100)
    assert (sheet.cell(row + 2, 5).value, sheet.cell(row + 2, 6).value) == ("week 0", 100)
    assert not sheet.row_dimensions[row].hidden
    assert sheet.row_dimensions[band_row(2)].hidden


def test_a_chart_looks_at_the_cells_that_are_drawn(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    ExcelRegistry(path, PLAN).create([], generation=1, views=[calendar("RUB")])
    first = parts(path)["xl/charts/chart1.xml"].decode()
    top = band_row(0) + 2
    assert f"'Calendar'!$B${top}:$B${top + DAY_LINES - 1}" in first
    assert f"'Calendar'!$A${top}:$A${top + DAY_LINES - 1}" in first


def test_an_old_book_is_given_the_calendar_with_its_charts(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    ExcelRegistry(path, OLD).create([added(1)], generation=1)
    registry = ExcelRegistry(path, PLAN)
    registry.write([], registry.read().version, generation=2, views=[calendar("RUB")])
    book = load_workbook(path)
    assert book.sheetnames[-1] == "Calendar"
    assert len(book["Calendar"]._charts) == 2 * MOST_BANDS
    assert registry.read().generation == 2


def test_with_nothing_to_pay_no_band_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    ExcelRegistry(path, PLAN).create([], generation=1, views=[calendar()])
    sheet = load_workbook(path)["Calendar"]
    assert sheet["A2"].value == "Nothing."
    assert all(sheet.row_dimensions[row].hidden for row in range(band_row(0), band_row(0) + BAND_ROWS))


def test_a_view_of_an_older_book_is_given_its_new_column_and_keeps_widths_and_formats(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    ExcelRegistry(path, OLD).create([added(1)], generation=1, views=[view("today", range(1, 2))])
    book = load_workbook(path)
    book["Today"].column_dimensions["C"].width = 61  # she made the contractor wide
    book.save(path)
    registry = ExcelRegistry(path, WIDER)
    shown = view("today", range(1, 2))
    for generation in (2, 3):
        registry.write([], registry.read().version, generation=generation, views=[shown])
    sheet = load_workbook(path)["Today"]
    assert [cell.value for cell in sheet[2]][:4] == ["Reference", "To pay", "Status", "Contractor"]
    assert sheet.column_dimensions["D"].width == 61
    assert [str(area.sqref) for area in sheet.data_validations.dataValidation] == ["C3:C1048576"]
    fresh = tmp_path / "fresh.xlsx"
    ExcelRegistry(fresh, WIDER).create([added(1)], generation=1, views=[shown])
    wanted = load_workbook(fresh)["Today"].conditional_formatting
    assert [(str(one.sqref), [rule.formula for rule in one.rules]) for one in sheet.conditional_formatting] == [
        (str(one.sqref), [rule.formula for rule in one.rules]) for one in wanted
    ]


# --- Google ---------------------------------------------------------------------------------------------


def charts(server: SheetsServer) -> list[str]:
    sheet = server.spreadsheet.named("Calendar")
    return [chart["spec"]["altText"] or "chart" for chart in sheet.charts]


def test_google_gets_a_pair_of_charts_for_a_currency_when_it_first_comes(google: SheetsServer, tmp_path: Path) -> None:
    registry = at_google(google, PLAN, tmp_path)
    registry.create([added(1)], generation=1, views=[calendar("RUB")])
    assert len(charts(google)) == 2
    for generation, currencies in ((2, ("RUB",)), (3, ("RUB", "EUR")), (4, ("RUB", "EUR"))):
        registry.write([], registry.read().version, generation=generation, views=[calendar(*currencies)])
    assert len(charts(google)) == 4
    sheet = google.spreadsheet.named("Calendar")
    assert sheet.lines[band_row(1) - 1].cells[0]["userEnteredValue"] == {"stringValue": "EUR"}
    source = sheet.charts[2]["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"][0]
    assert (source["startRowIndex"], source["endRowIndex"]) == (band_row(1) + 1, band_row(1) + 1 + DAY_LINES)


def test_a_chart_removed_online_is_not_made_again(google: SheetsServer, tmp_path: Path) -> None:
    at_google(google, PLAN, tmp_path).create([added(1)], generation=1, views=[calendar("RUB")])
    google.spreadsheet.named("Calendar").charts.clear()
    google.edited("fiona@example.test")
    registry = at_google(google, PLAN, tmp_path)
    registry.write([], registry.read().version, generation=2, views=[calendar("RUB")])
    assert charts(google) == []


def test_a_view_of_an_older_spreadsheet_is_given_its_new_column(google: SheetsServer, tmp_path: Path) -> None:
    at_google(google, OLD, tmp_path).create([added(1)], generation=1, views=[view("today", range(1, 2))])
    registry = at_google(google, WIDER, tmp_path)
    for generation in (2, 3):
        registry.write([], registry.read().version, generation=generation, views=[view("today", range(1, 2))])
    sheet = google.spreadsheet.named("Today")
    heads = [sheet.lines[1].cells[at]["userEnteredValue"]["stringValue"] for at in range(4)]
    assert heads == ["Reference", "To pay", "Status", "Contractor"]
    assert sheet.width == len(WIDER.view_columns)
    AtSpreadsheet(google, WIDER).type_in_view("today", reference(1), "Paid")
    assert ("today", reference(1), "Paid") in registry.read().view_edits
