"""What everything else stands on: the journal, the people, the rules, and the one door in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy.engine import make_url

from config.settings import Condition, Settings
from config.settings import Step as StepSettings
from documents.disk import make_home
from mailer.domain import ascii_address
from values.workdays import WorkCalendar
from workflow.core.model import Step
from workflow.core.policy import Policy, Rule, When
from workflow.journal import Journal
from workflow.journal.engine import open_engine
from workflow.journal.queue import Caps
from workflow.people import Member, Roster
from workflow.service import Service


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Base:
    """Each part is made when it is first asked for."""

    settings: Settings
    now: Callable[[], datetime] = utc_now
    stopping: Callable[[], bool] = lambda: False
    threads_ahead: int = 0
    """So many files of letters behind the one in hand are read at once; the daemon sets it."""

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        mailbox = self.settings.mailbox
        return frozenset((mailbox.address, *mailbox.former_addresses))

    @cached_property
    def journal(self) -> Journal:
        url = make_url(self.settings.journal)
        if url.get_backend_name() == "sqlite" and url.database:
            make_home(Path(url.database).absolute())
        domain = ascii_address(self.settings.mailbox.address).rpartition("@")[2]
        return Journal(open_engine(self.settings.journal), domain=domain, prefix=self.settings.company.reference_prefix)

    @cached_property
    def roster(self) -> Roster:
        return Roster(
            Member(person.name, person.email, frozenset(person.roles), person.language, person.aliases)
            for person in self.settings.people
        )

    @cached_property
    def policy(self) -> Policy:
        settings = self.settings
        return Policy(
            rules=tuple(
                Rule(_when(rule.when), tuple(_step(step) for step in rule.steps)) for rule in settings.approval
            ),
            approvers=frozenset(self.roster.with_role("approver")),
            accountants=self.roster.with_role("accountant"),
            operators=self.roster.with_role("operator"),
            paid_delay=settings.notices.paid_delay,
            undo_window=settings.decisions.undo_window,
            bank_details=settings.controls.bank_details,
            confirm=tuple(member.email for member in map(self.roster.find, settings.controls.confirm) if member),
            split_period=settings.controls.split_period,
            timezone=settings.timezone.key,
            language=settings.language,
            accounting=settings.notices.accounting,
            digest=frozenset(person.email for person in settings.people if person.digest is not None),
            calendar=WorkCalendar(
                settings.calendar.country, frozenset(settings.calendar.days_off),
                frozenset(settings.calendar.working_days),
            ),
            morning_mail=settings.notices.morning_mail,
            remind_after=settings.notices.remind_after,
            registries=tuple((one.name, _when(one.when)) for one in settings.registries),
            company=settings.company.name,
            company_inn=settings.company.inn or "",
        )

    @cached_property
    def service(self) -> Service:
        rate = self.settings.mailbox.answers_per_sender
        return Service(self.journal, self.policy, self.now, Caps(rate.count, rate.per))


def _when(condition: Condition) -> When:
    return When(
        condition.currency, condition.amount_from, condition.amount_to, condition.contractor, condition.requester
    )


def _step(step: StepSettings) -> Step:
    if step.any:
        return Step("any", step.any)
    if step.all:
        return Step("all", step.all)
    return Step("quorum", step.of, step.needed)
