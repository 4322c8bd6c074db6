"""The Swiss QR-bill: 31 to 34 elements, one a line.

An IBAN whose institution number lies in 30000-31999 goes with a QR reference and with nothing else. Combined addresses
(type K) ended in November 2025; banks refuse such codes, so this one is refused too and the text of the bill is read.
"""

import re

from documents.invoices.code_types import Code, CodeFault
from documents.invoices.references import qr_reference_ok, rf_reference_ok
from values.check_digits import iban_ok
from values.text import one_line

_NAMES = (
    "QRType", "Version", "Coding", "IBAN",
    "CdtrAdrTp", "CdtrName", "CdtrStreet", "CdtrBldg", "CdtrPstCd", "CdtrTown", "CdtrCtry",
    "UltmtAdrTp", "UltmtName", "UltmtStreet", "UltmtBldg", "UltmtPstCd", "UltmtTown", "UltmtCtry",
    "Amount", "Currency",
    "DbtrAdrTp", "DbtrName", "DbtrStreet", "DbtrBldg", "DbtrPstCd", "DbtrTown", "DbtrCtry",
    "RefType", "Ref", "Message", "Trailer", "Billing", "Scheme1", "Scheme2",
)  # fmt: skip
_OBLIGATORY = 31
_ADDRESS_LONGEST = {"Name": 70, "Street": 70, "Bldg": 16, "PstCd": 16, "Town": 35, "Ctry": 2}
_AMOUNT = re.compile(r"\d{1,9}\.\d{2}")
_MOST_CHARACTERS = 997


def read_swiss(content: bytes) -> Code | CodeFault:
    """Read the payload of the symbol."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return CodeFault("not_decodable", "utf-8")
    lines = re.split(r"\r\n|\n", text)
    while len(lines) > _OBLIGATORY and not lines[-1]:
        lines.pop()
    if len(text) > _MOST_CHARACTERS or len(lines) > len(_NAMES):
        return CodeFault("too_long", "code")
    if len(lines) < _OBLIGATORY:
        return CodeFault("missing", _NAMES[len(lines)])
    return _checked(dict(zip(_NAMES, lines + [""] * (len(_NAMES) - len(lines)), strict=True)))


def _checked(raw: dict[str, str]) -> Code | CodeFault:
    if fault := _header_fault(raw) or _address_fault(raw) or _payment_fault(raw) or _reference_fault(raw):
        return fault
    purpose = " ".join(part for part in (raw["Ref"], one_line(raw["Message"])) if part)
    fields = {"contractor": one_line(raw["CdtrName"]), "iban": raw["IBAN"], "currency": raw["Currency"]}
    fields |= {"amount": f"{int(raw['Amount'][:-3])}{raw['Amount'][-3:]}"} if raw["Amount"] else {}
    fields |= {"purpose": purpose} if purpose else {}
    kept = {name: value for name, value in raw.items() if value}
    return Code("Swiss QR-bill", fields, kept, frozenset({"iban"}))


def _header_fault(raw: dict[str, str]) -> CodeFault | None:
    if raw["QRType"] != "SPC":
        return CodeFault("tag", raw["QRType"])
    if raw["Version"] != "0200":
        return CodeFault("version", raw["Version"])
    if raw["Coding"] != "1":
        return CodeFault("encoding", raw["Coding"])
    return CodeFault("trailer") if raw["Trailer"] != "EPD" else None


def _address_fault(raw: dict[str, str]) -> CodeFault | None:
    if any(raw[name] for name in _NAMES if name.startswith("Ultmt")):
        return CodeFault("address", "ultimate creditor")
    for party in ("Cdtr", "Dbtr"):
        parts = {name: raw[party + name] for name in _ADDRESS_LONGEST}
        if not raw[party + "AdrTp"] and not any(parts.values()) and party == "Dbtr":
            continue
        obligatory = all(parts[name] for name in ("Name", "PstCd", "Town", "Ctry"))
        if raw[party + "AdrTp"] != "S" or not obligatory:
            return CodeFault("address", party)
        if any(len(parts[name]) > longest for name, longest in _ADDRESS_LONGEST.items()):
            return CodeFault("too_long", party)
    return None


def _payment_fault(raw: dict[str, str]) -> CodeFault | None:
    iban = raw["IBAN"]
    if iban[:2] not in ("CH", "LI"):
        return CodeFault("iban_country", iban)
    if len(iban) != 21 or not iban_ok(iban):
        return CodeFault("iban", iban)
    if raw["Currency"] not in ("CHF", "EUR"):
        return CodeFault("currency", raw["Currency"])
    amount = raw["Amount"]
    if amount and (not _AMOUNT.fullmatch(amount) or not amount.isascii() or not amount.strip("0.")):
        return CodeFault("amount", amount)
    return CodeFault("too_long", "Message") if len(raw["Message"]) + len(raw["Billing"]) > 140 else None


def _reference_fault(raw: dict[str, str]) -> CodeFault | None:
    kind, reference = raw["RefType"], raw["Ref"]
    institution = raw["IBAN"][4:9]
    is_qr_iban = institution.isdigit() and 30000 <= int(institution) <= 31999
    if kind not in ("QRR", "SCOR", "NON") or is_qr_iban != (kind == "QRR"):
        return CodeFault("reference_type", kind)
    fits = (
        qr_reference_ok(reference) if kind == "QRR" else rf_reference_ok(reference) if kind == "SCOR" else not reference
    )
    return None if fits else CodeFault("reference", reference)
