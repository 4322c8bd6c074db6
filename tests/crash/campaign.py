"""The parts of a crash campaign, each telling on standard output what it does and what it found."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Container, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.houses import Story
from tests.crash.kills import Report, theatre
from tests.crash.load import KILLS, REQUESTS, office
from tests.crash.power import watched_story
from tests.crash.repertoire import STORIES
from tests.crash.state import differences
from tests.crash.story import STORY

SAMPLE, WORLDS = 20, 10_000
ABOUT, MOST = 1280, 100_000
"""How many boundaries the first story has, roughly, and all at most."""


@dataclass(frozen=True)
class Order:
    """What to do: how often, how much of it, which stories and which of their acts, by how many processes."""

    folder: Path
    seeds: int = 3
    worlds: int = WORLDS
    sample: bool = False
    stories: Sequence[str] = ()
    act: str = ""
    share: tuple[int, int] = (1, 1)
    """The second of five: every fifth boundary, beginning with the second."""
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)

    @property
    def told(self) -> Sequence[Story]:
        return [story for story in STORIES if not self.stories or story.name in self.stories]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table at the end."""

    what: str
    tried: str
    wrong: int
    seconds: float


def spread(total: int, wanted: int) -> set[int]:
    """Numbers from 1 to `total`, evenly spread, always the same."""
    return {1 + (total - 1) * i // max(1, wanted - 1) for i in range(wanted)}


def boundaries(order: Order) -> list[Line]:
    """Each run of each story killed at each of its boundaries; the work is shared among the processes."""
    lines = []
    for story in order.told:
        print(f"every boundary of the story {story.name}:", flush=True)
        jobs = 1 if order.sample else order.jobs
        which, of = order.share
        shares = [range(which + of * job, MOST, of * jobs) for job in range(jobs)]
        chosen: list[Container[int]] = [spread(ABOUT, SAMPLE)] if order.sample else list(shares)
        with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
            args = [[order.folder] * jobs, range(jobs), [story.name] * jobs, chosen, [order.act] * jobs]
            reports = list(pool.map(one_share, *args))
        lines += _table(reports)
    return lines


def one_share(folder: Path, share: int, name: str, chosen: Container[int], act: str = "") -> Report:
    """Every boundary of a story whose number is among those chosen."""
    story = next(story for story in STORIES if story.name == name)
    with theatre(folder / f"{name}-{share}", story) as stage:
        stage.tell(chosen, act)
        return stage.report


def through(order: Order) -> list[Line]:
    """Whole stories with kills in every run of them."""
    lines = []
    for story in order.told:
        with theatre(order.folder / f"through-{story.name}", story) as stage:
            expected = stage.tell_through(None)
            bounds = stage.report.boundaries
        for seed in range(1, (1 if order.sample else order.seeds) + 1):
            began = time.monotonic()
            with theatre(order.folder / f"through-{story.name}-{seed}", story) as stage:
                wrong = differences(expected, stage.tell_through(seed, bounds))
                print(
                    f"whole story {story.name}, seed {seed}: {len(wrong)} differences", *wrong, sep="\n  ", flush=True
                )
                lines.append(Line(f"{story.name}, whole, seed {seed}", f"{stage.report.kills} kills",
                                  len(wrong) + len(stage.report.failures), time.monotonic() - began))  # fmt: skip
    return lines


def load(order: Order) -> list[Line]:
    """The daemon killed at random moments while mail comes in."""
    lines = []
    for seed in range(1, (1 if order.sample else order.seeds) + 1):
        began = time.monotonic()
        with office(order.folder / f"load-{seed}", seed) as round_:
            wrong = round_.play()
        spent = time.monotonic() - began
        print(f"daemon under load, seed {seed}: {KILLS} kills, {REQUESTS} requests, {spent:.0f} s, {len(wrong)} wrong",
              *wrong, sep="\n  ", flush=True)  # fmt: skip
        lines.append(Line(f"daemon under load, seed {seed}", f"{KILLS} kills", len(wrong), spent))
    return lines


def worlds(order: Order) -> list[Line]:
    """Worlds of the simulator, by the command that anybody may give."""
    began, count = time.monotonic(), 20 if order.sample else order.worlds
    command = [sys.executable, "-m", "tests.sim", "--seeds", str(count), "--keep-going"]
    status = subprocess.run(command, cwd=Path(__file__).resolve().parents[2], check=False).returncode
    return [Line("simulated worlds", f"{count} worlds", status, time.monotonic() - began)]


def power(order: Order) -> list[Line]:
    """The story of a payment under a watch that knows what a power cut would leave of its files."""
    began = time.monotonic()
    (order.folder / "power").mkdir()
    seen = watched_story(order.folder / "power")
    print(f"power cuts: {seen.moments} moments, {len(seen.faults)} faults", *seen.faults, sep="\n  ", flush=True)
    return [Line("power cuts", f"{seen.moments} moments", len(seen.faults), time.monotonic() - began)]


PARTS = {part.__name__: part for part in (power, worlds, boundaries, through, load)}


def _table(reports: Sequence[Report]) -> list[Line]:
    """One line for each act, of all processes together."""
    lines = []
    for told in zip(*(report.acts for report in reports), strict=True):
        kills, wrong = sum(one.kills for one in told), sum(one.wrong for one in told)
        lines.append(Line(f"{told[0].story}, {told[0].act}", f"{told[0].boundaries} boundaries, {kills} kills", wrong,
                          max(one.seconds for one in told)))  # fmt: skip
    return lines


__all__ = ["PARTS", "STORY", "Line", "Order", "one_share", "spread"]
