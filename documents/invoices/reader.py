"""One attached file read in a limited child process: what it says, or why it was not opened."""

from datetime import date

from documents.invoices.answer import Task, reading_of
from documents.invoices.kinds import readable_kind
from documents.invoices.model import InvoiceReading, Limits
from documents.sandbox import Failure, run_child

_ANSWER_LENGTH = 1_000_000


def read_invoice(
    name: str,
    content: bytes,
    own_inn: str | None,
    today: date,
    limits: Limits | None = None,
    *,
    with_page: bool = False,
) -> InvoiceReading:
    """Read what a file says of an invoice, and how its first page looks where `with_page` wants that.

    Never raises for a file, however broken or hostile it is."""
    bounds = limits or Limits()
    kind = readable_kind(name, content, bounds.size)
    if isinstance(kind, tuple):
        return InvoiceReading(not_opened=kind[1])
    task = Task(name, content, own_inn, today, bounds.seconds, bounds.size, bounds.pages, with_page)
    answer = run_child(
        "invoice",
        task.packed(),
        cpu_seconds=max(int(bounds.seconds), 1),
        memory_bytes=bounds.memory_bytes,
        timeout=bounds.seconds,
        answer_length=_ANSWER_LENGTH,
    )
    if isinstance(answer, Failure):
        return InvoiceReading(not_opened=answer.reason)
    return reading_of(answer) or InvoiceReading(not_opened="crash")
