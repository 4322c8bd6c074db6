"""What lines of text mean, told without drawing a page: rules that real invoices of many programs have asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from documents.invoices.beside_code import not_printed
from documents.invoices.layout import lines_of_table
from documents.invoices.model import BANK_FIELDS, Found
from documents.invoices.text import read_text
from helpers.invoice_pages import OUR_INN, OUR_NAME, PETROV, ROMASHKA, TODAY, Seller

HEAD = "Счет на оплату № 118 от 20.11.2026"
DOLLARS = "40702840600000010001"
NEW_IBAN, OLD_IBAN = "DE89370400440532013000", "FR1420041010050500013M02606"


def read(*rows: str | Sequence[str]) -> tuple[dict[str, str], set[str]]:
    """The values and the names of the doubts; a row is one cell or several."""
    table = [[row] if isinstance(row, str) else row for row in rows]
    found, doubts = read_text(lines_of_table(table), OUR_INN, TODAY)
    return {one.field: one.value for one in found}, {code for code, _ in doubts}


def bank_of(seller: Seller) -> list[str]:
    return [f"р/с {seller.account}", f"в {seller.bank}", f"к/с {seller.corr}", f"БИК {seller.bic}"]


SUPPLIER = [f"Поставщик: {ROMASHKA.name}, ИНН {ROMASHKA.inn}, КПП {ROMASHKA.kpp}", *bank_of(ROMASHKA)]
GOODS = ["Монтаж"] * 9
BUYER = f"Покупатель: {OUR_NAME}, ИНН {OUR_INN}"


def test_kopecks_behind_an_amount_in_words_are_no_amount() -> None:
    values, _ = read(HEAD, "К оплате: 466026 (четыреста шестьдесят шесть тысяч двадцать шесть) рублей 18 копеек")
    assert values["amount"] == "466026.18"
    values, _ = read(HEAD, "К оплате: 466026 (четыреста шестьдесят шесть тысяч", "двадцать шесть) рублей 18 копеек")
    assert "amount" not in values


def test_a_number_broken_by_a_narrow_column_is_whole_or_nothing() -> None:
    broken = [HEAD, ["", "Всего к оплате:", "1 363"], ["", "", "336,53"]]
    values, _ = read(*broken, "Всего наименований 4, на сумму 1 363 336,53 руб.")
    assert values["amount"] == "1363336.53"
    assert read(*broken, ["", "Итого:", "1 363"], ["", "", "336,53"])[0]["amount"] == "1363336.53"
    values, doubts = read(*broken)
    assert "amount" not in values
    assert "amount_unclear" in doubts


@pytest.mark.parametrize(
    "title", ["Коммерческое предложение", "Акт сверки взаимных расчетов", "STATEMENT", "Receipt", "Angebot", "ESTIMATE"]
)
def test_papers_that_ask_for_nothing_give_no_amount(title: str) -> None:
    values, doubts = read(
        title, ["Invoice number", "INV-7"], "Итого к оплате: 100 000,00 руб.", "BALANCE DUE EUR 100.00", *SUPPLIER
    )
    assert not {"amount", "invoice_number", *BANK_FIELDS} & values.keys()
    assert "not_an_invoice" in doubts


def test_an_invoice_that_goes_with_an_offer_is_one() -> None:
    values, doubts = read(HEAD, "Коммерческое предложение № 5", "Всего к оплате: 100,00 руб.", "Без НДС")
    assert values["amount"] == "100.00"
    assert doubts == set()


@pytest.mark.parametrize(
    "notice",
    [
        f"Внимание! Старый счет {PETROV.account} БИК {PETROV.bic} закрыт, не производите на него оплату!",
        f"Расчетный счет {PETROV.account} закрыт.",
        f"Просим не перечислять оплату на {PETROV.account}.",
    ],
)
def test_an_account_out_of_use_is_never_taken(notice: str) -> None:
    values, doubts = read(HEAD, *SUPPLIER, BUYER, notice)
    assert values["account"] == ROMASHKA.account
    assert "account_out_of_use" in doubts
    values, _ = read(HEAD, SUPPLIER[0], BUYER, notice, f"БИК {PETROV.bic}")
    assert "account" not in values


def test_an_iban_out_of_use_is_never_taken() -> None:
    notice = "Our bank details have changed. Please no longer use our old account IBAN "
    values, _ = read("INVOICE 7", f"New account: IBAN {NEW_IBAN}", notice + OLD_IBAN)
    assert values["iban"] == NEW_IBAN
    values, _ = read("INVOICE 7", "New account: IBAN DE00370400440532013000", notice + OLD_IBAN)
    assert "iban" not in values


FOOT = f"{PETROV.name}, разработчик программы. ИНН {PETROV.inn}, р/с {PETROV.account}, БИК {PETROV.bic}"


def test_the_account_of_another_company_in_the_foot_is_not_the_payees() -> None:
    values, doubts = read(HEAD, *SUPPLIER, BUYER, *GOODS, FOOT)
    assert (values["account"], values["bic"]) == (ROMASHKA.account, ROMASHKA.bic)
    assert doubts == set()


@pytest.mark.parametrize(
    "notice",
    [
        "Право требования уступлено фактору",
        "Оплату производить по реквизитам:",
        "Просим оплатить за нас на счет",
        "Оплату просим произвести на расчетный счет третьего лица:",
        "The debt was assigned to",
    ],
)
def test_where_money_may_go_to_somebody_else_no_account_is_chosen(notice: str) -> None:
    values, doubts = read(HEAD, *SUPPLIER, BUYER, *(GOODS if "Оплату" in notice else []), notice, FOOT)
    assert "account" not in values
    assert "several_accounts" in doubts


def test_our_own_account_beside_the_suppliers_is_passed_over() -> None:
    left = ["ПОСТАВЩИК", ROMASHKA.name, f"ИНН/КПП {ROMASHKA.inn}/{ROMASHKA.kpp}", "Город", *bank_of(ROMASHKA)]
    right = ["Реквизиты заявителя", OUR_NAME, f"ИНН {OUR_INN}", "Город", *bank_of(PETROV)]
    for sides in (zip(left, right, strict=True), zip(right, left, strict=True)):
        values, _ = read("СЧЕТ-ДОГОВОР № 5 от 20.11.2026", *sides)
        assert values["account"] == ROMASHKA.account
        assert values["bic"] == ROMASHKA.bic


def test_a_sample_of_the_payment_order_with_both_parties_never_gives_our_own_account() -> None:
    values, doubts = read(
        "Образец платежного поручения",
        [f"ИНН {OUR_INN}", "КПП 960301001", "Сумма", "100-00"],
        [OUR_NAME, "", "Сч. №", PETROV.account],
        "Плательщик",
        [PETROV.bank, "", "БИК", PETROV.bic],
        ["Банк плательщика", "", "Сч. №", PETROV.corr],
        [ROMASHKA.bank, "", "БИК", ROMASHKA.bic],
        ["Банк получателя", "", "Сч. №", ROMASHKA.corr],
        [f"ИНН {ROMASHKA.inn}", f"КПП {ROMASHKA.kpp}", "Сч. №", ROMASHKA.account],
        [ROMASHKA.name, "", "Вид оп.", "01"],
        "Получатель",
    )
    assert "account" not in values
    assert "several_accounts" in doubts


def test_of_accounts_in_several_currencies_the_rouble_one_pays_roubles() -> None:
    currencies = [f"р/с (RUB) {ROMASHKA.account}", f"Валютный счет (USD) {DOLLARS}", f"БИК {ROMASHKA.bic}"]
    values, _ = read(HEAD, SUPPLIER[0], *currencies, "Всего к оплате: 100,00")
    assert (values["account"], values["currency"]) == (ROMASHKA.account, "RUB")
    values, doubts = read(HEAD, SUPPLIER[0], *currencies, "Всего к оплате: 100,00 USD")
    assert "account" not in values
    assert "several_accounts" in doubts


def test_what_is_left_to_pay_counts_where_the_difference_stands_there_too() -> None:
    total, left = ["Total TTC", "469,08 €"], ["Net à payer", "328,36 €"]
    assert read("FACTURE N° 7", total, ["Acompte versé", "140,72 €"], left)[0]["amount"] == "328.36"
    values, doubts = read("FACTURE N° 7", total, left)
    assert "amount" not in values
    assert "several_amounts" in doubts


@pytest.mark.parametrize(
    "label", ["Общая сумма счета", "Итоговая сумма", "Сумма к оплате, руб.", "ИТОГО ПО СЧЕТУ", "К доплате"]
)
def test_words_for_what_is_to_be_paid(label: str) -> None:
    assert read(HEAD, [label, "1 363 336,53"])[0]["amount"] == "1363336.53"


def test_the_head_of_a_column_is_no_label_of_its_first_row() -> None:
    goods = [["Наименование", "Сумма с НДС"], ["Тепловая энергия", "145 226,40"], ["Пени", "10,00"]]
    values, _ = read(HEAD, *goods, ["Всего к оплате с учетом задолженности", "194 379,40"])
    assert values["amount"] == "194379.40"


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        (("Счет за услуги связи № 12/7 от 20.11.2026",), "12/7"),
        (("Счет № 12 на проживание от 20.11.2026",), "12"),
        (("Rechnungsnummer: RE-2026-", "8053"), "RE-2026-8053"),
        (("Schlussrechnung Nr. AR-10 vom 20. November 2026",), "AR-10"),
        (("INVOICE 82035 / 20-Nov-2026",), "82035"),
        (("СЧЁТ", "Номер: 14-А", "Дата: 20.11.2026"), "14-А"),
        (("PROFORMA INVOICE", "No: PI-7 Date: 20-Nov-2026"), "PI-7"),
        (("INVOICE", ["Document No.", "9024185523"], ["Document date", "20.11.2026"]), "9024185523"),
        (("Акт № 136 от 20.11.2026", "Основание: Счет № 638 от 21.10.2026"), None),
        (("Договор", "Номер: 14-А"), None),
    ],
)
def test_the_number_of_the_invoice(rows: tuple[str | Sequence[str], ...], number: str | None) -> None:
    values, _ = read(*rows)
    assert values.get("invoice_number") == number
    assert number is None or number.startswith("RE") or values["invoice_date"] == "2026-11-20"


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (('ООО "Ромашка"', f"ИНН {ROMASHKA.inn}"), 'ООО "Ромашка"'),
        (
            ("Индивидуальный предприниматель Петров", f"Пётр Петрович, ИНН {PETROV.inn}"),
            PETROV.name.replace("ИП", "Индивидуальный предприниматель"),
        ),
        (("Заказчик: АО «Клиент»", f"ИНН {ROMASHKA.inn}"), None),
        (
            ("Общество с ограниченной", 'ответственностью "Ромашка"', "Получатель"),
            'Общество с ограниченной ответственностью "Ромашка"',
        ),
        (("Supplier: Harbor Lane OU", "Beneficiary: Harbor Lane OU, Tallinn"), "Harbor Lane OU"),
        ((["Bluepeak Software B.V.", "Bill to"], ["Amsterdam", "Customer LLC"]), "Bluepeak Software B.V."),
        ((["Поставщик", "Москва, ул. Ленина, д. 62"],), None),
    ],
)
def test_the_name_of_the_payee(rows: tuple[str | Sequence[str], ...], name: str | None) -> None:
    values, doubts = read(*rows)
    assert values.get("contractor") == name
    assert "several_names" not in doubts


def test_an_equivalent_names_no_currency_to_pay_in() -> None:
    values, _ = read(HEAD, *SUPPLIER, "Всего к оплате: 100,00 руб.", "Эквивалент: 1,08 USD по курсу ЦБ")
    assert values["currency"] == "RUB"
    values, _ = read(HEAD, *SUPPLIER, "Итого: 10,00 EUR", "К оплате в рублях: 981,23 руб.")
    assert (values["amount"], values["currency"]) == ("981.23", "RUB")


def test_labels_in_two_languages_are_labels() -> None:
    rows = [["ИНН / TIN", PETROV.inn], ["Счёт / Account", PETROV.account], ["БИК / BIC", PETROV.bic]]
    values, _ = read("Счёт / Invoice № 5 от 20.11.2026", *rows)
    assert (values["inn"], values["account"], values["bic"]) == (PETROV.inn, PETROV.account, PETROV.bic)


def test_of_companies_on_one_letterhead_the_holder_of_the_account_is_paid() -> None:
    column = [ROMASHKA.name, f"ИНН {ROMASHKA.inn} КПП {ROMASHKA.kpp}", *bank_of(ROMASHKA)]
    beside = ["Производство:", f"ИНН {PETROV.inn}", *[""] * 4]
    values, _ = read(*zip(column, beside, strict=True), HEAD, BUYER)
    assert (values["inn"], values["account"]) == (ROMASHKA.inn, ROMASHKA.account)


CODE = [Found("account", PETROV.account, "qr", "page 1")]


def printed(*rows: str) -> list[tuple[str, str]]:
    return not_printed(CODE, lines_of_table([[row] for row in rows]))


def test_a_code_for_an_account_that_is_not_printed_is_doubted() -> None:
    doubts = printed(*SUPPLIER)
    assert [code for code, _ in doubts] == ["code_not_printed"]
    assert PETROV.account in doubts[0][1]
    assert ROMASHKA.account in doubts[0][1]


def test_a_code_beside_its_own_account_is_not_doubted() -> None:
    misread = PETROV.account[:8] + "777" + PETROV.account[11:]
    assert printed(*SUPPLIER, f"р/с {PETROV.account}") == []
    assert printed(f"р/с {misread}") == []
    assert printed(f"Покупатель: {OUR_NAME}, р/с {ROMASHKA.account}") == []
    assert printed(HEAD) == []


def test_an_iban_beside_a_factors_is_doubted_even_when_one_of_them_is_misprinted() -> None:
    notice = "This invoice has been assigned to a factor: pay only to IBAN "
    for factors in ([OLD_IBAN], [f"{OLD_IBAN[:-2]}99"], ["FR14 2004", "1010 0505 0001 3M02 606"]):
        values, doubts = read("INVOICE 7", f"Bank: IBAN {NEW_IBAN}", notice + factors[0], *factors[1:])
        assert "iban" not in values
        assert "several_iban" in doubts
