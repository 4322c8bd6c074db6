"""The process that is killed: the real command line, with its boundaries counted.

`python -m tests.crash.child` reads one order a line from standard input and answers each with a line. Every order runs
in a process of its own, forked from this one so that the libraries, the templates and the readers of files are loaded
only once.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config  # noqa: F401  loaded before the fork

from documents import sandbox
from mailer.render import Renderer
from tests.crash.points import Points
from workflow.cli import common, main
from workflow.wiring import Wiring

BETWEEN_STARTS = timedelta(seconds=10)
"""On the story's clock, from one start of the program to the next."""
LONGEST = BETWEEN_STARTS - timedelta(seconds=1)


class WarmWiring(Wiring):
    """With templates that are translated already."""

    @cached_property
    def renderer(self) -> Renderer:
        return templates()


@cache
def templates() -> Renderer:
    """Ours, all of them."""
    renderer = Renderer()
    for path in renderer.known:
        for press in (renderer._ours.plain, renderer._ours.html):
            press.get_template(path)
    return renderer


def run(commands: Sequence[Sequence[str]], start: datetime, kill_at: int) -> tuple[int, list[str]]:
    """Run command lines as a user would, one after another, at a time of our choice, until one says no; its exit
    status and the points that the first one passed."""
    began = time.monotonic()

    def now() -> datetime:
        """However slow the machine is, never later than the next start: else the clock would go back there."""
        return start + min(timedelta(seconds=time.monotonic() - began), LONGEST)

    with_our_clock = partial(WarmWiring, now=now)
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
    templates()
    _share_readers()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _obey(order)
        _, status = os.waitpid(child, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)
        _load(Path(order["modules"]))


def _share_readers() -> None:
    """One server of readers for all runs; each run takes it for its own, and starts another one where it was lost."""
    shared = sandbox._SHARED
    shared._started()
    shared._server = None  # no run is its parent


def _load(modules: Path) -> None:
    """What a run had to load need not be loaded by the next."""
    if modules.exists():
        for name in json.loads(modules.read_text(encoding="utf-8")):
            with suppress(ImportError):  # a name that some library made up
                import_module(name)
        modules.unlink()


def _obey(order: Mapping[str, Any]) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    start = datetime.fromtimestamp(order["start"], UTC)
    known = {*sys.modules}
    status, names = run(order["commands"], start, order["kill_at"])
    Path(order["points"]).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    Path(order["modules"]).write_text(json.dumps(sorted({*sys.modules} - known)), encoding="utf-8")
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    serve()
