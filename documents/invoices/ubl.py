"""UBL 2.1 `Invoice` and `CreditNote`, as Peppol and XRechnung write them. What counts is `PayableAmount`."""

from documents.invoices.cii import is_credit, note_type, put_means, put_payee, put_vat
from documents.invoices.xml import Node
from documents.invoices.xml_draft import Draft, decimal_of, put_amount


def read_ubl(root: Node, draft: Draft, own_inn: str | None) -> bool:
    """Fill the draft; False when the root only happens to have this name."""
    totals = root.one("LegalMonetaryTotal")
    if totals is None or root.one("AccountingSupplierParty") is None:
        return False
    if root.name == "CreditNote":
        draft.doubts.append(("credit_note", root.name))
    note_type(root.text("InvoiceTypeCode"), draft)
    draft.put("invoice_number", root.text("ID"), "Invoice/ID")
    draft.put("invoice_date", root.text("IssueDate"), "Invoice/IssueDate")
    draft.put("pay_by", root.text("DueDate"), "Invoice/DueDate")
    draft.put("currency", root.text("DocumentCurrencyCode"), "DocumentCurrencyCode")
    draft.put("contract", root.text("ContractDocumentReference/ID"), "ContractDocumentReference/ID")
    seller = _name(root.one("AccountingSupplierParty/Party"))
    put_payee(draft, seller, _name(root.one("PayeeParty")), "AccountingSupplierParty")
    _amounts(root, totals, draft)
    _means(root, draft)
    return True


def _name(party: Node | None) -> str:
    if party is None:
        return ""
    return party.text("PartyLegalEntity/RegistrationName") or party.text("PartyName/Name")


def _amounts(root: Node, totals: Node, draft: Draft) -> None:
    payable = totals.one("PayableAmount")
    currency = payable.attribute("currencyID") if payable else ""
    if currency and draft.get("currency") and currency != draft.get("currency"):
        draft.doubts.append(("several_currencies", f"{currency}, {draft.get('currency')}"))
        draft.drop("currency")
    elif not is_credit(draft):
        put_amount(
            draft,
            decimal_of(totals.text("PayableAmount")),
            decimal_of(totals.text("TaxInclusiveAmount")),
            "PayableAmount",
        )
    taxes = [
        tax for tax in root.all("TaxTotal/TaxAmount") if tax.attribute("currencyID") in ("", draft.get("currency"))
    ]
    rates = [tax.text("TaxCategory/Percent") for tax in root.all("TaxTotal/TaxSubtotal")]
    put_vat(draft, {tax.own_text for tax in taxes}, rates, "TaxTotal/TaxAmount")


def _means(root: Node, draft: Draft) -> None:
    means = root.all("PaymentMeans")
    accounts = [
        (
            one.text("PaymentMeansCode"),
            one.text("PayeeFinancialAccount/ID"),
            one.text("PayeeFinancialAccount/FinancialInstitutionBranch/ID"),
        )
        for one in means
    ]
    put_means(draft, accounts, "PaymentMeans/PayeeFinancialAccount")
    references = {one.text("PaymentID") for one in means} - {""}
    if len(references) == 1:
        draft.put("purpose", references.pop(), "PaymentMeans/PaymentID")
