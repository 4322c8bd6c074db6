"""What the accountant does: paid marks, their undoing, holds and payment orders. A fact is never erased."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from workflow.core.commands import (
    AnnouncePayment,
    CorrectPayment,
    FilePaymentOrder,
    MarkPaid,
    PutOnHold,
    Release,
    UnmarkPaid,
)
from workflow.core.events import (
    Asked,
    Event,
    Held,
    OrderNumbered,
    Paid,
    PaidUndone,
    PaidWithoutApproval,
    PartAnnounced,
    PartPaid,
    PaymentAnnounced,
    PaymentCorrected,
    PaymentOrderFiled,
    PaymentRecalled,
    Released,
)
from workflow.core.filling import remembered
from workflow.core.ledger import EMPTY, Ledger
from workflow.core.model import AskKind, HoldKind, OrderFile, Payment, Request, Status
from workflow.core.outcome import OPERATOR, REGISTRY, Accepted, Outcome, refuse
from workflow.core.policy import Policy

NOTHING = Decimal(0)
OLD_VERSION = "old_version"
"""Stands for the status where somebody paid what an earlier version said."""


def paid_so_far(request: Request) -> Decimal:
    return sum((payment.amount for payment in request.payments), NOTHING)


def rest_of(request: Request) -> Decimal:
    """What is still to be paid of the request's amount."""
    return (request.amount or NOTHING) - paid_so_far(request)


def mark_paid(request: Request, command: MarkPaid, policy: Policy, now: datetime) -> Outcome:
    """Paid on a row that was not payable is recorded as just that, put back and asked about."""
    today = policy.today(now)
    on = command.on or today
    if request.status is Status.PAID:
        return _paid_again(request, command)
    if not request.payable or command.version not in (None, request.version):
        return _paid_without_approval(request, command, policy, on)
    if on > today:
        return refuse(command.by, "paid_in_future", on.isoformat())
    rest, amount = rest_of(request), _part_of(request, command)
    if problem := _wrong_part(request, command, amount):
        return refuse(command.by, problem, str(command.amount if command.amount is not None else amount))
    order = command.order or request.stated_order
    kind = Paid if amount == rest else PartPaid
    return Accepted((kind(on, amount, order, command.by), *_orders(request, command.by, command.files)))


def _part_of(request: Request, command: MarkPaid) -> Decimal:
    """What leaves now. Said of all that is paid so far, the parts before it are in that sum."""
    if command.amount is None:
        return rest_of(request)
    return command.amount - paid_so_far(request) if command.total else command.amount


def _wrong_part(request: Request, command: MarkPaid, amount: Decimal) -> str:
    """Why this is no part of what is left: too much, nothing, or what may mean two things."""
    rest, paid = rest_of(request), paid_so_far(request)
    if amount == rest == 0 and paid:
        return ""  # the sum was lowered to what had been paid
    if amount > rest or (amount <= 0 and not paid):
        return "paid_too_much"
    if amount <= 0:
        return "paid_not_more"
    if command.total and not command.plain and paid and command.amount == rest:
        return "paid_in_all_or_more"
    return ""


def _paid_again(request: Request, command: MarkPaid) -> Outcome:
    """A second PAID changes nothing; a payment order that comes with it is kept."""
    orders = _orders(request, command.by, command.files)
    return Accepted(orders) if orders else refuse(command.by, "already_paid")


def _paid_without_approval(request: Request, command: MarkPaid, policy: Policy, on: date) -> Outcome:
    amount = _part_of(request, command) if command.amount else rest_of(request)
    amount = amount if amount > 0 else command.amount or request.amount or NOTHING
    status = request.shown_status.value if command.version in (None, request.version) else OLD_VERSION
    fact = PaidWithoutApproval(on, amount, command.order, command.by, status)
    people = policy.accountants if command.by == REGISTRY else (command.by,)
    asks = tuple(Asked(person, AskKind.CONFIRM, request.step, request.version) for person in people)
    return Accepted((fact, *asks, *_orders(request, command.by, command.files)))


def correct(request: Request, command: CorrectPayment, policy: Policy, now: datetime) -> Outcome:
    """Date, sum or order number of the last mark, or an order number before there is one."""
    last = request.payments[-1] if request.payments else None
    only_order = command.order is not None and command.on is None and command.amount is None
    if last is None or request.status not in (Status.PAID, Status.APPROVED):
        if only_order and request.status is not Status.PAID:
            return Accepted((OrderNumbered(command.by, command.order or ""),))
        return refuse(command.by, "not_paid_yet")
    if request.status is Status.APPROVED and only_order and last.announced:
        return Accepted((OrderNumbered(command.by, command.order or ""),))  # of the part to come
    if command.amount is not None and command.amount != paid_so_far(request):
        return _other_sum(request, command, command.amount, last)
    on = command.on or last.on
    if on > policy.today(now):
        return refuse(command.by, "paid_in_future", on.isoformat())
    order = last.order if command.order is None else command.order
    if (on, order) == (last.on, last.order):
        return Accepted(())
    return Accepted((PaymentCorrected(on, last.amount, order, command.by),))


def _other_sum(request: Request, command: CorrectPayment, paid: Decimal, last: Payment) -> Outcome:
    """Less was paid than the last mark said. As long as nobody has heard of it, it is simply mended; later a reason is
    wanted, and the part is recalled whole."""
    before = paid_so_far(request) - last.amount
    nothing = request.status is Status.PAID and paid == before == 0
    if not before <= paid < paid_so_far(request) or nothing:
        return refuse(command.by, "amount_of_paid", str(paid))
    if not last.announced:
        less = PartPaid(command.on or last.on, paid - before, command.order or last.order, command.by)
        return Accepted((PaidUndone(command.by), *((less,) if paid > before else ())))
    if paid > before or not command.reason:
        return refuse(command.by, "part_is_told", str(paid))
    held = Held(HoldKind.ACCOUNTANT, command.reason, command.by)
    return Accepted((PaymentRecalled(command.by, command.reason), held))


def unmark(request: Request, command: UnmarkPaid) -> Outcome:
    """Within the delay nobody has heard of the mark: it is simply undone."""
    if not request.payments or request.status not in (Status.PAID, Status.APPROVED):
        return refuse(command.by, "not_paid_yet")
    if request.payments[-1].announced:
        return refuse(command.by, "paid_is_told")
    return Accepted((PaidUndone(command.by),))


def announce(request: Request, command: AnnouncePayment, ledger: Ledger = EMPTY) -> Outcome:
    """The clock comes for one mark; an undone or told one is passed over, and one that a later mark tells of too."""
    last = request.payments[-1] if request.payments else None
    if last is None or last.announced or last.at.isoformat() != command.at:
        return Accepted(())
    untold = sum((payment.amount for payment in request.payments if not payment.announced), NOTHING)
    paid, address = paid_so_far(request), _address(request, ledger)
    if request.status is not Status.PAID:
        return Accepted((PartAnnounced(last.on, untold, last.order, paid, rest_of(request), address),))
    part = untold if 0 < untold != paid else None
    return Accepted((PaymentAnnounced(last.on, paid, last.order, part, address),))


def _address(request: Request, ledger: Ledger) -> str:
    """The contractor's address, when it is the one known from before or nothing is known of him yet. Another one was
    perhaps given by whoever wants to be told in his place."""
    values = {name: field.value for name, field in request.fields.items()}
    card = remembered(values, (), values, ledger, {}).card
    address = values.get("contractor_email", "")
    return address if card is None or card.email in ("", address) else ""


def hold(request: Request, command: PutOnHold) -> Outcome:
    """Stops payment, not approval. On a paid request it says that the money did not leave. The operator may stop what
    is not before approvers yet: a recovered draft that the registry calls paid."""
    held = Held(command.kind, command.reason, command.by)
    by_operator = command.by == OPERATOR and request.status in (Status.DRAFT, Status.RETURNED)
    if by_operator or request.status in (Status.AWAITING, Status.APPROVED):
        return Accepted((held,))
    if request.status is not Status.PAID:
        return refuse(command.by, f"closed_{request.status}", "hold")
    if not request.payments[-1].announced:
        return Accepted((PaidUndone(command.by), held))
    if not command.reason:
        return refuse(command.by, "recall_needs_reason")
    return Accepted((PaymentRecalled(command.by, command.reason), held))


def release(request: Request, command: Release) -> Outcome:
    if request.hold(command.kind) is None:
        other = next((hold.kind.value for hold in request.holds), "")
        return refuse(command.by, f"held_{other}" if other else "no_hold")
    return Accepted((Released(command.kind, command.by, command.comment),))


def file_orders(request: Request, command: FilePaymentOrder) -> Outcome:
    return Accepted(_orders(request, command.by, command.files))


def _orders(request: Request, by: str, files: tuple[OrderFile, ...]) -> tuple[Event, ...]:
    """One event for each order whose bytes are new; the first name counts."""
    known = {file.sha256 for file in request.payment_orders}
    fresh = {file.sha256: file for file in reversed(files) if file.sha256 not in known}
    return tuple(PaymentOrderFiled(by, file) for file in reversed(fresh.values()))
