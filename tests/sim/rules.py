"""What always holds, looked at after every step: the journal against what people really wrote and typed.

Independent of the product: events are read by SQL, folded by `ledger`, and held against `Written` letters, acts at the
sheet and the notices that the mail server took.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from tests.sim.happenings import Happenings
from tests.sim.house import House
from tests.sim.ledger import Ledger
from tests.sim.letters import FIONA
from tests.sim.servers import Delivery
from tests.sim.truth import Truth

LEASE = timedelta(minutes=9)
"""For so long at least a daemon has a deed to itself."""
FINAL = frozenset({"done", "skipped", "dead", "in_doubt", "bounced"})
CONTRACTOR = frozenset({"contractor_paid", "contractor_part", "contractor_order", "contractor_recalled"})
AS_MANY_AS = {
    "receipt_submitted": ("Submitted",), "told_approved": ("ApprovalCompleted",), "told_paid": ("PaymentAnnounced",),
    "contractor_paid": ("PaymentAnnounced",), "contractor_recalled": ("PaymentRecalled",),
    "told_recalled": ("PaymentRecalled",), "contractor_order": ("PaymentOrderFiled",),
    "told_unapproved_payment": ("PaidWithoutApproval",), "told_undone": ("VoteUndone",),
    "told_refused": ("Rejected", "Returned"), "receipt_vote": ("Approved", "Rejected", "Returned", "VoteUndone"),
    "told_held": ("Held",), "told_released": ("Released",), "told_reason": ("ReasonAdded",),
    "told_comment": ("Commented",), "told_withdrawn": ("Withdrawn",), "told_bounced": ("Bounced",),
    "told_in_doubt": ("NoticeInDoubt",), "correction_refused": ("CorrectionRefused",), "told_stuck": ("StepStuck",),
    "ask_confirm": ("PaidWithoutApproval",),
}  # fmt: skip
"""Notices of which one person gets at most one for each event of these kinds."""
BEFORE_APPROVAL = frozenset({"answer_refused", "ask_confirm", "told_comment", "status", "stop", "receipt_done",
                             "told_attempt", "told_bounced", "told_in_doubt"})  # fmt: skip
"""What accounting may hear of a request that was never approved: answers to its own acts."""


class Rules:
    """Examines what is new after each step; every breach is a sentence."""

    def __init__(self, ledger: Ledger, truth: Truth, house: House) -> None:
        self.ledger, self.truth, self.house, self.taken = ledger, truth, house, house.server.taken
        self.times: Counter[str] = Counter()
        """How often each notice went out, by Message-ID."""
        self.begin_anew()

    def begin_anew(self) -> None:
        """With another journal: all that it says is new, only what went out went out."""
        self.happenings = Happenings(self.ledger, self.truth, self.house.shelf)
        self.deeds: dict[str, sqlite3.Row] = {}
        self._sent: dict[str, Delivery] = {}
        self._looked_at = len(self.taken)
        self._made: Counter[tuple[str, str, str]] = Counter()
        self._per_cause: Counter[tuple[str, str, str, str]] = Counter()

    def breaches(self) -> list[str]:
        """What is wrong now and was not before."""
        found: list[str] = []
        if self.ledger.has_changed():
            for row in self.ledger.new_events():
                found += self.happenings.breaches(row)
            for deed in self.ledger.new_deeds():
                found += self._deed(deed)
        found += self._deliveries()
        for row, before in self.ledger.moved_deeds():
            found += self._moved(row, before)
        return found + list(self._standing())

    # --- notices ----------------------------------------------------------------------------------------------------

    def _deed(self, row: sqlite3.Row) -> Iterator[str]:
        if row["lane"] != "mail":
            return
        reference, kind, person = row["reference"] or "", row["kind"], row["person"]
        self.deeds[row["message_id"]] = row
        account = self.ledger.accounts.get(reference)
        self._made[reference, kind, person] += 1
        events = AS_MANY_AS.get(kind)
        if account and events:
            allowed = sum(account.counts.get(event, 0) for event in events)
            made = self._made[reference, kind, person]
            if made > allowed:
                yield f"{reference}: {kind} to {person} {made} times for {allowed} events"
        same = (row["cause"] or f"{row['id']}", kind, person, row["params"])
        self._per_cause[same] += 1
        if self._per_cause[same] > 1:
            yield f"{reference}: {kind} to {person} twice out of {row['cause']}"
        if person == FIONA and account and "ApprovalCompleted" not in account.counts and kind not in BEFORE_APPROVAL:
            yield f"{reference}: accounting hears {kind} of what was never approved"

    def _deliveries(self) -> Iterator[str]:
        for delivery in self.taken[self._looked_at :]:
            row = self.deeds.get(delivery.message_id)
            self.times[delivery.message_id] += 1
            if row is None:
                yield f"a mail to {delivery.recipient} went out that the journal does not know: {delivery.message_id}"
                continue
            if self.truth.mail_held:
                yield f"{row['reference']}: {row['kind']} to {row['person']} left before the operator let it go"
            if row["person"] != delivery.recipient:
                yield f"{row['kind']} for {row['person']} went to {delivery.recipient}"
            yield from self._by_two(delivery, row)
            if row["kind"] in CONTRACTOR and self.times[delivery.message_id] > 1:
                yield f"{row['reference']}: the contractor got {row['kind']} twice"
            state = self.ledger.states.get(row["id"], "due")
            if state in FINAL - {"bounced"} and self.house.plan.daemons == 1 and not self.truth.retried:
                yield f"{row['reference']}: {row['kind']} to {row['person']} went out although it was {state}"
        self._looked_at = len(self.taken)

    def _by_two(self, delivery: Delivery, row: sqlite3.Row) -> Iterator[str]:
        """While one daemon holds a notice, no other one sends it."""
        before, self._sent[delivery.message_id] = self._sent.get(delivery.message_id), delivery
        if before is None or before.process == delivery.process or delivery.message_id in self.house.server.doubted:
            return
        alive = {f"{daemon.process.name}{daemon.process.number}" for daemon in self.house.daemons}
        if before.process in alive and abs(delivery.began - before.began) < LEASE:
            both = f"{before.process} and {delivery.process} both sent"
            yield f"{row['reference']}: {both} {row['kind']} to {row['person']}"

    def _moved(self, row: sqlite3.Row, before: str) -> Iterator[str]:
        """A deed that is done was done, and stays done."""
        what = f"{row['reference']}: {row['kind']} to {row['person']} ({row['id']})"
        if before in FINAL and row["state"] != "bounced" and not self.truth.retried:
            yield f"{what} was {before} and is {row['state']} again"
        if row["lane"] == "mail" and row["state"] in ("done", "bounced") and not self.times[row["message_id"]]:
            yield f"{what} counts as sent and never went out"
        if row["state"] == "in_doubt" and row["kind"] not in CONTRACTOR:
            yield f"{what} is in doubt, which only a contractor's notice may be"

    # --- what the journal says of itself ------------------------------------------------------------------------------

    def _standing(self) -> Iterator[str]:
        """The stored state of each request is what its events make of it."""
        for row in self.ledger.rows("SELECT reference, status, seq, head, state FROM requests"):
            account = self.ledger.accounts.get(row["reference"])
            if account is None:
                yield f"{row['reference']}: a request without events"
                continue
            if getattr(account, "looked", None) == row["seq"]:
                continue
            state = json.loads(row["state"])
            account.looked = row["seq"]  # type: ignore[attr-defined]
            ours = (account.status, account.number, sorted(account.holds), account.seq, account.head)
            holds = sorted(hold["kind"] for hold in state["holds"])
            theirs = (row["status"], state["version"], holds, row["seq"], row["head"])
            if ours != theirs:
                yield f"{row['reference']}: stored as {theirs[:4]}, its events make {ours[:4]}"
