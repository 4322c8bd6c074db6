"""Formulas in cells of ours: found in the bytes of a sheet, and taken out without breaking those that share them."""

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import unescape

from openpyxl.formula.translate import Translator

from sheets.package import Package
from sheets.relations import drop_content_type, drop_relation, relations
from sheets.sheetxml import NAME_ENDS, ROOT, Sheet, column_number, escape
from sheets.workbook import Book

ADDRESS = re.compile(rb"""\sr=["']([A-Z]+)(\d+)["']""")


def formula_cells(pieces: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Column and row of every cell with a formula, found in the bytes of a sheet; most sheets have none at all."""
    rest, prefix = b"", b""
    for piece in pieces:
        if not rest:
            root = ROOT.search(piece)
            prefix = root[1] + b":" if root and root[1] else b""
        text = rest + piece
        cut = max(text.rfind(b"<" + prefix + b"c "), 0)
        yield from _formulas_in(text, cut, prefix)
        rest = text[cut:]
    yield from _formulas_in(rest, len(rest), prefix)


def _formulas_in(text: bytes, end: int, prefix: bytes) -> Iterator[tuple[int, int]]:
    opening, cell = b"<" + prefix + b"f", b"<" + prefix + b"c "
    at = text.find(opening, 0, end)
    while at >= 0:
        address = ADDRESS.search(text, max(text.rfind(cell, 0, at), 0), at)
        if address is not None and text[at + len(opening)] in NAME_ENDS:
            yield column_number(address[1].decode()), int(address[2])
        at = text.find(opening, at + 1, end)


def shared_masters(cells: Iterable[bytes], sheet: Sheet) -> list[tuple[str, str, str]]:
    """Group, address and text of the shared formulas that are written out in these cells."""
    name = re.escape(sheet.name("f"))
    found = []
    for cell in cells:
        formula = re.search(rb"<" + name + rb"(\s[^>]*[^/>])>(.*?)</" + name, cell, re.DOTALL)
        group = re.search(rb"""\ssi=["'](\d+)["']""", formula[1]) if formula else None
        address = re.search(rb"""\sr=["']([A-Z]+\d+)["']""", cell)
        if formula and group and address and formula[2]:
            found.append((group[1].decode(), address[1].decode(), _unescape(formula[2].decode())))
    return found


def write_out(xml: bytes, sheet: Sheet, masters: Iterable[tuple[str, str, str]]) -> bytes:
    """Give every cell that shares one of these formulas its own copy, as their master goes away."""
    cell_name, formula_name = re.escape(sheet.name("c")), re.escape(sheet.name("f"))
    for group, origin, text in masters:
        sharing = re.compile(
            rb"(<" + cell_name + rb"""\s[^>]*?\br=["']([A-Z]+\d+)["'][^>]*>\s*)<""" + formula_name
            + rb"""\s[^>]*?\bsi=["']""" + group.encode() + rb"""["'][^>]*?(?:/>|></""" + formula_name + rb">)"
        )  # fmt: skip

        def own(match: re.Match[bytes], origin: str = origin, text: str = text) -> bytes:
            moved = Translator("=" + text, origin=origin).translate_formula(match[2].decode())
            name = sheet.name("f")
            return match[1] + b"<" + name + b">" + escape(moved[1:]).encode() + b"</" + name + b">"

        xml = sharing.sub(own, xml)
    return xml


def _unescape(text: str) -> str:
    return unescape(text, {"&quot;": '"', "&apos;": "'"})


def drop_calc_chain(package: Package, book: Book) -> None:
    """Drop the stored order of calculation: one that names a cell without formula counts as damage, none is no harm."""
    part = book.calc_chain
    if part is None or part not in package:
        return
    identifier = next(key for key, (_, target) in relations(package, book.part).items() if target == part)
    drop_relation(package, book.part, identifier)
    drop_content_type(package, part)
    package.remove(part)
