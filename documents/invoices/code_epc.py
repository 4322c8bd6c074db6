"""EPC069-12, the code for SEPA transfers (GiroCode): up to twelve lines, the third names the encoding."""

import re
from decimal import Decimal

from documents.invoices.code_types import Code, CodeFault
from documents.invoices.references import rf_reference_ok
from values.check_digits import iban_ok, swift_ok
from values.text import one_line

_ENCODINGS = {
    b"1": "utf-8", b"2": "iso8859-1", b"3": "iso8859-2", b"4": "iso8859-4", b"5": "iso8859-5", b"6": "iso8859-7",
    b"7": "iso8859-10", b"8": "iso8859-15",
}  # fmt: skip
_NAMES = (
    "tag", "version", "encoding", "identification", "bic", "name", "iban", "amount", "purpose", "reference", "text",
    "message",
)  # fmt: skip
_LONGEST = {"name": 70, "purpose": 4, "reference": 35, "text": 140, "message": 70}
_AMOUNT = re.compile(r"EUR(?P<number>\d{1,9}(?:\.\d{1,2})?)")
_MOST_BYTES = 331


def read_epc(content: bytes) -> Code | CodeFault:
    """Read the payload of the symbol."""
    lines = re.split(rb"\r\n|\n|\r", content)
    if len(content) > _MOST_BYTES:
        return CodeFault("too_long", "code")
    encoding = _ENCODINGS.get(lines[2]) if len(lines) > 2 else None
    if encoding is None:
        return CodeFault("encoding")
    try:
        texts = [line.decode(encoding) for line in lines]
    except UnicodeDecodeError:
        return CodeFault("not_decodable", encoding)
    while len(texts) > len(_NAMES) and not texts[-1]:
        texts.pop()
    if len(texts) > len(_NAMES):
        return CodeFault("too_many_lines")
    return _checked(dict(zip(_NAMES, texts + [""] * (len(_NAMES) - len(texts)), strict=True)))


def _checked(raw: dict[str, str]) -> Code | CodeFault:
    if fault := _shape_fault(raw) or _number_fault(raw):
        return fault
    purpose = one_line(raw["text"] or raw["reference"])
    fields = {"contractor": one_line(raw["name"]), "iban": raw["iban"].replace(" ", ""), "currency": "EUR"}
    fields |= {"swift": raw["bic"]} if raw["bic"] else {}
    fields |= {"purpose": purpose} if purpose else {}
    amount = _AMOUNT.fullmatch(raw["amount"])
    fields |= {"amount": f"{Decimal(amount['number']):.2f}"} if amount else {}
    return Code("EPC069-12", fields, raw, frozenset({"iban"}))


def _shape_fault(raw: dict[str, str]) -> CodeFault | None:
    if raw["version"] not in ("001", "002"):
        return CodeFault("version", raw["version"])
    if raw["identification"] != "SCT":
        return CodeFault("tag", raw["identification"])
    if not raw["name"].strip():
        return CodeFault("missing", "name")
    for key, longest in _LONGEST.items():
        if len(raw[key]) > longest:
            return CodeFault("too_long", key)
    return CodeFault("reference_and_text") if raw["reference"] and raw["text"] else None


def _number_fault(raw: dict[str, str]) -> CodeFault | None:
    if not raw["bic"] and raw["version"] == "001":
        return CodeFault("missing", "bic")
    if raw["bic"] and not swift_ok(raw["bic"]):
        return CodeFault("swift", raw["bic"])
    if not iban_ok(raw["iban"].replace(" ", "")):
        return CodeFault("iban", raw["iban"])
    if raw["reference"].startswith("RF") and not rf_reference_ok(raw["reference"]):
        return CodeFault("reference", raw["reference"])
    if not raw["amount"]:
        return None
    if raw["amount"][:3].isalpha() and raw["amount"][:3] != "EUR":
        return CodeFault("currency", raw["amount"])
    amount = _AMOUNT.fullmatch(raw["amount"])
    return None if amount and Decimal(amount["number"]) >= Decimal("0.01") else CodeFault("amount", raw["amount"])
