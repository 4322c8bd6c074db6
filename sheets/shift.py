"""What becomes of an address when rows are taken out: of rows, blocks, and the formulas that point at them. Pure.

A reference whose rows would all go is noted as lost, so that the caller can let those rows stay: nobody's formula ever
turns into #REF!.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from sheets.frame import Range

LAST_ROW = 1_048_576
CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
REFERENCE = rf"(?:{CELL}(?::{CELL})?|\$?[1-9]\d*:\$?[1-9]\d*)"
SHEET = r"(?:'(?:[^']|'')+'|\[\d+\][^\s'\"!,;()+*/^&=<>{}\[\]-]+|[^\s'\"!,;:()+*/^&=<>{}\[\]-]+)!"
TOKEN = re.compile(
    rf"""(?P<text>"(?:[^"]|"")*")"""
    rf"""|(?P<sheet>{SHEET})(?P<far>{REFERENCE})(?![\w(.!])"""
    rf"""|(?P<near>{REFERENCE})(?![\w(.!\[])"""
    r"""|(?P<skip>\[(?:[^\[\]]|\[[^\]]*\])*\]|'(?:[^']|'')+'|[\w.\\]+)"""
)
ROW = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)(\d+)")


class Unsure(Exception):
    """Something in the workbook that cannot be moved with certainty; the sentence says what."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The first row of what a relative formula belongs to, before and after."""

    before: int
    after: int


@dataclass(slots=True)
class Cut:
    """Rows that are taken out. `lost` gathers rows that something else points at and nothing but they could answer."""

    rows: list[int]
    lost: set[int] = field(default_factory=set)
    shrunk: int = 0
    """How many references lost rows so far: what counts over them comes to another result."""

    @classmethod
    def of(cls, rows: Iterable[int]) -> "Cut":
        return cls(sorted(set(rows)))

    def takes(self, row: int) -> bool:
        """Whether the row goes."""
        at = bisect_left(self.rows, row)
        return at < len(self.rows) and self.rows[at] == row

    def row(self, number: int) -> int:
        """Where a row stands afterwards; of one that goes, where the next one will stand."""
        return number - bisect_left(self.rows, number)

    def span(self, top: int, bottom: int) -> tuple[int, int] | None:
        """A block of rows afterwards; one that reaches the end of the sheet does so still. None when all of it goes."""
        first = self.row(top)
        last = bottom if bottom >= LAST_ROW else bottom - bisect_right(self.rows, bottom)
        return (first, last) if last >= first else None

    def touches(self, top: int, bottom: int) -> bool:
        """Whether any row of the block goes."""
        return bisect_left(self.rows, top) < bisect_right(self.rows, bottom)

    def keep(self, top: int, bottom: int) -> None:
        """These rows must stay."""
        self.lost.update(self.rows[bisect_left(self.rows, top) : bisect_right(self.rows, bottom)])

    def block(self, text: str) -> str | None:
        """A1:C9 afterwards, None when all of it goes; text that is no block stays."""
        block = Range.parse(text)
        if block is None:
            return text
        moved = self.span(block.top, block.bottom)
        if moved is None:
            return None
        if moved == (block.top, block.bottom):
            return text
        numbers = iter(moved if ":" in text else moved[:1])
        return ROW.sub(lambda match: f"{match[1]}{match[2]}{match[3]}{next(numbers)}", text)

    def place(self, text: str) -> str:
        """Where something stands that goes nowhere, as a cursor; on a row that goes it stands on the next one."""
        return ROW.sub(lambda match: f"{match[1]}{match[2]}{match[3]}{self.row(int(match[4]))}", text)

    def blocks(self, text: str) -> str:
        """A list of blocks afterwards, without those that go; empty when all do."""
        return " ".join(moved for word in text.split() if (moved := self.block(word)) is not None)


def shift_formula(text: str, cut: Cut, sheet: str, *, here: bool, anchor: Anchor | None = None) -> str:
    """A formula after the cut. `here`: it stands on the sheet itself, so that a bare address means it. With an `anchor`
    relative rows go with what the formula belongs to, as in conditional formats."""

    def moved(match: re.Match[str]) -> str:
        if match["far"] is not None:
            if not _is_ours(match["sheet"][:-1], sheet, before=text[: match.start()]):
                return match[0]
            return match["sheet"] + _moved(match["far"], cut, anchor)
        return _moved(match["near"], cut, anchor) if match["near"] is not None and here else match[0]

    return TOKEN.sub(moved, text)


def _is_ours(name: str, sheet: str, before: str) -> bool:
    bare = name[1:-1].replace("''", "'") if name.startswith("'") else name
    if ":" in bare or before.endswith(":"):
        raise Unsure(f"a formula over several sheets at once ({name})")
    return bare.casefold() == sheet.casefold()


def _moved(reference: str, cut: Cut, anchor: Anchor | None) -> str:
    rows = [(int(match[4]), bool(match[3] or (not match[2] and match[1]))) for match in ROW.finditer(reference)]
    if anchor is not None and not any(fixed for _, fixed in rows):
        step = anchor.after - anchor.before
        return ROW.sub(lambda match: f"{match[1]}{match[2]}{match[3]}{int(match[4]) + step}", reference)
    numbers = [number for number, _ in rows]
    top, bottom = min(numbers), max(numbers)
    moved = cut.span(top, bottom)
    if moved is None:
        cut.keep(top, bottom)
        return reference
    cut.shrunk += moved[1] - moved[0] != bottom - top
    after = {top: moved[0], bottom: moved[1]} if top != bottom else {top: moved[0]}
    if anchor is not None:  # $F$2:F2 grows with each row
        after |= {number: number + anchor.after - anchor.before for number, fixed in rows if not fixed}
    return ROW.sub(lambda match: f"{match[1]}{match[2]}{match[3]}{after[int(match[4])]}", reference)
