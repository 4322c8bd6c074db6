"""The request form as a workbook: one row, one request. What people fill in here, a mail brings back."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from workflow.core.card import REQUIRED
from workflow.words import FORM_FIELDS, words

ROWS = 200
CURRENCIES = ("RUB", "EUR", "USD", "CNY", "GBP")
AS_TEXT = frozenset({"inn", "kpp", "bic", "account", "corr_account", "iban", "swift", "invoice"})
"""Numbers that a spreadsheet would spoil: their columns are text."""
WIDE = {"subject": 34, "contractor": 30, "purpose": 44, "bank_details": 34, "contractor_email": 26, "account": 25}
GREY, YELLOW = PatternFill("solid", fgColor="FFE4E7EB"), PatternFill("solid", fgColor="FFFFF3CD")


def list_form(lang: str) -> bytes:
    """An empty list with its headings, a drop-down for the currency, and one example row that is passed over."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    language = words(lang)
    sheet.title = language.text("list.title")
    for column, name in enumerate(FORM_FIELDS, 1):
        letter = get_column_letter(column)
        head = sheet.cell(1, column, language.label(name))
        head.font, head.fill = Font(bold=True), YELLOW if name in REQUIRED else GREY
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[letter].width = WIDE.get(name, 16)
        example = sheet.cell(2, column, language.text(f"list.{name}"))
        example.font = Font(italic=True, color="FF8A94A0")
        for row in range(2, ROWS + 3):
            if name in AS_TEXT:
                sheet.cell(row, column).number_format = "@"
            elif name == "pay_by":
                sheet.cell(row, column).number_format = "dd.mm.yyyy"
    _drop_down(sheet, FORM_FIELDS.index("currency") + 1)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _drop_down(sheet: Worksheet, column: int) -> None:
    """The usual currencies; another one may be typed."""
    choice = DataValidation(type="list", formula1=f'"{",".join(CURRENCIES)}"', allow_blank=True, showErrorMessage=False)
    letter = get_column_letter(column)
    choice.add(f"{letter}2:{letter}{ROWS + 2}")
    sheet.add_data_validation(choice)
