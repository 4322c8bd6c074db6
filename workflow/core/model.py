"""What a payment request is: plain frozen values, without clock, files or mail.

Amounts are kept as `Decimal` where they are counted with and as canonical text in `fields` (point as decimal mark);
dates in `fields` are ISO 8601; a person is his e-mail address in lower case; times are aware UTC.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Reference = str
Person = str

FIELDS = (
    "subject", "contractor", "contractor_email", "amount", "currency", "pay_by", "bank_details", "inn", "kpp", "bic",
    "account", "corr_account", "purpose", "invoice_number", "invoice_date", "iban", "swift",
)  # fmt: skip
NOT_ON_CARD = frozenset({"pay_by"})
"""Fields whose change does not make a new version (design, Words: card)."""


class Status(StrEnum):
    """States of a request; ON_HOLD is only shown, never stored."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    RETURNED = "returned"
    APPROVED = "approved"
    ON_HOLD = "on_hold"
    PAID = "paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({Status.PAID, Status.REJECTED, Status.WITHDRAWN})
"""States in which a request rests."""


class AskKind(StrEnum):
    APPROVE = "approve"
    COMPLETE = "complete"
    CONFIRM = "confirm"
    PAY = "pay"


class HoldKind(StrEnum):
    BANK_DETAILS = "bank_details"
    DUPLICATE = "duplicate"
    ACCOUNTANT = "accountant"


class Choice(StrEnum):
    """What an approver decided."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Field:
    """One checked value of the form and where it came from."""

    value: str
    source: str = "typed"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a field cannot be taken: `code` as in the contract, `reason` a key of the sentence that explains it."""

    field: str
    code: str
    reason: str
    read: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something suspicious that an approver should see; it refuses nothing."""

    code: str
    read: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the requester; its bytes lie in the letter it came with."""

    sha256: str
    name: str
    kind: str
    media_type: str
    size: int
    letter: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route: how many of which people must say yes."""

    kind: Literal["any", "all", "quorum"]
    people: tuple[Person, ...]
    need: int = 1

    @property
    def enough(self) -> int:
        """How many different people complete the step."""
        match self.kind:
            case "any":
                return 1
            case "all":
                return max(len(self.people), 1)
            case "quorum":
                return self.need

    @property
    def can_be_filled(self) -> bool:
        return len(self.people) >= self.enough and self.enough >= 1


@dataclass(frozen=True, slots=True)
class Vote:
    step: int
    person: Person
    decision: Choice
    comment: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One question put to one person; its token stands in the journal's table of tokens."""

    person: Person
    kind: AskKind
    step: int
    version: int
    open: bool
    at: datetime
    about: str = ""
    """The hold that the question is about."""


@dataclass(frozen=True, slots=True)
class Hold:
    kind: HoldKind
    reason: str
    since: datetime
    by: Person
    matches: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    comment_then: str = ""
    """What the accountant's comment said when it began: only other words confirm anything."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One mark that money went out. It is told to others once `announced`."""

    on: date
    amount: Decimal
    order: str
    by: Person
    at: datetime
    announced: bool = False


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A payment order that arrived for a paid or approved request."""

    sha256: str
    name: str
    media_type: str
    letter: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One payment to be approved, as the events so far have made it. `steps` count from 0 inside."""

    reference: Reference
    requester: Person
    created_at: datetime
    updated_at: datetime
    version: int = 0
    status: Status = Status.DRAFT
    kept_as_draft: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    found: Mapping[str, Field] = field(default_factory=dict)
    invoice: Mapping[str, Field] = field(default_factory=dict)
    model: Reference = ""
    """The earlier request that this one was filled after, and what the requester called it (`like`)."""
    like: Reference = ""
    suggested: Mapping[str, Field] = field(default_factory=dict)
    """Values that were read but are not sure; they count when the requester confirms them."""
    suggested_at: datetime | None = None
    """Since when these are suggested: an older question did not show them."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Caution, ...] = ()
    files: tuple[File, ...] = ()
    letters: tuple[str, ...] = ()
    card_hash: str = ""
    approved_card: Mapping[str, str] = field(default_factory=dict)
    route: tuple[Step, ...] = ()
    step: int = 0
    votes: tuple[Vote, ...] = ()
    asks: tuple[Ask, ...] = ()
    holds: tuple[Hold, ...] = ()
    payments: tuple[Payment, ...] = ()
    payment_orders: tuple[OrderFile, ...] = ()
    stated_order: str = ""
    decision_comment: str = ""
    accountant_comment: str = ""
    message: Caution | None = None
    stuck: bool = False
    contractor_told: bool = False
    folder: str = ""
    payment_codes: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    details: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    cleared: tuple[str, ...] = ()
    cleared_why: str = ""
    confirmations: tuple[str, ...] = ()
    notified: str | None = None
    """Who the contractor's notice went to; None in requests of older programs: the address on the card."""

    @property
    def shown_status(self) -> Status:
        """The status people see: an open hold covers awaiting and approved."""
        if self.holds and self.status in (Status.AWAITING, Status.APPROVED):
            return Status.ON_HOLD
        return self.status

    def hold(self, kind: HoldKind) -> Hold | None:
        """The open hold of this kind."""
        return next((one for one in self.holds if one.kind is kind), None)

    @property
    def contractor_address(self) -> str:
        """Where notices to the contractor went; empty when none did."""
        if not self.contractor_told:
            return ""
        return self.value("contractor_email") if self.notified is None else self.notified

    @property
    def payable(self) -> bool:
        return self.status is Status.APPROVED and not self.holds

    def value(self, name: str) -> str:
        """The checked value of a field, empty when there is none."""
        found = self.fields.get(name)
        return found.value if found else ""

    @property
    def amount(self) -> Decimal | None:
        text = self.value("amount")
        return Decimal(text) if text else None

    @property
    def currency(self) -> str:
        return self.value("currency")

    @property
    def approvers(self) -> tuple[Person, ...]:
        """Everybody on the route of this version, each once, in order."""
        return tuple(dict.fromkeys(person for step in self.route for person in step.people))

    def current_votes(self) -> tuple[Vote, ...]:
        return tuple(vote for vote in self.votes if vote.version == self.version)

    def approvals(self) -> tuple[Vote, ...]:
        """Votes of this version that say yes, one a person and step."""
        seen: dict[tuple[int, Person], Vote] = {}
        for vote in self.current_votes():
            if vote.decision is Choice.APPROVE:
                seen.setdefault((vote.step, vote.person), vote)
        return tuple(seen.values())

    def open_asks(self, kind: AskKind | None = None) -> tuple[Ask, ...]:
        return tuple(ask for ask in self.asks if ask.open and kind in (None, ask.kind))


def card_of(fields: Mapping[str, Field], files: Iterable[File]) -> dict[str, str]:
    """The fields and files put before the approver, as text by name."""
    card = {name: fields[name].value for name in FIELDS if name in fields and name not in NOT_ON_CARD}
    card["files"] = " ".join(sorted(file.sha256 for file in files))
    return card


def hash_of(card: Mapping[str, str]) -> str:
    """The hash that a version and every ask carry."""
    return hashlib.sha256(json.dumps(card, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
