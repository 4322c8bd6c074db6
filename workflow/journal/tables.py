"""The journal's tables, alike on SQLite and PostgreSQL. Times are UTC text in ISO 8601: both sort them alike."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

HEAD = "0007"
"""The schema that this program writes; a newer one is refused."""

COMPATIBLE_FROM = "0007"
"""Programs that know this schema may go on working on ours: migrations only add, and what they add may be left out.
Raised by whoever changes what older programs rely on, or adds kinds of events that they cannot read."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String(100), primary_key=True), Column("value", Text, nullable=False))

counters = Table(
    "counters", metadata,
    Column("prefix", String(20), primary_key=True), Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)  # fmt: skip

letters = Table(
    "letters", metadata,
    Column("key", String(64), primary_key=True),
    Column("mailbox", String(200), nullable=False), Column("message_id", Text), Column("sender", Text),
    Column("subject", Text), Column("received_at", String(40), nullable=False),
    Column("read_at", String(40), nullable=False), Column("verdict", String(20), nullable=False),
    Column("reason", Text, nullable=False, default=""), Column("path", Text), Column("error", Text),
    Column("reference", String(40)), Column("commands", Text), Column("answers", Integer, nullable=False, default=0),
    Index("letters_verdict", "verdict"), Index("letters_received", "received_at"),
)  # fmt: skip

cursors = Table(
    "cursors", metadata,
    Column("mailbox", String(200), primary_key=True), Column("uidvalidity", String(40), primary_key=True),
    Column("uid", Integer().with_variant(BigInteger(), "postgresql"), nullable=False),
)  # fmt: skip

causes = Table(
    "causes", metadata,
    Column("id", String(200), primary_key=True), Column("reference", String(40)),
    Column("accepted", Boolean, nullable=False), Column("reason", Text, nullable=False, default=""),
    Column("at", String(40), nullable=False), Column("editor", Text, nullable=False, server_default=""),
)  # fmt: skip

events = Table(
    "events", metadata,
    Column("reference", String(40), primary_key=True), Column("seq", Integer, primary_key=True),
    Column("type", String(40), nullable=False), Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False), Column("cause", String(200), nullable=False),
    Column("payload", Text), Column("payload_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)  # fmt: skip

requests = Table(
    "requests", metadata,
    Column("reference", String(40), primary_key=True), Column("status", String(20), nullable=False),
    Column("held", Boolean, nullable=False), Column("pay_by", String(10)), Column("contractor", Text),
    Column("inn", String(40)), Column("requester", Text, nullable=False), Column("seq", Integer, nullable=False),
    Column("head", String(64), nullable=False), Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False), Column("state", Text, nullable=False),
    Column("registry", String(100), nullable=False, default=""), Column("archive", String(10)),
    Index("requests_status", "status", "pay_by"), Index("requests_updated", "updated_at"),
    Index("requests_stirred", "status", "updated_at"),
    Index("requests_archive", "registry", "archive", "updated_at"),
)  # fmt: skip

contractors = Table(
    "contractors", metadata,
    Column("key", String(200), primary_key=True), Column("name", Text, nullable=False),
    Column("card", Text, nullable=False), Column("changed_at", String(40), nullable=False),
    Column("chain", String(40), nullable=False), Column("seq", Integer, nullable=False, default=0),
    Column("head", String(64), nullable=False, default=""),
    Index("contractors_changed", "changed_at"), Index("contractors_chain", "chain"),
)  # fmt: skip
"""One row a contractor: a projection of events, save `seq` and `head`, which end the chain of its corrections."""

contractor_keys = Table(
    "contractor_keys", metadata,
    Column("kind", String(20), primary_key=True), Column("value", String(200), primary_key=True),
    Column("contractor", String(200), primary_key=True),
    Index("contractor_keys_contractor", "contractor"),
)  # fmt: skip
"""What cards are found by: `inn`, `account` (or IBAN), `name` (loosely written)."""

request_marks = Table(
    "request_marks", metadata,
    Column("kind", String(20), primary_key=True), Column("value", String(200), primary_key=True),
    Column("reference", String(40), primary_key=True), Column("at", String(40), nullable=False),
    Index("request_marks_reference", "reference"), Index("request_marks_at", "kind", "value", "at"),
)  # fmt: skip
"""What earlier requests are found by (see `workflow/core/marks.py`)."""

deeds = Table(
    "deeds", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True), Column("lane", String(20), nullable=False),
    Column("kind", String(40), nullable=False), Column("reference", String(40)),
    Column("person", Text, nullable=False, default=""), Column("params", Text, nullable=False),
    Column("state", String(20), nullable=False), Column("due_at", String(40), nullable=False),
    Column("lease_until", String(40)), Column("attempts", Integer, nullable=False, default=0),
    Column("faults", Integer, nullable=False, default=0),
    Column("created_at", String(40), nullable=False), Column("done_at", String(40)), Column("error", Text),
    Column("token", String(26)), Column("message_id", Text), Column("root", Text),
    Column("answer", Boolean, nullable=False, default=False), Column("once", Text),
    Column("cause", String(200)), Column("letter", String(64)), Column("registry", String(100)),
    Index("deeds_due", "lane", "state", "due_at"), Index("deeds_reference", "reference", "lane", "state"),
    Index("deeds_person", "person", "created_at"), Index("deeds_once", "once"), Index("deeds_message", "message_id"),
    Index("deeds_token", "token"),
)  # fmt: skip

tokens = Table(
    "tokens", metadata,
    Column("token", String(26), primary_key=True), Column("reference", String(40)),
    Column("version", Integer, nullable=False), Column("card_hash", String(64), nullable=False),
    Column("person", Text, nullable=False), Column("step", Integer, nullable=False),
    Column("ask", String(20), nullable=False), Column("kind", String(40), nullable=False),
    Column("at", String(40), nullable=False), Index("tokens_request", "reference", "person"),
)  # fmt: skip

agreements = Table(
    "agreements", metadata,
    Column("registry", String(100), primary_key=True), Column("reference", String(40), primary_key=True),
    Column("generation", Integer, primary_key=True), Column("current", Boolean, nullable=False),
    Column("cells", Text, nullable=False), Column("at", String(40), nullable=False),
    Index("agreements_current", "registry", "current"),
)  # fmt: skip

registries = Table(
    "registries", metadata,
    Column("name", String(100), primary_key=True), Column("generation", Integer, nullable=False),
    Column("identity", String(100), nullable=False), Column("seen", Text, nullable=False, default=""),
    Column("facts", Text, nullable=False, default="{}"),
)  # fmt: skip

legs = Table(
    "legs", metadata,
    Column("name", String(60), primary_key=True), Column("last_success", String(40)), Column("error", Text),
    Column("since", String(40)),
)  # fmt: skip

leg_failures = Table(
    "leg_failures", metadata,
    Column("name", String(60), primary_key=True), Column("daemon", Text, primary_key=True),
    Column("error", Text, nullable=False), Column("since", String(40), nullable=False),
    Column("at", String(40), nullable=False),
)  # fmt: skip
"""Beside other daemons: what fails in which of them, since when, and when it failed last."""

materials = Table(
    "materials", metadata,
    Column("reference", String(40), primary_key=True), Column("name", String(255), primary_key=True),
    Column("path", Text, nullable=False), Column("sha256", String(64), nullable=False),
    Column("kind", String(20), nullable=False), Column("at", String(40), nullable=False),
)  # fmt: skip

anchors = Table(
    "anchors", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True), Column("at", String(40), nullable=False),
    Column("requests", Integer, nullable=False), Column("hash", String(64), nullable=False),
    Column("heads", Text, nullable=False),
    UniqueConstraint("at", name="anchors_at"),
)  # fmt: skip

leases = Table(
    "leases", metadata,
    Column("name", String(300), primary_key=True), Column("holder", Text, nullable=False),
    Column("epoch", Integer, nullable=False), Column("until", String(40), nullable=False),
)  # fmt: skip
