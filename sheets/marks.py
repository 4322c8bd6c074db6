"""A short mark of the rows that a view shows: drawn and read back they have the same, typed over they have another."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from sheets.model import Cell, Layout
from sheets.text import plain


def view_mark(layout: Layout, rows: Iterable[Mapping[str, Cell]]) -> str:
    """People may sort the rows; Status is theirs to type, and looked at by itself."""
    keys = [key for key in layout.view_columns if key != layout.status_key]
    lines = sorted("\x1f".join(_said(row.get(key)) for key in keys) for row in rows)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()[:32]


def _said(cell: Cell) -> str:
    """A cell as every program gives it back: a number as the double it is kept as."""
    if isinstance(cell, Decimal):
        return repr(float(cell))
    said = plain(cell)
    return said.isoformat() if isinstance(said, date) else said
