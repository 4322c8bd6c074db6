"""Numbers of payees, banks and people as they are typed, brought to the standard way of writing and checked.

Blanks, hyphens, labels glued to the value and the traces of spreadsheets (`.0`, an apostrophe) are removed; look-alike
letters and lost digits are never replaced silently, only proposed in the hint. The one exception is an INN that lost
its leading zero and still fits its check digit.
"""

import re
from collections.abc import Callable

from stdnum import exceptions as stdnum_errors
from stdnum import iban as stdnum_iban

from values.check_digits import account_shape_ok, bic_ok, iban_ok, inn_ok, kpp_ok, swift_ok
from values.flaw import Flaw, flaw
from values.text import one_line

_LABEL = {
    "inn": r"(?:инн|inn|tin)",
    "kpp": r"(?:кпп|kpp)",
    "bic": r"(?:бик|bic|bik)(?: *(?:банка|of the bank))?",
    "account": r"(?:р ?/ ?сч?|к ?/ ?сч?|л ?/ ?сч?|(?:расч|корр?)[\w.]*(?: *сч[её]?т)?|сч[её]?т|account|acc\.?)",
    "iban": r"iban",
    "swift": r"(?:swift *[/-] *bic|bic *[/-] *swift|swift|свифт|bic)(?: *(?:code|код))?",
}
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eе]\+?\d+", re.IGNORECASE)
_LOOK_ALIKE = str.maketrans("OОoоЗзIl|", "000033111")
_CYRILLIC_CAPITALS = str.maketrans("АВСЕНКМОРТХ", "ABCEHKMOPTX")
# Without a check digit a blank may hide a lost character, unless it stands where people group: 4-2-3 or 3-3-3.
_GROUPS = re.compile(r"[0-9][0-9A-Z]*(?: [0-9A-Z]+)+$")
_USUAL_GROUPS = re.compile(r"\w{4} \w{2} \w{3}|\w{3} \w{3} \w{3}")
_NO_KPP = {"", "0", "-", "–", "—", "нет", "none", "no", "n/a", "отсутствует"}

_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"/]+\.[^\s@<>()\[\]\\,;:\"/.]{2,}")
_ADDRESS_IN_ANGLES = re.compile(r"[^<>]*<([^<>]+)>")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def parse_inn(text: str) -> str | Flaw:
    """Read an INN of an organisation (10 digits) or a person (12)."""
    number = _bare(text, "inn")
    for padded in (number, "0" + number):
        if inn_ok(padded):
            return padded
    if problem := _not_digits(number, text, "inn_letters", inn_ok):
        return problem
    if len(number) not in (10, 12):
        return flaw("invalid", "inn_length", text)
    return flaw("invalid", "inn_zeros" if number.startswith("00") else "inn_checksum", text)


def parse_kpp(text: str) -> str | Flaw | None:
    """Read a KPP; None when the text says that there is none."""
    number = _bare(text, "kpp")
    if kpp_ok(number) and not _oddly_grouped(one_line(text)):
        return number
    if one_line(text).casefold() in _NO_KPP or number in _NO_KPP:
        return None
    if _SCIENTIFIC.fullmatch(one_line(text)):
        return flaw("invalid", "number_scientific", text)
    proposal = number.upper().translate(_CYRILLIC_CAPITALS)
    hint = next((p for p in (number, proposal, proposal.translate(_LOOK_ALIKE)) if kpp_ok(p)), "")
    if len(number) != 9:
        return flaw("invalid", "kpp_length", text, hint)
    if hint == number:
        return flaw("invalid", "kpp_blanks", text, hint)
    return flaw("invalid", "kpp_zeros" if number.isdigit() and number.isascii() else "kpp_letters", text, hint)


def _oddly_grouped(read: str) -> bool:
    groups = _GROUPS.search(read)
    return groups is not None and " " in groups[0] and not _USUAL_GROUPS.fullmatch(groups[0])


def parse_bic(text: str) -> str | Flaw:
    """Read the BIC of a Russian bank; eight digits are asked about, with the lost zero proposed."""
    number = _bare(text, "bic")
    if bic_ok(number):
        return number
    if swift_ok(number.upper()):
        return flaw("invalid", "bic_is_swift", text)
    if problem := _not_digits(number, text, "bic_letters", bic_ok):
        return problem
    if len(number) == 8 and number.startswith("4"):
        return flaw("invalid", "bic_lost_zero", text, "0" + number)
    return flaw("invalid", "bic_length" if len(number) != 9 else "bic_zeros", text)


def parse_account(text: str) -> str | Flaw:
    """Read a settlement or correspondent account: 20 characters; whether its key fits needs the BIC."""
    number = _bare(text, "account").upper()
    for spelled in (number, number.replace(".", "")):  # "40702.810.9.40200761292"
        if account_shape_ok(spelled):
            return spelled
    if iban_ok(number):
        return flaw("invalid", "account_is_iban", text, number)
    if problem := _not_digits(number, text, "account_letters", account_shape_ok):
        return problem
    if len(number) == 9:
        return flaw("invalid", "account_is_bic", text)
    return flaw("invalid", "account_length" if len(number) != 20 else "account_zeros", text)


def parse_iban(text: str) -> str | Flaw:
    """Read an IBAN; blanks between its groups and lower case are usual."""
    number = _bare(text, "iban").upper()
    if not number:
        return flaw("missing", "empty")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}", number):
        return flaw("invalid", "iban_shape", text)
    try:
        stdnum_iban.validate(number, check_country=False)
    except stdnum_errors.InvalidChecksum:
        return flaw("invalid", "iban_checksum", text)
    except stdnum_errors.InvalidComponent:
        return flaw("invalid", "iban_country", text)
    except stdnum_errors.ValidationError:
        return flaw("invalid", "iban_length", text)
    return number if iban_ok(number) else flaw("invalid", "iban_length", text)


def parse_swift(text: str) -> str | Flaw:
    """Read a SWIFT code (also called BIC outside Russia) of 8 or 11 characters."""
    number = _bare(text, "swift").upper()
    if not number:
        return flaw("missing", "empty")
    if swift_ok(number):
        return number
    if bic_ok(number):
        return flaw("invalid", "swift_is_bic", text)
    if iban_ok(number):
        return flaw("invalid", "swift_is_iban", text)
    if len(number) not in (8, 11):
        return flaw("invalid", "swift_length", text)
    shaped = re.fullmatch(r"[A-Z]{6}[A-Z0-9]+", number)
    return flaw("invalid", "swift_country" if shaped else "swift_shape", text)


def _bare(text: str, kind: str) -> str:
    """Strip the label, the blanks, the hyphens and the traces of spreadsheets."""
    read = one_line(text).lstrip("'’`\"").rstrip("'\";,. ")
    label = re.match(rf"{_LABEL[kind]}(?:[^\w-]+|(?=\d))", read, re.IGNORECASE)
    if label:
        read = read[label.end() :]
    if re.fullmatch(r"\d{5,}[.,]0+", read):
        read = re.split(r"[.,]", read)[0]
    sign = read[:1] if read[:1] in "-–—+" else ""
    return sign + re.sub(r"[\s\-–—‑]", "", read[len(sign) :])


def _not_digits(number: str, text: str, reason: str, fits: Callable[[str], bool]) -> Flaw | None:
    if not number:
        return flaw("missing", "empty")
    if number.isascii() and number.isdigit():
        return None
    if _SCIENTIFIC.fullmatch(number):
        return flaw("invalid", "number_scientific", text)
    # Look-alike letters, or one good number among other words.
    proposals = {p for p in (number.translate(_LOOK_ALIKE), *re.findall(r"[0-9]{9,20}", text)) if fits(p)}
    return flaw("invalid", reason, text, proposals.pop() if len(proposals) == 1 else "")


def parse_email(text: str) -> str | Flaw:
    """Read one e-mail address, also `Name <address>` and `mailto:`; the host comes back in ASCII and lower case."""
    read = one_line(text).strip(" ,;")
    if not read:
        return flaw("missing", "empty")
    bare = _ADDRESS_IN_ANGLES.fullmatch(read)
    address = re.sub(r"^mailto:", "", bare[1] if bare else read, flags=re.IGNORECASE).strip().rstrip(".")
    if len(re.findall(r"@", read)) > 1 and len(set(_EMAIL.findall(read))) > 1:
        return flaw("invalid", "email_several", read)
    if not _EMAIL.fullmatch(address):
        return flaw("invalid", "email_shape", read)
    local, _, host = address.rpartition("@")
    return _checked_address(local, host, read)


def _checked_address(local: str, host: str, read: str) -> str | Flaw:
    if not local.isascii():
        return flaw("invalid", "email_letters", read)
    try:
        ascii_host = host.encode("idna").decode().lower()
    except UnicodeError:
        return flaw("invalid", "email_shape", read)
    if len(local) > 64 or not _LOCAL_PART.fullmatch(local) or not _HOST.fullmatch(ascii_host):
        return flaw("invalid", "email_shape", read)
    return f"{local}@{ascii_host}"
