"""What the journal says, read by SQL alone and understood by a model of its own: the events of a request folded anew.

Nothing here calls the product, so that a mistake in it is not repeated in its examination.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

START = "0" * 64


@dataclass
class Version:
    """One version of a request: what was fixed when it began."""

    number: int
    card: dict[str, str]
    route: list[dict[str, Any]]
    yes: set[tuple[int, str]] = field(default_factory=set)
    asked: dict[tuple[str, str, int], str] = field(default_factory=dict)
    """(person, kind, step) of open asks, with when they were asked last."""
    completed: bool = False

    def people_of(self, step: int) -> list[str]:
        return list(self.route[step]["people"]) if step < len(self.route) else []

    def is_filled(self, step: int) -> bool:
        given = {person for at, person in self.yes if at == step}
        kind, people = self.route[step]["kind"], set(self.people_of(step))
        need = {"any": 1, "all": max(1, len(people)), "quorum": self.route[step]["need"]}[kind]
        return len(given & people) >= need


@dataclass
class Account:
    """One request as its events tell it."""

    reference: str
    requester: str = ""
    status: str = "draft"
    versions: list[Version] = field(default_factory=list)
    holds: set[str] = field(default_factory=set)
    fields: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    amount_paid: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    waiting: set[tuple[str, str]] = field(default_factory=set)
    """(person, kind) of open asks that are not about a vote."""
    told: list[bool] = field(default_factory=list)
    """Of each payment: have others heard of it?"""
    paid_at: list[str] = field(default_factory=list)
    """Of each payment: when it was marked."""
    seq: int = 0
    head: str = START

    @property
    def version(self) -> Version | None:
        return self.versions[-1] if self.versions else None

    @property
    def number(self) -> int:
        return self.versions[-1].number if self.versions else 0

    @property
    def paid_told(self) -> bool:
        return bool(self.told) and all(self.told)

    @property
    def payable(self) -> bool:
        return self.status == "approved" and not self.holds

    @property
    def shown(self) -> str:
        return "on_hold" if self.holds and self.status in ("awaiting", "approved") else self.status


class Ledger:
    """Reads what is new since it was read last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.accounts: dict[str, Account] = {}
        self.states: dict[int, str] = {}
        self.open()

    def open(self) -> None:
        """From nothing; also where another journal stands there now."""
        self.connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        self.accounts.clear()
        self.states.clear()
        self._last_event = self._last_deed = 0
        self._seen = -1

    def close(self) -> None:
        self.connection.close()

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self.connection.execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.connection.execute(query, values).fetchone()
        return found

    def home_of(self, reference: str) -> str:
        """The registry in which a request stands now."""
        row = self.one("SELECT registry FROM requests WHERE reference = ?", reference)
        return str(row["registry"]) if row else ""

    def has_changed(self) -> bool:
        """Has anybody written since the last question?"""
        version = self.connection.execute("PRAGMA data_version").fetchone()[0]
        changed, self._seen = version != self._seen, version
        return bool(changed)

    def new_events(self) -> list[sqlite3.Row]:
        rows = self.rows("SELECT rowid AS n, * FROM events WHERE rowid > ? ORDER BY rowid", self._last_event)
        self._last_event = rows[-1]["n"] if rows else self._last_event
        return rows

    def new_deeds(self) -> list[sqlite3.Row]:
        rows = self.rows("SELECT * FROM deeds WHERE id > ? ORDER BY id", self._last_deed)
        self._last_deed = rows[-1]["id"] if rows else self._last_deed
        return rows

    def moved_deeds(self) -> list[tuple[sqlite3.Row, str]]:
        """Deeds whose state is another than it was, with the one before."""
        moved = []
        for row in self.rows("SELECT id, lane, kind, reference, person, state, message_id, faults, error FROM deeds"):
            before = self.states.get(row["id"], "")
            if before != row["state"]:
                moved.append((row, before))
                self.states[row["id"]] = row["state"]
        return moved


def chain_fault(account: Account, row: sqlite3.Row) -> str:
    """Does this event follow from the one before? Computed after the description of the chain."""
    payload_hash = hashlib.sha256(row["payload"].encode()).hexdigest()
    parts = (account.head, row["reference"], str(row["seq"]), row["type"], row["at"], row["actor"], row["cause"],
             payload_hash)  # fmt: skip
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    fault = ""
    if row["seq"] != account.seq + 1:
        fault = f"{row['reference']}: event {row['seq']} stands behind {account.seq}"
    elif (payload_hash, digest) != (row["payload_hash"], row["hash"]):
        fault = f"{row['reference']}: event {row['seq']} does not follow from the one before"
    account.seq, account.head = row["seq"], row["hash"]
    return fault


def fold(account: Account, kind: str, payload: dict[str, Any], at: str) -> None:
    """What the request is after an event."""
    account.counts[kind] = account.counts.get(kind, 0) + 1
    version = account.version
    match kind:
        case "Opened":
            account.requester = payload["requester"]
        case "Filled":
            account.fields = {name: value["value"] for name, value in payload["fields"].items()}
            account.files = sorted(file["sha256"] for file in payload["files"])
        case "Submitted":
            account.versions.append(Version(payload["version"], payload["card"], payload["route"]))
            account.status = "awaiting"
            account.waiting.clear()
        case "Asked":
            _asked(account, payload, at)
        case "Approved" if version:
            version.yes.add((payload["step"], payload["person"]))
            version.asked.pop((payload["person"], "approve", payload["step"]), None)
            if version.is_filled(payload["step"]):
                _close(version, "approve", payload["step"])
        case "ApprovalCompleted" if version:
            account.status, version.completed = "approved", True
            _close(version, "approve")
        case "Rejected" | "Returned" | "Withdrawn":
            account.status = {"Rejected": "rejected", "Returned": "returned", "Withdrawn": "withdrawn"}[kind]
            account.waiting.clear()
            if version:
                _close(version)
        case "VoteUndone" if version:
            _undone(account, version, payload)
        case "Rerouted" if version:
            _rerouted(version, payload)
        case "Held":
            account.holds.add(payload["kind"])
        case "Released":
            account.holds.discard(payload["kind"])
        case "Paid" | "PartPaid":
            account.amount_paid.append(payload["amount"])
            account.told.append(False)
            account.paid_at.append(at)
            account.status = "paid" if kind == "Paid" else account.status
        case "PaymentAnnounced" | "PartAnnounced":
            account.told = [True for _ in account.told]
        case "PaidUndone" | "PaymentRecalled":
            account.status = "approved"
            account.amount_paid.pop()
            account.told.pop()
            account.paid_at.pop()
        case _:
            pass


def _asked(account: Account, payload: dict[str, Any], at: str) -> None:
    if payload["kind"] == "approve" and account.version:
        account.version.asked[payload["person"], "approve", payload["step"]] = at
    elif payload["kind"] != "approve":
        account.waiting.add((payload["person"], payload["kind"]))


def _close(version: Version, kind: str = "", step: int | None = None) -> None:
    for key in list(version.asked):
        if kind in ("", key[1]) and step in (None, key[2]):
            del version.asked[key]


def _undone(account: Account, version: Version, payload: dict[str, Any]) -> None:
    step, person = payload["step"], payload["person"]
    version.yes = {(at, who) for at, who in version.yes if at < step or (at == step and who != person)}
    version.completed = False
    account.status = "awaiting"
    account.waiting.clear()
    _close(version)


def _rerouted(version: Version, payload: dict[str, Any]) -> None:
    leaving, to, step = payload["instead_of"], payload["to"], payload["step"]
    for at, one in enumerate(version.route):
        if at < step:
            continue
        people = list(dict.fromkeys(to if person == leaving else person for person in one["people"]))
        if leaving is None and at == step:
            people = list(dict.fromkeys((*people, to)))
        version.route[at] = {**one, "people": people}
    for key in list(version.asked):
        if key[0] == leaving:
            del version.asked[key]


def payload_of(row: sqlite3.Row) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["payload"])
    return found
