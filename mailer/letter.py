"""A letter as the rest of Countersign sees it: who wrote, to whom, in answer to what, which words and files, how sure.

Everything is read once from the raw bytes. Nothing here decides anything: doubts are named, and whoever decides must
look at them (`BLOCKING` are those that forbid taking a yes from the words).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailer.address import any_addresses, fold, parse_addresses, single_author
from mailer.automatic import Automatic, classify
from mailer.body import Body, read_body
from mailer.errors import MailerError
from mailer.files import LetterFile, files_of, is_body
from mailer.html import Table
from mailer.mime import Header, Message, read_header, read_message, split_header
from mailer.trust import TrustRules, Verdict, judge

__all__ = [
    "BLOCKING",
    "DOUBTS",
    "Letter",
    "LetterError",
    "LetterFile",
    "header_key",
    "letter_key",
    "read_header",
    "read_letter",
]

DOUBTS = {
    "html_text_disagree": "the plain text and the HTML of the letter say different things",
    "html_too_big": "the HTML is too big or too deeply nested to be read",
    "hidden_text": "the letter holds text that its reader cannot see",
    "struck_text": "the letter holds text that is struck through",
    "truncated": "the letter was cut off on its way",
    "broken_multipart": "the parts of the letter cannot be told apart",
    "too_many_parts": "the letter has more parts than anybody writes",
    "encrypted": "the letter is encrypted",
    "charset_guessed": "the letter's character set was missing or wrong and was guessed",
    "charset_unsure": "some characters of the letter could not be read for certain",
}
BLOCKING = frozenset(DOUBTS) - {"charset_guessed"}
"""Doubts under which a yes is not taken from the words."""

_RECIPIENT_FIELDS = frozenset(
    [
        "to",
        "cc",
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
        "x-forwarded-to",
        "x-delivered-to",
        "apparently-to",
        "resent-to",
        "original-recipient",
        "x-rcpt-to",
        "x-apparently-to",
        "x-original-recipient",
    ]
)
_ID = re.compile(r"<([^<>\s]{1,500})>")
_FOR = re.compile(r"\bfor\s+<?([^\s<>;,]+@[^\s<>;,]+)>?", re.IGNORECASE)
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
_STRUCK_BY_SIGNS = re.compile(r"\w[\u0335-\u0338]|~~?[^\W\d_][^~\n]{0,200}[^\W_]~")
"""Letters with a stroke laid over them, or a word between tildes."""
MAX_IDS = 200


class LetterError(MailerError):
    """These bytes are no letter at all."""

    def __init__(self, text: str) -> None:
        super().__init__(text, permanent=True)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that came in; see the module's sentence."""

    key: str
    message_id: str | None
    sender: str | None
    sender_name: str
    from_header: str
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    received: datetime
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    new_text: str
    quoted: str
    signature: str
    tables: tuple[Table, ...]
    quoted_tables: tuple[Table, ...]
    files: tuple[LetterFile, ...]
    forwarded: bool
    automatic: Automatic | None
    verdict: Verdict
    doubts: tuple[str, ...]
    size: int
    woven: tuple[tuple[str, str], ...] = ()
    """Of a plain-text answer between quoted lines: each new line with the quoted ones right above it."""
    inserted: tuple[str, ...] = ()
    """What he wrote between quoted lines, stretch by stretch."""
    submitter: str | None = None
    """Whose mailbox sent it, where the header names another one than the author's."""
    filled: str = ""
    """The quotation with what he wrote between its lines, in their order."""

    @property
    def blocked(self) -> tuple[str, ...]:
        """The doubts that forbid a yes."""
        return tuple(doubt for doubt in self.doubts if doubt in BLOCKING)


def read_letter(
    raw: bytes,
    *,
    received: datetime,
    trust: TrustRules | None = None,
    own_addresses: frozenset[str] = frozenset(),
    markers: tuple[str, ...] = (),
) -> Letter:
    """The letter in these bytes; LetterError only when they hold no header at all."""
    message = read_message(raw)
    header = message.header
    if not header.fields:
        raise LetterError("The message has no header and cannot be read as a letter.")
    body = _without_name(read_body([part for part in message.parts if is_body(part)], markers), header)
    author = single_author(header.all("from"))
    return Letter(
        key=letter_key(raw, header),
        message_id=next(iter(_ids(header, "message-id")), None),
        sender=author.email if author else None,
        sender_name=author.name if author else "",
        from_header=header.text("from"),
        recipients=recipients_of(header),
        subject=" ".join(header.text("subject").split()),
        date=_date(header),
        received=received,
        in_reply_to=_ids(header, "in-reply-to"),
        references=_ids(header, "references"),
        new_text=body.new,
        quoted=body.quoted,
        signature=body.signature,
        tables=body.tables,
        quoted_tables=body.quoted_tables,
        files=tuple(files_of(message.parts, body.pictures, body.new_pictures)),
        forwarded=body.forwarded or any(part.media_type == "message/rfc822" for part in message.parts),
        automatic=_automatic(message, body, own_addresses, received),
        verdict=judge(header.fields, authors_of(header), trust or TrustRules()),
        doubts=tuple(dict.fromkeys([*message.flaws, *body.doubts, *_more_doubts(message, body)])),
        size=len(raw),
        woven=body.woven,
        inserted=body.inserted,
        submitter=_submitter(header, author.email if author else ""),
        filled=body.filled,
    )


def _submitter(header: Header, author: str) -> str | None:
    """The mailbox in Sender that is not the author's: somebody sent it in his name (RFC 5322, 3.6.2). A server that
    puts its own host behind the author's name means the author."""
    found = single_author(header.all("sender"))
    if found is None:
        return None
    name, _, domain = fold(found.email).rpartition("@")
    own, _, at = fold(author).rpartition("@")
    return None if name == own and (domain == at or domain.endswith(f".{at}")) else found.email


def letter_key(raw: bytes, header: Header | None = None) -> str:
    """The identity of a letter: Message-ID, From, Date and the bytes of its body."""
    header = header or read_header(raw)
    return _digest(header, split_header(raw)[1])


def header_key(raw_header: bytes, size: int) -> str:
    """The identity of a letter too big to fetch: the same header fields and its size."""
    return _digest(read_header(raw_header), f"size {size}".encode())


def authors_of(header: Header) -> list[str]:
    """Every address in every From field; an unreadable one counts as an author too."""
    author = single_author(header.all("from"))
    if author:
        return [author.email]
    found = [address.email for field in header.all("from") for address in parse_addresses(field)]
    return found if len(found) > 1 else []


def recipients_of(header: Header) -> tuple[str, ...]:
    """Everybody a letter was addressed or delivered to, our plus addresses among them."""
    found: list[str] = []
    for name, value in header.fields:
        if name in _RECIPIENT_FIELDS:
            found += any_addresses(value)
        elif name == "received":
            found += _FOR.findall(value[:2000])
    return tuple(dict.fromkeys(fold(address) for address in found[:MAX_IDS]))


def _digest(header: Header, body: bytes) -> str:
    digest = hashlib.sha256()
    for name in ("message-id", "from", "date"):
        digest.update("\x00".join([name, *header.all(name)]).encode("utf-8", "surrogatepass") + b"\x01")
    digest.update(body)
    return digest.hexdigest()


def _ids(header: Header, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for value in header.all(name) for found in _ID.findall(value)))[-MAX_IDS:]


def _date(header: Header) -> datetime | None:
    try:
        date = parsedate_to_datetime((header.get("date") or "")[:200])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _automatic(message: Message, body: Body, own_addresses: frozenset[str], received: datetime) -> Automatic | None:
    found = classify(message.header, own_addresses, body.new, received.date())
    if found and found.kind != "auto?":
        return found
    if any(part.media_type == "text/calendar" and part.parameters.get("method", "").upper() in ("REPLY", "COUNTER",
    "CANCEL")
           for part in message.parts):  # fmt: skip
        return Automatic("calendar", "an answer to an invitation")
    return found


def _more_doubts(message: Message, body: Body) -> list[str]:
    encrypted = any(part.media_type in _ENCRYPTED or "multipart/encrypted" in part.path for part in message.parts)
    struck = bool(_STRUCK_BY_SIGNS.search(body.new))
    return ["encrypted"] * encrypted + ["struck_text"] * struck


def _without_name(body: Body, header: Header) -> Body:
    """The writer's own name under his words is a signature too."""
    author = single_author(header.all("from"))
    name = {word.casefold() for word in re.findall(r"[^\W\d_]+", author.name)} if author else set()
    lines = body.new.split("\n")
    end = len(lines)
    while name and end > 1:
        words = {word.casefold() for word in re.findall(r"[^\W\d_]+", lines[end - 1])}
        if lines[end - 1].strip() and not (words and words <= name and len(lines[end - 1]) < 80):
            break
        end -= 1
    if end == len(lines):
        return body
    signature = "\n".join([line for line in lines[end:] if line.strip()] + ([body.signature] if body.signature else []))
    return replace(body, new="\n".join(lines[:end]).rstrip("\n"), signature=signature)
