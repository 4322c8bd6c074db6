"""The workbook for several requests: our headings, account numbers as text, a drop-down, an example that is no row."""

from __future__ import annotations

import io

import openpyxl
import pytest

from documents.tables import read_sheets
from mailer.pairs import fold_label
from workflow.intake.division import EXAMPLE
from workflow.listform import ROWS, list_form
from workflow.words import FORM_FIELDS, LANGUAGES, form_labels


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_heading_is_a_label_that_we_read(lang: str) -> None:
    known = {fold_label(label): name for label, name in form_labels().items()}
    (header, example, *_), *_ = read_sheets(list_form(lang))
    assert [known.get(fold_label(cell)) for cell in header] == list(FORM_FIELDS)
    assert example[0].casefold().startswith(EXAMPLE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_numbers_that_a_spreadsheet_would_spoil_are_text(lang: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(list_form(lang))).active
    assert sheet is not None
    for name in ("inn", "account", "bic", "kpp", "corr_account"):
        column = FORM_FIELDS.index(name) + 1
        assert {sheet.cell(row, column).number_format for row in (2, 3, ROWS + 2)} == {"@"}, name
    assert "RUB" in sheet.data_validations.dataValidation[0].formula1


def test_a_number_that_was_spoilt_is_seen_to_be_so() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([40702810604162316352, 1200050.5, 7707083893, "044525225"])
    target = io.BytesIO()
    book.save(target)
    ((row,),) = read_sheets(target.getvalue())
    assert row == ("4.07028106041623e+19", "1200050.5", "7707083893", "044525225")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"no workbook"])
def test_what_is_no_workbook_has_no_rows(content: bytes) -> None:
    assert read_sheets(content) == ()
