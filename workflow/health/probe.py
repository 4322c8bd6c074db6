"""A letter that we send to ourselves once a day: through the queue, the outgoing server and the mailbox."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from workflow.core.deeds import Deed, Lane
from workflow.journal import Journal

PROBE = "probe"
ARRIVED = "probe_arrived"


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe: when it was queued, and once it has come the mail server's time and ours."""

    sent: datetime
    stamped: datetime | None = None
    seen: datetime | None = None


def probe_due(address: str, at: time, now: datetime, zone: ZoneInfo) -> Deed | None:
    """Today's probe, once its time has come."""
    local = now.astimezone(zone)
    if local.time() < at:
        return None
    return Deed(Lane.MAIL, PROBE, address, {"day": local.date().isoformat()}, once=f"probe:{local.date()}")


def note_arrival(journal: Journal, message_id: str, stamped: datetime, now: datetime) -> None:
    """An own letter came; was it a probe?"""
    notice = journal.notice_by_message(message_id)
    if notice is not None and notice.kind == PROBE:
        said = {"id": notice.id, "stamped": stamped.isoformat(), "seen": now.isoformat()}
        journal.set_note(ARRIVED, json.dumps(said))


def last_probe(journal: Journal) -> Probe | None:
    """The newest probe and its arrival."""
    queued = journal.newest_deed(PROBE)
    if queued is None:
        return None
    said = json.loads(journal.note(ARRIVED) or "{}")
    sent = datetime.fromisoformat(queued.done_at or queued.created_at)
    if said.get("id") != queued.id:
        return Probe(sent)
    return Probe(sent, datetime.fromisoformat(said["stamped"]), datetime.fromisoformat(said["seen"]))
