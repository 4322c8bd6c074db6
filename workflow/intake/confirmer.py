"""What a confirmation of bank details means: somebody called the contractor and says whom, and on which number."""

from __future__ import annotations

import re

from workflow.core.commands import Comment, ConfirmDetails
from workflow.core.model import HoldKind
from workflow.intake.answer import LONG_ENOUGH_FOR_WORDS, Answer, note
from workflow.intake.plan import Plan
from workflow.keywords import Decision

ASKS = frozenset({"ask_bank_details", "answer_refused"})
"""Notices that ask for it: the word in reply to anything else is about something else."""


def is_about_details(answer: Answer) -> bool:
    """Are there bank details to confirm, and may the question whether money left not be meant?"""
    token = answer.carried.token
    other = token is not None and token.kind == "ask_confirm"
    return not other and answer.request.hold(HoldKind.BANK_DETAILS) is not None


def of_confirmer(answer: Answer, said: Decision) -> Plan:
    """The core decides who may; here only what surely answers our question goes there."""
    reference, token = answer.request.reference, answer.carried.token
    if said.action is None or said.doubt:
        if said.doubt == "none_found" and len(answer.text) >= LONG_ENOUGH_FOR_WORDS and not answer.letter.blocked:
            words = Comment(answer.by, answer.text, "accountant", answer.ask(), unclear=True)
            return Plan("answers", "answer", "unclear_passed_on", reference, words, comment=answer.text)
        return note(answer, f"unclear_{said.doubt or 'none_found'}")
    if answer.letter.blocked:
        return note(answer, f"unclear_{answer.letter.blocked[0]}")
    if token is None or token.kind not in ASKS:
        return note(answer, "unclear_no_token")
    command = ConfirmDetails(answer.by, answer.ask(), _without_own_name(answer, said.comment))
    return Plan("answers", "answer", "", reference, command, comment=said.comment)


def _without_own_name(answer: Answer, words: str) -> str:
    """His signature names a person and a number too, and tells of no call."""
    for name in answer.member.name.split():
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", words, flags=re.IGNORECASE)
    return words
