"""An office on PostgreSQL: people who write and answer while several daemons work, and what must be true afterwards."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from helpers.daemons import RunningDaemon, until
from helpers.realmail import RealMail
from stories.stage import ADAM, FIONA, RITA, Stage, complete_form, invoice
from workflow.core.model import Status
from workflow.journal import Journal
from workflow.journal.engine import open_engine

ONCE = Counter({
    ("receipt_submitted", RITA): 1, ("ask_approval", ADAM): 1, ("receipt_vote", ADAM): 1, ("told_approved", RITA): 1,
    ("ask_pay", FIONA): 1,
})  # fmt: skip


class Office:
    """An installation on PostgreSQL, and people who write and answer."""

    def __init__(self, folder: Path, mail: RealMail, url: str) -> None:
        self.url = url
        self.stage = Stage(folder, mail)
        settings = self.stage.settings_file
        text = settings.read_text().replace("sqlite:///var/journal.db", self.url)
        settings.write_text(text + '\n[daemon]\nlease = "3s"\n')
        self.settings = settings
        self.engine = open_engine(self.url)
        self.journal = Journal(self.engine, domain="example.test")
        self.asked, self.answered = 0, set[str]()

    def ask(self, count: int = 1) -> None:
        for _ in range(count):
            self.asked += 1
            text = complete_form(self.stage.now()).replace("№ 118", f"№ 118-{self.asked}")
            text = text.replace("12 000,50", f"{self.asked + 10} 000,00")
            self.stage.send(RITA, text, files=[(f"{self.asked}.pdf", invoice(str(self.asked)))])

    def approve(self) -> None:
        """Adam answers every ask that he has not answered yet."""
        for message in self.stage.inbox(ADAM):
            key = str(message["Message-ID"])
            if key not in self.answered and "?" not in key and "PAY-" in str(message["Subject"]):
                self.answered.add(key)
                if self.kind(key) == "ask_approval":
                    self.stage.answer(ADAM, message, "Согласовано")

    def kind(self, message_id: str) -> str:
        row = self.journal.notice_by_message(message_id.strip("<>"))
        return str(row.kind) if row else ""

    def approved(self) -> bool:
        self.approve()
        found = list(self.journal.requests())
        return len(found) == self.asked and all(request.status is Status.APPROVED for request in found)

    def settled(self) -> bool:
        return self.approved() and self.journal.queue_counts(self.stage.now())[0] == 0

    def holder(self, what: str) -> str:
        """Who holds the mailbox or the registry now."""
        return next((who for name, who in self.journal.holders().items() if name.startswith(what)), "")

    def holder_among(self, running: list[RunningDaemon], what: str) -> RunningDaemon:
        until(lambda: all("started" in daemon.said() for daemon in running if daemon.process.poll() is None))
        until(lambda: self.holder(what), lambda: [daemon.said() for daemon in running])
        return next(daemon for daemon in running if f"process {daemon.pid} " in self.holder(what))

    def wrong(self) -> list[str]:
        """What did not go through exactly once: by the mail that people got, by the journal, by the registry."""
        got: dict[str, Counter[tuple[str, str]]] = {}
        for received in self.stage.mail.received:
            row = self.journal.notice_by_message(str(received.message["Message-ID"]).strip("<>"))
            if row is not None and row.reference:
                got.setdefault(row.reference, Counter())[row.kind, row.person] += 1
        faults = [f"{reference}: {found}" for reference, found in got.items() if found != ONCE]
        references = {request.reference for request in self.journal.requests()}
        faults += [f"{reference} is not in the registry" for reference in references if not self.row(reference)]
        return faults + self.journal.broken_links() + [f"{len(references)} requests"] * (len(references) != self.asked)

    def row(self, reference: str) -> dict[str, object]:
        try:
            return self.stage.cells(reference)
        except StopIteration:
            return {}


def logs(running: list[RunningDaemon]) -> str:
    return "\n\n".join(daemon.said() for daemon in running)
