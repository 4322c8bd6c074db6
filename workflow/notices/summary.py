"""A request at a glance, in the reader's words: what every notice about it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from values.bank_details import split_bank_details
from values.text import one_line, shorten, strip_invisible
from values.workdays import WorkCalendar
from workflow.core import events as e
from workflow.core.events import Recorded
from workflow.core.model import AskKind, Request, Status
from workflow.core.outcome import PROGRAM, REGISTRY
from workflow.notices.flow import tame
from workflow.words import Words

Row = tuple[str, str]

CLOSED = (Status.PAID, Status.REJECTED, Status.WITHDRAWN)
SHORT_NAME, SHORT_SUBJECT, LONGEST_NAME = 60, 80, 80
NO_BREAK_MARK = "\ue000"
BANK = ("bank_details", "inn", "kpp", "account", "bic", "corr_account", "iban", "swift")
EVERYTHING = ("contractor", "amount", "subject", "pay_by", "purpose", "invoice", *BANK, "contractor_email")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a reader sees of a request. Every text is ready to be shown; what is not known is empty."""

    contractor: str
    amount: str
    subject: str
    pay_by: str
    pay_by_label: str
    due: str
    late: bool
    asked_by: str
    holds: str
    warnings: tuple[str, ...]
    short: tuple[Row, ...]
    details: tuple[Row, ...]
    everything: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the words are: language, names, and what day it is where he is. `answers`: he may reply to them."""

    words: Words
    name_of: Callable[[str], str]
    zone: ZoneInfo
    now: datetime
    answers: bool = True
    calendar: WorkCalendar | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def tame(self, text: str) -> str:
        """Text from outside, never to be taken for an answer."""
        if not self.answers:
            return strip_invisible(text)
        return tame(text, lambda line: self.words.text("outside_text", text=line))

    def name(self, address: str) -> str:
        """What to call somebody: the name on the roster, else the address."""
        if address == PROGRAM:
            return self.words.text("program")
        if address == REGISTRY:
            return self.words.text("registry_person")
        return self.tame(shorten(one_line(self.name_of(address)), LONGEST_NAME)) or self.words.text("unknown_person")

    def names(self, addresses: Iterable[str]) -> str:
        """Several people in one phrase: "Anton, Dina and Faina"."""
        found = list(dict.fromkeys(map(self.name, addresses)))
        return self.words.text("and").join(part for part in (", ".join(found[:-1]), *found[-1:]) if part)

    def moment(self, at: datetime) -> str:
        """Day and time of day on his own clock."""
        local = at.astimezone(self.zone)
        return f"{self.words.day(local.date())} {local:%H:%M}"


def summary(request: Request, reader: Reader, person: str = "") -> Summary:
    """The request as it is now; its requester (`person`) need not be told his own name."""
    words = reader.words
    shown = {name: reader.tame(_plain(words.value(name, request))) for name in EVERYTHING}
    due, late = _due(request, reader)
    is_open = request.status not in CLOSED
    when = f"{shown['pay_by']} ({due})" if due else shown["pay_by"]
    requester = "" if person == request.requester else reader.name(request.requester)
    asked_by = f"{words.label('requested_by')}: {requester}" if requester else ""
    return Summary(
        contractor=shown["contractor"], amount=shown["amount"], subject=shown["subject"],
        pay_by=shown["pay_by"] if is_open else "", pay_by_label=words.label("pay_by"), due=due, late=late,
        asked_by=asked_by,
        holds="; ".join(hold_text(request, reader)), warnings=tuple(map(reader.tame, words.warnings(request.warnings))),
        short=(
            *_rows(words, shown, ("contractor", "amount", "subject")), (words.label("pay_by"), when if is_open else ""),
            (words.label("requested_by"), requester),
        ),
        details=(*_rows(words, shown, ("invoice", "purpose", *_bank(request))), *_bank_name(request, reader)),
        everything=tuple(
            (words.label(name), _with_source(shown[name], name, request, words))
            for name in EVERYTHING if shown[name] and (name not in BANK or name in _bank(request))
        ),
    )  # fmt: skip


def about(request: Request, words: Words) -> str:
    """Contractor and amount for a subject line; of a bare draft what it is for, or nothing."""
    contractor = shorten(one_line(request.value("contractor")), SHORT_NAME)
    parts = [part for part in (contractor, words.value("amount", request)) if part]
    return ", ".join(parts) or shorten(one_line(request.value("subject")), SHORT_SUBJECT)


def hold_text(request: Request, reader: Reader) -> Iterable[str]:
    """Every open hold with its reason."""
    for hold in request.holds:
        reason = f" ({reader.tame(one_line(hold.reason))})" if hold.reason.strip() else ""
        yield reader.words.hold(hold.kind) + reason


def changed_lines(history: Sequence[Recorded], version: int, reader: Reader) -> tuple[str, ...]:
    """What the given version changed, line by line."""
    found = [r.event for r in history if isinstance(r.event, e.Submitted) and r.event.version == version]
    return tuple(_changed(line, found[-1], reader) for line in found[-1].changed) if found else ()


def waiting_for(request: Request) -> tuple[str, ...]:
    """Whose decision is awaited now."""
    return tuple(ask.person for ask in request.open_asks(AskKind.APPROVE) if ask.version == request.version)


def _changed(line: tuple[str, str, str], event: e.Submitted, reader: Reader) -> str:
    field, old, new = line
    words = reader.words
    if field == "files":
        return words.text("changed_files")
    old, new = (_as_read(field, text, event, words) or words.text("changed_none") for text in (old, new))
    return words.text("changed_line", label=words.label(field), old=old, new=new)


def _as_read(field: str, text: str, event: e.Submitted, words: Words) -> str:
    if field == "amount":
        return words.money(text, event.card.get("currency", ""))
    return words.day(text) if field == "invoice_date" else shorten(one_line(text), 200)


def _plain(text: str) -> str:
    """On one line; the no-break blanks inside an amount stay."""
    return " ".join(text.replace("\xa0", NO_BREAK_MARK).split()).replace(NO_BREAK_MARK, "\xa0")


def source_line(request: Request, words: Words) -> str:
    """Where the values are from that the requester did not give himself, in one quiet line."""
    groups: dict[str, list[str]] = {}
    shown = [name for name in EVERYTHING if words.value(name, request) and (name not in BANK or name in _bank(request))]
    for name in shown:
        field = request.fields.get("invoice_number" if name == "invoice" else name)
        if field is not None and field.source != "typed":
            groups.setdefault(field.source, []).append(words.inside(words.label(name)))
    parts = [f"{words.source(source)}: {', '.join(labels)}" for source, labels in groups.items()]
    line = "; ".join(parts)
    if request.model:
        line = "; ".join(part for part in (words.text("as_model", reference=request.model), line) if part)
    return line[:1].upper() + line[1:]


def due_text(request: Request, reader: Reader) -> str:
    """The last day to pay with how far off it is."""
    day, (due, _) = reader.words.value("pay_by", request), _due(request, reader)
    return f"{reader.words.label('pay_by')} {day}" + (f" ({due})" if due else "") if day else ""


def _due(request: Request, reader: Reader) -> tuple[str, bool]:
    """How far off the last day to pay is; nothing once it no longer matters."""
    text = request.value("pay_by")
    if not text or request.status in CLOSED:
        return "", False
    day = date.fromisoformat(text)
    due, late = reader.words.due(day, reader.today), day <= reader.today
    working = reader.calendar.last_working(day) if reader.calendar else day
    if reader.today < working < day:
        due = f"{due}; {reader.words.text('working_day', day=reader.words.weekday(working))}"
    return due, late or (working <= reader.today and working < day)


def _bank(request: Request) -> tuple[str, ...]:
    """The single lines, which are easy to compare and copy; the block as it was typed only where there are none."""
    return tuple(name for name in BANK[1:] if request.value(name)) or ("bank_details",)


def _bank_name(request: Request, reader: Reader) -> tuple[Row, ...]:
    """The bank's name, which only the block holds."""
    name = split_bank_details(request.value("bank_details")).get("bank", "")
    return ((reader.words.label("bank"), reader.tame(shorten(name, SHORT_SUBJECT))),) if name else ()


def _rows(words: Words, shown: dict[str, str], names: Iterable[str]) -> tuple[Row, ...]:
    return tuple((words.label(name), shown[name]) for name in names if shown[name])


def _with_source(text: str, name: str, request: Request, words: Words) -> str:
    field = request.fields.get("invoice_number" if name == "invoice" else name)
    plain = field is None or field.source == "typed" or (field.source == "computed" and name == "bank_details")
    return text if field is None or plain else f"{text} ({words.source(field.source)})"
