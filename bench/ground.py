"""The ground both sides of a comparison stand on: a Dovecot, a sink for outgoing mail, letters of the same size."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers.dovecot import DovecotServer, free_port  # noqa: E402
from helpers.invoice_pages import usual  # noqa: E402
from stories.stage import PAYMENTS, RITA, SETTINGS, USERS, complete_form  # noqa: E402

PDF_BYTES = 60_000


@dataclass
class Ground:
    """One Dovecot and one sink; `taken` are the sink's lines."""

    folder: Path
    imap: DovecotServer
    smtp_port: int
    taken: queue.Queue[dict[str, object]] = field(default_factory=queue.Queue)

    def write_settings(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "countersign.toml"
        path.write_text(
            SETTINGS.format(payments=PAYMENTS, imap=self.imap.port, smtp=self.smtp_port, accounting="each",
                            authserv="[]", plus="true"),
            encoding="utf-8",
        )  # fmt: skip
        return path

    def fill(self, count: int, first: int = 0) -> None:
        for number in range(first, first + count):
            self.imap.append(PAYMENTS, letter(number))


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Servers for the time of one measurement."""
    os.environ["COUNTERSIGN_TEST_PASSWORD"] = "secret"
    place = folder / "dovecot"
    place.mkdir(parents=True)
    port = free_port()
    command = [sys.executable, "-m", "bench.sink", str(port)]
    sink = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with DovecotServer(place, USERS) as imap:
        found = Ground(folder, imap, port)
        threading.Thread(target=_collect, args=(sink, found), daemon=True).start()
        assert found.taken.get(timeout=20)["to"] == "ready"
        try:
            yield found
        finally:
            sink.kill()
            sink.wait()


def _collect(sink: subprocess.Popen[str], found: Ground) -> None:
    assert sink.stdout is not None
    for line in sink.stdout:
        found.taken.put(json.loads(line))


@cache
def _page() -> bytes:
    return usual().bytes()


def letter(number: int) -> bytes:
    """A complete request with a PDF of 60 KB, different for each number."""
    now = datetime.now(UTC)
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = f"Рита Орлова <{RITA}>", PAYMENTS
    message["Subject"], message["Date"] = f"Счет {number}", now
    message["Message-ID"] = f"<bench.{number}.{now:%H%M%S%f}@example.test>"
    message.set_content(complete_form(now + timedelta(days=1)).replace("118", str(1000 + number)))
    page = _page()  # read for every request, as a real one is; random bytes behind it, as pictures in it would be
    padding = os.urandom((PDF_BYTES - len(page)) // 2).hex().encode()
    content = page + b"\n%" + padding + b"\n%%EOF\n"
    message.add_attachment(content, maintype="application", subtype="pdf", filename=f"Счет {number}.pdf")
    return message.as_bytes()
