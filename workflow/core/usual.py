"""The usual purpose of payments to a contractor: the last one with its changing parts named instead of written.

`{number}` and `{date}` stand for the invoice's own. A purpose that holds anything else that changes from payment to
payment (a month, a sum, another date) is not usual: a stale word in a purpose line is worse than an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

NUMBER, DATE = "{number}", "{date}"

_MONTH = re.compile(
    r"\b(?:январ|феврал|март|апрел|ма[йяею]\b|июн|июл|август|сентябр|октябр|ноябр|декабр|"
    r"jan|feb|mar(?:ch)?\b|apr|may\b|jun|jul|aug|sep|oct|nov|dec|квартал|quarter|q[1-4]\b|недел|week)", re.IGNORECASE
)
_CONTRACT = re.compile(
    r"\b(?:договор\w*|дог\.|контракт\w*|contract|agreement)\s*(?:№|no\.?|#)?\s*[\w/.-]*\d[\w/.-]*"
    r"(?:\s*(?:от|of|dated)\s*\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?:\s*г\.?)?)?", re.IGNORECASE
)
_RATE = re.compile(r"(?:ндс|vat)\s*\d{1,2}\s*%", re.IGNORECASE)


def usual_purpose(values: Mapping[str, str]) -> str:
    """The purpose of a request as a pattern, or nothing when it cannot be used again."""
    purpose, number, day = values.get("purpose", ""), values.get("invoice_number", ""), values.get("invoice_date", "")
    if number:
        purpose = re.sub(rf"(?<!\w){re.escape(number)}(?!\w)", NUMBER, purpose)
    for text in _spellings(day):
        purpose = re.sub(rf"(?<!\d){re.escape(text)}(?!\d)", DATE, purpose)
    rest = _RATE.sub("", _CONTRACT.sub("", purpose))
    stale = re.search(r"\d", rest) or _MONTH.search(rest)
    return "" if stale else purpose


def purpose_from(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with this invoice's number and date; nothing while one that it needs is not known."""
    number, day = values.get("invoice_number", ""), values.get("invoice_date", "")
    if (NUMBER in pattern and not number) or (DATE in pattern and not day):
        return ""
    return pattern.replace(NUMBER, number).replace(DATE, _spellings(day)[0] if day else "")


def _spellings(day: str) -> tuple[str, ...]:
    if not day:
        return ()
    found = date.fromisoformat(day)
    return (f"{found:%d.%m.%Y}", f"{found.day}.{found.month:02}.{found.year}", f"{found:%d.%m.%y}", day)
