"""A real SMTP server that can be told to refuse, to hesitate or to hang up at a given point."""

import asyncio
import base64
import logging
import threading
import warnings
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from helpers.dovecot import free_port

Point = Literal["mail", "rcpt", "before_data", "data", "after_data"]
CUT = "cut"  # as an answer: the connection is closed in its place

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of itself at every login


@dataclass(frozen=True, slots=True)
class Received:
    """One letter that the server has taken."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


class ScriptedSMTP:
    """Takes every letter into `received`, unless `answer` put another answer (or CUT) in store for that point.

    With `users` a login is needed: passwords by name, or a token accepted by XOAUTH2 when it stands in `tokens`.
    With `deliver` each letter is also put into a mailbox (recipient, bytes); it says whether there is one.
    "after_data" takes the letter and then hangs up without saying so.
    """

    def __init__(
        self,
        users: dict[str, str] | None = None,
        tokens: set[str] | None = None,
        deliver: Callable[[str, bytes], bool] | None = None,
    ) -> None:
        self.port = free_port()
        self._deliver = deliver
        self.received: list[Received] = []
        self.connections = 0
        self._users, self._tokens = users or {}, set() if tokens is None else tokens
        self._asks_login = users is not None or tokens is not None
        self._answers: dict[Point, deque[str]] = {}
        self._lock = threading.Lock()
        self._transports: set[Any] = set()
        self._controller = self._new_controller()

    def __enter__(self) -> "ScriptedSMTP":
        self._controller.start()
        self.connections = 0  # the controller has knocked once itself
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def answer(self, point: Point, *answers: str) -> None:
        """The next answers at that point, one for each letter; afterwards it is as before."""
        with self._lock:
            self._answers.setdefault(point, deque()).extend(answers)

    def hang_up(self) -> None:
        """Closes every open connection, as a server does with those that were quiet for long."""
        loop = self._controller.loop
        done = threading.Event()

        def close() -> None:
            for transport in list(self._transports):
                transport.close()
            loop.call_soon(done.set)

        loop.call_soon_threadsafe(close)
        done.wait(5)

    # aiosmtpd's hooks

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._next("mail", server)
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._next("rcpt", server)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._next("data", server)
        if answer:
            return answer
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        letter = Received(envelope.mail_from or "", tuple(map(str, envelope.rcpt_tos)), content)
        self.received.append(letter)
        for recipient in letter.recipients if self._deliver else ():
            traced = f"Return-Path: <{letter.sender}>\r\nDelivered-To: {recipient}\r\n".encode() + content
            assert self._deliver is not None
            if not self._deliver(recipient, traced):
                return f"554 5.1.1 no mailbox for {recipient}"
        return self._next("after_data", server) or "250 OK"

    def check_login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        good = isinstance(login, LoginPassword) and self._users.get(login.login.decode()) == login.password.decode()
        return AuthResult(success=good, handled=False)

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:
        said = base64.b64decode(arguments[1]).decode() if len(arguments) > 1 else ""
        if any(f"auth=Bearer {token}\x01" in said for token in self._tokens):
            return AuthResult(success=True, auth_data=said)
        await server.challenge_auth('{"status":"400","schemes":"Bearer"}')
        return AuthResult(success=False, handled=False, message="535 5.7.3 Authentication unsuccessful")

    def _next(self, point: Point, server: SMTP) -> str | None:
        with self._lock:
            answers = self._answers.get(point)
            answer = answers.popleft() if answers else None
        if answer == CUT:
            cast(asyncio.Transport, server.transport).abort()
            return "421 closing"
        return answer

    def _new_controller(self) -> Controller:
        outer = self

        class Server(SMTP):
            def connection_made(self, transport: Any) -> None:
                outer.connections += 1
                outer._transports.add(transport)
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                outer._transports.discard(self.transport)
                super().connection_lost(error)

            async def smtp_DATA(self, arg: str) -> None:
                answer = outer._next("before_data", self)
                if answer:
                    await self.push(answer)
                    return
                await super().smtp_DATA(arg)

        class Doors(Controller):
            def factory(self) -> SMTP:
                needs_login = outer._asks_login
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of logins without TLS, which never leave this machine
                    return Server(
                        self.handler,
                        hostname="mail.example.test",
                        auth_required=needs_login,
                        auth_require_tls=False,
                        authenticator=outer.check_login if needs_login else None,
                        auth_exclude_mechanism=[] if needs_login else ["LOGIN", "PLAIN", "XOAUTH2"],
                    )

        return Doors(self, hostname="127.0.0.1", port=self.port)
