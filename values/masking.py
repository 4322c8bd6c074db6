"""Account numbers and INN masked for logs; references, dates and amounts stay readable."""

import re

from values.check_digits import iban_ok

_SHOWN = 4
_ACCOUNT_IN_GROUPS = r"\d{5}[ \u00a0-]\d{3}[ \u00a0-]\d[ \u00a0-]\d{4}[ \u00a0-]\d{7}|(?:\d{4}[ \u00a0]){4}\d{4}"
_ACCOUNT = r"\d{5}[\dABCEHKMPTX]\d{14}"
# 10 or 12 digits followed by decimals are an amount, and behind a point they are decimals.
_NUMBERS = re.compile(
    rf"(?<![0-9A-Za-z])(?<!\d[.,])(?:{_ACCOUNT_IN_GROUPS}|{_ACCOUNT}|\d{{12}}|\d{{10}})(?![0-9A-Za-z]|[.,]\d)"
)
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}(?![0-9A-Za-z])")


def mask_numbers(text: str) -> str:
    """Replace all but the last four characters of INN, accounts and IBAN by asterisks."""
    return _NUMBERS.sub(lambda match: _masked(match[0]), _IBAN.sub(_masked_iban, text))


def _masked(number: str) -> str:
    bare = re.sub(r"[ \u00a0-]", "", number)
    return "*" * (len(bare) - _SHOWN) + bare[-_SHOWN:]


def _masked_iban(match: re.Match[str]) -> str:
    """Mask the IBAN, not the capital words that may follow it; a mistyped one without blanks is masked as well."""
    text = match[0]
    for end in range(len(text), 14, -1):
        if iban_ok(re.sub(r"[ \u00a0]", "", text[:end])) and text[end - 1] not in " \u00a0":
            return _masked(text[:end]) + text[end:]
    is_one_word = text.isalnum() and sum(c.isdigit() for c in text) >= 10
    return _masked(text) if is_one_word else text
