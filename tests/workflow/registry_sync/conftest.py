"""Each scenario is played at a workbook and at a sheet in memory."""

from pathlib import Path

import pytest

from helpers.registry_room import Room


@pytest.fixture(params=["excel", "memory"])
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Room:
    return Room(tmp_path, request.param).open()
