"""Bank details typed as one block: taken apart into fields, and put together from them.

A number is taken for a field when its label says so, or when its shape leaves no choice (20 digits are an account, 301…
a correspondent one, a checked IBAN is an IBAN). A labelled number that is too short or mistyped is kept as it stands,
so that its parser can tell the person what is wrong with it.
"""

import re
from collections.abc import Mapping

from values.check_digits import iban_ok, inn_ok, swift_ok
from values.text import one_line

FIELDS = ("inn", "kpp", "account", "bank", "bic", "corr_account", "iban", "swift")

_TAKEN = "\x00"  # stands where a number was
_DIGITS = r"(?P<value>\d(?:[ -]?\d){4,23}(?!\d))"
# "Счет № 12345" is an invoice, so an account has to be nearly whole.
_ACCOUNT_DIGITS = r"(?P<value>\d(?:[ -]?\d){14,23}(?!\d))"
_SEPARATOR = r"[\s:.=№#–—-]*"
_ACCOUNT_WORD = r"(?:сч[её]т\w*|сч\.?|account|acc\.?|a/c)"

_CORR_LABEL = (
    rf"(?:к\s*/\s*сч?|к\.\s*с\.|кор[\w.]*[\s-]*{_ACCOUNT_WORD}|corr[\w.]*[\s-]*{_ACCOUNT_WORD}|кор\w*сч[её]т\w*|c/a)"
)
_ACCOUNT_LABEL = (
    rf"(?:р\s*/\s*сч?|р\.\s*с\.|л\s*/\s*сч?|расч[\w.]*\s*{_ACCOUNT_WORD}|"
    rf"{_ACCOUNT_WORD}(?:\s*(?:получателя|no\.?|number|номер))?)"
)
_SWIFT_LABEL = r"(?:swift|свифт|bic)(?:\s*[/-]\s*(?:bic|swift))?(?:\s*(?:code|код))?"

# In this order: a correspondent account is also an account, INN/KPP stand together before each alone.
_LABELLED: dict[str, re.Pattern[str]] = {
    field: re.compile(rf"(?<!\w){pattern}", re.IGNORECASE)
    for field, pattern in {
        "inn_kpp": rf"(?:инн\s*/\s*кпп|inn\s*/\s*kpp){_SEPARATOR}(?P<value>\d{{9,13}}\s*[/\\,; ]\s*[0-9A-Z]{{8,10}})\b",
        "corr_account": rf"{_CORR_LABEL}(?!\w){_SEPARATOR}{_ACCOUNT_DIGITS}",
        "account": rf"{_ACCOUNT_LABEL}(?!\w){_SEPARATOR}{_ACCOUNT_DIGITS}",
        "inn": rf"(?:инн|inn|tin){_SEPARATOR}{_DIGITS}",
        "kpp": rf"(?:кпп|kpp){_SEPARATOR}(?P<value>[0-9A-Z]{{8,10}})\b",
        "bic": rf"(?:бик|bic|bik)(?:\s*банка)?{_SEPARATOR}{_DIGITS}",
        "swift": rf"{_SWIFT_LABEL}[\s:.=-]+(?P<value>[A-Z0-9]{{8}}(?:[A-Z0-9]{{3}})?)\b",
    }.items()
}
_IBAN = re.compile(
    r"(?P<label>(?<!\w)iban(?:\s*code)?[\s:.=№#–—-]*)?(?<![A-Z0-9])"
    r"(?P<value>[A-Z]{2}\d{2}(?:[A-Z0-9]{8,30}|(?:[ -][A-Z0-9]{4}){2,7}(?:[ -][A-Z0-9]{1,3})?))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\b[A-Z0-9]{8,11}\b")
_ACCOUNT_SHAPE = re.compile(r"(?<![\w-])\d(?:[ -]?[\dABCEHKMPTX]){4}(?:[ -]?\d){15}(?!\d)")
_BIC_SHAPE = re.compile(r"(?<![\w-])0[0-4]\d{7}(?!\w)")
_ROUTING = re.compile(r"(?:aba|routing|rtn|sort\s*code)\W*(?:\w+\W*)?$", re.IGNORECASE)
_BANK_LABEL = re.compile(r"(?<!\w)(?:банк\w*(?:\s+получателя)?|bank(?:\s+name)?)\s*[:–—-]\s*(?P<value>[^,;\n]+)", re.I)
_AT_BANK = re.compile(r"(?<!\w)(?:в|во|at|with|in)\s+(?P<value>[^\d,;:][^,;\n]*)", re.IGNORECASE)
_BANK_NAME = re.compile(r"банк|bank|(?<!\w)(?:пао|ао|оао|зао|нко|кб|акб|гу|ркц)(?!\w)|казначейств", re.IGNORECASE)

_LABELS = {
    "ru": {
        "inn": "ИНН", "kpp": "КПП", "account": "р/с", "bank": "банк:", "bic": "БИК", "corr_account": "к/с",
        "iban": "IBAN", "swift": "SWIFT",
    },
    "en": {
        "inn": "INN", "kpp": "KPP", "account": "account", "bank": "bank:", "bic": "BIC",
        "corr_account": "corr. account", "iban": "IBAN", "swift": "SWIFT",
    },
}  # fmt: skip


def split_bank_details(text: str) -> dict[str, str]:
    """Take one typed block apart into `inn kpp bic account corr_account iban swift bank`; leftovers are ignored."""
    rest = "\n".join(one_line(line) for line in text.splitlines())
    found: dict[str, str] = {}
    rest = _IBAN.sub(lambda match: _take_iban(match, found), rest)
    for field, pattern in _LABELLED.items():
        # The first one counts: later ones are another party's.
        rest = pattern.sub(lambda match, field=field: _take(field, match["value"], found), rest, count=1)  # type: ignore[misc]
    rest = _take_by_shape(rest, found)
    bank = _bank(rest)
    return found | {"bank": bank} if bank else found


def several_in_block(text: str) -> dict[str, tuple[str, ...]]:
    """Different accounts, IBANs or taxpayer numbers in one block: nobody can tell which of them is meant."""
    rest = "\n".join(one_line(line) for line in text.splitlines())
    ibans = [_bare(match["value"]) for match in _IBAN.finditer(rest)]
    numbers = [_bare(match[0]) for match in _ACCOUNT_SHAPE.finditer(_IBAN.sub(_TAKEN, rest))]
    inns = [_bare(match["value"]) for match in _LABELLED["inn"].finditer(rest)]
    inns += [match["value"][:12].split("/")[0].strip() for match in _LABELLED["inn_kpp"].finditer(rest)]
    found = {
        "iban": [iban for iban in ibans if iban_ok(iban)],
        "account": [number for number in numbers if not number.startswith(("301", "40102"))],
        "inn": [inn for inn in inns if inn_ok(inn)],
    }
    return {name: several for name, values in found.items() if len(several := tuple(dict.fromkeys(values))) > 1}


def _take_iban(match: re.Match[str], found: dict[str, str]) -> str:
    """Keep a valid IBAN, or what its label calls one; give back the words that were caught behind it."""
    value = match["value"]
    for end in range(len(value), 14, -1):
        if iban_ok(_bare(value[:end])) and value[end - 1] not in " -":
            found.setdefault("iban", _bare(value[:end]))
            return _TAKEN + value[end:]
    if match["label"]:
        found.setdefault("iban", _bare(value))
        return _TAKEN
    return match[0]


def _take(field: str, value: str, found: dict[str, str]) -> str:
    """Keep a labelled number under its field, and put a mark in its place."""
    if field == "inn_kpp":
        found["inn"], found["kpp"] = (_bare(part) for part in re.split(r"\s*[/\\,; ]\s*", value, maxsplit=1))
        return _TAKEN
    if field == "account" and _bare(value).startswith("301"):
        field = "corr_account"
    found.setdefault(field, _bare(value))
    return _TAKEN


def _bare(value: str) -> str:
    return re.sub(r"[ -]", "", value).upper()


def _take_by_shape(rest: str, found: dict[str, str]) -> str:
    """Take unlabelled numbers whose shape leaves no choice."""
    for match in _ACCOUNT_SHAPE.finditer(rest):
        number = _bare(match[0])
        found.setdefault("corr_account" if number.startswith(("301", "40102")) else "account", number)
    for match in _BIC_SHAPE.finditer(rest):
        if _ROUTING.search(rest[: match.start()]):
            continue
        found.setdefault("bic", match[0])
    # Many a German word looks like a SWIFT code; the country of the IBAN beside it tells them apart.
    for match in _WORD.finditer(rest):
        if swift_ok(match[0]) and match[0][4:6] == found.get("iban", "")[:2]:
            found.setdefault("swift", match[0])
    taken = found.get("swift", _TAKEN)
    return _BIC_SHAPE.sub(_TAKEN, _ACCOUNT_SHAPE.sub(_TAKEN, rest)).replace(taken, _TAKEN)


def _bank(rest: str) -> str | None:
    """The bank's name: after its label, after "в" or "at", or a piece that calls itself a bank."""
    pieces = [match["value"] for pattern in (_BANK_LABEL, _AT_BANK) if (match := pattern.search(rest))]
    pieces += [piece for piece in re.split(rf"[,;\n{_TAKEN}]", rest) if _BANK_NAME.search(piece)]
    names = (one_line(piece.split(_TAKEN)[0]).strip(" .,:;-–—") for piece in pieces)
    return next((name for name in names if re.search(r"[^\W\d_]{2}", name)), None)


def compose_bank_details(fields: Mapping[str, str], lang: str) -> str:
    """Write the fields that are known as one line, the way `split_bank_details` reads it."""
    labels = _LABELS["ru" if lang == "ru" else "en"]
    return ", ".join(f"{labels[field]} {fields[field]}" for field in FIELDS if fields.get(field))
