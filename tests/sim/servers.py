"""The mailbox and the outgoing mail of the simulation, as the legs are given them (`Inbox`, `Outgoing`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailer.errors import DeliveryError, InboxError
from mailer.inbox import Fetched
from tests.sim.fate import Fate, Process, injected

OURS = "@example.test"
HARDEST = 24.0
"""Fate is harder on a notice that may go out only once, a contractor's: there are few, and most leave in calm."""


@dataclass
class Message:
    """One letter in the mailbox."""

    uid: int
    raw: bytes
    received: datetime
    message_id: str
    gone: bool = False
    seen: bool = False


@dataclass
class Mailbox:
    """What the server holds; uids are void when it numbers anew."""

    messages: list[Message] = field(default_factory=list)
    uidvalidity: int = 1
    last_uid: int = 0
    down: bool = False

    def deliver(self, raw: bytes, message_id: str, now: datetime) -> None:
        self.last_uid += 1
        self.messages.append(Message(self.last_uid, raw, now, message_id))

    def renumber(self) -> None:
        self.uidvalidity += 1
        for number, message in enumerate(self.messages, 1):
            message.uid = number
        self.last_uid = len(self.messages)


class SimInbox:
    """The adapter as the inbox leg uses it."""

    def __init__(self, mailbox: Mailbox, fate: Fate, process: Process) -> None:
        self.mailbox, self.fate, self.process = mailbox, fate, process
        self.connected = False
        self.next_uid = self._uidvalidity = 0

    def _error(self, words: str, *, permanent: bool = False) -> Callable[[], InboxError]:
        def make() -> InboxError:
            self.connected = False
            return InboxError(words, permanent=permanent)

        return make

    def _asked(self, name: str) -> None:
        if self.mailbox.down:
            raise injected(self._error("The mail server cannot be reached.")())
        broken, slow = self._error("The mail server broke off."), self._error("The mail server was too slow.")
        self.fate.outside(self.process, f"imap {name}", lambda: None, (broken, slow))

    def connect(self) -> None:
        self._asked("login")
        self.connected = True

    def select(self, folder: str) -> int:
        self._asked("select")
        self._uidvalidity, self.next_uid = self.mailbox.uidvalidity, self.mailbox.last_uid + 1
        return self._uidvalidity

    def new_letters(self, after_uid: int, max_size: int, since: datetime | None = None) -> Iterator[Fetched]:
        self._asked("search")
        if self._uidvalidity != self.mailbox.uidvalidity:  # the folder was made anew under an open connection
            raise injected(self._error("The mail server closed the folder.")())
        for message in list(self.mailbox.messages):
            if message.uid <= after_uid or message.gone:
                continue
            self._asked("fetch")
            whole = len(message.raw) <= max_size and (since is None or message.received >= since)
            raw = message.raw if whole else message.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            yield Fetched(message.uid, raw, message.received, len(message.raw), whole)

    def mark(self, uids: Sequence[int]) -> None:
        self._asked("mark")
        for message in self.mailbox.messages:
            message.seen = message.seen or message.uid in uids

    def wait(self, seconds: float, stop: object = None) -> bool:
        return False

    def wake(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        self.connected = False


@dataclass
class Delivery:
    """A notice that the server took."""

    message_id: str
    recipient: str
    raw: bytes
    at: datetime
    process: str
    began: datetime
    """When its sender looked last whether it was still his."""


@dataclass
class Server:
    """The outgoing server: what it took, whom it will never take, whether it can be reached."""

    taken: list[Delivery] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    """Addresses that it refuses for ever."""
    refused: Counter[str] = field(default_factory=Counter)
    doubted: set[str] = field(default_factory=set)
    """Message-IDs of notices whose delivery was once left open."""
    down: bool = False
    quota: bool = False


class SimOutgoing:
    """The adapter as the mail leg uses it."""

    def __init__(self, server: Server, fate: Fate, process: Process, now: Callable[[], datetime]) -> None:
        self.server, self.fate, self.process, self.now = server, fate, process, now

    def send(self, raw: bytes, sender: str, recipient: str, before_data: Callable[[], None] | None = None) -> None:
        fate, process, server = self.fate, self.process, self.server
        if server.down:
            raise injected(DeliveryError("It cannot be reached.", permanent=False, unreachable=True))
        if server.quota:
            raise injected(DeliveryError("451 over quota, try later.", permanent=False))
        fate.outside(process, "smtp mail", lambda: None, (_passing, _unreachable))
        if recipient in server.unknown:
            server.refused[recipient] += 1
            raise injected(DeliveryError("550 unknown user.", permanent=True))
        began = self.now()  # it may sleep right behind its look, and nothing can keep it from sending then
        if before_data is not None:
            before_data()
        head = raw[: raw.index(b"\r\n\r\n")].decode("utf-8", "replace")
        message_id = _header(head, "Message-ID").strip("<> ")

        def doubt() -> Exception:
            server.doubted.add(message_id)
            return DeliveryError("It broke off while it was being sent.", permanent=False, in_doubt=True)

        def take() -> None:
            who = f"{process.name}{process.number}"
            server.taken.append(Delivery(message_id, recipient, raw, self.now(), who, began))

        ours = recipient.endswith(OURS)
        fate.outside(process, "smtp data", take, (_passing, doubt), (doubt,),
                     risk=4.0 if ours else HARDEST, always=not ours)  # fmt: skip

    def close(self) -> None:
        """Nothing is held open."""


def _passing() -> Exception:
    return DeliveryError("450 try later.", permanent=False)


def _unreachable() -> Exception:
    return DeliveryError("The mail server cannot be reached.", permanent=False, unreachable=True)


def _header(head: str, name: str) -> str:
    lines = head.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n")
    return next((line[len(name) + 1 :].strip() for line in lines if line.lower().startswith(f"{name.lower()}:")), "")
