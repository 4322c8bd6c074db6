"""Currencies: ISO 4217 with minor units, the names people use for them, and their numbers inside Russian accounts."""

import re
from functools import cache

from values.flaw import Flaw, flaw
from values.text import one_line

_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY "
    "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR "
    "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
)
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

# Metals, bond units and test codes are left out: nobody is paid in them.
CURRENCIES: dict[str, int] = {
    code: units for codes, units in ((_TWO, 2), (_NONE, 0), (_THREE, 3), (_FOUR, 4)) for code in codes.split()
}

# Names in any letter case; a full stop at the end of a word is optional.
NAMES: dict[str, str] = {
    "RUB": "rur ₽ р руб рубль рубля рублей рубли рублях ruble rubles rouble roubles 643 810 "
    "российский_рубль российских_рублей российские_рубли российских_рубля руб_рф рублей_рф рубли_рф "
    "russian_ruble russian_rubles",
    "USD": "$ us$ $us usd$ доллар доллара долларов доллары долл dollar dollars 840 "
    "доллар_сша доллара_сша долларов_сша доллары_сша долл_сша us_dollar us_dollars",
    "EUR": "€ евро euro euros 978",
    "CNY": "юань юаня юаней юани yuan rmb renminbi cn¥ 元 156 китайский_юань китайских_юаней китайские_юани",
    "KZT": "₸ тг тенге tenge 398",
    "BYN": "br 933 белорусский_рубль белорусских_рублей белорусские_рубли белорусских_рубля бел_руб belarusian_rubles",
    "AED": "дирхам дирхама дирхамов дирхамы dirham dirhams 784 дирхам_оаэ дирхамов_оаэ дирхамы_оаэ",
    "TRY": "₺ tl лира лиры лир lira liras 949 турецкая_лира турецких_лир турецкие_лиры",
    "CHF": "франк франка франков франки franc francs fr sfr 756 швейцарский_франк швейцарских_франков swiss_francs",
    "GBP": "£ фунт фунта фунтов фунты pound pounds sterling 826 "
    "фунт_стерлингов фунтов_стерлингов фунты_стерлингов pounds_sterling british_pounds",
    "JPY": "йена йены йен иена иены иен yen jp¥ 円 392",
    "UAH": "₴ гривна гривны гривен hryvnia",
    "GEL": "₾ лари lari",
    "AMD": "֏ драм драма драмов dram",
    "AZN": "₼",
    "KGS": "сом сома сомов som",
    "UZS": "сум сума сумов sum",
    "INR": "₹",
    "ILS": "₪ шекель шекеля шекелей shekel shekels",
    "KRW": "₩",
    "PLN": "zł zl злотый злотых злотые zloty",
    "CZK": "kč kc чешская_крона чешские_кроны чешских_крон",
    "VND": "₫",
    "THB": "฿ бат бата батов baht",
    "HKD": "hk$",
    "SGD": "s$",
    "CAD": "c$ ca$",
    "AUD": "a$ au$",
}

# Digits 6-8 of a Russian account; 643 is what the treasury writes for roubles.
IN_ACCOUNTS: dict[str, str] = {
    "810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "933": "BYN", "398": "KZT",
    "949": "TRY", "784": "AED", "756": "CHF", "826": "GBP", "392": "JPY",
}  # fmt: skip

_SEVERAL = {"¥": "CNY / JPY", "kr": "SEK / NOK / DKK", "крона": "SEK / NOK / DKK", "крон": "SEK / NOK / DKK"}


@cache
def names() -> dict[str, str]:
    """Every known spelling, folded, with its ISO code."""
    known = {code.casefold(): code for code in CURRENCIES}
    for code, spellings in NAMES.items():
        for spelling in spellings.split():
            known[spelling.replace("_", " ")] = code
    return known


def parse_currency(text: str) -> str | Flaw:
    """Read a currency written as a code, a sign or a usual Russian or English name."""
    read = one_line(text)
    if not read:
        return flaw("missing", "empty")
    folded = fold(read)
    if folded in _SEVERAL:
        return flaw("ambiguous", "currency_several", read, _SEVERAL[folded])
    return names().get(folded) or _code_and_name(folded) or flaw("invalid", "currency_unknown", read)


def fold(text: str) -> str:
    """Bring a spelling to the form of the table: lower case, no full stops at the ends of words."""
    return " ".join(re.sub(r"(?<=\w)[.,](?=\s|$)", "", one_line(text).casefold()).split())


def _code_and_name(folded: str) -> str | None:
    """Read "RUB (рубли)", "(RUB)" or "руб. ₽": several names are fine when all of them mean one currency."""
    parts = [part for part in re.split(r"[\s()/,:;–—-]+", folded) if part]
    codes = {names().get(fold(part)) for part in parts}
    return codes.pop() if len(codes) == 1 else None
