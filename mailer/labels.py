"""Labels of a form at the beginning of a line, whatever stands around them: bullets, numbers, stars, quote marks,
pictures, a hint in brackets, Latin letters that look like Cyrillic ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

MAX_LINE = 5000
MAX_PARAGRAPH = 1500
MAX_SHORT = 300
"""Several pairs on one line, or a label before a number, are only looked for in lines so short."""

FEWEST_INSIDE = 3
"""So many pairs behind the beginning of a sentence are a form in one line."""

INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_QUOTE_MARK = re.compile(r"^(?:[ \t]*>)+[ \t]?")
BULLET = re.compile(r"^[ \t]*(?:[-–—•·●▪◦*+►✓☐]|\(?\d{1,2}[.)])[ \t]+")
_SEPARATOR = re.compile(r"[:：=\t]|[ \t]*(?:->|→|⇒)[ \t]*|[ \t]+[-–—][ \t]+|[ \t]*[–—][ \t]+|\.{3,}|…|_{3,}")
_STROKE = re.compile(r"[ \t]+/[ \t]+")
_HINT = re.compile(r"\([^()]{0,120}\)|\[[^\[\]]{0,120}\]")
_NUMBER_VALUE = re.compile(
    r"^(?:№|#|N\b|No\.?)?\s*\d[\d\s.,/\\-]*(?:[^\W\d]{1,12}\.?\s*){0,2}(?:\d[\d.\s]*)?(?:г\.?)?$"
)
CODE_ONLY = re.compile(r"^[\d\s./-]+$")
_CYRILLIC = re.compile("[а-яА-Я]")
_LOOKS_CYRILLIC = str.maketrans("aceohkmtpxyb", "асеонкмтрхув")
PICTURES = re.compile(r"^(?:[^\w\s\x00-\u22ff\u3000-\u303f\uff00-\uffef][\ufe0f\u200d]*)+\s*")
"""Pictures before a label or a value."""
_ROW = re.compile(r"^\s*\|\s*(\S.*?)\s*\|\s*$")
_NEXT_PAIR = re.compile(r"\s*[;|,.]\s+(?=[^\W\d_])|\s*;\s*(?=[^\W\d_])")
_COLON = re.compile(r"[:：=\t]")


@dataclass(frozen=True, slots=True)
class Found:
    """A label at the beginning of a line and what stands behind it."""

    name: str
    value: str
    explicit: bool
    """A separator stands between label and value."""


@lru_cache(maxsize=4096)
def fold_label(label: str) -> str:
    """A label without case, hints in brackets, stars, final points and the difference of ё and е."""
    label = _HINT.sub(" ", INVISIBLE.sub("", label).replace("\xa0", " "))
    label = re.sub(r"[*\"'«»“”’]", "", label.replace("_", " ")).casefold().replace("ё", "е")
    if _CYRILLIC.search(label):  # "ИHH" and "Р/C" typed with Latin letters in between
        label = label.translate(_LOOKS_CYRILLIC)
    return re.sub(r"\s*/\s*", "/", " ".join(label.split())).strip(" .:：=-–—\t,;?")


def fold_value(value: str) -> str:
    """A value without what does not make it another one."""
    return re.sub(r"[\s\xa0*_]+", "", value).casefold().replace("ё", "е").strip(".,;")


def lines_of(text: str, known: Mapping[str, str]) -> list[str]:
    """The lines; one that holds several pairs ("Сумма: 5 000; Срок: 30.11") is as many lines."""
    lines = (_bare(line) for line in text.replace("\r\n", "\n").split("\n"))
    return [part for line in lines for part in _pairs_of_line(line, known)]


def _pairs_of_line(line: str, known: Mapping[str, str]) -> Iterable[str]:
    many = len(line) <= MAX_PARAGRAPH and len(_COLON.findall(line)) > 1
    begins = many and separated(BULLET.sub("", line.strip()), known) is not None
    if not many or (not begins and len(_COLON.findall(line)) < FEWEST_INSIDE):
        return [line]
    parts, start = [], 0
    for match in _NEXT_PAIR.finditer(line):
        head, colon, _ = line[match.end() : match.end() + 60].partition(":")
        if colon and label_of(head, known):
            parts.append(line[start : match.start()])
            start = match.end()
    if not begins and len(parts) < FEWEST_INSIDE:
        return [line]
    return [*parts, line[start:]]


def unruled(line: str) -> str:
    """A row of a table drawn with strokes ("| ИНН | 7707083893 |"), its cells parted by tabs."""
    cells = _ROW.match(line) if line.count("|") > 2 else None
    return re.sub(r"[ ]*\|[ ]*", "\t", cells[1]) if cells else line


def _bare(line: str) -> str:
    line = INVISIBLE.sub("", unruled(line)[:MAX_LINE]).replace("\xa0", " ").replace("\u202f", " ")
    return _QUOTE_MARK.sub("", line).rstrip()


def pair_on(line: str, known: Mapping[str, str]) -> Found | None:
    """The pair that begins on this line, if it begins with a label."""
    bare = line.strip()
    if not bare or len(bare) > MAX_LINE:
        return None
    undecorated = BULLET.sub("", PICTURES.sub("", bare))
    for candidate in dict.fromkeys((undecorated, bare)):
        if pair := separated(candidate, known):
            return pair
        if name := label_of(candidate, known):
            return Found(name, "", False)
    return before_number(undecorated, known)


def separated(line: str, known: Mapping[str, str]) -> Found | None:
    """The label before a sign that parts it from its value; a stroke is one where nothing else is."""
    found = _separated(line, known, _SEPARATOR)
    if found is None and (stroke := _separated(line, known, _STROKE)) and not label_of(stroke.value, known):
        return stroke
    return found


def _separated(line: str, known: Mapping[str, str], signs: re.Pattern[str]) -> Found | None:
    for number, match in enumerate(signs.finditer(line)):
        if number > 5 or match.start() > 120:
            return None
        name = label_of(line[: match.start()], known)
        if name:
            value = line[match.end() :].strip(" \t")
            value = re.sub(r"^[:：=\t *_]+(?=\S)|^[*_]+$", "", value)
            value = re.sub(r"_+$", "", value)
            value = value[:-1] if value.endswith("*") and value.count("*") % 2 else value
            return Found(name, value.strip(), True)
    return None


def label_of(text: str, known: Mapping[str, str]) -> str | None:
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


def loose_on(line: str, known: Mapping[str, str]) -> Found | None:
    """The longest label that the line begins with, and the words behind it."""
    words = BULLET.sub("", line.strip()[:MAX_SHORT]).split()
    for count in range(min(4, len(words) - 1), 0, -1):
        if name := known.get(fold_label(" ".join(words[:count]))):
            return Found(name, " ".join(words[count:]), False)
    return None


def before_number(line: str, known: Mapping[str, str]) -> Found | None:
    """`ИНН 7707083893`: a label without separator in front of a number, with nothing like a sentence around."""
    match = re.search(r"[ \t](?=(?:№|#)?[ \t]?\d)", line[:80]) if len(line) <= MAX_SHORT else None
    name = label_of(line[: match.start()], known) if match else None
    if not match or not name:
        return None
    value = line[match.end() :].strip()
    head, comma, tail = value.partition(",")
    if _NUMBER_VALUE.match(value) or (comma and _NUMBER_VALUE.match(head) and begins_pair(tail.strip(), known)):
        return Found(name, value, False)
    follows = re.search(r"\s+(?=[^\W\d_])", value)
    if follows and CODE_ONLY.match(value[: follows.start()]) and begins_pair(value[follows.end() :], known):
        return Found(name, value, False)
    return None


def begins_pair(text: str, known: Mapping[str, str]) -> bool:
    return bool(separated(text, known) or before_number(text, known))
