"""Every word and sentence of the program itself, in the reader's language: labels, problems, reasons, lines of history.

Sentences stand in `templates/<language>/words.toml` under the keys that the core and the other rooms use. A key that
has no sentence of its own gets the general one of its table: a person is never shown a key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files

from values.currencies import CURRENCIES
from values.dates import format_date, format_day
from values.money import Money, format_money
from values.text import one_line, shorten
from workflow.core import events as e
from workflow.core.card import REQUIRED
from workflow.core.events import Event, Recorded
from workflow.core.model import Caution, Choice, HoldKind, Problem, Request, Status
from workflow.core.outcome import PROGRAM, REGISTRY

LANGUAGES = ("en", "ru")
FORM_FIELDS = (
    "subject", "contractor", "amount", "currency", "pay_by", "purpose", "invoice", "bank_details", "inn", "kpp",
    "account", "bic", "corr_account", "iban", "swift", "contractor_email",
)  # fmt: skip
"""The lines of the form in the order in which people have them at hand."""

LONGEST_READ = 120

NameOf = Callable[[str], str]


class Words:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang if lang in LANGUAGES else "en"
        self._tables = _tables(self.lang)

    # --- single words -------------------------------------------------------------------------------------------

    def label(self, field: str) -> str:
        """The name of a field, as it stands in the form and in the registry."""
        return self._tables["label"].get(field, field)

    def inside(self, label: str) -> str:
        """A label inside a sentence; abbreviations stay as they are."""
        return label if label[1:2].isupper() or not label[1:2].isalpha() else label[:1].lower() + label[1:]

    def status(self, status: Status | str) -> str:
        return self._tables["status"].get(str(status)) or self._tables["text"].get(f"status_{status}", str(status))

    def choice(self, decision: Choice | str) -> str:
        return self._tables["choice"].get(str(decision), str(decision))

    def keyword(self, action: str) -> str:
        """The word that people answer with."""
        return self._tables["keyword"][action]

    def source(self, source: str) -> str:
        """Where a value came from."""
        return self._tables["source"].get(source, source)

    def hold(self, kind: HoldKind | str) -> str:
        return self._tables["hold"].get(str(kind), str(kind))

    def role(self, role: str) -> str:
        return self._tables["role"].get(role, role)

    def text(self, key: str, /, **params: object) -> str:
        """A phrase of the table `text`, or of another one when the key names it ("card.title")."""
        table, _, name = key.rpartition(".")
        return self._tables[table or "text"][name].format_map(params)

    def has(self, key: str) -> bool:
        table, _, name = key.rpartition(".")
        return name in self._tables.get(table or "text", {})

    # --- sentences ----------------------------------------------------------------------------------------------

    def problem(self, problem: Problem) -> str:
        """What was read in a field, what is wrong with it, and what to do."""
        table = self._tables["problem"]
        text = table.get(f"{problem.reason}.{problem.field}") or table.get(problem.reason) or table["other"]
        return text.format_map({
            "label": self.label(problem.field), "read": _read(problem.read), "hint": self._hint(problem.hint),
        })  # fmt: skip

    def warning(self, caution: Caution) -> str:
        """What an approver should look at."""
        if caution.code == "sources_differ":
            return self._sources_differ(caution.read)
        read = caution.read
        if caution.code in ("invoice_amount", "invoice_part"):
            read = self.money(*caution.read.partition(" ")[::2])
        elif caution.code == "invoice_date":
            read = self.day(read)
        return self._sentence("warning", caution.code, read)

    def _sources_differ(self, sides: str) -> str:
        """One field with each source and its value."""
        field, *parts = sides.split(" | ")
        pairs = zip(parts[::2], parts[1::2], strict=False)
        values = "; ".join(f"{_read(value)} ({self.source(source)})" for source, value in pairs)
        return self.text("warning.sources_differ", label=self.label(field), values=values)

    def warnings(self, cautions: Iterable[Caution]) -> tuple[str, ...]:
        """Each warning once, though two checks may have found it."""
        return tuple(dict.fromkeys(self.warning(caution) for caution in cautions))

    def refused_file(self, name: str, reason: str) -> str:
        """Why a file was not taken."""
        table = self._tables["refused_file"]
        return f"{_read(name)}: {table.get(reason, table['other'])}"

    def reason(self, key: str, read: str = "", currency: str = "") -> str:
        """Why an answer changed nothing, as half a sentence in lower case."""
        table = self._tables["reason"]
        general = "unclear" if key.startswith("unclear") else "other"
        text = table.get(key, table[general])
        shown = {"read": _read(read), "date": self.day(read), "money": self.money(read, currency)}
        return text.format_map(shown | {"status": self.status(read)})

    def repeats(self, key: str) -> bool:
        """Does the sentence of this reason already say what was read?"""
        return "{" in self._tables["reason"].get(key, "") or key.startswith("closed_")

    def message(self, caution: Caution, currency: str = "") -> str:
        """The text of a row's Message cell."""
        text = _capital(self.reason(caution.code, caution.read, currency))
        return text if not caution.read or self.repeats(caution.code) else f"{text} ({_read(caution.read)})"

    def event(self, recorded: Recorded, name_of: NameOf, currency: str = "") -> str:
        """One line of history, or nothing for an event that is not worth one."""
        line = self._event(recorded.event, recorded.actor, name_of, currency)
        words = getattr(recorded.event, "comment", "") or getattr(recorded.event, "reason", "")
        words = getattr(recorded.event, "words", "") or words
        if isinstance(recorded.event, e.Commented):
            words = recorded.event.text
        if isinstance(recorded.event, e.EditRefused | e.AnswerRefused):
            words = recorded.event.read
        if line and recorded.editor and recorded.actor == REGISTRY:
            line = self.text("event.last_edited", line=line, person=shorten(one_line(recorded.editor), 100))
        return f"{line}: {shorten(one_line(words), 300)}" if line and words.strip() else line

    def events(
        self, history: Iterable[Recorded], name_of: NameOf, currency: str = ""
    ) -> tuple[tuple[Recorded, str], ...]:
        """The events worth a line, each with its line."""
        lines = ((recorded, self.event(recorded, name_of, currency)) for recorded in history)
        return tuple((recorded, line) for recorded, line in lines if line)

    # --- values -------------------------------------------------------------------------------------------------

    def money(self, amount: Decimal | str | None, currency: str) -> str:
        """An amount as people of this language write it; what is not one stays as it is."""
        try:
            value = amount if isinstance(amount, Decimal) else Decimal(amount or "")
        except InvalidOperation:
            return str(amount or "")
        if currency not in CURRENCIES:
            return f"{value} {currency}".strip()
        return format_money(Money(value, currency), self.lang)

    def weekday(self, day: date) -> str:
        """A day with its weekday, short: `27.11 пт` in Russian, `Fri 27 Nov` in English."""
        name, written = self.text("weekdays").split()[day.weekday()], format_day(day, self.lang)
        return f"{written} {name}" if self.lang == "ru" else f"{name} {written}"

    def moment(self, at: datetime) -> str:
        """A day and its time, short: 27 Nov 14:05; in the zone that `at` has."""
        return f"{format_day(at, self.lang)} {at:%H:%M}"

    def day(self, day: date | str) -> str:
        """A date as people of this language write it; what is not one stays as it is."""
        if isinstance(day, date):
            return format_date(day, self.lang)
        try:
            return format_date(date.fromisoformat(day), self.lang)
        except ValueError:
            return day

    def due(self, day: date, today: date) -> str:
        """How far a day is from today: "in 3 days", "2 days overdue"."""
        left = (day - today).days
        if left in (0, 1):
            return self.text("due.today" if left == 0 else "due.tomorrow")
        days = self.text(f"due.day_{_plural(abs(left), self.lang)}", n=abs(left))
        return self.text("due.overdue" if left < 0 else "due.later", days=days)

    def invoice(self, number: str, day: str) -> str:
        """Number and date of an invoice in one line."""
        key = "invoice_line" if number and day else "invoice_number_only" if number else "invoice_date_only"
        return self.text(key, number=number, date=self.day(day)) if number or day else ""

    def value(self, field: str, request: Request) -> str:
        """A checked value of a request as people read it."""
        value = request.value(field)
        if field == "amount":
            return self.money(request.amount, request.currency) if value else ""
        if field == "invoice":
            return self.invoice(request.value("invoice_number"), request.value("invoice_date"))
        return self.day(value) if field in ("pay_by", "invoice_date") else value

    def count(self, key: str, number: int) -> str:
        """A number with its noun: "2 заявки"."""
        forms = self._tables["text"][key].split("|")
        return forms[("one", "few", "many").index(_plural(number, self.lang))].format(n=number)

    # --- helpers ------------------------------------------------------------------------------------------------

    def _sentence(self, table: str, key: str, read: str) -> str:
        texts = self._tables[table]
        return texts.get(key, texts["other"]).format_map({"read": _read(read) or key})

    def _hint(self, hint: str) -> str:
        """Both readings of a doubtful value, in the reader's own spelling."""
        return {"ru": " или ", "en": " or "}[self.lang].join(self.day(part) for part in hint.split(" / "))

    def _fields(self, names: Iterable[str]) -> str:
        files = {"files": self.text("event.files_changed")}
        return ", ".join(dict.fromkeys(files.get(name, self.label(name)) for name in names))

    def _event(self, event: Event, actor: str, name_of: NameOf, currency: str) -> str:
        def say(key: str, **params: object) -> str:
            return self.text(f"event.{key}", **params)

        def name(person: str) -> str:
            return self.text("registry_person") if person == REGISTRY else name_of(person)

        match event:
            case e.Opened():
                return say("opened", name=name(event.requester))
            case e.Filled():
                return say("incomplete", fields=self._fields(p.field for p in event.problems)) if event.problems else ""
            case e.CorrectionRefused():
                return say("correction_refused", fields=self._fields(p.field for p in event.problems))
            case e.Submitted():
                fields = self._fields(field for field, _, _ in event.changed)
                return say("submitted_changed" if fields else "submitted", version=event.version, fields=fields)
            case e.Asked():
                key = f"asked_{event.kind}_{event.about}" if event.about else f"asked_{event.kind}"
                return say(key, name=name(event.person)) if self.has(f"event.{key}") else ""
            case e.StepStuck():
                return say("stuck", step=event.step + 1)
            case e.Approved() | e.Rejected() | e.Returned() | e.ReasonAdded() | e.VoteUndone() | e.Withdrawn():
                return say(_DECIDED[type(event)], name=name(event.person))
            case e.ApprovalCompleted():
                return say("completed")
            case e.BankDetailsConfirmed():
                return say("details_confirmed", name=name(event.by))
            case e.Held() | e.Released() if event.by == PROGRAM:
                key = "held_by_program" if isinstance(event, e.Held) else "released_by_program"
                return say(key, hold=self.hold(event.kind))
            case e.Held() | e.Released() | e.PaidUndone() | e.PaymentRecalled() | e.Commented():
                return say(_DONE_BY[type(event)], name=name(event.by))
            case e.Paid() | e.PartPaid() | e.PaymentCorrected() | e.PaidWithoutApproval():
                line = say(_PAYMENTS[type(event)], money=self.money(event.amount, currency), date=self.day(event.on),
                           name=name(event.by))  # fmt: skip
                return f"{line}, {say('order', order=event.order)}" if event.order else line
            case e.PaymentAnnounced() | e.PartAnnounced():
                return say("announced")
            case e.PaymentOrderFiled():
                return say("order_filed", file=event.file.name)
            case e.OrderNumbered():
                return say("order_numbered", order=event.order)
            case e.Rerouted():
                whom = event.instead_of
                return say("rerouted" if whom else "rerouted_added", name=name(whom or ""), to=name(event.to))
            case e.Bounced():
                return say("bounced", name=name(event.person))
            case e.NoticeInDoubt():
                return say("in_doubt", name=name(event.person))
            case e.EditRefused() if not event.reason:
                return ""
            case e.EditRefused():
                return say("edit_refused", reason=self.reason(event.reason, event.read, currency))
            case e.AnswerRefused():
                reason = self.reason(event.reason, event.read, currency)
                return say("answer_refused", name=name(event.by), reason=reason)


_DECIDED: dict[type[Event], str] = {
    e.Approved: "approved", e.Rejected: "rejected", e.Returned: "returned", e.ReasonAdded: "reason",
    e.VoteUndone: "undone", e.Withdrawn: "withdrawn",
}  # fmt: skip
_DONE_BY: dict[type[Event], str] = {
    e.Held: "held", e.Released: "released", e.PaidUndone: "paid_undone", e.PaymentRecalled: "recalled",
    e.Commented: "commented",
}  # fmt: skip
_PAYMENTS: dict[type[Event], str] = {
    e.Paid: "paid", e.PartPaid: "part_paid", e.PaymentCorrected: "payment_corrected",
    e.PaidWithoutApproval: "paid_without_approval",
}  # fmt: skip


@cache
def words(lang: str) -> Words:
    """The words of a language, loaded once."""
    return Words(lang)


@cache
def markers() -> tuple[str, ...]:
    """The line "write above this line" in every language, for whoever reads replies."""
    return tuple(words(lang).text("marker") for lang in LANGUAGES)


@cache
def check_marks() -> tuple[str, ...]:
    """What stands beside a value of the form that must be confirmed, in every language."""
    return tuple(words(lang).text("form.check") for lang in LANGUAGES)


@cache
def keywords() -> frozenset[str]:
    """Every word that people answer with, in lower case."""
    return frozenset(word.casefold() for lang in LANGUAGES for word in _tables(lang)["keyword"].values())


@cache
def form_labels() -> Mapping[str, str]:
    """Every label of the form that people use, in lower case and both languages, with its field; `invoice` stands for
    the line that gives number and date."""
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        tables = _tables(lang)
        for field in (*FORM_FIELDS, "invoice_number", "invoice_date"):
            spellings = (tables["label"][field], *tables["synonyms"].get(field, "").split("|"))
            found |= {spelling.casefold().strip(): field for spelling in spellings if spelling.strip()}
    return found


def form_text(lang: str, values: Mapping[str, str], check: Collection[str] = ()) -> str:
    """The form as lines "Label: value"; `values` are texts as people typed them. An empty line holds no value; one of
    `check` is marked as to be confirmed."""
    return "\n".join(_form_line(words(lang), field, values, field in check) for field in _form_fields(values))


def _form_fields(values: Mapping[str, str]) -> list[str]:
    """The usual lines; number and date of the invoice on lines of their own where they were typed so."""
    apart = [field for field in ("invoice_number", "invoice_date") if values.get(field, "").strip()]
    if not apart or values.get("invoice", "").strip():
        return list(FORM_FIELDS)
    place = FORM_FIELDS.index("invoice")
    return [*FORM_FIELDS[:place], *apart, *FORM_FIELDS[place + 1 :]]


def _form_line(words: Words, field: str, values: Mapping[str, str], check: bool) -> str:
    hint = f" ({words.text(f'form.hint_{field}')})" if words.has(f"form.hint_{field}") else ""
    hint = f" ({words.text('form.check')})" if check else hint
    star = " *" if field in REQUIRED else ""
    return f"{words.label(field)}{hint}{star}: {one_line(values.get(field, ''))}".rstrip()


@cache
def _tables(lang: str) -> Mapping[str, Mapping[str, str]]:
    source = files("templates").joinpath(lang, "words.toml").read_text(encoding="utf-8")
    tables: Mapping[str, Mapping[str, str]] = tomllib.loads(source)
    return tables


def _read(text: str) -> str:
    return shorten(one_line(text), LONGEST_READ)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plural(number: int, lang: str) -> str:
    """Which of its forms a noun takes with a number: one, few, or many."""
    if lang != "ru":
        return "one" if number == 1 else "many"
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    return "few" if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else "many"
