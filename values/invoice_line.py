"""The one line that names an invoice: "№ 12 от 25.11.2026" gives its number and its date."""

import re
from datetime import date

from values.dates import parse_date
from values.flaw import Flaw, flaw
from values.text import one_line

NUMBER_LENGTH = 60
LINE_LENGTH = 300

_LABEL = re.compile(
    r"(?:сч[её]т(?:[ -]фактура|-договор)?(?:\s+на\s+оплату)?|invoice|bill|inv\.?(?=\s))(?!\w)[\s:.]*", re.IGNORECASE
)
_SIGN = re.compile(r"(?:№|#|n[°º]|no\.?(?=[\s\d])|nr\.?(?=[\s\d])|n(?=\s)|number\b|номер\b)[\s:.]*", re.IGNORECASE)
_DATED = re.compile(r"(?P<number>.*?)[\s,;]*(?<!\w)(?:от|of|dated|from|date:?|дата:?)(?!\w)\s*(?P<date>.*\d.*)", re.I)
_ENDS_WITH_DATE = re.compile(
    r"(?P<number>.*?)[\s,;/]*(?<![\w./-])(?P<date>\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2})(?:\s*г(?:ода)?\.?)?"
)
_NO_NUMBER = re.compile(r"б\s*[/\\.]?\s*н\.?|без\s+номера|without\s+(?:a\s+)?number|none|нет|-+|w/o", re.IGNORECASE)


def parse_invoice_line(text: str, today: date) -> tuple[str | None, date | None] | Flaw:
    """Read number and date of an invoice, either of which may be absent ("б/н" is an invoice without a number)."""
    read = one_line(text)
    if not read:
        return flaw("missing", "empty")
    if len(read) > LINE_LENGTH:
        return flaw("invalid", "invoice_number_long", read)
    bare = _LABEL.sub("", read, count=1) if _LABEL.match(read) else read
    match = _DATED.fullmatch(bare) or _ENDS_WITH_DATE.fullmatch(bare)
    day = parse_date(match["date"], today) if match else None
    if isinstance(day, Flaw):
        return flaw(day.code, day.reason if day.code == "ambiguous" else "invoice_date", read, day.hint)
    number = _number(match["number"] if match else bare)
    if number is not None and len(number) > NUMBER_LENGTH:
        return flaw("invalid", "invoice_number_long", read)
    return number, day


def _number(text: str) -> str | None:
    bare = text.strip(" ,;:\"'«»")
    sign = _SIGN.match(bare)
    if sign:
        bare = bare[sign.end() :].strip(" ,;:\"'«»")
    return None if not bare or _NO_NUMBER.fullmatch(bare) else bare
