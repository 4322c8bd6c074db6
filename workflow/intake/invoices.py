"""What the files of a letter say, as far as it may be taken without asking: each value with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from documents.invoices.combine import Combined, combine
from documents.invoices.model import Found
from documents.invoices.reader import read_invoice
from mailer.letter import Letter
from workflow.core.commands import Form
from workflow.core.model import FIELDS, Field

MOST_FILES = 3
BANK = frozenset({"inn", "kpp", "bic", "account", "corr_account", "iban", "swift"})
SURE = ("qr", "e-invoice")


@dataclass(frozen=True, slots=True)
class Invoices:
    """Opens files in a limited process of their own. `own_inn` is the payer's: it is never taken for the payee's."""

    own_inn: str | None
    today: Callable[[], date]

    def fields(self, letter: Letter, form: Form) -> Mapping[str, Field]:
        """Values by field, from the first few files of the form."""
        wanted = {file.sha256 for file in form.files[:MOST_FILES]}
        contents = [(file.name, file.content) for file in letter.files if file.sha256 in wanted]
        return taken(combine(read_invoice(name, content, self.own_inn, self.today()) for name, content in contents))


def taken(combined: Combined) -> dict[str, Field]:
    """What may stand in the form: nothing read from a scan, nothing that sources disagree about unless a code or an
    e-invoice says it, and no bank detail from mere text without a key that proves it."""
    differ = {one.field for one in combined.disagreements}
    return {
        name: Field(one.value, one.source)
        for name, one in combined.values.items()
        if name in FIELDS and _may_be_taken(one, differ)
    }


def _may_be_taken(one: Found, differ: Sequence[str] | set[str]) -> bool:
    if one.source in SURE:
        return True
    if one.source == "scan" or one.field in differ:
        return False
    return one.proven or one.field not in BANK
