"""A second line of proof: the sender's DKIM signature checked by ourselves, on the bytes as they came.

Theory: a signature says that a domain sent these header fields and this body. It counts here only when the domain is
the author's own, From and the whole body are covered (no `l=`), the key is strong and not on trial, it has not expired
on arrival, and the letter can be read in one way only: a field that stands twice, or a header that the checker and our
reader divide differently, would let somebody show us other words than those that were signed.
When the name servers do not answer nothing is known: that is neither a yes nor a no, and is asked again later.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mailer.address import domain_of
from mailer.errors import MailerError
from mailer.letter import Letter
from mailer.mime import read_header, split_header
from mailer.trust import TrustRules, aligned, confirm, needs_signature, organisation

Dns = Callable[[str], bytes | None]
"""The TXT record of a name, None when there is none; raises NotProvenYet when nobody can tell."""
LONGEST_QUESTION = 5.0
"""Seconds for one question to the name servers."""
REST = 60.0
"""Seconds for which a domain whose servers did not answer is not asked again: one that never answers must not hold up
the mail of the others."""
MOST_SIGNATURES = 5
SHORTEST_KEY = 1024
ONCE = frozenset(
    ["from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
     "mime-version", "content-type", "content-transfer-encoding"]
)  # fmt: skip
"""Fields that a letter has once: of two, one reader takes the first and another the last."""
WAITING = "It cannot be told now who signed this letter"
_MALFORMED = (ValueError, TypeError, LookupError, ArithmeticError, AssertionError, AttributeError)
_silent = logging.getLogger("countersign.dkim.library")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


class NotProvenYet(MailerError):
    """The name servers do not answer: the letter is neither proven nor refused, and is tried again."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{WAITING}: {why}. It is tried again.", permanent=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """The author's domains that signed well, and in a sentence why the others do not count."""

    domains: tuple[str, ...]
    why_not: str = ""


def verify(raw: bytes, dns: Dns, arrived: datetime, author_domain: str) -> Signed:
    """Who of the author's own organisation signed this letter; raises NotProvenYet when that cannot be told now."""
    import dkim  # an extra: needed only where it is switched on

    try:
        letter = dkim.DKIM(raw, logger=_silent, minkey=SHORTEST_KEY)
    except (dkim.DKIMException, *_MALFORMED):
        return Signed((), "the letter's header is malformed")
    ambiguous = _ambiguity(raw, letter.headers, letter.body)
    if ambiguous:
        return Signed((), ambiguous)
    good: list[str] = []
    faults: list[str] = []
    for index, tags in _own_signatures(letter.headers, author_domain):
        domain = domain_of(tags["d"])
        fault = _fault(tags, arrived) or _check(raw, index, tags, dns)
        if fault:
            faults.append(f"the signature of {domain} {fault}")
        else:
            good.append(domain)
    return Signed(tuple(dict.fromkeys(good)), "; ".join(faults) or f"no signature belongs to {author_domain}")


def vouch(letter: Letter, raw: bytes, rules: TrustRules, dns: Dns, *, last_try: bool = False) -> Letter:
    """The letter with the verdict that its signature adds to; on the last try not being able to tell counts as no."""
    if letter.sender is None or not needs_signature(letter.verdict, rules):
        return letter
    try:
        signed = verify(raw, dns, letter.received, domain_of(letter.sender))
    except NotProvenYet as error:
        if not last_try:
            raise
        signed = Signed((), str(error))
    return replace(letter, verdict=confirm(letter.verdict, rules, signed.domains, signed.why_not))


def _ambiguity(raw: bytes, fields: list[tuple[bytes, bytes]], body: bytes) -> str:
    """Why the letter could be read in two ways; empty when it cannot."""
    names = [name.decode("ascii", "replace").lower() for name, _ in fields]
    twice = sorted(name for name in ONCE if names.count(name) > 1)
    if twice:
        return f"the field {twice[0].title()} stands in the letter twice"
    ours = [name for name, _ in read_header(raw).fields]
    if names != ours or _lines(body) != _lines(split_header(raw)[1]):
        return "the letter's header is malformed"
    return ""


def _lines(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").rstrip(b"\n")


def _own_signatures(fields: list[tuple[bytes, bytes]], author_domain: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The signatures of the author's organisation, topmost first, with their place among all signatures."""
    values = [value for name, value in fields if name.lower() == b"dkim-signature"]
    found = ((index, _tags(value)) for index, value in enumerate(values))
    own = [(index, tags) for index, tags in found if aligned(domain_of(tags.get("d", "")), author_domain)]
    yield from own[:MOST_SIGNATURES]


def _tags(value: bytes) -> dict[str, str]:
    """`a=b; c=d` with all blanks taken out; of a tag that stands twice nothing is taken."""
    pairs = [piece.partition("=") for piece in re.sub(r"\s+", "", value.decode("ascii", "replace")).split(";")]
    names = [name for name, _, _ in pairs]
    return {name: text for name, _, text in pairs if name and names.count(name) == 1}


def _fault(tags: Mapping[str, str], arrived: datetime) -> str:
    """What forbids to count a signature, whoever made it; empty when nothing does."""
    if "l" in tags:
        return "covers only a part of the text"
    if tags.get("a", "").lower() not in ("rsa-sha256", "ed25519-sha256"):
        return "is of a kind that is not safe any more"
    if "from" not in tags.get("h", "").lower().split(":"):
        return "does not cover From"
    if "x" in tags and not (tags["x"].isdecimal() and int(tags["x"]) >= arrived.timestamp()):
        return "has expired"
    return ""


def _check(raw: bytes, index: int, tags: Mapping[str, str], dns: Dns) -> str:
    """What is wrong with the signature itself or its key; empty when it is good."""
    import dkim

    refused: list[str] = []

    def find_key(name: bytes, timeout: float = LONGEST_QUESTION) -> bytes | None:
        record = dns(name.decode("ascii").rstrip("."))
        refused[:] = [_key_fault(record, tags)]
        return record

    try:
        good = dkim.DKIM(raw, logger=_silent, minkey=SHORTEST_KEY).verify(index, dnsfunc=find_key)
    except dkim.KeyFormatError:
        return "has a key that is too short or malformed"
    except (dkim.DKIMException, *_MALFORMED):
        return "does not fit the letter"
    if refused and refused[0]:
        return refused[0]
    return "" if good else "does not fit the letter"


def _key_fault(record: bytes | None, tags: Mapping[str, str]) -> str:
    """What the owner of a key says about it that forbids its use here."""
    if not record:
        return "has no key in DNS"
    key = _tags(record)
    flags, hashes = key.get("t", "").lower().split(":"), key.get("h", "").lower()
    if not key.get("p"):
        return "has a key that was withdrawn"
    if "y" in flags:
        return "is only on trial"
    if hashes and "sha256" not in hashes.split(":"):
        return "has a key for other signatures"
    identity = tags.get("i", "").rpartition("@")[2].lower()
    if "s" in flags and identity and identity != tags.get("d", "").lower():
        return "has a key for another domain"
    return ""


@dataclass(slots=True)
class KeyFinder:
    """Asks the name servers for keys; a domain that did not answer is left alone for a minute."""

    ask: Dns = field(default_factory=lambda: ask_dns)
    clock: Callable[[], float] = time.monotonic
    _resting: dict[str, tuple[float, str]] = field(default_factory=dict)

    def __call__(self, name: str) -> bytes | None:
        owner, now = organisation(name), self.clock()
        self._resting = {domain: rest for domain, rest in self._resting.items() if rest[0] > now}
        if owner in self._resting:
            raise NotProvenYet(self._resting[owner][1])
        try:
            return self.ask(name)
        except NotProvenYet:
            self._resting[owner] = (now + REST, f"the name servers of {owner} do not answer")
            raise NotProvenYet(self._resting[owner][1]) from None


def ask_dns(name: str) -> bytes | None:
    """The TXT record as the system's name servers know it."""
    import dns.exception
    import dns.name
    import dns.resolver

    try:
        answer: Any = dns.resolver.resolve(name, "TXT", lifetime=LONGEST_QUESTION)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.LabelTooLong, dns.name.EmptyLabel, UnicodeError):
        return None
    except (dns.exception.DNSException, OSError) as error:
        raise NotProvenYet(f"the name servers do not answer ({type(error).__name__})") from error
    return next((b"".join(record.strings) for record in answer), None)
