"""Decisions out of what a person wrote: one clear word in front, and nothing that speaks against it.

The asymmetry is on purpose. A no is taken from its first word, whatever its reason says. A yes is taken only when the
whole text agrees: no negation, condition, question, hesitation, other decision or foreign actor anywhere, a short list
of harmless phrases ("замечаний нет", "no objections") aside. Doubt is never a yes; it is named, so that one answer can
ask again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from workflow.contrary import (
    REFERENCE,
    asks,
    by_somebody,
    changes_amount,
    comes_later,
    opposes,
    sign_of,
    takes_refusal_back,
    told_by_me,
    told_of_another,
    without_benign,
    without_links,
)
from workflow.greeting import Greeting
from workflow.tokens import WORD, Token, fold, has_cyrillic, one_break, phrase_length, phrases, plain, stands, tokens_of
from workflow.wordlist import (
    ALONE,
    BEHIND_APPROVE,
    BEHIND_SHORT,
    BEHIND_STATUS,
    CONSENT,
    DECIDING,
    DECISIONS,
    FAREWELLS,
    HARMLESS_BEHIND,
    NO_SIGNS,
    OPENERS,
    OPPOSED,
    PARTICIPLES,
    REFUSAL,
    SHORT,
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
    "unclear": "the word goes on into a sentence that may mean something else",
    "number": "an amount or share stands beside the word",
    "unfinished": "the text breaks off after the word",
    "garbled": "the text holds characters that were spoilt on the way",
    "sign_only": "a picture is no decision",
    "not_allowed": "the word means something that cannot be decided here and now",
    "too_long": "the text is too long to be an answer",
}
MAX_TEXT = 40_000
WRAPPED = 50
"""A line at least so long may have been broken by a mail program."""
MAX_LINE = 2_000
SKIP_LINES = 6
Doubt = tuple[str, str]
"""Key and what was read."""


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


_CODE_LINE = re.compile(r"^\W*(?:код|code)\b[^\w\n]{0,6}[a-z2-7]{26}(?![a-z0-9]).*$", re.IGNORECASE)
_CODE = re.compile(r"(?<![^\W_])(?:код|code)\b\W{0,20}([a-z2-7]{26})(?![a-z0-9])", re.IGNORECASE)
_COMMENT_LABEL = re.compile(r"^\W*(?:комментарий|comment|причина|reason)\s*:[ \t]*", re.IGNORECASE)
_MARKS = re.compile(r"^[ \t]*(?:[*_\]>]+[ \t]*)*(?:[.,;:!…]+|[-–—]+(?=\s|$))?[*_]*[ \t]*")
_SENTENCE = re.compile(r"[.!;…]+(?:\s|$)|[.!…](?=[A-ZА-ЯЁ])|[?？]")
_PAUSE = re.compile(r"[,:;.!—–(\[]|\s-\s")
_GARBLED = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]|(?:=[0-9A-F]{2}){2}")
_SURNAME_BY = re.compile(r"[А-ЯЁ][а-яё]+(?:овым|евым|ёвым|иным|ыным|ским|цким|овой|евой|иной|ской|цкой)\b")
_NAME_IN_BRACKETS = re.compile(r"\s*[(\[]\s*[^\W\d_a-zа-яё][^\W\d_]*(?:\s+[^\W\d_a-zа-яё][\w.]*)*\s*[)\]]")
_QUOTES = frozenset("«»\"“”„‟‘’'`‹›＂()")
_OPENERS = phrases(OPENERS)
_THANKS = frozenset({"спасибо", "благодарю", "thanks", "thank", "thx"})


def read_decision(
    new_text: str,
    *,
    allowed: Collection[Action] | None = None,
    words: Words | None = None,
    names: Collection[str] = (),
    signature: str = "",
) -> Decision:
    """The decision in what a person wrote; `names` are names of people he may address, `signature` what was cut off."""
    reading = _Reading(one_break(new_text), words or Words.built_in(), allowed, frozenset(map(fold, names)), signature)
    mentions = tuple(dict.fromkeys(match[1].upper() for match in REFERENCE.finditer(new_text[:MAX_TEXT])))
    return replace(reading.decide(), mentions=mentions)


def first_keyword(new_text: str, *, allowed: Collection[Action], words: Words | None = None) -> Action | None:
    """The keyword in front of a requester's letter (DRAFT above a form), if it is one of these and stands clear."""
    reading = _Reading(one_break(new_text), words or Words.built_in(), allowed, frozenset())
    found = reading.find()
    if found is None or found.action not in allowed or found.quoted or reading.doubt_about_line(found):
        return None
    return found.action


def find_codes(text: str) -> tuple[str, ...]:
    """Every different code that stands behind the word Код or Code."""
    return tuple(dict.fromkeys(match[1].lower() for match in _CODE.finditer(text)))


def find_code(text: str) -> str | None:
    """The code of an ask, when exactly one is named."""
    codes = find_codes(text)
    return codes[0] if len(codes) == 1 else None

_BREAKS_OFF = re.compile(r"[ \t]*[,:;–—-][ \t]*\n[ \t]*\n")
"""A mark that something follows, and then a blank line."""


@dataclass(frozen=True, slots=True)
class _Found:
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
            if _PAUSE.search(self.behind[previous : token.start]):
                return self.rest[:count]
            previous = token.end
        return self.rest


@dataclass(slots=True)
class _Reading:
    """One text on its way to a decision."""

    original: str
    words: Words
    allowed: Collection[Action] | None
    names: frozenset[str]
    signature: str = ""
    lines: list[str] = field(init=False)
    written: list[str] = field(init=False)
    """The same lines as they were written, for the comment."""
    cyrillic: bool = field(init=False)

    def __post_init__(self) -> None:
        pairs = zip(plain(self.original).split("\n"), self.original.split("\n"), strict=True)
        kept = [(line, written) for line, written in pairs if not _CODE_LINE.match(line[:200])]
        self.lines, self.written = [line for line, _ in kept], [written for _, written in kept]
        self.cyrillic = has_cyrillic(self.original[:MAX_TEXT])

    def decide(self) -> Decision:
        if len(self.original) > MAX_TEXT:
            return self._doubt("too_long")
        found = self.find()
        if found is None:
            return self._nothing_in_front()
        if self.allowed is not None and found.action not in self.allowed:
            return self._doubt("not_allowed", (found.action,), f"“{found.word}”")
        if doubt := self._doubt_about(found):
            return self._doubt(doubt[0], (found.action,), doubt[1])
        why = f"“{found.word}” stands first and nothing speaks against it"
        return Decision(found.action, self._comment(found), None, (why,), (found.action,))

    # --- the word in front

    def find(self) -> _Found | None:
        """The keyword that stands first, greetings and polite openers aside."""
        greeting = Greeting(self.names, self._decides, self.cyrillic)
        worded = [number for number, line in enumerate(self.lines) if WORD.search(line)]
        for number in worded[: SKIP_LINES + 1]:
            line = self.lines[number][:MAX_LINE]
            tokens = tokens_of(line, self.cyrillic)
            at = greeting.end(line, tokens)
            if at < len(tokens) and not (at and self._only_thanks(tokens)):
                return self._keyword_at(number, line, tokens, at)
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
        return not (at + length < len(tokens) and self.words.at(tokens, at + length))

    def _keyword_at(self, number: int, line: str, tokens: list[Token], at: int) -> _Found | None:
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
        return _Found(action, phrase, number, line, start, end, behind, tuple(tokens_of(behind, self.cyrillic)), quoted)

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

    def _nothing_in_front(self) -> Decision:
        if not any(WORD.search(line) for line in self.lines):
            pictures = any(unicodedata.category(c) == "So" for c in self.original)
            return self._doubt("sign_only" if pictures else "none_found")
        text = "\n".join(self.lines)
        tokens = tokens_of(text, self.cyrillic)
        hits = [(at, match[1]) for at in range(len(tokens)) if (match := self.words.at(tokens, at))]
        deciding = [(at, actions) for at, actions in hits if set(actions) & DECIDING]
        seen = tuple(dict.fromkeys(actions[0] for _, actions in deciding or hits))
        if not deciding:
            return self._doubt("none_found", seen)
        before = [token for at, _ in deciding for token in tokens[max(0, at - 3) : at]]
        if any(sign_of(form) == "negated" for token in before for form in token.forms):
            return self._doubt("negated", seen)
        if asks(text):
            return self._doubt("question", seen)
        return self._doubt("two_words" if len(seen) > 1 else "not_first", seen)

    # --- what speaks against it

    def _doubt_about(self, found: _Found) -> Doubt | None:
        if found.quoted:
            return "quoted_word", found.line.strip()[:80]
        if doubt := self.doubt_about_line(found):
            return doubt
        if other := self._another_beside(found):
            return "two_words", other
        return self._doubt_about_consent(found) if found.action in CONSENT else None

    def doubt_about_line(self, found: _Found) -> Doubt | None:
        """What the keyword's own line says against it."""
        if found.action not in (Action.STATUS, Action.FORM) and asks(self._asked_part(found)):
            return "question", found.line.strip()[:80]
        if self._is_sentence(found):
            return "not_first", found.line.strip()[:80]
        if found.action in REFUSAL:
            return self._doubt_about_refusal(found)
        if found.action not in CONSENT and found.action not in SHORT:
            return self._contrary(found.action, found.behind)
        return None

    def _asked_part(self, found: _Found) -> str:
        """Where a question mark turns the word into a question; a reason on the next line may be a question."""
        sentence = found.sentence()
        return sentence[: len(found.line) - found.end] if found.action in REFUSAL else sentence

    def _is_sentence(self, found: _Found) -> bool:
        """The word only begins an ordinary sentence."""
        direct = found.direct()
        if found.action in SHORT:
            usual = BEHIND_STATUS if found.action is Action.STATUS else BEHIND_SHORT
            return any(token.folded not in usual and not REFERENCE.match(token.raw) for token in direct)
        if " ".join(found.phrase) not in ALONE or not direct or told_by_me(direct):
            return False
        number = found.action is Action.PAID and direct[0].folded[0].isdigit()
        return not number and direct[0].folded not in HARMLESS_BEHIND

    def _doubt_about_refusal(self, found: _Found) -> Doubt | None:
        direct = found.direct()
        if takes_refusal_back(direct):
            return "negated", found.line.strip()[:80]
        if direct and set(direct[0].forms) & {"if", "unless", "если", "when", "когда"}:
            return "condition", found.line.strip()[:80]
        if found.phrase[0] in PARTICIPLES and direct and (direct[0].folded == "by" or by_somebody(direct[:2])):
            return "told", found.line.strip()[:80]
        return None

    def _another_beside(self, found: _Found) -> str | None:
        """Another decision right beside the word, or in front of a later line."""
        rest, at = found.rest, 0
        while at < len(rest) and rest[at].folded in ("или", "либо", "or", "and", "и", "oder"):
            at += 1
        if at < len(rest):
            between = found.behind[: rest[at].start]
            near = at or not _PAUSE.search(between) or "/" in between or "\\" in between
            if near and self._is_another(found, rest, at):
                return f"{found.word} / {rest[at].raw}"
        for line in self.lines[found.number + 1 :]:
            tokens = tokens_of(line[:MAX_LINE], self.cyrillic)
            if tokens and self._is_another(found, tokens, 0):
                match = self.words.at(tokens, 0)
                end = tokens[len(match[0]) - 1].end if match else 0
                if found.action in CONSENT or not line[end:].strip() or re.match(r"\s*[.!,;:—–-]", line[end:]):
                    return line.strip()[:80]
        return None

    def _is_another(self, found: _Found, tokens: Sequence[Token], at: int) -> bool:
        match = self.words.at(tokens, at)
        return bool(match and found.action not in match[1] and set(match[1]) & DECIDING)

    def _doubt_about_consent(self, found: _Found) -> Doubt | None:
        behind = "\n".join([found.line[found.end :], *self.lines[found.number + 1 :]])
        if found.action is Action.APPROVE and (doubt := self._doubt_about_approval(found)):
            plainer = self._contrary(found.action, behind) if doubt[0] == "unclear" else None
            return plainer or doubt
        if asks(behind):
            return "question", "a question in the text"
        if _GARBLED.search(self.original):
            return "garbled", found.line.strip()[:80]
        if NO_SIGNS & set(self.original):
            return "hesitation", "a picture that says no"
        if re.fullmatch(r"\s*[,:;–—-]\s*\w{0,2}\s*", behind.rstrip() or "."):
            return "unfinished", found.line.strip()[:80]
        if _BREAKS_OFF.match(behind) and not self._closes(found):
            return "unfinished", found.line.strip()[:80]
        return self._contrary(found.action, behind) or self._in_signature(found.action)

    def _closes(self, found: _Found) -> bool:
        """Is the paragraph below a farewell (“Approved,” and, after a blank line, “Best regards” or a name)?"""
        below = next((line for line in self.lines[found.number + 1 :] if line.strip()), "")
        tokens = tokens_of(below[:MAX_LINE], self.cyrillic)
        farewell = bool(tokens) and tokens[0].folded in FAREWELLS
        return farewell or (0 < len(tokens) <= 3 and all(token.folded in self.names for token in tokens))

    def _doubt_about_approval(self, found: _Found) -> Doubt | None:
        if told_of_another(found.direct(), found.rest) or _SURNAME_BY.match(self._line_below(found)):
            return "told", found.line.strip()[:80]
        if comes_later(found.direct()):
            return "condition", found.line.strip()[:80]
        if changes_amount(found.sentence()):
            return "number", found.line.strip()[:80]
        if not self._goes_on_clearly(found):
            return "unclear", found.line.strip()[:80]
        if choice := re.search(r"\b(?:или|либо|or|oder)\b", without_benign(found.behind), re.IGNORECASE):
            return "condition", choice[0]
        return None

    def _goes_on_clearly(self, found: _Found) -> bool:
        """What follows without a pause is payment, politeness, a date or a reference; no name stands in brackets."""
        if _NAME_IN_BRACKETS.match(found.behind):
            return False
        direct = found.direct()
        text = without_benign(found.behind[: direct[-1].end]) if direct else ""
        words = tokens_of(text, self.cyrillic)
        if not words or told_by_me(direct):
            return True
        first = words[0]
        named = len(words) > 1 and words[1].raw[:1].isupper() and not words[1].raw.isupper()
        if named and first.folded in ("for", "за"):  # “approve for Ivan”
            return False
        return first.raw[0].isdigit() or bool(REFERENCE.match(first.raw)) or not BEHIND_APPROVE.isdisjoint(first.forms)

    def _line_below(self, found: _Found) -> str:
        """The next line, when the keyword stands alone and no point ends its line."""
        below = self.lines[found.number + 1] if found.number + 1 < len(self.lines) else ""
        return below.strip()[:80] if not found.line[found.end :].strip() else ""

    def _contrary(self, action: Action, text: str) -> Doubt | None:
        """The first sign in the text that speaks against a yes."""
        opposed = OPPOSED.get(action, frozenset())
        tokens = tokens_of(without_benign(without_links(text)), self.cyrillic)
        for at, token in enumerate(tokens):
            if sign := next((sign for form in token.forms if (sign := sign_of(form))), None):
                return sign, token.raw
            match = self.words.at(tokens, at)
            if any(map(opposes, token.forms)) or (match and set(match[1]) & opposed and action not in match[1]):
                return "two_words", token.raw
        return None

    def _in_signature(self, action: Action) -> Doubt | None:
        """Another decision below the signature (a late “ОТКАЗАНО”) is no signature."""
        for line in self.signature.split("\n")[:60]:
            tokens = tokens_of(plain(line[:300]), self.cyrillic)
            match = self.words.at(tokens, 0) if tokens else None
            if match and set(match[1]) & OPPOSED.get(action, frozenset()) and len(tokens) <= len(match[0]) + 3:
                return "two_words", line.strip()[:80]
        return None

    # --- what is told

    def _comment(self, found: _Found) -> str:
        """Everything besides the keyword and the mark behind it, as it was written."""
        written = self.written[found.number]
        same = written[: found.end] == found.line[: found.end]
        first = _MARKS.sub("", written[found.end :] if same else found.line[found.end :])
        lines = [_COMMENT_LABEL.sub("", line) for line in (first, *self.written[found.number + 1 :])]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _doubt(self, key: str, seen: tuple[Action, ...] = (), detail: str = "") -> Decision:
        why = f"{DOUBTS[key]}: {detail}" if detail else DOUBTS[key]
        return Decision(None, "\n".join(self.written).strip(), key, (why,), seen)


def _glued(line: str, end: int) -> bool:
    """The word goes on behind its end: an address, a file name, an identifier."""
    if line[end : end + 1] in ("@", "_", "=", "&"):
        return True
    return line[end : end + 1] in (".", ":") and line[end + 1 : end + 2].isalnum() and line[end + 1 : end + 2].islower()
