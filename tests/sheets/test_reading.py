"""Reading what people made of a workbook."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from helpers.registry_cast import added, layout, reference, view
from helpers.registry_person import AtWorkbook
from sheets.errors import RegistryBroken
from sheets.excel import ExcelRegistry
from sheets.formulas import formula_cells
from sheets.grid import fold
from sheets.model import Snapshot

PLAN = layout("en")


def read(tmp_path: Path, *rows: list[object], before: int = 0) -> Snapshot:
    """A workbook with these rows, read."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = PLAN.worksheet
    for number, row in enumerate(rows, before + 1):
        for at, value in enumerate(row, 1):
            sheet.cell(number, at).value = value  # type: ignore[assignment]
    book.save(tmp_path / "book.xlsx")
    return ExcelRegistry(tmp_path / "book.xlsx", PLAN).read()


def test_a_header_without_rows_is_an_empty_registry(tmp_path: Path) -> None:
    snapshot = read(tmp_path, ["Reference", "Status", "Amount"])
    assert dict(snapshot.rows) == {}
    assert dict(snapshot.header) == {"reference": 1, "status": 2, "amount": 3}


def test_the_header_may_stand_anywhere_in_the_first_twenty_rows(tmp_path: Path) -> None:
    header: list[object] = ["", "", "номер:", " СТАТУС *", "Сумма\nсчета"]
    row: list[object] = ["", "mine", reference(1), "Paid", 12.5]
    snapshot = read(tmp_path, header, row, before=19)
    assert (snapshot.header["reference"], snapshot.rows[reference(1)].place) == (3, 21)
    with pytest.raises(RegistryBroken, match="no header row"):
        read(tmp_path, header, row, before=20)


def test_a_sheet_without_anything_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(RegistryBroken, match="no header row"):
        read(tmp_path)


def test_the_row_that_names_most_columns_is_the_header(tmp_path: Path) -> None:
    snapshot = read(tmp_path, ["Reference", "how to read it"], ["Reference", "Status"], [reference(1), "Paid"])
    assert snapshot.rows[reference(1)].cells["status"] == "Paid"


def test_a_workbook_without_the_worksheet_is_broken(tmp_path: Path) -> None:
    read(tmp_path, ["Reference", "Status"])
    with pytest.raises(RegistryBroken, match="no worksheet “Реестр”"):
        ExcelRegistry(tmp_path / "book.xlsx", layout("ru")).read()


@pytest.mark.parametrize(
    ("column", "typed", "expected"),
    [
        ("INN", 7707083893, "7707083893"),
        ("Account", 4.07028109e19, "4.07028109E+19"),
        ("Amount", 12000.5, Decimal("12000.5")),
        ("Amount", "12 000,50", "12 000,50"),
        ("Amount", True, "TRUE"),
        ("Pay by", datetime(2026, 11, 25, 10, 30), date(2026, 11, 25)),
        ("Pay by", 46351, date(2026, 11, 25)),
        ("Pay by", 25.11, Decimal("25.11")),
        ("Pay by", "25 ноя", "25 ноя"),
        ("Payment order", datetime(2026, 5, 12), date(2026, 5, 12)),
        ("Accountant's comment", "   ", None),
    ],
)
def test_what_people_type_is_read_as_what_they_meant(
    tmp_path: Path, column: str, typed: object, expected: object
) -> None:
    snapshot = read(tmp_path, ["Reference", "Status", column], [reference(1), "Paid", typed])
    key = next(one.key for one in PLAN.columns if one.title["en"] == column)
    assert snapshot.rows[reference(1)].cells[key] == expected


def test_a_reference_typed_carelessly_is_known(tmp_path: Path) -> None:
    snapshot = read(tmp_path, ["Reference", "Status"], [f" {reference(1).lower()} ", "Paid"], ["PAY-1", "Paid"])
    assert list(snapshot.rows) == [reference(1)]
    assert snapshot.strangers == ((3, ("PAY-1", "Paid")),)


def test_headings_are_compared_as_people_see_them() -> None:
    assert fold("  Contractor’s\nE-MAIL: ") == fold("contractor's e-mail")
    assert fold("Платёжка*") == fold("платежка")


@pytest.mark.parametrize("size", [7, 64, 10_000])
def test_formulas_are_found_however_the_bytes_are_cut(size: int) -> None:
    xml = (
        b'<worksheet xmlns="m"><sheetData><row r="1"><c r="A1" t="str"><f>B1</f><v>x</v></c><c r="B1"><v>1</v></c>'
        b'<c r="AA1"><f t="shared" si="0"/><v>2</v></c></row><row r="20"><c r="C20"><f>1</f></c></row></sheetData>'
        b"<conditionalFormatting><cfRule><formula>1</formula></cfRule></conditionalFormatting></worksheet>"
    )
    pieces = [xml[:60], *(xml[at : at + size] for at in range(60, len(xml), size))]
    assert list(formula_cells(pieces)) == [(1, 1), (27, 1), (3, 20)]


def test_a_view_is_found_under_its_name_in_another_language(tmp_path: Path) -> None:
    ExcelRegistry(tmp_path / "book.xlsx", PLAN).create([added(1)], generation=1, views=[view("today", range(1, 3))])
    renamed = tuple(replace(spec, title=f"{spec.title} (de)", aliases=(spec.title,)) for spec in PLAN.views)
    registry = ExcelRegistry(tmp_path / "book.xlsx", replace(PLAN, views=renamed))
    AtWorkbook(registry.path, PLAN).type_in_view("today", reference(2), "Paid")
    snapshot = registry.read()
    assert snapshot.view_edits == (("today", reference(2), "Paid"),)
    registry.write([], snapshot.version, generation=2, views=[view("today", range(1, 3))])
    assert registry.read().view_edits == ()


@pytest.mark.parametrize(("said", "known"), [("Фаина Счетова", "Фаина Счетова"), ("a\n  b", "a b"), (None, "")])
def test_who_saved_the_workbook_last_is_read_as_far_as_it_says(tmp_path: Path, said: str | None, known: str) -> None:
    registry = ExcelRegistry(tmp_path / "book.xlsx", PLAN)
    registry.create([added(1)], generation=1)
    assert registry.read().editor == ""
    book = load_workbook(tmp_path / "book.xlsx")
    book.properties.lastModifiedBy = said
    book.save(tmp_path / "book.xlsx")
    snapshot = registry.read()
    assert snapshot.editor == known
    registry.write([added(2)], snapshot.version, generation=2)  # our own write says nothing of us
    assert registry.read().editor == known
