"""How long it takes to find a contractor's card and an earlier request, from a hundred to a hundred thousand of them.

python -m bench.cards
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, insert

from values.names import loose_name
from workflow.core.contractors import BankDetails, Card
from workflow.core.ledger import Ledger
from workflow.core.model import Request
from workflow.journal import tables
from workflow.journal.book import Journal
from workflow.journal.engine import open_engine
from workflow.journal.projections import CARD_ADAPTER, chain_of
from workflow.journal.schema import prepare
from workflow.journal.stamp import stamp

SIZES = (100, 1_000, 10_000, 100_000)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TIMES = 300


def main() -> None:
    print(f"{'cards':>9}" + "".join(f"{name:>14}" for name in LOOK_UPS))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'journal.db'}")
        prepare(engine, NOW)
        journal, filled = Journal(engine, domain="example.test"), 0
        for size in SIZES:
            with engine.begin() as connection:
                fill(connection, filled, size)
            filled = size
            with journal.ledger() as ledger:
                spent = [_median_us(look_up, ledger, size) for look_up in LOOK_UPS.values()]
            print(f"{size:>9}" + "".join(f"{one:>11.0f} us" for one in spent))


def fill(connection: Connection, start: int, end: int) -> None:
    """Cards and requests numbered from `start` to `end`, as the projections keep them."""
    numbers = range(start, end)
    cards = [Card(f"inn:{inn(n)}", name(n), inn=inn(n), bank=(BankDetails(account(n), since=NOW),)) for n in numbers]
    at = stamp(NOW)
    connection.execute(insert(tables.contractors), [
        {"key": card.key, "name": card.name, "card": CARD_ADAPTER.dump_json(card).decode(), "changed_at": at,
         "chain": chain_of(card.key), "seq": 0, "head": ""} for card in cards
    ])  # fmt: skip
    connection.execute(insert(tables.contractor_keys), [
        {"kind": kind, "value": value, "contractor": card.key} for card in cards
        for kind, value in (("inn", card.inn), ("account", card.bank[0].account), ("name", loose_name(card.name)))
    ])  # fmt: skip
    connection.execute(insert(tables.request_marks), [
        {"kind": "invoice", "value": f"inn:{inn(n)}|{n}", "reference": reference(n), "at": at} for n in numbers
    ])  # fmt: skip


def inn(number: int) -> str:
    return f"{7700000000 + number}"


def name(number: int) -> str:
    return f"ООО «Ромашка {number}»"


def account(number: int) -> str:
    return f"4070281000000{number:07d}"


def reference(number: int) -> str:
    return f"PAY-2026-{number:05d}"


Found = tuple[Card, ...] | tuple[Request, ...]
LOOK_UPS: dict[str, Callable[[Ledger, int], Found]] = {
    "by INN": lambda ledger, n: ledger.cards_by_inn(inn(n)),
    "by account": lambda ledger, n: ledger.cards_by_account(account(n)),
    "by name": lambda ledger, n: ledger.cards_by_name(f"ромашка {n}"),
    "same invoice": lambda ledger, n: ledger.marked("invoice", f"inn:{inn(n)}|{n}"),
}


def _median_us(look_up: Callable[[Ledger, int], Found], ledger: Ledger, size: int) -> float:
    spent: list[float] = []
    for turn in range(TIMES):
        number = turn * 7919 % size
        begun = time.perf_counter()
        look_up(ledger, number)
        spent.append(time.perf_counter() - begun)
    return median(spent) * 1e6


if __name__ == "__main__":
    main()
