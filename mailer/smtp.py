"""Hands notices to the mail server, one connection for many of them, and says what a refusal means.

Up to the moment when the letter itself is sent, everything may be tried again. After that a broken connection leaves it
open whether the server took the letter: such an error says `in_doubt`, and the caller decides which is worse, twice or
not at all. `before_data` is called between the two, when the server has accepted the recipient.
"""

import base64
import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType

from mailer.account import Account, plain_words, xoauth2
from mailer.domain import ascii_address
from mailer.errors import DeliveryError

FINAL_PATIENCE = 4  # times the account's timeout: servers look at a letter's content before they answer
# refusals of us and not of the recipient or the letter: mended in the settings or by time, not by giving the notice up
OUR_FAULT = {530, 534, 535, 538}
OUR_FAULT_WORDS = ("relay", "authentication required", "not logged in", "sending quota", "sending limit", "rate limit")


@dataclass(frozen=True, slots=True)
class OutgoingFacts:
    """What `countersign check` tells about the outgoing server."""

    extensions: tuple[str, ...]
    logged_in: bool


class Outgoing:
    """The outgoing mail of one account; belongs to one thread. Every failure is a DeliveryError."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "Outgoing":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def send(self, raw: bytes, sender: str, recipient: str, before_data: Callable[[], None] | None = None) -> None:
        """Returns when the server has taken the letter; a connection gone stale since the last one is renewed first."""
        envelope = ascii_address(sender), ascii_address(recipient)
        stale = self._smtp is not None
        try:
            smtp = self._addressed(raw, *envelope)
        except DeliveryError as error:
            if not stale or self._smtp is not None or error.permanent:
                raise
            smtp = self._addressed(raw, *envelope)
        if before_data is not None:
            try:
                before_data()
            except BaseException:
                self._leave(smtp)
                raise
        self._deliver(smtp, raw, envelope[1])

    def probe(self) -> OutgoingFacts:
        """Connects and logs in as for a letter, and sends none."""
        self.close()
        smtp = self._connected()
        with self._speaking("broke off"):
            smtp.noop()
        return OutgoingFacts(tuple(sorted(smtp.esmtp_features)), self._has_login and _offers_login(smtp))

    def close(self) -> None:
        """Says goodbye; what the server makes of that does not matter."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException, ValueError):
                if smtp.sock is not None:
                    smtp.sock.settimeout(2)
                smtp.quit()
            smtp.close()

    @property
    def _has_login(self) -> bool:
        return self.account.get_password is not None or self.account.get_token is not None

    def _addressed(self, raw: bytes, sender: str, recipient: str) -> smtplib.SMTP:
        """A connection on which the server has agreed to take a letter for this recipient."""
        smtp = self._connected()
        with self._speaking("broke off"):
            code, words = smtp.mail(sender, [f"SIZE={len(raw)}"] if smtp.has_extn("size") else [])
            if code != 250:
                self._leave(smtp)
                raise self._refusal(f"the sender {sender}", code, words, permanent=code == 552)
            code, words = smtp.rcpt(recipient)
            if code not in (250, 251, 252):
                self._leave(smtp)
                raise self._refusal(f"the recipient {recipient}", code, words, permanent=_is_final(code, words))
        return smtp

    def _deliver(self, smtp: smtplib.SMTP, raw: bytes, recipient: str) -> None:
        with self._speaking("broke off"):
            code, words = smtp.docmd("DATA")
        if code == 354:
            code, words = self._hand_over(smtp, raw, recipient)
        if code != 250:
            self._leave(smtp)
            raise self._refusal(f"the letter to {recipient}", code, words, permanent=_is_final(code, words))

    def _hand_over(self, smtp: smtplib.SMTP, raw: bytes, recipient: str) -> tuple[int, bytes]:
        """The letter itself, and the answer that decides."""
        try:
            smtp.send(_with_end(raw))
            _be_patient(smtp, self.account.timeout * FINAL_PATIENCE)
            answer = smtp.getreply()
            _be_patient(smtp, self.account.timeout)
            return answer
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise DeliveryError(
                f"The connection to the mail server {self.account.place} broke off while the letter to {recipient} was"
                f" being sent ({plain_words(error)}); it is not known whether the server took it.",
                permanent=False, in_doubt=True,
            ) from error  # fmt: skip

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            with self._speaking("was not asked, because the password cannot be read"):
                password = self.account.read_password()
            with self._speaking("cannot be reached"):
                smtp = _open(self.account)
            with self._speaking("broke off at the login"), closed_on_error(smtp):
                self._log_in(smtp, password)
            self._smtp = smtp
        return self._smtp

    def _log_in(self, smtp: smtplib.SMTP, password: str | None) -> None:
        account = self.account
        if not _offers_login(smtp):
            # A relay that knows us by our address. Should it want a login after all, it refuses the letter and says so.
            if account.get_token is not None:
                raise DeliveryError(
                    f"The mail server {account.place} offers no login. Check the port and whether security is"
                    " starttls or tls.", permanent=False, unreachable=True,
                )  # fmt: skip
            return
        if account.get_token is not None:
            _log_in_by_token(smtp, account.username, account.get_token)
        elif password is not None:
            _log_in_by_password(smtp, account.username, password)

    def _refusal(self, what: str, code: int, words: bytes, *, permanent: bool) -> DeliveryError:
        answer = f"{code} {plain_words(words)}"
        return DeliveryError(f"The mail server {self.account.place} refused {what}: {answer}.", permanent=permanent)

    def _leave(self, smtp: smtplib.SMTP) -> None:
        """Makes the connection ready for the next letter, or gives it up."""
        try:
            if smtp.rset()[0] == 250:
                return
        except (OSError, smtplib.SMTPException):
            pass  # it is given up below
        self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    @contextmanager
    def _speaking(self, trouble: str) -> Iterator[None]:
        """Turns whatever can happen on the line into a DeliveryError, and closes the line."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            self._drop()
            raise DeliveryError(
                f"The mail server {self.account.place} refused the login: {error.smtp_code}"
                f" {plain_words(error.smtp_error)}. Check the user name and the password for outgoing mail.",
                permanent=False, unreachable=True,
            ) from error  # fmt: skip
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._drop()
            said = plain_words(error)
            text = f"The mail server {self.account.place} {trouble}: {said}."
            raise DeliveryError(text, permanent=False, unreachable=True) from error


def _open(account: Account) -> smtplib.SMTP:
    host, port, name = account.host, account.port, _our_name()
    if account.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=account.timeout, context=account.tls_context())
    else:
        smtp = smtplib.SMTP(host, port, name, account.timeout)
    with closed_on_error(smtp):
        if account.security == "starttls":
            smtp.starttls(context=account.tls_context())
        smtp.ehlo_or_helo_if_needed()
    return smtp


@contextmanager
def closed_on_error(smtp: smtplib.SMTP) -> Iterator[None]:
    """A connection that could not be made ready is not left open."""
    try:
        yield
    except BaseException:
        smtp.close()
        raise


def _our_name() -> str:
    """What we call ourselves; without the look-up that smtplib makes, which can hang where the network is down."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _offers_login(smtp: smtplib.SMTP) -> bool:
    return bool(smtp.esmtp_features.get("auth", "").strip())


def _log_in_by_password(smtp: smtplib.SMTP, username: str, password: str) -> None:
    if (username + password).isascii() or "PLAIN" not in smtp.esmtp_features.get("auth", "").upper().split():
        smtp.login(username, password)
        return
    secret = base64.b64encode(f"\0{username}\0{password}".encode()).decode("ascii")  # RFC 4616: in UTF-8
    code, words = smtp.docmd("AUTH", f"PLAIN {secret}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, words)


def _log_in_by_token(smtp: smtplib.SMTP, username: str, get_token: Callable[[bool], str]) -> None:
    for fresh in (False, True):
        first = xoauth2(username, get_token(fresh))
        try:
            # the reason of a refusal comes as a challenge; only after an empty answer follows the refusal itself
            smtp.auth("XOAUTH2", lambda challenge=None, first=first: first if challenge is None else "")
            return
        except smtplib.SMTPAuthenticationError:
            if fresh:
                raise


def _with_end(raw: bytes) -> bytes:
    """The letter as it is sent: lines that begin with a full stop get a second one, and one full stop ends it all."""
    stuffed = (b"\n" + raw).replace(b"\n.", b"\n..")[1:]  # a pattern takes twenty times as long
    return stuffed + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")


def _is_final(code: int, words: bytes) -> bool:
    said = words.decode("utf-8", "replace").lower()
    return code // 100 == 5 and code not in OUR_FAULT and not any(word in said for word in OUR_FAULT_WORDS)


def _be_patient(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
