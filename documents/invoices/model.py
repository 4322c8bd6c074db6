"""What was found in an invoice: values with source and place, doubts by name, and why a file was not opened."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Source = Literal["qr", "e-invoice", "pdf", "scan", "computed"]
Kind = Literal["payment_code", "e-invoice", "text", "nothing"]
Doubt = tuple[str, str]

FIELDS = (
    "contractor", "inn", "kpp", "bic", "account", "corr_account", "iban", "swift", "bank_name", "amount", "currency",
    "invoice_number", "invoice_date", "purpose", "pay_by", "vat_rate", "vat_amount", "contract",
)  # fmt: skip

# What sends money to somebody: these stand or fall together.
BANK_FIELDS = ("account", "bic", "corr_account", "iban", "swift")

DOUBTS: dict[str, str] = {
    # codes
    "code_unusable": "the payment code breaks the rules of its format",
    "codes_differ": "the payment codes in the file say different things",
    "sbp_link": "the code is a link of the fast payments system, not bank details",
    "code_not_printed": "the account in the payment code is not one of those printed beside it",
    "code_encoding": "the text of the payment code is not in the encoding that it names",
    # e-invoices
    "credit_note": "this is a credit note: nothing is to be paid by it",
    "corrected_invoice": "this is a corrected invoice",
    "not_an_invoice": "the electronic document is not an invoice",
    "version_unknown": "the electronic document is of a version that is not known",
    "direct_debit": "the supplier collects the money himself: no transfer is needed",
    "several_payment_means": "the e-invoice names several accounts to pay to",
    "payee_not_seller": "the money goes to somebody else than the seller",
    "several_sellers": "the document names several sellers",
    "nothing_to_pay": "the amount to pay is zero or below",
    "prepaid": "a part of the total is already paid or added: the amount to pay is not the total",
    "buyer_other": "the invoice is made out to another company",
    "xml_broken": "the electronic document cannot be read",
    # text
    "own_inn_as_payee": "our own INN stands where the payee's is expected",
    "inn_role_unknown": "it is not clear whose INN this is",
    "several_inn": "several companies could be the payee",
    "inn_check": "the check digit of the INN does not fit",
    "several_accounts": "several accounts could be the payee's",
    "account_key": "the account does not fit the BIC",
    "corr_account_key": "the correspondent account does not fit the BIC",
    "account_without_bic": "an account was seen without a BIC that proves it",
    "account_role_unknown": "it is not clear whose account this is",
    "account_out_of_use": "the file says that this account is out of use: nothing is paid to it",
    "several_bic": "several BIC could be that of the payee's bank",
    "several_kpp": "several KPP could be the payee's",
    "several_iban": "several IBAN could be the payee's",
    "iban_check": "the check digits of the IBAN do not fit",
    "swift_country": "SWIFT code and IBAN name different countries",
    "several_names": "several names could be the payee's",
    "several_amounts": "several amounts could be the one to pay",
    "amount_unclear": "the amount to pay cannot be read in one way",
    "total_without_vat": "only a total was found to which VAT may have to be added",
    "debt_in_total": "the invoice also speaks of debts or prepayments",
    "several_numbers": "several invoice numbers were found",
    "several_dates": "several invoice dates were found",
    "date_unclear": "a date can be read in two ways",
    "several_currencies": "several currencies are named",
    "currency_sign": "the sign of the currency stands for several currencies",
    "account_currency": "the currency inside the account number is not that of the invoice",
    "vat_unlike": "the VAT does not fit the rate and the amount",
    "vat_old_rate": "VAT of 20 % in an invoice of 2026 or later",
    "several_vat": "several VAT amounts or rates were found",
    "several_due_dates": "several dates could be the one to pay by",
    "several_contracts": "several contracts are named",
    "hidden_text": "the file holds text that nobody can see; it was not read",
    "several_invoices": "the file holds several invoices",
    "not_all_pages": "the file is long: not all pages were read",
    "part_not_opened": "a file inside the letter was not opened",
}

NOT_OPENED: dict[str, str] = {
    "encrypted": "the file is locked with a password",
    "broken": "the file is damaged",
    "too_big": "the file is too big",
    "picture_too_big": "the picture has too many points",
    "winmail": "winmail.dat is a package of Outlook: ask for the file itself",
    "old_office": "files of the old .doc format are not opened: save as .docx or PDF",
    "heic": "pictures of the HEIC format are not opened here: send a JPEG or a PDF",
    "refused": "files of this kind are not opened",
    "time": "reading the file took too long",
    "crash": "the file made its reader fail",
    "too_many": "there are too many files in one letter",
    "too_deep": "letters inside letters are opened to a depth of three",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One value, in standard spelling; `proven` when a check digit, a key or arithmetic confirms the reading."""

    field: str
    value: str
    source: Source
    place: str
    proven: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceReading:
    """What one file says; doubts pair a key of `DOUBTS` with what was seen, `not_opened` is a key of `NOT_OPENED`;
    `page` is a small JPEG of its first page where that was asked for."""

    found: tuple[Found, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    kind: Kind = "nothing"
    not_opened: str | None = None
    page: bytes | None = None

    def value(self, field: str, source: Source | None = None) -> str | None:
        """The first value of a field, of one source or of the best one that has it."""
        fitting = (one for one in self.found if one.field == field and source in (None, one.source))
        return next((one.value for one in fitting), None)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost."""

    seconds: float = 30
    memory_bytes: int = 1024 * 1024 * 1024
    size: int = 25_000_000
    pages: int = 10


def kind_of(found: Iterable[Found]) -> Kind:
    """Name a reading by its best source."""
    sources = {one.source for one in found}
    if "qr" in sources:
        return "payment_code"
    if "e-invoice" in sources:
        return "e-invoice"
    return "text" if sources else "nothing"
