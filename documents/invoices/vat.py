"""VAT as it is worded in purposes and totals: a rate and an amount inside, or the statement that there is none.

`vat = round_half_up(amount * rate / (100 + rate), 2)`; a stated amount that differs by more than a kopeck a rate is
told, not corrected: mixed rates and rounding by line are legal.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from documents.invoices.model import Doubt, Found, Source
from documents.invoices.numbers import AMOUNT, read_amount
from values.text import one_line

# The standard rate of Russia by the first day it holds from.
STANDARD_RATES: tuple[tuple[date, int], ...] = ((date(2019, 1, 1), 20), (date(2026, 1, 1), 22))
NONE = "none"

_WITHOUT = re.compile(
    r"(?<!\w)(?:без\s*(?:налога\s*)?\(?\s*ндс\)?|ндс[\s:.,–—-]*не\s+(?:облагается|предусмотрен|начисляется)|"
    r"не\s+облагается\s+ндс|ндс\s*[:–—-]\s*(?:нет|без\s+ндс))(?!\w)",
    re.IGNORECASE,
)
_RATE = r"\(?\s*(?:по\s+ставке\s*)?(?P<rate>\d{1,2})(?:/1\d\d)?\s*%\s*\)?"
_STATED = re.compile(
    rf"(?<!\w)(?:ндс|налог\w*\s*\(ндс\))\s*{_RATE}[\s:=–—-]{{0,6}}(?:(?:руб\w*|rub)\.?\s*)?(?P<amount>{AMOUNT})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Vat:
    """What a text says of VAT; `rate` is "mixed" where several stand."""

    kind: Literal["with_vat", "without_vat", "unknown"]
    rate: str | None = None
    amount: str | None = None


def read_vat(text: str) -> Vat:
    """Read the wording of VAT in one line or purpose."""
    line = one_line(text)
    stated = [(int(match["rate"]), _amount(match["amount"])) for match in _STATED.finditer(line)]
    if stated:
        rates = {rate for rate, _ in stated}
        amounts = [Decimal("0.00") if rate == 0 and amount is None else amount for rate, amount in stated]
        known = [amount for amount in amounts if amount is not None]
        total = f"{sum(known):.2f}" if len(known) == len(stated) else None
        return Vat("with_vat", "mixed" if len(rates) > 1 else str(rates.pop()), total)
    return Vat("without_vat") if _WITHOUT.search(line) else Vat("unknown")


def _amount(text: str | None) -> Decimal | None:
    return read_amount(text) if text else None


def vat_inside(amount: Decimal, rate: int | Decimal) -> Decimal:
    """The VAT that an amount holds."""
    return (amount * rate / (100 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def vat_fits(amount: str | None, rate: str | None, vat: str | None) -> bool | None:
    """Say whether a stated VAT is the one inside the amount; None when that cannot be told."""
    if amount is None or vat is None or rate is None or not rate.isdigit():
        return None
    return abs(vat_inside(Decimal(amount), int(rate)) - Decimal(vat)) <= Decimal("0.01")


def vat_found(text: str, amount: str | None, source: Source, place: str) -> list[Found]:
    """The values that a wording gives; proven where the sum fits the rate."""
    vat = read_vat(text)
    if vat.kind == "without_vat":
        return [Found("vat_rate", NONE, source, place)]
    proven = bool(vat_fits(amount, vat.rate, vat.amount))
    found = [Found("vat_rate", vat.rate, source, place, proven)] if vat.rate else []
    return found + ([Found("vat_amount", vat.amount, source, place, proven)] if vat.amount else [])


def vat_doubts(amount: str | None, rate: str | None, vat: str | None, invoice_date: str | None) -> list[Doubt]:
    """What is odd about a stated VAT."""
    doubts: list[Doubt] = []
    if vat_fits(amount, rate, vat) is False:
        doubts.append(("vat_unlike", f"{rate} %, {vat}"))
    if rate == "20" and invoice_date and invoice_date >= STANDARD_RATES[-1][0].isoformat():
        doubts.append(("vat_old_rate", f"20 %, {invoice_date}"))
    return doubts
