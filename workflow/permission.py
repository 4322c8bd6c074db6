"""A yes or no said in other words than those that decide: “да, оплачивайте”, “go ahead and pay it”, “нет”.

Theory: such words are no keywords, for they begin all kinds of sentences. They decide only when every word of the text
is known: one phrase that allows (or forbids) the payment, and around it nothing but greetings, names, politeness and
words about the payment itself. One word more, a figure, a question mark, dots that trail off, an unusual sign, and it
is asked back as before. A mere nod (“ок”, “да”, “+”, 👍) may only say that the mail was seen: it counts as an answer to
our own question whether it was meant as a yes. And all this holds only where the ask itself is answered: to somebody's
“too dear, isn't it?” the same words say the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from workflow.tokens import Token, phrase_length, phrases, tokens_of
from workflow.vocabulary import Words
from workflow.wordlist import ADDRESSEES, FORBIDS, GREETINGS, NAMES, NODS, PERMITS, ROUND_A_PERMIT, Action


class Taken(IntEnum):
    """What may decide in a letter."""

    KEYWORDS = 0
    PERMISSIONS = 1
    """It answers the ask itself."""
    NODS = 2
    """It answers our question whether his nod was a yes."""


MOST_WORDS, MOST_LETTERS = 30, 1_000
_PERMITS, _FORBIDS, _ROUND = phrases(PERMITS), phrases(FORBIDS), phrases((*GREETINGS, *ROUND_A_PERMIT))
_NODS = phrases(NODS)
_OPENS = phrases((*GREETINGS, "спасибо", "благодарю", "thanks", "thank you"))
"""Behind these a name needs no pause."""
_USUAL = re.compile(r"[\s.,!;:()*_\-–—👍👌✅✔🙏🙂😊🤝👏\U0001f3fb-\U0001f3ff\ufe0f]*")
_NOD = re.compile(r"[\s.!)]*(?:(?:\+{1,3}|[👍👌✅✔])[\U0001f3fb-\U0001f3ff\ufe0f]?[\s.!)]*){1,5}")
_BY_DAY = re.compile(
    r"(?<![^\W_])(?:до|не позднее|не позже|by|before|no later than)\s+(?:\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?|"
    r"\d{1,2}\s+(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[^\W\d_]*|понедельника|вторника|среды|четверга|пятницы|"
    r"(?:конца|начала) (?:этой |следующей )?(?:недели|месяца|года)|"
    r"(?:mon|tues|wednes|thurs|fri)day|the end of (?:the )?(?:day|week|month)|конца дня)(?![\w/])",
    re.IGNORECASE,
)
"""A last day says when, not whether."""
_TRAILS_OFF = re.compile(r"\.\.|…")
_PAUSE = re.compile(r"[.,!;:\n)–—-]")
_ASKS_OTHERS = ("approve",)
"""“Please approve” asks somebody else; in front of the text it is a keyword like any other."""
_NO_PART = frozenset(Action) - {Action.APPROVE, Action.REJECT, Action.OK}
_ADDRESSED = re.compile(r"[.,!]")
"""Behind a name; a new line or a colon there may make it the one who speaks."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What the whole text says (OK for a nod), the phrase that says it, its line and its end there."""

    action: Action
    phrase: str
    line: int
    end: int


def permission(lines: Sequence[str], names: frozenset[str], words: Words, cyrillic: bool) -> Permission | None:
    """The yes or no of a text of which every word is known; None for every other text."""
    text = "\n".join(lines)
    if len(text) > MOST_LETTERS or _TRAILS_OFF.search(text):
        return None
    text = without_last_day(text)
    if _NOD.fullmatch(text):
        return Permission(Action.OK, text.strip(), 0, len(lines[0]))
    return _Whole(text, names, words, cyrillic).permission()


def without_last_day(text: str) -> str:
    """The text with blanks where it says until when to pay."""
    return _BY_DAY.sub(lambda match: " " * len(match[0]), text)


def is_harmless(text: str, names: frozenset[str], words: Words, cyrillic: bool) -> bool:
    """Every word of the text is known and none of them says no: it adds nothing to a yes."""
    if len(text) > MOST_LETTERS or _TRAILS_OFF.search(text):
        return False
    if not text.strip() or _NOD.fullmatch(text):
        return True
    found = _Whole(text, names, words, cyrillic).said()
    return found is not None and {action for action, _, _ in found} <= {Action.APPROVE, Action.OK}


class _Whole:
    """Walks over a text phrase by phrase and gives up at the first unknown one."""

    def __init__(self, text: str, names: frozenset[str], words: Words, cyrillic: bool) -> None:
        self.text, self.names, self.words = text, names, words
        self.tokens: list[Token] = tokens_of(text, cyrillic)

    def permission(self) -> Permission | None:
        found = self.said() or []
        said = {action for action, _, _ in found}
        if not said or {Action.REJECT} < said:  # “да нет”
            return None
        action, at, length = next(one for one in found if one[0] is not Action.OK or said == {Action.OK})
        start, end = self.tokens[at].start, self.tokens[at + length - 1].end
        above = self.text.rfind("\n", 0, start) + 1
        return Permission(action, self.text[start:end], self.text.count("\n", 0, start), end - above)

    def said(self) -> list[tuple[Action, int, int]] | None:
        """What its phrases decide, with place and length; None where a word is unknown."""
        if not 0 < len(self.tokens) <= MOST_WORDS or not self._only_usual_marks():
            return None
        found: list[tuple[Action, int, int]] = []
        at = 0
        while at < len(self.tokens):
            length, action = self._phrase(at)
            if not length:
                return None
            if action:
                found.append((action, at, length))
            at += length
        return found

    def _only_usual_marks(self) -> bool:
        """Between the words stands nothing that could give them another meaning."""
        ends = [0, *(token.end for token in self.tokens)]
        starts = [*(token.start for token in self.tokens), len(self.text)]
        return all(_USUAL.fullmatch(self.text[end:start]) for end, start in zip(ends, starts, strict=True))

    def _phrase(self, at: int) -> tuple[int, Action | None]:
        """The longest known phrase at this place and what it decides; no words where none is known."""
        known: list[tuple[int, Action | None]] = [
            (phrase_length(self.tokens, at, _PERMITS), Action.APPROVE),
            (phrase_length(self.tokens, at, _FORBIDS), Action.REJECT),
            (phrase_length(self.tokens, at, _NODS), Action.OK),
            (phrase_length(self.tokens, at, _ROUND), None),
        ]
        if match := self.words.at(self.tokens, at):
            known.insert(0, (0 if match[0] == _ASKS_OTHERS else len(match[0]), match[1][0]))
        longest = max(known, key=lambda phrase: phrase[0])
        if longest[1] in _NO_PART:
            return 0, None
        return longest if longest[0] else (self._names(at), None)

    def _names(self, at: int) -> int:
        """Names of people he speaks to: apart from the sentence, else they may be its subject (“Дина согласна”)."""
        length = 0
        while at + length < len(self.tokens) and self._is_name(self.tokens[at + length].folded):
            length += 1
        opened = self._opened(at)
        if not length or not (at == 0 or opened or _PAUSE.search(self._before(at))):
            return 0
        after = self._before(at + length) if at + length < len(self.tokens) else "."
        return length if _ADDRESSED.search(after) or (opened and "\n" in after) else 0

    def _is_name(self, word: str) -> bool:
        return word in self.names or word in NAMES or word in ADDRESSEES

    def _before(self, at: int) -> str:
        """What stands between a word and the one in front of it."""
        return self.text[self.tokens[at - 1].end : self.tokens[at].start]

    def _opened(self, at: int) -> bool:
        """A greeting or thanks stand right in front."""
        return any(phrase_length(self.tokens, back, _OPENS) == at - back for back in range(max(0, at - 4), at))
