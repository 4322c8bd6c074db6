"""What the writer of a letter wrote himself, apart from quotes, signature and what servers glue on.

Theory: a line is somebody else's when it is prefixed with `>`, stands in a quote container of the HTML, or comes after
a cut: our own marker line, a separator ("-----Original Message-----"), a block of quoted headers, or an attribution
("On … wrote:") that is not followed by prefixed lines. After prefixed lines the writer may go on (bottom posting,
answers between the lines); after a cut he may too, but nobody can tell, so nothing there is taken for his.
A long prefixed line that some server broke leaves an orphan without prefix: it stays quoted. Every line ends in exactly
one of the three texts. All patterns run on single short lines, so the time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mailer.phrases import (
    BEHIND,
    CLOSINGS,
    FORWARD_SIGNS,
    FRONT,
    FRONT_TAG,
    HEADER_LABELS,
    MOBILE,
    SEPARATORS,
    VERBS,
)

LONG = 600
"""No line of a mail program is longer; patterns do not look at longer ones."""
WINDOW = 4
"""An attribution is wrapped over so many lines at most."""
ORPHAN_WIDTH = 60
WRAPPED = 55
"""A line of a warning that is at least so long may go on in the next."""
PATIENCE = 2_000
"""After so many lines that look like quoted headers or attributions and are none, the rest is not taken for his."""


class Kind(StrEnum):
    NEW = "new"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    CUT = "cut"
    """In the HTML a container begins here after which all is quoted."""
    HIDDEN = "hidden"
    STRUCK = "struck"
    """In the HTML words stand here that nobody sees, or that are struck through; no text, only the fact."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its `>` and what is known of it."""

    text: str
    kind: Kind = Kind.NEW
    prefixed: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """The three texts of a letter; `forwarded` when what is quoted was forwarded rather than answered.

    `marks` are HIDDEN and STRUCK, where words of that kind stand among what the writer wrote.
    """

    new: str
    quoted: str
    signature: str
    forwarded: bool = False
    marks: frozenset[Kind] = frozenset()
    woven: tuple[tuple[str, str], ...] = ()
    """Of an answer written between the quoted lines: each new line with the quoted lines right above it."""


_PREFIX = re.compile(r"[ \t]{0,3}(?:[A-Za-zА-Яа-яЁё]{1,3}(?=>))?(?:>[ \t]?)+")
_BROKEN_START = re.compile(r"<[^<>\s]{0,200}$")
_BROKEN_END = re.compile(r"^>\s?(?:[^\s<>@]{1,20} ?){0,3}\s?[:：]\s*$")
"""`<address` at the end of a line and `>:` on the next is a wrapped attribution, not a quote."""
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u061c\u180e]")
_ADDRESS = re.compile(r"[^\s<>@,;\"]{1,80}@[^\s<>@,;\"]{1,120}")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年)|(?:19|20)\d\d"
)
_ANY_VERB = "|".join(sorted(map(re.escape, VERBS), key=len, reverse=True))
_VERB = re.compile(
    r"(?:(?<=\s)|(?<=^)|(?<=>)|(?<=[\u3040-\u9fff\d\"]))(?:" + _ANY_VERB + r")"
    r"\s*(?:[-–—:：]|$)", re.IGNORECASE,
)  # fmt: skip
_VERB_ANYWHERE = re.compile(r"(?<![^\W_])(?:" + _ANY_VERB + r")(?![^\W_])", re.IGNORECASE)
_VERB_AND_DATE = re.compile(r"(?<![^\W_])(?:" + _ANY_VERB + r")[\s,]+\d[\d\s.:/,-]{7,24}:$", re.IGNORECASE)
_OPENER = re.compile(
    r"^(?:(?:on|am|le|el|em|il|op|w dniu|dnia|den|dne|på|vào|pada|в|вы писали|у|in data|tarihinde)\b|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс|нд|понедельник|вторник|среда|среду|четверг|пятниц[ау]|"
    r"суббот[ау]|воскресенье|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|gio|sab|"
    r"pon|wt|śr|czw|pt|sob|niedz|pzt|sal|çar|per|cum|cmt|paz|tir|ons|tor|lør|søn|man|ti|to|må|fre|lör|sön|po|út|st|"
    r"čt|pá|ne|ke)\w*\.?,?\s|\d)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^[ \t]*[*_]{0,2}([^\W\d_][^:：*<>@]{0,22}?)[*_]{0,2}[ \t]*[:：][*_]{0,2}(?:[ \t]|$|(?=[^/\s]))(.{0,400})"
)
_RULE = re.compile(r"^[-_=*‐–—―─~ \t]{2,}$")
_DASHES = " \t-_=*‐–—―─~<>:."
_LOTUS = re.compile(r"^-{2,}.{1,150}(?:" + _ANY_VERB + r")\s*:?\s*-{2,}$", re.IGNORECASE)
_CLOSING = re.compile(
    r"^(?:"
    + "|".join(sorted(map(re.escape, CLOSINGS), key=len, reverse=True))
    + r")\s*(?:[,.!;:—–-].{0,80}|\s[A-ZА-ЯЁ].{0,60})?$"
)
_SIGNATURE_RULE = re.compile(r"^(?:--|—|–)$")
_POSTSCRIPT = re.compile(r"^(?:p\.?\s?p?\.?s\b\.?|п\.?\s?с\.|зы\b|з\.\s?ы\.|ps\b)", re.IGNORECASE)
_DIGIT_OR_AT = re.compile(r"[@\d]")
_THE_BAT = re.compile(r"^вы писали .{4,60}:$|^(?:you wrote|du schriebst).{0,60}:$", re.IGNORECASE)


def split(text: str, markers: Sequence[str] = ()) -> Parts:
    """The parts of a plain text."""
    return sort_lines(lines_of(text), markers)


def lines_of(text: str) -> list[Line]:
    """The lines of a plain text; a `>` in front makes a line quoted."""
    texts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [line_of(text) for text in texts]
    for index in range(1, len(lines)):
        if lines[index].prefixed and _BROKEN_END.match(texts[index]) and _BROKEN_START.search(texts[index - 1][-LONG:]):
            lines[index] = Line(texts[index].rstrip(), lines[index - 1].kind, lines[index - 1].prefixed)
    return lines


def sort_lines(lines: Sequence[Line], markers: Sequence[str] = ()) -> Parts:
    """The parts of a letter whose lines may already be known to be quoted or signature."""
    work = _without_front(list(lines))
    forwarded = _mark_quotes(work, [_flat(marker) for marker in markers])
    _mark_orphans(work)
    _mark_signatures(work)
    texts = {kind: _joined(line.text for line in work if line.kind is kind) for kind in Kind}
    marks = frozenset(line.kind for line in work) & {Kind.HIDDEN, Kind.STRUCK}
    return Parts(texts[Kind.NEW], texts[Kind.QUOTED], texts[Kind.SIGNATURE], forwarded, marks, _woven(work))


def _woven(lines: Sequence[Line]) -> tuple[tuple[str, str], ...]:
    """New lines under lines with a quotation prefix; empty for an answer above or below the whole quotation."""
    found: list[tuple[str, str]] = []
    above: list[str] = []
    for line in lines:
        if line.kind is Kind.QUOTED and line.prefixed:
            above.append(line.text)
        elif line.kind is Kind.NEW and line.text.strip():
            found.append(("\n".join(above), line.text))
            above = []
    return tuple(found) if sum(bool(quoted) for quoted, _ in found) > 1 or (above and any(q for q, _ in found)) else ()


def line_of(text: str) -> Line:
    """A line of plain text: quoted when it has a prefix."""
    match = _PREFIX.match(text)
    return Line(text[match.end() :].rstrip(), Kind.QUOTED, True) if match else Line(text.rstrip())


def _joined(texts: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(texts)).strip("\n")


def _flat(text: str) -> str:
    """A line without decoration, for comparing with known phrases."""
    return " ".join(_INVISIBLE.sub("", text[:LONG]).replace("\xa0", " ").split()).strip(_DASHES).casefold()


# --- quotes -----------------------------------------------------------------------------------------------------------


def _mark_quotes(lines: list[Line], markers: Sequence[str]) -> bool:
    """Mark attributions as quoted and everything after a cut; True when the quote is a forward."""
    forwarded = False
    index = suspects = 0
    while index < len(lines):
        if suspects > PATIENCE:
            return _cut(lines, index) or forwarded
        line = lines[index]
        flat = _flat(line.text) if line.kind is not Kind.QUOTED else ""
        if line.kind is Kind.CUT or (flat and (_is_marker(flat, markers) or _is_separator(line.text, flat))):
            forwarded |= any(sign in flat for sign in FORWARD_SIGNS)
            return _cut(lines, _attribution_before(lines, index)) or forwarded
        suspects += flat.endswith(":") or line.text.endswith(":") or ":" in flat[:30]
        if flat and _starts_header_block(lines, index):
            return _cut(lines, _rule_before(lines, index)) or forwarded
        if line.kind is Kind.NEW and (start := _attribution(lines, index)) is not None:
            _quote(lines, start, index + 1)
            if not _quote_follows(lines, index + 1):
                return _cut(lines, start) or forwarded
        elif line.kind is Kind.QUOTED and (index == 0 or lines[index - 1].kind is not Kind.QUOTED):
            _quote(lines, _attribution_before(lines, index), index)
        index += 1
    return forwarded


def _cut(lines: list[Line], start: int) -> bool:
    _quote(lines, start, len(lines))
    return False


def _quote(lines: list[Line], start: int, end: int) -> None:
    for index in range(start, end):
        if lines[index].kind is not Kind.QUOTED:
            lines[index] = replace(lines[index], kind=Kind.QUOTED)


def _is_marker(flat: str, markers: Sequence[str]) -> bool:
    return any(marker and marker in flat for marker in markers)


def _is_separator(text: str, flat: str) -> bool:
    """A rule with words in it that announces another letter."""
    if flat in SEPARATORS:
        return text.strip()[:1] in "-_=*‐–—―─~<" or text.strip().endswith(":") or flat.startswith("begin")
    return len(text) < 200 and bool(_LOTUS.match(text.strip()))


def _starts_header_block(lines: list[Line], index: int) -> bool:
    """Two or three quoted headers in a row, the first of them From, or Sent or To beside a From."""
    first = _header(lines[index].text)
    if first not in ("from", "sent", "to", "subject"):
        return False
    kinds, seen, blanks, at = [first], 1, 0, index + 1
    while at < len(lines) and seen < 9 and blanks < 2:
        text = lines[at].text
        kind = _header(text)
        if kind:
            kinds.append(kind)
            blanks = 0
        elif not text.strip():
            blanks += 1
        at, seen = at + 1, seen + 1
    found = set(kinds) - {"other"}
    return (
        "from" in found
        and len(found & {"sent", "to", "subject"}) >= (1 if first == "from" else 2)
        and (len(found) >= 3 or _looks_sent(lines[index : index + 4]))
    )


def _looks_sent(lines: Sequence[Line]) -> bool:
    """A block of two headers only counts when it shows an address or a time as mail programs write them."""
    text = " ".join(line.text[:LONG] for line in lines)
    return bool(_ADDRESS.search(text) or _TIME.search(text))


def _header(text: str) -> str | None:
    match = _LABEL.match(text[:LONG]) if len(text) < 20_000 else None
    return HEADER_LABELS.get(match[1].strip().casefold()) if match else None


def _attribution(lines: list[Line], index: int) -> int | None:
    """Where an attribution that ends at this line begins, or None."""
    text = lines[index].text.rstrip()
    if not text or len(text) > LONG:
        return None
    ends = text.endswith((":", "：", "写道", "wrote", "schrieb", "написал(а)", ":*", ": -----"))
    if not ends:
        return None
    joined = ""
    for back in range(WINDOW):
        at = index - back
        if at < 0 or lines[at].kind is not Kind.NEW or not lines[at].text.strip():
            return None
        joined = f"{lines[at].text.strip()} {joined}".strip()
        if len(joined) > LONG:
            return None
        if _DIGIT_OR_AT.search(joined) and _is_attribution(joined):
            return _with_its_date(lines, at)
    return None


def _with_its_date(lines: list[Line], at: int) -> int:
    """The attribution matched without its first lines: the ones right above that begin with the date belong to it."""
    for back in range(1, WINDOW):
        above = at - back
        if above < 0 or lines[above].kind is not Kind.NEW or not lines[above].text.strip():
            break
        text = lines[above].text[:LONG]
        if _OPENER.match(text.strip()) and (_DATE.search(text) or _TIME.search(text)):
            return above
    return at


def _is_attribution(text: str) -> bool:
    text = _INVISIBLE.sub("", text).replace("\xa0", " ").strip().strip("*_").strip()
    if _THE_BAT.match(text) or _VERB_AND_DATE.search(text):
        return True
    when, who = bool(_DATE.search(text) or _TIME.search(text)), bool(_ADDRESS.search(text))
    if _VERB.search(text):
        return when or who
    if when and (who or _OPENER.match(text)) and _VERB_ANYWHERE.search(text):
        return True
    return who and bool(_OPENER.match(text)) and bool(_TIME.search(text))


def _attribution_before(lines: list[Line], index: int) -> int:
    """The start of an unknown attribution right above a quote: a line with a colon that names a time or an address."""
    at = index
    while at > 0 and index - at < 3 and not lines[at - 1].text.strip():
        at -= 1
    last = at - 1
    if last < 0 or lines[last].kind is not Kind.NEW or not lines[last].text.rstrip().endswith((":", "：")):
        return index
    text = lines[last].text[:LONG]
    if not (_ADDRESS.search(text) or _TIME.search(text) or _VERB.search(text)):
        return index
    start = last
    while (
        start > 0
        and last - start < 2
        and lines[start - 1].text.strip()
        and _OPENER.match(lines[start - 1].text)
        and (_DATE.search(lines[start - 1].text) or _TIME.search(lines[start - 1].text))
    ):
        start -= 1
    return start


def _rule_before(lines: list[Line], index: int) -> int:
    """The line that is drawn above a block of headers belongs to it."""
    at = index
    while at > 0 and index - at < 2 and not lines[at - 1].text.strip():
        at -= 1
    return at - 1 if at > 0 and _RULE.match(lines[at - 1].text[:LONG]) and lines[at - 1].text.strip() else index


def _quote_follows(lines: list[Line], index: int) -> bool:
    """A prefixed or contained quote comes next, blank lines aside."""
    for at in range(index, min(index + 6, len(lines))):
        if lines[at].kind is Kind.QUOTED:
            return True
        if lines[at].text.strip():
            return False
    return False


def _mark_orphans(lines: list[Line]) -> None:
    """Ends of prefixed lines that lost their prefix on the way; below an answer on top a single line is such an end."""
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


# --- what servers put in front, signatures, what they put behind -----------------------------------------------------


def _without_front(lines: list[Line]) -> list[Line]:
    """Warnings of gateways at the top become quoted; a mere tag is taken off its line."""
    index = found = 0
    while index < len(lines) and index < 60:
        line = lines[index]
        if not line.text.strip() or _RULE.match(line.text[:LONG]):
            index += 1
            continue
        tag = FRONT_TAG.match(line.text[:LONG])
        rest = line.text[tag.end() :] if tag else line.text
        if tag and not FRONT.search(rest[:LONG]) and not _is_warning_word(rest):
            lines[index] = replace(line, text=rest.strip())
            index += 1
            if rest.strip():
                break
            continue
        end = _front_end(lines, index)
        if end == index:
            break
        index = found = end
    _quote(lines, 0, index if found else 0)
    return lines


def _is_warning_word(text: str) -> bool:
    return _flat(text).strip("!:. ") in (
        "внимание",
        "caution",
        "warning",
        "осторожно",
        "achtung",
        "attention",
        "важно",
        "external",
    )


def _front_end(lines: list[Line], index: int) -> int:
    """Where a gateway's warning that begins here ends; `index` when none does."""
    paragraph = []
    at = index
    while at < len(lines) and lines[at].text.strip() and at - index < 8 and lines[at].kind is Kind.NEW:
        paragraph.append(lines[at].text.strip()[:LONG])
        at += 1
    hits = [number for number, text in enumerate(paragraph) if FRONT.search(text) or _is_warning_word(text)]
    joined = bool(FRONT.search(" ".join(paragraph)[:2000]))
    if not joined or not hits or hits[0] > 1:
        return index
    end = hits[-1]
    while (
        end + 1 < len(paragraph) and len(paragraph[end]) > WRAPPED and not re.search(r"[.!?:*\]]\s*$", paragraph[end])
    ):
        end += 1  # the warning's last sentence is wrapped
    return index + end + 1


def _mark_signatures(lines: list[Line]) -> None:
    """In each stretch of new lines: from the first sign of a signature on, a postscript excepted."""
    inside = False
    written = False
    for index, line in enumerate(lines):
        if line.kind in (Kind.HIDDEN, Kind.STRUCK):
            continue
        if line.kind is not Kind.NEW:
            inside = inside and line.kind is Kind.SIGNATURE
            continue
        text = line.text.strip()
        if inside and _POSTSCRIPT.match(text):
            inside = False
        elif not inside and text and _starts_signature(text, lines, index, written):
            inside = True
        written = written or bool(text and not inside)
        if inside:
            lines[index] = replace(line, kind=Kind.SIGNATURE)


def _starts_signature(text: str, lines: list[Line], index: int, written: bool) -> bool:
    if _SIGNATURE_RULE.match(text):
        return written or text == "--"
    if len(text) > LONG:
        return False
    if _RULE.match(text):  # a line drawn above a signature belongs to it; above anything else it means nothing
        below = next((at for at in range(index + 1, min(index + 4, len(lines))) if lines[at].text.strip()), None)
        follows = below is not None and lines[below].kind is Kind.NEW and not _RULE.match(lines[below].text[:LONG])
        return follows and below is not None and _starts_signature(lines[below].text.strip(), lines, below, written)
    flat = " ".join(_INVISIBLE.sub("", text).replace("\xa0", " ").split())
    lowered = flat.strip("*_ ").lower()
    if _CLOSING.match(_keep_capitals(flat.strip("*_ "))):
        return True
    if MOBILE.match(lowered):
        return True
    window = " ".join(line.text.strip() for line in lines[index : index + 3] if line.kind is Kind.NEW)
    return bool(BEHIND.search(flat)) or (written and len(flat) > 40 and bool(BEHIND.match(window[:LONG])))


def _keep_capitals(text: str) -> str:
    """The closing phrase in lower case, what follows it as it is: a name has a capital, a sentence has not."""
    lowered = text.lower()
    length = max((len(phrase) for phrase in CLOSINGS if lowered.startswith(phrase)), default=0)
    return lowered[:length] + text[length:]
