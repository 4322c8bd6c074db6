"""What mail programs put above a quote: "On … wrote:", a block of headers, the line drawn over it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.lines import INVISIBLE, LONG, RULE, Kind, Line
from mailer.phrases import HEADER_LABELS, VERBS

WINDOW = 4
"""An attribution is wrapped over so many lines at most."""
_ADDRESS = re.compile(r"[^\s<>@,;\"]{1,80}@[^\s<>@,;\"]{1,120}")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年)|(?:19|20)\d\d"
)
ANY_VERB = "|".join(sorted(map(re.escape, VERBS), key=len, reverse=True))
_VERB = re.compile(
    r"(?:(?<=\s)|(?<=^)|(?<=>)|(?<=[\u3040-\u9fff\d\"]))(?:" + ANY_VERB + r")"
    r"\s*(?:[-–—:：]|$)", re.IGNORECASE,
)  # fmt: skip
_VERB_ANYWHERE = re.compile(r"(?<![^\W_])(?:" + ANY_VERB + r")(?![^\W_])", re.IGNORECASE)
_VERB_AND_DATE = re.compile(r"(?<![^\W_])(?:" + ANY_VERB + r")[\s,]+\d[\d\s.:/,-]{7,24}:$", re.IGNORECASE)
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
_DIGIT_OR_AT = re.compile(r"[@\d]")
_WROTE_TO_US = re.compile(r"^вы писали\b|\byou wrote:$|^du schriebst\b", re.IGNORECASE)
_GREETS = re.compile(
    r"^(?:здравствуйте|приветствую|добрый день|hello|hi|hallo|dear)\b[^.!?:]{0,60}[.,!]?$", re.IGNORECASE
)
"""The Bat! greets whom it quotes: “Здравствуйте, Платежи.”, a blank line, “Вы писали …:”."""
_ANGLED = re.compile(r"<[^<>\s]{1,80}@[^<>\s]{1,120}>")
_THE_BAT = re.compile(r"^вы писали .{4,60}:$|^(?:you wrote|du schriebst).{0,60}:$", re.IGNORECASE)


def attribution(lines: list[Line], index: int) -> int | None:
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
            return _with_its_greeting(lines, _with_its_date(lines, at), joined)
    return None


def _with_its_greeting(lines: list[Line], at: int, text: str) -> int:
    """The program's own greeting above “Вы писали …:” belongs to the quotation."""
    if not _WROTE_TO_US.search(text):
        return at
    above = at - 1
    while above > 0 and at - above < 3 and not lines[above].text.strip():
        above -= 1
    greets = above >= 0 and lines[above].kind is Kind.NEW and _GREETS.match(lines[above].text[:LONG].strip())
    return above if greets and above < at - 1 else at


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
    text = INVISIBLE.sub("", text).replace("\xa0", " ").strip().strip("*_").strip()
    if _THE_BAT.match(text) or _VERB_AND_DATE.search(text):
        return True
    when, who = bool(_DATE.search(text) or _TIME.search(text)), bool(_ADDRESS.search(text))
    if _VERB.search(text):
        return when or who
    if when and (who or _OPENER.match(text)) and _VERB_ANYWHERE.search(text):
        return True
    return who and bool(_OPENER.match(text)) and bool(_TIME.search(text))


def attribution_before(lines: list[Line], index: int) -> int:
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


def starts_header_block(lines: list[Line], index: int) -> bool:
    """Two or three quoted headers in a row, the first of them From, or Sent or To beside a From."""
    first = _header(lines[index].text)
    if first is None:
        return _looks_like_headers(lines[index : index + 4]) or _looks_like_notes(lines[index : index + 12])
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


def without_headers(text: str) -> str:
    """A quoted text without the headers that mail programs put above it ("From", "Sent", "To", "Subject")."""
    lines = [Line(line) for line in text.split("\n")]
    kept, at = [], 0
    while at < len(lines):
        if _header(lines[at].text) is None or not starts_header_block(lines, at):
            kept.append(lines[at].text)
            at += 1
            continue
        while at < len(lines) and _header(lines[at].text) is not None:
            at += 1
    return "\n".join(kept)


def _looks_sent(lines: Sequence[Line]) -> bool:
    """A block of two headers only counts when it shows an address or a time as mail programs write them."""
    text = " ".join(line.text[:LONG] for line in lines)
    return bool(_ADDRESS.search(text) or _TIME.search(text))


def _looks_like_headers(lines: Sequence[Line]) -> bool:
    """Headers in an unknown language: labels in a row, one with an address in angles, one with date and time."""
    if any(_header(line.text) for line in lines):  # a known block begins where it begins, not at “APPROVE: …” above
        return False
    values = [match[2] for line in lines if (match := _LABEL.match(line.text[:LONG]))]
    if len(values) < len(lines) or len(values) < 3 or not _ANGLED.search(" ".join(values[:2])):
        return False
    return any(_DATE.search(value) and _TIME.search(value) for value in values)


def _looks_like_notes(lines: Sequence[Line]) -> bool:
    """Lotus Notes: the author's address, below it date and time alone, then labels on lines of their own."""
    texts = [line.text[:LONG].strip() for line in lines if line.text.strip()]
    if len(texts) < 3 or not _ADDRESS.search(texts[0]) or not _TIME.search(texts[1]) or not _DATE.search(texts[1]):
        return False
    return len(texts[1]) < 30 and HEADER_LABELS.get(texts[2].casefold()) == "to"


def _header(text: str) -> str | None:
    match = _LABEL.match(text[:LONG]) if len(text) < 20_000 else None
    return HEADER_LABELS.get(match[1].strip().casefold()) if match else None


def rule_before(lines: list[Line], index: int) -> int:
    """The line that is drawn above a block of headers belongs to it."""
    at = index
    while at > 0 and index - at < 2 and not lines[at - 1].text.strip():
        at -= 1
    return at - 1 if at > 0 and RULE.match(lines[at - 1].text[:LONG]) and lines[at - 1].text.strip() else index
