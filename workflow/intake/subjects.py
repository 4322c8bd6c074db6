"""What is paid for, out of what is left of somebody's words once everything else is taken away."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from values.spoken_days import spoken_days
from workflow.intake import wordings as w
from workflow.intake.amounts import amount_places
from workflow.intake.companies import company_places
from workflow.intake.own_words import MASK, OwnWords
from workflow.tokens import fold

_PREFIX = re.compile(r"^\s*(?:(?P<forward>fwd?|fw|пересл|пер|wg|tr)|re|ha|на|отв|ответ|"
    r"aw)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_TAG = re.compile(r"\[[^\]]{0,60}\]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_PAUSE = re.compile(r"[,;!?\n\x00]+|[.](?=\s|$)|\s[-–—]+\s|—|:\s|\((?!\w)|\)")
_IS_FOR = re.compile(r"(?:за|for)\s+", re.IGNORECASE)
MOST_PARTS, MOST_WORDS, MOST_STRONG, LONGEST = 3, 6, 14, 200


@dataclass(frozen=True, slots=True)
class Header:
    """A subject line without what mail programs put in front of it."""

    text: str
    forwarded: bool
    answered: bool = False


def header_subject(subject: str) -> Header:
    """The subject line as it was meant, and whether it is that of somebody else's letter or of an answer."""
    bare, forwarded, answered = _TAG.sub(" ", subject), False, False
    while match := _PREFIX.match(bare):
        forwarded = forwarded or bool(match["forward"])
        answered = answered or not match["forward"]
        bare = bare[match.end() :]
    return Header(" ".join(bare.split()), forwarded, answered)


def text_subject(own: OwnWords, names: Collection[str], today: date) -> tuple[str, ...]:
    """What is paid for, in the parts that were written; none when the text does not plainly say it."""
    known = frozenset(map(fold, names))
    strong: list[str] = []
    weak: list[str] = []
    waits = False
    for part in _parts(own, today):
        what, asked = _stripped(part)
        if asked and not what:  # "Оплатите, пожалуйста, мебель"
            waits = True
            continue
        asked, waits = asked or waits, False
        if weak and w.MONTH_ONLY.fullmatch(what.lower()):
            weak.append(what)
        elif not _says_what(what, known, MOST_STRONG if asked else MOST_WORDS):
            if not asked and len(_WORD.findall(what)) > MOST_WORDS:
                weak.append("")  # a whole sentence about something else
        else:
            (strong if asked else weak).append(what)
    chosen = strong or ([] if len(weak) > MOST_PARTS or "" in weak else weak)
    return tuple(part[:LONGEST] for part in dict.fromkeys(chosen[:MOST_PARTS]))


def _parts(own: OwnWords, today: date) -> list[str]:
    """The text cut at pauses, at values that were read and at words that only accompany them."""
    cut = list(own.text)
    places = [(day.start, day.end) for day in spoken_days(own.masked, today)]
    places += [(at, at + 1) for at, sign in enumerate(own.masked) if sign == MASK]
    places += amount_places(own) + company_places(own.text)
    for pattern in (w.PURPOSE, w.ASIDE, w.TIMEISH, w.AMOUNT_IN_WORDS, w.NOT_TO_PAY):
        places += [match.span() for match in pattern.finditer(own.folded)]
    places += [(start, start + len(sentence)) for start, sentence in _idle_questions(own)]
    for pattern in (w.NOT_NOW, w.DEPENDS, w.PAID_ALREADY):
        places += [(match.start(), own.clause_end(match.end())) for match in pattern.finditer(own.folded)]
    for start, end in places:
        cut[start:end] = MASK * (end - start)
    return [part.strip() for part in _PAUSE.split("".join(cut)) if part and part.strip()]


def _idle_questions(own: OwnWords) -> list[tuple[int, str]]:
    """Questions that ask for no payment: they name nothing to pay for."""
    found = ((match.start(), match[0]) for match in re.finditer(r"[^.!?\n]*\?", own.folded))
    return [(start, text) for start, text in found if not w.SAYS_PAY.search(text) and len(_WORD.findall(text)) > 1]


def _stripped(part: str) -> tuple[str, bool]:
    """The part without the words that ask for payment, and whether there were any that make the rest its object."""
    rest, asked = part, False
    while True:
        folded = rest.lower().replace("ё", "е")
        if match := w.PAPER.match(folded) or w.PAY_WORD.match(folded):
            asked = True
        elif (asked and (match := w.FROM_WHOM.match(folded))) or (asked and (match := w.WHAT_FOR.match(folded))):
            pass
        elif not (match := w.ASKING.match(folded)):
            break
        if not match.end():
            break
        rest = rest[match.end() :]
    folded = rest.lower().replace("ё", "е")
    while match := w.TRAILING.search(folded):
        folded = folded[: match.start()]
    rest = rest[: len(folded)].strip(" \t«»\"'“”*_>•-–—+/=")
    rest += ")" * (rest.count("(") - rest.count(")"))  # the pause behind was cut off
    if not asked and (match := _IS_FOR.match(rest)):
        rest, asked = rest[match.end() :], True
    return rest, asked


def _says_what(text: str, names: Collection[str], most: int) -> bool:
    """Is it a thing or a service in few words, and no sentence, name or empty word?"""
    words = [fold(word) for word in _WORD.findall(text)]
    if not words or len(words) > most or len(text) < 3 or set(text) & set("|@"):
        return False
    if w.NO_SUBJECT.search(text.lower().replace("ё", "е")):
        return False
    return not all(word in w.EMPTY_WORDS or word in names for word in words)
