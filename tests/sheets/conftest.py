"""A server that stands for Google, as it is at the start of each test."""

from collections.abc import Iterator

import pytest

from helpers.sheets_server import SheetsServer


@pytest.fixture(scope="session")
def _google() -> Iterator[SheetsServer]:
    server = SheetsServer().start()
    yield server
    server.stop()


@pytest.fixture
def google(_google: SheetsServer) -> SheetsServer:
    """A spreadsheet with one empty sheet."""
    return _google.renew()
