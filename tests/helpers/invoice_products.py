"""Invoices drawn after what well-known programs and services print, each beside all that is right to read from it."""

from __future__ import annotations

from helpers.invoice_layouts import ABROAD, ALL, BASE, EURO, IP, LAYOUTS, Truth, layout
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
)

Drawn = tuple[bytes, Truth, str]

NO_VAT = {"vat_rate": "none"}
BANKLESS = "contractor amount currency invoice_number invoice_date"


def _without(truth: Truth, *names: str) -> Truth:
    return {name: value for name, value in truth.items() if name not in names}


def _bank_box(sheet: Sheet, seller: Seller) -> Sheet:
    """The box with drawn borders and cells that span two rows, under the words of the payment order."""
    pdf = sheet.pdf
    pdf.set_font("D", size=7)
    pdf.multi_cell(
        0,
        4,
        "Внимание! Оплата данного счета означает согласие с условиями поставки товара. Уведомление об оплате "
        "обязательно, в противном случае не гарантируется наличие товара на складе. Товар отпускается по факту прихода "
        "денег на р/с Поставщика, самовывозом, при наличии доверенности и паспорта.",
        align="C",
    )
    pdf.set_font("D", size=sheet.size)
    sheet.say("Образец заполнения платежного поручения", bold=True, align="C")
    top, left = pdf.get_y(), pdf.get_x()
    for x, y, w, h in (
        (0, 0, 95, 14),
        (95, 0, 15, 7),
        (110, 0, 75, 7),
        (95, 7, 15, 7),
        (110, 7, 75, 7),
        (0, 14, 48, 6),
        (48, 14, 47, 6),
        (0, 20, 95, 14),
        (95, 14, 15, 20),
        (110, 14, 75, 20),
    ):
        pdf.rect(left + x, top + y, w, h)
    for x, y, text in (
        (1, 5, seller.bank),
        (1, 12.5, "Банк получателя"),
        (96, 5, "БИК"),
        (111, 5, seller.bic),
        (96, 11.5, "Сч. №"),
        (111, 11.5, seller.corr),
        (1, 18.5, f"ИНН  {seller.inn}"),
        (49, 18.5, f"КПП  {seller.kpp}"),
        (96, 18.5, "Сч. №"),
        (111, 18.5, seller.account),
        (1, 25, seller.name),
        (1, 32.5, "Получатель"),
    ):
        sheet.at(left + x, top + y, text)
    pdf.set_y(top + 38)
    return sheet


@layout("1c with the sample of the payment order")
def _one_c() -> Drawn:
    sheet = _bank_box(Sheet(), ROMASHKA).say("Счет на оплату № 118 от 20 ноября 2026 г.", 14, bold=True).gap()
    sheet.row(
        (28, 157), "Поставщик", 'ООО "Ромашка", ИНН 9601123451, КПП 960101001, 620000, Екатеринбург г, Ленина ул,'
    )
    sheet.row((28, 157), "(Исполнитель):", "дом 1, тел.: +7 343 000-00-00")
    sheet.row(
        (28, 157), "Покупатель", f"{OUR_NAME}, ИНН {OUR_INN}, КПП 960301001, 620000, Екатеринбург г, Мира ул, дом 2"
    )
    sheet.row((28, 157), "(Заказчик):", "").row((28, 157), "Основание:", "Договор № 5 от 01.02.2026").gap()
    totals(goods(sheet), *USUAL_TOTALS)
    sheet.say("Всего наименований 1, на сумму 123 456,78 руб.")
    sheet.say("Сто двадцать три тысячи четыреста пятьдесят шесть рублей 78 копеек", bold=True).gap(6)
    sheet.row((40, 60, 40, 40), "Руководитель", "Иванов И. И.", "Бухгалтер", "Петрова П. П.")
    return sheet.bytes(), BASE | {"contract": "Договор № 5 от 01.02.2026"}, f"{ALL} contract"


@layout("web accounting, values under small labels")
def _web() -> Drawn:
    sheet = Sheet().say("Счёт № 118", 20, bold=True).say("от 20 ноября 2026").gap(5)
    columns = (62, 62, 62)
    for labels, values in (
        (("Получатель", "ИНН", "КПП"), ('ООО "Ромашка"', "9601123451", "960101001")),
        (("Счёт получателя", "БИК", "Корр. счёт"), ("40702810300000010001", "049600111", "30101810100000000111")),
        (("Банк получателя", "", ""), ('АО "ТЕСТБАНК" г. Москва', "", "")),
        (("Плательщик", "ИНН", "КПП"), (OUR_NAME, OUR_INN, "960301001")),
    ):
        sheet.size = 7
        sheet.pdf.set_font("D", size=7)
        sheet.row(columns, *labels)
        sheet.size = 10
        sheet.pdf.set_font("D", size=10)
        sheet.row(columns, *values).gap(2)
    sheet.row((110, 20, 55), "Услуги монтажа", "1 шт", "123 456,78 ₽", align="LRR").gap(4)
    sheet.row((110, 75), "В том числе НДС 22%", "22 262,70 ₽", align="LR")
    sheet.row((110, 75), "Итого к оплате", "123 456,78 ₽", align="LR")
    return sheet.bytes(), BASE, ALL


@layout("bank for entrepreneurs")
def _bank_for_ip() -> Drawn:
    sheet = Sheet(size=10).say("Счет на оплату № 7 от 01.11.2026", 18, bold=True).gap(6)
    for label, value in (
        ("Получатель", PETROV.name),
        ("ИНН", PETROV.inn),
        ("Номер счета", PETROV.account),
        ("Банк", PETROV.bank),
        ("БИК", PETROV.bic),
        ("Корреспондентский счет", PETROV.corr),
        ("Покупатель", f"{OUR_NAME}, ИНН {OUR_INN}"),
        ("Срок оплаты", "до 15.11.2026"),
    ):
        sheet.row((60, 125), label, value).gap(1)
    sheet.gap().row((90, 25, 30, 40), "Наименование", "Кол-во", "Цена", "Сумма")
    sheet.row((90, 25, 30, 40), "Разработка сайта", "1 шт", "5 000,00 ₽", "5 000,00 ₽").gap()
    sheet.say("НДС не облагается").say("Итого: 5 000,00 ₽", 14, bold=True)
    sheet.code(st00012(PETROV, 500000, "Оплата по счету № 7 от 01.11.2026. НДС не облагается"), 150, 200)
    truth = _without(IP, "vat_amount") | {
        "amount": "5000.00",
        "invoice_number": "7",
        "invoice_date": "2026-11-01",
        "pay_by": "2026-11-15",
        "purpose": "Оплата по счету № 7 от 01.11.2026. НДС не облагается",
    }
    return sheet.bytes(), truth, "inn account bic corr_account contractor amount currency invoice_number pay_by"


@layout("simple accounting, entrepreneur, no KPP")
def _simple() -> Drawn:
    sheet = Sheet().say(PETROV.name, 12, bold=True)
    sheet.say(f"ИНН {PETROV.inn}, ОГРНИП 304960212345608, 620000, г. Екатеринбург, ул. Мира, 5").gap()
    wide = (40, 145)
    for label, value in (
        ("Р/с", PETROV.account),
        ("Банк", PETROV.bank),
        ("БИК", PETROV.bic),
        ("К/с", PETROV.corr),
    ):
        sheet.row(wide, label, value, border=1)
    sheet.gap().say("СЧЕТ № 7-2026 от 1 ноября 2026 г.", 13, bold=True, align="C")
    sheet.say(f"Исполнитель: {PETROV.name}").say(f"Заказчик: {OUR_NAME}, ИНН {OUR_INN}, КПП 960301001")
    goods(sheet, ("1", "Консультация", "2", "ч", "2 500,00", "5 000,00"))
    totals(sheet, ("Итого:", "5 000,00"), ("НДС:", "не облагается"), ("Всего к оплате:", "5 000,00"))
    sheet.say("К оплате: Пять тысяч рублей 00 копеек")
    truth = _without(IP, "vat_amount") | {
        "amount": "5000.00",
        "invoice_number": "7-2026",
        "invoice_date": "2026-11-01",
    }
    return sheet.bytes(), truth, "inn account bic corr_account contractor amount currency invoice_number invoice_date"


@layout("transfer document (UPD) on paper")
def _upd() -> Drawn:
    sheet = Sheet(size=7, orientation="landscape")
    sheet.say("Универсальный передаточный документ", 9).say("Счет-фактура № 118 от 20 ноября 2026 г.", 9, bold=True)
    for label, value in (
        ("Продавец:", 'ООО "Ромашка" (2)'),
        ("Адрес:", "620000, Екатеринбург г, Ленина ул, дом 1 (2а)"),
        ("ИНН/КПП продавца:", "9601123451/960101001 (2б)"),
        ("Грузоотправитель и его адрес:", "он же (3)"),
        ("К платежно-расчетному документу №", "— от — (5)"),
        ("Покупатель:", f"{OUR_NAME} (6)"),
        ("ИНН/КПП покупателя:", f"{OUR_INN}/960301001 (6б)"),
        ("Валюта: наименование, код", "Российский рубль, 643 (7)"),
    ):
        sheet.row((60, 120), label, value)
    wide = (70, 20, 20, 30, 20, 30, 40)
    sheet.gap().row(
        wide,
        "Наименование товара (описание работ)",
        "Ед.",
        "Кол-во",
        "Стоимость без налога",
        "Ставка",
        "Сумма налога",
        "Стоимость с налогом",
        border=1,
    )
    sheet.row(wide, "Услуги монтажа", "шт", "1", "101 194,08", "22%", "22 262,70", "123 456,78", border=1)
    sheet.row(wide, "Всего к оплате (9)", "", "", "101 194,08", "X", "22 262,70", "123 456,78", border=1)
    return sheet.bytes(), BASE, "inn kpp contractor amount"


@layout("agent is paid, principal and carrier are named")
def _agent() -> Drawn:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118 от 20.11.2026", 13, bold=True)
    sheet.say('Поставщик: ООО "Ромашка" (агент), ИНН 9601123451, КПП 960101001')
    sheet.say('Принципал: ООО "Владелец", ИНН 7707083893, КПП 770701001')
    sheet.say('Перевозчик: ООО "Дорога", ИНН 7736207543, КПП 773601001')
    sheet.say(f"Плательщик: {OUR_NAME}, ИНН {OUR_INN}, КПП 960301001")
    totals(goods(sheet), *USUAL_TOTALS)
    return sheet.bytes(), BASE, "account bic corr_account amount currency invoice_number invoice_date"


@layout("invoice for an advance")
def _advance() -> Drawn:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на предоплату № 118 от 20.11.2026", 13, bold=True)
    parties(sheet).say("Аванс 50 % по договору № 5 от 01.02.2026")
    goods(sheet, ("1", "Аванс за услуги монтажа", "1", "шт", "123 456,78", "123 456,78"))
    totals(sheet, ("Итого:", "123 456,78"), ("В том числе НДС 22/122:", "22 262,70"), ("Всего к оплате:", "123 456,78"))
    return sheet.bytes(), BASE | {"contract": "Договор № 5 от 01.02.2026"}, _without_words(ALL, "vat_rate")


def _without_words(words: str, *names: str) -> str:
    return " ".join(word for word in words.split() if word not in names)


@layout("corrected invoice")
def _corrected() -> Drawn:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118/1 от 20.11.2026 (исправленный)", 13, bold=True)
    totals(goods(parties(sheet)), *USUAL_TOTALS).say("Взамен ранее направленного.")
    return sheet.bytes(), BASE | {"invoice_number": "118/1"}, ALL


@layout("invoice and contract in one file")
def _with_contract() -> Drawn:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118 от 20.11.2026", 13, bold=True)
    totals(goods(parties(sheet)), *USUAL_TOTALS)
    sheet.pdf.add_page()
    sheet.say("Договор № 5 от 01.02.2026", 13, bold=True, align="C")
    sheet.wrap(
        'ООО "Ромашка", именуемое в дальнейшем «Исполнитель», с одной стороны, и ООО "Заказчик", именуемое в '
        "дальнейшем «Заказчик», с другой стороны, заключили договор о нижеследующем. Цена договора составляет "
        "1 500 000 (один миллион пятьсот тысяч) рублей, в том числе НДС 22%."
    )
    sheet.say("Реквизиты и подписи сторон", bold=True)
    for left, right in (
        ("Исполнитель:", "Заказчик:"),
        ('ООО "Ромашка"', OUR_NAME),
        ("ИНН 9601123451 КПП 960101001", f"ИНН {OUR_INN} КПП 960301001"),
        ("р/с 40702810300000010001", "р/с 40702810700000077777"),
        ("БИК 049600111", "БИК 049600111"),
    ):
        sheet.row((95, 95), left, right)
    return (
        sheet.bytes(),
        BASE | {"contract": "Договор № 5 от 01.02.2026"},
        _without_words(ALL, "vat_rate", "vat_amount"),
    )


@layout("roubles by an account in dollars")
def _currency_account() -> Drawn:
    dollars = other(ROMASHKA, account="40702840600000010001")
    sheet = box(Sheet(), dollars).gap().say("Счет (инвойс) № 118 от 20.11.2026", 13, bold=True)
    parties(sheet, dollars)
    totals(goods(sheet, ("1", "Лицензия", "1", "шт", "1 000,00", "1 000,00")), ("Итого к оплате, USD:", "1 000,00"))
    sheet.say("Без НДС")
    truth = (
        _without(BASE, "vat_amount")
        | NO_VAT
        | {
            "account": dollars.account,
            "amount": "1000.00",
            "currency": "USD",
        }
    )
    return sheet.bytes(), truth, "inn kpp account bic contractor amount currency invoice_date"


@layout("two languages side by side")
def _two_languages() -> Drawn:
    sheet = Sheet().say("СЧЕТ / INVOICE № 2026-0118", 14, bold=True).say("Дата / Date: 20.11.2026").gap()
    sheet.say("Поставщик / Supplier: Muster Handwerk GmbH").say(f"Покупатель / Customer: {OUR_NAME}")
    sheet.say("IBAN: DE89 3704 0044 0532 0130 00").say("SWIFT: COBADEFFXXX").gap()
    totals(sheet, ("Итого к оплате / Total due:", "1 190,00 EUR"))
    return sheet.bytes(), _without(EURO, "pay_by"), "contractor iban swift amount currency invoice_date"


@layout("online payments, amount due at the top")
def _stripe_like() -> Drawn:
    sheet = Sheet(size=10).say("Invoice", 22, bold=True)
    sheet.row((45, 80), "Invoice number", "9F3C21AB-0007").row((45, 80), "Date of issue", "November 20, 2026")
    sheet.row((45, 80), "Date due", "December 4, 2026").gap()
    sheet.row((95, 95), "Example Software Ltd", "Bill to").row((95, 95), "1 High Street", "Customer LLC")
    sheet.row((95, 95), "London", "billing@customer.test").gap()
    sheet.say("$1,190.00 USD due December 4, 2026", 16, bold=True).gap()
    wide = (100, 20, 35, 35)
    sheet.row(wide, "Description", "Qty", "Unit price", "Amount").row(wide, "Team plan", "1", "$1,190.00", "$1,190.00")
    totals(sheet, ("Subtotal", "$1,190.00"), ("Total", "$1,190.00"), ("Amount due", "$1,190.00 USD"))
    truth = {
        "amount": "1190.00",
        "currency": "USD",
        "contractor": "Example Software Ltd",
        "invoice_number": "9F3C21AB-0007",
        "invoice_date": "2026-11-20",
        "pay_by": "2026-12-04",
    }
    return sheet.bytes(), truth, "amount currency invoice_number invoice_date pay_by"


@layout("small business, balance due")
def _quickbooks_like() -> Drawn:
    sheet = Sheet(size=10).say("Example Software Ltd", 12, bold=True).say("accounts@software.test").gap()
    sheet.say("INVOICE", 20, bold=True)
    wide = (95, 45, 45)
    for row in (
        ("BILL TO", "INVOICE #", "1042"),
        ("Customer LLC", "DATE", "11/20/2026"),
        ("2 Low Street", "DUE DATE", "12/20/2026"),
        ("", "TERMS", "Net 30"),
    ):
        sheet.row(wide, *row)
    goods_row = (90, 25, 35, 35)
    sheet.gap().row(goods_row, "ACTIVITY", "QTY", "RATE", "AMOUNT", border="B")
    sheet.row(goods_row, "Design", "10", "119.00", "1,190.00", align="LRRR")
    totals(sheet, ("SUBTOTAL", "1,190.00"), ("TAX", "0.00"), ("TOTAL", "1,190.00"), ("BALANCE DUE", "USD 1,190.00"))
    truth = {
        "contractor": "Example Software Ltd",
        "amount": "1190.00",
        "currency": "USD",
        "invoice_number": "1042",
        "invoice_date": "2026-11-20",
        "pay_by": "2026-12-20",
        "vat_amount": "0.00",
        "vat_rate": "0",
    }
    return sheet.bytes(), truth, "amount currency invoice_number invoice_date pay_by"


@layout("tax invoice, labels above values on the right")
def _xero_like() -> Drawn:
    sheet = Sheet(size=9).say("TAX INVOICE", 20, bold=True).gap()
    wide = (80, 50, 60)
    for row in (
        ("Customer LLC", "Invoice Date", "Example Software Ltd"),
        ("2 Low Street", "20 Nov 2026", "1 High Street"),
        ("London", "", "London"),
        ("", "Invoice Number", ""),
        ("", "INV-0118", ""),
        ("", "VAT Number", ""),
        ("", "GB 123 4567 89", ""),
    ):
        sheet.row(wide, *row)
    lines = (90, 25, 35, 35)
    sheet.gap().row(lines, "Description", "Quantity", "Unit Price", "Amount GBP", border="B")
    sheet.row(lines, "Support", "1.00", "1,000.00", "1,000.00", align="LRRR")
    totals(sheet, ("Subtotal", "1,000.00"), ("TOTAL VAT 20%", "200.00"), ("TOTAL GBP", "1,200.00")).gap()
    sheet.say("Due Date: 4 Dec 2026", bold=True).say("Account name: Example Software Ltd")
    sheet.say("IBAN: GB29 NWBK 6016 1331 9268 19").say("BIC: NWBKGB2L")
    truth = {
        "contractor": "Example Software Ltd",
        "iban": "GB29NWBK60161331926819",
        "swift": "NWBKGB2L",
        "pay_by": "2026-12-04",
        "amount": "1200.00",
        "currency": "GBP",
        "invoice_number": "INV-0118",
        "invoice_date": "2026-11-20",
        "vat_amount": "200.00",
        "vat_rate": "20",
    }
    return sheet.bytes(), truth, f"{ABROAD} pay_by"


@layout("freelancer with payment details")
def _freeagent_like() -> Drawn:
    sheet = Sheet(size=10).row((95, 95), "Customer LLC", "Example Software Ltd", align="LR")
    sheet.row((95, 95), "2 Low Street", "1 High Street", align="LR").gap()
    sheet.say("Invoice 0118", 16, bold=True).say("Invoice Date: 20 November 2026").say(
        "Due Date: 4 December 2026"
    ).gap()
    wide = (25, 90, 35, 40)
    sheet.row(wide, "Quantity", "Details", "Unit Price (£)", "Net Subtotal (£)", border="B")
    sheet.row(wide, "10 Hours", "Copywriting", "100.00", "1,000.00", align="LLRR")
    totals(sheet, ("Net Total", "£1,000.00"), ("VAT", "£200.00"), ("GBP Total", "£1,200.00")).gap()
    sheet.say("Payment Details", bold=True).say("Account Name: Example Software Ltd").say("Bank/Sort Code: 60-16-13")
    sheet.say("Account Number: 31926819").say("IBAN: GB29NWBK60161331926819").say("Payment Reference: 0118")
    truth = {
        "contractor": "Example Software Ltd",
        "iban": "GB29NWBK60161331926819",
        "pay_by": "2026-12-04",
        "amount": "1200.00",
        "currency": "GBP",
        "invoice_number": "0118",
        "invoice_date": "2026-11-20",
        "vat_amount": "200.00",
        "vat_rate": "20",
    }
    return sheet.bytes(), truth, "contractor iban amount currency invoice_number invoice_date pay_by"


@layout("german letter with a foot of three columns")
def _datev_like() -> Drawn:
    sheet = Sheet(size=9).say("Muster Handwerk GmbH · Beispielweg 1 · 10115 Berlin", 7).gap()
    wide = (100, 45, 40)
    for row in (
        ("Beispiel AG", "Rechnungs-Nr.:", "2026-0118"),
        ("Hauptstraße 5", "Kunden-Nr.:", "10042"),
        ("20095 Hamburg", "Rechnungsdatum:", "20.11.2026"),
        ("", "Leistungszeitraum:", "01.11. - 19.11.2026"),
    ):
        sheet.row(wide, *row)
    sheet.gap(6).say("Rechnung", 16, bold=True)
    lines = (15, 90, 25, 25, 30)
    sheet.row(lines, "Pos.", "Bezeichnung", "Menge", "Einzelpreis", "Gesamtpreis", border="B")
    sheet.row(lines, "1", "Montage", "10 Std.", "100,00 €", "1.000,00 €", align="LLRRR")
    totals(
        sheet, ("Summe Netto", "1.000,00 €"), ("zzgl. USt. 19%", "190,00 €"), ("Rechnungsbetrag", "1.190,00 €")
    ).gap()
    sheet.say("Bitte überweisen Sie den Betrag bis spätestens 04.12.2026.").gap(60)
    foot = (62, 62, 62)
    for row in (
        ("Muster Handwerk GmbH", "Bankverbindung", "Geschäftsführer: M. Muster"),
        ("Beispielweg 1", "Musterbank Berlin", "HRB 12345 B"),
        ("10115 Berlin", "IBAN DE89 3704 0044 0532 0130 00", "USt-IdNr. DE123456789"),
        ("Tel. 030 000000", "BIC COBADEFFXXX", "Steuer-Nr. 12/345/67890"),
    ):
        sheet.row(foot, *row)
    return sheet.bytes(), EURO, "iban swift amount currency invoice_number invoice_date vat_rate vat_amount"


@layout("french")
def _french() -> Drawn:
    sheet = Sheet(size=9).say("Atelier Exemple SARL", 12, bold=True).say("1 rue de la Paix, 75002 Paris").gap()
    sheet.say("FACTURE N° F-2026-118", 16, bold=True).say("Date de facture : 20/11/2026")
    sheet.say("Date d'échéance : 20/12/2026").say("Client : Customer LLC").gap()
    totals(
        sheet,
        ("Total HT", "1 000,00 €"),
        ("TVA 20 %", "200,00 €"),
        ("Total TTC", "1 200,00 €"),
        ("Net à payer", "1 200,00 €"),
    ).gap()
    sheet.say("Titulaire du compte : Atelier Exemple SARL").say("IBAN : FR14 2004 1010 0505 0001 3M02 606").say(
        "BIC : PSSTFRPPPAR"
    )
    truth = {
        "contractor": "Atelier Exemple SARL",
        "iban": "FR1420041010050500013M02606",
        "swift": "PSSTFRPPPAR",
        "amount": "1200.00",
        "currency": "EUR",
        "invoice_number": "F-2026-118",
        "invoice_date": "2026-11-20",
        "pay_by": "2026-12-20",
        "vat_rate": "20",
        "vat_amount": "200.00",
    }
    return sheet.bytes(), truth, f"{ABROAD} pay_by vat_rate vat_amount"


@layout("stamp and signature over the requisites")
def _stamped() -> Drawn:
    sheet = box(Sheet(), ROMASHKA).gap().say("Счет на оплату № 118 от 20.11.2026", 13, bold=True)
    totals(goods(parties(sheet)), *USUAL_TOTALS)
    pdf = sheet.pdf
    pdf.set_draw_color(40, 60, 160)
    pdf.set_line_width(0.8)
    for radius in (20, 17, 8):
        pdf.ellipse(60 - radius, 60 - radius, 2 * radius, 2 * radius)
    pdf.set_text_color(40, 60, 160)
    sheet.at(46, 58, "ООО «Ромашка»", 7).at(50, 63, "ОГРН 1029600000000", 5)
    for step in range(5):
        pdf.line(100 + 6 * step, 95, 112 + 6 * step, 88 + 3 * step)
    return sheet.bytes(), BASE, ALL


@layout("sender's own INN beside the bank's box, contractor in capitals")
def _capitals() -> Drawn:
    loud = other(ROMASHKA, name='ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ "РОМАШКА"')
    sheet = box(Sheet(size=8), loud).gap().say("СЧЕТ НА ОПЛАТУ № 118 ОТ 20 НОЯБРЯ 2026 Г.", 13, bold=True)
    sheet.say('ПОСТАВЩИК: ООО "РОМАШКА", ИНН 9601123451, КПП 960101001').say(f"ПОКУПАТЕЛЬ: {OUR_NAME}, ИНН {OUR_INN}")
    totals(
        goods(sheet, GOODS), ("ИТОГО:", "101 194,08"), ("СУММА НДС (22%):", "22 262,70"), ("ИТОГО С НДС:", "123 456,78")
    )
    return sheet.bytes(), BASE | {"contractor": loud.name}, _without_words(ALL, "contractor")


PRODUCTS = tuple(LAYOUTS)[tuple(LAYOUTS).index("1c with the sample of the payment order") :]
"""The names of the layouts of this page."""
