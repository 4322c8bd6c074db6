from decimal import Decimal

import pytest
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st

from helpers.vectors import rows
from values.flaw import Flaw
from values.money import (
    CURRENCIES,
    Money,
    amount_currency,
    format_amount,
    format_money,
    is_rounded,
    parse_amount,
    parse_currency,
)

NBSP = "\u00a0"


@pytest.mark.parametrize("row", rows("amount_spellings"), ids=lambda row: repr(row["as_typed"]))
def test_amounts_of_the_vectors(row):
    result = parse_amount(row["as_typed"])
    if row["value"] == "ambiguous":
        assert isinstance(result, Flaw)
        assert result.code == "ambiguous"
        assert result.hint == "1234.00 / 1.234"
    elif row["value"] == "error":
        assert isinstance(result, Flaw)
        assert result.code in ("invalid", "missing")
    else:
        assert str(result) == row["value"]


@pytest.mark.parametrize(
    ("typed", "currency", "value"),
    [
        ("120000.", None, "120000.00"), ("1 234 567", None, "1234567.00"), ("1.234.567", None, "1234567.00"),
        ("1 234-56", None, "1234.56"), ("US$100.50", None, "100.50"), ("100 долларов США", None, "100.00"),
        ("100 000 рублей 00 копеек", None, "100000.00"), ("1 234 руб 5 коп", None, "1234.05"),
        ("1,234.567", "KWD", "1234.567"), ("1234.567 KWD", None, "1234.567"), ("100.00 JPY", None, "100"),
        ("500", "JPY", "500"), ("¥100", None, "100.00"), ("1’234.56", None, "1234.56"), ("₽100", "RUB", "100.00"),
        ("120 000 руб., в т.ч. НДС 22%", None, "120000.00"), ("100 с НДС", None, "100.00"),
        ("100 (сто) рублей 00 копеек", None, "100.00"),
        ("122 000,00 руб., в т.ч. НДС 22% 22 000,00 руб.", None, "122000.00"),
        ("1,190.00 EUR incl. 19% VAT (190.00)", None, "1190.00"),
        ("12 000,00 (двенадцать тысяч) рублей 00 копеек", None, "12000.00"),
        ("1,250.00 (one thousand two hundred fifty euros)", None, "1250.00"),
        ("100 (RUB)", None, "100.00"),
        ("100 000 руб. (НДС не облагается)", None, "100000.00"), ("1,234 руб. 56 коп.", None, "1234.56"),
    ],
)  # fmt: skip
def test_more_spellings_with_one_meaning(typed, currency, value):
    assert str(parse_amount(typed, currency)) == value


@pytest.mark.parametrize(
    ("typed", "value", "currency"),
    [
        ("5 тыс. руб.", "5000.00", "RUB"), ("15 тыс.", "15000.00", None), ("12,5 тысяч рублей", "12500.00", "RUB"),
        ("250 т.р.", "250000.00", "RUB"), ("1,5 млн", "1500000.00", None), ("€2.5 million", "2500000.00", "EUR"),
        ("15k", "15000.00", None), ("1 200 тыс. руб.", "1200000.00", "RUB"),
        ("15 000,00 руб. по договору № 12/26 от 01.02.2026", "15000.00", "RUB"), ("5 000 под отчет", "5000.00", None),
    ],
)  # fmt: skip
def test_thousands_and_what_it_is_paid_under_are_understood(typed, value, currency):
    assert str(parse_amount(typed)) == value
    assert amount_currency(typed) == currency
    assert is_rounded(typed) == any(word in typed for word in ("тыс", "т.р", "млн", "mill", "k"))


@pytest.mark.parametrize("typed", ["1.234 тыс.", "1,234 млн руб."])
def test_thousands_with_three_decimals_are_asked_about(typed):
    assert parse_amount(typed).code == "ambiguous"


@pytest.mark.parametrize(
    ("typed", "currency", "reason"),
    [
        ("1234.567", "RUB", "amount_too_many_decimals"), ("100.5", "JPY", "amount_too_many_decimals"),
        ("0,234", None, "amount_too_many_decimals"), ("1,234", "KWD", "amount_three_digits"),
        ("руб. -5", None, "amount_negative"), ("−5", None, "amount_negative"), ("12-5", None, "amount_grouping"),
        ("12 34", None, "amount_grouping"), ("1.23.456", None, "amount_grouping"), ("12e3", None, "amount_exponent"),
        ("EUR 100 USD", None, "amount_two_currencies"), ("50%", None, "amount_not_number"),
        ("=5", None, "amount_not_number"),
        ("5 тыс. лет", None, "amount_not_number"), ("0,00", None, "amount_zero"), ("1" * 14, None, "amount_too_large"),
        ("=1+1", None, "amount_not_number"), ("100 (шт)", None, "amount_not_number"),
        ("100 (двести)", None, "amount_words_differ"), ("٣", None, "amount_digits"),
        ("100 руб. без НДС", None, "amount_not_number"), ("10 000 - 20 000", None, "amount_grouping"),
    ],
)  # fmt: skip
def test_what_is_not_plainly_an_amount_is_refused(typed, currency, reason):
    result = parse_amount(typed, currency)
    assert isinstance(result, Flaw)
    assert result.reason == reason


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("EUR 149.90", "EUR"), ("1 234,56 ₽", "RUB"), ("$5", "USD"), ("5", None), ("¥5", None), ("5 попугаев", None),
        ("1 234 руб. 56 коп.", "RUB"), ("", None), ("1,234 USD", "USD"),
    ],
)  # fmt: skip
def test_the_currency_beside_an_amount_is_named(typed, currency):
    assert amount_currency(typed) == currency


@given(st.decimals("0.01", "9999999999.99", places=2), st.sampled_from(["ru", "en"]), st.sampled_from([*CURRENCIES]))
def test_what_we_write_we_read_back_or_ask(amount, lang, currency):
    units = CURRENCIES[currency]
    amount = amount.quantize(Decimal(1).scaleb(-units)) or Decimal(1)
    result = parse_amount(format_amount(amount, currency, lang), currency)
    assert result == amount or (isinstance(result, Flaw) and result.code == "ambiguous")


@pytest.mark.parametrize(
    ("currency", "ru", "en"),
    [
        ("RUB", f"1{NBSP}234,56{NBSP}₽", f"RUB{NBSP}1,234.56"), ("EUR", f"1{NBSP}234,56{NBSP}€", "€1,234.56"),
        ("USD", f"1{NBSP}234,56{NBSP}$", "$1,234.56"), ("AED", f"1{NBSP}234,56{NBSP}AED", f"AED{NBSP}1,234.56"),
        ("RSD", f"1{NBSP}234,56{NBSP}RSD", f"RSD{NBSP}1,234.56"),
    ],
)  # fmt: skip
def test_money_is_written_as_people_write_it(currency, ru, en):
    money = Money(Decimal("1234.56"), currency)
    assert format_money(money, "ru") == ru
    assert format_money(money, "en") == en


def test_amounts_have_the_decimals_of_their_currency():
    assert format_amount(Decimal("1234.5"), "KWD", "en") == "1,234.500"
    assert format_amount(Decimal("1234"), "JPY", "ru") == f"1{NBSP}234"
    assert str(Money(Decimal("5.00"), "EUR")) == "5.00 EUR"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("руб.", "RUB"), ("Рублей", "RUB"), ("₽", "RUB"), ("RUR", "RUB"), ("643", "RUB"), ("810", "RUB"), ("р.", "RUB"),
        ("евро", "EUR"), ("€", "EUR"), ("$", "USD"), ("доллары", "USD"), ("юань", "CNY"), ("kzt", "KZT"),
        ("BYN", "BYN"),
        ("Aed", "AED"), ("₺", "TRY"), ("chf", "CHF"), ("£", "GBP"), ("RUB (рубли)", "RUB"), ("USD, $", "USD"),
    ],
)  # fmt: skip
def test_currencies_are_read(typed, code):
    assert parse_currency(typed) == code


@pytest.mark.parametrize(
    ("typed", "flaw_code"),
    [("¥", "ambiguous"), ("XYZ", "invalid"), ("", "missing"), ("EUR/USD", "invalid"), ("XAU", "invalid")],
)
def test_doubtful_currencies_are_not_guessed(typed, flaw_code):
    result = parse_currency(typed)
    assert isinstance(result, Flaw)
    assert result.code == flaw_code


def test_every_code_is_a_currency_known_elsewhere_too():
    assert set(CURRENCIES) <= list_currencies() | {"XCG", "ZWG", "XAD"}
    assert all(parse_currency(code.lower()) == code for code in CURRENCIES)
    assert CURRENCIES["RUB"] == 2
    assert CURRENCIES["JPY"] == 0
    assert CURRENCIES["KWD"] == 3
