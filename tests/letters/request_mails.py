# ruff: noqa: E501 (letters are kept whole)
"""Request mails as people write them, read through the whole intake and compared with what the writer meant.

The mails stand in `tests/letters/requests/*.txt`, one after another:

    === name | kind | subject line [| html] [| ~shape] [| +file ...]
    what was written ({A.inn} and the like stand for a supplier's requisites, %form for a filled form)
    -> what a careful reader takes

Behind the arrow: `A` (all requisites of that supplier), `field=value` taken, `field~part` taken with these words in it,
`field?value` taken or asked, `field!` asked, `field-` left empty, `field*` whatever; a field of money or of a date that
is not named must stay empty. `none`: no request at all; `draft`: a draft does no harm; `multi`: several requests.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from documents.invoices.answer import Task, reading_of
from documents.invoices.model import InvoiceReading
from documents.invoices.worker import work
from documents.tables import read_sheets
from helpers.invoice_pages import Seller, Sheet, box, goods, totals
from helpers.world import policy_of
from letters import request_shapes
from mailer.letter import read_letter
from workflow.core.commands import Amend, Open
from workflow.core.decide import decide
from workflow.core.events import Filled
from workflow.intake.carriers import Post
from workflow.intake.invoices import Invoices
from workflow.intake.plan import Plan
from workflow.intake.reader import Lookup, Reader
from workflow.intake.several import NewRequests
from workflow.keywords import Words
from workflow.people import Member, Roster
from workflow.words import check_marks, form_labels, markers

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
OUR_INN = "7707083893"
FOLDER = Path(__file__).parent / "requests"


def _russian(name: str, inn: str, kpp: str, acc: str, bic: str, cor: str, bank: str) -> dict[str, str]:
    card = [
        name, f"ИНН {inn} КПП {kpp}" if kpp else f"ИНН {inn}", f"Р/с {acc}", f"в {bank}", f"БИК {bic}", f"К/с {cor}",
    ]  # fmt: skip
    return {"name": name, "inn": inn, "kpp": kpp, "acc": acc, "bic": bic, "cor": cor, "bank": bank,
            "card": "\n".join(card)}  # fmt: skip


SUPPLIERS: dict[str, dict[str, str]] = {
    "A": _russian("ООО «Гранит»", "9660668898", "966001001", "40702810940200761292", "044525974",
                  "30101810145250000974", "АО «ТБанк»"),
    "B": _russian("ООО «Бетон-Сервис»", "9675022930", "967501001", "40702810114607617721", "049600111",
                  "30101810100000000111", "ПАО «Уральский банк»"),
    "C": _russian("ИП Петров Пётр Сергеевич", "960045607951", "", "40802810864601544308", "044525974",
                  "30101810145250000974", "АО «ТБанк»"),
    "D": _russian("ООО «Лесторг»", "9670809481", "967001001", "40702810622972467109", "049600333",
                  "30101810700000000333", "КБ «Образец» (ООО)"),
    "O": _russian("ООО «Северный ветер»", OUR_INN, "770701001", "40702810556093461358", "049600999",
                  "30101810500000000999", "банк «Столица»"),
    "T": {"inn": "9604774638"},
    "E": {"name": "Muster GmbH", "iban": "DE89370400440532013000", "swift": "COBADEFFXXX"},
    "F": {"name": "Nordic Paper AB", "iban": "SE4550000000058398257466", "swift": "NDEASESS"},
    "G": {"name": "British Tools Ltd", "iban": "GB29NWBK60161331926819", "swift": "NWBKGB2L"},
}  # fmt: skip
FIELD_OF = {"inn": "inn", "kpp": "kpp", "acc": "account", "bic": "bic", "cor": "corr_account", "iban": "iban",
            "swift": "swift"}  # fmt: skip
SIGNATURES = {
    "%sig1": "{O.sign1}", "%sig2": "{O.sign2}", "%sig3": "{O.sign3}", "%sig4": "{O.sign4}",
}
_OWN = SUPPLIERS["O"]
_OWN["sign1"] = (
    "--\nС уважением,\nРита Орлова\nменеджер по закупкам\nООО «Северный ветер»\nИНН 7707083893 КПП 770701001\n"
    f"р/с {_OWN['acc']} в {_OWN['bank']}\nБИК {_OWN['bic']}, к/с {_OWN['cor']}\n"
    "тел.: +7 (495) 123-45-67, моб. 8-916-123-45-67"
)
_OWN["sign2"] = (
    "С уважением, Орлова Рита\nОтдел снабжения | ООО «Северный ветер»\n125009, г. Москва, ул. Ленина, д. 12, оф. 304\n"
    "Тел./факс: (495) 123-45-67 доб. 204\nE-mail: rita@example.test\nwww.severny-veter.example"
)
_OWN["sign3"] = (
    "Best regards,\nRaj Kumar\nProcurement | Severny Veter LLC\nINN 7707083893\nPhone: +7 495 123 45 67\nraj@example.test"
)
_OWN["sign4"] = (
    "Рита Орлова\n\nРеквизиты нашей компании:\nООО «Северный ветер», ИНН 7707083893, КПП 770701001\n"
    f"Р/с: {_OWN['acc']}\nБанк: {_OWN['bank']}, БИК: {_OWN['bic']}"
)
STRICT = ("amount", "currency", "pay_by", "inn", "kpp", "bic", "account", "corr_account", "iban", "swift",
          "invoice_number", "invoice_date", "contractor_email")  # fmt: skip
LOOSE = ("subject", "contractor", "purpose")

FORM_LINES = {
    "ru": [
        ("За что платим", "ремонт кровли склада"), ("Подрядчик", "{X}"), ("Сумма счета", "64 000,00"),
        ("Тип валюты", "RUB"), ("Оплатить до", "04.12.2026"), ("ИНН", "{X.inn}"), ("КПП", "{X.kpp}"),
        ("Р/С", "{X.acc}"), ("БИК Банка", "{X.bic}"), ("К/С", "{X.cor}"),
        ("Назначение платежа", "Оплата за ремонт кровли склада, в т.ч. НДС 22%"),
    ],
    "en": [
        ("Subject", "spare parts for the press"), ("Contractor", "{X}"), ("Amount", "1,250.00"), ("Currency", "EUR"),
        ("Pay by", "2026-12-04"), ("IBAN", "{X.iban}"), ("SWIFT", "{X.swift}"),
        ("Payment purpose", "Spare parts, order 7741"),
    ],
}  # fmt: skip
FORM_FIELDS = {
    "Сумма счета": ["amount=64000.00", "currency=RUB"], "Тип валюты": ["currency=RUB"],
    "Оплатить до": ["pay_by=2026-12-04"], "За что платим": ["subject~кровли"], "Назначение платежа": ["purpose~кровли"],
    "Amount": ["amount=1250.00"], "Currency": ["currency=EUR"], "Pay by": ["pay_by=2026-12-04"],
    "Subject": ["subject~spare"], "Payment purpose": ["purpose~Spare"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail and what it says."""

    name: str
    kind: str
    subject: str
    text: str
    is_html: bool
    files: tuple[str, ...]
    wanted: dict[str, tuple[str, str]] = field(default_factory=dict)
    outcomes: frozenset[str] = frozenset()
    shape: str = ""
    alternatives: frozenset[str] = frozenset()
    """Fields that may also be several requests."""


def mails() -> Iterator[Mail]:
    """All of the corpus."""
    for path in sorted(FOLDER.glob("*.txt")):
        yield from of_text(path.read_text(encoding="utf-8"))


def of_text(text: str) -> Iterator[Mail]:
    """The mails of one file."""
    for block in re.split(r"(?m)^=== ", text)[1:]:
        head, _, rest = block.partition("\n")
        body, _, expected = rest.rpartition("\n-> ") if "\n-> " in rest else ("", "", rest.removeprefix("-> "))
        name, kind, subject, *flags = [part.strip() for part in head.split("|")]
        marks = " ".join(flags).split()
        form: list[str] = []
        if body.startswith(("%form", "%enform")):
            body, form = _filled_form(body)
        files = tuple(mark[1:] for mark in marks if mark.startswith("+"))
        shape = next((mark[1:] for mark in marks if mark.startswith("~")), "")
        mail = Mail(name, kind, subject, filled_in(body), "html" in marks, files, shape=shape)
        yield _expect(mail, filled_in(expected).split(), form)


def filled_in(text: str) -> str:
    """With the requisites for their short names."""

    def value(match: re.Match[str]) -> str:
        one = SUPPLIERS[match[1]]
        return one[match[2] or "name"]

    return re.sub(r"\{([A-Z])(?:\.(\w+))?\}", value, text)


def _filled_form(body: str) -> tuple[str, list[str]]:
    """`%form A | Сумма счета: 12 500-00 | +Примечание: позвонить | -КПП | <Добрый день! | >Рита`: a form with some lines
    changed, added or left out, words above it and below; `%sig1` is one of the SIGNATURES."""
    body = body.replace("\\n", "\n")
    command, *changes = [part.strip() for part in re.sub(r"%sig\d", lambda m: SIGNATURES[m[0]], body).split(" | ")]
    which, supplier = command.split()
    above = [change[1:] for change in changes if change.startswith("<")]
    below = [change[1:] for change in changes if change.startswith(">")]
    gone = {change[1:] for change in changes if change.startswith("-")}
    changes = [change for change in changes if change[0] not in "<>-"]
    lines = FORM_LINES["en" if which == "%enform" else "ru"]
    changed = dict(change.partition(":")[::2] for change in changes if not change.startswith("+"))
    rows, expected = [], [supplier]
    for label, usual in lines:
        if label in gone:
            continue
        value = changed[label].strip() if label in changed else usual.replace("{X", "{" + supplier)
        rows.append(f"{label}: {value}")
        expected += [] if label in changed else FORM_FIELDS.get(label, [])
    rows += [change[1:] for change in changes if change.startswith("+")]
    return "\n".join([*above, *([""] if above else []), *rows, *([""] if below else []), *below]), expected


def _expect(mail: Mail, marks: list[str], form: list[str]) -> Mail:
    wanted: dict[str, tuple[str, str]] = {}
    outcomes, several = set(), set()
    for mark in (one for each in marks for one in (form if each == "%form" else [each])):
        if found := re.match(r"([a-z_]+)([=~?!*-])(.*)", mark):
            name, sign, value = found.groups()
            several |= {name} if "multi" in value.split("|") else set()
            wanted[name] = (sign, value)
        elif mark in SUPPLIERS:
            one = SUPPLIERS[mark]
            wanted |= {FIELD_OF[key]: ("=", value) for key, value in one.items() if key in FIELD_OF and value}
            wanted["contractor"] = ("~", one["name"].split()[-1].strip("«»")[:6])
        else:
            outcomes |= set(mark.split("|"))
    return Mail(mail.name, mail.kind, mail.subject, mail.text, mail.is_html, mail.files, wanted,
                frozenset(outcomes), mail.shape, frozenset(several))  # fmt: skip


# --- papers -----------------------------------------------------------------------------------------------------------


def _bill(supplier: str, number: str, day: str, what: str, total: str, vat: str) -> bytes:
    one = SUPPLIERS[supplier]
    seller = Seller(one["name"], one["inn"], one["kpp"], one["acc"], one["bank"], one["bic"], one["cor"])
    sheet = box(Sheet(), seller).gap().say(f"Счет на оплату № {number} от {day}", 14, bold=True)
    sheet.wrap(f"Поставщик: {one['name']}, ИНН {one['inn']}, КПП {one['kpp']}, г. Екатеринбург")
    sheet.wrap(f"Покупатель: ООО «Северный ветер», ИНН {OUR_INN}, КПП 770701001")
    goods(sheet, ("1", what, "1", "шт", total, total))
    return totals(sheet, ("Итого:", total), ("В том числе НДС 22%:", vat), ("Всего к оплате:", total)).bytes()


def _foreign_bill() -> bytes:
    sheet = Sheet().say("Seller: Muster GmbH", 14, bold=True).say("Invoice No. INV-2026-031")
    sheet.say("Date: 16 November 2026")
    sheet.gap().say("Bill to: Severny Veter LLC").gap().say("Spare parts for the press        1,250.00")
    sheet.say("Total amount due: EUR 1,250.00").gap().say("IBAN: DE89 3704 0044 0532 0130 00")
    return sheet.say("BIC: COBADEFFXXX").bytes()


def _plain_paper(*lines: str) -> bytes:
    sheet = Sheet()
    for line in lines:
        sheet.say(line)
    return sheet.bytes()


PAPERS = {
    "A118": ("Счет 118.pdf", lambda: _bill("A", "118", "20 ноября 2026 г.", "Щебень гранитный 20-40", "122 000,00", "22 000,00")),
    "B77": ("schet-77.pdf", lambda: _bill("B", "77", "18 ноября 2026 г.", "Бетон М300", "48 600,00", "8 763,93")),
    "E31": ("INV-2026-031.pdf", _foreign_bill),
    "act": ("Акт 5.pdf", lambda: _plain_paper("Акт № 5 от 19.11.2026", "Услуги оказаны в полном объеме на сумму 10 000,00 руб.", "Стороны претензий не имеют.")),
    "contract": ("Договор поставки.pdf", lambda: _plain_paper("ДОГОВОР ПОСТАВКИ № 14", "г. Екатеринбург 01.09.2026", "1. Предмет договора", "Цена договора составляет 900 000,00 руб.")),
    "photo": ("IMG_2041.png", lambda: _blank_picture()),
}  # fmt: skip


def _blank_picture() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(out, "PNG")
    return out.getvalue()


@cache
def paper(name: str) -> tuple[str, bytes]:
    title, make = PAPERS[name]
    return title, make()


@cache
def reading(name: str, content: bytes) -> InvoiceReading:
    found = reading_of(work(Task(name, content, OUR_INN, TODAY, 30, 25_000_000, 10).packed()))
    assert found is not None
    return found


class InThisProcess(Invoices):
    """The child's work without the child."""

    def _reading(self, letter: str, sha256: str, name: str, content: bytes, seconds: float) -> InvoiceReading:
        return reading(name, content)


# --- through the intake -----------------------------------------------------------------------------------------------

ROSTER = Roster((
    Member("Рита Орлова", "rita@example.test", frozenset({"requester"}), "ru"),
    Member("Raj Kumar", "raj@example.test", frozenset({"requester"}), "en"),
    Member("Антон Головин", "adam@example.test", frozenset({"approver"}), "ru"),
))  # fmt: skip
POLICY = policy_of(company="ООО «Северный ветер»", company_inn=OUR_INN)
READER = Reader(
    ROSTER, Post(frozenset({"pay@example.test"}), "example.test", "PAY"), form_labels(), Words.built_in(),
    Lookup(lambda _token: None, lambda _reference: None), False, (),
    invoice=InThisProcess(OUR_INN, lambda: TODAY).read, sheets=read_sheets, marks=check_marks(),
    company="ООО «Северный ветер»", company_inn=OUR_INN,
)  # fmt: skip


def raw(mail: Mail) -> bytes:
    """The mail as its writer's program sends it."""
    letter = EmailMessage()
    english = mail.kind.startswith("en")
    letter["From"] = "Raj Kumar <raj@example.test>" if english else "Рита Орлова <rita@example.test>"
    letter["To"], letter["Subject"] = "pay@example.test", mail.subject
    letter["Date"] = "Tue, 24 Nov 2026 10:00:00 +0300"
    letter["Message-ID"] = f"<{abs(hash(mail.name))}@example.test>"
    if mail.shape:
        request_shapes.fill(letter, mail.text, mail.shape)
    elif mail.is_html:
        letter.set_content(f"<html><body>{mail.text}</body></html>", subtype="html")
    else:
        letter.set_content(mail.text or "\n")
    for name in mail.files:
        _attach(letter, *name.rpartition(":")[::2])
    return letter.as_bytes()


def _attach(letter: EmailMessage, way: str, name: str) -> None:
    """A paper as it is, or `zip:`, `locked:`, `dat:` (winmail.dat), `eml:` (a mail that is attached with it)."""
    title, content = paper(name)
    match way:
        case "zip":
            letter.add_attachment(request_shapes.zipped(title, content), "application", "zip", filename="Документы.zip")
        case "locked":
            letter.add_attachment(request_shapes.locked(content), "application", "pdf", filename=title)
        case "dat":
            packed = request_shapes.packed(title, content)
            letter.add_attachment(packed, "application", "ms-tnef", filename="winmail.dat")
        case "eml":
            inner = EmailMessage()
            inner["From"], inner["To"], inner["Subject"] = "sales@vendor.test", "rita@example.test", f"Счет {title}"
            inner.set_content("Добрый день! Направляем счет. Просим оплатить в течение 3 дней.\n")
            inner.add_attachment(content, "application", "pdf", filename=title)
            letter.add_attachment(inner)
        case _:
            kind = ("image", "png") if title.endswith("png") else ("application", "pdf")
            letter.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=title)


@dataclass(slots=True)
class Outcome:
    """What became of it."""

    plan: Plan
    opened: bool
    several: int
    fields: dict[str, str]
    problems: dict[str, str]
    suggested: dict[str, str]
    kept: bool

    @property
    def goes_on(self) -> bool:
        """Does it go before the approvers without another word?"""
        return self.opened and not self.problems and not self.kept


def outcome(mail: Mail) -> Outcome:
    letter = read_letter(raw(mail), received=NOW, own_addresses=frozenset({"pay@example.test"}), markers=markers())
    plan = READER.plan(letter)
    if isinstance(plan.several, NewRequests) and len(plan.several.orders) == 1:
        (only,) = plan.several.orders
        plan = replace(plan, several=None, command=only.command(plan.several.by))
    if isinstance(plan.several, NewRequests):
        return Outcome(plan, True, len(plan.several.orders), {}, {}, {}, False)
    if not isinstance(plan.command, Open | Amend):
        return Outcome(plan, False, 0, {}, {}, {}, False)
    filled = next(e for e in decide(None, plan.command, POLICY, NOW).events if isinstance(e, Filled))
    return Outcome(
        plan, True, 0, {name: value.value for name, value in filled.fields.items()},
        {problem.field: problem.code for problem in filled.problems},
        {name: value.value for name, value in filled.suggested.items()}, plan.command.keep_draft,
    )  # fmt: skip


def differences(mail: Mail, got: Outcome) -> list[tuple[str, str]]:
    """(verdict, what) of everything that is not as the writer meant it. Verdicts: WRONG (a value was taken that he did
    not give), asked (a value that he gave was not understood), proposed (it was, and he has to confirm it), unasked (doubtful and nobody asks), answered (no
    request, but taken for one), ignored (a request that was not seen)."""
    if "none" in mail.outcomes or "draft" in mail.outcomes:
        if got.opened and "request" not in mail.outcomes:
            if got.goes_on:
                return [("WRONG", "no request, and it goes to approval")]
            return [] if "draft" in mail.outcomes else [("answered", f"{got.fields}")]
        if not got.opened:
            return []
    if got.several:
        ok = "multi" in mail.outcomes or mail.alternatives
        return [] if ok else [("WRONG", f"{got.several} requests")]
    if not got.opened:
        return [] if "any" in mail.outcomes else [("ignored", got.plan.reason)]
    found: list[tuple[str, str]] = []
    for name in (*STRICT, *LOOSE):
        if name in LOOSE and name not in mail.wanted:
            continue
        sign, wanted = mail.wanted.get(name, ("-", ""))
        verdict = _differs(name, sign, wanted, got)
        if verdict == "asked" and got.suggested.get(name) == wanted:
            verdict = "proposed"
        if verdict:
            found.append((verdict, f"{name} {sign}{wanted}: got {got.fields.get(name)!r} {got.problems.get(name, '')}"
                          + (f" perhaps {got.suggested[name]!r}" if name in got.suggested else "")))  # fmt: skip
    return found


def _differs(name: str, sign: str, wanted: str, got: Outcome) -> str:
    value = got.fields.get(name)
    if name in got.problems and got.problems[name] == "conflict":
        value = None
    allowed = [one for one in wanted.split("|") if one not in ("multi", "!", "")]
    match sign:
        case "*":
            return ""
        case "=":
            good = value in allowed or (value is None and "!" in wanted)
            return "" if good else "asked" if value is None else "WRONG"
        case "~":
            near = value is not None and html.unescape(wanted).lower() in value.lower()
            return "" if near else "asked" if value is None else "WRONG"
        case "?":
            return "" if value is None or value in allowed else "WRONG"
        case "!":
            if value is not None:
                return "" if value in allowed else "WRONG"
            return "" if name in got.problems or name in got.suggested else "unasked"
        case _:
            return "WRONG" if value is not None else ""
