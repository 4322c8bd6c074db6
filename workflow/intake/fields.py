"""The form in a letter: labelled lines and files, as an order's `Form`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from documents.attachments import Accepted, inspect
from mailer.letter import Letter
from mailer.pairs import read_pairs, weak_pairs
from workflow.core.commands import Form
from workflow.core.model import Caution, Field, File, OrderFile

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


AS_SENTENCE = frozenset({"pay_by", "invoice", "invoice_number", "invoice_date", "amount", "subject", "purpose"})
"""Their labels are words that sentences begin with too: "оплатить до 30.11, бумага"."""


def sentences(letter: Letter, labels: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Field, value and line where a label is followed by its number without any sign between them."""
    return tuple(
        (name, _plain(value), line) for name, value, line in weak_pairs(letter.new_text, labels) if name in AS_SENTENCE
    )  # fmt: skip


def forwarded_lines(letter: Letter, labels: Mapping[str, str]) -> tuple[str, dict[str, Field]]:
    """A form that a colleague filled in and he passes on; any other labelled lines of a forwarded letter are somebody
    else's words, which he must confirm."""
    if not letter.forwarded:
        return "", {}
    typed, rivals = _values(read_pairs(letter.quoted, (), labels, BLOCKS).values)
    if typed.keys() >= FORWARDED_FORM:
        return letter.quoted, {}
    return "", {name: Field(text) for name, text in typed.items() if name not in rivals and name in PROPOSED}


def read_form(letter: Letter, labels: Mapping[str, str], *, quoted: str = "") -> Form:
    """The labelled lines of what was written, laid over those of our own quoted form where it was filled inline."""
    files = enclosed(letter)
    inline = _values(read_pairs(quoted, (), labels, BLOCKS).values) if quoted else ({}, {})
    own = _values(read_pairs(letter.new_text, letter.tables, labels, BLOCKS).values)
    typed = {**inline[0], **own[0]}
    rivals = {name: found for name, found in inline[1].items() if name not in own[0]} | own[1]
    return Form(typed, rivals, files.files, files.refused, (), letter.key)


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
        if len(different) > 1:
            rivals[name] = different
    return typed, rivals


def _plain(text: str) -> str:
    return " ".join(text.split())


def cautions(letter: Letter, *, checks_senders: bool) -> tuple[Caution, ...]:
    """What an approver should know of the letter itself: nobody vouches for its sender, its letters were guessed."""
    vouched = checks_senders and letter.verdict.result == "pass"
    return (*(() if vouched else (Caution("sender_unverified"),)), *guessed(letter))


def guessed(letter: Letter) -> tuple[Caution, ...]:
    """Texts that came in a wrong character set may hold wrong letters."""
    return (Caution("charset_guessed"),) if "charset_guessed" in letter.doubts else ()
