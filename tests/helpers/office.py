"""The stage of the stories without servers: letters go straight to the inbox leg, notices straight into a list.

Everything between is the real program with a real journal and a real workbook, so an attack is tried in a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, cast

from helpers.realmail import RealMail
from helpers.smtp import Received
from mailer.inbox import Fetched
from mailer.smtp import Outgoing
from stories.stage import PAYMENTS, Stage
from workflow.daemon import run_once
from workflow.legs.clock import ClockLeg
from workflow.legs.held import HeldLeg
from workflow.legs.inbox import InboxLeg
from workflow.legs.mail import MailLeg
from workflow.wiring import Wiring


class Post(Outgoing):
    """Takes every notice as sent."""

    def __init__(self) -> None:
        self.received: list[Received] = []

    def send(self, raw: bytes, sender: str, recipient: str, before_data: Callable[[], None] | None = None) -> None:
        if before_data is not None:
            before_data()
        self.received.append(Received(sender, (recipient,), raw))

    def close(self) -> None:
        """Nothing is held open."""


@dataclass
class _Servers:
    received: list[Received]
    imap_port: int = 1
    smtp_port: int = 2


@dataclass
class Office(Stage):
    """A `Stage` whose letters need no server; `run` reads what was posted and does everything that follows."""

    waiting: list[bytes] = field(default_factory=list)
    outgoing: Post = field(default_factory=Post)
    uids: Any = field(default_factory=lambda: count(1))

    def post(self, sender: str, to: str, raw: bytes) -> None:
        local, _, domain = to.rpartition("@")
        if f"{local.partition('+')[0]}@{domain}" == PAYMENTS:
            self.waiting.append(raw)

    def run(self) -> list[str]:
        wiring = self.wiring()
        wiring.books[0].sync.open()
        try:
            return self._work(wiring)
        finally:
            wiring.journal.engine.dispose()

    def run_inbox(self) -> None:
        """Only reads what was posted; on PostgreSQL too, where the leg is a held one."""
        wiring = self.wiring()
        inbox = wiring.legs()[0]
        letters, self.waiting = self.waiting, []
        for raw in letters:
            leg = cast(InboxLeg, inbox.leg if isinstance(inbox, HeldLeg) else inbox)
            leg.take(Fetched(next(self.uids), raw, self.now(), len(raw), True))
        wiring.journal.engine.dispose()

    def _work(self, wiring: Wiring) -> list[str]:
        inbox, *others = wiring.legs()
        letters, self.waiting = self.waiting, []
        for raw in letters:
            cast(InboxLeg, inbox).take(Fetched(next(self.uids), raw, self.now(), len(raw), True))
        for leg in others:
            if isinstance(leg, MailLeg):
                leg.outgoing = self.outgoing
            if isinstance(leg, ClockLeg):
                leg.run_calendar()
        return run_once(others, wiring.journal, wiring.now, wiring.stopping)


def office(folder: Path, **settings: Any) -> Office:
    """A fresh installation in a folder; `settings` are those of the stage."""
    post = Post()
    return Office(folder, cast(RealMail, _Servers(post.received)), outgoing=post, **settings)
