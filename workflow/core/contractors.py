"""Contractor cards: what is remembered of whom we pay, and how it grows from what was approved and paid.

A card is a projection of facts: each fact leaves a `Trace`, and traces in their order make the card, live and when it
is rebuilt. Bank details are known once a payment with them was announced, or somebody confirmed them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from values.currencies import IN_ACCOUNTS
from values.names import has_cyrillic, loose_name
from workflow.core import events as e
from workflow.core.events import Event
from workflow.core.model import Person, Reference, Request
from workflow.core.usual import usual_purpose

BANK = ("account", "bic", "corr_account", "iban", "swift")
CORRECTABLE = ("name", "aliases", "kpp", "email", "phone", "language", "purpose", "currency")
"""What accountants may write on a card. Bank details come only from payments and confirmations; one may be struck."""

Key = str


@dataclass(frozen=True, slots=True)
class BankDetails:
    """One account of a contractor: known since when, from which request, and who confirmed it (if anybody had to)."""

    account: str = ""
    bic: str = ""
    corr_account: str = ""
    iban: str = ""
    swift: str = ""
    since: datetime | None = None
    reference: Reference = ""
    confirmed_by: Person = ""
    words: str = ""
    last_used: datetime | None = None
    used_by: Reference = ""

    @property
    def number(self) -> str:
        """Where the money goes: the account at this bank, or the IBAN."""
        return self.iban or self.account

    @property
    def currency(self) -> str:
        """The currency that a Russian account number holds."""
        return IN_ACCOUNTS.get(self.account[5:8], "") if self.account else ""

    def is_same(self, other: BankDetails) -> bool:
        """The same account: by its number and, where both say it, its bank."""
        if self.iban or other.iban:
            return self.iban == other.iban
        return self.account == other.account and (self.bic == other.bic or not (self.bic and other.bic))


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one contractor; `key` tells it from all others."""

    key: Key
    name: str
    aliases: tuple[str, ...] = ()
    inn: str = ""
    kpp: str = ""
    bank: tuple[BankDetails, ...] = ()
    email: str = ""
    phone: str = ""
    language: str = ""
    purpose: str = ""
    currency: str = ""
    email_from: Reference = ""

    @property
    def is_known(self) -> bool:
        """Has money gone there, or did somebody vouch for where it goes?"""
        return bool(self.bank)

    def known(self, details: BankDetails) -> BankDetails | None:
        """The same account among those on the card."""
        return next((own for own in self.bank if own.is_same(details)), None)

    def usual_bank(self, currency: str) -> BankDetails | None:
        """The account used last, of those for this currency when there are such."""
        fitting = [own for own in self.bank if currency and own.currency == currency] or list(self.bank)
        return max(fitting, key=lambda own: (own.last_used or own.since or datetime.min).isoformat(), default=None)


@dataclass(frozen=True, slots=True)
class Trace:
    """What one fact says of a contractor."""

    kind: Literal["approved", "paid", "confirmed", "recalled"]
    at: datetime
    reference: Reference
    name: str
    inn: str = ""
    kpp: str = ""
    bank: BankDetails = BankDetails()
    email: str = ""
    currency: str = ""
    purpose: str = ""
    by: Person = ""
    words: str = ""

    @property
    def key(self) -> Key:
        return key_of(self.inn, self.name)


def key_of(inn: str, name: str) -> Key:
    """The INN where there is one, else the name as it is loosely written."""
    return f"inn:{inn}" if inn else f"name:{loose_name(name)}"[:200]


def bank_of(values: Mapping[str, str]) -> BankDetails:
    """The account that a request's fields name."""
    account, bic, corr_account, iban, swift = (values.get(name, "") for name in BANK)
    return BankDetails(account, bic, corr_account, iban, swift)


def trace_of(after: Request, event: Event, at: datetime) -> Trace | None:
    """What this event says of the request's contractor, if anything."""
    match event:
        case e.ApprovalCompleted():
            kind: Literal["approved", "paid", "confirmed", "recalled"] = "approved"
        case e.PaymentAnnounced() | e.PartAnnounced():
            kind = "paid"
        case e.PaymentRecalled():
            kind = "recalled"
        case e.BankDetailsConfirmed():
            found = traced(after, "confirmed", at)
            return found and replace(found, by=event.by, words=event.words)
        case _:
            return None
    return traced(after, kind, at)


def traced(
    request: Request, kind: Literal["approved", "paid", "confirmed", "recalled"], at: datetime
) -> Trace | None:
    values = {name: field.value for name, field in request.fields.items()}
    if not values.get("contractor"):
        return None
    return Trace(
        kind, at, request.reference, values["contractor"], values.get("inn", ""), values.get("kpp", ""),
        bank_of(values), values.get("contractor_email", ""), values.get("currency", ""), usual_purpose(values),
    )  # fmt: skip


def grown(card: Card | None, trace: Trace) -> Card:
    """The card after one more fact."""
    if card is None:
        card = Card(trace.key, trace.name, inn=trace.inn)
    match trace.kind:
        case "approved":
            return replace(card, kpp=card.kpp or trace.kpp, currency=card.currency or trace.currency)
        case "recalled":
            return _recalled(card, trace)
        case "paid" | "confirmed":
            return _vouched(card, trace)


def _vouched(card: Card, trace: Trace) -> Card:
    """Money went there: its account and address count as known."""
    known = card.known(trace.bank)
    used = trace.at if trace.kind == "paid" else None
    bank = card.bank
    if known is not None:
        bank = tuple(_used(own, trace) if own is known else own for own in bank)
    elif trace.bank.number:
        first = replace(trace.bank, since=trace.at, reference=trace.reference, used_by=trace.reference, last_used=used,
                        confirmed_by=trace.by, words=trace.words)  # fmt: skip
        bank = (*bank, first)
    may_take_email = trace.email and (not card.email or trace.kind == "confirmed")
    return replace(
        card, aliases=_with_alias(card, trace.name), kpp=trace.kpp or card.kpp, bank=bank,
        email=trace.email if may_take_email else card.email,
        email_from=trace.reference if may_take_email else card.email_from,
        language=card.language or ("ru" if has_cyrillic(card.name) else "en"),
        purpose=trace.purpose or card.purpose, currency=trace.currency or card.currency,
    )  # fmt: skip


def _used(own: BankDetails, trace: Trace) -> BankDetails:
    if trace.kind == "paid":
        return replace(own, last_used=trace.at, used_by=trace.reference)
    return replace(own, confirmed_by=trace.by, words=trace.words)


def _with_alias(card: Card, name: str) -> tuple[str, ...]:
    known = {loose_name(one) for one in (card.name, *card.aliases)}
    return card.aliases if loose_name(name) in known else (*card.aliases, name)


def _recalled(card: Card, trace: Trace) -> Card:
    """A payment that did not happen proves nothing: what only it vouched for is no longer known."""
    only = trace.reference
    bank = tuple(own for own in card.bank if own.confirmed_by or (own.reference, own.used_by) != (only, only))
    forgotten = card.email_from == trace.reference
    return replace(card, bank=bank, email="" if forgotten else card.email,
                   email_from="" if forgotten else card.email_from)  # fmt: skip


def corrected(card: Card, event: e.ContractorCorrected) -> Card:
    """The card after an accountant's correction."""
    bank = tuple(own for own in card.bank if own.number not in event.struck)
    changes: dict[str, object] = {name: text for name, text in event.fields.items() if name in CORRECTABLE}
    if "aliases" in changes:
        changes["aliases"] = tuple(one.strip() for one in str(changes["aliases"]).split(";") if one.strip())
    if "email" in changes:
        changes["email_from"] = ""
    return replace(card, bank=bank, **changes)  # type: ignore[arg-type]


def names_of(card: Card) -> frozenset[str]:
    """What the card is found by when only a name is given."""
    return frozenset(loose_name(one) for one in (card.name, *card.aliases)) - {""}
