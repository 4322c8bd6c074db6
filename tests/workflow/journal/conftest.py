"""Journal tests work on a real SQLite file and on a real PostgreSQL alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.databases import each_database
from helpers.world import World


@pytest.fixture(params=each_database())
def database(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def world(tmp_path: Path, database: str) -> Iterator[World]:
    world = World(tmp_path, database=database)
    yield world
    world.close()


@pytest.fixture
def alone(tmp_path: Path) -> World:
    """On SQLite, where one daemon is alone with its journal."""
    return World(tmp_path)
