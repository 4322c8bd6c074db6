"""The child may have been taken over by a hostile file: its answer is believed only in shape."""

from __future__ import annotations

import json

import pytest

from documents.invoices.answer import answer_of, reading_of
from documents.invoices.model import Found, InvoiceReading

GOOD = InvoiceReading((Found("amount", "1.00", "qr", "page 1", True),), (("hidden_text", "x"),), "payment_code")


def test_a_reading_survives_the_way() -> None:
    assert reading_of(answer_of(GOOD)) == GOOD


@pytest.mark.parametrize(
    "change",
    [
        {"found": [["password", "x", "qr", "", True]]},
        {"found": [["amount", "x", "typed", "", True]]},
        {"found": [["amount", 5, "qr", "", True]]},
        {"found": [["amount", "x" * 5000, "qr", "", True]]},
        {"found": [["amount", "x", "qr", "", "yes"]]},
        {"found": [["amount"]]},
        {"found": 7},
        {"doubts": [["no such doubt", ""]]},
        {"not_opened": "rm"},
        {"not_opened": []},
    ],
)
def test_an_answer_of_another_shape_is_none(change: dict[str, object]) -> None:
    assert reading_of(json.dumps(json.loads(answer_of(GOOD)) | change)) is None


@pytest.mark.parametrize("answer", ["", "[]", "null", "{}", "[" * 100_000])
def test_rubbish_is_no_answer(answer: str) -> None:
    assert reading_of(answer) is None
