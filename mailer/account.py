"""Where a mail server is and how we log in to it; the same for reading and for sending."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Account:
    """One login at one server; secrets are asked for at each login and never kept.

    With `get_token` the login is XOAUTH2. It is called with False first, and once more with True (a fresh token, not
    one from a cache) when the server refused the first. Without either secret no login is made (a local relay).
    """

    host: str
    port: int
    security: Security
    username: str = ""
    get_password: Callable[[], str] | None = field(default=None, repr=False)
    get_token: Callable[[bool], str] | None = field(default=None, repr=False)
    timeout: float = 30

    @property
    def place(self) -> str:
        """How the server is called in messages."""
        return f"{self.host}:{self.port}"

    def read_password(self) -> str | None:
        """The password as it is now, where one is used at all."""
        return self.get_password() if self.get_password is not None and self.get_token is None else None

    def tls_context(self) -> ssl.SSLContext:
        """Certificates are always checked; SSL_CERT_FILE adds an authority of one's own."""
        return ssl.create_default_context()


def xoauth2(username: str, token: str) -> str:
    """The one line that Google and Microsoft take as proof."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01"


def plain_words(error: BaseException | bytes | str) -> str:
    """What a server or the system said, as one short line without a full stop."""
    if isinstance(error, UnicodeError):  # its own words would show what could not be encoded, maybe a password
        return "user name or password hold letters that this login cannot carry"
    if isinstance(error, BaseException) and any(isinstance(part, bytes) for part in error.args):
        error = " ".join(_decoded(part) for part in error.args)
    return (" ".join(_decoded(error).split())[:300] or type(error).__name__).rstrip(".")


def _decoded(part: object) -> str:
    return part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part)
