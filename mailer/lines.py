"""The lines of a letter, and what is known of each: new, quoted, signature."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

LONG = 600
"""No line of a mail program is longer; patterns do not look at longer ones."""
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u061c\u180e]")
RULE = re.compile(r"^[-_=*‐–—―─~ \t]{2,}$")
_DASHES = " \t-_=*‐–—―─~<>:."


class Kind(StrEnum):
    NEW = "new"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    CUT = "cut"
    """In the HTML a container begins here after which all is quoted."""
    HIDDEN = "hidden"
    STRUCK = "struck"
    """In the HTML words stand here that nobody sees, or that are struck through; no text, only the fact."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its `>` and what is known of it."""

    text: str
    kind: Kind = Kind.NEW
    prefixed: bool = False


def quote(lines: list[Line], start: int, end: int) -> None:
    """These lines are somebody else's."""
    for index in range(start, end):
        if lines[index].kind is not Kind.QUOTED:
            lines[index] = replace(lines[index], kind=Kind.QUOTED)


def flattened(text: str) -> str:
    """A line without decoration, for comparing with known phrases."""
    return " ".join(INVISIBLE.sub("", text[:LONG]).replace("\xa0", " ").split()).strip(_DASHES).casefold()
