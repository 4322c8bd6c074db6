"""What `status`, `show`, `list`, `read` and the checks print as JSON, and whether it has the promised shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

STATES = frozenset(["draft", "awaiting", "returned", "approved", "on_hold", "paid", "rejected", "withdrawn"])
FIELDS = frozenset(
    [
        "subject",
        "contractor",
        "contractor_email",
        "amount",
        "currency",
        "pay_by",
        "bank_details",
        "inn",
        "kpp",
        "bic",
        "account",
        "corr_account",
        "purpose",
        "invoice_number",
        "invoice_date",
        "iban",
        "swift",
    ]
)
SOURCES = frozenset(["typed", "card", "qr", "e-invoice", "pdf", "scan", "computed"])
PROBLEMS = frozenset(["missing", "invalid", "ambiguous", "past", "conflict"])
HOLDS = frozenset(["bank_details", "duplicate", "accountant"])
ASKS = frozenset(["approve", "complete", "confirm", "pay"])
DECISIONS = frozenset(["approve", "reject", "return"])
NOTICE_STATES = frozenset(["queued", "sent", "bounced", "in_doubt", "dead"])
MATERIALS = frozenset(["letter", "attachment", "payment_order", "other"])
LETTERS = ("requests", "answers", "refused", "ignored", "set_aside")
KINDS = frozenset(["request", "answer", "automatic", "own", "stranger"])
LEGS = frozenset(["inbox", "registry", "mail", "folder", "clock"])


def keys(value: Mapping[str, Any], names: str) -> None:
    """Exactly these keys, in any order."""
    assert set(value) == set(names.split()), set(value) ^ set(names.split())


def moment(text: str | None) -> None:
    assert text is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text), text


def person(text: str) -> None:
    assert re.fullmatch(r"\S+@\S+|registry|operator|clock|mailer", text), text


def amount(text: str) -> None:
    assert isinstance(text, str)
    Decimal(text)


def check_fields(fields: Mapping[str, Any]) -> None:
    assert set(fields) <= FIELDS
    for name, found in fields.items():
        keys(found, "value source")
        assert (found["value"] is None) == (found["source"] is None), name
        if found["value"] is not None:
            assert found["source"] in SOURCES
            assert isinstance(found["value"], str)
            assert found["value"] != ""
    if fields.get("amount", {}).get("value"):
        amount(fields["amount"]["value"])
    for name in ("pay_by", "invoice_date"):
        if fields.get(name, {}).get("value"):
            date.fromisoformat(fields[name]["value"])


def check_problems(problems: list[dict[str, Any]]) -> None:
    for problem in problems:
        keys(problem, "field code text")
        assert problem["code"] in PROBLEMS
        assert problem["field"] in FIELDS | {"invoice"}, problem
        assert problem["text"]


def check_request(request: Mapping[str, Any]) -> None:
    """One item of `show` or `list`."""
    keys(request, "reference version status holds fields problems warnings requester created_at updated_at asks "
                  "approvals payments notices materials history")  # fmt: skip
    assert re.fullmatch(r"[A-Z]+-\d{4}-\d{5,}", request["reference"])
    assert isinstance(request["version"], int)
    assert request["status"] in STATES
    assert set(request["fields"]) == FIELDS
    check_fields(request["fields"])
    check_problems(request["problems"])
    person(request["requester"])
    moment(request["created_at"])
    moment(request["updated_at"])
    for hold in request["holds"]:
        keys(hold, "kind reason since")
        assert hold["kind"] in HOLDS
        moment(hold["since"])
    for warning in request["warnings"]:
        keys(warning, "code text")
        assert warning["text"]
    _check_decisions(request)
    _check_traces(request)


def _check_decisions(request: Mapping[str, Any]) -> None:
    for ask in request["asks"]:
        keys(ask, "person kind step version open at")
        person(ask["person"])
        assert ask["kind"] in ASKS
        assert ask["step"] >= 1
        assert isinstance(ask["open"], bool)
        moment(ask["at"])
    for vote in request["approvals"]:
        keys(vote, "step person decision comment at version")
        assert vote["decision"] in DECISIONS
        assert vote["comment"] != ""
        assert vote["step"] >= 1
        moment(vote["at"])
    for payment in request["payments"]:
        keys(payment, "on amount order")
        date.fromisoformat(payment["on"])
        amount(payment["amount"])
        assert payment["order"] != ""


def _check_traces(request: Mapping[str, Any]) -> None:
    for notice in request["notices"]:
        keys(notice, "to kind at state message_id")
        assert notice["state"] in NOTICE_STATES
        moment(notice["at"])
        person(notice["to"])
        assert notice["message_id"]
    for material in request["materials"]:
        keys(material, "name path sha256 kind")
        assert material["kind"] in MATERIALS
        assert re.fullmatch(r"[0-9a-f]{64}", material["sha256"])
    for line in request["history"]:
        keys(line, "at actor cause event data")
        moment(line["at"])
        assert isinstance(line["data"], dict)


def check_status(status: Mapping[str, Any]) -> None:
    """What `status --json` prints."""
    keys(status, "legs waiting deeds set_aside letters held_mail health")
    assert set(status["legs"]) >= LEGS
    for leg in status["legs"].values():
        keys(leg, "last_success error failing")
        if leg["last_success"] is not None:
            moment(leg["last_success"])
        assert leg["error"] != ""
    for item in status["waiting"]:
        keys(item, "reference person since ask hold")
        moment(item["since"])
        person(item["person"])
    keys(status["deeds"], "due postponed dead")
    for item in status["deeds"]["dead"]:
        keys(item, "id kind reference error")
    for item in status["set_aside"]:
        keys(item, "key from subject error")
        assert item["error"]
    check_letters(status["letters"])
    assert status["letters"]["set_aside"] == len(status["set_aside"])


def check_letters(letters: Mapping[str, int]) -> None:
    """The counts of letters add up."""
    keys(letters, "read requests answers refused ignored set_aside")
    assert letters["read"] == sum(letters[name] for name in LETTERS), letters


def check_reading(reading: Mapping[str, Any]) -> None:
    """What `read --json` prints."""
    keys(reading, "kind decision comment fields problems why")
    assert reading["kind"] in KINDS
    assert reading["decision"] in DECISIONS | {None}
    assert reading["comment"] != ""
    check_fields(reading["fields"])
    check_problems(reading["problems"])
    assert all(isinstance(line, str) and line for line in reading["why"])
    assert reading["why"]
