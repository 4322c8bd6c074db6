"""The contractor in somebody's running text: a name with its legal form, and nobody else's debt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from values.names import fold_name
from values.text import one_line
from workflow.intake.wordings import words_of

_FORM = r"(?:ООО|Ооо|ооо|ПАО|ЗАО|ОАО|НАО|АО|ТОО|ЧП|АНО|НКО|ФГУП|МУП|ГУП|ФГБУ|ФГАУ|ФБУ|ГБУ|МБУ|КФХ|ИП)"
_CAPITAL = r"[A-ZА-ЯЁ][\w&.’'-]*"
_RU = re.compile(
    rf"(?<![\w-])(?P<form>{_FORM})\s*(?:[«\"“„](?P<quoted>[^»\"”“\n]{{2,80}})[»\"”“]|"
    rf"(?P<person>(?<=ИП)\s*{_CAPITAL}(?:\s+(?:{_CAPITAL}|[А-ЯЁ]\.\s?[А-ЯЁ]\.)){{0,2}})|"
    rf"(?P<plain>{_CAPITAL}(?:[ -](?:{_CAPITAL}|\d+)){{0,3}}|(?<=ооо )[а-яё]{{3,30}}))"
)
_EN = re.compile(
    r"(?<![\w-])(?P<name>(?:[A-Z0-9][\w&.’'-]*,?\s+){1,4})(?P<form>Ltd|LTD|Limited|LLC|L\.L\.C|Inc|Incorporated|"
    r"GmbH|LLP|Corp|Corporation|PLC|plc|AG|BV|B\.V|SA|S\.A|SRL|"
    r"SARL|Oy|AB|SAS|Pte|FZE|FZCO)\b\.?"
)
_VERBS = words_of(
    "pay please to for invoice from the kindly payment transfer wire settle dear hi hello supplier vendor contractor "
    "our new bill"
)
_NOT_HIS = re.compile(r"(?:\b(?:за|вместо|долг\w*|задолженност\w*|от\s+имени|on\s+behalf\s+of|instead\s+of|"
    r"debt\s+of|the\s+debts?\s+of))\s*$", re.IGNORECASE)
_INFLECTS = re.compile(r"\b(?:для|от|у|к|перед|на|по|с|со|оплат\w+|заплат\w+|перевести|перечислить)\s*$", re.IGNORECASE)
_BANK = re.compile(r"банк|bank")
_AT_BANK = re.compile(r"(?:\b(?:в|во|банк\w*|at|with|in|bank)\s*:?|\d)\s*$", re.IGNORECASE)
_FOR = re.compile(r"\bfor\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SaidCompanies:
    """The one company that is plainly the payee, or the one that may be it."""

    plain: str = ""
    perhaps: str = ""


def said_companies(text: str, own_company: str) -> SaidCompanies:
    """Whom the text names; two names, or one for whom somebody else pays, are never told apart by guessing."""
    sure: dict[str, str] = {}
    unsure: dict[str, str] = {}
    others = False
    for name, start in _names(text):
        folded = fold_name(name)
        before = text[max(0, start - 30) : start]
        if _BANK.search(folded) and _AT_BANK.search(before):
            continue
        if not folded or folded == fold_name(own_company):
            continue
        if _NOT_HIS.search(before):
            others = True
            continue
        declined = (name.startswith("ИП") and _INFLECTS.search(before)) or _FOR.search(before)
        (unsure if declined else sure).setdefault(folded, name)
    together = {**sure, **unsure}
    if len(together) != 1:
        return SaidCompanies()
    only = next(iter(together.values()))
    return SaidCompanies(perhaps=only) if others or not sure else SaidCompanies(only)


def company_places(text: str) -> list[tuple[int, int]]:
    """Where names of companies stand, with the little word before them."""
    places = [match.span() for pattern in (_RU, _EN) for match in pattern.finditer(text)]
    return [(_with_preposition(text, start), end) for start, end in places]


def _with_preposition(text: str, start: int) -> int:
    before = re.search(r"\b(?:для|от|у|к|перед|на|по|с|за|for|to|from|by|of|with)\s*$", text[:start], re.IGNORECASE)
    return before.start() if before else start


def _names(text: str) -> list[tuple[str, int]]:
    found = [(one_line(match[0]).rstrip(" ,.-") + _closing(match), match.start()) for match in _RU.finditer(text)]
    for match in _EN.finditer(text):
        words = match["name"].split()
        offset = match.start()
        while words and words[0].strip(",.").lower() in _VERBS:
            offset = text.index(words[1], offset + len(words[0])) if len(words) > 1 else offset
            words = words[1:]
        if words:
            found.append((one_line(" ".join([*words, match["form"]])), offset))
    return found


def _closing(match: re.Match[str]) -> str:
    """Initials keep their point."""
    return "." if re.search(r"[А-ЯЁ]\.\s?[А-ЯЁ]\.$", match[0].rstrip(" ,-")) else ""
