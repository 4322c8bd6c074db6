"""Holds that the program sets by itself, and how people release them: a seeming second payment, unknown details.

A hold stops the payment, never the approval. Whoever confirms bank details is neither requester nor approver.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from workflow.core.calls import call_in, is_called
from workflow.core.commands import AskRef, ConfirmDetails, ExplainDuplicate
from workflow.core.contractors import bank_of
from workflow.core.doubts import contact_of, details_of, paid_elsewhere
from workflow.core.events import Asked, BankDetailsConfirmed, Event, Filled, Held, Released
from workflow.core.filling import remembered
from workflow.core.ledger import Ledger
from workflow.core.model import AskKind, HoldKind, Person, Request, Status
from workflow.core.outcome import PROGRAM, REGISTRY, Accepted, Outcome, refuse, refuse_answer
from workflow.core.policy import Policy

OPEN = (Status.AWAITING, Status.APPROVED)
_COURTESY = frozenset({
    "спасибо", "благодарю", "пожалуйста", "хорошо", "конечно", "точно", "причина", "thanks", "thank", "you", "please",
    "fine", "sure", "reason",
})  # fmt: skip


def at_start(request: Request | None, filled: Filled, policy: Policy) -> list[Event]:
    """What a version is held for from its beginning, before anybody is asked, and what it is held for no longer."""
    events: list[Event] = []
    if filled.matches:
        named = ", ".join(dict.fromkeys(one.partition(":")[2] for one in filled.matches))
        events.append(Held(HoldKind.DUPLICATE, named, PROGRAM, filled.matches))
    else:
        events += _no_longer(request, HoldKind.DUPLICATE)
    if policy.holds_for(filled.details):
        number = bank_of({name: field.value for name, field in filled.fields.items()}).number
        events.append(Held(HoldKind.BANK_DETAILS, number, PROGRAM, known=filled.known))
    else:
        events += _no_longer(request, HoldKind.BANK_DETAILS)
    return events


def asked_at_start(filled: Filled, requester: Person, version: int) -> tuple[Event, ...]:
    """The requester is asked whether it is a second payment while approval takes its course."""
    return (Asked(requester, AskKind.CONFIRM, 0, version, HoldKind.DUPLICATE.value),) if filled.matches else ()


def at_completion(request: Request, policy: Policy, ledger: Ledger) -> Iterator[Event]:
    """When the last yes has come the details are looked at again, and who may confirm them is asked."""
    values = {name: field.value for name, field in request.fields.items()}
    known = remembered(values, (), values, ledger, {})
    open_hold = request.hold(HoldKind.BANK_DETAILS)
    elsewhere = paid_elsewhere(request.reference, values, known, ledger)
    if not policy.holds_for("changed" if elsewhere else details_of(values, known)):
        yield from _no_longer(request, HoldKind.BANK_DETAILS)
        return
    contact = contact_of(known, request.currency)
    if open_hold is None or dict(open_hold.known) != contact:
        yield Held(HoldKind.BANK_DETAILS, bank_of(values).number, PROGRAM, known=contact)
    step = len(request.route)
    for person in policy.confirmers:
        if policy.may_confirm(person, request):
            yield Asked(person, AskKind.CONFIRM, step, request.version, HoldKind.BANK_DETAILS.value)


def _no_longer(request: Request | None, kind: HoldKind) -> Iterator[Event]:
    if request is not None and request.hold(kind) is not None:
        yield Released(kind, PROGRAM)


# --- confirming -----------------------------------------------------------------------------------------------------


def confirm_details(request: Request, command: ConfirmDetails, policy: Policy, ledger: Ledger) -> Outcome:
    """Somebody who is neither requester nor approver has called the contractor on a number known before."""
    hold = request.hold(HoldKind.BANK_DETAILS)
    if hold is None or request.status not in OPEN:
        return refuse(command.by, "no_hold")
    no = _why_not_confirm(request, command, policy)
    if no:
        return refuse(command.by, no)
    passage = call_in(command.words)
    used = (*request.confirmations, call_in(hold.comment_then) if command.by == REGISTRY else "")
    if not passage or passage in used:
        return refuse(command.by, "confirm_needs_call")
    phones = _phones(request, hold.known, ledger)
    if not is_called(passage, phones):
        return refuse(command.by, "confirm_other_number", phones)
    released: list[Event] = [Released(HoldKind.BANK_DETAILS, command.by, passage)]
    if command.by == REGISTRY and request.hold(HoldKind.ACCOUNTANT) is not None:
        released.append(Released(HoldKind.ACCOUNTANT, command.by))  # one Status in one cell: payable again
    return Accepted((BankDetailsConfirmed(command.by, passage, request.version), *released))


def _why_not_confirm(request: Request, command: ConfirmDetails, policy: Policy) -> str:
    if command.by == REGISTRY:
        nameless = policy.confirm or request.requester in policy.confirmers
        if nameless:  # a cell does not say who typed: it could be the requester, or anybody
            return "confirm_by_letter"
        return "" if command.version == request.version else "stale_details"
    if command.by == request.requester or command.by in request.approvers:
        return "four_eyes"
    if command.by not in policy.confirmers:
        return "not_yours"
    return _why_not_this_ask(request, command.by, command.ask)


def _why_not_this_ask(request: Request, by: Person, ask: AskRef | None) -> str:
    if ask is None or ask.person != by or ask.kind != AskKind.CONFIRM:
        return "not_an_ask"
    if ask.version != request.version or ask.card_hash != request.card_hash:
        return "stale_details"
    return ""


def _phones(request: Request, known: Mapping[str, str], ledger: Ledger) -> str:
    """The numbers on his own card, as they were when it was asked and as they are now: somebody who is only called like
    a known contractor need not be reached on that one's."""
    inn = request.value("inn")
    cards = ledger.cards_by_inn(inn) if inn else ledger.cards_by_name(request.value("contractor"))
    then = known.get("phone", "") if known.get("inn", "") == inn else ""
    return "; ".join(dict.fromkeys(filter(None, (then, *(card.phone for card in cards)))))


# --- a second payment? ------------------------------------------------------------------------------------------------


def explain_duplicate(request: Request, command: ExplainDuplicate) -> Outcome:
    """The requester's reason releases it; a bare yes is asked for one."""
    hold = request.hold(HoldKind.DUPLICATE)
    if hold is None or request.status not in OPEN:
        return refuse_answer(command.by, "no_hold")
    if command.by != request.requester or command.ask.person != command.by:
        return refuse_answer(command.by, "not_yours")
    if command.ask.kind != AskKind.CONFIRM or command.ask.version != request.version:
        return refuse_answer(command.by, "stale_version")
    if not _is_reason(command.reason):
        return refuse_answer(command.by, "duplicate_needs_reason", hold.reason)
    return Accepted((Released(HoldKind.DUPLICATE, command.by, command.reason.strip()),))


_ADMITS = re.compile(
    r"(?<!не )(?<!не\xa0)(?<!\w)(?:повтор\w*|дубл\w*|задво\w*|ошиб\w*|случайн\w*|отзов\w*|отозв\w*|отмен\w*|"
    r"не\s+(?:плат|надо|нужно|оплачив)\w*)|(?<!not a )(?<!no )\b(?:duplicates?|mistake\w*|twice|withdraw\w*|cancel\w*|"
    r"accident\w*|do(?: not|n't) pay)\b", re.IGNORECASE
)  # fmt: skip
"""Words of one who says that it is the same payment after all."""


def _is_reason(words: str) -> bool:
    if _ADMITS.search(words):
        return False
    said = [word for word in re.findall(r"[^\W\d_]{2,}", words) if word.casefold() not in _COURTESY]
    return sum(map(len, said)) >= 5
