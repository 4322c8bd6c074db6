"""Labels and values in the cells of tables: of an HTML letter, or pasted into plain text with tabs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mailer.labels import CODE_ONLY, INVISIBLE, fold_value, label_of, unruled

Tables = Sequence[Sequence[Sequence[str]]]
FEWEST_CELLS = 3
_UNIT = re.compile(
    r"(?:тыс\w*|млн|million|thousand|k|к)(?:\.|\b)(?:\s*(?:руб\w*|р|eur\w*|usd|₽|€|\$)\.?)?", re.IGNORECASE
)
"""What a cell behind a number adds to it."""

_TOTAL = re.compile(r"\s*(?:итого|всего|total|grand total)\b", re.IGNORECASE)
"""A row of sums below the others."""


@dataclass(slots=True)
class Collected:
    values: dict[str, list[str]] = field(default_factory=dict)
    found: bool = False

    def add(self, name: str, value: str) -> None:
        self.found = True
        value = value.strip()
        known = self.values.setdefault(name, [])
        if value and fold_value(value) not in map(fold_value, known):
            known.append(value)


def typed_tables(text: str, known: Mapping[str, str]) -> tuple[str, Tables]:
    """A table pasted into plain text: rows of cells parted by tabs under a row of labels; and the rest of the text."""
    text = "\n".join(unruled(line) for line in text.split("\n"))
    if text.count("\t") < FEWEST_CELLS:
        return text, ()
    kept: list[str] = []
    tables: list[list[list[str]]] = []
    inside = False
    for line in text.split("\n"):
        cells = line.split("\t")
        heads = sum(label_of(cell, known) is not None for cell in cells)
        if heads >= FEWEST_CELLS and heads * 2 > len(cells):
            tables.append([cells])
            inside = True
        elif inside and len(cells) >= FEWEST_CELLS:
            if any(c.isalnum() for c in line):
                tables[-1].append(cells)
        else:
            kept.append(line)
            inside = inside and not line.strip()
    whole = [table for table in tables if len(table) > 1]
    return ("\n".join(kept), whole) if whole else (text, ())


def read_tables(tables: Tables, known: Mapping[str, str]) -> Collected:
    collected = Collected()
    for table in tables:
        rows = [[_cell(cell) for cell in row] for row in table if any(cell.strip() for cell in row)]
        if rows and _is_header_row(rows, known):
            _read_columns(rows, known, collected)
        else:
            for row in rows:
                _read_row(row, known, collected)
    return collected


def _cell(text: str) -> str:
    return INVISIBLE.sub("", text).replace("\xa0", " ").strip()


def _is_header_row(rows: Sequence[Sequence[str]], known: Mapping[str, str]) -> bool:
    """The first row holds labels side by side, and the second does not."""
    first = [label_of(cell, known) for cell in rows[0]]
    beside = any(one and other for one, other in pairwise(first))
    return beside and len(rows) > 1 and not any(label_of(cell, known) for cell in rows[1])


def _read_columns(rows: Sequence[Sequence[str]], known: Mapping[str, str], collected: Collected) -> None:
    names = [label_of(cell, known) for cell in rows[0]]
    for row in rows[1:]:
        if len(rows) > 2 and _TOTAL.match(next((cell for cell in row if cell.strip()), "")):
            continue
        for name, cell in zip(names, row, strict=False):
            if name:
                collected.add(name, " ".join(cell.split("\n")))


def _read_row(row: Sequence[str], known: Mapping[str, str], collected: Collected) -> None:
    """Label and value in turn; a label is never the value of another."""
    at = 0
    while at < len(row):
        name = label_of(row[at], known)
        follows = row[at + 1] if at + 1 < len(row) else ""
        if name and not label_of(follows, known):
            unit = row[at + 2] if at + 2 < len(row) and _UNIT.fullmatch(row[at + 2].strip()) else ""
            collected.add(name, " ".join(f"{follows} {unit}".split("\n")))
            beside = row[at + 2] if at + 2 < len(row) else ""
            if CODE_ONLY.match(follows) and CODE_ONLY.match(beside):  # payer's and payee's, or an odd split
                collected.add(name, beside)
            at += 2
        else:
            at += 1
