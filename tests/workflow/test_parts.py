"""Which words of an accountant name a part of the sum, and which are asked back."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from workflow.intake.parts import part_in


def request(paid: int) -> Any:
    payments = [SimpleNamespace(amount=Decimal(paid))] if paid else []
    return SimpleNamespace(amount=Decimal(12000), currency="RUB", payments=payments)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5 000 из 12 000", 5000), ("5 000 руб. из 12 000 руб., п/п № 214 от 25.11.2026", 5000),
        ("5000 of 12000", 5000), ("5,000.50 out of 12,000.00", Decimal("5000.50")), ("5 000, остаток 7 000", 5000),
        ("ещё 7 000", 7000), ("12 000 из 12 000", 12000), (": 5 000 из 12 000", 5000),
    ],
)  # fmt: skip
def test_a_first_part_that_is_plain(text: str, amount: Decimal) -> None:
    part = part_in(text, request(0))
    assert part is not None
    assert (part.amount, part.total) == (Decimal(amount), False)


@pytest.mark.parametrize(
    ("text", "amount", "total"),
    [("ещё 7 000", 7000, False), ("еще 3 000, п/п 7", 3000, False), ("further 3000", 3000, False),
     ("всего 8 000", 8000, True), ("in all 8000", 8000, True), ("12 000 из 12 000", 12000, True)],
)  # fmt: skip
def test_a_later_part_says_which_sum_it_is(text: str, amount: int, total: bool) -> None:
    part = part_in(text, request(5000))
    assert part is not None
    assert (part.amount, part.total) == (Decimal(amount), total)


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("5 000", 0), ("5 000 из 13 000", 0), ("5 000 USD из 12 000", 0), ("5 000, осталось 2 000", 0),
        ("13 000 из 12 000", 0), ("0 из 12 000", 0), ("из 12 000", 0), ("5000 из 12000 200", 0), ("№ 5000", 0),
        ("5 000 из 12 000", 5000), ("7 000 из 12 000", 5000), ("всего 5 000", 5000), ("ещё 7 000,01", 5000),
        ("всего 12 000,01", 5000),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_no_part(text: str, paid: int) -> None:
    assert part_in(text, request(paid)) is None
