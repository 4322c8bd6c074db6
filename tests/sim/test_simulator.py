"""The simulator itself: a seed tells its story twice, planted bugs are seen, a failure is made short.

`python -m tests.sim --plants` tells in which seed each planted bug is caught.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sim.plants import PLANTS, Plant, Withered, caught
from tests.sim.shrink import numbers_in, shrink, spelled
from tests.sim.walk import STEPS, play

ROOT = Path(__file__).resolve().parents[2]
QUICK = [plant for plant in PLANTS if plant.within <= 10]
"""The others are found by `--plants`; here the quick ones are enough."""


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


def test_a_plant_in_a_function_that_nobody_calls_is_a_mistake() -> None:
    """Else one whose function was moved would be blind, and nobody would know."""
    nowhere = Plant("nowhere", Plant, "_counted", lambda original: original, "", 1)
    with pytest.raises(Withered, match="never called"):
        caught(nowhere)


def test_a_breach_of_another_rule_does_not_count() -> None:
    """That nothing is caught by chance: the plant breaks much, and not this."""
    plant = next(plant for plant in PLANTS if plant.name == "an event is not chained")
    assert caught(replace(plant, rule="the contractor got", within=1)) is None


def test_a_failure_is_told_in_fewer_steps_and_can_be_told_again() -> None:
    plant = next(plant for plant in PLANTS if plant.name == "an event is not chained")
    failed = caught(plant)
    assert failed is not None
    with plant.growing():
        short = shrink(failed, STEPS, lambda without: play(failed.seed, STEPS, without), plays=25)
        again = play(failed.seed, STEPS, numbers_in(spelled(short.without)))
    assert len(short.without) > STEPS // 2
    assert (again.breaches, again.story) == (short.outcome.breaches, short.outcome.story)
