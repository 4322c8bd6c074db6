"""The second routes: a web address that takes JSON, and another mail server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from mailer.compose import Address, Notice, compose
from mailer.errors import DeliveryError
from mailer.smtp import Outgoing
from workflow.health.watch import RouteFailed
from workflow.journal.queue import new_token

PATIENCE = 10.0
Secret = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts `{"text", "ok", "company", "troubles": [{"code", "text"}], "at"}`; chat services show `text`."""

    url: str
    company: str
    now: Callable[[], datetime]
    token: Secret | None = field(default=None, repr=False)

    def tell(self, headline: str, lines: Sequence[str], troubles: Mapping[str, str]) -> None:
        body = {
            "text": "\n".join((headline, *lines)), "ok": not troubles, "company": self.company,
            "troubles": [{"code": code, "text": text} for code, text in troubles.items()],
            "at": self.now().isoformat(),
        }  # fmt: skip
        import requests  # 4 MB that few daemons need

        headers = {"Authorization": f"Bearer {self.token()}"} if self.token else {}
        try:
            answer = requests.post(self.url, json=body, headers=headers, timeout=PATIENCE, allow_redirects=False)
        except requests.RequestException as error:
            raise RouteFailed(f"{self._place} does not answer ({type(error).__name__})") from error
        if not answer.ok:
            raise RouteFailed(f"{self._place} answered {answer.status_code}")

    @property
    def _place(self) -> str:
        """Without the path: it may be a secret."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class OtherMail:
    """A letter by another server, so that a broken mailbox can be told of."""

    outgoing: Outgoing
    sender: str
    to: str
    now: Callable[[], datetime]
    language: str

    def tell(self, headline: str, lines: Sequence[str], troubles: Mapping[str, str]) -> None:
        domain = self.sender.rpartition("@")[2]
        notice = Notice(
            message_id=f"{new_token()}.health@{domain}", sender=Address("Countersign", self.sender),
            to=Address("", self.to), reply_to=None, subject=headline, text="\n".join((*lines, "")), html=None,
            in_reply_to=None, references=(), date=self.now(), automatic="auto-generated", language=self.language,
            files=(),
        )  # fmt: skip
        try:
            self.outgoing.send(compose(notice), self.sender, self.to)
        except DeliveryError as error:
            raise RouteFailed(str(error)) from error
        finally:
            self.outgoing.close()
