"""Words of a text in the forms they may be read in, for comparing with words that decide.

Compared are folded words: composed, case-folded, ё as е, without invisible characters. A word whose letters only look
like those of the other alphabet (a Latin C in СОГЛАСОВАНО, a Cyrillic А in APPROVE) has its other reading as a second
form: the writer saw the word he meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+(?:[-'’`ʼ](?=[^\W_])[^\W_]+)*")
_BREAK = re.compile("\r\n|[\r\u2028\u2029\u0085\v\f]")
_BLANK = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_TO_CYRILLIC = str.maketrans("abcehkmoptxyu03", "авсенкмортхуиоз")
_TO_LATIN = str.maketrans("авсенкмортхуіјѕԁԛԝ", "abcehkmoptxyijsdqw")
_LOOKS_CYRILLIC = frozenset("abcehkmoptxy03")
_LOOKS_LATIN = frozenset("авсенкмортхуіјѕԁԛԝ")
Phrases = Mapping[str, Sequence[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a line with its place and its forms, the plain one first."""

    start: int
    end: int
    raw: str
    forms: tuple[str, ...]

    @property
    def folded(self) -> str:
        return self.forms[0]


def one_break(text: str) -> str:
    """The text with one kind of line end."""
    return _BREAK.sub("\n", text)


def plain(text: str) -> str:
    """Composed, with ordinary blanks and without invisible characters; as many lines as before."""
    text = _BLANK.sub(" ", unicodedata.normalize("NFC", one_break(text)))
    if text.isascii():
        return re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", text)
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cf", "Cc", "Mn"))


def fold(word: str) -> str:
    """A word as it is compared."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return folded.replace("’", "'").replace("`", "'").replace("ʼ", "'")


def tokens_of(text: str, cyrillic: bool) -> list[Token]:
    """The words of a text; `cyrillic` when it holds Cyrillic, so that words all of look-alikes may be meant so."""
    return [
        Token(match.start(), match.end(), match[0], _forms(fold(match[0]), cyrillic)) for match in WORD.finditer(text)
    ]


def phrases(texts: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Phrases as folded words, by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for text in texts:
        words = tuple(fold(match[0]) for match in WORD.finditer(plain(text)))
        if words:
            found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(rest, key=len, reverse=True)) for first, rest in found.items()}


def phrase_length(tokens: Sequence[Token], at: int, known: Phrases) -> int:
    """How many words the longest known phrase at this place has, 0 for none."""
    if at >= len(tokens):
        return 0
    found = (phrase for form in tokens[at].forms for phrase in known.get(form, ()) if stands(phrase, tokens, at))
    return max(map(len, found), default=0)


def stands(phrase: Sequence[str], tokens: Sequence[Token], at: int) -> bool:
    """The words of the phrase stand here."""
    return at + len(phrase) <= len(tokens) and all(word in tokens[at + n].forms for n, word in enumerate(phrase))


def has_cyrillic(text: str) -> bool:
    return any("\u0400" <= c <= "\u04ff" for c in text)


def _forms(folded: str, cyrillic: bool) -> tuple[str, ...]:
    if folded.isascii() and not cyrillic:
        return (folded,)
    letters = set(folded) - {"'", "-"}
    of_cyrillic = any("\u0400" <= c <= "\u052f" for c in letters)
    of_latin = any("a" <= c <= "z" for c in letters)
    forms = [folded]
    if (of_cyrillic and (of_latin or letters & {"0", "3"})) or (of_latin and cyrillic and letters <= _LOOKS_CYRILLIC):
        forms.append(folded.translate(_TO_CYRILLIC))
    if of_cyrillic and (of_latin or letters <= _LOOKS_LATIN):
        forms.append(folded.translate(_TO_LATIN))
    return tuple(dict.fromkeys(forms))
