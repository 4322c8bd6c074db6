"""Which address a bounce is about, whether for good, and which letter of ours it returns.

The standard report (RFC 3464) is read by ourselves, which gives action, status and reason; flufl.bounce knows the
private dialects (qmail, Exchange, Exim and older ones). Our letter's Message-ID is found in the returned header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes

from flufl.bounce import all_failures

from mailer.address import any_addresses, fold
from mailer.mime import Header, Message, Part, read_header, read_message
from mailer.words import parameters

_ID = re.compile(r"<([^<>\s]{3,400})>")
_RETURNED = re.compile(rb"^[> \t]*Message-I[Dd]:[ \t]*(?:\r?\n[ \t]+)?<([^<>\s]{3,400})>", re.MULTILINE | re.IGNORECASE)
_ENHANCED = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Bounce:
    """The addresses that were not reached; `permanent` when no further try will be made."""

    failed: tuple[str, ...]
    permanent: bool
    message_ids: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class _Report:
    failed: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    why: str = ""


def read_bounce(raw: bytes) -> Bounce | None:
    """The bounce in these bytes; None when no address is reported as failed or delayed."""
    message = read_message(raw)
    report = _standard(message)
    permanent = bool(report.failed)
    failed = report.failed or report.delayed
    if not failed:
        permanent, failed = _private(raw)
    if not failed:
        permanent, failed = _by_header(message)
    return Bounce(failed, permanent, _message_ids(message), report.why or _reason(message)) if failed else None


def _standard(message: Message) -> _Report:
    failed, delayed, why = [], [], ""
    for part in message.parts:
        if part.media_type not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        for block in re.split(rb"\r?\n[ \t]*\r?\n", part.content()[0].strip()):
            fields = read_header(block + b"\r\n\r\n")
            who = _recipient(fields)
            action = (fields.get("action") or "").split("(")[0].strip().lower()
            if who and action == "failed":
                failed.append(who)
            elif who and action == "delayed":
                delayed.append(who)
            else:
                continue
            why = why or _diagnostic(fields)
    return _Report(tuple(dict.fromkeys(failed)), tuple(dict.fromkeys(delayed)), why)


def _recipient(fields: Header) -> str | None:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        found = any_addresses((fields.get(name) or "").partition(";")[2] or fields.get(name) or "")
        if found:
            return fold(found[0])
    return None


def _diagnostic(fields: Header) -> str:
    text = (fields.get("diagnostic-code") or "").partition(";")[2] or fields.get("diagnostic-code") or ""
    return " ".join(f"{fields.get('status') or ''} {text}".split())[:300]


def _private(raw: bytes) -> tuple[bool, tuple[str, ...]]:
    temporary, permanent = all_failures(message_from_bytes(raw[:2_000_000]))
    found = permanent or temporary
    return bool(permanent), tuple(sorted(fold(address.decode("utf-8", "replace")) for address in found))


def _by_header(message: Message) -> tuple[bool, tuple[str, ...]]:
    """Gmail and Exim name the address in a header field."""
    found = any_addresses(message.header.get("x-failed-recipients") or "")
    return bool(found), tuple(fold(address) for address in found)


def _message_ids(message: Message) -> tuple[str, ...]:
    """Ids of the returned letter, then of the thread the bounce itself belongs to."""
    ids: list[str] = []
    for part in message.parts:
        if part.media_type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/global",
            "message/global-headers",
            "message/rfc822-headers",
        ):
            ids += [match.decode("ascii", "replace") for match in _RETURNED.findall(part.content()[0][:200_000])[:3]]
    if not ids:  # qmail and others return the letter inside the text
        for part in message.parts[:3]:
            if part.media_type.startswith("text/"):
                ids += [
                    match.decode("ascii", "replace") for match in _RETURNED.findall(part.content()[0][:200_000])[:3]
                ]
    for name in ("in-reply-to", "references"):
        ids += _ID.findall(message.header.get(name) or "")
    return tuple(dict.fromkeys(ids))


def _reason(message: Message) -> str:
    """The line of the text that names a status code."""
    for part in message.parts[:3]:
        if part.media_type == "text/plain" and not is_header_only(part):
            for line in part.content()[0][:20_000].decode("utf-8", "replace").splitlines():
                if _ENHANCED.search(line) or re.search(r"\b5\d\d\b", line):
                    return " ".join(line.split())[:300]
    return ""


def is_header_only(part: Part) -> bool:
    """The part holds returned header fields, not words to a reader."""
    return (
        part.media_type == "text/rfc822-headers"
        or parameters(part.header.get("content-type") or "")[0] == "text/rfc822-headers"
    )
