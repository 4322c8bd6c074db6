"""Builds the bytes of one notice: headers, text and HTML, files; the same notice always gives the same bytes.

The headers are folded here and not by `email.policy`, which encodes long message ids as if they were words, so that
threads break. Everything in a header is cleaned of line breaks first: nothing from outside can add a header.
"""

import binascii
import hashlib
import html as escapes
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, quote
from functools import lru_cache
from typing import Literal
from urllib.parse import quote as percent

from mailer.domain import ascii_address
from mailer.own import OWN_HEADER

EOL = "\r\n"
WIDTH = 76
LONGEST_LINK = 1500
KEPT_REFERENCES = 10
LONGEST_ID = 900  # a line ends at 998
LONGEST_NAME = 200  # bytes; with its percent signs still within a line of 998
# Everything but NDR, which "All" would switch off as well: bounces are how we learn that a notice did not arrive.
SUPPRESS = "DR, RN, NRN, OOF, AutoReply"

BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MEDIA_TYPE = re.compile(r"(?!message/|multipart/)[a-z0-9][\w.+-]{0,99}/[a-z0-9][\w.+-]{0,99}", re.ASCII | re.IGNORECASE)
BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "№": "No", "«": "'", "»": "'", "—": "-", "–": "-",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """A person or mailbox as it stands in a header."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """One file that goes with a notice."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the HTML shows by its id (`cid:ID`); the text goes without it."""

    identity: str
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail of ours, ready to be written down; ids stand without their angle brackets."""

    message_id: str
    sender: Address
    to: Address
    reply_to: str | None
    subject: str
    text: str
    html: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    date: datetime
    automatic: Literal["auto-generated", "auto-replied"]
    language: str
    files: tuple[NoticeFile, ...] = ()
    pictures: tuple[Picture, ...] = ()
    marker: str | None = None  # "write above this line", put before everything else
    code_line: str | None = None  # carries the token, put behind everything else
    contractor: bool = False  # goes out at most once


def compose(notice: Notice) -> bytes:
    """The notice as it goes over the wire: CRLF, 7 bit, no line longer than a server takes."""
    return (EOL.join(_headers(notice)) + EOL).encode("ascii") + _content(notice)


def mailto(address: str, subject: str, body: str) -> str:
    """A link that opens a prefilled reply (RFC 6068); of a body that is too long only the beginning stays."""
    start = f"mailto:{percent(address, safe='@+!*$-._~')}?subject={_component(subject)}"
    room = LONGEST_LINK - len(start) - len("&body=")
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    while lines and len(_component(lines)) > room:
        lines = lines[: -max(1, (len(_component(lines)) - room) // 12)]
    return f"{start}&body={_component(lines)}" if lines else start


def _component(text: str) -> str:
    return percent(text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", EOL), safe="")


def _headers(notice: Notice) -> list[str]:
    parent, own = _id(notice.in_reply_to or ""), _id(notice.message_id)
    thread = dict.fromkeys([*map(_id, notice.references), parent])
    fields = [
        ("From", _mailbox(notice.sender)),
        ("To", _mailbox(notice.to)),
        ("Reply-To", ascii_address(notice.reply_to) if notice.reply_to else ""),
        ("Subject", _words(notice.subject, "Subject")),
        ("Date", format_datetime(notice.date)),
        ("Message-ID", own),
        ("In-Reply-To", parent),
        ("References", f"{EOL} ".join(_ends([one for one in thread if one and one != own]))),
        ("Auto-Submitted", notice.automatic),
        ("X-Auto-Response-Suppress", SUPPRESS),
        (OWN_HEADER, "1"),
        ("Content-Language", _clean(notice.language)[:WIDTH]),
        ("MIME-Version", "1.0"),
    ]
    return [f"{name}: {value}" for name, value in fields if value]


def _content(notice: Notice) -> bytes:
    """The body with the header fields that describe it."""
    body = _text_part("plain", _framed_text(notice))
    if notice.html is not None:
        page = _text_part("html", _framed_html(notice, notice.html))
        if notice.pictures:
            page = _multipart("related", notice, [page, *map(_picture_part, notice.pictures)])
        body = _multipart("alternative", notice, [body, page])
    if notice.files:
        body = _multipart("mixed", notice, [body, *map(_file_part, notice.files)])
    return body


def _multipart(kind: str, notice: Notice, parts: list[bytes]) -> bytes:
    boundary = "=_" + hashlib.sha256(f"{kind} {notice.message_id}".encode()).hexdigest()[:40]
    head = f'Content-Type: multipart/{kind};{EOL} boundary="{boundary}"{EOL}{EOL}'.encode()
    line = f"--{boundary}".encode()
    pieces = [head]
    for part in parts:
        pieces += [line, b"\r\n", part, b"\r\n"]
    return b"".join([*pieces, line, b"--\r\n"])


def _text_part(kind: str, text: str) -> bytes:
    plain = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).encode("utf-8", "replace")
    if plain.isascii() and all(len(line) <= WIDTH for line in plain.split(b"\n")):
        encoding, body = "7bit", plain.replace(b"\n", b"\r\n")
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(plain, istext=True)
        body = body.replace(b"\n", b"\r\n")
        if (coded := _base64(plain.replace(b"\n", b"\r\n"))) and len(coded) < len(body):
            encoding, body = "base64", coded
    head = f"Content-Type: text/{kind}; charset=utf-8{EOL}Content-Transfer-Encoding: {encoding}{EOL}{EOL}"
    return head.encode() + body


def _file_part(file: NoticeFile) -> bytes:
    media_type = file.media_type if MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    head = (
        f"Content-Type: {media_type}{EOL}Content-Transfer-Encoding: base64{EOL}"
        f"Content-Disposition: attachment;{EOL} {_file_name(file.name)}{EOL}{EOL}"
    )
    return head.encode("ascii") + _base64(file.content)


def _picture_part(picture: Picture) -> bytes:
    head = (
        f"Content-Type: {picture.media_type}{EOL}Content-Transfer-Encoding: base64{EOL}"
        f"Content-ID: <{picture.identity}>{EOL}Content-Disposition: inline;{EOL} {_file_name(picture.name)}{EOL}{EOL}"
    )
    return head.encode("ascii") + _base64(picture.content)


def _base64(content: bytes) -> bytes:
    """Coded in one go and then cut into lines: faster than line by line."""
    coded = binascii.b2a_base64(content, newline=False)
    return b"".join([coded[at : at + WIDTH] + b"\r\n" for at in range(0, len(coded), WIDTH)])


def _file_name(name: str) -> str:
    """The name as parameters: one that every program reads, and the right one (RFC 2231) when that is not ASCII."""
    name = _clean(name).encode("utf-8")[:LONGEST_NAME].decode("utf-8", "ignore") or "file"
    plain = re.sub(r'["\\]', "'", "".join(_latin(letter) for letter in name))
    if name.isascii():
        return f'filename="{plain}"'
    return f"filename=\"{plain}\";{EOL} filename*=UTF-8''{percent(name, safe='')}"


def _latin(letter: str) -> str:
    if letter.isascii():
        return letter
    plain = LATIN.get(letter.lower(), "_")
    return plain if letter.islower() else plain.capitalize()


def _framed_text(notice: Notice) -> str:
    pieces = [_clean(notice.marker or ""), notice.text.strip("\r\n"), _clean(notice.code_line or "")]
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def _framed_html(notice: Notice, page: str) -> str:
    """The page with the marker as its first visible words and the code line as its last."""
    begin = BODY.search(page)
    if notice.marker:
        at = begin.end() if begin else 0
        page = page[:at] + _line(notice.marker, "8px 16px 0") + page[at:]
    if notice.code_line:
        at = page.lower().rfind("</body")
        at = at if at >= 0 else len(page)
        page = page[:at] + _line(notice.code_line, "0 16px 16px") + page[at:]
    return page


def _line(text: str, padding: str) -> str:
    style = f"max-width:600px;margin:0 auto;padding:{padding};font-family:sans-serif;font-size:12px;color:#57606a"
    return f'<div class="soft" style="{style}">{escapes.escape(_clean(text))}</div>\n'


@lru_cache(maxsize=256)
def _mailbox(address: Address) -> str:
    email, name = ascii_address(address.email), _clean(address.name)
    if not name:
        return email
    short = name.isascii() and len(name) < WIDTH
    phrase = f'"{quote(name)}"' if short else Header(name, "utf-8", WIDTH, header_name="Reply-To").encode()
    return _lines(phrase) + (f"{EOL} " if len(phrase) + len(email) > WIDTH - 14 else " ") + f"<{email}>"


def _words(text: str, header: str) -> str:
    """Text in a header: leading ASCII words stay readable, the rest becomes encoded words (RFC 2047)."""
    words = _clean(text).split()
    foreign = [at for at, word in enumerate(words) if not word.isascii() or "=?" in word or len(word) > 60]
    first = foreign[0] if foreign else len(words)
    head, rest = " ".join(words[:first]), " ".join(words[first:])
    folded = Header(head, "us-ascii", WIDTH, header_name=header).encode() if head else ""
    if not rest:
        return _lines(folded)
    if not head:
        return _lines(Header(rest, "utf-8", WIDTH, header_name=header).encode())
    # the blank between the two parts is the fold itself
    return _lines(folded) + EOL + " " + _lines(Header(rest, "utf-8", WIDTH, header_name="").encode())


def _lines(folded: str) -> str:
    return folded.replace("\r\n", "\n").replace("\n", EOL)


def _id(value: str) -> str:
    """An id in its brackets, with nothing in it that could end it or the line; nothing when none is left."""
    kept = re.sub(r"[^!-~]|[<>]", "", value)
    return f"<{kept}>" if kept and len(kept) < LONGEST_ID else ""


def _ends(ids: list[str]) -> list[str]:
    """The first ids and the last ones, which hold a thread together when the middle is left out."""
    return ids if len(ids) <= 2 * KEPT_REFERENCES else ids[:KEPT_REFERENCES] + ids[-KEPT_REFERENCES:]


def _clean(text: str) -> str:
    return " ".join(BREAKS.sub(" ", text).split())
