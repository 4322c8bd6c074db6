"""The core's ledger, answered inside the transaction of a decision: each look-up is one indexed query."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, select

from values.names import loose_name
from workflow.core.contractors import Card
from workflow.core.marks import name_mark
from workflow.core.model import Reference, Request
from workflow.journal import projections, tables
from workflow.journal.postgres import one_at_a_time
from workflow.journal.stamp import stamp

MOST = 20
"""Nobody is told of more."""
MOST_ADDED_UP = 200
"""So many requests of one supplier within a period are added up."""

_STATE: TypeAdapter[Request] = TypeAdapter(Request)
_CARDS = (
    select(tables.contractors.c.card)
    .join(tables.contractor_keys, tables.contractor_keys.c.contractor == tables.contractors.c.key)
    .where(tables.contractor_keys.c.kind == bindparam("kind_"), tables.contractor_keys.c.value == bindparam("value_"))
    .order_by(tables.contractors.c.key)
    .limit(MOST)
)
_ONE = select(tables.requests.c.state).where(tables.requests.c.reference == bindparam("reference_"))
_MARKED = (
    select(tables.requests.c.state)
    .join(tables.request_marks, tables.request_marks.c.reference == tables.requests.c.reference)
    .where(
        tables.request_marks.c.kind == bindparam("kind_"), tables.request_marks.c.value == bindparam("value_"),
        tables.request_marks.c.at >= bindparam("since_"),
    )
    .order_by(tables.request_marks.c.at.desc(), tables.request_marks.c.reference.desc())
    .limit(bindparam("most_"))
)  # fmt: skip


@lru_cache(maxsize=256)
def request_of(state: str) -> Request:
    """A request, from the text of its state: its notices ask for it one after another, a decision meets the same
    earlier ones by several marks, and the next decision about that contractor meets them again."""
    return _STATE.validate_json(state)


class PageLedger:
    """Look-ups on one connection. In a decision, no other one looks up the same invoice until it is recorded."""

    def __init__(self, connection: Connection, *, decides: bool = False) -> None:
        self._connection, self._decides = connection, decides
        self._found: dict[tuple[str, str], tuple[Card, ...]] = {}

    def cards_by_inn(self, inn: str) -> tuple[Card, ...]:
        return self._cards("inn", inn)

    def cards_by_account(self, number: str) -> tuple[Card, ...]:
        return self._cards("account", number)

    def cards_by_name(self, name: str) -> tuple[Card, ...]:
        return self._cards("name", loose_name(name)[:200])

    def request(self, reference: Reference) -> Request | None:
        state = self._connection.execute(_ONE, {"reference_": reference}).scalar()
        return request_of(state) if state else None

    def last_approved(self, *, inn: str = "", name: str = "", requester: str = "") -> Request | None:
        value = f"inn:{inn}" if inn else name_mark(name)
        marks, requests = tables.request_marks, tables.requests
        query = select(requests.c.state).join(marks, marks.c.reference == requests.c.reference).where(
            marks.c.kind == "approved", marks.c.value == value[:200]
        )  # fmt: skip
        if requester:
            query = query.where(requests.c.requester == requester)
        newest = query.order_by(marks.c.at.desc(), marks.c.reference.desc()).limit(1)
        state = self._connection.execute(newest).scalar() if value else None
        return request_of(state) if state else None

    def marked(self, kind: str, value: str, since: datetime | None = None) -> tuple[Request, ...]:
        if self._decides:
            one_at_a_time(self._connection, [f"{kind}:{value}"])
        wanted = {
            "kind_": kind, "value_": value[:200], "since_": stamp(since) if since is not None else "",
            "most_": MOST_ADDED_UP if kind == "supplier" else MOST,
        }  # fmt: skip
        return tuple(request_of(state) for state in self._connection.execute(_MARKED, wanted).scalars())

    def _cards(self, kind: str, value: str) -> tuple[Card, ...]:
        """Asked several times in one decision, answered once: it decides on what it saw."""
        if not value:
            return ()
        if (kind, value) not in self._found:
            rows = self._connection.execute(_CARDS, {"kind_": kind, "value_": value}).scalars()
            self._found[kind, value] = tuple(projections.card_of(text) for text in rows)
        return self._found[kind, value]
