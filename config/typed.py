"""The settings file as it was typed, read leniently: what is not shaped as it should be is stepped over.

The models report bad shapes; the checks between keys still look at everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from config.parts import read_address, read_amount

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the key as one writes it and a plain sentence."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A person as far as the other tables refer to him."""

    email: str
    roles: frozenset[str]


def seats_of(raw: Table) -> dict[str, Seat]:
    """Everybody by each of his addresses; the first to name an address keeps it."""
    seats: dict[str, Seat] = {}
    for _, person in tables_of(raw, "people"):
        email = address_in(person.get("email"))
        seat = Seat(email, frozenset(words_in(person.get("roles"))))
        for address in (email, *addresses_in(person.get("aliases"))):
            seats.setdefault(address, seat)
    seats.pop("", None)
    return seats


def table_in(value: object) -> Table:
    return value if isinstance(value, dict) else {}


def tables_of(raw: Table, name: str) -> list[tuple[str, Table]]:
    listed = raw.get(name)
    if not isinstance(listed, list):
        return []
    return [(f"{name}[{number}]", one) for number, one in enumerate(listed, 1) if isinstance(one, dict)]


def words_in(value: object) -> list[str]:
    """The words of a list; a lone word, which the models report, is meant as a list of one."""
    listed = value if isinstance(value, list) else [value]
    return [word.strip().lower() for word in listed if isinstance(word, str)]


def address_in(value: object) -> str:
    """The address as it is compared; one that cannot be read is reported by the models and left out here."""
    try:
        return read_address(value)
    except ValueError:
        return ""


def addresses_in(value: object) -> list[str]:
    return [address for one in value if (address := address_in(one))] if isinstance(value, list) else []


def amount_in(value: object) -> Decimal | None:
    try:
        return None if value is None else read_amount(value)
    except ValueError:
        return None


def repeated(key: str, words: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            yield Problem(key, f"{word} is named twice")
        seen.add(word)
