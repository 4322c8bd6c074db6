"""The HTML of a letter as lines: what is shown, which of it stands in a quote container, and the tables.

Each mail program marks quotes in its own way: containers (quoted), places from which on everything is quoted (cuts),
and signatures. What a reader cannot see (display:none, size zero, white on white) or sees struck through was not
written: it is dropped, and reported as a doubt when it had words. The tree is walked without recursion, and a page that
is too big or too deep is not parsed at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailer.newtext import Kind, Line, line_of

MAX_SIZE = 512 * 1024
MAX_DEPTH = 200
Table = tuple[tuple[str, ...], ...]
_TAB = "\ue01f"  # a private character: whitespace would be folded away
_FILLING = " \t\r\n\xa0\xad\u034f\u2007\u200b\u200c\u200d\ufeff.·"


@dataclass(frozen=True, slots=True)
class Page:
    """Lines with what their container says of them, tables by kind, doubts, and the pictures shown."""

    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    quoted_tables: tuple[Table, ...] = ()
    doubts: tuple[str, ...] = ()
    pictures: frozenset[str] = frozenset()
    new_pictures: frozenset[str] = frozenset()


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_FLAT_TAGS = frozenset(
    [
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "col",
        "area",
        "base",
        "wbr",
        "source",
        "track",
        "embed",
        "param",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "dd",
        "dt",
        "option",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
        "html",
        "body",
        "head",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "html",
        "caption",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "object",
        "iframe",
        "svg",
        "math",
        "select",
        "textarea",
        "button",
    ]
)
_STRUCK = frozenset(("s", "strike", "del"))
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0*(?:\.0+)?\s*(?:;|!|$)|"
    r"max-height\s*:\s*0(?:px)?\s*(?:;|!|$)|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{3,}|left\s*:\s*-\d{3,}px|"
    r"(?<![-\w])(?:width|height)\s*:\s*0(?:px)?\s*;.{0,80}overflow\s*:\s*hidden|clip\s*:\s*rect\(0|color\s*:\s*transparent",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))", re.IGNORECASE
)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;]+)", re.IGNORECASE)
_LIGHT = re.compile(
    r"#fff(?:fff)?\b|white|transparent|none|inherit|initial|rgb\(\s*255\s*,\s*255\s*,\s*255", re.IGNORECASE
)
_STRIKING = re.compile(r"text-decoration[^;]{0,20}:[^;]{0,40}line-through", re.IGNORECASE)
_STYLE = re.compile(r"<style[^>]{0,300}>(.{0,60000}?)</style", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"[\w-]*([.#][\w-]+)\Z")
_SIZE = re.compile(r"font-size\s*:\s*([\d.]+)", re.IGNORECASE)
_COLOUR = re.compile(r"(?<![-\w])color\s*:", re.IGNORECASE)
_OUTLOOK_RULE = re.compile(
    r"border(?:-top)?\s*:\s*(?:none;\s*border-top\s*:\s*)?solid\s+#(?:e1e1e1|b5c4df|b5c4de)\s+1(?:\.0)?pt|"
    r"border-top\s*:\s*(?:1(?:\.0)?pt|1px)\s+solid\s+(?:#(?:e1e1e1|b5c4df)|rgb\((?:225, 225, 225|181, 196, 223)\))",
    re.IGNORECASE,
)

_QUOTE_CLASSES = ("yahoo_quoted", "protonmail_quote", "zmail_extra", "moz-cite-prefix", "moz-forward-container", "gmail_attr",
                  "ydpyahoo_quoted", "tutanota_quote", "skiff_quote", "hcmail-quote", "mailru-quote",
                  "freebirdformviewer", "cf_reply", "front-blockquote", "email-quote", "mailrucontainer", "outlookmessageheader")  # fmt: skip
_QUOTE_IDS = ("mail-editor-reference-message-container", "yahoo_quoted", "ymail_android_quoted", "orimsghtmlseperator",
              "ms-outlook-mobile-quoted", "isforwardcontent", "isreplycontent", "reply-intro")  # fmt: skip
_CUT_IDS = ("divrplyfwdmsg", "appendonsend", "stopspelling", "zwchr", "orimsghtmlseperator", "replysplit", "divrplyfwdmsg_2",
            "spnforwardedmessage")  # fmt: skip
_SIGNATURE_CLASSES = frozenset(("gmail_signature", "moz-signature", "applemailsignature", "protonmail_signature_block", "signature",
                      "mailru-signature", "yandex-signature", "zmail_signature", "gmail_signature_prefix"))  # fmt: skip
_SIGNATURE_IDS = ("signature", "applemailsignature", "ms-outlook-mobile-signature", "composer_signature", "linebreakatbeginningofsignature",
                  "ymail_android_signature", "ymail_signature", "mobile-signature", "signature_old", "divtagdefaultwrapper_signature")  # fmt: skip


def read_html(html: str) -> Page:
    """The page as lines, tables and doubts."""
    if len(html) > MAX_SIZE or _too_deep(html):
        return Page((), doubts=("html_too_big",))
    return _Walk(html).page()


def _too_deep(html: str) -> bool:
    depth = 0
    for closing, tag in _TAG.findall(html):
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
        self.rules = _hiding_rules(html)
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
        stack: list[tuple[LexborNode, _State, bool]] = [(root, _State(), False)]
        while stack:
            node, state, leaving = stack.pop()
            tag = node.tag or ""
            if leaving:
                self._leave(node, tag)
            elif tag == "-text":
                self._text(node.text_content or "", state)
            elif tag not in _SKIPPED and not tag.startswith(("-", "_", "!")):
                inner = self._enter(node, tag, state)
                stack.append((node, inner, True))
                child = node.last_child
                while child is not None:
                    stack.append((child, inner, False))
                    child = child.prev

    def _enter(self, node: LexborNode, tag: str, state: _State) -> _State:
        inner = state
        if tag in _BLOCKS:
            self._break()
        attributes = node.attributes
        if attributes or tag in _STRUCK or tag in ("pre", "blockquote"):
            inner = replace(state, struck=state.struck or tag in _STRUCK, pre=state.pre or tag == "pre")
            if tag == "blockquote" and not _is_indent(attributes):
                inner.kind = Kind.QUOTED
            if attributes:
                self._judge_place(node, tag, attributes, inner)
                self._judge_looks(node, tag, attributes, inner)
        self._shape(tag, attributes, inner)
        return inner

    def _shape(self, tag: str, attributes: dict[str, str | None], inner: _State) -> None:
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

    def _judge_place(self, node: LexborNode, tag: str, attributes: dict[str, str | None], inner: _State) -> None:
        """Quote containers, cuts and signatures of the mail programs."""
        style = attributes.get("style") or ""
        identity = (attributes.get("id") or "").lower().removeprefix("x_")
        classes = (attributes.get("class") or "").lower()
        if (
            identity in _CUT_IDS
            or attributes.get("data-marker") in ("__DIVIDER__", "__HEADERS__", "__QUOTED_TEXT__")
            or (tag == "div" and style and _OUTLOOK_RULE.search(style))
            or (tag == "hr" and attributes.get("tabindex") == "-1")
        ):
            self._cut_here()
        elif (
            (identity and identity.startswith(_QUOTE_IDS))
            or (classes and any(name in classes for name in _QUOTE_CLASSES))
            or ("gmail_quote" in classes and tag != "blockquote" and node.css_first("blockquote") is None)
        ):
            inner.kind = Kind.QUOTED
        elif inner.kind is Kind.NEW and (
            identity in _SIGNATURE_IDS
            or attributes.get("data-smartmail") == "gmail_signature"
            or not _SIGNATURE_CLASSES.isdisjoint(classes.split())
        ):
            inner.kind = Kind.SIGNATURE

    def _judge_looks(self, node: LexborNode, tag: str, attributes: dict[str, str | None], inner: _State) -> None:
        """What a reader of the letter does not see, or sees struck through."""
        style = attributes.get("style") or ""
        if style:
            inner.hidden = inner.hidden or bool(_HIDING.search(style))
            inner.struck = inner.struck or bool(_STRIKING.search(style))
            if size := _SIZE.search(style):
                inner.tiny = not size[1].strip("0.")
            if _COLOUR.search(style) or _BACKGROUND.search(style):
                inner.white = bool(_WHITE.search(style)) and not _dark_around(node)
        if "hidden" in attributes:
            inner.hidden = True
        if tag == "font" and "color" in attributes:
            inner.white = (attributes["color"] or "").lower() in ("white", "#fff", "#ffffff") and not _dark_around(node)
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

    def _break(self, force: bool = False) -> None:
        """End the line; an empty one only when a <br> asks for it or a no-break space fills it."""
        if self.cells:
            self.cells[-1].append("\n")
        if not self.buffer and not force:
            self._note_unseen()
            return
        raw = "".join(self.buffer)
        self.buffer.clear()
        text = " ".join(raw.replace(_TAB, f" {_TAB} ").split()).replace(f" {_TAB} ", "\t").replace(_TAB, "\t")
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
    lines = (" ".join(line.split()) for line in "".join(pieces).replace("\xa0", " ").split("\n"))
    return "\n".join(line for line in lines if line)


def _is_indent(attributes: dict[str, str | None]) -> bool:
    """A block that the writer moved to the right himself: no border, no mark of a quotation."""
    style = (attributes.get("style") or "").replace(" ", "").lower()
    marked = attributes.get("type") or attributes.get("cite") or "quote" in (attributes.get("class") or "")
    return not marked and "border:none" in style and "0040px" in style.replace("px0", "0").replace("0px", "0")


def _dark_around(node: LexborNode) -> bool:
    """Some ancestor gives the place a background that is not light."""
    at: LexborNode | None = node
    for _ in range(12):
        if at is None or not at.tag or at.tag.startswith("-"):
            return False
        attributes = at.attributes
        background = _BACKGROUND.search(attributes.get("style") or "")
        colour = background[1] if background else attributes.get("bgcolor")
        if colour:
            return not _LIGHT.search(colour)
        at = at.parent
    return False


def _hiding_rules(html: str) -> frozenset[str]:
    """Class and id selectors that the page's style sheets hide."""
    if "<style" not in html and "<STYLE" not in html:
        return frozenset()
    found = set()
    for sheet in _STYLE.findall(html)[:10]:
        for selectors, body in _RULE.findall(sheet):
            if _HIDING.search(body):
                found |= {m[1] for part in selectors.split(",") if (m := _SIMPLE.search(part.strip()))}
    return frozenset(found)
