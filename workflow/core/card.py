"""From what was typed to a checked card: every field parsed, every problem and every suspicion in one go."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from values.dates import parse_date
from values.flaw import Flaw
from values.money import amount_currency, parse_amount, parse_currency
from values.requisites import (
    compose_bank_details,
    parse_account,
    parse_bic,
    parse_email,
    parse_iban,
    parse_inn,
    parse_invoice_line,
    parse_kpp,
    parse_swift,
    requisite_flaws,
    requisite_warnings,
    several_in_block,
    split_bank_details,
)
from values.text import one_line
from workflow.core.model import FIELDS, Caution, Field, File, Problem

REQUIRED = ("subject", "contractor", "amount", "currency", "pay_by", "bank_details", "inn", "account", "purpose")
NOT_WITH_IBAN = frozenset({"inn", "account"})
LONGEST = {"subject": 500, "contractor": 300, "purpose": 210, "bank_details": 1000}
MONEY_GOES_TO = frozenset({"account", "bic", "corr_account", "iban", "swift"})
FAR_OFF, FAR_WITHOUT_YEAR = 400, 120
"""Days ahead from which on somebody is asked whether he meant that."""
SPLIT = ("inn", "kpp", "bic", "account", "corr_account", "iban", "swift")


@dataclass(frozen=True, slots=True)
class Examined:
    fields: Mapping[str, Field]
    problems: tuple[Problem, ...]
    warnings: tuple[Caution, ...]


def examine(
    typed: Mapping[str, str],
    rivals: Mapping[str, tuple[str, ...]],
    files: Sequence[File],
    today: date,
    language: str = "ru",
) -> Examined:
    """Check a whole form. `typed` holds the texts as people wrote them, by field name (and `invoice` for the one line
    that gives number and date); `rivals` the different texts given for one field. Never raises, never guesses."""
    sheet = _Sheet(today)
    texts = {name: text for name, text in typed.items() if text.strip() and name not in rivals}
    for name, found in rivals.items():
        told = "invoice_number" if name == "invoice" else name  # `invoice` alone stands for the attached file
        sheet.problem(told, Flaw("ambiguous", "two_values", " / ".join(found)))
    sheet.read_words(texts)
    sheet.read_money(texts)
    sheet.read_dates(texts)
    sheet.read_requisites(texts)
    sheet.read_bank_block(texts.get("bank_details", ""))
    sheet.check_keys()
    sheet.compose(texts.get("bank_details", ""), language)
    sheet.demand()
    ordered = {name: sheet.fields[name] for name in FIELDS if name in sheet.fields}
    return Examined(ordered, tuple(sheet.problems), sheet.cautions(files))


def usable(
    found: Mapping[str, Field], typed: Mapping[str, str], rivals: Mapping[str, tuple[str, ...]], today: date
) -> dict[str, Field]:
    """What the files say for lines that nobody typed. Typed beats found, and bank details are never put together from
    both: an account that somebody typed leaves the invoice's BIC out."""
    typed_block = split_bank_details(typed.get("bank_details", "")).keys()
    own = {name for name, text in typed.items() if text.strip()} | typed_block | rivals.keys()
    left = {name: value for name, value in found.items() if name not in own}
    if own & MONEY_GOES_TO or "bank_details" in own:
        left = {name: value for name, value in left.items() if name not in MONEY_GOES_TO}
    if "inn" in own:
        left.pop("kpp", None)
    if "invoice" in own:
        left = {name: value for name, value in left.items() if name not in ("invoice_number", "invoice_date")}
    if "amount" in own:
        left.pop("currency", None)
    if "pay_by" in left and date.fromisoformat(left["pay_by"].value) < today:
        del left["pay_by"]
    return left


def _doubted(text: str, day: date, today: date) -> date | Flaw:
    """A last day that is over or far off is rather a slip; one that is far off because no year was written may have
    been meant month first."""
    if day < today:
        return Flaw("past", "pay_by_past", text)
    ahead = (day - today).days
    if ahead > FAR_OFF:
        return Flaw("invalid", "date_year_range", text)
    figures = re.fullmatch(r"\D*(\d{1,2})[./](\d{1,2})\D*", text)
    if figures and ahead > FAR_WITHOUT_YEAR:
        other = parse_date(f"{figures[2]}.{figures[1]}", today)
        both = f"{day} / {other}" if isinstance(other, date) and today <= other < day else str(day)
        return Flaw("ambiguous", "date_day_month", text, both)
    return day


class _Sheet:
    """The form while it is being read: what is known so far and what is wrong with it."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.fields: dict[str, Field] = {}
        self.problems: list[Problem] = []

    def problem(self, name: str, flaw: Flaw) -> None:
        self.problems.append(Problem(name, flaw.code, flaw.reason, flaw.read, flaw.hint))

    def put(self, name: str, found: str | Decimal | date | Flaw | None, source: str = "typed") -> None:
        if isinstance(found, Flaw):
            self.problem(name, found)
        elif found is not None and str(found) != "":
            text = found.isoformat() if isinstance(found, date) else str(found)
            self.fields[name] = Field(text, source)

    def wrong(self, name: str) -> bool:
        return any(problem.field == name for problem in self.problems)

    def read_words(self, texts: Mapping[str, str]) -> None:
        for name in ("subject", "contractor", "purpose"):
            text = one_line(texts.get(name, ""))
            if len(text) > LONGEST[name]:
                self.problem(name, Flaw("invalid", "too_long", text[:80], str(LONGEST[name])))
            else:
                self.put(name, text)
        if texts.get("contractor_email"):
            self.put("contractor_email", parse_email(texts["contractor_email"]))

    def read_money(self, texts: Mapping[str, str]) -> None:
        amount, currency = texts.get("amount", ""), texts.get("currency", "")
        beside = amount_currency(amount) if amount else None
        if currency:
            self.put("currency", parse_currency(currency))
        elif beside and not self.wrong("currency"):
            self.put("currency", beside)
        known = self.fields["currency"].value if "currency" in self.fields else None
        if known and beside and known != beside:
            self.problem("currency", Flaw("conflict", "two_currencies", f"{known} / {beside}"))
        if amount:
            self.put("amount", parse_amount(amount, known))

    def read_dates(self, texts: Mapping[str, str]) -> None:
        if texts.get("pay_by"):
            found = parse_date(texts["pay_by"], self.today)
            self.put("pay_by", _doubted(texts["pay_by"], found, self.today) if isinstance(found, date) else found)
        if texts.get("invoice"):
            self._read_invoice_line(texts["invoice"])
        if texts.get("invoice_number"):
            self.put("invoice_number", one_line(texts["invoice_number"]))
        if texts.get("invoice_date"):
            self.put("invoice_date", parse_date(texts["invoice_date"], self.today))

    def _read_invoice_line(self, text: str) -> None:
        found = parse_invoice_line(text, self.today)
        if isinstance(found, Flaw):
            self.problem("invoice_number", found)
            return
        number, day = found
        self.put("invoice_number", number)
        self.put("invoice_date", day)

    def read_requisites(self, texts: Mapping[str, str]) -> None:
        parsers = {
            "inn": parse_inn, "kpp": parse_kpp, "bic": parse_bic, "account": parse_account,
            "corr_account": parse_account, "iban": parse_iban, "swift": parse_swift,
        }  # fmt: skip
        for name, parse in parsers.items():
            if texts.get(name):
                self.put(name, parse(texts[name]))

    def read_bank_block(self, block: str) -> None:
        """Split a block of bank details; what also stands on a line of its own must agree with it."""
        if not block:
            return
        found, several = split_bank_details(block), several_in_block(block)
        for name, texts in several.items():
            if name not in self.fields and not self.wrong(name):
                self.problem(name, Flaw("ambiguous", "several_in_bank_details", " / ".join(texts)))
        if "account" in several and "bic" not in self.fields:  # whose bank it is is not known either
            found = {name: text for name, text in found.items() if name not in ("bic", "corr_account")}
        found = {name: text for name, text in found.items() if name not in several}
        pieces = {name: text for name, text in found.items() if name in SPLIT}
        for name, text in pieces.items():
            if name in self.fields and self.fields[name].value != text:
                self.problem(name, Flaw("conflict", "differs_in_bank_details", f"{self.fields[name].value} / {text}"))
            elif name not in self.fields and not self.wrong(name):
                self.read_requisites({name: text})

    def check_keys(self) -> None:
        """An account whose key does not fit its BIC is a typing error that would send money astray."""
        for name, fault in requisite_flaws(self.values()).items():
            self.problem(name, fault)
            del self.fields[name]

    def values(self) -> dict[str, str]:
        return {name: field.value for name, field in self.fields.items()}

    def compose(self, block: str, language: str) -> None:
        if block:
            self.put("bank_details", one_line(block)[: LONGEST["bank_details"]])
            return
        known = {name: self.fields[name].value for name in (*SPLIT, "contractor") if name in self.fields}
        if "account" in known or "iban" in known:
            self.put("bank_details", compose_bank_details(known, language), "computed")

    def demand(self) -> None:
        with_iban = "iban" in self.fields or self.wrong("iban")  # a mistyped one is asked about, nothing in its place
        waived = NOT_WITH_IBAN if with_iban else frozenset[str]()
        for name in REQUIRED:
            if name not in self.fields and name not in waived and not self.wrong(name):
                if name == "bank_details" and (self.wrong("account") or self.wrong("iban")):
                    continue
                self.problem(name, Flaw("missing", "missing", ""))

    def cautions(self, files: Sequence[File]) -> tuple[Caution, ...]:
        found = [Caution(warn.code, warn.read) for warn in requisite_warnings(self.values())]
        if not files:
            found.append(Caution("no_invoice"))
        found += [Caution(f"file_{note}", file.name) for file in files for note in file.notes]
        return tuple(dict.fromkeys(found))
