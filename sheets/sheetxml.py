"""A worksheet as bytes: its rows are found by scanning, only rows that change are taken apart, cell by cell.

Within a sheet's XML the sequence "<row" can only begin a row: text is escaped, and a part with CDATA or comments (which
no spreadsheet program writes) is first rewritten without them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lxml import etree

from sheets.errors import RegistryBroken
from sheets.model import Cell
from sheets.relations import parse
from sheets.text import cell_text

ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>]")
ROW_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
CELL_ADDRESS = re.compile(rb"""\sr=["']([A-Za-z]+)\d+["']""")
STYLE = re.compile(rb"""\ss=["'](\d+)["']""")
HIDDEN = re.compile(rb"""\shidden=["']([^"']*)["']""")
SPANS = re.compile(rb"""\sspans=["'][^"']*["']""")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
NAME_ENDS = b" \t\r\n/>"  # what may follow the name of an element
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


def column_letters(number: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A -> 1, AA -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet part: its rows stand between `start` and `end`, the rest before and after."""

    xml: bytes
    prefix: bytes  # of element names, with its colon
    start: int  # right after the opening tag of sheetData
    end: int  # at its closing tag

    @property
    def head(self) -> bytes:
        """Everything before the first row."""
        return self.xml[: self.start]

    @property
    def tail(self) -> bytes:
        """Everything after the last row, from the closing tag of sheetData on."""
        return self.xml[self.end :]

    def name(self, word: str) -> bytes:
        """An element's name under the sheet's own prefix."""
        return self.prefix + word.encode()

    def root_tag(self) -> bytes:
        """The opening tag of the worksheet, with its namespaces."""
        root = ROOT.search(self.xml)
        assert root is not None
        return self.xml[root.start() : self.xml.index(b">", root.start()) + 1]


def split_sheet(xml: bytes) -> Sheet:
    """Find where the rows of a worksheet part stand."""
    xml = _scannable(xml)
    root = ROOT.search(xml)
    if root is None:
        raise RegistryBroken("The worksheet's part is not a worksheet.")
    prefix = root[1] + b":" if root[1] else b""
    at = _find_element(xml, b"<" + prefix + b"sheetData", root.end() - 1)
    if at < 0:
        raise RegistryBroken("The worksheet has no place for rows.")
    start, closing = xml.index(b">", at) + 1, b"</" + prefix + b"sheetData"
    if xml[start - 2 : start] == b"/>":
        xml = xml[: start - 2].rstrip() + b">" + closing + b">" + xml[start:]
        start = xml.index(b">", at) + 1
    end = xml.rfind(closing)
    if end < 0:
        raise RegistryBroken("The worksheet's rows have no end.")
    return Sheet(xml, prefix, start, end)


def _scannable(xml: bytes) -> bytes:
    """The part itself where it is UTF-8 without comments and CDATA; else the same said plainly."""
    declaration = xml[:200].lower()
    other = xml[:2] in (b"\xff\xfe", b"\xfe\xff") or (
        b"encoding=" in declaration and b"utf-8" not in declaration and b"us-ascii" not in declaration
    )
    if not other and b"<!" not in xml:
        return xml
    parse(xml)  # refuses a DOCTYPE
    plain = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=True, remove_comments=True)
    return etree.tostring(etree.fromstring(xml, plain), xml_declaration=True, encoding="UTF-8", standalone=True)


def _find_element(xml: bytes, tag: bytes, start: int, limit: int | None = None) -> int:
    while (at := xml.find(tag, start, limit)) >= 0:
        if xml[at + len(tag)] in NAME_ENDS:
            return at
        start = at + 1
    return -1


@dataclass(frozen=True, slots=True)
class Span:
    """Where one row stands in the part."""

    number: int
    start: int
    end: int


def row_spans(sheet: Sheet) -> Iterator[Span]:
    """All rows in order; a row without a number follows the one before it."""
    xml, tag, number = sheet.xml, b"<" + sheet.name("row"), 0
    at = _find_element(xml, tag, sheet.start, sheet.end)
    while at >= 0:
        stated = ROW_NUMBER.search(xml, at, xml.index(b">", at) + 1)
        number = int(stated[1]) if stated else number + 1
        following = _find_element(xml, tag, at + len(tag), sheet.end)
        yield Span(number, at, following if following >= 0 else sheet.end)
        at = following


@dataclass(slots=True)
class RowXml:
    """One row taken apart: its opening tag and its cells by column, each still as bytes."""

    number: int
    tag: bytes
    cells: dict[int, bytes] = field(default_factory=dict)
    rest: bytes = b""  # what a row may hold besides cells

    def style(self, column: int) -> int | None:
        """The style that a cell has now, 0 being the plain one; None where there is no cell."""
        if column not in self.cells:
            return None
        cell = self.cells[column]
        found = STYLE.search(cell, 0, cell.index(b">"))
        return int(found[1]) if found else 0

    def hidden(self) -> bool:
        """Whether the row is hidden."""
        found = HIDDEN.search(self.tag)
        return found is not None and found[1] in (b"1", b"true")

    def hide(self, hidden: bool) -> None:
        """Hide or show the row."""
        if self.hidden() != hidden:
            bare = HIDDEN.sub(b"", self.tag)
            self.tag = bare[:-1] + b' hidden="1">' if hidden else bare


def take_apart(sheet: Sheet, number: int, fragment: bytes) -> RowXml:
    """A row's bytes as its cells."""
    tag_end = fragment.index(b">") + 1
    tag = fragment[:tag_end]
    if tag.endswith(b"/>"):
        return RowXml(number, SPANS.sub(b"", tag[:-2].rstrip() + b">"))
    inner = fragment[tag_end : fragment.rindex(b"</" + sheet.name("row"))]
    row, column, last = RowXml(number, SPANS.sub(b"", tag)), 0, 0
    for match in _cell_pattern(sheet.prefix).finditer(inner):
        address = CELL_ADDRESS.search(match[0], 0, match[0].index(b">") + 1)
        column = column_number(address[1].decode()) if address else column + 1
        row.cells[column] = match[0] if address else _addressed(sheet, match[0], column, number)
        last = match.end()
    row.rest = inner[last:].strip()
    return row


def _addressed(sheet: Sheet, cell: bytes, column: int, number: int) -> bytes:
    start = len(sheet.name("c")) + 1
    return cell[:start] + f' r="{column_letters(column)}{number}"'.encode() + cell[start:]


def _cell_pattern(prefix: bytes) -> re.Pattern[bytes]:
    name = re.escape(prefix) + b"c"
    return re.compile(rb"<" + name + rb"(?=[\s/>])[^>]*?(?:/>|>.*?</" + name + rb"\s*>)", re.DOTALL)


def new_row(sheet: Sheet, number: int, attributes: bytes = b"") -> RowXml:
    """An empty row."""
    return RowXml(number, b"<" + sheet.name("row") + f' r="{number}"'.encode() + attributes + b">")


def put_together(sheet: Sheet, row: RowXml) -> bytes:
    """The row's bytes again."""
    cells = b"".join(row.cells[column] for column in sorted(row.cells))
    return row.tag + cells + row.rest + b"</" + sheet.name("row") + b">"


def cell_xml(sheet: Sheet, column: int, number: int, value: Cell, style: int | None, *, dates_1904: bool) -> bytes:
    """One cell; text always as text, so that nothing from outside can become a formula."""
    p = sheet.prefix.decode()
    start = f'<{p}c r="{column_letters(column)}{number}"' + (f' s="{style}"' if style else "")
    match value:
        case None | "":
            return f"{start}/>".encode()
        case Decimal():
            return f"{start}><{p}v>{_number(value)}</{p}v></{p}c>".encode()
        case date():
            return f"{start}><{p}v>{serial(value, dates_1904=dates_1904)}</{p}v></{p}c>".encode()
        case _:
            text = escape(value)
            return f'{start} t="inlineStr"><{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is></{p}c>'.encode()


def _number(value: Decimal) -> str:
    return format(value, "f") if value.is_finite() else "0"


def serial(day: date, *, dates_1904: bool) -> int:
    """A day as a spreadsheet counts it."""
    return (day - (EPOCH_1904 if dates_1904 else EPOCH)).days


def day_of(number: int, *, dates_1904: bool) -> date:
    """The day that a spreadsheet's count means."""
    return date.fromordinal((EPOCH_1904 if dates_1904 else EPOCH).toordinal() + number)


def escape(text: str) -> str:
    """Text for a cell: what looks like a spreadsheet's own escape is itself escaped."""
    kept = ESCAPED.sub(r"_x005F_x\1_", cell_text(text))
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rebuilt(sheet: Sheet, rows: Mapping[int, bytes], head: bytes, tail: bytes) -> list[bytes | memoryview]:
    """The whole part with these rows in place of theirs (new ones at their place), as chunks without a copy."""
    xml, chunks = memoryview(sheet.xml), [memoryview(head)]
    waiting, copied = sorted(rows, reverse=True), sheet.start
    for span in row_spans(sheet):
        if not waiting:
            break
        while waiting and waiting[-1] <= span.number:
            number = waiting.pop()
            chunks += [xml[copied : span.start], memoryview(rows[number])]
            copied = span.end if number == span.number else span.start
    new = [memoryview(rows[number]) for number in reversed(waiting)]
    return [*chunks, xml[copied : sheet.end], *new, memoryview(tail)]
