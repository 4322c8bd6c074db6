"""A part of the sum in the accountant's words: "paid 5 000 of 12 000". Only what can mean one thing is read.

With nothing paid before, a sum "of" the request's whole amount is a part. Later a bare part might as well be the sum of
all parts, so that a word must say which: "further 3 000", "in all 8 000". Everything else is asked back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from values.money import amount_currency, parse_amount
from workflow.core.model import Request
from workflow.core.payment import paid_so_far, rest_of

_SUM = r"\d(?:[\d \u00a0\u202f.,']*\d)?(?:\s*(?:руб\w*|р|коп\w*|(?!out\b)[a-z]{3}|[₽€$£])\.?)?"
_PART = re.compile(
    rf"\s*[:,—–-]?\s*(?P<partly>частично|часть|частью|partly|partially|part|in part)?\s*[:,—–-]?\s*"
    rf"(?:(?P<all>всего|итого|in all|in total|total)|(?P<more>ещ[её]|(?:a\s+)?further))?\s*:?\s*(?P<sum>{_SUM})\s*"
    rf"(?:(?:из|of|out of)\s+(?P<whole>{_SUM})\s*)?"
    rf"(?:[,;(—–-]?\s*(?:осталось|остал(?:ся|ось)\s+\w+|остаток|left|the rest is|rest)\s*:?\s*(?P<left>{_SUM})\)?)?"
    r"(?P<behind>\s*(?:[,;.\n(].*)?)$", re.IGNORECASE | re.DOTALL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """What was paid, now or (`total`) in all, and the words that are left."""

    amount: Decimal
    total: bool
    behind: str


def part_in(text: str, request: Request) -> Part | None:
    """The part that the words behind PAID name; None where they name none, or might mean another."""
    match = _PART.match(text)
    if match is None:
        return None
    amount, whole, left = (_sum(match[name], request) for name in ("sum", "whole", "left"))
    if amount is None or (match["whole"] and whole != request.amount):
        return None
    total = _is_total(match, amount, request)
    if total is None:
        return None
    now = amount - paid_so_far(request) if total else amount
    if not 0 < now <= rest_of(request) or (match["left"] and left != rest_of(request) - now):
        return None
    return Part(amount, total, match["behind"])


def _is_total(match: re.Match[str], amount: Decimal, request: Request) -> bool | None:
    """Whether the sum is of all payments; None where that is not said."""
    if match["all"]:
        return True
    if match["more"]:
        return False
    said = match["whole"] or match["partly"] or match["left"]
    if not said:
        return None
    if not paid_so_far(request):
        return False
    return True if amount == request.amount and match["whole"] else None


def _sum(text: str | None, request: Request) -> Decimal | None:
    """A sum in the request's currency."""
    if not text:
        return None
    named = amount_currency(text)
    read = parse_amount(text.strip(" ."), request.currency or None)
    wrong = named is not None and named != request.currency
    return read if isinstance(read, Decimal) and not wrong else None
