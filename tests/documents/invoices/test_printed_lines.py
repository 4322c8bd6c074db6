"""What lines of text mean, second part: rules that pages printed by browsers and office programs have asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from documents.invoices.layout import lines_of_table
from documents.invoices.model import BANK_FIELDS
from documents.invoices.text import read_text
from helpers.invoice_pages import CENTRE, OUR_INN, OUR_NAME, PETROV, ROMASHKA, TODAY, Seller, other

HEAD = "Счет № 118 от 20.11.2026"
BUYER = f"Заказчик: {OUR_NAME}, ИНН {OUR_INN}, КПП 960301001"
IBAN = "DE89370400440532013000"


def read(*rows: str | Sequence[str]) -> tuple[dict[str, str], set[str]]:
    """The values and the names of the doubts; a row is one cell or several."""
    found, doubts = read_text(lines_of_table([[row] if isinstance(row, str) else row for row in rows]), OUR_INN, TODAY)
    return {one.field: one.value for one in found}, {code for code, _ in doubts}


def details(seller: Seller) -> str:
    return f"р/с {seller.account} в {seller.bank}, к/с {seller.corr}, БИК {seller.bic}"


def test_money_for_a_third_company_leaves_the_supplier_out() -> None:
    supplier = f"Поставщик: {PETROV.name}, ИНН {PETROV.inn}"
    third = f"{ROMASHKA.name}, ИНН {ROMASHKA.inn}, КПП {ROMASHKA.kpp}, {details(ROMASHKA)}"
    values, doubts = read(HEAD, supplier, BUYER, f"Оплату производить на реквизиты третьего лица: {third}")
    assert values["account"] == ROMASHKA.account
    assert not {"inn", "kpp", "contractor"} & values.keys()
    assert "payee_not_seller" in doubts


@pytest.mark.parametrize("unit", ["у.е.", "у. е.", "условных единиц"])
def test_conventional_units_are_no_roubles(unit: str) -> None:
    values, doubts = read(HEAD, f"Итого к оплате: 1 200,00 {unit}", "Оплата в рублях по курсу ЦБ на день оплаты")
    assert not {"amount", "currency"} & values.keys()
    assert "amount_unclear" in doubts
    assert read(HEAD, "1 у.е. = 100 руб.", "Итого к оплате: 120 000,00 руб.")[0]["amount"] == "120000.00"


@pytest.mark.parametrize("label", ["К оплате аванс 50%:", "К оплате: предоплата (50%)", "Итого к оплате, аванс 50 %:"])
def test_an_advance_is_what_is_to_be_paid(label: str) -> None:
    values, doubts = read(HEAD, "Итого: 244 000,00", "В том числе НДС 22%: 44 000,00", f"{label} 122 000,00")
    assert values["amount"] == "122000.00"
    assert "debt_in_total" in doubts


@pytest.mark.parametrize("title", ["СПРАВКА О СТОИМОСТИ ВЫПОЛНЕННЫХ РАБОТ И ЗАТРАТ", "Акт о приёмке выполненных работ"])
def test_papers_of_construction_give_no_amount(title: str) -> None:
    values, doubts = read(title, "Всего с учетом НДС: 1 220 000,00 руб.", "Дата составления 31.10.2026")
    assert not {"amount", "invoice_date"} & values.keys()
    assert "not_an_invoice" in doubts


def test_a_payment_order_has_no_purpose_for_us_and_a_reminder_no_day() -> None:
    values, _ = read("ПЛАТЕЖНОЕ ПОРУЧЕНИЕ № 812", "Оплата по счету № 4", "Назначение платежа", "ИСПОЛНЕНО 19.11.2026")
    assert "purpose" not in values
    values, _ = read("2. Mahnung", "Fällig 15.09.2026", "Gesamtforderung 1.195,00 EUR")
    assert "pay_by" not in values


@pytest.mark.parametrize(
    ("rows", "rate", "vat"),
    [
        (["Итого: 180 000,00 руб.", ["НДС 0%:", "0,00"]], "0", None),
        ([["Наименование", "НДС", "Сумма"], ["Верстка", "Без НДС", "32 000 ₽"], "К оплате 32 000 ₽"], "none", None),
        (
            ["Начислено без НДС 4 000,00", "НДС 22% 880,00", "Начислено с НДС 4 880,00", "К оплате 4 880,00"],
            "22",
            "880.00",
        ),
        (["Total CHF 2'702.50", "MWST 8.1% CHF 202.50"], "8.1", "202.50"),
        (["Всего: 21 500,00 руб. (НДС 0% за проживание, НДС 22% прочее — 360,66 руб.)"], None, None),
    ],
)
def test_the_rate_is_that_of_the_whole(rows: list[str | list[str]], rate: str | None, vat: str | None) -> None:
    values, _ = read(HEAD, *rows)
    assert (values.get("vat_rate"), values.get("vat_amount")) == (rate, vat)


@pytest.mark.parametrize(
    ("row", "amount"),
    [
        (["Итого", "", "25 000,00", "5 500,00", "30 500,00"], "30500.00"),
        (["Итого", "500", "", "2 200,00", "12 200,00"], "12200.00"),
        (["Total AED", "10,000.00", "50.00", "10,050.00"], "10050.00"),
        (["Итого", "500", "2 000,00", "12 200,00"], None),
    ],
)
def test_the_last_sum_under_columns_counts_where_the_others_explain_it(row: list[str], amount: str | None) -> None:
    values, _ = read(HEAD, ["Наименование", "Кол-во", "Без НДС", "НДС", "С НДС"], row)
    assert values.get("amount") == amount


def test_the_sum_of_a_filled_form_counts_with_its_currency_alone() -> None:
    assert read(HEAD, ["Сумма", "15 250 руб. 00 коп."])[0]["amount"] == "15250.00"
    assert "amount" not in read(HEAD, ["Сумма", "15 250"])[0]
    assert "amount" not in read(HEAD, ["Сумма", "15 250 руб."], ["Сумма", "1 000 руб."])[0]
    assert read(HEAD, ["Сумма", "9 руб."], ["Итого к оплате", "15 250,00"])[0]["amount"] == "15250.00"


def test_dollars_are_those_that_are_named() -> None:
    assert read("Invoice", "Amount Due (CAD): $1,130.00")[0]["currency"] == "CAD"
    assert "currency" not in read("Invoice", "Amount Due: $1,130.00")[0]
    assert "currency" not in read("Invoice", "Amount Due: $1,130.00", "CAD or AUD")[0]


def test_details_under_a_heading_of_payment_are_the_payees() -> None:
    values, _ = read(
        BUYER, ["Реквизиты для оплаты"], [f"Расчётный счёт {PETROV.account}"], f"{PETROV.bank}, БИК {PETROV.bic}"
    )
    assert values["account"] == PETROV.account
    assert "account" not in read(BUYER, [f"Расчётный счёт {PETROV.account}"], f"{PETROV.bank}, БИК {PETROV.bic}")[0]


def test_an_agent_is_paid_and_his_principal_only_named() -> None:
    agent = f"Исполнитель (агент): {ROMASHKA.name}, ИНН {ROMASHKA.inn}, КПП {ROMASHKA.kpp}"
    whom = f"действующий от своего имени по поручению принципала {PETROV.name} (ИНН {PETROV.inn})"
    values, _ = read(HEAD, agent, whom, details(ROMASHKA), BUYER)
    assert (values["inn"], values["account"], values["corr_account"]) == (
        ROMASHKA.inn, ROMASHKA.account, ROMASHKA.corr,
    )  # fmt: skip


def test_numbers_in_groups_are_read() -> None:
    grouped = " ".join(ROMASHKA.account[n : n + 4] for n in range(0, 20, 4))
    bic = f"{ROMASHKA.bic[:3]} {ROMASHKA.bic[3:6]} {ROMASHKA.bic[6:]}"
    values, _ = read(HEAD, ["Р/с", grouped, "БИК", bic])
    assert (values["account"], values["bic"]) == (ROMASHKA.account, ROMASHKA.bic)


@pytest.mark.parametrize(
    ("rows", "field", "value"),
    [
        (["Счёт", "№ МУ-214 от 19.11.2026"], "invoice_date", "2026-11-19"),
        (["СЧЕТ № 9612345678/202610 от 31.10.2026"], "invoice_number", "9612345678/202610"),
        (["СЧЁТ НА ОПЛАТУ ПРОЖИВАНИЯ № 260118 ОТ 20/11/2026"], "invoice_number", "260118"),
        (["СЧЕТ / INVOICE № 26-041 от / dated 17.11.2026"], "invoice_date", "2026-11-17"),
        ([HEAD, "Ранее выставленный счет № 117 аннулирован"], "invoice_number", "118"),
        (["INVOICE", "# INV-000231"], "invoice_number", "INV-000231"),
        (["PROFORMA INVOICE", "PI NO.: NB2026-1108"], "invoice_number", "NB2026-1108"),
        (["FACTURA", "Nº de factura: A-26/0119"], "invoice_number", "A-26/0119"),
        (["FACTURA", "Fecha de factura: 13 de noviembre de 2026"], "invoice_date", "2026-11-13"),
        (["FACTURA", "Fecha de vencimiento: 13/12/2026"], "pay_by", "2026-12-13"),
        (["FACTURE N° F-44", "Date : 12 novembre 2026"], "invoice_date", "2026-11-12"),
        (["Rechnung Nr. 77", "Berlin, den 14. November 2026"], "invoice_date", "2026-11-14"),
        ([HEAD, "Оплатите до 24 ноября 2026"], "pay_by", "2026-11-24"),
        ([HEAD, "Просим оплатить счет до 20.12.2026"], "pay_by", "2026-12-20"),
        (["FACTURE 12", "SAS Bois du Nord", "Total TTC 10,00 EUR"], "contractor", "SAS Bois du Nord"),
        ([f"Страховщик: САО «Дом», ИНН {ROMASHKA.inn}"], "contractor", "САО «Дом»"),
        (["СЧЕТ-ИЗВЕЩЕНИЕ № 0045/11 от 15.11.2026"], "invoice_number", "0045/11"),
        (["2. Abschlagsrechnung Nr. AR-2026-031"], "invoice_number", "AR-2026-031"),
        (["Tax invoice", "Sold by Nimbus EMEA SARL"], "contractor", "Nimbus EMEA SARL"),
        ([HEAD, "Всего к оплате с НДС 22 %: 18 300,00 руб."], "amount", "18300.00"),
        ([HEAD, "Итого: 61 000 руб. 00 коп.", "В том числе НДС 22%: 11 000 руб. 00 коп."], "amount", "61000.00"),
        (["р/с KZ86125KZT5004100100", "БИК KCJBKZKX"], "swift", "KCJBKZKX"),
    ],
)  # fmt: skip
def test_numbers_days_and_names_as_programs_print_them(rows: list[str], field: str, value: str) -> None:
    assert read(*rows)[0].get(field) == value


def test_a_day_inside_a_sentence_is_not_the_day_of_the_letter() -> None:
    assert "invoice_date" not in read("Rechnung Nr. 77", "Wir trafen uns in Berlin, den 14. November 2026")[0]


def test_without_a_redirection_the_supplier_stays() -> None:
    supplier = f"Поставщик: {ROMASHKA.name}, ИНН {ROMASHKA.inn}, {details(ROMASHKA)}"
    bank = other(CENTRE, inn=PETROV.inn)
    values, doubts = read(HEAD, supplier, f"Банк: ИНН {bank.inn}", BUYER)
    assert values["inn"] == ROMASHKA.inn
    assert {*BANK_FIELDS} & values.keys() == {"account", "bic", "corr_account"}
    assert "payee_not_seller" not in doubts


def test_where_we_are_the_supplier_nobody_is_paid() -> None:
    ours = f"Поставщик: {OUR_NAME}, ИНН {OUR_INN}, {details(ROMASHKA)}"
    values, doubts = read("Счет на возврат № 5 от 20.11.2026", ours, f"Покупатель: {PETROV.name}, ИНН {PETROV.inn}")
    assert not {"contractor", *BANK_FIELDS} & values.keys()
    assert "own_inn_as_payee" in doubts
