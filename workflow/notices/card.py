"""The card page in a request's folder: all fields with their sources, who decided what, files and history."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from documents.links import CARD_PAGE
from mailer.render import Renderer
from values.text import one_line
from workflow.core.events import Recorded
from workflow.core.model import Person, Request, Step
from workflow.notices.summary import EVERYTHING, Reader, Summary, about, changed_lines, hold_text, summary
from workflow.words import NameOf, Words

TYPED = "typed"
"""The usual source: told once below the fields instead of beside each."""


class Material(Protocol):
    """One file in the folder, as the journal knows it."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Sitting:
    """One person of a step and what became of his question."""

    name: str
    state: str
    comment: str


def card_page(
    request: Request, history: Sequence[Recorded], materials: Iterable[Material], words: Words, name_of: NameOf,
    now: datetime, timezone: ZoneInfo, renderer: Renderer | None = None, first_page: bytes | None = None,
) -> str:  # fmt: skip
    """The page as HTML. Links to files are relative: the page lies beside them."""
    reader = Reader(words, name_of, timezone, now, answers=False)
    headings = ("problems", "fields", "approvals", "payments", "files", "timeline", "first_page")
    texts = {name: words.text(f"card.{name}") for name in headings}
    shown = {"lang": words.lang, "t": texts, "card": _card(request, history, materials, reader)}
    shown["picture"] = base64.b64encode(first_page).decode() if first_page else ""
    return (renderer or _ours()).page("card.html", words.lang, shown)


@cache
def _ours() -> Renderer:
    return Renderer()


def _card(
    request: Request, history: Sequence[Recorded], materials: Iterable[Material], reader: Reader
) -> Mapping[str, Any]:
    words = reader.words
    seen: Summary = summary(request, reader)
    return {
        "reference": request.reference, "about": about(request, words), "summary": seen,
        "version": words.text("card.version", n=request.version) if request.version else "",
        "status": words.status(request.shown_status), "status_class": request.shown_status.value,
        "holds": [_capital(line) for line in hold_text(request, reader)],
        "problems": list(dict.fromkeys(words.problem(problem) for problem in request.problems)),
        "fields": list(_fields(request, reader)), "approvals": list(_approvals(request, reader)),
        "changes": changed_lines(history, request.version, reader),
        "changes_title": words.text("card.changes", n=request.version),
        "payments": list(_payments(request, words)), "files": list(_files(materials, words)),
        "timeline": list(_timeline(request, history, reader)),
        "typed": words.text("card.typed", source=words.source(TYPED)),
        "printed": words.text("card.printed", date=reader.moment(reader.now)),
    }  # fmt: skip


def _fields(request: Request, reader: Reader) -> Iterable[tuple[str, str, str]]:
    words = reader.words
    for name in EVERYTHING:
        value = words.value(name, request)
        if value:
            field = request.fields.get("invoice_number" if name == "invoice" else name)
            yield words.label(name), value, words.source(field.source) if field and field.source != TYPED else ""
    yield words.label("requested_by"), reader.name(request.requester), words.text(
        "card.created", date=reader.moment(request.created_at)
    )
    if request.accountant_comment:
        yield words.label("accountant_comment"), request.accountant_comment, ""


def _approvals(request: Request, reader: Reader) -> Iterable[tuple[str, list[Sitting]]]:
    """Each step of the route with its people, decided or not."""
    for number, step in enumerate(request.route):
        people = [_sitting(request, number, person, reader) for person in step.people]
        yield _step_title(number, step, reader.words), people


def _step_title(number: int, step: Step, words: Words) -> str:
    title = words.text("card.step", n=number + 1)
    rule = "" if len(step.people) < 2 else words.text(f"card.{step.kind}", n=step.enough)
    return f"{title}, {rule}" if rule else title


def _sitting(request: Request, number: int, person: Person, reader: Reader) -> Sitting:
    votes = [vote for vote in request.current_votes() if (vote.person, vote.step) == (person, number)]
    if votes:
        vote = votes[-1]
        state = f"{reader.words.choice(vote.decision)}, {reader.moment(vote.at)}"
        return Sitting(reader.name(person), state, one_line(vote.comment))
    asked = any(ask.person == person and ask.step == number for ask in request.open_asks())
    return Sitting(reader.name(person), reader.words.text("card.waiting" if asked else "card.not_yet"), "")


def _payments(request: Request, words: Words) -> Iterable[tuple[str, str, str]]:
    for payment in request.payments:
        order = words.text("event.order", order=payment.order) if payment.order else ""
        yield words.day(payment.on), words.money(payment.amount, request.currency), order


def _files(materials: Iterable[Material], words: Words) -> Iterable[tuple[str, str, str]]:
    for file in materials:
        key = f"card.{file.kind}"
        if file.name != CARD_PAGE:
            kind = words.text(key if words.has(key) else "card.other")
            yield one_line(file.name), f"./{quote(file.name, safe='')}", kind


def _timeline(request: Request, history: Sequence[Recorded], reader: Reader) -> Iterable[tuple[str, str]]:
    for recorded, line in reader.words.events(history, reader.name, request.currency):
        yield reader.moment(recorded.at), line


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
