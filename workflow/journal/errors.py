"""What can go wrong with the journal."""

from __future__ import annotations

from sqlalchemy import exc

NO_USE_NOW = ("08", "53", "57", "25006", "25P03", "55P03")
"""SQLSTATE, or its class: connections, resources, a server that stops, a standby, a transaction that took too long."""


class JournalError(Exception):
    """The journal cannot be used; `permanent` says whether trying again is of no use."""

    def __init__(self, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.permanent = permanent


class NewerSchema(JournalError):
    """The database was written by a newer program."""


class LeaseLost(Exception):
    """What this rested on is held by another daemon by now: nothing was written."""


def first_line(error: BaseException) -> str:
    """What the database itself said, in one line."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def is_unavailable(error: BaseException) -> bool:
    """Whether the database cannot be used now, or not by us: nobody's order is to blame, and the next one would fail
    as well."""
    if isinstance(error, LeaseLost | exc.OperationalError | exc.InterfaceError | exc.TimeoutError):
        return True
    if type(error) is exc.DatabaseError:
        return True
    if not isinstance(error, exc.DBAPIError):
        return False
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or state.startswith(NO_USE_NOW)
