from __future__ import annotations

import re

import pytest

from documents.invoices.einvoice import read_einvoice
from documents.invoices.model import DOUBTS
from helpers.invoice_pages import OUR_INN
from helpers.vectors import VECTORS

CII, UBL, UPD, SCHET = "invoice_cii_en16931", "invoice_ubl", "upd_503", "schet_chetop_501"
EN16931 = {
    "invoice_number": "2026-0118", "invoice_date": "2026-11-20", "contractor": "Muster Handwerk GmbH",
    "currency": "EUR", "purpose": "RF18539007547034", "pay_by": "2026-12-04", "amount": "149.90",
    "vat_amount": "23.93", "vat_rate": "19", "iban": "NL91ABNA0417164300", "swift": "ABNANL2A",
}  # fmt: skip
RUSSIAN = {
    "invoice_number": "118", "invoice_date": "2026-11-20", "currency": "RUB", "contractor": 'ООО "Ромашка"',
    "inn": "9601123451", "kpp": "960101001", "account": "40702810300000010001", "bic": "049600111",
    "corr_account": "30101810100000000111", "bank_name": 'АО "ТЕСТБАНК"', "amount": "123456.78",
    "vat_amount": "22262.70", "vat_rate": "22",
}  # fmt: skip


def _text(name: str) -> str:
    return (VECTORS / f"{name}.xml").read_bytes().decode("cp1251" if name in (UPD, SCHET) else "utf-8")


def _read(name: str, *changes: tuple[str, str]) -> tuple[dict[str, str], set[str]]:
    text = _text(name)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    read = read_einvoice(text.encode("cp1251" if name in (UPD, SCHET) else "utf-8"), OUR_INN)
    assert read is not None
    assert {code for code, _ in read[1]} <= DOUBTS.keys()
    return {one.field: one.value for one in read[0]}, {code for code, _ in read[1]}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (CII, EN16931),
        (UBL, EN16931),
        (UPD, RUSSIAN | {"contract": "Договор № 5 от 01.02.2026"}),
        (SCHET, RUSSIAN | {"purpose": "Оплата по счету № 118 от 20.11.2026"}),
    ],
)
def test_the_samples_are_read_whole(name: str, wanted: dict[str, str]) -> None:
    assert _read(name) == (wanted, set())


@pytest.mark.parametrize("name", [CII, UBL, UPD, SCHET])
def test_bank_details_and_tax_numbers_are_proven(name: str) -> None:
    read = read_einvoice((VECTORS / f"{name}.xml").read_bytes(), OUR_INN)
    assert read is not None
    proven = {one.field for one in read[0] if one.proven}
    assert {one.field for one in read[0]} & {"iban", "account", "bic", "corr_account", "inn", "amount"} <= proven


def test_upd_of_2019_is_read() -> None:
    old = _read(
        UPD,
        ('ВерсФорм="5.03"', 'ВерсФорм="5.01"'),
        ('НомерДок="118" ДатаДок="20.11.2026"', 'НомерСчФ="118" ДатаСчФ="20.11.2026" КодОКВ="643"'),
        ('РеквНаимДок="Договор" РеквНомерДок="5" РеквДатаДок', 'НаимОсн="Договор" НомОсн="5" ДатаОсн'),
    )
    assert old == (RUSSIAN | {"contract": "Договор № 5 от 01.02.2026"}, set())


def test_an_unknown_version_is_left_to_a_person() -> None:
    assert _read(UPD, ('ВерсФорм="5.03"', 'ВерсФорм="6.00"')) == ({}, {"version_unknown"})


def test_the_amount_to_pay_counts_not_the_total() -> None:
    values, doubts = _read(CII, ("<ram:DuePayableAmount>149.90", "<ram:DuePayableAmount>49.90"))
    assert values["amount"] == "49.90"
    assert doubts == {"prepaid"}
    values, doubts = _read(
        UBL, ('<cbc:PayableAmount currencyID="EUR">149.90', '<cbc:PayableAmount currencyID="EUR">0.00')
    )
    assert "amount" not in values
    assert "nothing_to_pay" in doubts


def test_nothing_is_paid_by_a_credit_note() -> None:
    for name, change in (
        (CII, ("<ram:TypeCode>380<", "<ram:TypeCode>381<")),
        (UBL, ("<cbc:InvoiceTypeCode>380<", "<cbc:InvoiceTypeCode>381<")),
    ):
        values, doubts = _read(name, change)
        assert "amount" not in values
        assert doubts == {"credit_note"}
    values, doubts = _read(UBL, ("<Invoice xmlns", "<CreditNote xmlns"), ("</Invoice>", "</CreditNote>"))
    assert "amount" not in values
    assert "credit_note" in doubts


def test_several_accounts_are_told_and_none_taken() -> None:
    second = (
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>"
        "<ram:IBANID>DE89370400440532013000</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>"
        "</ram:SpecifiedTradeSettlementPaymentMeans>"
    )
    tax = "<ram:ApplicableTradeTax><ram:CalculatedAmount>"
    values, doubts = _read(CII, (tax, second + tax))
    assert "iban" not in values
    assert doubts == {"several_payment_means"}


def test_a_direct_debit_is_not_transferred() -> None:
    values, doubts = _read(UBL, ("<cbc:PaymentMeansCode>58", "<cbc:PaymentMeansCode>59"))
    assert "iban" not in values
    assert doubts == {"direct_debit"}


def test_wrong_numbers_are_dropped_and_told() -> None:
    values, doubts = _read(CII, ("NL91ABNA0417164300", "NL92ABNA0417164300"))
    assert "iban" not in values
    assert "iban_check" in doubts
    values, doubts = _read(UPD, ("40702810300000010001", "40702810300000010002"))
    assert {"account", "bic", "corr_account"} & values.keys() == set()
    assert doubts == {"account_key"}
    values, doubts = _read(SCHET, ("9601123451", "9601123452"))
    assert "inn" not in values
    assert "inn_check" in doubts


def test_another_payee_than_the_seller_is_told() -> None:
    values, doubts = _read(SCHET, ("<СвПокуп>", '<ПолучДнСр НаимОрг="ООО Другой"/><СвПокуп>'))
    assert "account" not in values
    assert doubts == {"payee_not_seller"}


def test_our_own_company_is_never_the_payee() -> None:
    values, doubts = _read(UPD, ("9601123451", OUR_INN))
    assert {"inn", "account", "contractor"} & values.keys() == set()
    assert "own_inn_as_payee" in doubts


def test_an_invoice_for_somebody_else_is_told() -> None:
    assert "buyer_other" in _read(UPD, (OUR_INN, "7707083893"))[1]


def test_an_entrepreneur_has_a_name_of_his_own() -> None:
    person = '<СвИП ИННФЛ="960212345698"><ФИО Фамилия="Петров" Имя="Пётр" Отчество="Петрович"/></СвИП>'
    values, _ = _read(UPD, ('<СвЮЛУч НаимОрг="ООО &quot;Ромашка&quot;" ИННЮЛ="9601123451" КПП="960101001"/>', person))
    assert values["contractor"] == "ИП Петров Пётр Петрович"
    assert values["inn"] == "960212345698"
    assert "kpp" not in values


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE Invoice [<!ENTITY a "b">]><Invoice>&a;</Invoice>',
        b'<!DOCTYPE Invoice SYSTEM "http://example.test/x.dtd"><Invoice/>',
        b"<Invoice><cbc:ID>",
        b"<Invoice>" * 1000 + b"</Invoice>" * 1000,
        b"",
    ],
)
def test_unsafe_xml_is_a_doubt(content: bytes) -> None:
    read = read_einvoice(content, OUR_INN)
    assert read is not None
    assert read[0] == []
    assert read[1][0][0] == "xml_broken"


@pytest.mark.parametrize("content", [b"<Invoice/>", b"<html/>", b"<a><b/></a>", "<Файл/>".encode()])
def test_other_xml_is_no_invoice(content: bytes) -> None:
    assert read_einvoice(content, OUR_INN) is None


ZUGFERD_1 = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"
 xmlns:ram="urn:ram" xmlns:udt="urn:udt">
<rsm:HeaderExchangedDocument><ram:ID>2026-0118</ram:ID><ram:Name>RECHNUNG</ram:Name><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20261120</udt:DateTimeString></ram:IssueDateTime>
</rsm:HeaderExchangedDocument>
<rsm:SpecifiedSupplyChainTradeTransaction>
<ram:ApplicableSupplyChainTradeAgreement><ram:SellerTradeParty><ram:Name>Muster Handwerk GmbH</ram:Name>
</ram:SellerTradeParty></ram:ApplicableSupplyChainTradeAgreement>
<ram:ApplicableSupplyChainTradeSettlement>
<ram:PaymentReference>RF18539007547034</ram:PaymentReference><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>31</ram:TypeCode>
<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>NL91ABNA0417164300</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
<ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>ABNANL2A</ram:BICID>
</ram:PayeeSpecifiedCreditorFinancialInstitution></ram:SpecifiedTradeSettlementPaymentMeans>
<ram:ApplicableTradeTax><ram:ApplicablePercent>19.00</ram:ApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20261204</udt:DateTimeString>
</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementMonetarySummation><ram:TaxTotalAmount currencyID="EUR">23.93</ram:TaxTotalAmount>
<ram:GrandTotalAmount currencyID="EUR">149.90</ram:GrandTotalAmount>
<ram:DuePayableAmount currencyID="EUR">149.90</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementMonetarySummation>
</ram:ApplicableSupplyChainTradeSettlement></rsm:SpecifiedSupplyChainTradeTransaction></rsm:CrossIndustryDocument>"""


def test_zugferd_1_is_read_by_its_own_names() -> None:
    read = read_einvoice(ZUGFERD_1.encode(), OUR_INN)
    assert read is not None
    assert {one.field: one.value for one in read[0]} == EN16931
    assert read[1] == []


@pytest.mark.parametrize("profile", ["minimum", "basicwl", "basic", "en16931", "extended"])
def test_every_profile_of_factur_x_is_read_as_far_as_it_goes(profile: str) -> None:
    text = re.sub(
        r"(<ram:GuidelineSpecifiedDocumentContextParameter>\s*<ram:ID>)[^<]*", rf"\g<1>urn:x:{profile}", _text(CII)
    )
    if profile in ("minimum", "basicwl"):
        text = re.sub(
            r"<ram:IncludedSupplyChainTradeLineItem>.*?</ram:IncludedSupplyChainTradeLineItem>", "", text, flags=re.S
        )
    if profile == "minimum":
        for part in ("SpecifiedTradeSettlementPaymentMeans", "ApplicableTradeTax", "SpecifiedTradePaymentTerms"):
            text = re.sub(rf"<ram:{part}>.*?</ram:{part}>", "", text, flags=re.S)
    read = read_einvoice(text.encode(), OUR_INN)
    assert read is not None
    found = {one.field: one.value for one in read[0]}
    assert found.items() <= EN16931.items()
    assert {"invoice_number", "amount", "currency", "contractor"} <= found.keys()
    assert ("iban" in found) == (profile != "minimum")


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-8", "utf-16"])
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE Файл [<!ENTITY a SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE Файл SYSTEM "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE Файл [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
    ids=["a file", "an address", "growing"],
)  # fmt: skip
def test_a_document_type_makes_a_document_unread(doctype: str, encoding: str) -> None:
    body = re.sub(r"<\?xml[^>]*\?>", f'<?xml version="1.0" encoding="{encoding}"?>{doctype}', _text(UPD), count=1)
    read = read_einvoice(body.encode(encoding), OUR_INN)
    assert read is not None
    assert read[0] == []
    assert [code for code, _ in read[1]] == ["xml_broken"]
