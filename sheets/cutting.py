"""What the parts of taking rows out of a workbook share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from sheets.package import Package
from sheets.relations import local
from sheets.shift import Anchor, Cut, shift_formula
from sheets.workbook import Book

FORMULAS = frozenset({"f", "formula", "formula1", "formula2"})
QUIET = frozenset({
    "sheetCalcPr", "sheetProtection", "phoneticPr", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "colBreaks", "customProperties", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture",
    "tableParts",
})  # fmt: skip
"""What stands below the rows without naming any."""


@dataclass(slots=True)
class Removal:
    """Rows being taken out of one worksheet."""

    package: Package
    book: Book
    title: str
    cut: Cut
    looking: bool = False  # only to see which rows may go: nothing is kept of it

    @property
    def part(self) -> str:
        return self.book.sheets[self.title]

    @property
    def name_in_xml(self) -> bytes:
        """The sheet's name as it stands within formulas, in the bytes of a part."""
        return escape(self.title.replace("'", "''")).encode()

    def formula(self, text: str, *, here: bool, anchor: Anchor | None = None) -> str:
        return shift_formula(text, self.cut, self.title, here=here, anchor=anchor)


def moved_blocks(removal: Removal, text: str) -> str:
    """Blocks that must not go."""
    moved = removal.cut.blocks(text)
    if not moved:
        for word in text.split():
            rows = [int(number) for number in re.findall(r"\d+", word)]
            removal.cut.keep(rows[0], rows[-1])
    return moved or text


def keep_block(removal: Removal, text: str) -> None:
    rows = [int(number) for number in re.findall(r"\d+", text)]
    removal.cut.keep(rows[0], rows[-1])


def move_formulas(removal: Removal, element: etree._Element, anchor: Anchor | None, *, here: bool) -> None:
    for item in elements_of(element):
        if local(item) in FORMULAS and item.text:
            item.text = removal.formula(item.text, here=here, anchor=anchor)


def elements_of(element: etree._Element) -> Iterator[etree._Element]:
    return (item for item in element.iter() if isinstance(item.tag, str))
