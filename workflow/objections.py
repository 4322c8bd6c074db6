"""What speaks against a decision: its own line, another decision beside it; against a yes, anything in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

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
from workflow.front import MAX_LINE, PAUSE, Found, Text
from workflow.permission import is_harmless, without_last_day
from workflow.terms import other_terms
from workflow.tokens import WORD, Token, fold, phrase_length, phrases, plain
from workflow.wordlist import (
    ALONE,
    BEHIND_APPROVE,
    BEHIND_SHORT,
    BEHIND_STATUS,
    CONSENT,
    CORRECTIONS,
    DECIDING,
    FAREWELLS,
    HARMLESS_BEHIND,
    JOKES,
    NO_SIGNS,
    OPPOSED,
    PARTICIPLES,
    PARTS,
    REFUSAL,
    RETURNED_GOODS,
    SHORT,
    Action,
)

_GARBLED = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]|(?:=[0-9A-F]{2}){2}")
_SURNAME_BY = re.compile(r"[А-ЯЁ][а-яё]+(?:овым|евым|ёвым|иным|ыным|ским|цким|овой|евой|иной|ской|цкой)\b")
_NAME_IN_BRACKETS = re.compile(r"\s*[(\[]\s*[^\W\d_a-zа-яё][^\W\d_]*(?:\s+[^\W\d_a-zа-яё][\w.]*)*\s*[)\]]")
_OFFICE_IN_BRACKETS = re.compile(
    r"\s*[(\[]\s*(?:\w+\.?\s+)?(?:\w*директор\w*|главбух\w*|бухгалтер\w*|руководител\w*|начальник\w*|шеф\w*|юрист\w*|"
    r"зам\w*|учредител\w*|собственник\w*|фд|гд|director|boss|manager|owner|lawyer|accountant|chief|head)\b",
    re.IGNORECASE,
)
"""Whether he writes of himself or of somebody else cannot be told."""
_CORRECTIONS = phrases(CORRECTIONS)
_BREAKS_OFF = re.compile(r"[ \t]*[,:;–—-][ \t]*\n[ \t]*\n")
"""A mark that something follows, and then a blank line."""
_FOR_HIM = re.compile(
    r"(?i:\b(?:от имени|по поручению|со слов|(?<!for and )on behalf of)\b)|"
    r"(?:^|[.!])[ \t]*[Зз]а [А-ЯЁ][а-яё]+[ \t]+[А-ЯЁ]\.",
    re.MULTILINE,
)
"""Written for somebody, by somebody else."""
_AFTERTHOUGHT = re.compile(
    r"^[ \t]*(?:но|только|если|кроме|однако|при условии|после|сначала|but|only|if|except|unless|provided|after|once)\b"
    r"[^\n]{0,100}$",
    re.MULTILINE,
)
"""In lower case: no sentence of a disclaimer begins so."""
_AIDE = re.compile(
    r"(?:помощни\w+|секретар\w+|референт\w*|ассистент\w*)\b|\b(?:assistant|secretary|pa|ea) to\b|"
    r"\bon behalf of\b|\bp\.\s?p\.(?=\s+[A-Z])",
    re.IGNORECASE,
)
Objection = tuple[str, str]
"""Key of the doubt and what was read."""


@dataclass(frozen=True, slots=True)
class Objections:
    """What in this text speaks against the keyword that was found in front."""

    text: Text
    found: Found

    def first(self) -> Objection | None:
        """The first thing that makes the decision doubtful; None when it is clear."""
        if self.found.quoted:
            return "quoted_word", self.found.shown
        if doubt := self.in_line():
            return doubt
        if other := self._another_beside():
            return "two_words", other
        return self._doubt_about_consent() if self.found.action in CONSENT else None

    def in_line(self) -> Objection | None:
        """What the keyword's own line says against it."""
        if self.found.action not in (Action.STATUS, Action.FORM) and asks(self._asked_part()):
            return "question", self.found.shown
        if self._is_sentence():
            return "not_first", self.found.shown
        if self.found.action in REFUSAL:
            return self._doubt_about_refusal()
        if self.found.action not in CONSENT and self.found.action not in SHORT:
            return self._contrary(self.found.behind)
        return None

    def _asked_part(self) -> str:
        """Where a question mark turns the word into a question; a reason on the next line may be a question."""
        sentence = self.found.sentence()
        return sentence[: len(self.found.line) - self.found.end] if self.found.action in REFUSAL else sentence

    def _is_sentence(self) -> bool:
        """The word only begins an ordinary sentence."""
        direct = self.found.direct()
        if self.found.action in SHORT:
            usual = BEHIND_STATUS if self.found.action is Action.STATUS else BEHIND_SHORT
            return any(token.folded not in usual and not REFERENCE.match(token.raw) for token in direct)
        if " ".join(self.found.phrase) not in ALONE or not direct or told_by_me(direct):
            return False
        number = self.found.action is Action.PAID and direct[0].folded[0].isdigit()
        return not number and direct[0].folded not in HARMLESS_BEHIND

    def _doubt_about_refusal(self) -> Objection | None:
        direct = self.found.direct()
        if takes_refusal_back(direct):
            return "negated", self.found.shown
        if direct and set(direct[0].forms) & {"if", "unless", "если", "when", "когда"}:
            return "condition", self.found.shown
        if self.found.action is Action.RETURN and direct and set(direct[0].forms) & RETURNED_GOODS:
            return "unclear", self.found.shown
        if self.found.phrase[0] == "returned" and direct and direct[0].folded in ("it", "them"):
            return "told", self.found.shown
        if self.found.phrase[0] in PARTICIPLES and direct and (direct[0].folded == "by" or by_somebody(direct[:2])):
            return "told", self.found.shown
        return None

    def _another_beside(self) -> str | None:
        """Another decision right beside the word, or in front of a later line."""
        rest, at = self.found.rest, 0
        while at < len(rest) and rest[at].folded in ("или", "либо", "or", "and", "и", "oder"):
            at += 1
        if at < len(rest):
            between = self.found.behind[: rest[at].start]
            near = at or not PAUSE.search(between) or "/" in between or "\\" in between
            if near and self._is_another(rest, at):
                return f"{self.found.word} / {rest[at].raw}"
        for number, token in enumerate(rest[:-1]):
            if token.folded in JOKES and self._is_another(rest, number + 1):
                return f"{self.found.word} / {rest[number + 1].raw}"
        for line in self.text.lines[self.found.number + 1 :]:
            tokens = self.text.tokens(line[:MAX_LINE])
            tokens = tokens[self._correction(tokens) :]
            if tokens and self._is_another(tokens, 0):
                match = self.text.words.at(tokens, 0)
                end = tokens[len(match[0]) - 1].end if match else 0
                if self.found.action in CONSENT or not line[end:].strip() or re.match(r"\s*[.!,;:—–-]", line[end:]):
                    return line.strip()[:80]
        return None

    @staticmethod
    def _correction(tokens: Sequence[Token]) -> int:
        """How many words only take back what stands above (“Ой, то есть согласовано”)."""
        at = 0
        while length := phrase_length(tokens, at, _CORRECTIONS):
            at += length
        return at

    def _is_another(self, tokens: Sequence[Token], at: int) -> bool:
        match = self.text.words.at(tokens, at)
        return bool(match and self.found.action not in match[1] and set(match[1]) & DECIDING)

    def _doubt_about_consent(self) -> Objection | None:
        behind = "\n".join([self.found.tail, *self.text.lines[self.found.number + 1 :]])
        if self.found.action is Action.APPROVE and (doubt := self._doubt_about_approval()):
            plainer = self._contrary(behind) if doubt[0] in ("unclear", "terms") else None
            return plainer or doubt
        if asks(behind):
            return "question", "a question in the text"
        if _GARBLED.search(self.text.original):
            return "garbled", self.found.shown
        if NO_SIGNS & set(self.text.original):
            return "hesitation", "a picture that says no"
        signed = behind.strip() == "," and self._closes()
        if not signed and re.fullmatch(r"\s*[,:;–—-]\s*\w{0,2}\s*", behind.rstrip() or "."):
            return "unfinished", self.found.shown
        if _BREAKS_OFF.match(behind) and not self._closes():
            return "unfinished", self.found.shown
        return self._contrary(behind) or opposed_below(self.text, self.found.action) or self._said_elsewhere()

    def _said_elsewhere(self) -> Objection | None:
        """Words between the quoted lines, an afterthought below the signature, somebody else's signature."""
        key = self.found.line.strip()
        for stretch in self.text.inserted:
            own = key in (line.strip() for line in stretch.split("\n"))
            if not own and not is_harmless(stretch, self.text.names, self.text.words, self.text.cyrillic):
                return "between", " ".join(stretch.split())[:80]
        if afterthought := _AFTERTHOUGHT.search(plain(self.text.signature[:4000])):
            return "condition", afterthought[0].strip()[:80]
        words_below = (self.found.tail, *self.text.lines[self.found.number + 1 :], plain(self.text.signature[:4000]))
        below = "\n".join(words_below)
        return ("told", aide) if (aide := signed_by_aide(below, self.text.writer)) else None

    def _closes(self) -> bool:
        """Is the paragraph below a farewell (“Approved,” and, after a blank line, “Best regards” or a name)?"""
        if not any(line.strip() for line in self.text.lines[self.found.number + 1 :]):
            first = fold(self.text.signature.strip().partition("\n")[0])
            return bool(self.text.writer & {fold(word) for word in WORD.findall(first)})
        below = next((line for line in self.text.lines[self.found.number + 1 :] if line.strip()), "")
        tokens = self.text.tokens(below[:MAX_LINE])
        farewell = bool(tokens) and tokens[0].folded in FAREWELLS
        return farewell or (0 < len(tokens) <= 3 and all(token.folded in self.text.names for token in tokens))

    def _doubt_about_approval(self) -> Objection | None:
        near = self.found.bracketed() or self.found.direct()
        below = "\n".join([self.found.tail, *self.text.lines[self.found.number + 1 :]])
        if told_of_another(near, self.found.rest) or _SURNAME_BY.match(self._line_below()) or _FOR_HIM.search(below):
            return "told", self.found.shown
        if comes_later(near):
            return "condition", self.found.shown
        if changes_amount(self.found.sentence()):
            return "number", self.found.shown
        if terms := other_terms(without_benign(without_links(below)), self.text.cyrillic):
            return "terms", terms
        if not self._goes_on_clearly():
            return "unclear", self.found.shown
        if choice := re.search(r"\b(?:или|либо|or|oder)\b", without_benign(self.found.behind), re.IGNORECASE):
            return "condition", choice[0]
        return None

    def _goes_on_clearly(self) -> bool:
        """What follows without a pause is payment, politeness, a date or a reference; no name stands in brackets."""
        if _NAME_IN_BRACKETS.match(self.found.behind) or _OFFICE_IN_BRACKETS.match(self.found.behind):
            return False
        direct = self.found.direct()
        text = without_benign(self.found.behind[: direct[-1].end]) if direct else ""
        words = self.text.tokens(text)
        if not words or told_by_me(direct):
            return True
        first = words[0]
        if any(set(word.forms) & PARTS for word in words[:3]):  # “approve the deposit”
            return False
        named = len(words) > 1 and words[1].raw[:1].isupper() and not words[1].raw.isupper()
        if named and first.folded in ("for", "за"):  # “approve for Ivan”
            return False
        return first.raw[0].isdigit() or bool(REFERENCE.match(first.raw)) or not BEHIND_APPROVE.isdisjoint(first.forms)

    def _line_below(self) -> str:
        """The next line, when the keyword stands alone and no point ends its line."""
        below = self.text.lines[self.found.number + 1] if self.found.number + 1 < len(self.text.lines) else ""
        return below.strip()[:80] if not self.found.tail.strip() else ""

    def _contrary(self, text: str) -> Objection | None:
        """The first sign in the text that speaks against a yes."""
        opposed = OPPOSED.get(self.found.action, frozenset())
        tokens = self.text.tokens(without_benign(without_links(without_last_day(text))))
        for at, token in enumerate(tokens):
            if sign := next((sign for form in token.forms if (sign := sign_of(form))), None):
                return sign, token.raw
            match = self.text.words.at(tokens, at)
            other = match and set(match[1]) & opposed and self.found.action not in match[1]
            if other or any(map(opposes, token.forms)):
                return "two_words", token.raw
        return None


def signed_by_aide(below: str, writer: frozenset[str]) -> str:
    """The office of somebody who writes for another; the writer's own name before or below it makes it his own."""
    match = _AIDE.search(below)
    if match is None or not writer:
        return ""
    around = below[: match.start()] + below[match.end() :].partition("\n")[2]
    return "" if writer & {fold(word) for word in WORD.findall(around)} else match[0]


def opposed_below(text: Text, action: Action) -> Objection | None:
    """Another decision below the signature (a late “ОТКАЗАНО”) is no signature."""
    opposed = OPPOSED.get(action, frozenset())
    for line in text.signature.split("\n")[:60]:
        tokens = text.tokens(plain(line[:300]))
        match = text.words.at(tokens, 0) if tokens else None
        if match and set(match[1]) & opposed and len(tokens) <= len(match[0]) + 3:
            return "two_words", line.strip()[:80]
    return None
