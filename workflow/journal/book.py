"""Pages of the journal: one order, decided under a lock and written in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, bindparam, select, update

from workflow.core.contractors import Trace, trace_of
from workflow.core.deeds import Deed
from workflow.core.events import Event, Opened, Recorded, from_json, to_json
from workflow.core.evolve import begin, evolve
from workflow.core.ledger import Ledger
from workflow.core.model import CLOSED, Person, Reference, Request
from workflow.core.outcome import Accepted, Outcome
from workflow.core.policy import ONLY_REGISTRY
from workflow.journal import projections, tables
from workflow.journal.agreements import Agreements
from workflow.journal.cause import Cause, LetterEntry, Result
from workflow.journal.chain import START, link, payload_hash
from workflow.journal.contractors import Contractors
from workflow.journal.engine import counting, put, reading, upsert
from workflow.journal.homes import Homes
from workflow.journal.leases import LeaseClock, Leases
from workflow.journal.ledger import PageLedger, request_of
from workflow.journal.postgres import one_at_a_time
from workflow.journal.proof import Proof
from workflow.journal.queue import Caps, GivenUp, Queue
from workflow.journal.rescue import Rescue
from workflow.journal.shelf import Shelf
from workflow.journal.stamp import stamp, unstamp

_STATE: TypeAdapter[Request] = TypeAdapter(Request)
_REQUESTS = tables.requests.c
_CAUSE = select(tables.causes).where(tables.causes.c.id == bindparam("id_"))
_FOUND = _REQUESTS.reference == bindparam("reference_")
_LOCKED = select(_REQUESTS.state, _REQUESTS.seq, _REQUESTS.head, _REQUESTS.registry).where(_FOUND).with_for_update()
_CHANGED = update(tables.requests).where(_FOUND)
_ONE = select(_REQUESTS.state).where(_FOUND)
_VERDICT = select(tables.letters.c.verdict).where(tables.letters.c.key == bindparam("key_"))
_HISTORY = (
    select(tables.events, tables.causes.c.editor)
    .join_from(tables.events, tables.causes, tables.causes.c.id == tables.events.c.cause, isouter=True)
    .where(tables.events.c.reference == bindparam("reference_"))
    .order_by(tables.events.c.seq)
)


class Page:
    """One transaction in which a request is loaded, decided on and written."""

    def __init__(self, connection: Connection, cause: Cause, queue: Queue, prefix: str) -> None:
        self.connection, self.cause, self._queue, self._prefix = connection, cause, queue, prefix
        self._seq, self._head, self._fresh = 0, START, False
        self.ledger: Ledger = PageLedger(connection, decides=True)
        self.registries: tuple[str, ...] = ()
        """Where the request's row stands after this page, and before it where that was another registry."""

    def answered(self) -> Result | None:
        """The result of the same cause when it came before."""
        one_at_a_time(self.connection, [f"cause:{self.cause.id}"])
        row = self.connection.execute(_CAUSE, {"id_": self.cause.id}).one_or_none()
        return Result(row.reference, row.accepted, row.reason, seen=True) if row else None

    def give_up(self, given_up: GivenUp) -> None:
        """The deed that this page tells the end of."""
        self._queue.bury(self.connection, given_up)

    def load(self, reference: Reference) -> Request | None:
        """The request, locked until the page ends."""
        row = self.connection.execute(_LOCKED, {"reference_": reference}).one_or_none()
        if row is None:
            return None
        self._seq, self._head = row.seq, row.head
        self.registries = (row.registry,)
        return request_of(row.state)

    def next_reference(self, year: int) -> Reference:
        """The next number of the prefix and year; gaps are allowed, repeats are not."""
        statement = counting(self.connection.dialect.name, tables.counters, ("prefix", "year"), "last")
        number = self.connection.execute(statement, {"prefix": self._prefix, "year": year, "last": 1}).scalar_one()
        return f"{self._prefix}-{year}-{number:05d}"

    def record(
        self,
        reference: Reference | None,
        before: Request | None,
        outcome: Outcome,
        by: Person,
        now: datetime,
        registry_of: Callable[[Request], str] = lambda _: ONLY_REGISTRY,
    ) -> Request | None:
        """Append the outcome's events and store what the request is after them."""
        after = before
        rows = []
        traces: list[Trace | None] = []
        for event in outcome.events:
            after = _after(reference or "", after, event, now)
            rows.append(self._event_row(reference or "", event, by, now))
            traces.append(trace_of(after, event, now))
        if rows and after is not None:
            put(self.connection, tables.events, rows)
            self._place(after, registry_of)
            self._store(after, new=before is None)
            projections.remark(self.connection, before, after)
            for trace in filter(None, traces):
                projections.trace(self.connection, trace)
        return after

    def close(
        self, reference: Reference | None, outcome: Outcome, deeds: Sequence[Deed], after: Request | None,
        now: datetime, caps: Caps,
    ) -> Result:  # fmt: skip
        """Mark the cause as used, queue the deeds and remember the letter."""
        accepted = isinstance(outcome, Accepted)
        reason = "" if isinstance(outcome, Accepted) else outcome.reason
        put(self.connection, tables.causes, {
            "id": self.cause.id, "reference": reference, "accepted": accepted, "reason": reason, "at": stamp(now),
            "editor": self.cause.editor,
        })  # fmt: skip
        self._queue.add(self.connection, reference, after, deeds, self.cause, now, caps, fresh=self._fresh)
        if self.cause.letter is not None:
            remember_letter(self.connection, self.cause.letter, reference, now)
        return Result(reference, accepted, reason)

    def _event_row(self, reference: Reference, event: Event, by: Person, now: datetime) -> dict[str, object]:
        self._seq += 1
        kind, payload, at = type(event).__name__, to_json(event), stamp(now)
        digest = payload_hash(payload)
        self._head = link(self._head, reference, self._seq, kind, at, by, self.cause.id, digest)
        return {
            "reference": reference, "seq": self._seq, "type": kind, "at": at, "actor": by, "cause": self.cause.id,
            "payload": payload, "payload_hash": digest, "hash": self._head,
        }  # fmt: skip

    def _place(self, request: Request, registry_of: Callable[[Request], str]) -> None:
        """A request has its row where the rules say; one that is closed stays where it was."""
        before = self.registries
        if not before or request.status not in CLOSED:
            self.registries = tuple(dict.fromkeys((registry_of(request), *before)))

    def _store(self, request: Request, *, new: bool) -> None:
        self._fresh = self._fresh or new
        values = {
            "status": request.status.value, "held": bool(request.holds), "pay_by": request.value("pay_by") or None,
            "contractor": request.value("contractor") or None, "inn": request.value("inn") or None,
            "requester": request.requester, "seq": self._seq, "head": self._head,
            "created_at": stamp(request.created_at), "updated_at": stamp(request.updated_at),
            "state": _STATE.dump_json(request).decode(),
            "registry": self.registries[0], "archive": None,  # whatever stirs is no longer in the archive
        }  # fmt: skip
        if new:
            put(self.connection, tables.requests, {"reference": request.reference, **values})
        else:
            self.connection.execute(_CHANGED, {"reference_": request.reference, **values})


def remember_letter(
    connection: Connection, letter: LetterEntry, reference: Reference | None, now: datetime
) -> None:
    """Store a letter's verdict; a letter set aside before is overwritten."""
    upsert(connection, tables.letters, {
        "key": letter.key, "mailbox": letter.mailbox, "message_id": letter.message_id, "sender": letter.sender,
        "subject": letter.subject[:300], "received_at": stamp(letter.received), "read_at": stamp(now),
        "verdict": letter.verdict, "reason": letter.reason, "path": letter.path, "error": letter.error,
        "reference": reference or letter.reference, "commands": letter.commands,
    })  # fmt: skip


def _after(reference: Reference, request: Request | None, event: Event, now: datetime) -> Request:
    if request is None:
        if not isinstance(event, Opened):
            raise ValueError(f"{type(event).__name__} cannot be the first event of a request.")
        return begin(reference, event, now)
    return evolve(request, event, now)


class Journal(Queue, Shelf, Agreements, Homes, Proof, Leases, Rescue, Contractors):
    """The journal as its users see it: pages to write, a queue of deeds, and shelves to look things up."""

    def __init__(
        self, engine: Engine, *, domain: str, prefix: str = "PAY", name: str = "",
        lease_clock: LeaseClock | None = None,
    ) -> None:  # fmt: skip
        super().__init__(engine, domain, lease_clock)
        self.prefix, self.name = prefix, name

    @contextmanager
    def page(self, cause: Cause) -> Iterator[Page]:
        """A transaction for one cause: committed at the end, undone by any error."""
        with self.engine.begin() as connection:
            yield Page(connection, cause, self, self.prefix)

    def request(self, reference: Reference) -> Request | None:
        with reading(self.engine) as connection:
            state = connection.execute(_ONE, {"reference_": reference}).scalar()
        return request_of(state) if state else None

    def requests(
        self, references: Sequence[Reference] | None = None, *, registry: str | None = None, archive: str | None = None
    ) -> Iterator[Request]:
        """All requests, or those named, or those in a registry or one of its archives, in order of their references;
        read in batches."""
        table = tables.requests
        query = select(table.c.state).order_by(table.c.reference)
        if registry is not None:
            query = query.where(table.c.registry == registry, table.c.archive == archive)
        if references is not None:
            for start in range(0, len(references), 500):
                part = query.where(table.c.reference.in_(references[start : start + 500]))
                yield from self._states(part)
            return
        yield from self._states(query)

    def find(
        self, *, statuses: Sequence[str] = (), due: str | None = None, registry: str | None = None
    ) -> Iterator[Request]:
        """Requests by stored status, latest pay-by date (ISO) and registry."""
        table = tables.requests
        query = select(table.c.state).order_by(table.c.reference)
        if statuses:
            query = query.where(table.c.status.in_(list(statuses)))
        if due is not None:
            query = query.where(table.c.pay_by <= due)
        if registry is not None:
            query = query.where(table.c.registry == registry)
        yield from self._states(query)

    def find_recent(self, statuses: Sequence[str], since: datetime) -> Iterator[Request]:
        """Requests in these stored states that stirred since then."""
        table = tables.requests
        query = select(table.c.state).where(table.c.status.in_(list(statuses)), table.c.updated_at >= stamp(since))
        yield from self._states(query)

    def _states(self, query: object) -> Iterator[Request]:
        with reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=500).execute(query):  # type: ignore[call-overload]
                yield _STATE.validate_json(row.state)

    def history(self, reference: Reference) -> list[Recorded]:
        """Every event of a request, oldest first; an erased payload leaves its place empty."""
        with reading(self.engine) as connection:
            rows = connection.execute(_HISTORY, {"reference_": reference}).all()
        return [
            Recorded(from_json(row.type, row.payload), unstamp(row.at), row.actor, row.cause, row.seq, row.editor or "")
            for row in rows
            if row.payload is not None
        ]

    def refold(self, reference: Reference) -> Request | None:
        """The request made anew from its events alone."""
        request: Request | None = None
        for recorded in self.history(reference):
            request = _after(reference, request, recorded.event, recorded.at)
        return request

    def letter_entry(self, letter: LetterEntry, now: datetime) -> None:
        """Remember a letter that gives no order (ignored, set aside)."""
        with self.engine.begin() as connection:
            remember_letter(connection, letter, None, now)

    def knows_letter(self, key: str) -> bool:
        with reading(self.engine) as connection:
            verdict = connection.execute(_VERDICT, {"key_": key}).scalar()
        return verdict is not None and verdict != "open"

    @staticmethod
    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
