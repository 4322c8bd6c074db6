"""Orders that letters, cells, the clock and the operator give; `by` is who gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from workflow.core.model import Caution, Field, File, HoldKind, OrderFile, Person, Reference


@dataclass(frozen=True, slots=True)
class Form:
    """What one letter said for a request: typed texts, rival texts for one field, files, and what must be shown."""

    typed: Mapping[str, str] = field(default_factory=dict)
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    refused_files: tuple[tuple[str, str], ...] = ()
    cautions: tuple[Caution, ...] = ()
    letter: str = ""
    comment: str = ""
    found: Mapping[str, Field] = field(default_factory=dict)
    """Values read from the files, for lines that nobody typed."""
    payment_codes: tuple[str, ...] = ()
    """A short hash of each payment code in the files that names a sum: the same code again is the same payment."""
    invoice: Mapping[str, Field] = field(default_factory=dict)
    """All that the files say, to be compared with the form."""
    mentioned: tuple[str, ...] = ()
    """What a subject read from running text is made of: one of the parts may name a contractor of ours."""
    like: Reference = ""
    """The earlier request that this one is said to be like: its number, or `as_before.LAST`."""
    suggested: Mapping[str, Field] = field(default_factory=dict)
    """Values that were read but are not sure: shown for confirmation, never taken by themselves."""


@dataclass(frozen=True, slots=True)
class AskRef:
    """The ask or notice that a letter answers: which card its reader had before him, and since when."""

    person: Person
    version: int
    step: int
    card_hash: str
    kind: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A new request. `reference` is the number that it had in a journal that is lost; else it gets the next one."""

    by: Person
    form: Form
    keep_draft: bool = False
    reference: Reference = ""


@dataclass(frozen=True, slots=True)
class Amend:
    """The requester's missing or corrected lines. `submit` sends a kept draft or a returned request on."""

    by: Person
    form: Form
    keep_draft: bool = False
    submit: bool = False
    accepts: AskRef | None = None
    """The question whose suggested values he confirmed."""


@dataclass(frozen=True, slots=True)
class Approve:
    by: Person
    ask: AskRef
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    by: Person
    ask: AskRef
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SendBack:
    """RETURN: by an approver, or by an accountant (then `ask` may be None: the registry's cell)."""

    by: Person
    ask: AskRef | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class GiveReason:
    """The reason that was missing when REJECT or RETURN came."""

    by: Person
    ask: AskRef
    comment: str


@dataclass(frozen=True, slots=True)
class UndoVote:
    """UNDO in reply to a receipt."""

    by: Person
    ask: AskRef
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    by: Person
    comment: str = ""


@dataclass(frozen=True, slots=True)
class MarkPaid:
    """The accountant's mark. Nothing given: today, all that is left. `version` is the one that was before him. `amount`
    is what was paid now, or with `total` all that has been paid so far; `plain` says that it cannot mean the other."""

    by: Person
    on: date | None = None
    amount: Decimal | None = None
    order: str = ""
    comment: str = ""
    files: tuple[OrderFile, ...] = ()
    version: int | None = None
    total: bool = False
    plain: bool = True


@dataclass(frozen=True, slots=True)
class CorrectPayment:
    """Another date, amount (of all that is paid) or order number for the last mark, before or after it was told;
    `reason` says why money that was told of did not leave."""

    by: Person
    on: date | None = None
    amount: Decimal | None = None
    order: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnmarkPaid:
    """The mark taken back: within the delay simply undone."""

    by: Person


@dataclass(frozen=True, slots=True)
class AnnouncePayment:
    """The clock: the delay after a paid mark is over. `at` is when the mark was made."""

    by: Person
    at: str


@dataclass(frozen=True, slots=True)
class PutOnHold:
    by: Person
    reason: str = ""
    kind: HoldKind = HoldKind.ACCOUNTANT


@dataclass(frozen=True, slots=True)
class Release:
    by: Person
    kind: HoldKind = HoldKind.ACCOUNTANT
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmDetails:
    """Somebody called the contractor. By letter it answers the ask; in the registry (`ask` None) `version` is the one
    that the row showed."""

    by: Person
    ask: AskRef | None
    words: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ExplainDuplicate:
    """The requester says why it is no second payment."""

    by: Person
    ask: AskRef
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FilePaymentOrder:
    """A payment order came: in an accountant's answer, or put into the request's folder."""

    by: Person
    files: tuple[OrderFile, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """Words for the other party that decide nothing. `unclear`: the writer may have meant a decision, so he is told
    that there is none."""

    by: Person
    text: str
    role: str
    ask: AskRef | None = None
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Reroute:
    by: Person
    to: Person
    reason: str
    instead_of: Person | None = None


@dataclass(frozen=True, slots=True)
class NoteBounce:
    """A notice of ours came back."""

    by: Person
    person: Person
    message_id: str
    why: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class NoteInDoubt:
    """A contractor's notice was cut off after its sending mark: it may have gone out or not."""

    by: Person
    person: Person
    message_id: str


@dataclass(frozen=True, slots=True)
class NoteEdit:
    """A cell of ours was typed over and put back, or an edit could not be obeyed: `reason` says why. An empty reason
    says that the last one is mended or read."""

    by: Person
    reason: str
    read: str = ""


@dataclass(frozen=True, slots=True)
class NoteAnswer:
    """An answer that decides nothing: unclear, from somebody else, or to an older version. `warn` is the approver in
    whose place somebody answered; `quiet` answers nobody."""

    by: Person
    reason: str
    read: str = ""
    valid: tuple[str, ...] = ()
    ask: AskRef | None = None
    warn: Person = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class CorrectContractor:
    """An accountant's correction of a contractor's card: `fields` by name (an empty text clears), `struck` accounts
    or IBAN that are no longer his. It is given to `Service.correct_contractor`, as it is about no request."""

    by: Person
    key: str
    fields: Mapping[str, str] = field(default_factory=dict)
    struck: tuple[str, ...] = ()


Command = (
    Open | Amend | Approve | Reject | SendBack | GiveReason | UndoVote | Withdraw | MarkPaid | CorrectPayment
    | UnmarkPaid | AnnouncePayment | PutOnHold | Release | ConfirmDetails | ExplainDuplicate
    | FilePaymentOrder | Comment | Reroute | NoteBounce
    | NoteInDoubt | NoteEdit | NoteAnswer
)  # fmt: skip
