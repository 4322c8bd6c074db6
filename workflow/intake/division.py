"""One letter that asks for several payments: its blocks, the rows of its table, or its invoices.

The rule (told to people in the receipt and on their page): several filled blocks, several requests; each filled row of
a table with our headings, a request; without any filled line several files, each an invoice with a number and a sum of
its own, a request each. In all other cases a letter is one request, with all its files. A file belongs to the request
whose invoice it is, by number or by INN and sum; one that belongs to none goes with all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from mailer.letter import Letter
from mailer.pairs import cut_at_repeats, fold_label
from values.flaw import Flaw
from values.invoice_line import parse_invoice_line
from values.invoice_number import same_number
from values.money import parse_amount
from workflow.core.commands import Form
from workflow.core.model import Field, File
from workflow.intake.fields import BLOCKS, values_of
from workflow.intake.prose import Prose

Rule = Literal["blocks", "rows", "files"]
Sheet = Sequence[Sequence[str]]
MOST_PARTS = 200
WHO_AND_HOW_MUCH = frozenset({"contractor", "amount", "account", "iban", "inn", "bank_details", "invoice"})
FEWEST_LINES, FEWEST_HEADINGS, HEADER_WITHIN = 3, 5, 10
EXAMPLE = ("пример", "example")
"""A row that begins so shows how to fill the others."""
TOTAL = ("итог", "всего", "total", "grand total", "sum total")
WHOSE = frozenset({"inn", "account", "iban", "bank_details"})
"""A row of sums below the others names nobody."""
SURE = ("qr", "e-invoice", "pdf")
_ANY_DAY = date(2026, 1, 1)
"""Only the number matters."""


@dataclass(frozen=True, slots=True)
class Part:
    """One request of several: what it is called in the receipt, and its own lines and files."""

    label: str
    form: Form


@dataclass(frozen=True, slots=True)
class Parts:
    """All requests of one letter, by which rule it was divided, and how many there were no room for."""

    rule: Rule
    parts: tuple[Part, ...]
    left_out: int = 0


def divided(
    letter: Letter, labels: Mapping[str, str], form: Form, prose: Prose,
    *, text: str, sheets_of: Callable[[bytes], Sequence[Sheet]], reading: Callable[[File], Mapping[str, Field]],
) -> Parts | None:  # fmt: skip
    """The requests of a letter that holds several; None for one. `text` holds its filled lines, `reading` tells what a
    file says alone."""
    found = _rows(letter, labels, form, sheets_of) or _blocks(labels, form, text)
    if found is not None:
        return _with_files(found, form, reading)
    return _files(form, prose, reading)


# --- rows of a table ------------------------------------------------------------------------------------------------


def _rows(
    letter: Letter, labels: Mapping[str, str], form: Form, sheets_of: Callable[[bytes], Sequence[Sheet]]
) -> Parts | None:  # fmt: skip
    """Every filled row of an attached list; of a table in the letter itself only when it has several."""
    known = {fold_label(label): name for label, name in labels.items()}
    books = {file.sha256: file.name for file in form.files if file.kind in ("xlsx", "xls", "ods")}
    for file in letter.files:
        if file.sha256 not in books:
            continue
        found = [rows for sheet in sheets_of(file.content) if (rows := _filled_rows(sheet, known)) is not None]
        if found:
            rest = tuple(one for one in form.files if one.sha256 != file.sha256)
            return _of_rows([row for rows in found for row in rows], replace(form, files=rest))
    own = [row for table in letter.tables for row in _filled_rows(table, known) or ()]
    return _of_rows(own, form) if len(own) > 1 else None


def _filled_rows(sheet: Sheet, known: Mapping[str, str]) -> list[tuple[int, dict[str, str]]] | None:
    """Rows below the headings with their numbers; the example and empty ones are none. None without our headings."""
    for at, row in enumerate(sheet[:HEADER_WITHIN]):
        names = [known.get(fold_label(cell)) for cell in row]
        if len(set(names) - {None}) >= FEWEST_HEADINGS:
            return list(_below(sheet, at, names))
    return None


def _below(sheet: Sheet, header: int, names: Sequence[str | None]) -> Iterable[tuple[int, dict[str, str]]]:
    for number, row in enumerate(sheet[header + 1 :], header + 2):
        cells = {name: " ".join(cell.split()) for name, cell in zip(names, row, strict=False) if name}
        typed = {name: text for name, text in cells.items() if text}
        first = next((cell for cell in row if cell.strip()), "").strip().casefold()
        is_total = first.startswith(TOTAL) and not typed.keys() & WHOSE
        if typed.keys() - {"currency"} and not first.startswith(EXAMPLE) and not is_total:
            yield number, typed


def _of_rows(rows: Sequence[tuple[int, dict[str, str]]], form: Form) -> Parts:
    parts = tuple(Part(str(number), replace(form, typed=typed, rivals={})) for number, typed in rows[:MOST_PARTS])
    return Parts("rows", parts, max(len(rows) - MOST_PARTS, 0))


# --- blocks and files -----------------------------------------------------------------------------------------------


def _blocks(labels: Mapping[str, str], form: Form, text: str) -> Parts | None:
    """Several forms one below the other, each with lines enough to be one."""
    pieces = cut_at_repeats(text, labels, BLOCKS)
    if len(pieces) < 2:
        return None
    read = [values_of(piece, labels) for piece in pieces]
    if any(len(typed) < FEWEST_LINES or not typed.keys() & WHO_AND_HOW_MUCH for typed, _ in read):
        return None
    keys = [typed.keys() for typed, _ in read]
    if any(len(one & other) * 2 < min(len(one), len(other)) for one, other in pairwise(keys)):
        return None  # one form with a line written twice
    parts = tuple(
        Part(str(number), replace(form, typed=typed, rivals=rivals)) for number, (typed, rivals) in enumerate(read, 1)
    )
    return Parts("blocks", parts[:MOST_PARTS], max(len(parts) - MOST_PARTS, 0))


def _files(form: Form, prose: Prose, reading: Callable[[File], Mapping[str, Field]]) -> Parts | None:
    """Several invoices of their own, and nothing filled in that would be about one of them."""
    files = [file for file in form.files if file.kind != "eml"]
    said = form.typed.keys() | prose.typed.keys() | prose.suggested.keys()
    if len(files) < 2 or form.typed or said & {"amount", "contractor", "invoice"} or "amount" in prose.unclear:
        return None
    read = {file.sha256: reading(file) for file in files}
    own = [_identity(read[file.sha256]) for file in files]
    if None in own or len(set(own)) != len(files):
        return None
    parts = tuple(Part(file.name, replace(form, files=(file,))) for file in files)
    return Parts("files", parts)


def _identity(said: Mapping[str, Field]) -> tuple[str, str, str] | None:
    """Seller, number and sum of an invoice; None for what is none for sure."""
    number, amount = said.get("invoice_number"), said.get("amount")
    if number is None or amount is None or {number.source, amount.source} - {*SURE, "computed"}:
        return None
    seller = said.get("inn") or said.get("iban") or said.get("contractor")
    return (seller.value if seller else "", same_number(number.value), amount.value)


def _with_files(found: Parts, form: Form, reading: Callable[[File], Mapping[str, Field]]) -> Parts:
    """Each file beside the request whose invoice it is, or beside all."""
    files = found.parts[0].form.files if found.parts else ()
    if not files:
        return found
    read = [(file, reading(file)) for file in files]
    owners = {file.sha256: [part.label for part in found.parts if _is_of(part.form, said)] for file, said in read}
    parts = tuple(
        replace(part, form=replace(part.form, files=tuple(
            file for file in files if not owners[file.sha256] or part.label in owners[file.sha256]
        )))
        for part in found.parts
    )  # fmt: skip
    return replace(found, parts=parts)


def _is_of(form: Form, said: Mapping[str, Field]) -> bool:
    """Is this the invoice of the request: by its number, else by INN and sum?"""
    number, amount = said.get("invoice_number"), said.get("amount")
    line = parse_invoice_line(form.typed["invoice"], _ANY_DAY) if "invoice" in form.typed else None
    typed = form.typed.get("invoice_number") or (line[0] if line is not None and not isinstance(line, Flaw) else "")
    if typed and number is not None:
        return same_number(typed) == same_number(number.value)
    inn, own = said.get("inn"), form.typed.get("inn", "")
    paid = parse_amount(form.typed.get("amount", ""))
    same_sum = amount is not None and not isinstance(paid, Flaw) and f"{paid}" == amount.value
    return same_sum and (inn is None or not own or inn.value == own)
