"""Events go to JSON and come back as they were, whatever is in them; each is stored for ever."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from helpers.world import FIONA
from workflow.core.events import KINDS, Event, Paid, Rejected, from_json, to_json

st.register_type_strategy(
    Mapping, lambda kind: st.dictionaries(*(st.from_type(part) for part in get_args(kind)), max_size=3)
)
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))


@given(st.one_of([st.from_type(kind) for kind in get_args(Event)]))
@settings(max_examples=300)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    name, payload = type(event).__name__, to_json(event)
    again = from_json(name, payload)
    assert again == event
    assert to_json(again) == payload  # so the hash over it holds


def test_the_names_of_events_are_fixed() -> None:
    """They stand in journals; renaming or dropping one makes old journals unreadable."""
    assert set(KINDS) == {
        "Opened", "Filled", "CorrectionRefused", "Submitted", "Asked", "StepStuck", "Approved", "ApprovalCompleted",
        "Rejected", "Returned", "ReasonAdded", "VoteUndone", "Withdrawn", "Held", "Released", "Paid", "PartPaid",
        "PaymentCorrected", "PaidUndone", "PaymentRecalled", "PaymentAnnounced", "PaidWithoutApproval", "PartAnnounced",
        "PaymentOrderFiled", "OrderNumbered", "Commented", "Rerouted", "Bounced", "NoticeInDoubt", "EditRefused",
        "AnswerRefused", "ContractorCorrected", "BankDetailsConfirmed",
    }  # fmt: skip


def test_amounts_stay_exact_and_dates_are_iso() -> None:
    payload = json.loads(to_json(Paid(date(2026, 11, 24), Decimal("4800.10"), "214", FIONA)))
    assert payload == {"on": "2026-11-24", "amount": "4800.10", "order": "214", "by": FIONA}


def test_an_event_stored_before_a_field_was_added_is_read() -> None:
    assert from_json("Rejected", '{"person": "a@b.example", "version": 1}') == Rejected("a@b.example", 1)


@pytest.mark.parametrize("payload", ["{}", "[]", '{"on": "yesterday", "amount": "1", "order": "", "by": ""}'])
def test_a_payload_that_is_none_is_told(payload: str) -> None:
    with pytest.raises(ValidationError):
        from_json("Paid", payload)


def test_events_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Rejected("a@b.example", 1).comment = "x"  # type: ignore[misc]
