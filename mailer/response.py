"""Reads an IMAP server's FETCH lines as they really come: in any order, with lines in between that nobody asked for.

imaplib gives one flat list: a tuple (text up to the literal, literal) for each literal, plain bytes for the text after
it or for a line without one. A new message begins with its sequence number; whatever follows belongs to it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

START = re.compile(rb"\d+ \(")
UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
RECEIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"', re.IGNORECASE)
LITERAL = re.compile(rb"\bBODY\[[^\]]*\](?:<\d+>)? \{\d+\}$", re.IGNORECASE)
SHORT = re.compile(rb'\bBODY\[[^\]]*\](?:<\d+>)? "((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@dataclass(slots=True)
class Line:
    """All that one FETCH response said about one message."""

    text: bytearray = field(default_factory=bytearray)
    body: bytes | None = None

    @property
    def uid(self) -> int | None:
        return _number(UID, self.text)

    @property
    def size(self) -> int:
        return _number(SIZE, self.text) or 0

    @property
    def received(self) -> datetime | None:
        """When the server took the message; None when it does not say so in a way that can be read."""
        found = RECEIVED.search(self.text)
        try:
            return parsedate_to_datetime(found[1].decode("ascii").strip()).astimezone(UTC) if found else None
        except ValueError:
            return None


def fetch_lines(items: Iterable[object]) -> Iterator[Line]:
    """The FETCH responses in a list of imaplib's."""
    line: Line | None = None
    for item in items:
        text, literal = (item[0], item[1]) if isinstance(item, tuple) else (item, None)
        if not isinstance(text, bytes):
            continue
        if START.match(text):
            if line is not None:
                yield _finished(line)
            line = Line()
        if line is None:
            continue
        line.text += text
        if literal is not None and LITERAL.search(text):
            line.body = literal
    if line is not None:
        yield _finished(line)


def sequence_set(uids: Sequence[int]) -> str:
    """Ascending uids the short way: 3:7,9."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(f"{first}:{last}" if last > first else f"{first}" for first, last in runs)


def _finished(line: Line) -> Line:
    """An empty body, or a very short one, may come as a quoted text; NIL is none at all (the letter is gone)."""
    if line.body is None and (found := SHORT.search(line.text)):
        line.body = re.sub(rb"\\(.)", rb"\1", found[1])
    return line


def _number(pattern: re.Pattern[bytes], text: bytearray) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None
