"""What speaks against a request before anybody is asked: the same payment again, split sums, an account not known.

A match holds the payment until the requester says why it is none; what is only alike is a warning for the approver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from values.invoice_number import same_number
from workflow.core.contractors import BankDetails, Card, bank_of
from workflow.core.filling import Known, described
from workflow.core.ledger import Ledger, suppliers
from workflow.core.marks import alike_mark, invoice_mark, sum_mark
from workflow.core.model import Caution, Field, File, HoldKind, Reference, Request, Status
from workflow.core.policy import Policy

SAME_SUM = timedelta(days=30)
LIVE = (Status.AWAITING, Status.RETURNED, Status.APPROVED, Status.PAID)
"""Rejected and withdrawn requests, and drafts that nobody sent on, are no other payment."""
NAMED_AT_MOST = 3

Details = Literal["", "known", "changed", "new"]


@dataclass(frozen=True, slots=True)
class Doubts:
    """`matches` are "kind:reference" of earlier requests that seem to be this payment; `details` says whether money
    ever went where this request sends it."""

    matches: tuple[str, ...] = ()
    details: Details = ""
    known: Mapping[str, str] | None = None
    warnings: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A form as it is compared with earlier ones."""

    reference: Reference
    values: Mapping[str, str]
    files: Sequence[File]
    codes: Sequence[str]

    @property
    def amount(self) -> Decimal | None:
        return Decimal(self.values["amount"]) if self.values.get("amount") else None

    @property
    def currency(self) -> str:
        return self.values.get("currency", "")


def seen(
    reference: Reference, fields: Mapping[str, Field], files: Sequence[File], codes: Sequence[str]
) -> Seen:
    return Seen(reference, {name: field.value for name, field in fields.items()}, files, codes)


def doubts(form: Seen, known: Known, cleared: Sequence[str], policy: Policy, now: datetime, ledger: Ledger) -> Doubts:
    """Everything that speaks against the form; `cleared` are matches that the requester has explained already."""
    matches, weak = _matches(form, ledger)
    held = tuple(one for one in matches if one not in cleared)
    named = {one.partition(":")[2] for one in matches}
    warnings = (
        *_told("duplicate", (one.partition(":")[2] for one in held)), *weak,
        *_alike(form, named, ledger), *_same_sum(form, named, now, ledger), *_split(form, policy, now, ledger),
        *_of_somebody_else(form, known, ledger),
    )  # fmt: skip
    elsewhere = paid_elsewhere(form.reference, form.values, known, ledger)
    details: Details = "changed" if elsewhere else details_of(form.values, known)
    warnings = (*warnings, *_told("other_account", elsewhere))
    return Doubts(held, details, contact_of(known, form.currency) if details == "changed" else None, warnings)


# --- the same payment again -------------------------------------------------------------------------------------------


def _matches(form: Seen, ledger: Ledger) -> tuple[tuple[str, ...], tuple[Caution, ...]]:
    """Matches that hold, and the same file where it says little: a contract goes with each month's payment."""
    found: dict[str, None] = {}
    number = form.values.get("invoice_number", "")
    for supplier in suppliers(form.values):
        for other in _live(form, ledger.marked("invoice", invoice_mark(supplier, number))):
            found[f"invoice:{other.reference}"] = None
    for code in form.codes:
        for other in _live(form, ledger.marked("code", code)):
            found[f"code:{other.reference}"] = None
    weak: list[Caution] = []
    for file in form.files:
        for other in _live(form, ledger.marked("file", file.sha256)):
            if _is_same_paper(form, other):
                found[f"file:{other.reference}"] = None
            else:
                weak.append(Caution("file_again", f"{file.name}, {other.reference}"))
    return tuple(found), tuple(dict.fromkeys(weak))[:NAMED_AT_MOST]


def _is_same_paper(form: Seen, other: Request) -> bool:
    """Supplier or amount agree, and there are not two invoice numbers that differ."""
    numbers = [same_number(text) for text in (form.values.get("invoice_number", ""), other.value("invoice_number"))]
    if all(numbers) and numbers[0] != numbers[1]:
        return False
    theirs = {name: field.value for name, field in other.fields.items()}
    same_supplier = bool(set(suppliers(form.values)) & set(suppliers(theirs)))
    same_sum = form.amount is not None and (form.amount, form.currency) == (other.amount, other.currency)
    return same_supplier or same_sum


def _live(form: Seen, found: Iterable[Request]) -> Iterator[Request]:
    return (other for other in found if other.reference != form.reference and other.status in LIVE)


def _told(code: str, references: Iterable[Reference]) -> tuple[Caution, ...]:
    named = list(dict.fromkeys(references))
    return (Caution(code, ", ".join(named[:NAMED_AT_MOST])),) if named else ()


# --- only alike -------------------------------------------------------------------------------------------------------


def _alike(form: Seen, named: set[Reference], ledger: Ledger) -> tuple[Caution, ...]:
    """Numbers that differ by separators or leading zeros."""
    marks = (alike_mark(supplier, form.values.get("invoice_number", "")) for supplier in suppliers(form.values))
    found = (other.reference for mark in marks for other in _live(form, ledger.marked("alike", mark)))
    return _told("invoice_alike", (reference for reference in found if reference not in named))


def _same_sum(form: Seen, named: set[Reference], now: datetime, ledger: Ledger) -> tuple[Caution, ...]:
    if form.amount is None or not form.currency:
        return ()
    marks = [sum_mark(supplier, form.currency, form.amount) for supplier in suppliers(form.values)]
    found = (other.reference for mark in marks for other in _live(form, ledger.marked("sum", mark, now - SAME_SUM)))
    return _told("same_amount", (reference for reference in found if reference not in named))


def _split(form: Seen, policy: Policy, now: datetime, ledger: Ledger) -> tuple[Caution, ...]:
    """Together with the supplier's others of the period the sum passes a bound of the policy that no part passes."""
    amount = form.amount
    bounds = policy.bounds(form.currency)
    if amount is None or not form.currency or not policy.split_period or not bounds:
        return ()
    since = now - policy.split_period
    others = {
        other.reference: other.amount or Decimal(0)
        for supplier in suppliers(form.values)
        for other in _live(form, ledger.marked("supplier", supplier, since))
        if other.currency == form.currency
    }
    largest, total = max((amount, *others.values())), amount + sum(others.values(), Decimal(0))
    passed = [bound for bound in bounds if largest < bound <= total]
    if not others or not passed:
        return ()
    return (Caution("split_limit", f"{', '.join(list(others)[:NAMED_AT_MOST])}: {_plain(total)} {form.currency}"),)


def _plain(amount: Decimal) -> str:
    """An amount that both languages read alike: thousands set apart, kopecks only where there are any."""
    text = f"{amount:,.2f}".replace(",", "\u00a0")
    return text.removesuffix(".00")


def _of_somebody_else(form: Seen, known: Known, ledger: Ledger) -> tuple[Caution, ...]:
    """The account is known as another contractor's."""
    number = bank_of(form.values).number
    own = known.card.key if known.card else ""
    others = [card for card in ledger.cards_by_account(number) if card.key != own] if number else []
    named = " / ".join(described(card) for card in others[:NAMED_AT_MOST])
    return (Caution("account_of_another", named),) if others else ()


# --- where the money goes ---------------------------------------------------------------------------------------------


def details_of(values: Mapping[str, str], known: Known) -> Details:
    """Whether money ever went where these lines send it. Somebody who is called like a known contractor and is not
    known himself is asked about like one whose account has changed."""
    bank = bank_of(values)
    if not bank.number:
        return ""
    cards = [card for card in (known.card, *known.others) if card is not None and card.is_known]
    if any(card.known(bank) for card in cards):
        return "known"
    return "changed" if cards else "new"


def paid_elsewhere(
    reference: Reference, values: Mapping[str, str], known: Known, ledger: Ledger
) -> tuple[Reference, ...]:
    """Requests before this one that send money of the same contractor, who was never paid yet, to another account:
    with both approved before either is paid, no card would tell. One that is held for its details itself says nothing
    against those that came before it."""
    bank, inn = bank_of(values), values.get("inn", "")
    if details_of(values, known) != "new" or not inn:
        return ()
    own = ledger.request(reference) if reference else None
    return tuple(
        other.reference for other in ledger.marked("supplier", f"inn:{inn}")
        if other.reference != reference and other.status in LIVE and _pays_elsewhere(other, bank)
        and (own is None or (other.created_at, other.reference) < (own.created_at, own.reference) or _is_agreed(other))
    )  # fmt: skip


def _pays_elsewhere(other: Request, bank: BankDetails) -> bool:
    theirs = bank_of({name: field.value for name, field in other.fields.items()})
    return bool(theirs.number) and not theirs.is_same(bank)


def _is_agreed(other: Request) -> bool:
    return other.status in (Status.APPROVED, Status.PAID) and other.hold(HoldKind.BANK_DETAILS) is None


def contact_of(known: Known, currency: str) -> dict[str, str]:
    """What is known of whoever must be called: never what the new letter says."""
    cards = [card for card in (known.card, *known.others) if card is not None and card.is_known]
    if not cards:
        return {}
    card: Card = cards[0]
    usual = card.usual_bank(currency)
    told = {"name": card.name, "inn": card.inn, "phone": card.phone, "email": card.email}
    if usual:
        told |= {"number": usual.number, "bic": usual.bic or usual.swift}
    return {name: text for name, text in told.items() if text}
