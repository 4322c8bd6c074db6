"""What an accountant's answer means: paid, with which order and when; sent back; held or released."""

from __future__ import annotations

import re
from datetime import date

from values.dates import parse_date
from values.money import parse_amount
from workflow.contrary import changes_amount
from workflow.core.commands import Command, FilePaymentOrder, MarkPaid, PutOnHold, Release, SendBack
from workflow.core.model import HoldKind, Request, Status
from workflow.core.payment import rest_of
from workflow.intake.answer import Answer, note, unclear
from workflow.intake.fields import enclosed
from workflow.intake.parts import Part, part_in
from workflow.intake.plan import Plan
from workflow.keywords import Action, Decision

_NO_AMOUNT = re.compile(r"(?:№|п/п|#|\bno\b\.?)\s*\S+|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|\b\d{4}-\d\d-\d\d\b", re.IGNORECASE)
_OF_ANOTHER_PAPER = re.compile(
    r"\b(?:сч[её]т\w*|сч\.|договор\w*|акт(?:у|а|ом)?\b|invoice|inv\.|contract)\s*"
    r"(?:(?:№|#|no\.?)?\s*[\w/-]*\d[\w/-]*(?!\.?\d))?"
    r"(?:\s*(?:от|dated|of)\s+[\d.-]*\d)?", re.IGNORECASE,
)  # fmt: skip
_NUMBER = re.compile(r"\d[\d \u00a0\u202f.,']*\d|\d")


def of_accountant(answer: Answer, said: Decision) -> Plan:
    """His order as a command, when it is clear and surely his; what looks like another amount is asked about."""
    request, files = answer.request, enclosed(answer.letter).without(answer.request.files)
    text = said.comment.strip()
    if said.action is None or said.doubt:
        return _words_of_accountant(answer, said)
    if answer.letter.blocked:
        return note(answer, f"unclear_{answer.letter.blocked[0]}")
    if not answer.is_sure:
        return note(answer, "unclear_no_token")
    part = part_in(text, request) if said.action is Action.PAID else None
    behind = part.behind if part else text
    if said.action is Action.PAID and _is_another_amount(behind, request, part):
        return note(answer, "unclear_number")
    order, on = _order_in(behind, answer.letter.received.date())
    commands: dict[Action, Command] = {
        Action.PAID: MarkPaid(
            answer.by, on=on, amount=part.amount if part else None, order=order, comment=text,
            files=files.as_orders(), version=answer.version, total=part is not None and part.total,
        ),
        Action.RETURN: SendBack(answer.by, answer.ask(), text),
        Action.HOLD: PutOnHold(answer.by, text),
        Action.RELEASE: Release(answer.by, HoldKind.ACCOUNTANT, text),
    }
    command = commands.get(said.action)
    if command is None:
        return note(answer, "not_now")
    return Plan("answers", "answer", "", request.reference, command, comment=text)


def _words_of_accountant(answer: Answer, said: Decision) -> Plan:
    """A payment order without a word is kept; words go to the requester."""
    files = enclosed(answer.letter).without(answer.request.files)
    is_paid = answer.request.status in (Status.APPROVED, Status.PAID)
    if files.files and said.doubt in (None, "none_found") and answer.is_sure and is_paid:
        command = FilePaymentOrder(answer.by, files.as_orders())
        return Plan("answers", "answer", "payment_order", answer.request.reference, command)
    return unclear(answer, said, answer.ask())


def _is_another_amount(text: str, request: Request, part: Part | None) -> bool:
    """A number stands where an amount would, and it is not what is left to pay: part of it, or a slip."""
    if not changes_amount(text):
        return False
    if part is not None:
        return True
    first = _NUMBER.search(_NO_AMOUNT.sub(" ", text))
    return first is None or parse_amount(first[0], request.currency or None) != rest_of(request)


def _order_in(text: str, today: date) -> tuple[str, date | None]:
    """A payment order's number and date in the accountant's words ("№ 214 от 25.11.2026"); nothing is guessed."""
    text = _OF_ANOTHER_PAPER.sub(" ", text)
    number = re.search(r"(?:№|\bNo?\.?(?=\s*\d)|\bп/п\s*№?|#)\s*([\w/-]{1,20})", text, re.IGNORECASE)
    day = re.search(r"\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b", text)
    found = parse_date(day.group(), today) if day else None
    return (number.group(1) if number else ""), found if isinstance(found, date) else None
