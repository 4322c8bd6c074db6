"""Real mail for stories: letters go in by SMTP, lie in Maildirs, and are read from a Dovecot."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from helpers.dovecot import DovecotServer
from helpers.smtp import Received, ScriptedSMTP


class RealMail:
    """A Dovecot and an SMTP server that delivers to it, plus addresses included; `smtp` can be told to misbehave."""

    def __init__(self, folder: Path, users: Mapping[str, str]) -> None:
        self.imap = DovecotServer(folder / "dovecot", users)
        self.smtp = ScriptedSMTP(deliver=self._deliver)
        self.lost: set[str] = set()
        """Whose letters are taken by the server and never arrive."""

    def __enter__(self) -> "RealMail":
        self.imap.start()
        self.smtp.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.smtp.__exit__()
        self.imap.stop()

    @property
    def imap_port(self) -> int:
        return self.imap.port

    @property
    def smtp_port(self) -> int:
        return self.smtp.port

    @property
    def received(self) -> list[Received]:
        """Every letter that was sent, whoever it was for."""
        return self.smtp.received

    def _deliver(self, recipient: str, raw: bytes) -> bool:
        if recipient in self.lost:
            return True
        local, _, domain = recipient.lower().rpartition("@")
        user = f"{local.split('+', 1)[0]}@{domain}"
        if user not in self.imap.users:
            return False
        self.imap.append(user, raw)
        return True
