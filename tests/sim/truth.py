"""What people did, by those who saw them do it: the journal is held against this."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.sim.letters import Written


@dataclass
class Truth:
    """What people did, by those who saw them do it."""

    letters: dict[str, Written] = field(default_factory=dict)
    """By Message-ID."""
    typed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a status word was put into a row: (reference, word)."""
    said: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a comment was put into a row: (reference, text)."""
    ordered: Counter[str] = field(default_factory=Counter)
    """Payment orders laid into the folder of a request."""
    rerouted: Counter[str] = field(default_factory=Counter)
    retried: bool = False
    mail_held: bool = False
    """After a recovery: until the operator lets them go no notice leaves."""
    out_of_reach: set[str] = field(default_factory=set)
    """Letters that only a lost journal knew, and that are in the mailbox no more."""
