"""Shelves: small things to look up and remember beside requests and deeds (tokens, cursors, legs, agreements)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, select, update

from workflow.core.model import Reference
from workflow.journal import tables
from workflow.journal.chain import START, link, payload_hash
from workflow.journal.engine import insert_if_new, reading, upsert
from workflow.journal.stamp import stamp, unstamp


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

    def has_cursor(self, mailbox: str) -> bool:
        query = select(tables.cursors.c.uid).where(tables.cursors.c.mailbox == mailbox).limit(1)
        with reading(self.engine) as connection:
            return connection.execute(query).scalar() is not None

    def move_cursor(self, mailbox: str, uidvalidity: str, uid: int) -> None:
        with self.engine.begin() as connection:
            upsert(connection, tables.cursors, {"mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid})

    def leg_succeeded(self, name: str, now: datetime) -> None:
        with self.engine.begin() as connection:
            upsert(connection, tables.legs, {"name": name, "last_success": stamp(now), "error": None, "since": None})

    def leg_failed(self, name: str, error: str, now: datetime) -> str:
        """Remember a leg's error; when it began (UTC text)."""
        table = tables.legs
        with self.engine.begin() as connection:
            row = connection.execute(select(table).where(table.c.name == name)).one_or_none()
            since = row.since if row and row.error else None
            values = {"name": name, "error": error, "since": since or stamp(now)}
            upsert(connection, table, values)
            return str(values["since"])

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
        table = tables.deeds
        with self.engine.begin() as connection:
            connection.execute(update(table).where(table.c.message_id == message_id).values(state="bounced"))

    def told(self, person: str, reference: Reference) -> bool:
        """Whether this address ever got a notice about the request."""
        table = tables.tokens
        query = select(table.c.token).where(table.c.reference == reference, table.c.person == person).limit(1)
        with reading(self.engine) as connection:
            return connection.execute(query).scalar() is not None

    # --- letters ----------------------------------------------------------------------------------------------------

    def letter(self, key: str) -> Any | None:
        table = tables.letters
        with reading(self.engine) as connection:
            return connection.execute(select(table).where(table.c.key == key)).one_or_none()

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

    def waiting_rows(self) -> list[Reference]:
        """Requests whose rows wait to be written."""
        table = tables.deeds
        query = select(table.c.reference).distinct().where(
            table.c.lane == "registry", table.c.state.in_(("due", "leased")), table.c.reference.is_not(None)
        )  # fmt: skip
        with reading(self.engine) as connection:
            return sorted(connection.execute(query).scalars())

    # --- the queue as a report --------------------------------------------------------------------------------------

    def queue_counts(self, now: datetime) -> tuple[int, int]:
        """(due now, postponed after a failure)."""
        table = tables.deeds
        waiting = table.c.state.in_(("due", "leased", "sending"))
        due = and_(waiting, table.c.due_at <= stamp(now))
        later = and_(table.c.state == "due", table.c.due_at > stamp(now), table.c.error.is_not(None))
        with reading(self.engine) as connection:
            counts = [
                connection.execute(select(func.count()).select_from(table).where(which)).scalar_one()
                for which in (due, later)
            ]
        return counts[0], counts[1]

    def dead(self) -> list[Any]:
        table = tables.deeds
        query = select(table).where(table.c.state.in_(("dead", "in_doubt"))).order_by(table.c.id)
        with reading(self.engine) as connection:
            return list(connection.execute(query).all())

    # --- the registry's agreements ----------------------------------------------------------------------------------

    def registry(self, name: str, identity: str) -> Any:
        """The registry's generation and identity, made on first sight."""
        table = tables.registries
        fresh = {"name": name, "generation": 0, "identity": identity, "seen": "", "facts": "{}"}
        with self.engine.begin() as connection:
            insert_if_new(connection, table, fresh)
            return connection.execute(select(table).where(table.c.name == name)).one()

    def set_registry(self, name: str, **values: Any) -> None:
        table = tables.registries
        with self.engine.begin() as connection:
            connection.execute(update(table).where(table.c.name == name).values(values))

    def agreements(
        self, registry: str, references: Sequence[Reference] | None = None
    ) -> dict[Reference, tuple[int, dict[str, Any]]]:
        """What was last agreed for each row, or for those named: (generation, cells as stored)."""
        table = tables.agreements
        query = select(table.c.reference, table.c.generation, table.c.cells)
        query = query.where(table.c.registry == registry, table.c.current.is_(True))
        parts = [query] if references is None else [
            query.where(table.c.reference.in_(references[start : start + 500]))
            for start in range(0, len(references), 500)
        ]  # fmt: skip
        with reading(self.engine) as connection:
            rows = [row for part in parts for row in connection.execute(part)]
        return {row.reference: (row.generation, json.loads(row.cells)) for row in rows}

    def agreements_at(self, registry: str, generation: int) -> dict[Reference, tuple[int, dict[str, Any]]]:
        """What had been agreed when the workbook was of this generation."""
        table = tables.agreements
        query = select(table.c.reference, table.c.generation, table.c.cells)
        query = query.where(table.c.registry == registry, table.c.generation <= generation)
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(table.c.generation)).all()
        return {row.reference: (row.generation, json.loads(row.cells)) for row in rows}

    def announce_write(
        self, registry: str, generation: int, cells: Mapping[Reference, Mapping[str, Any]], now: datetime
    ) -> None:
        """Before a write: what will be agreed once the sheet is of this generation."""
        table, books = tables.agreements, tables.registries
        with self.engine.begin() as connection:
            connection.execute(delete(table).where(table.c.registry == registry, table.c.generation == generation))
            rows = [
                {"registry": registry, "reference": reference, "generation": generation, "current": False,
                 "cells": json.dumps(row, ensure_ascii=False), "at": stamp(now)}
                for reference, row in cells.items()
            ]  # fmt: skip
            if rows:
                connection.execute(insert(table), rows)
            facts = json.dumps({"pending": generation})
            connection.execute(update(books).where(books.c.name == registry).values(facts=facts))

    def adopt_announced(self, registry: str, generation: int) -> None:
        """The announced write was made: its cells are what is agreed now."""
        with self.engine.begin() as connection:
            self._adopt(connection, registry, generation)

    @staticmethod
    def _adopt(connection: Connection, registry: str, generation: int) -> None:
        table, books = tables.agreements, tables.registries
        new = select(table.c.reference).where(table.c.registry == registry, table.c.generation == generation)
        older = and_(table.c.registry == registry, table.c.current.is_(True), table.c.reference.in_(new))
        connection.execute(update(table).where(older).values(current=False))
        fresh = and_(table.c.registry == registry, table.c.generation == generation)
        connection.execute(update(table).where(fresh).values(current=True))
        connection.execute(update(books).where(books.c.name == registry).values(generation=generation))

    def agree(
        self, registry: str, generation: int, cells: Mapping[Reference, Mapping[str, Any]], now: datetime,
        done: Iterable[int] = (), seen: str = "",
    ) -> None:  # fmt: skip
        """One commit after a pass: the announced cells are agreed, the generation moves on, the deeds are done.

        A pass that had nothing to write keeps the generation and only refreshes what it looked at."""
        table, books = tables.agreements, tables.registries
        with self.engine.begin() as connection:
            current = connection.execute(select(books.c.generation).where(books.c.name == registry)).scalar_one()
            if generation > current:
                self._adopt(connection, registry, generation)
            else:
                ours = and_(table.c.registry == registry, table.c.current.is_(True))
                for reference, row in cells.items():
                    which = and_(ours, table.c.reference == reference)
                    text = json.dumps(row, ensure_ascii=False)
                    connection.execute(update(table).where(which).values(cells=text))
            connection.execute(update(books).where(books.c.name == registry).values(seen=seen))
            ids = list(done)
            for start in range(0, len(ids), 500):
                which = tables.deeds.c.id.in_(ids[start : start + 500])
                values = {"state": "done", "done_at": stamp(now), "lease_until": None, "error": None}
                connection.execute(update(tables.deeds).where(which).values(values))

    def agree_row(
        self, registry: str, reference: Reference, generation: int, cells: Mapping[str, Any], now: datetime
    ) -> None:
        """What people typed into a row has been decided on: its agreement of that generation says so from now on."""
        table = tables.agreements
        key = {"registry": registry, "reference": reference, "generation": generation}
        text = json.dumps(cells, ensure_ascii=False)
        with self.engine.begin() as connection:
            insert_if_new(connection, table, {**key, "current": True, "cells": text, "at": stamp(now)})
            which = and_(table.c.registry == registry, table.c.reference == reference, table.c.generation == generation)
            connection.execute(update(table).where(which).values(cells=text))

    def forget_agreements(self, registry: str, before: datetime | None = None) -> None:
        """Old agreements (30 days are enough), or all of them for `rebuild`."""
        table = tables.agreements
        where = table.c.registry == registry
        if before is not None:
            where = and_(where, table.c.current.is_(False), table.c.at < stamp(before))
        with self.engine.begin() as connection:
            connection.execute(delete(table).where(where))

    # --- materials ----------------------------------------------------------------------------------------------------

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

    def counters(self) -> dict[str, int]:
        """Highest number given, by "PREFIX-YEAR"."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(tables.counters)).all()
        return {f"{row.prefix}-{row.year}": row.last for row in rows}

    # --- proof ------------------------------------------------------------------------------------------------------

    def broken_links(self) -> list[str]:
        """Each chain that does not hold, with its first broken link, in words."""
        faults: list[str] = []
        table, heads = tables.events, self._heads()
        head, current, last_seq = START, "", 0
        broken: set[str] = set()
        with reading(self.engine) as connection:
            query = select(table).order_by(table.c.reference, table.c.seq)
            for row in connection.execution_options(yield_per=1000).execute(query):
                if row.reference != current:
                    _check_head(current, head, heads, broken, faults)
                    head, current, last_seq = START, row.reference, 0
                if row.reference in broken:
                    continue
                fault = _link_fault(row, head, last_seq)
                if fault:
                    broken.add(row.reference)
                    faults.append(fault)
                head, last_seq = row.hash, row.seq
        _check_head(current, head, heads, broken, faults)
        seen = self._references_with_events()
        faults += [f"{reference}: its events are gone." for reference in heads if reference not in seen]
        return faults

    def _heads(self) -> dict[str, str]:
        with reading(self.engine) as connection:
            rows = connection.execute(select(tables.requests.c.reference, tables.requests.c.head)).all()
        return {row.reference: row.head for row in rows}

    def _references_with_events(self) -> set[str]:
        with reading(self.engine) as connection:
            return set(connection.execute(select(tables.events.c.reference).distinct()).scalars())

    def anchor(self, now: datetime) -> None:
        """A hash over the heads that moved since the last anchor, chained to it.

        An order takes its time before it waits for its turn to write, so heads a little older than the last anchor may
        be missing from it; they are looked at again."""
        table, requests = tables.anchors, tables.requests
        with self.engine.begin() as connection:
            last = connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).one_or_none()
            query = select(requests.c.reference, requests.c.head).order_by(requests.c.reference)
            if last is not None:
                query = query.where(requests.c.updated_at > stamp(unstamp(last.at) - LATE_COMMITS))
            covered = json.loads(last.heads) if last is not None else {}
            heads = {
                row.reference: row.head for row in connection.execute(query) if covered.get(row.reference) != row.head
            }
            if not heads:
                return
            text = json.dumps(heads, sort_keys=True)
            previous = last.hash if last else START
            digest = hashlib.sha256((previous + text).encode()).hexdigest()
            connection.execute(
                insert(table).values(at=stamp(now), requests=len(heads), hash=digest, heads=text)
            )

    def broken_anchors(self) -> list[str]:
        """Anchors that do not follow from the one before, or whose heads stand in no chain."""
        faults, previous = [], START
        with reading(self.engine) as connection:
            for row in connection.execute(select(tables.anchors).order_by(tables.anchors.c.id)).all():
                if hashlib.sha256((previous + row.heads).encode()).hexdigest() != row.hash:
                    faults.append(f"The anchor of {row.at} does not follow from the one before.")
                previous = row.hash
                for reference, head in json.loads(row.heads).items():
                    where = and_(tables.events.c.reference == reference, tables.events.c.hash == head)
                    if connection.execute(select(tables.events.c.seq).where(where)).scalar() is None:
                        faults.append(f"{reference}: the head that the anchor of {row.at} covers is not in its chain.")
        return faults



def _check_head(reference: str, head: str, heads: Mapping[str, str], broken: set[str], faults: list[str]) -> None:
    if reference and reference not in broken and heads.get(reference) != head:
        faults.append(f"{reference}: the last event is not the one that the request was left with.")


def _link_fault(row: Any, previous: str, last_seq: int) -> str:
    if row.seq != last_seq + 1:
        return f"{row.reference}: event {last_seq + 1} is missing."
    if row.payload is not None and payload_hash(row.payload) != row.payload_hash:
        return f"{row.reference}: the content of event {row.seq} ({row.type}) was changed."
    linked = link(previous, row.reference, row.seq, row.type, row.at, row.actor, row.cause, row.payload_hash)
    if linked == row.hash:
        return ""
    return f"{row.reference}: event {row.seq} ({row.type}) does not follow from the one before."


OLD_AGREEMENTS = timedelta(days=30)
LATE_COMMITS = timedelta(hours=1)
