"""Money: amounts read strictly, and written the way people of a language write them.

The rule for reading: one reading or none. A separator that is followed by exactly three digits and stands alone may
group thousands or begin decimals, so it is asked back; everything that is not plainly an amount is refused.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern

from values.currencies import CURRENCIES, fold, parse_currency
from values.flaw import Flaw, flaw
from values.number_words import number_in_words
from values.text import one_line

__all__ = ["CURRENCIES", "Money", "amount_currency", "format_amount", "format_money", "parse_amount", "parse_currency"]

# A cell of a spreadsheet keeps 15 significant digits.
LARGEST = Decimal("9999999999999.99")

_WHOLE_AND_KOPECKS = re.compile(r"([\d .,'’]*\d)\s*([^\W\d][^\d]*?)\s*(\d{1,2})\s*(?:коп\w*|cents?|ct|к)\.?", re.I)
# VAT inside the amount changes nothing; "без НДС" may mean that more is to be paid, so it is asked about.
_RATE = r"(?:\s*\(?\d\d?\s*%\)?)?"
_VAT_SUM = r"(?:[\s:(–—-]{1,4}\d[\d .,'’-]*(?:\s*(?:руб\w*\.?|р\.?|₽|rub|eur|usd|€|\$))?)?"
_VAT_INSIDE = re.compile(
    rf"[\s,;(]{{1,4}}(?:(?:с|вкл\w*\.?|в\s*т\.?\s*ч\.?|в том числе|incl\w*\.?|including){_RATE}\s*"
    rf"(?:ндс|vat){_RATE}{_VAT_SUM}|"
    r"ндс\s+не\s+облагается(?:,\s*[^\d)]{1,40})?)[\s.)]{0,3}$",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(r"(?<=\d)(?P<before>[^\d()]{0,12})\((?P<words>[^()\d]{3,200})\)")
_TOTAL = re.compile(
    r"^(?:итого|всего|сумма|к\s+оплате|на\s+сумму|total|amount(?:\s+due)?|in\s+total)(?:\s+к\s+оплате)?"
    r"\s*[:=–—-]?\s+(?=\S)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"[\s,;(]{1,4}(?:под\s*отч[её]т|(?:по|согласно)\s+(?:договору|дог\.|сч[её]ту|сч\.)\s*(?:№\s*)?[\w/-]*\d[\w/-]*"
    r"(?:\s+от\s+\d\d?\.\d\d?\.\d{2,4}(?:\s*г\.?)?)?)[\s.)]{0,3}$",
    re.IGNORECASE,
)
"""Why it is paid, behind the amount."""
_TIMES = re.compile(
    r"^(?P<number>[^\d]{0,12}\d[\d ]{0,12}(?:[.,]\d{1,3})?)\s*"
    r"(?P<times>тыс(?:яч[аи]?)?\b\.?|т\.\s?(?=р)|т(?=р\b|\.?\s?р\b)|"
    r"млн\b\.?|миллион(?:а|ов)?\b|thousand\b|k\b|million\b|mln\b)(?P<after>[^\d]{0,20})$",
    re.IGNORECASE,
)
_EDGES = re.compile(
    r"^(?P<before>[^\d.,=]*?(?:(?<=[^\W\d])\.)?)\s*"
    r"(?P<number>[\d.,](?:.*[\d=])?)[.]?\s*(?P<after>[^\d=]*)$"
)
_NEGATIVE = re.compile(r"(?:^|[^\d\s])\s*[-−–]\s*[\d.,]")
# A hyphen begins kopecks in payment orders, always two of them.
_PART = r"(?:(?:[.,]|-(?=\d\d$))(?P<part>\d{1,4}))?"
_PLAIN = re.compile(rf"(?P<whole>\d+){_PART}")
_GROUPED = re.compile(rf"(?P<whole>\d{{1,3}}(?P<sep>[ '.,])\d{{3}}(?:(?P=sep)\d{{3}})*)(?!(?P=sep)){_PART}")
_THREE_AFTER_ONE = re.compile(r"(?P<whole>[1-9]\d{0,2})[.,](?P<part>\d{3})")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of a currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def parse_amount(text: str, currency: str | None = None) -> Decimal | Flaw:
    """Read a positive amount; `currency` sets how many decimals are possible, else the one named in the text does."""
    read = one_line(text)
    if not read:
        return flaw("missing", "empty")
    if any(c.isnumeric() and not c.isascii() for c in read):
        return flaw("invalid", "amount_digits", read)
    if _NEGATIVE.search(_VAT_INSIDE.sub("", read)):
        return flaw("invalid", "amount_negative", read)
    if (times := _TIMES.match(read)) is not None:
        return _in_thousands(times, currency)
    bare, in_words = _without_words(read)
    parts = _split(bare)
    if isinstance(parts, Flaw):
        return flaw(parts.code, parts.reason, read, parts.hint)
    number, named = parts
    units = CURRENCIES.get(currency or named or "", 2)
    value = _read_number(number, units, read)
    if in_words is not None and isinstance(value, Decimal) and int(value) != in_words:
        return flaw("ambiguous", "amount_words_differ", read, f"{value} / {in_words}")
    return value


def is_rounded(text: str) -> bool:
    """Is the amount written in thousands or millions ("12 тыс.")?"""
    return bool(_TIMES.match(one_line(text)))


def _in_thousands(match: re.Match[str], currency: str | None) -> Decimal | Flaw:
    """"12,5 тыс. руб.": the number is read as strictly as any other."""
    number = parse_amount(f"{match['number']} {match['after']}", currency)
    if isinstance(number, Flaw):
        return flaw(number.code, number.reason, match[0], number.hint)
    value = number * (1_000_000 if match["times"].lower()[:2] in ("мл", "ми", "ml", "mi") else 1000)
    return value if value <= LARGEST else flaw("invalid", "amount_too_large", match[0])


def amount_currency(text: str) -> str | None:
    """Name the currency that stands beside the number in a typed amount, if one does."""
    read = one_line(text)
    if (times := _TIMES.match(read)) is not None:
        read = f"{times['number']} {times['after']}"
    parts = _split(_without_words(read)[0])
    return None if isinstance(parts, Flaw) else parts[1] or None


def _without_words(read: str) -> tuple[str, int | None]:
    """The amount without the same in words behind it ("12 000 (двенадцать тысяч) руб."), and what the words say."""
    match = _IN_WORDS.search(read)
    said = number_in_words(match["words"]) if match else None
    if match is None or said is None:
        return read, None
    return f"{read[: match.start()]}{match['before']} {read[match.end() :]}".strip(), said


def _split(read: str) -> tuple[str, str | None] | Flaw:
    """Part a typed amount into its bare number and the currency named beside it."""
    spaced = _kopecks_joined(_TOTAL.sub("", _VAT_INSIDE.sub("", _REASON.sub("", read))).replace("’", "'"))
    edges = _EDGES.match(spaced)
    if edges is None:
        return flaw("invalid", "amount_not_number", read)
    words = [fold(edges["before"]), fold(edges["after"])]
    currencies = [_currency_of(word) for word in words if word]
    if None in currencies:
        reason = "amount_exponent" if re.search(r"\de[+-]?\d", spaced, re.I) else "amount_not_number"
        return flaw("invalid", reason, read)
    if len(set(currencies)) > 1:
        return flaw("invalid", "amount_two_currencies", read)
    return edges["number"], currencies[0] if currencies else None


def _kopecks_joined(text: str) -> str:
    """Turn "1 234 руб. 56 коп." into "1 234,56 руб."."""
    match = _WHOLE_AND_KOPECKS.fullmatch(text)
    if match and re.search(r"[.,]\d\d$", match[1]) and match[1][-2:] == f"{match[3]:0>2}":
        return f"{match[1]} {match[2]}"  # "12 000,00 рублей 00 копеек"
    if match is None or _currency_of(fold(match[2])) is None:
        return text
    return f"{match[1]}-{match[3]:0>2} {match[2]}"


def _currency_of(word: str) -> str | None:
    """The currency a word beside a number means; the numbers of currencies do not count here."""
    found = None if word.isdigit() else parse_currency(word)
    # A yen sign still is a currency sign, though it does not say which.
    return found if isinstance(found, str) else "" if found and found.code == "ambiguous" else None


def _read_number(number: str, units: int, read: str) -> Decimal | Flaw:
    if re.search(r"\d\s*e\s*[+-]?\d", number, re.I):
        return flaw("invalid", "amount_exponent", read)
    bare = number.removesuffix("=").strip()
    if number.endswith("=") and not re.fullmatch(r"[\d ']+", bare):
        return flaw("invalid", "amount_not_number", read)
    if bare[:1] in ".,":
        bare = "0" + bare
    three = _THREE_AFTER_ONE.fullmatch(bare)
    if three:
        both = f"{three['whole']}{three['part']}.00 / {three['whole']}.{three['part']}"
        return flaw("ambiguous", "amount_three_digits", read, both)
    match = _PLAIN.fullmatch(bare) or _GROUPED.fullmatch(bare)
    if match is None:
        shaped = re.fullmatch(r"[\d .,'-]+", bare)
        return flaw("invalid", "amount_grouping" if shaped else "amount_not_number", read)
    return _value(re.sub(r"\D", "", match["whole"]), match["part"] or "", units, read)


def _value(whole: str, part: str, units: int, read: str) -> Decimal | Flaw:
    if len(part) > units and (units or part.strip("0")):
        return flaw("invalid", "amount_too_many_decimals", read)
    if len(whole) > 20:
        return flaw("invalid", "amount_too_large", read)
    value = Decimal(f"{whole}.{part[:units]:0<{units}}" if units else whole)
    if value == 0:
        return flaw("invalid", "amount_zero", read)
    return value if value <= LARGEST else flaw("invalid", "amount_too_large", read)


def format_money(money: Money, lang: str) -> str:
    """Write money for people: `1 234,56 ₽` in Russian, `€1,234.56` in English, with no-break spaces."""
    return _apply(_pattern("currency", money.currency, lang), money.amount, money.currency, lang)


def format_amount(amount: Decimal, currency: str, lang: str) -> str:
    """Write an amount with the decimals of its currency, without naming the currency."""
    return _apply(_pattern("decimal", currency, lang), amount, currency, lang)


def _apply(pattern: NumberPattern, amount: Decimal, currency: str, lang: str) -> str:
    text: str = pattern.apply(amount, _locale(lang), currency=currency, currency_digits=False)
    return text.replace("\u202f", "\u00a0")


@cache
def _pattern(kind: str, currency: str, lang: str) -> NumberPattern:
    """The locale's pattern with the decimals of ISO 4217: those of the locale data hide the cents of some."""
    locale = _locale(lang)
    plain = locale.currency_formats["standard"].pattern if kind == "currency" else "#,##0.00"
    units = CURRENCIES.get(currency, 2)
    if plain.startswith("¤#") and get_currency_symbol(currency, locale)[-1].isalpha():
        plain = plain.replace("¤", "¤\u00a0", 1)
    return parse_pattern(plain.replace("0.00", "0." + "0" * units if units else "0"))


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse(lang)
