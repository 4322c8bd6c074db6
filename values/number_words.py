"""Whole numbers in words ("двенадцать тысяч", "one thousand two hundred fifty"), as far as amounts repeat them.

Only to compare words with the digits beside them: a text that is not plainly one number in words is None.
"""

import re

_UNITS = {
    word: number
    for number, words in {
        0: "ноль zero", 1: "один одна одно one", 2: "два две two", 3: "три three", 4: "четыре four", 5: "пять five",
        6: "шесть six", 7: "семь seven", 8: "восемь eight", 9: "девять nine", 10: "десять ten",
        11: "одиннадцать eleven", 12: "двенадцать twelve", 13: "тринадцать thirteen", 14: "четырнадцать fourteen",
        15: "пятнадцать fifteen", 16: "шестнадцать sixteen", 17: "семнадцать seventeen",
        18: "восемнадцать eighteen", 19: "девятнадцать nineteen", 20: "двадцать twenty", 30: "тридцать thirty",
        40: "сорок forty", 50: "пятьдесят fifty", 60: "шестьдесят sixty", 70: "семьдесят seventy",
        80: "восемьдесят eighty", 90: "девяносто ninety", 100: "сто", 200: "двести", 300: "триста", 400: "четыреста",
        500: "пятьсот", 600: "шестьсот", 700: "семьсот", 800: "восемьсот", 900: "девятьсот",
    }.items()
    for word in words.split()
}  # fmt: skip
_SCALES = {
    word: number
    for number, words in {
        1000: "тысяча тысячи тысяч thousand", 1_000_000: "миллион миллиона миллионов million",
        1_000_000_000: "миллиард миллиарда миллиардов billion",
    }.items()
    for word in words.split()
}  # fmt: skip
_BESIDE = re.compile(
    r"\b(?:(?:ноль|zero)\s+(?:копе\w+|cents?)|руб\w*|долл\w*|евро|euros?|dollars?|pounds?|roubles?|rubles?|and|only)\b"
)


def number_in_words(text: str) -> int | None:
    """The number that the text names in words, with or without the name of a currency behind it."""
    folded = _BESIDE.sub(" ", text.casefold().replace("ё", "е").replace("-", " "))
    words = re.findall(r"[^\W_]+", folded)
    total, part = 0, 0
    for word in words:
        if word in _UNITS:
            part += _UNITS[word]
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALES:
            total, part = total + max(part, 1) * _SCALES[word], 0
        else:
            return None
    return total + part if words else None
