"""What a comment behind a yes asks for besides the payment: other terms, a later day, something to be done first.

Such sentences cannot all be listed, so it is turned round: where a sentence speaks of paying, or tells somebody to do
something, its words must be known to mean no harm. A comment that does neither ("project Alpha, item 12") is free.
"""

from __future__ import annotations

import re

from workflow.contrary import without_numbers
from workflow.permission import without_last_day
from workflow.tokens import Token, tokens_of
from workflow.wordlist import BEHIND_APPROVE, HARMLESS_ORDERS, NO_ORDERS, ROUND_A_CARD, ROUND_A_PAYMENT

_CLAUSES = re.compile(r"[.!;:,()\n]")
_PAYS = re.compile(
    r"(?:оплат|оплач|заплат|выплат|перечисл|переведи|переведем|перевести)\w*|плат(?:и|им|ит|ите|ить|ят)|провести|"
    r"произвести|осуществить|pay|paying|wire|transfer"
)
_CARD = re.compile(r"реквизит\w*|сумм\w*|цен[аыуе]|ценой|скидк\w*|получател\w*|price|discount|details|amount")
_ORDERS = re.compile(r"[а-я-]{2,}(?:йте|ите|ьте|йтесь|итесь|ьтесь)|[а-я]{2,}(?:(?<!л)ись|йся|(?<!т)ься)")
_LATER_PAYMENT = re.compile(r"\bpayment (?:upon|against|via|in (?!full|total))", re.IGNORECASE)
_SHARES = re.compile(r"(?<![\d.,/])(\d\d)\s?[/:]\s?(\d\d)(?![\d.,/])")
_FROM_DAY = re.compile(
    r"^[\s,:—–-]*(?:но\s+)?(?:с|со|from|as of|starting|effective)\s+(?:\d|понедельника|вторника|среды|четверга|пятницы|"
    r"следующ|нового|(?:янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)|(?:mon|tues|wednes|thurs|fri)day|next\b|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))",
    re.IGNORECASE,
)


def other_terms(behind: str, cyrillic: bool) -> str:
    """The part of a comment that asks for something else than the payment as it was asked for; empty for none."""
    if _FROM_DAY.match(behind) or _LATER_PAYMENT.search(behind) or _in_shares(behind):
        return behind.strip()[:80]
    lines = (without_numbers(without_last_day(line)) for line in behind.split("\n"))
    clauses = (part for line in lines for part in _CLAUSES.split(line))
    return next((part.strip()[:80] for part in clauses if _is_another(tokens_of(part, cyrillic))), "")


def _in_shares(text: str) -> bool:
    """“50/50” is no day of the year."""
    return any(int(first) + int(second) == 100 for first, second in _SHARES.findall(text))


def _is_another(words: list[Token]) -> bool:
    for about, known in ((_PAYS, ROUND_A_PAYMENT), (_CARD, ROUND_A_CARD)):
        if any(about.fullmatch(form) for word in words for form in word.forms):
            return not all(_is_usual(word, known) for word in words)
    forms = {form for word in words for form in word.forms} - HARMLESS_ORDERS - NO_ORDERS
    return any(map(_ORDERS.fullmatch, forms))


def _is_usual(word: Token, known: frozenset[str]) -> bool:
    return any(form == "100" or form in known or form in BEHIND_APPROVE for form in word.forms)
