"""What stands around a person's own words: warnings of gateways in front, a signature or a disclaimer behind."""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.lines import INVISIBLE, LONG, RULE, Kind, Line, flattened, quote
from mailer.phrases import BEHIND, CLOSINGS, FRONT, FRONT_TAG, MOBILE

WRAPPED = 55
"""A line of a warning that is at least so long may go on in the next."""
_CLOSING = re.compile(
    r"^(?:"
    + "|".join(sorted(map(re.escape, CLOSINGS), key=len, reverse=True))
    + r")\s*(?:[,.!;:—–-].{0,80}|\s[A-ZА-ЯЁ].{0,60})?$"
)
_WARNING = re.compile(
    r"^\W{0,6}(?:внимание|осторожно|предупреждение|caution|warning|attention|notice|external|внешн\w+)\b.{0,120}"
    r"(?:(?:письмо|сообщение)\b.{0,60}(?:внешн|извне|пределами)|(?:e-?mail|message)\b.{0,60}(?:outside|external)|"
    r"не (?:открывайте вложени|переходите по ссылк)|do not (?:click (?:on )?(?:any )?link|open attachment))",
    re.IGNORECASE,
)
"""A gateway's warning that it puts below the text."""
_ENDS_WARNING = re.compile(r"(?:[.!?:*\]]|(?:is|это) (?:important|важно))\s*$", re.IGNORECASE)
_SIGNATURE_RULE = re.compile(r"^(?:--|—|–)$")
_POSTSCRIPT = re.compile(r"^(?:p\.?\s?p?\.?s\b\.?|п\.?\s?с\.|зы\b|з\.\s?ы\.|ps\b)", re.IGNORECASE)


def without_front(lines: list[Line]) -> list[Line]:
    """Warnings of gateways at the top become quoted; a mere tag is taken off its line."""
    index = found = 0
    while index < len(lines) and index < 60:
        line = lines[index]
        if not line.text.strip() or RULE.match(line.text[:LONG]):
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
    quote(lines, 0, index if found else 0)
    return lines


def _is_warning_word(text: str) -> bool:
    return flattened(text).strip("!:. ") in (
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
    while end + 1 < len(paragraph) and len(paragraph[end]) > WRAPPED and not _ENDS_WARNING.search(paragraph[end]):
        end += 1  # the warning's last sentence is wrapped
    return index + end + 1


def mark_signatures(lines: list[Line]) -> None:
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
    if RULE.match(text):  # a line drawn above a signature belongs to it; above anything else it means nothing
        below = next((at for at in range(index + 1, min(index + 4, len(lines))) if lines[at].text.strip()), None)
        follows = below is not None and lines[below].kind is Kind.NEW and not RULE.match(lines[below].text[:LONG])
        return follows and below is not None and _starts_signature(lines[below].text.strip(), lines, below, written)
    flat = " ".join(INVISIBLE.sub("", text).replace("\xa0", " ").split())
    lowered = flat.strip("*_ ").lower()
    if _CLOSING.match(_keep_capitals(flat.strip("*_ "))):
        return True
    if MOBILE.match(lowered) or (written and _WARNING.match(flat)):
        return True
    window = " ".join(line.text.strip() for line in lines[index : index + 3] if line.kind is Kind.NEW)
    return bool(BEHIND.search(flat)) or (written and len(flat) > 40 and bool(BEHIND.match(window[:LONG])))


def _keep_capitals(text: str) -> str:
    """The closing phrase in lower case, what follows it as it is: a name has a capital, a sentence has not."""
    lowered = text.lower()
    length = max((len(phrase) for phrase in CLOSINGS if lowered.startswith(phrase)), default=0)
    return lowered[:length] + text[length:]
