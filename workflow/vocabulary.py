"""The words that decide, built in and from the settings, and where one of them stands in a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.tokens import Token, phrases, stands
from workflow.wordlist import DECISIONS, Action


@dataclass(frozen=True, slots=True)
class Words:
    """The deciding words: phrases of folded words by their first word."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Action], ...]]

    @classmethod
    def built_in(cls) -> Words:
        return _built_in()

    @classmethod
    def of(cls, table: Mapping[Action, Iterable[str]]) -> Words:
        found: dict[str, list[tuple[tuple[str, ...], Action]]] = {}
        for action, texts in table.items():
            for first, several in phrases(texts).items():
                found.setdefault(first, []).extend((words, action) for words in several)
        return cls({first: tuple(sorted(rest, key=lambda item: -len(item[0]))) for first, rest in found.items()})

    def extended(self, more: Mapping[str, Iterable[str]]) -> Words:
        """These words and the ones of the settings, by the action's name."""
        table: dict[Action, list[str]] = {}
        for entries in self.phrases.values():
            for words, action in entries:
                table.setdefault(action, []).append(" ".join(words))
        for name, texts in more.items():
            table.setdefault(Action(name), []).extend(texts)
        return Words.of(table)

    def at(self, tokens: Sequence[Token], at: int) -> tuple[tuple[str, ...], tuple[Action, ...]] | None:
        """The longest deciding phrase at a place, with every action it may mean."""
        entries = [
            (phrase, action)
            for form in tokens[at].forms
            for phrase, action in self.phrases.get(form, ())
            if stands(phrase, tokens, at)
        ]
        if not entries:
            return None
        longest = max(entries, key=lambda entry: len(entry[0]))[0]
        return longest, tuple(dict.fromkeys(action for phrase, action in entries if phrase == longest))


@lru_cache(maxsize=1)
def _built_in() -> Words:
    return Words.of(DECISIONS)
