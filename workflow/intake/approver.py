"""What an approver's answer means: his vote, the reason he still owes, or words that decide nothing."""

from __future__ import annotations

from workflow.core.commands import Approve, Command, Reject, SendBack, UndoVote
from workflow.intake.answer import Answer, note, unclear
from workflow.intake.plan import Plan
from workflow.keywords import Action, Decision


def of_approver(answer: Answer, said: Decision) -> Plan:
    """His decision as a command, when it is clear, nothing stands against it, and it says what it answers."""
    ask = answer.ask()
    if said.action is None or said.doubt:
        return unclear(answer, said, ask)
    if answer.letter.blocked:
        return note(answer, f"unclear_{answer.letter.blocked[0]}")
    if ask is None or (said.action is Action.APPROVE and answer.carried.is_torn):
        return note(answer, "unclear_no_token")
    commands: dict[Action, Command] = {
        Action.APPROVE: Approve(answer.by, ask, said.comment),
        Action.REJECT: Reject(answer.by, ask, said.comment),
        Action.RETURN: SendBack(answer.by, ask, said.comment),
        Action.UNDO: UndoVote(answer.by, ask, said.comment),
    }
    return Plan("answers", "answer", "", answer.request.reference, commands[said.action], comment=said.comment)
