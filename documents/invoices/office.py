"""Sheets and documents as lines: the cells of .xlsx, .xls and .ods by python-calamine, the paragraphs and tables of
.docx and .odt by lxml, the text of .rtf by striprtf."""

import io
import re
import zipfile
from datetime import date, datetime

from lxml import etree
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from documents.invoices.layout import Line, lines_of_table
from documents.invoices.xml import MAX_SIZE, UnsafeXml, parse_xml

_MOST_ROWS, _MOST_COLUMNS, _MOST_SHEETS = 2000, 60, 3
_EXACT = 1e15
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class OfficeBroken(Exception):
    """The file does not open."""


class OfficeLocked(OfficeBroken):
    """The file has a password."""


def lines_of_book(content: bytes) -> list[Line]:
    """The first sheets, line by line; numbers are written as a person would see them."""
    lines: list[Line] = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible]
        for number, name in enumerate(visible[:_MOST_SHEETS], 1):
            rows = book.get_sheet_by_name(name).to_python(nrows=_MOST_ROWS)
            lines += lines_of_table([[shown(value) for value in row[:_MOST_COLUMNS]] for row in rows], number)
    except Exception as error:  # the library's own errors share no base with one another
        locked = re.search(r"password|encrypt", f"{type(error).__name__} {error}", re.IGNORECASE)
        raise (OfficeLocked if locked else OfficeBroken)(str(error)[:200]) from error
    return lines


def shown(value: object) -> str:
    """A cell as a person would see it."""
    if isinstance(value, datetime | date):
        return f"{value.day:02}.{value.month:02}.{value.year}"
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        if abs(value) >= _EXACT:
            return ""  # a spreadsheet keeps fifteen digits: the rest of an account kept as a number is lost
        return str(int(value)) if value.is_integer() else f"{value:.2f}"
    return str(value)


def lines_of_docx(content: bytes) -> list[Line]:
    """Paragraphs and the rows of tables, in the order of the document."""
    return lines_of_table(rows_of_docx(content))


def rows_of_docx(content: bytes) -> list[list[str]]:
    """The same, cell by cell; a paragraph is a row of what its tabs part."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            name = "word/document.xml"
            if archive.getinfo(name).file_size > MAX_SIZE:
                raise OfficeBroken("too big")
            roots = [parse_xml(archive.read(part)).element for part in _parts(archive)]
    except (KeyError, zipfile.BadZipFile, UnsafeXml, ValueError, NotImplementedError, RuntimeError) as error:
        raise OfficeBroken(str(error)[:200]) from error
    rows: list[list[str]] = []
    for block in (block for root in roots for block in _body(root)):
        if block.tag == f"{_WORD}tbl":
            rows += [[_text(cell) for cell in row.iter(f"{_WORD}tc")] for row in block.iter(f"{_WORD}tr")]
        elif block.tag == f"{_WORD}p":
            rows += [line.split("\t") for line in _text(block).split("\n")]
    return rows[:_MOST_ROWS]


def _parts(archive: zipfile.ZipFile) -> list[str]:
    """The text with what stands at the head and the foot of its pages, where letterheads are."""
    small = {one.filename for one in archive.infolist() if one.file_size <= MAX_SIZE}
    heads = sorted(name for name in small if re.fullmatch(r"word/header\d+\.xml", name))
    feet = sorted(name for name in small if re.fullmatch(r"word/footer\d+\.xml", name))
    return [*heads, "word/document.xml", *feet]


def _body(root: etree._Element) -> etree._Element:
    body = root.find(f"{_WORD}body")
    return root if body is None else body


def _text(block: etree._Element) -> str:
    parts = []
    for node in block.iter():
        if node.tag == f"{_WORD}t":
            parts.append(node.text or "")
        elif node.tag == f"{_WORD}tab":
            parts.append("\t")
        elif node.tag in (f"{_WORD}br", f"{_WORD}cr"):
            parts.append("\n")
    return "".join(parts)


def lines_of_odt(content: bytes) -> list[Line]:
    """Paragraphs and the rows of tables of an OpenDocument text; what is deleted or hidden in it is not read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            roots = [
                parse_xml(archive.read(name)).element
                for name in ("styles.xml", "content.xml")
                if name in archive.namelist() and archive.getinfo(name).file_size <= MAX_SIZE
            ]
    except (KeyError, zipfile.BadZipFile, UnsafeXml, ValueError, NotImplementedError, RuntimeError) as error:
        raise OfficeBroken(str(error)[:200]) from error
    rows: list[list[str]] = []
    for root in roots:
        for block in root.iter(f"{_TABLE}table-row", f"{_TEXT}p", f"{_TEXT}h"):
            above = {one.tag for one in block.iterancestors()}
            if above & {f"{_TABLE}table-row", f"{_TEXT}tracked-changes", f"{_TEXT}hidden-text"}:
                continue
            if block.tag == f"{_TABLE}table-row":
                cells = (one for one in block if one.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"))
                rows.append([_open_text(cell) for cell in cells])
            else:
                rows += [line.split("\t") for line in _open_text(block).split("\n")]
    return lines_of_table(rows[:_MOST_ROWS])


def _open_text(block: etree._Element) -> str:
    parts = []
    for event, node in etree.iterwalk(block, events=("start", "end")):
        if event == "start":
            parts.append({f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n", f"{_TEXT}s": " "}.get(node.tag, ""))
            parts.append(node.text or "")
        elif node is not block:
            parts.append(" " if node.tag == f"{_TEXT}p" else "")
            parts.append(node.tail or "")
    return "".join(parts)


def lines_of_rtf(content: bytes) -> list[Line]:
    """The text of an .rtf file; the cells of its tables stand side by side."""
    from striprtf.striprtf import rtf_to_text

    try:
        text = str(rtf_to_text(content.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    except Exception as error:  # the library raises whatever a broken file brings it to
        raise OfficeBroken(str(error)[:200]) from error
    return lines_of_table([re.split(r"[|\t]", line) for line in text.splitlines()[:_MOST_ROWS]])
