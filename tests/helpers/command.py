"""The program as users call it: a process of its own, with a settings file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "countersign"


def environment(**more: str) -> dict[str, str]:
    """The user's own environment, with the password of the tests' mailbox."""
    return {**os.environ, "COUNTERSIGN_TEST_PASSWORD": "secret", "COLUMNS": "200", **more}


def countersign(
    config: Path | None, *arguments: str, cwd: Path | None = None, text: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """`countersign [--config FILE] ARGUMENTS`; without a file the default one is looked for."""
    named = ["--config", str(config)] if config else []
    return subprocess.run(
        [str(PROGRAM), *named, *arguments], capture_output=True, text=True, cwd=cwd, input=text, timeout=60,
        env=environment(**more), check=False,
    )  # fmt: skip
