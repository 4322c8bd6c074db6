"""What notices say of holds and payments, to our people and to the contractor."""

from __future__ import annotations

from collections.abc import Sequence

from values.text import one_line
from workflow.core import events as e
from workflow.core.contractors import bank_of
from workflow.core.events import Recorded
from workflow.core.model import AskKind, HoldKind, Request
from workflow.core.payment import paid_so_far
from workflow.notices.forms import form_of_request
from workflow.notices.lists import request_line
from workflow.notices.scene import (
    Params,
    Scene,
    Values,
    contractor_language,
)
from workflow.words import words as words_of


def held(scene: Scene, params: Params) -> Values:
    return {"hold": scene.words.hold(str(params.get("hold", "accountant")))}


def bank_details(scene: Scene, params: Params) -> Values:
    """The account as it was and as it is to be, and how he was reached before: never what the new letter says."""
    request, words = scene.request, scene.words
    hold = request.hold(HoldKind.BANK_DETAILS) if request else None
    known = dict(hold.known) if hold else {}
    now = bank_of({name: field.value for name, field in request.fields.items()}) if request else None
    old = ", ".join(filter(None, (known.get("number", ""), known.get("bic", ""))))
    new = ", ".join(filter(None, (now.number, now.bic or now.swift))) if now else ""
    rows = ((words.text("account_before"), old), (words.text("account_now"), new))
    contact = ((words.text("known_phone"), known.get("phone", "")), (words.text("known_email"), known.get("email", "")))
    tame = scene.reader.tame
    same_name = request is not None and known.get("name") == request.value("contractor")
    return {
        "accounts": tuple((label, tame(text)) for label, text in rows if text), "is_new": not old,
        "contact": tuple((label, tame(one_line(text))) for label, text in contact if text),
        "word_approved": words.status("approved"),
        "known_name": "" if same_name else tame(known.get("name", "")),
    }  # fmt: skip


def held_approved(scene: Scene, params: Params) -> Values:
    """Who is waited for, of those who can lift the hold."""
    request = scene.request
    kinds = {hold.kind for hold in request.holds} if request else set()
    asks = request.open_asks(AskKind.CONFIRM) if request else ()
    asked = any(ask.about == HoldKind.BANK_DETAILS for ask in asks)
    return {
        "nobody_confirms": HoldKind.BANK_DETAILS in kinds and not asked,
        "waits_for_requester": HoldKind.DUPLICATE in kinds, "waits_for_details": HoldKind.BANK_DETAILS in kinds,
        "word_release": scene.words.keyword("release"),
    }  # fmt: skip


def duplicate(scene: Scene, params: Params) -> Values:
    """The requests that this one seems to repeat, each in one line."""
    hold = scene.request.hold(HoldKind.DUPLICATE) if scene.request else None
    references = dict.fromkeys(one.partition(":")[2] for one in hold.matches) if hold else {}
    kinds = dict.fromkeys(one.partition(":")[0] for one in hold.matches) if hold else {}
    others = [(reference, scene.find(reference)) for reference in references]
    refused = form_of_request(scene, params)["refused_files"]
    return {
        "word_ok": scene.words.keyword("ok"), "refused_files": refused,
        "others": [
            f"{request_line(found, reference, scene.reader)} ({scene.words.status(found.shown_status)})"
            if found else reference for reference, found in others
        ],
        "same": scene.words.text("and").join(scene.words.text(f"same_{kind}") for kind in kinds),
    }  # fmt: skip


def stop(scene: Scene, params: Params) -> Values:
    key = f"stop.{params.get('reason', 'changed')}"
    return {"why": scene.words.text(key if scene.words.has(key) else "stop.changed")}


def payment_values(scene: Scene, params: Params) -> Values:
    """Date, amount, order: of the payment that the notice is about, else of the last one."""
    request, words = scene.request, scene.words
    if request is None:
        return {
            "payment": (),
            "was": "",
            "pass_on": False,
            "pass_on_text": "",
            "contractor_told": "",
            "unknown_address": "",
        }
    on, amount, order = _paid(request, scene.history, params)
    told = request.value("contractor_email") if request.notified is None else request.notified
    unknown = request.value("contractor_email") if told != request.value("contractor_email") else ""
    payment = (
        (words.text("payment_date"), words.day(on)), *_sums(scene, request, params, amount),
        (words.label("payment_order"), scene.reader.tame(one_line(order))),
    )  # fmt: skip
    is_requester = scene.person == request.requester
    return {
        "payment": tuple(row for row in payment if row[1]), "was": words.status(str(params.get("status", ""))),
        "pass_on": bool(params.get("pass_on")) and is_requester, "contractor_told": told if is_requester else "",
        "pass_on_text": _pass_on(scene, request, on, amount, "pass_on_part" if "left" in params else "pass_on"),
        "left": _left(scene, request, params),
        "unknown_address": unknown if is_requester else "",
    }  # fmt: skip


def _sums(scene: Scene, request: Request, params: Params, amount: str) -> tuple[tuple[str, str], ...]:
    """The sum paid; of a part also what is paid in all and what is left, of the last part what it was."""
    words, currency = scene.words, request.currency
    if "left" in params:
        return (
            (words.text("payment_part"), words.money(amount, currency)),
            (words.text("payment_so_far"), words.money(str(params["paid"]), currency)),
            (words.text("payment_left"), words.money(str(params["left"]), currency)),
        )
    if "part" in params:
        return (
            (words.text("payment_last_part"), words.money(str(params["part"]), currency)),
            (words.text("payment_in_all"), words.money(amount, currency)),
        )
    return ((words.text("payment_amount"), words.money(amount, currency)),)


def _left(scene: Scene, request: Request, params: Params) -> str:
    return scene.words.money(str(params["left"]), request.currency) if "left" in params else ""


def _paid(request: Request, history: Sequence[Recorded], params: Params) -> tuple[str, str, str]:
    facts = [recorded.event for recorded in history if isinstance(recorded.event, e.PaidWithoutApproval)]
    if "on" in params:
        return str(params["on"]), str(params.get("amount", "")), str(params.get("order", ""))
    if request.payments:
        last = request.payments[-1]
        return last.on.isoformat(), str(paid_so_far(request)), last.order
    return (facts[-1].on.isoformat(), str(facts[-1].amount), facts[-1].order) if facts else ("", "", "")


def _pass_on(scene: Scene, request: Request, on: str, amount: str, key: str) -> str:
    """The contractor's notice as a text that the requester can send himself."""
    theirs = words_of(contractor_language(request, scene.contractor_language))
    invoice = theirs.value("invoice", request)
    return theirs.text(
        key, date=theirs.day(on), invoice=f" {invoice}" if invoice else "",
        amount=theirs.money(amount, request.currency), purpose=request.value("purpose"), payer=scene.company,
    )  # fmt: skip


def contractor_values(scene: Scene, params: Params) -> Values:
    request, words = scene.request, scene.words
    assert request is not None
    on, amount, _ = _paid(request, scene.history, params)
    now = str(params.get("part", amount))
    shown = {"paid_amount": words.money(now, request.currency), "paid_on": words.day(on)}
    sums = _sums(scene, request, params, amount)
    invoice = scene.reader.tame(words.value("invoice", request))
    payment = (
        (*sums[0], True), *sums[1:], (words.text("payment_date"), shown["paid_on"]),
        (words.label("invoice"), invoice), (words.label("purpose"), scene.reader.tame(request.value("purpose"))),
        (words.label("payer"), scene.company),
    )  # fmt: skip
    left = _left(scene, request, params)
    return {**shown, "invoice": invoice, "payment": payment, "order_attached": False, "left": left}
