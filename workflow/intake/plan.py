"""What a letter means: one verdict, the order it gives, the answers it gets, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.core.commands import (
    Approve,
    Command,
    ConfirmDetails,
    ExplainDuplicate,
    FilePaymentOrder,
    GiveReason,
    MarkPaid,
    PutOnHold,
    Reject,
    Release,
    SendBack,
    UndoVote,
    Withdraw,
)
from workflow.core.deeds import Deed
from workflow.core.model import Problem, Reference
from workflow.intake.digests import Several as Digest
from workflow.intake.several import Several

DECISIONS = (
    Approve, Reject, SendBack, GiveReason, UndoVote, MarkPaid, PutOnHold, Release, FilePaymentOrder, Withdraw,
    ConfirmDetails, ExplainDuplicate,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """Made by reading alone; nothing has happened yet.

    `several` are the orders of an answer to a daily list, or several requests: then there is no single `command`.
    `verdict` is one of requests answers refused ignored; `kind` and `decision` are what `countersign read` shows."""

    verdict: str
    kind: str
    reason: str = ""
    reference: Reference | None = None
    command: Command | None = None
    deeds: tuple[Deed, ...] = ()
    decision: str | None = None
    comment: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    why: tuple[str, ...] = ()
    several: Several | None = None

    @property
    def decides(self) -> bool:
        """Would it decide something that only a person may decide?"""
        return self.decision is not None or isinstance(self.several, Digest) or isinstance(self.command, DECISIONS)
