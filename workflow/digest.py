"""An answer to a daily list, line by line: `APPROVE 1, 3, 5-7; REJECT 2: too dear`, or a number before each word.

Every statement stands on a line of its own or ends with a semicolon, and names the lines that it is about. What a
statement says is judged by the same reading as a single answer, so a doubtful yes is none. A number named twice with
different words, or one that is not on the list, voids only itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from workflow.keywords import Action, Decision

DECIDING = (Action.APPROVE, Action.REJECT, Action.RETURN)
MOST_LINES = 500
_NUMBERS = r"(?:№\s*)?\d{1,3}(?:\s*[-–—]\s*\d{1,3})?"
_LIST = (
    rf"{_NUMBERS}(?:\s*(?:,|и|and|&)\s*{_NUMBERS}|\s+(?={_NUMBERS}(?:\s*(?:,|и\b|and\b|[-–—]\s*\d)|\s*$)){_NUMBERS})*"
)
_WORD_FIRST = re.compile(
    rf"^(?P<word>[^\d;:]*?)\s*(?P<numbers>{_LIST}|\bвсе\b|\ball\b)(?P<rest>.*)$", re.IGNORECASE | re.DOTALL
)
_NUMBER_FIRST = re.compile(rf"^\W*(?P<numbers>{_LIST})\s*[.):–—-]*\s*(?P<rest>\D.*)$", re.IGNORECASE | re.DOTALL)
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}[ \u00a0\u202f,](\d{3})(?!\d)")
_UP_TO = re.compile(r"(?:\b(?:на|до|в|за|около|сумму|for|up to|to|of)|[₽$€])\s*$", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,3})(?:\s*[-–—]\s*(\d{1,3}))?")

Judge = Callable[[str], Decision]
"""How a text would be read as a single answer."""


@dataclass(frozen=True, slots=True)
class LineOrder:
    """What was said about one line of the list (numbered from 1)."""

    line: int
    action: Action
    comment: str


@dataclass(slots=True)
class DigestReading:
    """Orders by line, statements that were not understood (with the doubt's key), and numbers that are not listed."""

    orders: dict[int, LineOrder] = field(default_factory=dict)
    unclear: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


def read_digest(text: str, lines: int, judge: Judge) -> DigestReading:
    """Read an answer to a list of `lines` lines; linear in the text, which is cut at `MOST_LINES` statements."""
    reading = DigestReading()
    void: set[int] = set()
    for statement in _grouped(text, lines, judge):
        numbers, decision = _understand(statement, lines, judge)
        if decision is None:
            continue
        if not numbers or decision.action not in DECIDING or decision.doubt:
            reading.unclear.append((statement, decision.doubt or "no_line_named"))
            void.update(numbers)
            continue
        for number in numbers:
            _note(reading, void, number, lines, decision)
    for number in void:
        reading.orders.pop(number, None)
    return reading


def _note(reading: DigestReading, void: set[int], number: int, lines: int, decision: Decision) -> None:
    """One number of a statement; a second, different word for it makes both void."""
    if not 1 <= number <= lines:
        reading.unknown.append(number)
        return
    before = reading.orders.get(number)
    if before is not None and before.action is not decision.action:
        void.add(number)
        reading.unclear.append((str(number), "two_words"))
    elif decision.action is not None:
        reading.orders[number] = LineOrder(number, decision.action, decision.comment)


def _grouped(text: str, lines: int, judge: Judge) -> Iterator[str]:
    """Statements with the words that follow them: what does not begin a statement belongs to the one before, for a
    condition may stand on a line of its own."""
    group = ""
    for part in _statements(text):
        numbers, decision = _understand(part, lines, judge)
        begins = (
            bool(numbers) and decision is not None and (decision.action is not None or decision.doubt != "none_found")
        )
        if group and begins:
            yield group
            group = ""
        group = f"{group}\n{part}" if group else part if begins or decision is not None else ""
    if group:
        yield group


def _statements(text: str) -> Iterator[str]:
    parts = (part.strip() for part in re.split(r"[;\n]", text))
    for count, part in enumerate(part for part in parts if part):
        if count >= MOST_LINES:
            return
        yield part


def _understand(statement: str, lines: int, judge: Judge) -> tuple[tuple[int, ...], Decision | None]:
    """The numbers of a statement and what it says; no decision for a line that is mere politeness."""
    match = _NUMBER_FIRST.match(statement)
    if match and not _is_amount(match, lines):
        return _numbers(match["numbers"], lines), judge(match["rest"].strip())
    match = _WORD_FIRST.match(statement)
    if match and match["word"].strip() and _is_amount(match, lines):
        whole = judge(statement)
        return (_numbers(match["numbers"], lines), replace(whole, action=None, doubt=whole.doubt or "number"))
    if match and match["word"].strip():
        rest = match["rest"].lstrip(" .,:–—-")
        return _numbers(match["numbers"], lines), judge(f"{match['word'].strip()}\n{rest}".strip())
    decision = judge(statement)
    spoke = decision.action is not None or decision.seen or decision.doubt not in (None, "none_found")
    return (), decision if spoke else None


def _is_amount(match: re.Match[str], lines: int) -> bool:
    """The number may be no line's: thousands apart (`10 000`, `1,500`), a share, a sum after "up to"."""
    thousands = _THOUSANDS.search(match["numbers"])
    before = match.groupdict().get("word") or ""
    return bool(
        (thousands and (thousands[1].startswith("0") or int(thousands[1]) > lines))
        or re.match(r"\s*(?:%|/\s*\d|[₽$€])", match["rest"]) or _UP_TO.search(before)
    )  # fmt: skip


def _numbers(text: str, lines: int) -> tuple[int, ...]:
    if text.strip().lower() in ("все", "all"):
        return tuple(range(1, lines + 1))
    found: list[int] = []
    for first, last in _RANGE.findall(text):
        begin, end = int(first), int(last or first)
        found += range(begin, min(end, begin + MOST_LINES) + 1) if end >= begin else [begin, end]
    return tuple(dict.fromkeys(found))
