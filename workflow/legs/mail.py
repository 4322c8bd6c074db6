"""The mail leg: due notices are written and handed to the mail server, one after another.

Delivery is at least once, with one Message-ID, save to contractors: their notice is marked as being sent just before
its content goes out, and one cut off after that is never sent again by itself.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from documents.errors import DocumentsError
from mailer.errors import DeliveryError
from mailer.smtp import Outgoing
from workflow.core.commands import NoteBounce, NoteInDoubt
from workflow.core.deeds import CONTRACTOR_KINDS, Lane
from workflow.journal import Cause, Claimed
from workflow.journal.queue import IN_DOUBT, SKIPPED, GivenUp
from workflow.legs.base import (
    LEASE,
    Owed,
    TakenOver,
    bury,
    crashed_too_often,
    dead_alarms,
    is_out_of_order,
    postpone_or_bury,
    retry_at,
)  # fmt: skip
from workflow.legs.bell import Bell
from workflow.notices import Notices, Skip
from workflow.service import Service

log = logging.getLogger("countersign.mail")


@dataclass(slots=True)
class MailLeg:
    """Sends what the journal's mail lane holds."""

    service: Service
    notices: Notices
    outgoing: Outgoing
    operators: tuple[str, ...]
    name: str = "mail"
    bell: Bell = field(default_factory=Bell)
    lease: timedelta = LEASE
    """Beside other daemons a shorter one, until the last look before the letter itself."""
    _held: bool = True
    _next: Claimed | None = None
    """Held since the commit that settled the one before."""
    _hand: Claimed | None = None
    """The one in hand, as it is held now."""
    _sent: Claimed | None = None
    """Gone out, and the journal does not know it yet."""
    _owed: Owed = field(init=False)

    def __post_init__(self) -> None:
        self._owed = Owed(self.service.journal)

    def work_once(self) -> bool:
        """Do one due notice; True if there may be more."""
        self._settle_sent()
        self._owed.give_back()
        journal = self.service.journal
        if self._is_held():
            return False
        deed, self._next = self._next or journal.claim_deed(Lane.MAIL, self.service.now(), self.lease), None
        if deed is None:
            return False
        self._hand = deed
        try:
            self._do(deed)
        except Exception as error:
            if self._sent is None and is_out_of_order(error):
                self._owed.keep(self._hand)
            raise
        return True

    def _do(self, deed: Claimed) -> None:
        if crashed_too_often(self.service, self.operators, deed):
            return
        try:
            self._perform(deed)
        except DeliveryError as error:
            self._failed(self._hand or deed, error)
            if error.unreachable:
                raise
        except TakenOver:
            log.warning("notice %s was taken over by another daemon", deed.id)
        except DocumentsError as error:  # a file it encloses cannot be had now
            self._unread(deed, error)
        except Exception as error:  # our fault costs one notice, not the leg
            if self._sent is not None or is_out_of_order(error):
                raise
            log.exception("notice %s (%s %s) could not be made", deed.id, deed.kind, deed.reference)
            postpone_or_bury(self.service, self.operators, self._hand or deed, error)

    def _is_held(self) -> bool:
        """After a recovery no notice leaves until the operator says so; asked again only while it is so."""
        if self._held:
            self._held = self.service.journal.held_since() is not None
        return self._held

    def _perform(self, deed: Claimed) -> None:
        journal, now = self.service.journal, self.service.now()
        if deed.was_sending:
            self._in_doubt(deed, "cut off while it was being sent")
            return
        request = journal.request(deed.reference) if deed.reference else None
        prepared = self.notices.prepare(deed, request, now)
        if isinstance(prepared, Skip):
            self._next = journal.settle_and_claim(deed, Lane.MAIL, now, self.lease, SKIPPED, prepared.reason)
            return
        self.outgoing.send(prepared.message, prepared.sender, prepared.recipient, self._last_look)
        self._sent = self._hand
        self._settle_sent()

    def _last_look(self) -> None:
        """Just before the letter itself: a contractor's is marked, and one that another daemon has now is not sent."""
        journal, deed = self.service.journal, self._hand
        once = deed is not None and deed.kind in CONTRACTOR_KINDS
        if deed is None or not (once or journal.shared):
            return
        held = journal.last_look(deed, self.service.now(), LEASE, mark=once)
        if held is None:
            raise TakenOver
        self._hand = held

    def _settle_sent(self) -> None:
        """First of all, also when the journal could not be asked for a while: what has gone out must not go again."""
        if self._sent is not None:
            now = self.service.now()
            self._next = self.service.journal.settle_and_claim(self._sent, Lane.MAIL, now, self.lease)
            self._sent = None

    def _failed(self, deed: Claimed, error: DeliveryError) -> None:
        journal, now = self.service.journal, self.service.now()
        if error.in_doubt and deed.kind in CONTRACTOR_KINDS:
            self._in_doubt(deed, str(error))
        elif error.permanent:
            self._refused(deed, error)
        else:
            log.warning("notice %s to be tried again: %s", deed.id, error)
            journal.postpone(deed, str(error), retry_at(now, deed.attempts))

    def _unread(self, deed: Claimed, error: DocumentsError) -> None:
        if error.permanent:
            bury(self.service, self.operators, deed, str(error))
        else:
            log.warning("notice %s to be tried again: %s", deed.id, error)
            self.service.journal.postpone(deed, str(error), retry_at(self.service.now(), deed.attempts))

    def _refused(self, deed: Claimed, error: DeliveryError) -> None:
        """The server will never take it: the same to people as a bounce."""
        if not (deed.reference and deed.message_id):
            bury(self.service, self.operators, deed, str(error))
            return
        command = NoteBounce("mailer", deed.person, deed.message_id, str(error), permanent=True)
        self.service.handle(
            command, Cause(f"refused:{deed.id}"), deed.reference, dead_alarms(self.operators, deed, str(error)),
            given_up=GivenUp(deed, str(error)),
        )  # fmt: skip

    def _in_doubt(self, deed: Claimed, why: str) -> None:
        """Never again by itself; whoever must know is told in the same commit."""
        doubt = GivenUp(deed, why, IN_DOUBT)
        if deed.reference is None:
            self.service.give_up(doubt)
            return
        command = NoteInDoubt("mailer", deed.person, deed.message_id or "")
        self.service.handle(command, Cause(f"doubt:{deed.id}"), deed.reference, given_up=doubt)

    def wait(self, seconds: float) -> None:
        self.bell.wait(seconds)

    def wake(self) -> None:
        self.bell.ring()

    def close(self) -> None:
        self.outgoing.close()
        try:
            self._settle_sent()
            held, self._next = self._next, None
            if held is not None:
                self.service.journal.release(held)
        except SQLAlchemyError as error:  # the lease of what is held ends by itself
            log.warning("mail: %s", error)
