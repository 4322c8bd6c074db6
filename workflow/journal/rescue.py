"""What a restored older journal needs: numbers above everything seen, marks that only grow, and mail held back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select, update

from workflow.journal import tables
from workflow.journal.engine import insert_if_new, reading, upsert
from workflow.journal.queue import SKIPPED
from workflow.journal.stamp import stamp, unstamp

DEEDS = "deeds"
HELD = "mail_held"
RECOVERING = "recovering"
RECOVERED = "recovered_at"


class Rescue:
    """Numbers and notices after a recovery."""

    engine: Engine

    def raise_counter(self, prefix: str, year: int, number: int) -> None:
        """Numbers of this prefix and year go on above `number`."""
        table = tables.counters
        where = and_(table.c.prefix == prefix, table.c.year == year, table.c.last < number)
        with self.engine.begin() as connection:
            insert_if_new(connection, table, {"prefix": prefix, "year": year, "last": number})
            connection.execute(update(table).where(where).values(last=number))

    def marks(self) -> dict[str, int]:
        """What only grows: the numbers given and the things to do. A folder that knows more was left by a later
        journal."""
        with reading(self.engine) as connection:
            last = connection.execute(select(func.max(tables.deeds.c.id))).scalar() or 0
            rows = connection.execute(select(tables.counters)).all()
        return {f"{row.prefix}-{row.year}": row.last for row in rows} | {DEEDS: last}

    # --- a recovery under way -----------------------------------------------------------------------------------------

    def begin_recovery(self, since: datetime) -> None:
        """Every notice is held, and until `end_recovery` the journal is not to be worked on: what it lacks has been
        taken up in part."""
        with self.engine.begin() as connection:
            for key in (HELD, RECOVERING):
                upsert(connection, tables.meta, {"key": key, "value": stamp(since)})

    def end_recovery(self, now: datetime) -> None:
        """All is taken up; mail stays held until the operator lets it go."""
        with self.engine.begin() as connection:
            upsert(connection, tables.meta, {"key": RECOVERING, "value": ""})
            upsert(connection, tables.meta, {"key": RECOVERED, "value": stamp(now)})

    def recovered_at(self) -> datetime | None:
        """When the last recovery ended; None where there never was one."""
        query = select(tables.meta.c.value).where(tables.meta.c.key == RECOVERED)
        with reading(self.engine) as connection:
            found = connection.execute(query).scalar()
        return unstamp(found) if found else None

    def is_recovering(self) -> bool:
        """Whether a recovery was begun and cut off."""
        query = select(tables.meta.c.value).where(tables.meta.c.key == RECOVERING)
        with reading(self.engine) as connection:
            return bool(connection.execute(query).scalar())

    # --- mail held back -----------------------------------------------------------------------------------------------

    def held_since(self) -> str | None:
        """Since when no notice leaves (UTC text), None when they do."""
        query = select(tables.meta.c.value).where(tables.meta.c.key == HELD)
        with reading(self.engine) as connection:
            return connection.execute(query).scalar() or None

    def hold_mail(self, since: datetime | None) -> None:
        """Hold every notice back until the operator lets them go (None)."""
        with self.engine.begin() as connection:
            upsert(connection, tables.meta, {"key": HELD, "value": stamp(since) if since else ""})

    def waiting_mail(self) -> list[Any]:
        """Notices that have not left, oldest first."""
        table = tables.deeds
        query = select(table).where(table.c.lane == "mail", table.c.state == "due").order_by(table.c.id)
        with reading(self.engine) as connection:
            return list(connection.execute(query).all())

    def stuck_mail(self, before: datetime) -> tuple[int, str | None]:
        """Notices queued before then that should have left and have not: how many, and since when (UTC text)."""
        table = tables.deeds
        open_ones = table.c.state.in_(("due", "leased", "sending"))
        late = or_(table.c.due_at < stamp(before), table.c.error.is_not(None))
        where = and_(table.c.lane == "mail", open_ones, table.c.created_at < stamp(before), late)
        query = select(func.count(), func.min(table.c.created_at)).where(where)
        with reading(self.engine) as connection:
            row = connection.execute(query).one()
        return int(row[0]), row[1]

    def newest_deed(self, kind: str) -> Any | None:
        """The newest notice of a kind that is sent once a day and whose mark for that is `kind:day`."""
        once = tables.deeds.c.once
        query = select(tables.deeds).where(once > f"{kind}:", once < f"{kind};").order_by(once.desc()).limit(1)
        with reading(self.engine) as connection:
            return connection.execute(query).one_or_none()

    def drop_mail(self, ids: Sequence[int], why: str, now: datetime) -> int:
        """These notices will not be sent; how many there were."""
        table = tables.deeds
        where = and_(table.c.id.in_(list(ids)), table.c.lane == "mail", table.c.state == "due")
        with self.engine.begin() as connection:
            done = connection.execute(
                update(table).where(where).values(state=SKIPPED, error=why, done_at=stamp(now))
            )
            return int(done.rowcount)
