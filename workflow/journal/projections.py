"""Cards of contractors and marks of requests, kept in step with the events in the same commit, or made anew from them.

Both are projections: nothing in them is a fact of its own. A change of what they hold raises `SHAPE`, and the next
start fills them again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, and_, delete, insert, select, update

from workflow.core.contractors import Card, Trace, corrected, grown, names_of, trace_of
from workflow.core.events import ContractorCorrected, from_json
from workflow.core.evolve import begin, evolve
from workflow.core.marks import Mark, approved_at, marks
from workflow.core.model import Request
from workflow.journal import tables
from workflow.journal.engine import insert_if_new, put, upsert
from workflow.journal.postgres import one_at_a_time
from workflow.journal.stamp import stamp, unstamp

SHAPE = "2"
NOTE = "projections"
CHAIN = "card:"

CARD_ADAPTER: TypeAdapter[Card] = TypeAdapter(Card)


def chain_of(key: str) -> str:
    """The name of the chain in which corrections of a card stand."""
    return CHAIN + hashlib.sha256(key.encode()).hexdigest()[:32]


# --- in the commit of the events ------------------------------------------------------------------------------------


def remark(connection: Connection, before: Request | None, after: Request) -> None:
    """Bring the marks of a request up to date; only what differs is written."""
    old, new = marks(before) if before else frozenset[Mark](), marks(after)
    table = tables.request_marks
    for kind, value in sorted(old - new):
        connection.execute(delete(table).where(
            table.c.kind == kind, table.c.value == value, table.c.reference == after.reference
        ))  # fmt: skip
    rows = [_mark_row(after, mark) for mark in sorted(new - old)]
    put(connection, table, rows)


def trace(connection: Connection, found: Trace) -> None:
    """Let one fact grow its contractor's card."""
    one_at_a_time(connection, [f"card:{found.key}"])
    before = load(connection, found.key)
    after = grown(before, found)
    if after != before:
        store(connection, after, found.at)


def load(connection: Connection, key: str) -> Card | None:
    """One card, locked until the transaction ends."""
    table = tables.contractors
    text = connection.execute(select(table.c.card).where(table.c.key == key).with_for_update()).scalar()
    return CARD_ADAPTER.validate_json(text) if text else None


def store(connection: Connection, card: Card, at: datetime) -> None:
    """Write a card and what it is found by."""
    row = {"name": card.name, "card": CARD_ADAPTER.dump_json(card).decode(), "changed_at": stamp(at)}
    insert_if_new(connection, tables.contractors, {
        "key": card.key, **row, "chain": chain_of(card.key), "seq": 0, "head": "",
    })  # fmt: skip
    table = tables.contractors
    connection.execute(update(table).where(table.c.key == card.key).values(row))
    keys = tables.contractor_keys
    found = {(row.kind, row.value) for row in connection.execute(select(keys).where(keys.c.contractor == card.key))}
    wanted = set(_keys(card))
    for kind, value in sorted(found - wanted):
        connection.execute(delete(keys).where(
            keys.c.contractor == card.key, keys.c.kind == kind, keys.c.value == value
        ))  # fmt: skip
    for kind, value in sorted(wanted - found):
        connection.execute(insert(keys).values(kind=kind, value=value, contractor=card.key))


def cards(connection: Connection, keys: Iterable[str]) -> tuple[Card, ...]:
    table = tables.contractors
    query = select(table.c.card).where(table.c.key.in_(list(keys))).order_by(table.c.key)
    return tuple(CARD_ADAPTER.validate_json(text) for text in connection.execute(query).scalars())


def card_of(text: str) -> Card:
    """A stored card."""
    return CARD_ADAPTER.validate_json(text)


def _keys(card: Card) -> Iterator[tuple[str, str]]:
    if card.inn:
        yield "inn", card.inn
    yield from (("account", own.number) for own in card.bank if own.number)
    yield from (("name", name[:200]) for name in names_of(card))


def _mark_row(request: Request, mark: Mark) -> dict[str, Any]:
    at = approved_at(request) if mark[0] == "approved" else request.created_at
    return {"kind": mark[0], "value": mark[1][:200], "reference": request.reference, "at": stamp(at)}


# --- made anew --------------------------------------------------------------------------------------------------------


def fill_if_stale(engine: Engine) -> None:
    """At a start: fill what an older program did not keep. One select when there is nothing to do."""
    table = tables.meta
    query = select(table.c.value).where(table.c.key == NOTE)
    with engine.connect() as connection:
        if connection.execute(query).scalar() == SHAPE:
            return
    with engine.begin() as connection:
        if connection.execute(query).scalar() != SHAPE:  # another process may have been faster
            rebuild(connection)
            upsert(connection, table, {"key": NOTE, "value": SHAPE})


def rebuild(connection: Connection) -> None:
    """Make both projections from the events alone. Traces are small; requests pass one by one."""
    for table in (tables.contractor_keys, tables.request_marks):
        connection.execute(delete(table))
    found: list[tuple[datetime, str, int, Trace | ContractorCorrected]] = []
    rows: list[dict[str, Any]] = []
    for reference, history in _histories(connection):
        if reference.startswith(CHAIN):
            found += [(at, reference, seq, event) for seq, at, event in history]
            continue
        request = None
        for seq, at, event in history:
            request = begin(reference, event, at) if request is None else evolve(request, event, at)
            left = trace_of(request, event, at)
            if left is not None:
                found.append((at, reference, seq, left))
        if request is not None:
            rows += [_mark_row(request, mark) for mark in sorted(marks(request))]
        if len(rows) > 5000:
            connection.execute(insert(tables.request_marks), rows)
            rows.clear()
    if rows:
        connection.execute(insert(tables.request_marks), rows)
    _regrow(connection, found)


def _histories(connection: Connection) -> Iterator[tuple[str, list[tuple[int, datetime, Any]]]]:
    """Each chain with its events; those whose payload was erased by law are passed over."""
    table = tables.events
    query = select(table).order_by(table.c.reference, table.c.seq)
    current, history = "", list[tuple[int, datetime, Any]]()
    for row in connection.execute(query, execution_options={"yield_per": 1000}):
        if row.reference != current:
            if history:
                yield current, history
            current, history = row.reference, []
        if row.payload is not None:
            history.append((row.seq, unstamp(row.at), from_json(row.type, row.payload)))
    if history:
        yield current, history


def _regrow(connection: Connection, found: list[tuple[datetime, str, int, Trace | ContractorCorrected]]) -> None:
    grown_cards: dict[str, tuple[Card, datetime]] = {}
    for at, _, _, fact in sorted(found, key=lambda one: one[:3]):
        before, changed = grown_cards.get(fact.key, (None, at))
        if isinstance(fact, Trace):
            after = grown(before, fact)
        elif before is not None:
            after = corrected(before, fact)
        else:
            continue
        grown_cards[fact.key] = after, changed if after == before else at
    table = tables.contractors
    gone = set(connection.execute(select(table.c.key)).scalars()) - grown_cards.keys()
    for key in gone:
        connection.execute(delete(table).where(and_(table.c.key == key, table.c.seq == 0)))
    for card, at in grown_cards.values():
        store(connection, card, at)
