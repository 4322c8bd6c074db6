"""Numbers of invoices beside one another: the field's own pairs, and what must never be one number."""

import pytest

from helpers.vectors import rows
from values.invoice_number import alike_number, same_number
from values.names import legal_form, loose_name

PAIRS = rows("invoice_number_pairs")


def judged(first: str, second: str) -> str:
    one, other = same_number(first), same_number(second)
    if one and one == other:
        return "same"
    alike = alike_number(first)
    return "possible" if alike and alike == alike_number(second) else "different"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['first']} {pair['second']}")
def test_pairs_of_the_field_are_judged_as_the_field_judges(pair):
    expected = pair["judgement"].partition(":")[0]
    assert judged(pair["first"], pair["second"]) == ("different" if expected.startswith("never") else expected)


@pytest.mark.parametrize(
    ("first", "second", "judgement"),
    [
        ("12", "№ 12", "same"), ("No. 12", "N 12", "same"), ("СЧ 12", "сч12", "same"), ("12/1", "121", "different"),
        ("100", "1", "different"), ("НФ-7", "НФ-70", "different"), ("none", "none", "different"),
        ("Nord-12", "ord-12", "different"), ("", "", "different"), ("-", "-", "different"), ("0", "00", "possible"),
    ],
)  # fmt: skip
def test_other_pairs(first, second, judgement):
    assert judged(first, second) == judgement


@pytest.mark.parametrize(
    "spelling",
    ["ромашка", "РОМАШКА", "ООО «Ромашка»", "Ромашка, ООО", 'ООО "Ромашка"', "OOO «Poмaшкa»", "ООO Ромашка",
     "Общество с ограниченной ответственностью Ромашка"],
)  # fmt: skip
def test_a_loosely_written_name_is_the_same_name(spelling):
    assert loose_name(spelling) == loose_name("ООО «Ромашка»")


@pytest.mark.parametrize("other", ["ООО «Ромашка Плюс»", "Ромашкино", "ООО", "Ромашки"])
def test_another_name_is_another(other):
    assert loose_name(other) != loose_name("ООО «Ромашка»")


def test_the_legal_form_is_told_apart():
    assert legal_form("ООО «Ромашка»") == legal_form("OOO Ромашка") == legal_form("Ромашка ооо") != ""
    assert legal_form("АО «Ромашка»") != legal_form("ООО «Ромашка»")
    assert legal_form("ромашка") == ""
