"""The roster: who is known by which addresses, in which roles and language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailer.address import fold
from values.text import one_line


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the roster; addresses in lower case."""

    name: str
    email: str
    roles: frozenset[str]
    language: str
    aliases: tuple[str, ...] = ()


class Roster:
    """Members by address; an alias is as good as the address itself."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._members = tuple(members)
        self._by_address = {
            fold(address): member for member in self._members for address in (member.email, *member.aliases)
        }

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members)

    def find(self, address: str | None) -> Member | None:
        return self._by_address.get(fold(address)) if address else None

    def name(self, address: str) -> str:
        """The name of a member, or the address itself for anybody else."""
        member = self.find(address)
        return member.name if member else one_line(address)

    def language(self, address: str, default: str) -> str:
        member = self.find(address)
        return member.language if member else default

    def with_role(self, role: str) -> tuple[str, ...]:
        return tuple(member.email for member in self._members if role in member.roles)
