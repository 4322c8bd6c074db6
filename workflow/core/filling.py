"""Lines that nobody typed, filled: what the files say first, then what the contractor's card remembers.

Typed beats found, found beats remembered, always. Bank details are never put together from two sources: an account
that is not the card's takes nothing from the card's. Subject, amount and the last day to pay are nobody's to remember.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from values.bank_details import split_bank_details
from values.flaw import Flaw
from values.money import amount_currency
from values.names import legal_form, loose_name
from values.requisites import parse_account, parse_bic, parse_iban, parse_inn
from values.text import one_line, shorten
from workflow.core.card import MONEY_GOES_TO
from workflow.core.contractors import BANK, BankDetails, Card, bank_of, names_of
from workflow.core.ledger import Ledger
from workflow.core.model import Caution, Field, Problem
from workflow.core.usual import purpose_from

CARD = "card"
SPARED_BY_CARD = frozenset({"inn", "account", "bank_details"})
"""Missing lines that need not be asked for while it is not clear which contractor is meant."""
NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What the card of this contractor gives, and what it has to say against the form."""

    card: Card | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Caution, ...] = ()
    others: tuple[Card, ...] = ()
    """Known contractors who may be meant too, or who are only called alike."""


@dataclass(frozen=True, slots=True)
class _Said:
    """Who is meant, as far as the form and its files say."""

    name: str = ""
    inn: str = ""
    inn_is_wrong: bool = False
    bank: BankDetails = field(default_factory=BankDetails)


def remembered(
    texts: Mapping[str, str], rivals: Iterable[str], values: Mapping[str, str], ledger: Ledger,
    kept: Mapping[str, Field],
) -> Known:  # fmt: skip
    """What is remembered of the contractor named in `texts` (typed and found; `values` are those that could be read).
    `kept` are values that an earlier version of the form took from the card: a request does not change by itself when
    the card does."""
    said = _said(texts)
    cards = _candidates(said, ledger)
    if len(cards) > 1:
        return _several(said, cards)
    if not cards:
        others = _namesakes(said, ledger)
        return Known(warnings=_called_alike(others), others=others)
    card = cards[0]
    fields = _fields(card, said, texts, frozenset(rivals), values)
    if kept:
        fields = _as_kept(fields, kept)
    others = () if card.is_known else _namesakes(said, ledger)
    return Known(card, fields, warnings=_called_alike(others), others=others)


# --- who is meant ---------------------------------------------------------------------------------------------------


def _said(texts: Mapping[str, str]) -> _Said:
    block = split_bank_details(texts.get("bank_details", ""))
    name, inn_text = one_line(texts.get("contractor", "")), texts.get("inn") or block.get("inn", "")
    if not inn_text and isinstance(parse_inn(name), str) and not any(c.isalpha() for c in name):
        name, inn_text = "", name
    inn = parse_inn(inn_text) if inn_text else ""
    parsers = {"account": parse_account, "bic": parse_bic, "iban": parse_iban}
    bank: dict[str, str] = {}
    for part, parse in parsers.items():
        read = parse(texts.get(part) or block.get(part, ""))
        if isinstance(read, str):
            bank[part] = read
    return _Said(name, inn if isinstance(inn, str) else "", isinstance(inn, Flaw), bank_of(bank))


def _candidates(said: _Said, ledger: Ledger) -> tuple[Card, ...]:
    """By INN alone where one is given; else by name, told apart by an account that one of them knows; else by account.

    An INN that does not read is asked about, never replaced by what a name remembers."""
    if said.inn or said.inn_is_wrong:
        return ledger.cards_by_inn(said.inn) if said.inn else ()
    if said.name:
        named = ledger.cards_by_name(said.name)
        paid_to = tuple(card for card in named if said.bank.number and card.known(said.bank))
        return paid_to if len(named) > 1 and paid_to else named
    return ledger.cards_by_account(said.bank.number) if said.bank.number else ()


def _several(said: _Said, cards: tuple[Card, ...]) -> Known:
    """Two candidates are asked about; with an IBAN typed the form is whole without, and the approver is told."""
    names = " / ".join(described(card) for card in cards[:NAMED_AT_MOST])
    if said.bank.iban:
        return Known(warnings=(Caution("contractor_ambiguous", names),), others=cards)
    read = shorten(said.name or said.bank.number, 80)
    return Known(problems=(Problem("contractor", "ambiguous", "several_contractors", read, names),))


def described(card: Card) -> str:
    """A card in a few words: its name and INN."""
    return f"{shorten(card.name, 80)}, {card.inn}" if card.inn else shorten(card.name, 80)


def _namesakes(said: _Said, ledger: Ledger) -> tuple[Card, ...]:
    """Nobody is known by this INN, but somebody by this name: perhaps a namesake, perhaps somebody who plays him."""
    if not said.inn or not said.name:
        return ()
    return tuple(card for card in ledger.cards_by_name(said.name) if card.is_known and card.inn != said.inn)


def _called_alike(others: tuple[Card, ...]) -> tuple[Caution, ...]:
    named = " / ".join(described(card) for card in others[:NAMED_AT_MOST])
    return (Caution("name_of_another", named),) if others else ()


# --- what the card gives ----------------------------------------------------------------------------------------------


def _fields(
    card: Card, said: _Said, texts: Mapping[str, str], rivals: frozenset[str], values: Mapping[str, str]
) -> dict[str, Field]:
    block = split_bank_details(texts.get("bank_details", ""))
    given = {name for name, text in texts.items() if text.strip()} | block.keys() | rivals
    found = {"inn": card.inn, "contractor_email": card.email}
    if said.inn in ("", card.inn):
        found["kpp"] = card.kpp
    if "currency" not in given and not (texts.get("amount") and amount_currency(texts["amount"])):
        found["currency"] = card.currency
    found |= _bank(card, said, texts, given)
    if "purpose" not in given and card.purpose:
        found["purpose"] = purpose_from(card.purpose, values)
    found = {name: value for name, value in found.items() if value and name not in given}
    if "contractor" not in rivals and _is_loose(said.name, card):
        found["contractor"] = card.name
    return {name: Field(value, CARD) for name, value in found.items()}


def _is_loose(name: str, card: Card) -> bool:
    """Only the INN was given, or the card's own name spelled in another way: never one of another legal form."""
    if not name:
        return True
    form, own = legal_form(name), legal_form(card.name)
    return name != card.name and loose_name(name) == loose_name(card.name) and form in ("", own)


def _bank(card: Card, said: _Said, texts: Mapping[str, str], given: set[str] | frozenset[str]) -> dict[str, str]:
    """All of one known account or nothing: the one that the form names, or where it names none the usual one."""
    if said.bank.number:
        own = card.known(said.bank)
    elif given & MONEY_GOES_TO or "bank_details" in given:
        own = None
    else:
        own = card.usual_bank(texts.get("currency", ""))
    return {name: getattr(own, name) for name in BANK} if own else {}


def unlike(card: Card | None, fields: Mapping[str, Field]) -> tuple[Caution, ...]:
    """Where the form says something else than the card remembers: the approver should see it first."""
    if card is None:
        return ()
    values = {name: value.value for name, value in fields.items()}
    found: list[Caution] = []
    details = bank_of(values)
    if card.is_known and details.number and card.known(details) is None:
        usual = card.usual_bank(values.get("currency", ""))
        found.append(Caution("card_account", usual.number if usual else ""))
    if card.kpp and values.get("kpp") and values["kpp"] != card.kpp:
        found.append(Caution("card_kpp", card.kpp))
    if values.get("contractor") and loose_name(values["contractor"]) not in names_of(card):
        found.append(Caution("card_contractor", card.name))
    if card.email and values.get("contractor_email") and values["contractor_email"] != card.email:
        found.append(Caution("card_email", card.email))
    return tuple(found)


def _as_kept(fields: Mapping[str, Field], kept: Mapping[str, Field]) -> dict[str, Field]:
    """What was taken before stays; bank details stay as one."""
    fresh = dict(fields)
    if kept.keys() & MONEY_GOES_TO:
        fresh = {name: value for name, value in fresh.items() if name not in MONEY_GOES_TO}
    return fresh | {name: value for name, value in kept.items() if name in fields or name in MONEY_GOES_TO}
