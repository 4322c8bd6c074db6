"""Strangers who look like somebody we know: the same name from another address, or an address a letter away."""

from __future__ import annotations

import unicodedata

from workflow.people import Roster

_LOOKS = str.maketrans({
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "к": "k", "м": "m", "т": "t", "в": "b",
    "н": "h",
    "0": "o", "1": "l", "3": "e", "5": "s", "ı": "i", "і": "i",
})  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def looks_like(address: str, name: str, roster: Roster) -> str:
    """Whom this stranger looks like (name and address), or nothing."""
    for member in roster:
        if name and _bare(name) in (_bare(member.name), *map(_bare, (member.email, *member.aliases))):
            return f"{member.name} <{member.email}>"
        for known in (member.email, *member.aliases):
            if address != known and (_shape(address) == _shape(known) or _neighbours(address, known)):
                return f"{member.name} <{known}>"
    return ""


def _bare(name: str) -> str:
    return " ".join(sorted(unicodedata.normalize("NFKC", name).casefold().replace("ё", "е").replace(",", " ").split()))


def _shape(address: str) -> str:
    folded = unicodedata.normalize("NFKC", _unicode(address)).casefold().translate(_LOOKS)
    for pair, single in _PAIRS:
        folded = folded.replace(pair, single)
    return folded


def _unicode(address: str) -> str:
    """A domain in its readable form; one that cannot be decoded stays as it is."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode().decode('idna')}"
    except UnicodeError:
        return address


def _neighbours(one: str, other: str) -> bool:
    """The same local part, and domains one letter apart."""
    (local, _, domain), (known, _, home) = one.rpartition("@"), other.rpartition("@")
    return local == known and domain != home and _one_apart(domain, home)


def _one_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
