"""The inbox leg: every letter is stored, understood and answered or recorded, each on its own.

The server's flags and the cursor are a courtesy; whether a letter was read before is told by its key in the journal.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from mailer.automatic import Automatic, classify
from mailer.bounce import Bounce, read_bounce
from mailer.dkim import WAITING, NotProvenYet
from mailer.errors import InboxError
from mailer.inbox import Fetched, Inbox
from mailer.letter import Letter, LetterError, authors_of, header_key, letter_key, read_header
from mailer.mime import Header
from workflow.core.commands import NoteBounce
from workflow.core.deeds import Deed, Lane
from workflow.core.events import Bounced
from workflow.core.model import AskKind, Status
from workflow.health.probe import note_arrival
from workflow.intake.plan import Plan
from workflow.intake.reader import Reader
from workflow.intake.several import Several, restore
from workflow.journal import Cause, Journal, LetterEntry, Result
from workflow.legs.ahead import Ahead, prepared
from workflow.legs.base import alarms, is_out_of_order
from workflow.letters import LetterStore
from workflow.service import Service

PROOF_WAITS = timedelta(hours=1)
"""For so long the name servers may fail to say who signed a letter; after that it counts as not proven."""
log = logging.getLogger("countersign.inbox")


@dataclass(frozen=True, slots=True)
class Received:
    """A letter that lies on disk; `read` gives it taken apart."""

    fetched: Fetched
    header: Header
    entry: LetterEntry
    read: Callable[[], Letter]


@dataclass(slots=True)
class InboxLeg:
    """Reads one folder of one mailbox."""

    inbox: Inbox
    folder: str
    mailbox: str
    service: Service
    reader: Reader
    store: LetterStore
    read: Callable[[bytes, datetime], Letter]
    own_addresses: frozenset[str]
    read_from: datetime
    max_size: int
    operators: tuple[str, ...]
    stopping: Callable[[], bool] = lambda: False
    vouch: Callable[[Letter, bytes, bool], Letter] = lambda letter, raw, last_try: letter
    open_files: Callable[[Letter], None] = lambda letter: None
    """Reads the files of a letter that will probably be asked for what they say."""
    ahead: Ahead = field(default_factory=Ahead)
    name: str = "inbox"
    _uidvalidity: str = ""
    _cursor: int = 0
    _waiting: list[str] | None = None
    """Letters whose sender could not be checked yet; None before the journal was asked for them."""

    @property
    def journal(self) -> Journal:
        return self.service.journal

    def work_once(self) -> bool:
        """Read everything new; True when there was anything."""
        try:
            return self._read_new()
        except InboxError:
            self.inbox.close()
            raise

    def _read_new(self) -> bool:
        self._try_waiting()
        if not self.inbox.connected:
            self._finish_open()
            self.inbox.connect()
            self._uidvalidity = str(self.inbox.select(self.folder))
            self._cursor = self._known_cursor()
        seen = []
        try:
            letters = self.inbox.new_letters(self._cursor, self.max_size, since=self.read_from)
            for uid, received in prepared(letters, self._receive, self.ahead.most):
                self._act(received)
                seen.append(uid)
                if self.stopping():
                    break
        finally:
            if seen:
                self._cursor = max(self._cursor, *seen)  # lower than before in a mailbox that was put back
                self.journal.move_cursor(self.mailbox, self._uidvalidity, self._cursor)
        if seen:
            self.inbox.mark(seen)
        return bool(seen)

    def _known_cursor(self) -> int:
        """Up to where the folder has been read. A mailbox put back from a backup may count on from a lower number
        under its old UIDVALIDITY: then it is read from its beginning, and what is known changes nothing."""
        cursor = self.journal.cursor(self.mailbox, self._uidvalidity)
        if not self.inbox.next_uid or cursor < self.inbox.next_uid:
            return cursor
        log.warning("%s: letters up to %s are known, the next gets %s: the mailbox is an older copy, read anew",
                    self.mailbox, cursor, self.inbox.next_uid)  # fmt: skip
        return 0

    def wait(self, seconds: float) -> None:
        if self.inbox.connected:
            self.inbox.wait(seconds, self.stopping)

    def wake(self) -> None:
        self.inbox.wake()

    def close(self) -> None:
        self.ahead.close()
        self.inbox.close()

    # --- one letter -------------------------------------------------------------------------------------------------

    def take(self, fetched: Fetched) -> None:
        """Store, understand, carry out. A letter that breaks the reader is set aside; the next one is read."""
        self._act(self._receive(fetched)[1])

    def _receive(self, fetched: Fetched) -> tuple[int, Received | None]:
        """Its number, and the letter once it lies on disk; None for one that is known."""
        header = read_header(fetched.raw)
        key = (
            letter_key(fetched.raw, header)
            if fetched.whole
            else header_key(fetched.raw or self._place(fetched), fetched.size)
        )
        if self.journal.knows_letter(key):
            return fetched.uid, None
        read = self._begun(fetched, header)  # while the disk takes it; nothing is done about it before it lies there
        path = self.store.save(key, fetched.raw, fetched.received)
        return fetched.uid, Received(fetched, header, self._entry(key, path, header, fetched.received), read)

    def _begun(self, fetched: Fetched, header: Header) -> Callable[[], Letter]:
        """What takes a letter apart; begun at once, with its files, where it will surely be wanted."""
        old = fetched.received < self.read_from
        if old or not fetched.whole or classify(header, self.own_addresses):
            return partial(self.read, fetched.raw, fetched.received)
        return self.ahead.begin(partial(self._read_with_files, fetched))

    def _read_with_files(self, fetched: Fetched) -> Letter:
        letter = self.read(fetched.raw, fetched.received)
        if self.reader.may_ask(letter):
            self.open_files(letter)
        return letter

    def _act(self, received: Received | None) -> None:
        """Understand and carry out; a second copy that came with the first one is known by now."""
        if received is None or self.journal.knows_letter(received.entry.key):
            return
        if self._try(received):
            self._waiting = [*(self._waiting or []), received.entry.key]

    def _try(self, received: Received) -> bool:
        """Understand and carry out; True when it must wait because nobody can tell now who signed it: it is set aside
        without a word to anybody, and each turn tries again."""
        entry = received.entry
        try:
            self._understand(received)
        except NotProvenYet as error:
            aside = replace(entry, verdict="set_aside", error=str(error))
            self.journal.letter_entry(aside, self.service.now())
            return True
        except Exception as error:  # one letter must never stop the ones behind it
            if is_out_of_order(error):
                raise
            log.exception("letter %s could not be read and is set aside", entry.key)
            self._set_aside(entry, f"{type(error).__name__}: {error}")
        return False

    def _try_waiting(self) -> None:
        keys = self._waiting
        if keys is None:
            keys = [row.key for row in self.journal.set_aside() if (row.error or "").startswith(WAITING)]
        self._waiting = None  # asked for anew should this turn break off
        self._waiting = [key for key in keys if self._still_waits(key)]

    def _still_waits(self, key: str) -> bool:
        try:
            found = self._stored(key)
        except FileNotFoundError:  # somebody took its file away; `retry` says so
            return False
        return found is not None and self._try(found)

    def _vouched(self, letter: Letter, raw: bytes, key: str) -> Letter:
        """With what the sender's signature says. People of ours are waited for while nobody can tell: for an hour, then
        it counts as failing. For strangers nobody waits, or they could fill the mailbox with letters that wait."""
        if self.reader.roster.find(letter.sender) is None:
            return self.vouch(letter, raw, True)
        try:
            return self.vouch(letter, raw, False)
        except NotProvenYet:
            now = self.service.now()
            first = datetime.fromisoformat(self.journal.note_once(f"unproven:{key}", now.isoformat()))
            if now - first < PROOF_WAITS:
                raise
            return self.vouch(letter, raw, True)

    def _set_aside(self, entry: LetterEntry, error: str) -> None:
        """Kept with its error for `retry`; the operator hears of it, and the writer if he is on the roster."""
        details = f"{entry.sender}: {entry.subject}" if entry.sender else entry.subject
        told = alarms(self.operators, "set_aside", details, once=f"aside:{entry.key}")
        known = self.reader.roster.find(entry.sender)
        if known is not None:
            told.append(Deed(Lane.MAIL, "unreadable", known.email, {"subject": entry.subject[:120]}, answer=True))
        aside = replace(entry, verdict="set_aside", error=error)
        self.service.note_letter(Cause(f"aside:{entry.key}", aside), told)

    def _place(self, fetched: Fetched) -> bytes:
        """What stands for the header of a letter that the server cannot give at all."""
        return f"Message-ID: <{self._uidvalidity}.{fetched.uid}.unreadable>\r\n".encode()

    def again(self, key: str) -> None:
        """Read a letter that was set aside once more (`retry`); one whose sender cannot be checked yet waits on."""
        found = self._stored(key)
        if found is not None:
            with suppress(NotProvenYet):
                self._understand(found)

    def _stored(self, key: str) -> Received | None:
        """A letter that was set aside, from its file."""
        row = self.journal.letter(key)
        if row is None or row.verdict != "set_aside" or row.path is None:
            return None
        raw = self.store.raw(row.path)
        if letter_key(raw) != key:  # the server gave no more than its header: an empty letter is not what was written
            return None
        received = datetime.fromisoformat(row.received_at)
        header = read_header(raw)
        fetched = Fetched(0, raw, received, len(raw), True)
        entry = self._entry(key, row.path, header, received)
        return Received(fetched, header, entry, partial(self.read, raw, received))

    def _entry(self, key: str, path: str, header: Header, received: datetime) -> LetterEntry:
        authors = authors_of(header)
        message_id = (header.get("message-id") or "").strip().strip("<>") or None
        subject = " ".join(header.text("subject").split())
        return LetterEntry(key, self.mailbox, received, "ignored", message_id=message_id,
                           sender=authors[0] if authors else None, subject=subject, path=path)  # fmt: skip

    def _understand(self, received: Received) -> None:
        fetched, header, entry = received.fetched, received.header, received.entry
        if fetched.received < self.read_from:
            self._ignore(entry, "before_our_time")
            return
        automatic = classify(header, self.own_addresses)
        if automatic and automatic.kind != "auto?":
            self._automatic(fetched.raw, automatic, entry)
            return
        if not fetched.whole and fetched.size <= self.max_size:
            self._set_aside(entry, "The mail server could not give this letter.")
            return
        if not fetched.whole:
            self._refuse(entry, "too_big", {"size": fetched.size, "limit": self.max_size, "subject": entry.subject})
            return
        try:
            letter = received.read()
        except LetterError as error:
            self._set_aside(entry, str(error))
            return
        self.store.keep(letter)
        if letter.automatic and letter.automatic.kind != "auto?":
            self._automatic(fetched.raw, letter.automatic, entry)
            return
        plan = self.reader.plan(self._vouched(letter, fetched.raw, entry.key))
        if letter.automatic and plan.decides:
            plan = replace(plan, command=None, several=None, deeds=(), verdict="ignored", reason="looks_automatic")
        self._carry_out(plan, entry)

    def _carry_out(self, plan: Plan, entry: LetterEntry) -> None:
        entry = replace(entry, verdict=plan.verdict, reason=plan.reason, reference=plan.reference)
        cause = Cause(f"letter:{entry.key}:0", entry)
        if plan.several is not None:
            self._carry_out_several(plan.several, entry)
        elif plan.command is None:
            self.service.note_letter(cause, plan.deeds, plan.reference)
        else:
            self.service.handle(plan.command, cause, plan.reference, plan.deeds)

    def _carry_out_several(self, several: Several, entry: LetterEntry) -> None:
        """Stored with all its orders in the first commit, closed with the receipt in the last one."""
        self.journal.letter_entry(replace(entry, verdict="open", commands=several.dump()), self.service.now())
        self._finish_several(several, entry)

    def _finish_several(self, several: Several, entry: LetterEntry) -> None:
        results: dict[int, Result] = {}
        for order in several.orders:
            cause = Cause(f"letter:{entry.key}:{order.line}")
            results[order.line] = self.service.handle(
                order.command(several.by), cause, order.reference, without=several.told
            )  # fmt: skip
        verdict, reason = several.closing
        closing = Cause(f"letter:{entry.key}:0", replace(entry, verdict=verdict, reason=reason))
        self.service.note_letter(closing, (several.receipt(results),))

    def _finish_open(self) -> None:
        """Letters with several orders that a crash left half done."""
        for row in self.journal.open_letters():
            entry = LetterEntry(
                row.key, row.mailbox, datetime.fromisoformat(row.received_at), "open",
                message_id=row.message_id, sender=row.sender, subject=row.subject, path=row.path,
            )  # fmt: skip
            self._finish_several(restore(row.commands), entry)

    def _ignore(self, entry: LetterEntry, reason: str) -> None:
        self.journal.letter_entry(replace(entry, verdict="ignored", reason=reason), self.service.now())

    def _refuse(self, entry: LetterEntry, kind: str, params: dict[str, object]) -> None:
        """Only people on the roster are told; anybody else could make us write to third parties."""
        known = self.reader.roster.find(entry.sender)
        deeds = [Deed(Lane.MAIL, kind, known.email, params, answer=True)] if known else []
        self.service.note_letter(Cause(f"letter:{entry.key}:0", replace(entry, verdict="refused", reason=kind)), deeds)

    # --- automatic mail -----------------------------------------------------------------------------------------------

    def _automatic(self, raw: bytes, automatic: Automatic, entry: LetterEntry) -> None:
        """Automatic mail never decides and is never answered; a bounce is matched with the notice that came back, an
        absence note of an approver is passed on to those who wait for him."""
        kind = automatic.kind
        if kind == "own" and entry.message_id:
            note_arrival(self.journal, entry.message_id, entry.received, self.service.now())
        if kind == "auto":
            self._tell_absence(raw, entry)
        bounce = read_bounce(raw) if kind in ("dsn", "auto") else None
        notice = None
        for message_id in bounce.message_ids if bounce else ():
            notice = notice or self.journal.notice_by_message(message_id)
        if bounce is None or notice is None:
            self._ignore(entry, kind)
            return
        entry = replace(entry, reason="bounce", reference=notice.reference)
        if bounce.permanent:
            self.journal.note_bounce(notice.message_id)
        if notice.reference is None or self._is_known(bounce, notice):
            self._ignore(entry, "bounce")
            return
        why = " ".join(bounce.why.split())[:300]
        command = NoteBounce("mailer", notice.person, notice.message_id, why, bounce.permanent)
        self.service.handle(command, Cause(f"letter:{entry.key}:0", entry), notice.reference)

    def _is_known(self, bounce: Bounce, notice: Any) -> bool:
        """Several servers may tell of the same letter that came back."""
        told = (recorded.event for recorded in self.journal.history(notice.reference))
        return any(
            isinstance(event, Bounced) and event.message_id == notice.message_id and event.permanent >= bounce.permanent
            for event in told
        )

    def _tell_absence(self, raw: bytes, entry: LetterEntry) -> None:
        """Whoever waits for an absent approver hears until when; the operator may reroute."""
        member = self.reader.roster.find(entry.sender)
        if member is None or "approver" not in member.roles:
            return
        note = self.read(raw, entry.received).automatic
        back = note.returns_on.isoformat() if note and note.returns_on else ""
        for request in self.journal.find(statuses=[Status.AWAITING.value]):
            if not any(ask.person == member.email for ask in request.open_asks(AskKind.APPROVE)):
                continue
            told = dict.fromkeys((request.requester, *self.operators))
            deeds = [
                Deed(Lane.MAIL, "told_absent", person, {"by": member.email, "returns_on": back},
                     once=f"absent:{request.reference}:{request.version}:{member.email}:{back}:{person}")
                for person in told
            ]  # fmt: skip
            self.service.add_deeds(deeds, request.reference)
