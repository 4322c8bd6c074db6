"""Intake: from the mailbox to the approval notice that the mail server has taken, beside a floor without thought.

The floor moves the same mails and the same bytes with the same number of commits and fsyncs: it fetches in batches with
imaplib, keeps each letter on disk, commits once a letter and twice a notice with sqlite3, and sends with smtplib.
"""

from __future__ import annotations

import imaplib
import os
import re
import smtplib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from bench.ground import PAYMENTS, Ground
from config.settings import load
from workflow.cli.running import begin
from workflow.journal.schema import prepare
from workflow.legs.inbox import InboxLeg
from workflow.legs.mail import MailLeg
from workflow.wiring import Wiring

BATCH = 100


class Cost(NamedTuple):
    """Seconds by the clock on the wall, and of our own processor time."""

    wall: float
    processor: float


@contextmanager
def measured(into: list[Cost]) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    into.append(Cost(time.perf_counter() - wall, time.process_time() - processor))


def product(place: Ground, folder: Path) -> tuple[Cost, list[tuple[str, int]]]:
    """What all letters in the mailbox cost, and recipient and size of each notice that went out."""
    wiring = Wiring(load(place.write_settings(folder), os.environ))
    prepare(wiring.journal.engine, wiring.now())
    begin(wiring)
    inbox = next(leg for leg in wiring.legs() if isinstance(leg, InboxLeg))
    mail = next(leg for leg in wiring.legs() if isinstance(leg, MailLeg))
    _drain(place)
    costs: list[Cost] = []
    with measured(costs):
        inbox.work_once()
        while mail.work_once():
            pass
    inbox.close()
    mail.close()
    wiring.journal.engine.dispose()
    return costs[0], [(str(line["to"]), int(str(line["size"]))) for line in _drain(place)]


def floor(place: Ground, folder: Path, notices: list[tuple[str, int]]) -> Cost:
    """The same letters in, the same notices out, nothing understood."""
    folder.mkdir(parents=True)
    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
    prepared = [(to, _notice(to, size)) for to, size in notices]
    costs: list[Cost] = []
    with measured(costs):
        for number, raw in enumerate(_fetch(place)):
            _keep(folder, number, raw)
            database.execute("INSERT INTO rows (text) VALUES (?)", ("x" * 4000,))
        with smtplib.SMTP("127.0.0.1", place.smtp_port) as smtp:
            for to, raw in prepared:
                database.execute("INSERT INTO rows (text) VALUES ('claimed')")
                smtp.sendmail(PAYMENTS, [to], raw)
                database.execute("INSERT INTO rows (text) VALUES ('settled')")
    database.close()
    return costs[0]


def _fetch(place: Ground) -> list[bytes]:
    client = imaplib.IMAP4("127.0.0.1", place.imap.port)
    client.login(PAYMENTS, "secret")
    client.select("INBOX")
    uids = client.uid("SEARCH", "ALL")[1][0].split()
    found: list[bytes] = []
    for start in range(0, len(uids), BATCH):
        answer = client.uid("FETCH", b",".join(uids[start : start + BATCH]).decode(), "(BODY.PEEK[])")[1]
        found += [part[1] for part in answer if isinstance(part, tuple)]
    client.logout()
    return found


def _keep(folder: Path, number: int, raw: bytes) -> None:
    draft, path = folder / f"{number}.tmp", folder / f"{number}.eml"
    with open(draft, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _notice(to: str, size: int) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = PAYMENTS, to, "x"
    message.set_content("x")
    raw = re.sub(rb"\r?\n", b"\r\n", message.as_bytes())
    line = b"y" * 76 + b"\r\n"
    return raw + line * max(0, (size - len(raw)) // len(line))


def _drain(place: Ground) -> list[dict[str, object]]:
    time.sleep(0.2)
    found = []
    while not place.taken.empty():
        found.append(place.taken.get())
    return found
