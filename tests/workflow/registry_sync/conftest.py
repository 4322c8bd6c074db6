"""Each scenario is played at a workbook, at a spreadsheet of a local server that stands for Google, and in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.registry_google import GoogleRoom
from helpers.registry_room import Room
from helpers.sheets_server import SheetsServer


@pytest.fixture(scope="session")
def _google() -> Iterator[SheetsServer]:
    server = SheetsServer().start()
    yield server
    server.stop()


@pytest.fixture(params=["excel", "google", "memory"])
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Room:
    if request.param == "google":
        server: SheetsServer = request.getfixturevalue("_google")
        return GoogleRoom(tmp_path, server.renew()).open()
    return Room(tmp_path, request.param).open()
