"""Half of the seeds of a test run; the other half is in `test_worlds_b`, so that two processors share them."""

from __future__ import annotations

import pytest

from tests.sim.seeds import SEEDS, play_well


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_nothing_is_lost_nothing_happens_twice_and_nothing_is_approved_falsely(seed: int) -> None:
    play_well(seed)
