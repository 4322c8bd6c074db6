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
import subprocess
import sys
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from helpers.realmail import RealMail
from stories.stage import USERS
from tests.crash.child import BETWEEN_STARTS
from tests.crash.houses import Act, Command, CrashStage, Story
from tests.crash.state import State, differences

ROOT = Path(__file__).resolve().parents[2]
KILLED = -9


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
            "modules": str(self.folder / "modules.json"),
        }  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The helper process is gone; its log: {self.log()}")
        stage.later(seconds=BETWEEN_STARTS.seconds)
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
class Told:
    """One act as it was told: the boundaries of its run, how many of them were tried, how long that took."""

    story: str
    act: str
    boundaries: int
    kills: int = 0
    wrong: int = 0
    seconds: float = 0.0


@dataclass
class Report:
    """What was tried and what came of it."""

    acts: list[Told] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    end: State | None = None

    @property
    def kills(self) -> int:
        return sum(act.kills for act in self.acts)

    @property
    def boundaries(self) -> list[int]:
        return [act.boundaries for act in self.acts]

    def count(self) -> None:
        """One more kill, in the act that is being told."""
        self.acts[-1].kills += 1

    def fail(self, act: Act, place: str, wrong: Sequence[str]) -> None:
        if wrong:
            self.failures.append(Failure(act.name, place, tuple(wrong)))
            self.acts[-1].wrong += 1
            print(self.failures[-1], flush=True)


@dataclass
class Theatre:
    """One installation on real servers, and the process that plays the program."""

    story: Story
    folder: Path
    stage: CrashStage
    child: Child
    report: Report = field(default_factory=Report)

    # --- one step, killed at each of its boundaries -----------------------------------------------------------------

    def tell(self, chosen: Container[int] | None = None, only: str = "") -> None:
        """The story once, each run killed at every boundary (or at those whose number in the whole is `chosen`). With
        `only` the other acts are played and not killed, up to that one."""
        number = 0
        for act in self.story.acts:
            began = time.monotonic()
            self._people(act)
            before, heard, then = self._keep("before"), len(self.stage.mail.received), self.stage.offset
            self.report.acts.append(Told(self.story.name, act.name, 0))
            expected, names = self._uninterrupted(act)
            told = self.report.acts[-1]
            told.boundaries = len(names)
            self.report.kinds.update(names)
            self.report.end = expected
            after, heard_then = self._keep("after"), self.stage.mail.received[heard:]
            for place, name in enumerate(names, start=1):
                number += 1
                if (chosen is None or number in chosen) and only in ("", act.name):
                    self._put_back(before, heard)
                    self.stage.offset = then
                    self._kill(act, place, name, expected, self._second(place, len(names)))
                    self._progress(told, place)
            self._put_back(after, heard)
            self.stage.mail.received.extend(heard_then)
            told.seconds = time.monotonic() - began
            print(f"  {self.story.name}, {act.name}: {told.boundaries} boundaries, {told.kills} kills, "
                  f"{told.wrong} with another end, {told.seconds:.0f} s", flush=True)  # fmt: skip
            if only == act.name:
                return

    def _people(self, act: Act) -> None:
        try:
            act.people(self.stage)
        except Exception as error:
            before = [*map(str, self.report.failures), self.child.log()]
            error.add_note("\n".join([f"In {act.name} people could not go on. Before that:", *before]))
            raise

    @staticmethod
    def _progress(told: Told, place: int) -> None:
        if place % 20 == 0:
            print(f"    {told.act}: {place} of {told.boundaries}, {told.wrong} with another end", flush=True)

    def _uninterrupted(self, act: Act) -> tuple[State, list[str]]:
        wrong = self._finish(act)
        names, state = self.child.passed(), self.stage.state()
        self.report.fail(act, "nowhere", [*wrong, *state.faults])
        return state, names

    @staticmethod
    def _second(place: int, boundaries: int) -> int:
        """Every other time the run that mends is killed as well, somewhere; 0 is nowhere."""
        return random.Random(place).randint(1, boundaries) if place % 2 else 0

    def _kill(self, act: Act, place: int, name: str, expected: State, again: int = 0) -> None:
        status, met = self._run(act.commands[0], kill_at=place)
        wrong = [] if met or status == 0 else [f"it ended with {status} before it was killed: {self.child.log()}"]
        if again:
            self._run(act.commands[0], kill_at=again)
        if act.meanwhile is not None:
            self._run(act.meanwhile)
        wrong += self._finish(act)
        wrong += differences(expected, self.stage.state())
        self.report.fail(act, f"{name} ({place}{f', then {again}' if again else ''})", wrong)

    def _run(self, command: Command, kill_at: int = 0) -> tuple[int, bool]:
        """How one command ended, and whether it was killed."""
        status = self.child.run(self.stage, command, kill_at=kill_at)
        if status == KILLED:
            self.report.count()
            self.stage.killed()
        return status, status == KILLED

    def _finish(self, act: Act) -> list[str]:
        """Started without being killed, it ends well, and then everything agrees."""
        status = self.child.run(self.stage, *act.commands)
        said = " and ".join(" ".join(command) for command in act.commands)
        return [f"{said} ended with {status}: {self.child.log()}"] if status else []

    # --- the whole story, with kills in every run of it -------------------------------------------------------------

    def tell_through(self, seed: int | None, bounds: Sequence[int] = ()) -> State:
        """The story once, each run killed up to three times at boundaries that `seed` chooses (None: never)."""
        chance = random.Random(seed)
        for number, act in enumerate(self.story.acts):
            began = time.monotonic()
            self._people(act)
            self.report.acts.append(Told(self.story.name, act.name, 0))
            for _ in range(chance.randint(1, 3) if seed is not None else 0):
                self._run(act.commands[0], kill_at=chance.randint(1, bounds[number]))
            self.report.fail(act, f"by seed {seed}", self._finish(act))
            told = self.report.acts[-1]
            told.boundaries, told.seconds = len(self.child.passed()), time.monotonic() - began
        return self.stage.state()

    # --- copies -----------------------------------------------------------------------------------------------------

    def _keep(self, name: str) -> Path:
        self.stage.keep(self.folder / name)
        return self.folder / name

    def _put_back(self, kept: Path, heard: int) -> None:
        self.stage.put_back(kept)
        del self.stage.mail.received[heard:]


@contextmanager
def theatre(folder: Path, story: Story) -> Iterator[Theatre]:
    """A stage with everything on it, cleared away at the end."""
    place, servers = folder / "installation", folder / "servers"
    place.mkdir(parents=True)
    servers.mkdir()
    with RealMail(servers, USERS) as mail, Child(folder) as child:
        stage = story.house(place, mail)
        try:
            yield Theatre(story, folder, stage, child)
        finally:
            stage.close()
