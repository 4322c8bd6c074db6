"""A day's work of the running daemon, compressed in time, and the memory it holds: `python -m bench.day`.

Requests with an invoice come in, each is approved by an answer to its ask, and the next lot waits until accounting was
asked to pay the one before: mailbox, journal, workbook, folder and notices do all that they do on a real day.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from bench.ground import PAYMENTS, ROOT, Ground, ground
from bench.latency import children, held, pss

LOT = 50
PATIENCE = 600.0
HEAD, ACCOUNTING = "head@example.test", "accounting@example.test"


class Held(NamedTuple):
    """Megabytes (PSS) of the daemon, and of the process that reads files."""

    daemon: float
    readers: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.day")
    parser.add_argument("--requests", type=int, default=500)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=ROOT, prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with ground(folder / "servers") as place:
            settings = place.write_settings(folder / "ours")
            command = [sys.executable, "-m", "workflow", "--config", str(settings), "run"]
            process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
            try:
                live(place, process.pid, wanted.requests)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def live(place: Ground, pid: int, requests: int) -> None:
    """Prints what is held after the first request and after each lot."""
    _lot(place, 0, 1)
    first = held_now(pid)
    _tell("after the first request", first, first)
    for done in range(1, requests + 1, LOT):
        count = min(LOT, requests + 1 - done)
        _lot(place, done, count)
        _tell(f"after {done + count - 1} requests and as many answers", held_now(pid), first)


def _tell(when: str, now: Held, first: Held) -> None:
    more = sum(now) - sum(first)
    print(f"{when}: daemon {now.daemon:.0f} MB, readers of files {now.readers:.0f} MB ({more:+.0f} MB)", flush=True)


def _lot(place: Ground, first: int, count: int) -> None:
    place.fill(count, first)
    for line in _taken(place, count, lambda line: line["to"] == HEAD):
        place.imap.append(PAYMENTS, _approval(line))
    for _ in _taken(place, count, lambda line: line["to"] == ACCOUNTING):
        pass


def _taken(place: Ground, count: int, fits: Callable[[dict[str, object]], bool]) -> list[dict[str, object]]:
    """The next notices of a kind that the mail server takes."""
    until, found = time.monotonic() + PATIENCE, list[dict[str, object]]()
    while len(found) < count:
        line = place.taken.get(timeout=max(0.1, until - time.monotonic()))
        found += [line] if fits(line) else []
    return found


def _approval(ask: dict[str, object]) -> bytes:
    """The approver's answer from a telephone."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Date"] = HEAD, str(ask["reply_to"]), datetime.now(UTC)
    message["Subject"] = f"Re: [{ask['tag']}]"
    message["Message-ID"] = f"<answer.{time.monotonic_ns()}@example.test>"
    message["In-Reply-To"] = message["References"] = str(ask["message_id"])
    message.set_content("СОГЛАСОВАНО\n")
    return message.as_bytes()


def held_now(pid: int) -> Held:
    """A moment after the last notice, when the workbook and the folder have been written as well."""
    time.sleep(3)
    return Held(pss(pid), sum(held(child) for child in children(pid)))


if __name__ == "__main__":
    os.environ.setdefault("COUNTERSIGN_TEST_PASSWORD", "secret")
    main()
