"""Who reads our notices: names, roles and languages by address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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

    def anybody_with(self, role: str) -> bool:
        return any(role in person.roles for person in self._by_address.values())

    def name(self, address: str) -> str:
        """The name on the roster, the address for anybody else."""
        person = self.find(address)
        return person.name if person else address
