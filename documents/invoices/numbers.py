"""Amounts and dates as documents print them: found inside a text, then read by the strict rules of `values`."""

import re
from datetime import date
from decimal import Decimal

from values.dates import parse_date
from values.flaw import Flaw
from values.money import parse_amount

# Groups of three, or plain digits; decimals behind a comma, a point or the hyphen of payment orders, or "=".
AMOUNT = (
    r"(?<![\w.,/-])(?:\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+|\d{1,13})"
    r"(?:[.,-]\d{1,2}(?!\d)|=)?(?![\d%]|[.,/-]\d|\s?%)"
)

_MONTHS = {
    "januar": "january", "jänner": "january", "februar": "february", "märz": "march", "mai": "may", "juni": "june",
    "juli": "july", "oktober": "october", "dezember": "december", "okt": "oct", "dez": "dec", "mär": "mar",
    "janvier": "january", "février": "february", "mars": "march", "avril": "april", "juin": "june",
    "juillet": "july", "août": "august", "septembre": "september", "octobre": "october", "novembre": "november",
    "décembre": "december", "enero": "january", "febrero": "february", "marzo": "march", "abril": "april",
    "mayo": "may", "junio": "june", "julio": "july", "agosto": "august", "septiembre": "september",
    "octubre": "october", "noviembre": "november", "diciembre": "december",
}  # fmt: skip
_MONTH_WORD = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|jän|feb|fév|mar|mär|apr|avr|abr|may|mai|jun|jul|juin|juil|aug|aoû|ago|sep|oct|okt|nov|dec|déc|dez|dic|ene)"
    r"[a-zа-яäéû]*"
)
DATE = (
    r"(?<![\d./-])(?:\d{4}-\d{2}-\d{2}|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:20)?\d{2}|"
    rf"[«\"“]?\d{{1,2}}(?:st|nd|rd|th)?[»\"”]?\.?[\s-]{{1,3}}(?:de\s)?{_MONTH_WORD}\.?,?[\s-]{{1,3}}(?:de\s)?20\d{{2}}|"
    rf"{_MONTH_WORD}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s20\d{{2}})(?![\d/-]|\.\d)"
)


def read_amount(text: str, currency: str | None = None) -> Decimal | None:
    """Read one amount with two decimals; None where it could be two things or none."""
    bare = text.replace("\u202f", " ").strip()
    read = parse_amount(bare, currency)
    return None if isinstance(read, Flaw) else read.quantize(Decimal("0.01")) if currency is None else read


def read_date(text: str, today: date) -> date | Flaw:
    """Read one date with its year, Russian, English, German, French or Spanish."""
    plain = re.sub(r"[^\W\d_]+", lambda word: _MONTHS.get(word[0].casefold(), word[0]), text)
    plain = re.sub(r"(?<=\s)de\s", "", plain)
    plain = re.sub(r"(\d)\.(?=\s+[^\W\d])", r"\1", plain)
    return parse_date(plain, today)
