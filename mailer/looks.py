"""What a reader of an HTML letter does not see, or sees struck through.

Sizes and colours are inherited and may be set anew further inside; what is hidden stays hidden.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborNode

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*(?:\.0\d*)?\s*(?:;|!|$)|"
    r"max-height\s*:\s*0(?:px)?\s*(?:;|!|$)|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}|"
    r"(?<![-\w])(?:width|height)\s*:\s*0(?:px)?\s*;.{0,80}overflow\s*:\s*hidden|clip\s*:\s*rect\(0|"
    r"transform\s*:\s*scale[xy]?\(\s*0|(?<![-\w])color\s*:\s*transparent",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:#fff\b|#(?:f[a-f0-9]){3}\b|white\b|snow\b|rgba?\((?:\s*2[45]\d\s*,?){3})", re.IGNORECASE
)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;]+)", re.IGNORECASE)
_LIGHT = re.compile(
    r"#fff(?:fff)?\b|white|transparent|none|inherit|initial|rgb\(\s*255\s*,\s*255\s*,\s*255", re.IGNORECASE
)
_STRIKING = re.compile(r"text-decoration[^;]{0,20}:[^;]{0,40}line-through", re.IGNORECASE)
_STYLE = re.compile(r"<style[^>]{0,300}>(.{0,60000}?)</style", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"[\w-]*([.#][\w-]+)\Z")
_SIZE = re.compile(r"font-size\s*:\s*(\d*\.?\d+)\s*(px|pt|em|rem|%)?", re.IGNORECASE)
_READABLE = {"px": 3.0, "pt": 2.0, "em": 0.2, "rem": 0.2, "%": 20.0}
"""Smaller letters nobody reads."""
_INK = re.compile(r"(?<![-\w])color\s*:\s*([^;]+)", re.IGNORECASE)
_COLOUR = re.compile(r"(?<![-\w])color\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Looks:
    """What a style says; None where it says nothing about it."""

    hidden: bool = False
    struck: bool = False
    tiny: bool | None = None
    white: bool | None = None


@lru_cache(maxsize=4096)
def looks_of(style: str) -> Looks:
    """What a style attribute does to the text inside."""
    size = _SIZE.search(style)
    white = bool(_WHITE.search(style)) if _COLOUR.search(style) or _BACKGROUND.search(style) else None
    return Looks(
        bool(_HIDING.search(style)) or _same_colours(style),
        bool(_STRIKING.search(style)),
        (float(size[1]) < _READABLE.get((size[2] or "").lower(), 0.1)) if size else None,
        white,
    )


def _hides(style: str) -> bool:
    """A class of this style is not written in: unseen, struck, or white without a darker ground of its own."""
    looks = looks_of(style)
    return looks.hidden or looks.struck or bool(looks.tiny or (looks.white and not _BACKGROUND.search(style)))


def _same_colours(style: str) -> bool:
    ink, paper = _INK.search(style), _BACKGROUND.search(style)
    return bool(ink and paper and ink[1].strip().lower() == paper[1].strip().lower())


def dark_around(node: LexborNode) -> bool:
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


def hiding_rules(html: str) -> frozenset[str]:
    """Class and id selectors that the page's style sheets hide."""
    if "<style" not in html and "<STYLE" not in html:
        return frozenset()
    found = set()
    for sheet in _STYLE.findall(html)[:10]:
        for selectors, body in _RULE.findall(sheet):
            if _hides(body):
                found |= {m[1] for part in selectors.split(",") if (m := _SIMPLE.search(part.strip()))}
    return frozenset(found)
