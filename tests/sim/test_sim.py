"""The simulator in the test run: a few seeds, a seed that tells its story twice, and planted bugs that it must see.

`make sim SEEDS=1000` plays more; `python -m tests.sim --plants` tells in which seed each planted bug is caught.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sim.plants import PLANTS, Plant, caught
from tests.sim.walk import play

ROOT = Path(__file__).resolve().parents[2]
SEEDS = int(os.environ.get("SEEDS") or 8)
QUICK = [plant for plant in PLANTS if plant.within <= 10]
OFTEN = "tests.sim --plants finds it; here the quick ones are enough"


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_nothing_is_lost_nothing_happens_twice_and_nothing_is_approved_falsely(seed: int) -> None:
    outcome = play(seed)
    assert outcome.breaches == [], f"python -m tests.sim --seed {seed} --trace"


def test_a_seed_tells_the_same_story_in_every_process() -> None:
    """Else a failure could not be looked at again."""
    here = play(3).story
    told = subprocess.run(
        [sys.executable, "-m", "tests.sim", "--seed", "3", "--trace"], cwd=ROOT, capture_output=True, text=True,
        check=True, env=os.environ | {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
    ).stdout.splitlines()  # fmt: skip
    assert told[: len(here)] == here


@pytest.mark.parametrize("plant", QUICK, ids=lambda plant: plant.name)
def test_a_planted_bug_is_caught(plant: Plant) -> None:
    assert caught(plant) is not None, f"not within {plant.within} seeds"
