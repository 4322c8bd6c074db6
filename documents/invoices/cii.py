"""CII of EN 16931: Factur-X, ZUGFeRD and XRechnung, bare or taken out of a PDF. What counts is `DuePayableAmount`."""

from documents.invoices.xml import Node
from documents.invoices.xml_draft import Draft, decimal_of, put_amount

_COLLECTED = {"59", "49"}
_BY_CARD = {"48", "54", "55"}
_INVOICES = {"380", "326", "386", "388", "389", "393", "82", "875", "876", "877", "751"}


def read_cii(root: Node, draft: Draft, own_inn: str | None) -> bool:
    """Fill the draft from a `CrossIndustryInvoice`."""
    document = root.one("ExchangedDocument")
    trade = root.one("SupplyChainTradeTransaction")
    settlement = trade.one("ApplicableHeaderTradeSettlement") if trade else None
    if document is None or trade is None or settlement is None:
        return False
    _read(document, trade.one("ApplicableHeaderTradeAgreement"), settlement, draft)
    sums = settlement.one("SpecifiedTradeSettlementHeaderMonetarySummation")
    _totals(settlement, sums, "RateApplicablePercent", draft)
    return True


def read_zugferd_1(root: Node, draft: Draft, own_inn: str | None) -> bool:
    """Fill the draft from a `CrossIndustryDocument`: ZUGFeRD 1, whose parts have other names."""
    document = root.one("HeaderExchangedDocument")
    trade = root.one("SpecifiedSupplyChainTradeTransaction")
    settlement = trade.one("ApplicableSupplyChainTradeSettlement") if trade else None
    if document is None or trade is None or settlement is None:
        return False
    _read(document, trade.one("ApplicableSupplyChainTradeAgreement"), settlement, draft)
    _totals(settlement, settlement.one("SpecifiedTradeSettlementMonetarySummation"), "ApplicablePercent", draft)
    return True


def _read(document: Node, agreement: Node | None, settlement: Node, draft: Draft) -> None:
    note_type(document.text("TypeCode"), draft)
    draft.put("invoice_number", document.text("ID"), f"{document.name}/ID")
    draft.put("invoice_date", _date(document, "IssueDateTime"), f"{document.name}/IssueDateTime")
    _parties(agreement, settlement, draft)
    draft.put("currency", settlement.text("InvoiceCurrencyCode"), "InvoiceCurrencyCode")
    draft.put("purpose", settlement.text("PaymentReference"), "PaymentReference")
    _due(settlement, draft)
    _means(settlement, draft)


def note_type(code: str, draft: Draft) -> None:
    """Doubt what is not plainly an invoice; 381 is a credit note."""
    if code in ("381", "83", "396", "532"):
        draft.doubts.append(("credit_note", code))
    elif code == "384":
        draft.doubts.append(("corrected_invoice", code))
    elif code and code not in _INVOICES:
        draft.doubts.append(("not_an_invoice", code))


def is_credit(draft: Draft) -> bool:
    """Say whether the draft is of a credit note, by which nothing is paid."""
    return any(code == "credit_note" for code, _ in draft.doubts)


def _date(node: Node, path: str) -> str:
    """A date of format 102, which is written without separators."""
    string = node.one(f"{path}/DateTimeString") or node.one(f"{path}/DateString")
    if string is None or string.attribute("format") not in ("", "102"):
        return ""
    text = string.own_text
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text


def _parties(agreement: Node | None, settlement: Node, draft: Draft) -> None:
    seller = agreement.text("SellerTradeParty/Name") if agreement else ""
    put_payee(draft, seller, settlement.text("PayeeTradeParty/Name"), "SellerTradeParty/Name")
    if agreement:
        contract = agreement.text("ContractReferencedDocument/IssuerAssignedID")
        draft.put("contract", contract, "ContractReferencedDocument")


def put_payee(draft: Draft, seller: str, payee: str, place: str) -> None:
    """Name who is paid; another one than the seller is told."""
    draft.put("contractor", payee or seller, place)
    if payee and seller and payee.casefold() != seller.casefold():
        draft.doubts.append(("payee_not_seller", f"{payee} / {seller}"))


def _due(settlement: Node, draft: Draft) -> None:
    days = {_date(terms, "DueDateDateTime") for terms in settlement.all("SpecifiedTradePaymentTerms")} - {""}
    if len(days) > 1:
        draft.doubts.append(("several_due_dates", ", ".join(sorted(days))))
    elif days:
        draft.put("pay_by", days.pop(), "SpecifiedTradePaymentTerms/DueDateDateTime")


def _totals(settlement: Node, sums: Node | None, rate: str, draft: Draft) -> None:
    if sums is None:
        return
    total = decimal_of(sums.text("GrandTotalAmount"))
    if not is_credit(draft):
        put_amount(draft, decimal_of(sums.text("DuePayableAmount")), total, "DuePayableAmount")
    currency = draft.get("currency")
    taxes = [tax for tax in sums.all("TaxTotalAmount") if tax.attribute("currencyID") in ("", currency)]
    rates = [tax.text(rate) for tax in settlement.all("ApplicableTradeTax")]
    put_vat(draft, {tax.own_text for tax in taxes}, rates, "TaxTotalAmount")


def put_vat(draft: Draft, amounts: set[str], rates: list[str], place: str) -> None:
    """Keep the VAT when it is told once, and its rate, "mixed" where several stand."""
    amount = decimal_of(amounts.pop()) if len(amounts) == 1 else None
    numbers = {rate for text in rates if (rate := decimal_of(text)) is not None}
    if amount is not None:
        draft.put("vat_amount", f"{amount:.2f}", place)
    if numbers:
        draft.put("vat_rate", "mixed" if len(numbers) > 1 else f"{numbers.pop().normalize():f}", place)


def _means(settlement: Node, draft: Draft) -> None:
    means = [
        (
            one.text("TypeCode"),
            one.text("PayeePartyCreditorFinancialAccount/IBANID"),
            one.text("PayeeSpecifiedCreditorFinancialInstitution/BICID"),
        )
        for one in settlement.all("SpecifiedTradeSettlementPaymentMeans")
    ]
    put_means(draft, means, "SpecifiedTradeSettlementPaymentMeans")


def put_means(draft: Draft, means: list[tuple[str, str, str]], place: str) -> None:
    """Keep the one account to pay to; several are told, and none of them taken."""
    if any(code in _COLLECTED for code, _, _ in means):
        draft.doubts.append(("direct_debit", ", ".join(code for code, _, _ in means)))
        return
    accounts = {(iban.replace(" ", "").upper(), bic.replace(" ", "").upper()) for code, iban, bic in means if iban}
    if len({iban for iban, _ in accounts}) > 1:
        draft.doubts.append(("several_payment_means", ", ".join(sorted(iban for iban, _ in accounts))))
        return
    for iban, bic in sorted(accounts):
        draft.put("iban", iban, place)
        draft.put("swift", bic, place)
