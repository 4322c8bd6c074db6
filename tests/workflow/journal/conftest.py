"""Journal tests work on a real SQLite file."""

from pathlib import Path

import pytest

from helpers.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
