"""Stories run on a real Dovecot; where there is none they are named as not run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.needs import needs
from helpers.realmail import RealMail
from stories.stage import USERS, Stage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stories" in item.path.parts:
            item.add_marker(needs("dovecot"))


@pytest.fixture
def real_mail(tmp_path: Path) -> Iterator[RealMail]:
    folder = tmp_path / "servers"
    folder.mkdir()
    with RealMail(folder, USERS) as mail:
        yield mail


@pytest.fixture
def stage(tmp_path: Path, real_mail: RealMail) -> Stage:
    return Stage(tmp_path, real_mail)
