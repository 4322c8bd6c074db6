"""The amount to pay, its currency and its VAT in a text.

A label that says "to pay" counts; "total" alone counts only when nothing has to be added to it. Two amounts that could
both be meant give no value, and words of debts or prepayments are told beside the value.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from documents.invoices.layout import Line, Value, goes_on_below, labelled
from documents.invoices.money_words import (
    CURRENCIES,
    DEBT,
    DUE_LABEL,
    HEAD_OF_GOODS,
    MONEY,
    NET,
    NO_STATEMENT,
    OF_AN_ADVANCE,
    OTHER_CURRENCY,
    RATE_FIRST,
    TOTAL,
    VALUE,
    VAT_LINE,
    VAT_WORD,
    WHOLE_LABEL,
)
from documents.invoices.numbers import read_amount
from documents.invoices.pick import Draft
from documents.invoices.vat import NONE, read_vat, vat_doubts, vat_fits, vat_inside
from values.currencies import parse_currency
from values.money import amount_currency

_RATES = (22, 20, 19, 10, 7, 5)

Amount = tuple[Decimal, int, str]


def read_money(lines: Sequence[Line], draft: Draft) -> None:
    """Find amount, currency and VAT."""
    texts = [line.text for line in lines]
    nets = {amount for amount, _, _ in _amounts(lines, NET, draft)}
    due, whole = list(_amounts(lines, DUE_LABEL, draft)), list(_amounts(lines, WHOLE_LABEL, draft))
    payable = _due(due, whole, texts) or _reduced([*due, *whole])
    totals = [one for one in _amounts(lines, TOTAL, draft) if one[0] not in nets]
    rates, vats = _vat_of(texts)
    chosen = _chosen(payable, totals, vats, _no_vat(texts, vats), draft)
    currency = _currency(texts, chosen[1] if chosen else "", draft)
    if chosen:
        value, _, line = chosen
        units = 0 if currency in ("JPY", "KRW") else 2
        proven = _adds_up(value, nets | {total for total, _, _ in totals}, vats)
        if draft.source == "scan" and not proven and not _stands_twice(value, texts):
            draft.doubt("amount_unclear", str(value))
            return
        draft.put("amount", f"{value:.{units}f}", f"page {lines[line].page}", proven)
        others = {total for total, _, _ in (*payable, *totals)} - {value} - nets
        if any(DEBT.search(text) and _tells_a_sum(text) for text in texts):
            draft.doubt("debt_in_total", (str(other) for other in others))
    _put_vat(draft, rates, vats, _no_vat(texts, vats))


def _amounts(lines: Sequence[Line], label: re.Pattern[str], draft: Draft) -> Iterator[Amount]:
    """Amounts behind a label; a row of several (net, VAT, gross) gives its last one when they add up."""
    for value in labelled(lines, label, VALUE):
        if value.below and HEAD_OF_GOODS.search(lines[value.label].text):
            continue
        row = _row(lines, value)
        if row is None:
            draft.doubt("amount_unclear", value.match["money"].strip())
            continue
        if len(row) > 2 and (row[-3][0] + row[-2][0] == row[-1][0]):
            row = row[-1:]
        for amount, money in row:
            yield amount, value.line, money


def _row(lines: Sequence[Line], value: Value) -> list[tuple[Decimal, str]] | None:
    """The amounts behind a label; None when a number may have come apart."""
    text = lines[value.line].text
    start = value.match.start("money")
    if whole := goes_on_below(lines, value.line, value.match.start("number")):
        amounts = _read(whole)
        return amounts if amounts and _is_confirmed(amounts[0][0], whole, lines) else None
    if value.below:
        ends = value.match.end() >= lines[value.line].starts[value.cell] + len(lines[value.line].cells[value.cell].text)
        return _read(value.match["money"]) if ends else []
    end = next((one.start() for one in _any_label(text, start)), len(text))
    row: list[tuple[Decimal, str]] = []
    for match in MONEY.finditer(text, start, end):
        if _came_apart(match, text):
            return None
        if _looks_like_money(match, text):
            row += _read(match["money"])
    return row


def _came_apart(match: re.Match[str], text: str) -> bool:
    """Say whether more digits of the same number may stand beside it, a little too far away."""
    number = match["number"]
    goes_on = re.match(r"[ \u00a0]{1,3}\d{3}(?!\d)", text[match.end("number") :])
    went_before = re.search(r"\d[ \u00a0]{1,3}$", text[: match.start("number")])
    return bool(goes_on and number.isdigit()) or bool(went_before and re.match(r"\d{3}(?!\d)", number))


def _any_label(text: str, start: int) -> Iterator[re.Match[str]]:
    yield from sorted(
        (one for label in (DUE_LABEL, WHOLE_LABEL, NET, VAT_WORD, TOTAL) for one in label.finditer(text, start)),
        key=lambda one: one.start(),
    )


def _looks_like_money(match: re.Match[str], text: str) -> bool:
    """Decimals or a currency, or nothing else in the cell; a count of goods is no money."""
    number, money = match["number"], match["money"]
    has_decimals = re.search(r"[.,-]\d\d$|=$", number) is not None
    return has_decimals or money.strip() != number or not text[match.end() :].split("\t")[0].strip(" .")


def _tells_a_sum(text: str) -> bool:
    """Say whether a line names an amount of its own; the rows of the goods, which begin with their number, do not."""
    text = OF_AN_ADVANCE.sub("", text)
    is_row_of_goods = re.match(r"\d{1,3}(?:\t|  )", text) is not None
    return not is_row_of_goods and any(_looks_like_money(one, text) for one in MONEY.finditer(text))


def _read(money: str) -> list[tuple[Decimal, str]]:
    amount = read_amount(re.sub(r"\s*\([^()\d]*\)", "", money))
    return [(amount, money)] if amount is not None else []


def _due(due: list[Amount], whole: list[Amount], texts: Sequence[str]) -> list[Amount]:
    """What is left to pay beside another total, where the text names the difference: a prepayment, a debt, a credit."""
    left = _reduced(due)
    if len(left) != 1:
        return []
    differences = {abs(amount - left[0][0]) for amount, _, _ in whole} - {Decimal(0)}
    return left if differences and all(_stands(one, texts) for one in differences) else []


def _is_confirmed(amount: Decimal, whole: str, lines: Sequence[Line]) -> bool:
    """A number put together from two lines has to stand elsewhere, whole or broken in the same way."""
    starts = ((number, start) for number, line in enumerate(lines) for start in line.starts)
    return _stands(amount, (line.text for line in lines)) or (
        sum(goes_on_below(lines, number, start) == whole for number, start in starts) > 1
    )


def _stands(amount: Decimal, texts: Iterable[str]) -> bool:
    return any(read_amount(match["number"]) == amount for text in texts for match in MONEY.finditer(text))


def _reduced(payable: Iterable[Amount]) -> list[Amount]:
    distinct: dict[Decimal, Amount] = {}
    for one in payable:
        distinct.setdefault(one[0], one)
    return list(distinct.values())


def _chosen(
    payable: list[Amount], totals: list[Amount], vats: set[Decimal], without_vat: bool, draft: Draft
) -> tuple[Decimal, str, int] | None:
    if len(payable) == 1:
        amount, line, money = payable[0]
        higher = {total for total, _, _ in totals if total > amount}
        if any(total - amount in vats for total in higher):
            # What is called payable has the VAT still to be added.
            draft.doubt("several_amounts", (str(one) for one in {amount, *higher}))
            return None
        return amount, money, line
    if payable:
        draft.doubt("several_amounts", (str(amount) for amount, _, _ in payable))
        return None
    return _chosen_total({amount: (money, line) for amount, line, money in totals}, vats, without_vat, draft)


def _chosen_total(
    totals: dict[Decimal, tuple[str, int]], vats: set[Decimal], without_vat: bool, draft: Draft
) -> tuple[Decimal, str, int] | None:
    if not totals:
        return None
    largest = max(totals)
    others = set(totals) - {largest}
    explained = {largest - vat for vat in vats} | vats
    if others - explained:
        draft.doubt("several_amounts", (str(amount) for amount in totals))
    elif others or without_vat or any(_is_inside(largest, vat) for vat in vats):
        return largest, *totals[largest]
    else:
        draft.doubt("total_without_vat", str(largest))
    return None


def _stands_twice(amount: Decimal, texts: Sequence[str]) -> bool:
    """A scan may lose digits: without a sum that fits, the amount has to stand in two places."""
    return sum(read_amount(match["number"]) == amount for text in texts for match in MONEY.finditer(text)) > 1


def _is_inside(amount: Decimal, vat: Decimal) -> bool:
    return any(abs(vat_inside(amount, rate) - vat) <= Decimal("0.01") for rate in _RATES)


def _adds_up(amount: Decimal, parts: set[Decimal], vats: set[Decimal]) -> bool:
    return any(amount - vat in parts for vat in vats if vat) or (
        len(vats) == 1 and _is_inside(amount, next(iter(vats)))
    )


def _currency(texts: Sequence[str], money: str, draft: Draft) -> str | None:
    """The currency beside the amount, else the only one named; the account's own must agree."""
    beside = amount_currency(money) if money else None
    about = [text for text in texts if not OTHER_CURRENCY.search(text)]
    named = {_code(match[0]) for text in about for match in CURRENCIES.finditer(text)} - {None}
    in_account = draft.currency_of_accounts
    if beside == "USD" and re.search(r"(?<![A-Z])\$", money) and not any("US" in text for text in texts):
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


def _code(text: str) -> str | None:
    if text == "$":
        return None
    code = parse_currency(text)
    return code if isinstance(code, str) else None


def _vat_of(texts: Sequence[str]) -> tuple[set[str], set[Decimal]]:
    rates: set[str] = set()
    vats: set[Decimal] = set()
    for text in texts:
        plain = NO_STATEMENT.sub(lambda match: "\x00" * len(match[0]), text)
        for match in (*VAT_LINE.finditer(plain), *RATE_FIRST.finditer(plain)):
            amount = read_amount(match["amount"]) if match["amount"] else None
            is_money = amount is not None and re.search(r"[.,-]\d\d$", match["amount"]) is not None
            if is_money and amount is not None:
                vats.add(amount)
            if match["rate"] and (is_money or ("inside" in match.re.groupindex and match["inside"])):
                rates.add(match["rate"])
    return rates, vats


def _no_vat(texts: Sequence[str], vats: set[Decimal]) -> bool:
    """Say whether every word of VAT in the text says that there is none."""
    plain = [NO_STATEMENT.sub(" ", text) for text in texts]
    about = [text for text in plain if VAT_WORD.search(text)]
    return bool(about) and not vats and all(read_vat(text.replace("\t", " ")).kind == "without_vat" for text in about)


def _put_vat(draft: Draft, rates: set[str], vats: set[Decimal], without_vat: bool) -> None:
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


def _rate_that_fits(amount: str | None, vat: str | None) -> str | None:
    fitting = [rate for rate in _RATES if vat_fits(amount, str(rate), vat)]
    return str(fitting[0]) if len(fitting) == 1 else None
