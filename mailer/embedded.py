"""A whole mail server in this process, for the demonstration and for tests: SMTP in, one Maildir per person, IMAP out.

aiosmtpd takes the letters and pymap shows them, both on one event loop in a thread of its own. Needs the extra `demo`.
Not for real mail: it listens on this machine only and believes everybody's sender address.
"""

import asyncio
import logging
import re
import socket
import threading
import warnings
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.maildir import Identity, Login
from pymap.frozen import frozendict
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ExtensionOptions
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash

from mailer.embedded_imap import Doorkeeper, WatchfulConfig

HOST = "127.0.0.1"
LARGEST = 64 * 1024 * 1024
STOP_WITHIN = 2.0
logging.getLogger("mail.log").addFilter(lambda record: "login_data" not in record.getMessage())  # aiosmtpd on itself
UNSAFE = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One letter that was put into somebody's mailbox; `path` is its copy to look at."""

    number: int
    sender: str
    recipient: str
    raw: bytes
    path: Path


class MailServer:
    """Start it and it serves the given people (address: password) until stopped; a folder used before goes on."""

    def __init__(
        self,
        folder: Path,
        users: Mapping[str, str],
        on_delivery: Callable[[Delivered], None] | None = None,
        smtp_port: int = 0,
        imap_port: int = 0,
    ) -> None:
        self.folder, self.users = folder, {address.lower(): password for address, password in users.items()}
        self.smtp_port, self.imap_port = smtp_port, imap_port
        self._on_delivery = on_delivery
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "MailServer":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> "MailServer":
        """Returns when both ports answer; a port given as 0 is then known."""
        (self.folder / "mail").mkdir(parents=True, exist_ok=True)
        self._number = max((int(p.name.split("-")[0]) for p in (self.folder / "mail").glob("[0-9]*-*.eml")), default=0)
        self._ready.clear()
        self._thread = threading.Thread(target=self._run, name="mail server", daemon=True)
        self._thread.start()
        self._ready.wait(20)
        if self._failure is not None:
            raise RuntimeError("The embedded mail server did not start.") from self._failure
        return self

    def stop(self) -> None:
        """Cuts every connection and ends; the mail stays in the folder."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            self._loop.call_soon_threadsafe(self._enough.set)
            thread.join(STOP_WITHIN)

    def deliver(self, recipient: str, raw: bytes, sender: str = "") -> None:
        """Puts a letter into a mailbox past SMTP."""
        asyncio.run_coroutine_threadsafe(self._deliver(sender, recipient, raw), self._loop).result(10)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # handed to the thread that waits in start()
            self._failure = error
            self._ready.set()
            if not isinstance(error, Exception):
                raise

    async def _serve(self) -> None:
        self._loop, self._enough = asyncio.get_running_loop(), asyncio.Event()
        self._imap = await self._imap_server()
        reader = ProxyProtocolReader(self._login.config.proxy_protocol)
        with _listener(self.imap_port) as imap_door, _listener(self.smtp_port) as smtp_door:
            self.imap_port, self.smtp_port = imap_door.getsockname()[1], smtp_door.getsockname()[1]
            imap = await asyncio.start_server(reader.get_callback(self._imap), sock=imap_door)
            smtp = await self._loop.create_server(self._smtp_session, sock=smtp_door)
            self._ready.set()
            await self._enough.wait()
            imap.close()
            smtp.close()
            # From Python 3.12 on a server is closed only when its last client is gone: so they are sent away first.
            for writer in list(self._imap.open):
                writer.transport.abort()

    async def _imap_server(self) -> Doorkeeper:
        base = self.folder / "maildir"
        base.mkdir(exist_ok=True)
        arguments = Namespace(
            host=HOST, port="0", debug=False, cert=None, key=None, tls=False, base_dir=str(base), layout="++",
            colon=None, concurrency=1, passlib_cfg=None, proxy_protocol=None, inherited_sockets=None,
        )  # fmt: skip
        # pymap makes each login slow on purpose, which is right for the passwords of real people
        config = WatchfulConfig.from_args(arguments, hash_context=BuiltinHash(rounds=1000))
        config.apply_context()
        self._login = Login(config)
        for address, password in self.users.items():
            hashed = await self._login._passwords.hash_password(password)
            person = UserMetadata(config, address, password=hashed, params=frozendict({"mailbox_path": address}))
            await self._identity(address).set(person)
        return Doorkeeper(self._login, config)

    async def _deliver(self, sender: str, recipient: str, raw: bytes) -> None:
        address = self._owner(recipient)
        if address is None:
            raise KeyError(recipient)
        traced = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode("utf-8", "replace") + raw
        async with self._identity(address).new_session() as session:
            letter = AppendMessage(traced, datetime.now(UTC), frozenset(), ExtensionOptions.empty())
            await session.append_messages("INBOX", [letter])
        self._number += 1
        path = self.folder / "mail" / f"{self._number:03}-{_file_name(address, raw)}.eml"
        path.write_bytes(traced)
        if self._on_delivery is not None:
            self._on_delivery(Delivered(self._number, sender, recipient, traced, path))

    def _identity(self, address: str) -> Identity:
        return Identity(self._login.config, self._login.tokens, address, None, frozenset({"admin"}))

    def _owner(self, recipient: str) -> str | None:
        """The mailbox of an address, with or without a plus part."""
        local, _, domain = recipient.lower().rpartition("@")
        address = f"{local.split('+', 1)[0]}@{domain}"
        return address if address in self.users else None

    def _smtp_session(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of logins without TLS, which never leave this machine
            return SMTP(
                self, hostname="mail.demo", data_size_limit=LARGEST, auth_require_tls=False,
                authenticator=self._check, loop=self._loop,
            )  # fmt: skip

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        known = isinstance(login, LoginPassword) and self.users.get(login.login.decode("utf-8", "replace").lower())
        return AuthResult(success=bool(known) and known == login.password.decode("utf-8", "replace"), handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._owner(address) is None:
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        for recipient in envelope.rcpt_tos:
            await self._deliver(envelope.mail_from or "", str(recipient), content)
        return "250 2.0.0 Delivered"


def _listener(port: int) -> socket.socket:
    return socket.create_server((HOST, port))


def _file_name(recipient: str, raw: bytes) -> str:
    subject = str(message_from_bytes(raw, policy=policy.default)["Subject"] or "no subject")
    return f"{recipient.split('@')[0]}-{UNSAFE.sub('_', subject).strip('_')[:60]}"
