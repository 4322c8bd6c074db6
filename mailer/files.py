"""The files that came with a letter, under the names their senders gave them.

A picture that the HTML shows, or a small one sent inline, is decoration (the logo of a signature); one that is large
and stands in what the writer wrote is a pasted scan and counts as a file. Files inside an attached letter are listed
too.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer import tnef
from mailer.mime import Part, read_message

DECORATION = 100 * 1024
MAX_NESTED = 3
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f]")
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
    "message/rfc822": ".eml",
    "application/xml": ".xml",
    "text/xml": ".xml",
}


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file; `inline` when it only decorates the text, `within` names the attached letter that it came in."""

    name: str
    media_type: str
    content: bytes
    inline: bool
    sha256: str
    within: str = ""


def is_body(part: Part) -> bool:
    """The part is text to be read, not a file."""
    if part.media_type not in ("text/plain", "text/html", "text/enriched"):
        return False
    disposition, params = part.disposition
    return disposition != "attachment" and not (params.get("filename") or part.parameters.get("name"))


def files_of(
    parts: Sequence[Part], pictures: frozenset[str], new_pictures: frozenset[str], within: str = "", depth: int = 0
) -> Iterator[LetterFile]:
    """Every file among the parts; letters attached are files, and so are the files inside them."""
    for part in parts:
        if is_body(part) or part.media_type in _SIGNATURES or part.media_type.startswith("multipart/"):
            continue
        if part.media_type == "text/calendar" and part.alternative is not None:
            continue
        file = _file(part, pictures, new_pictures, within)
        unpacked = _unpacked(file)
        if unpacked is not None:
            yield from unpacked
            continue
        yield file
        if part.media_type == "message/rfc822" and depth < MAX_NESTED:
            inner = read_message(file.content).parts
            yield from files_of(inner, frozenset(), frozenset(), file.name, depth + 1)


def _file(part: Part, pictures: frozenset[str], new_pictures: frozenset[str], within: str) -> LetterFile:
    content = part.content()[0]
    return LetterFile(
        file_name(part), part.media_type, content, _is_decoration(part, len(content), pictures, new_pictures),
        hashlib.sha256(content).hexdigest(), within,
    )  # fmt: skip


def _unpacked(file: LetterFile) -> list[LetterFile] | None:
    """The files in a package of Outlook in its place; None for any other file, and for one that does not open."""
    if not file.content.startswith(tnef.SIGNATURE):
        return None
    try:
        inner = tnef.files_in(file.content)
    except tnef.Broken:
        return None
    return [
        LetterFile(
            clean_name(name) or "attachment",
            mimetypes.guess_type(name)[0] or "application/octet-stream",
            content,
            False,
            hashlib.sha256(content).hexdigest(),
            file.within,
        )
        for name, content in inner
    ]


def clean_name(given: str) -> str:
    """The last part of a sender's path without control and direction characters; empty when nothing is left."""
    name = "".join(c for c in _FORBIDDEN.sub("", given) if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1].strip()).strip(". ") if name.strip(". ") else ""


def file_name(part: Part) -> str:
    """The last part of the sender's path without control and direction characters; from the type when there is none."""
    _, params = part.disposition
    name = clean_name(params.get("filename") or part.parameters.get("name") or "")
    if name:
        return name
    if part.media_type == "message/rfc822":
        subject = read_message(part.content()[0][:200_000]).header.text("subject")
        name = re.sub(r"[/\\\x00-\x1f:*?\"<>|]", " ", subject).strip(". ")[:80]
    extension = _EXTENSIONS.get(part.media_type) or mimetypes.guess_extension(part.media_type) or ".bin"
    return (name or part.media_type.partition("/")[0]) + extension


def _is_decoration(part: Part, size: int, pictures: frozenset[str], new_pictures: frozenset[str]) -> bool:
    if not part.media_type.startswith("image/"):
        return False
    identity = (part.header.get("content-id") or "").strip("<> \t")
    disposition, _ = part.disposition
    if identity and identity in pictures:
        return size < DECORATION or identity not in new_pictures
    return disposition != "attachment" and size < DECORATION and (disposition == "inline" or bool(identity))
