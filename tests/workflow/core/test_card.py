"""From what was typed to a checked card: every problem at once, nothing guessed, nothing invented."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.world import FORM, INVOICE, TODAY
from workflow.core.card import LONGEST, REQUIRED, Examined, examine
from workflow.core.model import FIELDS, File

IBAN = "DE89 3704 0044 0532 0130 00"
BLOCK = "ООО «Ромашка», ИНН 7707083893, КПП 770701001, р/с 40702810940200761292 в АО «Банк», БИК 044525974"


def seen(
    rivals: dict[str, tuple[str, ...]] | None = None, files: tuple[File, ...] = (INVOICE,), **typed: str
) -> Examined:
    """The complete form with these lines instead (an empty one is missing)."""
    return examine({**FORM, **typed}, rivals or {}, files, TODAY)


def problems(found: Examined) -> dict[str, tuple[str, str]]:
    return {problem.field: (problem.code, problem.reason) for problem in found.problems}


def values(found: Examined) -> dict[str, str]:
    return {name: field.value for name, field in found.fields.items()}


def test_a_complete_russian_form_has_no_problem() -> None:
    found = seen()
    assert not found.problems
    assert not found.warnings
    assert values(found) == {
        "subject": "Аренда офиса за ноябрь", "contractor": "ООО «Ромашка»",
        "contractor_email": "billing@romashka.example", "amount": "4800.00", "currency": "RUB", "pay_by": "2026-11-27",
        "bank_details": "ИНН 7707083893, КПП 770701001, р/с 40702810940200761292, БИК 044525974",
        "inn": "7707083893", "kpp": "770701001", "bic": "044525974", "account": "40702810940200761292",
        "purpose": "Оплата по счету № 12 от 20.11.2026", "invoice_number": "12", "invoice_date": "2026-11-20",
    }  # fmt: skip


def test_a_complete_english_form_with_an_iban_has_no_problem() -> None:
    typed = {
        "subject": "Design work", "contractor": "Daisy GmbH", "amount": "EUR 4,800.00", "pay_by": "27 November 2026",
        "iban": IBAN, "purpose": "Invoice 12 of 20.11.2026", "invoice_number": "12", "invoice_date": "2026-11-20",
    }  # fmt: skip
    found = examine(typed, {}, [INVOICE], TODAY, "en")
    assert not found.problems
    assert values(found)["iban"] == IBAN.replace(" ", "")
    assert (values(found)["amount"], values(found)["currency"]) == ("4800.00", "EUR")
    assert not {"inn", "account"} & found.fields.keys()


def test_fields_come_in_the_order_of_the_card() -> None:
    assert list(seen().fields) == [name for name in FIELDS if name in seen().fields]


@pytest.mark.parametrize("name", [n for n in REQUIRED if n not in ("bank_details", "account")])
def test_each_missing_line_is_named(name: str) -> None:
    assert problems(seen(**{name: ""})) == {name: ("missing", "missing")}


def test_an_empty_form_misses_everything_at_once() -> None:
    found = examine({}, {}, [], TODAY)
    assert problems(found) == dict.fromkeys(REQUIRED, ("missing", "missing"))
    assert not found.fields


def test_several_problems_come_together() -> None:
    found = seen(amount="много", pay_by="31.11.2026", inn="7707083894", subject="")
    assert problems(found) == {
        "amount": ("invalid", "amount_not_number"), "pay_by": ("invalid", "date_impossible"),
        "inn": ("invalid", "inn_checksum"), "subject": ("missing", "missing"),
    }  # fmt: skip


@pytest.mark.parametrize("blank", [" ", "\t", "\n \n"])
def test_blanks_are_nothing(blank: str) -> None:
    assert problems(seen(subject=blank)) == {"subject": ("missing", "missing")}


# --- money ----------------------------------------------------------------------------------------------------------


def test_an_amount_that_can_be_read_in_two_ways_is_asked_about() -> None:
    found = seen(amount="4.800")
    assert problems(found)["amount"][0] == "ambiguous"
    assert "amount" not in found.fields


def test_the_currency_may_stand_in_the_amount() -> None:
    found = seen(amount="4 800,00 USD", currency="")
    assert (values(found)["amount"], values(found)["currency"]) == ("4800.00", "USD")


def test_two_different_currencies_are_a_conflict() -> None:
    found = seen(amount="4 800,00 USD", currency="RUB")
    assert problems(found) == {"currency": ("conflict", "two_currencies")}
    assert found.problems[0].read == "RUB / USD"


def test_an_unclear_currency_is_asked_about_once() -> None:
    found = seen(amount="4 800,00", currency="kr")
    assert list(problems(found)) == ["currency"]
    assert "currency" not in found.fields


@pytest.mark.parametrize("amount", ["0", "-5", "0,00", "1e3"])
def test_no_amount_that_nobody_can_pay_passes(amount: str) -> None:
    assert problems(seen(amount=amount))["amount"][0] == "invalid"


# --- dates ----------------------------------------------------------------------------------------------------------


def test_a_day_to_pay_by_that_is_over_is_a_problem() -> None:
    assert problems(seen(pay_by="23.11.2026")) == {"pay_by": ("past", "pay_by_past")}


def test_today_is_not_over() -> None:
    assert values(seen(pay_by="24.11.2026"))["pay_by"] == "2026-11-24"


def test_day_and_month_that_can_be_swapped_are_asked_about() -> None:
    assert problems(seen(pay_by="03/12/2026"))["pay_by"][0] == "ambiguous"


def test_an_invoice_may_be_older_than_today() -> None:
    assert values(seen(invoice="№ 7 от 01.02.2026"))["invoice_date"] == "2026-02-01"


def test_own_lines_for_number_and_date_of_the_invoice_are_read_too() -> None:
    found = seen(invoice="", invoice_number=" A-17 ", invoice_date="1 февраля 2026")
    assert (values(found)["invoice_number"], values(found)["invoice_date"]) == ("A-17", "2026-02-01")


def test_an_invoice_is_not_required() -> None:
    assert not seen(invoice="").problems


# --- rivals ---------------------------------------------------------------------------------------------------------


def test_two_texts_for_one_field_are_asked_about() -> None:
    found = seen({"amount": ("4800", "5800")})
    assert [(p.field, p.code, p.reason, p.read) for p in found.problems] == [
        ("amount", "ambiguous", "two_values", "4800 / 5800")
    ]
    assert "amount" not in found.fields


def test_two_texts_for_the_invoice_line_are_asked_about_as_its_number() -> None:
    found = seen({"invoice": ("№ 1", "№ 2")})
    assert list(problems(found)) == ["invoice_number"]
    assert not {"invoice_number", "invoice_date"} & found.fields.keys()


# --- bank details ---------------------------------------------------------------------------------------------------


def test_a_block_of_bank_details_is_split_into_its_fields() -> None:
    found = seen(bank_details=BLOCK, inn="", kpp="", bic="", account="")
    assert not found.problems
    for name in ("inn", "kpp", "bic", "account"):
        assert values(found)[name] == values(seen())[name]
    assert values(found)["bank_details"] == BLOCK


def test_a_block_that_agrees_with_the_lines_is_fine() -> None:
    assert not seen(bank_details=BLOCK).problems


def test_a_block_that_says_something_else_is_a_conflict() -> None:
    found = seen(bank_details=BLOCK.replace("7707083893", "7728168971"))
    assert problems(found) == {"inn": ("conflict", "differs_in_bank_details")}
    assert found.problems[0].read == "7707083893 / 7728168971"


def test_a_mistyped_number_in_the_block_is_told() -> None:
    found = seen(bank_details=BLOCK.replace("7707083893", "7707083894"), inn="")
    assert problems(found) == {"inn": ("invalid", "inn_checksum")}


def test_bank_details_are_composed_when_nobody_typed_them() -> None:
    assert seen().fields["bank_details"].source == "computed"
    assert seen(bank_details=BLOCK).fields["bank_details"].source == "typed"


def test_without_account_or_iban_bank_details_are_missing_too() -> None:
    assert problems(seen(account="", bic="")) == {
        "bank_details": ("missing", "missing"), "account": ("missing", "missing"),
    }  # fmt: skip


def test_an_account_whose_key_does_not_fit_its_bic_is_a_problem() -> None:
    found = seen(bic="049805746")
    assert problems(found) == {"account": ("invalid", "account_key")}
    assert "account" not in found.fields


def test_a_correspondent_account_must_fit_its_bank() -> None:
    assert problems(seen(corr_account="30101810400000000225")) == {"corr_account": ("invalid", "corr_account_key")}
    assert not seen(corr_account="30101810145250000974").problems


def test_a_mistyped_iban_is_asked_about_and_nothing_in_its_place() -> None:
    found = seen(inn="", account="", bic="", iban="DE88370400440532013000")
    assert problems(found).keys() == {"iban"}


def test_an_iban_stands_for_inn_and_account() -> None:
    assert not seen(iban=IBAN, inn="", kpp="", bic="", account="").problems


def test_a_mistyped_iban_stands_for_nothing() -> None:
    found = seen(iban=IBAN.replace("89", "88"), inn="", kpp="", bic="", account="")
    assert problems(found)["iban"] == ("invalid", "iban_checksum")
    assert "account" not in problems(found) or problems(found)["account"] == ("missing", "missing")


# --- words, addresses, files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["billing", "a@b", "one@x.example, two@x.example", "a@b\nBcc: c@d.example"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    found = seen(contractor_email=address)
    assert problems(found)["contractor_email"][0] == "invalid"
    assert "contractor_email" not in found.fields


def test_an_address_is_not_required() -> None:
    assert not seen(contractor_email="").problems


@pytest.mark.parametrize("name", ["subject", "contractor", "purpose"])
def test_a_text_that_is_too_long_is_told_with_the_limit(name: str) -> None:
    assert not problems(seen(**{name: "я" * LONGEST[name]}))
    found = seen(**{name: "я" * (LONGEST[name] + 1)})
    assert problems(found) == {name: ("invalid", "too_long")}
    assert found.problems[0].hint == str(LONGEST[name])


def test_a_wrapped_text_becomes_one_line() -> None:
    assert values(seen(purpose="Оплата\n  по счету\t12"))["purpose"] == "Оплата по счету 12"


def test_no_invoice_and_doubtful_files_are_only_warned_about() -> None:
    assert [w.code for w in seen(files=()).warnings] == ["no_invoice"]
    odd = replace(INVOICE, notes=("encrypted",))
    assert [(w.code, w.read) for w in seen(files=(odd,)).warnings] == [("file_encrypted", "invoice.pdf")]


def test_missing_kpp_and_bic_are_only_warned_about() -> None:
    found = seen(kpp="", bic="")
    assert not found.problems
    assert {w.code for w in found.warnings} == {"kpp_missing", "bic_missing"}


# --- properties -----------------------------------------------------------------------------------------------------

LINES = st.dictionaries(
    st.sampled_from([*FIELDS, "invoice"]),
    st.one_of(st.text(max_size=40), st.sampled_from([*FORM.values(), IBAN, BLOCK, "4.800", "03/04/2027", "0", "kr"])),
)


@given(LINES, st.dictionaries(st.sampled_from(FIELDS), st.just(("one", "another")), max_size=2))
def test_whatever_is_typed_is_read_told_or_asked_for(typed: dict[str, str], rivals: dict[str, tuple[str, ...]]) -> None:
    found = examine(typed, rivals, [], TODAY)
    wrong = {problem.field for problem in found.problems}
    assert wrong <= set(FIELDS)
    assert {p.code for p in found.problems} <= {"missing", "invalid", "ambiguous", "past", "conflict"}
    assert not (rivals.keys() & found.fields.keys()) - {"bank_details"} or wrong  # doubt is always told
    iban = "iban" in found.fields
    for name in REQUIRED:
        assert name in found.fields or found.problems or (iban and name in ("inn", "account"))


@given(LINES)
def test_no_value_is_ever_invented(typed: dict[str, str]) -> None:
    """Every digit of a value stands in what was typed; computed bank details hold only checked values."""
    found = examine(typed, {}, [], TODAY)
    everything = "".join(typed.values())
    for name, field in found.fields.items():
        if name in ("inn", "kpp", "bic", "account", "corr_account", "iban", "swift"):
            assert field.value in re.sub(r"[\W_]", "", normalize("NFKC", everything)).upper()
        if name == "amount":
            assert Decimal(field.value) > 0
            assert typed.get("amount")
        if name in ("pay_by", "invoice_date"):
            assert date.fromisoformat(field.value)
        assert field.source in ("typed", "computed")
        assert field.source == "typed" or name == "bank_details"
