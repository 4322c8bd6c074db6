"""A journal's file as an older program made it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

import workflow.journal
from workflow.journal.engine import open_engine


def make_at(revision: str, path: Path) -> None:
    """An empty journal of this revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(workflow.journal.__file__).parent / "migrations"))
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
