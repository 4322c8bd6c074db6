"""Kills at random moments, under load: the daemon with all its threads, while requests and answers keep coming in."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select

from helpers.realmail import RealMail
from stories.stage import ADAM, FIONA, RITA, USERS, Stage, complete_form, invoice
from tests.crash.houses import sent
from tests.crash.kills import ROOT
from tests.crash.state import State, message_id_of, state_of
from workflow.journal import tables

REQUESTS, KILLS = 10, 6
PATIENCE = 180.0
ANSWERS = {(ADAM, "ask_approval"): "Согласовано", (FIONA, "ask_pay"): "Оплачено"}
HISTORY = [
    "Opened", "Filled", "Submitted", "Asked", "Approved", "ApprovalCompleted", "Asked", "Paid", "PaymentAnnounced",
]  # fmt: skip
NOTICES = Counter({
    ("receipt_submitted", RITA): 1, ("ask_approval", ADAM): 1, ("receipt_vote", ADAM): 1, ("told_approved", RITA): 1,
    ("ask_pay", FIONA): 1, ("told_paid", RITA): 1, ("told_paid", ADAM): 1, ("told_paid", FIONA): 1,
    ("contractor_paid", "supplier@vendor.test"): 1,
})  # fmt: skip
"""What each request leads to, once, whatever happened on the way."""


@dataclass
class Office:
    """An installation, its daemon, and people who answer whatever they are asked."""

    stage: Stage
    chance: random.Random
    answered: set[str] = field(default_factory=set)
    asked: int = 0
    daemon: subprocess.Popen[bytes] | None = None

    def play(self) -> list[str]:
        """Ten requests from mail to payment, with six kills on the way; what is wrong afterwards."""
        for _ in range(KILLS):
            self._start()
            self._work(self.chance.uniform(0, 2.5))
            self._kill()
        self._start()
        until = time.monotonic() + PATIENCE
        while not self._is_done() and time.monotonic() < until:
            self._work(0.5)
        return [*self._stop(), *self._once("run", "--once"), *self._once("verify"), *self._wrong()]

    def _work(self, seconds: float) -> None:
        """People write and answer for a while."""
        until = time.monotonic() + seconds
        while True:
            if self.asked < REQUESTS:
                self._ask()
            self._answer()
            if time.monotonic() >= until:
                return
            time.sleep(self.chance.uniform(0.05, 0.3))

    def _ask(self) -> None:
        self.asked += 1
        text = complete_form(self.stage.now()).replace("№ 118", f"№ 118-{self.asked}")
        files = [(f"Счёт {self.asked}.pdf", invoice(str(self.asked)))]
        self.stage.send(RITA, text.replace("12 000,50", f"{self.asked} 000,00"), files=files)

    def _answer(self) -> None:
        kinds = self._kinds()
        for one in list(self.stage.mail.received):
            message_id, person = message_id_of(one), one.recipients[0]
            word = ANSWERS.get((person, kinds.get(message_id, "")))
            if word and message_id not in self.answered:
                self.answered.add(message_id)
                self.stage.answer(person, one.message, word)

    def _kinds(self) -> dict[str, str]:
        if not (self.stage.folder / "var/journal.db").exists():
            return {}
        return {row.message_id: row.kind for row in self._rows() if row.message_id}

    def _rows(self) -> list[Any]:
        engine = create_engine(f"sqlite:///file:{self.stage.folder / 'var/journal.db'}?mode=ro&uri=true")
        try:
            with engine.connect() as journal:
                if not engine.dialect.has_table(journal, "deeds"):
                    return []
                return list(journal.execute(select(tables.deeds)).all())
        finally:
            engine.dispose()

    def _is_done(self) -> bool:
        rows = [row for row in self._rows() if row.lane == "mail" and row.kind == "contractor_paid"]
        return len(rows) == REQUESTS and all(row.state not in ("due", "leased", "sending") for row in self._rows())

    # --- the daemon -------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        log = self.stage.folder / "daemon.log"
        began = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self.daemon = subprocess.Popen(self._command("run"), cwd=ROOT, env=environment(), stdout=out, stderr=out)
        until = time.monotonic() + 60
        while b"started" not in log.read_bytes()[began:] and time.monotonic() < until:
            if self.daemon.poll() is not None:
                raise RuntimeError(f"The daemon does not start: {log.read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.05)

    def _kill(self) -> None:
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait(30)

    def _stop(self) -> list[str]:
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGTERM)
        status = self.daemon.wait(60)
        return [f"told to stop, the daemon ended with {status}"] if status else []

    def _once(self, *command: str) -> list[str]:
        done = subprocess.run(self._command(*command), cwd=ROOT, env=environment(), capture_output=True, check=False)
        said = (done.stdout + done.stderr).decode()[-1500:]
        return [f"{' '.join(command)} ended with {done.returncode}: {said}"] if done.returncode else []

    def _command(self, *command: str) -> list[str]:
        return [sys.executable, "-m", "workflow", "--config", str(self.stage.settings_file), *command]

    # --- what must be true ------------------------------------------------------------------------------------------

    def _wrong(self) -> Iterator[str]:
        state = state_of(self.stage.folder, sent(self.stage))
        yield from state.faults
        letters = len({m.raw for m in self.stage.mail.received if m.recipients[0].startswith("payments")})
        if len(state.facts["letters"]) != letters:
            yield f"{letters} letters were written, {len(state.facts['letters'])} have a verdict"
        if len(state.facts["requests"]) != REQUESTS:
            yield f"{REQUESTS} were asked for, there are {len(state.facts['requests'])} requests"
        for reference in state.facts["requests"]:
            yield from self._wrong_with(reference, state)

    def _wrong_with(self, reference: str, state: State) -> Iterator[str]:
        in_doubt = reference in state.facts["doubtful"]
        events = [line.split()[0] for line in state.facts["history"][reference]]
        if events != HISTORY + ["NoticeInDoubt"] * in_doubt:
            yield f"{reference}: {events}"
        rows = [row for row in self._rows() if row.lane == "mail" and row.reference == reference]
        notices = Counter((row.kind, row.person) for row in rows if row.kind != "told_in_doubt")
        wrong = {kind: count for kind, count in notices.items() if count != NOTICES[kind]}
        if wrong or NOTICES.keys() - notices.keys():
            yield f"{reference}: too many {wrong}, missing {NOTICES.keys() - notices.keys()}"


@contextmanager
def office(folder: Path, seed: int) -> Iterator[Office]:
    """Everything for one round, cleared away at the end."""
    place, servers = folder / "installation", folder / "servers"
    place.mkdir(parents=True)
    servers.mkdir()
    with RealMail(servers, USERS) as mail:
        stage = Stage(place, mail)
        text = stage.settings_file.read_text(encoding="utf-8")
        quick = text.replace("[notices]", '[notices]\npaid_delay = "1s"')
        quick = quick.replace("[registry]", '[registry]\npoll = "1s"')
        stage.settings_file.write_text(quick, encoding="utf-8")
        played = Office(stage, random.Random(seed))
        try:
            yield played
        finally:
            if played.daemon is not None and played.daemon.poll() is None:
                played._kill()


def environment() -> dict[str, str]:
    return {**os.environ, "COUNTERSIGN_TEST_PASSWORD": "secret", "PYTHONPATH": str(ROOT)}
