"""What can go wrong with the journal."""

from __future__ import annotations


class JournalError(Exception):
    """The journal cannot be used; `permanent` says whether trying again is of no use."""

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.permanent = permanent


class NewerSchema(JournalError):
    """The database was written by a newer program."""
