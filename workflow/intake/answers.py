"""An answer by a member of the roster to something we sent about a request: his part in it decides what he may say."""

from __future__ import annotations

from dataclasses import replace

from mailer.letter import Letter
from workflow.core.commands import NoteAnswer
from workflow.core.deeds import Deed, Lane
from workflow.intake.accountant import of_accountant
from workflow.intake.another import unless_of_another
from workflow.intake.answer import (
    DECIDES,
    OF_ACCOUNTANT,
    OF_ALL,
    OF_APPROVER,
    OF_CONFIRMER,
    Answer,
    note,
    somebody_elses,
)
from workflow.intake.approver import of_approver
from workflow.intake.carriers import Carried, without_secrets
from workflow.intake.confirmer import is_about_details, of_confirmer
from workflow.intake.plan import Plan
from workflow.intake.requester import of_requester
from workflow.intake.whole_amount import with_whole_amount
from workflow.keywords import Action, Decision
from workflow.people import Member

HIS_OWN = OF_APPROVER | OF_CONFIRMER | OF_ACCOUNTANT
"""Decisions that nobody takes in another's name."""


def plan_answer(answer: Answer) -> Plan:
    """What the answer means for the request."""
    said = answer.judge(answer.letter, answer.allowed(), answer.taken())
    said = unless_of_another(answer, with_whole_amount(answer, said))
    said = replace(said, comment=without_secrets(said.comment).strip(" \t\n…"))
    plan = _mine(answer, said)
    return replace(
        plan,
        reference=plan.reference or (answer.request.reference if plan.command and plan.verdict != "requests" else None),
        comment=plan.comment or said.comment,
        decision=plan.decision or (DECIDES.get(said.action) if said.action and not said.doubt else None),
        why=(*_origin(answer), *said.why, *plan.why),
    )


def _mine(answer: Answer, said: Decision) -> Plan:
    token = answer.carried.token
    if token is not None and token.person != answer.by and not answer.is_requester:
        return somebody_elses(answer)
    if not answer.has_part:
        return _nobodys(answer)
    if said.action in OF_ALL:
        return _asked_for(answer, said)
    if said.action in HIS_OWN and answer.is_sent_for_him:
        return note(answer, "unclear_sent_for_him")
    if said.action is Action.CONFIRM and is_about_details(answer):
        return of_confirmer(answer, said)
    if answer.is_requester:
        return of_requester(answer, said)
    if answer.is_approver and not (answer.is_accountant and said.action in OF_ACCOUNTANT - OF_APPROVER):
        return of_approver(answer, said)
    if answer.is_accountant:
        return of_accountant(answer, said)
    if answer.may_confirm:
        return of_confirmer(answer, said)
    return note(answer, "not_yours", warn=token.person if token and token.ask == "approve" else "")


def _origin(answer: Answer) -> tuple[str, ...]:
    if answer.carried.token is not None:
        token = answer.carried.token
        return (
            f"it answers {token.ask or token.kind} of {answer.request.reference}/{token.version} ({answer.carried.by})",
        )
    if answer.carried.unknown:
        return ("it carries a token that is not known",)
    return (f"only the tag in its subject names {answer.request.reference}",)


def _nobodys(answer: Answer) -> Plan:
    """A member who has no part in the request learns nothing of it."""
    command = NoteAnswer(answer.by, "not_yours", answer.read, quiet=True)
    said = {"read": answer.read, "unknown_token": False}
    deed = Deed(Lane.MAIL, "answer_to_nothing", answer.by, said, answer=True)
    why = ("he has no part in it",)
    return Plan("answers", "answer", "not_yours", answer.request.reference, command, (deed,), why=why)


def _asked_for(answer: Answer, said: Decision) -> Plan:
    kind = "form" if said.action is Action.FORM else "status"
    params: dict[str, object] = {"version": answer.request.version} if kind == "status" else {"refused_files": []}
    deed = Deed(Lane.MAIL, kind, answer.by, params, answer=True)
    return Plan("answers", "answer", kind, answer.request.reference if kind == "status" else None, None, (deed,))


def plan_unreadable_answer(letter: Letter, member: Member, said: Decision, found: Carried | None) -> Plan:
    """A decision word without anything that says what it answers: asked back, decides nothing."""
    read = " ".join(without_secrets(letter.new_text).split())[:300]
    unknown = bool(found and found.unknown)
    deed = Deed(Lane.MAIL, "answer_to_nothing", member.email, {"read": read, "unknown_token": unknown}, answer=True)
    why = "its token is not known" if unknown else "nothing in it says which request it answers"
    return Plan("answers", "answer", "unclear_no_request", deeds=(deed,), comment=said.comment,
                decision=DECIDES.get(said.action) if said.action and not said.doubt else None,
                why=(*said.why, why))  # fmt: skip
