"""Writing into other people's workbooks: everything that is not our cell of our row stays as it is."""

import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from helpers.registry_cast import PAID, TODAY, added, layout, reference
from helpers.rich_workbook import HEADER_ROW, ROWS, known, parts, rich_workbook
from sheets.excel import ExcelRegistry
from sheets.model import Change

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

SHEET = "xl/worksheets/sheet1.xml"
OURS = {SHEET, "xl/workbook.xml", "docProps/custom.xml", "[Content_Types].xml", "_rels/.rels"}


@pytest.fixture
def registry(tmp_path: Path) -> ExcelRegistry:
    rich_workbook(tmp_path / "book.xlsx", layout("en"))
    return ExcelRegistry(tmp_path / "book.xlsx", layout("en"))


def write(registry: ExcelRegistry, *changes: Change, generation: int = 2) -> None:
    registry.write(changes, registry.read().version, generation=generation)


def rows_of(xml: bytes) -> dict[int, bytes]:
    return {int(match[1]): match[0] for match in re.finditer(rb'<row r="(\d+)".*?(?:</row>|/>(?=<))', xml, re.DOTALL)}


def cells_of(row: bytes) -> dict[str, bytes]:
    return {match[1].decode(): match[0] for match in re.finditer(rb'<c r="([A-Z]+)\d+".*?(?:/>|</c>)', row, re.DOTALL)}


def test_a_rich_workbook_is_read_as_it_is(registry: ExcelRegistry) -> None:
    snapshot = registry.read()
    assert list(snapshot.rows) == known()
    assert snapshot.generation is None
    assert snapshot.header["reference"] == 2
    assert snapshot.rows[reference(2)].cells["pay_by"] == date(2026, 11, 24)
    assert snapshot.strangers == ((20, ("Prepared by Fiona",)),)


def test_twenty_writes_leave_every_other_part_byte_for_byte(registry: ExcelRegistry) -> None:
    before = parts(registry.path)
    for turn in range(20):
        changes = [Change(reference(turn % ROWS + 1), {"message": f"turn {turn}", "amount": Decimal(turn)})]
        write(registry, *changes, generation=turn)
    after = parts(registry.path)
    assert {name for name in after if before.get(name) != after[name]} <= OURS
    assert before.keys() <= after.keys()
    assert registry.read().generation == 19


def test_in_a_written_row_the_cells_of_people_keep_their_bytes(registry: ExcelRegistry) -> None:
    before = rows_of(parts(registry.path)[SHEET])
    write(registry, Change(reference(3), {"message": "hello", "paid_on": TODAY}))
    after = rows_of(parts(registry.path)[SHEET])
    changed = {number for number in after if before.get(number) != after[number]}
    assert changed == {HEADER_ROW + 3}
    old, new = cells_of(before[HEADER_ROW + 3]), cells_of(after[HEADER_ROW + 3])
    assert {column for column in new if old.get(column) != new[column]} == {"I", "M"}


def test_what_surrounds_the_rows_keeps_its_bytes(registry: ExcelRegistry) -> None:
    before = parts(registry.path)[SHEET]
    write(registry, Change(reference(3), {"message": "hello"}))
    after = parts(registry.path)[SHEET]
    assert after[: after.index(b"<sheetData>")] == before[: before.index(b"<sheetData>")]
    assert after[after.index(b"</sheetData>") :] == before[before.index(b"</sheetData>") :]


def test_an_added_row_takes_filter_formats_and_validations_along(registry: ExcelRegistry) -> None:
    before = parts(registry.path)[SHEET]
    write(registry, added(90), added(91, status=0))
    xml = parts(registry.path)[SHEET]
    last = HEADER_ROW + ROWS + 2
    assert f'<autoFilter ref="A4:AH{last}">'.encode() in xml
    assert f'sqref="I5:I{last}"'.encode() in xml
    assert xml.count(f'sqref="F5:F{last}"'.encode()) == before.count(b'sqref="F5:F16"')
    assert f"$A$4:$AH${last}<".encode() in parts(registry.path)["xl/workbook.xml"]
    sheet = load_workbook(registry.path)[registry.layout.worksheet]
    assert sheet.cell(last - 1, 6).number_format == "#,##0.00"  # follows the rows above
    assert sheet.cell(last - 1, 8).number_format == "dd.mm.yyyy"
    assert [bool(sheet.row_dimensions[place].hidden) for place in (last - 1, last)] == [False, True]
    link = sheet.cell(last - 1, 15).hyperlink
    assert str(link and link.target).endswith("PAY-2026-00090/index.html")


def test_a_table_grows_with_its_rows(tmp_path: Path) -> None:
    rich_workbook(tmp_path / "table.xlsx", layout("en"), as_table=True)
    registry = ExcelRegistry(tmp_path / "table.xlsx", layout("en"))
    write(registry, added(90))
    table = load_workbook(registry.path)[registry.layout.worksheet].tables["Payments"]
    assert table.ref == f"A4:AH{HEADER_ROW + ROWS + 1}"
    assert table.autoFilter.ref == table.ref


def test_a_date_is_shown_as_a_date_whatever_the_cell_looked_like(registry: ExcelRegistry) -> None:
    write(registry, Change(reference(1), {"paid_on": TODAY}))
    cell = load_workbook(registry.path)[registry.layout.worksheet].cell(HEADER_ROW + 1, 9)
    assert (str(cell.value), cell.number_format) == ("2026-11-24 00:00:00", "dd\\.mm\\.yyyy")


def test_a_formula_in_our_column_is_noticed_and_replaced_by_the_value(registry: ExcelRegistry) -> None:
    _formulas(registry, {"F5": "=1+1", "F6": "=F5"})
    assert registry.read().formulas == {(reference(1), "amount"), (reference(2), "amount")}
    write(registry, Change(reference(1), {"amount": Decimal("12.50")}))
    snapshot = registry.read()
    assert snapshot.formulas == {(reference(2), "amount")}
    assert snapshot.rows[reference(1)].cells["amount"] == Decimal("12.5")


def test_formulas_that_shared_a_replaced_one_get_their_own(registry: ExcelRegistry) -> None:
    content = parts(registry.path)[SHEET]
    for place, formula in ((5, b'<f t="shared" ref="F5:F7" si="0">G5*2&amp;""</f>'), (6, b'<f t="shared" si="0"/>')):
        opening = re.search(rb'<c r="F%d"[^>]*>(?=<v>)' % place, content)
        assert opening is not None
        content = content[: opening.end()] + formula + content[opening.end() :]
    _replace(registry.path, SHEET, content)
    write(registry, Change(reference(1), {"amount": Decimal(1)}))
    assert b'<f>G6*2&amp;""</f>' in parts(registry.path)[SHEET]
    assert b"shared" not in parts(registry.path)[SHEET]


def test_a_stale_calculation_chain_goes_with_the_formula(registry: ExcelRegistry) -> None:
    _add_calc_chain(registry.path)
    write(registry, Change(reference(1), {"message": "a"}))
    assert "xl/calcChain.xml" in parts(registry.path)
    _formulas(registry, {"F5": "=1+1"})
    _add_calc_chain(registry.path)
    write(registry, Change(reference(1), {"amount": Decimal(1)}))
    after = parts(registry.path)
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]


def test_people_formulas_are_computed_anew_by_the_next_program(registry: ExcelRegistry) -> None:
    write(registry, Change(reference(1), {"amount": Decimal(1)}))
    assert b'fullCalcOnLoad="1"' in parts(registry.path)["xl/workbook.xml"]


def test_a_filter_on_another_column_is_heeded(registry: ExcelRegistry) -> None:
    xml = parts(registry.path)[SHEET].replace(
        b"</autoFilter>",
        b'<filterColumn colId="3"><filters><filter val="Northern Wind 2 Ltd"/></filters></filterColumn></autoFilter>',
    )
    _replace(registry.path, SHEET, xml)
    status = "Approved for payment"
    write(registry, Change(reference(1), {"status": status}), Change(reference(2), {"status": status}))
    sheet = load_workbook(registry.path)[registry.layout.worksheet]
    assert [bool(sheet.row_dimensions[HEADER_ROW + number].hidden) for number in (1, 2)] == [True, False]


def test_a_row_people_grouped_and_raised_stays_so(registry: ExcelRegistry) -> None:
    place = HEADER_ROW + 4
    write(registry, Change(reference(4), {"status": PAID["en"]}))
    row = rows_of(parts(registry.path)[SHEET])[place]
    assert b'outlineLevel="1"' in row
    assert b'ht="39.75"' in row
    assert b'hidden="1"' in row


def test_a_workbook_with_prefixed_names_is_written_alike(tmp_path: Path) -> None:
    registry = ExcelRegistry(tmp_path / "prefixed.xlsx", layout("en"))
    registry.create([added(1), added(2)], generation=1)
    xml = re.sub(rb"<(/?)([a-zA-Z]+)(?=[\s/>])", rb"<\1x:\2", parts(registry.path)[SHEET].split(b"?>")[-1])
    _replace(registry.path, SHEET, b'<?xml version="1.0"?>' + xml.replace(b"xmlns=", b"xmlns:x="))
    write(registry, Change(reference(1), {"message": "prefixed", "amount": Decimal(7)}), added(3))
    rows = registry.read().rows
    assert (rows[reference(1)].cells["message"], rows[reference(1)].cells["amount"]) == ("prefixed", Decimal(7))
    assert rows[reference(3)].cells["contractor"] == "Northern Wind 3 Ltd"
    links = [cell.hyperlink for cell in load_workbook(registry.path)["Registry"]["N"][1:]]
    assert [str(link.target).split("/")[-2] for link in links if link] == [reference(1), reference(2), reference(3)]


def test_rows_and_cells_without_addresses_are_found(tmp_path: Path) -> None:
    path = tmp_path / "bare.xlsx"
    registry = ExcelRegistry(path, layout("en"))
    registry.create([added(1), added(2)], generation=1)
    xml = re.sub(rb'(<(?:row|c))(\s[^>]*?)?\sr="[A-Z0-9]+"', rb"\1\2", parts(path)[SHEET])
    _replace(path, SHEET, xml)
    assert list(registry.read().rows) == [reference(1), reference(2)]
    write(registry, Change(reference(2), {"message": "found"}), added(3))
    rows = registry.read().rows
    assert rows[reference(2)].cells["message"] == "found"
    assert rows[reference(3)].place == 4


def test_a_part_with_comments_and_cdata_is_written_plainly(registry: ExcelRegistry) -> None:
    xml = parts(registry.path)[SHEET].replace(b"<sheetData>", b"<sheetData><!-- <row r='1'> -->", 1)
    _replace(registry.path, SHEET, xml)
    write(registry, Change(reference(1), {"message": "plain"}))
    assert registry.read().rows[reference(1)].cells["message"] == "plain"


def test_days_are_counted_from_1904_where_the_book_does(registry: ExcelRegistry) -> None:
    book = parts(registry.path)["xl/workbook.xml"].replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)
    _replace(registry.path, "xl/workbook.xml", book)
    write(registry, Change(reference(1), {"pay_by": TODAY}))
    assert registry.read().rows[reference(1)].cells["pay_by"] == TODAY


def _formulas(registry: ExcelRegistry, formulas: dict[str, str]) -> None:
    xml = parts(registry.path)[SHEET]
    for address, formula in formulas.items():
        opening = re.search(rb'<c r="' + address.encode() + rb'"[^>]*>', xml)
        assert opening is not None
        xml = xml[: opening.end()] + b"<f>" + formula[1:].encode() + b"</f>" + xml[opening.end() :]
    _replace(registry.path, SHEET, xml)


def _add_calc_chain(path: Path) -> None:
    before = parts(path)
    relation = (
        b'<Relationship Id="rId99" Type="http://x/relationships/calcChain" Target="calcChain.xml"/></Relationships>'
    )
    kind = b'<Override PartName="/xl/calcChain.xml" ContentType="application/xml"/></Types>'
    _replace(
        path, "xl/_rels/workbook.xml.rels", before["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", relation)
    )
    _replace(path, "[Content_Types].xml", before["[Content_Types].xml"].replace(b"</Types>", kind))
    _replace(path, "xl/calcChain.xml", b'<calcChain><c r="F5" i="1"/></calcChain>')


def _replace(path: Path, part: str, content: bytes) -> None:
    everything = parts(path) | {part: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in everything.items():
            archive.writestr(name, body)
