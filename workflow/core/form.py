"""Opening, completing and correcting a request: the form, its versions and the start of their routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from values.names import contractor_folder, fold_name
from values.requisites import split_bank_details
from workflow.core import doubts, holds
from workflow.core.as_before import likeness
from workflow.core.card import MONEY_GOES_TO, examine, usable
from workflow.core.commands import Amend, AskRef, Form, Open
from workflow.core.compare import OF_THE_INVOICE, differences, relevant
from workflow.core.events import Asked, CorrectionRefused, Event, Filled, Opened, StepStuck, Submitted
from workflow.core.filling import CARD, SPARED_BY_CARD, Known, remembered, unlike
from workflow.core.ledger import EMPTY, Ledger
from workflow.core.model import (
    FIELDS,
    AskKind,
    Caution,
    Field,
    File,
    Person,
    Problem,
    Request,
    Status,
    Step,
    card_of,
    hash_of,
)
from workflow.core.outcome import Accepted, Outcome, Refused, refuse_answer
from workflow.core.policy import Policy
from workflow.core.purpose import build_purpose

BANK_PARTS = frozenset({"inn", "kpp", "bic", "account", "corr_account", "iban", "swift"})
WHO = frozenset({"contractor", "inn", *BANK_PARTS, "bank_details"})
"""Lines that say who is paid: typed anew, the card is asked anew."""
OF_THE_LETTERS = frozenset({"sender_unverified", "look_alike", "charset_guessed"})
"""Cautions about how the form came in; they stay with what it brought."""


def open_request(command: Open, policy: Policy, now: datetime, ledger: Ledger = EMPTY) -> Outcome:
    """A complete form goes to approval by itself; anything else is a draft that is asked about."""
    form = _with_contractor_named(command.form, ledger)
    filled = _filled(command.by, form, form.typed, form.rivals, form.files, policy, now, command.keep_draft,
                     command.by, ledger, None)  # fmt: skip
    events: list[Event] = [Opened(command.by, form.letter), filled]
    if filled.problems or command.keep_draft:
        events.append(Asked(command.by, AskKind.COMPLETE, 0, 0))
    else:
        events += submission(command.by, None, filled, policy, policy.today(now))
    return Accepted(tuple(events))


def _with_contractor_named(form: Form, ledger: Ledger) -> Form:
    """"Ромашка, вода, до пятницы": the part that names exactly one contractor we know is not what is paid for."""
    if "contractor" in form.typed or form.typed.get("subject") != ", ".join(form.mentioned):
        return form
    known = [part for part in form.mentioned if any(card.is_known for card in ledger.cards_by_name(part))]
    if len(known) != 1:
        return form
    rest = ", ".join(part for part in form.mentioned if part != known[0])
    typed = {name: text for name, text in form.typed.items() if name != "subject"} | {"contractor": known[0]}
    return replace(form, typed=typed | ({"subject": rest} if rest else {}))


def amend(request: Request, command: Amend, policy: Policy, now: datetime, ledger: Ledger = EMPTY) -> Outcome:
    """Missing lines complete a draft; corrected ones make a new version, which voids all approvals."""
    if request.status in (Status.PAID, Status.REJECTED, Status.WITHDRAWN):
        return refuse_answer(command.by, f"closed_{request.status}")
    if command.accepts is not None and not _shows_what_is_suggested(request, command.by, command.accepts):
        command = replace(command, accepts=None)
        if not _says_something(command):
            return refuse_answer(command.by, "suggestions_changed" if request.suggested else "nothing_new")
    filled = _merged(request, command, policy, now, ledger)
    if request.status in (Status.DRAFT, Status.RETURNED):
        return _amend_open_form(request, command, filled, policy)
    return _correct(request, command, filled, policy)


def _amend_open_form(request: Request, command: Amend, filled: Filled, policy: Policy) -> Outcome:
    keep = command.keep_draft or (request.kept_as_draft and not command.submit)
    filled = replace(filled, keep_draft=keep)
    if not (_says_something(command) or command.accepts):
        return refuse_answer(command.by, "nothing_new")
    if filled.problems or keep:
        again = Asked(command.by, AskKind.COMPLETE, 0, request.version)
        return Accepted((filled, again))
    return Accepted((filled, *_next_version(request, command.by, filled, policy)))


def _says_something(command: Amend) -> bool:
    form = command.form
    said = form.typed or form.rivals or form.suggested or form.like or form.files
    return bool(said or command.submit or command.keep_draft)


def _shows_what_is_suggested(request: Request, by: Person, ask: AskRef) -> bool:
    """Did the question that he confirms put just these values before him?"""
    if not request.suggested or request.suggested_at is None or ask.at is None:
        return False
    asked = (ask.person, ask.kind, ask.version) == (by, AskKind.COMPLETE.value, request.version)
    return asked and ask.at >= request.suggested_at


def _correct(request: Request, command: Amend, filled: Filled, policy: Policy) -> Outcome:
    """Awaiting or approved: a bad correction changes nothing, a good one starts again at the first step."""
    filled = replace(filled, keep_draft=False)  # what is before approvers is no draft
    if filled.problems:
        refused = CorrectionRefused(command.by, filled.problems, command.form.typed, command.form.refused_files)
        return Refused("correction_has_problems", (refused,))
    if hash_of(card_of(filled.fields, filled.files)) == request.card_hash:
        same = {name: field.value for name, field in filled.fields.items()} == {
            name: field.value for name, field in request.fields.items()
        }
        return refuse_answer(command.by, "nothing_new") if same else Accepted((filled,))
    return Accepted((filled, *_next_version(request, command.by, filled, policy)))


def _next_version(request: Request, by: Person, filled: Filled, policy: Policy) -> tuple[Event, ...]:
    return submission(by, request, filled, policy, policy.today(request.created_at))


def submission(
    by: Person, request: Request | None, filled: Filled, policy: Policy, received: date
) -> tuple[Event, ...]:
    """A new version with its frozen route, what it is held for, and the asks of its first step."""
    requester, version = (request.requester, request.version + 1) if request else (by, 1)
    before = request.approved_card if request else {}
    card = card_of(filled.fields, filled.files)
    route = policy.route(filled.fields, requester)
    folder = f"{received:%Y/%m}/{contractor_folder(card['contractor'])}"
    start = Submitted(by, version, hash_of(card), card, route, changes(before, card) if before else (), folder)
    held = holds.at_start(request, filled, policy)
    return (start, *held, *ask_step(route, 0, version), *holds.asked_at_start(filled, requester, version))


def ask_step(route: Sequence[Step], step: int, version: int) -> tuple[Event, ...]:
    """The questions of one step; a step that cannot be filled is stuck until it is rerouted."""
    if not route[step].can_be_filled:
        return (StepStuck(step, version),)
    return tuple(Asked(person, AskKind.APPROVE, step, version) for person in route[step].people)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """(field, old, new) for every line of the card that differs."""
    names = (*FIELDS, "files")
    return tuple(
        (name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _merged(request: Request, command: Amend, policy: Policy, now: datetime, ledger: Ledger) -> Filled:
    """The form with the letter's lines laid over it; files of the same name are replaced, others added."""
    form = command.form
    typed = {**request.typed, **form.typed}
    if form.typed.get("invoice"):
        typed = {name: text for name, text in typed.items()
                 if name not in ("invoice_number", "invoice_date") or name in form.typed}  # fmt: skip
    if _parts_typed_alone(form.typed):
        typed.pop("bank_details", None)
    renewed = split_bank_details(form.typed.get("bank_details", "")).keys() - form.typed.keys()
    typed = {name: text for name, text in typed.items() if name not in renewed}
    rivals = {name: found for name, found in request.rivals.items() if name not in form.typed}
    files = _with_files(request.files, form.files)
    typed = {**_confirmed_words(request, command), **typed}
    accepted = command.accepts is not None
    form = _with_earlier_reading(form, request, accepted) if len(files) > len(form.files) or not files else form
    codes = tuple(dict.fromkeys((*request.payment_codes, *_codes(form))))
    form = replace(form, payment_codes=codes, like=form.like or request.model or request.like)
    kept = {} if form.typed.keys() & WHO else {
        name: value for name, value in request.fields.items() if value.source == CARD
    }  # fmt: skip
    return _filled(command.by, form, typed, {**rivals, **form.rivals}, files, policy, now, command.keep_draft,
                   request.requester, ledger, request, kept)  # fmt: skip


def _with_earlier_reading(form: Form, request: Request, accepted: bool) -> Form:
    """With what the files that stay were read to say; new files speak for themselves, but keep no doubt alive. Values
    that were only suggested are as good as found once they are accepted."""
    kept = () if form.files else tuple(one for one in request.warnings if one.code.startswith(OF_THE_INVOICE))
    found, waiting = {**request.found, **(request.suggested if accepted else {})}, request.suggested
    if MONEY_GOES_TO & (form.found.keys() | form.suggested.keys()):  # another invoice: its details stand alone
        found, waiting = (
            {name: value for name, value in old.items() if name not in MONEY_GOES_TO} for old in (found, waiting)
        )
    return replace(
        form, found={**found, **form.found}, invoice={**request.invoice, **form.invoice},
        suggested={**({} if accepted else waiting), **form.suggested}, cautions=(*kept, *form.cautions),
    )  # fmt: skip


def _confirmed_words(request: Request, command: Amend) -> dict[str, str]:
    """Suggestions out of his own words that he confirmed: they are typed now."""
    if command.accepts is None:
        return {}
    said = {name: value.value for name, value in request.suggested.items() if value.source == "typed"}
    if "currency" in request.suggested and "amount" in {**request.typed, **command.form.typed}:
        said["currency"] = request.suggested["currency"].value  # a sum that was typed takes no currency by itself
    if "amount" in said and request.value("currency"):
        said.setdefault("currency", request.value("currency"))  # confirmed together with the amount
    return said


def _parts_typed_alone(typed: Mapping[str, str]) -> bool:
    """A corrected account makes an old block of bank details untrue; the block is composed anew."""
    return bool(BANK_PARTS & typed.keys()) and "bank_details" not in typed


def _with_files(old: Sequence[File], new: Sequence[File]) -> tuple[File, ...]:
    names, hashes = {file.name.lower() for file in new}, {file.sha256 for file in new}
    kept = [file for file in old if file.name.lower() not in names and file.sha256 not in hashes]
    return (*new, *kept)


def _filled(
    by: Person,
    form: Form,
    typed: Mapping[str, str],
    rivals: Mapping[str, tuple[str, ...]],
    files: Sequence[File],
    policy: Policy,
    now: datetime,
    keep_draft: bool,
    requester: Person,
    ledger: Ledger,
    request: Request | None,
    kept: Mapping[str, Field] = MappingProxyType({}),
) -> Filled:
    today = policy.today(now)
    found = usable(form.found, typed, rivals, today)
    texts = {name: value.value for name, value in found.items()} | dict(typed)
    before = likeness(form.like, requester, texts, rivals, ledger)
    texts |= {name: value.value for name, value in before.fields.items()}
    read = {name: value.value for name, value in examine(texts, rivals, files, today).fields.items()}
    known = remembered(texts, rivals, read, ledger, kept)
    texts |= {name: value.value for name, value in known.fields.items()}
    seen = examine(texts, rivals, files, today, policy.language)
    sources = {**found, **before.fields, **known.fields}
    fields = {name: _sourced(value, name, typed, sources, known) for name, value in seen.fields.items()}
    problems = _problems(seen.problems, known, before.problems)
    if "purpose" not in texts.keys() | rivals.keys():
        fields, problems = _with_purpose(fields, problems, form)
    earlier = request.warnings if request else ()
    of_letters = [caution for caution in (*earlier, *form.cautions) if caution.code in OF_THE_LETTERS]
    codes = _codes(form)
    about = doubts.seen(request.reference if request else "", fields, files, codes)
    doubted = doubts.doubts(about, known, request.cleared if request else (), policy, now, ledger)
    of_files = [caution for caution in form.cautions if caution.code.startswith(OF_THE_INVOICE)]
    others = [caution for caution in form.cautions if caution not in of_files]
    warnings = (
        *doubted.warnings, *_explained(request), *unlike(known.card, fields), *known.warnings,
        *_of_own_inn(fields, policy), *before.warnings, *differences(form.invoice, seen.fields),
        *relevant(of_files, form.invoice, seen.fields), *of_letters, *others, *seen.warnings,
    )  # fmt: skip
    # a sum typed without its currency: that of the invoice is only probable
    of_the_files = {name: form.found[name] for name in ("currency",) if name in form.found}
    suggested = _still_suggested({**of_the_files, **before.suggested, **form.suggested}, fields, typed, rivals, today)
    return Filled(
        by, dict(typed), dict(rivals), fields, problems, tuple(dict.fromkeys(warnings)),
        tuple(files), form.letter, form.refused_files, keep_draft, found, codes, doubted.matches, doubted.details,
        doubted.known or {}, form.invoice, suggested, before.model, form.like,
    )  # fmt: skip


def _of_own_inn(fields: dict[str, Field], policy: Policy) -> tuple[Caution, ...]:
    """The payer's own INN beside another's name is mostly a slip: whoever decides is told. Between own accounts it is
    right."""
    inn, contractor = fields.get("inn"), fields.get("contractor")
    if not inn or not contractor or inn.value != policy.company_inn:
        return ()
    return () if fold_name(contractor.value) == fold_name(policy.company) else (Caution("own_inn", inn.value),)


def _explained(request: Request | None) -> tuple[Caution, ...]:
    """What the requester said of a seeming duplicate stays before everybody who decides."""
    return (Caution("duplicate_explained", request.cleared_why),) if request and request.cleared_why else ()


def _with_purpose(
    fields: Mapping[str, Field], problems: tuple[Problem, ...], form: Form
) -> tuple[dict[str, Field], tuple[Problem, ...]]:
    """A purpose nobody wrote is built; where the subject is asked for, it will be built from that."""
    text = build_purpose(fields, form.invoice)
    waits = bool(form.files) and any(problem.field == "subject" for problem in problems)
    if not text and not waits:
        return dict(fields), problems
    built = {"purpose": Field(text, "computed")} if text else {}
    together = {**fields, **built}
    ordered = {name: together[name] for name in FIELDS if name in together}
    return ordered, tuple(problem for problem in problems if problem.field != "purpose")


def _sourced(
    value: Field, name: str, typed: Mapping[str, str], sources: Mapping[str, Field], known: Known
) -> Field:
    """A checked value with where it came from; typed unless the card spells a typed name in full."""
    return sources[name] if name in known.fields or (name in sources and name not in typed) else value


def _problems(problems: tuple[Problem, ...], known: Known, of_model: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """While it is not clear who is meant, only that is asked: the card of the one who is will say the rest."""
    asked = (*known.problems, *of_model)
    if not asked:
        return problems
    if of_model:
        problems = tuple(one for one in problems if (one.field, one.code) != ("contractor", "missing"))
    spared = (problem for problem in problems
              if not (problem.code == "missing" and problem.field in SPARED_BY_CARD))  # fmt: skip
    return (*asked, *spared)


def _codes(form: Form) -> tuple[str, ...]:
    """The payment codes of the files, as their reader knows them or as far as their values tell."""
    if form.payment_codes:
        return form.payment_codes
    said = {name: value.value for name, value in {**form.found, **form.invoice}.items() if value.source == "qr"}
    if not ({"account", "iban"} & said.keys() and {"amount", "purpose"} <= said.keys()):
        return ()  # a code that names no payment may stand on every invoice of its issuer
    return (hash_of(said),)


def _still_suggested(
    suggested: Mapping[str, Field], fields: Mapping[str, Field], typed: Mapping[str, str],
    rivals: Mapping[str, tuple[str, ...]], today: date,
) -> dict[str, Field]:  # fmt: skip
    """What is still worth confirming: lines without a value; never a piece of bank details beside typed ones."""
    known = fields.keys() | typed.keys() | rivals.keys()
    left = {name: value for name, value in suggested.items() if name not in known}
    if typed.keys() & (MONEY_GOES_TO | {"bank_details"}):
        left = {name: value for name, value in left.items() if name not in MONEY_GOES_TO}
    if "pay_by" in left and date.fromisoformat(left["pay_by"].value) < today:
        del left["pay_by"]
    return left
