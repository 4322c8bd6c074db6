"""Which lines of a letter are a quote: prefixed ones, what announces them, and everything after a cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mailer.attribution import ANY_VERB, attribution, attribution_before, rule_before, starts_header_block
from mailer.lines import Kind, Line, flattened, quote
from mailer.phrases import ABOVE_THIS, FORWARD_SIGNS, SEPARATORS

ORPHAN_WIDTH = 60
PATIENCE = 2_000
"""After so many lines that look like quoted headers or attributions and are none, the rest is not taken for his."""
_LOTUS = re.compile(r"^-{2,}.{1,150}(?:" + ANY_VERB + r")\s*:?\s*-{2,}$", re.IGNORECASE)


def mark_quotes(lines: list[Line], markers: Sequence[str]) -> bool:
    """Mark attributions as quoted and everything after a cut; True when the quote is a forward."""
    forwarded = False
    index = suspects = 0
    while index < len(lines):
        if suspects > PATIENCE:
            return _cut(lines, index) or forwarded
        line = lines[index]
        flat = flattened(line.text) if line.kind is not Kind.QUOTED else ""
        if line.kind is Kind.CUT or (flat and (_is_marker(flat, markers) or _is_separator(line.text, flat))):
            forwarded |= any(sign in flat for sign in FORWARD_SIGNS)
            return _cut(lines, attribution_before(lines, index)) or forwarded
        suspects += flat.endswith(":") or line.text.endswith(":") or ":" in flat[:30]
        if flat and starts_header_block(lines, index):
            return _cut(lines, rule_before(lines, index)) or forwarded
        if line.kind is Kind.NEW and (start := attribution(lines, index)) is not None:
            quote(lines, start, index + 1)
            if not _quote_follows(lines, index + 1):
                return _cut(lines, start) or forwarded
        elif line.kind is Kind.QUOTED and (index == 0 or lines[index - 1].kind is not Kind.QUOTED):
            quote(lines, attribution_before(lines, index), index)
        index += 1
    return forwarded


def _cut(lines: list[Line], start: int) -> bool:
    quote(lines, start, len(lines))
    return False


def _is_marker(flat: str, markers: Sequence[str]) -> bool:
    return any(marker and marker in flat for marker in markers)


def _is_separator(text: str, flat: str) -> bool:
    """A rule with words in it that announces another letter."""
    if len(text) < 200 and ABOVE_THIS.search(text) and not text.strip()[:1].isalnum():
        return True
    if flat in SEPARATORS:
        return text.strip()[:1] in "-_=*‐–—―─~<" or text.strip().endswith(":") or flat.startswith("begin")
    return len(text) < 200 and bool(_LOTUS.match(text.strip()))


def _quote_follows(lines: list[Line], index: int) -> bool:
    """A prefixed or contained quote comes next, blank lines aside."""
    for at in range(index, min(index + 6, len(lines))):
        if lines[at].kind is Kind.QUOTED:
            return True
        if lines[at].text.strip():
            return False
    return False


def mark_orphans(lines: list[Line]) -> frozenset[int]:
    """Ends of prefixed lines that lost their prefix on the way; below an answer on top a single line is such an end.
    Returned are those below a line too short to have been broken: they may be a remark after all."""
    doubtful = set()
    first_quote = next((index for index, line in enumerate(lines) if line.prefixed), len(lines))
    on_top = any(line.kind is Kind.NEW and line.text.strip() for line in lines[:first_quote])
    for index in range(1, len(lines) - 1):
        before, line = lines[index - 1], lines[index]
        if line.kind is not Kind.NEW or not line.text.strip() or not before.prefixed or not before.text.strip():
            continue
        first = line.text.split(None, 1)[0]
        enclosed = lines[index + 1].prefixed
        wide = len(before.text) + len(first) + 3 > ORPHAN_WIDTH
        if (enclosed and on_top) or (wide and (enclosed or line.text[:1].islower())):
            lines[index] = replace(line, kind=Kind.QUOTED, prefixed=True)
            doubtful |= set() if wide else {index}
    return frozenset(doubtful)
