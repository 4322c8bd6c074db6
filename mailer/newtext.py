"""What the writer of a letter wrote himself, apart from quotes, signature and what servers glue on.

Theory: a line is somebody else's when it is prefixed with `>`, stands in a quote container of the HTML, or comes after
a cut: our own marker line, a separator ("-----Original Message-----"), a block of quoted headers, or an attribution
("On … wrote:") that is not followed by prefixed lines. After prefixed lines the writer may go on (bottom posting,
answers between the lines); after a cut he may too, but nobody can tell, so nothing there is taken for his.
A long prefixed line that some server broke leaves an orphan without prefix: it stays quoted. Every line ends in exactly
one of the three texts. All patterns run on single short lines, so the time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mailer.lines import LONG, Kind, Line, flattened
from mailer.margins import mark_signatures, without_front
from mailer.quotes import mark_orphans, mark_quotes

_PREFIX = re.compile(r"[ \t]{0,3}(?:[A-Za-zА-Яа-яЁё]{1,3}(?=>))?(?:>[ \t]?)+")
_ARMOR = re.compile(r"\s*-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Z][A-Za-z]+: [^\n]*\n)*[ \t]*\n")
_SIGNATURE_BEGINS, _SIGNATURE_ENDS = "\n-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
_BROKEN_START = re.compile(r"<[^<>\s]{0,200}$")
_BROKEN_END = re.compile(r"^>\s?(?:[^\s<>@]{1,20} ?){0,3}\s?[:：]\s*$")
"""`<address` at the end of a line and `>:` on the next is a wrapped attribution, not a quote."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The three texts of a letter; `forwarded` when what is quoted was forwarded rather than answered.

    `marks` are HIDDEN and STRUCK, where words of that kind stand among what the writer wrote.
    """

    new: str
    quoted: str
    signature: str
    forwarded: bool = False
    marks: frozenset[Kind] = frozenset()
    woven: tuple[tuple[str, str], ...] = ()
    """Of an answer written between the quoted lines: each new line with the quoted lines right above it."""
    inserted: tuple[str, ...] = ()
    """What stands between quoted lines, above and below which somebody else speaks."""
    filled: str = ""
    """The quotation with what was written between its lines, in their order."""


def split(text: str, markers: Sequence[str] = ()) -> Parts:
    """The parts of a plain text."""
    return sort_lines(lines_of(text), markers)


def lines_of(text: str) -> list[Line]:
    """The lines of a plain text; a `>` in front makes a line quoted."""
    texts = without_armor(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    lines = [line_of(text) for text in texts]
    for index in range(1, len(lines)):
        if lines[index].prefixed and _BROKEN_END.match(texts[index]) and _BROKEN_START.search(texts[index - 1][-LONG:]):
            lines[index] = Line(texts[index].rstrip(), lines[index - 1].kind, lines[index - 1].prefixed)
    return lines


def without_armor(text: str) -> str:
    """The text inside of an OpenPGP cleartext signature (RFC 9580, 7), which nobody checks here."""
    head = _ARMOR.match(text)
    begins = text.find(_SIGNATURE_BEGINS, head.end()) if head else -1
    ends = text.find(_SIGNATURE_ENDS, begins) if begins >= 0 else -1
    if head is None or ends < 0:
        return text
    return re.sub(r"(?m)^- ", "", text[head.end() : begins + 1]) + text[ends + len(_SIGNATURE_ENDS) :]


def sort_lines(lines: Sequence[Line], markers: Sequence[str] = ()) -> Parts:
    """The parts of a letter whose lines may already be known to be quoted or signature."""
    work = without_front(list(lines))
    flat_markers = [flattened(marker) for marker in markers]
    _forget_preheader(work, flat_markers)
    forwarded = mark_quotes(work, flat_markers)
    orphans = mark_orphans(work)
    mark_signatures(work)
    texts = {kind: _joined(line.text for line in work if line.kind is kind) for kind in Kind}
    marks = frozenset(line.kind for line in work) & {Kind.HIDDEN, Kind.STRUCK}
    woven, inserted = _woven(work), _inserted(work, orphans)
    new, quoted, signature = texts[Kind.NEW], texts[Kind.QUOTED], texts[Kind.SIGNATURE]
    return Parts(new, quoted, signature, forwarded, marks, woven, inserted, _filled(work))


def _forget_preheader(lines: list[Line], markers: Sequence[str]) -> None:
    """The hidden line that our own mails begin with, right above their marker, was not hidden by whoever answers."""
    for index, line in enumerate(lines):
        if line.kind is not Kind.HIDDEN:
            continue
        below = next((one for one in lines[index + 1 :] if one.text.strip()), None)
        if below is not None and any(marker and marker in flattened(below.text) for marker in markers):
            lines[index] = Line("")


def _woven(lines: Sequence[Line]) -> tuple[tuple[str, str], ...]:
    """New lines under lines with a quotation prefix; empty for an answer above or below the whole quotation."""
    found: list[tuple[str, str]] = []
    above: list[str] = []
    for line in lines:
        if line.kind is Kind.QUOTED and line.prefixed:
            above.append(line.text)
        elif line.kind is Kind.NEW and line.text.strip():
            found.append(("\n".join(above), line.text))
            above = []
    return tuple(found) if sum(bool(quoted) for quoted, _ in found) > 1 or (above and any(q for q, _ in found)) else ()


def _inserted(lines: Sequence[Line], orphans: Collection[int]) -> tuple[str, ...]:
    """Each stretch of new lines with quoted ones above and below; with it what only perhaps is an orphan."""
    found: list[str] = []
    stretch: list[str] = []
    quoted = False
    for index, line in enumerate(lines):
        if index in orphans or (line.kind is Kind.NEW and line.text.strip()):
            stretch += [line.text] if quoted else []
        elif line.kind is Kind.QUOTED and line.text.strip():
            quoted = True
            if stretch:
                found.append("\n".join(stretch))
                stretch = []
    return tuple(found)


def _filled(lines: Sequence[Line]) -> str:
    """From the first quoted line on; what stands below the quotation only is no part of it."""
    quoted = [at for at, line in enumerate(lines) if line.kind is Kind.QUOTED]
    if not quoted:
        return ""
    end = quoted[-1] + 1
    while end < len(lines) and lines[end].kind is Kind.NEW and lines[end].text.strip():
        end += 1  # the answer under its last line
    return _joined(line.text for line in lines[quoted[0] : end] if line.kind in (Kind.QUOTED, Kind.NEW))


def line_of(text: str) -> Line:
    """A line of plain text: quoted when it has a prefix."""
    match = _PREFIX.match(text)
    return Line(text[match.end() :].rstrip(), Kind.QUOTED, True) if match else Line(text.rstrip())


def _joined(texts: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(texts)).strip("\n")
