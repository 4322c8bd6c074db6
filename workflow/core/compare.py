"""The form beside its invoice: where the files say something else, the approver sees it before he decides.

A form may pay a part of an invoice, a company has several KPP, and a scan is misread: so this warns and never refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from values.invoice_number import same_number
from values.names import fold_name
from workflow.core.model import Caution, Field

COMPARED = (
    "account", "iban", "inn", "bic", "swift", "amount", "currency", "kpp", "invoice_number", "invoice_date",
    "contractor",
)  # fmt: skip
OF_THE_INVOICE = ("doubt_", "unopened_", "sources_differ")
"""Cautions about what the files hold, by the beginning of their codes; they stay until other files come."""

_SEVERAL = {
    "doubt_several_accounts": "account", "doubt_several_iban": "iban", "doubt_several_inn": "inn",
    "doubt_several_bic": "bic", "doubt_several_kpp": "kpp", "doubt_several_amounts": "amount",
    "doubt_several_numbers": "invoice_number", "doubt_several_payment_means": "iban",
}  # fmt: skip
_OF_THE_TOTAL = ("doubt_prepaid", "doubt_debt_in_total")
# A scan is believed where a check digit would have told a misread figure.
_FROM_SCANS = ("account", "iban", "inn", "amount")


def differences(invoice: Mapping[str, Field], fields: Mapping[str, Field]) -> tuple[Caution, ...]:
    """Where the files say something else than the form, what sends money astray first."""
    return tuple(_difference(name, invoice, fields) for name in COMPARED if _differs(name, invoice, fields))


def _differs(name: str, invoice: Mapping[str, Field], fields: Mapping[str, Field]) -> bool:
    if name not in invoice or name not in fields:
        return False
    if invoice[name].source == "scan" and name not in _FROM_SCANS:
        return False
    theirs, ours = invoice[name].value, fields[name].value
    match name:
        case "amount":
            return Decimal(theirs) != Decimal(ours)
        case "swift":
            return theirs[:8] != ours[:8]
        case "invoice_number":
            return same_number(theirs) != same_number(ours)
        case "contractor":
            return not ("inn" in invoice and "inn" in fields) and not _alike(theirs, ours)
        case _:
            return theirs != ours


def _alike(name: str, other: str) -> bool:
    """Say whether one name holds the other: shops are called by more than their legal names."""
    first, second = fold_name(name), fold_name(other)
    return first in second or second in first


def _difference(name: str, invoice: Mapping[str, Field], fields: Mapping[str, Field]) -> Caution:
    theirs = invoice[name].value
    if name != "amount":
        return Caution(f"invoice_{name}", theirs)
    currency = invoice["currency"].value if "currency" in invoice else fields["currency"].value
    same_currency = "currency" in fields and currency == fields["currency"].value
    is_part = same_currency and Decimal(fields["amount"].value) < Decimal(theirs)
    return Caution("invoice_part" if is_part else "invoice_amount", f"{theirs} {currency}")


def relevant(
    cautions: Iterable[Caution], invoice: Mapping[str, Field], fields: Mapping[str, Field]
) -> tuple[Caution, ...]:
    """What is doubtful about the files and not settled by the form: of several accounts, it names one of them."""
    return tuple(one for one in cautions if not _is_settled(one, invoice, fields))


def _is_settled(one: Caution, invoice: Mapping[str, Field], fields: Mapping[str, Field]) -> bool:
    named = fields.get(_SEVERAL.get(one.code, ""))
    if named is not None:
        return named.value.casefold() in one.read.casefold().split(", ")
    if one.code in _OF_THE_TOTAL and "amount" in invoice and "amount" in fields:
        return Decimal(invoice["amount"].value) == Decimal(fields["amount"].value)
    return one.code == "doubt_not_an_invoice" and "invoice_number" in invoice
