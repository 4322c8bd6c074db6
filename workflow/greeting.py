"""Where a person's own words begin behind greeting, names and polite openers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from workflow.contrary import sign_of
from workflow.tokens import Token, phrase_length, phrases
from workflow.wordlist import ADDRESSEES, GREETINGS, NAMES, OPENERS, PATRONYMIC

_GREETINGS = phrases(GREETINGS)
_OPENERS = phrases(OPENERS)
_LABELS = phrases(("решение", "мое решение", "резолюция", "виза", "ответ", "мой ответ", "decision", "my decision",
                   "resolution", "answer", "my answer", "re", "отв"))  # fmt: skip
_PAUSES = (",", "!", ":", "—", "–", "-", ".")
_FOND = ("очка", "ечка", "енька", "уля", "уша", "уся")
_PAUSES_BEHIND_NAMES = (",", "!", ".")
"""“Дина: согласовано” and “Дина — согласовано” tell what she said."""
Decides = Callable[[Sequence[Token], int], bool]
"""Whether a deciding word stands at a place."""


class Greeting:
    """Skips what people write before they say anything; `names` are known names, `decides` finds deciding words."""

    def __init__(self, names: Collection[str], decides: Decides, cyrillic: bool) -> None:
        self.names = names
        self.decides = decides
        self.cyrillic = cyrillic

    def end(self, line: str, tokens: Sequence[Token]) -> int:
        """The first word behind the greeting; the number of words when the line is nothing else."""
        at = 0
        while at < len(tokens):
            if self.decides(tokens, at):
                return at
            step = self._step(line, tokens, at)
            if not step:
                return at
            at += step
        return at

    def _step(self, line: str, tokens: Sequence[Token], at: int) -> int:
        if length := phrase_length(tokens, at, _GREETINGS):
            return length + self._unknown_names(line, tokens, at + length)
        if length := phrase_length(tokens, at, _OPENERS):
            after = line[tokens[at + length - 1].end :].lstrip()[:1]
            if after in ("", *_PAUSES) or not self.cyrillic:
                return length
            return length if self._decides_behind_name(line, tokens, at + length) else 0
        return self._address(line, tokens, at) or self._label(line, tokens, at)

    def _decides_behind_name(self, line: str, tokens: Sequence[Token], at: int) -> bool:
        """“Да рита согласовано”, as it is dictated."""
        behind = at + self._address(line, tokens, at)
        return at < behind < len(tokens) and self.decides(tokens, behind)

    @staticmethod
    def _label(line: str, tokens: Sequence[Token], at: int) -> int:
        """“Решение: согласовано”."""
        length = phrase_length(tokens, at, _LABELS)
        return length if length and line[tokens[at + length - 1].end :].lstrip()[:1] == ":" else 0

    def _address(self, line: str, tokens: Sequence[Token], at: int) -> int:
        """“Рита,” or “Антон, добрый день”: names, when a pause or a greeting is beside them."""
        length = 0
        while at + length < len(tokens) and self._is_name(tokens[at + length]):
            length += 1
        if not length:
            return 0
        after = line[tokens[at + length - 1].end :].lstrip()[:1]
        greeted = at > 0 or bool(phrase_length(tokens, at + length, _GREETINGS))
        many = all(token.folded in ADDRESSEES for token in tokens[at : at + length])
        return length if greeted or after in ("", *(_PAUSES if many else _PAUSES_BEHIND_NAMES)) else 0

    def _unknown_names(self, line: str, tokens: Sequence[Token], at: int) -> int:
        """Names nobody told us of, behind a greeting: capitals up to the end of the sentence, none of them a sign."""
        count = 0
        while at + count < len(tokens) and count < 4:
            token = tokens[at + count]
            between = line[tokens[at + count - 1].end : token.start]
            if set(between) & set(".!?;:") or not token.raw[:1].isupper() or self._says_something(tokens, at + count):
                break
            count += 1
        after = line[tokens[at + count - 1].end :].lstrip() if count else ""
        return count if not after or after[0] in _PAUSES else 0

    def _says_something(self, tokens: Sequence[Token], at: int) -> bool:
        return self.decides(tokens, at) or any(sign_of(form) for form in tokens[at].forms)

    def _is_name(self, token: Token) -> bool:
        if token.folded in self.names or token.folded in NAMES or token.folded in ADDRESSEES:
            return True
        if any(name in self.names or name in NAMES for name in _called(token.folded)):
            return True
        return token.raw[:1].isupper() and token.folded.endswith(PATRONYMIC) and len(token.folded) > 6


def _called(word: str) -> tuple[str, ...]:
    """The names that a short or fond form may stand for: “Рит”, “Оль”, “Риточка”."""
    stem = next((word.removesuffix(end) for end in _FOND if word.endswith(end)), word.removesuffix("ь"))
    return (f"{stem}а", f"{stem}я") if len(stem) > 1 else ()
