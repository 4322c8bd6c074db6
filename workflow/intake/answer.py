"""One answer to something we sent, and what is done with one that decides nothing: noted, passed on, asked back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from mailer.address import fold
from mailer.letter import Letter
from workflow.core.commands import AskRef, Comment, Form, GiveReason, NoteAnswer
from workflow.core.model import AskKind, Choice, Request
from workflow.intake.carriers import Carried, without_secrets
from workflow.intake.plan import Plan
from workflow.intake.prose import Listener, Prose
from workflow.keywords import Action, Decision
from workflow.people import Member
from workflow.permission import Taken

OF_APPROVER = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN, Action.UNDO})
OF_REQUESTER = frozenset({Action.SUBMIT, Action.DRAFT, Action.WITHDRAW, Action.OK})
OF_ACCOUNTANT = frozenset({Action.PAID, Action.RETURN, Action.HOLD, Action.RELEASE, Action.CONFIRM})
OF_CONFIRMER = frozenset({Action.CONFIRM})
OF_ALL = frozenset({Action.STATUS, Action.FORM})
DECIDES = {Action.APPROVE: "approve", Action.REJECT: "reject", Action.RETURN: "return"}
LONG_ENOUGH_FOR_WORDS = 25
QUESTIONS = frozenset({"ask_approval", "answer_refused"})
"""Mails of ours that ask whether to pay, and nothing else."""


class Judge(Protocol):
    """The decision in a letter, of those allowed."""

    def __call__(self, letter: Letter, allowed: frozenset[Action] | None, taken: Taken = ...) -> Decision: ...


WHOLE_SECONDS = timedelta(seconds=1)
"""Mail servers note when a letter came without its fraction of a second."""


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
    with_invoice: Callable[[Letter, Form], Form]
    """A form with what the letter's files say where nothing was typed."""
    may_confirm: bool
    """Is he one of those who confirm bank details?"""
    marks: tuple[str, ...]
    """What stands in a form beside values that somebody must confirm."""
    hear: Callable[[Letter, Member, Form], tuple[Form, Prose]]
    """A form with what the letter says in running text."""
    listener: Listener
    """For whom and on which day his words were written."""
    asked_whether: bool = False
    """Does it answer our question whether his nod was a yes?"""
    was_lost: bool = False
    """May the tag in its subject be that of a mail which a lost journal sent?"""

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
    def is_sent_for_him(self) -> bool:
        """Did another mailbox send it in his name? It may be his secretary's."""
        own = {fold(address) for address in (self.member.email, *self.member.aliases)}
        return self.letter.submitter is not None and fold(self.letter.submitter) not in own

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

    @property
    def read(self) -> str:
        """The same on one line, as much of it as is repeated to him."""
        return " ".join(self.text.split())[:300]

    def allowed(self) -> frozenset[Action]:
        return (
            OF_ALL
            | (OF_APPROVER if self.is_approver else frozenset())
            | (OF_REQUESTER if self.is_requester else frozenset())
            | (OF_ACCOUNTANT if self.is_accountant else frozenset())
            | (OF_CONFIRMER if self.may_confirm else frozenset())
        )

    def taken(self) -> Taken:
        """Other words than the keywords decide where the ask was put to him and no other mail came between."""
        token = self.carried.token
        if token is None or token.person != self.by or token.ask != AskKind.APPROVE or token.kind not in QUESTIONS:
            return Taken.KEYWORDS
        parents = {parent.lower().partition("@")[0] for parent in self.letter.in_reply_to}
        if self.carried.is_torn or (parents and token.token not in parents):
            return Taken.KEYWORDS
        return Taken.NODS if self.asked_whether else Taken.PERMISSIONS

    def ask(self) -> AskRef | None:
        """The ask that decides: its token's, or (the sender proven) the one the subject's tag names. Which of two asks
        the tag means is told by when the letter came: it cannot answer what was asked later."""
        token = self.carried.token
        if token is not None:
            return AskRef(token.person, token.version, token.step, token.card_hash, token.ask, token.at)
        tag = self.carried.tag
        if tag is None or tag.version is None or not self.proven or self.carried.unknown or self.was_lost:
            return None
        current = tag.version == self.request.version
        return AskRef(
            self.by, tag.version, self.request.step, self.request.card_hash if current else "", AskKind.APPROVE.value,
            self.letter.received + WHOLE_SECONDS,
        )  # fmt: skip


def note(answer: Answer, reason: str, read: str = "", warn: str = "") -> Plan:
    """Nothing is decided, for this reason; he is told what was read."""
    command = NoteAnswer(answer.by, reason, read or answer.read, ask=answer.ask(), warn=warn)
    return Plan("answers", "answer", reason, answer.request.reference, command, why=(f"nothing is decided: {reason}",))


def somebody_elses(answer: Answer) -> Plan:
    """A forwarded ask answered by somebody else does not count, and the real approver is told."""
    token = answer.carried.token
    return note(answer, "not_yours", warn=token.person if token and token.ask == AskKind.APPROVE else "")


def unclear(answer: Answer, said: Decision, ask: AskRef | None) -> Plan:
    """A missing reason, words for the requester, or something to be asked about."""
    text = said.comment.strip() or answer.text.strip("… \t\n")
    if said.doubt in ("none_found", "misspelt") and text and ask is not None and _lacks_reason(answer):
        return Plan("answers", "answer", "reason", answer.request.reference, GiveReason(answer.by, ask, text))
    if said.doubt == "none_found" and len(text) >= LONG_ENOUGH_FOR_WORDS and not answer.letter.blocked:
        role = "approver" if answer.is_approver else "accountant"
        command = Comment(answer.by, text, role, ask, unclear=True)
        return Plan("answers", "answer", "unclear_passed_on", answer.request.reference, command, comment=text)
    if said.doubt == "misspelt" and said.seen[0] in DECIDES:
        return note(answer, f"unclear_misspelt_{said.seen[0]}", said.word)
    return note(answer, f"unclear_{said.doubt or 'none_found'}")


def _lacks_reason(answer: Answer) -> bool:
    """His refusal is the last decision on this version and came without a reason."""
    votes = answer.request.current_votes()
    last = votes[-1] if votes else None
    return bool(last and last.person == answer.by and last.decision is not Choice.APPROVE and not last.comment)
