"""Kills the program at its boundaries while the story is told, and compares every end with the uninterrupted one.

Each step of the story is told from the same beginning again and again: people act once, the installation's folder is
copied, and for every boundary of the run that follows it is put back, the run is killed there and started again until
it ends well. Besides, the whole story is told with a kill in every run of it, so that what one kill leaves behind
meets everything that comes later.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from helpers.realmail import RealMail
from helpers.smtp import Received
from stories.stage import USERS, Stage
from tests.crash.state import State, differences, state_of
from tests.crash.story import STORY, Act, CrashStage

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("var", "materials", "registry.xlsx")
RUN, VERIFY = ("run", "--once"), ("verify",)
KILLED = -9
BETWEEN_STARTS = 10
"""Seconds on the story's clock from one start of the program to the next."""


class Child:
    """Runs the command line in processes of their own, and says how each ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.points = folder / "points.json"
        environment = {**os.environ, "COUNTERSIGN_TEST_PASSWORD": "secret",
                       "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.child"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def run(self, stage: CrashStage, *commands: Sequence[str], kill_at: int = 0) -> int:
        """The exit status of these commands, or of the first that said no; KILLED when the process met its end at the
        boundary of that number."""
        with_settings = [["--config", str(stage.settings_file), *command] for command in commands]
        order = {
            "commands": with_settings, "start": stage.now().timestamp(),
            "kill_at": kill_at, "points": str(self.points), "log": str(self.folder / "child.log"),
        }  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The helper process is gone; its log: {self.log()}")
        stage.later(seconds=BETWEEN_STARTS)
        return int(json.loads(answer))

    def passed(self) -> list[str]:
        """The boundaries that the last run passed which was not killed."""
        names: list[str] = json.loads(self.points.read_text(encoding="utf-8"))
        return names

    def log(self) -> str:
        path = self.folder / "child.log"
        return path.read_text(encoding="utf-8")[-3000:] if path.exists() else ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A kill after which the installation did not come to the same end."""

    step: str
    place: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return "\n  ".join([f"{self.step}, killed {self.place}:", *(line[:600] for line in self.wrong)])


@dataclass
class Report:
    """What was tried and what came of it."""

    boundaries: dict[str, int] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    kills: int = 0
    failures: list[Failure] = field(default_factory=list)
    end: State | None = None


@dataclass
class Theatre:
    """One installation on real servers, and the process that plays the program."""

    folder: Path
    stage: CrashStage
    child: Child
    report: Report = field(default_factory=Report)

    # --- one step, killed at each of its boundaries -----------------------------------------------------------------

    def tell(self, chosen: Container[int] | None = None) -> None:
        """The story once, each run killed at every boundary (or at those whose number in the whole is `chosen`)."""
        number = 0
        for act in STORY:
            act(self.stage)
            before, heard, then = self._keep(), len(self.stage.mail.received), self.stage.offset
            expected, names = self._uninterrupted(act)
            self.report.boundaries[act.__name__] = len(names)
            self.report.kinds.update(names)
            self.report.end = expected
            after = self._keep("after")
            told = self.stage.mail.received[heard:]
            for place, name in enumerate(names, start=1):
                number += 1
                if chosen is None or number in chosen:
                    self._put_back(before, heard)
                    self.stage.offset = then
                    self._kill(act, place, name, expected, self._second(place, len(names)))
            self._put_back(after, heard)
            self.stage.mail.received.extend(told)
            print(f"  {act.__name__}: {len(names)} boundaries, {len(self.report.failures)} wrong so far", flush=True)

    def _uninterrupted(self, act: Act) -> tuple[State, list[str]]:
        wrong = self._finish()
        names, state = self.child.passed(), self._state()
        wrong += state.faults
        if wrong:
            self.report.failures.append(Failure(act.__name__, "nowhere", tuple(wrong)))
        return state, names

    @staticmethod
    def _second(place: int, boundaries: int) -> int:
        """Every other time the run that mends is killed as well, somewhere; 0 is nowhere."""
        return random.Random(place).randint(1, boundaries) if place % 2 else 0

    def _kill(self, act: Act, place: int, name: str, expected: State, again: int = 0) -> None:
        self.report.kills += 1
        status = self.child.run(self.stage, RUN, kill_at=place)
        wrong = [] if status in (KILLED, 0) else [f"it ended with {status} before it was killed: {self.child.log()}"]
        if again:
            self.report.kills += self.child.run(self.stage, RUN, kill_at=again) == KILLED
        wrong += self._finish()
        wrong += differences(expected, self._state())
        if wrong:
            where = f"{name} ({place}{f', then {again}' if again else ''})"
            self.report.failures.append(Failure(act.__name__, where, tuple(wrong)))

    def _finish(self) -> list[str]:
        """Started without being killed, it ends well, and then everything agrees."""
        status = self.child.run(self.stage, RUN, VERIFY)
        return [f"run --once and verify ended with {status}: {self.child.log()}"] if status else []

    def _state(self) -> State:
        return state_of(self.stage.folder, sent(self.stage))

    # --- the whole story, with kills in every run of it -------------------------------------------------------------

    def tell_through(self, seed: int | None, bounds: Sequence[int]) -> State:
        """The story once, each run killed up to three times at boundaries that `seed` chooses (None: never)."""
        chance = random.Random(seed)
        for act, bound in zip(STORY, bounds, strict=True):
            act(self.stage)
            for _ in range(chance.randint(1, 3) if seed is not None else 0):
                self.report.kills += 1
                self.child.run(self.stage, RUN, kill_at=chance.randint(1, bound))
            wrong = self._finish()
            self.report.boundaries[act.__name__] = len(self.child.passed())
            if wrong:
                self.report.failures.append(Failure(act.__name__, f"by seed {seed}", tuple(wrong)))
        return self._state()

    # --- copies of the folder ---------------------------------------------------------------------------------------

    def _keep(self, name: str = "before") -> Path:
        kept = self.folder / name
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        for part in KEPT:
            _copy(self.stage.folder / part, kept / part)
        return kept

    def _put_back(self, kept: Path, heard: int) -> None:
        for part in KEPT:
            _remove(self.stage.folder / part)
            _copy(kept / part, self.stage.folder / part)
        for extra in self.stage.folder.glob(".countersign-*.tmp"):
            extra.unlink()
        del self.stage.mail.received[heard:]


def sent(stage: Stage) -> list[Received]:
    """What the program itself sent."""
    return [one for one in stage.mail.received if one.sender.startswith("payments")]


@contextmanager
def theatre(folder: Path) -> Iterator[Theatre]:
    """A stage with everything on it, cleared away at the end."""
    place, servers = folder / "installation", folder / "servers"
    place.mkdir(parents=True)
    servers.mkdir()
    with RealMail(servers, USERS) as mail, Child(folder) as child:
        yield Theatre(folder, CrashStage(place, mail), child)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
