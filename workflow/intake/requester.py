"""What the requester's answer means: missing lines, a correction, a withdrawal, or a word to those who decide."""

from __future__ import annotations

from dataclasses import replace

from values.names import fold_name
from workflow.core.commands import Amend, AskRef, Comment, ExplainDuplicate, Form, Open, Withdraw
from workflow.core.model import AskKind, Caution, HoldKind, Request, Status
from workflow.intake.answer import DECIDES, Answer, note, somebody_elses
from workflow.intake.bare import bare_answers, corrected
from workflow.intake.fields import cautions, filled_quotation, guessed, read_form, unlabelled
from workflow.intake.plan import Plan
from workflow.keywords import Action, Decision

FINAL = (Status.PAID, Status.REJECTED, Status.WITHDRAWN)
UNDERWAY = (Status.AWAITING, Status.APPROVED, Status.ON_HOLD)
INCOMPLETE = (Status.DRAFT, Status.RETURNED)


def of_requester(answer: Answer, said: Decision) -> Plan:
    """Fields and files amend the request; his words go to those who decide."""
    token, request = answer.carried.token, answer.request
    of_another = token is not None and token.person != answer.by and token.ask == AskKind.APPROVE
    if of_another and set(said.seen) & DECIDES.keys():
        return somebody_elses(answer)
    is_current = token is not None and token.version == request.version and request.status in INCOMPLETE
    filled_inline = token is not None and token.ask == AskKind.COMPLETE and is_current
    own = read_form(answer.letter, answer.labels)
    whole = read_form(answer.letter, answer.labels, quoted=_quoted_form(answer) if filled_inline else "")
    form = _news_only(whole, request, _confirmed_by_hand(answer, own))
    form, waits = _with_words(answer, form, request, heard=filled_inline and request.status is Status.DRAFT)
    if request.status in FINAL and (form.typed or form.files):
        return _opened_anew(answer, whole, keep=said.action is Action.DRAFT)
    changes = bool(form.typed or form.files) and request.status not in INCOMPLETE
    if changes and _is_another(whole, form, request):
        return _opened_anew(answer, whole, keep=said.action is Action.DRAFT, beside=True)
    if not answer.is_sure and (said.action is Action.WITHDRAW or changes):
        return note(answer, "unclear_tag_only")
    if said.action is Action.WITHDRAW and not form.typed:
        return Plan("answers", "answer", "", request.reference, Withdraw(answer.by, said.comment))
    keep, submit = said.action is Action.DRAFT or waits, said.action is Action.SUBMIT
    accepts = answer.ask() if said.action is Action.OK and not said.doubt else None
    if accepts is not None and request.suggested:
        if doubt := _cannot_confirm(answer):
            return note(answer, doubt)
        return _amended(answer, form, keep, submit, accepts)
    if form.typed or form.suggested or form.like or form.files or keep or submit:
        return _amended(answer, form, keep, submit)
    if (asked := answer.ask()) is not None and _explains(request, asked):
        reason = _reason_behind_yes(answer, said)
        if reason is not None:
            return _explained(answer, asked, reason)
    if form.refused_files:
        return note(answer, "files_refused", "; ".join(name for name, _ in form.refused_files))
    return _words_of_requester(answer)


WHOLE_FORM = frozenset({"contractor", "amount", "pay_by"})


def _is_another(whole: Form, form: Form, request: Request) -> bool:
    """A whole form for another payee and another invoice, mailed as an answer: a request of its own, not a correction.
    `form` holds what differs from the request."""
    new = form.typed
    is_whole = whole.typed.keys() >= WHOLE_FORM and "contractor" in new
    if not is_whole or not (new.keys() & {"inn", "iban"} and new.keys() & {"account", "iban"}):
        return False
    if fold_name(new["contractor"]) == fold_name(request.value("contractor")):
        return False
    if new.keys() & {"invoice", "invoice_number"}:
        return True
    return not request.value("invoice_number") and bool(new.keys() & {"subject", "purpose"})


def _quoted_form(answer: Answer) -> str:
    """The quoted form; of an older question without the lines that were only proposed then."""
    token, since = answer.carried.token, answer.request.suggested_at
    if token is None or token.at is None or since is None or token.at >= since:
        return filled_quotation(answer.letter)
    lines = filled_quotation(answer.letter).split("\n")
    return "\n".join(line for line in lines if not any(f"({mark})" in line for mark in answer.marks))


def _cannot_confirm(answer: Answer) -> str:
    """Why this word does not confirm what was read from the files; empty when it does."""
    token = answer.carried.token
    if answer.letter.blocked:
        return f"unclear_{answer.letter.blocked[0]}"
    return "" if token is not None and token.person == answer.by else "unclear_tag_only"


def _confirmed_by_hand(answer: Answer, own: Form) -> frozenset[str]:
    """Suggested lines that he wrote himself: not those that came back with our mark beside them."""
    marked = any(mark in answer.letter.new_text for mark in answer.marks)
    same = {name for name, text in own.typed.items() if name in answer.request.suggested}
    return frozenset() if marked else frozenset(same)


def _with_words(answer: Answer, form: Form, request: Request, heard: bool) -> tuple[Form, bool]:
    """What he says in running text, for lines that are missing; and whether he wants it to wait."""
    said, prose = answer.hear(answer.letter, answer.member, form)
    listener = answer.listener
    if not heard:
        typed = {name: said.typed[name] for name in form.typed}
        if not typed and request.status in UNDERWAY and answer.carried.token is not None:
            typed = dict(corrected(unlabelled(answer.letter, answer.labels), request, listener))
        return replace(form, typed=typed), False
    asked = {problem.field for problem in request.problems} | form.typed.keys()
    asked |= {"invoice"} if "invoice_number" in asked else set()
    bare = bare_answers(unlabelled(answer.letter, answer.labels), asked - said.typed.keys(), listener)
    typed = {name: text for name, text in said.typed.items() if name in asked} | bare
    rivals = {name: texts for name, texts in said.rivals.items() if name in asked}
    suggested = {name: value for name, value in said.suggested.items() if name in asked}
    return replace(said, typed=typed, rivals=rivals, suggested=suggested), prose.keeps is not None


def _explains(request: Request, ask: AskRef) -> bool:
    """Is this yes the answer to the question whether it is a second payment?"""
    return ask.kind == AskKind.CONFIRM and request.hold(HoldKind.DUPLICATE) is not None


MEANT_AS_REASON = frozenset({"condition", "hesitation", "negated", "number"})
"""Doubts about a vote that are none about an explanation: "yes, another part, not a repetition" says why."""


def _reason_behind_yes(answer: Answer, said: Decision) -> str | None:
    """What follows the yes; None when the word does not stand first or something else speaks against it."""
    if said.action is Action.OK and not said.doubt:
        return said.comment
    first, _, rest = said.comment.strip().partition(" ")
    if said.doubt not in MEANT_AS_REASON or not first:
        return None
    alone = answer.judge(replace(answer.letter, new_text=first.strip(",.:;!—–-")), frozenset({Action.OK}))
    return rest.strip() if alone.action is Action.OK and not alone.doubt else None


def _explained(answer: Answer, ask: AskRef, reason: str) -> Plan:
    if answer.letter.blocked:
        return note(answer, f"unclear_{answer.letter.blocked[0]}")
    if not answer.is_sure:
        return note(answer, "unclear_tag_only")
    command = ExplainDuplicate(answer.by, ask, reason)
    return Plan("answers", "answer", "", answer.request.reference, command, comment=reason)


def _news_only(form: Form, request: Request, by_hand: frozenset[str]) -> Form:
    """A quoted form that comes back as it was says nothing new."""
    before = {name: value.value for name, value in request.suggested.items() if name not in by_hand}
    before |= {name: value.value for name, value in request.found.items()} | dict(request.typed)
    typed = {name: text for name, text in form.typed.items() if before.get(name) != text or name in form.rivals}
    known = {file.sha256 for file in request.files}
    return replace(form, typed=typed, files=tuple(file for file in form.files if file.sha256 not in known))


def _amended(answer: Answer, form: Form, keep: bool, submit: bool, accepts: AskRef | None = None) -> Plan:
    form = answer.with_invoice(answer.letter, form)
    if answer.request.status not in INCOMPLETE:
        form = replace(form, found={}, suggested={})  # a correction changes what was typed in it and nothing else
    form = replace(form, cautions=(*form.cautions, *guessed(answer.letter)))
    command = Amend(answer.by, form, keep, submit, accepts)
    return Plan("answers", "answer", "", answer.request.reference, command, fields=dict(form.typed))


def _words_of_requester(answer: Answer) -> Plan:
    if not answer.text:
        return note(answer, "unclear_empty")
    unclear = answer.request.status in INCOMPLETE
    command = Comment(answer.by, answer.text, "requester", answer.ask(), unclear=unclear)
    return Plan("answers", "answer", "comment", answer.request.reference, command, comment=answer.text)


def _opened_anew(answer: Answer, form: Form, keep: bool, beside: bool = False) -> Plan:
    """A closed request stays as it is, and so does one `beside` which another payment is asked for; what was mailed to
    it, old lines among the new ones, is a request of its own."""
    form = answer.with_invoice(answer.letter, form)
    fresh = replace(
        form, cautions=(*form.cautions, *cautions(answer.letter, checks_senders=answer.authenticates))
    )  # fmt: skip
    reference = answer.request.reference
    why = (f"{reference} is closed: these fields start a new request",)
    if beside:
        fresh = replace(fresh, cautions=(*fresh.cautions, Caution("beside_request", reference)))
        why = (f"another payee and another invoice than those of {reference}: a new request",)
    return Plan("requests", "request", command=Open(answer.by, fresh, keep), fields=dict(form.typed), why=why)
