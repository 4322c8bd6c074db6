"""What says whether all is well, and by which ways."""

from __future__ import annotations

from functools import cached_property

from mailer.account import Account
from mailer.smtp import Outgoing
from workflow.health import Checkup, Limits, probe_due
from workflow.health.routes import OtherMail, Webhook
from workflow.health.watch import Route, Watch
from workflow.legs.base import alarm
from workflow.report import Report
from workflow.wiring.places import Places
from workflow.words import words


class Watching(Places):
    """The check-ups of one installation."""

    @cached_property
    def checkup(self) -> Checkup:
        settings, health = self.settings, self.settings.health
        limits = Limits(
            health.late_after, max(health.late_after, *(one.lock_stale_after for one in settings.registries)),
            health.waiting_after,
            health.free_space, health.probe,
        )  # fmt: skip
        folders = [settings.data_dir, settings.materials.path]
        folders += dict.fromkeys(book.path.parent for book in self.books if book.kind == "excel")
        return Checkup(self.journal, limits, folders, settings.timezone)

    @cached_property
    def report(self) -> Report:
        """Facts for `show`, `list`, `status` and monitors."""
        legs = tuple(book.leg for book in self.books)
        return Report(
            self.journal, words(self.settings.language), self.materials.shown, self.checkup, legs
        )  # fmt: skip

    def _routes(self) -> list[Route]:
        """The ways to the operator beside the mailbox."""
        health, found = self.settings.health, list[Route]()
        if health.webhook:
            secret = health.webhook_token_file or health.webhook_token_env
            token = health.webhook_token if secret else None
            found.append(Webhook(health.webhook, self.settings.company.name, self.now, token))
        if health.email and health.smtp:
            server, sender = health.smtp, health.sender or health.email
            login = health.username or ""
            account = Account(server.host, server.port, server.security, login, health.password if login else None)
            found.append(OtherMail(Outgoing(account), sender, health.email, self.now, self.settings.language))
        return found

    def _alarm_health(self, what: str, once: str) -> None:
        alarm(self.service, self.policy.operators, "health", what, once=once)

    @cached_property
    def watch(self) -> Watch:
        settings = self.settings
        return Watch(
            self.checkup, self._routes(), words(settings.language), settings.company.name, self._alarm_health
        )  # fmt: skip

    def send_probe(self) -> None:
        """The daily letter to ourselves, once its time has come."""
        at = self.settings.health.probe
        deed = probe_due(self.settings.mailbox.address, at, self.now(), self.settings.timezone) if at else None
        if deed is not None:
            self.service.add_deeds([deed])
