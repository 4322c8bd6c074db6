"""Taking rows out of somebody's workbook, as a spreadsheet program would: whatever stands below or points there moves.

A row that something else hangs on (a note, a merged cell, a formula or a name that points at it alone) stays. Where a
sheet has a part that we do not know how to move, nothing is taken out of it at all.
"""

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, unescape

from lxml import etree

from sheets.cutparts import move_parts
from sheets.cutrows import Masters, cell_formulas, moved_head, moved_rows
from sheets.cuttail import move_tail
from sheets.cutting import QUIET, Removal, elements_of, move_formulas, moved_blocks
from sheets.formulas import drop_calc_chain
from sheets.frame import Tail
from sheets.package import Package
from sheets.relations import local, parse, relations, serialize
from sheets.sheetxml import row_spans, split_sheet
from sheets.shift import Cut, Unsure
from sheets.workbook import Book, open_book, recalculate_on_load


def movable(content: bytes, title: str, rows: Iterable[int]) -> list[int]:
    """Those of the rows that may be taken out; raises `Unsure` when none may."""
    cut = Cut.of(rows)
    package = Package(content)
    _take_out(Removal(package, open_book(package), title, cut, looking=True))
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


def _cut_sheet(removal: Removal) -> None:
    package, part = removal.package, removal.part
    sheet = split_sheet(package.read(part))
    tail = Tail(sheet)
    move_tail(removal, tail)
    move_parts(removal)
    rows = list(moved_rows(removal, sheet))
    package.replace(part, [moved_head(removal, sheet), *rows, tail.xml()])


def _other_sheet(removal: Removal, part: str) -> None:
    """Formulas, rules and links on another sheet that point here. What came of its formulas is to be computed anew, as
    one may build on the other."""
    xml = removal.package.read(part)
    sheet = split_sheet(xml)
    masters: Masters = {}
    rows = [
        cell_formulas(removal, sheet, sheet.xml[span.start : span.end], span.number, masters)
        for span in row_spans(sheet)
    ]
    tail = Tail(sheet)
    for at, (kind, content) in enumerate(tail.elements):
        if removal.name_in_xml in content and kind not in QUIET:
            element = tail.parsed_from(content)
            move_formulas(removal, element, None, here=False)
            for item in elements_of(element):
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
    move_formulas(removal, root, None, here=False)
    for item in elements_of(root):
        if local(item) == "worksheetSource" and item.get("sheet") == removal.title and item.get("ref"):
            item.set("ref", moved_blocks(removal, str(item.get("ref"))))
    removal.package.replace(part, serialize(root))
