"""Running text of our plain-text mails, and outside text that must not look like an answer.

A reader of replies takes a word that stands first for a decision. So no line of ours may begin with such a word: lines
are folded so that it stays with the word before it, and text from outside that begins with one gets a label in front.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from values.text import strip_invisible
from workflow.keywords import Action, Words, read_decision
from workflow.wordlist import DECIDING

WIDTH = 72
GLUED = 6
PREFIX = 4
LONGEST_LINE = 2000

_BLANKS = re.compile(r"[ \t\r\n]+")


def flow(text: object, width: int = WIDTH, indent: str = "", lead: str = "") -> str:
    """Text folded at `width`; a word that decides never comes to stand first in a folded line. Without a `lead` it is
    one paragraph; with one its own line breaks stay, and each line begins with it."""
    if not lead:
        return _paragraph(str(text), width, indent)
    folded = (_paragraph(line, width, indent) for line in str(text).strip().splitlines())
    return "\n".join((lead + line).rstrip() for paragraph in folded for line in paragraph.split("\n"))


@lru_cache(maxsize=1024)
def _paragraph(text: str, width: int, indent: str) -> str:
    plain = _BLANKS.sub(" ", text).strip(" ")
    wrapped = textwrap.wrap(
        plain, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    if not any(decides(line) for line in wrapped[1:]):
        return "\n".join(wrapped)
    return _glued(plain, width, indent)


def _glued(plain: str, width: int, indent: str) -> str:
    """Fold word by word; a line that would begin with a decision takes the last words of the line before."""
    lines: list[list[str]] = [[]]
    for word in plain.split(" "):
        if lines[-1] and len(indent) + sum(map(len, lines[-1])) + len(lines[-1]) + len(word) > width:
            lines.append([])
        lines[-1].append(word)
    for _ in range(GLUED):
        for before, line in pairwise(lines):
            if decides(" ".join(line)) and len(before) > 1:
                line.insert(0, before.pop())
    return "\n".join((indent if number else "") + " ".join(line) for number, line in enumerate(lines))


@lru_cache(maxsize=2048)
def decides(line: str) -> bool:
    """Would this line alone be read as somebody's decision?"""
    return _action(line) in DECIDING | {Action.CONFIRM}


def tame(text: str, label: Callable[[str], str]) -> str:
    """Text from outside without invisible signs; a line of it that would be read as a decision, also when it is folded
    or cut, is labelled."""
    plain = strip_invisible(text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (label(line) if _begins_like_a_decision(line) else line for line in plain.split("\n"))
    return "\n".join(lines)


@lru_cache(maxsize=1024)
def _begins_like_a_decision(line: str) -> bool:
    words = line.split()
    return decides(line) or any(decides(" ".join(words[:count])) for count in range(1, min(len(words), PREFIX) + 1))


def _action(line: str) -> Action | None:
    found = read_decision(line[:LONGEST_LINE], words=Words.built_in())
    return found.action or (found.seen[0] if found.doubt in ("question", "condition") and found.seen else None)
