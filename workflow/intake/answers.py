"""An answer by a member of the roster to something we sent about a request: his part in it decides what he may say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mailer.letter import Letter
from values.dates import parse_date
from values.money import parse_amount
from workflow.contrary import changes_amount
from workflow.core.commands import (
    Amend,
    Approve,
    AskRef,
    Command,
    Comment,
    FilePaymentOrder,
    Form,
    GiveReason,
    MarkPaid,
    NoteAnswer,
    Open,
    PutOnHold,
    Reject,
    Release,
    SendBack,
    UndoVote,
    Withdraw,
)
from workflow.core.deeds import Deed, Lane
from workflow.core.model import AskKind, Choice, HoldKind, Request, Status
from workflow.core.payment import rest_of
from workflow.intake.carriers import Carried, without_secrets
from workflow.intake.fields import cautions, enclosed, guessed, read_form
from workflow.intake.plan import Plan
from workflow.keywords import Action, Decision
from workflow.people import Member

OF_APPROVER = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN, Action.UNDO})
OF_REQUESTER = frozenset({Action.SUBMIT, Action.DRAFT, Action.WITHDRAW, Action.OK})
OF_ACCOUNTANT = frozenset({Action.PAID, Action.RETURN, Action.HOLD, Action.RELEASE, Action.CONFIRM})
OF_ALL = frozenset({Action.STATUS, Action.FORM})
DECIDES = {Action.APPROVE: "approve", Action.REJECT: "reject", Action.RETURN: "return"}
FINAL = (Status.PAID, Status.REJECTED, Status.WITHDRAWN)
INCOMPLETE = (Status.DRAFT, Status.RETURNED)
LONG_ENOUGH_FOR_WORDS = 25
_NO_AMOUNT = re.compile(r"(?:№|п/п|#|\bno\b\.?)\s*\S+|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|\b\d{4}-\d\d-\d\d\b", re.IGNORECASE)
_OF_ANOTHER_PAPER = re.compile(
    r"\b(?:сч[её]т\w*|сч\.|договор\w*|акт(?:у|а|ом)?\b|invoice|inv\.|contract)\s*"
    r"(?:(?:№|#|no\.?)?\s*[\w/-]*\d[\w/-]*(?!\.?\d))?"
    r"(?:\s*(?:от|dated|of)\s+[\d.-]*\d)?", re.IGNORECASE,
)  # fmt: skip
_NUMBER = re.compile(r"\d[\d \u00a0\u202f.,']*\d|\d")
Judge = Callable[[Letter, frozenset[Action] | None], Decision]
"""The decision in a letter, of those allowed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One letter beside the request it is about. `proven`: the sender's address is authenticated by DMARC."""

    letter: Letter
    member: Member
    request: Request
    carried: Carried
    proven: bool
    labels: Mapping[str, str]
    judge: Judge
    authenticates: bool

    @property
    def by(self) -> str:
        return self.member.email

    @property
    def is_requester(self) -> bool:
        return self.by == self.request.requester

    @property
    def is_accountant(self) -> bool:
        return "accountant" in self.member.roles

    @property
    def is_approver(self) -> bool:
        return self.by in self.request.approvers

    @property
    def is_sure(self) -> bool:
        """Does it answer a mail that he himself got, or is the sender proven? A number anybody can guess."""
        token = self.carried.token
        return token.person == self.by if token else self.proven and not self.carried.unknown

    @property
    def has_part(self) -> bool:
        """Is the request any business of his?"""
        told = self.carried.token is not None and self.carried.token.person == self.by
        return told or self.is_requester or self.is_approver or self.is_accountant or "operator" in self.member.roles

    @property
    def version(self) -> int | None:
        """The version that was before him, where the letter says it."""
        named = self.carried.token or self.carried.tag
        return named.version if named else None

    @property
    def text(self) -> str:
        """What he wrote, without codes: others may read it."""
        return without_secrets(self.letter.new_text).strip()

    def allowed(self) -> frozenset[Action]:
        return (
            OF_ALL
            | (OF_APPROVER if self.is_approver else frozenset())
            | (OF_REQUESTER if self.is_requester else frozenset())
            | (OF_ACCOUNTANT if self.is_accountant else frozenset())
        )

    def ask(self) -> AskRef | None:
        """The ask that decides: its token's, or (the sender proven) the one the subject's tag names."""
        token = self.carried.token
        if token is not None:
            return AskRef(token.person, token.version, token.step, token.card_hash, token.ask, token.at)
        tag = self.carried.tag
        if tag is None or tag.version is None or not self.proven or self.carried.unknown:
            return None
        current = tag.version == self.request.version
        return AskRef(
            self.by, tag.version, self.request.step, self.request.card_hash if current else "", AskKind.APPROVE.value
        )


def plan_answer(answer: Answer) -> Plan:
    """What the answer means for the request."""
    said = answer.judge(answer.letter, answer.allowed())
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
        return _somebody_elses(answer)
    if not answer.has_part:
        return _nobodys(answer)
    if said.action in OF_ALL:
        return _asked_for(answer, said)
    if answer.is_requester:
        return _of_requester(answer, said)
    if answer.is_approver and not (answer.is_accountant and said.action in OF_ACCOUNTANT - OF_APPROVER):
        return _of_approver(answer, said)
    if answer.is_accountant:
        return _of_accountant(answer, said)
    return _note(answer, "not_yours", warn=token.person if token and token.ask == "approve" else "")


def _origin(answer: Answer) -> tuple[str, ...]:
    if answer.carried.token is not None:
        token = answer.carried.token
        return (
            f"it answers {token.ask or token.kind} of {answer.request.reference}/{token.version} ({answer.carried.by})",
        )
    if answer.carried.unknown:
        return ("it carries a token that is not known",)
    return (f"only the tag in its subject names {answer.request.reference}",)


def _note(answer: Answer, reason: str, read: str = "", warn: str = "") -> Plan:
    note = NoteAnswer(answer.by, reason, read or _read(answer), ask=answer.ask(), warn=warn)
    return Plan("answers", "answer", reason, answer.request.reference, note, why=(f"nothing is decided: {reason}",))


def _read(answer: Answer) -> str:
    return " ".join(answer.text.split())[:300]


def _nobodys(answer: Answer) -> Plan:
    """A member who has no part in the request learns nothing of it."""
    note = NoteAnswer(answer.by, "not_yours", _read(answer), quiet=True)
    said = {"read": _read(answer), "unknown_token": False}
    deed = Deed(Lane.MAIL, "answer_to_nothing", answer.by, said, answer=True)
    why = ("he has no part in it",)
    return Plan("answers", "answer", "not_yours", answer.request.reference, note, (deed,), why=why)


def _somebody_elses(answer: Answer) -> Plan:
    """A forwarded ask answered by somebody else does not count, and the real approver is told."""
    token = answer.carried.token
    return _note(answer, "not_yours", warn=token.person if token and token.ask == AskKind.APPROVE else "")


def _asked_for(answer: Answer, said: Decision) -> Plan:
    kind = "form" if said.action is Action.FORM else "status"
    params: dict[str, object] = {"version": answer.request.version} if kind == "status" else {"refused_files": []}
    deed = Deed(Lane.MAIL, kind, answer.by, params, answer=True)
    return Plan("answers", "answer", kind, answer.request.reference if kind == "status" else None, None, (deed,))


# --- approver -----------------------------------------------------------------------------------------------------


def _of_approver(answer: Answer, said: Decision) -> Plan:
    ask = answer.ask()
    if said.action is None or said.doubt:
        return _unclear(answer, said, ask)
    if answer.letter.blocked:
        return _note(answer, f"unclear_{answer.letter.blocked[0]}")
    if ask is None or (said.action is Action.APPROVE and answer.carried.is_torn):
        return _note(answer, "unclear_no_token")
    commands: dict[Action, Command] = {
        Action.APPROVE: Approve(answer.by, ask, said.comment),
        Action.REJECT: Reject(answer.by, ask, said.comment),
        Action.RETURN: SendBack(answer.by, ask, said.comment),
        Action.UNDO: UndoVote(answer.by, ask, said.comment),
    }
    return Plan("answers", "answer", "", answer.request.reference, commands[said.action], comment=said.comment)


def _unclear(answer: Answer, said: Decision, ask: AskRef | None) -> Plan:
    """A missing reason, words for the requester, or something to be asked about."""
    text = said.comment.strip() or answer.text.strip("… \t\n")
    if said.doubt == "none_found" and text and ask is not None and _lacks_reason(answer):
        return Plan("answers", "answer", "reason", answer.request.reference, GiveReason(answer.by, ask, text))
    if said.doubt == "none_found" and len(text) >= LONG_ENOUGH_FOR_WORDS and not answer.letter.blocked:
        role = "approver" if answer.is_approver else "accountant"
        command = Comment(answer.by, text, role, ask, unclear=True)
        return Plan("answers", "answer", "unclear_passed_on", answer.request.reference, command, comment=text)
    return _note(answer, f"unclear_{said.doubt or 'none_found'}")


def _lacks_reason(answer: Answer) -> bool:
    """His refusal is the last decision on this version and came without a reason."""
    votes = answer.request.current_votes()
    last = votes[-1] if votes else None
    return bool(last and last.person == answer.by and last.decision is not Choice.APPROVE and not last.comment)


# --- requester ------------------------------------------------------------------------------------------------------


def _of_requester(answer: Answer, said: Decision) -> Plan:
    token, request = answer.carried.token, answer.request
    of_another = token is not None and token.person != answer.by and token.ask == AskKind.APPROVE
    if of_another and set(said.seen) & DECIDES.keys():
        return _somebody_elses(answer)
    is_current = token is not None and token.version == request.version and request.status in INCOMPLETE
    filled_inline = token is not None and token.ask == AskKind.COMPLETE and is_current
    whole = read_form(answer.letter, answer.labels, quoted=answer.letter.quoted if filled_inline else "")
    form = _news_only(whole, request)
    if request.status in FINAL and (form.typed or form.files):
        return _opened_anew(answer, whole, keep=said.action is Action.DRAFT)
    changes = bool(form.typed or form.files) and request.status not in INCOMPLETE
    if not answer.is_sure and (said.action is Action.WITHDRAW or changes):
        return _note(answer, "unclear_tag_only")
    if said.action is Action.WITHDRAW and not form.typed:
        return Plan("answers", "answer", "", request.reference, Withdraw(answer.by, said.comment))
    keep, submit = said.action is Action.DRAFT, said.action is Action.SUBMIT
    if form.typed or form.files or keep or submit:
        return _amended(answer, form, keep, submit)
    if form.refused_files:
        return _note(answer, "files_refused", "; ".join(name for name, _ in form.refused_files))
    text = answer.text
    if not text:
        return _note(answer, "unclear_empty")
    unclear = request.status in (Status.DRAFT, Status.RETURNED)
    command = Comment(answer.by, text, "requester", answer.ask(), unclear=unclear)
    return Plan("answers", "answer", "comment", request.reference, command, comment=text)


def _news_only(form: Form, request: Request) -> Form:
    """A quoted form that comes back as it was says nothing new."""
    typed = {name: text for name, text in form.typed.items() if request.typed.get(name) != text or name in form.rivals}
    known = {file.sha256 for file in request.files}
    return replace(form, typed=typed, files=tuple(file for file in form.files if file.sha256 not in known))


def _amended(answer: Answer, form: Form, keep: bool, submit: bool) -> Plan:
    command = Amend(answer.by, replace(form, cautions=guessed(answer.letter)), keep, submit)
    return Plan("answers", "answer", "", answer.request.reference, command, fields=dict(form.typed))


def _opened_anew(answer: Answer, form: Form, keep: bool) -> Plan:
    """A closed request stays as it is; what was mailed to it, old lines among the new ones, is a request of its own."""
    fresh = replace(form, cautions=cautions(answer.letter, checks_senders=answer.authenticates))
    why = (f"{answer.request.reference} is closed: these fields start a new request",)
    return Plan("requests", "request", command=Open(answer.by, fresh, keep), fields=dict(form.typed), why=why)


# --- accountant -----------------------------------------------------------------------------------------------------


def _of_accountant(answer: Answer, said: Decision) -> Plan:
    request, files = answer.request, enclosed(answer.letter).without(answer.request.files)
    text = said.comment.strip()
    if said.action is None or said.doubt:
        return _words_of_accountant(answer, said)
    if answer.letter.blocked:
        return _note(answer, f"unclear_{answer.letter.blocked[0]}")
    if not answer.is_sure:
        return _note(answer, "unclear_no_token")
    if said.action is Action.PAID and _is_another_amount(text, request):
        return _note(answer, "unclear_number")
    order, on = _order_in(text, answer.letter.received.date())
    commands: dict[Action, Command] = {
        Action.PAID: MarkPaid(
            answer.by, on=on, order=order, comment=text, files=files.as_orders(), version=answer.version
        ),
        Action.RETURN: SendBack(answer.by, answer.ask(), text),
        Action.HOLD: PutOnHold(answer.by, text),
        Action.RELEASE: Release(answer.by, HoldKind.ACCOUNTANT, text),
    }
    command = commands.get(said.action)
    if command is None:
        return _note(answer, "not_now")
    return Plan("answers", "answer", "", request.reference, command, comment=text)


def _words_of_accountant(answer: Answer, said: Decision) -> Plan:
    """A payment order without a word is kept; words go to the requester."""
    files = enclosed(answer.letter).without(answer.request.files)
    is_paid = answer.request.status in (Status.APPROVED, Status.PAID)
    if files.files and said.doubt in (None, "none_found") and answer.is_sure and is_paid:
        command = FilePaymentOrder(answer.by, files.as_orders())
        return Plan("answers", "answer", "payment_order", answer.request.reference, command)
    return _unclear(answer, said, answer.ask())


def _is_another_amount(text: str, request: Request) -> bool:
    """A number stands where an amount would, and it is not what is left to pay: part of it, or a slip."""
    if not changes_amount(text):
        return False
    first = _NUMBER.search(_NO_AMOUNT.sub(" ", text))
    return first is None or parse_amount(first[0], request.currency or None) != rest_of(request)


def _order_in(text: str, today: date) -> tuple[str, date | None]:
    """A payment order's number and date in the accountant's words ("№ 214 от 25.11.2026"); nothing is guessed."""
    text = _OF_ANOTHER_PAPER.sub(" ", text)
    number = re.search(r"(?:№|\bNo?\.?(?=\s*\d)|\bп/п\s*№?|#)\s*([\w/-]{1,20})", text, re.IGNORECASE)
    day = re.search(r"\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b", text)
    found = parse_date(day.group(), today) if day else None
    return (number.group(1) if number else ""), found if isinstance(found, date) else None


# --- answers to nothing we know -------------------------------------------------------------------------------------


def plan_unreadable_answer(letter: Letter, member: Member, said: Decision, found: Carried | None) -> Plan:
    """A decision word without anything that says what it answers: asked back, decides nothing."""
    read = " ".join(without_secrets(letter.new_text).split())[:300]
    unknown = bool(found and found.unknown)
    deed = Deed(Lane.MAIL, "answer_to_nothing", member.email, {"read": read, "unknown_token": unknown}, answer=True)
    why = "its token is not known" if unknown else "nothing in it says which request it answers"
    return Plan("answers", "answer", "unclear_no_request", deeds=(deed,), comment=said.comment,
                decision=DECIDES.get(said.action) if said.action and not said.doubt else None,
                why=(*said.why, why))  # fmt: skip
