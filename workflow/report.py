"""Facts for people who script: requests and the state of the machine as JSON (contract, JSON)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

from workflow.core.events import Recorded, to_json
from workflow.core.model import FIELDS, Ask, AskKind, HoldKind, Problem, Request, Status
from workflow.health.checkup import Checkup
from workflow.health.watch import sentence
from workflow.journal import Journal
from workflow.words import Words

LEGS = ("inbox", "mail", "folder", "clock")
VERDICTS = ("requests", "answers", "refused", "ignored", "set_aside")
NOTICE_STATES = {
    "due": "queued", "leased": "queued", "sending": "queued", "done": "sent", "bounced": "bounced",
    "in_doubt": "in_doubt", "dead": "dead",
}  # fmt: skip


def utc(moment: datetime | str | None) -> str | None:
    """ISO 8601 in UTC, ending in Z."""
    if moment is None:
        return None
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Report:
    """Reads the journal for `show`, `list` and `status`."""

    journal: Journal
    words: Words
    place_of: Callable[[PurePosixPath], str]
    checkup: Checkup
    registries: tuple[str, ...] = ("registry",)
    """The names of the registries' legs."""

    def request(self, request: Request) -> dict[str, Any]:
        """One request whole."""
        return {
            "reference": request.reference,
            "version": request.version,
            "status": request.shown_status.value,
            "holds": [{"kind": h.kind.value, "reason": h.reason or None, "since": utc(h.since)} for h in request.holds],
            "fields": {name: _field(request, name) for name in FIELDS},
            "problems": problems(request.problems, self.words),
            "warnings": [{"code": w.code, "text": self.words.warning(w)} for w in request.warnings],
            "requester": request.requester,
            "created_at": utc(request.created_at),
            "updated_at": utc(request.updated_at),
            "asks": [
                {"person": ask.person, "kind": ask.kind.value, "step": ask.step + 1, "version": ask.version,
                 "open": ask.open, "at": utc(ask.at)}
                for ask in request.asks
            ],
            "approvals": [
                {"step": vote.step + 1, "person": vote.person, "decision": vote.decision.value,
                 "comment": vote.comment or None, "at": utc(vote.at), "version": vote.version}
                for vote in request.votes
            ],
            "payments": [
                {"on": payment.on.isoformat(), "amount": str(payment.amount), "order": payment.order or None}
                for payment in request.payments
            ],
            "notices": self._notices(request.reference),
            "materials": self._materials(request.reference),
            "history": [_recorded(recorded) for recorded in self.journal.history(request.reference)],
        }  # fmt: skip

    def _notices(self, reference: str) -> list[dict[str, Any]]:
        return [
            {"to": row.person, "kind": row.kind, "at": utc(row.done_at or row.created_at),
             "state": NOTICE_STATES[row.state], "message_id": row.message_id}
            for row in self.journal.notices(reference) if row.state in NOTICE_STATES
        ]  # fmt: skip

    def _materials(self, reference: str) -> list[dict[str, Any]]:
        return [
            {"name": row.name, "path": self.place_of(PurePosixPath(row.path)), "sha256": row.sha256, "kind": row.kind}
            for row in self.journal.materials(reference)
        ]

    def status(self, now: datetime) -> dict[str, Any]:
        """What waits for whom, what is stuck and why, when each leg last succeeded."""
        legs, failing = self.journal.legs(), self.journal.leg_failures(now)
        due, postponed = self.journal.queue_counts(now)
        counts = self.journal.letters_by_verdict()
        letters = {verdict: counts.get(verdict, 0) for verdict in VERDICTS}
        return {
            "legs": {name: _leg(legs.get(name), failing.get(name, [])) for name in self._legs(legs)},
            "waiting": list(self._waiting()),
            "deeds": {
                "due": due, "postponed": postponed,
                "dead": [
                    {"id": row.id, "kind": row.kind, "reference": row.reference, "error": row.error}
                    for row in self.journal.dead()
                ],
            },
            "set_aside": [
                {"key": row.key, "from": row.sender, "subject": row.subject, "error": row.error}
                for row in self.journal.set_aside()
            ],
            "letters": {"read": sum(letters.values()), **letters},
            "held_mail": self._held_mail(),
            "health": self.health(now),
        }  # fmt: skip

    def health(self, now: datetime) -> dict[str, Any]:
        """What has been wrong for longer than the settings allow."""
        troubles = self.checkup.troubles(now)
        said = [{"code": trouble.code, "text": sentence(trouble, self.words)} for trouble in troubles]
        return {"ok": not troubles, "troubles": said}

    def _held_mail(self) -> dict[str, Any]:
        """Notices that wait for the operator's word after a recovery."""
        since = self.journal.held_since()
        return {"since": utc(since), "count": len(self.journal.waiting_mail()) if since else 0}

    def _legs(self, known: Iterable[str]) -> list[str]:
        """The legs in their usual order; a registry that the settings do not name any more is not waited for."""
        inbox, *others = LEGS
        more = (name for name in known if name.partition(":")[0] != "registry")
        return list(dict.fromkeys((inbox, *self.registries, *others, *more)))

    def _waiting(self) -> Iterable[dict[str, Any]]:
        open_states = [Status.DRAFT.value, Status.AWAITING.value, Status.RETURNED.value, Status.APPROVED.value]
        for request in self.journal.find(statuses=open_states):
            for ask in request.open_asks():
                if _is_waited_for(request, ask):
                    yield {"reference": request.reference, "person": ask.person, "since": utc(ask.at),
                           "ask": ask.kind.value, "hold": ask.about or None}  # fmt: skip


def _is_waited_for(request: Request, ask: Ask) -> bool:
    """A held request waits for whoever can lift the hold, not for a payment that must not be made."""
    if ask.kind is AskKind.PAY and any(hold.kind is not HoldKind.ACCOUNTANT for hold in request.holds):
        return False
    return ask.version == request.version or ask.kind is AskKind.CONFIRM


def problems(found: Iterable[Problem], words: Words) -> list[dict[str, Any]]:
    return [{"field": problem.field, "code": problem.code, "text": words.problem(problem)} for problem in found]


def matches(
    request: Request, *, statuses: set[str], due: date | None, contractor: str, fold: Callable[[str], str]
) -> bool:
    """The filters of `list`."""
    if statuses and request.shown_status.value not in statuses:
        return False
    pay_by = request.value("pay_by")
    if due is not None and not (pay_by and date.fromisoformat(pay_by) <= due):
        return False
    wanted = fold(contractor)
    return not contractor or wanted in fold(request.value("contractor")) or contractor == request.value("inn")


def _field(request: Request, name: str) -> dict[str, Any]:
    found = request.fields.get(name)
    return {"value": found.value if found else None, "source": found.source if found else None}


def _leg(row: dict[str, str | None] | None, failing: list[dict[str, str]]) -> dict[str, Any]:
    """`failing` names the daemons that cannot do it, of several: another one's success must not hide that."""
    return {
        "last_success": utc(row["last_success"]) if row else None,
        "error": (row["error"] if row else None) or next((one["error"] for one in failing), None),
        "failing": [{**one, "since": utc(one["since"])} for one in failing],
    }


def _recorded(recorded: Recorded) -> dict[str, Any]:
    data = json.loads(to_json(recorded.event)) | ({"editor": recorded.editor} if recorded.editor else {})
    return {
        "at": utc(recorded.at), "actor": recorded.actor, "cause": recorded.cause,
        "event": type(recorded.event).__name__, "data": data,
    }  # fmt: skip
