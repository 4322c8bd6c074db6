"""Status words as people type them into the sheet or a command line."""

from __future__ import annotations

from functools import cache

from workflow.core.model import Status
from workflow.words import words

BY_MAIL = {"paid": Status.PAID, "hold": Status.ON_HOLD, "return": Status.RETURNED, "release": Status.APPROVED}


def status_of(text: str) -> Status | None:
    """A status word in either language and any case, or the word that says the same by mail (PAID, ПРИОСТАНОВИТЬ)."""
    return _status_words().get(_folded(text))


@cache
def _status_words() -> dict[str, Status]:
    found: dict[str, Status] = {}
    for language in ("en", "ru"):
        book = words(language)
        found |= {_folded(book.keyword(action)): status for action, status in BY_MAIL.items()}
        found |= {_folded(book.status(status)): status for status in Status}
    return found


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split()).strip(".!")
