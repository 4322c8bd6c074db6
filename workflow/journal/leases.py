"""Leases: who holds what until when, told by one clock, and proven in every transaction that rests on them.

A mailbox and a registry are held by one daemon at a time. Each taking over raises the lease's epoch, so that whoever
slept past his lease is told from the one who has it now, and cannot write: his transactions fail before they begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Interval, Text, and_, bindparam, func, literal, or_, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ColumnElement

from workflow.journal import tables
from workflow.journal.errors import LeaseLost
from workflow.journal.stamp import stamp

NOTHING = timedelta(0)
FREE = ""
_SHAPE = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


class LeaseClock:
    """The time so much later, as the journal writes times. By the daemon's own clock: on SQLite there is one daemon and
    no other clock."""

    def __call__(self, now: datetime | None, later: timedelta) -> ColumnElement[str]:
        """For a statement that is made for this moment."""
        return literal(stamp((now or datetime.now(UTC)) + later), Text)

    def place(self, name: str) -> ColumnElement[str]:
        """For a statement that is made once; `value` is what is put in its place."""
        return bindparam(name, type_=Text)

    def value(self, now: datetime, later: timedelta) -> object:
        return stamp(now + later)


class DatabaseClock(LeaseClock):
    """By PostgreSQL's clock, at the moment itself and not at the transaction's beginning: daemons on hosts whose clocks
    differ agree on when a lease ends."""

    def __call__(self, now: datetime | None, later: timedelta) -> ColumnElement[str]:
        return self._after(literal(later))

    def place(self, name: str) -> ColumnElement[str]:
        return self._after(bindparam(name, type_=Interval))

    def value(self, now: datetime, later: timedelta) -> object:
        return later

    @staticmethod
    def _after(later: ColumnElement[Any]) -> ColumnElement[str]:
        moment: Any = func.timezone("UTC", func.clock_timestamp()) + later
        return func.to_char(moment, _SHAPE, type_=Text)


as_told, by_database = LeaseClock(), DatabaseClock()


@dataclass(frozen=True, slots=True)
class Hold:
    """What one daemon holds: the epoch is the proof."""

    name: str
    holder: str
    epoch: int


_RESTS_ON: ContextVar[Hold | None] = ContextVar("rests_on", default=None)


@contextmanager
def resting_on(hold: Hold) -> Iterator[None]:
    """Every transaction that this thread begins meanwhile first proves that the hold still stands."""
    token = _RESTS_ON.set(hold)
    try:
        yield
    finally:
        _RESTS_ON.reset(token)


def prove(connection: Connection) -> None:
    """At the beginning of a transaction: its hold stands, and nobody takes it over before the transaction has ended."""
    hold = _RESTS_ON.get()
    if hold is None or connection.get_execution_options().get("reading"):
        return
    table = tables.leases
    stands = and_(_of(hold), table.c.until > by_database(None, NOTHING))
    query = select(table.c.epoch).where(stands).with_for_update(read=True)
    if connection.execute(query).scalar() is None:
        raise LeaseLost(f"The hold on {hold.name} has ended, another daemon may have it by now: nothing was written.")


class Leases:
    """Taking, keeping and giving back; by the database's clock."""

    engine: Engine

    def take_lease(self, name: str, holder: str, span: timedelta) -> Hold | None:
        """Held from now on, or None while somebody else holds it."""
        table = tables.leases
        until = by_database(None, span)
        free = or_(table.c.holder.in_((FREE, holder)), table.c.until < by_database(None, NOTHING))
        insert = postgresql.insert(table).values(name=name, holder=holder, epoch=1, until=until)
        taking = insert.on_conflict_do_update(
            index_elements=["name"], where=free, set_={"holder": holder, "epoch": table.c.epoch + 1, "until": until}
        ).returning(table.c.epoch)
        with self.engine.begin() as connection:
            epoch = connection.execute(taking).scalar()
        return Hold(name, holder, epoch) if epoch is not None else None

    def keep_leases(self, holds: Sequence[Hold], span: timedelta) -> None:
        """Each that still stands is ours for so long from now."""
        if not holds:
            return
        with self.engine.begin() as connection:
            values = {"until": by_database(None, span)}
            connection.execute(update(tables.leases).where(or_(*map(_of, holds))).values(values))

    def give_back_lease(self, hold: Hold) -> None:
        """Free at once, and those who wait for it are told."""
        with self.engine.begin() as connection:
            connection.execute(update(tables.leases).where(_of(hold)).values(holder=FREE))
            tell(connection, [RELEASED])

    def prove_hold(self) -> None:
        """Just before the outside is written: raises `LeaseLost` when what this thread rests on is another's by now."""
        if _RESTS_ON.get() is not None:
            with self.engine.begin():
                pass

    def takes_no_writes(self) -> bool:
        """Whether the database is a standby, as the successor of a failed primary is until it is promoted."""
        if self.engine.dialect.name == "sqlite":
            return False
        with self.engine.connect() as connection:
            return connection.execute(text("SHOW transaction_read_only")).scalar() == "on"

    def holders(self) -> dict[str, str]:
        """Who holds what now."""
        table = tables.leases
        if self.engine.dialect.name == "sqlite":
            return {}
        now = and_(table.c.holder != FREE, table.c.until > by_database(None, NOTHING))
        with self.engine.connect() as connection:
            rows = connection.execute(select(table.c.name, table.c.holder).where(now).order_by(table.c.name))
            return {row.name: row.holder for row in rows}


def _of(hold: Hold) -> ColumnElement[bool]:
    table = tables.leases
    return and_(table.c.name == hold.name, table.c.holder == hold.holder, table.c.epoch == hold.epoch)


# --- news for other daemons -----------------------------------------------------------------------------------------

RELEASED, UPGRADED = "lease", "schema"


def take_from_all(connection: Connection) -> None:
    """The journal becomes one that older programs cannot work on: whatever they still have in hand fails before it
    begins, and they look at once whether they may go on."""
    table = tables.leases
    connection.execute(update(table).values(holder=FREE, epoch=table.c.epoch + 1))
    tell(connection, [UPGRADED])


def channel_of(schema: str) -> str:
    """NOTIFY reaches a whole database: each company's daemons listen to their own."""
    return f"countersign_{schema}"


def tell(connection: Connection, words: Sequence[str]) -> None:
    """Heard by the other daemons once this transaction is committed."""
    if words and connection.dialect.name != "sqlite":
        connection.execute(_TELL, {"words": " ".join(words)})


_TELL = text("SELECT pg_notify('countersign_' || current_schema(), :words)")
