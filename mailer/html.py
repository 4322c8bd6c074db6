"""The HTML of a letter as lines: what is shown, which of it stands in a quote container, and the tables.

Quote containers, cuts and signatures of the mail programs are known by their marks (`clients`). What a reader cannot
see or sees struck through was not written (`looks`): it is dropped, and the fact is kept as a line without text. The
tree is walked without recursion, and a page that is too big or too deep is not parsed at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailer.clients import Attributes, is_gmail_container, is_indent, place_of
from mailer.lines import Kind, Line
from mailer.looks import dark_around, hiding_rules, looks_of
from mailer.newtext import line_of

MAX_SIZE = 512 * 1024
MAX_DEPTH = 200
Table = tuple[tuple[str, ...], ...]
_TAB = "\ue01f"  # a private character: whitespace would be folded away
_FILLING = " \t\r\n\xa0\xad\u034f\u2007\u200b\u200c\u200d\ufeff.·"
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FLAT_TAGS = _words(
    "area base body br col colgroup dd dt embed head hr html img input li link meta option p param source "
    "tbody td tfoot th thead tr track wbr"
)
_BLOCKS = _words(
    "address article aside blockquote body caption center dd details div dl dt fieldset figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul"
)
_SKIPPED = _words("button head iframe math noscript object script select style svg template textarea title")
_STRUCK = frozenset(("s", "strike", "del"))
_INLINE = _words("b strong i em u a span font big small sup sub o:p")
_SHAPING = _words("br table tr td th li img")


@dataclass(frozen=True, slots=True)
class Page:
    """Lines with what their container says of them, tables by kind, doubts, and the pictures shown."""

    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    quoted_tables: tuple[Table, ...] = ()
    doubts: tuple[str, ...] = ()
    pictures: frozenset[str] = frozenset()
    new_pictures: frozenset[str] = frozenset()


def read_html(html: str) -> Page:
    """The page as lines, tables and doubts."""
    if len(html) > MAX_SIZE or _too_deep(html):
        return Page((), doubts=("html_too_big",))
    return _Walk(html).page()


def _too_deep(html: str) -> bool:
    depth = 0
    for closing, tag in _TAG_NAME.findall(html):
        if tag.lower() in _FLAT_TAGS:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False


@dataclass(slots=True)
class _State:
    """What holds inside an element."""

    kind: Kind = Kind.NEW
    hidden: bool = False
    tiny: bool = False
    struck: bool = False
    white: bool = False
    pre: bool = False


@dataclass(slots=True)
class _Table:
    """A table that is being read: its rows, where it stands, and whether another table is inside."""

    kind: Kind
    rows: list[list[str]] = field(default_factory=list)
    nested: bool = False


class _Walk:
    """One pass over the tree in document order, collecting lines."""

    def __init__(self, html: str) -> None:
        self.lines: list[Line] = []
        self.buffer: list[str] = []
        self.kind = Kind.NEW
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.cells: list[list[str]] = []
        self.unseen: list[Line] = []
        self.pictures: set[str] = set()
        self.new_pictures: set[str] = set()
        self.rules = hiding_rules(html)
        self.cut = False
        self.body = LexborHTMLParser(html).body

    def page(self) -> Page:
        if self.body is not None:
            self._walk(self.body)
        self._break()
        real = [table for table in self.tables if not table.nested and any(len(row) > 1 for row in table.rows)]
        new = tuple(_rows(table) for table in real if table.kind is Kind.NEW)
        quoted = tuple(_rows(table) for table in real if table.kind is Kind.QUOTED)
        return Page(tuple(self.lines), new, quoted, (), frozenset(self.pictures), frozenset(self.new_pictures))

    def _walk(self, root: LexborNode) -> None:
        stack: list[tuple[LexborNode, str, _State | None]] = [(root, "body", _State())]
        while stack:
            node, tag, state = stack.pop()
            if state is None:
                self._leave(node, tag)
            elif tag == "-text":
                self._text(node.text_content or "", state)
            elif tag not in _SKIPPED and tag[:1] not in "-_!":
                inner = self._enter(node, tag, state)
                if tag not in _INLINE:
                    stack.append((node, tag, None))
                child = node.last_child
                while child is not None:
                    stack.append((child, child.tag or "-", inner))
                    child = child.prev

    def _enter(self, node: LexborNode, tag: str, state: _State) -> _State:
        if tag in _BLOCKS:
            self._break()
        if self.cut or state.kind is Kind.QUOTED:  # nothing inside changes what it is
            if tag in _SHAPING:
                self._shape(tag, node.attributes if tag == "img" else {}, state)
            return replace(state, pre=True) if tag == "pre" else state
        attributes = node.attributes
        inner = state
        if attributes or tag in _STRUCK or tag in ("pre", "blockquote"):
            inner = _State(
                state.kind,
                state.hidden,
                state.tiny,
                state.struck or tag in _STRUCK,
                state.white,
                state.pre or tag == "pre",
            )
            if tag == "blockquote" and not is_indent(attributes):
                inner.kind = Kind.QUOTED
            if attributes:
                self._judge_place(node, tag, attributes, inner)
                self._judge_looks(node, tag, attributes, inner)
        if tag in _SHAPING:
            self._shape(tag, attributes, inner)
        return inner

    def _shape(self, tag: str, attributes: Attributes, inner: _State) -> None:
        match tag:
            case "br":
                self._break(force=True)
            case "table":
                self._open_table(inner)
            case "tr" if self.open:
                self.open[-1].rows.append([])
            case "td" | "th":
                if self.open and self.open[-1].rows and self.open[-1].rows[-1]:
                    self.buffer.append(_TAB)
                self.cells.append([])
            case "li":
                self.buffer.append("- ")
            case "img" if (source := attributes.get("src") or "").lower().startswith("cid:"):
                self.pictures.add(source[4:].strip("<>"))
                if inner.kind is Kind.NEW and not self.cut:
                    self.new_pictures.add(source[4:].strip("<>"))

    def _judge_place(self, node: LexborNode, tag: str, attributes: Attributes, inner: _State) -> None:
        place = place_of(tag, attributes)
        if place is Kind.CUT:
            self._cut_here()
        elif place is Kind.QUOTED or (place is Kind.SIGNATURE and inner.kind is Kind.NEW):
            inner.kind = place
        elif is_gmail_container(tag, attributes) and node.css_first("blockquote") is None:
            inner.kind = Kind.QUOTED

    def _judge_looks(self, node: LexborNode, tag: str, attributes: Attributes, inner: _State) -> None:
        if style := attributes.get("style"):
            looks = looks_of(style)
            inner.hidden = inner.hidden or looks.hidden
            inner.struck = inner.struck or looks.struck
            inner.tiny = inner.tiny if looks.tiny is None else looks.tiny
            if looks.white is not None:
                inner.white = looks.white and not dark_around(node)
        if "hidden" in attributes:
            inner.hidden = True
        if tag == "font" and "color" in attributes:
            inner.white = (attributes["color"] or "").lower() in ("white", "#fff", "#ffffff") and not dark_around(node)
        if self.rules:
            names = {f".{name}" for name in (attributes.get("class") or "").split()} | {f"#{attributes.get('id')}"}
            inner.hidden = inner.hidden or not self.rules.isdisjoint(names)

    def _cut_here(self) -> None:
        self._break()
        if not self.cut:
            self.cut = True
            self.lines.append(Line("", Kind.CUT))

    def _text(self, text: str, state: _State) -> None:
        if state.hidden or state.tiny or state.struck or state.white:
            if state.kind is Kind.NEW and not self.cut and text.strip(_FILLING):
                self.unseen.append(Line("", Kind.STRUCK if state.struck else Kind.HIDDEN))
            return
        if state.kind is not self.kind:
            self._break()
            self.kind = state.kind
        if self.cells:
            self.cells[-1].append(text)
        first, *more = text.replace("\r\n", "\n").split("\n") if state.pre else [text]
        self.buffer.append(first)
        for line in more:
            self._break(force=True)
            self.buffer.append(line)

    def _leave(self, node: LexborNode, tag: str) -> None:
        if tag in ("td", "th") and self.cells:
            pieces = self.cells.pop()
            if self.open and self.open[-1].rows:
                self.open[-1].rows[-1].append(_cell_text(pieces))
        elif tag in _BLOCKS:
            self._break()
            if tag == "p" and self.lines and self.lines[-1].text and "Mso" not in (node.attributes.get("class") or ""):
                self.lines.append(Line("", self.lines[-1].kind))
        if tag == "table" and self.open:
            self.open.pop()
            if not self.open and self.lines and self.lines[-1].text:
                self.lines.append(Line("", self.lines[-1].kind))

    def _break(self, force: bool = False) -> None:
        """End the line; an empty one only when a <br> asks for it or a no-break space fills it."""
        if self.cells:
            self.cells[-1].append("\n")
        if not self.buffer and not force:
            self._note_unseen()
            return
        raw = "".join(self.buffer)
        self.buffer.clear()
        text = " ".join(raw.split())
        if _TAB in text:
            text = "\t".join(cell.strip() for cell in text.split(_TAB))
        if text or force or "\xa0" in raw:
            self.lines.append(Line(text, self.kind) if self.kind is not Kind.NEW else line_of(text))
        self._note_unseen()

    def _note_unseen(self) -> None:
        """Facts of what is not shown follow the line in which it stands."""
        if self.unseen:
            self.lines.extend(self.unseen[:2])
            self.unseen.clear()

    def _open_table(self, state: _State) -> None:
        if self.open:
            self.open[-1].nested = True
        self.open.append(_Table(Kind.QUOTED if self.cut else state.kind))
        self.tables.append(self.open[-1])


def _rows(table: _Table) -> Table:
    return tuple(tuple(row) for row in table.rows if any(row))


def _cell_text(pieces: list[str]) -> str:
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    return "\n".join([line for line in lines if line])
