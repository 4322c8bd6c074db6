"""A newer version of the program: a copy of it with one migration more, as an upgrade puts it beside the old one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from helpers.command import environment
from helpers.daemons import ROOT
from workflow.journal.schema import KNOWN
from workflow.journal.tables import COMPATIBLE_FROM, HEAD

PARTS = ("cloud", "config", "documents", "mailer", "sheets", "templates", "values", "workflow")
NEXT = "9001"
MIGRATION = f'''
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{HEAD}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("mood", sa.Text(), nullable=False, server_default="calm"))
    op.create_table("moods", sa.Column("name", sa.String(length=20), primary_key=True))
'''


class NewerVersion:
    """Its folder. With `breaks` older programs cannot go on beside it."""

    def __init__(self, folder: Path, *, breaks: bool) -> None:
        self.folder = folder
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        journal = folder / "workflow" / "journal"
        (journal / "migrations" / "versions" / f"v{NEXT}_mood.py").write_text(MIGRATION)
        self._change(journal / "tables.py", f'HEAD = "{HEAD}"', f'HEAD = "{NEXT}"')
        self._change(journal / "schema.py", f'"{KNOWN[-1]}")', f'"{KNOWN[-1]}", "{NEXT}")')
        if breaks:
            self._change(journal / "tables.py", f'COMPATIBLE_FROM = "{COMPATIBLE_FROM}"', f'COMPATIBLE_FROM = "{NEXT}"')

    @staticmethod
    def _change(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (path, old)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def call(self, settings: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of its commands."""
        return subprocess.run(
            [sys.executable, "-m", "workflow", "--config", str(settings), *arguments], cwd=self.folder,
            env=environment(), capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
