"""The currency of the amount to pay: the one beside it, else the only one named."""

import re
from collections.abc import Iterable, Sequence

from documents.invoices.money_words import CURRENCIES, OTHER_CURRENCY
from documents.invoices.pick import Draft
from values.currencies import parse_currency
from values.money import amount_currency


def find_currency(texts: Sequence[str], money: str, draft: Draft) -> str | None:
    """The currency beside the amount, else the only one named; the account's own must agree."""
    beside = amount_currency(money) if money else None
    about = [text for text in texts if not OTHER_CURRENCY.search(text)]
    named = {_code(match[0]) for text in about for match in CURRENCIES.finditer(text)} - {None}
    in_account = draft.currency_of_accounts
    if beside == "USD" and re.search(r"(?<![A-Z])\$", money) and len(dollars := _dollars(texts)) == 1:
        beside = dollars.pop()
    elif beside == "USD" and re.search(r"(?<![A-Z])\$", money) and not any("US" in text for text in texts):
        draft.doubt("currency_sign", "$")
        return None
    chosen = beside or (named.pop() if len(named) == 1 else None)
    if chosen is None and len(named) > 1:
        draft.doubt("several_currencies", (code for code in named if code))
    elif chosen and in_account and chosen != in_account:
        draft.doubt("account_currency", f"{in_account}, {chosen}")
    elif chosen:
        draft.put("currency", chosen, "text")
    elif in_account:
        chosen = in_account
        draft.put("currency", in_account, "account", source="computed")
    return chosen


def _dollars(texts: Iterable[str]) -> set[str]:
    """The dollars that are named by their codes, where the sign alone could be any of them."""
    return {
        match[0] for text in texts for match in re.finditer(r"(?<![A-Z])(?:USD|CAD|AUD|NZD|SGD|HKD)(?![A-Z])", text)
    }


def _code(text: str) -> str | None:
    if text == "$":
        return None
    code = parse_currency(text)
    return code if isinstance(code, str) else None
