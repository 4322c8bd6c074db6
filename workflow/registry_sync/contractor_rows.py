"""A contractor's card as a row of the worksheet Contractors: its columns, who owns them, what they show."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sheets.model import Cell, Column, Kind, Layout, Owner
from workflow.core.contractors import BankDetails, Card
from workflow.core.outcome import REGISTRY
from workflow.registry_sync.columns import LANGUAGES
from workflow.words import Words

KEY = "code"
MARK = "contractors"
PATTERN = r"INN-\d{10,12}|NAME-[0-9A-F]{10}"
SPEC: tuple[tuple[str, Owner, Kind, float], ...] = (
    (KEY, "journal", "text", 20),
    ("name", "journal", "text", 32),
    ("inn", "journal", "text", 14),
    ("kpp", "journal", "text", 12),
    ("bank_details", "journal", "longtext", 66),
    ("aliases", "both", "longtext", 28),
    ("email", "both", "text", 28),
    ("phone", "both", "text", 20),
    ("purpose", "journal", "longtext", 36),
    ("comment", "people", "longtext", 30),
    ("message", "journal", "longtext", 32),
)


def contractor_layout(language: str, words: Callable[[str], Words]) -> Layout:
    """The layout of the worksheet in one language; headings are found in both."""
    own = words(language)
    columns = tuple(
        Column(key, {name: words(name).text(f"contractors.{key}") for name in LANGUAGES}, (), owner, kind, width)
        for key, owner, kind, width in SPEC
    )
    return Layout(
        worksheet=own.text("contractors.worksheet"), language=language, columns=columns, key=KEY, status_key="",
        due_key="", reference_pattern=PATTERN, input_title=own.text("sheet_input_title"),
        input_message=own.text("sheet_input_message"), mark=MARK, stamp="CountersignContractors",
    )  # fmt: skip


def code_of(key: str) -> str:
    """What a card is called in its row: a text that no program takes for a number."""
    kind, _, value = key.partition(":")
    return f"INN-{value}" if kind == "inn" else f"NAME-{hashlib.sha256(key.encode()).hexdigest()[:10].upper()}"


_CHANGING = re.compile(r"\{\w+\}")  # what differs from one invoice to the next


@dataclass(frozen=True, slots=True)
class CardWriter:
    """Turns cards into cells, people's own and the message left out."""

    words: Words
    name_of: Callable[[str], str]
    zone: ZoneInfo

    def cells(self, card: Card) -> dict[str, Cell]:
        return {
            KEY: code_of(card.key), "name": card.name, "inn": card.inn or None, "kpp": card.kpp or None,
            "bank_details": "\n".join(map(self._bank, card.bank)) or None, "aliases": "; ".join(card.aliases) or None,
            "email": card.email or None, "phone": card.phone or None,
            "purpose": _CHANGING.sub("…", card.purpose) or None,
        }  # fmt: skip

    def _bank(self, bank: BankDetails) -> str:
        say = self.words.text
        where = [bank.iban or bank.account, bank.swift if bank.iban else say("contractors.bic", bic=bank.bic)]
        line = ", ".join(part for part in where if part) if bank.iban or bank.bic else bank.number
        if bank.since is not None:
            at = f"{bank.since.astimezone(self.zone):%d.%m.%Y}"
            line += say("contractors.since", date=at, reference=bank.reference)
        if bank.confirmed_by:
            in_a_cell = bank.confirmed_by == REGISTRY
            name = say("registry_person") if in_a_cell else self.name_of(bank.confirmed_by)
            line += say("contractors.confirmed", name=name)
        return line

    def message(self, problems: Mapping[str, str]) -> str | None:
        """One sentence for each thing that was not taken, by its key."""
        return " ".join(self.words.text(f"contractors.{key}", read=read) for key, read in problems.items()) or None
