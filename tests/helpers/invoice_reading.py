"""Reading an invoice in this very process: the child's own work, without the child."""

from __future__ import annotations

from documents.invoices.answer import Task, reading_of
from documents.invoices.model import InvoiceReading
from documents.invoices.worker import work
from helpers.invoice_pages import OUR_INN, TODAY


def read_here(content: bytes, name: str = "invoice.pdf", own_inn: str | None = OUR_INN) -> InvoiceReading:
    """What the child would answer."""
    reading = reading_of(work(Task(name, content, own_inn, TODAY, 30, 25_000_000, 10).packed()))
    assert reading is not None
    return reading
