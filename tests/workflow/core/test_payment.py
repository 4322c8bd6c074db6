"""What the accountant does: marks, undoing, holds, payment orders."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from helpers.world import ADAM, CONTRACTOR, FIONA, ORDER, OSCAR, RITA, TODAY, Desk, form, is_accepted, kinds, reason
from workflow.core.commands import (
    AnnouncePayment,
    CorrectPayment,
    FilePaymentOrder,
    MarkPaid,
    PutOnHold,
    Release,
    UnmarkPaid,
    Withdraw,
)
from workflow.core.deeds import Lane
from workflow.core.events import PaidWithoutApproval, PartAnnounced, PaymentAnnounced
from workflow.core.model import AskKind, HoldKind, OrderFile, Status
from workflow.core.outcome import REGISTRY, Outcome
from workflow.core.payment import paid_so_far, rest_of

ALL_OF_IT = Decimal("4800.00")


def announce(desk: Desk) -> None:
    """The clock comes for the last mark."""
    desk.do(AnnouncePayment("clock", desk.request.payments[-1].at.isoformat()))


# --- paid -----------------------------------------------------------------------------------------------------------


def test_paid_without_details_is_today_and_the_whole_sum(desk: Desk) -> None:
    desk.approved()
    assert kinds(desk.do(MarkPaid(FIONA))) == ["Paid"]
    paid = desk.request.payments[-1]
    assert (desk.status, paid.on, paid.amount) == (Status.PAID, TODAY, ALL_OF_IT)
    assert not desk.told()  # the mark can still be undone
    assert [(d.kind, d.delay) for d in desk.deeds if d.lane is Lane.CLOCK] == [("announce", timedelta(minutes=10))]
    assert not desk.asked(AskKind.PAY)


def test_a_part_leaves_the_rest_open(desk: Desk) -> None:
    desk.approved()
    assert kinds(desk.do(MarkPaid(FIONA, amount=Decimal("1800")))) == ["PartPaid"]
    assert (desk.status, rest_of(desk.request)) == (Status.APPROVED, Decimal("3000.00"))
    assert desk.asked(AskKind.PAY) == {FIONA}
    desk.do(MarkPaid(FIONA))
    assert (desk.status, paid_so_far(desk.request)) == (Status.PAID, ALL_OF_IT)
    assert [payment.amount for payment in desk.request.payments] == [Decimal("1800"), Decimal("3000.00")]


@pytest.mark.parametrize("amount", ["4800.01", "0", "-1"])
def test_more_than_the_rest_or_nothing_is_put_back(desk: Desk, amount: str) -> None:
    desk.approved()
    assert reason(desk.do(MarkPaid(REGISTRY, amount=Decimal(amount)))) == "paid_too_much"
    assert desk.status is Status.APPROVED
    assert desk.request.message
    assert desk.request.message.code == "paid_too_much"


def test_a_day_that_lies_ahead_is_put_back(desk: Desk) -> None:
    desk.approved()
    assert reason(desk.do(MarkPaid(FIONA, on=date(2026, 11, 25)))) == "paid_in_future"
    assert ("answer_refused", FIONA) in desk.told()


def test_today_is_the_day_of_the_office_not_of_greenwich(desk: Desk) -> None:
    desk.approved()
    desk.pass_time(timedelta(hours=13))  # 22:00 UTC, 01:00 in Moscow
    assert is_accepted(desk.do(MarkPaid(FIONA, on=date(2026, 11, 25))))


def test_paid_again_changes_nothing(desk: Desk) -> None:
    desk.paid()
    assert reason(desk.do(MarkPaid(FIONA))) == "already_paid"
    assert len(desk.request.payments) == 1


def test_the_order_number_typed_before_belongs_to_the_payment(desk: Desk) -> None:
    desk.approved()
    desk.do(CorrectPayment(REGISTRY, order="214"))
    desk.do(MarkPaid(REGISTRY))
    assert desk.request.payments[-1].order == "214"


# --- paid without approval ------------------------------------------------------------------------------------------


def test_paid_before_approval_is_a_recorded_fact_and_no_approval(desk: Desk) -> None:
    desk.opened()
    outcome = desk.do(MarkPaid(REGISTRY))
    assert isinstance(outcome.events[0], PaidWithoutApproval)
    assert (desk.status, desk.request.payments) == (Status.AWAITING, ())
    assert desk.told() == {
        ("ask_confirm", FIONA), ("told_unapproved_payment", ADAM), ("told_unapproved_payment", OSCAR),
    }  # fmt: skip


def test_paid_on_a_held_row_counts_as_without_approval(desk: Desk) -> None:
    desk.approved()
    desk.do(PutOnHold(OSCAR, "проверка"))
    outcome = desk.do(MarkPaid(FIONA))
    fact = outcome.events[0]
    assert isinstance(fact, PaidWithoutApproval)
    assert fact.status == "on_hold"
    assert desk.status is Status.APPROVED


@pytest.mark.parametrize("by", [RITA])
def test_paid_on_a_withdrawn_request_is_a_fact_too(desk: Desk, by: str) -> None:
    desk.approved()
    desk.do(Withdraw(by))
    assert kinds(desk.do(MarkPaid(FIONA))) == ["PaidWithoutApproval", "Asked"]
    assert desk.status is Status.WITHDRAWN


# --- the delay ------------------------------------------------------------------------------------------------------


def test_a_mark_is_undone_within_the_delay_and_nobody_hears_of_it(desk: Desk) -> None:
    desk.paid()
    mark = desk.request.payments[-1].at.isoformat()
    desk.do(UnmarkPaid(REGISTRY))
    assert (desk.status, desk.request.payments, desk.asked(AskKind.PAY)) == (Status.APPROVED, (), {FIONA})
    assert not desk.told()
    desk.do(AnnouncePayment("clock", mark))
    assert not desk.deeds
    assert desk.status is Status.APPROVED


def test_a_new_mark_waits_its_own_delay(desk: Desk) -> None:
    desk.paid()
    first = desk.request.payments[-1].at.isoformat()
    desk.do(UnmarkPaid(REGISTRY))
    desk.pass_time(timedelta(minutes=5))
    desk.do(MarkPaid(REGISTRY))
    assert kinds(desk.do(AnnouncePayment("clock", first))) == []
    announce(desk)
    assert desk.request.payments[-1].announced


def test_a_payment_is_announced_once(desk: Desk) -> None:
    desk.paid(told=True)
    assert desk.told() == {
        ("told_paid", RITA), ("told_paid", ADAM), ("told_paid", FIONA), ("contractor_paid", CONTRACTOR),
    }  # fmt: skip
    announce(desk)
    assert not desk.deeds


def test_the_sum_of_all_parts_is_announced(desk: Desk) -> None:
    desk.approved()
    desk.do(MarkPaid(FIONA, amount=Decimal("1800"), order="1"))
    desk.do(MarkPaid(FIONA, order="2"))
    announce(desk)
    assert desk.history[-1][0] == PaymentAnnounced(TODAY, ALL_OF_IT, "2", address=CONTRACTOR)


def test_without_a_contractors_address_the_requester_passes_it_on(desk: Desk) -> None:
    desk.opened(form(contractor_email=""))
    desk.approve(ADAM)
    desk.do(MarkPaid(FIONA))
    announce(desk)
    assert {kind for kind, _ in desk.told()} == {"told_paid"}
    assert [d.person for d in desk.deeds if d.params.get("pass_on")] == [RITA]


# --- corrections and recall -----------------------------------------------------------------------------------------


def test_date_and_number_of_a_mark_may_be_corrected(desk: Desk) -> None:
    desk.paid()
    desk.do(CorrectPayment(REGISTRY, on=date(2026, 11, 23), order="214"))
    assert (desk.request.payments[-1].on, desk.request.payments[-1].order) == (date(2026, 11, 23), "214")
    assert kinds(desk.do(CorrectPayment(REGISTRY, order="214"))) == []
    assert reason(desk.do(CorrectPayment(REGISTRY, amount=Decimal(9000)))) == "amount_of_paid"
    assert reason(desk.do(CorrectPayment(REGISTRY, on=date(2026, 12, 1)))) == "paid_in_future"


# --- parts ------------------------------------------------------------------------------------------------------------


def part(desk: Desk, amount: str, **more: object) -> Outcome:
    return desk.do(MarkPaid(REGISTRY, amount=Decimal(amount), **more))  # type: ignore[arg-type]


def test_a_sum_over_what_is_paid_so_far_is_the_new_total(desk: Desk) -> None:
    desk.approved()
    part(desk, "1000", total=True, plain=False)
    part(desk, "2500", total=True, plain=False)
    assert [payment.amount for payment in desk.request.payments] == [Decimal(1000), Decimal(1500)]
    part(desk, "4800", total=True, plain=False)
    assert (desk.status, paid_so_far(desk.request)) == (Status.PAID, ALL_OF_IT)


def test_what_may_be_the_total_or_all_of_the_rest_is_asked_about(desk: Desk) -> None:
    desk.approved()
    part(desk, "1800", total=True, plain=False)
    assert reason(part(desk, "3000", total=True, plain=False)) == "paid_in_all_or_more"
    assert rest_of(desk.request) == Decimal(3000)
    part(desk, "3000", total=True)  # "in all 3000"
    assert rest_of(desk.request) == Decimal(1800)


def test_no_more_than_is_paid_already_is_no_part(desk: Desk) -> None:
    desk.approved()
    part(desk, "1800", total=True)
    assert reason(part(desk, "1800", total=True)) == "paid_not_more"
    assert reason(part(desk, "4800.01", total=True)) == "paid_too_much"
    assert reason(part(desk, "3000.01")) == "paid_too_much"


def test_each_part_is_told_once_with_what_is_left(desk: Desk) -> None:
    desk.approved()
    part(desk, "1800")
    announce(desk)
    assert desk.history[-1][0] == PartAnnounced(TODAY, Decimal(1800), "", Decimal(1800), Decimal(3000), CONTRACTOR)
    told = [(d.kind, d.person) for d in desk.deeds if d.kind in ("told_part", "contractor_part")]
    assert sorted(told) == sorted([("told_part", RITA), ("told_part", ADAM), ("told_part", FIONA),
                                   ("contractor_part", CONTRACTOR)])  # fmt: skip
    announce(desk)
    assert not desk.deeds
    desk.do(MarkPaid(FIONA))
    announce(desk)
    assert desk.history[-1][0] == PaymentAnnounced(TODAY, ALL_OF_IT, "", Decimal(3000), address=CONTRACTOR)


def test_parts_within_the_delay_are_told_together(desk: Desk) -> None:
    desk.approved()
    part(desk, "1000")
    first = desk.request.payments[-1].at.isoformat()
    desk.pass_time(timedelta(minutes=3))
    part(desk, "800")
    assert kinds(desk.do(AnnouncePayment("clock", first))) == []
    announce(desk)
    assert desk.history[-1][0] == PartAnnounced(TODAY, Decimal(1800), "", Decimal(1800), Decimal(3000), CONTRACTOR)


def test_a_part_that_waited_for_a_later_one_is_told_when_that_is_undone(desk: Desk) -> None:
    desk.approved()
    part(desk, "1000")
    first = desk.request.payments[-1].at.isoformat()
    desk.pass_time(timedelta(minutes=3))
    part(desk, "800")
    desk.do(AnnouncePayment("clock", first))
    desk.do(UnmarkPaid(REGISTRY))
    [again] = [d for d in desk.deeds if d.kind == "announce"][-1:]
    assert (again.params["at"], again.delay) == (first, timedelta(minutes=10))
    announce(desk)
    assert desk.history[-1][0] == PartAnnounced(TODAY, Decimal(1000), "", Decimal(1000), Decimal(3800), CONTRACTOR)


def test_the_order_of_the_next_part_waits_for_its_news(desk: Desk) -> None:
    desk.approved()
    part(desk, "1800")
    announce(desk)
    desk.do(MarkPaid(FIONA, files=(ORDER,)))
    assert ("contractor_order", CONTRACTOR) not in desk.told()
    announce(desk)
    assert ("contractor_paid", CONTRACTOR) in desk.told()


def test_a_sum_lowered_to_what_is_paid_is_closed_by_paid(desk: Desk) -> None:
    desk.approved()
    part(desk, "1800")
    announce(desk)
    desk.amend(amount="1800")
    desk.approve(ADAM)
    assert (desk.status, rest_of(desk.request)) == (Status.APPROVED, 0)
    assert kinds(desk.do(MarkPaid(REGISTRY))) == ["Paid"]
    announce(desk)
    last = desk.history[-1][0]
    assert isinstance(last, PaymentAnnounced)
    assert (last.amount, last.part) == (Decimal(1800), None)


def test_a_part_undone_within_the_delay_leaves_nothing(desk: Desk) -> None:
    desk.approved()
    part(desk, "1800")
    at = desk.request.payments[-1].at.isoformat()
    assert kinds(desk.do(CorrectPayment(REGISTRY, amount=Decimal(0)))) == ["PaidUndone"]
    assert (desk.status, paid_so_far(desk.request)) == (Status.APPROVED, 0)
    assert kinds(desk.do(AnnouncePayment("clock", at))) == []


def test_less_than_was_marked_is_mended_before_anybody_hears(desk: Desk) -> None:
    desk.paid()
    assert kinds(desk.do(CorrectPayment(REGISTRY, amount=Decimal(1800)))) == ["PaidUndone", "PartPaid"]
    assert (desk.status, rest_of(desk.request)) == (Status.APPROVED, Decimal(3000))
    desk.do(CorrectPayment(REGISTRY, amount=Decimal(1700)))
    assert rest_of(desk.request) == Decimal(3100)


def test_a_told_part_is_recalled_with_a_reason_only(desk: Desk) -> None:
    desk.approved()
    part(desk, "1000")
    announce(desk)
    part(desk, "800")
    announce(desk)
    assert reason(desk.do(CorrectPayment(REGISTRY, amount=Decimal(1000)))) == "part_is_told"
    assert reason(desk.do(CorrectPayment(REGISTRY, amount=Decimal(900), reason="bounced"))) == "amount_of_paid"
    done = desk.do(CorrectPayment(REGISTRY, amount=Decimal(1000), reason="the bank sent it back"))
    assert kinds(done) == ["PaymentRecalled", "Held"]
    assert (paid_so_far(desk.request), desk.request.contractor_told) == (Decimal(1000), True)
    assert desk.request.shown_status is Status.ON_HOLD


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_date_without_a_mark_is_put_back(desk: Desk) -> None:
    desk.approved()
    assert reason(desk.do(CorrectPayment(REGISTRY, on=TODAY))) == "not_paid_yet"


def test_a_told_payment_is_not_simply_undone(desk: Desk) -> None:
    desk.paid(told=True)
    assert reason(desk.do(UnmarkPaid(REGISTRY))) == "paid_is_told"
    assert desk.status is Status.PAID


def test_a_told_payment_is_recalled_with_a_reason(desk: Desk) -> None:
    desk.paid(told=True)
    assert reason(desk.do(PutOnHold(FIONA))) == "recall_needs_reason"
    assert desk.status is Status.PAID
    assert kinds(desk.do(PutOnHold(FIONA, "банк вернул"))) == ["PaymentRecalled", "Held"]
    assert (desk.status, desk.request.shown_status) == (Status.APPROVED, Status.ON_HOLD)
    assert {
        ("told_recalled", RITA), ("told_recalled", ADAM), ("told_recalled", FIONA), ("contractor_recalled", CONTRACTOR),
    } <= desk.told()  # fmt: skip


def test_after_a_recall_it_is_paid_and_told_again(desk: Desk) -> None:
    desk.paid(told=True)
    desk.do(PutOnHold(FIONA, "банк вернул"))
    desk.do(Release(FIONA))
    desk.do(MarkPaid(FIONA))
    announce(desk)
    assert ("contractor_paid", CONTRACTOR) in desk.told()


def test_hold_on_an_untold_payment_only_undoes_it(desk: Desk) -> None:
    desk.paid()
    assert kinds(desk.do(PutOnHold(FIONA, "стоп"))) == ["PaidUndone", "Held"]
    assert desk.request.shown_status is Status.ON_HOLD


# --- holds ----------------------------------------------------------------------------------------------------------


def test_a_hold_stops_payment_and_release_lets_it_go(desk: Desk) -> None:
    desk.approved()
    desk.do(PutOnHold(OSCAR, "проверка", HoldKind.BANK_DETAILS))
    assert (desk.request.shown_status, desk.request.payable) == (Status.ON_HOLD, False)
    assert {("told_held", RITA), ("stop", FIONA)} <= desk.told()
    desk.do(Release(OSCAR, HoldKind.BANK_DETAILS))
    assert (desk.request.shown_status, desk.request.payable) == (Status.APPROVED, True)
    assert {("told_released", RITA), ("ask_pay", FIONA)} <= desk.told()


def test_each_hold_is_released_by_its_own(desk: Desk) -> None:
    desk.approved()
    desk.do(PutOnHold(FIONA, "а"))
    desk.do(PutOnHold(OSCAR, "б", HoldKind.DUPLICATE))
    desk.do(Release(FIONA))
    assert desk.request.shown_status is Status.ON_HOLD
    assert reason(desk.do(Release(FIONA))) == "held_duplicate"
    desk.do(Release(OSCAR, HoldKind.DUPLICATE))
    assert desk.request.payable


def test_the_accountants_own_hold_sends_her_no_stop(desk: Desk) -> None:
    desk.approved()
    desk.do(PutOnHold(FIONA, "нет акта"))
    assert desk.told() == {("told_held", RITA), ("receipt_done", FIONA)}


def test_a_draft_cannot_be_held(desk: Desk) -> None:
    desk.opened(form(amount=""))
    assert reason(desk.do(PutOnHold(REGISTRY, "x"))) == "closed_draft"


# --- payment orders -------------------------------------------------------------------------------------------------


def test_a_payment_order_is_filed_once(desk: Desk) -> None:
    desk.approved()
    assert kinds(desk.do(MarkPaid(FIONA, files=(ORDER,)))) == ["Paid", "PaymentOrderFiled"]
    assert kinds(desk.do(FilePaymentOrder(FIONA, (ORDER,)))) == []
    assert not desk.deeds
    assert desk.request.payment_orders == (ORDER,)


def test_an_order_that_comes_with_a_second_paid_is_kept(desk: Desk) -> None:
    desk.paid()
    assert kinds(desk.do(MarkPaid(FIONA, files=(ORDER,)))) == ["PaymentOrderFiled"]


def test_the_same_order_attached_twice_is_one(desk: Desk) -> None:
    desk.approved()
    twin = OrderFile(ORDER.sha256, "copy.pdf", ORDER.media_type)
    assert kinds(desk.do(FilePaymentOrder(FIONA, (ORDER, twin)))) == ["PaymentOrderFiled"]


def test_a_late_order_goes_to_the_contractor_who_was_told(desk: Desk) -> None:
    desk.paid(told=True)
    desk.do(FilePaymentOrder(FIONA, (ORDER,)))
    assert ("contractor_order", CONTRACTOR) in desk.told()


def test_an_early_order_waits_for_the_announcement(desk: Desk) -> None:
    desk.paid()
    desk.do(FilePaymentOrder(FIONA, (ORDER,)))
    assert not desk.told()
