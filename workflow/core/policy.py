"""Who must say yes to what: the first rule that holds gives the route, without requester and accountants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from values.workdays import WorkCalendar
from workflow.core.model import Field, Person, Request, Step

WEEKENDS_ONLY = WorkCalendar()


@dataclass(frozen=True, slots=True)
class When:
    """The condition of a rule; `amount_from <= amount < amount_to`, both in `currency`. Empty holds always."""

    currency: str | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    contractor: str | None = None
    requester: Person | None = None

    def holds(self, fields: Mapping[str, Field], requester: Person) -> bool:
        values = {name: field.value for name, field in fields.items()}
        amount = Decimal(values.get("amount", "0"))
        return (
            self.currency in (None, values.get("currency"))
            and (self.amount_from is None or self.amount_from <= amount)
            and (self.amount_to is None or amount < self.amount_to)
            and self.contractor in (None, values.get("inn"))
            and self.requester in (None, requester)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    when: When
    steps: tuple[Step, ...]


ONLY_REGISTRY = "registry"
"""The name of a registry that has none of its own."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything `decide` needs to know of the settings, as plain values."""

    rules: tuple[Rule, ...]
    approvers: frozenset[Person]
    accountants: tuple[Person, ...]
    operators: tuple[Person, ...]
    paid_delay: timedelta = timedelta(minutes=10)
    undo_window: timedelta | None = None
    timezone: str = "Europe/Moscow"
    language: str = "ru"
    accounting: Literal["each", "morning"] = "each"
    digest: frozenset[Person] = frozenset()
    """Approvers who have one daily list instead of single questions."""
    calendar: WorkCalendar = WEEKENDS_ONLY
    morning_mail: bool = False
    remind_after: int = 0
    """Working days after which an open question is put again; 0 for never."""
    registries: tuple[tuple[str, When], ...] = ((ONLY_REGISTRY, When()),)
    """Which registry takes which requests: the first whose condition holds; the last one takes the rest."""
    bank_details: Literal["changed", "new", "off"] = "changed"
    """Which bank details hold a payment until somebody has called the contractor."""
    confirm: tuple[Person, ...] = ()
    """Who may confirm them; nobody named: the accountants."""
    split_period: timedelta = timedelta(days=7)
    company: str = ""
    company_inn: str = ""
    """Who pays: its own INN beside another's name is a slip."""

    @property
    def confirmers(self) -> tuple[Person, ...]:
        return self.confirm or self.accountants

    def may_confirm(self, person: Person, request: Request) -> bool:
        """Requester, approver and confirmer are three people."""
        return person in self.confirmers and person != request.requester and person not in request.approvers

    def bounds(self, currency: str) -> tuple[Decimal, ...]:
        """The amounts at which the route changes."""
        found = (one for rule in self.rules if rule.when.currency in (None, currency)
                 for one in (rule.when.amount_from, rule.when.amount_to))  # fmt: skip
        return tuple(sorted({one for one in found if one is not None}))

    def holds_for(self, details: str) -> bool:
        """Do these bank details ("changed", "new" or "known") stop the payment?"""
        return details in {"changed": ("changed",), "new": ("changed", "new"), "off": ()}[self.bank_details]

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def route(self, fields: Mapping[str, Field], requester: Person) -> tuple[Step, ...]:
        """The steps of the first rule that holds, each without those who may not sit.

        A rule list always ends with one that holds; without any the route is one step that nobody fills."""
        for rule in self.rules:
            if rule.when.holds(fields, requester):
                return tuple(self._seated(step, requester) for step in rule.steps)
        return (Step("any", ()),)

    def registry_of(self, request: Request) -> str:
        """The registry in which the request has its row."""
        for name, when in self.registries:
            if when.holds(request.fields, request.requester):
                return name
        return self.registries[-1][0]

    def may_sit(self, person: Person, requester: Person) -> bool:
        """Nobody approves his own request, nor pays what he approved (four eyes)."""
        return person != requester and person not in self.accountants

    def _seated(self, step: Step, requester: Person) -> Step:
        people = tuple(dict.fromkeys(person for person in step.people if self.may_sit(person, requester)))
        missing_of_all = step.kind == "all" and not people
        return replace(step, people=people, need=1 if missing_of_all else step.need)
