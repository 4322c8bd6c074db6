"""`status`, `list`, `show` and `form`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from values.dates import parse_date
from values.names import fold_name
from values.workdays import WorkCalendar
from workflow.agenda import monday_of, month_end
from workflow.cli.common import NO, WRONG_USE, Session, plain_errors, quiet, show, stop
from workflow.core.contractors import BANK, Card
from workflow.core.filling import described
from workflow.core.model import Request, Status
from workflow.listform import list_form
from workflow.report import Report, matches
from workflow.statuses import status_of
from workflow.wiring import Wiring
from workflow.words import Words, form_text, words


def _report(wiring: Wiring) -> Report:
    quiet()
    return wiring.report


def show_status(session: Session, as_json: bool) -> None:
    wiring = session.open_journal()
    with plain_errors():
        facts = _report(wiring).status(wiring.now())
    show(facts, as_json, lambda: _print_status(facts, wiring))
    if not facts["health"]["ok"]:
        stop(NO)


def _print_status(facts: dict[str, Any], wiring: Wiring) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for name, leg in facts["legs"].items():
        trouble = f"[red]{escape(leg['error'])}[/red]" if leg["error"] else "ok"
        console.print(f"{name:<10} {leg['last_success'] or 'not yet':<22} {trouble}")
        for one in leg["failing"]:
            console.print(f"  fails    since {one['since']} in {one['daemon']}: {one['error']}", markup=False)
    for item in facts["waiting"]:
        name = escape(wiring.roster.name(item["person"]))
        what = f"  {item['hold'].replace('_', ' ')}" if item["hold"] else ""
        console.print(f"waits      {item['reference']}  {name}  since {item['since']}{what}")
    for request in _late(wiring):
        console.print(
            f"late       {request.reference}  {request.shown_status}  was to be paid by {request.value('pay_by')}"
        )
    deeds = facts["deeds"]
    console.print(f"to do      {deeds['due']} due, {deeds['postponed']} postponed, {len(deeds['dead'])} given up")
    for item in deeds["dead"]:
        console.print(
            f"given up   {item['id']}  {item['kind']} {item['reference'] or ''}  {item['error']}", markup=False
        )
    for item in facts["set_aside"]:
        console.print(
            f"set aside  {item['key'][:12]}  {item['from']}  {item['subject']}  {item['error']}", markup=False
        )
    for trouble in facts["health"]["troubles"]:
        console.print(f"trouble    {trouble['text']}", markup=False)
    for name, holder in wiring.journal.holders().items():
        console.print(f"held       {name}  by {holder}", markup=False)
    letters = facts["letters"]
    console.print("letters    " + ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in letters.items()))


def _late(wiring: Wiring) -> Iterable[Request]:
    """What should have been paid before today and is not."""
    yesterday = wiring.policy.today(wiring.now()) - timedelta(days=1)
    unpaid = [Status.AWAITING.value, Status.RETURNED.value, Status.APPROVED.value]
    return wiring.journal.find(statuses=unpaid, due=yesterday.isoformat())


def show_list(session: Session, statuses: list[str], due: str, contractor: str, as_json: bool) -> None:
    wiring = session.open_journal()
    wanted = {_status(text) for word in statuses for text in word.split(",")}
    last = _due(due, wiring.policy.today(wiring.now()), wiring.policy.calendar) if due else None
    report = _report(wiring)
    stored = [status.value for status in Status] if not wanted else sorted(_stored(wanted))
    found = [
        request for request in wiring.journal.find(statuses=stored)
        if matches(request, statuses=wanted, due=last, contractor=contractor, fold=fold_name)
    ]  # fmt: skip
    facts = {"requests": [report.request(request) for request in found]} if as_json else {}
    show(facts, as_json, lambda: _print_list(found, words(wiring.settings.language)))


def _status(text: str) -> str:
    """A state by its name or by its label."""
    found = next((s for s in Status if s.value == text.strip().lower()), None) or status_of(text)
    if found is None:
        stop(WRONG_USE, f"There is no status {text!r}; known are: {', '.join(status.value for status in Status)}.")
    return found.value


def _stored(wanted: set[str]) -> set[str]:
    """On hold is shown over awaiting and approved."""
    return wanted - {"on_hold"} | ({"awaiting", "approved"} if "on_hold" in wanted else set())


def _due(text: str, today: date, calendar: WorkCalendar) -> date:
    """The last pay-by date; a day off counts as the working day before it, as on the sheets."""
    ends = {
        "overdue": today - timedelta(days=1), "today": calendar.reach(today),
        "week": calendar.reach(monday_of(today) + timedelta(days=6)), "month": calendar.reach(month_end(today)),
    }  # fmt: skip
    found = ends.get(text.lower()) or parse_date(text, today)
    if not isinstance(found, date):
        stop(WRONG_USE, f"--due takes overdue, today, week, month or a date, not {text!r}.")
    return found


def _print_list(requests: list[Request], language: Words) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("reference", "status", "pay_by", "contractor", "amount", "subject"):
        fixed = name not in ("contractor", "subject")
        table.add_column(language.label(name), justify="right" if name == "amount" else "left", no_wrap=fixed)
    for request in requests:
        table.add_row(
            request.reference, language.status(request.shown_status), language.value("pay_by", request),
            request.value("contractor"), language.value("amount", request), request.value("subject"),
        )  # fmt: skip
    Console(highlight=False, markup=False).print(table)


def show_request(session: Session, reference: str, as_json: bool) -> None:
    wiring = session.open_journal()
    request = wiring.journal.request(reference.upper())
    if request is None:
        stop(NO, f"There is no request {reference}.")
    facts = _report(wiring).request(request)
    show(facts, as_json, lambda: _print_request(request, facts, wiring))


def _print_request(request: Request, facts: dict[str, Any], wiring: Wiring) -> None:
    language = words(wiring.settings.language)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"{request.reference}/{request.version}  {language.status(request.shown_status)}")
    for name, found in facts["fields"].items():
        if found["value"]:
            console.print(
                f"  {language.label(name)}: {language.value(name, request)}  ({language.source(found['source'])})"
            )
    for problem in (*facts["problems"], *facts["warnings"]):
        console.print(f"  ! {problem['text']}")
    for recorded, line in language.events(
        wiring.journal.history(request.reference), wiring.roster.name, request.currency
    ):
        console.print(f"  {recorded.at.astimezone(wiring.settings.timezone):%d.%m.%Y %H:%M}  {line}")
    for item in facts["materials"]:
        console.print(f"  {item['path']}")


def print_form(session: Session, lang: str, contractor: str) -> None:
    """Needs no settings unless a contractor is named or no language is given."""
    language = _form_language(session, lang)
    values: dict[str, str] = {}
    if contractor:
        values = _last_values(session, contractor)
    print(form_text(language, values))


def write_list_form(session: Session, lang: str, file: Path) -> None:
    """A workbook in which each row becomes a request when it is mailed back; a file that is there stays."""
    language = _form_language(session, lang)
    if file.exists():
        stop(NO, f"{file} is already there: name another file.")
    try:
        file.write_bytes(list_form(language))
    except OSError as error:
        stop(NO, f"{file} cannot be written: {error.strerror or error}.")
    print(f"{file} is written: one row, one request. Attach it to a mail to the payment mailbox.")


def _form_language(session: Session, lang: str) -> str:
    if lang and lang not in ("ru", "en"):
        stop(WRONG_USE, "--lang takes ru or en.")
    return lang or (session.settings.language if session.path.exists() else "ru")


PREFILLED = ("subject", "contractor", "contractor_email", "currency", "bank_details", "inn", "kpp", "bic", "account",
             "corr_account", "iban", "swift")  # fmt: skip


def _last_values(session: Session, contractor: str) -> dict[str, str]:
    """The contractor's card over the last request to him that was approved."""
    wiring = session.open_journal()
    quiet()
    with wiring.journal.ledger() as ledger:
        cards = ledger.cards_by_inn(contractor) or ledger.cards_by_name(contractor)
        if len(cards) > 1:
            stop(NO, f"Several contractors are called {contractor}: {'; '.join(map(described, cards))}. Give the INN.")
        card = cards[0] if cards else None
        last = ledger.last_approved(inn=card.inn if card else contractor, name=card.name if card else "")
    last = last or _last_like(wiring, contractor)
    if last is None and card is None:
        stop(NO, f"No approved request to {contractor} is known.")
    values = {
        name: last.value(name) for name in PREFILLED
        if last and last.value(name) and last.fields[name].source != "computed"
    }  # fmt: skip
    return values | (_of_card(card) if card else {})


def _last_like(wiring: Wiring, contractor: str) -> Request | None:
    """By a part of the name, as `list` finds it."""
    found = [
        request for request in wiring.journal.find(statuses=[Status.APPROVED.value, Status.PAID.value])
        if matches(request, statuses=set(), due=None, contractor=contractor, fold=fold_name)
    ]  # fmt: skip
    return max(found, key=lambda request: request.updated_at, default=None)


def _of_card(card: Card) -> dict[str, str]:
    """What the card knows. Its account takes the place of the last request's: the two are never mixed."""
    own = card.usual_bank(card.currency)
    known = {"contractor": card.name, "inn": card.inn, "kpp": card.kpp, "contractor_email": card.email,
             "currency": card.currency}  # fmt: skip
    bank = {name: getattr(own, name) for name in BANK} | {"bank_details": ""} if own else {}
    return {name: value for name, value in known.items() if value} | bank
