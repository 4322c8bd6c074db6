"""What a confirmation of bank details must say: whom somebody called, and on which number.

A signature holds a name and a number too, so the passage must speak of a call; a call that was not answered confirms
nothing.
"""

from __future__ import annotations

import re

_CALL = re.compile(
    r"(?<!\w)(?:по|пере|про|до|со)?звон\w*|(?<!\w)(?:по|пере)?говорил\w*|(?<!\w)разговарива\w*|(?<!\w)связал\w*|"
    r"\bcall(?:ed)?\b|\bphoned?\b|\bspoke\b|\btalked\b|\brang\b", re.IGNORECASE
)  # fmt: skip
_IN_VAIN = re.compile(
    r"(?<!\w)не\s+(?!тольк)|(?<!\w)нет\b|(?<!\w)недоступ\w*|(?<!\w)занят\w*|\bnot\b|n't\b|\bunable\b|\bfailed\b|"
    r"\bno\s+(?:answer|reply)\b|\bbusy\b|(?<!\w)(?:позвоню|перезвоню|созвонимся|звоните|позвоните)\b|\bwill\s+call\b|"
    r"\bplease\s+call\b|\bcall\s+me\b", re.IGNORECASE
)  # fmt: skip
_DATE = re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?![\d.])|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d\b")
_PHONE = re.compile(r"(?<![\w+])\+?\d(?:[\s\u00a0().–-]{0,3}\d){4,14}(?!\w)")
_WORD = re.compile(r"[^\W\d_]{3,}")
_EMPTY = frozenset({
    "для", "его", "ему", "него", "них", "она", "они", "был", "была", "это", "как", "что", "там", "тут", "кому", "какой",
    "каком", "какому", "тел", "телефону", "телефон", "номер", "номеру", "номера", "моб", "сегодня", "вчера", "только",
    "верно", "реквизиты", "счет", "счёт", "все", "всё", "подтверждаю", "подтвердили", "подтвердил", "подтвердила",
    "the", "and", "them", "him", "her", "his", "their", "whom", "which", "number", "phone", "today", "yesterday",
    "details", "account", "are", "correct", "have", "has", "was", "confirm", "confirmed", "all", "with",
})  # fmt: skip
SIGNIFICANT = 7
"""So many last digits tell a number, however its country and city are written."""


def call_in(words: str) -> str:
    """The passage that names a call: a person and a number; empty when there is none."""
    for passage in re.split(r"\n\s*\n", words):
        plain = _DATE.sub(" ", passage)
        if not _CALL.search(plain) or _IN_VAIN.search(plain) or not _PHONE.search(plain):
            continue
        left = _CALL.sub(" ", _PHONE.sub(" ", plain))
        if any(word.casefold() not in _EMPTY for word in _WORD.findall(left)):
            return " ".join(passage.split())
    return ""


def called(passage: str) -> frozenset[str]:
    """The numbers in it, as far as they tell one from another."""
    return frozenset(_tail(number) for number in _PHONE.findall(_DATE.sub(" ", passage)))


def is_called(passage: str, phones: str) -> bool:
    """Does it name one of the numbers known before? With none known any will do."""
    known = called(phones)
    return not known or bool(known & called(passage))


def _tail(number: str) -> str:
    return re.sub(r"\D", "", number)[-SIGNIFICANT:]
