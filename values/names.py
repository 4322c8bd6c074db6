"""Names from outside made safe for every file system, and names of contractors made comparable.

Windows, macOS, Linux and the programs that synchronise between them disagree on what a name may be; a name that is safe
here is safe on each: NFC, visible characters, no path, no device, no blank or full stop at the ends, a bounded number
of bytes.
"""

import re
import unicodedata

from values.text import one_line, strip_invisible

FOLDER_BYTES = 100

LOOKS_LATIN = str.maketrans("аеорсухкмтвніѕјԁһ", "aeopcyxkmtbhisjdh")
"""Small Cyrillic letters that cannot be told from Latin ones by eye (in capitals: А В Е К М Н О Р С Т Х У)."""

_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\..*)?", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[^\W_]{1,10}$")
_QUOTES = re.compile(r"[\"'«»“”„‟‘’‚‛‹›`]")
_LEGAL_FORMS = re.compile(
    r"\b(?:общество с ограниченной ответственностью|"
    r"(?:публичное |непубличное |открытое |закрытое )?акционерное общество|"
    r"индивидуальный предприниматель|некоммерческая организация|глава кфх|"
    r"ооо|оао|зао|пао|нао|ао|ип|нко|ано|тоо|чп|чуп|кфх|"
    r"limited liability company|joint stock company|"
    r"ltd|limited|llc|l l c|llp|lp|inc|incorporated|corp|corporation|co|company|plc|pjsc|jsc|ooo|"
    r"gmbh|ag|kg|ohg|ug|e k|bv|b v|nv|n v|sa|s a|sas|"
    r"sarl|srl|s r l|spa|s p a|oy|oyj|ab|as|a s|aps|sro|s r o|sp z o o)\b"
)

_LOOSE_FORMS = frozenset(
    form.translate(LOOKS_LATIN) for form in ("ооо", "оао", "зао", "пао", "нао", "ао", "ип", "нко", "ано", "тоо", "чп")
)


def safe_name(text: str, max_bytes: int = 200, fallback: str = "file") -> str:
    """Turn any text into a file name; making a safe name safe again changes nothing."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", strip_invisible(text)).rstrip("/\\ "))[-1]
    name = _trimmed(_FORBIDDEN.sub("_", one_line(last)))
    name = _cut(name, max_bytes - 1) or fallback
    return "_" + name if _DEVICES.fullmatch(name) else name


def _trimmed(name: str) -> str:
    """No blanks at the ends, no full stops at the end, and none at the beginning, which would hide the file."""
    return re.sub(r"^[\s.]+|[\s.]+$", "", name)


def _cut(name: str, max_bytes: int) -> str:
    """Cut a name to so many bytes of UTF-8, from the middle so that its extension stays."""
    if len(name.encode()) <= max_bytes:
        return name
    match = _EXTENSION.search(name)
    extension = match[0] if match and len(match[0].encode()) < max_bytes // 2 else ""
    stem = name.removesuffix(extension).encode()[: max_bytes - len(extension.encode())].decode(errors="ignore")
    return _trimmed(stem) + extension


def contractor_folder(name: str) -> str:
    """Name the folder of a contractor: as people write him, without quotes."""
    flat = re.sub(r"\s*[/\\]\s*", "-", _QUOTES.sub("", one_line(name)))
    return safe_name(flat, FOLDER_BYTES, fallback="contractor")


def fold_name(name: str) -> str:
    """Reduce a contractor's name to what two spellings of it share: no case, quotes, legal form or punctuation."""
    plain = unicodedata.normalize("NFKC", one_line(name)).casefold().replace("ё", "е")
    words = " ".join(re.sub(r"[\W_]+", " ", _QUOTES.sub("", plain)).split())
    bare = " ".join(_LEGAL_FORMS.sub(" ", words).split())
    return bare or words


def loose_name(name: str) -> str:
    """Reduce a name to what even a look-alike spelling shares: letters of both alphabets that look alike are one."""
    words = fold_name(name).translate(LOOKS_LATIN).split()
    bare = [word for word in words if word not in _LOOSE_FORMS]
    return " ".join(bare or words)


def legal_form(name: str) -> str:
    """The legal form that stands in a name ("ооо"), or nothing; look-alike letters are read as what they look like."""
    plain = unicodedata.normalize("NFKC", one_line(name)).casefold().replace("ё", "е")
    words = " ".join(re.sub(r"[\W_]+", " ", _QUOTES.sub("", plain)).split())
    found = _LEGAL_FORMS.findall(words) or [word for word in words.translate(LOOKS_LATIN).split()
                                            if word in _LOOSE_FORMS]  # fmt: skip
    return " ".join(found).translate(LOOKS_LATIN)


def has_cyrillic(text: str) -> bool:
    """Say whether the text has a Cyrillic letter."""
    return re.search(r"[\u0400-\u052f]", text) is not None
