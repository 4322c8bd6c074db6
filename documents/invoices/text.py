"""Reads the text of a document, whatever it was laid out from: a PDF, a sheet, a document or a scan."""

from collections.abc import Sequence
from datetime import date

from documents.invoices.layout import Line
from documents.invoices.model import Doubt, Found, Source
from documents.invoices.pick import Draft
from documents.invoices.text_bank import leave_out_the_unpaid, read_accounts, read_iban
from documents.invoices.text_money import read_money
from documents.invoices.text_names import read_names, read_purpose
from documents.invoices.text_nature import read_nature
from documents.invoices.text_numbers import read_invoice_names
from documents.invoices.text_tax import read_tax_numbers


def read_text(
    lines: Sequence[Line], own_inn: str | None, today: date, source: Source = "pdf"
) -> tuple[list[Found], list[Doubt]]:
    """Read what a text says of an invoice; a text that is none gives nothing."""
    draft = Draft(source)
    read_tax_numbers(lines, draft, own_inn)
    read_accounts(lines, draft, own_inn)
    read_iban(lines, draft)
    read_names(lines, draft)
    leave_out_the_unpaid(lines, draft, own_inn)
    read_invoice_names(lines, draft, today)
    if read_nature(lines, draft):
        read_money(lines, draft)
        if source != "scan":
            read_purpose(lines, draft)
    return list(draft.found.values()), draft.doubts
