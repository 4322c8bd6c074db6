"""Rows are taken out of other people's workbooks as a spreadsheet program takes them out."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from helpers.libreoffice import Office
from helpers.needs import find_program, needs
from helpers.registry_cast import added, layout, reference
from helpers.rich_workbook import HEADER_ROW, ROWS, parts, rich_workbook
from sheets.excel import ExcelRegistry
from sheets.package import Package
from sheets.removal import movable, take_out_rows
from sheets.shift import Unsure
from sheets.workbook import open_book

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
PLAN = layout("en")
SHEET = PLAN.worksheet


def take_out(path: Path, *rows: int) -> list[int]:
    """Take out those of the rows that may go."""
    free = movable(path.read_bytes(), SHEET, rows)
    package = Package(path.read_bytes())
    take_out_rows(package, open_book(package), SHEET, free)
    target = io.BytesIO()
    package.save(target)
    path.write_bytes(target.getvalue())
    return free


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    rich_workbook(tmp_path / "book.xlsx", PLAN)
    return tmp_path / "book.xlsx"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A registry of ours with ten rows, 2 to 11."""
    ExcelRegistry(tmp_path / "plain.xlsx", PLAN).create([added(number) for number in range(1, 11)], generation=1)
    return tmp_path / "plain.xlsx"


def said(path: Path) -> dict[object, object]:
    """Everything that a person would see: values, formulas, links, notes, formats, ranges."""
    found: dict[object, object] = {}
    for values in (False, True):
        for sheet in load_workbook(path, data_only=values):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                place = (sheet.title, cell.coordinate, values)
                found |= {place: cell.value} if cell.value is not None else {}
                found |= {(*place, "link"): cell.hyperlink.target} if cell.hyperlink else {}
                found |= {(*place, "note"): cell.comment.text} if cell.comment else {}
    book = load_workbook(path)
    sheet = book[SHEET]
    rules = sheet.conditional_formatting
    found["formats"] = sorted((str(one.sqref), [rule.formula for rule in one.rules]) for one in rules)
    found["validations"] = sorted(str(one.sqref) for one in sheet.data_validations.dataValidation)
    found["names"] = {name: one.attr_text for name, one in book.defined_names.items()}
    found["filter"] = sheet.auto_filter.ref
    found["rows"] = {n: (d.outlineLevel, d.hidden) for n, d in sheet.row_dimensions.items() if d.outlineLevel}
    return found


@needs("libreoffice")
@pytest.mark.libreoffice
@pytest.mark.parametrize("as_table", [False, True])
def test_it_is_as_if_libreoffice_had_done_it(tmp_path: Path, as_table: bool) -> None:
    ours, theirs = tmp_path / "ours.xlsx", tmp_path / "theirs.xlsx"
    rich_workbook(ours, PLAN, as_table=as_table)
    theirs.write_bytes(ours.read_bytes())
    free = take_out(ours, 5, 6, 7, 10, 16)
    assert free == [5, 7, 10, 16], "a note hangs on row 6"
    program = find_program("libreoffice")
    assert program is not None
    office = Office(program, tmp_path / "office")
    office.edit(ours, SHEET)
    office.edit(theirs, SHEET, *(f"sheet.Rows.removeByIndex({row - 1}, 1)" for row in reversed(free)))
    assert said(ours) == said(theirs)


def test_parts_that_name_no_rows_keep_their_bytes(rich: Path) -> None:
    before = parts(rich)
    take_out(rich, 7, 10)
    after = parts(rich)
    changed = {name for name in after if before.get(name) != after[name]}
    touched = ("xl/worksheets/", "xl/workbook.xml", "xl/charts/", "xl/drawings/", "xl/comments")
    assert {name for name in changed if not name.startswith(touched)} == set()
    assert "xl/threadedComments/threadedComment1.xml" in after


def _rows_of(content: dict[str, bytes]) -> list[int]:
    """The upper and lower edges of drawings; all but the first chart stand below the rows that go."""
    corners = re.findall(rb"<xdr:row>(\d+)</xdr:row>", content["xl/drawings/drawing1.xml"])
    return [int(row) for row in corners]


def test_chart_name_and_drawings_follow(rich: Path) -> None:
    before = parts(rich)
    take_out(rich, 7, 10)
    after = parts(rich)
    assert f"{SHEET}!$F$5:$F$14".encode() in after["xl/charts/chart1.xml"]
    assert f"$A$4:$AH${HEADER_ROW + ROWS - 2}<".encode() in after["xl/workbook.xml"]
    moved = sorted(row if row in (3, 15) else row - 2 for row in _rows_of(before))
    assert sorted(_rows_of(after)) == moved, "the chart begins above and keeps its height"
    assert b"<x:Row>5</x:Row>" in after["xl/drawings/vmlDrawing1.vml"]


def test_a_small_chart_goes_with_its_row_and_the_others_follow(rich: Path) -> None:
    take_out(rich, 5, 10)
    xml = parts(rich)["xl/worksheets/sheet1.xml"]
    places = re.findall(rb"<xm:f>([^<]*)</xm:f>\s*<xm:sqref>AG(\d+)</xm:sqref>", xml)
    assert sorted(int(row) for _, row in places) == list(range(5, 15))
    assert (f"{SHEET}!F5:F14".encode(), b"14") in places


def test_formulas_that_shared_one_keep_their_meaning(plain: Path) -> None:
    book = load_workbook(plain)
    for row in range(2, 12):
        book[SHEET].cell(row, 50).value = "x"
    book.save(plain)
    xml = parts(plain)["xl/worksheets/sheet1.xml"]
    master = b'<c r="AX2"><f t="shared" ref="AX2:AX11" si="0">F2*2</f><v>1</v></c>'
    xml = re.sub(rb'<c r="AX2"[^>]*>.*?</c>', master, xml)
    for row in range(3, 12):
        own = b'<c r="AX%d"><f t="shared" si="0"/><v>1</v></c>' % row
        xml = re.sub(rb'<c r="AX%d"[^>]*>.*?</c>' % row, own, xml)
    replace(plain, "xl/worksheets/sheet1.xml", xml)
    assert take_out(plain, 2, 5) == [2, 5]
    sheet = load_workbook(plain)[SHEET]
    assert [sheet.cell(row, 50).value for row in range(2, 10)] == [f"=F{row}*2" for row in range(2, 10)]


def test_what_hangs_on_a_row_keeps_it(plain: Path) -> None:
    book = load_workbook(plain)
    sheet = book[SHEET]
    sheet["D3"].comment = Comment("ask them", "Fiona")
    sheet.merge_cells("AK4:AK5")
    book.defined_names["Biggest"] = DefinedName("Biggest", attr_text=f"{SHEET}!$F$6")
    book.create_sheet("Mine")["A1"] = f"={SHEET}!F7"
    sheet.conditional_formatting.add("F8", FormulaRule(["F8>1"]))
    only = DataValidation(type="list", formula1='"a,b"')
    only.add("AK9")
    sheet.add_data_validation(only)
    book.save(plain)
    assert take_out(plain, *range(2, 12)) == [2, 10, 11]


def test_breaks_areas_and_links_follow(plain: Path) -> None:
    book = load_workbook(plain)
    sheet = book[SHEET]
    sheet.row_breaks.append(Break(id=6))
    sheet.print_area = "A1:F11"
    sheet["AK8"].hyperlink = "https://example.test/eight"
    sheet["AK8"] = "eight"
    book.save(plain)
    assert take_out(plain, 3, 4) == [3, 4]
    sheet = load_workbook(plain)[SHEET]
    assert [one.id for one in sheet.row_breaks.brk] == [4]
    assert sheet.print_area == f"'{SHEET}'!$A$1:$F$9"
    assert sheet["AK6"].hyperlink.target == "https://example.test/eight"
    links = {str(sheet.cell(row, 14).hyperlink.target).split("/")[-2] for row in range(2, 10)}
    assert links == {reference(number) for number in (1, 4, 5, 6, 7, 8, 9, 10)}


def test_a_sheet_with_a_pivot_table_is_left_whole(rich: Path) -> None:
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    relation = b'<Relationship Id="rId88" Type="http://x/relationships/pivotTable" Target="../p.xml"/></Relationships>'
    replace(rich, rels, parts(rich)[rels].replace(b"</Relationships>", relation))
    with pytest.raises(Unsure, match="pivotTable"):
        movable(rich.read_bytes(), SHEET, [7])
    registry = ExcelRegistry(rich, PLAN)
    assert "pivotTable" in registry.take([reference(3)], registry.read().version).refused


def test_rows_go_with_everything_in_them_and_others_may_be_written_at_once(rich: Path) -> None:
    registry = ExcelRegistry(rich, PLAN)
    seen = registry.read()
    taken = registry.take([reference(3), reference(6)], seen.version)
    assert [row.reference for row in taken.rows] == [reference(3), reference(6)]
    assert taken.rows[1].own["My tick"] == "TRUE"
    registry.write([added(90)], seen.version, generation=2, remove=[reference(3), reference(6)])
    rows = registry.read().rows
    assert rows[reference(90)].place == HEADER_ROW + ROWS - 2 + 1
    assert reference(3) not in rows
    assert registry.read().strangers[0][1] == ("Prepared by Fiona",)
    archive = ExcelRegistry(rich.with_name("archive.xlsx"), PLAN)
    archive.create(taken.rows, generation=1)
    sheet = load_workbook(archive.path)[SHEET]
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, sheet[3], strict=True))
    assert row["My share"].value == pytest.approx(0.1)
    assert row["Amount"].number_format == "#,##0.00"


def test_nothing_that_stands_between_is_overwritten(plain: Path) -> None:
    book = load_workbook(plain)
    for cell in book[SHEET][5]:
        cell.value = None
    book[SHEET]["D5"] = "a remark between"
    book.save(plain)
    registry = ExcelRegistry(plain, PLAN)
    gone = [reference(number) for number in range(5, 11)]
    registry.write([added(11)], registry.read().version, generation=3, remove=gone)
    sheet = load_workbook(plain)[SHEET]
    assert sheet["D5"].value == "a remark between"
    assert [sheet.cell(row, 1).value for row in (4, 5, 6)] == [reference(3), None, reference(11)]


def replace(path: Path, part: str, content: bytes) -> None:
    everything = parts(path) | {part: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in everything.items():
            archive.writestr(name, body)
