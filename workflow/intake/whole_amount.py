"""A yes beside the amount that was asked for (“СОГЛАСОВАНО 12 000,50 руб.”): no other amount, but the same one."""

from __future__ import annotations

import re
from dataclasses import replace

from values.money import amount_currency, parse_amount
from workflow.front import MAX_TEXT
from workflow.intake.answer import Answer
from workflow.keywords import Action, Decision

ALL_OF_IT = "100%"
"""Stands in the place of the amount while the words around it are read once more."""
_AMOUNT = re.compile(
    r"(?<![\w.,/№#-])\d(?:[\d\s.,]*\d)?(?:[ \t\xa0]*(?:руб\w*\.?|р\.|₽|rub\b|\$|usd\b|€|eur\b))?(?![\w%/-])",
    re.IGNORECASE,
)


def with_whole_amount(answer: Answer, said: Decision) -> Decision:
    """The decision once more, where only a number made it doubtful and that number is the request's own amount."""
    if said.doubt not in ("number", "terms") or said.seen != (Action.APPROVE,):
        return said
    request, found = answer.request, []

    def whole(match: re.Match[str]) -> str:
        named = amount_currency(match[0])
        if parse_amount(match[0], request.currency) != request.amount or named not in (None, request.currency):
            return match[0]
        found.append(match[0])
        return ALL_OF_IT

    text = _AMOUNT.sub(whole, answer.letter.new_text[:MAX_TEXT])
    again = answer.judge(replace(answer.letter, new_text=text), answer.allowed(), answer.taken())
    return replace(again, comment=again.comment.replace(ALL_OF_IT, found[0])) if found and again.action else said
