"""Yes, no, and back again: the decisions of approvers. Doubt is never a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workflow.core import holds, outcome
from workflow.core.commands import Approve, AskRef, GiveReason, Reject, Reroute, SendBack, UndoVote
from workflow.core.events import (
    ApprovalCompleted,
    Approved,
    Asked,
    Commented,
    Event,
    ReasonAdded,
    Rejected,
    Rerouted,
    Returned,
    StepStuck,
    VoteUndone,
)
from workflow.core.form import ask_step
from workflow.core.ledger import EMPTY, Ledger
from workflow.core.model import AskKind, Choice, Person, Request, Status, Vote, card_of, hash_of
from workflow.core.outcome import REGISTRY, Accepted, Outcome, Refused, refuse_answer
from workflow.core.policy import Policy

OPEN_TO_REFUSAL = (Status.AWAITING, Status.APPROVED)


def approve(request: Request, command: Approve, policy: Policy, ledger: Ledger = EMPTY) -> Outcome:
    """A yes counts once, from the asked person, on the open ask of the current step and card."""
    no = _why_not_approve(request, command, policy)
    if no:
        return refuse_answer(command.by, no)
    vote = Approved(command.by, request.step, request.version, command.comment)
    return Accepted((vote, *_after_yes(request, command.by, policy, ledger)))


def _why_not_approve(request: Request, command: Approve, policy: Policy) -> str:
    ask = command.ask
    if command.by != ask.person:
        return "not_yours"
    if not policy.may_sit(command.by, request.requester):
        return "no_seat"
    if ask.version != request.version or ask.card_hash != request.card_hash:
        return "stale_version"
    if _has_voted(request, command.by, ask.step) and request.status in (*OPEN_TO_REFUSAL, Status.PAID):
        return "already_approved"
    if request.status is not Status.AWAITING:
        return f"closed_{request.status}"
    if ask.kind != AskKind.APPROVE:
        return "not_an_ask"
    if ask.step != request.step or command.by not in request.route[request.step].people:
        return "not_your_step"
    if command.by not in policy.approvers:  # the role was taken from him since he was asked
        return "no_seat"
    asked = next((one for one in request.open_asks(AskKind.APPROVE) if (one.person, one.step, one.version)
                  == (command.by, request.step, request.version)), None)  # fmt: skip
    if asked is None or (ask.at is not None and ask.at < asked.at):
        return "not_an_ask"  # an answer to a question that was asked anew since, as after UNDO, may be an old letter
    return ""


def _has_voted(request: Request, person: Person, step: int) -> bool:
    return any(vote.person == person and vote.step == step for vote in request.approvals())


def _after_yes(request: Request, by: Person, policy: Policy, ledger: Ledger) -> tuple[Event, ...]:
    """Nothing yet, the next step's asks, or the end of the approval."""
    voters = {vote.person for vote in request.approvals() if vote.step == request.step} | {by}
    if len(voters) < request.route[request.step].enough:
        return ()
    following = request.step + 1
    if following < len(request.route):
        return ask_step(request.route, following, request.version)
    asks = (Asked(person, AskKind.PAY, following, request.version) for person in policy.accountants)
    return (ApprovalCompleted(request.version), *asks, *holds.at_completion(request, policy, ledger))


def refuse(request: Request, command: Reject | SendBack, policy: Policy) -> Outcome:
    """A no counts until payment, from any approver on the version's route, also after others said yes."""
    from_accounting = isinstance(command, SendBack) and (command.by == REGISTRY or command.by in policy.accountants)
    if from_accounting and isinstance(command, SendBack):
        return _back_from_accounting(request, command, policy)
    return _no_from_approver(request, command, policy)


def _no_seat(request: Request, by: Person, ask: AskRef | None) -> str:
    """Why this person cannot send the request back or reject it, or nothing."""
    if ask is None or by != ask.person:
        return "not_yours"
    if by not in request.approvers:
        return "no_seat"
    if ask.version != request.version:
        return "stale_version"
    return "" if request.status in OPEN_TO_REFUSAL else f"closed_{request.status}"


def _reason_added(request: Request, by: Person, comment: str) -> Outcome | None:
    """A second no from the one who said no adds his reason where it was missing."""
    last = request.votes[-1] if request.votes else None
    said_no = last and last.person == by and last.decision is not Choice.APPROVE and last.version == request.version
    if said_no and last and not last.comment and comment:
        return Accepted((ReasonAdded(by, request.version, comment),))
    return None


def _back_from_accounting(request: Request, command: SendBack, policy: Policy) -> Outcome:
    if request.status is not Status.APPROVED:
        return outcome.refuse(command.by, f"closed_{request.status}", "return")
    returned = Returned(command.by, request.version, command.comment, "accountant", request.step)
    return Accepted((returned, _rework(request)))


def _no(request: Request, command: Reject | SendBack, ask: AskRef) -> Outcome:
    step = next((i for i, s in enumerate(request.route) if command.by in s.people), request.step)
    step = ask.step if ask.step < len(request.route) and command.by in request.route[ask.step].people else step
    if isinstance(command, Reject):
        return Accepted((Rejected(command.by, request.version, command.comment, step),))
    returned = Returned(command.by, request.version, command.comment, "approver", step)
    return Accepted((returned, _rework(request)))


def _rework(request: Request) -> Asked:
    """A returned request waits for its requester."""
    return Asked(request.requester, AskKind.COMPLETE, request.step, request.version)


def _no_from_approver(request: Request, command: Reject | SendBack, policy: Policy) -> Outcome:
    no = _no_seat(request, command.by, command.ask)
    if no or command.ask is None:
        reasoned = _reason_added(request, command.by, command.comment) if no.startswith("closed") else None
        return reasoned or refuse_answer(command.by, no)
    return _no(request, command, command.ask)


def give_reason(request: Request, command: GiveReason) -> Outcome:
    """The missing reason of a refusal; where none is missing the words are a comment."""
    reasoned = _reason_added(request, command.by, command.comment)
    return reasoned or Accepted((Commented(command.by, command.comment, "approver"),))


def undo(request: Request, command: UndoVote, policy: Policy, now: datetime) -> Outcome:
    """An approver's own last decision on this version, within the window and before payment."""
    vote = _last_vote(request, command.by)
    if command.ask.version != request.version:
        return refuse_answer(command.by, "stale_version")
    if vote is None or command.by not in request.approvers:
        return refuse_answer(command.by, "nothing_to_undo")
    if request.status in (Status.PAID, Status.WITHDRAWN, Status.DRAFT) or _has_moved_on(request):
        return refuse_answer(command.by, f"closed_{request.status}")
    if policy.undo_window is not None and now - vote.at > policy.undo_window:
        return refuse_answer(command.by, "undo_too_late")
    decides = request.votes[-1] is vote or vote.decision is Choice.APPROVE
    if not decides or (request.status in (Status.REJECTED, Status.RETURNED) and vote.decision is Choice.APPROVE):
        return refuse_answer(command.by, f"closed_{request.status}")
    step = min(vote.step, request.step)  # a no may come from a later step than the one that is asked
    undone = VoteUndone(command.by, request.version, vote.decision.value, step, command.comment)
    return Accepted((undone, *_asks_after_undo(request, command.by, step)))


def _has_moved_on(request: Request) -> bool:
    """A returned request that its requester has begun to correct: what stood before the approver is no more."""
    return bool(request.problems) or hash_of(card_of(request.fields, request.files)) != request.card_hash


def _asks_after_undo(request: Request, by: Person, step: int) -> tuple[Event, ...]:
    """The person who undid is asked again, with those of that step who have not voted."""
    if not request.route[step].can_be_filled:
        return (StepStuck(step, request.version),)
    voted = {vote.person for vote in request.approvals() if vote.step == step} - {by}
    people = [person for person in request.route[step].people if person not in voted]
    return tuple(Asked(person, AskKind.APPROVE, step, request.version) for person in people)


def _last_vote(request: Request, person: Person) -> Vote | None:
    own = [vote for vote in request.current_votes() if vote.person == person]
    return own[-1] if own else None


def reroute(request: Request, command: Reroute, policy: Policy) -> Outcome:
    """Another approver in the place of one who cannot answer, in this step and those to come."""
    if request.status is not Status.AWAITING:
        return Refused(f"closed_{request.status}", ())
    if command.to not in policy.approvers or not policy.may_sit(command.to, request.requester):
        return Refused("may_not_sit", ())
    step = request.route[request.step]
    voted = {vote.person for vote in request.approvals() if vote.step == request.step}
    waiting = [person for person in step.people if person not in voted]
    leaving = command.instead_of
    if leaving is None and waiting and step.can_be_filled:  # a step with too few people gets one more
        if len(waiting) > 1:
            return Refused("name_whom", ())
        leaving = waiting[0]
    if leaving is not None and leaving not in waiting:
        return Refused("not_asked", ())
    if command.to in step.people:
        return Refused("already_asked", ())
    return Accepted(_rerouted(request, replace(command, instead_of=leaving)))


def _rerouted(request: Request, command: Reroute) -> tuple[Event, ...]:
    step = request.route[request.step]
    people = tuple(command.to if person == command.instead_of else person for person in step.people)
    if command.instead_of is None:
        people = (*people, command.to)
    event = Rerouted(command.by, command.instead_of, command.to, command.reason, request.step)
    if not replace(step, people=people).can_be_filled:
        return (event, StepStuck(request.step, request.version))
    open_now = {ask.person for ask in request.open_asks(AskKind.APPROVE)} - {command.instead_of}
    voted = {vote.person for vote in request.approvals() if vote.step == request.step}
    asks = tuple(
        Asked(person, AskKind.APPROVE, request.step, request.version)
        for person in people
        if person not in open_now and person not in voted
    )
    return (event, *asks)
