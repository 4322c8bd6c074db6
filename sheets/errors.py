"""What can go wrong with a registry in the outside world; none of it is for ever, people can mend each."""

from datetime import datetime


class RegistryError(Exception):
    """The registry cannot be used now; `permanent` says that trying again cannot help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class RegistryLocked(RegistryError):
    """Somebody has the registry open, so it must not be written."""

    def __init__(self, owner: str, since: datetime | None, program: str = "") -> None:
        who = owner or "somebody"
        at = f" since {since:%d.%m.%Y %H:%M}" if since else ""
        super().__init__(f"The registry is open: {who}{f' in {program}' if program else ''}{at}.")
        self.owner = owner
        self.since = since
        self.program = program


class RegistryChanged(RegistryError):
    """The registry is not as it was read; read it again before writing."""


class RegistryMissing(RegistryError):
    """The registry is not where it should be."""


class RegistryBroken(RegistryError):
    """The registry is there, but its content cannot be used: unreadable, no worksheet, no header."""
