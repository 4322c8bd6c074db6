"""`check --probe`: a letter to ourselves through the whole path, to see what the server says about its sender."""

from __future__ import annotations

import time
from datetime import timedelta

from mailer.compose import Address, Notice, compose
from mailer.errors import MailerError
from mailer.inbox import Fetched, Inbox
from mailer.letter import Letter
from mailer.smtp import Outgoing
from workflow.journal.queue import new_token
from workflow.wiring import Wiring

PATIENCE = 60.0
LOOK_EVERY = 2.0


class ProbeFailed(Exception):
    """The probe did not come, or came unproven; the sentence says what follows from it."""


def send_probe(wiring: Wiring, patience: float = PATIENCE) -> str:
    """Send a letter from the mailbox to itself and judge it as an approver's answer would be judged."""
    address, message_id = wiring.settings.mailbox.address, f"{new_token()}.probe@{wiring.journal.domain}"
    inbox = Inbox(wiring.account("imap"))
    try:
        inbox.connect()
        place = f"{address}/{wiring.settings.mailbox.folder}"
        cursor = wiring.journal.cursor(place, str(inbox.select(wiring.settings.mailbox.folder)))
        _post(wiring, address, message_id)
        return _judged(wiring, _await(wiring, inbox, cursor, message_id, patience))
    finally:
        inbox.close()


def _post(wiring: Wiring, address: str, message_id: str) -> None:
    notice = Notice(
        message_id=message_id, sender=Address(wiring.settings.company.name, address), to=Address("", address),
        reply_to=None, subject="Countersign: probe", text="A letter of `countersign check --probe` to itself.\n",
        html=None, in_reply_to=None, references=(), date=wiring.now(), automatic="auto-generated", language="en",
        files=(),
    )  # fmt: skip
    outgoing = Outgoing(wiring.account("smtp"))
    try:
        outgoing.send(compose(notice), address, address)
    finally:
        outgoing.close()


def _await(wiring: Wiring, inbox: Inbox, cursor: int, message_id: str, patience: float) -> Letter:
    since, until = wiring.now() - timedelta(minutes=5), time.monotonic() + patience
    while True:
        for fetched in inbox.new_letters(cursor, wiring.settings.mailbox.max_size, since=since):
            letter = _read(wiring, fetched)
            if letter is not None and letter.message_id == message_id:
                return letter
        if time.monotonic() > until:
            raise ProbeFailed(
                f"the probe did not arrive within {patience:.0f} seconds: does the mailbox get mail sent to it?"
            )
        inbox.wait(LOOK_EVERY)


def _read(wiring: Wiring, fetched: Fetched) -> Letter | None:
    if not fetched.whole:
        return None
    try:
        return wiring.read(fetched.raw, fetched.received)
    except MailerError:
        return None


def _judged(wiring: Wiring, letter: Letter) -> str:
    if not wiring.reader.authenticates:
        return "the probe arrived; senders are not checked (mailbox.authserv_id is empty)"
    if letter.verdict.result != "pass":
        raise ProbeFailed(
            f"the probe arrived, but its sender is not proven ({letter.verdict.why}): answers would be refused. "
            "Compare authserv_id with the first Authentication-Results line of a letter in the mailbox."
        )
    return f"the probe arrived with a proven sender ({letter.verdict.by})"
