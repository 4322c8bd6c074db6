"""Intake: from the mailbox to the approval notice that the mail server has taken, beside a floor without thought.

The floor moves the same mails and the same bytes with the same number of commits and fsyncs: it fetches in batches with
imaplib, keeps each letter on disk, commits once a letter and twice a notice with sqlite3, and sends with smtplib. The
second floor also opens each invoice with pypdfium2, once and in the same process: its text and a picture of its page.
"""

from __future__ import annotations

import imaplib
import io
import os
import queue
import re
import smtplib
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pypdfium2

from bench.ground import PAYMENTS, Ground
from config.settings import load
from documents.sandbox import _SHARED
from workflow.cli.running import begin, prepare_daemon
from workflow.journal.schema import prepare
from workflow.legs.inbox import InboxLeg
from workflow.legs.mail import MailLeg
from workflow.wiring import Wiring

BATCH = 100
PATIENCE = 120.0


class Cost(NamedTuple):
    """Seconds by the clock on the wall, of our own processor time, and of that of the process that reads files."""

    wall: float
    processor: float
    readers: float


@contextmanager
def measured(into: list[Cost]) -> Iterator[None]:
    wall, processor, readers = time.perf_counter(), time.process_time(), readers_time()
    yield
    into.append(Cost(time.perf_counter() - wall, time.process_time() - processor, readers_time() - readers))


def readers_time() -> float:
    """Processor time of the process that forks a reader for each file, and of its readers."""
    if _SHARED.server_pid is None:
        return 0.0
    fields = Path(f"/proc/{_SHARED.server_pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def product(place: Ground, folder: Path, mails: int) -> tuple[Cost, list[tuple[str, int]]]:
    """What all letters in the mailbox cost, and recipient and size of each notice that went out: two for each request.
    Its two legs run as they do in the daemon, each in its thread."""
    wiring = Wiring(load(place.write_settings(folder), os.environ))
    prepare(wiring.journal.engine, wiring.now())
    begin(wiring)
    daemon = prepare_daemon(wiring)
    daemon.legs = [leg for leg in daemon.legs if isinstance(leg, InboxLeg | MailLeg)]
    thread = threading.Thread(target=daemon.run)
    _drain(place)
    costs: list[Cost] = []
    with measured(costs):
        thread.start()
        lines = [place.taken.get(timeout=PATIENCE) for _ in range(2 * mails)]
    daemon.stop()
    thread.join()
    wiring.journal.engine.dispose()
    return costs[0], [(str(line["to"]), int(str(line["size"]))) for line in lines]


def floor(place: Ground, folder: Path, notices: list[tuple[str, int]], *, reading: bool = False) -> Cost:
    """The same letters in, the same notices out, nothing understood; `reading`: each invoice opened."""
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
            if reading:
                _read(raw)
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


def _read(raw: bytes) -> None:
    """What any program that wants the text and a picture of the first page must do."""
    letter = message_from_bytes(raw)
    content = next(part.get_payload(decode=True) for part in letter.walk() if part.get_filename())
    assert isinstance(content, bytes)
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    text = page.get_textpage()
    text.get_text_range()
    picture = page.render(scale=1000 / page.get_width(), grayscale=True).to_pil()
    picture.save(io.BytesIO(), "JPEG", quality=55)
    text.close()
    page.close()
    document.close()


def _notice(to: str, size: int) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = PAYMENTS, to, "x"
    message.set_content("x")
    raw = re.sub(rb"\r?\n", b"\r\n", message.as_bytes())
    line = b"y" * 76 + b"\r\n"
    return raw + line * max(0, (size - len(raw)) // len(line))


def _drain(place: Ground) -> list[dict[str, object]]:
    found = []
    with suppress(queue.Empty):
        while True:
            found.append(place.taken.get(timeout=0.2))
    return found
