"""What must be done outside because of events: notices, rows, files, and what the clock comes back for.

Pure: the same events give the same deeds. A deed names what to say and to whom; its words are made when it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from workflow.core import events as e
from workflow.core.events import Event
from workflow.core.model import AskKind, Choice, HoldKind, Person, Request, Status
from workflow.core.outcome import PROGRAM, REGISTRY
from workflow.core.policy import Policy


class Lane(StrEnum):
    MAIL = "mail"
    REGISTRY = "registry"
    FOLDER = "folder"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do. `once` names deeds of which only one may come in `once_for` (0: ever); `answer` counts
    against the cap of answers to one sender; `coalesce` lets a waiting deed of the same kind and request do for both.
    `registry` names the registry that a deed of that lane is for.
    """

    lane: Lane
    kind: str
    person: Person = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    delay: timedelta = timedelta(0)
    answer: bool = False
    once: str = ""
    once_for: timedelta = timedelta(0)
    coalesce: bool = False
    registry: str = ""


HOUR = timedelta(hours=1)
CONTRACTOR_KINDS = frozenset({"contractor_paid", "contractor_part", "contractor_order", "contractor_recalled"})
"""Notices that go out at most once: cut off after the sending mark they are in doubt, never repeated."""


ONCE = frozenset({"told_released", "ask_pay"})
"""News that two events of one order would tell twice."""


def addressed(deeds: Iterable[Deed], registries: Iterable[str]) -> list[Deed]:
    """The deeds with a row for each of these registries: where a request stands, and where it stood before."""
    names = tuple(registries)
    return [
        replace(deed, registry=deed.registry or name) if deed.lane is Lane.REGISTRY else deed
        for deed in deeds
        for name in (names if deed.lane is Lane.REGISTRY else ("",))
    ]


def notice(kind: str, person: Person, **params: Any) -> Deed:
    return Deed(Lane.MAIL, kind, person, params)


def deeds_of(before: Request | None, after: Request, events: Iterable[Event], by: Person, policy: Policy) -> list[Deed]:
    """Everything that follows from `events`, in the order in which it should be done."""
    events = tuple(events)
    deeds: list[Deed] = []
    returned = any(isinstance(event, e.Returned) for event in events)
    for event in events:
        if returned and isinstance(event, e.Asked):
            continue  # the news of the return is the question
        deeds += _of_event(event, before, after, by, policy)
    if before is not None and before.payable and not after.payable and after.status is not Status.PAID:
        deeds += _stop(before, after, events, by, policy)
    deeds = list({(deed.kind, deed.person) if deed.kind in ONCE else index: deed
                  for index, deed in reversed(list(enumerate(deeds)))}.values())[::-1]  # fmt: skip
    deeds.sort(key=lambda deed: deed.params.get("ask") != AskKind.APPROVE.value)  # who must act hears first
    if events:
        deeds.append(Deed(Lane.REGISTRY, "row", coalesce=True))
    if events and after.version >= 1:
        deeds.append(Deed(Lane.FOLDER, "file", coalesce=True))
    return deeds


def _of_event(event: Event, before: Request | None, after: Request, by: Person, policy: Policy) -> Iterator[Deed]:
    match event:
        case e.Filled() if before is not None and after.version == before.version and after.approved_card:
            if after.status in (Status.AWAITING, Status.APPROVED):
                yield notice("receipt_done", event.by, action="pay_by")
        case e.Submitted() if after.hold(HoldKind.DUPLICATE) is None:  # else the question about it is the receipt
            yield notice("receipt_submitted", after.requester, version=event.version)
        case e.Asked():
            yield from _ask(event, after, policy)
        case e.StepStuck():
            for person in dict.fromkeys((after.requester, *policy.operators)):
                yield notice("told_stuck", person, step=event.step, version=event.version)
        case e.CorrectionRefused():
            yield notice(
                "correction_refused", event.by, typed=dict(event.typed),
                problems=[[p.field, p.code, p.reason, p.read, p.hint] for p in event.problems],
                refused_files=[list(pair) for pair in event.refused_files],
            )  # fmt: skip
            for person in policy.accountants if after.payable and event.typed else ():
                yield notice("told_correcting", person, by=event.by, typed=dict(event.typed), version=after.version)
        case e.Approved() | e.Rejected() | e.Returned() | e.VoteUndone() | e.ReasonAdded():
            yield from _of_vote(event, before, after)
        case e.ApprovalCompleted():
            yield notice("told_approved", after.requester, **_standing(after, after.requester))
            yield from _held_already(after, policy)
        case e.Withdrawn():
            yield notice("receipt_done", event.person, action="withdraw")
            for person in _who_knew(before):
                yield notice("told_withdrawn", person, by=event.person, comment=event.comment)
        case e.Held() | e.Released():
            yield from _of_hold(event, before, after, by, policy)
        case e.Paid() | e.PartPaid() if after.payments:
            at = after.payments[-1].at.isoformat()
            yield Deed(Lane.CLOCK, "announce", params={"at": at}, delay=policy.paid_delay)
        case e.PaidUndone() if after.payments and not after.payments[-1].announced:
            at = after.payments[-1].at.isoformat()  # the mark before it was to be told of together with it
            yield Deed(Lane.CLOCK, "announce", params={"at": at}, delay=policy.paid_delay)
        case e.PaymentAnnounced() | e.PartAnnounced():
            yield from _announced(event, after, policy)
        case e.PaymentRecalled():
            yield from _recalled(event, before, after, policy)
        case e.PaidWithoutApproval():
            yield from _unapproved_payment(event, after, policy)
        case e.PaymentOrderFiled() if after.contractor_address and _all_is_told(after):
            yield notice("contractor_order", after.contractor_address, sha256=event.file.sha256)
        case e.Commented():
            yield from _comment(event, before, after, policy)
        case e.Bounced():
            yield from _bounced(event, after, policy)
        case e.NoticeInDoubt():
            for person in dict.fromkeys((after.requester, *policy.operators)):
                yield notice("told_in_doubt", person, address=event.person)
        case e.AnswerRefused():
            yield from _answer_refused(event, after)
        case _:
            return


def _all_is_told(after: Request) -> bool:
    """While anything is to be paid or told, an order goes with the news of that: it may be of the part to come."""
    return after.status is Status.PAID and after.payments[-1].announced


def _ask(event: e.Asked, after: Request, policy: Policy) -> Iterator[Deed]:
    common: dict[str, Any] = {"version": event.version, "step": event.step, "ask": event.kind.value}
    match event.kind:
        case AskKind.APPROVE if event.person not in policy.digest:
            yield notice("ask_approval", event.person, **common)
        case AskKind.COMPLETE if not after.problems:
            yield notice("receipt_draft", event.person, **common)
        case AskKind.COMPLETE:
            yield notice("ask_complete", event.person, **common)
        case AskKind.PAY if policy.accounting == "each" and not after.holds:
            yield notice("ask_pay", event.person, **common)
        case AskKind.CONFIRM:
            kinds = {HoldKind.DUPLICATE.value: "ask_duplicate", HoldKind.BANK_DETAILS.value: "ask_bank_details"}
            yield notice(kinds.get(event.about, "ask_confirm"), event.person, **common)
        case _:
            return


def _held_already(after: Request, policy: Policy) -> Iterator[Deed]:
    """Approved and held: accounting hears once that it is not to be paid yet, and what for. Who is asked to confirm
    the details hears it by that question."""
    asked = {ask.person for ask in after.open_asks(AskKind.CONFIRM) if ask.about == HoldKind.BANK_DETAILS}
    if after.holds and policy.accounting == "each":
        for person in policy.accountants:
            if person not in asked:
                yield notice("held_approved", person, version=after.version)
    if after.hold(HoldKind.BANK_DETAILS) is not None and not asked:
        for person in policy.operators:
            yield notice("held_approved", person, version=after.version)


Decided = e.Approved | e.Rejected | e.Returned | e.VoteUndone | e.ReasonAdded


def _of_vote(event: Decided, before: Request | None, after: Request) -> Iterator[Deed]:
    """A receipt to who decided, and the news to the requester and to those who said yes before."""
    common: dict[str, Any] = {"comment": event.comment, "by": event.person, "version": event.version}
    match event:
        case e.ReasonAdded():
            yield notice("told_reason", after.requester, **common)
            return
        case e.Approved():
            yield notice("receipt_vote", event.person, decision="approve", step=event.step, **common)
            return
        case e.VoteUndone():
            yield notice("receipt_vote", event.person, decision="undo", step=event.step, **common)
            yield notice("told_undone", after.requester, **common)
            return
        case e.Rejected():
            decision = Choice.REJECT
        case e.Returned():
            decision = Choice.RETURN
    role = getattr(event, "role", "approver")
    if event.person != REGISTRY:
        yield notice("receipt_vote", event.person, decision=decision.value, step=event.step, **common)
    asked = {"ask": AskKind.COMPLETE.value} if decision is Choice.RETURN else {}
    yield notice("told_refused", after.requester, decision=decision.value, role=role, **asked, **common)
    voters = (vote.person for vote in before.approvals()) if before else iter(())
    for person in dict.fromkeys(voters):
        if person != event.person:
            yield notice("told_vote", person, decision=decision.value, role=role, **common)


def _who_knew(before: Request | None) -> tuple[Person, ...]:
    """Approvers who were asked or have said yes on the version that ends."""
    if before is None or before.status not in (Status.AWAITING, Status.APPROVED):
        return ()
    asked = (ask.person for ask in before.asks if ask.kind is AskKind.APPROVE and ask.version == before.version)
    return tuple(dict.fromkeys(asked))


def _of_hold(
    event: e.Held | e.Released, before: Request | None, after: Request, by: Person, policy: Policy
) -> Iterator[Deed]:
    if event.by == PROGRAM:
        return  # the receipt, the question or the news of the approval says it
    held = isinstance(event, e.Held)
    words = event.reason if isinstance(event, e.Held) else event.comment
    kind = "told_held" if held else "told_released"
    yield notice(kind, after.requester, by=event.by, comment=words, hold=event.kind.value)
    confirms = event.kind is HoldKind.BANK_DETAILS
    is_payable_now = not held and after.payable and before is not None and not before.payable
    asked_to_pay = is_payable_now and event.by in policy.accountants
    is_told_otherwise = event.by in (REGISTRY, after.requester) or (confirms and asked_to_pay)
    if not is_told_otherwise and (event.by in policy.accountants or confirms):
        yield notice("receipt_done", event.by, action="hold" if held else "confirm" if confirms else "release")
    if is_payable_now:
        for person in policy.accountants:
            if by != REGISTRY and (by != person or confirms):
                yield notice("ask_pay", person, version=after.version, step=after.step, ask=AskKind.PAY.value)


def _stop(before: Request, after: Request, events: tuple[Event, ...], by: Person, policy: Policy) -> Iterator[Deed]:
    """Accounting must not pay what it was told to pay; whoever caused the stop knows already."""
    if by == REGISTRY:
        return
    why = {
        e.Submitted: "corrected", e.Withdrawn: "withdrawn", e.Rejected: "rejected", e.Returned: "returned",
        e.Held: "held", e.VoteUndone: "undone",
    }  # fmt: skip
    reason = next((why[type(event)] for event in events if type(event) in why), "changed")
    comment = next((getattr(event, "comment", "") or getattr(event, "reason", "") for event in events), "")
    for person in policy.accountants:
        if person != by:
            yield notice("stop", person, reason=reason, by=by, comment=comment, version=before.version)


def _announced(event: e.PaymentAnnounced | e.PartAnnounced, after: Request, policy: Policy) -> Iterator[Deed]:
    """Requester, the version's approvers, accounting and, in his own thread, the contractor."""
    people = dict.fromkeys((after.requester, *(vote.person for vote in after.approvals()), *policy.accountants))
    paid = {"on": event.on.isoformat(), "amount": str(event.amount), "order": event.order}
    if isinstance(event, e.PartAnnounced):
        paid |= {"paid": str(event.paid), "left": str(event.left)}
    elif event.part is not None:
        paid |= {"part": str(event.part)}
    kind = "part" if isinstance(event, e.PartAnnounced) else "paid"
    address = after.value("contractor_email") if event.address is None else event.address
    for person in people:
        asks_to_pass_on = person == after.requester and not address
        yield notice(f"told_{kind}", person, **paid, pass_on=asks_to_pass_on)
    if address:
        yield notice(f"contractor_{kind}", address, **paid)


def _recalled(
    event: e.PaymentRecalled, before: Request | None, after: Request, policy: Policy
) -> Iterator[Deed]:
    people = dict.fromkeys((after.requester, *(vote.person for vote in after.approvals()), *policy.accountants))
    for person in people:
        yield notice("told_recalled", person, by=event.by, comment=event.reason)
    if before is not None and before.contractor_address:
        yield notice("contractor_recalled", before.contractor_address)


def _unapproved_payment(event: e.PaidWithoutApproval, after: Request, policy: Policy) -> Iterator[Deed]:
    told = dict.fromkeys((*after.approvers, *policy.operators))
    for person in told:
        yield notice(
            "told_unapproved_payment", person, by=event.by, amount=str(event.amount), on=event.on.isoformat(),
            status=event.status,
        )  # fmt: skip


def _comment(event: e.Commented, before: Request | None, after: Request, policy: Policy) -> Iterator[Deed]:
    """Words go to the other party: the requester's to whoever has the request, everybody else's to the requester."""
    if not event.text.strip():
        return
    if event.role != "requester":
        yield notice("told_comment", after.requester, by=event.by, text=event.text, role=event.role)
        return
    asked = [ask.person for ask in after.open_asks(AskKind.APPROVE)]
    last = [vote.person for vote in after.current_votes() if vote.decision is not Choice.APPROVE][-1:]
    people = asked or last or (list(policy.accountants) if after.status in (Status.APPROVED, Status.PAID) else [])
    # Whoever returned it in the sheet is one of the accountants.
    readers = [one for person in people for one in (policy.accountants if person == REGISTRY else [person])]
    for person in dict.fromkeys(readers):
        yield notice("told_comment", person, by=event.by, text=event.text, role=event.role, **_standing(after, person))


def _bounced(event: e.Bounced, after: Request, policy: Policy) -> Iterator[Deed]:
    if not event.permanent:
        return
    people = (after.requester, *policy.operators)
    for person in dict.fromkeys(person for person in people if person != event.person):
        yield notice("told_bounced", person, address=event.person, why=event.why)


def _answer_refused(event: e.AnswerRefused, after: Request) -> Iterator[Deed]:
    """One helpful answer an hour for one ask, and a word to the approver in whose place somebody answered."""
    general = event.reason.startswith("unclear") and event.reason != "unclear_nod"  # whose answer may be a yes
    topic = event.reason.partition("_")[0] if general else event.reason
    key = f"again:{after.reference}:{after.version}:{event.by}:{topic}"
    params = {"reason": event.reason, "read": event.read, "valid": list(event.valid), **_standing(after, event.by)}
    if not event.quiet:
        yield Deed(Lane.MAIL, "answer_refused", event.by, params, answer=True, once=key, once_for=HOUR)
    if event.warn and event.warn != event.by:
        attempt = {"address": event.by, "read": event.read, **_standing(after, event.warn)}
        once = f"attempt:{after.reference}:{after.version}:{event.warn}:{event.by}"
        yield Deed(Lane.MAIL, "told_attempt", event.warn, attempt, once=once, once_for=HOUR)


def _standing(after: Request, person: Person) -> dict[str, Any]:
    """What this person is asked now: an answer to our "please repeat" is an answer to that ask."""
    asks = [ask for ask in after.open_asks() if ask.person == person and ask.version == after.version]
    if not asks:
        return {"version": after.version}
    return {"version": after.version, "ask": asks[-1].kind.value, "step": asks[-1].step}
