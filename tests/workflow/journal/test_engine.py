"""SQLite as the journal needs it: on disk at every commit, writers in a queue, readers never in their way."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from sqlalchemy import insert, select, text

from helpers.world import World
from workflow.journal import tables
from workflow.journal.engine import insert_if_new, open_engine, reading, upsert
from workflow.journal.schema import current

WRITER = """
import sys
from datetime import UTC, datetime
from sqlalchemy import select, update, insert
from workflow.journal import tables
from workflow.journal.engine import open_engine
from workflow.journal.schema import prepare

engine = open_engine(sys.argv[1])
prepare(engine, datetime.now(UTC))
for _ in range(int(sys.argv[2])):
    with engine.begin() as connection:  # read, then write: what fails without BEGIN IMMEDIATE
        last = connection.execute(select(tables.counters.c.last)).scalar()
        if last is None:
            connection.execute(insert(tables.counters).values(prefix="PAY", year=2026, last=1))
        else:
            connection.execute(update(tables.counters).values(last=last + 1))
"""


def writers(url: str, processes: int, times: int) -> list[subprocess.CompletedProcess[str]]:
    """Several processes that count in the same journal at once."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, str(times)], stderr=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[3],
        )
        for _ in range(processes)
    ]  # fmt: skip
    return [
        subprocess.CompletedProcess(process.args, process.returncode, stderr=err)
        for process in started
        for err in [process.communicate(timeout=120)[1]]
    ]


def test_two_processes_that_read_and_write_wait_for_one_another(tmp_path: Path) -> None:
    """Both also make the journal: it is there once, and no count is lost."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    assert [(done.returncode, done.stderr) for done in writers(url, 2, 40)] == [(0, ""), (0, "")]
    engine = open_engine(url)
    with reading(engine) as connection:
        assert connection.execute(select(tables.counters.c.last)).scalar_one() == 80
    assert current(engine) == tables.HEAD


def test_every_commit_is_on_disk(alone: World) -> None:
    with alone.engine.connect() as connection:
        pragmas = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in
                   ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}  # fmt: skip
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


def test_reading_goes_on_while_somebody_writes(world: World) -> None:
    world.submitted()
    with world.engine.begin() as writing:
        writing.execute(insert(tables.meta).values(key="x", value="1"))
        seen: list[object] = []
        reader = threading.Thread(target=lambda: seen.extend((world.journal.note("x"), *world.journal.requests())))
        reader.start()
        reader.join(timeout=10)
        assert [seen[0], len(seen)] == [None, 2]
    assert world.journal.note("x") == "1"


def test_insert_if_new_and_upsert(world: World) -> None:
    with world.engine.begin() as connection:
        assert insert_if_new(connection, tables.meta, {"key": "a", "value": "1"})
        assert not insert_if_new(connection, tables.meta, {"key": "a", "value": "2"})
        upsert(connection, tables.meta, {"key": "a", "value": "3"})
        value = select(tables.meta.c.value).where(tables.meta.c.key == "a")
        assert connection.execute(value).scalars().all() == ["3"]
