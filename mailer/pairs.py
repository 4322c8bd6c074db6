"""`Label: value` pairs out of what people write, whatever they did to the form.

A pair is a line that begins with a known label, alone before a separator (colon, equals sign, dash, tab), or before a
number; decoration around it (bullets, numbers, stars, quote marks, a hint in brackets) does not matter. The value may
stand on the next line and may be wrapped. A label inside a sentence is no pair. Tables are read by their cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

Tables = Sequence[Sequence[Sequence[str]]]
WRAPPED = 50
"""A line at least so long may have been wrapped by a mail program."""
FULL_LINE = 70
"""A sentence that begins on the next line was only put there when its first word had no room in this one."""
MAX_LINE = 5000
FEWEST_CELLS = 3
MAX_PARAGRAPH = 1500
MAX_SHORT = 300
"""Several pairs on one line, or a label before a number, are only looked for in lines so short."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Values by field in order of appearance, the lines that are no pair, and whether any label was seen."""

    values: dict[str, tuple[str, ...]]
    rest: str
    found: bool


@dataclass(slots=True)
class _Collected:
    values: dict[str, list[str]] = field(default_factory=dict)
    found: bool = False

    def add(self, name: str, value: str) -> None:
        self.found = True
        value = value.strip()
        known = self.values.setdefault(name, [])
        if value and fold_value(value) not in map(fold_value, known):
            known.append(value)


_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_QUOTE_MARK = re.compile(r"^(?:[ \t]*>)+[ \t]?")
_BULLET = re.compile(r"^[ \t]*(?:[-–—•·●▪◦*+►✓☐]|\(?\d{1,2}[.)])[ \t]+")
_SEPARATOR = re.compile(r"[:：=\t]|[ \t]+[-–—][ \t]+|[ \t]*[–—][ \t]+|\.{3,}|…|_{3,}")
_HINT = re.compile(r"\([^()]{0,120}\)|\[[^\[\]]{0,120}\]")
_NUMBER_VALUE = re.compile(
    r"^(?:№|#|N\b|No\.?)?\s*\d[\d\s.,/\\-]*(?:[^\W\d]{1,12}\.?\s*){0,2}(?:\d[\d.\s]*)?(?:г\.?)?$"
)
_CODE_ONLY = re.compile(r"^[\d\s./-]+$")
_CYRILLIC = re.compile("[а-яА-Я]")
_LOOKS_CYRILLIC = str.maketrans("aceohkmtpxyb", "асеонкмтрхув")
_SIGNS = re.compile(r"^(?:[^\w\s\x00-\u2bff][\ufe0f\u200d]*)+\s*")
"""Pictures before a label."""
_FINISHED = re.compile(r"(?:[.!?%)]|руб|облагается|ндс|vat)$", re.IGNORECASE)
_UNIT = re.compile(r"(?:тыс\w*|млн|million|thousand|k|к)\.?(?:\s*\w+\.?)?", re.IGNORECASE)
"""What a cell behind a number adds to it."""
_ROW = re.compile(r"^\s*\|\s*(\S.*?)\s*\|\s*$")
_OTHER_LABEL = re.compile(r"^[^\W\d][\w /().-]{1,40}:\s*\S")
"""A line with a label that we do not know goes on with nothing."""
_NEXT_PAIR = re.compile(r"\s*[;|,.]\s+(?=[^\W\d_])|\s*;\s*(?=[^\W\d_])")
_COLON = re.compile(r"[:：=\t]")
_ENDS_AS_NUMBER = re.compile(r"[:：=\t–—-]\s*\d[\d\s.,/-]*$")
"""A line with nothing but a number behind its label is complete."""
_UNFINISHED = re.compile(r"(?:[,;:(«\-–—/]|\b(?:и|в|на|за|по|от|с|к|для|of|for|the|and|to|from|by|№))$", re.IGNORECASE)


def read_pairs(text: str, tables: Tables, labels: Mapping[str, str], blocks: frozenset[str] = frozenset()) -> Pairs:
    """The pairs of a text and its tables; `labels` maps a label in lower case to the name of its field.

    `blocks` are fields whose value may be a block of lines that hold labels before numbers themselves (bank details).
    """
    known = {fold_label(label): name for label, name in labels.items()}
    text, typed_tables = _typed_tables(text, known)
    from_tables = _read_tables((*tables, *typed_tables), known)
    from_text, rest = _read_text(text, known, blocks)
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
    known = {fold_label(label): name for label, name in labels.items()}
    lines = _lines(text, known)
    found = ((_pair(line, known), line) for line in lines)
    return tuple((pair.name, pair.value, line) for pair, line in found if pair and pair.value and not pair.explicit)


def loose_pairs(text: str, labels: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Field, value and line where a line only begins with the words of a label ("поставщик ООО Ромашка")."""
    known = {fold_label(label): name for label, name in labels.items()}
    lines = [line for line in _lines(text, known) if _pair(line, known) is None]
    found = ((_loose(line, known), line) for line in lines)
    return tuple((pair.name, pair.value, line) for pair, line in found if pair)


def cut_at_repeats(text: str, labels: Mapping[str, str], blocks: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The text cut where its first label begins again: several forms one below the other. Whole when none repeats."""
    known = {fold_label(label): name for label, name in labels.items()}
    reading = _Reading(_lines(text, known), known, blocks)
    first = next((pair.name for pair in reading.found if pair is not None), None)
    starts = [at for at, pair in enumerate(reading.found) if pair is not None and pair.name == first]
    if len(starts) < 2:
        return (text,)
    ends = [*starts[1:], len(reading.lines)]
    return tuple("\n".join(reading.lines[start:end]) for start, end in zip(starts, ends, strict=True))


@lru_cache(maxsize=4096)
def fold_label(label: str) -> str:
    """A label without case, hints in brackets, stars, final points and the difference of ё and е."""
    label = _HINT.sub(" ", _INVISIBLE.sub("", label).replace("\xa0", " "))
    label = re.sub(r"[*\"'«»“”’]", "", label.replace("_", " ")).casefold().replace("ё", "е")
    if _CYRILLIC.search(label):  # "ИHH" and "Р/C" typed with Latin letters in between
        label = label.translate(_LOOKS_CYRILLIC)
    return re.sub(r"\s*/\s*", "/", " ".join(label.split())).strip(" .:：=-–—\t,;?")


def fold_value(value: str) -> str:
    """A value without what does not make it another one."""
    return re.sub(r"[\s\xa0*_]+", "", value).casefold().replace("ё", "е").strip(".,;")


# --- text -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """A label at the beginning of a line and what stands behind it."""

    name: str
    value: str
    explicit: bool
    """A separator stands between label and value."""


def _read_text(text: str, known: Mapping[str, str], blocks: frozenset[str]) -> tuple[_Collected, str]:
    reading = _Reading(_lines(text, known), known, blocks)
    collected, rest = _Collected(), []
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


def _lines(text: str, known: Mapping[str, str]) -> list[str]:
    """The lines; one that holds several pairs ("Сумма: 5 000; Срок: 30.11") is as many lines."""
    lines = (_bare(line) for line in text.replace("\r\n", "\n").split("\n"))
    return [part for line in lines for part in _pairs_of_line(line, known)]


def _pairs_of_line(line: str, known: Mapping[str, str]) -> Iterable[str]:
    many = len(line) <= MAX_PARAGRAPH and len(_COLON.findall(line)) > 1
    if not many or _separated(_BULLET.sub("", line.strip()), known) is None:
        return [line]
    parts, start = [], 0
    for match in _NEXT_PAIR.finditer(line):
        head, colon, _ = line[match.end() : match.end() + 60].partition(":")
        if colon and _label(head, known):
            parts.append(line[start : match.start()])
            start = match.end()
    return [*parts, line[start:]]


def _bare(line: str) -> str:
    if line.count("|") > 2 and (cells := _ROW.match(line)):  # a row of a table drawn with strokes
        line = re.sub(r"\s*\|\s*", "\t", cells[1])
    line = _INVISIBLE.sub("", line[:MAX_LINE]).replace("\xa0", " ").replace("\u202f", " ")
    return _QUOTE_MARK.sub("", line).rstrip()


def _pair(line: str, known: Mapping[str, str]) -> _Found | None:
    """The pair that begins on this line, if it begins with a label."""
    bare = line.strip()
    if not bare or len(bare) > MAX_LINE:
        return None
    undecorated = _BULLET.sub("", _SIGNS.sub("", bare))
    for candidate in dict.fromkeys((undecorated, bare)):
        if pair := _separated(candidate, known):
            return pair
        if name := _label(candidate, known):
            return _Found(name, "", False)
    return _before_number(undecorated, known)


def _separated(line: str, known: Mapping[str, str]) -> _Found | None:
    for number, match in enumerate(_SEPARATOR.finditer(line)):
        if number > 5 or match.start() > 120:
            return None
        name = _label(line[: match.start()], known)
        if name:
            value = line[match.end() :].strip(" \t")
            value = re.sub(r"^[:：=\t *_]+(?=\S)|^[*_]+$", "", value)
            value = re.sub(r"_+$", "", value)
            value = value[:-1] if value.endswith("*") and value.count("*") % 2 else value
            return _Found(name, value.strip(), True)
    return None


def _label(text: str, known: Mapping[str, str]) -> str | None:
    """The field that a label names; of a label in two languages ("Account / Р/С") either."""
    if len(text) > 160:
        return None
    folded = fold_label(text)
    if folded in known:
        return known[folded]
    if "/" in folded or "|" in folded:
        halves = re.split(r"\s+[/|]\s+", _HINT.sub(" ", text))
        names = {known.get(fold_label(half)) for half in halves if half.strip()}
        if len(halves) > 1 and len(names) == 1:
            return names.pop()
    return None


def _loose(line: str, known: Mapping[str, str]) -> _Found | None:
    """The longest label that the line begins with, and the words behind it."""
    words = _BULLET.sub("", line.strip()[:MAX_SHORT]).split()
    for count in range(min(4, len(words) - 1), 0, -1):
        if name := known.get(fold_label(" ".join(words[:count]))):
            return _Found(name, " ".join(words[count:]), False)
    return None


def _before_number(line: str, known: Mapping[str, str]) -> _Found | None:
    """`ИНН 7707083893`: a label without separator in front of a number, with nothing like a sentence around."""
    match = re.search(r"[ \t](?=(?:№|#)?[ \t]?\d)", line[:80]) if len(line) <= MAX_SHORT else None
    name = _label(line[: match.start()], known) if match else None
    if not match or not name:
        return None
    value = line[match.end() :].strip()
    head, comma, tail = value.partition(",")
    if _NUMBER_VALUE.match(value) or (comma and _NUMBER_VALUE.match(head) and _begins_pair(tail.strip(), known)):
        return _Found(name, value, False)
    follows = re.search(r"\s+(?=[^\W\d_])", value)
    if follows and _CODE_ONLY.match(value[: follows.start()]) and _begins_pair(value[follows.end() :], known):
        return _Found(name, value, False)
    return None


def _begins_pair(text: str, known: Mapping[str, str]) -> bool:
    return bool(_separated(text, known) or _before_number(text, known))


class _Reading:
    """The lines of a text and the pair that begins on each."""

    def __init__(self, lines: list[str], known: Mapping[str, str], blocks: frozenset[str]) -> None:
        self.lines = lines
        self.blocks = blocks
        self.found = [_pair(line, known) for line in lines]
        is_form = sum(pair is not None for pair in self.found) >= FEWEST_CELLS
        self.loose = [is_form and pair is None and _loose(line, known) is not None
                      for line, pair in zip(lines, self.found, strict=True)]  # fmt: skip
        self.gaps = self._values_after_gaps()

    def value(self, index: int, pair: _Found, collected: _Collected) -> tuple[str, int]:
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
        if not _CODE_ONLY.match(head):
            break
        pair = _separated(tail, known) or _before_number(tail, known)
        if pair and pair.value:
            return [(name, head), *_several(pair.name, pair.value, known)]
    return [(name, value)]


# --- tables -----------------------------------------------------------------------------------------------------------


def _typed_tables(text: str, known: Mapping[str, str]) -> tuple[str, Tables]:
    """A table pasted into plain text: rows of cells parted by tabs under a row of labels; and the rest of the text."""
    if text.count("\t") < FEWEST_CELLS:
        return text, ()
    kept: list[str] = []
    tables: list[list[list[str]]] = []
    inside = False
    for line in text.split("\n"):
        cells = line.split("\t")
        heads = sum(_label(cell, known) is not None for cell in cells)
        if heads >= FEWEST_CELLS and heads * 2 > len(cells):
            tables.append([cells])
            inside = True
        elif inside and len(cells) >= FEWEST_CELLS:
            tables[-1].append(cells)
        else:
            kept.append(line)
            inside = inside and not line.strip()
    whole = [table for table in tables if len(table) > 1]
    return ("\n".join(kept), whole) if whole else (text, ())


def _read_tables(tables: Tables, known: Mapping[str, str]) -> _Collected:
    collected = _Collected()
    for table in tables:
        rows = [[_cell(cell) for cell in row] for row in table if any(cell.strip() for cell in row)]
        if rows and _is_header_row(rows, known):
            _read_columns(rows, known, collected)
        else:
            for row in rows:
                _read_row(row, known, collected)
    return collected


def _cell(text: str) -> str:
    return _INVISIBLE.sub("", text).replace("\xa0", " ").strip()


def _is_header_row(rows: Sequence[Sequence[str]], known: Mapping[str, str]) -> bool:
    """The first row holds labels side by side, and the second does not."""
    first = [_label(cell, known) for cell in rows[0]]
    beside = any(one and other for one, other in pairwise(first))
    return beside and len(rows) > 1 and not any(_label(cell, known) for cell in rows[1])


def _read_columns(rows: Sequence[Sequence[str]], known: Mapping[str, str], collected: _Collected) -> None:
    names = [_label(cell, known) for cell in rows[0]]
    for row in rows[1:]:
        for name, cell in zip(names, row, strict=False):
            if name:
                collected.add(name, " ".join(cell.split("\n")))


def _read_row(row: Sequence[str], known: Mapping[str, str], collected: _Collected) -> None:
    """Label and value in turn; a label is never the value of another."""
    at = 0
    while at < len(row):
        name = _label(row[at], known)
        follows = row[at + 1] if at + 1 < len(row) else ""
        if name and not _label(follows, known):
            unit = row[at + 2] if at + 2 < len(row) and _UNIT.fullmatch(row[at + 2].strip()) else ""
            collected.add(name, " ".join(f"{follows} {unit}".split("\n")))
            at += 2
        else:
            at += 1
