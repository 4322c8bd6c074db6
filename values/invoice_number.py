"""Invoice numbers compared: what is the same number, and what may be the same.

Case, blanks, the sign of a number and letters that look alike in Latin and Cyrillic mean nothing; separators, leading
zeros and the letter O beside a zero only raise suspicion. "Without a number" is never the same as another one.
"""

import re
import unicodedata

from values.names import LOOKS_LATIN
from values.text import one_line

_WITHOUT = re.compile(
    r"(?:б\s*[/\\.]?\s*н\.?|без\s*номера|without\s*(?:a\s*)?number|none|нет|w/o|[-–—]*)", re.IGNORECASE
)
_SIGN = re.compile(r"[№#]|\bn[°º]|(?<!\w)(?:no|n)\.?(?=\s*\d)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s/\\._–—-]+")


def same_number(number: str) -> str:
    """What two spellings of one number share; empty where there is no number to compare."""
    read = one_line(number)
    if _WITHOUT.fullmatch(read):
        return ""
    plain = unicodedata.normalize("NFKC", _SIGN.sub("", read)).casefold().translate(LOOKS_LATIN)
    return re.sub(r"\s", "", plain)


def alike_number(number: str) -> str:
    """What two numbers share that a person may have taken for one another."""
    if not same_number(number):
        return ""
    plain = unicodedata.normalize("NFKC", _SIGN.sub("", one_line(number))).casefold().translate(LOOKS_LATIN)
    parts = _SEPARATORS.split(plain.replace("o", "0"))
    return "-".join(re.sub(r"(?<!\d)0+(?=\d)", "", part) for part in parts if part)
