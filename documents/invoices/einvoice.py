"""E-invoices: the kind of XML told by its root, read by the reader of its format, checked alike for all of them."""

import re

from documents.invoices.cii import read_cii, read_zugferd_1
from documents.invoices.fns import read_fns
from documents.invoices.model import Doubt, Found
from documents.invoices.ubl import read_ubl
from documents.invoices.vat import vat_doubts, vat_fits
from documents.invoices.xml import UnsafeXml, parse_xml
from documents.invoices.xml_draft import Draft
from values.check_digits import account_key_ok, bic_ok, corr_account_ok, iban_ok, inn_ok, kpp_ok, swift_ok
from values.currencies import CURRENCIES

ROOTS = ("CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote", "Файл")
_ISO_DATE = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def read_einvoice(content: bytes, own_inn: str | None, place: str = "") -> tuple[list[Found], list[Doubt]] | None:
    """Read an XML document; None when it is no e-invoice at all."""
    try:
        root = parse_xml(content)
    except UnsafeXml as error:
        return [], [("xml_broken", str(error))]
    readers = {
        "CrossIndustryInvoice": read_cii, "CrossIndustryDocument": read_zugferd_1,
        "Invoice": read_ubl, "CreditNote": read_ubl, "Файл": read_fns,
    }  # fmt: skip
    reader = readers.get(root.name)
    draft = Draft()
    if reader is None or not reader(root, draft, own_inn):
        return None
    _check(draft, own_inn)
    return _found(draft, place), draft.doubts


def _check(draft: Draft, own_inn: str | None) -> None:
    """Drop what fails its check, and say so."""
    for name, fits, doubt in (
        ("inn", inn_ok, "inn_check"), ("kpp", kpp_ok, ""), ("bic", bic_ok, "account_key"),
        ("iban", iban_ok, "iban_check"), ("swift", swift_ok, ""), ("currency", CURRENCIES.__contains__, ""),
        ("invoice_date", _is_date, "date_unclear"), ("pay_by", _is_date, "date_unclear"),
    ):  # fmt: skip
        value = draft.get(name)
        if value is not None and not fits(value):
            draft.doubts += [(doubt, value)] if doubt else []
            draft.drop(name)
    if own_inn and draft.get("inn") == own_inn:
        draft.doubts.append(("own_inn_as_payee", own_inn))
        draft.drop("inn", "kpp", "contractor", "account", "bic", "corr_account", "iban", "swift", "bank_name")
    _check_bank(draft)
    amount, rate, vat = draft.get("amount"), draft.get("vat_rate"), draft.get("vat_amount")
    if not any(code == "prepaid" for code, _ in draft.doubts):
        draft.doubts += vat_doubts(amount, rate, vat, draft.get("invoice_date") if draft.get("inn") else None)


def _is_date(text: str) -> bool:
    return _ISO_DATE.fullmatch(text) is not None


def _check_bank(draft: Draft) -> None:
    account, bic, corr = draft.get("account"), draft.get("bic"), draft.get("corr_account")
    iban, swift = draft.get("iban"), draft.get("swift")
    if account and bic and account_key_ok(account, bic) is False:
        draft.doubts.append(("account_key", account))
        draft.drop("account", "bic", "corr_account")
    elif account and not bic:
        draft.doubts.append(("account_without_bic", account))
        draft.drop("account", "corr_account")
    elif corr and bic and not corr_account_ok(corr, bic):
        draft.doubts.append(("corr_account_key", corr))
        draft.drop("corr_account")
    if iban and swift and iban[:2] != swift[4:6]:
        draft.doubts.append(("swift_country", f"{swift}, {iban}"))
        draft.drop("swift")


def _found(draft: Draft, place: str) -> list[Found]:
    proven = {"iban", "inn"}
    account, bic = draft.get("account"), draft.get("bic")
    if account and bic and account_key_ok(account, bic):
        proven |= {"account", "corr_account"} | ({"bic"} if draft.get("corr_account") else set())
    if vat_fits(draft.get("amount"), draft.get("vat_rate"), draft.get("vat_amount")):
        proven |= {"amount", "vat_rate", "vat_amount"}
    where = f"{place}: " if place else ""
    return [
        Found(name, value, "e-invoice", where + path, name in proven) for name, (value, path) in draft.values.items()
    ]
