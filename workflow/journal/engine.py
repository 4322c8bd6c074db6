"""One engine for both databases. SQLite: WAL, every commit on disk, and writers queue up front.

A SQLite transaction that reads and then writes fails with "database is locked" in spite of any time-out, unless it
says BEGIN IMMEDIATE; so every transaction does, save those opened with `reading(engine)`. PostgreSQL: see `postgres`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Insert, create_engine, event, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.schema import Table

from workflow.journal.leases import prove
from workflow.journal.postgres import open_postgres

BUSY_SECONDS = 30


def open_engine(url: str) -> Engine:
    """The engine for `sqlite:///…` or `postgresql+psycopg://…`."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = open_postgres(make_url(url))
        event.listen(engine, "begin", prove)
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    reading_only = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads: it neither waits for writers nor stops them."""
    with engine.connect().execution_options(reading=True) as connection:
        yield connection


# --- statements that are made once: making one takes three times as long as running it -------------------------------


def put(connection: Connection, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert one row or several."""
    if rows:
        connection.execute(_inserting(table), rows)


def insert_if_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless its key is there; True when it was inserted."""
    return connection.execute(_adding(connection.dialect.name, table), values).first() is not None


def upsert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Insert a row or overwrite the one with its primary key."""
    connection.execute(_overwriting(connection.dialect.name, table, tuple(values)), values)


@cache
def _inserting(table: Table) -> Insert:
    return insert(table)


@cache
def _adding(dialect: str, table: Table) -> Any:
    return _INSERT[dialect](table).on_conflict_do_nothing().returning(*table.primary_key)


@cache
def _overwriting(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key]
    insert = _INSERT[dialect](table)
    rest = {name: insert.excluded[name] for name in names if name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=rest)


@cache
def counting(dialect: str, table: Table, keys: tuple[str, ...], counter: str) -> Any:
    """The statement that gives the next number under a key, the first time 1."""
    insert = _INSERT[dialect](table)
    one_more = {counter: table.c[counter] + 1}
    return insert.on_conflict_do_update(index_elements=list(keys), set_=one_more).returning(table.c[counter])


_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
