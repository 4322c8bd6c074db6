"""The parts of a crash campaign, each telling on standard output what it does and what it found."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.crash.kills import Report, theatre
from tests.crash.load import KILLS, REQUESTS, office
from tests.crash.power import watched_story
from tests.crash.state import differences
from tests.crash.story import STORY

SAMPLE, WORLDS = 20, 10_000
ABOUT, MOST = 1280, 100_000
"""How many boundaries there are, roughly and at most."""


def spread(total: int, wanted: int) -> set[int]:
    """Numbers from 1 to `total`, evenly spread, always the same."""
    return {1 + (total - 1) * i // max(1, wanted - 1) for i in range(wanted)}


def every_boundary(folder: Path, _seeds: int, sample: bool) -> int:
    """Each run of the story killed at each of its boundaries; the work is shared among the processors."""
    jobs = 1 if sample else os.cpu_count() or 1
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        reports = list(pool.map(one_share, [folder] * jobs, range(jobs), [jobs] * jobs, [sample] * jobs))
    report = reports[0]
    report.kills = sum(each.kills for each in reports)
    report.failures[:] = [failure for each in reports for failure in each.failures]
    print(f"boundaries: {sum(report.boundaries.values())} in {len(report.boundaries)} runs", end="; ")
    return tell(report)


def one_share(folder: Path, share: int, shares: int, sample: bool) -> Report:
    """Every boundary whose number falls to this share, or an even spread of all."""
    chosen = spread(ABOUT, SAMPLE) if sample else range(share + 1, MOST, shares)
    with theatre(folder / f"boundaries-{share}") as stage:
        stage.tell(chosen)
        return stage.report


def through(folder: Path, seeds: int, sample: bool) -> int:
    """The whole story with kills in every run of it."""
    with theatre(folder / "through") as stage:
        expected = stage.tell_through(None, [1] * len(STORY))
        bounds = list(stage.report.boundaries.values())
        print("whole story, never killed", end="; ")
        failed = tell(stage.report)
    for seed in range(1, (1 if sample else seeds) + 1):
        with theatre(folder / f"through-{seed}") as stage:
            found = stage.tell_through(seed, bounds)
            wrong = differences(expected, found)
            print(f"whole story, seed {seed}: {len(wrong)} differences", *wrong, sep="\n  ", end="; ")
            failed += tell(stage.report) + bool(wrong)
    return failed


def random_kills(folder: Path, seeds: int, sample: bool) -> int:
    """The daemon killed at random moments while mail comes in."""
    failed = 0
    for seed in range(1, (1 if sample else seeds) + 1):
        with office(folder / f"load-{seed}", seed) as round_:
            began = time.monotonic()
            wrong = round_.play()
        print(f"daemon under load, seed {seed}: {KILLS} kills, {REQUESTS} requests, {time.monotonic() - began:.0f} s, "
              f"{len(wrong)} wrong", *wrong, sep="\n  ", flush=True)  # fmt: skip
        failed += bool(wrong)
    return failed


def simulated(_folder: Path, worlds: int, sample: bool) -> int:
    """Worlds of the simulator, by the command that anybody may give."""
    command = [sys.executable, "-m", "tests.sim", "--seeds", str(20 if sample else worlds), "--keep-going"]
    return subprocess.run(command, cwd=Path(__file__).resolve().parents[2], check=False).returncode


def power_cuts(folder: Path, _seeds: int, _sample: bool) -> int:
    """The story of a payment under a watch that knows what a power cut would leave of its files."""
    (folder / "power").mkdir()
    power = watched_story(folder / "power")
    print(f"power cuts: {power.moments} moments, {len(power.faults)} faults", *power.faults, sep="\n  ", flush=True)
    return len(power.faults)


def tell(report: Report) -> int:
    print(f"{report.kills} kills, {len(report.failures)} with another end", flush=True)
    for failure in report.failures[:20]:
        print(failure, flush=True)
    return len(report.failures)
