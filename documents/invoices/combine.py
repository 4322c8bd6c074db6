"""Several readings of one invoice brought together: the best source for each field, and where the others disagree.

A payment code beats an e-invoice, that beats text, that beats what was worked out, and a scan comes last. Bank details
are never put together from pieces that do not fit: an account brings the BIC of its own source, a SWIFT code the
country of the IBAN, a KPP the INN it stood beside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from documents.invoices.model import FIELDS, Doubt, Found, InvoiceReading, Source
from values.check_digits import account_key_ok, corr_account_ok
from values.names import fold_name

RANK: dict[Source, int] = {"qr": 0, "e-invoice": 1, "pdf": 2, "computed": 3, "scan": 4}
_NAMES = ("contractor", "bank_name")
# Wordings differ from source to source and mean nothing by it.
_FREE_TEXT = ("purpose", "contract", "bank_name")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field for which the sources say different things: the one that counts, and the others."""

    field: str
    chosen: Found
    others: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Combined:
    """The best value of each field, what disagrees with it, and every doubt of the readings."""

    values: dict[str, Found]
    disagreements: tuple[Disagreement, ...]
    doubts: tuple[Doubt, ...]
    not_opened: tuple[str, ...] = ()


def combine(readings: Iterable[InvoiceReading]) -> Combined:
    """Choose the best value of each field."""
    known = tuple(readings)
    found = sorted((one for reading in known for one in reading.found), key=lambda one: RANK[one.source])
    by_field = {field: [one for one in found if one.field == field] for field in FIELDS}
    values: dict[str, Found] = {}
    disagreements: list[Disagreement] = []
    doubts = [doubt for reading in known for doubt in reading.doubts]
    for field, candidates in by_field.items():
        fitting = [one for one in candidates if _fits(one, values, by_field)]
        if not fitting:
            continue
        best = [one for one in fitting if one.source == fitting[0].source]
        if len({_folded(one) for one in best}) > 1:
            # Two files of equal weight say different things: neither counts.
            doubts.append(("several_invoices", f"{field}: " + " / ".join(sorted({one.value for one in best}))))
            continue
        values[field] = next((one for one in best if one.proven), best[0])
        others = _others(values[field], candidates)
        if others and field not in _FREE_TEXT:
            disagreements.append(Disagreement(field, values[field], others))
    not_opened = tuple(reading.not_opened for reading in known if reading.not_opened)
    return Combined(values, tuple(disagreements), tuple(dict.fromkeys(doubts)), not_opened)


def _fits(one: Found, values: dict[str, Found], by_field: dict[str, list[Found]]) -> bool:
    """Say whether a value goes with what was chosen before it: fields come in the order of `FIELDS`."""
    match one.field:
        case "kpp":
            inn = values.get("inn")
            return inn is None or _said_with(one, inn, by_field["inn"])
        case "account":
            bic = values.get("bic")
            return bic is None or account_key_ok(one.value, bic.value) is not False
        case "corr_account":
            bic = values.get("bic")
            return bic is not None and corr_account_ok(one.value, bic.value)
        case "bank_name":
            bank = values.get("bic") or values.get("iban")
            return bank is None or _said_with(one, bank, by_field[bank.field])
        case "swift":
            iban = values.get("iban")
            return iban is not None and one.value[4:6] == iban.value[:2]
        case _:
            return True


def _said_with(one: Found, partner: Found, candidates: Sequence[Found]) -> bool:
    """Say whether the source of a value gives the chosen partner too."""
    return any(other.source == one.source and other.value == partner.value for other in candidates)


def _others(chosen: Found, candidates: Sequence[Found]) -> tuple[Found, ...]:
    different = {_folded(one): one for one in reversed(candidates) if _folded(one) != _folded(chosen)}
    return tuple(sorted(different.values(), key=lambda one: RANK[one.source]))


def _folded(one: Found) -> str:
    if one.field in _NAMES:
        return fold_name(one.value)
    if one.field in ("amount", "vat_amount"):
        return str(Decimal(one.value).normalize())
    return one.value.casefold().replace(" ", "") if one.field == "invoice_number" else one.value
