"""Signs that a yes is no clear yes: negation, condition, hesitation, another actor, another amount."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workflow.tokens import Token, stands
from workflow.wordlist import (
    BACK_REFERRING,
    BENIGN,
    CONDITIONS,
    FOLLOWS_LATER,
    FOLLOWS_TOLD,
    HESITATIONS,
    INSTRUMENTAL,
    NEGATIONS,
    NOT_INSTRUMENTAL,
    OPPOSED_STEMS,
    STEM_EXCEPTIONS,
    TOLD,
    TOLD_BY_ME,
)

_BENIGN = re.compile(
    r"(?<![^\W_])(?:"
    + "|".join(re.escape(phrase).replace(r"\ ", r"[\s,]+") for phrase in sorted(BENIGN, key=len, reverse=True))
    + r")(?![^\W_])",
    re.IGNORECASE,
)
_NOTHING_TO_REMARK = re.compile(
    r"(?<![^\W_])(?:замечаний|возражений|вопросов|претензий|нареканий)(?:\s+[^\W\d_]+){1,4}\s+(?:нет|не\s+име\w+)(?!\w)",
    re.IGNORECASE,
)
"""“Замечаний юридического характера не имею”: what is not there is said in between."""
_URL = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+", re.IGNORECASE)
REFERENCE = re.compile(r"(?<![\w-])([A-ZА-ЯЁ]{2,12}-(?:19|20)\d\d-\d{3,8})(?:/\d+)?(?!\w)", re.IGNORECASE)
_NO_AMOUNT = re.compile(
    r"(?:№|#|\bN\b|\bno\.?|\bп/п|\bинв\w*|\binvoice|\bсч[её]т\w*|\bдоговор\w*|\bcontract)\s*[\w/-]*\d[\w/.-]*|"
    r"\b\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d\b|"
    r"\b\d{1,2}(?:-?го|st|nd|rd|th)?\s+(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|"
    r"jul|"
    r"aug|sep|oct|nov|dec)\w*(?:\s+\d{4})?",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(
    r"^[\s:=(\[–—-]*(?:(?:на|до|в|за|сумм\w+|размере|сумме|около|порядка|for|up|to|of|about|at|the|amount|"
    r"max\w*)\s+){0,3}\d",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\d[\d\s.,]*\s*(?:руб|р\b|₽|rub|eur|€|usd|\$|тыс|млн|k\b|%|процент|percent)|[€$]\s*\d", re.IGNORECASE
)


def sign_of(form: str) -> str | None:
    """The doubt that a word raises by itself."""
    if form in NEGATIONS or form.replace("'", "") in NEGATIONS or form.endswith("n't"):
        return "negated"
    if form in CONDITIONS:
        return "condition"
    return "hesitation" if form in HESITATIONS else None


def opposes(form: str) -> bool:
    """The word is of the family of another decision, or changes what is decided."""
    return form.startswith(OPPOSED_STEMS) and form not in STEM_EXCEPTIONS


def asks(text: str) -> bool:
    """A question mark stands in the text, addresses of pages aside."""
    return bool({"?", "？", "⁇", "؟"} & set(without_links(text)))


def without_links(text: str) -> str:
    return _URL.sub(" ", text)


def without_benign(text: str) -> str:
    """The text without phrases that hold a sign and mean no harm."""
    return _NOTHING_TO_REMARK.sub(" ", _BENIGN.sub(" ", text.replace("ё", "е").replace("’", "'")))


def without_numbers(text: str) -> str:
    """The text without numbers that are none of money: of papers, days and hours."""
    return _NO_AMOUNT.sub(" ", text)


def changes_amount(sentence: str) -> bool:
    """A number stands where another amount would: first behind the word, or with a currency or percent sign."""
    bare = without_benign(without_numbers(REFERENCE.sub(" ", without_links(sentence))))
    return bool(_NUMBER_FIRST.match(bare) or _AMOUNT.search(bare))


def told_of_another(direct: Sequence[Token], whole: Sequence[Token]) -> bool:
    """The words right behind a yes name somebody else as its author, or the line reports somebody's words."""
    if any(set(token.forms) & TOLD for token in whole):
        return True
    if not direct or told_by_me(direct):
        return False
    return bool(set(direct[0].forms) & FOLLOWS_TOLD) or by_somebody(direct[:3])


def by_somebody(tokens: Sequence[Token]) -> bool:
    """A word in the instrumental case, as in “согласовано Ивановым”."""
    return any(_is_instrumental(token.folded) for token in tokens)


def takes_refusal_back(direct: Sequence[Token]) -> bool:
    """“Вернуть не нужно”: the negation is about the refusal itself; “вернуть нет акта” gives its reason."""
    signs = [any(sign_of(form) == "negated" for form in token.forms) for token in direct[:2]]
    if not any(signs):
        return False
    if not signs[0]:
        return len(direct) == 2 or direct[2].folded in BACK_REFERRING
    return len(direct) == 1 or direct[1].folded in BACK_REFERRING


def told_by_me(tokens: Sequence[Token]) -> bool:
    return any(stands(phrase, tokens, 0) for phrase in TOLD_BY_ME)


def comes_later(direct: Sequence[Token]) -> bool:
    """“Approve tomorrow”: the word right behind puts the yes off."""
    if direct and direct[0].folded in ("в", "во", "on", "к", "by"):
        direct = direct[1:]
    return bool(direct) and bool(set(direct[0].forms) & FOLLOWS_LATER)


def _is_instrumental(word: str) -> bool:
    return len(word) > 4 and word.endswith(INSTRUMENTAL) and word not in NOT_INSTRUMENTAL
