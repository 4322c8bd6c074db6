"""What a request is after an event. The fold over its history; nothing is decided here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workflow.core import events as e
from workflow.core.events import Event
from workflow.core.model import (
    Ask,
    AskKind,
    Caution,
    Choice,
    Hold,
    HoldKind,
    Payment,
    Reference,
    Request,
    Step,
    Vote,
)
from workflow.core.outcome import PROGRAM
from workflow.core.states import next_status

CONFIRMED = "details_confirmed"
ABOUT_DETAILS = frozenset({"card_account", "name_of_another", "card_email"})


def begin(reference: Reference, event: e.Opened, at: datetime) -> Request:
    """The request that its first event makes."""
    return Request(reference, event.requester, at, at, letters=(event.letter,) if event.letter else ())


def evolve(request: Request, event: Event, at: datetime) -> Request:
    """The request after `event`; raises `IllegalMove` where the table of states does not allow it."""
    moved = replace(request, status=next_status(request.status, event), updated_at=at)
    match event:
        case e.Filled():
            return _filled(moved, event, at)
        case e.Submitted():
            return _submitted(moved, event)
        case e.Asked():
            still_stuck = moved.stuck and event.kind is not AskKind.APPROVE
            return replace(moved, asks=_asked(moved.asks, event, at), stuck=still_stuck)
        case e.StepStuck():
            return replace(moved, step=event.step, stuck=True)
        case e.Approved():
            return _voted(moved, event, at)
        case e.ApprovalCompleted():
            return _closed(moved, AskKind.APPROVE)
        case e.Rejected() | e.Returned():
            return _refused(moved, event, at)
        case e.ReasonAdded():
            return _reason_added(moved, event)
        case e.VoteUndone():
            return _vote_undone(moved, event)
        case e.Withdrawn():
            return replace(_closed(moved), message=None)
        case e.Held():
            return _held(moved, event, at)
        case e.Released():
            return _released(moved, event)
        case e.BankDetailsConfirmed():
            return _confirmed(moved, event)
        case e.Paid() | e.PartPaid() | e.PaymentCorrected() | e.PaidUndone() | e.PaymentRecalled():
            return _paid(moved, event, at)
        case e.PaymentAnnounced() | e.PartAnnounced():
            told = tuple(replace(payment, announced=True) for payment in moved.payments)
            told_him = event.address is None or bool(event.address)
            return replace(moved, payments=told, contractor_told=told_him, notified=event.address)
        case e.PaidWithoutApproval():
            return replace(moved, message=Caution("paid_without_approval", event.status))
        case e.PaymentOrderFiled():
            return replace(moved, payment_orders=(*moved.payment_orders, event.file))
        case e.OrderNumbered():
            return replace(moved, stated_order=event.order, message=None)
        case e.Commented():
            return _commented(moved, event)
        case e.Rerouted():
            return _rerouted(moved, event)
        case e.Bounced():
            return replace(moved, message=Caution("bounced", event.person))
        case e.NoticeInDoubt():
            return replace(moved, message=Caution("in_doubt", event.person))
        case e.EditRefused():
            return replace(moved, message=Caution(event.reason, event.read) if event.reason else None)
        case _:
            return moved


def _filled(request: Request, event: e.Filled, at: datetime) -> Request:
    letters = dict.fromkeys((*request.letters, event.letter)) if event.letter else dict.fromkeys(request.letters)
    same = event.suggested == request.suggested
    return replace(
        request, typed=event.typed, rivals=event.rivals, fields=event.fields, problems=event.problems,
        warnings=event.warnings, files=event.files, letters=tuple(letters), kept_as_draft=event.keep_draft,
        found=event.found, invoice=event.invoice, payment_codes=event.payment_codes, model=event.model,
        matches=event.matches, details=event.details, known=event.known,
        like=event.like, suggested=event.suggested, suggested_at=request.suggested_at if same else at,
    )  # fmt: skip


def _submitted(request: Request, event: e.Submitted) -> Request:
    return replace(
        _closed(request), version=event.version, card_hash=event.card_hash, approved_card=event.card,
        route=event.route, step=0, kept_as_draft=False, stuck=False, message=None, decision_comment="",
        folder=request.folder or event.folder,
    )  # fmt: skip


def _asked(asks: tuple[Ask, ...], event: e.Asked, at: datetime) -> tuple[Ask, ...]:
    """A repeated question to the same person replaces the one before."""
    same = (event.person, event.kind, event.step, event.version, event.about)
    others = tuple(ask for ask in asks if (ask.person, ask.kind, ask.step, ask.version, ask.about) != same)
    return (*others, Ask(event.person, event.kind, event.step, event.version, True, at, event.about))


def _held(request: Request, event: e.Held, at: datetime) -> Request:
    """One hold of a kind; a renewed one is as old as it was."""
    before = request.hold(event.kind)
    hold = Hold(
        event.kind, event.reason, before.since if before else at, event.by, event.matches, event.known,
        request.accountant_comment,
    )  # fmt: skip
    return replace(request, holds=(*(one for one in request.holds if one.kind != event.kind), hold), message=None)


def _released(request: Request, event: e.Released) -> Request:
    """A requester's words clear the matches for good: they are not held against this request again."""
    hold = request.hold(event.kind)
    asks = tuple(replace(ask, open=False) if ask.about == event.kind else ask for ask in request.asks)
    request = replace(request, holds=tuple(h for h in request.holds if h.kind != event.kind), asks=asks, message=None)
    if event.kind is not HoldKind.DUPLICATE or hold is None or event.by == PROGRAM:
        return request
    explained = Caution("duplicate_explained", f"{hold.reason}: {event.comment}")
    warnings = tuple(explained if one.code == "duplicate" else one for one in request.warnings)
    cleared = tuple(dict.fromkeys((*request.cleared, *hold.matches)))
    return replace(request, cleared=cleared, cleared_why=explained.read, warnings=warnings)


def _confirmed(request: Request, event: e.BankDetailsConfirmed) -> Request:
    warnings = tuple(one for one in request.warnings if one.code not in ABOUT_DETAILS)
    return replace(
        request, warnings=(Caution(CONFIRMED, event.words), *warnings), details="known",
        confirmations=(*request.confirmations, event.words),
    )  # fmt: skip


def _voted(request: Request, event: e.Approved, at: datetime) -> Request:
    vote = Vote(event.step, event.person, Choice.APPROVE, event.comment, at, event.version)
    votes = (*request.votes, vote)
    voters = {v.person for v in votes if (v.version, v.step, v.decision) == (event.version, event.step, Choice.APPROVE)}
    done = len(voters) >= request.route[event.step].enough
    asks = tuple(
        replace(ask, open=False)
        if ask.kind is AskKind.APPROVE and ask.step == event.step and (done or ask.person == event.person)
        else ask
        for ask in request.asks
    )
    last = event.step + 1 >= len(request.route)
    step = event.step + 1 if done and not last else event.step
    comment = event.comment or request.decision_comment
    return replace(request, votes=votes, asks=asks, step=step, decision_comment=comment)


def _refused(request: Request, event: e.Rejected | e.Returned, at: datetime) -> Request:
    decision = Choice.REJECT if isinstance(event, e.Rejected) else Choice.RETURN
    vote = Vote(event.step, event.person, decision, event.comment, at, event.version)
    return replace(
        _closed(request), votes=(*request.votes, vote), decision_comment=event.comment, stuck=False, message=None,
    )  # fmt: skip


def _reason_added(request: Request, event: e.ReasonAdded) -> Request:
    votes = list(request.votes)
    for index in reversed(range(len(votes))):
        vote = votes[index]
        if vote.person == event.person and vote.version == event.version and vote.decision is not Choice.APPROVE:
            votes[index] = replace(vote, comment=event.comment)
            break
    return replace(request, votes=tuple(votes), decision_comment=event.comment)


def _vote_undone(request: Request, event: e.VoteUndone) -> Request:
    """The vote and those of later steps no longer count; the request waits at that step again."""
    votes = tuple(
        vote for vote in request.votes
        if vote.version != event.version
        or vote.step < event.step
        or (vote.step == event.step and vote.person != event.person)
    )  # fmt: skip
    asks = tuple(  # what the requester was asked has nothing to do with the vote
        ask if ask.about == HoldKind.DUPLICATE else replace(ask, open=False) for ask in request.asks
    )
    return replace(request, asks=asks, votes=votes, step=event.step, decision_comment="")


def _closed(request: Request, kind: AskKind | None = None) -> Request:
    """All asks, or those of one kind, are no longer open."""
    asks = tuple(replace(ask, open=False) if kind in (None, ask.kind) else ask for ask in request.asks)
    return replace(request, asks=asks)


def _paid(
    request: Request,
    event: e.Paid | e.PartPaid | e.PaymentCorrected | e.PaidUndone | e.PaymentRecalled,
    at: datetime,
) -> Request:
    match event:
        case e.Paid() | e.PartPaid():
            payment = Payment(event.on, event.amount, event.order, event.by, at)
            paid = replace(request, payments=(*request.payments, payment), message=None)
            return _closed(paid, AskKind.PAY) if isinstance(event, e.Paid) else paid
        case e.PaymentCorrected():
            last = replace(request.payments[-1], on=event.on, amount=event.amount, order=event.order)
            return replace(request, payments=(*request.payments[:-1], last), message=None)
        case e.PaidUndone() | e.PaymentRecalled():
            reopened = tuple(
                replace(ask, open=True) if ask.kind is AskKind.PAY and ask.version == request.version else ask
                for ask in request.asks
            )
            left = request.payments[:-1]
            told = request.contractor_told and (isinstance(event, e.PaidUndone) or any(one.announced for one in left))
            return replace(request, payments=left, asks=reopened, message=None, contractor_told=told)


def _commented(request: Request, event: e.Commented) -> Request:
    if event.role == "accountant":
        return replace(request, accountant_comment=event.text)
    return request


def _rerouted(request: Request, event: e.Rerouted) -> Request:
    route = tuple(
        step if index < request.step else _replaced(step, event, index == request.step)
        for index, step in enumerate(request.route)
    )
    asks = tuple(
        replace(ask, open=False) if ask.kind is AskKind.APPROVE and ask.person == event.instead_of else ask
        for ask in request.asks
    )
    return replace(request, route=route, asks=asks)


def _replaced(step: Step, event: e.Rerouted, current: bool) -> Step:
    if event.instead_of in step.people:
        swapped = tuple(event.to if person == event.instead_of else person for person in step.people)
        return replace(step, people=tuple(dict.fromkeys(swapped)))
    if current and event.instead_of is None:
        return replace(step, people=tuple(dict.fromkeys((*step.people, event.to))))
    return step
