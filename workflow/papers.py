"""What stored letters and filed documents still say of themselves: their files, who sent them, under which id."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath

from documents.place import Place
from workflow.core.model import OrderFile
from workflow.journal import Journal
from workflow.letters import LetterStore


class Papers:
    """Looks letters and files up by their keys; what is gone is None."""

    def __init__(self, journal: Journal, store: LetterStore, materials: Place) -> None:
        self._journal, self._store, self._materials = journal, store, materials
        self._facts = lru_cache(maxsize=2048)(self._read_facts)  # they never change, and each notice wants them often

    def letter_file(self, key: str, sha256: str) -> bytes | None:
        """One file of a stored letter; None when its bytes are gone."""
        row = self._journal.letter(key)
        if row is None or row.path is None:
            return None
        try:
            return self._store.file(key, row.path, sha256)
        except FileNotFoundError:
            return None

    def order_file(self, order: OrderFile) -> bytes | None:
        """The bytes of a payment order, from its letter or from the materials."""
        if order.letter:
            return self.letter_file(order.letter, order.sha256)
        return self._materials.read(PurePosixPath(order.path), order.sha256) if order.path else None

    def message_id(self, key: str) -> str | None:
        return self._facts(key)[0]

    def sender(self, key: str) -> str | None:
        return self._facts(key)[1]

    def _read_facts(self, key: str) -> tuple[str | None, str | None]:
        row = self._journal.letter(key)
        return (row.message_id or None, row.sender) if row is not None else (None, None)
