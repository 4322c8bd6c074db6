"""The form in a letter: labelled lines and files, as an order's `Form`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from documents.attachments import Accepted, inspect
from mailer.attribution import without_headers
from mailer.labels import PICTURES
from mailer.letter import Letter
from mailer.pairs import loose_pairs, read_pairs, weak_pairs
from values.money import amount_currency, parse_amount
from values.requisites import several_in_block, split_bank_details
from workflow.core.commands import Form
from workflow.core.model import Caution, Field, File, OrderFile
from workflow.intake.companies import said_companies
from workflow.intake.spread import account_fits, corr_fits, spread
from workflow.intake.subjects import header_subject
from workflow.keywords import find_codes

BLOCKS = frozenset({"bank_details"})
"""Fields whose value may be several lines."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A letter's files: those we keep and those we refuse, with the reason's key."""

    files: tuple[File, ...]
    refused: tuple[tuple[str, str], ...]

    def without(self, known: Sequence[File]) -> Enclosed:
        """Only files that are not among these: an invoice sent back is no payment order."""
        hashes = {file.sha256 for file in known}
        return Enclosed(tuple(file for file in self.files if file.sha256 not in hashes), self.refused)

    def as_orders(self) -> tuple[OrderFile, ...]:
        """The files as payment orders of an accountant's letter."""
        return tuple(OrderFile(file.sha256, file.name, file.media_type, file.letter) for file in self.files)


def enclosed(letter: Letter) -> Enclosed:
    """Look at every file by its content; pictures of a signature are none."""
    files: list[File] = []
    refused: list[tuple[str, str]] = []
    for file in letter.files:
        if file.inline:
            continue
        found = inspect(file.name, file.content)
        if isinstance(found, Accepted):
            files.append(File(
                found.sha256, found.name, found.kind, found.media_type, found.size, letter.key, found.notes,
            ))  # fmt: skip
        else:
            refused.append((found.name, found.reason))
    return Enclosed(tuple({file.sha256: file for file in files}.values()), tuple(refused))


PROPOSED = frozenset({
    "contractor", "amount", "currency", "bank_details", "inn", "kpp", "bic", "account", "corr_account", "iban", "swift",
    "invoice", "purpose",
})  # fmt: skip
"""Lines of somebody else's letter that may be put before the requester."""
FORWARDED_FORM = frozenset({"subject", "pay_by"})
"""Lines that only somebody inside fills in: a forwarded letter with both holds a colleague's form."""


def unlabelled(letter: Letter, labels: Mapping[str, str]) -> str:
    """What he wrote besides labelled lines."""
    return read_pairs(letter.new_text, (), labels, BLOCKS).rest


def filled_quotation(letter: Letter) -> str:
    """The quoted text as it came back, what he wrote between its lines in its place; without the headers above it and
    our own code."""
    lines = without_headers(letter.filled or letter.quoted).split("\n")
    return "\n".join(line for line in lines if not find_codes(line))


AS_SENTENCE = frozenset({"pay_by", "invoice", "invoice_number", "invoice_date", "amount", "subject", "purpose"})
"""Their labels are words that sentences begin with too: "оплатить до 30.11, бумага"."""


def sentences(letter: Letter, labels: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Field, value and line where a label is followed by its number without any sign between them."""
    return tuple(
        (name, _plain(value), line) for name, value, line in weak_pairs(letter.new_text, labels) if name in AS_SENTENCE
    )  # fmt: skip


def forwarded_lines(letter: Letter, labels: Mapping[str, str]) -> tuple[str, dict[str, Field]]:
    """A form that a colleague filled in and he passes on, or that he himself filled in where he had pasted it with
    marks of a quotation; any other labelled lines of a forwarded letter are somebody else's words, which he must
    confirm. What stands below an answer to another mail is history."""
    answers = letter.in_reply_to or letter.references or header_subject(letter.subject).answered
    if answers and not letter.forwarded:
        return "", {}
    quoted = filled_quotation(letter)
    typed, rivals = _values(read_pairs(quoted, (), labels, BLOCKS).values)
    if typed.keys() >= FORWARDED_FORM:
        return quoted, {}
    if not letter.forwarded:
        return "", {}
    return "", {name: Field(text) for name, text in typed.items() if name not in rivals and name in PROPOSED}


FORM_FILES = ("xlsx", "docx")


@dataclass(frozen=True, slots=True)
class FileForm:
    """Our form that he filled in as a file, by the file's hash."""

    sha256: str
    typed: Mapping[str, str]
    rivals: Mapping[str, tuple[str, ...]]


def attached_form(
    letter: Letter, form: Form, labels: Mapping[str, str], rows_of: Callable[[bytes], Sequence[Sequence[Sequence[str]]]]
) -> FileForm | None:
    """The one file with lines that only somebody inside fills in; an invoice has none of them."""
    kinds = {file.sha256: file.kind for file in form.files}
    found = []
    for file in letter.files:
        if kinds.get(file.sha256) not in FORM_FILES:
            continue
        sheets = rows_of(file.content)
        text = "\n".join(row[0] for sheet in sheets for row in sheet if len([cell for cell in row if cell]) == 1)
        typed, rivals = _values(read_pairs(text, sheets, labels, BLOCKS).values)
        if typed.keys() >= FORWARDED_FORM and typed.keys() & {"purpose", "currency"}:
            found.append(FileForm(file.sha256, typed, rivals))
    return found[0] if len(found) == 1 else None


def read_form(letter: Letter, labels: Mapping[str, str], *, quoted: str = "") -> Form:
    """The labelled lines of what was written, laid over those of our own quoted form where it was filled inline."""
    files = enclosed(letter)
    inline = _values(read_pairs(quoted, (), labels, BLOCKS).values) if quoted else ({}, {})
    own = _values(read_pairs(letter.new_text, letter.tables, labels, BLOCKS).values)
    own = _with_loose_lines(own[0], own[1], letter.new_text, labels)
    typed = {**inline[0], **own[0]}
    rivals = {name: found for name, found in inline[1].items() if name not in own[0]} | own[1]
    return Form(typed, rivals, files.files, files.refused, (), letter.key)


NUMBERS = frozenset({"inn", "kpp", "bic", "account", "corr_account"})
LOOSE = frozenset({"subject", "purpose", "contractor"})
FEWEST_LINES = 3
"""From so many labelled lines on the other lines of a letter are read as lines of a form too."""


def loose_lines(letter: Letter, labels: Mapping[str, str]) -> frozenset[str]:
    """Lines that are read as lines of a form although no sign stands behind their label."""
    return frozenset(line for name, _, line in loose_pairs(letter.new_text, labels) if name in LOOSE)


def _with_loose_lines(
    typed: dict[str, str], rivals: dict[str, tuple[str, ...]], text: str, labels: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """With lines that a form leaves without any sign behind the label ("подрядчик ООО Ромашка", "БИК 044525974" at the
    end of a line), where the value itself shows what it is."""
    if len(typed) < FEWEST_LINES:
        return typed, rivals
    found: dict[str, str] = {}
    for name, value, _ in loose_pairs(text, labels):
        if name in NUMBERS and value[:1].isdigit():
            found.setdefault(name, value)
        if name in LOOSE and (name != "contractor" or said_companies(value, "").plain):
            found.setdefault(name, value)
    rest = read_pairs(text, (), labels, BLOCKS).rest
    for name, value in ({} if several_in_block(rest) else split_bank_details(rest)).items():
        fits = account_fits if name == "bic" else corr_fits if name == "corr_account" else None
        if fits and (fits(typed.get("account", ""), value) if name == "bic" else fits(value, typed.get("bic", ""))):
            found.setdefault(name, value)
    if not found.keys() - typed.keys():
        return typed, rivals
    placed, contrary = spread({**found, **{name: text for name, text in typed.items() if name not in rivals}})
    return {**typed, **placed}, {**contrary, **rivals}


def values_of(text: str, labels: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The labelled lines of a text: one text for each field, and different ones for one field."""
    return _values(read_pairs(text, (), labels, BLOCKS).values)


def _values(pairs: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """One text for each field; different texts for one field are rivals, and nobody guesses between them."""
    typed: dict[str, str] = {}
    rivals: dict[str, tuple[str, ...]] = {}
    for name, texts in pairs.items():
        different = tuple(dict.fromkeys(text for text in (_plain(text) for text in texts) if text))
        if different:
            typed[name] = different[0]
        if len(different) < 2:
            continue
        if name == "amount" and _same_sum(different):
            typed[name] = next((text for text in different if amount_currency(text)), different[0])
        else:
            rivals[name] = different
    placed, contrary = spread({name: text for name, text in typed.items() if name not in rivals})
    return {**{name: typed[name] for name in rivals}, **placed}, {**contrary, **rivals}


def _same_sum(texts: Sequence[str]) -> bool:
    """The same amount, written in several ways."""
    sums = {(parse_amount(text), amount_currency(text)) for text in texts}
    named = {currency for _, currency in sums if currency}
    return len({amount for amount, _ in sums}) == 1 and len(named) < 2


_WRAPPED = re.compile(r"[\"“]([^\"“”]+)[\"”]|<([^<>]+)>")


def _plain(text: str) -> str:
    """A value on one line, without what only surrounds it: pictures before it, quotation marks, a final semicolon."""
    bare = PICTURES.sub("", " ".join(text.split())).rstrip("; ")
    wrapped = _WRAPPED.fullmatch(bare)
    return (wrapped[1] or wrapped[2]).strip() if wrapped else bare


def cautions(letter: Letter, *, checks_senders: bool) -> tuple[Caution, ...]:
    """What an approver should know of the letter itself: nobody vouches for its sender, its letters were guessed."""
    vouched = checks_senders and letter.verdict.result == "pass"
    return (*(() if vouched else (Caution("sender_unverified"),)), *guessed(letter))


def guessed(letter: Letter) -> tuple[Caution, ...]:
    """Texts that came in a wrong character set may hold wrong letters."""
    return (Caution("charset_guessed"),) if "charset_guessed" in letter.doubts else ()
