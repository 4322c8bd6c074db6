"""What an order does to a request: the events that follow, or why none do. Pure; every doubt is a no."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from workflow.core import commands as c
from workflow.core import form, holds, payment, votes
from workflow.core.commands import Command
from workflow.core.events import (
    AnswerRefused,
    Bounced,
    Commented,
    EditRefused,
    NoticeInDoubt,
    Withdrawn,
)
from workflow.core.ledger import EMPTY, Ledger
from workflow.core.model import Request, Status
from workflow.core.outcome import Accepted, Outcome, Refused, refuse_answer
from workflow.core.policy import Policy

__all__ = ["Accepted", "Outcome", "Refused", "decide"]


class NoRequest(Exception):
    """An order for a request that is not there: a fault of ours, the door looks it up first."""


def decide(
    request: Request | None, command: Command, policy: Policy, now: datetime, ledger: Ledger = EMPTY
) -> Outcome:
    """The outcome of one order at `now` (aware UTC); `ledger` answers what stands beside the request. Raises
    `NoRequest` for any order but `Open` without a request."""
    if isinstance(command, c.Open):
        return form.open_request(command, policy, now, ledger)
    if request is None:
        raise NoRequest
    match command:
        case c.Amend():
            return form.amend(request, command, policy, now, ledger)
        case c.Approve():
            return votes.approve(request, command, policy, ledger)
        case c.Reject() | c.SendBack():
            return votes.refuse(request, command, policy)
        case c.GiveReason():
            return votes.give_reason(request, command)
        case c.UndoVote():
            return votes.undo(request, command, policy, now)
        case c.Reroute():
            return votes.reroute(request, command, policy)
        case c.Withdraw():
            return _withdraw(request, command)
        case c.MarkPaid():
            return payment.mark_paid(request, command, policy, now)
        case c.CorrectPayment():
            return payment.correct(request, command, policy, now)
        case c.UnmarkPaid():
            return payment.unmark(request, command)
        case c.AnnouncePayment():
            return payment.announce(request, command, ledger)
        case c.PutOnHold():
            return payment.hold(request, command)
        case c.Release():
            return payment.release(request, command)
        case c.ConfirmDetails():
            return holds.confirm_details(request, command, policy, ledger)
        case c.ExplainDuplicate():
            return holds.explain_duplicate(request, command)
        case c.FilePaymentOrder():
            return payment.file_orders(request, command)
        case c.Comment():
            said = Commented(command.by, command.text, command.role)
            unclear = AnswerRefused(command.by, "unclear_passed_on", command.text[:300])
            return Accepted((said, unclear) if command.unclear else (said,))
        case c.NoteBounce():
            return Accepted((Bounced(command.person, command.message_id, command.why, command.permanent),))
        case c.NoteInDoubt():
            return Accepted((NoticeInDoubt(command.person, command.message_id),))
        case c.NoteEdit():
            return Refused(command.reason, (EditRefused(command.by, command.reason, command.read),))
        case c.NoteAnswer():
            return Refused(command.reason, (_noted(command),))
        case _:
            assert_never(command)


def _withdraw(request: Request, command: c.Withdraw) -> Outcome:
    """By the requester, until it is paid; rejected and withdrawn are final already."""
    if request.status in (Status.PAID, Status.REJECTED, Status.WITHDRAWN):
        return refuse_answer(command.by, f"closed_{request.status}")
    return Accepted((Withdrawn(command.by, command.comment),))


def _noted(command: c.NoteAnswer) -> AnswerRefused:
    return AnswerRefused(command.by, command.reason, command.read, command.valid, command.warn, command.quiet)
