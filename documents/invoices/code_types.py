"""What reading one payment code gives: its fields, or the fault that makes it unusable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CodeKind = Literal["ST00012", "EPC069-12", "Swiss QR-bill"]


@dataclass(frozen=True, slots=True)
class Code:
    """A payment code that keeps its rules; `raw` are the elements of the format by their own names."""

    kind: CodeKind
    fields: Mapping[str, str]
    raw: Mapping[str, str]
    proven: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class CodeFault:
    """Why a payment code cannot be used; `reason` is a key of `FAULTS`."""

    reason: str
    detail: str = ""


FAULTS: dict[str, str] = {
    "sbp_link": "a link of the fast payments system",
    "version": "the version of the code is not known",
    "encoding": "the code names an encoding that does not exist",
    "not_decodable": "the text is not in the encoding that the code names",
    "missing": "an obligatory element is missing",
    "repeated": "an element stands twice with different values",
    "too_long": "an element is too long",
    "too_many_lines": "the code has more lines than its format",
    "amount": "the amount is not written as the format demands",
    "account": "the account is not possible",
    "account_key": "the account does not fit the BIC",
    "bic": "the BIC is not possible",
    "corr_account": "the correspondent account does not fit the BIC",
    "inn": "the INN is not possible",
    "kpp": "the KPP is not possible",
    "iban": "the IBAN is not possible",
    "iban_country": "the IBAN is not of a country that the format allows",
    "swift": "the BIC (SWIFT) is not possible",
    "currency": "the currency is not one of the format's",
    "reference": "the payment reference does not pass its check",
    "reference_and_text": "the code carries both a reference and a text, which exclude one another",
    "reference_type": "the kind of reference does not go with the kind of IBAN",
    "address": "the address is not written as the format demands",
    "tag": "the code does not begin as its format demands",
    "trailer": "the end mark of the code is missing",
}
