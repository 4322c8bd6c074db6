from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from documents.invoices.vat import read_vat, vat_doubts, vat_inside
from helpers.vectors import VECTORS, rows


@pytest.mark.parametrize("case", json.loads((VECTORS / "vat_wording.json").read_text(encoding="utf-8")))
def test_wordings(case: dict[str, Any]) -> None:
    vat = read_vat(case["text"])
    assert (vat.kind, vat.rate, vat.amount) == (case["kind"], case["rate"], case["vat"])


@pytest.mark.parametrize("row", rows("vat_inside"))
def test_vat_inside_an_amount(row: dict[str, str]) -> None:
    assert str(vat_inside(Decimal(row["amount_with_vat"]), int(row["rate_percent"]))) == row["vat"]


def test_a_kopeck_of_difference_is_rounding_and_more_is_told() -> None:
    assert vat_doubts("122.00", "22", "22.01", None) == []
    assert vat_doubts("122.00", "22", "22.02", None) == [("vat_unlike", "22 %, 22.02")]


def test_twenty_per_cent_is_odd_since_2026() -> None:
    assert vat_doubts("120.00", "20", "20.00", "2025-12-31") == []
    assert vat_doubts("120.00", "20", "20.00", "2026-01-01") == [("vat_old_rate", "20 %, 2026-01-01")]
