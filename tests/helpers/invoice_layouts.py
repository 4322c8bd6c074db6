"""Layouts of honest invoices, each beside everything that is right to read from it.

What a layout leaves out of `needed` may be missed by the reader, but a value that is read must be the one of `truth`.
"""

from __future__ import annotations

from collections.abc import Callable

from helpers.invoice_pages import (
    GOODS,
    OUR_INN,
    OUR_NAME,
    PETROV,
    ROMASHKA,
    USUAL_TOTALS,
    Seller,
    Sheet,
    box,
    goods,
    other,
    parties,
    st00012,
    totals,
    usual,
)

Truth = dict[str, str]
Layout = Callable[[], tuple[bytes, Truth, str]]
LAYOUTS: dict[str, Layout] = {}

BASE = {
    "inn": "9601123451", "kpp": "960101001", "account": "40702810300000010001", "bic": "049600111",
    "corr_account": "30101810100000000111", "contractor": 'ООО "Ромашка"', "bank_name": 'АО "ТЕСТБАНК" г. Москва',
    "amount": "123456.78", "currency": "RUB", "invoice_number": "118", "invoice_date": "2026-11-20",
    "vat_rate": "22", "vat_amount": "22262.70",
}  # fmt: skip
IP = BASE | {
    "inn": "960212345698", "account": "40802810900000020002", "bic": "049600222", "contractor": PETROV.name,
    "corr_account": "30101810400000000222", "bank_name": PETROV.bank, "vat_rate": "none",
}  # fmt: skip
del IP["kpp"]
ALL = "inn kpp account bic corr_account contractor amount currency invoice_number invoice_date vat_rate vat_amount"
NO_KPP = "inn account bic corr_account contractor amount currency invoice_number invoice_date vat_rate"
EURO = {
    "contractor": "Muster Handwerk GmbH", "iban": "DE89370400440532013000", "swift": "COBADEFFXXX", "amount": "1190.00",
    "currency": "EUR", "invoice_number": "2026-0118", "invoice_date": "2026-11-20", "vat_rate": "19",
    "vat_amount": "190.00", "pay_by": "2026-12-04",
}  # fmt: skip
ABROAD = "contractor iban swift amount currency invoice_number invoice_date"


def layout(name: str) -> Callable[[Layout], Layout]:
    """Put a layout into the collection."""

    def keep(function: Layout) -> Layout:
        LAYOUTS[name] = function
        return function

    return keep


@layout("1c")
def _usual() -> tuple[bytes, Truth, str]:
    return usual().bytes(), BASE, ALL


@layout("1c entrepreneur without VAT")
def _usual_ip() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), PETROV).gap().say("Счет на оплату № 7 от 1 ноября 2026 г.", 14, bold=True)
    parties(sheet, PETROV)
    goods(sheet, ("1", "Услуги дизайна", "1", "шт", "5 000,00", "5 000,00"))
    totals(sheet, ("Итого:", "5 000,00"), ("Без налога (НДС)", "-"), ("Всего к оплате:", "5 000,00"))
    sheet.say("Всего наименований 1, на сумму 5 000,00 руб.")
    truth = IP | {"amount": "5000.00", "invoice_number": "7", "invoice_date": "2026-11-01"}
    truth.pop("vat_amount")
    return sheet.bytes(), truth, NO_KPP


@layout("box without borders")
def _no_borders() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA, bordered=0).gap().say("Счет на оплату № 118 от 20.11.2026", 13)
    totals(goods(parties(sheet)), *USUAL_TOTALS)
    return sheet.bytes(), BASE, ALL


@layout("requisites in a paragraph")
def _paragraph() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("СЧЕТ № 118 от 20.11.2026 г.", 14, bold=True, align="C").gap()
    sheet.wrap(
        'Исполнитель: ООО "Ромашка", ИНН 9601123451, КПП 960101001, 101000, г. Москва, ул. Примерная, д. 1, '
        'р/с 40702810300000010001 в АО "ТЕСТБАНК" г. Москва, БИК 049600111, к/с 30101810100000000111'
    )
    sheet.wrap(f"Заказчик: {OUR_NAME}, ИНН {OUR_INN}, КПП 960301001")
    totals(goods(sheet), ("ИТОГО:", "101 194,08"), ("НДС 22%:", "22 262,70"), ("Итого к оплате:", "123 456,78"))
    return sheet.bytes(), BASE, ALL


@layout("labels on lines")
def _lines() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Счёт № 118 от 20.11.2026", 13, bold=True).gap()
    for text in (
        "Получатель: ООО «Ромашка»", "ИНН: 9601123451", "КПП: 960101001", "Расчетный счет: 40702810300000010001",
        'Банк: АО "ТЕСТБАНК" г. Москва', "БИК: 049600111", "Корр. счет: 30101810100000000111", "",
        "Плательщик: ООО «Заказчик»", f"ИНН: {OUR_INN}", "КПП: 960301001", "",
        "Сумма к оплате: 123 456,78 руб., в т.ч. НДС (22%) 22 262,70 руб.",
    ):  # fmt: skip
        sheet.say(text)
    return sheet.bytes(), BASE | {"contractor": "ООО «Ромашка»"}, ALL


@layout("two columns")
def _columns() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Счет № 118 от 20 ноября 2026 года", 13, bold=True).gap()
    wide = (95, 95)
    for left, right in (
        ("Исполнитель:", "Заказчик:"), ('ООО "Ромашка"', OUR_NAME), ("ИНН 9601123451", f"ИНН {OUR_INN}"),
        ("КПП 960101001", "КПП 960301001"), ("р/с 40702810300000010001", "р/с 40702810700000077777"),
        ('АО "ТЕСТБАНК" г. Москва', 'АО "ТЕСТБАНК" г. Москва'), ("БИК 049600111", "БИК 049600111"),
        ("к/с 30101810100000000111", "к/с 30101810100000000111"),
    ):  # fmt: skip
        sheet.row(wide, left, right)
    totals(goods(sheet.gap()), *USUAL_TOTALS)
    return sheet.bytes(), BASE, ALL


@layout("columns, buyer on the left")
def _columns_turned() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Счет № 118 от 20.11.2026", 13, bold=True).gap()
    for left, right in (
        ("Заказчик", "Исполнитель"), (OUR_NAME, 'ООО "Ромашка"'), (f"ИНН {OUR_INN}", "ИНН 9601123451"),
        ("КПП 960301001", "КПП 960101001"), ("", "р/с 40702810300000010001"), ("", "БИК 049600111"),
        ("", "к/с 30101810100000000111"),
    ):  # fmt: skip
        sheet.row((95, 95), left, right)
    totals(goods(sheet.gap()), *USUAL_TOTALS)
    return sheet.bytes(), BASE, ALL


@layout("table of requisites")
def _table() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Счет на оплату №118 от 20.11.2026г.", 13).gap()
    for label, value in (
        ("Поставщик", 'ООО "Ромашка"'), ("ИНН/КПП", "9601123451/960101001"), ("Расчётный счёт", "40702810300000010001"),
        ("Банк", 'АО "ТЕСТБАНК" г. Москва'), ("БИК", "049600111"), ("Корр. счёт", "30101810100000000111"),
        ("Покупатель", OUR_NAME), ("ИНН/КПП", f"{OUR_INN}/960301001"),
    ):  # fmt: skip
        sheet.row((50, 130), label, value, border=1)
    totals(goods(sheet.gap()), *USUAL_TOTALS)
    return sheet.bytes(), BASE, ALL


@layout("spaced numbers")
def _spaced() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("СЧЕТ № А-118/26 от «20» ноября 2026 г.", 13).gap()
    sheet.say('Поставщик: ООО "Ромашка"').say("ИНН 9601123451 КПП 960101001")
    sheet.say("Р/с 40702 810 3 0000 0010001 БИК 049600111").say("К/с 30101 810 1 0000 0000111")
    sheet.say(f"Покупатель: {OUR_NAME} ИНН {OUR_INN}")
    totals(goods(sheet.gap()), ("Всего к оплате:", "123 456 руб. 78 коп."))
    sheet.say("В том числе НДС 22% - 22262-70")
    return sheet.bytes(), BASE | {"invoice_number": "А-118/26"}, ALL


@layout("total with words around")
def _words() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет-договор № 118 от 20.11.2026", 13)
    goods(parties(sheet))
    sheet.say("Всего к оплате: 123 456,78 (Сто двадцать три тысячи четыреста пятьдесят шесть) руб. 78 коп.")
    sheet.say("в том числе НДС 22% 22 262,70 руб.")
    return sheet.bytes(), BASE, ALL


@layout("upd row of totals")
def _upd_totals() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118 от 20.11.2026", 13)
    parties(sheet)
    wide = (70, 30, 15, 30, 35)
    sheet.row(wide, "Наименование", "Стоимость без НДС", "Ставка", "Сумма НДС", "Стоимость с НДС", border=1)
    sheet.row(wide, "Услуги монтажа", "101 194,08", "22%", "22 262,70", "123 456,78", border=1, align="LRRRR")
    sheet.row(wide, "Всего к оплате", "101 194,08", "X", "22 262,70", "123 456,78", border=1, align="LRRRR")
    return (
        sheet.bytes(),
        BASE,
        "inn kpp account bic corr_account contractor amount currency invoice_number invoice_date",
    )


@layout("total only, no VAT")
def _total_only() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("СЧЕТ № 15 от 05.11.2026", 13).gap().say(f"Исполнитель: {PETROV.name}")
    sheet.say(f"ИНН {PETROV.inn}").say(f"Р/с {PETROV.account} в {PETROV.bank}").say(
        f"БИК {PETROV.bic} К/с {PETROV.corr}"
    )
    sheet.say(f"Заказчик: {OUR_NAME}, ИНН {OUR_INN}")
    goods(sheet, ("1", "Съёмка", "2", "ч", "3 500,00", "7 000,00"))
    sheet.say("Итого: 7 000,00 руб. НДС не облагается.")
    truth = IP | {"amount": "7000.00", "invoice_number": "15", "invoice_date": "2026-11-05"}
    truth.pop("vat_amount")
    return sheet.bytes(), truth, NO_KPP


@layout("purpose and pay by")
def _purpose() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет № 118 от 20.11.2026", 13)
    parties(sheet)
    sheet.say("Основание: Договор № 5 от 01.02.2026").say("Оплатить до: 30.11.2026").gap()
    totals(goods(sheet), *USUAL_TOTALS)
    sheet.gap().say(
        "Назначение платежа: Оплата по счету № 118 от 20.11.2026 за монтаж. В том числе НДС 22% - 22262.70 руб."
    )
    purpose = "Оплата по счету № 118 от 20.11.2026 за монтаж. В том числе НДС 22% - 22262.70 руб."
    truth = BASE | {"purpose": purpose, "pay_by": "2026-11-30", "contract": "Договор № 5 от 01.02.2026"}
    return sheet.bytes(), truth, ALL + " purpose pay_by contract"


@layout("second page holds the total")
def _two_pages() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118 от 20 ноября 2026 г.", 13)
    parties(sheet)
    goods(sheet, *[(str(n), f"Позиция {n}", "1", "шт", "1 011,94", "1 011,94") for n in range(1, 61)])
    totals(sheet, *USUAL_TOTALS)
    return sheet.bytes(), BASE, ALL


@layout("landscape")
def _landscape() -> tuple[bytes, Truth, str]:
    sheet = Sheet(orientation="landscape")
    totals(goods(parties(box(sheet, ROMASHKA).gap().say("Счет № 118 от 20.11.2026", 13))), *USUAL_TOTALS)
    return sheet.bytes(), BASE, ALL


@layout("small print")
def _small() -> tuple[bytes, Truth, str]:
    sheet = Sheet(size=6)
    totals(goods(parties(box(sheet, ROMASHKA).gap().say("Счет № 118 от 20.11.2026", 8))), *USUAL_TOTALS)
    return sheet.bytes(), BASE, ALL


@layout("large print")
def _large() -> tuple[bytes, Truth, str]:
    sheet = Sheet(size=10).say("Счет № 118 от 20.11.2026", 18, bold=True).gap(6)
    sheet.say('Получатель платежа: ООО "Ромашка"', 11).say("ИНН 9601123451, КПП 960101001", 11)
    sheet.say("Счет получателя 40702810300000010001", 11).say("БИК 049600111, корр. счет 30101810100000000111", 11)
    sheet.say("К оплате: 123 456,78 ₽ (вкл. НДС 22% 22 262,70 ₽)", 16)
    return sheet.bytes(), BASE, ALL


@layout("previous invoice mentioned")
def _mentioned() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118 от 20.11.2026", 13)
    parties(sheet).say("Доплата к ранее выставленному по счету № 95 от 01.10.2026")
    totals(goods(sheet), *USUAL_TOTALS)
    return sheet.bytes(), BASE, ALL


@layout("treasury account")
def _treasury() -> tuple[bytes, Truth, str]:
    fund = Seller(
        "УФК по Тульской области", "7727406020", "770801001", "03100643000000018500", "ОТДЕЛЕНИЕ ТУЛА БАНКА РОССИИ",
        "017003983", "40102810445370000059",
    )  # fmt: skip
    sheet = box(Sheet(), fund).gap().say("Счет № 118 от 20.11.2026", 13)
    parties(sheet, fund).say("К оплате: 10 000,00 руб. Без НДС")
    truth = BASE | {
        "inn": fund.inn, "kpp": fund.kpp, "account": fund.account, "bic": fund.bic, "corr_account": fund.corr,
        "contractor": fund.name, "amount": "10000.00", "vat_rate": "none", "bank_name": fund.bank,
    }  # fmt: skip
    truth.pop("vat_amount")
    return sheet.bytes(), truth, ALL.replace(" vat_amount", "")


@layout("vat without a rate")
def _vat_no_rate() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет № 118 от 20.11.2026", 13)
    totals(
        goods(parties(sheet)),
        ("Итого:", "123 456,78"),
        ("В том числе НДС:", "22 262,70"),
        ("Всего к оплате:", "123 456,78"),
    )
    return sheet.bytes(), BASE, ALL


@layout("mixed case and no colon")
def _mixed() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("счет на оплату № 118 от 20.11.2026", 12).gap()
    sheet.row((40, 140), "ПОСТАВЩИК", 'ООО "Ромашка"').row((40, 140), "ИНН", "9601123451").row(
        (40, 140), "КПП", "960101001"
    )
    sheet.row((40, 140), "р/счет", "40702810300000010001").row((40, 140), "БИК", "049600111")
    sheet.row((40, 140), "к/счет", "30101810100000000111").row((40, 140), "ПЛАТЕЛЬЩИК", OUR_NAME)
    sheet.row((40, 140), "ИНН", OUR_INN).gap()
    totals(goods(sheet), ("ИТОГО К ОПЛАТЕ", "123456,78"), ("В Т.Ч. НДС 22%", "22262,70"))
    return sheet.bytes(), BASE, ALL


@layout("english")
def _english() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("INVOICE", 18, bold=True).gap()
    sheet.row((95, 40, 50), "Muster Handwerk GmbH", "Invoice No:", "2026-0118")
    sheet.row((95, 40, 50), "Beispielweg 1, 10115 Berlin", "Invoice date:", "20 Nov 2026")
    sheet.row((95, 40, 50), "", "Due date:", "4 Dec 2026").gap()
    sheet.say("Bill to:").say("Customer LLC").gap()
    totals(sheet, ("Subtotal", "1,000.00"), ("VAT 19%", "190.00"), ("Total due (EUR)", "1,190.00")).gap()
    sheet.say("Account holder: Muster Handwerk GmbH").say("IBAN: DE89 3704 0044 0532 0130 00").say("BIC: COBADEFFXXX")
    return sheet.bytes(), EURO, ABROAD + " pay_by vat_rate vat_amount"


@layout("english header row")
def _english_row() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Tax Invoice", 18, bold=True).gap()
    wide = (45, 45, 45, 45)
    sheet.row(wide, "Invoice number", "Date of issue", "Due date", "Amount due", border=1)
    sheet.row(wide, "2026-0118", "November 20, 2026", "December 4, 2026", "€1,190.00", border=1).gap()
    sheet.say("Seller: Muster Handwerk GmbH").say("Customer: Customer LLC").say(
        "IBAN DE89370400440532013000, SWIFT COBADEFFXXX"
    )
    return sheet.bytes(), EURO, ABROAD + " pay_by"


@layout("german")
def _german() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Muster Handwerk GmbH", 14, bold=True).say("Beispielweg 1 · 10115 Berlin").gap()
    sheet.say("Kundin: Beispiel AG").say("Rechnung", 16, bold=True).say("Rechnungsnummer: 2026-0118")
    sheet.say("Rechnungsdatum: 20.11.2026").say("Zahlbar bis: 04.12.2026").gap()
    totals(
        sheet, ("Nettobetrag", "1.000,00 €"), ("zzgl. 19 % MwSt.", "190,00 €"), ("Rechnungsbetrag", "1.190,00 €")
    ).gap()
    sheet.say("Kontoinhaber: Muster Handwerk GmbH").say("IBAN: DE89 3704 0044 0532 0130 00   BIC: COBADEFFXXX")
    return sheet.bytes(), EURO, ABROAD + " pay_by vat_rate vat_amount"


@layout("german with month names")
def _german_months() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Rechnung Nr. 2026-0118", 16, bold=True).say("Datum: 20. November 2026").gap()
    sheet.say("Zahlungsempfänger: Muster Handwerk GmbH").say("IBAN DE89 3704 0044 0532 0130 00").say("BIC COBADEFFXXX")
    totals(sheet, ("Summe netto", "1.000,00 EUR"), ("MwSt. 19%", "190,00 EUR"), ("Gesamtbetrag", "1.190,00 EUR"))
    sheet.say("Fällig am 4. Dezember 2026")
    return sheet.bytes(), EURO, ABROAD + " pay_by"


@layout("swiss text")
def _swiss() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Rechnung Nr. 77", 16, bold=True).say("Rechnungsdatum: 15.11.2026").gap()
    sheet.say("Zahlungsempfänger: Beispiel Treuhand AG").say("IBAN CH93 0076 2011 6238 5295 7")
    totals(sheet, ("Total inkl. MwSt.", "CHF 1'949.75"))
    truth = {
        "contractor": "Beispiel Treuhand AG", "iban": "CH9300762011623852957", "amount": "1949.75", "currency": "CHF",
        "invoice_number": "77", "invoice_date": "2026-11-15",
    }  # fmt: skip
    return sheet.bytes(), truth, "contractor iban amount currency invoice_number invoice_date"


@layout("dollars by code")
def _dollars() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Invoice INV-2026-31", 16, bold=True).say("Date: 2026-11-18").gap()
    sheet.say("Beneficiary: Example Software Ltd").say("IBAN: GB29 NWBK 6016 1331 9268 19").say("SWIFT: NWBKGB2L")
    totals(sheet, ("Total", "USD 2,400.00"), ("VAT 0%", "0.00"), ("Amount due", "USD 2,400.00"))
    truth = {
        "contractor": "Example Software Ltd", "iban": "GB29NWBK60161331926819", "swift": "NWBKGB2L", "vat_rate": "0",
        "amount": "2400.00", "currency": "USD", "invoice_number": "INV-2026-31", "invoice_date": "2026-11-18",
        "vat_amount": "0.00",
    }  # fmt: skip
    return sheet.bytes(), truth, ABROAD


def _with_code(sheet: Sheet, code: str, encoding: str = "utf-8") -> bytes:
    return sheet.code(code, 150, 180, 38, encoding).bytes()


_PURPOSE = "Оплата по счету № 118 от 20.11.2026. В том числе НДС 22% - 22262.70 руб."
CODED = BASE | {"purpose": _PURPOSE}


@layout("code in UTF-8")
def _code_utf8() -> tuple[bytes, Truth, str]:
    return _with_code(usual(), st00012(purpose=_PURPOSE)), CODED, ALL + " purpose bank_name"


@layout("code in windows-1251")
def _code_1251() -> tuple[bytes, Truth, str]:
    code = st00012(purpose=_PURPOSE, header="ST00011")
    return _with_code(usual(), code, "cp1251"), CODED, ALL + " purpose bank_name"


@layout("code in KOI8-R")
def _code_koi8() -> tuple[bytes, Truth, str]:
    code = st00012(purpose="Аренда", header="ST00013")
    return _with_code(usual(), code, "koi8-r"), BASE | {"purpose": "Аренда"}, ALL + " purpose"


@layout("code alone")
def _code_alone() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Отсканируйте код для оплаты")
    return _with_code(sheet, st00012(purpose=_PURPOSE)), CODED, ALL + " purpose"


@layout("code on both pages")
def _code_twice() -> tuple[bytes, Truth, str]:
    sheet = usual().code(st00012(purpose=_PURPOSE), 150, 180)
    sheet.pdf.add_page()
    return sheet.code(st00012(purpose=_PURPOSE), 20, 20).bytes(), CODED, ALL


@layout("small code")
def _code_small() -> tuple[bytes, Truth, str]:
    return usual().code(st00012(purpose=_PURPOSE), 150, 180, 22).bytes(), CODED, ALL + " purpose"


@layout("epc code")
def _epc() -> tuple[bytes, Truth, str]:
    _, truth, _ = _german()
    sheet = (
        Sheet().say("Rechnung Nr. 2026-0118", 14).say("Rechnungsdatum: 20.11.2026").say("Rechnungsbetrag: 1.190,00 €")
    )
    lines = ("BCD", "002", "1", "SCT", "COBADEFFXXX", "Muster Handwerk GmbH", "DE89370400440532013000", "EUR1190.00")
    code = "\n".join((*lines, "", "", "Rechnung 2026-0118"))
    return sheet.code(code, 20, 60).bytes(), truth | {"purpose": "Rechnung 2026-0118"}, ABROAD


@layout("swiss code")
def _spc() -> tuple[bytes, Truth, str]:
    elements = (
        "SPC|0200|1|CH4431999123000889012|S|Beispiel Treuhand AG|Bahnhofstrasse|12|8001|Zürich|CH||||||||1949.75|CHF|S|"
        "Muster Käufer GmbH|Hauptgasse|3|3011|Bern|CH|QRR|210000000003139471430009017|Auftrag|EPD"
    )
    code = elements.replace("|", "\r\n")
    truth = {
        "contractor": "Beispiel Treuhand AG", "iban": "CH4431999123000889012", "amount": "1949.75", "currency": "CHF",
        "purpose": "210000000003139471430009017 Auftrag", "invoice_number": "77",
    }  # fmt: skip
    sheet = Sheet().say("Rechnung Nr. 77")
    return sheet.code(code, 20, 60, 46).bytes(), truth, "contractor iban amount currency purpose invoice_number"


@layout("several goods and discounts in rows")
def _rows() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118 от 20.11.2026", 13)
    parties(sheet)
    goods(
        sheet,
        ("1", "Бумага А4", "100", "пач", "350,00", "35 000,00"),
        ("2", "Картридж 42А", "8", "шт", "8 274,26", "66 194,08"),
    )
    return totals(sheet, *USUAL_TOTALS).bytes(), BASE, ALL


@layout("details at the foot")
def _foot() -> tuple[bytes, Truth, str]:
    sheet = Sheet().say("Счет № 118", 16, bold=True).say("от 20.11.2026").gap()
    sheet.say(f"Заказчик: {OUR_NAME}, ИНН {OUR_INN}, КПП 960301001").gap()
    totals(goods(sheet), *USUAL_TOTALS).gap(30)
    sheet.say("Реквизиты исполнителя").say('Исполнитель: ООО "Ромашка"').say("ИНН 9601123451 КПП 960101001")
    sheet.say("р/с 40702810300000010001").say('в АО "ТЕСТБАНК" г. Москва').say("БИК 049600111 к/с 30101810100000000111")
    return sheet.bytes(), BASE, ALL


@layout("long names that wrap")
def _long_name() -> tuple[bytes, Truth, str]:
    long = other(ROMASHKA, name='Общество с ограниченной ответственностью "Ромашка"')
    sheet = box(Sheet(), long).gap().say("Счет на оплату № 118 от 20.11.2026", 13)
    sheet.row((35, 150), "Поставщик:", "Общество с ограниченной ответственностью")
    sheet.row((35, 150), "", '"Ромашка", ИНН 9601123451, КПП 960101001')
    sheet.row((35, 150), "Покупатель:", f"{OUR_NAME}, ИНН {OUR_INN}")
    totals(goods(sheet), *USUAL_TOTALS)
    return sheet.bytes(), BASE | {"contractor": long.name}, ALL


@layout("placed word by word")
def _placed() -> tuple[bytes, Truth, str]:
    sheet = Sheet()
    for y, words in (
        (20, ((20, "Счет"), (29.5, "№"), (35, "118"), (42, "от"), (47.5, "20.11.2026"))),
        (30, ((20, "Поставщик:"), (41, "ООО"), (50, '"Ромашка",'), (70, "ИНН"), (79, "9601123451,"))),
        (30, ((102, "КПП"), (111, "960101001"))),
        (36, ((20, "Р/с"), (28, "40702810300000010001"), (72, "БИК"), (81, "049600111"))),
        (36, ((103, "К/с"), (111, "30101810100000000111"))),
        (42, ((20, "Покупатель:"), (43, "ООО"), (52, '"Заказчик",'), (73, "ИНН"), (82, OUR_INN))),
        (60, ((20, "Всего"), (31.5, "к"), (35, "оплате:"), (49, "123"), (56.2, "456,78"), (69, "руб."))),
    ):  # fmt: skip
        for x, word in words:
            sheet.at(x, y, word)
    return (
        sheet.bytes(),
        BASE,
        "inn kpp account bic corr_account contractor amount currency invoice_number invoice_date",
    )


@layout("bottom first in the file")
def _reversed() -> tuple[bytes, Truth, str]:
    sheet = Sheet()
    sheet.at(20, 90, "Всего к оплате: 123 456,78 руб.").at(20, 84, "В том числе НДС 22%: 22 262,70")
    sheet.at(20, 60, f"Покупатель: {OUR_NAME}, ИНН {OUR_INN}, КПП 960301001")
    sheet.at(20, 54, "р/с 40702810300000010001, БИК 049600111, к/с 30101810100000000111")
    sheet.at(20, 48, 'Поставщик: ООО "Ромашка", ИНН 9601123451, КПП 960101001').at(
        20, 30, "Счет № 118 от 20.11.2026", 14
    )
    return sheet.bytes(), BASE, ALL


@layout("white on dark total")
def _white() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет № 118 от 20.11.2026", 13)
    goods(parties(sheet))
    sheet.pdf.set_fill_color(20, 40, 90)
    sheet.pdf.set_text_color(255, 255, 255)
    sheet.pdf.cell(185, 8, "Всего к оплате: 123 456,78 руб.", fill=True)
    return sheet.bytes(), BASE, "inn kpp account bic contractor amount invoice_number"


@layout("goods named like labels")
def _goods_like_labels() -> tuple[bytes, Truth, str]:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118 от 20.11.2026", 13)
    parties(sheet)
    goods(sheet, ("1", "Итоговая аттестация, всего 3 этапа", "1", "шт", "101 194,08", "101 194,08"), GOODS[:0] or GOODS)
    return totals(sheet, *USUAL_TOTALS).bytes(), BASE, ALL
