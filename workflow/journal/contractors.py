"""Cards of contractors for whoever shows or corrects them: which changed, one of them, and a correction's commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, select, update

from workflow.core.contractors import Card, corrected
from workflow.core.events import ContractorCorrected, Recorded, from_json, to_json
from workflow.core.ledger import Ledger
from workflow.journal import projections, tables
from workflow.journal.cause import Cause, Result
from workflow.journal.chain import START, link, payload_hash
from workflow.journal.engine import reading
from workflow.journal.ledger import PageLedger
from workflow.journal.postgres import one_at_a_time
from workflow.journal.stamp import stamp, unstamp


class ChangedCard(NamedTuple):
    """A card and when it changed last (give it back to `contractors` to go on from there)."""

    card: Card
    changed_at: str


class CardPage:
    """One transaction in which a card is loaded, decided on and written."""

    def __init__(self, connection: Connection, cause: Cause) -> None:
        self._connection, self._cause = connection, cause

    def answered(self) -> Result | None:
        """The result of the same cause when it came before."""
        one_at_a_time(self._connection, [f"cause:{self._cause.id}"])
        table = tables.causes
        row = self._connection.execute(select(table).where(table.c.id == self._cause.id)).one_or_none()
        return Result(row.reference, row.accepted, row.reason, seen=True) if row else None

    def load(self, key: str) -> Card | None:
        one_at_a_time(self._connection, [f"card:{key}"])
        return projections.load(self._connection, key)

    def close(self, card: Card | None, event: ContractorCorrected | None, reason: str, now: datetime) -> Result:
        """Append the correction to the card's own chain, or remember why there is none."""
        self._connection.execute(insert(tables.causes).values(
            id=self._cause.id, reference=None, accepted=event is not None, reason=reason, at=stamp(now),
        ))  # fmt: skip
        if card is not None and event is not None:
            self._append(card, event, now)
        return Result(None, event is not None, reason)

    def _append(self, card: Card, event: ContractorCorrected, now: datetime) -> None:
        table = tables.contractors
        row = self._connection.execute(select(table.c.seq, table.c.head).where(table.c.key == card.key)).one()
        chain, seq, kind, at = projections.chain_of(card.key), row.seq + 1, type(event).__name__, stamp(now)
        payload = to_json(event)
        digest = payload_hash(payload)
        head = link(row.head or START, chain, seq, kind, at, event.by, self._cause.id, digest)
        self._connection.execute(insert(tables.events).values(
            reference=chain, seq=seq, type=kind, at=at, actor=event.by, cause=self._cause.id, payload=payload,
            payload_hash=digest, hash=head,
        ))  # fmt: skip
        projections.store(self._connection, corrected(card, event), now)
        self._connection.execute(update(table).where(table.c.key == card.key).values(seq=seq, head=head))


class Contractors:
    """The cards as their users see them."""

    engine: Engine

    def contractors(self, after: str = "") -> Iterator[ChangedCard]:
        """Cards that changed at this moment or after it, the oldest change first; without one, all of them."""
        table = tables.contractors
        query = select(table.c.card, table.c.changed_at).order_by(table.c.changed_at, table.c.key)
        if after:
            query = query.where(table.c.changed_at >= after)
        with reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield ChangedCard(projections.card_of(row.card), row.changed_at)

    def contractor(self, key: str) -> Card | None:
        table = tables.contractors
        with reading(self.engine) as connection:
            text = connection.execute(select(table.c.card).where(table.c.key == key)).scalar()
        return projections.card_of(text) if text else None

    def contractor_history(self, key: str) -> list[Recorded]:
        """Every correction of a card, oldest first."""
        table = tables.events
        query = select(table).where(table.c.reference == projections.chain_of(key)).order_by(table.c.seq)
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return [
            Recorded(from_json(row.type, row.payload), unstamp(row.at), row.actor, row.cause, row.seq)
            for row in rows if row.payload is not None
        ]  # fmt: skip

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Look-ups outside of a decision, for whoever only reads."""
        with reading(self.engine) as connection:
            yield PageLedger(connection)

    @contextmanager
    def card_page(self, cause: Cause) -> Iterator[CardPage]:
        """A transaction for one correction: committed at the end, undone by any error."""
        with self.engine.begin() as connection:
            yield CardPage(connection, cause)

    def rebuild_projections(self) -> None:
        """Make cards and marks anew from the events."""
        with self.engine.begin() as connection:
            projections.rebuild(connection)
