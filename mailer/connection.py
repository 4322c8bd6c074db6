"""Opens and logs in an IMAP connection, and says in one sentence what went wrong with it."""

import imaplib
import socket
from collections.abc import Callable

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import UnexpectedCommandStatusError

from mailer.account import Account, plain_words, xoauth2
from mailer.errors import InboxError

# a server that says one of these will take the same password later
PASSING = ("[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[LIMIT]", "[CONTACTADMIN]", "TEMPORAR", "TRY AGAIN", "TOO MANY")


def open_mailbox(account: Account) -> BaseMailBox:
    """A connection that is encrypted as the account wants it, not yet logged in."""
    match account.security:
        case "tls":
            return MailBox(account.host, account.port, account.timeout, ssl_context=account.tls_context())
        case "starttls":
            return MailBoxStartTls(account.host, account.port, account.timeout, ssl_context=account.tls_context())
        case "none":
            return MailBoxUnencrypted(account.host, account.port, account.timeout)


def keep_alive(sock: socket.socket) -> None:
    """A server that is gone without a word is noticed in minutes, not at the end of the wait."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def log_in(box: BaseMailBox, account: Account, password: str | None) -> None:
    """By token or password, whichever the account has; without either the server greets us as known."""
    if account.get_token is not None:
        _log_in_by_token(box.client, account.username, account.get_token)
    elif password is not None:
        plain = (account.username + password).isascii()
        (box.login if plain else box.login_utf8)(account.username, password, initial_folder=None)


def _log_in_by_token(client: imaplib.IMAP4, username: str, get_token: Callable[[bool], str]) -> None:
    for fresh in (False, True):
        answers = iter([xoauth2(username, get_token(fresh)).encode()])
        try:
            # a refusal comes as a second challenge, which is answered by an empty line before the real reason comes
            client.authenticate("XOAUTH2", lambda challenge, answers=answers: next(answers, b""))  # type: ignore[misc]
            return
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            if fresh:
                raise


def inbox_error(account: Account, trouble: str, error: Exception, advice: str) -> InboxError:
    """The error to raise; with advice, a plain "no" of the server is for people to mend, and permanent."""
    said = _answer(error)
    broken = isinstance(error, (OSError, EOFError, imaplib.IMAP4.abort))
    passing = any(word in said.upper() for word in PASSING)
    permanent = bool(advice) and not broken and not passing
    text = f"The mail server {account.place} {trouble}: {said}."
    return InboxError(f"{text} {advice}" if permanent else text, permanent=permanent)


def _answer(error: Exception) -> str:
    """What the server said, or else what the system says of the connection."""
    if isinstance(error, UnexpectedCommandStatusError):
        words = error.command_result[1]
        return plain_words(Exception(*words) if isinstance(words, list) else str(words))
    return plain_words(error)
