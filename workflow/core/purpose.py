"""The payment purpose, built when nobody wrote one: for what, by which paper, under which contract, and the VAT.

Payment orders hold 210 characters, and the tax code wants the VAT told: so the VAT part is never cut, the rest is. No
VAT wording is made up: where the invoice does not say it, none stands there. Payments abroad take Latin letters only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from values.dates import format_date
from values.text import one_line
from workflow.core.model import Field

LONGEST = 210
SURE_OF_VAT = ("qr", "e-invoice", "pdf", "computed")
NO_VAT = "none"
RATES: tuple[tuple[int, date, date | None], ...] = (
    (0, date(1992, 1, 1), None), (5, date(2025, 1, 1), None), (7, date(2025, 1, 1), None),
    (10, date(1993, 1, 1), None), (20, date(2019, 1, 1), None), (22, date(2026, 1, 1), None),
)  # fmt: skip
"""VAT rates in per cent, each with its first and last day. What was shipped before 2026 keeps 20 %, so that this rate
has no last day; an invoice that names it later is doubted where it is read."""

_REPLACED = str.maketrans({
    "«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "₽": "руб.",
    "…": "...",
})  # fmt: skip
_NOT_FOR_BANKS = re.compile(r"[^0-9A-Za-zА-Яа-яЁё№`~!@#$%^&*()_+\-=\[\]{}\\|;:'\",.<>/? ]")
_NOT_ABROAD = re.compile(r"[^a-zA-Z0-9/\-?:().,'+ ]")
_SAYS_VAT = re.compile(r"\bНДС\b|\bVAT\b", re.IGNORECASE)


def build_purpose(fields: Mapping[str, Field], invoice: Mapping[str, Field]) -> str:
    """The purpose of these checked values and of what the invoice says of VAT and contract; empty when there is nothing
    to write it from."""
    values = {name: field.value for name, field in fields.items()}
    if values.get("iban") or values.get("currency", "RUB") != "RUB":
        return _abroad(values)
    vat = vat_wording(values, invoice)
    number, day = values.get("invoice_number", ""), values.get("invoice_date", "")
    subject = for_banks(values.get("subject", ""))
    if not (number or subject):
        return ""
    contract = for_banks(_contract(invoice))
    head = "Оплата" + (f" по счету № {for_banks(number)}" if number else "") + (
        f" от {format_date(date.fromisoformat(day), 'ru')}" if number and day else ""
    )  # fmt: skip
    return _fitted(head, f" ({contract})" if contract else "", subject, vat)


def vat_wording(values: Mapping[str, str], invoice: Mapping[str, Field]) -> str:
    """What the invoice says of VAT, for the amount that is paid; empty when it is not known."""
    stated = invoice.get("vat_rate")
    amount = values.get("amount", "")
    if stated is None or stated.source not in SURE_OF_VAT or not amount:
        return ""
    if stated.value == NO_VAT:
        return "НДС не облагается"
    own = invoice.get("amount")
    is_whole = own is not None and Decimal(own.value) == Decimal(amount)
    total = invoice.get("vat_amount")
    if not stated.value.isdigit():  # several rates in one invoice
        return f"В том числе НДС {Decimal(total.value):.2f} руб." if is_whole and total is not None else ""
    rate = int(stated.value)
    if not _is_known(rate, values.get("invoice_date", "")):
        return ""
    if rate == 0:
        return "НДС 0%"
    vat = Decimal(total.value) if is_whole and total is not None else vat_inside(Decimal(amount), rate)
    return f"В том числе НДС {rate}% - {vat:.2f} руб."


def vat_inside(amount: Decimal, rate: int) -> Decimal:
    """The VAT that an amount holds."""
    return (amount * rate / (100 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def says_vat(purpose: str) -> bool:
    """Does a purpose speak of VAT at all?"""
    return bool(_SAYS_VAT.search(purpose))


def for_banks(text: str) -> str:
    """A text in the characters that banks take, on one line."""
    return " ".join(_NOT_FOR_BANKS.sub(" ", one_line(text).translate(_REPLACED)).split())


def _is_known(rate: int, day: str) -> bool:
    on = date.fromisoformat(day) if day else date.max
    return any(known == rate and first <= on and (last is None or on <= last) for known, first, last in RATES)


def _contract(invoice: Mapping[str, Field]) -> str:
    found = invoice.get("contract")
    if found is None or found.source == "scan":
        return ""
    text = one_line(found.value)
    return text[:1].lower() + text[1:] if text[:1].isalpha() else f"договор {text}"


def _fitted(head: str, contract: str, subject: str, vat: str) -> str:
    """Everything when it fits; else the subject is cut, then the contract left out, never the VAT."""
    tail = f". {vat}" if vat else ""
    for middle in (contract, ""):
        room = LONGEST - len(head) - len(middle) - len(tail) - 2
        if not subject or room >= min(len(subject), 20):
            break
    what = f": {_cut(subject, room)}" if subject and room > 0 else ""
    return f"{head}{middle}{what.rstrip('.')}{tail}"


def _cut(text: str, room: int) -> str:
    """So many characters, at a word's end where one is near."""
    if len(text) <= room:
        return text
    short = text[:room]
    at = short.rfind(" ")
    return (short[:at] if at > room // 2 else short).rstrip(" ,;:.-")


def _abroad(values: Mapping[str, str]) -> str:
    """In English and in the characters of the SWIFT network; a subject in other letters is left out."""
    number, day, subject = (values.get(name, "") for name in ("invoice_number", "invoice_date", "subject"))
    plain = one_line(subject).translate(_REPLACED)
    what = " ".join(plain.split()) if plain and not _NOT_ABROAD.search(plain) else ""
    paper = f"Invoice {number}" if number and not _NOT_ABROAD.search(number) else ""
    if paper and day:
        paper += f" of {format_date(date.fromisoformat(day), 'en')}"
    return ", ".join(part for part in (paper, what) if part)[:140].rstrip(" ,")
