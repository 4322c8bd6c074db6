"""The amount to pay, its currency and its VAT in a text.

A label that says "to pay" counts; "total" alone counts only when nothing has to be added to it. Two amounts that could
both be meant give no value, and words of debts or prepayments are told beside the value.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from documents.invoices.layout import Line, Value, goes_on_below, labelled
from documents.invoices.money_words import (
    BARE_SUM,
    DEBT,
    DUE_LABEL,
    HEAD_OF_GOODS,
    MONEY,
    NET,
    OF_AN_ADVANCE,
    TOTAL,
    UNITS,
    VALUE,
    VAT_WORD,
    WHOLE_LABEL,
)
from documents.invoices.numbers import read_amount
from documents.invoices.pick import Draft
from documents.invoices.text_currency import find_currency
from documents.invoices.text_vat import is_inside, put_vat, says_no_vat, vat_of
from values.money import amount_currency

Amount = tuple[Decimal, int, str]
_Taxed = tuple[set[str], set[Decimal]]
"""The rates of VAT that are stated, and sums that surely hold it."""


def read_money(lines: Sequence[Line], draft: Draft) -> None:
    """Find amount, currency and VAT."""
    texts = [line.text for line in lines]
    nets = {amount for amount, _, _ in _amounts(lines, NET, draft)}
    due, whole = list(_amounts(lines, DUE_LABEL, draft)), list(_amounts(lines, WHOLE_LABEL, draft))
    payable = _due(due, whole, texts) or _reduced([*due, *whole])
    rates, vats = vat_of(texts)
    is_untaxed = says_no_vat(texts, vats) or (rates == {"0"} and not vats)
    totals = [one for one in _amounts(lines, TOTAL, draft) if is_untaxed or one[0] not in nets]
    gross = _gross_rows(lines)
    vats = vats or {vat for vat in gross.values() if vat}
    chosen = _chosen(payable, totals, vats, is_untaxed, (rates, set(gross)), draft) or (
        _bare_sum(lines) if not payable and not totals else None
    )
    if chosen and _in_units(chosen[1], texts):
        draft.doubt("amount_unclear", chosen[1])
        return
    currency = find_currency(texts, chosen[1] if chosen else "", draft)
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
    put_vat(draft, rates, vats, says_no_vat(texts, vats))


def _amounts(lines: Sequence[Line], label: re.Pattern[str], draft: Draft) -> Iterator[Amount]:
    """Amounts behind a label; a row of several (net, VAT, gross) gives its last one when they add up."""
    for value in labelled(lines, label, VALUE):
        if value.below and HEAD_OF_GOODS.search(lines[value.label].text):
            continue
        row = _row(lines, value)
        if row is None:
            draft.doubt("amount_unclear", value.match["money"].strip())
            continue
        if _sums_up(row) or _ends_with_vat(row):
            row = row[-1:]
        for amount, money in row:
            yield amount, value.line, money


def _ends_with_vat(row: list[tuple[Decimal, str]]) -> bool:
    """Say whether the last two of a row are VAT and the amount that holds it: the sums of two columns."""
    return len(row) > 1 and row[-2][0] > 0 and is_inside(row[-1][0], row[-2][0])


def _gross_rows(lines: Sequence[Line]) -> dict[Decimal, Decimal | None]:
    """Totals that stand under columns of net, VAT and gross sums, with their VAT where a usual rate gives it."""
    rows = (_row(lines, value) or [] for value in labelled(lines, TOTAL, VALUE) if not value.below)
    return {
        row[-1][0]: row[-2][0] if _ends_with_vat(row) else None for row in rows if _ends_with_vat(row) or _sums_up(row)
    }


def _sums_up(row: list[tuple[Decimal, str]]) -> bool:
    return len(row) > 2 and row[-3][0] + row[-2][0] == row[-1][0]


def _bare_sum(lines: Sequence[Line]) -> tuple[Decimal, str, int] | None:
    """What a filled form calls its sum, with the currency beside it; two of them are none."""
    found = {
        amount: (money, value.line)
        for value in labelled(lines, BARE_SUM, VALUE)
        for amount, money in _read(value.match["money"])
        if not value.below and amount_currency(money)
    }
    return next((amount, *rest) for amount, rest in found.items()) if len(found) == 1 else None


def _in_units(money: str, texts: Iterable[str]) -> bool:
    """Say whether an amount may be in conventional units, which are worth what the bank says on the day."""
    return amount_currency(money) is None and any(UNITS.search(text) for text in texts)


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
    payable: list[Amount], totals: list[Amount], vats: set[Decimal], without_vat: bool, taxed: _Taxed, draft: Draft
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
    return _chosen_total({amount: (money, line) for amount, line, money in totals}, vats, without_vat, taxed, draft)


def _chosen_total(
    totals: dict[Decimal, tuple[str, int]], vats: set[Decimal], without_vat: bool, taxed: _Taxed, draft: Draft
) -> tuple[Decimal, str, int] | None:
    if not totals:
        return None
    rates, gross = taxed
    largest = max(totals)
    others = set(totals) - {largest}
    explained = {largest - vat for vat in vats} | vats
    if others - explained:
        draft.doubt("several_amounts", (str(amount) for amount in totals))
    elif others or without_vat or largest in gross or any(is_inside(largest, vat, rates) for vat in vats):
        return largest, *totals[largest]
    else:
        draft.doubt("total_without_vat", str(largest))
    return None


def _stands_twice(amount: Decimal, texts: Sequence[str]) -> bool:
    """A scan may lose digits: without a sum that fits, the amount has to stand in two places."""
    return sum(read_amount(match["number"]) == amount for text in texts for match in MONEY.finditer(text)) > 1


def _adds_up(amount: Decimal, parts: set[Decimal], vats: set[Decimal]) -> bool:
    return any(amount - vat in parts for vat in vats if vat) or (len(vats) == 1 and is_inside(amount, next(iter(vats))))
