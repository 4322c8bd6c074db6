"""A hundred writes of ours into books as several programs make them: whatever is not ours keeps its bytes.

Read about rather than tried (nobody here has them): books as Excel itself, Google and WPS save them.
"""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import DataBarRule
from openpyxl.worksheet.datavalidation import DataValidation

from helpers.libreoffice import Office
from helpers.needs import find_program, needs
from helpers.registry_cast import added, cells, layout, reference, view
from helpers.rich_workbook import parts, rich_workbook
from sheets.excel import ExcelRegistry
from sheets.frame import Tail
from sheets.model import Change
from sheets.sheetxml import split_sheet

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
PLAN = replace(layout("en"), views=())
ROWS = 12
GROWN = {"autoFilter", "conditionalFormatting", "dataValidations", "hyperlinks"}
"""Elements beside the rows that grow with them; everything else beside them is to stay as it is."""


def by_xlsxwriter(path: Path, _folder: Path) -> None:
    """Sparklines, 2010 data bars, a chart, a text box, a picture, threads, a note."""
    rich_workbook(path, PLAN)
    add_pivot(path)


def as_macro_book(path: Path, folder: Path) -> None:
    """The same as .xlsm, with its macros known to the book."""
    by_xlsxwriter(path, folder)
    plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    relation = (
        b'<Relationship Id="rId77" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        b'Target="vbaProject.bin"/></Relationships>'
    )
    changed = {
        "[Content_Types].xml": lambda xml: xml.replace(plain.encode(), macros.encode()),
        "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"</Relationships>", relation),
    }
    rewrite(path, changed)


def by_openpyxl(path: Path, _folder: Path) -> None:
    """Named cells, a chart, a note, a data bar, a list of choices; texts beside the cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = PLAN.worksheet
    sheet.append([column.title["en"] for column in PLAN.columns] + ["Mine"])
    for number in range(1, ROWS + 1):
        row = [cells(number).get(column.key) for column in PLAN.columns]
        sheet.append([float(cell) if isinstance(cell, Decimal) else cell for cell in row] + [f"=E{number + 1}*2"])
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=5, min_row=2, max_row=ROWS + 1))
    sheet.add_chart(chart, "AH2")
    sheet["C3"].comment = Comment("Who is this?", "Fiona")
    sheet.conditional_formatting.add("E2:E13", DataBarRule("min", None, "max", None, color="FF638EC6"))
    choice = DataValidation(type="list", formula1='"yes,no"')
    choice.add("AF2:AF13")
    sheet.add_data_validation(choice)
    book.create_sheet("Plan")["A1"] = "=SUM(Registry!E2:E13)"
    book.save(path)


def by_libreoffice(path: Path, folder: Path) -> None:
    """The rich book as LibreOffice saves it: shared texts, its own styles, its own order of parts."""
    program = find_program("libreoffice")
    assert program is not None
    made = folder / "made"
    made.mkdir()
    rich_workbook(made / path.name, PLAN)
    office = Office(program, folder / "profile")
    office.convert(made / path.name, "xlsx:Calc MS Excel 2007 XML", folder / "out")
    path.write_bytes((folder / "out" / path.name).read_bytes())


MAKERS = [
    pytest.param(by_xlsxwriter, "book.xlsx", id="xlsxwriter"),
    pytest.param(as_macro_book, "book.xlsm", id="macros"),
    pytest.param(by_openpyxl, "book.xlsx", id="openpyxl"),
    pytest.param(by_libreoffice, "book.xlsx", id="libreoffice", marks=[needs("libreoffice"), pytest.mark.libreoffice]),
]


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_a_hundred_writes_change_our_cells_alone(make: Callable[[Path, Path], None], name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    make(path, tmp_path)
    registry = ExcelRegistry(path, PLAN)
    registry.write([], registry.read().version, generation=1)  # the stamp's own part comes with the first write
    before, stood = parts(path), registry.read()
    sheet_part = next(part for part in before if part.startswith("xl/worksheets/sheet1"))
    mine = own_cells(path)
    write_a_hundred_times(registry)
    after = parts(path)

    changed = {part for part in before if after.get(part) != before[part]}
    assert changed <= {sheet_part, "xl/styles.xml", "xl/workbook.xml", "docProps/custom.xml", rels(sheet_part)}
    assert after.keys() == before.keys() | ({rels(sheet_part)} & after.keys())
    assert beside(after[sheet_part]) == beside(before[sheet_part])
    assert own_cells(path, len(mine)) == mine
    snapshot = registry.read()
    assert snapshot.rows.keys() == {reference(number) for number in range(1, ROWS + 11)}
    people = {key for key in stood.header if PLAN.column(key).owner == "people"}
    for known in stood.rows:
        assert {k: snapshot.rows[known].cells[k] for k in people} == {k: stood.rows[known].cells[k] for k in people}


def test_a_new_book_that_may_hold_macros_says_so(tmp_path: Path) -> None:
    """Excel opens no .xlsm that calls itself a plain workbook."""
    for name, kind in (("book.xlsm", b"ms-excel.sheet.macroEnabled.main"), ("book.xlsx", b"spreadsheetml.sheet.main")):
        registry = ExcelRegistry(tmp_path / name, PLAN)
        registry.create([added(1)], generation=1)
        assert kind in parts(registry.path)["[Content_Types].xml"]
        assert registry.read().rows.keys() == {reference(1)}


def write_a_hundred_times(registry: ExcelRegistry) -> None:
    """Every known row's message again and again, a status now and then, ten new rows."""
    for number in range(1, 101):
        changes = [Change(reference(number % ROWS + 1), {"message": f"pass {number}", "updated": f"{number}"})]
        changes += [added(ROWS + number // 10)] if number % 10 == 0 else []
        changes += [Change(reference(3), {"status": "Paid" if number % 2 else "On hold"})] if number % 7 == 0 else []
        registry.write(changes, registry.read().version, generation=1 + number)


def beside(xml: bytes) -> list[tuple[str, bytes]]:
    """What stands beside the rows and does not grow with them: drawings, extensions, print set-up, groups."""
    sheet = split_sheet(xml)
    kept = [(name, content) for name, content in Tail(sheet).elements if name not in GROWN]
    head = sheet.head[: sheet.head.index(b"<dimension")] if b"<dimension" in sheet.head else sheet.head
    return [("head", head), *kept]


def own_cells(path: Path, rows: int | None = None) -> list[tuple[object, ...]]:
    """Formulas and values of the cells that are in none of our columns."""
    sheet = load_workbook(path, keep_vba=True)[PLAN.worksheet]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "Reference" for cell in row))
    titles = {column.title["en"] for column in PLAN.columns}
    theirs = [cell.column for cell in header if cell.value not in titles]
    wanted = sheet.iter_rows(min_row=1, max_row=header[0].row + ROWS)
    found = [tuple(row[at - 1].value for at in theirs) for row in wanted]
    return found[:rows]


def rels(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def add_pivot(path: Path) -> None:
    """A slicer and a pivot table beside the other sheet, as parts that nothing of ours may touch."""
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.microsoft.com/office/2007/relationships/slicer" Target="../slicers/slicer1.xml"/>'
        "</Relationships>"
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/_rels/sheet2.xml.rels", relation)
        archive.writestr("xl/slicers/slicer1.xml", "<slicers/>")
        archive.writestr("xl/pivotTables/pivotTable1.xml", "<pivotTableDefinition name='Sums'/>")
        archive.writestr("xl/pivotCache/pivotCacheDefinition1.xml", "<pivotCacheDefinition/>")
        archive.writestr("xl/pivotCache/pivotCacheRecords1.xml", "<pivotCacheRecords count='3'/>")


def rewrite(path: Path, changed: dict[str, Callable[[bytes], bytes]]) -> None:
    content = {name: changed.get(name, lambda xml: xml)(xml) for name, xml in parts(path).items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in content.items():
            archive.writestr(name, xml)


@needs("libreoffice")
@pytest.mark.libreoffice
def test_libreoffice_opens_each_of_them_with_views_and_calendar_added(tmp_path: Path) -> None:
    """Opened without repair: what it saves has every sheet and every value."""
    program = find_program("libreoffice")
    assert program is not None
    office = Office(program, tmp_path / "profile")
    plan = layout("en")
    for make, name in ((by_xlsxwriter, "one.xlsx"), (by_openpyxl, "two.xlsx")):
        path = tmp_path / name
        make(path, tmp_path)
        registry = ExcelRegistry(path, replace(plan, views=tuple(replace(s, by_title=False) for s in plan.views)))
        shown = [view(spec.key, range(1, 4)) for spec in plan.views]
        registry.write([added(ROWS + 1)], registry.read().version, generation=2, views=shown)
        saved = load_workbook(office.convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "saved"))
        assert saved.sheetnames == ["Registry", "Plan", "Today", "Week", "Month"]
        assert saved["Today"]["A3"].value == reference(1)
        again = ExcelRegistry(tmp_path / "saved" / name, registry.layout).read()
        assert again.rows.keys() == {reference(number) for number in range(1, ROWS + 2)}
