"""New columns of a view on a sheet of an older version, put in as a person would: widths and formats keep to theirs."""

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from sheets.frame import Range, Tail
from sheets.model import Layout
from sheets.relations import PARSER, local
from sheets.sheetxml import Sheet, column_letters, column_number

SQREF = re.compile(rb"""(\ssqref=["'])([^"']*)(["'])""")
FIXED = re.compile(rb"\$([A-Z]{1,3})(?=\$?\d)")
MOVING = ("conditionalFormatting", "dataValidations")


def lacking_columns(layout: Layout, known: Mapping[str, int] | None) -> list[int]:
    """Where columns are to be put in (from 1, in order), as the sheet's own header `known` lacks them."""
    if not known:
        return []
    return [at for at, key in enumerate(layout.view_columns, 1) if key not in known]


def with_columns(head: bytes, sheet: Sheet, tail: Tail, layout: Layout, places: Sequence[int]) -> bytes:
    """Put columns in at these places; changes the tail, returns the head."""
    if not places:
        return head
    for at, (name, content) in enumerate(tail.elements):
        if name in MOVING:
            tail.elements[at] = (name, _moved(content, places))
    return _with_widths(head, sheet, layout, places)


def _moved(content: bytes, places: Sequence[int]) -> bytes:
    def sqref(match: "re.Match[bytes]") -> bytes:
        blocks = ((word, Range.parse(word)) for word in match[2].decode().split())
        words = [str(_shifted_block(block, places)) if block else word for word, block in blocks]
        return match[1] + " ".join(words).encode() + match[3]

    moved = SQREF.sub(sqref, content)
    return FIXED.sub(lambda match: b"$" + _letters(match[1], places), moved)


def _letters(letters: bytes, places: Sequence[int]) -> bytes:
    return column_letters(_shifted(column_number(letters.decode()), places)).encode()


def _shifted_block(block: Range, places: Sequence[int]) -> Range:
    return Range(_shifted(block.left, places), block.top, _shifted(block.right, places), block.bottom)


def _shifted(column: int, places: Sequence[int]) -> int:
    for place in places:
        column += column >= place
    return column


def _with_widths(head: bytes, sheet: Sheet, layout: Layout, places: Sequence[int]) -> bytes:
    """People's widths move with their columns; a new column has ours."""
    p = sheet.prefix.decode()
    found = re.search(rb"<" + sheet.name("cols") + rb">.*?</" + sheet.name("cols") + rb">", head, re.DOTALL)
    if found is None:
        return head
    old = etree.fromstring(sheet.root_tag() + found[0] + b"</" + sheet.name("worksheet") + b">", PARSER)[0]
    widths: dict[int, dict[str, str]] = {}
    for item in (item for item in old if local(item) == "col"):
        facts = {str(key): str(value) for key, value in item.items() if key not in ("min", "max")}
        for column in range(int(item.get("min", "1")), min(int(item.get("max", "1")), 500) + 1):
            widths[_shifted(column, places)] = facts
    for place in places:
        width = layout.view_layout_columns()[place - 1].width
        widths[place] = {"width": str(width), "customWidth": "1"}
    lines = (
        f'<{p}col min="{column}" max="{column}" ' + " ".join(f'{key}="{value}"' for key, value in facts.items()) + "/>"
        for column, facts in sorted(widths.items())
    )
    cols = f"<{p}cols>{''.join(lines)}</{p}cols>".encode()
    return head[: found.start()] + cols + head[found.end() :]
