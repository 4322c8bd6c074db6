"""Bringing a database up to date: SQLite by itself after a copy of the file, PostgreSQL when told to."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Engine, inspect, select, text

from documents.disk import flush
from workflow.journal import projections
from workflow.journal.engine import upsert
from workflow.journal.errors import JournalError, NewerSchema
from workflow.journal.leases import take_from_all
from workflow.journal.postgres import alone_on_it, make_schema, plain_text
from workflow.journal.tables import COMPATIBLE_FROM, HEAD, meta

KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")


def current(engine: Engine) -> str | None:
    """The schema's revision, None for an empty database."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def prepare(engine: Engine, now: datetime) -> None:
    """At every start: nothing to do, an upgrade (SQLite), or a refusal that says what to do."""
    found = current(engine)
    if found == HEAD:
        projections.fill_if_stale(engine)
        return
    refuse_if_incompatible(engine)
    if found not in KNOWN and found is not None:
        return  # a newer one, made so that this program may go on beside newer daemons
    if engine.dialect.name != "sqlite":
        have = found or "not there yet"
        raise JournalError(f"The journal's schema is {have}, {HEAD} is needed: run `countersign migrate`.")
    upgrade(engine, now)


def refuse_if_incompatible(engine: Engine) -> None:
    """A newer schema is refused, save on PostgreSQL one that says from which schema on programs may use it: during an
    upgrade older daemons go on beside newer ones."""
    found = current(engine)
    if found in KNOWN or found is None or (engine.dialect.name != "sqlite" and _compatible_from(engine) in KNOWN):
        return
    _refuse_newer(found)


def _compatible_from(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return connection.execute(select(meta.c.value).where(meta.c.key == "compatible_from")).scalar()


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in KNOWN:
        raise NewerSchema(
            f"The journal was written by a newer version (schema {found}, this program knows {HEAD}). "
            "Install the newer version, or restore the copy made before its upgrade."
        )


def upgrade(engine: Engine, now: datetime) -> None:
    """Bring the schema to HEAD; a SQLite file is copied beside itself first, one process at a time."""
    _refuse_newer(current(engine))
    path = _file_of(engine)
    if path is None:
        _run(engine)
        projections.fill_if_stale(engine)
        return
    with FileLock(f"{path}.upgrade"):
        found = current(engine)
        if found == HEAD:
            return
        if found is not None:
            copy_of(path, now)
        _run(engine)
        projections.fill_if_stale(engine)


def copy_of(path: Path, now: datetime) -> Path:
    """A whole copy of a SQLite file beside it, with what still stands in its write-ahead log."""
    target = path.with_name(f"{path.name}.before-{HEAD}-{now:%Y%m%d%H%M%S}")
    draft = path.with_name(f"{path.name}.before.tmp")  # what a crash left under this name is written over
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
        draft.chmod(path.stat().st_mode & 0o777)
        flush(draft)
        os.replace(draft, target)
        flush(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise JournalError(
            f"The journal must be upgraded, and no copy of it could be made before that in {path.parent}: {error}. "
            "Nothing was changed."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return target


def _file_of(engine: Engine) -> Path | None:
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name and name != ":memory:" else None


def _run(engine: Engine) -> None:
    from alembic import command  # slow to import, and needed once in the life of a journal
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if on_postgres := engine.dialect.name == "postgresql":
            make_schema(connection)
            alone_on_it(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if on_postgres:
            plain_text(connection)
        stored = select(meta.c.value).where(meta.c.key == "compatible_from")
        if on_postgres and connection.execute(stored).scalar() not in (None, COMPATIBLE_FROM):
            take_from_all(connection)
        upsert(connection, meta, {"key": "compatible_from", "value": COMPATIBLE_FROM})
