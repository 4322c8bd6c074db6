"""The Russian formats: UPD 5.01 and 5.03 (КНД 1115131) and the invoice for payment 5.01 (КНД 1110379).

Elements are found by local names with tolerance; a version that is not known is left to a person.
"""

import re

from documents.invoices.xml import Node
from documents.invoices.xml_draft import Draft, decimal_of, put_amount
from values.currencies import CURRENCIES, parse_currency

_UPD, _INVOICE = "1115131", "1110379"
_VERSIONS = {_UPD: ("5.01", "5.03"), _INVOICE: ("5.01",)}
_UPD_FUNCTIONS = ("СЧФ", "ДОП", "СЧФДОП")
_DATE = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
_RATE = re.compile(r"(\d{1,2})(?:/1\d\d)?\s?%")


def read_fns(root: Node, draft: Draft, own_inn: str | None) -> bool:
    """Fill the draft from a `Файл` of the tax service's formats."""
    document = root.one("Документ")
    version = root.attribute("ВерсФорм")
    if document is None:
        return False
    kind = document.attribute("КНД")
    if kind not in _VERSIONS:
        draft.doubts.append(("not_an_invoice", kind))
        return True
    if version not in _VERSIONS[kind]:
        draft.doubts.append(("version_unknown", f"{kind} {version}"))
        return True
    if kind == _UPD:
        _read_upd(document, draft, own_inn)
    else:
        _read_invoice(document, draft, own_inn)
    return True


def _read_upd(document: Node, draft: Draft, own_inn: str | None) -> None:
    invoice = document.one("СвСчФакт")
    if invoice is None or document.attribute("Функция") not in _UPD_FUNCTIONS:
        draft.doubts.append(("not_an_invoice", document.attribute("Функция")))
        return
    if invoice.one("ИспрСчФ") or invoice.one("ИспрДок"):
        draft.doubts.append(("corrected_invoice", ""))
    number = invoice.attribute("НомерДок") or invoice.attribute("НомерСчФ")
    day = invoice.attribute("ДатаДок") or invoice.attribute("ДатаСчФ")
    _head(draft, number, day, "СвСчФакт")
    currency = invoice.attribute("КодОКВ") or invoice.attribute("КодОКВ", "ДенИзм")
    _currency(draft, currency, "СвСчФакт/ДенИзм")
    _parties(invoice, draft, own_inn)
    _totals(document.one("ТаблСчФакт"), "СведТов", draft)
    basis = document.one("СвПродПер/СвПер/ОснПер")
    if basis:
        name = basis.attribute("РеквНаимДок") or basis.attribute("НаимОсн")
        number = basis.attribute("РеквНомерДок") or basis.attribute("НомОсн")
        day = basis.attribute("РеквДатаДок") or basis.attribute("ДатаОсн")
        _contract(draft, name, number, day)


def _contract(draft: Draft, name: str, number: str, day: str) -> None:
    if number and "догов" in name.casefold():
        draft.put("contract", f"{name} № {number}" + (f" от {day}" if day else ""), "ОснПер")


def _read_invoice(document: Node, draft: Draft, own_inn: str | None) -> None:
    content = document.one("СодСч")
    if content is None:
        draft.doubts.append(("not_an_invoice", ""))
        return
    _head(draft, content.attribute("НомерДок"), content.attribute("ДатаДок"), "СодСч")
    _currency(draft, content.text("ДенИзм/КодОКВ") or content.attribute("КодОКВ", "ДенИзм"), "СодСч/ДенИзм")
    _parties(content, draft, own_inn)
    _totals(content, "СведТовЦенПок", draft)
    draft.put("purpose", content.attribute("НазнПл", "ДопСв"), "СодСч/ДопСв/@НазнПл")
    if content.all("ПолучДнСр") or document.all("ПолучДнСр"):
        draft.doubts.append(("payee_not_seller", "ПолучДнСр"))
        draft.drop("account", "bic", "corr_account", "bank_name")


def _head(draft: Draft, number: str, day: str, place: str) -> None:
    if number.casefold() not in ("б/н", "без номера"):
        draft.put("invoice_number", number, f"{place}/@НомерДок")
    match = _DATE.fullmatch(day)
    draft.put("invoice_date", f"{match[3]}-{match[2]}-{match[1]}" if match else day, f"{place}/@ДатаДок")


def _currency(draft: Draft, code: str, place: str) -> None:
    read = parse_currency(code) if code and code not in CURRENCIES else code
    draft.put("currency", read if isinstance(read, str) else "", place)


def _parties(parent: Node, draft: Draft, own_inn: str | None) -> None:
    sellers = parent.all("СвПрод")
    if len(sellers) != 1:
        draft.doubts.append(("several_sellers", str(len(sellers))))
        return
    seller = sellers[0]
    name, inn, kpp = _identity(seller)
    draft.put("contractor", name, "СвПрод/ИдСв")
    draft.put("inn", inn, "СвПрод/ИдСв")
    draft.put("kpp", kpp, "СвПрод/ИдСв")
    _bank(seller.all("БанкРекв"), draft)
    buyers = {_identity(buyer)[1] for buyer in parent.all("СвПокуп")} - {""}
    if own_inn and buyers and own_inn not in buyers:
        draft.doubts.append(("buyer_other", ", ".join(sorted(buyers))))


def _identity(party: Node) -> tuple[str, str, str]:
    company = party.one("ИдСв/СвЮЛУч")
    if company:
        return company.attribute("НаимОрг"), company.attribute("ИННЮЛ"), company.attribute("КПП")
    person = party.one("ИдСв/СвИП")
    if person is None:
        return "", "", ""
    names = (person.attribute(part, "ФИО") for part in ("Фамилия", "Имя", "Отчество"))
    return "ИП " + " ".join(name for name in names if name), person.attribute("ИННФЛ"), ""


def _bank(details: list[Node], draft: Draft) -> None:
    accounts = {one.attribute("НомерСчета") for one in details} - {""}
    if len(accounts) > 1:
        draft.doubts.append(("several_payment_means", ", ".join(sorted(accounts))))
        return
    for one in details[:1]:
        place = "СвПрод/БанкРекв"
        bank = one.one("СвБанк") or one
        draft.put("account", one.attribute("НомерСчета"), f"{place}/@НомерСчета")
        draft.put("bic", bank.attribute("БИК"), f"{place}/@БИК")
        draft.put("corr_account", bank.attribute("КорСчет"), f"{place}/@КорСчет")
        draft.put("bank_name", bank.attribute("НаимБанк"), f"{place}/@НаимБанк")


def _totals(parent: Node | None, line_name: str, draft: Draft) -> None:
    total = parent.one("ВсегоОпл") if parent else None
    if parent is None or total is None:
        return
    place = "ВсегоОпл/@СтТовУчНалВсего"
    put_amount(draft, decimal_of(total.attribute("СтТовУчНалВсего")), None, place)
    vat = decimal_of(total.text("СумНалВсего/СумНал"))
    if vat is not None:
        draft.put("vat_amount", f"{vat:.2f}", "ВсегоОпл/СумНалВсего")
    rates = {line.attribute("НалСт") or line.text("НалСт") for line in parent.all(line_name)} - {""}
    numbers = {match[1] for rate in rates if (match := _RATE.fullmatch(rate))}
    if rates and not numbers and all("без" in rate.casefold() for rate in rates):
        draft.put("vat_rate", "none", "НалСт")
    elif numbers:
        draft.put("vat_rate", numbers.pop() if len(rates) == 1 else "mixed", "НалСт")
