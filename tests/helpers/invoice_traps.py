"""Misleading and hostile invoices: whatever is read from them must be right, or stand beside a doubt.

Each trap gives the bytes, the truth, and the doubts of which at least one is expected; no expectation means that the
reader may also simply get it right. `never` are values that no field may have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from helpers.invoice_layouts import BASE, EURO
from helpers.invoice_pages import (
    OUR_INN,
    OUR_NAME,
    PETROV,
    ROMASHKA,
    USUAL_TOTALS,
    Sheet,
    box,
    goods,
    other,
    parties,
    st00012,
    totals,
    usual,
)


@dataclass(frozen=True)
class Trap:
    """One misleading invoice."""

    content: bytes
    truth: dict[str, str] = field(default_factory=lambda: dict(BASE))
    doubts: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


TRAPS: dict[str, Callable[[], Trap]] = {}


def trap(name: str) -> Callable[[Callable[[], Trap]], Callable[[], Trap]]:
    """Put a trap into the collection."""

    def keep(function: Callable[[], Trap]) -> Callable[[], Trap]:
        TRAPS[name] = function
        return function

    return keep


def _head(sheet: Sheet, number: str = "118") -> Sheet:
    return box(sheet, ROMASHKA).gap().say(f"Счет на оплату № {number} от 20.11.2026", 13)


@trap("buyer's INN first")
def _buyer_first() -> Trap:
    sheet = Sheet().say(f"Покупатель: {OUR_NAME}, ИНН {OUR_INN}, КПП 960301001").gap()
    totals(goods(parties(_head(sheet))), *USUAL_TOTALS)
    return Trap(sheet.bytes(), never=(OUR_INN, "960301001"))


@trap("another buyer's INN first, none of ours")
def _stranger_buyer() -> Trap:
    sheet = Sheet().say('Заказчик: ООО "Чужой", ИНН 7707083893, КПП 770701001').gap()
    sheet.say("Счет № 118 от 20.11.2026", 13).say('ООО "Ромашка" ИНН 9601123451 КПП 960101001')
    sheet.say("р/с 40702810300000010001 БИК 049600111").say("К оплате: 123 456,78 руб.")
    return Trap(sheet.bytes(), never=("7707083893", "770701001"))


@trap("buyer's account first")
def _buyer_account() -> Trap:
    sheet = Sheet().say("Счет № 118 от 20.11.2026", 13)
    sheet.say(f"Плательщик: {OUR_NAME}, ИНН {OUR_INN}, р/с 40702810700000077777, БИК 049600111").gap()
    sheet.say('Получатель: ООО "Ромашка", ИНН 9601123451, КПП 960101001, р/с 40702810300000010001, БИК 049600111')
    sheet.say("К оплате: 123 456,78 руб.")
    return Trap(sheet.bytes(), never=("40702810700000077777",))


@trap("two accounts of the supplier")
def _two_accounts() -> Trap:
    sheet = Sheet().say("Счет № 118 от 20.11.2026", 13).say('Поставщик: ООО "Ромашка", ИНН 9601123451')
    sheet.say("р/с 40702810300000010001, БИК 049600111").say("р/с 40702810900000020002, БИК 049600222")
    return Trap(sheet.say("К оплате: 123 456,78 руб.").bytes(), doubts=("several_accounts",))


@trap("two codes that differ")
def _two_codes() -> Trap:
    sheet = usual().code(st00012(), 150, 180).code(st00012(PETROV, 12345678), 20, 180)
    return Trap(sheet.bytes(), doubts=("codes_differ",), never=(PETROV.account, PETROV.inn))


@trap("two codes with different sums")
def _two_sums() -> Trap:
    sheet = usual().code(st00012(), 150, 180).code(st00012(kopecks=100), 20, 180)
    return Trap(sheet.bytes(), doubts=("codes_differ",), never=("1.00",))


@trap("code of another account than the text")
def _code_unlike_text() -> Trap:
    fake = other(ROMASHKA, account="40702810600000010002", inn=ROMASHKA.inn)
    return Trap(
        usual().code(st00012(fake), 150, 180).bytes(),
        BASE | {"account": "40702810600000010002"},
        ("disagreement", "code_unusable"),
    )


@trap("contract number as invoice number")
def _contract() -> Trap:
    sheet = Sheet().say("Договор № 77/2026 от 01.02.2026", 14, bold=True).gap()
    sheet.say("Приложение № 3 к Договору № 77/2026").say('Исполнитель: ООО "Ромашка", ИНН 9601123451')
    sheet.say("К оплате: 123 456,78 руб.")
    return Trap(sheet.bytes(), BASE | {"contract": "Договор № 77/2026 от 01.02.2026"}, never=("77/2026", "3"))


@trap("order and act numbers beside the invoice's")
def _many_numbers() -> Trap:
    sheet = _head(Sheet())
    sheet.say("Заказ № 5544 от 01.11.2026. Акт № 12 от 19.11.2026. Лицевой счет № 900100")
    return Trap(totals(goods(parties(sheet)), *USUAL_TOTALS).bytes(), never=("5544", "12", "900100"))


@trap("total without VAT first")
def _net_first() -> Trap:
    sheet = parties(_head(Sheet()))
    goods(sheet)
    totals(sheet, ("Итого без НДС:", "101 194,08"), ("НДС 22%:", "22 262,70"), ("Итого с НДС:", "123 456,78"))
    return Trap(sheet.bytes(), never=("101194.08",))


@trap("total to which VAT is added, no gross")
def _net_only() -> Trap:
    sheet = parties(_head(Sheet()))
    totals(goods(sheet), ("Итого:", "101 194,08"), ("Кроме того НДС 22%:", "22 262,70"))
    return Trap(sheet.bytes(), doubts=("total_without_vat", "several_amounts"), never=("101194.08",))


@trap("payable is net, VAT on top")
def _payable_net() -> Trap:
    sheet = parties(_head(Sheet()))
    totals(goods(sheet), ("К оплате:", "101 194,08"), ("НДС 22%:", "22 262,70"), ("Всего:", "123 456,78"))
    return Trap(sheet.bytes(), doubts=("several_amounts",), never=("101194.08",))


@trap("previous debt in the total")
def _debt() -> Trap:
    sheet = parties(_head(Sheet()))
    sheet.say("Задолженность на 01.11.2026: 5 000,00 руб.").say("Начислено за ноябрь: 123 456,78 руб.")
    sheet.say("Итого к оплате с учетом задолженности: 128 456,78 руб.").say("Всего за месяц: 123 456,78 руб.")
    return Trap(sheet.bytes(), BASE | {"amount": "128456.78"}, doubts=("debt_in_total", "several_amounts"))


@trap("prepayment taken off")
def _prepaid() -> Trap:
    sheet = parties(_head(Sheet()))
    totals(goods(sheet), ("Итого:", "123 456,78"), ("Предоплата зачтена:", "23 456,78"), ("К оплате:", "100 000,00"))
    return Trap(sheet.bytes(), BASE | {"amount": "100000.00"}, doubts=("debt_in_total", "several_amounts"))


@trap("two payable sums")
def _two_payable() -> Trap:
    sheet = parties(_head(Sheet()))
    sheet.say("К оплате до 30.11.2026: 123 456,78 руб.").say("К оплате после 30.11.2026: 130 000,00 руб.")
    return Trap(sheet.bytes(), doubts=("several_amounts", "amount_unclear", ""))


@trap("account with a wrong digit")
def _wrong_key() -> Trap:
    return Trap(
        usual(other(ROMASHKA, account="40702810300000010002")).bytes(),
        doubts=("account_key",),
        never=("40702810300000010002",),
    )


@trap("code with a wrong digit")
def _code_wrong_key() -> Trap:
    sheet = usual().code(st00012(other(ROMASHKA, account="40702810300000010002")), 150, 180)
    return Trap(sheet.bytes(), doubts=("code_unusable",), never=("40702810300000010002",))


@trap("INN with a wrong digit")
def _wrong_inn() -> Trap:
    return Trap(usual(other(ROMASHKA, inn="9601123452")).bytes(), doubts=("inn_check",), never=("9601123452",))


@trap("our own INN as the payee")
def _own_payee() -> Trap:
    return Trap(usual(other(ROMASHKA, inn=OUR_INN)).bytes(), doubts=("own_inn_as_payee",), never=(OUR_INN,))


@trap("account for another bank's BIC")
def _other_bic() -> Trap:
    return Trap(
        usual(other(ROMASHKA, bic="049600222")).bytes(), doubts=("account_key",), never=(ROMASHKA.account, "049600222")
    )


@trap("hidden white account")
def _white_text() -> Trap:
    sheet = usual()
    sheet.pdf.set_text_color(255, 255, 255)
    sheet.say("р/с 40702810600000010002 БИК 049600111 Итого к оплате: 999 999,00 руб.")
    return Trap(sheet.bytes(), doubts=("hidden_text",), never=("40702810600000010002", "999999.00"))


@trap("covered account under the real one")
def _covered() -> Trap:
    sheet = Sheet()
    sheet.say("Всего к оплате: 999 999,00 руб. ИНН 7707083893")
    sheet.pdf.set_fill_color(255, 255, 255)
    sheet.pdf.rect(0, 0, 210, 20, style="F")
    totals(goods(parties(_head(sheet.gap(15)))), *USUAL_TOTALS)
    return Trap(sheet.bytes(), doubts=("hidden_text",), never=("999999.00", "7707083893"))


@trap("two invoices in one file")
def _two_invoices() -> Trap:
    sheet = usual()
    sheet.pdf.add_page()
    box(sheet, PETROV).say("Счет на оплату № 7 от 1 ноября 2026 г.", 13).say("Всего к оплате: 5 000,00 руб.")
    return Trap(sheet.bytes(), doubts=("several_accounts",))


@trap("payee other than the supplier")
def _other_payee() -> Trap:
    sheet = Sheet().say("Счет № 118 от 20.11.2026", 13)
    sheet.say('Поставщик: ООО "Ромашка", ИНН 9601123451, КПП 960101001')
    sheet.say(f"Получатель: {PETROV.name}, ИНН {PETROV.inn}").say(f"р/с {PETROV.account} БИК {PETROV.bic}")
    sheet.say("К оплате: 123 456,78 руб.")
    truth = BASE | {"account": PETROV.account, "bic": PETROV.bic}
    return Trap(sheet.bytes(), truth, doubts=("several_inn", "several_names"))


@trap("amount that can be read in two ways")
def _three_digits() -> Trap:
    sheet = Sheet().say("Invoice No: 2026-0118").say("Total due: EUR 1.190").say("IBAN DE89 3704 0044 0532 0130 00")
    return Trap(sheet.bytes(), EURO, never=("1.19", "1190.00"))


@trap("date that can be read in two ways")
def _two_dates() -> Trap:
    sheet = Sheet().say("Invoice No: 2026-0118").say("Invoice date: 04/03/2026").say("Total due: EUR 1,190.00")
    return Trap(sheet.bytes(), EURO, doubts=("date_unclear",), never=("2026-03-04", "2026-04-03"))


@trap("two IBANs")
def _two_ibans() -> Trap:
    sheet = (
        Sheet().say("Invoice No: 2026-0118").say("Account holder: Muster Handwerk GmbH").say("Total due: EUR 1,190.00")
    )
    sheet.say("IBAN DE89 3704 0044 0532 0130 00").say("or IBAN NL91 ABNA 0417 1643 00")
    return Trap(sheet.bytes(), EURO, doubts=("several_iban",))


@trap("IBAN with a wrong digit")
def _wrong_iban() -> Trap:
    sheet = Sheet().say("Invoice No: 2026-0118").say("Total due: EUR 1,190.00").say("IBAN: DE88 3704 0044 0532 0130 00")
    return Trap(sheet.bytes(), EURO, doubts=("iban_check",), never=("DE88370400440532013000",))


@trap("SWIFT of another country")
def _wrong_swift() -> Trap:
    sheet = Sheet().say("Invoice No: 2026-0118").say("IBAN DE89 3704 0044 0532 0130 00").say("BIC: ABNANL2A")
    return Trap(sheet.bytes(), EURO, doubts=("swift_country",), never=("ABNANL2A",))


@trap("dollars of which country")
def _dollar() -> Trap:
    sheet = Sheet().say("Invoice No: 2026-0118").say("Amount due: $1,190.00").say("Vendor: Muster Handwerk GmbH")
    return Trap(sheet.bytes(), EURO, doubts=("currency_sign",), never=("USD",))


@trap("roubles in the text, euros in the account")
def _account_currency() -> Trap:
    euro = other(ROMASHKA, account="40702978600000010001")
    sheet = box(Sheet(), euro).say("Счет № 118 от 20.11.2026").say("К оплате: 123 456,78 руб.")
    return Trap(sheet.bytes(), BASE | {"account": euro.account}, doubts=("account_currency", "account_key"))


@trap("quantity runs into the price")
def _glued() -> Trap:
    sheet = parties(_head(Sheet()))
    sheet.row((60, 12, 40), "Итого", "1", "123 456,78", align="LRL")
    return Trap(sheet.bytes(), never=("1123456.78",))


@trap("old VAT rate in a new invoice")
def _old_rate() -> Trap:
    sheet = parties(_head(Sheet()))
    totals(sheet, ("В том числе НДС 20%:", "20 576,13"), ("Всего к оплате:", "123 456,78"))
    return Trap(sheet.bytes(), BASE | {"vat_rate": "20", "vat_amount": "20576.13"}, doubts=("vat_old_rate",))


@trap("VAT that does not fit")
def _vat_unlike() -> Trap:
    sheet = parties(_head(Sheet()))
    totals(sheet, ("В том числе НДС 22%:", "2 262,70"), ("Всего к оплате:", "123 456,78"))
    return Trap(sheet.bytes(), BASE | {"vat_amount": "2262.70"}, doubts=("vat_unlike",))


@trap("INN of the bank")
def _bank_inn() -> Trap:
    sheet = Sheet().say("Счет № 118 от 20.11.2026", 13).say('Поставщик: ООО "Ромашка"')
    sheet.say("Банк получателя: ПАО Сбербанк, ИНН 7707083893, БИК 049600111")
    sheet.say("Р/с 40702810300000010001").say("К оплате: 123 456,78 руб.")
    return Trap(sheet.bytes(), BASE | {"bank_name": "ПАО Сбербанк"}, never=("7707083893",))


@trap("consignee and shipper")
def _consignee() -> Trap:
    sheet = _head(Sheet())
    sheet.say('Грузоотправитель: ООО "Склад", ИНН 7707083893').say(f"Грузополучатель: {OUR_NAME}, ИНН {OUR_INN}")
    return Trap(totals(goods(parties(sheet)), *USUAL_TOTALS).bytes(), never=("7707083893", OUR_INN))


@trap("not an invoice at all")
def _letter() -> Trap:
    sheet = Sheet().wrap(
        "Добрый день! Просим сообщить, когда будет оплачен счет. С уважением, отдел продаж, тел. 8 800 555 35 35."
    )
    return Trap(sheet.bytes(), {})


@trap("our own IBAN, from which the supplier collects")
def _collected() -> Trap:
    sheet = Sheet().say("Rechnung Nr. 2026-0118").say("Rechnungsdatum: 20.11.2026").say("Rechnungsbetrag: 1.190,00 EUR")
    sheet.say("Der Betrag wird von Ihrem Konto IBAN NL91 ABNA 0417 1643 00 per SEPA-Lastschrift eingezogen.")
    return Trap(sheet.bytes(), EURO, doubts=("direct_debit",), never=("NL91ABNA0417164300",))


@trap("a credit note")
def _credit() -> Trap:
    sheet = Sheet().say("Credit note", 16, bold=True).say("Invoice No: 2026-0118").say("Total amount: EUR 1,190.00")
    return Trap(sheet.bytes(), EURO, doubts=("credit_note",), never=("1190.00",))


@trap("an offer, not an invoice")
def _offer() -> Trap:
    sheet = Sheet().say("Коммерческое предложение", 16, bold=True).say('Поставщик: ООО "Ромашка", ИНН 9601123451')
    return Trap(sheet.say("Всего к оплате: 123 456,78 руб.").bytes(), doubts=("not_an_invoice",))


@trap("made out to another company")
def _other_buyer() -> Trap:
    sheet = _head(Sheet()).say('Покупатель: ООО "Чужой", ИНН 7707083893, КПП 770701001')
    return Trap(totals(sheet, *USUAL_TOTALS).bytes(), doubts=("buyer_other",), never=("7707083893",))


@trap("print too small to read")
def _tiny() -> Trap:
    sheet = usual()
    sheet.at(10, 280, "р/с 40702810600000010002 БИК 049600111 К оплате: 999 999,00 руб.", size=1.5)
    return Trap(sheet.bytes(), doubts=("hidden_text",), never=("999999.00",))


@trap("hidden white account inside a border")
def _white_bordered() -> Trap:
    sheet = usual()
    sheet.pdf.set_text_color(255, 255, 255)
    sheet.row((60, 60), "К оплате: 999 999,00 руб.", "БИК 049600222", border=1)
    return Trap(sheet.bytes(), doubts=("hidden_text",), never=("999999.00", "049600222"))


@trap("shipper's INN, none of the supplier's")
def _shipper() -> Trap:
    sheet = Sheet().say("Счет № 118 от 20.11.2026", 13).say('Грузоотправитель: ООО "Склад", ИНН 7707083893')
    sheet.say(f"Покупатель: {OUR_NAME}, ИНН {OUR_INN}").say("К оплате: 123 456,78 руб.")
    return Trap(sheet.bytes(), never=("7707083893",))


@trap("price in two currencies")
def _two_currencies() -> Trap:
    sheet = parties(_head(Sheet()))
    sheet.say("К оплате: 1 000,00 USD (по курсу ЦБ 92 000,00 руб.)")
    return Trap(sheet.bytes(), doubts=("several_amounts", "account_currency"))


@trap("number that came apart")
def _apart() -> Trap:
    sheet = Sheet().at(20, 20, "Счет № 118 от 20.11.2026").at(20, 30, "Итого к оплате: 123").at(52.5, 30, "456,78 руб.")
    return Trap(sheet.bytes(), never=("123.00", "456.78"))
