"""The proof of the record: chains of hashes over each request's events, and anchors over the heads of all chains."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, and_, insert, select

from workflow.journal import tables
from workflow.journal.chain import START, link, payload_hash
from workflow.journal.engine import reading
from workflow.journal.postgres import one_at_a_time
from workflow.journal.stamp import stamp, unstamp

LATE_COMMITS = timedelta(hours=1)


class Proof:
    """Names the first broken link of every chain, and what an anchor no longer covers."""

    engine: Engine

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
            cards = connection.execute(
                select(tables.contractors.c.chain, tables.contractors.c.head).where(tables.contractors.c.seq > 0)
            ).all()
        return {row.reference: row.head for row in rows} | {row.chain: row.head for row in cards}

    def _references_with_events(self) -> set[str]:
        with reading(self.engine) as connection:
            return set(connection.execute(select(tables.events.c.reference).distinct()).scalars())

    def anchor(self, now: datetime) -> None:
        """A hash over the heads that moved since the last anchor, chained to it.

        An order takes its time before it waits for its turn to write, so heads a little older than the last anchor may
        be missing from it; they are looked at again."""
        table, requests = tables.anchors, tables.requests
        with self.engine.begin() as connection:
            one_at_a_time(connection, ["anchor"])
            last = connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).one_or_none()
            query = select(requests.c.reference, requests.c.head).order_by(requests.c.reference)
            if last is not None:
                query = query.where(requests.c.updated_at > stamp(unstamp(last.at) - LATE_COMMITS))
            cards = tables.contractors
            corrections = select(cards.c.chain, cards.c.head).where(cards.c.seq > 0).order_by(cards.c.chain)
            if last is not None:
                corrections = corrections.where(cards.c.changed_at > stamp(unstamp(last.at) - LATE_COMMITS))
            covered = json.loads(last.heads) if last is not None else {}
            heads = {
                row.reference: row.head for row in connection.execute(query) if covered.get(row.reference) != row.head
            }
            heads |= {
                row.chain: row.head for row in connection.execute(corrections) if covered.get(row.chain) != row.head
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
