"""The queue of deeds: claimed with a lease, done, settled. A crash between any two steps repeats a deed, harmlessly.

Each deed of the mail lane gets its token and Message-ID when it is stored, so that a repeat is the same letter.
"""

from __future__ import annotations

import json
import secrets
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Text, and_, bindparam, case, func, null, or_, select, true, update

from workflow.core.deeds import CONTRACTOR_KINDS, Deed, Lane
from workflow.core.model import Reference, Request
from workflow.journal import tables
from workflow.journal.cause import Cause
from workflow.journal.engine import put, reading
from workflow.journal.leases import LeaseClock, as_told, by_database, tell
from workflow.journal.postgres import one_at_a_time, repeated
from workflow.journal.stamp import stamp

DUE, LEASED, SENDING, DONE, SKIPPED, DEAD, IN_DOUBT = (
    "due", "leased", "sending", "done", "skipped", "dead", "in_doubt",
)  # fmt: skip
LONG_AGO = "2000-01-01T00:00:00.000000Z"
WAITING = (DUE, LEASED, SENDING)
Thread = tuple[str, bool]
"""A person, and whether as the contractor."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How many answers one sender may get in a time (asks and receipts not counted)."""

    answers: int = 20
    window: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A deed that this process holds until its lease ends."""

    id: int
    lane: str
    kind: str
    reference: Reference | None
    person: str
    params: Mapping[str, Any]
    attempts: int
    faults: int
    token: str | None
    message_id: str | None
    root: str | None
    created_at: str
    letter: str | None
    was_sending: bool = False
    lease_until: str | None = None
    """Also the mark of this very claim: a daemon that slept past it has lost the deed to whoever claimed it next."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A deed that will not be done, why, and the list it goes to."""

    deed: Claimed
    why: str
    state: str = DEAD


def new_token() -> str:
    """128 random bits as 26 lower-case base32 characters."""
    return b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


class Queue:
    """Adding, claiming and settling deeds."""

    def __init__(self, engine: Engine, domain: str, lease_clock: LeaseClock | None = None) -> None:
        self.engine, self.domain = engine, domain
        self.lease_clock = lease_clock or (as_told if engine.dialect.name == "sqlite" else by_database)

    @property
    def shared(self) -> bool:
        """Whether several daemons may work on this journal."""
        return self.engine.dialect.name != "sqlite"

    # --- adding -------------------------------------------------------------------------------------------------

    def add(
        self, connection: Connection, reference: Reference | None, request: Request | None, deeds: Sequence[Deed],
        cause: Cause | None, now: datetime, caps: Caps, *, fresh: bool = False,
    ) -> None:  # fmt: skip
        """Queue deeds in the caller's transaction; leaves out what may come only once and has come. With `fresh` the
        request has just been opened, so nothing of it is queued yet."""
        one_at_a_time(connection, (deed.once for deed in deeds if deed.once))
        roots = {} if fresh else self._roots(connection, reference, deeds)
        seen: set[str] = set()
        rows: list[dict[str, Any]] = []
        tokens: list[dict[str, Any]] = []
        for deed in deeds:
            alike = f"{deed.lane}:{deed.kind}:{deed.registry}"
            doubled = deed.once in seen or (deed.coalesce and alike in seen)
            alone = fresh and not deed.once and not deed.answer
            if doubled or not (alone or not self._superfluous(connection, reference, deed, now, caps)):
                continue
            seen |= {deed.once, alike} - {""}
            row = self._row(reference, deed, cause, now)
            if deed.lane is Lane.MAIL:
                row["root"] = self._root(reference, deed, row["message_id"], roots)
                tokens.append(self._token_row(row["token"], reference, request, deed, now))
            rows.append(row)
        if tokens:
            put(connection, tables.tokens, tokens)
        if rows:
            put(connection, tables.deeds, rows)
            tell(connection, sorted({row["lane"] for row in rows}))

    @repeated
    def add_alone(
        self, reference: Reference | None, deeds: Sequence[Deed], now: datetime, caps: Caps | None = None,
        given_up: GivenUp | None = None,
    ) -> None:  # fmt: skip
        """Queue deeds that no order of a request causes (a report, an alarm, a repair), with the end of the deed that
        they tell of."""
        with self.engine.begin() as connection:
            if given_up is not None:
                self.bury(connection, given_up)
            self.add(connection, reference, None, deeds, None, now, caps or Caps())

    def _superfluous(
        self, connection: Connection, reference: Reference | None, deed: Deed, now: datetime, caps: Caps
    ) -> bool:
        table = tables.deeds
        if deed.coalesce:
            same = and_(table.c.reference == reference, table.c.lane == deed.lane.value, table.c.state == DUE,
                        table.c.kind == deed.kind, table.c.registry == (deed.registry or None))  # fmt: skip
            # locked: whoever is claiming it just now will not see what this transaction decides
            return connection.execute(select(table.c.id).where(same).limit(1).with_for_update()).scalar() is not None
        if deed.once:
            query = select(table.c.id).where(table.c.once == deed.once)
            if deed.once_for:
                query = query.where(table.c.created_at > stamp(now - deed.once_for))
            if connection.execute(query.limit(1)).scalar() is not None:
                return True
        if deed.answer:
            recent = and_(table.c.person == deed.person, table.c.answer.is_(True),
                          table.c.created_at > stamp(now - caps.window))  # fmt: skip
            count = connection.execute(select(func.count()).select_from(table).where(recent)).scalar_one()
            return count >= caps.answers
        return False

    def _row(self, reference: Reference | None, deed: Deed, cause: Cause | None, now: datetime) -> dict[str, Any]:
        """A deed as it is stored; a notice has its token and Message-ID from here on."""
        token = new_token() if deed.lane is Lane.MAIL else None
        return {
            "lane": deed.lane.value, "kind": deed.kind, "reference": reference, "person": deed.person,
            "params": json.dumps(dict(deed.params), ensure_ascii=False), "state": DUE,
            "due_at": stamp(now + deed.delay), "attempts": 0, "faults": 0, "created_at": stamp(now),
            "answer": deed.answer, "once": deed.once or None, "cause": cause.id if cause else None,
            "letter": cause.letter.key if cause and cause.letter else None, "token": token,
            "message_id": f"{token}@{self.domain}" if token else None, "root": None,
            "registry": deed.registry or None,
        }  # fmt: skip

    @staticmethod
    def _token_row(
        token: str, reference: Reference | None, request: Request | None, deed: Deed, now: datetime
    ) -> dict[str, Any]:
        params = deed.params
        return {
            "token": token, "reference": reference, "person": deed.person, "kind": deed.kind, "at": stamp(now),
            "version": params.get("version", request.version if request else 0),
            "card_hash": request.card_hash if request else "",
            "step": params.get("step", request.step if request else 0),
            "ask": params.get("ask", ""),
        }  # fmt: skip

    @staticmethod
    def _root(reference: Reference | None, deed: Deed, message_id: str, roots: dict[Thread, str]) -> str | None:
        """The first notice of this thread (request and person); contractors have a thread of their own."""
        return roots.setdefault(_thread(deed.person, deed.kind), message_id) if reference is not None else None

    @staticmethod
    def _roots(connection: Connection, reference: Reference | None, deeds: Sequence[Deed]) -> dict[Thread, str]:
        """The threads of these people that there are already, in one look."""
        table = tables.deeds
        people = sorted({deed.person for deed in deeds if deed.lane is Lane.MAIL})
        if reference is None or not people:
            return {}
        query = select(table.c.person, table.c.kind, table.c.message_id).where(
            table.c.reference == reference, table.c.lane == Lane.MAIL.value, table.c.person.in_(people)
        )  # fmt: skip
        found: dict[Thread, str] = {}
        for row in connection.execute(query.order_by(table.c.id)):
            found.setdefault(_thread(row.person, row.kind), row.message_id)
        return found

    # --- claiming and settling ----------------------------------------------------------------------------------

    @repeated
    def claim_deed(self, lane: Lane, now: datetime, lease: timedelta) -> Claimed | None:
        """The oldest due deed of a lane, held for `lease`; None when nothing is due."""
        with self.engine.begin() as connection:
            return self._claim_next(connection, lane, now, lease)

    @repeated
    def settle_and_claim(
        self, deed: Claimed, lane: Lane, now: datetime, lease: timedelta, state: str = DONE, note: str | None = None
    ) -> Claimed | None:
        """One commit between two deeds: this one is done, the next one is held."""
        with self.engine.begin() as connection:
            self._settle(connection, [deed], now, state, note)
            return self._claim_next(connection, lane, now, lease)

    def release(self, deed: Claimed) -> None:
        """A deed that was held and not begun is as if it had not been claimed. One whose notice was being sent keeps
        its mark, and is next for whoever claims it."""
        table = tables.deeds
        marked = table.c.state == SENDING
        self._set(deed, state=case((marked, SENDING), else_=DUE), attempts=table.c.attempts - 1,
                  faults=table.c.faults - 1, lease_until=case((marked, LONG_AGO), else_=null()))  # fmt: skip

    def _claim_next(self, connection: Connection, lane: Lane, now: datetime, lease: timedelta) -> Claimed | None:
        return self._claim(connection, lane, now, lease, DUE) or self._claim(connection, lane, now, lease, LEASED)

    @repeated
    def claim_all(
        self, lane: Lane, kind: str, now: datetime, lease: timedelta, limit: int = 5000, *, registry: str = ""
    ) -> list[Claimed]:
        """All due deeds of a kind at once: each registry writes its rows together."""
        clock = self.lease_clock
        values = {
            "lane_": lane.value, "kind_": kind, "now_": stamp(now), "ended_": clock.value(now, timedelta(0)),
            "until_": clock.value(now, lease), "limit_": limit, **({"registry_": registry} if registry else {}),
        }  # fmt: skip
        with self.engine.begin() as connection:
            rows = connection.execute(_claiming_all(clock, bool(registry)), values)
            return sorted((_claimed(row, False) for row in rows), key=lambda deed: deed.id)

    def _claim(
        self, connection: Connection, lane: Lane, now: datetime, lease: timedelta, state: str
    ) -> Claimed | None:
        clock = self.lease_clock
        since = {"now_": stamp(now)} if state == DUE else {"ended_": clock.value(now, timedelta(0))}
        values = {"lane_": lane.value, "until_": clock.value(now, lease), **since}
        row = connection.execute(_claiming(clock, state), values).one_or_none()
        return _claimed(row, row.state == SENDING) if row else None

    def still_holds(self, deed: Claimed, now: datetime) -> bool:
        """Whether the deed is this process's own, and its lease not ended: asked just before the outside is changed."""
        table = tables.deeds
        held = and_(_same(deed), table.c.lease_until > self.lease_clock(now, timedelta(0)))
        with reading(self.engine) as connection:
            return connection.execute(select(table.c.id).where(held)).scalar() is not None

    @repeated
    def last_look(self, deed: Claimed, now: datetime, lease: timedelta, *, mark: bool) -> Claimed | None:
        """Just before the content of a notice: held for all the time that its sending may take, and marked as being
        sent when it may go only once. None when the deed is another daemon's by now."""
        table = tables.deeds
        stands = and_(_same(deed), table.c.lease_until > self.lease_clock(now, timedelta(0)))
        values = {"lease_until": self.lease_clock(now, lease), **({"state": SENDING} if mark else {})}
        with self.engine.begin() as connection:
            query = update(table).where(stands).values(values).returning(table.c.lease_until)
            held = connection.execute(query).scalar()
        return replace(deed, lease_until=held) if held is not None else None

    @repeated
    def settle(self, deeds: Sequence[Claimed], now: datetime, state: str = DONE, note: str | None = None) -> None:
        """These deeds are done (or passed over: SKIPPED with the reason)."""
        with self.engine.begin() as connection:
            self._settle(connection, deeds, now, state, note)

    @staticmethod
    def _settle(connection: Connection, deeds: Sequence[Claimed], now: datetime, state: str, note: str | None) -> None:
        """What another daemon holds by now is left to it."""
        rows = [
            {"id_": deed.id, "lease_": deed.lease_until, "state_": state, "done_": stamp(now), "note_": note}
            for deed in deeds
        ]
        if rows:
            connection.execute(_SETTLING, rows)

    @repeated
    def postpone(self, deed: Claimed, error: str, at: datetime, *, our_fault: bool = False) -> None:
        """Try again at `at`. The world's passing failures are tried for as long as it takes, our faults ten times. A
        fault of ours after the sending mark leaves the mark: nobody knows how far the notice came."""
        if not our_fault:
            self._set(deed, state=DUE, due_at=stamp(at), lease_until=None, error=error, faults=0)
            return
        marked = tables.deeds.c.state == SENDING
        self._set(deed, state=case((marked, SENDING), else_=DUE), due_at=stamp(at), error=error,
                  lease_until=case((marked, stamp(at)), else_=null()))  # fmt: skip

    @staticmethod
    def bury(connection: Connection, given_up: GivenUp) -> None:
        """Put a deed on the dead-letter list (or in doubt), in the transaction that tells of it: only a person brings
        it back."""
        values = {"state": given_up.state, "lease_until": None, "error": given_up.why}
        connection.execute(update(tables.deeds).where(_same(given_up.deed)).values(values))

    def _set(self, deed: Claimed, **values: Any) -> bool:
        """Change a deed that is still ours; whether it was."""
        with self.engine.begin() as connection:
            return connection.execute(update(tables.deeds).where(_same(deed)).values(values)).rowcount == 1

    def free_lane(self, lane: Lane, registry: str = "") -> None:
        """For whoever has just taken over what this lane (or one registry) works on: nobody else may do its deeds any
        more."""
        table = tables.deeds
        with self.engine.begin() as connection:
            held = and_(table.c.lane == lane.value, table.c.state == LEASED)
            held = and_(held, table.c.registry == registry) if registry else held
            connection.execute(update(table).where(held).values(state=DUE, lease_until=None))

    def free_own_leases(self, now: datetime) -> None:
        """At the start of the single daemon on SQLite: what it had claimed is free at once, and comes in its turn
        (ended leases wait behind all that is due). The mark of a notice that was being sent stays. On PostgreSQL others
        may be at work: there every lease runs out by itself."""
        if self.shared:
            return
        table = tables.deeds
        with self.engine.begin() as connection:
            due = {"state": DUE, "lease_until": None}
            connection.execute(update(table).where(table.c.state == LEASED).values(due))
            ended = {"lease_until": stamp(now - timedelta(seconds=1))}
            connection.execute(update(table).where(table.c.state == SENDING).values(ended))

    def retry(self, deed_id: int | None, now: datetime) -> int:
        """Put one dead deed, or all, back in the queue; the number of them."""
        table = tables.deeds
        where = table.c.state == DEAD
        if deed_id is not None:
            where = and_(table.c.state.in_((DEAD, IN_DOUBT)), table.c.id == deed_id)
        with self.engine.begin() as connection:
            values = {"state": DUE, "due_at": stamp(now), "attempts": 0, "faults": 0, "error": None}
            count = connection.execute(update(table).where(where).values(values)).rowcount
            tell(connection, [lane.value for lane in Lane] if count else [])
            return count


def _ready(lane: Any, now: Any, ended: Any, state: str) -> Any:
    """What may be claimed: due, or left behind by one whose lease has ended."""
    table = tables.deeds
    if state == DUE:
        return and_(table.c.lane == lane, table.c.state == DUE, table.c.due_at <= now)
    left = or_(table.c.state == LEASED, table.c.state == SENDING)
    return and_(table.c.lane == lane, left, table.c.lease_until < ended)


def _taking(where: Any, until: Any) -> Any:
    table = tables.deeds
    # the mark of a notice that was being sent stays: cut off once more, it must still be known
    state = case((table.c.state == SENDING, SENDING), else_=LEASED)
    values = {"state": state, "lease_until": until, "attempts": table.c.attempts + 1, "faults": table.c.faults + 1}
    return update(table).where(where).values(values).returning(*table.c)


def _thread(person: str, kind: str) -> Thread:
    return person, kind in CONTRACTOR_KINDS


@cache
def _claiming(clock: LeaseClock, state: str) -> Any:
    """The statement that claims the oldest one; of several daemons each passes over what another is just claiming."""
    table = tables.deeds
    wanted = _ready(bindparam("lane_"), bindparam("now_"), clock.place("ended_"), state)
    first = select(table.c.id).where(wanted).order_by(table.c.due_at, table.c.id).limit(1)
    which = table.c.id == first.with_for_update(skip_locked=True).scalar_subquery()
    return _taking(and_(which, wanted), clock.place("until_"))


@cache
def _claiming_all(clock: LeaseClock, of_one: bool) -> Any:
    """The statement that claims every deed of a kind, of one registry or of all."""
    table = tables.deeds
    lane: Any = bindparam("lane_")
    ended = clock.place("ended_")
    ready = _ready(lane, bindparam("now_"), ended, DUE) | _ready(lane, None, ended, LEASED)
    wanted = and_(table.c.kind == bindparam("kind_"), table.c.registry == bindparam("registry_") if of_one else true())
    ids = select(table.c.id).where(ready, wanted).order_by(table.c.id).limit(bindparam("limit_"))
    return _taking(table.c.id.in_(ids.with_for_update(skip_locked=True)), clock.place("until_"))


_SETTLING = (
    update(tables.deeds)
    .where(tables.deeds.c.id == bindparam("id_"), or_(
        tables.deeds.c.lease_until == bindparam("lease_"), bindparam("lease_", type_=Text).is_(None)
    ))
    .values(state=bindparam("state_"), done_at=bindparam("done_"), lease_until=None, error=bindparam("note_"))
)  # fmt: skip


def _same(deed: Claimed) -> Any:
    """The deed, as long as nobody has claimed it after us."""
    table = tables.deeds
    same = and_(table.c.id == deed.id, table.c.lease_until == deed.lease_until)
    return table.c.id == deed.id if deed.lease_until is None else same


def _claimed(row: Any, was_sending: bool) -> Claimed:
    return Claimed(
        row.id, row.lane, row.kind, row.reference, row.person, json.loads(row.params), row.attempts, row.faults,
        row.token, row.message_id, row.root, row.created_at, row.letter, was_sending,
        row.lease_until,
    )  # fmt: skip
