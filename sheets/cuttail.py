"""What stands below the rows of a worksheet when some are taken out: filters, formats, choices, links, breaks."""

import re

from lxml import etree

from sheets.cutting import QUIET, Removal, elements_of, keep_block, move_formulas, moved_blocks
from sheets.frame import Tail
from sheets.relations import drop_relations, local
from sheets.shift import Anchor, Unsure

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


def move_tail(removal: Removal, tail: Tail) -> None:
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
                keep_block(removal, str(merged.get("ref")))
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
                area.set("sqref", moved_blocks(removal, str(area.get("sqref"))))
        case "ignoredErrors":
            for area in list(element):
                blocks = removal.cut.blocks(str(area.get("sqref", "")))
                area.set("sqref", blocks) if blocks else element.remove(area)
        case "extLst":
            _extensions(removal, element)
        case name:
            raise Unsure(f"the sheet has a part {name}")


def _refs(removal: Removal, element: etree._Element) -> None:
    for item in elements_of(element):
        if item.get("ref"):
            item.set("ref", moved_blocks(removal, str(item.get("ref"))))


def _ruled(removal: Removal, element: etree._Element) -> None:
    """A rule of certain cells, its formulas counted from the first of them."""
    before = str(element.get("sqref", ""))
    after = moved_blocks(removal, before)
    element.set("sqref", after)
    move_formulas(removal, element, _anchor(before, after), here=True)


def _anchor(before: str, after: str) -> Anchor:
    rows = [min(int(number) for number in re.findall(r"\d+", text) or ["1"]) for text in (before, after)]
    return Anchor(rows[0], rows[1])


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
            item.set(key, moved_blocks(removal, place))
        if item.get("location"):
            item.set("location", removal.formula(str(item.get("location")), here=True))
    for count in ("count", "manualBreakCount"):
        if element.get(count):
            element.set(count, str(len(element)))


def _extensions(removal: Removal, element: etree._Element) -> None:
    for extension in list(element):
        if str(extension.get("uri", "")).upper() not in KNOWN_EXTENSIONS:
            raise Unsure(f"the sheet has an extension {extension.get('uri')}")
        for item in list(elements_of(extension)):
            if local(item) == "sparkline":
                _sparkline(removal, item)
            elif local(item) in ("conditionalFormatting", "dataValidation"):
                _ruled_by_text(removal, item)
        for group in list(elements_of(extension)):
            if local(group) in ("sparklines", "sparklineGroup", "sparklineGroups"):
                _drop_empty(group)
        names = {local(item) for item in elements_of(extension)}
        if "sparklineGroups" in names and "sparkline" not in names:
            element.remove(extension)


def _drop_empty(group: etree._Element) -> None:
    parent = group.getparent()
    left = any(local(item) == "sparkline" for item in elements_of(group))
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
    move_formulas(removal, item, None, here=True)


def _ruled_by_text(removal: Removal, item: etree._Element) -> None:
    place = next((child for child in item if local(child) == "sqref"), None)
    if place is None or not place.text:
        return
    before = str(place.text)
    place.text = moved_blocks(removal, before)
    move_formulas(removal, item, _anchor(before, place.text), here=True)
