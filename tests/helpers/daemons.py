"""Real daemons, each a process of its own, that a test may kill, put to sleep, wake and stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.command import environment

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


class RunningDaemon:
    """One `countersign run`; its log is kept."""

    def __init__(self, settings: Path, log: Path, *before: str) -> None:
        self.log = log
        command = [*before, sys.executable, "-m", "workflow", "--config", str(settings), "run"]
        with open(log, "wb") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=out, stderr=out)

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def sleep(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> int:
        """In order; its exit status."""
        if self.process.poll() is None:
            self.wake()
            self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9


@contextmanager
def daemons(settings: Path, count: int) -> Iterator[list[RunningDaemon]]:
    """So many on one installation, stopped at the end."""
    running = [RunningDaemon(settings, settings.with_name(f"daemon-{number}.log")) for number in range(count)]
    try:
        yield running
    finally:
        for daemon in running:
            daemon.stop()


def until(what: Callable[[], object], said: Callable[[], object] = lambda: "") -> None:
    """Wait for something that real programs do in their own time."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, said()
        time.sleep(0.05)
