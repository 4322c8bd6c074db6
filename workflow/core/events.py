"""Facts that were decided. They are stored for ever: add fields with defaults, never rename or drop one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

from pydantic import TypeAdapter

from workflow.core.model import AskKind, Caution, Field, File, HoldKind, OrderFile, Person, Problem, Step


@dataclass(frozen=True, slots=True)
class Opened:
    requester: Person
    letter: str


@dataclass(frozen=True, slots=True)
class Filled:
    """The whole form after a letter was read into it."""

    by: Person
    typed: Mapping[str, str]
    rivals: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, Field]
    problems: tuple[Problem, ...]
    warnings: tuple[Caution, ...]
    files: tuple[File, ...]
    letter: str = ""
    refused_files: tuple[tuple[str, str], ...] = ()
    keep_draft: bool = False
    found: Mapping[str, Field] = field(default_factory=dict)
    payment_codes: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    details: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    invoice: Mapping[str, Field] = field(default_factory=dict)
    suggested: Mapping[str, Field] = field(default_factory=dict)
    model: str = ""
    """The earlier request that this one was filled after."""
    like: str = ""
    """What the requester said it is like."""


@dataclass(frozen=True, slots=True)
class CorrectionRefused:
    """A correction of a complete request had problems: the request stays as it was."""

    by: Person
    problems: tuple[Problem, ...]
    typed: Mapping[str, str]
    refused_files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """A version begins: its card is fixed, its route frozen, older approvals void. `folder` is where the materials of
    the first version go (year/month/contractor); it is never renamed."""

    by: Person
    version: int
    card_hash: str
    card: Mapping[str, str]
    route: tuple[Step, ...]
    changed: tuple[tuple[str, str, str], ...] = ()
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    person: Person
    kind: AskKind
    step: int
    version: int
    about: str = ""


@dataclass(frozen=True, slots=True)
class StepStuck:
    """Nobody, or too few, may sit in a step: `reroute` mends it."""

    step: int
    version: int


@dataclass(frozen=True, slots=True)
class Approved:
    """One vote for a step."""

    person: Person
    step: int
    version: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalCompleted:
    version: int


@dataclass(frozen=True, slots=True)
class Rejected:
    person: Person
    version: int
    comment: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    person: Person
    version: int
    comment: str = ""
    role: str = "approver"
    step: int = 0


@dataclass(frozen=True, slots=True)
class ReasonAdded:
    person: Person
    version: int
    comment: str


@dataclass(frozen=True, slots=True)
class VoteUndone:
    """An approver took his decision back within the window; the request awaits him again."""

    person: Person
    version: int
    decision: str
    step: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    person: Person
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    kind: HoldKind
    reason: str
    by: Person
    matches: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Released:
    kind: HoldKind
    by: Person
    comment: str = ""


@dataclass(frozen=True, slots=True)
class BankDetailsConfirmed:
    """Somebody called the contractor and vouches for where the money goes; `words` say whom and on which number."""

    by: Person
    words: str
    version: int


@dataclass(frozen=True, slots=True)
class Paid:
    """The whole sum is marked paid (with the parts before it)."""

    on: date
    amount: Decimal
    order: str
    by: Person


@dataclass(frozen=True, slots=True)
class PartPaid:
    """A part of the sum is marked paid; the row stays open."""

    on: date
    amount: Decimal
    order: str
    by: Person


@dataclass(frozen=True, slots=True)
class PaymentCorrected:
    on: date
    amount: Decimal
    order: str
    by: Person


@dataclass(frozen=True, slots=True)
class PaidUndone:
    """The mark was taken back before anybody heard of it."""

    by: Person


@dataclass(frozen=True, slots=True)
class PaymentRecalled:
    """A payment that others were told of did not happen."""

    by: Person
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentAnnounced:
    """The delay is over: those who must know are told that all is paid. `part` is what they had not heard of yet."""

    on: date
    amount: Decimal
    order: str
    part: Decimal | None = None
    address: str | None = None
    """The contractor's address, if it is one that may be written to; None in old events: the one on the card."""


@dataclass(frozen=True, slots=True)
class PartAnnounced:
    """The delay after a part is over: those who must know are told of it and of what is left."""

    on: date
    amount: Decimal
    order: str
    paid: Decimal
    left: Decimal
    address: str | None = None


@dataclass(frozen=True, slots=True)
class PaidWithoutApproval:
    """A row marked paid that was not payable. A fact is never erased."""

    on: date
    amount: Decimal
    order: str
    by: Person
    status: str


@dataclass(frozen=True, slots=True)
class PaymentOrderFiled:
    by: Person
    file: OrderFile


@dataclass(frozen=True, slots=True)
class OrderNumbered:
    """The accountant typed a payment order's number before or without marking the row paid."""

    by: Person
    order: str


@dataclass(frozen=True, slots=True)
class Commented:
    by: Person
    text: str
    role: str


@dataclass(frozen=True, slots=True)
class Rerouted:
    by: Person
    instead_of: Person | None
    to: Person
    reason: str
    step: int


@dataclass(frozen=True, slots=True)
class Bounced:
    person: Person
    message_id: str
    why: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class NoticeInDoubt:
    person: Person
    message_id: str


@dataclass(frozen=True, slots=True)
class EditRefused:
    """An edit of the registry that was put back, with the reason shown in the row."""

    by: Person
    reason: str
    read: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRefused:
    """An answer that changed nothing, and why."""

    by: Person
    reason: str
    read: str = ""
    valid: tuple[str, ...] = ()
    warn: Person = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class ContractorCorrected:
    """An accountant wrote on a contractor's card; `struck` are accounts that are no longer known. It belongs to the
    card's own chain, not to a request."""

    by: Person
    key: str
    fields: Mapping[str, str] = field(default_factory=dict)
    struck: tuple[str, ...] = ()


Event = (
    Opened | Filled | CorrectionRefused | Submitted | Asked | StepStuck | Approved | ApprovalCompleted | Rejected
    | Returned | ReasonAdded | VoteUndone | Withdrawn | Held | Released | Paid | PartPaid | PaymentCorrected
    | PaidUndone | PaymentRecalled | PaymentAnnounced | PartAnnounced | PaidWithoutApproval | PaymentOrderFiled
    | OrderNumbered
    | Commented | Rerouted | Bounced | NoticeInDoubt | EditRefused | AnswerRefused | BankDetailsConfirmed
)  # fmt: skip

CardEvent = ContractorCorrected
KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (*get_args(Event), CardEvent)}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the request's history."""

    event: Event
    at: datetime
    actor: Person
    cause: str
    seq: int = field(default=0)
    editor: str = ""
    """Who saved the shared sheet last when the order was read there, as far as it says."""


def to_json(event: Event | CardEvent) -> str:
    """The payload that is stored and hashed."""
    name = type(event).__name__
    return _adapter(name).dump_json(event).decode()


def from_json(name: str, payload: str) -> Event:
    """The event of a stored payload. Older shapes are lifted by `upcast` first."""
    event: Event = _adapter(name).validate_json(payload)
    return event


def _adapter(name: str) -> TypeAdapter[Any]:
    if name not in _ADAPTERS:
        _ADAPTERS[name] = TypeAdapter(KINDS[name])
    return _ADAPTERS[name]
