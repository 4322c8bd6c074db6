"""What the files of a letter say: values to be taken without asking, all of them to compare, and what is doubtful."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import monotonic

from documents.invoices.combine import Combined, Disagreement, combine
from documents.invoices.model import Found, InvoiceReading, Limits
from documents.invoices.reader import read_invoice
from mailer.letter import Letter
from workflow.core.commands import Form
from workflow.core.model import FIELDS, Caution, Field, File
from workflow.intake.fields import enclosed

MOST_FILES, KEPT = 10, 100
LONGEST_FILE, LONGEST_LETTER = 30.0, 45.0
"""Seconds for one file, and for all files of one letter together."""
BANK = frozenset({"inn", "kpp", "bic", "account", "corr_account", "iban", "swift"})
SURE = ("qr", "e-invoice")
ASIDE = frozenset({"vat_rate", "vat_amount", "contract"})
"""No lines of the form: the purpose is built from them."""
WORDINGS = frozenset({"contractor", "purpose", "bank_name", "contract"})
"""Their sources differ in nothing but words."""

TOLD = frozenset({
    "credit_note", "direct_debit", "payee_not_seller", "buyer_other", "codes_differ", "code_unusable",
    "code_not_printed", "account_out_of_use", "hidden_text",
    "not_an_invoice", "corrected_invoice", "prepaid", "debt_in_total", "several_invoices", "account_key", "inn_check",
    "iban_check", "own_inn_as_payee", "several_accounts", "several_iban", "several_inn", "several_bic",
    "several_amounts", "several_numbers", "several_sellers", "several_payment_means", "nothing_to_pay",
    "version_unknown", "xml_broken", "not_all_pages",
})  # fmt: skip
"""Doubts of the reading that people are told; the others only explain why a value was not believed."""


@dataclass(frozen=True, slots=True)
class Invoices:
    """Opens files in a limited process of their own. `own_inn` is the payer's: it is never taken for the payee's."""

    own_inn: str | None
    today: Callable[[], date]
    keep_page: Callable[[str, bytes], None] | None = None
    """Takes the hash of a file and a picture of its first page, which the approver's mail shows."""
    _opened: OrderedDict[tuple[str, str], InvoiceReading] = field(default_factory=OrderedDict)
    """What the files of the last letters say: by the letter's key and the file's hash."""

    def open_ahead(self, letter: Letter) -> None:
        """Read the files of a letter before anybody asks; what they say is kept for a while. For any thread."""
        self._readings(letter, enclosed(letter).files)

    def read(self, letter: Letter, form: Form) -> Form:
        """The form with what its files say."""
        readings = self._readings(letter, form.files)
        combined = combine(reading for _, reading in readings)
        invoice = {
            name: Field(one.value, one.source)
            for name, one in combined.values.items() if name in FIELDS or name in ASIDE
        }  # fmt: skip
        noted = {(f"unopened_{note}", file.name) for file in form.files for note in file.notes}
        told = (one for one in _cautions(combined, readings) if (one.code, one.read) not in noted)
        return replace(
            form, found=taken(combined), suggested=proposed(combined), invoice=invoice,
            cautions=(*form.cautions, *told),
        )  # fmt: skip

    def _readings(self, letter: Letter, asked: Sequence[File]) -> list[tuple[str, InvoiceReading]]:
        wanted = {file.sha256: file.name for file in asked}
        files = {file.sha256: file.content for file in letter.files if file.sha256 in wanted}
        deadline = monotonic() + LONGEST_LETTER
        readings: list[tuple[str, InvoiceReading]] = []
        for sha256, content in files.items():
            left = deadline - monotonic()
            if len(readings) < MOST_FILES and left > 1:
                reading = self._reading(letter.key, sha256, wanted[sha256], content, min(left, LONGEST_FILE))
            else:
                reading = InvoiceReading(not_opened="too_many")
            readings.append((wanted[sha256], reading))
        return readings

    def _reading(self, letter: str, sha256: str, name: str, content: bytes, seconds: float) -> InvoiceReading:
        """What one file says; it is opened once for its letter, however often the letter is looked at."""
        known = self._opened.get((letter, sha256))
        if known is not None:
            return known
        show = self.keep_page
        reading = read_invoice(
            name, content, self.own_inn, self.today(), Limits(seconds=seconds), with_page=show is not None
        )  # fmt: skip
        if show is not None and reading.page is not None:
            show(sha256, reading.page)
        self._opened[letter, sha256] = reading = replace(reading, page=None)
        while len(self._opened) > KEPT:
            self._opened.popitem(last=False)
        return reading


def proposed(combined: Combined) -> dict[str, Field]:
    """What was read but is not sure enough to be taken: it waits for the requester's word."""
    sure = taken(combined)
    return {
        name: Field(one.value, one.source) for name, one in combined.values.items()
        if name in FIELDS and name not in sure and one.source != "computed"
    }  # fmt: skip


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


def _cautions(combined: Combined, readings: Iterable[tuple[str, InvoiceReading]]) -> tuple[Caution, ...]:
    """Doubts, values on which the sources differ, and files that were not opened: one caution each."""
    found = [Caution(f"doubt_{code}", seen) for code, seen in combined.doubts if code in TOLD]
    found += [Caution("sources_differ", _sides(one)) for one in combined.disagreements if one.field not in WORDINGS]
    found += [Caution(f"unopened_{reading.not_opened}", name) for name, reading in readings if reading.not_opened]
    inner = [seen.rpartition(": ") for code, seen in combined.doubts if code == "part_not_opened"]
    found += [Caution(f"unopened_{reason}", name) for name, _, reason in inner]
    return tuple(dict.fromkeys(found))


def _sides(one: Disagreement) -> str:
    """Field, then each source with its value, for the words to put into a sentence."""
    return " | ".join((one.field, *(part for side in (one.chosen, *one.others) for part in (side.source, side.value))))
