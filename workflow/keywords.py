"""Decisions out of what a person wrote: one clear word in front, and nothing that speaks against it.

The asymmetry is on purpose. A no is taken from its first word, whatever its reason says. A yes is taken only when the
whole text agrees: no negation, condition, question, hesitation, other decision or foreign actor anywhere, a short list
of harmless phrases ("замечаний нет", "no objections") aside. Doubt is never a yes; it is named, so that one answer can
ask again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from workflow.contrary import REFERENCE, asks, sign_of
from workflow.front import MAX_TEXT, Found, Text
from workflow.objections import Objections, opposed_below
from workflow.permission import Taken, permission
from workflow.tokens import WORD, Token, fold
from workflow.vocabulary import Words
from workflow.wordlist import CONSENT, DECIDING, FAREWELLS, NAMES, Action

__all__ = ["DOUBTS", "Action", "Decision", "Words", "find_codes", "read_decision"]

DOUBTS = {
    "none_found": "none of the words that decide was found",
    "not_first": "the word does not stand first in what was written",
    "two_words": "two different decisions were found",
    "negated": "a negation was found beside the word",
    "question": "a question was found",
    "condition": "a condition was found",
    "hesitation": "the text takes the word back or hesitates",
    "quoted_word": "the word stands in quotation marks or brackets",
    "told": "the text tells what somebody else, or somebody earlier, decided",
    "unclear": "the word goes on into a sentence that may mean something else",
    "number": "an amount or share stands beside the word",
    "unfinished": "the text breaks off after the word",
    "garbled": "the text holds characters that were spoilt on the way",
    "sign_only": "a picture is no decision",
    "terms": "the text asks for other terms or for something to be done",
    "between": "words stand between the quoted lines too",
    "misspelt": "the first word is nearly one that decides",
    "nod": "a mere nod may only say that the mail was seen",
    "not_allowed": "the word means something that cannot be decided here and now",
    "too_long": "the text is too long to be an answer",
}
_MAY_BE_SAID_OTHERWISE = frozenset(
    {"none_found", "not_first", "not_allowed", "negated", "unclear", "sign_only", "misspelt"}
)
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбю"
_OTHER_KEYS = str.maketrans(_LATIN_KEYS + _CYRILLIC_KEYS, _CYRILLIC_KEYS + _LATIN_KEYS)
"""A word typed with the keyboard of the other alphabet: “cjukfcjdfyj”."""
SHORTEST_MISSPELT, ALIKE = 5, 0.82
"""“aprove” and “утверждо” are so much like the right words; “improve” and “approval” are not."""
_CODE = re.compile(r"(?<![^\W_])(?:код|code)\b\W{0,20}([a-z2-7]{26})(?![a-z0-9])", re.IGNORECASE)
_COMMENT_LABEL = re.compile(r"^\W*(?:комментарий|comment|причина|reason)\s*:[ \t]*", re.IGNORECASE)
_FAREWELL = re.compile(
    r"(?:^|(?<=[.!,;])\s*)\s*(?:с (?:уважением|наилучшими пожеланиями)|(?:best|kind|warm) regards)\b[,.!]?[^.,!?]{0,40}"
    r"(?:\.[^.!?]{0,3}){0,2}$",
    re.IGNORECASE,
)
_REACHED_AT = re.compile(r"\+?\d[\d ()-]{8,}|www\.|https?:|@")
_MARKS = re.compile(r"^[ \t]*(?:[*_\]>]+[ \t]*)*(?:[.,;:!…]+|[-–—]+(?=\s|$))?[*_]*[ \t]*")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided; with a doubt the action is None and the comment is the whole text.

    `seen` are the decisions whose words were noticed, `mentions` the references written in the text.
    """

    action: Action | None
    comment: str
    doubt: str | None
    why: tuple[str, ...] = ()
    seen: tuple[Action, ...] = ()
    mentions: tuple[str, ...] = ()
    word: str = ""
    """The misspelt word, as it was written."""


def read_decision(
    new_text: str,
    *,
    allowed: Collection[Action] | None = None,
    words: Words | None = None,
    names: Collection[str] = (),
    signature: str = "",
    inserted: Sequence[str] = (),
    writer: str = "",
    taken: Taken = Taken.KEYWORDS,
) -> Decision:
    """The decision in what a person wrote; `names` are names of people he may address, `signature` what was cut off,
    `inserted` what he wrote between quoted lines, `writer` his own name, `taken` what may decide besides the
    keywords."""
    text = Text.of(new_text, words, allowed, names, signature, inserted, writer)
    decision = _decide(text)
    if taken and decision.doubt in _MAY_BE_SAID_OTHERWISE:
        decision = _said_otherwise(text, taken) or decision
    mentions = tuple(dict.fromkeys(match[1].upper() for match in REFERENCE.finditer(new_text[:MAX_TEXT])))
    return replace(decision, mentions=mentions)


def _decide(text: Text) -> Decision:
    if len(text.original) > MAX_TEXT:
        return _doubt(text, "too_long")
    found = text.find()
    if found is None:
        return _nothing_in_front(text)
    if text.allowed is not None and found.action not in text.allowed:
        return _doubt(text, "not_allowed", (found.action,), f"“{found.word}”")
    if doubt := Objections(text, found).first():
        return _doubt(text, doubt[0], (found.action,), doubt[1])
    why = f"“{found.word}” stands first and nothing speaks against it"
    return Decision(found.action, _comment(text, found), None, (why,), (found.action,))


def _said_otherwise(text: Text, taken: Taken) -> Decision | None:
    """The decision of a text that only allows or forbids the payment, in whatever words."""
    said = permission(text.lines, text.names, text.words, text.cyrillic)
    action = Action.APPROVE if said and said.action is Action.OK else said.action if said else None
    if said is None or action is None or text.allowed is None or action not in text.allowed:
        return None
    if action in CONSENT and opposed_below(text, action):
        return None
    if said.action is Action.OK and taken < Taken.NODS:
        return _doubt(text, "nod", (), f"“{said.phrase}”")
    why = f"“{said.phrase}” is all that it says"
    return Decision(action, _behind(text, said.line, said.end), None, (why,), (action,))


def _nothing_in_front(text: Text) -> Decision:
    if not any(WORD.search(line) for line in text.lines):
        pictures = any(unicodedata.category(c) == "So" for c in text.original)
        return _doubt(text, "sign_only" if pictures else "none_found")
    whole = "\n".join(text.lines)
    tokens = text.tokens(whole)
    hits = [(at, match[1]) for at in range(len(tokens)) if (match := text.words.at(tokens, at))]
    deciding = [(at, actions) for at, actions in hits if set(actions) & DECIDING]
    seen = tuple(dict.fromkeys(actions[0] for _, actions in deciding or hits))
    if not deciding:
        return _misspelt(text) or _doubt(text, "none_found", seen)
    before = [token for at, _ in deciding for token in tokens[max(0, at - 3) : at]]
    if any(sign_of(form) == "negated" for token in before for form in token.forms):
        return _doubt(text, "negated", seen)
    if asks(whole):
        return _doubt(text, "question", seen)
    return _doubt(text, "two_words" if len(seen) > 1 else "not_first", seen)


def _misspelt(text: Text) -> Decision | None:
    """The doubt about a first word that is nearly one of those that decide; it decides nothing."""
    usable = {
        phrase[0]: action
        for entries in text.words.phrases.values() for phrase, action in entries
        if len(phrase) == 1 and action in DECIDING and (text.allowed is None or action in text.allowed)
    }  # fmt: skip
    token, typed = text.first(), "\n".join(text.lines).split()[0].rstrip(".!")
    meant = fold(typed.casefold().translate(_OTHER_KEYS))
    if meant in usable and len(meant) >= SHORTEST_MISSPELT:
        return _misspelt_as(text, usable[meant], typed)
    if token is None or len(token.folded) < SHORTEST_MISSPELT:
        return None
    near = [word for form in token.forms for word in get_close_matches(form, usable, 1, ALIKE)]
    return _misspelt_as(text, usable[near[0]], token.raw) if near else None


def _misspelt_as(text: Text, action: Action, typed: str) -> Decision:
    return replace(_doubt(text, "misspelt", (action,), f"“{typed}”"), word=typed)


def _comment(text: Text, found: Found) -> str:
    """Everything besides the keyword and the mark behind it, as it was written."""
    return _behind(text, found.number, found.end)


def _behind(text: Text, number: int, end: int) -> str:
    """What stands behind this place, as it was written."""
    written, line = text.written[number], text.lines[number]
    first = _MARKS.sub("", written[end:] if written[:end] == line[:end] else line[end:])
    lines = [_COMMENT_LABEL.sub("", line) for line in (first, *text.written[number + 1 :])]
    lines = [_FAREWELL.sub("", line) for line in lines[: _own_name(text, lines)]]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _own_name(text: Text, lines: list[str]) -> int:
    """Where a signature begins that no line announces: a name alone, below it nothing, or a telephone or an address."""
    for at, line in enumerate(lines):
        tokens = text.tokens(line[:80])
        names = [token.folded in text.names or token.folded in NAMES for token in tokens]
        if 0 < len(tokens) <= 3 and len(line) < 80 and (all(names) or (any(names) and _is_titled(tokens))):
            below = "\n".join(lines[at + 1 :])
            if not WORD.search(below) or (len(below) < 400 and _REACHED_AT.search(below)):
                return at
    return len(lines)


def _is_titled(tokens: Sequence[Token]) -> bool:
    return len(tokens) > 1 and all(t.raw[:1].isupper() and t.folded not in FAREWELLS for t in tokens)


def _doubt(text: Text, key: str, seen: tuple[Action, ...] = (), detail: str = "") -> Decision:
    why = f"{DOUBTS[key]}: {detail}" if detail else DOUBTS[key]
    return Decision(None, "\n".join(text.written).strip(), key, (why,), seen)


def find_codes(text: str) -> tuple[str, ...]:
    """Every different code that stands behind the word Код or Code."""
    return tuple(dict.fromkeys(match[1].lower() for match in _CODE.finditer(text)))
