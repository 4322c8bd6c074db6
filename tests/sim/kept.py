"""What is kept from world to world, so that each begins quickly: the place, a blank journal, engines, templates.

None of it remembers anything of a world. A process has the connections of its own start only.
"""

from __future__ import annotations

import atexit
import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Text, event, literal

from documents import sandbox
from documents.sandbox import Bounds, Failure, Sandbox
from mailer.render import Renderer
from tests.sim.fate import Process
from workflow.journal import leases, queue
from workflow.journal.engine import open_engine
from workflow.journal.leases import prove
from workflow.journal.schema import prepare
from workflow.journal.stamp import stamp

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@cache
def blank_journal() -> bytes:
    """A fresh journal's file, made once in a run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        engine = open_engine(f"sqlite:///{path}")
        prepare(engine, START)
        engine.dispose()
        return path.read_bytes()


@cache
def renderer() -> Renderer:
    """Templates are translated once: they are the same in every world."""
    return Renderer()


class KnownFiles(Sandbox):
    """Files are read by the real children, each once in a run: the same bytes say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[str, bytes], str | Failure] = {}

    def run(self, function_name: str, payload: bytes, bounds: Bounds) -> str | Failure:
        key = (function_name, hashlib.sha256(payload).digest())
        if key not in self.known:
            self.known[key] = super().run(function_name, payload, bounds)
        return self.known[key]


_FILES = KnownFiles()
atexit.register(_FILES.close)


def keep_files() -> Callable[[], None]:
    """What files say is kept from world to world; gives what puts the plain way back."""
    original = sandbox._SHARED
    sandbox._SHARED = _FILES

    def restore() -> None:
        sandbox._SHARED = original

    return restore


@cache
def settle_memory() -> None:
    """What is loaded by now stays: looking through it for rubbish again and again costs more than the worlds' own."""
    gc.collect()
    gc.freeze()


@contextmanager
def tidied() -> Iterator[None]:
    """A world's rubbish is cleared away after it, and not while it lasts."""
    settle_memory()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


@dataclass
class Kept:
    """An engine and whose it is now."""

    engine: Engine
    process: Process
    commits: Callable[[Process, Callable[[], None]], None]
    changes: dict[int, int] = field(default_factory=dict)

    def watch(self) -> None:
        """Every commit that changes something passes through `commits`; open writers are counted."""
        commit = self.engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            raw = getattr(connection, "driver_connection", None) or connection
            before = self.changes.get(id(raw))
            self.changes[id(raw)] = raw.total_changes
            if before == raw.total_changes:
                commit(connection)
            else:
                self.commits(self.process, lambda: commit(connection))

        def begun(connection: Any) -> None:
            self.process.writing += not connection.get_execution_options().get("reading")
            if self.process.many:  # as on PostgreSQL
                prove(connection)

        def ended(connection: Any) -> None:
            if not connection.get_execution_options().get("reading"):
                self.process.writing = 0

        self.engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
        event.listen(self.engine, "begin", begun)
        event.listen(self.engine, "rollback", ended)


_ENGINES: dict[str, Kept] = {}


def engine_for(process: Process, commits: Callable[[Process, Callable[[], None]], None]) -> Engine:
    """The engine of this daemon's journal; the file lies at the same place in every world."""
    kept = _ENGINES.get(process.name)
    if kept is None:
        kept = _ENGINES[process.name] = Kept(open_engine(f"sqlite:///{place() / 'journal.db'}"), process, commits)
        kept.watch()
    kept.process, kept.commits = process, commits
    kept.changes.clear()
    return kept.engine


@cache
def place() -> Path:
    """Where every world of this run is made, one after another; in memory where there is some."""
    quick = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="countersign-sim-", dir=quick))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def clock_of_leases(now: Callable[[], datetime]) -> Callable[[], None]:
    """Leases of mailboxes and registries by the simulated clock; gives what puts the database's back."""
    original = leases.by_database

    def by_simulation(_now: datetime | None, later: timedelta) -> Any:
        return literal(stamp(now() + later), Text)

    def restore() -> None:
        leases.by_database = original

    leases.by_database = by_simulation
    return restore


def seed_tokens(source: Callable[[int], bytes]) -> Callable[[], None]:
    """Tokens from the seed; gives what puts the real ones back."""
    original = queue.secrets

    class Seeded:
        token_bytes = staticmethod(source)

    queue.secrets = Seeded  # type: ignore[assignment]

    def restore() -> None:
        queue.secrets = original

    return restore
