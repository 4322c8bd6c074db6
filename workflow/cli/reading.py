"""`read FILE.eml`: how a letter would be read and why, changing nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mailer.automatic import classify
from mailer.letter import LetterError, read_header
from workflow.cli.common import NO, Session, quiet, show, stop
from workflow.core.commands import Amend, Open
from workflow.core.decide import decide
from workflow.core.events import CorrectionRefused, Filled
from workflow.intake.plan import Plan
from workflow.intake.several import NewRequests
from workflow.report import problems
from workflow.wiring import Wiring
from workflow.words import words


def explain(session: Session, file: Path, as_json: bool) -> None:
    wiring = session.open_journal()
    quiet()
    try:
        raw = file.read_bytes()
    except OSError as error:
        stop(NO, f"{file} cannot be read: {error.strerror or error}.")
    try:
        facts = _facts(wiring, raw)
    except LetterError as error:
        stop(NO, f"{file}: {error}")
    show(facts, as_json, lambda: _print(facts))


def _facts(wiring: Wiring, raw: bytes) -> dict[str, Any]:
    automatic = classify(read_header(raw), wiring.own_addresses)
    if automatic is None or automatic.kind == "auto?":
        letter = wiring.read(raw, wiring.now())
        if letter.automatic is None or letter.automatic.kind == "auto?":
            plan = wiring.reader.plan(wiring.vouch(letter, raw))
            looks = (letter.automatic.why,) if letter.automatic and plan.decision else ()
            return _of_plan(
                wiring, plan, (*plan.why, *looks, *(f"doubt: {doubt}" for doubt in letter.doubts)), bool(looks)
            )
        automatic = letter.automatic
    kind = "own" if automatic.kind == "own" else "automatic"
    return {"kind": kind, "decision": None, "comment": None, "fields": {}, "problems": [], "why": [automatic.why]}


def _of_plan(wiring: Wiring, plan: Plan, why: tuple[str, ...], looks_automatic: bool) -> dict[str, Any]:
    command = plan.command
    fields: dict[str, Any] = {}
    found: list[dict[str, Any]] = []
    if isinstance(command, Open | Amend):
        filled = _decided(wiring, command, plan.reference)
        fields = {name: {"value": field.value, "source": field.source} for name, field in filled.fields.items()}
        found = problems(filled.problems, words(wiring.settings.language))
        why = (*why, *(f"{name}: perhaps {field.value} ({field.source})" for name, field in filled.suggested.items()))
    if isinstance(plan.several, NewRequests):
        why = (*why, *_each(wiring, plan.several))
    kind = "automatic" if looks_automatic else plan.kind
    return {
        "kind": kind, "decision": None if looks_automatic else plan.decision, "comment": plan.comment or None,
        "fields": fields, "problems": found, "why": list(why),
    }  # fmt: skip


def _each(wiring: Wiring, several: NewRequests) -> Iterator[str]:
    """A line for each request of a letter that holds several."""
    language = words(wiring.settings.language)
    for order in several.orders:
        filled = _decided(wiring, Open(several.by, order.form, order.keep_draft), None)
        shown = (filled.fields.get(name) for name in ("contractor", "amount", "currency", "pay_by"))
        wrong = " ".join(language.problem(problem) for problem in filled.problems)
        values = ", ".join(field.value for field in shown if field)
        yield f"{order.line} ({order.label}): {values}{'; ' if wrong and values else ''}{wrong}"


def _decided(wiring: Wiring, command: Open | Amend, reference: str | None) -> Filled:
    """The form as it would be after this letter, beside what the journal knows."""
    request = wiring.journal.request(reference) if reference else None
    with wiring.journal.ledger() as ledger:
        outcome = decide(request, command, wiring.policy, wiring.now(), ledger)
    for event in outcome.events:
        if isinstance(event, Filled):
            return event
        if isinstance(event, CorrectionRefused):
            return Filled(event.by, event.typed, {}, request.fields if request else {}, event.problems, (), ())
    fields = request.fields if request else {}
    return Filled(command.by, command.form.typed, {}, fields, request.problems if request else (), (), ())


def _print(facts: dict[str, Any]) -> None:
    print(f"{facts['kind']}" + (f": {facts['decision']}" if facts["decision"] else ""))
    if facts["comment"]:
        print(f"  comment: {facts['comment']}")
    for name, found in facts["fields"].items():
        source = "" if found["source"] == "typed" else f" ({found['source']})"
        print(f"  {name}: {found['value']}{source}")
    for problem in facts["problems"]:
        print(f"  ! {problem['text']}")
    for line in facts["why"]:
        print(f"  - {line}")
