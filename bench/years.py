"""A journal as it is after years: up to a million requests, each with everything that a real one leaves behind.

One request is lived through by the real code; its rows are then copied inside the database under other numbers. (The
hashes of the copies do not hold, which nothing here asks about.) `python -m bench.years` prints how long an order takes
beside a small journal and a big one; on a busy machine the fastest tenth says more than the middle.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Table, text

from bench.latency import percentile

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers.world import ADAM, FIONA, World  # noqa: E402
from workflow.core import commands as c  # noqa: E402
from workflow.journal import tables  # noqa: E402
from workflow.journal.engine import open_engine  # noqa: E402

FIRST = "PAY-2026-00001"
LEFT_BEHIND = (
    tables.requests, tables.events, tables.deeds, tables.tokens, tables.causes, tables.letters, tables.request_marks,
)  # fmt: skip
KEYS = frozenset({"token", "message_id", "once", "cause", "letter", "root", "key", "value"})
"""Columns that differ from request to request."""
PART = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.years")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--orders", type=int, default=200)
    wanted = parser.parse_args()
    size, base = 1, 0.0
    with world(wanted.database) as place:
        for goal in wanted.sizes:
            grow(place, size, goal)
            size = goal
            opened, answered = orders(place, wanted.orders)
            fast = percentile(opened, 0.1)
            base = base or fast
            figures = f"{fast * 1000:.2f} ms (half within {percentile(opened, 0.5) * 1000:.2f})"
            print(f"{wanted.database}, {goal:,} requests: a new one {figures}, {fast / base:.2f} times the first; "
                  f"an answer {percentile(answered, 0.1) * 1000:.2f} ms", flush=True)  # fmt: skip


@contextmanager
def world(database: str) -> Iterator[World]:
    """A journal with one paid request, on a real disk."""
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT))
    try:
        place = World(folder, database=database)
        place.order(c.MarkPaid(FIONA), place.approved(), FIONA)
        yield place
        place.engine.dispose()
    finally:
        shutil.rmtree(folder)


def grow(place: World, have: int, goal: int) -> None:
    """Copy the first request until there are so many."""
    engine = open_engine(place.url)
    for start in range(have + 1, goal + 1, PART):
        with engine.begin() as connection:
            for table in LEFT_BEHIND:
                connection.execute(text(_copies(table, start, min(start + PART, goal + 1))))
    if engine.dialect.name == "postgresql":  # as its own housekeeping does; SQLite plans without statistics
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    engine.dispose()


def _copies(table: Table, start: int, end: int) -> str:
    """The statement that copies the first request's rows of a table for these numbers."""
    columns = [column for column in table.columns if not (table is tables.deeds and column.name == "id")]
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(_copied(table, column.name, column.type.python_type is str) for column in columns)
    return (
        f"INSERT INTO {table.name} ({names}) "
        f"WITH RECURSIVE numbers(n) AS (SELECT {start} UNION ALL SELECT n + 1 FROM numbers WHERE n < {end - 1}) "
        f"SELECT {values} FROM {table.name}, numbers WHERE reference = '{FIRST}'"
    )


def _copied(table: Table, name: str, is_text: bool) -> str:
    """A column of a copy: keys of its own, its own reference wherever that is named, five thousand contractors."""
    if name in KEYS or (name == "id" and table is tables.causes):
        return f"\"{name}\" || '-' || n"
    if table is tables.deeds and name == "state":
        return "'done'"
    if name in ("contractor", "inn"):
        return f"\"{name}\" || '-' || (n % 5000)"
    return f"replace(\"{name}\", '{FIRST}', 'PAY-2025-' || (1000000 + n))" if is_text else f'"{name}"'


def orders(place: World, count: int) -> tuple[list[float], list[float]]:
    """Seconds of each new request and of each answer to it; the first ones find everything cold and do not count."""
    for _ in range(20):
        place.reply(ADAM, place.submitted(), "APPROVE")
    opened, answered = list[float](), list[float]()
    for _ in range(count):
        reference = _timed(place.submitted, opened)
        _timed(lambda reference=reference: place.reply(ADAM, reference, "APPROVE"), answered)
    return opened, answered


def _timed(work: Callable[[], str], into: list[float]) -> str:
    start = time.perf_counter()
    found = work()
    into.append(time.perf_counter() - start)
    return found


if __name__ == "__main__":
    main()
