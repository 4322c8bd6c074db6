"""Answers without labels: a value alone ("15 000,00", "9660668898, опечаталась") that fits one line we asked for.

It is taken where it can be nothing else: its shape and its check digits fit one of the lines that are missing, and no
other. In corrections of a request that goes on already, words count when they say that something was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal

from mailer.labels import BULLET
from values.dates import parse_date
from values.flaw import Flaw
from values.money import parse_amount
from workflow.core.model import Request
from workflow.intake.own_words import own_words
from workflow.intake.prose import Listener, Prose, read_prose
from workflow.intake.spread import PARSERS

MOST_WORDS = 6
"""A line with more words beside its number tells something."""
LONG_NUMBER = 9
"""So many digits in a row are no amount."""
_NUMBER = re.compile(r"(?<![\w+])[A-Z0-9](?:[A-Z0-9]|[ -](?=[A-Z0-9]{2,}))*[A-Z0-9](?!\w)")
_PHONE = re.compile(r"\b(?:тел|моб|факс|доб|phone|tel|mob|fax|ext)\b|\+\d|\(\d{3,5}\)", re.IGNORECASE)
_NOT = re.compile(r"\b(?:не|not|вместо|instead\s+of|был[ао]?|was)\W+$", re.IGNORECASE)
_CORRECTS = re.compile(
    r"\b(?:ошиб\w*|опечат\w*|исправ\w*|правильн\w*|верн(?:ая|о|ый|ую|ой)\b|поправ\w*|измен\w*|поменя\w*|вместо|"
    r"не\s+\S[^.!?\n]{0,40},?\s+а\s|mistake\w*|typo\w*|correct\w*|should\s+be|instead\s+of|wrong|change\w*\s)",
    re.IGNORECASE,
)
_NOT_BUT = re.compile(r"\b(?:не|not)\s+\d[^\n!?]{0,30}?,?\s+(?:а|but)\s", re.IGNORECASE)


def bare_answers(text: str, asked: Collection[str], listener: Listener) -> dict[str, str]:
    """Field and value of each line that is nothing but the answer to one of our questions."""
    found: dict[str, set[str]] = {}
    for line in own_words(text, listener.names, listener.writer).text.split("\n"):
        bare = BULLET.sub("", line.strip())
        if not bare or _PHONE.search(bare):
            continue
        for name, value in _fitting(bare, asked, listener.today):
            if value != listener.company_inn:
                found.setdefault(name, set()).add(value)
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def _fitting(line: str, asked: Collection[str], today: date) -> list[tuple[str, str]]:
    numbers = [match for match in _NUMBER.finditer(line) if sum(c.isdigit() for c in match[0]) >= LONG_NUMBER - 1]
    if numbers:
        words = re.findall(r"[^\W\d_]+", _NUMBER.sub(" ", line))
        if len(words) > MOST_WORDS or len(numbers) > 1 or _NOT.search(line[: numbers[0].start()]):
            return []
        fits = [(name, numbers[0][0]) for name in PARSERS if name in asked and _is_whole(name, numbers[0][0])]
        return fits if len(fits) == 1 else []
    amount, day = parse_amount(line.rstrip(" .")), parse_date(line, today)
    if "amount" in asked and isinstance(amount, Decimal) and isinstance(day, Flaw):
        return [("amount", line.rstrip(" ."))]
    return []


def _is_whole(name: str, text: str) -> bool:
    return isinstance(PARSERS[name](text), str)


def corrected(text: str, request: Request, listener: Listener) -> Mapping[str, str]:
    """The amount or the day that he says should stand instead ("Ошиблась, сумма 13 000,50", "не 12 000, а 13 000")."""
    if not _CORRECTS.search(text):
        return {}
    prose = read_prose(_NOT_BUT.sub(" ", text), "", False, listener)
    if prose.keeps is not None:
        return {}
    amount = _other(prose, "amount", request, parse_amount)
    day = _other(prose, "pay_by", request, lambda said: parse_date(said, listener.today))
    return {name: said for name, said in (("amount", amount), ("pay_by", day)) if said}


def _other(prose: Prose, name: str, request: Request, parse: Callable[[str], object]) -> str:
    """What was said of a line, when it is one value other than the one that stands there."""
    said = prose.rivals.get(name, (prose.typed[name],) if name in prose.typed else ())
    new = [text for text in said if str(parse(text)) != request.value(name)]
    return new[0] if len(new) == 1 and len(said) <= 2 else ""
