"""The seeds of a test run: a few, or as many as `SEEDS` says."""

from __future__ import annotations

import os

from tests.sim.walk import play

SEEDS = range(1, int(os.environ.get("SEEDS") or 200) + 1)


def play_well(seed: int) -> None:
    """Fails with the breaches, and says how to look at them."""
    outcome = play(seed)
    assert outcome.breaches == [], f"python -m tests.sim --seed {seed} --shrink"
