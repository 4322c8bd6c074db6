"""What notices say of an answer: why it could not be taken, whom it came from, how things stand."""

from __future__ import annotations

from values.text import one_line, shorten
from workflow.notices.forms import check_lines, prefilled, problem_lines, unproposed
from workflow.notices.payments import payment_values
from workflow.notices.scene import (
    LONGEST_QUOTE,
    Params,
    Scene,
    Values,
    line_of,
)
from workflow.notices.summary import changed_lines, hold_text
from workflow.words import form_text


def answer_refused(scene: Scene, params: Params) -> Values:
    reason, read, request = str(params.get("reason", "")), str(params.get("read", "")), scene.request
    words, in_hand = scene.words, params.get("ask") == "complete" and scene.request is not None
    if in_hand and reason.startswith("unclear"):
        reason = "unclear_form"
    asked = params.get("ask") == "approve"
    stale = reason == "stale_version" and request is not None
    why = scene.reader.tame(words.reason(reason, read, request.currency if request else ""))
    return {
        "why": why, "explained": why[:1].upper() + why[1:],
        "unclear": reason.startswith("unclear"), "passed_on": reason == "unclear_passed_on",
        "nod": reason == "unclear_nod", "ask_first": asked and reason.startswith("unclear"),
        "advice": words.text(f"advice.{reason}") if asked and words.has(f"advice.{reason}") else "",
        "quoted": "" if words.repeats(reason) else scene.reader.tame(shorten(read.strip(), LONGEST_QUOTE)),
        "fresh": asked,
        "form": form_text(words.lang, prefilled(request), request.suggested.keys()) if request and in_hand else "",
        "problems": problem_lines(scene, unproposed(request)) if request and in_hand else (),
        "checks": check_lines(scene, request) if request and in_hand else (),
        "changes": changed_lines(scene.history, request.version, scene.reader) if stale and request else (),
    }  # fmt: skip


def text_read(scene: Scene, params: Params) -> Values:
    read = shorten(str(params.get("read", "")).strip(), LONGEST_QUOTE)
    return {"read": scene.reader.tame(read), **address_values(scene, params)}


def address_values(scene: Scene, params: Params) -> Values:
    address = one_line(str(params.get("address", "")))
    request = scene.request
    contractor = bool(request and address and address == request.value("contractor_email"))
    name = request.value("contractor") if request and contractor else scene.reader.name(address)
    return {
        "address": address, "address_name": scene.reader.tame(one_line(name)), "to_contractor": contractor,
        "why": scene.reader.tame(line_of(params.get("why", ""))),
    }  # fmt: skip


def in_doubt(scene: Scene, params: Params) -> Values:
    return {**payment_values(scene, params), **address_values(scene, params)}


def reply_of_contractor(scene: Scene, params: Params) -> Values:
    return {"from_address": one_line(str(params.get("from", "")))}


def status_values(scene: Scene, params: Params) -> Values:
    request, reader = scene.request, scene.reader
    assert request is not None
    told = scene.words.events(scene.history, reader.name, request.currency)
    lines = [f"{scene.words.moment(r.at.astimezone(reader.zone))} {line}" for r, line in told]
    return {"timeline": [reader.tame(line) for line in lines[-12:]], "hold_lines": tuple(hold_text(request, reader))}
