"""Reads the mailbox: new letters after a cursor, a wait for more, a courtesy mark; never changes anything else.

What imap-tools gives is the connection and the login. Searching, fetching and marking go to the server by UID here:
its own fetch pairs response lines two by two and is put off its step by a line nobody asked for, and its own flagging
expunges whatever people had only marked as deleted. One `Inbox` belongs to one thread; only `wake` may be called by
others.
"""

import imaplib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from imap_tools import BaseMailBox, ImapToolsError
from imap_tools.errors import UnexpectedCommandStatusError

from mailer.account import Account
from mailer.connection import inbox_error, keep_alive, log_in, open_mailbox
from mailer.errors import InboxError
from mailer.idle import Bell, Idle, announced
from mailer.response import Line, fetch_lines, sequence_set

LONGEST_IDLE = 9 * 60  # servers and address translators forget quiet connections, some after ten minutes
BATCH_BYTES = 8 * 1024 * 1024
BATCH_LETTERS = 200
LONGEST_HEADER = 1024 * 1024
# Python 3.14 reads sockets in another way: there we look again and again in place of waiting for the server's word.
IDLE_IS_SAFE = sys.version_info < (3, 14)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server holds it; of one that is too big, or that cannot be had, only the header."""

    uid: int
    raw: bytes
    received: datetime
    size: int
    whole: bool


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """What `countersign check` tells about a mailbox."""

    capabilities: tuple[str, ...]
    uidvalidity: int
    count: int
    idle: bool


class Inbox:
    """One folder of one mailbox; every trouble with the server is an InboxError, and the connection is then closed."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._box: BaseMailBox | None = None
        self._bell = Bell()
        self.next_uid = 0
        """The uid that the next letter of the opened folder will get, 0 when the server does not say."""

    def __enter__(self) -> "Inbox":
        self.connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        return self._box is not None

    def connect(self) -> None:
        """Opens the connection and logs in, in place of any connection before."""
        self.close()
        with self._speaking("was not asked, because the password cannot be read"):
            password = self.account.read_password()
        with self._speaking("cannot be reached"):
            self._box = open_mailbox(self.account)
        with self._speaking("did not take the login", "Check the user name and the password of the mailbox."):
            log_in(self._box, self.account, password)
            self._client._get_capabilities()  # after the login there are more than before
            keep_alive(self._client.sock)

    def close(self) -> None:
        """Says goodbye where that is still possible."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                box.client.sock.settimeout(2)
                box.client.logout()
            with suppress(OSError, ValueError):
                box.client.shutdown()

    def select(self, folder: str = "INBOX") -> int:
        """Opens a folder; gives its UIDVALIDITY (0 when the server has none): all uids are void when that changes."""
        with self._speaking(f"does not open the folder {folder!r}", "Check the folder's name in the settings."):
            self._mailbox.folder.set(folder)
            self._client.response("EXISTS")  # how many there are is no news
            self.next_uid = self._told("UIDNEXT")
            return self._told("UIDVALIDITY")

    def _told(self, what: str) -> int:
        value = self._client.response(what)[1][0]
        return int(value) if value and value.isdigit() else 0

    def new_letters(
        self, after_uid: int, max_size: int, batch_bytes: int = BATCH_BYTES, since: datetime | None = None
    ) -> Iterator[Fetched]:
        """The letters with a higher uid, in the order of their uids; what was yielded stays good when the rest fails.

        Nothing is marked as read. One that vanishes meanwhile is left out. Of those that the server took before `since`
        only the header is fetched.
        """
        with self._speaking("broke off while letters were looked for"):
            uids = self._search(after_uid)
            facts = self._facts(uids)

        def whole(line: Line) -> bool:
            return line.size <= max_size and (since is None or line.received is None or line.received >= since)

        for batch in _batches([(uid, facts.get(uid, Line())) for uid in uids], whole, batch_bytes):
            with self._speaking("broke off while letters were fetched"):
                letters = self._fetch(batch, whole=whole(batch[0][1]))
            yield from letters

    def wait(self, timeout: float, stop: Callable[[], bool] = lambda: False) -> bool:
        """Waits for mail; True when the server announced some. `wake` ends the wait at once, `stop` is asked between.

        Only a hint: what is really there is told by the next `new_letters`.
        """
        until = time.monotonic() + timeout
        while not stop() and (left := until - time.monotonic()) > 0:
            with self._speaking("broke off while we waited for mail"):
                if announced(self._client):  # told between two commands
                    return True
                if self.can_idle:
                    news, woken = Idle(self._mailbox.client, self._bell).wait(min(left, LONGEST_IDLE))
                else:
                    news, woken = False, self._bell.wait(min(left, LONGEST_IDLE))
                if not news:
                    _good(self._client.noop())
                    news = announced(self._client)
            if news or woken:
                return news
        return False

    def wake(self) -> None:
        """Ends a wait now, or the next one if none is going on; for other threads and signal handlers."""
        self._bell.ring()

    def mark(self, uids: Sequence[int], flag: str = r"\Seen") -> None:
        """Adds a flag. A courtesy to people who look into the mailbox; we never read it back."""
        with self._speaking("refused to mark letters"):
            for part in _parts(sorted(uids), BATCH_LETTERS):
                _good(self._client.uid("STORE", sequence_set(part), "+FLAGS.SILENT", f"({flag})"))

    def probe(self, folder: str = "INBOX") -> MailboxFacts:
        """Connects if need be, opens the folder and tells what is found there."""
        if not self.connected:
            self.connect()
        uidvalidity = self.select(folder)
        with self._speaking("broke off while the folder was looked at"):
            count = len(self._search(0))
            return MailboxFacts(tuple(sorted(self._client.capabilities)), uidvalidity, count, self.can_idle)

    @property
    def can_idle(self) -> bool:
        return IDLE_IS_SAFE and "IDLE" in self._client.capabilities

    @property
    def _mailbox(self) -> BaseMailBox:
        if self._box is None:
            raise InboxError(f"The mailbox on {self.account.place} is not connected.", permanent=False)
        return self._box

    @property
    def _client(self) -> Any:  # imaplib's inner workings have no types
        return self._mailbox.client

    def _search(self, after_uid: int) -> list[int]:
        _good(self._client.noop())  # some servers find only what they have had an occasion to tell of
        self._client.response("EXISTS")
        terms = [f"UID {after_uid + 1}:*"] if after_uid else ["ALL"]
        # `n:*` always names the last letter, even when its uid is below n
        return sorted(uid for uid in self._uids(*terms) if uid > after_uid)

    def _uids(self, *terms: str) -> set[int]:
        words = b" ".join(part for part in _good(self._client.uid("SEARCH", *terms)) if isinstance(part, bytes))
        return {int(word) for word in words.split() if word.isdigit()}

    def _facts(self, uids: Sequence[int]) -> dict[int | None, Line]:
        """Size and date of each, as far as the server knows them."""
        what = "(UID RFC822.SIZE INTERNALDATE)"
        try:
            lines = list(self._ask(uids, what))
        except UnexpectedCommandStatusError:  # one that is broken must not hide the others
            lines = []
            for uid in uids:
                with suppress(UnexpectedCommandStatusError):
                    lines += self._ask([uid], what)
        return {line.uid: line for line in lines if line.received is not None}

    def _ask(self, uids: Sequence[int], what: str) -> Iterator[Line]:
        for part in _parts(uids, 1000):
            yield from fetch_lines(_good(self._client.uid("FETCH", sequence_set(part), what)))

    def _fetch(self, batch: Sequence[tuple[int, Line]], *, whole: bool) -> list[Fetched]:
        what = "(UID BODY.PEEK[])" if whole else f"(UID BODY.PEEK[HEADER]<0.{LONGEST_HEADER}>)"
        try:
            lines = list(self._ask([uid for uid, _ in batch], what))
        except UnexpectedCommandStatusError:  # not all of these at once: so that a broken one does not hide the others
            if len(batch) > 1:
                return [letter for one in batch for letter in self._fetch([one], whole=whole)]
            lines = []
        bodies = {line.uid: line.body for line in lines if line.body is not None}
        found: list[Fetched] = []
        for uid, facts in batch:
            body = bodies.get(uid)
            found += self._without_body(uid, facts, whole) if body is None else [_fetched(uid, facts, body, whole)]
        return found

    def _without_body(self, uid: int, facts: Line, whole: bool) -> list[Fetched]:
        """A letter that did not come is gone; or the server cannot give it, then its header, or its bare number."""
        if uid not in self._uids(f"UID {uid}"):
            return []
        return self._fetch([(uid, facts)], whole=False) if whole else [_fetched(uid, facts, b"", False)]

    @contextmanager
    def _speaking(self, trouble: str, advice: str = "") -> Iterator[None]:
        """Turns whatever can happen on the line into an InboxError, and closes the line."""
        try:
            yield
        except (OSError, EOFError, ValueError, imaplib.IMAP4.error, ImapToolsError) as error:
            self._drop()
            raise inbox_error(self.account, trouble, error, advice) from error

    def _drop(self) -> None:
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError, ValueError):
                box.client.shutdown()


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    if answer[0] != "OK":
        raise UnexpectedCommandStatusError(answer, "OK")
    return answer[1]


def _parts(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))


def _batches(
    facts: Sequence[tuple[int, Line]], whole: Callable[[Line], bool], limit: int
) -> Iterator[list[tuple[int, Line]]]:
    """Neighbours that are fetched together: all to be had whole, or all by their header; bounded in bytes."""
    batch: list[tuple[int, Line]] = []
    size = 0
    for uid, line in facts:
        other_kind = bool(batch) and whole(batch[0][1]) != whole(line)
        if batch and (other_kind or size + line.size > limit or len(batch) == BATCH_LETTERS):
            yield batch
            batch, size = [], 0
        batch.append((uid, line))
        size += line.size if whole(line) else 0
    if batch:
        yield batch


def _fetched(uid: int, facts: Line, raw: bytes, whole: bool) -> Fetched:
    # without a date it counts as new: a letter read twice does no harm, one taken for an old one is never answered
    return Fetched(uid, raw, facts.received or datetime.now(UTC), facts.size or len(raw), whole)
