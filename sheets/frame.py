"""What surrounds the rows of a worksheet: its filter, ranges, links. Elements we do not change keep their bytes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from sheets.errors import RegistryBroken
from sheets.relations import local
from sheets.sheetxml import Sheet, column_letters, column_number

HUGE = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)  # 50,000 links are one element
RANGE = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
SQREF = re.compile(rb"""(\ssqref=["'])([^"']*)(["'])""")
REF = re.compile(rb"""(\sref=["'])([^"']*)(["'])""")
AFTER_SHEET_DATA = [
    "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties",
    "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture",
    "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Range:
    """A block of cells."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def parse(cls, text: str) -> "Range | None":
        """A1:C9 or A1; anything else is none of ours."""
        match = RANGE.fullmatch(text)
        if match is None:
            return None
        left, top = column_number(match[1]), int(match[2])
        return cls(left, top, column_number(match[3] or match[1]), int(match[4] or match[2]))

    def __str__(self) -> str:
        corner = f"{column_letters(self.right)}{self.bottom}"
        return f"{column_letters(self.left)}{self.top}:{corner}"

    def grown(self, last: int) -> "Range":
        """The same block down to a later last row."""
        return Range(self.left, self.top, self.right, max(self.bottom, last))


class Tail:
    """The elements after the rows, each as bytes, in their order."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._closing, self.elements = _elements(sheet)

    def xml(self) -> bytes:
        """The tail as it is now."""
        root_end = b"</" + self._sheet.name("worksheet") + b">"
        return self._closing + b"".join(content for _, content in self.elements) + root_end

    def get(self, name: str) -> bytes | None:
        """The first element of that name."""
        return next((content for known, content in self.elements if known == name), None)

    def set(self, name: str, content: bytes) -> None:
        """Put an element in the place of the old one, or where the format wants it."""
        for at, (known, _) in enumerate(self.elements):
            if known == name:
                self.elements[at] = (name, content)
                return
        rank = AFTER_SHEET_DATA.index(name)
        later = (at for at, (known, _) in enumerate(self.elements) if _rank(known) > rank)
        self.elements.insert(next(later, len(self.elements)), (name, content))

    def parsed(self, name: str) -> etree._Element | None:
        """An element to look into."""
        content = self.get(name)
        return None if content is None else self.parsed_from(content)

    def parsed_from(self, content: bytes) -> etree._Element:
        """These bytes of the tail as an element."""
        end = b"</" + self._sheet.name("worksheet") + b">"
        return etree.fromstring(self._sheet.root_tag() + content + end, HUGE)[0]

    def grow(self, old_last: int, new_last: int, first: int) -> None:
        """Let filter, validations and conditional formats that reached the last row reach the new one."""
        for at, (name, content) in enumerate(self.elements):
            if name == "autoFilter":
                grown = _grown_once(
                    content, REF, lambda block: block.grown(new_last) if block.top == first - 1 else block
                )
                self.elements[at] = (name, grown)
            elif name in ("conditionalFormatting", "dataValidations"):
                grown = SQREF.sub(lambda match: _grown_list(match, first, old_last, new_last), content)
                self.elements[at] = (name, grown)

    def table_relations(self) -> list[str]:
        """Relation ids of the tables on this sheet."""
        parts = self.parsed("tableParts")
        if parts is None:
            return []
        return [str(value) for part in parts for key, value in part.items() if str(key).endswith("}id")]


def _rank(name: str) -> int:
    return AFTER_SHEET_DATA.index(name) if name in AFTER_SHEET_DATA else -1  # mc:AlternateContent stays where it is


def _elements(sheet: Sheet) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Cut the tail where its top-level elements begin."""
    tail = sheet.tail
    closing_end = tail.index(b">") + 1
    root_end = tail.rindex(b"</")
    inner = tail[closing_end:root_end]
    starts: list[tuple[int, str]] = []
    depth = 0

    def begin(name: str, _attributes: object) -> None:
        nonlocal depth
        if depth == 1:
            starts.append((parser.CurrentByteIndex - len("<r>"), name.rpartition(":")[2]))
        depth += 1

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(b"<r>" + inner + b"</r>", True)
    except expat.ExpatError as error:
        raise RegistryBroken(f"The worksheet cannot be read: {error}.") from error
    ends = [start for start, _ in starts[1:]] + [len(inner)]
    return tail[:closing_end], [(name, inner[start:stop]) for (start, name), stop in zip(starts, ends, strict=True)]


def _grown_once(content: bytes, pattern: "re.Pattern[bytes]", grow: Callable[[Range], Range]) -> bytes:
    def put(match: "re.Match[bytes]") -> bytes:
        block = Range.parse(match[2].decode())
        return match[0] if block is None else match[1] + str(grow(block)).encode() + match[3]

    return pattern.sub(put, content, count=1)


def _grown_list(match: "re.Match[bytes]", first: int, old_last: int, new_last: int) -> bytes:
    """Only a block that covered the table to its last row grows; a mark on one single cell in it does not."""
    words = []
    for word in match[2].decode().split():
        block = Range.parse(word)
        covered = block is not None and block.top <= first and old_last <= block.bottom < new_last
        words.append(str(block.grown(new_last)) if block is not None and covered else word)
    return match[1] + " ".join(words).encode() + match[3]


def grow_dimension(head: bytes, sheet: Sheet, right: int, bottom: int) -> bytes:
    """Let the stated extent of the sheet include what was added."""
    tag = b"<" + sheet.name("dimension")
    at = head.find(tag)
    if at < 0:
        return head
    end = head.index(b">", at)
    grown = _grown_once(
        head[at:end], REF, lambda old: Range(old.left, old.top, max(old.right, right), max(old.bottom, bottom))
    )
    return head[:at] + grown + head[end:]


# --- the filter that is set ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """The automatic filter of a sheet: where it stands, and which words it lets pass in which column."""

    block: Range
    words: Mapping[int, frozenset[str]]  # column -> shown texts, folded; "" stands for blank

    def shows(self, texts: Mapping[int, str]) -> bool | None:
        """Whether a row with these texts is shown; None when the filter asks nothing of these columns."""
        asked = [column for column in self.words if column in texts]
        if not asked:
            return None
        return all(texts[column].strip().casefold() in self.words[column] for column in asked)


def filter_of(element: etree._Element | None) -> Filter | None:
    """The filter set in an autoFilter element; conditions other than chosen words are let pass."""
    block = None if element is None else Range.parse(str(element.get("ref", "")))
    if element is None or block is None:
        return None
    words = {}
    for column in element:
        chosen = _chosen(column) if local(column) == "filterColumn" else None
        if chosen is not None:
            words[block.left + int(column.get("colId", "0"))] = chosen
    return Filter(block, words)


def _chosen(column: etree._Element) -> frozenset[str] | None:
    for condition in column:
        if local(condition) == "filters":
            if any(local(item) != "filter" for item in condition):
                return None  # groups of dates
            blank = {""} if condition.get("blank") in ("1", "true") else set()
            return frozenset(blank | {str(item.get("val", "")).strip().casefold() for item in condition})
        if local(condition) == "customFilters" and condition.get("and") not in ("1", "true"):
            return _custom(condition)
    return None


def _custom(condition: etree._Element) -> frozenset[str] | None:
    """Two words joined by "or" are the same as two chosen words; anything cleverer we do not judge."""
    values = [(item.get("operator", "equal"), str(item.get("val", "")).strip().casefold()) for item in condition]
    if any(operator != "equal" or "*" in word or "?" in word for operator, word in values):
        return None
    return frozenset(word for _, word in values)
