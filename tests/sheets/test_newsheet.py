"""A book that people have been using is given one more sheet: theirs keep every byte, and one removed is not missed."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from helpers.registry_cast import added, layout, reference, view
from helpers.rich_workbook import rich_workbook
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.excel import ExcelRegistry
from sheets.model import Layout, ViewSpec

OLD = layout("en")
OVERDUE = ViewSpec("overdue", "Overdue", "Overdue", "Total", "Nothing.", by_title=False)
NEW = replace(OLD, views=(OVERDUE, *OLD.views))


def old_book(path: Path) -> None:
    """A book of the first version: no sheet bears a mark."""
    registry = ExcelRegistry(path, OLD)
    registry.create([added(1), added(2)], generation=1, identity="house")
    book = load_workbook(path)
    for name in [name for name in book.defined_names if name.startswith("_countersign_")]:
        del book.defined_names[name]
    book.save(path)


def draw(path: Path, plan: Layout = NEW, generation: int = 2) -> None:
    registry = ExcelRegistry(path, plan)
    shown = [view(spec.key, range(1, 3)) for spec in plan.views]
    registry.write([], registry.read().version, generation=generation, views=shown)


def test_an_old_book_gets_the_sheet_once(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    old_book(path)
    draw(path)
    draw(path, generation=3)
    book = load_workbook(path)
    assert book.sheetnames == ["Registry", "Today", "Week", "Month", "Overdue"]
    assert next(cell.value for cell in book["Overdue"][3]) == reference(1)
    assert book["Overdue"].freeze_panes == "A3"
    assert book["Overdue"].print_title_rows == "$2:$2"
    assert len(book["Overdue"].data_validations.dataValidation) == 1


def test_colours_of_the_new_sheet_are_those_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    old_book(path)
    draw(path)
    book = load_workbook(path)

    def looks(name: str) -> list[tuple[str, str, str]]:
        rules = [(str(area.sqref), rule) for area in book[name].conditional_formatting for rule in area.rules]
        return [(area, rule.formula[0], rule.dxf.fill.bgColor.rgb) for area, rule in rules]

    assert looks("Overdue") == looks("Today") != []


def test_a_removed_sheet_is_not_made_again_and_a_renamed_one_is_found(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    ExcelRegistry(path, NEW).create([added(1)], generation=1)
    book = load_workbook(path)
    del book["Overdue"]
    book.defined_names["_countersign_overdue"].attr_text = "#REF!$A$1"  # as a spreadsheet program leaves it
    book["Today"].title = "Now"
    book.defined_names["_countersign_today"].attr_text = "Now!$A$1"
    book.save(path)
    draw(path)
    book = load_workbook(path)
    assert book.sheetnames == ["Registry", "Now", "Week", "Month"]
    assert book["Now"]["A3"].value == reference(1)


def test_somebody_elses_sheet_of_that_name_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    old_book(path)
    book = load_workbook(path)
    book.create_sheet("overdue")["A1"] = "my own list"
    book.save(path)
    draw(path)
    book = load_workbook(path)
    assert book.sheetnames[-2:] == ["overdue", "Overdue (2)"]
    assert book["overdue"]["A1"].value == "my own list"
    assert book["Overdue (2)"]["A3"].value == reference(1)


def test_a_rich_book_keeps_every_byte_of_its_other_parts(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    rich_workbook(path, OLD)
    before = parts(path)
    draw(path)
    after = parts(path)
    changed = {name for name in before if after[name] != before[name]}
    book = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    assert changed == {"[Content_Types].xml", "_rels/.rels", *book}
    assert after.keys() - before.keys() >= {"xl/worksheets/sheet3.xml"}


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- the same at Google ---------------------------------------------------------------------------------


@pytest.fixture
def old_sheet(google: SheetsServer, tmp_path: Path) -> SheetsServer:
    at_google(google, OLD, tmp_path).create([added(1), added(2)], generation=1, identity="house")
    for sheet in google.spreadsheet.sheets:  # the first version's stamp names no sheets
        for mark in sheet.marks:
            mark["metadataValue"] = mark["metadataValue"].replace(', "s": "month today week"', "")
    return google


def draw_online(server: SheetsServer, folder: Path, generation: int = 2) -> list[str]:
    registry = at_google(server, NEW, folder)
    shown = [view(spec.key, range(1, 3)) for spec in NEW.views]
    registry.write([], registry.read().version, generation=generation, views=shown)
    return [sheet.title for sheet in server.spreadsheet.sheets]


def test_an_old_spreadsheet_gets_the_sheet_once(old_sheet: SheetsServer, tmp_path: Path) -> None:
    draw_online(old_sheet, tmp_path)
    assert draw_online(old_sheet, tmp_path, generation=3) == ["Registry", "Today", "Week", "Month", "Sheet1", "Overdue"]
    person = AtSpreadsheet(old_sheet, NEW)
    person.type_in_view("overdue", reference(1), "Paid")
    edits = at_google(old_sheet, NEW, tmp_path).read().view_edits
    assert ("overdue", reference(1), "Paid") in edits


def test_a_sheet_removed_online_is_not_made_again(old_sheet: SheetsServer, tmp_path: Path) -> None:
    draw_online(old_sheet, tmp_path)
    sheets = old_sheet.spreadsheet.sheets
    sheets.remove(next(sheet for sheet in sheets if sheet.title == "Overdue"))
    old_sheet.edited("fiona@example.test")
    assert draw_online(old_sheet, tmp_path, generation=3) == ["Registry", "Today", "Week", "Month", "Sheet1"]
