"""What a decision may look up beside its own request: cards of contractors and earlier requests. Look-ups only.

The journal's page answers them inside the transaction of the decision, so that nothing changes in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from workflow.core.contractors import Card
from workflow.core.model import Reference, Request


class Ledger(Protocol):
    """Every answer is a handful at most; each look-up is one indexed query."""

    def cards_by_inn(self, inn: str) -> tuple[Card, ...]: ...

    def cards_by_account(self, number: str) -> tuple[Card, ...]:
        """Cards that know this account or IBAN."""

    def cards_by_name(self, name: str) -> tuple[Card, ...]:
        """Cards whose name or alias is this one, loosely written."""

    def request(self, reference: Reference) -> Request | None: ...

    def last_approved(self, *, inn: str = "", name: str = "", requester: str = "") -> Request | None:
        """The request to this contractor that was approved last (and may be paid by now); of one requester if named."""

    def marked(self, kind: str, value: str, since: datetime | None = None) -> tuple[Request, ...]:
        """Earlier requests with this mark (see `marks`), the newest first; `since` they were opened."""


class NothingKnown:
    """The ledger of a journal that holds nothing."""

    def cards_by_inn(self, inn: str) -> tuple[Card, ...]:
        return ()

    def cards_by_account(self, number: str) -> tuple[Card, ...]:
        return ()

    def cards_by_name(self, name: str) -> tuple[Card, ...]:
        return ()

    def request(self, reference: Reference) -> Request | None:
        return None

    def last_approved(self, *, inn: str = "", name: str = "", requester: str = "") -> Request | None:
        return None

    def marked(self, kind: str, value: str, since: datetime | None = None) -> tuple[Request, ...]:
        return ()


EMPTY: Ledger = NothingKnown()


def suppliers(values: Mapping[str, str]) -> tuple[str, ...]:
    """What one supplier is told by: INN or IBAN."""
    return tuple(f"{name}:{values[name]}" for name in ("inn", "iban") if values.get(name))
