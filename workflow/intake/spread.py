"""Filled lines put where they belong: a line that holds more than its own value, another line's value, or only a word
that the invoice says it.

"ИНН: 7707083893 КПП 770701001", "Р/С: 40702… в АО «Банк» БИК 0445…", "Получатель: ООО «Ромашка», ИНН …" are taken
apart; an account on the line for the invoice, an IBAN on that for the account, a SWIFT code on that for the BIC go to
their own lines. Nothing is put over what stands on its own line: where the two differ, both are asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from values.flaw import Flaw
from values.money import is_rounded
from values.requisites import (
    account_key_ok,
    corr_account_ok,
    parse_account,
    parse_bic,
    parse_iban,
    parse_inn,
    parse_kpp,
    parse_swift,
    several_in_block,
    split_bank_details,
)

Parse = Callable[[str], str | Flaw | None]
Lines = dict[str, str]
PARSERS: Mapping[str, Parse] = {
    "inn": parse_inn, "kpp": parse_kpp, "bic": parse_bic, "account": parse_account, "corr_account": parse_account,
    "iban": parse_iban, "swift": parse_swift,
}  # fmt: skip
_LABELS = {
    "inn": "ИНН", "kpp": "КПП", "bic": "БИК", "account": "р/с", "corr_account": "к/с", "iban": "IBAN", "swift": "SWIFT",
}  # fmt: skip
_TAX_NUMBERS = re.compile(
    r"\s*(?:(?:инн|inn)\W*)?(\d{10,12})\s*[/\\,;]\s*(?:(?:кпп|kpp)\W*)?([0-9A-Z]{9})\s*", re.IGNORECASE
)
_FIRST_REQUISITE = re.compile(
    r"[\s,;(]+(?:инн|кпп|огрн(?:ип)?|бик|р\s*/\s*сч?|расч\w*\.?\s+сч\w*|inn|kpp|bic|iban|account)\W{0,3}[\dA-Z]{2}",
    re.IGNORECASE,
)
_SAYS = (
    r"(?:все|указан\w*|есть|см|смотри(?:те)?|как|по|из|в|во|на|прилага\w+|приложен\w*|прикреп\w+|see|as|per|in|on|"
    r"the|to|attached|same|is|all|"
    r"сч[её]т\w*|инвойс\w*|вложени\w*|файл\w*|документ\w*|скан\w*|invoice|bill|attachment|file|enclosed)"
)
_AS_IN_INVOICE = re.compile(rf"{_SAYS}(?:[\s.,:!-]+{_SAYS})*[\s.,:!-]*", re.IGNORECASE)
FEWEST_DIGITS = 15
"""A number so long is an account, whole or mistyped, and none of an invoice."""
_HINT = re.compile(r"^\s*\([^()\d]{2,80}\)\s+(?=\S)")
_ADDRESS = re.compile(r"(?:ссылка|link|по ссылке)?\s*:?\s*<?(?:https?://|www\.)\S+", re.IGNORECASE)
"""Where the invoice lies is not its number."""
_PAPER = re.compile(
    r"сч[её]т|инвойс|вложени|файл|документ|приложен|скан|прилага|прикреп|invoice|bill|attach|file|enclosed",
    re.IGNORECASE,
)
_OWN_LINES: tuple[tuple[str, Parse, str], ...] = (
    ("bic", parse_swift, "swift"), ("account", parse_iban, "iban"), ("swift", parse_iban, "iban"),
)  # fmt: skip
"""A line, what else may stand on it, and whose value that is."""


def spread(typed: Mapping[str, str]) -> tuple[Lines, dict[str, tuple[str, ...]]]:
    """The lines with every value on its own, and those that contradict what stands there already."""
    lines = {name: _without_hint(name, text) for name, text in typed.items() if not says_see_invoice(text)}
    for name in ("invoice", "invoice_number"):
        if name in lines and not (bare := _ADDRESS.sub("", lines[name]).strip(" ,;:()-–—")):
            del lines[name]
        elif name in lines:
            lines[name] = bare
    rivals: dict[str, tuple[str, ...]] = {}
    _unit_of_amount(lines)
    _moved(lines, rivals)
    for name in PARSERS:
        if name in lines and isinstance(PARSERS[name](lines[name]), Flaw):
            _taken_apart(name, lines, rivals)
    _payee(lines, rivals)
    _exchanged(lines)
    return lines, rivals


def _unit_of_amount(lines: Lines) -> None:
    """A currency given as "тыс. руб." belongs to the number on the line of the amount."""
    unit = lines.get("currency", "")
    if "amount" in lines and is_rounded(f"1 {unit}") and not is_rounded(lines["amount"]):
        lines["amount"] = f"{lines['amount']} {lines.pop('currency')}"


def _without_hint(name: str, text: str) -> str:
    """A value without the hint that was left before it ("(дд.мм.гггг) 08.12.2026"); running text keeps its brackets."""
    return text if name in ("subject", "purpose", "contractor") else _HINT.sub("", text)


def says_see_invoice(text: str) -> bool:
    """Is the text nothing but a word that the value stands in the invoice?"""
    return bool(_AS_IN_INVOICE.fullmatch(text.strip()) and _PAPER.search(text))


def _moved(lines: Lines, rivals: dict[str, tuple[str, ...]]) -> None:
    """Whole values on a line of another kind."""
    for name in ("invoice", "invoice_number"):
        number = re.match(r"[\d\s.-]*", lines.get(name, ""))
        if number and len(re.sub(r"\D", "", number[0])) >= FEWEST_DIGITS:
            _put("account", lines.pop(name), lines, rivals)
    for name, parse, other in _OWN_LINES:
        if name in lines and not _is(PARSERS[name], lines[name]) and _is(parse, lines[name]):
            _put(other, lines.pop(name), lines, rivals)


def _exchanged(lines: Lines) -> None:
    """Two lines of which each holds the other's value, where the numbers themselves leave no doubt."""
    inn, account = lines.get("inn", ""), lines.get("account", "")
    if _is(parse_account, inn) and _is(parse_inn, account):
        lines["inn"], lines["account"] = account, inn
    bic, kpp, account, corr = (lines.get(name, "") for name in ("bic", "kpp", "account", "corr_account"))
    if account_fits(corr, bic) and account.startswith("301") and corr_fits(account, bic):
        lines["account"], lines["corr_account"] = corr, account
    elif account_fits(account, kpp) and not account_fits(account, bic) and _is(parse_kpp, bic):
        lines["bic"], lines["kpp"] = kpp, bic


def account_fits(account: str, bic: str) -> bool:
    """Is this an account at this bank, by its key?"""
    number, bank = parse_account(account), parse_bic(bic)
    return isinstance(number, str) and isinstance(bank, str) and account_key_ok(number, bank) is True


def corr_fits(account: str, bic: str) -> bool:
    """Is this the correspondent account of this bank, by its key?"""
    number, bank = parse_account(account), parse_bic(bic)
    return isinstance(number, str) and isinstance(bank, str) and corr_account_ok(number, bank)


def _taken_apart(name: str, lines: Lines, rivals: dict[str, tuple[str, ...]]) -> None:
    """A line that holds its own value and others behind it."""
    text = lines[name]
    both = _TAX_NUMBERS.fullmatch(text) if name == "inn" else None
    pieces = {"inn": both[1], "kpp": both[2]} if both else requisites_in(f"{_LABELS[name]} {text}")
    if name not in pieces or not _is(PARSERS[name], pieces[name]):
        return
    lines[name] = pieces.pop(name)
    for other, value in pieces.items():
        _put(other, value, lines, rivals)


def _payee(lines: Lines, rivals: dict[str, tuple[str, ...]]) -> None:
    """The name of the payee, with his numbers behind it."""
    text = lines.get("contractor", "")
    begin = _FIRST_REQUISITE.search(text)
    if begin is None or not text[: begin.start()].strip():
        return
    pieces = requisites_in(text[begin.start() :])
    if not pieces:
        return
    lines["contractor"] = text[: begin.start()].strip(" ,;(")
    for name, value in pieces.items():
        _put(name, value, lines, rivals)


def requisites_in(text: str) -> Lines:
    """The requisites in a text that holds those of one payee."""
    return {} if several_in_block(text) else {
        name: value for name, value in split_bank_details(text).items() if name in PARSERS
    }  # fmt: skip


def _put(name: str, value: str, lines: Lines, rivals: dict[str, tuple[str, ...]]) -> None:
    known = lines.get(name, "")
    if not known.strip():
        lines[name] = value
    elif not _same(PARSERS[name](known), PARSERS[name](value)):
        rivals[name] = (known, value)


def _same(one: str | Flaw | None, other: str | Flaw | None) -> bool:
    return isinstance(one, str) and one == other


def _is(parse: Parse, text: str) -> bool:
    return isinstance(parse(text), str)
