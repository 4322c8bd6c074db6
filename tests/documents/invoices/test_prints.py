"""Pages printed by a real browser, those that once misled the reader; all of them are read by `bench.invoices`."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.invoices.combine import combine
from helpers.invoice_prints import Print, printed, prints, wrong
from helpers.invoice_reading import read_here
from helpers.needs import find_program, needs

MISLED = {
    "money_to_a_third_company", "conventional_units", "half_in_advance", "ks-3", "payment_order_copy",
    "two_invoices_in_one_file", "page_turned_by_90",
}  # fmt: skip


def test_every_page_has_its_truth_and_no_truth_is_without_its_page() -> None:
    pages = prints()
    assert len(pages) >= 80
    assert {one.name for one in pages} >= MISLED
    assert {path.stem for path in pages[0].page.parent.glob("*.json")} == {one.name for one in pages}


@needs("chromium")
@pytest.mark.parametrize("page", [one for one in prints() if one.name in MISLED], ids=lambda one: one.name)
def test_a_page_that_misled_is_read_right(page: Print, tmp_path: Path) -> None:
    ((_, content),) = printed([page], tmp_path, find_program("chromium") or "chromium")
    said = {field: one.value for field, one in combine([read_here(content)]).values.items() if field != "bank_name"}
    assert wrong(said, page) == {}
    assert page.right.keys() <= said.keys()
