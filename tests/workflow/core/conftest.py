"""Core tests work with values: a desk is one request and the people around it."""

import pytest

from helpers.world import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
