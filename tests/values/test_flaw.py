import re
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import values
from values.bank_details import split_bank_details
from values.currencies import parse_currency
from values.dates import parse_date
from values.flaw import FLAW_CODES, REASONS, Flaw, flaw
from values.invoice_line import parse_invoice_line
from values.money import amount_currency, parse_amount
from values.requisites import (
    mask_numbers,
    parse_account,
    parse_bic,
    parse_email,
    parse_iban,
    parse_inn,
    parse_kpp,
    parse_swift,
    requisite_flaws,
    requisite_warnings,
)

TODAY = date(2026, 11, 20)
PARSERS = [
    parse_amount,
    parse_currency,
    lambda text: parse_date(text, TODAY),
    lambda text: parse_invoice_line(text, TODAY),
    parse_inn,
    parse_kpp,
    parse_bic,
    parse_account,
    parse_iban,
    parse_swift,
    parse_email,
]
# Text that comes near to what the parsers look for, so that their inner branches are reached.
NEARLY = st.text(st.sampled_from(list("0123456789.,-/ eE=+'№ОЗABСhцруб₽$€@<>:;()DE\u00a0\u202e４²")), max_size=40)


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text(max_size=60) | NEARLY)
def test_a_parser_never_raises_and_its_flaws_are_known(parse, text):
    result = parse(text)
    if isinstance(result, Flaw):
        assert result.reason in REASONS
        assert result.code in FLAW_CODES
        assert len(result.read) <= 80
        assert "\n" not in result.read


@given(text=st.text(max_size=200) | NEARLY)
def test_reading_blocks_and_masking_never_raise(text):
    split = split_bank_details(text)
    requisite_flaws(split)
    requisite_warnings(split)
    mask_numbers(text)
    amount_currency(text)


LONG = [
    "1" * 20_000,
    "1 " * 10_000,
    "a" * 20_000,
    "р/с " * 5_000,
    "1.2" * 7_000,
    " " * 20_000 + "x",
    "a@" * 9_000,
    ",(" * 9_000,
    "1," * 9_000,
    "б/н от " * 3_000,
]


@pytest.mark.parametrize("parse", [*PARSERS, split_bank_details, mask_numbers])
@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:4])
def test_a_very_long_value_is_answered_quickly(parse, text):
    start = time.process_time()
    parse(text)
    assert time.process_time() - start < 1


def test_each_reason_in_the_code_is_listed_and_each_listed_one_is_used():
    source = "".join(p.read_text("utf-8") for p in Path(values.__file__).parent.glob("*.py") if p.name != "flaw.py")
    for reason in REASONS:
        assert f'"{reason}"' in source, reason
    for reason in re.findall(r'flaw\("\w+", "(\w+)"', source):
        assert reason in REASONS


def test_what_was_read_is_shortened_to_one_line_of_80_characters():
    made = flaw("invalid", "date_not_date", "a\nb" * 100)
    assert len(made.read) == 80
    assert made.read.startswith("a ba b")
