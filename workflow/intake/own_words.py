"""Somebody's own words made ready for reading: greetings and farewells cut off, what only looks like a value masked.

Masked are addresses, telephone numbers, times of day, shares, quantities, and papers with their numbers and dates. All
texts of one `OwnWords` have the same length, so that a place in one is the same place in the others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from values.spoken_days import spoken_days
from workflow.contrary import REFERENCE
from workflow.greeting import Greeting
from workflow.intake import wordings as w
from workflow.tokens import fold, has_cyrillic, tokens_of

MASK = "\x00"
_ANY_DAY = date(2026, 1, 1)
"""Here only the place of a date matters."""
MOST_LINES, LONGEST = 60, 3000

FAREWELL = re.compile(
    r"^\W*(?:с\s+(?:наилучшими\s+)?(?:уважением|пожелани\w+)|с\s+ув\.|(?:best|kind|warm)\s+(?:regards|wishes)|"
    r"regards|sincerely|yours|best,|br,|"
    r"отправлено\s+(?:с|из)|sent\s+from|get\s+outlook|--\s*$)", re.IGNORECASE,
)  # fmt: skip
_THANKS = re.compile(r"^\W*(?:(?:заранее\s+)?(?:большое\s+)?спасибо|благодарю|thanks|thank\s+you|"
    r"cheers)\b[^.!,\n]{0,30}[.!,]?\s*$", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\S+@\S+|\b(?:https?://|www\.)\S+|(?:\+7|\+\d{1,3}|\b8)[\s(-]{1,2}\d{3}[\s)-]{1,2}[\d\s-]{7,10}\d|\+\d{10,14}\b|"
    r"(?:тел|моб|phone|tel|mob|whatsapp|доб|вн|ext)\w*\.?\s*:?\s*[+\d][\d\s()-]{2,}|"
    r"(?:\b(?:до|в|к|с|by|at|until|before)\s+)?\b(?:[01]?\d|2[0-3]):[0-5]\d(?:\s*(?:мск|am|pm))?\b|\b(?:[01]?\d|"
    r"2[0-3])[.][0-5]\d\s*(?:мск|ч\b)|"
    r"(?:\b(?:до|в|к|с|by|at|until|before)\s+)?\b\d{1,2}\s*(?:час\w*|ч\.|am|pm|o'clock)\b|"
    r"\b\d+\s*(?:шт|штук\w*|пач\w*|кг|чел|человек|лиценз\w*|мест\w*|м2|кв\.?\s*м|мес\w*|месяц\w*|pcs|pieces|units?|"
    r"users?|seats?|months?|reams?|коробк\w*|упак\w*)\b\.?|"
    r"\b(?:инн|кпп|бик|огрн|р/с|к/с|inn|bic|iban|swift)\s*:?\s*[\w ]*\d{5,}|\b\d{9,}\b|"
    r"\b\d{4}(?: \d{4}){3}\b", re.IGNORECASE,
)  # fmt: skip
_MONEY_FOLLOWS = r"(?!\s?\d{3}(?!\d))(?!\s*(?:тыс|т\.|руб|р\.|р\b|₽|rub|eur|usd|€|\$|евро|долл|%|к\b))"
_PAPER = re.compile(
    r"\b(?P<kind>сч[её]т\w*(?:[- ]фактур\w*|[- ]договор\w*)?(?:\s+на\s+оплату)?|сч\.|инвойс\w*|invoice|inv\.?|bill|"
    r"договор\w*|дог\.|контракт\w*|contract|agreement|"
    r"заказ\w*|order|p\.?o\.?|акт\w*|накладн\w*|упд|спецификаци\w*|приложени\w*|заявк\w*|кп)\s*"
    r"(?P<number>(?P<sign>№|#|n[°º]|no\.?(?=\s*[\w-]*\d)|n(?=\s\w*\d)|номер|number|"
    r"num\.?)?\s*(?:[a-zа-яё]{1,6}[-/]?)?\d[\w/.-]*(?![\w]))"
    + _MONEY_FOLLOWS + r"|(?P<kind2>\bсч[её]т\w*|\bинвойс\w*|\binvoice|\bbill|\bдоговор\w*|\bконтракт\w*|\bcontract|"
    r"\bакт\w*)\s+(?=(?:от|dated|of)\s+\d)", re.IGNORECASE,
)  # fmt: skip
_SIGNED = re.compile(r"(?:№|#)\s*[\w/.-]*\d[\w/.-]*", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[;!?()\n\x01]|,(?!\d)|(?<!\d),|(?<!\bltd)(?<!\binc)(?<!\bcorp)[.](?=\s|$)|\s[-–—]+\s|—|:\s|"
    r"\s(?=(?:а\s+то|а\s+не\s+то|иначе|чтобы?|потому\s+что|так\s+как|because|otherwise|or\s+else|so\s+that)\b)"
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What he wrote, the same in lower case, and the same with a mask over everything that is no value of its own."""

    text: str
    folded: str
    masked: str
    pauses: tuple[tuple[int, int], ...] = ()
    """Where clauses are parted, in order."""
    invoice: str = ""
    """Number and date of the invoice, where he named both a number sign and the paper."""

    def clause(self, at: int) -> str:
        """The part between two pauses that holds this place."""
        start, end = self._bounds(at)
        return self.folded[start:end]

    def clause_before(self, at: int) -> str:
        return self.folded[self._bounds(at)[0] : at]

    def clause_after(self, at: int) -> str:
        return self.folded[at : self._bounds(max(at - 1, 0))[1]]

    def clause_end(self, at: int) -> int:
        return self._bounds(max(at - 1, 0))[1]

    def follows_pay(self, at: int) -> bool:
        """Is the word right before this place one of paying?"""
        before = self.folded[:at].rstrip()
        return bool(re.search(rf"\b(?:{w.PAYS})$", before))

    def _bounds(self, at: int) -> tuple[int, int]:
        place = bisect_right(self.pauses, at, key=lambda pause: pause[1])
        start = self.pauses[place - 1][1] if place else 0
        later = (pause[0] for pause in self.pauses[place : place + 2] if pause[0] >= at)
        return start, next(later, len(self.masked))


def own_words(text: str, names: Collection[str], writer: str = "") -> OwnWords:
    """Prepare a text; nothing is lost but greeting, farewell and what follows it."""
    kept = _without_frame(text[:LONGEST].replace("\t", " ").replace("\xa0", " ").replace("\u202f", " "), names, writer)
    folded = "".join(low if len(low := c.lower()) == 1 else c for c in kept).replace("ё", "е")
    masked, invoice = _masked(kept, folded)
    pauses = tuple(match.span() for match in _CLAUSE.finditer(masked))
    return OwnWords(kept, folded, masked, pauses, invoice)


def _without_frame(text: str, names: Collection[str], writer: str) -> str:
    """The lines between greeting and farewell."""
    known = frozenset(map(fold, names))
    greeting = Greeting(known, lambda _tokens, _at: False, has_cyrillic(text))
    kept: list[str] = []
    for line in text.split("\n")[:MOST_LINES]:
        if FAREWELL.match(line) or _is_own_name(line, writer):
            break
        tokens = tokens_of(line, has_cyrillic(line))
        at = greeting.end(line, tokens) if not kept or len(kept) < 2 else 0
        if tokens and at >= len(tokens):
            continue
        start = tokens[at].start if at and tokens else 0
        if kept and _is_name(line, known):  # his name alone on a line: a signature begins
            break
        if not _THANKS.match(line):
            kept.append(line[start:] if at else line)
    while kept and (not kept[-1].strip() or _is_name(kept[-1], known)):
        kept.pop()
    return "\n".join(kept).strip()


def _is_own_name(line: str, writer: str) -> bool:
    """His name and surname alone on a line: a signature begins."""
    own = {fold(word) for word in re.findall(r"[^\W\d_]+", writer)}
    return len(own) > 1 and {fold(word) for word in re.findall(r"[^\W\d_]+", line)} == own


def _is_name(line: str, known: Collection[str]) -> bool:
    words = [fold(word) for word in re.findall(r"[^\W\d_]+", line)]
    return 0 < len(words) <= 3 and all(word in known for word in words)


def _masked(text: str, folded: str) -> tuple[str, str]:
    """The folded text with masks, and the invoice that was named."""
    masked, invoice = folded, ""
    for match in _ELSEWHERE.finditer(folded):
        masked = _over(masked, match.start(), match.end())
    before = list(w.AS_BEFORE.finditer(masked))
    for match in (*before, *(REFERENCE.finditer(masked) if before else ())):
        masked = _over(masked, match.start(), match.end())
    for match in _PAPER.finditer(masked):
        start, end = match.start("number") if match["number"] else match.end(), match.end()
        close = (day for day in spoken_days(masked[end : end + 40], _ANY_DAY) if day.start <= 2 and day.lead == "of")
        dated = next(close, None)
        stop = end + dated.end if dated else end
        kind = match["kind"] or match["kind2"] or ""
        named = match["number"] and (match["sign"] or dated)
        if kind.startswith(("счет", "сч", "инв", "inv", "bill")) and named and not invoice:
            invoice = " ".join(text[start:stop].split())
        masked = _over(masked, start, stop)
    for match in _SIGNED.finditer(masked):
        masked = _over(masked, match.start(), match.end())
    return masked, invoice


def _over(text: str, start: int, end: int) -> str:
    return text[:start] + MASK * (end - start) + text[end:]
