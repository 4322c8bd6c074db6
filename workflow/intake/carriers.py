"""Which ask a letter answers: the tokens it carries, in the order in which they may decide.

Order (design, Carriers): plus part of the address, In-Reply-To, our newest id in References, the code line. The tag in
the subject only finds the request; alone it decides nothing unless the sender is proven.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mailer.letter import Letter
from workflow.journal.shelf import Token
from workflow.keywords import find_code

SHAPE = re.compile(r"[a-z2-7]{26}")


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

    @property
    def references(self) -> frozenset[str]:
        """Every request that a carrier names; two decide nothing."""
        named = {token.reference for token in (self.token, *self.others) if token and token.reference}
        if self.tag and self.token is not None and self.token.reference:
            named.add(self.tag.reference)
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

    def tag_in(self, subject: str) -> Tag | None:
        """The last tag of ours in a subject."""
        found = re.findall(rf"\[({re.escape(self.prefix)}-\d{{4}}-\d{{5,}})(?:/(\d+))?\]", subject, re.IGNORECASE)
        if not found:
            return None
        reference, version = found[-1]
        return Tag(reference.upper(), int(version) if version else None)


def carried(letter: Letter, post: Post, look_up: Callable[[str], Token | None]) -> Carried:
    """Everything that ties a letter to an ask. Tokens are looked up once each."""
    known: list[tuple[str, Token]] = []
    unknown: list[str] = []
    seen: set[str] = set()
    for by, text in _candidates(letter, post):
        if text in seen:
            continue
        seen.add(text)
        token = look_up(text)
        if token is not None:
            known.append((by, token))
        elif by in ("address", "code"):
            unknown.append(text)
    others = tuple(token for _, token in known[1:])
    by, first = known[0] if known else ("", None)
    return Carried(first, by, others, tuple(unknown), post.tag_in(letter.subject))


def _candidates(letter: Letter, post: Post) -> Iterator[tuple[str, str]]:
    yield from (("address", text) for text in _plus_parts(letter.recipients, post))
    yield from (("in_reply_to", text) for text in _in_ids(letter.in_reply_to, post))
    yield from (("references", text) for text in _in_ids(reversed(letter.references), post))
    for text in (letter.new_text, letter.quoted):
        code = find_code(text)
        if code:
            yield "code", code


def _plus_parts(recipients: Iterable[str], post: Post) -> Iterator[str]:
    for address in recipients:
        local, _, domain = address.lower().rpartition("@")
        name, plus, detail = local.partition("+")
        if plus and f"{name}@{domain}" in post.addresses and SHAPE.fullmatch(detail):
            yield detail


def _in_ids(ids: Iterable[str], post: Post) -> Iterator[str]:
    for message_id in ids:
        local, _, _domain = message_id.lower().partition("@")
        if SHAPE.fullmatch(local):
            yield local
