"""The parts of a message: header fields and a tree of bodies, read once from the bytes and never raising.

Ours and not the standard library's because a daemon must keep the raw bytes of each part for hashing and for charsets
that lie, must not join texts of different parts, and must stay linear on hostile nesting.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from mailer.charset import decode
from mailer.words import decode_words, parameters, unfold

MAX_DEPTH = 12
MAX_PARTS = 300
MAX_HEADER = 512 * 1024
_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_FIELD = re.compile(rb"^([\x21-\x39\x3b-\x7e]+)[ \t]*:(.*(?:\r?\n[ \t].*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Header:
    """Header fields from top to bottom, unfolded, encoded words not yet decoded."""

    fields: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key == name), None)

    def text(self, name: str) -> str:
        """The first field of that name as people see it."""
        return decode_words(self.get(name) or "")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf: its header, media type and body as sent."""

    header: Header
    media_type: str
    parameters: dict[str, str]
    body: bytes
    path: tuple[str, ...] = ()
    """The multipart types around it, outermost first."""
    alternative: int | None = None
    """Parts with the same number are versions of one text."""

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        return parameters(self.header.get("content-disposition") or "")

    def content(self) -> tuple[bytes, bool]:
        """The decoded bytes, and whether the transfer encoding was broken."""
        return transfer_decoded(self.body, (self.header.get("content-transfer-encoding") or "").strip().lower())


@dataclass(frozen=True, slots=True)
class Message:
    """A message taken apart; `flaws` names what was wrong with it (`truncated`, `too_many_parts`)."""

    header: Header
    parts: tuple[Part, ...]
    flaws: tuple[str, ...]


def read_header(raw: bytes) -> Header:
    """The fields of a header; folded lines joined, raw 8-bit text decoded by plausibility."""
    block = split_header(raw)[0]
    return Header(tuple((m[1].decode("ascii").lower(), unfold(_text(m[2]))) for m in _FIELD.finditer(block)))


def split_header(raw: bytes) -> tuple[bytes, bytes]:
    """Header and body of a message or part."""
    if raw.startswith((b"\r\n", b"\n")):
        return b"", raw[2 if raw.startswith(b"\r\n") else 1 :]
    match = _END.search(raw[: MAX_HEADER + 4])
    return (raw[: match.start()], raw[match.end() :]) if match else (raw[:MAX_HEADER], b"")


def read_message(raw: bytes) -> Message:
    """Every leaf in order of appearance; an attached message is one leaf."""
    flaws: list[str] = []
    header = read_header(raw)
    parts: list[Part] = []
    for part in _leaves(_Place(header, split_header(raw)[1]), flaws, count()):
        parts.append(part)
        if len(parts) >= MAX_PARTS:
            flaws.append("too_many_parts")
            break
    return Message(header, tuple(parts), tuple(dict.fromkeys(flaws)))


def transfer_decoded(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """The bytes behind a Content-Transfer-Encoding; a broken one gives what is readable."""
    if encoding == "base64":
        return _base64(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body), False
    return body, False


def _base64(body: bytes) -> tuple[bytes, bool]:
    try:
        return binascii.a2b_base64(body), False
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        letters = letters[: len(letters) // 4 * 4] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)), True


def _text(value: bytes) -> str:
    return value.decode("ascii") if value.isascii() else decode(value).text


@dataclass(frozen=True, slots=True)
class _Place:
    """A part before it is known whether it has parts itself."""

    header: Header
    body: bytes
    default: str = "text/plain"
    path: tuple[str, ...] = ()
    alternative: int | None = None


def _leaves(at: _Place, flaws: list[str], numbers: Iterator[int]) -> Iterator[Part]:
    media_type, params = parameters(at.header.get("content-type") or at.default)
    if "/" not in media_type:
        media_type = at.default
    boundary = params.get("boundary")
    if not (media_type.startswith("multipart/") and boundary and len(at.path) < MAX_DEPTH):
        if media_type.startswith("multipart/"):
            flaws.append("broken_multipart")
        yield Part(at.header, media_type, params, at.body, at.path, at.alternative)
        return
    default = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    fresh = next(numbers) if media_type == "multipart/alternative" else None
    alternative = fresh if at.alternative is None else at.alternative
    for piece in _pieces(at.body, boundary, flaws):
        header, body = read_header(piece), split_header(piece)[1]
        yield from _leaves(_Place(header, body, default, (*at.path, media_type), alternative), flaws, numbers)


def _pieces(body: bytes, boundary: str, flaws: list[str]) -> Iterator[bytes]:
    # It begins with fixed letters: searched for many times faster than with the line end before them.
    line = re.compile(rb"--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    start: int | None = None
    for match in line.finditer(body):
        if match.start() and body[match.start() - 1 : match.start()] != b"\n":
            continue
        if start is not None:
            yield _without_breaks(body[start : match.start()])
        if match[1]:
            return
        start = match.end()
    flaws.append("truncated")
    if start is not None:
        yield _without_first_break(body[start:])


def _without_first_break(piece: bytes) -> bytes:
    """The line end of the boundary line is not part of the piece."""
    return piece[2:] if piece.startswith(b"\r\n") else piece[1:] if piece.startswith(b"\n") else piece


def _without_breaks(piece: bytes) -> bytes:
    """Nor is the one before the next boundary line."""
    whole = _without_first_break(piece)
    return whole[:-2] if whole.endswith(b"\r\n") else whole[:-1] if whole.endswith(b"\n") else whole
