"""Reading a letter of the corpus as the workflow would, and counting what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from letters.bodies import Body
from letters.shapes import MARKERS, Shape
from mailer.letter import Letter, read_letter
from workflow.keywords import Action, Decision, read_decision
from workflow.permission import Taken

RECEIVED = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
APPROVER = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN, Action.STATUS, Action.FORM})
CONSENTS = frozenset({Action.APPROVE})


def read(raw: bytes) -> tuple[Letter, Decision]:
    """The letter and what it decides; a blocking doubt of the letter or an automatic one decides nothing."""
    letter = read_letter(raw, received=RECEIVED, markers=MARKERS)
    decision = read_decision(
        letter.new_text,
        allowed=APPROVER,
        names=("Рита", "Rita", "Орлова", "Orlova"),
        signature=letter.signature,
        taken=Taken.PERMISSIONS,
    )
    if letter.automatic or (letter.blocked and decision.action is not None):
        return letter, Decision(None, decision.comment, "letter", tuple(letter.blocked), (), ())
    return letter, decision


@dataclass(slots=True)
class Table:
    """What became of the letters of each kind."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, name: str, expected: Body, decision: Decision) -> None:
        verdict = judge(expected, decision)
        self.counts[verdict] += 1
        self.counts["clear" if expected.action else "doubtful"] += 1
        if verdict in ("WRONG", "FALSE APPROVAL", "comment lost") or (verdict == "asked back" and expected.action):
            self.failures.append(
                f"{verdict}: {name}: {expected.text!r} -> {decision.action} {decision.doubt} {decision.comment!r}"
            )
            self.counts["clear, asked back"] += verdict == "asked back"

    def understood(self) -> float:
        return 1 - (self.counts["clear, asked back"] + self.counts["WRONG"] + self.counts["FALSE APPROVAL"]) / max(
            1, self.counts["clear"]
        )

    def __str__(self) -> str:
        rows = ("clear", "doubtful", "right", "asked back", "comment lost", "WRONG", "FALSE APPROVAL")
        lines = [f"{row:>16} {self.counts[row]:6}" for row in rows]
        return "\n".join([*lines, f"{'understood':>16} {self.understood():6.1%} of the clear ones"])


def judge(expected: Body, decision: Decision) -> str:
    if decision.action in CONSENTS and expected.action not in CONSENTS:
        return "FALSE APPROVAL"
    if decision.action is None:
        return "right" if expected.action is None else "asked back"
    if decision.action is not expected.action:
        return "WRONG"
    lost = expected.comment is not None and " ".join(decision.comment.split()) != " ".join(expected.comment.split())
    return "comment lost" if lost else "right"


def corpus(shapes: Sequence[Shape], bodies: Iterable[Body], each: int = 1) -> Iterable[tuple[str, Body, bytes]]:
    """Every body in every shape, or in each so many-th of them, in turn."""
    from letters.shapes import EN, RU

    for number, body in enumerate(bodies):
        for shape in shapes[number % each :: each]:
            yield shape.__name__, body, shape(body.text, RU if body.lang == "ru" else EN)
