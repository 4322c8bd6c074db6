"""PostgreSQL as the journal needs it: short time-outs, one schema to itself, text compared byte by byte as SQLite does.

Every wait ends before a lease does: a daemon that hangs on the database must not believe that it still holds something
that another has taken over. A connection to a server that takes no more writes (a standby after a failover) counts as
broken, so that the next one finds the new primary.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from workflow.journal.errors import JournalError

CONNECT_SECONDS, STATEMENT_SECONDS, LOCK_SECONDS, IDLE_SECONDS = 10, 30, 20, 20
_STAND_IN_LINE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':' || word, 0)) "
    "FROM unnest(CAST(:words AS text[])) word"
)
CONFLICTS = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: nothing was done, and the same again may go through."""
NO_WRITES = "25006"
ATTEMPTS = 5
PLACEHOLDER = "\N{REPLACEMENT CHARACTER}"

P = ParamSpec("P")
T = TypeVar("T")


def open_postgres(url: URL) -> Engine:
    """The engine for `postgresql+psycopg://…?schema=NAME`; without a schema the database's own (public)."""
    if find_spec("psycopg") is None:
        raise JournalError("PostgreSQL needs the package psycopg: install Countersign with the extra [postgres].")
    schema = str(url.query.get("schema", "public"))
    # Cut off between statements that were sent at once, a session is neither idle nor dead: the server repeats for a
    # quarter of an hour an answer that nobody takes, and keeps its locks. That is what its tcp_user_timeout is for.
    settings = {
        "search_path": schema, "statement_timeout": f"{STATEMENT_SECONDS}s", "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s", "timezone": "UTC",
        "default_transaction_isolation": r"read\ committed",
        "tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
        "tcp_user_timeout": str(LOCK_SECONDS * 1000),
    }  # fmt: skip
    given = url.query.get("options", "")
    options = " ".join([str(given), *(f"-c {name}={value}" for name, value in settings.items())]).strip()
    wanted = {
        "connect_timeout": CONNECT_SECONDS, "application_name": "countersign", "keepalives_idle": 10,
        "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": LOCK_SECONDS * 1000,
        **_only_a_primary(url),
    }  # fmt: skip
    engine = create_engine(
        url.difference_update_query(["schema", "options"]), pool_pre_ping=True, pool_timeout=CONNECT_SECONDS,
        connect_args={"options": options, **{name: value for name, value in wanted.items() if name not in url.query}},
    )
    event.listen(engine, "connect", _without_zero_characters)
    event.listen(engine, "handle_error", _on_error)
    return engine


def schema_of(engine: Engine) -> str:
    """The schema that this engine works in."""
    with engine.connect() as connection:
        return str(connection.execute(text("SHOW search_path")).scalar_one())


def _only_a_primary(url: URL) -> dict[str, str]:
    """Of several hosts the one that takes writes; a single host may be a standby that is only looked at."""
    hosts = url.query.get("host", "")
    several = isinstance(hosts, tuple) or "," in hosts
    return {"target_session_attrs": "read-write"} if several and "target_session_attrs" not in url.query else {}


def _without_zero_characters(connection: Any, _record: Any) -> None:
    """SQLite keeps the character zero in a text, PostgreSQL refuses it: a stray one in a subject stops nothing."""
    from psycopg.types.string import StrDumperUnknown

    class Dumper(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", PLACEHOLDER) if "\0" in obj else obj)

    connection.adapters.register_dumper(str, Dumper)


def _on_error(context: Any) -> None:
    if sqlstate(context.original_exception) == NO_WRITES:
        context.is_disconnect = True


def sqlstate(error: BaseException | None) -> str:
    """PostgreSQL's five characters for what went wrong; empty where there are none."""
    original = getattr(error, "orig", None) or error
    return str(getattr(original, "sqlstate", None) or "")


def repeated(work: Callable[P, T]) -> Callable[P, T]:
    """The function, done again where two transactions stood in each other's way. It must be one transaction."""

    @functools.wraps(work)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, ATTEMPTS):
            try:
                return work(*args, **kwargs)
            except DBAPIError as error:
                if sqlstate(error) not in CONFLICTS:
                    raise
            time.sleep(random.uniform(0.01, 0.02 * 2**attempt))
        return work(*args, **kwargs)

    return wrapped


def one_at_a_time(connection: Connection, keys: Iterable[str]) -> None:
    """Until this transaction ends, no other one passes here with one of these words. SQLite's transactions stand in
    line anyway."""
    wanted = sorted(set(keys))
    if not wanted or connection.dialect.name == "sqlite":
        return
    connection.execute(_STAND_IN_LINE, {"words": wanted})


def make_schema(connection: Connection) -> None:
    """The company's own schema, where the URL names one that is not there yet."""
    name = str(connection.execute(text("SHOW search_path")).scalar_one())
    if connection.execute(text("SELECT current_schema()")).scalar() is None:
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {quoted}"))


def alone_on_it(connection: Connection) -> None:
    """Two upgrades at once stand in line; neither waits long for a table, since everybody else would wait behind it."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    one_at_a_time(connection, ["upgrade"])
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))


def plain_text(connection: Connection) -> None:
    """After every upgrade: all text is of any length and in the order of its bytes, as on SQLite."""
    quote = connection.dialect.identifier_preparer.quote
    seen = inspect(connection)
    for table in seen.get_table_names():
        changes = [
            f'ALTER {quote(column["name"])} TYPE text COLLATE "C"'
            for column in seen.get_columns(table)
            if _is_text(column["type"]) and table != "alembic_version"
        ]
        if changes:
            connection.execute(text(f"ALTER TABLE {quote(table)} {', '.join(changes)}"))


def _is_text(kind: Any) -> bool:
    """Text of another shape than wanted."""
    is_text = kind.__visit_name__ in ("VARCHAR", "TEXT", "CHAR")
    return is_text and (kind.__visit_name__ != "TEXT" or kind.collation != "C")
