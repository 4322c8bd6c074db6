"""The schema: made at the first start, the same by migrations and by tables, never brought backwards."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from helpers.old_schema import make_at
from helpers.world import NOW
from workflow.journal import NewerSchema, tables
from workflow.journal.engine import open_engine
from workflow.journal.schema import copy_of, current, prepare, upgrade


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine(f"sqlite:///{tmp_path / 'journal.db'}")


def test_a_fresh_file_gets_all_tables(engine: Engine) -> None:
    assert current(engine) is None
    prepare(engine, NOW)
    assert current(engine) == tables.HEAD
    assert set(inspect(engine).get_table_names()) == {*tables.metadata.tables, "alembic_version"}


def test_a_journal_in_memory_is_prepared_too() -> None:
    engine = open_engine("sqlite://")
    prepare(engine, NOW)
    assert current(engine) == tables.HEAD


def test_migrations_make_exactly_the_tables_that_the_program_uses(engine: Engine) -> None:
    prepare(engine, NOW)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)
    assert differences == []


def test_every_index_of_the_tables_is_made(engine: Engine) -> None:
    prepare(engine, NOW)
    seen = inspect(engine)
    for table in tables.metadata.tables.values():
        made = {index["name"] for index in seen.get_indexes(table.name)}
        assert {str(index.name) for index in table.indexes} <= made


def test_preparing_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    prepare(engine, NOW)
    before = sorted(path.name for path in tmp_path.iterdir())
    prepare(engine, NOW)
    upgrade(engine, NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert not list(tmp_path.glob("*.before-*"))


def test_a_newer_schema_is_refused_and_left_alone(engine: Engine) -> None:
    prepare(engine, NOW)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="schema 9999") as caught:
        prepare(engine, NOW)
    assert caught.value.permanent
    assert current(engine) == "9999"


def test_the_copy_before_an_upgrade_holds_what_is_still_in_the_log(engine: Engine, tmp_path: Path) -> None:
    """The last commits stand in the write-ahead log beside the file: a copy of the file alone would lack them."""
    prepare(engine, NOW)
    with engine.begin() as connection:
        connection.execute(tables.meta.insert().values(key="last", value="words"))
    assert (tmp_path / "journal.db-wal").stat().st_size > 0
    copy = copy_of(tmp_path / "journal.db", NOW)
    assert copy.name == f"journal.db.before-{tables.HEAD}-20261124090000"
    with sqlite3.connect(copy) as connection_to_copy:
        assert connection_to_copy.execute("SELECT value FROM meta WHERE key = 'last'").fetchone() == ("words",)


def test_programs_that_may_go_on_find_all_they_know_and_may_leave_out_the_rest(tmp_path: Path, engine: Engine) -> None:
    """Else COMPATIBLE_FROM must be raised, and older daemons stop with a sentence."""
    make_at(tables.COMPATIBLE_FROM, tmp_path / "older.db")
    prepare(engine, NOW)
    older, ours = inspect(open_engine(f"sqlite:///{tmp_path / 'older.db'}")), inspect(engine)
    for table in older.get_table_names():
        known = {column["name"] for column in older.get_columns(table)}
        there = {column["name"]: column for column in ours.get_columns(table)}
        assert known <= set(there), table
        added = [column for name, column in there.items() if name not in known]
        assert all(column["nullable"] or column["default"] is not None for column in added), (table, added)
