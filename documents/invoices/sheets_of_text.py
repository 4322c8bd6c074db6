"""Sheets that are text files called .xls: the XML of Excel 2003, and pages with tables, as web shops and accounting
programs save them. Programs in a page are never run, nothing is fetched, and what is not shown is not read."""

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from documents.invoices.layout import Line, lines_of_table
from documents.invoices.office import OfficeBroken, shown
from documents.invoices.xml import MAX_SIZE, Node, UnsafeXml, parse_xml

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MOST_ROWS, _MOST_COLUMNS, _MOST_SHEETS = 2000, 60, 3
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)T")
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?")
_BLOCKS = {"body", "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "center", "pre", "caption", "dt", "dd"}
_UNSEEN = {"script", "style", "head", "title", "template", "noscript", "xml"}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)

Rows = list[list[str]]


def lines_of_xml_book(content: bytes) -> list[Line]:
    """The shown sheets of a workbook in the XML of Excel 2003."""
    try:
        root = parse_xml(content)
    except UnsafeXml as error:
        raise OfficeBroken(str(error)) from error
    shown = [sheet for sheet in root.all("Worksheet") if "Hidden" not in sheet.text("WorksheetOptions/Visible")]
    lines: list[Line] = []
    for number, sheet in enumerate(shown[:_MOST_SHEETS], 1):
        rows = [
            list(_cells_of(row)) for row in sheet.all("Table/Row")[:_MOST_ROWS] if not row.element.get(f"{_SS}Hidden")
        ]
        lines += lines_of_table(rows, number)
    return lines


def _cells_of(row: Node) -> Iterator[str]:
    """The cells with the empty ones that the file leaves out."""
    column = 0
    for cell in row.all("Cell"):
        index = min(_number(cell.element.get(f"{_SS}Index")) - 1, _MOST_COLUMNS)
        for _ in range(column, index):
            yield ""
        column = max(column, index)
        yield "".join(_said(data.element) for data in cell.all("Data"))
        merged = min(_number(cell.element.get(f"{_SS}MergeAcross")), _MOST_COLUMNS)
        yield from [""] * merged
        column += 1 + merged


def _said(data: etree._Element) -> str:
    text = "".join(str(part) for part in data.itertext())
    if day := _DAY.match(text):
        return f"{day[3]}.{day[2]}.{day[1]}"
    is_number = data.get(f"{_SS}Type") == "Number" and _NUMBER.fullmatch(text) is not None
    return shown(float(text)) if is_number else text


def lines_of_page(content: bytes) -> list[Line]:
    """The tables of a page and the paragraphs between them, as they stand below one another."""
    if len(content) > MAX_SIZE:
        raise OfficeBroken("too big")
    try:
        root = etree.fromstring(
            _decoded(content), etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
        )
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OfficeBroken(str(error)[:200]) from error
    if root is None:
        raise OfficeBroken("empty")
    return lines_of_table(list(_rows_of_page(root))[:_MOST_ROWS])


def _decoded(content: bytes) -> bytes | str:
    """Left to the parser where the page names its encoding."""
    if b"charset" in content[:4096].lower() or content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return content
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def _rows_of_page(root: etree._Element) -> Iterator[list[str]]:
    spans: dict[int, int] = {}
    for element in _shown(root):
        if element.tag == "table":
            spans = {}
        elif element.tag == "tr":
            if not any(True for _ in element.iter("table")):
                yield from _in_lines(_laid_out(element, spans))
        elif element.tag in _BLOCKS and not _holds_blocks(element) and not _is_in_a_row(element):
            yield from ([line] for line in _text(element).split("\n"))


def _shown(element: etree._Element) -> Iterator[etree._Element]:
    """The elements that a reader would see, in their order, without recursion: pages may be nested deep."""
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if isinstance(one.tag, str) and one.tag not in _UNSEEN and not _is_hidden(one):
            yield one
            waiting.extend(reversed(one))


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or _HIDING.search(str(element.get("style") or "")) is not None


def _holds_blocks(element: etree._Element) -> bool:
    return any(child.tag in _BLOCKS or child.tag == "table" for child in element.iterdescendants())


def _is_in_a_row(element: etree._Element) -> bool:
    row = next(element.iterancestors("tr"), None)
    return row is not None and not any(True for _ in row.iter("table"))


def _laid_out(row: etree._Element, spans: dict[int, int]) -> list[str]:
    """The cells of a row under the columns they stand in, with those from above that reach down to it."""
    laid: list[str] = []
    for cell in (one for one in row if one.tag in ("td", "th") and not _is_hidden(one)):
        while spans.get(len(laid), 0) > 0 and len(laid) < _MOST_COLUMNS:
            spans[len(laid)] -= 1
            laid.append("")
        wide = min(max(_number(cell.get("colspan")), 1), _MOST_COLUMNS)
        for column in range(len(laid), len(laid) + wide):
            spans[column] = max(_number(cell.get("rowspan")), 1) - 1
        laid += [_text(cell), *[""] * (wide - 1)]
    for column in [column for column in spans if column >= len(laid) and spans[column] > 0]:
        spans[column] -= 1
    return laid[:_MOST_COLUMNS]


def _in_lines(row: Sequence[str]) -> Iterator[list[str]]:
    """A row whose cells hold several lines, line by line."""
    parts = [cell.split("\n") for cell in row]
    for number in range(max(map(len, parts), default=0)):
        yield [part[number] if number < len(part) else "" for part in parts]


def _text(element: etree._Element) -> str:
    """What a reader would see of an element, with its lines."""
    parts: list[str] = []
    waiting = [(element, False)]
    while waiting:
        one, is_over = waiting.pop()
        if is_over:
            parts.append("\n" if one.tag in _BLOCKS else "")
            parts.append(re.sub(r"\s+", " ", one.tail or "") if one is not element else "")
            continue
        waiting.append((one, True))
        if isinstance(one.tag, str) and one.tag not in _UNSEEN and not _is_hidden(one):
            parts.append("\n" if one.tag == "br" or one.tag in _BLOCKS else "")
            parts.append(re.sub(r"\s+", " ", one.text or ""))
            waiting.extend((child, False) for child in reversed(one))
    return re.sub(r" *\n[ \n]*", "\n", "".join(parts)).strip()


def _number(text: object) -> int:
    return int(str(text)) if text is not None and re.fullmatch(r"\d{1,5}", str(text)) else 0
