"""A letter with several orders: stored whole before the first is carried out, closed with one receipt at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from workflow.core.commands import Command, Form, Open
from workflow.core.deeds import Deed, Lane
from workflow.core.model import Person, Reference
from workflow.intake.digests import Several as Digest
from workflow.intake.division import Rule
from workflow.journal import Result


class Order(Protocol):
    """One of them: its number in the letter, the request it is about, and what it wants."""

    @property
    def line(self) -> int: ...

    @property
    def reference(self) -> Reference | None: ...

    def command(self, by: Person) -> Command: ...


class Several(Protocol):
    """All of them. `told` are kinds of notices that the receipt replaces; `closing` is the letter's verdict."""

    @property
    def by(self) -> Person: ...

    @property
    def orders(self) -> Sequence[Order]: ...

    @property
    def told(self) -> frozenset[str]: ...

    @property
    def closing(self) -> tuple[str, str]: ...

    def dump(self) -> str: ...

    def receipt(self, results: Mapping[int, Result]) -> Deed: ...


@dataclass(frozen=True, slots=True)
class NewRequest:
    """One request of several in a letter."""

    line: int
    label: str
    form: Form
    keep_draft: bool = False

    @property
    def reference(self) -> Reference | None:
        return None

    def command(self, by: Person) -> Command:
        return Open(by, self.form, self.keep_draft)


@dataclass(frozen=True, slots=True)
class NewRequests:
    """Several requests of one letter, by which rule it was divided."""

    by: Person
    rule: Rule
    orders: tuple[NewRequest, ...]
    left_out: int = 0
    kind: str = "requests"

    @property
    def told(self) -> frozenset[str]:
        return frozenset({"receipt_submitted"})

    @property
    def closing(self) -> tuple[str, str]:
        return "requests", "several"

    def dump(self) -> str:
        return _ADAPTER.dump_json(self).decode()

    def receipt(self, results: Mapping[int, Result]) -> Deed:
        """One receipt that lists every request with what became of it."""
        rows = [[order.line, order.label, results[order.line].reference or ""] for order in self.orders]
        return Deed(
            Lane.MAIL, "requests_receipt", self.by, {"rule": self.rule, "rows": rows, "left_out": self.left_out}
        )  # fmt: skip


_ADAPTER: TypeAdapter[NewRequests] = TypeAdapter(NewRequests)


def restore(text: str) -> Several:
    """The orders of a letter that a crash left half done."""
    return _ADAPTER.validate_json(text) if json.loads(text).get("kind") == "requests" else Digest.restore(text)
