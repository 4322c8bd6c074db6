"""What may go wrong, and who may be ended in the middle: every outside call of the product passes through here.

A call may be refused before it was applied, reported as failed after it was applied, be slow (others work meanwhile),
and the process may die before or after it. All of it is drawn from the seed, so that a seed tells the same story twice.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
Failure = Callable[[], Exception]


class Crash(BaseException):
    """The process ends here: no handler of the program may see it."""


class Injected(Exception):
    """Mixed into every failure that we made, so that a fault of the product is told from it."""


def injected(error: Exception) -> Exception:
    """Marks a failure as ours."""
    error.injected = True  # type: ignore[attr-defined]
    return error


def is_injected(error: BaseException | None) -> bool:
    """Did we make this failure, or the one that it stands for?"""
    while error is not None:
        if getattr(error, "injected", False) or isinstance(error, Crash):
            return True
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return False


@dataclass
class Process:
    """One daemon from its start to its end. Once dead, nothing that still unwinds in it reaches anything."""

    name: str
    number: int
    many: bool = False
    """Is it one of several on the same journal?"""
    dead: bool = False
    writing: int = 0
    """How many transactions are open for writing: nothing outside is done meanwhile."""


class Task:
    """One turn of a leg in a thread of its own, of which only one runs at any time: it goes on when it is let."""

    def __init__(self, process: Process, name: str, work: Callable[[], None]) -> None:
        self.process, self.name, self.work = process, name, work
        self.done, self.error = False, None
        self.error: BaseException | None
        self._hand = _IDLE.pop() if _IDLE else Thread()
        self._hand.task = self

    def resume(self) -> None:
        """Let it work until it pauses or is done."""
        self._hand.go.release()
        self._hand.back.acquire()
        if self.done:
            _IDLE.append(self._hand)

    def pause(self) -> None:
        """From within: let others work."""
        self._hand.back.release()
        self._hand.go.acquire()


class Thread:
    """A thread that does one task after another, so that not every turn starts one."""

    def __init__(self) -> None:
        self.task: Task | None = None
        self.go, self.back = threading.Lock(), threading.Lock()
        self.go.acquire()
        self.back.acquire()
        threading.Thread(target=self._main, daemon=True, name="sim").start()

    def _main(self) -> None:
        while True:
            self.go.acquire()
            task = self.task
            assert task is not None
            try:
                task.work()
            except BaseException as error:
                task.error = error
            task.done = True
            self.back.release()


_IDLE: list[Thread] = []


@dataclass
class Fate:
    """Draws what becomes of each outside call. `storm` and `sway` are how often a call fails and how often others work
    in its middle; when `calm`, nothing fails any more."""

    storm: float = 0.0
    sway: float = 0.0
    calm: bool = False
    dice: random.Random = field(default_factory=random.Random)
    note: Callable[[str], None] = lambda text: None
    task: Task | None = None
    running: Process | None = None
    faults: int = 0

    def outside(
        self, process: Process, name: str, act: Callable[[], T], failures: Sequence[Failure] = (),
        late: Sequence[Failure] = (), risk: float = 1.0, always: bool = False,
    ) -> T:  # fmt: skip
        """An outside call: `failures` may come before it is applied, `late` ones after; `risk` is how much likelier
        than others; `always` means in calm as well."""
        self.alive(process)
        self.sway_at(process, f"before {name}")
        if self.strikes(risk, always):
            self.crash_or_fail(process, f"before {name}", failures)
        result = act()
        if self.strikes(risk, always):
            self.crash_or_fail(process, f"after {name}", late)
        self.sway_at(process, f"after {name}")
        return result

    def alive(self, process: Process) -> None:
        if process.dead:
            raise Crash(process.name)

    def strikes(self, risk: float = 1.0, always: bool = False) -> bool:
        return (always or not self.calm) and self.storm > 0 and self.dice.random() < self.storm * risk / 2

    def crash_or_fail(self, process: Process, name: str, failures: Sequence[Failure]) -> None:
        self.faults += 1
        if failures and self.dice.random() < 0.65:
            error = self.dice.choice(failures)()
            self.note(f"    {process.name}: fails {name}: {error}")
            raise injected(error)
        self.note(f"    {process.name}: dies {name}")
        process.dead = True
        raise Crash(name)

    def sway_at(self, process: Process, name: str) -> None:
        """Others work here for a while."""
        if self.task is None or process.writing or self.calm or not self.sway or self.dice.random() >= self.sway:
            self.alive(process)
            return
        task, running = self.task, self.running
        self.note(f"    {process.name}: waits {name}")
        task.pause()
        self.task, self.running = task, running
        self.alive(process)

    def resume(self, task: Task) -> None:
        """Let a leg go on; a fault of the harness rises."""
        self.task, self.running = task, task.process
        task.resume()
        self.task = self.running = None
        if task.done and task.error is not None and not isinstance(task.error, Crash):
            raise task.error

    def direct(self, process: Process, work: Callable[[], Any]) -> Any:
        """Something that nobody interrupts, such as a start."""
        before, self.running = self.running, process
        try:
            return work()
        finally:
            self.running = before
