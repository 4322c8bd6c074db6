"""The amount to pay in somebody's running text: taken only when it is plainly that."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from values.flaw import Flaw
from values.money import amount_currency, parse_amount
from values.number_words import number_in_words
from values.spoken_days import spoken_days
from workflow.intake import wordings as w
from workflow.intake.own_words import OwnWords, own_words

_NUMBER = (
    r"(?:\d{1,3}(?:[ '’.,]\d{3})+(?:[.,-]\d{1,2})?|\d+(?:[.,]\d{3})|\d+(?:[.,-]\d{1,2})?)(?![\d])(?![.,]\d)"
)
_CURRENCY = (
    r"руб(?:л[еяи]\w*|\.)?|р(?:\.|уб)?(?![\w/])|₽|rub\b|rur\b|roubles?|usd|us\$|\$|долл(?:ар\w*|\.)?|dollars?|eur\b|"
    r"euros?|евро|€|gbp|£|фунт\w*|pounds?|"
    r"cny|юан\w*|yuan|¥|kzt|тенге|₸|byn|chf|франк\w*|aed|дирхам\w*|try\b|лир\w*|pln|jpy|inr"
)
_TIMES = (
    r"(?P<times>тыс(?:яч\w*|\.)?|т\.\s?(?=р)|т\.(?!\w)|т(?=р\b|\.?р)|млн\.?|миллион\w*|mln|million|thousand|"
    r"[кk](?!\w)|m(?!\w))"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,/№#])(?<!\w-)(?P<sign>[€$£₽¥]|usd|eur|rub|"
    rf"gbp)?\s?(?P<number>{_NUMBER})\s*(?:{_TIMES}\s*)?(?:(?P<words>\([^()\d\n]{{3,160}}\))\s*)?"
    rf"(?P<currency>{_CURRENCY})?"
    r"(?P<part>\s*\d{1,2}\s*(?:коп\w*\.?|cents?))?",
)
_PAY_BEHIND = re.compile(rf"(?:{w.PAYS})\b")
_ANY_DAY = date(2026, 1, 1)
"""Only the places of dates matter here."""
SENTENCE_END = re.compile(r"(?<=[!?])\s|(?<!руб)(?<!тыс)(?<!млн)(?<!\bр)(?<!т\.р)[.](?=\s|$)|\n")
_IN_WORDS = re.compile(
    r"^\W*(?:(?:сумма|итого|всего)\s+)*(?:\(?прописью\)?|amount\s+in\s+words|in\s+words)\s*[:=\t–—-]\s*(.{4,300})$",
    re.IGNORECASE,
)
_KOPECKS = re.compile(r"\b(?:\d{1,2}|ноль)\s*(?:коп\w*\.?|cents?)", re.IGNORECASE)
_SCALE = {"т": 1000, "к": 1000, "k": 1000, "м": 1_000_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True)
class SaidAmounts:
    """Amounts as they were written; one that is only probable as value, currency and text."""

    plain: tuple[str, ...] = ()
    perhaps: tuple[str, str, str] | None = None
    is_unclear: bool = False


def said_amounts(own: OwnWords) -> SaidAmounts:
    """Every amount to pay that the text names."""
    days = [(day.start, day.end) for day in spoken_days(own.masked, _ANY_DAY)]
    plain: dict[Decimal | str, str] = {}
    perhaps: list[tuple[str, str, str]] = []
    unclear = False
    for match in _AMOUNT.finditer(own.masked):
        kind = _kind(match, own)
        read = _without_words(match, own)
        if kind == "none" or any(start < match.end("number") and match.start("number") < end for start, end in days):
            continue
        value = _value(match, read)
        if kind == "unclear" or (isinstance(value, Flaw) and value.code != "ambiguous"):
            unclear = True
        elif isinstance(value, Flaw):
            plain.setdefault(read, read)
        elif kind == "perhaps":
            perhaps.append((str(value), _currency(match), read))
        else:
            plain.setdefault(value, _as_typed(read))
    one = perhaps[0] if len({value for value, _, _ in perhaps}) == 1 else None
    return SaidAmounts(tuple(plain.values()), one, unclear or (bool(perhaps) and one is None))


def _line_in_words(text: str, amount: Decimal) -> str | None:
    """What a line "Сумма прописью: …" says, where that is another sum."""
    for line in text.split("\n"):
        match = _IN_WORDS.match(line[:400])
        said = number_in_words(_KOPECKS.sub(" ", match[1])) if match else None
        if match and said is not None and said != int(amount):
            return match[1].strip()
    return None


def other_amount(text: str, typed: str, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The amount of a filled line beside another one, or a share, that the writer says is to be paid."""
    amount = parse_amount(typed)
    if isinstance(amount, Flaw):
        return {}
    if (in_words := _line_in_words(text, amount)) is not None:
        return {"amount": (typed, in_words)}
    for sentence in SENTENCE_END.split(text):
        own = own_words(sentence, names)
        folded = w.VAT_RATE.sub(" ", own.folded)
        if not (w.SAYS_PAY.search(folded) or w.PART.search(folded)):
            continue
        said = said_amounts(own)
        others = [one for one in said.plain if parse_amount(one) != amount]
        share = None if w.OTHER_SHARE.search(folded) else w.SHARE.search(folded)
        if others or (share and not said.plain):
            return {"amount": (typed, others[0] if others else share[0].strip() if share else "")}
    return {}


def _without_words(match: re.Match[str], own: OwnWords) -> str:
    """What was written, without the same in words ("(двенадцать тысяч)")."""
    start, end = match.span("words") if match["words"] else (match.end("number"), match.end("number"))
    twice = match["part"] and re.search(r"[.,]\d\d$", match["number"])  # "34 560,00 рублей 00 копеек"
    stop = match.start("part") if twice else match.end()
    return " ".join(f"{own.text[match.start() : start]} {own.text[end:stop]}".split())


def amount_places(own: OwnWords) -> list[tuple[int, int]]:
    """Where amounts stand, whatever they are."""
    return [
        match.span() for match in _AMOUNT.finditer(own.masked)
        if match["currency"] or match["sign"] or match["times"] or match["words"] or _alone(match, own)
        or _ends_clause(match, own)
        or w.SAYS_AMOUNT.search(own.masked[max(0, match.start() - 40) : match.start()])
    ]  # fmt: skip


def _kind(match: re.Match[str], own: OwnWords) -> str:
    """Whether this number is the amount: plain, perhaps, unclear (an amount, but which?), or none."""
    start = match.start("sign") if match["sign"] else match.start("number")
    before, behind = own.masked[max(0, start - 40) : start], own.masked[match.end() : match.end() + 30]
    before = re.split(r"[\n;!?]", before)[-1]
    named = bool(match["currency"] or match["sign"])
    said = bool(w.SAYS_AMOUNT.search(before))
    if not named and not match["times"] and not said:
        return _bare(match, own)
    if (w.NO_AMOUNT_BEFORE.search(before) or re.search(r"(?:^|[\s(])[+−–-]$", before)) and not said:
        return "unclear" if named and re.search(r"\b(?:до|не\s+более|up\s+to)\s*$", before) else "none"
    short = match["times"] and match["times"].strip(". ") in ("к", "k", "m", "т")
    if short and not named and not said and not _alone(match, own):
        return "none"
    if match["times"] or w.ABOUT.search(before) or w.UNSURE_BEHIND.match(behind):
        return "perhaps"
    return "plain"


def _bare(match: re.Match[str], own: OwnWords) -> str:
    """A number without any word beside it: an amount when it stands alone between two pauses and is written like "
    "one."""
    number = match["number"]
    if not _alone(match, own):
        return "perhaps" if _ends_clause(match, own) and not w.NUMBERED.search(own.masked[: match.start()]) else "none"
    if re.fullmatch(r"(?:19|20)\d\d", number) or number.startswith("0"):
        return "none"
    if re.search(r"[ '’.,]\d{3}|[.,]\d{2}$", number):
        return "plain"
    return "perhaps" if 3 <= len(number) <= 7 else "none"


def _ends_clause(match: re.Match[str], own: OwnWords) -> bool:
    """A number written like a sum at the end of its clause: "хозтовары 12 500,00"."""
    written = re.search(r"\d[ '’]\d{3}|\d{3}[.,]\d{2}$", match["number"])
    begun = own.clause_before(match.start()).strip()
    behind = own.clause_after(match.end()).strip(" .")
    return bool(written and begun) and (not behind or bool(_PAY_BEHIND.match(behind)))


def _alone(match: re.Match[str], own: OwnWords) -> bool:
    return own.clause(match.start()).strip(" .") == own.folded[match.start() : match.end()].strip(" .")


def _value(match: re.Match[str], read: str) -> Decimal | Flaw:
    times = match["times"]
    if not times:
        return parse_amount(_as_typed(read))
    number = match["number"].replace(" ", "").replace(",", ".")
    try:
        value = Decimal(number) * _SCALE[times[0]]
    except ArithmeticError:
        return parse_amount(read)
    return value.quantize(Decimal("0.01"))


def _as_typed(read: str) -> str:
    return read.rstrip(" ,;")


def _currency(match: re.Match[str]) -> str:
    word = (match["currency"] or match["sign"] or "").strip()
    return (amount_currency(f"1 {word}") or "") if word else ""
