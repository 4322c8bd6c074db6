"""What was last agreed with each registry: the base of the three-way merge, by generation of the sheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, insert, select, update

from workflow.core.model import Reference
from workflow.journal import tables
from workflow.journal.engine import insert_if_new, reading
from workflow.journal.stamp import stamp

OLD_AGREEMENTS = timedelta(days=30)
"""How long what older generations agreed is kept: copies of the book saved so long ago are not to be expected."""


class Agreements:
    """Announced before a write, agreed after it; what older generations agreed is kept for a while."""

    engine: Engine

    def registry(self, name: str, identity: str) -> Any:
        """The registry's generation and identity, made on first sight."""
        table = tables.registries
        fresh = {"name": name, "generation": 0, "identity": identity, "seen": "", "facts": "{}"}
        with self.engine.begin() as connection:
            insert_if_new(connection, table, fresh)
            return connection.execute(select(table).where(table.c.name == name)).one()

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

    def agreed_rows(self, registry: str) -> dict[Reference, int]:
        """The rows of which something is agreed, and since which generation."""
        table = tables.agreements
        query = select(table.c.reference, table.c.generation)
        query = query.where(table.c.registry == registry, table.c.current.is_(True))
        with reading(self.engine) as connection:
            return {row.reference: row.generation for row in connection.execute(query)}

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

    def adopt_copy(
        self, registry: str, identity: str, generation: int, cells: Mapping[Reference, Mapping[str, Any]],
        now: datetime,
    ) -> None:  # fmt: skip
        """After a recovery: the sheet is of this generation; the next edit departs from what it shows now."""
        self.registry(registry, identity)
        self.forget_agreements(registry)
        table, books = tables.agreements, tables.registries
        rows = [
            {"registry": registry, "reference": reference, "generation": generation, "current": True,
             "cells": json.dumps(row, ensure_ascii=False), "at": stamp(now)}
            for reference, row in cells.items()
        ]  # fmt: skip
        with self.engine.begin() as connection:
            if rows:
                connection.execute(insert(table), rows)
            values = {"generation": generation, "identity": identity, "seen": "", "facts": "{}"}
            connection.execute(update(books).where(books.c.name == registry).values(values))

    def take_up_again(self, registry: str, rows: Mapping[Reference, int]) -> None:
        """Rows that had left the sheet stand in it again, as agreed at these generations."""
        table = tables.agreements
        with self.engine.begin() as connection:
            for reference, generation in rows.items():
                which = and_(table.c.registry == registry, table.c.reference == reference)
                at = and_(which, table.c.generation == generation)
                connection.execute(update(table).where(at).values(current=True))

    def let_go(self, registry: str, references: Iterable[Reference]) -> None:
        """These rows are not in the sheet any more, and need not be; what was agreed at older generations is kept."""
        table, listed = tables.agreements, list(references)
        with self.engine.begin() as connection:
            for start in range(0, len(listed), 500):
                which = and_(table.c.registry == registry, table.c.reference.in_(listed[start : start + 500]))
                connection.execute(update(table).where(which).values(current=False))

    def forget_agreements(self, registry: str, before: datetime | None = None) -> None:
        """Old agreements (30 days are enough), or all of them for `rebuild`."""
        table = tables.agreements
        where = table.c.registry == registry
        if before is not None:
            where = and_(where, table.c.current.is_(False), table.c.at < stamp(before))
        with self.engine.begin() as connection:
            connection.execute(delete(table).where(where))
