"""ST00011, ST00012 and ST00013 of GOST R 56042-2014: pairs of key and value behind eight characters of header.

The separator is whatever stands eighth, there is no escaping, and `Sum` is a whole number of kopecks.
"""

from decimal import Decimal

from documents.invoices.code_types import Code, CodeFault
from values.check_digits import account_key_ok, account_shape_ok, bic_ok, corr_account_ok, inn_ok, kpp_ok
from values.text import one_line, strip_invisible

_ENCODINGS = {b"1": "cp1251", b"2": "utf-8", b"3": "koi8-r"}
_MANDATORY = ("Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc")
_LONGEST = {
    "Name": 160, "PersonalAcc": 20, "BankName": 45, "BIC": 9, "CorrespAcc": 20, "Sum": 18, "Purpose": 210,
    "PayeeINN": 12, "PayerINN": 12, "KPP": 9, "DrawerStatus": 2, "CBC": 20, "OKTMO": 11, "PaytReason": 2,
    "TaxPeriod": 10, "DocNo": 15, "DocDate": 10, "TaxPaytKind": 2, "UIN": 25,
}  # fmt: skip
_KNOWN = {key.casefold(): key for key in (*_LONGEST, "Contract", "PaymTerm")}
_FIELDS = {
    "Name": "contractor", "PersonalAcc": "account", "BankName": "bank_name", "BIC": "bic", "CorrespAcc": "corr_account",
    "PayeeINN": "inn", "KPP": "kpp", "Purpose": "purpose", "Contract": "contract",
}  # fmt: skip
_MOST_BYTES = 4096


def read_st(content: bytes) -> Code | CodeFault:
    """Read the payload of the symbol."""
    if content[:6] != b"ST0001":
        return CodeFault("version", content[:6].decode("ascii", "replace"))
    encoding = _ENCODINGS.get(content[6:7])
    if encoding is None:
        return CodeFault("encoding", content[6:7].decode("ascii", "replace"))
    text = _decoded(content[7:_MOST_BYTES], encoding)
    if not text:
        return CodeFault("not_decodable", encoding)
    pairs = _pairs(text[1:].split(text[0]))
    return pairs if isinstance(pairs, CodeFault) else _checked(pairs, _spelling_warnings(text))


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    if encoding != "utf-8" and not content.isascii() and _is_utf8(content):
        # Says windows-1251 and is UTF-8: decoding as told would give rubbish for a name.
        return None
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _pairs(pieces: list[str]) -> dict[str, str] | CodeFault:
    pairs: dict[str, str] = {}
    for piece in pieces:
        key, equals, value = piece.partition("=")
        if not equals:
            continue
        name = _KNOWN.get(key.strip().casefold(), key.strip())
        if pairs.setdefault(name, value) != value:
            return CodeFault("repeated", name)
    return pairs


def _spelling_warnings(text: str) -> tuple[str, ...]:
    keys = [piece.partition("=")[0].strip() for piece in text[1:].split(text[0]) if "=" in piece]
    first = [_KNOWN.get(key.casefold(), key) for key in keys[:5]]
    case = ("key_case",) if any(_KNOWN.get(key.casefold(), key) != key for key in keys) else ()
    return case + (("key_order",) if tuple(first) != _MANDATORY else ())


def _checked(raw: dict[str, str], warnings: tuple[str, ...]) -> Code | CodeFault:
    if fault := _shape_fault(raw) or _number_fault(raw):
        return fault
    fields = {
        field: one_line(strip_invisible(raw[key])) for key, field in _FIELDS.items() if raw.get(key, "").strip("0 ")
    }
    fields["currency"] = "RUB"
    if raw.get("Sum"):
        fields["amount"] = f"{Decimal(raw['Sum']) / 100:.2f}"
    # An account's key knows the last three digits of the BIC, a correspondent account's two more.
    has_key = bool(account_key_ok(raw["PersonalAcc"], raw["BIC"]))
    proven = {"account"} if has_key else set()
    proven |= {"corr_account"} if "corr_account" in fields else set()
    proven |= {"bic"} if has_key and "corr_account" in fields else set()
    proven |= {"inn"} if "inn" in fields else set()
    return Code("ST00012", fields, raw, frozenset(proven), warnings)


def _shape_fault(raw: dict[str, str]) -> CodeFault | None:
    for key in _MANDATORY:
        if not raw.get(key, "").strip():
            return CodeFault("missing", key)
    for key, longest in _LONGEST.items():
        if len(raw.get(key, "")) > longest:
            return CodeFault("too_long", key)
    return None


def _number_fault(raw: dict[str, str]) -> CodeFault | None:
    account, bic, corr = raw["PersonalAcc"], raw["BIC"], raw["CorrespAcc"]
    amount, inn, kpp = raw.get("Sum", ""), raw.get("PayeeINN", ""), raw.get("KPP", "")
    if not account_shape_ok(account) or account.startswith("301"):
        return CodeFault("account", account)
    if not bic_ok(bic):
        return CodeFault("bic", bic)
    if account_key_ok(account, bic) is False:
        return CodeFault("account_key", account)
    if corr.strip("0") and not corr_account_ok(corr, bic):
        return CodeFault("corr_account", corr)
    if amount and not (amount.isascii() and amount.isdigit() and int(amount) > 0):
        return CodeFault("amount", amount)
    if inn.strip("0") and not inn_ok(inn):
        return CodeFault("inn", inn)
    return CodeFault("kpp", kpp) if kpp.strip("0") and not kpp_ok(kpp) else None
