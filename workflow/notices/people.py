"""Who reads our notices: names, roles and languages by address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from values.text import one_line, shorten
from workflow.core.outcome import REGISTRY
from workflow.words import Words

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the roster; addresses in lower case."""

    name: str
    email: str
    language: str
    roles: frozenset[str]
    aliases: tuple[str, ...] = ()


class People:
    """Look-up by address; an alias is as good as the address itself."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        self._by_address = {
            address.lower(): person for person in people.values() for address in (person.email, *person.aliases)
        }

    def find(self, address: str) -> Person | None:
        return self._by_address.get(address.lower())

    def is_known(self, address: str) -> bool:
        return self.find(address) is not None

    def has_role(self, address: str, role: str) -> bool:
        person = self.find(address)
        return person is not None and role in person.roles

    def name(self, address: str, words: Words) -> str:
        """What to call somebody: the name on the roster, else the address."""
        if address == REGISTRY:
            return words.text("registry_person")
        person = self.find(address)
        return shorten(one_line(person.name if person else address), LONGEST_NAME) or words.text("unknown_person")

    def names(self, addresses: Iterable[str], words: Words) -> str:
        """Several people in one phrase: "Anton, Dina and Faina"."""
        found = list(dict.fromkeys(self.name(address, words) for address in addresses))
        if len(found) < 2:
            return "".join(found)
        return ", ".join(found[:-1]) + words.text("and") + found[-1]
