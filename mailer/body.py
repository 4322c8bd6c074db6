"""The words of a letter out of its text and HTML versions, and what is doubtful about them.

A letter may hold several bodies (text, picture, text); each may come as plain text, as HTML or as both. The HTML is
what the writer saw, so it is read first; the plain text must agree with it in the first words and hold no word that
the HTML lacks, else somebody sees one thing and we read another: doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailer.charset import decode
from mailer.html import Page, Table, read_html
from mailer.lines import Kind
from mailer.mime import Part
from mailer.newtext import Parts, lines_of, sort_lines

_NOISE = re.compile(
    r"<[^<>\s]{1,2000}>|\[(?:cid|image|logo|photo|рис|изобр)[^\]\n]{0,200}\]|\b(?:https?://|www\.|mailto:|tel:)\S+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_STUB = re.compile(
    r"^\W*(?:this (?:message|e-?mail) (?:is in|contains) html|your (?:mail|e-?mail) (?:client|program).{0,60}html|"
    r"html version|это письмо в формате html)",
    re.IGNORECASE,
)
_MARKS = {Kind.HIDDEN: "hidden_text", Kind.STRUCK: "struck_text"}
FIRST = 6
AGREE_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Body:
    """What all bodies of a letter say."""

    new: str
    quoted: str
    signature: str
    tables: tuple[Table, ...] = ()
    quoted_tables: tuple[Table, ...] = ()
    doubts: tuple[str, ...] = ()
    pictures: frozenset[str] = frozenset()
    new_pictures: frozenset[str] = frozenset()
    forwarded: bool = False
    woven: tuple[tuple[str, str], ...] = ()
    inserted: tuple[str, ...] = ()
    filled: str = ""


@dataclass(slots=True)
class _Versions:
    """One text in its plain and HTML versions."""

    plain: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)


def read_body(parts: Sequence[Part], markers: Sequence[str]) -> Body:
    """The texts of the given text parts, in order."""
    bodies = [_read(versions, markers) for versions in _grouped(parts)]
    if len(bodies) == 1:
        return bodies[0]
    return Body(
        _paragraphs(body.new for body in bodies),
        _paragraphs(body.quoted for body in bodies),
        _paragraphs(body.signature for body in bodies),
        tuple(table for body in bodies for table in body.tables),
        tuple(table for body in bodies for table in body.quoted_tables),
        tuple(dict.fromkeys(doubt for body in bodies for doubt in body.doubts)),
        frozenset().union(*(body.pictures for body in bodies)),
        frozenset().union(*(body.new_pictures for body in bodies)),
        any(body.forwarded for body in bodies),
        inserted=tuple(text for body in bodies for text in body.inserted),
        filled=_paragraphs(body.filled for body in bodies),
    )


def _paragraphs(texts: object) -> str:
    return "\n\n".join(text for text in texts if text)  # type: ignore[attr-defined]


def _grouped(parts: Sequence[Part]) -> list[_Versions]:
    groups: dict[object, _Versions] = {}
    for number, part in enumerate(parts):
        key: object = ("alternative", part.alternative) if part.alternative is not None else number
        versions = groups.setdefault(key, _Versions())
        (versions.html if part.media_type == "text/html" else versions.plain).append(part)
    return list(groups.values())


def _read(versions: _Versions, markers: Sequence[str]) -> Body:
    doubts: list[str] = []
    texts = [_text(part, doubts) for part in versions.plain]
    plain = sort_lines([line for text in texts for line in lines_of(text)], markers)
    pages = [read_html(_text(part, doubts)) for part in versions.html]
    doubts += [doubt for page in pages for doubt in page.doubts]
    if not pages or "html_too_big" in doubts:
        return _of(plain, pages, doubts)
    shown = sort_lines([line for page in pages for line in page.lines], markers)
    doubts += [_MARKS[mark] for mark in sorted(shown.marks)]
    if _says_something(plain) and not agree(plain, shown):
        doubts.append("html_text_disagree")
    return _of(shown, pages, doubts, plain.forwarded)


def _of(parts: Parts, pages: Sequence[Page], doubts: Sequence[str], forwarded: bool = False) -> Body:
    return Body(
        parts.new,
        parts.quoted,
        parts.signature,
        tuple(table for page in pages for table in page.tables),
        tuple(table for page in pages for table in page.quoted_tables),
        tuple(dict.fromkeys(doubts)),
        frozenset().union(*(page.pictures for page in pages)),
        frozenset().union(*(page.new_pictures for page in pages)),
        parts.forwarded or forwarded,
        () if pages else parts.woven,
        parts.inserted,
        parts.filled,
    )


def _text(part: Part, doubts: list[str]) -> str:
    content, broken = part.content()
    if broken:
        doubts.append("truncated")
    decoded = decode(content, part.parameters.get("charset") or _meta_charset(content, part))
    if decoded.unsure:
        doubts.append("charset_unsure")
    if decoded.guessed:
        doubts.append("charset_guessed")
    text = decoded.text.replace("\x00", "")
    return _unflowed(text, part.parameters) if part.parameters.get("format", "").lower() == "flowed" else text


def _meta_charset(content: bytes, part: Part) -> str | None:
    if part.media_type != "text/html":
        return None
    match = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,30})", content[:4000], re.IGNORECASE)
    return match[1].decode("ascii") if match else None


def _unflowed(text: str, parameters: dict[str, str]) -> str:
    """Paragraphs of format=flowed put together again (RFC 3676); quoted ones are joined at the same depth."""
    delete = parameters.get("delsp", "").lower() == "yes"
    out: list[str] = []
    joining: str | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:]
        content = content[1:] if content.startswith(" ") else content
        mark = ">" * depth + (" " if depth else "")
        flows = content.endswith(" ") and content != "-- "
        if joining == mark and content != "-- ":
            out[-1] += content[:-1] if flows and delete else content
        else:
            out.append(mark + (content[:-1] if flows and delete else content))
        joining = mark if flows else None
    return "\n".join(out)


def _says_something(parts: Parts) -> bool:
    whole = f"{parts.new}{parts.quoted}{parts.signature}"
    return bool(_WORD.search(whole)) and not _STUB.match(whole[:300])


def agree(plain: Parts, shown: Parts) -> bool:
    """Both versions begin with the same words, and neither has a word of the writer that the other lacks."""
    first, second = _words(plain.new), _words(shown.new)
    if first[:FIRST] != second[:FIRST]:
        return False
    all_plain, all_shown = {*first, *_words(plain.signature)}, {*second, *_words(shown.signature)}
    return all_plain.issuperset(second) and all_shown.issuperset(first)


def _words(text: str) -> list[str]:
    cleaned = re.sub("[\u200b-\u200f\u2060\ufeff\u00ad]", "", text[:AGREE_LIMIT])
    return [word.casefold() for word in _WORD.findall(_NOISE.sub(" ", cleaned))]
