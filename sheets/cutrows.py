"""The rows of a worksheet when some are taken out: the others move up, and so does what their formulas point at."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, unescape

from openpyxl.formula.translate import Translator

from sheets.cutting import Removal
from sheets.sheetxml import Sheet, row_spans
from sheets.shift import Unsure

Masters = dict[str, tuple[str, str]]
"""Shared formulas of a sheet: address and text of the one that is written out."""


def moved_rows(removal: Removal, sheet: Sheet) -> Iterator[bytes | memoryview]:
    """The rows that stay, each under its new number."""
    xml, cut = memoryview(sheet.xml), removal.cut
    first, masters = cut.rows[0] if cut.rows else 0, Masters()
    opening, renumber = b"<" + sheet.name("f"), _Renumbering(sheet)
    for span in row_spans(sheet):
        has_formula = sheet.xml.find(opening, span.start, span.end) >= 0
        if not has_formula and (span.number < first or removal.looking):
            yield xml[span.start : span.end]
            continue
        if not has_formula and cut.takes(span.number):
            continue
        fragment = sheet.xml[span.start : span.end]
        if has_formula:
            fragment = cell_formulas(removal, sheet, fragment, span.number, masters, of_ours=True)
        if not cut.takes(span.number):
            yield renumber(fragment, cut.row(span.number))


class _Renumbering:
    """Puts another number into a row's tag and its cells' addresses, which nearly always come first in their tags."""

    def __init__(self, sheet: Sheet) -> None:
        row, cell = re.escape(sheet.name("row")), re.escape(sheet.name("c"))
        self._usual = re.compile(rb"(<(?:" + row + rb"|" + cell + rb') r="[A-Z]*)\d+')
        self._any = re.compile(
            rb"(<(?:" + row + rb"\s(?:[^>]*?\s)?r=[\"']|" + cell + rb"\s(?:[^>]*?\s)?r=[\"'][A-Za-z]+))\d+"
        )
        self._cell = b"<" + sheet.name("c") + b" "

    def __call__(self, fragment: bytes, number: int) -> bytes:
        new = rb"\g<1>%d" % number
        usual, count = self._usual.subn(new, fragment)
        return usual if count == fragment.count(self._cell) + 1 else self._any.sub(new, fragment)


def cell_formulas(
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


def moved_head(removal: Removal, sheet: Sheet) -> bytes:
    """The stated extent, and where people's cursors and windows stand."""

    def moved(match: re.Match[bytes]) -> bytes:
        return match[1] + removal.cut.place(match[2].decode()).encode() + match[3]

    head = sheet.head
    for pattern in (rb"(<[\w:]*dimension\s+ref=[\"'])([^\"']*)([\"'])",
                    rb"(\s(?:topLeftCell|activeCell|sqref)=[\"'])([^\"']*)([\"'])"):  # fmt: skip
        head = re.sub(pattern, moved, head)
    return head
