"""Decisions out of what a person wrote: one clear word in front, and nothing that speaks against it.

The asymmetry is on purpose. A no is taken from its first word, whatever its reason says. A yes is taken only when the
whole text agrees: no negation, condition, question, hesitation, other decision or foreign actor anywhere, a short list
of harmless phrases ("замечаний нет", "no objections") aside. Doubt is never a yes; it is named, so that one answer can
ask again. Words are compared without case, invisible characters and decoration, and with letters that look alike in
Latin and Cyrillic taken for each other: the writer saw the word he meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from workflow.wordlist import (
    ADDRESSEES,
    ALONE,
    BENIGN,
    CONDITIONS,
    CONSENT,
    DECIDING,
    DECISIONS,
    FOLLOWS_LATER,
    FOLLOWS_TOLD,
    GREETINGS,
    HESITATIONS,
    INSTRUMENTAL,
    NAMES,
    NEGATIONS,
    NO_SIGNS,
    NOT_INSTRUMENTAL,
    OPENERS,
    OPPOSED,
    OPPOSED_STEMS,
    PATRONYMIC,
    REFUSAL,
    STEM_EXCEPTIONS,
    TOLD_BY_ME,
    Action,
)

__all__ = ["DOUBTS", "Action", "Decision", "Words", "find_code", "find_codes", "first_keyword", "read_decision"]

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
    "number": "a number stands beside the word that is neither a date nor a reference",
    "unfinished": "the text breaks off after the word",
    "sign_only": "a picture is no decision",
    "not_allowed": "the word means something that cannot be decided here and now",
    "too_long": "the text is too long to be an answer",
}
MAX_TEXT = 40_000
SKIP_LINES = 6


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


@dataclass(frozen=True, slots=True)
class Words:
    """The deciding words: phrases of folded tokens by their first token."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Action], ...]]

    @classmethod
    def built_in(cls) -> Words:
        return _built_in()

    @classmethod
    def of(cls, table: Mapping[Action, Iterable[str]]) -> Words:
        found: dict[str, list[tuple[tuple[str, ...], Action]]] = {}
        for action, phrases in table.items():
            for phrase in phrases:
                tokens = tuple(_fold(token[0]) for token in _WORD.finditer(_plain(phrase)))
                if tokens:
                    found.setdefault(tokens[0], []).append((tokens, action))
        return cls({first: tuple(sorted(rest, key=lambda item: -len(item[0]))) for first, rest in found.items()})

    def extended(self, more: Mapping[str, Iterable[str]]) -> Words:
        """These words and the ones of the settings, by the action's name."""
        table: dict[Action, list[str]] = {}
        for entries in self.phrases.values():
            for tokens, action in entries:
                table.setdefault(action, []).append(" ".join(tokens))
        for name, phrases in more.items():
            table.setdefault(Action(name), []).extend(phrases)
        return Words.of(table)


@lru_cache(maxsize=1)
def _built_in() -> Words:
    return Words.of(DECISIONS)


_WORD = re.compile(r"[^\W_]+(?:[-'’`ʼ](?=[^\W_])[^\W_]+)*", re.UNICODE)
_CODE_LINE = re.compile(r"^\W*(?:код|code)\b[^\w\n]{0,6}[a-z2-7]{26}(?![a-z0-9]).*$", re.IGNORECASE)
_CODE = re.compile(r"(?<![^\W_])(?:код|code)\b\W{0,20}([a-z2-7]{26})(?![a-z0-9])", re.IGNORECASE)
_COMMENT_LABEL = re.compile(r"^\W*(?:комментарий|comment|причина|reason)\s*:[ \t]*", re.IGNORECASE)
_REFERENCE = re.compile(r"(?<![\w-])([A-ZА-ЯЁ]{2,12}-(?:19|20)\d\d-\d{3,8})(?:/\d+)?(?!\w)", re.IGNORECASE)
_DATE_OR_CODE = re.compile(
    r"(?:№|#|\bN\b|\bno\.?|\bп/п|\bинв\w*|\binvoice|\bсч[её]т\w*|\bдоговор\w*|\bcontract)\s*[\w/-]*\d[\w/.-]*|"
    r"\b\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d\b|"
    r"\b\d{1,2}(?:-?го|st|nd|rd|th)?\s+(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*(?:\s+\d{4})?",
    re.IGNORECASE,
)
_URL = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;…\n](?:\s|$|(?=[A-ZА-ЯЁ]))|[\n?]")
_MARKS = re.compile(r"^[ \t]*(?:[*_\]>]+[ \t]*)*(?:[.,;:!…]+|[-–—]+(?=\s|$))?[*_]*[ \t]*")
_QUOTES = "«»\"“”„‟‘’'`‹›＂()"
_BEFORE = set(" \t*_#-–—•·>~=[]<>|.,:;!") | {"\u2705", "\u2714"}


def read_decision(
    new_text: str,
    *,
    allowed: Collection[Action] | None = None,
    words: Words | None = None,
    names: Collection[str] = (),
    signature: str = "",
) -> Decision:
    """The decision in what a person wrote; `names` are first and family names of people he may address."""
    text = _plain(new_text)
    mentions = tuple(dict.fromkeys(match[1].upper() for match in _REFERENCE.finditer(text[:MAX_TEXT])))
    reading = _Reading(text, words or Words.built_in(), allowed, frozenset(map(_fold, names)), signature, _one_break(new_text))
    decision = reading.decide()
    return Decision(decision.action, decision.comment, decision.doubt, decision.why, decision.seen, mentions)


def first_keyword(new_text: str, *, allowed: Collection[Action] | None = None, words: Words | None = None) -> Action | None:
    """The keyword that stands alone on the first line of a requester's letter (DRAFT above a form), greeting aside."""
    reading = _Reading(_plain(new_text), words or Words.built_in(), allowed, frozenset())
    found = reading.find()
    if found is None or found.quoted or "?" in found.line or any(_sign_of(token.folded) for token in found.rest[:3]):
        return None
    return found.action


def find_codes(text: str) -> tuple[str, ...]:
    """Every different code that stands behind the word Код or Code."""
    return tuple(dict.fromkeys(match[1].lower() for match in _CODE.finditer(text)))


def find_code(text: str) -> str | None:
    """The code of an ask, when exactly one is named."""
    codes = find_codes(text)
    return codes[0] if len(codes) == 1 else None


# --- tokens -----------------------------------------------------------------------------------------------------------

_TO_CYRILLIC = str.maketrans("abcehkmoptxyu03", "авсенкмортхуи" + "оз")
_TO_LATIN = str.maketrans("авсенкмортхуіјѕԁԛԝ", "abcehkmoptxyijsdqw")
_LOOKS_CYRILLIC = frozenset("abcehkmoptxy03")
_LOOKS_LATIN = frozenset("авсенкмортхуіјѕԁԛԝ")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text with its place and the forms it may be read in."""

    start: int
    end: int
    raw: str
    folded: str
    forms: tuple[str, ...]


def _plain(text: str) -> str:
    """Composed, with ordinary blanks and without invisible characters; the letters themselves stay."""
    text = unicodedata.normalize("NFC", _one_break(text))
    text = re.sub("[\u00a0\u2000-\u200a\u202f\u205f\u3000]", " ", text)
    return "".join(c for c in text if c == "\n" or c == "\t" or unicodedata.category(c) not in ("Cf", "Cc", "Mn"))


def _one_break(text: str) -> str:
    return re.sub("\r\n|[\r\u2028\u2029\u0085\v\f]", "\n", text)


def _fold(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return folded.replace("’", "'").replace("`", "'").replace("ʼ", "'")


def _tokens(text: str, cyrillic: bool) -> list[Token]:
    return [_token(match, cyrillic) for match in _WORD.finditer(text)]


def _token(match: re.Match[str], cyrillic: bool) -> Token:
    folded = _fold(match[0])
    forms = [folded]
    letters = set(folded) - {"'", "-", "."}
    has_cyrillic = any("\u0400" <= c <= "\u052f" for c in folded)
    has_latin = any("a" <= c <= "z" for c in folded)
    if (has_cyrillic and (has_latin or letters & {"0", "3"})) or (has_latin and cyrillic and letters <= _LOOKS_CYRILLIC):
        forms.append(folded.translate(_TO_CYRILLIC))
    if has_cyrillic and (has_latin or letters <= _LOOKS_LATIN):
        forms.append(folded.translate(_TO_LATIN))
    return Token(match.start(), match.end(), match[0], folded, tuple(dict.fromkeys(forms)))


# --- reading ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """A keyword in front: its line, its place there, and the words behind it on that line."""

    action: Action
    phrase: tuple[str, ...]
    number: int
    line: str
    start: int
    end: int
    rest: tuple[Token, ...]
    quoted: bool
    candidates: tuple[Action, ...]


@dataclass(slots=True)
class _Reading:
    """One text on its way to a decision."""

    text: str
    words: Words
    allowed: Collection[Action] | None
    names: frozenset[str]
    signature: str = ""
    original: str = ""
    lines: list[str] = field(init=False)
    written: list[str] = field(init=False)
    """The same lines as they were written, for the comment."""
    cyrillic: bool = field(init=False)

    def __post_init__(self) -> None:
        pairs = zip(self.text.split("\n"), (self.original or self.text).split("\n"), strict=True)
        kept = [(line, written) for line, written in pairs if not _CODE_LINE.match(line[:200])]
        self.lines, self.written = [line for line, _ in kept], [written for _, written in kept]
        self.cyrillic = any("\u0400" <= c <= "\u04ff" for c in self.text[:MAX_TEXT])

    def decide(self) -> Decision:
        if len(self.text) > MAX_TEXT:
            return self._doubt("too_long")
        found = self.find()
        if found is None:
            return self._nothing_in_front()
        seen = (found.action,)
        if self.allowed is not None and found.action not in self.allowed:
            return self._doubt("not_allowed", seen, f"“{found.line[found.start : found.end]}” is not possible here")
        doubt = self._doubt_about(found)
        if doubt:
            return self._doubt(doubt[0], seen, doubt[1])
        word = found.line[found.start : found.end]
        return Decision(found.action, self._comment(found), None, (f"“{word}” stands first and nothing speaks against it",), seen)

    def find(self) -> _Found | None:
        """The keyword that stands first, greetings and polite openers aside."""
        for skipped, (number, line) in enumerate((n, text) for n, text in enumerate(self.lines) if _WORD.search(text)):
            tokens = _tokens(line[:2000], self.cyrillic)
            at = self._behind_greeting(line, tokens)
            if at < len(tokens):
                return self._keyword_at(number, line, tokens, at)
            if skipped >= SKIP_LINES:
                break
        return None

    def _keyword_at(self, number: int, line: str, tokens: list[Token], at: int) -> _Found | None:
        match = self._match(tokens, at)
        if match is None:
            return None
        phrase, actions = match
        start, end = tokens[at].start, tokens[at + len(phrase) - 1].end
        lead = line[tokens[at - 1].end if at else 0 : start]
        marks = set(lead) - _BEFORE - {c for c in lead if unicodedata.category(c) in ("So", "Sk", "Po", "Sm")}
        quoted = bool(set(lead) & set(_QUOTES)) or (end < len(line) and line[end] in "»”“\"'’`)")
        if marks - set(_QUOTES) or _glued(line, end):
            return None
        action = next((action for action in actions if self.allowed is None or action in self.allowed), actions[0])
        return _Found(action, phrase, number, line, start, end, tuple(tokens[at + len(phrase) :]), quoted, actions)

    def _match(self, tokens: Sequence[Token], at: int) -> tuple[tuple[str, ...], tuple[Action, ...]] | None:
        """The longest deciding phrase at this token, with every action it may mean."""
        best: tuple[str, ...] = ()
        actions: list[Action] = []
        for form in tokens[at].forms:
            for phrase, action in self.words.phrases.get(form, ()):
                if len(phrase) >= max(len(best), 1) and _stands(phrase, tokens, at):
                    actions = actions if len(phrase) == len(best) else []
                    best = phrase
                    actions.append(action)
        return (best, tuple(dict.fromkeys(actions))) if best else None

    # greetings

    def _behind_greeting(self, line: str, tokens: Sequence[Token]) -> int:
        """The token behind greeting, address and polite opener; all of them when the line is nothing else."""
        at = 0
        while at < len(tokens):
            if self._match(tokens, at) and not self._is_mere_opener(line, tokens, at):
                return at
            step = self._greeting_step(line, tokens, at)
            if not step:
                return at
            at += step
        return at

    def _is_mere_opener(self, line: str, tokens: Sequence[Token], at: int) -> bool:
        """“Да, согласовано”: the first word is politeness when it decides nothing here and another one follows."""
        match = self._match(tokens, at)
        length = _phrase_length(tokens, at, _OPENERS)
        if not match or not length or (self.allowed is not None and set(match[1]) & set(self.allowed)):
            return False
        return at + length < len(tokens) and bool(self._match(tokens, at + length))

    def _greeting_step(self, line: str, tokens: Sequence[Token], at: int) -> int:
        if length := _phrase_length(tokens, at, _GREETINGS):
            return length + self._unknown_names(line, tokens, at + length)
        if length := _phrase_length(tokens, at, _OPENERS):
            end = tokens[at + length - 1].end
            ended = not line[end:].strip() or line[end:].lstrip()[:1] in ",.!—–-" or not self.cyrillic
            return length if ended else 0
        token = tokens[at]
        if self._is_name(token):
            length = 1
            while at + length < len(tokens) and self._is_name(tokens[at + length]):
                length += 1
            after = line[tokens[at + length - 1].end :].lstrip()[:1]
            greeted = at > 0 or bool(_phrase_length(tokens, at + length, _GREETINGS) if at + length < len(tokens) else 0)
            return length if greeted or after in ("", ",", "!", ":", "—", "–", "-", ".") else 0
        return 0

    def _unknown_names(self, line: str, tokens: Sequence[Token], at: int) -> int:
        """Names nobody told us of, after a greeting: capitals up to the end of the sentence, none of them a sign."""
        count = 0
        while at + count < len(tokens) and count < 4:
            token = tokens[at + count]
            between = line[tokens[at + count - 1].end : token.start]
            if set(between) & set(".!?;:") or not token.raw[:1].isupper() or self._means_something(tokens, at + count):
                break
            count += 1
        if not count:
            return 0
        after = line[tokens[at + count - 1].end :].lstrip()
        return count if not after or after[0] in ",.!:—–-" else 0

    def _means_something(self, tokens: Sequence[Token], at: int) -> bool:
        return bool(self._match(tokens, at)) or any(_sign_of(form) for form in tokens[at].forms)

    def _is_name(self, token: Token) -> bool:
        if token.folded in self.names or token.folded in NAMES or token.folded in ADDRESSEES:
            return True
        return token.raw[:1].isupper() and token.folded.endswith(PATRONYMIC) and len(token.folded) > 6

    # doubts

    def _nothing_in_front(self) -> Decision:
        if not any(_WORD.search(line) for line in self.lines):
            signs = [c for c in self.text if unicodedata.category(c) == "So"]
            return self._doubt("sign_only" if signs else "none_found")
        everything = _tokens(self.text, self.cyrillic)
        hits = [(at, match) for at in range(len(everything)) if (match := self._match(everything, at))]
        deciding = [(at, match) for at, match in hits if set(match[1]) & DECIDING]
        seen = tuple(dict.fromkeys(match[1][0] for _, match in deciding))
        if not deciding:
            return self._doubt("none_found", tuple(dict.fromkeys(match[1][0] for _, match in hits)))
        before = [token for at, _ in deciding for token in everything[max(0, at - 3) : at]]
        if any(_sign_of(form) == "negated" for token in before for form in token.forms):
            return self._doubt("negated", seen)
        if "?" in _URL.sub(" ", self.text):
            return self._doubt("question", seen)
        return self._doubt("two_words" if len(seen) > 1 else "not_first", seen)

    def _doubt_about(self, found: _Found) -> tuple[str, str] | None:
        if found.quoted:
            return "quoted_word", found.line.strip()
        sentence = _sentence_behind(found)
        if "?" in _URL.sub(" ", sentence) or "？" in sentence:
            return "question", sentence
        if other := self._another_beside(found):
            return "two_words", other
        if found.action in CONSENT:
            return self._doubt_about_consent(found, sentence)
        if found.action not in REFUSAL:
            return self._contrary(found.action, found.line[found.end :], OPPOSED.get(found.action, frozenset()))
        return None

    def _another_beside(self, found: _Found) -> str | None:
        """Another decision right beside the word, or in front of a later line."""
        rest, at = found.rest, 0
        while at < len(rest) and rest[at].folded in ("или", "либо", "or", "and", "и", "oder"):
            at += 1
        between = found.line[found.end : rest[at].start] if at < len(rest) else "."
        match = self._match(rest, at) if at < len(rest) else None
        near = match and (at or not re.search(r"[.!,;:—–]", between) or "/" in between or "\\" in between)
        if near and match and set(match[1]).isdisjoint({found.action}) and set(match[1]) & DECIDING:
            return f"{found.line[found.start : found.end]} / {rest[at].raw}"
        for line in self.lines[found.number + 1 :]:
            tokens = _tokens(line[:500], self.cyrillic)
            match = self._match(tokens, 0) if tokens else None
            if match and set(match[1]) & DECIDING and found.action not in match[1]:
                alone = len(match[0]) == len(tokens) or re.match(r"\s*[.!,;:—–-]", line[tokens[len(match[0]) - 1].end :])
                if alone or found.action in CONSENT:
                    return line.strip()[:80]
        return None

    def _doubt_about_consent(self, found: _Found, sentence: str) -> tuple[str, str] | None:
        if " ".join(found.phrase) in ALONE and sentence.strip(" \t*_.,!;:-–—)]") and not re.match(r"\s*[.,!;:—–\-*\]]", sentence):
            if not _told_by_me(found.rest):
                return "not_first", found.line.strip()[:80]
        behind = "\n".join([found.line[found.end :], *self.lines[found.number + 1 :]])
        if found.action is Action.APPROVE and (doubt := self._doubt_about_approval(found, sentence)):
            return doubt
        if "?" in _URL.sub(" ", behind) or "？" in behind:
            return "question", "a question in the text"
        if any(sign in self.text for sign in NO_SIGNS):
            return "hesitation", "a picture that says no"
        if re.fullmatch(r"\s*[,:;–—-]\s*", behind.rstrip("\n ") or "."):
            return "unfinished", found.line.strip()
        opposed = OPPOSED.get(found.action, frozenset())
        return self._contrary(found.action, behind, opposed) or self._in_signature(opposed)

    def _doubt_about_approval(self, found: _Found, sentence: str) -> tuple[str, str] | None:
        rest = [token for token in found.rest if token.start < found.end + len(sentence)]
        direct = rest[: _until_mark(found.line, found.end, rest)]
        if direct and not _told_by_me(direct):
            first = direct[0]
            if set(first.forms) & FOLLOWS_TOLD or any(_is_instrumental(token.folded) for token in direct[:3]):
                return "told", sentence.strip()[:80]
            if set(first.forms) & FOLLOWS_LATER or (len(direct) > 1 and first.folded in ("в", "on", "во", "к") and set(direct[1].forms) & FOLLOWS_LATER):
                return "condition", sentence.strip()[:80]
        bare = _without_benign(_DATE_OR_CODE.sub(" ", _REFERENCE.sub(" ", _URL.sub(" ", sentence))))
        if re.search(r"(?<![\w/-])\d[\d\s.,]*(?![\w/-])", bare) or "%" in bare:
            return "number", sentence.strip()[:80]
        return None

    def _contrary(self, action: Action, text: str, opposed: frozenset[Action]) -> tuple[str, str] | None:
        """The first sign in the text that speaks against a yes."""
        cleaned = _without_benign(_URL.sub(" ", text))
        tokens = _tokens(cleaned, self.cyrillic)
        for at, token in enumerate(tokens):
            for form in token.forms:
                if sign := _sign_of(form):
                    return sign, token.raw
            match = self._match(tokens, at)
            if match and set(match[1]) & opposed and action not in match[1]:
                return "two_words", token.raw
            if any(_opposes(form) for form in token.forms):
                return "two_words", token.raw
        if action is Action.APPROVE and (choice := re.search(r"\b(?:или|либо|or|oder)\b", cleaned.split("\n")[0], re.IGNORECASE)):
            return "condition", choice[0]
        return None

    def _in_signature(self, opposed: frozenset[Action]) -> tuple[str, str] | None:
        """Another decision below the signature (a late “ОТКАЗАНО”) is no signature."""
        for line in self.signature.split("\n")[:60]:
            tokens = _tokens(_plain(line[:300]), self.cyrillic)
            match = self._match(tokens, 0) if tokens else None
            if match and set(match[1]) & opposed and len(tokens) <= len(match[0]) + 3:
                return "two_words", line.strip()[:80]
        return None

    def _comment(self, found: _Found) -> str:
        """Everything besides the keyword and the mark behind it, as it was written."""
        written = self.written[found.number]
        behind = written[found.end :] if written[: found.end] == found.line[: found.end] else found.line[found.end :]
        first = _MARKS.sub("", behind)
        lines = [_COMMENT_LABEL.sub("", line) for line in (first, *self.written[found.number + 1 :])]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _doubt(self, key: str, seen: tuple[Action, ...] = (), detail: str = "") -> Decision:
        why = f"{DOUBTS[key]}: {detail}" if detail else DOUBTS[key]
        return Decision(None, "\n".join(self.written).strip(), key, (why,), seen)


# --- helpers ----------------------------------------------------------------------------------------------------------


def _phrases(texts: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for text in texts:
        tokens = tuple(_fold(match[0]) for match in _WORD.finditer(text))
        found.setdefault(tokens[0], []).append(tokens)
    return {first: tuple(sorted(rest, key=len, reverse=True)) for first, rest in found.items()}


_GREETINGS = _phrases(GREETINGS)
_OPENERS = _phrases(OPENERS)
_BENIGN = re.compile(
    r"(?<![^\W_])(?:" + "|".join(re.escape(phrase).replace(r"\ ", r"[\s,]+") for phrase in sorted(BENIGN, key=len, reverse=True)) + r")(?![^\W_])",
    re.IGNORECASE,
)


def _phrase_length(tokens: Sequence[Token], at: int, phrases: Mapping[str, Sequence[tuple[str, ...]]]) -> int:
    for form in tokens[at].forms:
        for phrase in phrases.get(form, ()):
            if _stands(phrase, tokens, at):
                return len(phrase)
    return 0


def _stands(phrase: Sequence[str], tokens: Sequence[Token], at: int) -> bool:
    return at + len(phrase) <= len(tokens) and all(word in tokens[at + step].forms for step, word in enumerate(phrase))


def _glued(line: str, end: int) -> bool:
    """The word goes on behind its end: an address, a file name, an identifier."""
    if line[end : end + 1] in ("@", "_", "=", "&"):
        return True
    return line[end : end + 1] in (".", ":") and line[end + 1 : end + 2].isalnum() and line[end + 1 : end + 2].islower()


def _sentence_behind(found: _Found) -> str:
    """The rest of the keyword's sentence."""
    rest = found.line[found.end :]
    match = re.search(r"[.!;…]+(?:\s|$)|[.!…](?=[A-ZА-ЯЁ])|\?", rest)
    if not match:
        return rest
    return rest[: match.end()] if "?" in match[0] else rest[: match.start()] + ("?" if "?" in rest[match.start() : match.end() + 1] else "")


def _until_mark(line: str, end: int, tokens: Sequence[Token]) -> int:
    """How many words follow before a comma, colon or dash."""
    previous = end
    for count, token in enumerate(tokens):
        if re.search(r"[,:;.!—–(\[]|\s-\s", line[previous : token.start]):
            return count
        previous = token.end
    return len(tokens)


def _told_by_me(tokens: Sequence[Token]) -> bool:
    return any(_stands(phrase, tokens, 0) for phrase in TOLD_BY_ME)


def _is_instrumental(word: str) -> bool:
    return len(word) > 4 and word.endswith(INSTRUMENTAL) and word not in NOT_INSTRUMENTAL


def _sign_of(form: str) -> str | None:
    bare = form.replace("'", "")
    if form in NEGATIONS or bare in NEGATIONS or form.endswith("n't"):
        return "negated"
    if form in CONDITIONS:
        return "condition"
    if form in HESITATIONS:
        return "hesitation"
    return None


def _opposes(form: str) -> bool:
    return form.startswith(OPPOSED_STEMS) and form not in STEM_EXCEPTIONS


def _without_benign(text: str) -> str:
    return _BENIGN.sub(" ", text.replace("ё", "е").replace("’", "'"))


