"""What is wrong with something a person typed: a value, told in his words by whoever answers him.

A parser returns either what was meant or a `Flaw`; it never raises for bad text. `reason` is a key of `REASONS`,
which translators turn into sentences; `read` repeats what was seen, `hint` proposes what may have been meant.
"""

from dataclasses import dataclass
from typing import Literal, get_args

FlawCode = Literal["missing", "invalid", "ambiguous", "past", "conflict"]
FLAW_CODES: tuple[FlawCode, ...] = get_args(FlawCode)

READ_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with one typed value."""

    code: FlawCode
    reason: str
    read: str = ""
    hint: str = ""


def flaw(code: FlawCode, reason: str, read: str = "", hint: str = "") -> Flaw:
    """Make a flaw whose `read` fits on one short line."""
    line = " ".join(read.split())
    return Flaw(code, reason, line if len(line) <= READ_LENGTH else line[: READ_LENGTH - 1] + "…", hint)


REASONS: dict[str, str] = {
    "empty": "nothing was written",
    # money
    "amount_not_number": "this is not an amount in digits",
    "amount_digits": "the amount is written with unusual digit characters; ordinary digits 0-9 are needed",
    "amount_grouping": "the thousands in the amount are not grouped by threes",
    "amount_three_digits": "the amount can be read in two ways: three digits after the only separator",
    "amount_too_many_decimals": "the amount has more decimals than the currency has",
    "amount_negative": "the amount is negative",
    "amount_zero": "the amount is zero",
    "amount_exponent": "the amount is in scientific form",
    "amount_too_large": "the amount is too large",
    "amount_words_differ": "the amount in digits and the amount in words differ",
    "amount_two_currencies": "the amount names two currencies",
    "currency_unknown": "this currency is not known",
    "currency_several": "this sign stands for several currencies",
    # dates
    "date_not_date": "this is not a date",
    "date_impossible": "there is no such day in the calendar",
    "date_day_month": "the date can be read in two ways: day first or month first",
    "date_weekday": "the day of the week and the date do not fit each other",
    "date_which_week": "the day can be one of this week or of the next one",
    "date_which_month": "the day can be one of this month or of the next one",
    "date_year_range": "the year is outside 2000-2100",
    # Russian requisites
    "inn_length": "an INN has 10 digits (organisation) or 12 (person)",
    "inn_letters": "an INN consists of digits only",
    "inn_checksum": "the check digit of the INN does not fit: a digit is mistyped",
    "inn_zeros": "an INN does not begin with 00",
    "kpp_length": "a KPP has 9 characters",
    "kpp_letters": "a KPP consists of digits; only positions 5-6 may be capital Latin letters",
    "kpp_blanks": "there is a blank inside the KPP; perhaps a character is missing",
    "kpp_zeros": "a KPP does not begin with 00",
    "bic_length": "a BIC has 9 digits",
    "bic_lost_zero": "the BIC seems to have lost its leading zero",
    "bic_letters": "a BIC consists of digits only",
    "bic_zeros": "a BIC of zeros does not exist",
    "bic_is_swift": "this is a SWIFT code, not a Russian BIC",
    "number_scientific": "the number was damaged by a spreadsheet (scientific form)",
    "account_length": "an account has 20 characters",
    "account_letters": "an account consists of digits",
    "account_zeros": "an account of zeros does not exist",
    "account_is_bic": "this is a BIC, not an account",
    "account_is_iban": "this is an IBAN, not an account of 20 digits",
    "account_key": "the account does not fit the BIC: a digit in one of them is mistyped",
    "corr_account_key": "the correspondent account does not fit the BIC: a digit in one of them is mistyped",
    "corr_account_class": "this is not a correspondent account: those begin with 301",
    # requisites abroad
    "iban_shape": "an IBAN begins with two letters of the country and two digits, then letters and digits",
    "iban_country": "the country of this IBAN is not in the IBAN registry",
    "iban_length": "the IBAN has a wrong length for its country",
    "iban_checksum": "the check digits of the IBAN do not fit: a character is mistyped, missing or too many",
    "swift_length": "a SWIFT code has 8 or 11 characters",
    "swift_shape": "a SWIFT code begins with four letters of the bank and two of the country",
    "swift_country": "the country in the SWIFT code does not exist",
    "swift_is_bic": "this is a Russian BIC, not a SWIFT code",
    "swift_is_iban": "this is an IBAN, not a SWIFT code",
    # the rest
    "email_shape": "this is not an e-mail address",
    "email_several": "only one e-mail address is expected",
    "email_letters": "the e-mail address has letters that mail servers do not accept before the @",
    "invoice_date": "the date of the invoice could not be read",
    "invoice_number_long": "the invoice number is too long",
}
