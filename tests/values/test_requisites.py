from datetime import date

import pytest

from helpers.vectors import rows
from values.bank_details import FIELDS
from values.check_digits import COUNTRIES, bic_ok, iban_ok, inn_ok, kpp_ok, swift_ok
from values.flaw import Flaw
from values.requisites import (
    WARNINGS,
    Warn,
    account_key_ok,
    compose_bank_details,
    corr_account_ok,
    mask_numbers,
    ogrn_ok,
    parse_account,
    parse_bic,
    parse_email,
    parse_iban,
    parse_inn,
    parse_invoice_line,
    parse_kpp,
    parse_swift,
    requisite_flaws,
    requisite_warnings,
    split_bank_details,
    uin_ok,
)

TODAY = date(2026, 11, 20)
DAY = date(2026, 11, 25)

ACCOUNT, BIC, CORR = "40702810604162316352", "049805746", "30101810800000000746"
INN, KPP, PERSON = "9652407405", "770701001", "960045607951"
IBAN = "DE89370400440532013000"

CHECKS = [
    ("inn", "inn", inn_ok, parse_inn), ("kpp", "kpp", kpp_ok, parse_kpp), ("bic_ru", "bic", bic_ok, parse_bic),
    ("iban", "iban", iban_ok, parse_iban), ("bic_swift", "bic", swift_ok, parse_swift),
    ("ogrn", "ogrn", ogrn_ok, None), ("uin", "uin", uin_ok, None),
]  # fmt: skip


@pytest.mark.parametrize(("file", "column", "is_ok", "parse"), CHECKS, ids=[c[0] for c in CHECKS])
def test_numbers_of_the_vectors(file, column, is_ok, parse):
    for row in rows(file):
        typed, valid, normal = row[column], row["valid"] == "1", "normalise" not in row["why"]
        if normal:
            assert is_ok(typed) is valid, row
        if parse:
            assert isinstance(parse(typed), str) is (valid or not normal), row


@pytest.mark.parametrize("row", rows("account_bic"), ids=lambda row: f"{row['account']}-{row['bic']}")
def test_account_keys_of_the_vectors(row):
    account, bic, valid = row["account"], row["bic"], row["valid"] == "1"
    if row["kind"] in ("correspondent", "treasury_single"):
        assert corr_account_ok(account, bic) is valid
        assert bool(requisite_flaws({"corr_account": account, "bic": bic})) is not valid
    elif row["kind"] == "treasury_payee":
        assert account_key_ok(account, bic) is None
        assert not requisite_flaws({"account": account, "bic": bic})
    else:
        assert account_key_ok(account, bic) is valid
        well_shaped = isinstance(parse_account(account), str)
        assert well_shaped or not valid
        if well_shaped:
            assert bool(requisite_flaws({"account": account, "bic": bic})) is not valid


@pytest.mark.parametrize("row", rows("inn_spellings"), ids=lambda row: row["as_typed"])
def test_spellings_of_an_inn(row):
    assert parse_inn(row["as_typed"]) == row["normalised"]


@pytest.mark.parametrize("row", rows("iban_spellings"), ids=lambda row: row["as_typed"])
def test_spellings_of_an_iban(row):
    assert parse_iban(row["as_typed"]) == row["normalised"]


@pytest.mark.parametrize(
    "typed",
    [
        ACCOUNT, "40702 810 6 0416 2316352", "р/с 40702810604162316352", "Р/С: 40702810604162316352",
        "'40702810604162316352",
        "расчетный счет № 40702810604162316352", "account 40702810604162316352", "4070 2810 6041 6231 6352",
        "40702\u00a0810\u00a06\u00a00416\u00a02316352", "40702-810-6-0416-2316352", "40702810604162316352.",
    ],
)  # fmt: skip
def test_spellings_of_an_account(typed):
    assert parse_account(typed) == ACCOUNT


@pytest.mark.parametrize(
    ("parse", "typed", "reason", "hint"),
    [
        (parse_bic, "44525225", "bic_lost_zero", "044525225"), (parse_bic, "44525225,0", "bic_lost_zero", "044525225"),
        (parse_bic, "4,45252E+08", "number_scientific", ""), (parse_bic, "SABRRUMM", "bic_is_swift", ""),
        (parse_inn, "960З389787", "inn_letters", ""), (parse_inn, "965240740S", "inn_letters", ""),
        (parse_inn, "965240740О", "inn_letters", ""), (parse_inn, "9652407406", "inn_checksum", ""),
        (parse_kpp, "7707АВ001", "kpp_letters", "7707AB001"), (parse_kpp, "7707ab001", "kpp_letters", "7707AB001"),
        (parse_kpp, "77 7701001", "kpp_blanks", "777701001"), (parse_account, BIC, "account_is_bic", ""),
        (parse_account, "4O702810604162316352", "account_letters", ACCOUNT),
        (parse_account, IBAN, "account_is_iban", IBAN),
        (parse_account, "4,07028E+19", "number_scientific", ""), (parse_account, "0" * 20, "account_zeros", ""),
        (parse_inn, f"{INN} КПП {KPP}", "inn_letters", INN), (parse_bic, f"{BIC} (Сбербанк)", "bic_letters", BIC),
        (parse_account, f"{ACCOUNT}, {CORR}", "account_letters", ""),
        (parse_iban, "DE5137040044053201300", "iban_length", ""),
        (parse_iban, "ZZ22370400440532013000", "iban_country", ""), (parse_swift, "DEUTZZFF", "swift_country", ""),
        (parse_swift, BIC, "swift_is_bic", ""),
        (parse_swift, IBAN, "swift_is_iban", ""), (parse_iban, "ZZ89 370", "iban_checksum", ""),
        (parse_iban, ACCOUNT, "iban_shape", ""),
    ],
)  # fmt: skip
def test_a_wrong_number_is_told_with_what_may_have_been_meant(parse, typed, reason, hint):
    result = parse(typed)
    assert isinstance(result, Flaw)
    assert (result.code, result.reason, result.hint) == ("invalid", reason, hint)


@pytest.mark.parametrize("typed", ["", "0", "-", "нет", "КПП нет", "None"])
def test_no_kpp_is_an_answer(typed):
    assert parse_kpp(typed) is None


def test_blanks_where_people_group_a_kpp_are_fine():
    assert parse_kpp("КПП: 7707 01 001") == KPP
    assert parse_kpp("770 701 001") == KPP


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("a@b.ru", "a@b.ru"), ("Иван <Ivan@Example.COM>", "Ivan@example.com"), ("mailto:x@y.org", "x@y.org"),
        ("x@пример.рф", "x@xn--e1afmkfd.xn--p1ai"), ("a@b.ru <a@b.ru>", "a@b.ru"), (" a@b.ru; ", "a@b.ru"),
        ("first.last+tag@sub.example.co.uk", "first.last+tag@sub.example.co.uk"),
    ],
)  # fmt: skip
def test_an_address_is_read(typed, address):
    assert parse_email(typed) == address


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("a@b.ru, c@d.ru", "email_several"), ("x@y.ru\r\nBcc: z@z.ru", "email_several"),
        ("иван@пример.рф", "email_letters"),
        ("a b@c.ru", "email_shape"), ("a@b", "email_shape"), ("a..b@c.ru", "email_shape"), ("a@-b.ru", "email_shape"),
        ("нет", "email_shape"), ("a@b.ru <c@d.ru>", "email_several"), ("a@127.0.0.1", "email_shape"),
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(typed, reason):
    result = parse_email(typed)
    assert isinstance(result, Flaw)
    assert result.reason == reason


@pytest.mark.parametrize(
    ("typed", "number", "day"),
    [
        ("№ 12 от 25.11.2026", "12", DAY), ("INV-7 of 25 Nov 2026", "INV-7", DAY), ("б/н от 25.11.2026", None, DAY),
        ("12/А", "12/А", None), ("Счет на оплату № 12 от 25 ноября 2026 г.", "12", DAY), ("118 25.11.2026", "118", DAY),
        ("Invoice INV 2026 118 dated 2026-11-25", "INV 2026 118", DAY), ("от 25.11.2026", None, DAY),
        ("б/н", None, None),
        ("INV-2026-11-25", "INV-2026-11-25", None), ("No. 5 of 25 Nov", "5", DAY), ("Счёт № СЧ-0118", "СЧ-0118", None),
        ("118/26 от 25.11", "118/26", DAY), ("Nova-5", "Nova-5", None), ("25.11.2026", None, DAY),
    ],
)  # fmt: skip
def test_an_invoice_line_gives_number_and_date(typed, number, day):
    assert parse_invoice_line(typed, TODAY) == (number, day)


@pytest.mark.parametrize(
    ("typed", "code", "reason"),
    [
        ("№ 12 от 31.02.2026", "invalid", "invoice_date"), ("12 от 05/06/2026", "ambiguous", "date_day_month"),
        ("", "missing", "empty"), ("1" * 61, "invalid", "invoice_number_long"),
    ],
)  # fmt: skip
def test_a_doubtful_invoice_line_is_asked_back(typed, code, reason):
    result = parse_invoice_line(typed, TODAY)
    assert isinstance(result, Flaw)
    assert (result.code, result.reason) == (code, reason)


BLOCKS = [
    (
        f"р/с {ACCOUNT} в ПАО Сбербанк, БИК {BIC}, к/с {CORR}, ИНН {INN}, КПП {KPP}",
        {"account": ACCOUNT, "bank": "ПАО Сбербанк", "bic": BIC, "corr_account": CORR, "inn": INN, "kpp": KPP},
    ),
    (
        f"ИНН/КПП {INN}/{KPP}\nР/с: 40702 810 6 0416 2316352\nБанк: АО «Банк»\nБИК: {BIC}\nКор. счёт {CORR}",
        {"account": ACCOUNT, "bank": "АО «Банк»", "bic": BIC, "corr_account": CORR, "inn": INN, "kpp": KPP},
    ),
    (
        "IBAN DE89 3704 0044 0532 0130 00 SWIFT COBADEFFXXX Commerzbank AG",
        {"iban": IBAN, "swift": "COBADEFFXXX", "bank": "Commerzbank AG"},
    ),
    ("IBAN: DE89370400440532013000, BIC: COBADEFF", {"iban": IBAN, "swift": "COBADEFF"}),
    ("DE89 3704 0044 0532 0130 00\nCOBADEFF", {"iban": IBAN, "swift": "COBADEFF"}),
    (
        f"Account No. {ACCOUNT} at PJSC Sberbank, BIC {BIC}, corr. account {CORR}, INN {INN}",
        {"account": ACCOUNT, "bank": "PJSC Sberbank", "bic": BIC, "corr_account": CORR, "inn": INN},
    ),
    ("40702810604162316352, 049805746, 30101810800000000746", {"account": ACCOUNT, "bic": BIC, "corr_account": CORR}),
    (
        "Счет получателя 03100643000000018500, ЕКС 40102810445370000059, БИК 017003983, Банк: ОТДЕЛЕНИЕ ТУЛА",
        {
            "account": "03100643000000018500",
            "corr_account": "40102810445370000059",
            "bic": "017003983",
            "bank": "ОТДЕЛЕНИЕ ТУЛА",
        },
    ),
    ("р/с 4070281060416231635, БИК 44525225", {"account": "4070281060416231635", "bic": "44525225"}),
    ("Оплата по счету № 12345 от 25.11.2026, р/с 40702810604162316352", {"account": ACCOUNT}),
    ("IBAN DE89370400440532013001", {"iban": "DE89370400440532013001"}),
    ("Позвоните +7 495 123-45-67, договор 12 от 25.11.2026", {}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "fields"), BLOCKS, ids=lambda value: value[:20] if isinstance(value, str) else "")
def test_bank_details_are_taken_apart_and_put_together(text, fields):
    assert split_bank_details(text) == fields
    for lang in ("ru", "en"):
        assert split_bank_details(compose_bank_details(fields, lang)) == fields


def test_composed_details_are_readable():
    fields = {"account": ACCOUNT, "bank": "ПАО Сбербанк", "bic": BIC, "corr_account": CORR, "inn": INN, "x": "5"}
    ru = f"ИНН {INN}, р/с {ACCOUNT}, банк: ПАО Сбербанк, БИК {BIC}, к/с {CORR}"
    assert compose_bank_details(fields, "ru") == ru
    assert set(FIELDS) > set(fields) - {"x"}


GOOD = {"inn": INN, "kpp": KPP, "account": ACCOUNT, "bic": BIC, "corr_account": CORR, "currency": "RUB"}


def test_requisites_that_fit_one_another_cause_no_word():
    assert requisite_warnings(GOOD) == ()
    assert requisite_flaws({**GOOD, "corr_account": ""}) == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"inn": PERSON, "kpp": ""}, "account_of_company_inn_of_person"), ({"kpp": ""}, "kpp_missing"),
        ({"account": "40802810864601544308"}, "account_of_person_inn_of_company"),
        ({"currency": "EUR"}, "account_currency"),
        ({"inn": PERSON, "account": "40802810864601544308"}, "kpp_with_person"), ({"bic": ""}, "bic_missing"),
        ({"account": CORR}, "corr_account_as_account"), ({"account": "42301810857065448701"}, "account_deposit"),
        ({"account": "30232810600000000000"}, "account_of_bank"),
        ({"account": "03100643000000018500"}, "account_treasury"),
        ({"iban": IBAN, "swift": "BNPAFRPP"}, "swift_country"),
    ],
)  # fmt: skip
def test_what_is_unusual_is_a_warning(change, code):
    warnings = requisite_warnings({**GOOD, **change})
    assert [warning.code for warning in warnings] == [code]
    assert all(isinstance(warning, Warn) and warning.read for warning in warnings)
    assert code in WARNINGS


def test_an_account_in_the_field_of_the_correspondent_account_is_a_flaw():
    assert requisite_flaws({**GOOD, "corr_account": ACCOUNT})["corr_account"].reason == "corr_account_class"


def test_there_are_249_countries():
    assert len(COUNTRIES) == 249


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"INN {INN} acc {ACCOUNT}", "INN ******7405 acc ****************6352"), (f"ИНН{INN}", "ИНН******7405"),
        ("40702 810 6 0416 2316352", "****************6352"), (f"{PERSON}.", "********7951."),
        ("DE89 3704 0044 0532 0130 00 OK THEN", "******************3000 OK THEN"),
        (f"{IBAN[:-1]}1", "******************3001"),
    ],
)  # fmt: skip
def test_numbers_of_people_are_masked(text, masked):
    assert mask_numbers(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "PAY-2026-00042", "[PAY-2026-00042/1]", "2026-11-25T10:00:00Z", "1234567890.00 RUB", "1 234 567 890,00",
        "INV-7 of 25 Nov",
        "<abcdefghijklmnopqrstuvwxyz@example.test>", "127.0.0.1:1143", "uid 12345, 0.123456789012 s",
    ],
)  # fmt: skip
def test_references_dates_and_amounts_stay_readable_in_logs(text):
    assert mask_numbers(text) == text
