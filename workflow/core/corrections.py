"""An accountant's correction of a contractor's card: what he may write there, checked before it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from values.flaw import Flaw
from values.money import parse_currency
from values.requisites import parse_email, parse_kpp
from values.text import one_line, shorten
from workflow.core.commands import CorrectContractor
from workflow.core.contractors import CORRECTABLE, Card
from workflow.core.events import ContractorCorrected

LONGEST = 300
LANGUAGES = ("ru", "en")

_PARSERS: Mapping[str, Callable[[str], str | Flaw | None]] = {
    "kpp": parse_kpp, "email": parse_email, "currency": parse_currency,
}  # fmt: skip


def correct_card(card: Card | None, command: CorrectContractor) -> tuple[ContractorCorrected | None, str]:
    """The correction as a fact, or the key of the sentence that says why it is none."""
    if card is None:
        return None, "card_unknown"
    fields: dict[str, str] = {}
    for name, text in command.fields.items():
        read = _read(name, text)
        if read is None:
            return None, "card_bank_details" if name not in CORRECTABLE else f"card_{name}"
        fields[name] = read
    fields = {name: text for name, text in fields.items() if text != _now(card, name)}
    struck = tuple(number for number in command.struck if any(own.number == number for own in card.bank))
    if not fields and not struck:
        return None, "nothing_new"
    return ContractorCorrected(command.by, command.key, fields, struck), ""


def _read(name: str, text: str) -> str | None:
    """The text in standard spelling; None when it cannot stand there."""
    plain = shorten(one_line(text), LONGEST)
    if name not in CORRECTABLE or (name == "name" and not plain):
        return None
    if name == "language":
        return plain.lower() if plain.lower() in (*LANGUAGES, "") else None
    if not plain or name not in _PARSERS:
        return plain
    found = _PARSERS[name](plain)
    return None if isinstance(found, Flaw) else found or ""


def _now(card: Card, name: str) -> str:
    return "; ".join(card.aliases) if name == "aliases" else str(getattr(card, name))
