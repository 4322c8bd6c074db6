"""Parts beside a worksheet that name its rows: notes, drawings, tables. They move with what they stand at."""

import re
from collections.abc import Callable

from sheets.cutting import Removal, elements_of, moved_blocks
from sheets.relations import local, parse, relations, serialize
from sheets.shift import Unsure


def move_parts(removal: Removal) -> None:
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
    for item in elements_of(root):
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
    for item in elements_of(root):
        if local(item) in ("table", "autoFilter", "sortState", "sortCondition") and item.get("ref"):
            _keep_one(removal, str(item.get("ref")))
            item.set("ref", moved_blocks(removal, str(item.get("ref"))))
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
