"""Shelves: small things to look up and remember beside requests and deeds (tokens, cursors, legs, letters)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from workflow.core.deeds import Lane
from workflow.core.model import Reference
from workflow.journal import tables
from workflow.journal.engine import insert_if_new, reading, upsert
from workflow.journal.stamp import stamp, unstamp

STILL_FAILING = timedelta(minutes=20)
"""A leg that fails tries again within a quarter of an hour; one that is silent for longer fails no more, or is gone."""
_ANY_LANE = tables.deeds.c.lane.in_([lane.value for lane in Lane])
"""Said so that the index by lane and state is used, however many deeds were done in years."""
_LETTER = select(tables.letters).where(tables.letters.c.key == bindparam("key_"))


@dataclass(frozen=True, slots=True)
class Token:
    """What a token stands for: the notice it was sent with and the card its reader had before him."""

    token: str
    reference: Reference | None
    version: int
    card_hash: str
    person: str
    step: int
    ask: str
    kind: str
    at: datetime | None = None
    """When it was given out."""


class Shelf:
    """Look-ups by key; each is one indexed query."""

    engine: Engine
    daemon: str = ""
    """The name of this daemon where several share the journal."""

    # --- meta, cursors, legs --------------------------------------------------------------------------------------

    def note(self, key: str) -> str | None:
        with reading(self.engine) as connection:
            return connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == key)).scalar()

    def set_note(self, key: str, value: str) -> None:
        with self.engine.begin() as connection:
            upsert(connection, tables.meta, {"key": key, "value": value})

    def note_once(self, key: str, value: str) -> str:
        """The value under a key, stored now when there was none."""
        with self.engine.begin() as connection:
            insert_if_new(connection, tables.meta, {"key": key, "value": value})
            return str(connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == key)).scalar_one())

    def cursor(self, mailbox: str, uidvalidity: str) -> int:
        table = tables.cursors
        where = and_(table.c.mailbox == mailbox, table.c.uidvalidity == uidvalidity)
        with reading(self.engine) as connection:
            return connection.execute(select(table.c.uid).where(where)).scalar() or 0

    def move_cursor(self, mailbox: str, uidvalidity: str, uid: int) -> None:
        with self.engine.begin() as connection:
            upsert(connection, tables.cursors, {"mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid})

    def leg_succeeded(self, name: str, now: datetime) -> None:
        with self.engine.begin() as connection:
            upsert(connection, tables.legs, {"name": name, "last_success": stamp(now), "error": None, "since": None})
            if self.daemon:
                connection.execute(tables.leg_failures.delete().where(self._of_ours(name)))

    def leg_failed(self, name: str, error: str, now: datetime) -> str:
        """Remember a leg's error; when it began (UTC text)."""
        table = tables.legs
        with self.engine.begin() as connection:
            row = connection.execute(select(table).where(table.c.name == name)).one_or_none()
            since = row.since if row and row.error else None
            values = {"name": name, "error": error, "since": since or stamp(now)}
            upsert(connection, table, values)
            if self.daemon:
                self._note_failure(connection, name, error, now)
            return str(values["since"])

    # --- whose failure: the rows above are shared by all daemons ----------------------------------------------------

    def _note_failure(self, connection: Connection, name: str, error: str, now: datetime) -> None:
        table = tables.leg_failures
        since = connection.execute(select(table.c.since).where(self._of_ours(name))).scalar() or stamp(now)
        values = {"name": name, "daemon": self.daemon, "error": error, "since": since, "at": stamp(now)}
        upsert(connection, table, values)

    def _of_ours(self, name: str) -> ColumnElement[bool]:
        return and_(tables.leg_failures.c.name == name, tables.leg_failures.c.daemon == self.daemon)

    def forget_failures(self, now: datetime) -> None:
        """At a daemon's end: its own, and those of daemons that are gone."""
        table = tables.leg_failures
        gone = or_(table.c.daemon == self.daemon, table.c.at < stamp(now - STILL_FAILING))
        if self.daemon:
            with self.engine.begin() as connection:
                connection.execute(table.delete().where(gone))

    def leg_failures(self, now: datetime) -> dict[str, list[dict[str, str]]]:
        """By leg: which daemons fail in it, since when and why; of one that has gone for good nothing is told."""
        table, found = tables.leg_failures, dict[str, list[dict[str, str]]]()
        query = select(table).where(table.c.at > stamp(now - STILL_FAILING)).order_by(table.c.name, table.c.since)
        with reading(self.engine) as connection:
            for row in connection.execute(query):
                one = {"daemon": row.daemon, "error": row.error, "since": row.since}
                found.setdefault(row.name, []).append(one)
        return found

    def keep_registry_legs(self, names: Sequence[str]) -> None:
        """Forget how the legs of registries did that the settings do not name any more."""
        table = tables.legs
        gone = and_(table.c.name.like("registry%"), table.c.name.not_in(names))
        with self.engine.begin() as connection:
            connection.execute(table.delete().where(gone))

    def last_change(self) -> str | None:
        """When a request changed last, as the clock said then (UTC text)."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.max(tables.requests.c.updated_at))).scalar()

    def legs(self) -> dict[str, dict[str, str | None]]:
        with reading(self.engine) as connection:
            rows = connection.execute(select(tables.legs).order_by(tables.legs.c.name)).all()
        return {row.name: {"last_success": row.last_success, "error": row.error, "since": row.since} for row in rows}

    # --- tokens and notices -----------------------------------------------------------------------------------------

    def token(self, token: str) -> Token | None:
        table = tables.tokens
        with reading(self.engine) as connection:
            row = connection.execute(select(table).where(table.c.token == token)).one_or_none()
        if row is None:
            return None
        at = unstamp(row.at)
        return Token(row.token, row.reference, row.version, row.card_hash, row.person, row.step, row.ask, row.kind, at)

    def notice_by_message(self, message_id: str) -> Any | None:
        """The mail deed with this Message-ID (id, reference, person, kind, state)."""
        table = tables.deeds
        with reading(self.engine) as connection:
            return connection.execute(select(table).where(table.c.message_id == message_id).limit(1)).one_or_none()

    def notice_params(self, token: str) -> dict[str, Any]:
        """What a notice was made from, by its token."""
        table = tables.deeds
        with reading(self.engine) as connection:
            message = connection.execute(select(table.c.params).where(table.c.token == token)).scalar()
        return dict(json.loads(message)) if message else {}

    def notices(self, reference: Reference) -> list[Any]:
        table = tables.deeds
        query = select(table).where(table.c.reference == reference, table.c.lane == "mail").order_by(table.c.id)
        with reading(self.engine) as connection:
            return list(connection.execute(query).all())

    def note_bounce(self, message_id: str) -> None:
        """It came back; nobody holds it any more, so that whoever sent it and settles it late does not undo this."""
        table = tables.deeds
        with self.engine.begin() as connection:
            where = table.c.message_id == message_id
            connection.execute(update(table).where(where).values(state="bounced", lease_until=None))

    def told(self, person: str, reference: Reference) -> bool:
        """Whether this address ever got a notice about the request."""
        table = tables.tokens
        query = select(table.c.token).where(table.c.reference == reference, table.c.person == person).limit(1)
        with reading(self.engine) as connection:
            return connection.execute(query).scalar() is not None

    # --- letters ----------------------------------------------------------------------------------------------------

    def letter(self, key: str) -> Any | None:
        with reading(self.engine) as connection:
            return connection.execute(_LETTER, {"key_": key}).one_or_none()

    def letters_by_verdict(self) -> dict[str, int]:
        table = tables.letters
        query = select(table.c.verdict, func.count()).group_by(table.c.verdict)
        with reading(self.engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def open_letters(self) -> list[Any]:
        """Letters whose several orders are not all done."""
        table = tables.letters
        with reading(self.engine) as connection:
            return list(connection.execute(select(table).where(table.c.verdict == "open")).all())

    def set_aside(self) -> list[Any]:
        table = tables.letters
        with reading(self.engine) as connection:
            return list(connection.execute(select(table).where(table.c.verdict == "set_aside")).all())

    def letters_to_erase(self, before: datetime) -> list[Any]:
        """Ignored letters older than `before` whose bytes are still kept."""
        table = tables.letters
        old = and_(table.c.verdict == "ignored", table.c.received_at < stamp(before), table.c.path.is_not(None))
        with reading(self.engine) as connection:
            return list(connection.execute(select(table.c.key, table.c.path).where(old).limit(1000)).all())

    def forget_bytes(self, key: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(tables.letters).where(tables.letters.c.key == key).values(path=None))

    def waiting_rows(self, registry: str = "") -> list[Reference]:
        """Requests whose rows wait to be written, into one registry or into any."""
        table = tables.deeds
        query = select(table.c.reference).distinct().where(
            table.c.lane == "registry", table.c.state.in_(("due", "leased")), table.c.reference.is_not(None)
        )  # fmt: skip
        if registry:
            query = query.where(table.c.registry == registry)
        with reading(self.engine) as connection:
            return sorted(connection.execute(query).scalars())

    # --- the queue as a report --------------------------------------------------------------------------------------

    def queue_counts(self, now: datetime) -> tuple[int, int]:
        """(due now, postponed after a failure)."""
        table = tables.deeds
        waiting = table.c.state.in_(("due", "leased", "sending"))
        due = and_(_ANY_LANE, waiting, table.c.due_at <= stamp(now))
        later = and_(_ANY_LANE, table.c.state == "due", table.c.due_at > stamp(now), table.c.error.is_not(None))
        with reading(self.engine) as connection:
            counts = [
                connection.execute(select(func.count()).select_from(table).where(which)).scalar_one()
                for which in (due, later)
            ]
        return counts[0], counts[1]

    def dead(self) -> list[Any]:
        table = tables.deeds
        query = select(table).where(_ANY_LANE, table.c.state.in_(("dead", "in_doubt"))).order_by(table.c.id)
        with reading(self.engine) as connection:
            return list(connection.execute(query).all())

    # --- materials --------------------------------------------------------------------------------------------------

    def add_material(self, reference: Reference, name: str, path: str, sha256: str, kind: str, now: datetime) -> None:
        values = {"reference": reference, "name": name, "path": path, "sha256": sha256, "kind": kind, "at": stamp(now)}
        with self.engine.begin() as connection:
            upsert(connection, tables.materials, values)

    def materials(self, reference: Reference | None = None) -> list[Any]:
        table = tables.materials
        query = select(table).order_by(table.c.reference, table.c.at, table.c.name)
        if reference is not None:
            query = query.where(table.c.reference == reference)
        with reading(self.engine) as connection:
            return list(connection.execute(query).all())

    def has_materials(self) -> bool:
        """Was anything ever filed?"""
        with reading(self.engine) as connection:
            return connection.execute(select(tables.materials.c.reference).limit(1)).first() is not None

    def counters(self) -> dict[str, int]:
        """Highest number given, by "PREFIX-YEAR"."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(tables.counters)).all()
        return {f"{row.prefix}-{row.year}": row.last for row in rows}
