"""`Label: value` pairs out of what people write, whatever they did to the form.

A pair is a line that begins with a known label, alone before a separator (colon, equals sign, dash, tab), or before a
number; decoration around it (bullets, numbers, stars, quote marks, a hint in brackets) does not matter. The value may
stand on the next line and may be wrapped. A label inside a sentence is no pair. Tables are read by their cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from mailer.label_tables import FEWEST_CELLS, Collected, Tables, read_tables, typed_tables
from mailer.labels import (
    CODE_ONLY,
    MAX_SHORT,
    Found,
    before_number,
    fold_label,
    fold_value,
    lines_of,
    loose_on,
    pair_on,
    separated,
)

__all__ = ["Pairs", "cut_at_repeats", "fold_label", "loose_pairs", "read_pairs", "weak_pairs"]

Labels = tuple[tuple[str, str], ...]

WRAPPED = 50
"""A line at least so long may have been wrapped by a mail program."""
FULL_LINE = 70
"""A sentence that begins on the next line was only put there when its first word had no room in this one."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Values by field in order of appearance, the lines that are no pair, and whether any label was seen."""

    values: dict[str, tuple[str, ...]]
    rest: str
    found: bool


_FINISHED = re.compile(r"(?:[.!?%)]|руб|облагается|ндс|vat)$", re.IGNORECASE)
_OTHER_LABEL = re.compile(r"^[^\W\d][\w /().-]{1,40}:\s*\S")
"""A line with a label that we do not know goes on with nothing."""
_ENDS_AS_NUMBER = re.compile(r"[:：=\t–—-]\s*\d[\d\s.,/-]*$")
"""A line with nothing but a number behind its label is complete."""
_UNFINISHED = re.compile(r"(?:[,;:(«\-–—/]|\b(?:и|в|на|за|по|от|с|к|для|of|for|the|and|to|from|by|№))$", re.IGNORECASE)


def read_pairs(text: str, tables: Tables, labels: Mapping[str, str], blocks: frozenset[str] = frozenset()) -> Pairs:
    """The pairs of a text and its tables; `labels` maps a label in lower case to the name of its field.

    `blocks` are fields whose value may be a block of lines that hold labels before numbers themselves (bank details).
    """
    known = _known(tuple(labels.items()))
    text, pasted = typed_tables(text, known)
    from_tables = read_tables((*tables, *pasted), known)
    from_text, rest = _read_text(text, tuple(labels.items()), blocks)
    values = {name: list(found) for name, found in from_tables.values.items()}
    for name, found in from_text.values.items():
        seen = [fold_value(value) for value in values.get(name, [])]
        fresh = [value for value in found if not any(fold_value(value.split("\t")[0]) in other for other in seen)]
        values.setdefault(name, []).extend(fresh)
    return Pairs(
        {name: tuple(found) for name, found in values.items() if found}, rest, from_tables.found or from_text.found
    )


def weak_pairs(text: str, labels: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Field, value and line of each pair without a separator ("pay by 30 Nov, paper"): it may be a sentence as well."""
    known = _known(tuple(labels.items()))
    lines = lines_of(text, known)
    found = ((pair_on(line, known), line) for line in lines)
    return tuple((pair.name, pair.value, line) for pair, line in found if pair and pair.value and not pair.explicit)


def loose_pairs(text: str, labels: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Field, value and line where a line only begins with the words of a label ("поставщик ООО Ромашка")."""
    known = _known(tuple(labels.items()))
    lines = [line for line in lines_of(text, known) if pair_on(line, known) is None]
    found = ((loose_on(line, known), line) for line in lines)
    return tuple((pair.name, pair.value, line) for pair, line in found if pair)


def cut_at_repeats(text: str, labels: Mapping[str, str], blocks: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The text cut where its first label begins again: several forms one below the other. Whole when none repeats."""
    known = _known(tuple(labels.items()))
    reading = _Reading(lines_of(text, known), known, blocks)
    first = next((pair.name for pair in reading.found if pair is not None), None)
    starts = [at for at, pair in enumerate(reading.found) if pair is not None and pair.name == first]
    if len(starts) < 2:
        return (text,)
    ends = [*starts[1:], len(reading.lines)]
    return tuple("\n".join(reading.lines[start:end]) for start, end in zip(starts, ends, strict=True))


@lru_cache(maxsize=8)
def _known(labels: Labels) -> Mapping[str, str]:
    return {fold_label(label): name for label, name in labels}


# --- text -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _read_text(text: str, labels: Labels, blocks: frozenset[str]) -> tuple[Collected, str]:
    """Kept for a moment: several questions about one letter begin with the pairs of its text."""
    known = _known(labels)
    reading = _Reading(lines_of(text, known), known, blocks)
    collected, rest = Collected(), []
    index = 0
    while index < len(reading.lines):
        pair = reading.found[index]
        if pair is None or (not pair.value and not pair.explicit and reading.below(index) is None):
            rest.append(reading.lines[index])
            index += 1
            continue
        value, index = reading.value(index, pair, collected)
        for name, part in _several(pair.name, value, known):
            collected.add(name, part)
    return collected, re.sub(r"\n{3,}", "\n\n", "\n".join(rest)).strip()


class _Reading:
    """The lines of a text and the pair that begins on each."""

    def __init__(self, lines: list[str], known: Mapping[str, str], blocks: frozenset[str]) -> None:
        self.lines = lines
        self.blocks = blocks
        self.found = [pair_on(line, known) for line in lines]
        is_form = sum(pair is not None for pair in self.found) >= FEWEST_CELLS
        self.loose = [is_form and pair is None and loose_on(line, known) is not None
                      for line, pair in zip(lines, self.found, strict=True)]  # fmt: skip
        self.gaps = self._values_after_gaps()

    def value(self, index: int, pair: Found, collected: Collected) -> tuple[str, int]:
        """The value of the pair at `index`, continued lines included, and the line behind it."""
        block = pair.name in self.blocks
        at = index + 1 if pair.value else self.below(index)
        parts = [pair.value] if pair.value else []
        if at is None:
            return "", index + 1
        weak = bool(pair.value) and not pair.explicit
        while at < len(self.lines) and self.lines[at].strip() and self._belongs(at, block, bool(pair.value), weak):
            parts.append(self.lines[at].strip() if parts else self.lines[at].strip().strip("*_").strip())
            inner = self.found[at]
            if inner is not None:
                collected.add(inner.name, inner.value)
            at += 1
        return " ".join(parts), at

    def _belongs(self, at: int, block: bool, same_line: bool, weak: bool) -> bool:
        """The line goes on with the value that began above it."""
        inner = self.found[at]
        if block:
            return inner is None or (not inner.explicit and bool(inner.value))
        if inner is not None or weak:
            return False
        if same_line and self.loose[at]:
            return False
        first_below = not same_line and self.found[at - 1] is not None
        return first_below or not self.lines[at - 1].strip() or _continues(self.lines[at - 1], self.lines[at])

    def below(self, index: int) -> int | None:
        """The line below a lone label that holds its value."""
        at = index + 1
        if self.gaps and at < len(self.lines) and not self.lines[at].strip():
            at += 1
        if at >= len(self.lines) or not self.lines[at].strip():
            return None
        pair, inner = self.found[index], self.found[at]
        block = (
            pair is not None
            and pair.name in self.blocks
            and inner is not None
            and bool(inner.value)
            and not inner.explicit
        )
        return at if inner is None or block else None

    def _values_after_gaps(self) -> bool:
        """Label, blank line, value: the habit of some converters; once could be chance, twice is the habit."""
        count = 0
        for at, pair in enumerate(self.found[:-2]):
            if pair and not pair.value and not self.lines[at + 1].strip() and self.lines[at + 2].strip():
                count += self.found[at + 2] is None
        return count >= 2


def _continues(before: str, line: str) -> bool:
    """The line goes on with the value of the one before."""
    first = line.strip()[:1]
    if first.isalpha() and _ENDS_AS_NUMBER.search(before):
        return False
    if _UNFINISHED.search(before.rstrip()):
        return True
    if _OTHER_LABEL.match(line.strip()) and not line.strip().lower().startswith(("в т", "incl")):
        return False
    if len(before.strip()) >= WRAPPED:
        return not first.isupper() or _had_no_room(before.strip(), line)
    return line.startswith(("  ", "\t")) or first.islower() or first in "(«№"


def _had_no_room(before: str, line: str) -> bool:
    """A new sentence below a long line: was it only put there because its first word had no room above?"""
    return not _FINISHED.search(before) and len(f"{before} {line.split()[0]}") > FULL_LINE


def _several(name: str, value: str, known: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """`7707083893, КПП: 770701001` holds the next pair, when all before it is digits."""
    if len(value) > MAX_SHORT:
        return [(name, value)]
    for match in re.finditer(r"(?:[,;|]\s*|\s+)(?=[^\W\d_])", value[:400]):
        head, tail = value[: match.start()], value[match.end() :]
        if not CODE_ONLY.match(head):
            break
        pair = separated(tail, known) or before_number(tail, known)
        if pair and pair.value:
            return [(name, head), *_several(pair.name, pair.value, known)]
    return [(name, value)]
