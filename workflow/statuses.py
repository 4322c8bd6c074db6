"""Status words as people type them into the sheet or a command line."""

from __future__ import annotations

from functools import cache

from workflow.core.model import Status
from workflow.words import words

VARIANTS: dict[Status, tuple[str, ...]] = {
    Status.PAID: ("оплачена", "оплачены", "оплатил", "оплатила", "оплатили"),
    Status.ON_HOLD: ("приостановлена", "приостановлено", "приостановили", "on-hold"),
    Status.RETURNED: ("на доработку", "возвращен", "возвращена", "возвращено", "вернули", "returned"),
    Status.APPROVED: ("согласован", "согласована", "согласовано", "approved", "к оплате"),
}
"""What people type for what they may set. Whatever says more, or less surely, is asked about."""
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
    return {_folded(word): status for status, variants in VARIANTS.items() for word in variants} | found


def _folded(text: str) -> str:
    """Without letter case, quotes, a tick or a full stop; a question mark or a cross says something else and stays."""
    plain = text.casefold().replace("ё", "е").translate(dict.fromkeys(map(ord, "✓✔☑✅👍\ufe0f"), " "))
    return " ".join(plain.split()).strip(".!;,«»“”„\"' ")
