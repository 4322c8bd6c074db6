"""Mail addresses out of header fields: strict about who wrote, generous about who else is named.

A display name is decoration that anybody can type (`"boss@a.test" <evil@b.test>`), so names are set apart before any
encoded word is decoded and an address is only what stands between angle brackets or alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.words import decode_words

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|\((?:[^()\\]|\\.)*\)?|<[^<>]*>?|[,;:]|[^\s",;:<>()]+|\s+|.', re.DOTALL)
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>(),;:\"]+\Z")
_ANY_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>(),;:\"']+")
MAX_HEADER = 200_000


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox; `email` is folded (see `fold`), `name` as shown."""

    name: str
    email: str


def parse_addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of an address field in order; an element that is no address is left out."""
    return tuple(address for address in (_mailbox(part) for part in _elements(value[:MAX_HEADER])) if address)


def single_author(fields: list[str]) -> Address | None:
    """The one author, or None when there are several From fields, several addresses, or something unreadable."""
    if len(fields) != 1 or len(fields[0]) > MAX_HEADER:
        return None
    elements = [part for part in _elements(fields[0]) if any(token.strip() for token in part)]
    return _mailbox(elements[0]) if len(elements) == 1 else None


def any_addresses(value: str) -> tuple[str, ...]:
    """Everything that looks like an address, for fields that only name recipients."""
    return tuple(found.strip(".'") for found in _ANY_ADDRESS.findall(value[:MAX_HEADER]))


def fold(email: str) -> str:
    """Lower case, the domain as A-labels, so that two spellings of one address compare equal."""
    local, _, domain = email.strip().rpartition("@")
    if not local:
        return email.strip().lower()
    lower = local.lower()
    looks_ascii = lower.isascii() and not local.isascii()  # the Kelvin sign would become a plain k, another mailbox
    return f"{local if looks_ascii else lower}@{fold_domain(domain)}"


def fold_domain(domain: str) -> str:
    """A domain in lower-case A-labels without the final point."""
    domain = domain.strip().strip(".").lower()
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def domain_of(email: str) -> str:
    """The folded domain of an address or of a bare domain."""
    return fold_domain(email.rpartition("@")[2])


def _elements(value: str) -> list[list[str]]:
    """Tokens between the commas; a group's name and its end count as commas."""
    elements: list[list[str]] = [[]]
    for token in _TOKEN.findall(value):
        if token in ",;":
            elements.append([])
        elif token == ":":
            elements[-1] = []
        else:
            elements[-1].append(token)
    return elements


def _mailbox(tokens: list[str]) -> Address | None:
    angles = [token for token in tokens if token.startswith("<")]
    if len(angles) > 1:
        return None
    words = [token for token in tokens if not token.startswith(("<", "("))]
    name = " ".join("".join(_unquoted(token) for token in words).split())
    comment = " ".join(token.strip("()") for token in tokens if token.startswith("("))
    email = angles[0].strip("<> \t") if angles else "".join(words).strip()
    email = email.removeprefix("mailto:")
    if not _ADDRESS.match(email):
        return None
    return Address(decode_words(name if angles else comment).strip(), fold(email))


def _unquoted(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token.strip('"')) if token.startswith('"') else token
