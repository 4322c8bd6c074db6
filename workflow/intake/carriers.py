"""Which ask a letter answers: the tokens it carries, in the order in which they may decide.

Order (design, Carriers): plus part of the address, In-Reply-To, our newest id in References, the code line. The tag in
the subject only finds the request; alone it decides nothing unless the sender is proven. Carriers that name different
requests, or different versions where a letter names its own, decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mailer.letter import Letter
from workflow.journal.shelf import Token
from workflow.keywords import find_codes

SHAPE = re.compile(r"[a-z2-7]{26}")
_SECRET = re.compile(r"(?:\b(?:код|code)\b[^\w\n]{0,6})?(?<![a-z0-9])[a-z2-7]{26}(?![a-z0-9])", re.IGNORECASE)
MOST_CODES = 20
OF_THIS_LETTER = frozenset({"address", "in_reply_to", "code"})
"""Carriers of the very mail that is answered; References hold the whole thread."""


@dataclass(frozen=True, slots=True)
class Tag:
    """`[PAY-2026-00042/1]` in the subject."""

    reference: str
    version: int | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What a letter carries: the deciding token, others of it, unknown ones, the subject's tag."""

    token: Token | None
    by: str
    others: tuple[Token, ...]
    unknown: tuple[str, ...]
    tag: Tag | None
    tags: tuple[Tag, ...] = ()
    versions: frozenset[int] = frozenset()

    @property
    def is_torn(self) -> bool:
        """Do its carriers name several versions of the request? Nobody knows which one the writer saw."""
        named = self.versions | {tag.version for tag in self.tags if tag.version is not None}
        return self.token is not None and len(named) > 1

    @property
    def references(self) -> frozenset[str]:
        """Every request that a carrier names; two decide nothing."""
        named = {token.reference for token in (self.token, *self.others) if token and token.reference}
        if self.token is None or self.token.reference or len(self.tags) > 1:
            named |= {tag.reference for tag in self.tags}
        return frozenset(named)

    @property
    def is_answer(self) -> bool:
        return self.token is not None or bool(self.unknown) or self.tag is not None


@dataclass(frozen=True, slots=True)
class Post:
    """What our own addresses look like."""

    addresses: frozenset[str]
    domain: str
    prefix: str

    def tags_in(self, subject: str) -> tuple[Tag, ...]:
        """Every different tag of ours in a subject."""
        found = re.findall(rf"\[({re.escape(self.prefix)}-\d{{4}}-\d{{5,}})(?:/(\d+))?\]", subject, re.IGNORECASE)
        return tuple(dict.fromkeys(Tag(ref.upper(), int(version) if version else None) for ref, version in found))


def carried(letter: Letter, post: Post, look_up: Callable[[str], Token | None]) -> Carried:
    """Everything that ties a letter to an ask. Tokens are looked up once each."""
    candidates = tuple(_candidates(letter, post))
    found = {text: look_up(text) for text in dict.fromkeys(text for _, text in candidates)}
    ours = set(_in_ids(letter.in_reply_to, post.domain))
    known: dict[str, tuple[str, Token]] = {}
    unknown: dict[str, None] = {}
    versions = set()
    for by, text in candidates:
        token = found[text]
        if token is not None:
            known.setdefault(text, (by, token))
            if token.reference and by in OF_THIS_LETTER:
                versions.add(token.version)
        elif by in ("address", "code") or (by == "in_reply_to" and text in ours):
            unknown[text] = None
    deciding = [(by, token) for by, token in known.values() if by != "mentioned"]
    by, first = deciding[0] if deciding else ("", None)
    others = tuple(token for _, token in known.values() if token is not first)
    tags = post.tags_in(letter.subject)
    return Carried(first, by, others, tuple(unknown), tags[-1] if tags else None, tags, frozenset(versions))


def _candidates(letter: Letter, post: Post) -> Iterator[tuple[str, str]]:
    """Tokens with their carrier; one of several codes is only mentioned, it decides nothing."""
    yield from (("address", text) for text in _plus_parts(letter.recipients, post))
    yield from (("in_reply_to", text) for text in _in_ids(letter.in_reply_to))
    yield from (("references", text) for text in _in_ids(reversed(letter.references)))
    for text in (letter.new_text, letter.quoted):
        codes = find_codes(text)
        yield from (("code" if len(codes) == 1 else "mentioned", code) for code in codes[:MOST_CODES])


def without_secrets(text: str) -> str:
    """The text without codes and tokens: whoever reads it must not be able to answer in the writer's place."""
    return _SECRET.sub("…", text)


def _plus_parts(recipients: Iterable[str], post: Post) -> Iterator[str]:
    for address in recipients:
        local, _, domain = address.lower().rpartition("@")
        name, plus, detail = local.partition("+")
        if plus and f"{name}@{domain}" in post.addresses and SHAPE.fullmatch(detail):
            yield detail


def _in_ids(ids: Iterable[str], domain: str = "") -> Iterator[str]:
    """Those that look like tokens; with a domain only that domain's, for others may write such ids too."""
    for message_id in ids:
        local, _, of = message_id.lower().partition("@")
        if SHAPE.fullmatch(local) and domain in ("", of):
            yield local
