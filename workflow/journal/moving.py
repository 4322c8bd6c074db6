"""A whole journal into another database, in one transaction: all of it or nothing, and the old one knows it is left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, text, update

from workflow.journal import tables
from workflow.journal.engine import insert_if_new, upsert
from workflow.journal.errors import JournalError
from workflow.journal.leases import FREE
from workflow.journal.proof import Proof
from workflow.journal.queue import DUE, LEASED, LONG_AGO, SENDING
from workflow.journal.schema import current, upgrade
from workflow.journal.stamp import stamp

MOVED, MOVED_FROM = "moved_to", "moved_from"
MADE_BY_MIGRATION = ("compatible_from", "projections", "owner")
BATCH = 1000


@dataclass(frozen=True, slots=True)
class _Proof(Proof):
    engine: Engine


def move(source: Engine, target: Engine, now: datetime) -> dict[str, int]:
    """Copy every row, prove the chains, and mark the source as left; how many rows of each table. Nobody can write to a
    SQLite source meanwhile. Cut off between the two, or given once more, it is completed and changes nothing else.
    Raises `JournalError` when something speaks against it."""
    if current(source) is None:
        raise JournalError(f"There is no journal in {_shown(source)}.")
    upgrade(source, now)
    upgrade(target, now)
    with source.begin() as old:
        counts = _moved_before(old, target)
        if counts is None:
            _refuse_used(old, source)
            with target.begin() as new:
                _refuse_filled(new, target)
                counts = {table.name: _copy(old, new, table) for table in _tables()}
                _free_what_was_in_hand(new)
                _go_on_counting(new)
                note = {"where": _shown(source), "counts": counts, "heads": _heads(old)}
                upsert(new, tables.meta, {"key": MOVED_FROM, "value": json.dumps(note)})
        _prove(target)
        left = {"where": _shown(target), "at": stamp(now)}
        insert_if_new(old, tables.meta, {"key": MOVED, "value": json.dumps(left)})
    return counts


def _moved_before(old: Connection, target: Engine) -> dict[str, int] | None:
    """The counts of this very move when its rows have arrived already: the source's last records are those that were
    copied. A source that was worked on since is none, and is refused as before."""
    query = select(tables.meta.c.value).where(tables.meta.c.key == MOVED_FROM)
    with target.connect() as new:
        note = json.loads(new.execute(query).scalar() or "{}")
    if not note or note["heads"] != _heads(old):
        return None
    return {str(name): int(count) for name, count in note["counts"].items()}


def _heads(connection: Connection) -> str:
    """What tells this journal from every other, and from itself a record or a deed later."""
    requests, deeds = tables.requests, tables.deeds
    digest = hashlib.sha256()
    for query in (
        select(requests.c.reference, requests.c.head).order_by(requests.c.reference),
        select(deeds.c.id, deeds.c.state).order_by(deeds.c.id),
    ):
        for row in connection.execute(query, execution_options={"yield_per": BATCH}):
            digest.update(f"{row[0]} {row[1]}\n".encode())
    return digest.hexdigest()


def refuse_left(note: str | None) -> None:
    """A journal that was moved is never worked on again: there would be two truths."""
    if note is not None:
        left = json.loads(note)
        raise JournalError(
            f"This journal was moved to {left['where']} at {left['at']} and is kept only as it was then. "
            "Name the new one in the settings (journal = …)."
        )


def _tables() -> Sequence[Table]:
    return [table for table in tables.metadata.sorted_tables if table not in (tables.leases, tables.leg_failures)]


def _refuse_used(connection: Connection, source: Engine) -> None:
    refuse_left(connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == MOVED)).scalar())
    held = select(tables.leases.c.holder).where(tables.leases.c.holder != FREE).limit(1)
    holder = connection.execute(held).scalar() if source.dialect.name != "sqlite" else None
    if holder:
        raise JournalError(f"A daemon works on {_shown(source)} ({holder}): stop it first.")


def _refuse_filled(connection: Connection, target: Engine) -> None:
    for table in _tables():
        query = select(func.count()).select_from(table)
        if table is tables.meta:
            query = query.where(table.c.key.not_in(MADE_BY_MIGRATION))
        if connection.execute(query).scalar_one():
            raise JournalError(f"{_shown(target)} is not empty ({table.name}): a journal moves only to an empty one.")


def _copy(old: Connection, new: Connection, table: Table) -> int:
    rows = old.execute(select(table), execution_options={"yield_per": BATCH})
    if table is tables.meta:
        new.execute(table.delete())
    put = _put_by_copy if new.dialect.name == "postgresql" else _put
    put(new, table, rows)
    wanted, found = (
        connection.execute(select(func.count()).select_from(table)).scalar_one() for connection in (old, new)
    )
    if wanted != found:
        raise JournalError(f"Of {wanted} rows of {table.name} {found} arrived: nothing was moved.")
    return int(found)


def _put(connection: Connection, table: Table, rows: Any) -> None:
    for part in rows.mappings().partitions(BATCH):
        connection.execute(insert(table), [dict(row) for row in part])


def _put_by_copy(connection: Connection, table: Table, rows: Any) -> None:
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as stream:
        for row in _each(rows):
            stream.write_row(row)


def _each(rows: Any) -> Iterator[Sequence[Any]]:
    for row in rows:
        yield tuple(row)


def _free_what_was_in_hand(connection: Connection) -> None:
    """Nobody holds anything in the new database; what was being sent there keeps its mark."""
    table = tables.deeds
    connection.execute(update(table).where(table.c.state == LEASED).values(state=DUE, lease_until=None))
    connection.execute(update(table).where(table.c.state == SENDING).values(lease_until=LONG_AGO))


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL's sequences go on after the highest number that was copied."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        column = table.autoincrement_column
        if column is not None and column.default is None and len(table.primary_key) == 1:
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            highest = f'(SELECT max("{column.name}") FROM {table.name})'
            connection.execute(text(f"SELECT setval({sequence}, coalesce({highest}, 0) + 1, false)"))


def _prove(target: Engine) -> None:
    proof = _Proof(target)
    faults = [*proof.broken_links(), *proof.broken_anchors()]
    if faults:
        raise JournalError("\n".join([f"The copy in {_shown(target)} does not hold; do not use it:", *faults]))


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
