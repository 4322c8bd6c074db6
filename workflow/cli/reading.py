"""`read FILE.eml`: how a letter would be read and why, changing nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mailer.automatic import classify
from mailer.letter import LetterError, read_header
from workflow.cli.common import NO, Session, quiet, show, stop
from workflow.core.card import examine, usable
from workflow.core.commands import Amend, Open
from workflow.intake.plan import Plan
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
        today = wiring.policy.today(wiring.now())
        typed = dict(command.form.typed)
        request = wiring.journal.request(plan.reference) if plan.reference else None
        if request is not None:
            typed = {**request.typed, **typed}
        in_files = usable(command.form.found, typed, command.form.rivals, today)
        texts = {name: value.value for name, value in in_files.items()} | typed
        seen = examine(texts, command.form.rivals, command.form.files, today, wiring.settings.language)
        whole = {name: in_files.get(name, value) if name not in typed else value for name, value in seen.fields.items()}
        fields = {name: {"value": field.value, "source": field.source} for name, field in whole.items()}
        found = problems(seen.problems, words(wiring.settings.language))
    kind = "automatic" if looks_automatic else plan.kind
    return {
        "kind": kind, "decision": None if looks_automatic else plan.decision, "comment": plan.comment or None,
        "fields": fields, "problems": found, "why": list(why),
    }  # fmt: skip


def _print(facts: dict[str, Any]) -> None:
    print(f"{facts['kind']}" + (f": {facts['decision']}" if facts["decision"] else ""))
    if facts["comment"]:
        print(f"  comment: {facts['comment']}")
    for name, found in facts["fields"].items():
        print(f"  {name}: {found['value']}")
    for problem in facts["problems"]:
        print(f"  ! {problem['text']}")
    for line in facts["why"]:
        print(f"  - {line}")
