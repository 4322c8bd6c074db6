"""The two answers of `decide`: both are ordinary, both are recorded, both get a letter."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.core.events import AnswerRefused, EditRefused, Event
from workflow.core.model import Person


@dataclass(frozen=True, slots=True)
class Accepted:
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason` is the key of the sentence that tells the person why."""

    reason: str
    events: tuple[Event, ...]


Outcome = Accepted | Refused


def refuse_answer(by: Person, reason: str, read: str = "") -> Refused:
    """No to a letter."""
    return Refused(reason, (AnswerRefused(by, reason, read),))


def refuse_edit(by: Person, reason: str, read: str = "") -> Refused:
    """No to an edit of the registry."""
    return Refused(reason, (EditRefused(by, reason, read),))


REGISTRY = "registry"
"""Who typed into the shared sheet: whoever may edit it counts as an accountant, by no name."""


OPERATOR = "operator"
"""Who gives orders at the command line."""


PROGRAM = "program"
"""Who holds and releases by itself what it found."""


def refuse(by: Person, reason: str, read: str = "") -> Refused:
    """No to an order that comes by letter or by cell alike."""
    return refuse_edit(by, reason, read) if by == REGISTRY else refuse_answer(by, reason, read)
