"""Turns bytes of unknown honesty into text without ever losing a letter.

Labels lie: windows-1251 is sent as utf-8, utf-8 as windows-1251, koi8-r without any label. The order is: what is
declared, when it decodes and reads like a language; utf-8, which hardly ever fits by accident; the Cyrillic encodings
by how Russian they read (letter frequency, and capitals inside words, which is what a wrong table produces); then
charset-normalizer among a few candidates; last latin-1, which always fits.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from charset_normalizer import from_bytes

SAMPLE = 6000
CYRILLIC = ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")
WESTERN = ["cp1252", "cp1250", "cp1254", "iso8859-2", "iso8859-15", "cp1253", "cp1257"]
SWAPPABLE = frozenset({"cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic", "iso8859-1", "cp1252",
                       "ascii", "iso8859-15", "cp1250"})  # fmt: skip
"""Single-byte labels that fit any bytes: fitting proves nothing, so they are compared with the others."""
REFUSED = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "undefined"})
ALIASES = {"win-1251": "cp1251", "win1251": "cp1251", "windows1251": "cp1251", "cp-1251": "cp1251",
"x-cp1251": "cp1251",
           "koi8r": "koi8-r", "koi-8": "koi8-r", "koi8": "koi8-r", "utf8mb4": "utf-8", "unicode": "utf-8",
           "ansi": "cp1252", "x-mac-cyrillic": "mac-cyrillic", "dos-866": "cp866", "ks_c_5601-1987": "cp949",
           "gb2312": "gb18030", "gbk": "gb18030"}  # fmt: skip

# Per mille of letters in Russian text; what is not here is rare and costs.
_FREQUENCY = dict(zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", (
    110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14, 12, 10, 9, 7, 6, 5, 4, 3,
    3, 1, 1), strict=True))  # fmt: skip
_HIGH = re.compile(rb"[\x80-\xff]")
_WORD_HIGH = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the charset it was read in, and whether the label was not followed."""

    text: str
    charset: str
    guessed: bool

    @property
    def unsure(self) -> bool:
        """Some letters may be other ones: a guess among Western tables, or bytes that fit none."""
        if "\ufffd" in self.text:
            return True
        western = self.guessed and self.charset not in ("utf-8", *CYRILLIC)
        return western and any(c > "\x7f" and c.isalpha() for c in self.text)


def decode(raw: bytes, declared: str | None = None) -> Decoded:
    """Text of `raw`; every byte is represented, whatever the label says."""
    if raw.startswith(codecs.BOM_UTF8):
        raw, declared = raw[3:], "utf-8"
    label = known(declared)
    if label and label.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        return _wide(raw, label)
    if label and label.startswith(("iso2022", "hz")) and (text := _strict(raw, label)) is not None:
        return Decoded(text, label, False)
    if raw.isascii():
        return Decoded(raw.decode("ascii"), "ascii", False)
    if (text := _strict(raw, "utf-8")) is not None:
        return _mended(text, guessed=label not in (None, "utf-8", "ascii"))
    if label and label not in SWAPPABLE and label != "utf-8" and (text := _strict(raw, label)) is not None:
        return Decoded(text, label, False)
    return _broken_utf8(raw) or _single_byte(raw, label)


@lru_cache(maxsize=256)
def known(declared: str | None) -> str | None:
    """Python's name of a declared charset, None when it is absent, unknown or dangerous."""
    name = (declared or "").strip().strip("\"'").lower()
    name = ALIASES.get(name, name)
    if not name or "\x00" in name:
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    text_encoding = getattr(found, "_is_text_encoding", True)
    return found.name if text_encoding and found.name not in REFUSED else None


def _strict(raw: bytes, charset: str) -> str | None:
    try:
        return raw.decode(charset)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _wide(raw: bytes, label: str) -> Decoded:
    text = _strict(raw, label)
    if text is not None:
        return Decoded(text, label, False)
    plain = _strict(raw, "utf-8")
    return Decoded(plain if plain is not None else raw.decode("latin-1"), "utf-8", True)


def _mended(text: str, guessed: bool) -> Decoded:
    """Valid utf-8, unless somebody on the way read utf-8 as windows-1251 or latin-1 and wrote that down as utf-8."""
    for charset, signs in (("cp1251", "РС"), ("cp1252", "ÐÑ"), ("latin-1", "ÐÑ")):
        if sum(text.count(sign) for sign in signs) * 4 < _high(text[:SAMPLE]) or len(text) > 10**6:
            continue
        mended = _once_more(text, charset)
        if mended is not None and _is_better(mended, text):
            return Decoded(mended, "utf-8", True)
    return Decoded(text, "utf-8", guessed)


def _high(text: str) -> int:
    """How many characters are no ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _once_more(text: str, charset: str) -> str | None:
    try:  # 0x98 has no letter in windows-1251; what passed through it kept the control character
        return b"\x98".join(part.encode(charset) for part in text.split("\x98")).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def _is_better(mended: str, text: str) -> bool:
    high = _high(mended)
    return 0 < high < _high(text) and russian(mended) > russian(text)


def _broken_utf8(raw: bytes) -> Decoded | None:
    """utf-8 with a few broken places (a cut inside a letter): better than any single-byte reading of it."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = _high(text) - broken
    return Decoded(text, "utf-8", True) if broken * 4 <= whole else None


def _single_byte(raw: bytes, label: str | None) -> Decoded:
    sample = _sample(raw)
    scores = {name: russian(sample.decode(name, "replace")) for name in CYRILLIC}
    best = max(scores, key=lambda name: (scores[name] + (0.25 if name == label else 0), -CYRILLIC.index(name)))
    latin = label in ("iso8859-1", "cp1252", "iso8859-15", "cp1250") or label is None
    if scores[best] > 0 and not (latin and _reads_western(sample)):
        text = raw.decode(best, "replace") if _strict(raw, best) is None else raw.decode(best)
        return Decoded(text, best, best != label)
    if label and label != "ascii" and (text_or_none := _strict(raw, label)) is not None:
        return Decoded(text_or_none, label, False)
    return _western(raw)


def _sample(raw: bytes) -> bytes:
    """The words that need a table, without the plain ones around."""
    first = _HIGH.search(raw)
    start = max(0, first.start() - 40) if first else 0
    return raw[start : start + SAMPLE]


def russian(text: str) -> float:
    """How Russian the non-ASCII part of a text reads: above zero is plausible."""
    total, count, previous = 0.0, 0, " "
    for char in text:
        if char > "\x7f":
            lower = char.lower()
            weight = _FREQUENCY.get(lower)
            count += 1
            if weight is not None:
                total += 1.5 if weight > 40 else 0.8 if weight > 15 else 0.0 if weight > 5 else -0.8
                if char != lower and previous.islower():
                    total -= 2.5  # a capital inside a word: the wrong table
            elif char in "«»—–№…“”„\xa0’":
                total += 0.2
            else:
                total -= 2.0
        previous = char
    return total / count if count else 0.0


def _reads_western(sample: bytes) -> bool:
    """Accents are rare in Western words; in a Cyrillic word nearly every byte is high."""
    words = _WORD_HIGH.findall(sample)
    mostly_high = sum(1 for word in words if 2 * len(_HIGH.findall(word)) > len(word) + 1)
    return 2 * mostly_high < len(words)


def _western(raw: bytes) -> Decoded:
    match = from_bytes(_sample(raw), cp_isolation=WESTERN).best()
    charset = match.encoding if match else "latin-1"
    text = _strict(raw, charset)
    return Decoded(text if text is not None else raw.decode("latin-1"), charset, True)
