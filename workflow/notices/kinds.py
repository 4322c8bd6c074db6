"""What each kind of notice says beyond the request itself: the values that its template asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from values.text import one_line, shorten
from workflow.core import events as e
from workflow.core.compare import OF_THE_INVOICE
from workflow.core.contractors import bank_of
from workflow.core.events import Recorded
from workflow.core.model import AskKind, Field, HoldKind, Problem, Request, Status
from workflow.core.payment import paid_so_far
from workflow.core.purpose import says_vat
from workflow.notices.flow import flow
from workflow.notices.lists import by_status, charts, decision_lines, payable_sections, request_line
from workflow.notices.scene import (
    LONGEST_QUOTE,
    Params,
    Scene,
    Values,
    common,
    contractor_language,
    line_of,
    of_request,
)
from workflow.notices.summary import changed_lines, hold_text
from workflow.words import Words, form_text
from workflow.words import words as words_of


def values(scene: Scene) -> Values:
    """Everything that the template of this kind may use."""
    found = common(scene)
    if scene.request is not None:
        found |= of_request(scene, scene.request)
    maker = _OF_KIND.get(scene.kind)
    return found | maker(scene, scene.params) if maker else found


# --- forms ------------------------------------------------------------------------------------------------------------


def _blank_form(scene: Scene, params: Params) -> Values:
    typed = {str(name): str(text) for name, text in params.get("typed", {}).items()}
    return {"form": form_text(scene.words.lang, typed), "understood": bool(typed)}


def _form_of_request(scene: Scene, params: Params) -> Values:
    """What was typed, right or wrong, so that it can be mended; what the letter's files were refused for."""
    request = scene.request
    if request is None:
        return _blank_form(scene, params)
    filled = [recorded.event for recorded in scene.history if isinstance(recorded.event, e.Filled)]
    refused = filled[-1].refused_files if filled else ()
    return {
        "form": form_text(scene.words.lang, prefilled(request), request.suggested.keys()),
        "problems": _problems(scene, unproposed(request)), "checks": _checks(scene, request),
        "kept": _kept(scene, request),
        "refused_files": [scene.words.refused_file(name, reason) for name, reason in refused],
    }


def _correction(scene: Scene, params: Params) -> Values:
    """Only the lines of the letter that was refused: the rest of the request is as it was."""
    problems = [Problem(*(str(part) for part in problem)) for problem in params.get("problems", ())]
    typed = {str(name): str(text) for name, text in params.get("typed", {}).items()}
    lines = form_text(scene.words.lang, typed).split("\n")
    return {
        "problems": _problems(scene, problems),
        "form": "\n".join(line for line in lines if not line.endswith(":")),
    }


def _receipt(scene: Scene, params: Params) -> Values:
    found, request = _form_of_request(scene, params), scene.request
    return {"refused_files": found["refused_files"], "no_vat": request is not None and _lacks_vat(request),
            "as_model": scene.words.text("as_model", reference=request.model) if request and request.model else ""}


def _lacks_vat(request: Request) -> bool:
    """A purpose in roubles that we built, and that could say nothing of VAT."""
    purpose = request.fields.get("purpose")
    built = purpose is not None and purpose.source == "computed" and request.currency == "RUB"
    return built and not says_vat(request.value("purpose"))


def _problems(scene: Scene, problems: Sequence[Problem]) -> list[str]:
    return list(dict.fromkeys(scene.reader.tame(scene.words.problem(problem)) for problem in problems))


# --- decisions and payment --------------------------------------------------------------------------------------------


def _hold(scene: Scene, params: Params) -> Values:
    return {"hold": scene.words.hold(str(params.get("hold", "accountant")))}


def _bank_details(scene: Scene, params: Params) -> Values:
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


def _held_approved(scene: Scene, params: Params) -> Values:
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


def _duplicate(scene: Scene, params: Params) -> Values:
    """The requests that this one seems to repeat, each in one line."""
    hold = scene.request.hold(HoldKind.DUPLICATE) if scene.request else None
    references = dict.fromkeys(one.partition(":")[2] for one in hold.matches) if hold else {}
    kinds = dict.fromkeys(one.partition(":")[0] for one in hold.matches) if hold else {}
    others = [(reference, scene.find(reference)) for reference in references]
    refused = _form_of_request(scene, params)["refused_files"]
    return {
        "word_ok": scene.words.keyword("ok"), "refused_files": refused,
        "others": [
            f"{request_line(found, reference, scene.reader)} ({scene.words.status(found.shown_status)})"
            if found else reference for reference, found in others
        ],
        "same": scene.words.text("and").join(scene.words.text(f"same_{kind}") for kind in kinds),
    }  # fmt: skip


def _stop(scene: Scene, params: Params) -> Values:
    key = f"stop.{params.get('reason', 'changed')}"
    return {"why": scene.words.text(key if scene.words.has(key) else "stop.changed")}


def _payment(scene: Scene, params: Params) -> Values:
    """Date, amount, order: of the payment that the notice is about, else of the last one."""
    request, words = scene.request, scene.words
    if request is None:
        return {"payment": (), "was": "", "pass_on": False, "pass_on_text": "", "contractor_told": "",
                "unknown_address": ""}
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
    return flow(theirs.text(
        key, date=theirs.day(on), invoice=f" {invoice}" if invoice else "",
        amount=theirs.money(amount, request.currency), purpose=request.value("purpose"), payer=scene.company,
    ))  # fmt: skip


def _contractor(scene: Scene, params: Params) -> Values:
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


# --- answers ----------------------------------------------------------------------------------------------------------


def _answer_refused(scene: Scene, params: Params) -> Values:
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
        "problems": _problems(scene, unproposed(request)) if request and in_hand else (),
        "checks": _checks(scene, request) if request and in_hand else (),
        "changes": changed_lines(scene.history, request.version, scene.reader) if stale and request else (),
    }  # fmt: skip


def _read(scene: Scene, params: Params) -> Values:
    read = shorten(str(params.get("read", "")).strip(), LONGEST_QUOTE)
    return {"read": scene.reader.tame(read), **_address(scene, params)}


def _address(scene: Scene, params: Params) -> Values:
    address = one_line(str(params.get("address", "")))
    request = scene.request
    contractor = bool(request and address and address == request.value("contractor_email"))
    name = request.value("contractor") if request and contractor else scene.reader.name(address)
    return {
        "address": address, "address_name": scene.reader.tame(one_line(name)), "to_contractor": contractor,
        "why": scene.reader.tame(line_of(params.get("why", ""))),
    }  # fmt: skip


def _in_doubt(scene: Scene, params: Params) -> Values:
    return {**_payment(scene, params), **_address(scene, params)}


def _reply_of_contractor(scene: Scene, params: Params) -> Values:
    return {"from_address": one_line(str(params.get("from", "")))}


def _status(scene: Scene, params: Params) -> Values:
    request, reader = scene.request, scene.reader
    assert request is not None
    told = scene.words.events(scene.history, reader.name, request.currency)
    lines = [f"{r.at.astimezone(reader.zone):%d.%m %H:%M} {line}" for r, line in told]
    return {"timeline": [reader.tame(line) for line in lines[-12:]], "hold_lines": tuple(hold_text(request, reader))}


# --- without a request ------------------------------------------------------------------------------------------------


def _too_big(scene: Scene, params: Params) -> Values:
    return {name: size_text(int(params.get(name) or 0), scene.words) for name in ("size", "limit")}


def prefilled(request: Request) -> dict[str, str]:
    """The form as far as it is known: what was typed, and what the files say or perhaps say where nothing was."""
    said = {name: value.value for name, value in (*request.suggested.items(), *request.found.items())}
    return said | dict(request.typed)


def unproposed(request: Request) -> list[Problem]:
    """What is wrong or missing, without lines for which there is a proposal."""
    known = set(request.suggested) | ({"bank_details"} if request.suggested.keys() & {"account", "iban"} else set())
    return [problem for problem in request.problems if problem.code != "missing" or problem.field not in known]


def _checks(scene: Scene, request: Request) -> tuple[str, ...]:
    """What was read but must be confirmed, and where it was read. The value comes first: the mail comes back quoted,
    and a line that begins with a label would be read as his word."""
    words = scene.words
    shown = replace(request, fields={**request.fields, **request.suggested})
    return tuple(
        scene.reader.tame(
            f"{one_line(words.value(name, shown))} ({words.inside(words.label(name))}, {_read_where(value, words)})"
        )
        for name, value in request.suggested.items()
    )



def _read_where(value: Field, words: Words) -> str:
    return words.text("from_letter") if value.source == "typed" else words.source(value.source)


def size_text(size: int, words: Words) -> str:
    """Bytes as people say them; nothing for none."""
    if size <= 0:
        return ""
    kilo = max(1, round(size / 1024))  # as the settings count them
    return words.text("size_kb", n=kilo) if kilo < 1024 else words.text("size_mb", n=f"{size / 1024**2:.0f}")


def _alarm(scene: Scene, params: Params) -> Values:
    key, words = str(params.get("key", "")), scene.words
    known = key if words.has(f"alarm.{key}") else "other"
    details = scene.reader.tame(line_of(params.get("details", ""))).rstrip(".")
    sentence = words.text(f"alarm.{known}", key=key, details=details, sender=one_line(str(params.get("sender", ""))))
    return {"key": key, "headline": words.text(f"alarm_title.{known}"), "sentence": sentence.strip()}


def _registry_waiting(scene: Scene, params: Params) -> Values:
    words = scene.words
    references = [str(reference) for reference in params.get("rows", ())]
    rows = [request_line(scene.find(reference), reference, scene.reader) for reference in references]
    since = datetime.fromisoformat(str(params.get("since", scene.reader.now.isoformat())))
    return {
        "rows": rows, "rows_count": words.count("rows", len(rows)), "owner": line_of(params.get("owner", "")),
        "registry": line_of(params.get("registry", "")),
        "since": words.text("waiting_since", date=f"{since.astimezone(scene.reader.zone):%H:%M}"),
    }  # fmt: skip


def _morning(scene: Scene, params: Params) -> Values:
    sections = payable_sections(params, scene.find, scene.reader)
    today = str(params.get("day") or scene.reader.today.isoformat())
    words = scene.words
    counts = ((words.text(f"morning_{section.place}"), section) for section in sections)
    chips = tuple((label, str(section.number), section.total, section.place) for label, section in counts)
    return {
        "sections": sections, "chips": chips, "charts": charts(params, scene.reader), "today": words.day(today),
        "summary": ", ".join(f"{label} {number}" for label, number, *_ in chips),
    }  # fmt: skip


def _status_list(scene: Scene, params: Params) -> Values:
    return {"sections": by_status(scene.requests_of(scene.person), scene.reader, scene.url_of)}


# --- daily lists ------------------------------------------------------------------------------------------------------


def _digest(scene: Scene, params: Params) -> Values:
    lines = decision_lines(params, scene.person, scene.find, scene.reader, scene.url_of)
    return {"lines": lines, "count": len(lines)}


def _digest_receipt(scene: Scene, params: Params) -> Values:
    """Every line decided, or why not; what was not understood; what stays open."""
    words, reader = scene.words, scene.reader
    decided: list[str] = []
    failed: list[str] = []
    for number, reference, action, reason, comment in params.get("results", ()):
        line = f"{number}. {request_line(scene.find(str(reference)), str(reference), reader)}"
        said = f" ({reader.tame(shorten(one_line(str(comment)), 200))})" if comment else ""
        if reason:
            failed.append(f"{line}: {words.reason(str(reason))}")
        else:
            decided.append(f"{line}: {words.choice(str(action))}{said}")
    unclear = [
        words.text("unclear_line", read=shorten(one_line(str(read)), 200), why=words.reason(f"unclear_{doubt}"))
        for read, doubt in params.get("unclear", ())
    ]
    still = [
        f"{number}. {request_line(scene.find(str(reference)), str(reference), reader)}"
        for number, reference in params.get("open", ())
    ]
    return {
        "decided": decided, "failed": failed, "unclear": unclear, "still": still, "count": len(decided),
        "unknown": ", ".join(str(number) for number in params.get("unknown", ())),
    }  # fmt: skip


def _requests_receipt(scene: Scene, params: Params) -> Values:
    """Every request of a letter that held several: what became of it, and its own problems."""
    words, reader, rule = scene.words, scene.reader, str(params.get("rule", "blocks"))
    sent: list[str] = []
    waiting: list[str] = []
    for _, label, reference in params.get("rows", ()):
        place = words.text(f"part.{rule}", label=shorten(one_line(str(label)), 80))
        request = scene.find(str(reference))
        line = f"{place}: {request_line(request, str(reference), reader)}"
        if request is not None and request.status is Status.DRAFT:
            why = [*_problems(scene, unproposed(request)), *_checks(scene, request), *_kept(scene, request)]
            waiting.append(f"{line}. {' '.join(why)}")
        else:
            sent.append(line)
    return {
        "sent": [reader.tame(line) for line in sent], "waiting": [reader.tame(line) for line in waiting],
        "count": len(sent) + len(waiting), "why": words.text(f"part.why_{rule}"), "left_out": params.get("left_out", 0),
        "example": next((str(reference) for _, _, reference in params.get("rows", ())), ""),
    }  # fmt: skip


def _kept(scene: Scene, request: Request) -> list[str]:
    """What else should be known: why it waits, what the files say otherwise, which of them could not be read."""
    shown = (one for one in request.warnings if one.code.startswith(("kept_", "model_", "invoice_", *OF_THE_INVOICE)))
    return [scene.reader.tame(scene.words.warning(one)) for one in shown]


def _absent(scene: Scene, params: Params) -> Values:
    return {"returns_on": scene.words.day(str(params.get("returns_on") or ""))}


def _ask_approval(scene: Scene, params: Params) -> Values:
    """A reminder says since when it waits."""
    since = str(params.get("since") or "")
    at = datetime.fromisoformat(since).astimezone(scene.reader.zone) if since else None
    return {"waiting_since": scene.words.day(at.date().isoformat()) if at else ""}


_OF_KIND: dict[str, Callable[[Scene, Params], Values]] = {
    "form": _blank_form, "form_needed": _blank_form,
    "ask_approval": _ask_approval, "ask_complete": _form_of_request, "receipt_draft": _form_of_request,
    "told_refused": _form_of_request,
    "correction_refused": _correction, "told_correcting": _correction, "receipt_submitted": _receipt,
    "told_held": _hold, "stop": _stop, "ask_bank_details": _bank_details, "ask_duplicate": _duplicate,
    "held_approved": _held_approved,
    "told_paid": _payment, "told_part": _payment, "ask_confirm": _payment, "told_unapproved_payment": _payment,
    "contractor_paid": _contractor, "contractor_part": _contractor, "contractor_order": _contractor,
    "contractor_recalled": _contractor,
    "contractor_reply": _reply_of_contractor,
    "answer_refused": _answer_refused, "answer_to_nothing": _read, "told_attempt": _read,
    "told_bounced": _address, "told_in_doubt": _in_doubt,
    "status": _status, "status_list": _status_list,
    "digest": _digest, "digest_receipt": _digest_receipt, "told_absent": _absent,
    "requests_receipt": _requests_receipt,
    "too_big": _too_big, "alarm": _alarm, "registry_waiting": _registry_waiting, "morning": _morning,
}  # fmt: skip
