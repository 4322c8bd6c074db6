"""Our own company's details in a request mail: a signature or a line "payer", which say nothing of whom to pay.

They are known by our name and our INN close together. Between accounts of our own the form names us as the payee, and
then nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailer.labels import pair_on
from mailer.pairs import fold_label
from values.identifiers import parse_inn
from values.names import fold_name
from workflow.intake.own_words import FAREWELL

FEWEST_LINES = 3
"""So many labelled lines are a form."""
NEAR = 3
"""The INN stands in the line with the name or close below."""
BANK = frozenset({"bank_details", "inn", "kpp", "bic", "account", "corr_account", "iban", "swift"})
_BANK_WORDS = re.compile(
    r"\b(?:инн|кпп|огрн\w*|бик|банк\w*|р\s*/\s*сч?|к\s*/\s*сч?|сч[её]т\w*|inn|kpp|bic|swift|iban|bank|account)\b|\d{9,}",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def without_payer(text: str, labels: Mapping[str, str], company: str, inn: str) -> str:
    """The text without the lines that hold our own details."""
    text = _above_farewell(text, labels)
    name = fold_name(company)
    if not inn or not name or inn not in _joined_digits(text):
        return text
    known, lines = _known(labels), text.split("\n")
    kept, at = [], 0
    while at < len(lines):
        pair = pair_on(lines[at], known)
        names_us = _names(lines[at], name)
        if names_us and pair is not None and pair.name == "contractor":
            return text
        if names_us and (pair is None or pair.name in BANK) and (end := _end(lines, at, inn, known)):
            at = end
            continue
        kept.append(lines[at])
        at += 1
    return "\n".join(kept)


def without_own_inn(text: str, everything: str, labels: Mapping[str, str], inn: str) -> str:
    """The text without lines that give our INN, where the letter gives another one: theirs is meant."""
    known = _known(labels)
    others = {_inn_on(line, known) for line in everything.split("\n")} - {"", inn}
    if not inn or not others:
        return text
    return "\n".join(line for line in text.split("\n") if _inn_on(line, known) != inn)


def _inn_on(line: str, known: Mapping[str, str]) -> str:
    pair = pair_on(line, known)
    number = parse_inn(re.split(r"[/,;]|\s+(?=[^\W\d])", pair.value)[0]) if pair and pair.name == "inn" else ""
    return number if isinstance(number, str) else ""


def _above_farewell(text: str, labels: Mapping[str, str]) -> str:
    """A form with its bank details, and more of them below the farewell: those are the writer's."""
    lines = text.split("\n")
    at = next((at for at, line in enumerate(lines) if at and FAREWELL.match(line)), None)
    if at is None:
        return text
    known = _known(labels)
    above, below = ({pair.name for line in part if (pair := pair_on(line, known))} for part in (lines[:at], lines[at:]))
    whole = len(above) >= FEWEST_LINES and above & {"account", "iban"}
    return "\n".join(lines[:at]) if whole and below and below <= BANK else text


def _known(labels: Mapping[str, str]) -> dict[str, str]:
    return {fold_label(label): field for label, field in labels.items()}


def _names(line: str, name: str) -> bool:
    return len(line) < 500 and f" {name} " in f" {' '.join(_WORD.findall(fold_name(line)))} "


def _end(lines: list[str], start: int, inn: str, known: Mapping[str, str]) -> int:
    """Where the block that begins with our name ends; 0 where our INN is not near."""
    filled = [at for at in range(start, len(lines)) if lines[at].strip()]
    near = (at for at in filled[:NEAR] if inn in _joined_digits(lines[at]))
    if (found := next(near, None)) is None:
        return 0
    end = found + 1
    for at in filled[filled.index(found) + 1 :]:
        pair = pair_on(lines[at], known)
        if not _BANK_WORDS.search(lines[at]) or (pair is not None and pair.name not in BANK):
            break
        end = at + 1
    return end


def _joined_digits(text: str) -> str:
    return re.sub(r"(?<=\d)[ \xa0](?=\d)", "", text)
