"""The keyword that stands first in what a person wrote, greetings and polite openers aside."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from workflow.contrary import opposes, sign_of
from workflow.greeting import Greeting
from workflow.tokens import WORD, Token, fold, has_cyrillic, one_break, phrase_length, phrases, plain, tokens_of
from workflow.vocabulary import Words
from workflow.wordlist import NAMES, OPENERS, REFUSAL, Action

MAX_TEXT = 40_000
MAX_LINE = 2_000
WRAPPED = 50
"""A line at least so long may have been broken by a mail program."""
SKIP_LINES = 6
_CODE_LINE = re.compile(r"^\W*(?:код|code)\b[^\w\n]{0,6}[a-z2-7]{26}(?![a-z0-9]).*$", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!;…]+(?:\s|$)|[.!…](?=[A-ZА-ЯЁ])|[?？]")
PAUSE = re.compile(r"[,:;.!—–(\[]|\s-\s|\s#")
_QUOTES = frozenset("«»\"“”„‟‘’'`‹›＂()|")
_OPENERS = phrases(OPENERS)
_THANKS = frozenset({"спасибо", "благодарю", "thanks", "thank", "thx"})


@dataclass(frozen=True, slots=True)
class Found:
    """A keyword in front: its line, its place there, and the words behind it."""

    action: Action
    phrase: tuple[str, ...]
    number: int
    line: str
    start: int
    end: int
    behind: str
    """The rest of the line, and of the following ones where they go on with it."""
    rest: tuple[Token, ...]
    quoted: bool

    @property
    def word(self) -> str:
        return self.line[self.start : self.end]

    @property
    def tail(self) -> str:
        """The rest of the keyword's own line."""
        return self.line[self.end :]

    @property
    def shown(self) -> str:
        """The line as a reason quotes it."""
        return self.line.strip()[:80]

    def sentence(self) -> str:
        """What follows the word in its sentence, the question mark included."""
        rest = self.behind
        match = _SENTENCE.search(rest)
        if not match:
            return rest
        return rest[: match.end()] if match[0] in "?？" else rest[: match.start()]

    def direct(self) -> tuple[Token, ...]:
        """The words that follow without any pause."""
        previous = 0
        for count, token in enumerate(self.rest):
            if PAUSE.search(self.behind[previous : token.start]):
                return self.rest[:count]
            previous = token.end
        return self.rest

    def bracketed(self) -> tuple[Token, ...]:
        """The words of a bracket that opens right behind, as in “approved (by the CFO)”."""
        bracket = re.match(r"\s*[(\[][^)\]]*", self.behind)
        return tuple(token for token in self.rest if token.end <= bracket.end()) if bracket else ()


@dataclass(frozen=True, slots=True)
class Text:
    """What a person wrote, line by line, and what is known beforehand: the words that decide and may be used, the
    names of people he may address, the signature that was cut off, what he wrote between quoted lines, his own name."""

    original: str
    words: Words
    allowed: Collection[Action] | None
    names: frozenset[str]
    signature: str
    lines: tuple[str, ...]
    written: tuple[str, ...]
    """The same lines as they were written, for the comment."""
    cyrillic: bool
    inserted: tuple[str, ...] = ()
    writer: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, new_text: str, words: Words | None, allowed: Collection[Action] | None, names: Collection[str] = (),
        signature: str = "", inserted: Sequence[str] = (), writer: str = "",
    ) -> Text:  # fmt: skip
        original = one_break(new_text)
        pairs = zip(plain(original).split("\n"), original.split("\n"), strict=True)
        kept = [(line, written) for line, written in pairs if not _CODE_LINE.match(line[:200])]
        return cls(
            original, words or Words.built_in(), allowed, frozenset(map(fold, names)), signature,
            tuple(line for line, _ in kept), tuple(written for _, written in kept),
            has_cyrillic(original[:MAX_TEXT]), tuple(map(plain, inserted)), frozenset(map(fold, WORD.findall(writer))),
        )  # fmt: skip

    def tokens(self, text: str) -> list[Token]:
        return tokens_of(text, self.cyrillic)

    def find(self) -> Found | None:
        """The keyword that stands first, greetings and polite openers aside."""
        begins = self._begins()
        return self._keyword_at(*begins) if begins else None

    def first(self) -> Token | None:
        """The first word behind the greeting, whatever it is."""
        begins = self._begins()
        return begins[2][begins[3]] if begins else None

    def _begins(self) -> tuple[int, str, list[Token], int] | None:
        """Where his own words begin: number, line, its words and the place among them."""
        greeting = Greeting(self.names, self._decides, self.cyrillic)
        worded = [number for number, line in enumerate(self.lines) if WORD.search(line)]
        for number in worded[: SKIP_LINES + 1]:
            line = self.lines[number][:MAX_LINE]
            tokens = self.tokens(line)
            at = greeting.end(line, tokens)
            if at < len(tokens) and not (at and self._only_thanks(tokens)):
                return number, line, tokens, at
        return None

    def _only_thanks(self, tokens: Sequence[Token]) -> bool:
        """“Спасибо за подробности!” says nothing yet: no deciding word, no sign of doubt."""
        if not any(token.folded in ("за", "for") for token in tokens[1:3]) or tokens[0].folded not in _THANKS:
            return False
        forms = [form for token in tokens for form in token.forms]
        return not any(sign_of(form) or opposes(form) for form in forms) and not any(
            self.words.at(tokens, at) for at in range(len(tokens))
        )

    def _decides(self, tokens: Sequence[Token], at: int) -> bool:
        """A deciding word stands here that is no mere opener (“Да, согласовано”)."""
        match = self.words.at(tokens, at)
        if match is None:
            return False
        length = phrase_length(tokens, at, _OPENERS)
        if not length or (self.allowed is not None and set(match[1]) & set(self.allowed)):
            return True
        behind = at + length
        while behind < len(tokens) and (tokens[behind].folded in self.names or tokens[behind].folded in NAMES):
            behind += 1
        return not (behind < len(tokens) and self.words.at(tokens, behind))

    def _keyword_at(self, number: int, line: str, tokens: list[Token], at: int) -> Found | None:
        match = self.words.at(tokens, at)
        if match is None:
            return None
        phrase, actions = match
        start, end = tokens[at].start, tokens[at + len(phrase) - 1].end
        lead = set(line[tokens[at - 1].end if at else 0 : start])
        quoted = bool(lead & _QUOTES) or line[end : end + 1] in tuple("»”“\"'’`")
        if "?" in lead or _glued(line, end):
            return None
        action = next((action for action in actions if self.allowed is None or action in self.allowed), actions[0])
        # a refusal alone on its line is whole, its reason begins below; only a long line may have been wrapped
        wrapped = action not in REFUSAL or len(line) >= WRAPPED
        behind = line[end:] + (self._continued(number) if wrapped else "")
        return Found(action, phrase, number, line, start, end, behind, tuple(self.tokens(behind)), quoted)

    def _continued(self, number: int) -> str:
        """Following lines that a mail program may have wrapped: they go on without a capital or after a comma."""
        out = ""
        for before, line in zip(self.lines[number:], self.lines[number + 1 : number + 6], strict=False):
            first = line.strip()[:1]
            goes_on = first.islower() or first.isdigit() or first in tuple("€$%(") or before.rstrip()[-1:] == ","
            if before.rstrip()[-1:] in tuple(".!?:;…") or not goes_on:
                break
            out += f" {line.strip()}"
        return out


def _glued(line: str, end: int) -> bool:
    """The word goes on behind its end: an address, a file name, an identifier."""
    if line[end : end + 1] in ("@", "_", "=", "&"):
        return True
    return line[end : end + 1] in (".", ":") and line[end + 1 : end + 2].isalnum() and line[end + 1 : end + 2].islower()
