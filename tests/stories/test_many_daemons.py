"""Three daemons on one PostgreSQL: killed, put to sleep and woken late, stopped; every request goes through once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import countersign
from helpers.daemons import RunningDaemon, daemons, until
from helpers.needs import needs
from helpers.postgres import blank_journal_url, give_back, shared_server
from helpers.realmail import RealMail
from stories.stage import ADAM, FIONA, RITA, USERS, Stage, complete_form, invoice
from workflow.core.model import Status
from workflow.journal import Journal
from workflow.journal.engine import open_engine

pytestmark = [pytest.mark.postgres, needs("postgres")]
ONCE = Counter({
    ("receipt_submitted", RITA): 1, ("ask_approval", ADAM): 1, ("receipt_vote", ADAM): 1, ("told_approved", RITA): 1,
    ("ask_pay", FIONA): 1,
})  # fmt: skip


class Office:
    """An installation on PostgreSQL, and people who write and answer."""

    def __init__(self, folder: Path, mail: RealMail) -> None:
        self.url = blank_journal_url()
        self.stage = Stage(folder, mail)
        settings = self.stage.settings_file
        text = settings.read_text().replace("sqlite:///var/journal.db", self.url)
        settings.write_text(text + '\n[daemon]\nlease = "3s"\n')
        self.settings = settings
        self.engine = open_engine(self.url)
        self.journal = Journal(self.engine, domain="example.test")
        self.asked, self.answered = 0, set[str]()

    def close(self) -> None:
        self.engine.dispose()
        give_back(self.url)

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


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    (tmp_path / "servers").mkdir()
    with RealMail(tmp_path / "servers", USERS) as mail:
        office = Office(tmp_path, mail)
        yield office
        office.close()


def logs(running: list[RunningDaemon]) -> str:
    return "\n\n".join(daemon.said() for daemon in running)


def test_the_one_who_holds_the_mailbox_is_killed_under_load(office: Office) -> None:
    with daemons(office.settings, 3) as running:
        first = office.holder_among(running, "mailbox")
        office.ask(6)
        until(lambda: list(office.journal.requests()), lambda: logs(running))
        first.kill()
        office.ask(3)
        until(office.settled, lambda: logs(running))
        second = office.holder_among(running, "mailbox")
        assert second.pid != first.pid
        until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs(running)}")
        assert [daemon.stop() for daemon in running if daemon is not first] == [0, 0]
    assert office.wrong() == []
    assert office.journal.holders() == {}
    assert countersign(office.settings, "verify").returncode == 0


def test_a_holder_that_wakes_up_late_writes_nothing_and_stands_by(office: Office) -> None:
    with daemons(office.settings, 2) as running:
        office.ask(2)
        until(office.settled, lambda: logs(running))
        slept = {office.holder_among(running, what) for what in ("mailbox", "registry")}
        for daemon in slept:
            daemon.sleep()
        if len(slept) == 2:  # both sleep: nobody works until one wakes and takes all
            next(iter(slept)).wake()
        office.ask(2)
        until(office.settled, lambda: logs(running))
        threading.Event().wait(0.1)
        for daemon in slept:
            daemon.wake()
        office.ask(1)
        until(office.settled, lambda: logs(running))
        until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs(running)}")
        assert [daemon.stop() for daemon in running] == [0, 0]
    assert office.wrong() == []


def test_a_clean_stop_hands_over_at_once(office: Office) -> None:
    """The lease would last a minute; the next daemon holds the mailbox as soon as the first is gone."""
    office.settings.write_text(office.settings.read_text().replace('"3s"', '"60s"'))
    with daemons(office.settings, 2) as running:
        first = office.holder_among(running, "mailbox")
        second = next(daemon for daemon in running if daemon is not first)
        until(lambda: "started" in first.said() and "inbox: stands by" in second.said(), lambda: logs(running))
        assert first.stop() == 0
        until(lambda: f"process {second.pid} " in office.holder("mailbox"), second.said)
        office.ask(1)
        until(office.settled, second.said)


def test_status_and_orders_beside_running_daemons(office: Office) -> None:
    with daemons(office.settings, 1) as running:
        office.holder_among(running, "mailbox")
        office.holder_among(running, "registry")
        shown = countersign(office.settings, "status")
        assert f"process {running[0].pid} " in shown.stdout
        assert "Queued" in countersign(office.settings, "rebuild").stdout
        once = countersign(office.settings, "run", "--once")
        assert (once.returncode, "is held by" in once.stderr) == (1, True)


def test_the_database_is_restarted_in_the_middle_of_work(office: Office) -> None:
    with daemons(office.settings, 1) as running:
        office.ask(3)
        until(lambda: list(office.journal.requests()), lambda: logs(running))
        shared_server().stop()
        until(lambda: "database cannot be used" in logs(running), lambda: logs(running))
        told = countersign(office.settings, "status")
        assert (told.returncode, "The journal cannot be used" in told.stderr) == (1, True)
        office.ask(2)
        shared_server().start()
        until(office.settled, lambda: logs(running))
        until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs(running)}")
        assert "Traceback" not in logs(running)
