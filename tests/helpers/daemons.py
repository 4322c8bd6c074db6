"""Real daemons, each a process of its own, that a test may kill, put to sleep, wake and stop.

Those of this program are forked from a process that has imported it once, which saves the seconds that each would need
for that; another version of it, or one on another host, is started as the shell does.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from helpers.command import environment

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


class Process(Protocol):
    """What a test does with a process."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None:
        """Its exit status (less than 0: ended by that signal), None while it runs."""
        ...

    def wait(self, seconds: float) -> int | None: ...


class RunningDaemon:
    """One `countersign run`; its log is kept. `before` stands in front of the command, `program` is the folder of
    another version."""

    def __init__(self, settings: Path, log: Path, *before: str, program: Path = ROOT) -> None:
        self.log = log
        log.touch()
        arguments = ["--config", str(settings), "run"]
        self.process: Process
        if before or program != ROOT:
            self.process = _Started([*before, sys.executable, "-m", "workflow", *arguments], program, log)
        else:
            self.process = _Forked(arguments, log)

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait(10)

    def sleep(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def ask_to_stop(self) -> None:
        if self.process.poll() is None:
            self.wake()
            os.kill(self.pid, signal.SIGTERM)

    def stop(self) -> int:
        """In order; its exit status. One that does not end is a fault."""
        self.ask_to_stop()
        status = self.process.wait(PATIENCE)
        if status is None:
            os.kill(self.pid, signal.SIGABRT)  # it says on its log where each of its threads stands
            self.process.wait(10)
            raise AssertionError(f"It was asked to stop and did not:\n{self.said()}")
        return status


class _Started:
    """As the shell starts it."""

    def __init__(self, command: Sequence[str], folder: Path, log: Path) -> None:
        with open(log, "ab") as out:
            self._process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=out, stderr=out)

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


class _Forked:
    """From the process that has imported the program."""

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        self._process: BaseProcess = _imported().Process(target=_become, args=(arguments, str(log), environment()))
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, seconds: float) -> int | None:
        self._process.join(seconds)
        return self._process.exitcode


@cache
def _imported() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["workflow.cli", "workflow.cli.running", "psycopg", "openpyxl"])
    return context


def _become(arguments: Sequence[str], log: str, variables: Mapping[str, str]) -> None:
    """In the new process: what the shell would have set up, then the program."""
    with open(log, "ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.stdout, sys.stderr = open(1, "w", buffering=1), open(2, "w", buffering=1)  # noqa: SIM115
    faulthandler.enable()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = ["countersign", *arguments]
    from workflow.cli import main

    main()


@contextmanager
def daemons(settings: Path, count: int) -> Iterator[list[RunningDaemon]]:
    """So many on one installation, stopped at the end."""
    running = [RunningDaemon(settings, settings.with_name(f"daemon-{number}.log")) for number in range(count)]
    with stopped_at_the_end(running):
        yield running


@contextmanager
def stopped_at_the_end(running: Sequence[RunningDaemon]) -> Iterator[None]:
    """All at once: each needs its second."""
    try:
        yield
    finally:
        for daemon in running:
            daemon.ask_to_stop()
        for daemon in running:
            daemon.stop()


def until(what: Callable[[], object], said: Callable[[], object] = lambda: "") -> None:
    """Wait for something that real programs do in their own time."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, said()
        time.sleep(0.05)
