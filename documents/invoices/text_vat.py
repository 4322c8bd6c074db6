"""The VAT that a text states: rates, amounts, or that there is none."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from documents.invoices.money_words import HEADING_OF_VAT, NO_STATEMENT, RATE_FIRST, VAT_LINE, VAT_WORD
from documents.invoices.numbers import read_amount
from documents.invoices.pick import Draft
from documents.invoices.vat import NONE, read_vat, vat_doubts, vat_fits, vat_inside

_RATES = (22, 20, 19, 10, 7, 5)
_BESIDE_VAT = re.compile(r"(?<!\w)(?:без|с)\s+(?:уч[её]т\w+\s+)?$", re.IGNORECASE)


def vat_of(texts: Sequence[str]) -> tuple[set[str], set[Decimal]]:
    """The rates and the amounts of VAT that a text states."""
    rates: set[str] = set()
    named: set[str] = set()
    vats: set[Decimal] = set()
    for text in texts:
        plain = NO_STATEMENT.sub(lambda match: "\x00" * len(match[0]), text)
        for match in (*VAT_LINE.finditer(plain), *RATE_FIRST.finditer(plain)):
            if _BESIDE_VAT.search(plain[: match.start()]):
                continue  # an amount with or without VAT is no amount of VAT
            amount = read_amount(match["amount"]) if match["amount"] else None
            is_money = amount is not None and _is_money(match["amount"], plain[match.end() :])
            if is_money and amount:
                vats.add(amount)
            named |= {match["rate"]} if match["rate"] else set()
            if match["rate"] and (
                is_money or match["rate"] == "0" or ("inside" in match.re.groupindex and match["inside"])
            ):
                rates.add(match["rate"].replace(",", "."))
    # Where some of the goods bear no tax and others do, no rate is that of the whole.
    return (rates if "0" not in rates or named <= {"0"} else set()), vats


def _is_money(amount: str, behind: str) -> bool:
    return re.search(r"[.,-]\d\d$", amount) is not None or re.match(r"\s?(?:руб|₽)", behind) is not None


def says_no_vat(texts: Sequence[str], vats: set[Decimal]) -> bool:
    """Say whether every word of VAT in the text says that there is none."""
    plain = [HEADING_OF_VAT.sub(" ", NO_STATEMENT.sub(" ", text)) for text in texts]
    about = [text for text in plain if VAT_WORD.search(text)]
    return bool(about) and not vats and all(read_vat(text.replace("\t", " ")).kind == "without_vat" for text in about)


def put_vat(draft: Draft, rates: set[str], vats: set[Decimal], without_vat: bool) -> None:
    """Keep what is said of VAT where it is one thing."""
    amount, day = draft.get("amount"), draft.get("invoice_date")
    if without_vat:
        draft.put("vat_rate", NONE, "text")
        return
    if len(vats) > 1:
        draft.doubt("several_vat", (str(vat) for vat in vats))
        return
    vat = f"{vats.copy().pop():.2f}" if vats else None
    if len(rates) > 1:
        draft.doubt("several_vat", (f"{rate} %" for rate in rates))
        return
    rate, computed = (rates.copy().pop(), False) if rates else (_rate_that_fits(amount, vat), True)
    if vat:
        draft.put("vat_amount", vat, "text", bool(vat_fits(amount, rate, vat)))
    if rate:
        draft.put("vat_rate", rate, "text", bool(vat_fits(amount, rate, vat)), "computed" if computed else None)
    draft.doubts += vat_doubts(amount, rate, vat, day if draft.get("currency") == "RUB" else None)


def is_inside(amount: Decimal, vat: Decimal, stated: Iterable[str] = ()) -> bool:
    """Say whether an amount holds this VAT, at a usual rate or a stated one."""
    rates = (*map(Decimal, _RATES), *(Decimal(rate.replace(",", ".")) for rate in stated))
    return any(abs(vat_inside(amount, rate) - vat) <= Decimal("0.01") for rate in rates)


def _rate_that_fits(amount: str | None, vat: str | None) -> str | None:
    fitting = [rate for rate in _RATES if vat_fits(amount, str(rate), vat)]
    return str(fitting[0]) if len(fitting) == 1 else None
