"""Scans and photographs: what is read from them is right or left out, and never proven."""

from __future__ import annotations

import shutil

import pytest

from documents.invoices.combine import combine
from documents.invoices.model import BANK_FIELDS
from documents.invoices.straight import fit_for_reading, skew_of
from helpers.invoice_layouts import LAYOUTS
from helpers.invoice_pages import PETROV, picture, saved, st00012, usual
from helpers.invoice_papers import CHANGES, paper
from helpers.invoice_reading import read_here
from helpers.needs import needs

pytestmark = [
    needs("dejavu"),
    pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract: apt install tesseract-ocr-rus"),
]


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_a_paper_gives_right_numbers_or_none(change: str) -> None:
    content, truth, _ = LAYOUTS["1c"]()
    read = combine([read_here(paper(content, change))])
    numbers = {name: one.value for name, one in read.values.items() if name in (*BANK_FIELDS, "inn", "kpp", "amount")}
    assert numbers.items() <= truth.items()
    assert {"inn", "account", "bic", "amount"} <= numbers.keys()
    assert not any(one.proven for one in read.values.values())


def test_a_photograph_that_is_no_pdf_is_read_too() -> None:
    content, truth, _ = LAYOUTS["1c"]()
    read = combine([read_here(paper(content, "photographed at an angle", "jpeg"), "IMG_0118.jpg")])
    assert read.values["account"].value == truth["account"]
    assert read.values["account"].source == "scan"


def test_a_sticker_with_another_code_is_noticed_on_a_photograph() -> None:
    purpose = "Оплата по счету № 118 от 20.11.2026"
    honest = usual().code(st00012(purpose=purpose), 150, 180, 40).bytes()
    swapped = usual().code(st00012(PETROV, 12345678, purpose), 150, 180, 40).bytes()
    for content, codes in ((honest, set()), (swapped, {"code_not_printed"})):
        read = combine([read_here(saved(picture(content, 150), "JPEG"), "IMG_0118.jpg")])
        assert {code for code, _ in read.doubts} == codes
        assert {one.field for one in read.disagreements} == ({"inn", "account", "bic"} if codes else set())


@pytest.mark.parametrize("angle", [-4.0, -1.5, 0.0, 2.0, 5.0])
def test_a_page_that_lies_askew_is_levelled(angle: float) -> None:
    page = picture(usual().bytes(), 100).rotate(angle, expand=True, fillcolor="white")
    assert skew_of(page) == pytest.approx(-angle, abs=0.5)
    assert fit_for_reading(page).getextrema() == (0, 255)
