"""One journal serves one company: it remembers whose it is, and refuses another."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

from workflow.journal.book import Journal
from workflow.journal.errors import JournalError
from workflow.journal.moving import MOVED, refuse_left

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Owner:
    """By what a company's journal is known."""

    mailbox: str
    prefix: str


def claim(journal: Journal, ours: Owner, own_addresses: Collection[str], *, adopt: bool = False) -> None:
    """The journal is ours: since ever, from now on, or because its mailbox is a former address of ours. Raises
    `JournalError` when it is another company's, unless told to `adopt` it."""
    refuse_left(journal.note(MOVED))
    text = json.dumps(asdict(ours))
    stored = journal.note(OWNER) or journal.note_once(OWNER, text)
    if stored == text:
        return
    theirs = Owner(**json.loads(stored))
    if not adopt and (theirs.mailbox not in own_addresses or theirs.prefix != ours.prefix):
        raise JournalError(
            f"This journal belongs to {theirs.mailbox} ({theirs.prefix}); "
            f"the settings say {ours.mailbox} ({ours.prefix}). Each company needs a journal of its own: another file, "
            "or on PostgreSQL another schema (…?schema=NAME). If the mailbox or the prefix was changed on purpose: "
            "`countersign migrate --adopt`."
        )
    journal.set_note(OWNER, text)
