"""The process that is killed: the real command line, with its boundaries counted.

`python -m tests.crash.child` reads one order a line from standard input and answers each with a line. Every order runs
in a process of its own, forked from this one so that the libraries are loaded only once.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config  # noqa: F401  loaded before the fork

from tests.crash.points import Points
from workflow.cli import common, main
from workflow.wiring import Wiring


def run(commands: Sequence[Sequence[str]], start: datetime, kill_at: int) -> tuple[int, list[str]]:
    """Run command lines as a user would, one after another, at a time of our choice, until one says no; its exit
    status and the points that the first one passed."""
    began = time.monotonic()
    with_our_clock = partial(Wiring, now=lambda: start + timedelta(seconds=time.monotonic() - began))
    vars(common)["Wiring"] = with_our_clock
    points = Points(kill_at)
    points.watch()
    status, passed = 0, 0
    for arguments in commands:
        status = status or _one(arguments)
        passed = passed or len(points.names)
    return status, points.names[:passed]


def _one(arguments: Sequence[str]) -> int:
    sys.argv = ["countersign", *arguments]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        return 99
    return 0


def serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _obey(order)
        _, status = os.waitpid(child, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)


def _obey(order: Mapping[str, Any]) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    start = datetime.fromtimestamp(order["start"], UTC)
    status, names = run(order["commands"], start, order["kill_at"])
    Path(order["points"]).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    serve()
