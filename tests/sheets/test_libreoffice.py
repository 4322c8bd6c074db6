"""A real LibreOffice edits and saves the workbook between our passes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from helpers.daemons import until
from helpers.libreoffice import Office
from helpers.needs import find_program, needs
from helpers.registry_cast import APPROVED, PAID, TODAY, added, layout, reference, view
from helpers.rich_workbook import HEADER_ROW, known, rich_workbook
from sheets.errors import RegistryLocked
from sheets.excel import ExcelRegistry
from sheets.merge import merge_row
from sheets.model import Change, ViewSpec

pytestmark = [
    needs("libreoffice"),
    pytest.mark.libreoffice,
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
]

PLAN = layout("ru")
SHEET = PLAN.worksheet


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    program = find_program("libreoffice")
    assert program is not None
    return Office(program, tmp_path_factory.mktemp("office"))


@pytest.fixture
def registry(tmp_path: Path) -> ExcelRegistry:
    made = ExcelRegistry(tmp_path / "registry.xlsx", PLAN)
    rows = [added(number, "ru", status=3 if number % 3 else 1) for number in range(1, 13)]
    made.create(rows, generation=7, identity="house", views=[view("today", range(1, 3), "ru")])
    return made


def test_a_save_without_edits_changes_no_cell(office: Office, registry: ExcelRegistry) -> None:
    before = registry.read()
    office.edit(registry.path, SHEET)
    after = registry.read()
    assert (after.generation, after.identity) == (7, "house")
    assert after.view_marks == before.view_marks != {}
    assert (after.missing_columns, after.strangers, after.view_edits, after.duplicated) == ((), (), (), ())
    for name, row in after.rows.items():
        merged = merge_row(before.rows[name].cells, before.rows[name].cells, row.cells, PLAN.columns)
        assert (merged.write, merged.edits) == ({}, {})


def test_what_the_accountant_types_is_an_edit_and_survives_our_write(office: Office, registry: ExcelRegistry) -> None:
    before = registry.read()
    office.edit(
        registry.path,
        SHEET,
        f'sheet.getCellRangeByName("B3").String = "{PAID["ru"]}"',
        'sheet.getCellRangeByName("H3").Formula = "2026-11-24"',
        'sheet.getCellRangeByName("K3").String = "оплачено с р/с 2"',
        'sheet.getCellRangeByName("E3").Value = 1',
        "sheet.Columns.insertByIndex(0, 1)",
        'sheet.getCellRangeByName("A1").String = "Моё"',
        'sheet.getCellRangeByName("A3").Formula = "=F3*2"',
    )
    snapshot = registry.read()
    was, now = before.rows[reference(2)], snapshot.rows[reference(2)]
    merged = merge_row(was.cells, was.cells, now.cells, PLAN.columns)
    assert merged.edits.keys() == {"status", "paid_on", "comment"}
    assert merged.edits["paid_on"][1] == date(2026, 11, 24)
    assert merged.put_back == ("amount",)
    changes = [Change(reference(2), {**merged.write, "message": "Принято"}), added(13, "ru")]
    registry.write(changes, snapshot.version, generation=8, views=[view("today", range(1, 2), "ru")])
    office.edit(registry.path, SHEET)
    after = registry.read()
    assert after.generation == 8
    assert after.rows[reference(2)].cells["amount"] == Decimal("2000.5")
    assert after.rows[reference(2)].cells["comment"] == "оплачено с р/с 2"
    assert after.rows[reference(13)].place == 14
    assert load_workbook(registry.path)[SHEET]["A3"].value == "=F3*2"


def test_a_workbook_open_in_libreoffice_is_locked_until_it_is_closed(
    office: Office, registry: ExcelRegistry, tmp_path: Path
) -> None:
    seen, go = registry.read().version, tmp_path / "close-now"
    lock_file = registry.path.with_name(f".~lock.{registry.path.name}#")
    program = office.hold(registry.path, until=go)
    try:
        until(lock_file.exists, lambda: "LibreOffice did not open the workbook")
        lock = registry.lock()
        assert lock is not None
        assert lock.program == "LibreOffice"
        with pytest.raises(RegistryLocked):
            registry.write([added(13, "ru")], seen, generation=8)
        assert registry.read().version == seen
    finally:
        go.touch()
        program.wait(timeout=60)
    registry.write([added(13, "ru")], seen, generation=8)


def test_sorted_rows_are_found_again_with_their_links(office: Office, registry: ExcelRegistry) -> None:
    before = registry.read()
    office.edit(
        registry.path,
        SHEET,
        "Dim key(0) As New com.sun.star.table.TableSortField",
        "key(0).Field = 4 : key(0).IsAscending = False",
        "Dim how(1) As New com.sun.star.beans.PropertyValue",
        'how(0).Name = "SortFields" : how(0).Value = key()',
        'how(1).Name = "ContainsHeader" : how(1).Value = True',
        'sheet.getCellRangeByName("A1:AE13").sort(how())',
    )
    snapshot = registry.read()
    assert snapshot.rows[reference(12)].place < snapshot.rows[reference(1)].place
    for name, row in snapshot.rows.items():
        assert merge_row(before.rows[name].cells, before.rows[name].cells, row.cells, PLAN.columns).edits == {}
    registry.write([Change(reference(1), {"message": "тут"})], snapshot.version, generation=8)
    sheet = load_workbook(registry.path)[SHEET]
    place = registry.read().rows[reference(1)].place
    assert sheet.cell(place, 12).value == "тут"
    link = sheet.cell(place, 14).hyperlink
    assert reference(1) in str(link and link.target)


def test_moved_lines_are_found_again(office: Office, registry: ExcelRegistry) -> None:
    office.edit(
        registry.path,
        SHEET,
        "sheet.Rows.insertByIndex(4, 2)",
        "Dim target As New com.sun.star.table.CellAddress",
        "target.Sheet = 0 : target.Column = 0 : target.Row = 20",
        'sheet.moveRange(target, sheet.getCellRangeByName("A2:AE3").RangeAddress)',
    )
    snapshot = registry.read()
    assert {name: snapshot.rows[name].place for name in (reference(1), reference(4))} == {
        reference(1): 21,
        reference(4): 7,
    }
    registry.write([Change(reference(1), {"message": "тут"})], snapshot.version, generation=8)
    assert registry.read().rows[reference(1)].cells["message"] == "тут"


def test_the_filter_still_hides_and_shows_after_libreoffice_saved(office: Office, registry: ExcelRegistry) -> None:
    office.edit(registry.path, SHEET)
    changes = [
        Change(reference(1), {"status": PAID["ru"]}),
        Change(reference(3), {"status": APPROVED["ru"]}),
        added(13, "ru"),
        added(14, "ru", status=0),
    ]
    registry.write(changes, registry.read().version, generation=8)
    office.edit(registry.path, SHEET)
    sheet = load_workbook(registry.path)[SHEET]
    hidden = {sheet.cell(row, 1).value: bool(sheet.row_dimensions[row].hidden) for row in range(2, 16)}
    assert [hidden[reference(number)] for number in (1, 2, 3, 6, 13, 14)] == [True, False, False, True, False, True]
    assert sheet.auto_filter.ref == "A1:AE15"
    link = sheet.cell(14, 14).hyperlink
    assert str(link and link.target).endswith("PAY-2026-00013/index.html")


def test_a_rich_workbook_opens_after_our_writes_and_says_the_same(office: Office, tmp_path: Path) -> None:
    plan = layout("en")
    rich_workbook(tmp_path / "book.xlsx", plan)
    registry = ExcelRegistry(tmp_path / "book.xlsx", plan)
    office.convert(registry.path, "csv", tmp_path)
    before = (tmp_path / "book.csv").read_text(encoding="utf-8").splitlines()
    for turn in range(3):
        changes = [Change(reference(3), {"message": f"turn {turn}", "paid_on": TODAY})]
        registry.write(changes, registry.read().version, generation=turn)
    office.convert(registry.path, "csv", tmp_path)
    after = (tmp_path / "book.csv").read_text(encoding="utf-8").splitlines()
    changed = [number for number, (one, other) in enumerate(zip(before, after, strict=True), 1) if one != other]
    assert changed == [HEADER_ROW + 3]
    office.edit(registry.path, plan.worksheet)
    assert list(registry.read().rows) == known()


def test_a_sheet_that_was_added_is_known_again_when_renamed_and_not_made_anew_when_removed(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "registry.xlsx"
    rich_workbook(path, PLAN)
    specs = [ViewSpec(key, key.title(), by_title=False) for key in ("overdue", "week")]
    plan = replace(PLAN, views=tuple(specs))
    shown = [view(spec.key, range(1, 3), "ru") for spec in specs]

    def draw() -> None:
        registry = ExcelRegistry(path, plan)
        registry.write([], registry.read().version, generation=2, views=shown)

    draw()
    office.edit(path, "Overdue", 'sheet.Name = "Late"', 'book.Sheets.removeByName("Week")')
    draw()
    book = load_workbook(path)
    assert book.sheetnames == [SHEET, "Plan", "Late"]
    assert book["Late"]["A3"].value == reference(1)
