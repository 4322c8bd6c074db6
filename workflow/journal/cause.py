"""What an order came from, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflow.core.model import Reference


@dataclass(frozen=True, slots=True)
class LetterEntry:
    """A letter as it is remembered: its key is the memory, its verdict one of requests answers refused ignored
    set_aside (or `open` while several orders of it wait)."""

    key: str
    mailbox: str
    received: datetime
    verdict: str
    reason: str = ""
    message_id: str | None = None
    sender: str | None = None
    subject: str = ""
    path: str | None = None
    error: str | None = None
    reference: Reference | None = None
    commands: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What an order came from; the same cause never counts twice. `letter` is stored with it in one commit."""

    id: str
    letter: LetterEntry | None = None
    editor: str = ""
    """Who saved the shared sheet last when the order was read there; a hint for people, outside the chain of proof."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an order. `seen` says that its cause had come before and nothing was done now."""

    reference: Reference | None
    accepted: bool
    reason: str = ""
    seen: bool = False
