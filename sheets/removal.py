"""Taking rows out of somebody's workbook, as a spreadsheet program would: whatever stands below or points there moves.

A row that something else hangs on (a note, a merged cell, a formula or a name that points at it alone) stays. Where a
sheet has a part that we do not know how to move, nothing is taken out of it at all.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, unescape

from lxml import etree
from openpyxl.formula.translate import Translator

from sheets.formulas import drop_calc_chain
from sheets.frame import Tail
from sheets.package import Package
from sheets.relations import drop_relations, local, parse, relations, serialize
from sheets.sheetxml import Sheet, row_spans, split_sheet
from sheets.shift import Anchor, Cut, Unsure, shift_formula
from sheets.workbook import Book, open_book, recalculate_on_load

QUIET = frozenset({
    "sheetCalcPr", "sheetProtection", "phoneticPr", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "colBreaks", "customProperties", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture",
    "tableParts",
})  # fmt: skip
"""What stands below the rows without naming any."""
KNOWN_EXTENSIONS = frozenset({
    "{78C0D931-6437-407D-A8EE-F0AAD7539E65}",  # conditional formats
    "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}",  # validations
    "{05C60535-1F16-4FD2-B633-F4F36F0B64E0}",  # sparklines
    "{A8765BA9-456A-4DAB-B4F3-ACF838C121DE}",  # slicers
    "{3A4CF648-6AED-40F4-86FF-DC5316D8AED3}",  # slicers of tables
    "{7E03D99C-DC04-49D9-9315-930204A7B6E9}",  # timelines
})  # fmt: skip
LONE = {"hyperlink": "ref", "brk": "id", "cellWatch": "r"}
"""What belongs to one place and goes with it."""
Masters = dict[str, tuple[str, str]]
"""Shared formulas of a sheet: address and text of the one that is written out."""
FORMULAS = frozenset({"f", "formula", "formula1", "formula2"})


@dataclass(slots=True)
class Removal:
    """Rows being taken out of one worksheet."""

    package: Package
    book: Book
    title: str
    cut: Cut

    @property
    def part(self) -> str:
        return self.book.sheets[self.title]

    @property
    def name_in_xml(self) -> bytes:
        """The sheet's name as it stands within formulas, in the bytes of a part."""
        return escape(self.title.replace("'", "''")).encode()

    def formula(self, text: str, *, here: bool, anchor: Anchor | None = None) -> str:
        return shift_formula(text, self.cut, self.title, here=here, anchor=anchor)


def movable(content: bytes, title: str, rows: Iterable[int]) -> list[int]:
    """Those of the rows that may be taken out; raises `Unsure` when none may."""
    cut = Cut.of(rows)
    package = Package(content)
    _take_out(Removal(package, open_book(package), title, cut))
    return [row for row in cut.rows if row not in cut.lost]


def take_out_rows(package: Package, book: Book, title: str, rows: Iterable[int]) -> Cut:
    """Take these rows out; the caller has asked `movable` before."""
    cut = Cut.of(rows)
    _take_out(Removal(package, book, title, cut))
    if cut.lost:
        raise Unsure(f"something points at the rows {sorted(cut.lost)}")
    return cut


def _take_out(removal: Removal) -> None:
    package, book = removal.package, removal.book
    _refuse_strange_parts(removal)
    _cut_sheet(removal)
    others = [part for title, part in book.sheets.items() if title != removal.title]
    if any(removal.name_in_xml in package.read(part) for part in others):
        for part in others:
            _other_sheet(removal, part)
    _names(removal)
    for part in [*package.parts("xl/charts/"), *package.parts("xl/pivotCache/")]:
        _formulas_of_part(removal, part)
    drop_calc_chain(package, book)
    recalculate_on_load(package, book)


def _refuse_strange_parts(removal: Removal) -> None:
    if any(removal.package.parts("xl/revisions/")):
        raise Unsure("the workbook is shared in the old way")
    kinds = {kind for kind, _ in relations(removal.package, removal.part).values()}
    for kind in sorted(kinds & {"pivotTable", "queryTable", "control", "oleObject", "ctrlProp", "package"}):
        raise Unsure(f"the sheet holds a part of the kind {kind}")


# --- the rows themselves --------------------------------------------------------------------------------------------


def _cut_sheet(removal: Removal) -> None:
    package, part = removal.package, removal.part
    sheet = split_sheet(package.read(part))
    tail = Tail(sheet)
    _tail(removal, sheet, tail)
    _beside(removal, tail)
    rows = list(_rows(removal, sheet))
    package.replace(part, [_head(removal, sheet), *rows, tail.xml()])


def _rows(removal: Removal, sheet: Sheet) -> Iterator[bytes | memoryview]:
    xml, cut = memoryview(sheet.xml), removal.cut
    first, masters = cut.rows[0] if cut.rows else 0, Masters()
    opening = b"<" + sheet.name("f")
    numbered = re.compile(
        rb"(<" + re.escape(sheet.name("row")) + rb"\s(?:[^>]*?\s)?r=[\"'])\d+|(<" + re.escape(sheet.name("c"))
        + rb"\s(?:[^>]*?\s)?r=[\"'][A-Za-z]+)\d+"
    )  # fmt: skip
    for span in row_spans(sheet):
        fragment = sheet.xml[span.start : span.end]
        has_formula = opening in fragment
        if has_formula:
            fragment = _cell_formulas(removal, sheet, fragment, span.number, masters, of_ours=True)
        if cut.takes(span.number):
            continue
        if span.number < first and not has_formula:
            yield xml[span.start : span.end]
            continue
        number = str(cut.row(span.number)).encode()
        yield numbered.sub(lambda match, n=number: (match[1] or match[2]) + n, fragment)  # type: ignore[misc]


def _cell_formulas(
    removal: Removal, sheet: Sheet, fragment: bytes, row: int, masters: Masters, *, of_ours: bool = False
) -> bytes:
    """Every formula of a row by itself: those that shared one get their own, as the distance between them changes."""
    cells, formula, value = _patterns(sheet)
    goes, cut = of_ours and removal.cut.takes(row), removal.cut

    def moved(match: re.Match[bytes]) -> bytes:
        found = formula.search(match[0])
        if found is None:
            return match[0]
        address = re.search(rb"\sr=[\"']([A-Za-z]+\d+)[\"']", match[0])
        before, known = _text_of(found, address[1].decode() if address else "", row, masters), cut.shrunk
        after = before if goes else removal.formula(before, here=of_ours)
        kept = _kept_attributes(removal, found[1]) if of_ours else _unshared(found[1])
        plain = b"<" + sheet.name("f") + kept + b">" + escape(after).encode() + b"</" + sheet.name("f") + b">"
        cell = match[0]
        if before != after or kept != found[1].rstrip(b"/"):
            cell = cell[: found.start()] + plain + cell[found.end() :]
        # another program must not show what came of the formula before
        return cell if of_ours and cut.shrunk == known else value.sub(b"", cell)

    return cells.sub(moved, fragment)


def _patterns(sheet: Sheet) -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    """A cell with content, the formula in it, and what came of it."""
    name, cell, value = (re.escape(sheet.name(word)) for word in ("f", "c", "v"))
    return (
        re.compile(rb"<" + cell + rb"(?=[\s>])[^>]*?(?<!/)>.*?</" + cell + rb"\s*>", re.DOTALL),
        re.compile(rb"<" + name + rb"(?=[\s/>])([^>]*?)(?:/>|>(.*?)</" + name + rb"\s*>)", re.DOTALL),
        re.compile(rb"<" + value + rb">[^<]*</" + value + rb"\s*>"),
    )


def _text_of(found: re.Match[bytes], address: str, row: int, masters: Masters) -> str:
    """A cell's formula; of one that shares another's, its own."""
    text = unescape((found[2] or b"").decode(), {"&quot;": '"', "&apos;": "'"})
    kind = re.search(rb"\st=[\"'](\w+)[\"']", found[1])
    group = re.search(rb"\ssi=[\"'](\d+)[\"']", found[1])
    if kind is not None and kind[1] == b"dataTable":
        raise Unsure("the sheet holds a data table")
    if kind is None or kind[1] != b"shared" or group is None:
        return text
    if text:
        masters[group[1].decode()] = (address, text)
        return text
    if group[1].decode() not in masters or not address:
        raise Unsure(f"a formula in row {row} cannot be read")
    origin, master = masters[group[1].decode()]
    translated: str = Translator("=" + master, origin=origin).translate_formula(address)
    return translated[1:]


def _kept_attributes(removal: Removal, attributes: bytes) -> bytes:
    """Of a shared formula nothing; of an array its place."""
    attributes = _unshared(attributes)
    block = re.search(rb"\sref=[\"']([^\"']*)[\"']", attributes)
    if block is None:
        return attributes
    text = block[1].decode()
    rows = [int(number) for number in re.findall(r"\d+", text)]
    if rows and rows[0] != rows[-1] and removal.cut.touches(rows[0], rows[-1]):
        removal.cut.keep(rows[0], rows[-1])
    moved = removal.cut.block(text) or text
    return attributes[: block.start(1)] + moved.encode() + attributes[block.end(1) :].rstrip(b"/")


def _unshared(attributes: bytes) -> bytes:
    return b"" if re.search(rb"\st=[\"']shared[\"']", attributes) else attributes.rstrip(b"/")


def _head(removal: Removal, sheet: Sheet) -> bytes:
    """The stated extent, and where people's cursors and windows stand."""

    def moved(match: re.Match[bytes]) -> bytes:
        return match[1] + removal.cut.place(match[2].decode()).encode() + match[3]

    head = sheet.head
    for pattern in (rb"(<[\w:]*dimension\s+ref=[\"'])([^\"']*)([\"'])",
                    rb"(\s(?:topLeftCell|activeCell|sqref)=[\"'])([^\"']*)([\"'])"):  # fmt: skip
        head = re.sub(pattern, moved, head)
    return head


# --- around the rows ------------------------------------------------------------------------------------------------


def _tail(removal: Removal, sheet: Sheet, tail: Tail) -> None:
    """Everything below the rows that names some."""
    kept: list[tuple[str, bytes]] = []
    gone: set[str] = set()
    for name, content in tail.elements:
        if name in QUIET:
            kept.append((name, content))
            continue
        element = tail.parsed_from(content)
        before = etree.tostring(element)
        _element(removal, element, gone)
        after = etree.tostring(element)
        empty = len(element) == 0 and name in ("hyperlinks", "rowBreaks", "cellWatches", "extLst", "ignoredErrors")
        if not empty or before == after:
            kept.append((name, content if before == after else after))
    tail.elements[:] = kept
    drop_relations(removal.package, removal.part, gone)


def _element(removal: Removal, element: etree._Element, gone: set[str]) -> None:
    match local(element):
        case "autoFilter" | "sortState":
            _refs(removal, element)
        case "mergeCells":
            for merged in element:
                _keep_block(removal, str(merged.get("ref")))
            _refs(removal, element)
        case "conditionalFormatting":
            _ruled(removal, element)
        case "dataValidations":
            for rule in element:
                _ruled(removal, rule)
        case "hyperlinks" | "rowBreaks" | "cellWatches":
            _lone(removal, element, gone)
        case "protectedRanges":
            for area in element:
                area.set("sqref", _blocks(removal, str(area.get("sqref"))))
        case "ignoredErrors":
            for area in list(element):
                blocks = removal.cut.blocks(str(area.get("sqref", "")))
                area.set("sqref", blocks) if blocks else element.remove(area)
        case "extLst":
            _extensions(removal, element)
        case name:
            raise Unsure(f"the sheet has a part {name}")


def _refs(removal: Removal, element: etree._Element) -> None:
    for item in _elements(element):
        if item.get("ref"):
            item.set("ref", _blocks(removal, str(item.get("ref"))))


def _blocks(removal: Removal, text: str) -> str:
    """Blocks that must not go."""
    moved = removal.cut.blocks(text)
    if not moved:
        for word in text.split():
            rows = [int(number) for number in re.findall(r"\d+", word)]
            removal.cut.keep(rows[0], rows[-1])
    return moved or text


def _keep_block(removal: Removal, text: str) -> None:
    rows = [int(number) for number in re.findall(r"\d+", text)]
    removal.cut.keep(rows[0], rows[-1])


def _ruled(removal: Removal, element: etree._Element) -> None:
    """A rule of certain cells, its formulas counted from the first of them."""
    before = str(element.get("sqref", ""))
    after = _blocks(removal, before)
    element.set("sqref", after)
    _formulas_in(removal, element, _anchor(before, after), here=True)


def _anchor(before: str, after: str) -> Anchor:
    rows = [min(int(number) for number in re.findall(r"\d+", text) or ["1"]) for text in (before, after)]
    return Anchor(rows[0], rows[1])


def _formulas_in(removal: Removal, element: etree._Element, anchor: Anchor | None, *, here: bool) -> None:
    for item in _elements(element):
        if local(item) in FORMULAS and item.text:
            item.text = removal.formula(item.text, here=here, anchor=anchor)


def _lone(removal: Removal, element: etree._Element, gone: set[str]) -> None:
    for item in list(element):
        key = LONE[local(item)]
        place = str(item.get(key, ""))
        rows = [int(number) for number in re.findall(r"\d+", place)]
        if rows and rows[0] == rows[-1] and removal.cut.takes(rows[0]):
            gone |= {str(value) for name, value in item.items() if str(name).endswith("}id")}
            element.remove(item)
        elif key == "id":
            item.set(key, str(removal.cut.row(int(place))))
        else:
            item.set(key, _blocks(removal, place))
        if item.get("location"):
            item.set("location", removal.formula(str(item.get("location")), here=True))
    for count in ("count", "manualBreakCount"):
        if element.get(count):
            element.set(count, str(len(element)))


def _extensions(removal: Removal, element: etree._Element) -> None:
    for extension in list(element):
        if str(extension.get("uri", "")).upper() not in KNOWN_EXTENSIONS:
            raise Unsure(f"the sheet has an extension {extension.get('uri')}")
        for item in list(_elements(extension)):
            if local(item) == "sparkline":
                _sparkline(removal, item)
            elif local(item) in ("conditionalFormatting", "dataValidation"):
                _ruled_by_text(removal, item)
        for group in list(_elements(extension)):
            if local(group) in ("sparklines", "sparklineGroup", "sparklineGroups"):
                _drop_empty(group)
        names = {local(item) for item in _elements(extension)}
        if "sparklineGroups" in names and "sparkline" not in names:
            element.remove(extension)


def _drop_empty(group: etree._Element) -> None:
    parent = group.getparent()
    left = any(local(item) == "sparkline" for item in _elements(group))
    if parent is not None and local(group) == "sparklineGroup" and not left:
        parent.remove(group)


def _sparkline(removal: Removal, item: etree._Element) -> None:
    """A small chart in a cell goes with its cell."""
    place = next(child for child in item if local(child) == "sqref")
    moved = removal.cut.blocks(str(place.text))
    parent = item.getparent()
    if not moved:
        if parent is not None:
            parent.remove(item)
        return
    place.text = moved
    _formulas_in(removal, item, None, here=True)


def _ruled_by_text(removal: Removal, item: etree._Element) -> None:
    place = next((child for child in item if local(child) == "sqref"), None)
    if place is None or not place.text:
        return
    before = str(place.text)
    place.text = _blocks(removal, before)
    _formulas_in(removal, item, _anchor(before, place.text), here=True)


def _elements(element: etree._Element) -> Iterator[etree._Element]:
    return (item for item in element.iter() if isinstance(item.tag, str))


# --- parts beside the sheet -------------------------------------------------------------------------------------------


def _beside(removal: Removal, tail: Tail) -> None:
    """Notes, drawings and tables, which name rows in parts of their own."""
    handlers: dict[str, Callable[[Removal, str], None]] = {
        "comments": _notes, "threadedComment": _notes, "vmlDrawing": _old_drawing, "drawing": _drawing, "table": _table,
    }  # fmt: skip
    for kind, part in relations(removal.package, removal.part).values():
        if kind in handlers and part in removal.package:
            handlers[kind](removal, part)


def _notes(removal: Removal, part: str) -> None:
    """A row with a note stays where it is."""
    root = parse(removal.package.read(part))
    for item in _elements(root):
        if local(item) in ("comment", "threadedComment") and item.get("ref"):
            row = int(re.sub(r"\D", "", str(item.get("ref"))))
            removal.cut.keep(row, row)
            item.set("ref", removal.cut.block(str(item.get("ref"))) or str(item.get("ref")))
    removal.package.replace(part, serialize(root))


def _old_drawing(removal: Removal, part: str) -> None:
    """Where the little windows of notes stand; they keep their height."""
    xml = removal.package.read(part)
    cut = removal.cut

    def row(match: re.Match[bytes]) -> bytes:
        return match[1] + str(cut.row(int(match[2]) + 1) - 1).encode() + match[3]

    def anchor(match: re.Match[bytes]) -> bytes:
        numbers = [int(number) for number in match[2].split(b",")]
        step = numbers[2] + 1 - cut.row(numbers[2] + 1)
        numbers[2], numbers[6] = numbers[2] - step, numbers[6] - step
        return match[1] + ", ".join(map(str, numbers)).encode() + match[3]

    xml = re.sub(rb"(<x:Row>\s*)(\d+)(\s*</x:Row>)", row, xml)
    numbers = rb"(<x:Anchor>\s*)(\d+(?:\s*,\s*\d+){7})(\s*</x:Anchor>)"
    removal.package.replace(part, re.sub(numbers, anchor, xml))


def _drawing(removal: Removal, part: str) -> None:
    """Charts, pictures and shapes move with their upper edge and keep their height."""
    root = parse(removal.package.read(part))
    for item in root:
        if not isinstance(item.tag, str) or item.get("editAs") == "absolute":
            continue
        rows = [row for corner in item if local(corner) in ("from", "to") for row in corner if local(row) == "row"]
        if rows:
            top = int(str(rows[0].text)) + 1
            step = top - removal.cut.row(top)
            for row in rows:
                row.text = str(int(str(row.text)) - step)
    removal.package.replace(part, serialize(root))


def _table(removal: Removal, part: str) -> None:
    root = parse(removal.package.read(part))
    for item in _elements(root):
        if local(item) in ("table", "autoFilter", "sortState", "sortCondition") and item.get("ref"):
            _keep_one(removal, str(item.get("ref")))
            item.set("ref", _blocks(removal, str(item.get("ref"))))
        counts = local(item) in ("calculatedColumnFormula", "totalsRowFormula") and item.text
        if counts and removal.formula(str(item.text), here=True) != item.text:
            raise Unsure("a column of the table counts with addresses")
    removal.package.replace(part, serialize(root))


def _keep_one(removal: Removal, ref: str) -> None:
    """A table has one row below its header at least."""
    rows = [int(number) for number in re.findall(r"\d+", ref)]
    moved = removal.cut.span(rows[0], rows[-1])
    if rows[-1] > rows[0] and (moved is None or moved[1] == moved[0]):
        removal.cut.keep(rows[-1], rows[-1])


# --- the rest of the workbook -----------------------------------------------------------------------------------------


def _other_sheet(removal: Removal, part: str) -> None:
    """Formulas, rules and links on another sheet that point here. What came of its formulas is to be computed anew, as
    one may build on the other."""
    xml = removal.package.read(part)
    sheet = split_sheet(xml)
    masters: Masters = {}
    rows = [
        _cell_formulas(removal, sheet, sheet.xml[span.start : span.end], span.number, masters)
        for span in row_spans(sheet)
    ]
    tail = Tail(sheet)
    for at, (kind, content) in enumerate(tail.elements):
        if removal.name_in_xml in content and kind not in QUIET:
            element = tail.parsed_from(content)
            _formulas_in(removal, element, None, here=False)
            for item in _elements(element):
                if item.get("location"):
                    item.set("location", removal.formula(str(item.get("location")), here=False))
            tail.elements[at] = (kind, etree.tostring(element))
    removal.package.replace(part, [sheet.head, *rows, tail.xml()])


def _names(removal: Removal) -> None:
    """Names of the workbook; print areas and titles are among them."""
    xml = removal.package.read(removal.book.part)

    def moved(match: re.Match[bytes]) -> bytes:
        before = unescape(match[2].decode(), {"&quot;": '"', "&apos;": "'"})
        after = removal.formula(before, here=False)
        return match[0] if after == before else match[1] + escape(after).encode() + match[3]

    changed = re.sub(rb"(<(?:[\w.-]+:)?definedName\s[^>]*>)([^<]*)(</)", moved, xml)
    if changed != xml:
        removal.package.replace(removal.book.part, changed)


def _formulas_of_part(removal: Removal, part: str) -> None:
    """Charts, and pivot tables that count our rows."""
    if not part.endswith(".xml") or removal.name_in_xml not in removal.package.read(part):
        return
    root = parse(removal.package.read(part))
    _formulas_in(removal, root, None, here=False)
    for item in _elements(root):
        if local(item) == "worksheetSource" and item.get("sheet") == removal.title and item.get("ref"):
            item.set("ref", _blocks(removal, str(item.get("ref"))))
    removal.package.replace(part, serialize(root))
