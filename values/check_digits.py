"""The arithmetic of requisites: is a number, already written the standard way, possible at all.

INN, OGRN, UIN and account keys are weighted sums; an IBAN is a remainder of 97. All functions take the bare number as
text and answer yes or no; reading what people typed is the work of `identifiers`.
"""

import re
from collections.abc import Iterable

from stdnum import iban as stdnum_iban

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, *_INN_10)
_INN_12 = (3, *_INN_11)
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_SWIFT = re.compile(r"[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_ACCOUNT = re.compile(r"[0-9]{5}[0-9ABCEHKMPTX][0-9]{14}")
_CLEARING = str.maketrans("ABCEHKMPTX", "0123456789")

_ISO_3166 = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_ISO_3166.split())
_SWIFT_COUNTRIES = COUNTRIES | {"XK"}  # Kosovo, by agreement and not by ISO 3166


def inn_ok(inn: str) -> bool:
    """Check length, region and check digits of an INN."""
    if not _digits(inn, 10, 12) or inn.startswith("00"):
        return False
    if len(inn) == 10:
        return _weighted(inn, _INN_10) % 11 % 10 == int(inn[9])
    return _weighted(inn, _INN_11) % 11 % 10 == int(inn[10]) and _weighted(inn, _INN_12) % 11 % 10 == int(inn[11])


def kpp_ok(kpp: str) -> bool:
    """Check the shape of a KPP; it has no check digit."""
    return _KPP.fullmatch(kpp) is not None and not kpp.startswith("00")


def bic_ok(bic: str) -> bool:
    """Check the shape of a Russian BIC; it has no check digit, and treasury bodies do not begin with 04."""
    return _digits(bic, 9) and bic != "0" * 9


def account_shape_ok(account: str) -> bool:
    """Check that it is 20 characters, digits but for the clearing letter in position 6."""
    return _ACCOUNT.fullmatch(account) is not None and account != "0" * 20


def account_key_ok(account: str, bic: str) -> bool | None:
    """Check the key of an account at the bank with this BIC; None when accounts of its kind have no key."""
    if not account_shape_ok(account) or not bic_ok(bic):
        return False
    if account.startswith("03"):
        return None
    at_bank_of_russia = bic[6:] in ("000", "001", "002")
    return _key_sum("0" + bic[4:6] if at_bank_of_russia else bic[6:], account) == 0


def corr_account_ok(account: str, bic: str) -> bool:
    """Check a correspondent account (301…) or a single treasury account (40102…) against the BIC."""
    if not account_shape_ok(account) or not bic_ok(bic):
        return False
    fits = _key_sum("0" + bic[4:6], account) == 0
    if account.startswith("40102"):
        return fits
    return fits and account.startswith("301") and account[-3:] == bic[-3:]


def _key_sum(prefix: str, account: str) -> int:
    digits = prefix + account.translate(_CLEARING)
    return sum(int(c) * (7, 1, 3)[i % 3] % 10 for i, c in enumerate(digits)) % 10


def ogrn_ok(ogrn: str) -> bool:
    """Check an OGRN (13 digits) or an OGRNIP (15); a remainder of two digits gives its last one."""
    if not _digits(ogrn, 13, 15) or ogrn[0] == "0":
        return False
    if len(ogrn) == 15 and ogrn[0] != "3":
        return False
    return int(ogrn[:-1]) % (len(ogrn) - 2) % 10 == int(ogrn[-1])


def uin_ok(uin: str) -> bool:
    """Check a UIN of 20 or 25 digits; a single zero means that there is none."""
    if uin == "0":
        return True
    if not _digits(uin, 20, 25) or not uin.strip("0"):
        return False
    check = _cycled(uin[:-1], 1)
    if check == 10:
        check = _cycled(uin[:-1], 3)
    return check % 10 == int(uin[-1])


def _cycled(digits: str, first: int) -> int:
    return sum(int(c) * ((first - 1 + i) % 10 + 1) for i, c in enumerate(digits)) % 11


def iban_ok(iban: str) -> bool:
    """Check country, length and check digits of an IBAN.

    National rules are left out: the library's lists of banks refuse even published examples.
    """
    return re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban) is not None and bool(
        stdnum_iban.is_valid(iban, check_country=False)
    )


def swift_ok(swift: str) -> bool:
    """Check the shape of a SWIFT code (ISO 9362) and that its country exists."""
    match = _SWIFT.fullmatch(swift)
    return match is not None and match[1] in _SWIFT_COUNTRIES


def _digits(text: str, *lengths: int) -> bool:
    return len(text) in lengths and text.isascii() and text.isdigit()


def _weighted(digits: str, weights: Iterable[int]) -> int:
    return sum(int(c) * w for c, w in zip(digits, weights, strict=False))
