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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
SMALL = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.years")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--orders", type=int, default=150)
    wanted = parser.parse_args()
    size = 1
    with world(wanted.database) as small, world(wanted.database) as big:
        grow(small, 1, SMALL)
        for goal in wanted.sizes:
            grow(big, size, goal)
            size = goal
            few, many = orders((small, big), wanted.orders)
            both = (("a new request", many.opened, few.opened), ("an answer", many.answered, few.answered))
            for what, ours, base in both:
                (fast, half), (fast_base, half_base) = _figures(ours), _figures(base)
                print(f"{wanted.database}, {goal:,} requests, {what}: fastest tenth {fast:.2f} ms, half {half:.2f} ms; "
                      f"beside {SMALL:,} requests {fast_base:.2f} and {half_base:.2f} ms: "
                      f"ratio {fast / fast_base:.2f} and {half / half_base:.2f}", flush=True)  # fmt: skip


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


@dataclass
class Times:
    """Seconds of each new request and of each answer to it."""

    opened: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


def orders(places: Sequence[World], count: int) -> list[Times]:
    """One order here, one there, so that what else the machine does weighs on both; the first ones find everything
    cold and do not count."""
    for place in places:
        for _ in range(20):
            place.reply(ADAM, place.submitted(), "APPROVE")
    found = [Times() for _ in places]
    for _ in range(count):
        for place, times in zip(places, found, strict=True):
            reference = _timed(place.submitted, times.opened)
            _timed(lambda place=place, reference=reference: place.reply(ADAM, reference, "APPROVE"), times.answered)
    return found


def _figures(times: list[float]) -> tuple[float, float]:
    """Milliseconds within which the fastest tenth and the fastest half were done."""
    return percentile(times, 0.1) * 1000, percentile(times, 0.5) * 1000


def _timed(work: Callable[[], str], into: list[float]) -> str:
    start = time.perf_counter()
    found = work()
    into.append(time.perf_counter() - start)
    return found


if __name__ == "__main__":
    main()
