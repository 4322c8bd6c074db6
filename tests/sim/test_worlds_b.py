"""The other half of the seeds of a test run; see `test_worlds_a`."""

from __future__ import annotations

import pytest

from tests.sim.seeds import SEEDS, play_well


@pytest.mark.parametrize("seed", SEEDS[1::2])
def test_nothing_is_lost_nothing_happens_twice_and_nothing_is_approved_falsely(seed: int) -> None:
    play_well(seed)
