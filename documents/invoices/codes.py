"""Payment codes: the bytes of a QR code read as ST00012, EPC069-12 or Swiss SPC, or refused with a named fault.

Nothing is guessed or mended: a code either keeps the rules of its format and its numbers pass their checks, or it is
not used at all. Text is decoded as the code itself says, never as the reader of the symbol thought.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from documents.invoices.code_epc import read_epc
from documents.invoices.code_ru import read_st
from documents.invoices.code_swiss import read_swiss
from documents.invoices.code_types import Code, CodeFault
from documents.invoices.model import Doubt, Found
from documents.invoices.vat import vat_found
from values.invoice_line import parse_invoice_line

__all__ = ["Code", "CodeFault", "CodesRead", "code_found", "parse_code", "read_codes"]

_SBP = re.compile(rb"https?://(?:qr\.nspk\.ru|sub\.nspk\.ru)/", re.IGNORECASE)
_BY_INVOICE = re.compile(
    r"сч[её]т(?:у|а)?\s*(?:на\s+оплату\s*)?((?:№|N)\s*\S+\s+от\s+\d{1,2}\.\d{1,2}\.\d{4})", re.IGNORECASE
)
_BANK = {"account", "bic", "corr_account", "iban", "swift"}


def parse_code(content: bytes) -> Code | CodeFault | None:
    """Read the content of a symbol; None when it is no payment code at all."""
    head = content.lstrip(b"\xef\xbb\xbf\r\n ")
    if head[:2] == b"ST" and head[2:6].isdigit():
        return read_st(head)
    if re.match(rb"BCD\r?\n|BCD\r", head):
        return read_epc(head)
    if re.match(rb"SP[A-Z]\r?\n0", head):
        return read_swiss(head)
    return CodeFault("sbp_link", "") if _SBP.match(head) else None


Place = tuple[bytes, str]


@dataclass(slots=True)
class CodesRead:
    """What the codes of a file say together."""

    found: list[Found] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    differ: set[str] = field(default_factory=set)


def read_codes(symbols: list[Place], own_inn: str | None, today: date) -> CodesRead:
    """Read all symbols of a file; fields on which two codes differ are left out."""
    together = CodesRead()
    seen: set[bytes] = set()
    for content, place in symbols:
        if content in seen:
            continue
        seen.add(content)
        code = parse_code(content)
        if isinstance(code, CodeFault):
            name: Literal["sbp_link", "code_unusable"] = "sbp_link" if code.reason == "sbp_link" else "code_unusable"
            together.doubts.append((name, f"{place}: {code.reason} {code.detail}".strip()))
        elif code is not None:
            _add(together, code, place, own_inn, today)
    _drop_differing(together)
    return together


def _add(together: CodesRead, code: Code, place: str, own_inn: str | None, today: date) -> None:
    together.doubts += [(warning, place) for warning in code.warnings if warning not in _HARMLESS]
    if own_inn and code.fields.get("inn") == own_inn:
        together.doubts.append(("own_inn_as_payee", place))
        return
    payer = code.raw.get("PayerINN", "")
    if own_inn and payer.strip("0") and payer != own_inn:
        together.doubts.append(("buyer_other", payer))
    together.found += code_found(code, place, today)


_HARMLESS = {"key_case", "key_order"}


def code_found(code: Code, place: str, today: date) -> list[Found]:
    """The values of one code, and what its purpose line says of invoice and VAT."""
    where = f"{place}, {code.kind}"
    found = [Found(name, value, "qr", where, name in code.proven) for name, value in code.fields.items()]
    purpose = code.fields.get("purpose", "")
    found += vat_found(purpose, code.fields.get("amount"), "qr", where)
    named = {one[1] for one in _BY_INVOICE.finditer(purpose)}
    if len(named) == 1:
        line = parse_invoice_line(named.pop(), today)
        if isinstance(line, tuple):
            number, day = line
            found += [Found("invoice_number", number, "computed", where)] if number else []
            found += [Found("invoice_date", day.isoformat(), "computed", where)] if day else []
    return found


def _drop_differing(together: CodesRead) -> None:
    values: dict[str, set[str]] = {}
    for one in together.found:
        values.setdefault(one.field, set()).add(one.value)
    differ = {name for name, several in values.items() if len(several) > 1}
    if not differ:
        unique = {(one.field, one.source): one for one in reversed(together.found)}
        together.found = list(reversed(unique.values()))
        return
    if differ & _BANK:
        differ |= _BANK | {"inn", "kpp", "contractor", "bank_name"}
    together.differ = differ
    together.doubts.append(
        ("codes_differ", ", ".join(sorted(name for name in differ if len(values.get(name, ())) > 1)))
    )
    kept = {(one.field, one.value): one for one in together.found if one.field not in differ}
    together.found = list(kept.values())
