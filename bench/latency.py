"""Latency and cost of the running daemon: from the server's push to the acceptance of the approval notice.

Dovecot announces a new letter about half a second after it was delivered; a bare IDLE loop beside the daemon hears the
same push, so both are timed by the system-wide monotonic clock.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.ground import PAYMENTS, ROOT, Ground, letter
from mailer.account import Account
from mailer.inbox import Inbox

PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, megabytes and CPU seconds."""

    push_to_notice: list[float]
    delivery_to_notice: list[float]
    delivery_to_push: list[float]
    idle_mb: float
    peak_mb: float
    cpu_per_100: float


def daemon(place: Ground, folder: Path, mails: int, burst: int) -> Measured:
    settings = place.write_settings(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "workflow", "--config", str(settings), "run"], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        listener = Inbox(Account("127.0.0.1", place.imap.port, "none", PAYMENTS, lambda: "secret"))
        listener.connect()
        listener.select("INBOX")
        listener.select("INBOX")
        _one(place, listener, 0)  # the first one finds everything cold
        idle = held(process.pid)
        singles = [_one(place, listener, number) for number in range(1, mails + 1)]
        before = cpu(process.pid)
        peak = _burst(place, process.pid, mails + 1, burst)
        used = cpu(process.pid) - before
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    return Measured(
        [notice - push for _, push, notice in singles], [notice - start for start, _, notice in singles],
        [push - start for start, push, _ in singles], idle, peak, used / burst * 100,
    )  # fmt: skip


def _one(place: Ground, listener: Inbox, number: int) -> tuple[float, float, float]:
    """(delivered, pushed, approval notice taken) for one letter; the listener waits in IDLE before it comes."""
    while listener.wait(0.2):  # news of the letter before, and of its flag
        pass
    heard: list[float] = []

    def listen() -> None:
        if listener.wait(PATIENCE):
            heard.append(time.monotonic())

    thread = threading.Thread(target=listen)
    thread.start()
    time.sleep(0.3)
    start = time.monotonic()
    place.imap.append(PAYMENTS, letter(number))
    taken = _approval(place, start + PATIENCE)
    thread.join()
    return start, heard[0], taken


def _approval(place: Ground, until: float) -> float:
    while True:
        line = place.taken.get(timeout=max(0.1, until - time.monotonic()))
        if str(line["to"]).startswith("head@"):
            return float(str(line["at"]))


def _burst(place: Ground, pid: int, first: int, count: int) -> float:
    """Many at once; the highest memory on the way."""
    place.fill(count, first)
    peak, until = held(pid), time.monotonic() + 120
    for _ in range(count):
        _approval(place, until)
        peak = max(peak, held(pid))
    return peak


def held(pid: int) -> float:
    """Megabytes of the daemon with its reader of files and all that one has forked."""
    return pss(pid) + sum(held(child) for child in children(pid))


def pss(pid: int) -> float:
    """Proportional set size in MB; a process that ends meanwhile holds nothing."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    """The processes that any thread of this one started, and that still run."""
    found: list[int] = []
    with suppress(OSError):  # it may end meanwhile
        for one in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, one.read_text(encoding="ascii").split())
    return found


def cpu(pid: int) -> float:
    """Seconds of the processor for it, and for its reader of files with all that one has forked."""
    return sum(_cpu(one, 4 if one != pid else 2) for one in (pid, *children(pid)))


def _cpu(pid: int, counts: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 11 + counts])) / os.sysconf("SC_CLK_TCK")


def percentile(values: list[float], share: float) -> float:
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[int(share * 100) - 1]
