"""Requisites of a payee as a whole: each number read by its own parser, then compared with the others.

What would send money astray (an account that does not fit its bank) is a flaw and must be mended; what is only unusual
is a warning for the approver to judge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from values.bank_details import compose_bank_details, several_in_block, split_bank_details
from values.check_digits import (
    account_key_ok,
    account_shape_ok,
    bic_ok,
    corr_account_ok,
    ogrn_ok,
    uin_ok,
)
from values.currencies import IN_ACCOUNTS
from values.flaw import Flaw, flaw
from values.identifiers import parse_account, parse_bic, parse_email, parse_iban, parse_inn, parse_kpp, parse_swift
from values.invoice_line import parse_invoice_line
from values.masking import mask_numbers

__all__ = [
    "WARNINGS",
    "Warn",
    "account_key_ok",
    "compose_bank_details",
    "corr_account_ok",
    "mask_numbers",
    "ogrn_ok",
    "parse_account",
    "parse_bic",
    "parse_email",
    "parse_iban",
    "parse_inn",
    "parse_invoice_line",
    "parse_kpp",
    "parse_swift",
    "requisite_flaws",
    "requisite_warnings",
    "several_in_block",
    "split_bank_details",
    "uin_ok",
]

_COMPANY_ACCOUNTS = ("405", "406", "407")
_PERSON_ACCOUNTS = ("40802", "40817", "40820")
_CORR_ACCOUNTS = ("301", "40102")
_DEPOSITS = ("423", "426")
_BUDGET_ACCOUNTS = ("401", "402", "403", "404")
_BANKS_OWN_ACCOUNTS = ("30232", "47422", "47423", "60311", "70601")

WARNINGS: dict[str, str] = {
    "account_of_company_inn_of_person": "the account belongs to an organisation, the INN (12 digits) to a person",
    "account_of_person_inn_of_company": "the account belongs to a person or entrepreneur, the INN to an organisation",
    "kpp_with_person": "a KPP is given, but the INN (12 digits) belongs to a person, who has none",
    "kpp_missing": "the INN belongs to an organisation, but no KPP is given",
    "bic_missing": "an account is given without the BIC of its bank, so its key cannot be checked",
    "account_currency": "the currency inside the account number is not the currency of the request",
    "corr_account_as_account": "the account of the payee is a correspondent account: are the fields swapped",
    "account_deposit": "the account is a deposit, not a settlement account",
    "account_of_bank": "the account is an inner account of a bank",
    "account_treasury": "the account is a treasury account: a budget payment may need more codes",
    "swift_country": "SWIFT code and IBAN name different countries",
}


@dataclass(frozen=True, slots=True)
class Warn:
    """Something unusual about the requisites; `code` is a key of `WARNINGS`."""

    code: str
    read: str


def requisite_flaws(fields: Mapping[str, str]) -> dict[str, Flaw]:
    """Find accounts that do not fit their BIC: one of the two is mistyped. The fields are in standard spelling."""
    bic, account, corr = fields.get("bic", ""), fields.get("account", ""), fields.get("corr_account", "")
    flaws: dict[str, Flaw] = {}
    if not bic_ok(bic):
        return flaws
    # Swapped fields are told by a warning, which says more than a key that cannot fit.
    if account_shape_ok(account) and not account.startswith("301") and account_key_ok(account, bic) is False:
        flaws["account"] = flaw("invalid", "account_key", account)
    if account_shape_ok(corr) and not corr_account_ok(corr, bic):
        reason = "corr_account_key" if corr.startswith(_CORR_ACCOUNTS) else "corr_account_class"
        flaws["corr_account"] = flaw("invalid", reason, corr)
    return flaws


def requisite_warnings(fields: Mapping[str, str]) -> tuple[Warn, ...]:
    """Find what is unusual in inn, kpp, account, bic, corr_account, iban and swift, and in currency beside account."""
    known = {name: value for name, value in fields.items() if value}
    return (*_about_payee(known), *_about_account(known), *_about_bank(known))


def _about_payee(known: Mapping[str, str]) -> Iterator[Warn]:
    inn, kpp, account = known.get("inn", ""), known.get("kpp", ""), known.get("account", "")
    is_person, is_company = len(inn) == 12, len(inn) == 10
    if is_person and account.startswith(_COMPANY_ACCOUNTS):
        yield Warn("account_of_company_inn_of_person", f"{account}, {inn}")
    if is_company and account.startswith(_PERSON_ACCOUNTS):
        yield Warn("account_of_person_inn_of_company", f"{account}, {inn}")
    if is_person and kpp:
        yield Warn("kpp_with_person", f"{kpp}, {inn}")
    if is_company and not kpp:
        yield Warn("kpp_missing", inn)


def _about_account(known: Mapping[str, str]) -> Iterator[Warn]:
    account, currency = known.get("account", ""), known.get("currency", "")
    in_account = IN_ACCOUNTS.get(account[5:8], "")
    if currency and in_account and in_account != currency:
        yield Warn("account_currency", f"{in_account}, {currency}")
    for code, prefixes in (
        ("corr_account_as_account", ("301",)),
        ("account_deposit", _DEPOSITS),
        ("account_of_bank", _BANKS_OWN_ACCOUNTS),
        ("account_treasury", ("03", *_BUDGET_ACCOUNTS)),
    ):
        if account.startswith(prefixes):
            yield Warn(code, account)


def _about_bank(known: Mapping[str, str]) -> Iterator[Warn]:
    iban, swift = known.get("iban", ""), known.get("swift", "")
    if known.get("account") and not known.get("bic"):
        yield Warn("bic_missing", known["account"])
    if iban and swift and iban[:2] != swift[4:6]:
        yield Warn("swift_country", f"{swift[4:6]}, {iban[:2]}")
