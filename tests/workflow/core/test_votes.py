"""Yes, no, and back again: who may decide, on what, and until when."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from helpers.vectors import VECTORS
from helpers.world import (
    ADA,
    ADAM,
    ALL,
    ANY,
    FIONA,
    MALLORY,
    OSCAR,
    RITA,
    THEN,
    Desk,
    ask_of,
    is_accepted,
    kinds,
    policy_of,
    reason,
)
from workflow.core.commands import AskRef, GiveReason, MarkPaid, PutOnHold, Release, Reroute, SendBack, UndoVote
from workflow.core.model import AskKind, Status, Step
from workflow.core.outcome import REGISTRY

ALAN = "alan@example.test"
QUORUM = Step("quorum", (ADAM, ADA, ALAN), 2)


def desk_with(*steps: Step, by: str = RITA, **settings: object) -> Desk:
    policy = policy_of(*steps, approvers=frozenset({ADAM, ADA, ALAN, RITA}), **settings)
    return Desk(policy).opened(by=by)


# --- yes ------------------------------------------------------------------------------------------------------------


def test_one_yes_is_enough_for_any() -> None:
    desk = desk_with(ANY)
    assert desk.asked() == {ADAM, ADA}
    assert kinds(desk.approve(ADA)) == ["Approved", "ApprovalCompleted", "Asked"]
    assert desk.status is Status.APPROVED
    assert desk.asked() == set()
    assert desk.asked(AskKind.PAY) == {FIONA}


def test_all_must_say_yes() -> None:
    desk = desk_with(ALL)
    desk.approve(ADAM)
    assert (desk.status, desk.asked()) == (Status.AWAITING, {ADA})
    desk.approve(ADA)
    assert desk.status is Status.APPROVED


def test_a_quorum_needs_its_number_and_no_more() -> None:
    desk = desk_with(QUORUM)
    desk.approve(ALAN)
    assert desk.status is Status.AWAITING
    desk.approve(ADAM)
    assert (desk.status, desk.asked()) == (Status.APPROVED, set())


def test_steps_follow_one_another() -> None:
    desk = desk_with(*THEN)
    assert desk.asked() == {ADAM}
    desk.approve(ADAM)
    assert (desk.status, desk.request.step, desk.asked()) == (Status.AWAITING, 1, {ADA})
    desk.approve(ADA)
    assert desk.status is Status.APPROVED


def test_a_second_yes_from_the_same_approver_counts_once() -> None:
    desk = desk_with(ALL)
    desk.approve(ADAM)
    assert reason(desk.approve(ADAM)) == "already_approved"
    assert desk.status is Status.AWAITING


def test_a_second_yes_after_the_end_is_told_apart_from_a_wrong_one() -> None:
    desk = desk_with(ANY)
    desk.approve(ADAM)
    assert reason(desk.approve(ADAM)) == "already_approved"
    assert reason(desk.approve(ADA)) == "closed_approved"


def test_a_person_in_two_steps_answers_each_ask() -> None:
    desk = desk_with(Step("any", (ADAM,)), Step("all", (ADAM, ADA)))
    first = ask_of(desk.request, ADAM)
    desk.approve(ADAM)
    assert desk.asked() == {ADAM, ADA}
    assert reason(desk.approve(ADAM, ask=first)) == "already_approved"
    desk.approve(ADA)
    assert desk.status is Status.AWAITING
    desk.approve(ADAM)
    assert desk.status is Status.APPROVED


def test_the_next_steps_approver_cannot_say_yes_before_his_turn() -> None:
    desk = desk_with(*THEN)
    early = AskRef(ADA, 1, 1, desk.request.card_hash, "approve")
    assert reason(desk.approve(ADA, ask=early)) == "not_your_step"
    assert not desk.request.votes


def test_a_stranger_with_somebody_elses_ask_decides_nothing(desk: Desk) -> None:
    desk.opened()
    assert reason(desk.approve(MALLORY, ask=ask_of(desk.request, ADAM))) == "not_yours"
    assert reason(desk.reject(MALLORY, ask=ask_of(desk.request, ADAM))) == "not_yours"
    assert desk.status is Status.AWAITING


def test_a_made_up_ask_decides_nothing(desk: Desk) -> None:
    desk.opened()
    assert reason(desk.approve(MALLORY)) == "not_your_step"
    assert reason(desk.approve(ADAM, ask=replace(ask_of(desk.request, ADAM), kind="pay"))) == "not_an_ask"
    assert reason(desk.approve(ADAM, ask=replace(ask_of(desk.request, ADAM), card_hash="0" * 64))) == "stale_version"


def test_a_yes_to_an_earlier_version_is_told_what_changed(desk: Desk) -> None:
    desk.opened()
    old = ask_of(desk.request, ADAM)
    desk.amend(amount="5000")
    assert reason(desk.approve(ADAM, ask=old)) == "stale_version"
    assert reason(desk.reject(ADAM, ask=old)) == "stale_version"
    assert reason(desk.undo(ADAM)) == "nothing_to_undo"
    assert desk.status is Status.AWAITING


def test_a_yes_after_a_refusal_does_not_count() -> None:
    desk = desk_with(ANY)
    desk.reject(ADAM, "дорого")
    assert reason(desk.approve(ADA)) == "closed_rejected"
    assert desk.status is Status.REJECTED


def test_a_yes_of_the_one_who_refused_later_does_not_count_either() -> None:
    desk = desk_with(ANY)
    desk.approve(ADAM)
    desk.reject(ADAM, "передумал")
    assert reason(desk.approve(ADAM)) == "closed_rejected"


def test_a_held_request_may_be_approved_but_accounting_is_not_asked_yet(desk: Desk) -> None:
    desk.opened()
    desk.do(PutOnHold(FIONA, "проверяю реквизиты"))
    assert desk.request.shown_status is Status.ON_HOLD
    desk.approve(ADAM)
    assert (desk.status, desk.request.payable) == (Status.APPROVED, False)
    assert ("ask_pay", FIONA) not in desk.told()
    desk.do(Release(OSCAR))
    assert ("ask_pay", FIONA) in desk.told()


# --- no seat --------------------------------------------------------------------------------------------------------


def test_a_requester_has_no_seat_on_his_own_route() -> None:
    desk = desk_with(ALL, by=ADAM)
    assert desk.request.approvers == (ADA,)
    assert reason(desk.approve(ADAM)) == "no_seat"
    desk.approve(ADA)
    assert desk.status is Status.APPROVED


def test_an_accountant_has_no_seat() -> None:
    desk = desk_with(Step("any", (FIONA, ADAM)))
    assert desk.asked() == {ADAM}
    assert reason(desk.approve(FIONA)) == "no_seat"


def test_with_nobody_left_requester_and_operator_are_told() -> None:
    desk = desk_with(Step("any", (ADAM,)), by=ADAM)
    assert (desk.status, desk.request.stuck, desk.asked()) == (Status.AWAITING, True, set())
    assert {("told_stuck", ADAM), ("told_stuck", OSCAR)} <= desk.told()


def test_too_few_for_the_quorum_is_stuck_too() -> None:
    desk = desk_with(Step("quorum", (ADAM, RITA), 2))
    assert desk.request.stuck
    assert not desk.asked()


def test_a_later_step_that_nobody_fills_is_stuck_when_its_turn_comes() -> None:
    desk = desk_with(Step("any", (ADA,)), Step("any", (ADAM,)), by=ADAM)
    desk.approve(ADA)
    assert (desk.status, desk.request.step, desk.request.stuck) == (Status.AWAITING, 1, True)


# --- reroute --------------------------------------------------------------------------------------------------------


def test_reroute_puts_another_in_the_place_of_one_who_cannot_answer(desk: Desk) -> None:
    desk.opened()
    desk.do(Reroute(OSCAR, ADA, "отпуск"))
    assert desk.asked() == {ADA}
    assert reason(desk.approve(ADAM)) == "not_your_step"
    desk.approve(ADA)
    assert desk.status is Status.APPROVED


def test_reroute_fills_an_empty_step() -> None:
    desk = desk_with(Step("any", (ADAM,)), by=ADAM)
    desk.do(Reroute(OSCAR, ADA, "некому"))
    assert (desk.request.stuck, desk.asked()) == (False, {ADA})


def test_reroute_adds_to_a_quorum_that_has_too_few() -> None:
    desk = desk_with(Step("quorum", (ADAM, RITA), 2))
    desk.do(Reroute(OSCAR, ADA, "нужен второй"))
    assert (desk.request.stuck, desk.asked()) == (False, {ADAM, ADA})


def test_a_reroute_that_is_not_enough_stays_at_its_step() -> None:
    desk = desk_with(Step("any", (ADA,)), Step("quorum", (ADAM, ALAN), 3))
    desk.approve(ADA)
    desk.do(Reroute(OSCAR, ALAN, "мало", ADAM))
    assert reason(desk.do(Reroute(OSCAR, ALAN, "мало", ADAM))) == "already_asked"
    desk = desk_with(Step("any", (ADA,)), Step("quorum", (ADAM,), 3))
    desk.approve(ADA)
    desk.do(Reroute(OSCAR, ALAN, "мало"))
    assert (desk.request.step, desk.request.stuck, desk.asked()) == (1, True, set())
    desk.do(Reroute(OSCAR, ADA, "теперь хватит"))
    assert (desk.request.step, desk.request.stuck, desk.asked()) == (1, False, {ADAM, ALAN, ADA})


def test_reroute_changes_the_steps_to_come_too() -> None:
    desk = desk_with(Step("any", (ADAM,)), Step("any", (ADAM,)))
    desk.do(Reroute(OSCAR, ADA, "отпуск"))
    desk.approve(ADA)
    assert desk.asked() == {ADA}


def test_reroute_keeps_the_votes_that_were_given() -> None:
    desk = desk_with(ALL)
    desk.approve(ADAM)
    desk.do(Reroute(OSCAR, ALAN, "болеет"))
    assert desk.asked() == {ALAN}
    desk.approve(ALAN)
    assert desk.status is Status.APPROVED


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (Reroute(OSCAR, MALLORY, "x", ADAM), "may_not_sit"),
        (Reroute(OSCAR, FIONA, "x", ADAM), "may_not_sit"),
        (Reroute(OSCAR, RITA, "x", ADAM), "may_not_sit"),
        (Reroute(OSCAR, ALAN, "x"), "name_whom"),
        (Reroute(OSCAR, ALAN, "x", MALLORY), "not_asked"),
        (Reroute(OSCAR, ADA, "x", ADAM), "already_asked"),
    ],
)
def test_reroutes_that_cannot_be(command: Reroute, why: str) -> None:
    desk = desk_with(ANY)
    before = desk.request
    assert reason(desk.do(command)) == why
    assert desk.request == before
    assert not desk.deeds


def test_what_is_approved_is_not_rerouted(desk: Desk) -> None:
    desk.approved()
    assert reason(desk.do(Reroute(OSCAR, ADA, "x"))) == "closed_approved"


# --- no -------------------------------------------------------------------------------------------------------------


def test_one_refusal_ends_it() -> None:
    desk = desk_with(ALL)
    desk.approve(ADAM)
    desk.reject(ADA, "дорого")
    assert (desk.status, desk.asked(), desk.request.decision_comment) == (Status.REJECTED, set(), "дорого")
    assert {("told_refused", RITA), ("receipt_vote", ADA), ("told_vote", ADAM)} <= desk.told()


def test_a_return_gives_the_request_back() -> None:
    desk = desk_with(ANY)
    desk.send_back(ADAM, "приложите акт")
    assert (desk.status, desk.asked()) == (Status.RETURNED, set())
    assert ("told_refused", RITA) in desk.told()


@pytest.mark.parametrize("refuse", [Desk.reject, Desk.send_back])
def test_a_refusal_after_approval_counts_and_stops_the_payment(refuse: object) -> None:
    desk = Desk(policy_of(*THEN)).approved()
    refuse(desk, ADAM, "ошибка в счете")  # type: ignore[operator]
    assert desk.status in (Status.REJECTED, Status.RETURNED)
    assert {("stop", FIONA), ("told_vote", ADA), ("told_refused", RITA)} <= desk.told()
    assert not desk.request.open_asks(AskKind.PAY)


def test_a_refusal_from_a_later_step_counts_at_once() -> None:
    desk = desk_with(*THEN)
    desk.reject(ADA, "знаю этого подрядчика", AskRef(ADA, 1, 0, desk.request.card_hash, ""))
    assert desk.status is Status.REJECTED


def test_a_refusal_after_payment_is_too_late(desk: Desk) -> None:
    desk.paid()
    assert reason(desk.reject(ADAM, "стоп")) == "closed_paid"
    assert desk.status is Status.PAID


def test_a_refusal_from_somebody_without_a_seat_is_none(desk: Desk) -> None:
    desk.opened()
    assert reason(desk.reject(ADA)) == "no_seat"
    assert reason(desk.do(SendBack(ADA, None))) == "not_yours"


def test_a_missing_reason_is_added_when_it_comes(desk: Desk) -> None:
    desk.opened()
    desk.reject(ADAM)
    desk.do(GiveReason(ADAM, ask_of(desk.request, ADAM), "нет договора"))
    assert (desk.status, desk.request.decision_comment) == (Status.REJECTED, "нет договора")
    assert desk.request.votes[-1].comment == "нет договора"
    assert ("told_reason", RITA) in desk.told()


def test_a_second_no_with_words_adds_the_reason(desk: Desk) -> None:
    desk.opened()
    desk.send_back(ADAM)
    assert kinds(desk.send_back(ADAM, "нет акта")) == ["ReasonAdded"]


def test_a_reason_is_not_added_twice_nor_by_another() -> None:
    desk = desk_with(ANY)
    desk.reject(ADAM, "дорого")
    assert kinds(desk.do(GiveReason(ADAM, ask_of(desk.request, ADAM), "и поздно"))) == ["Commented"]
    assert kinds(desk.do(GiveReason(ADA, ask_of(desk.request, ADA), "согласна"))) == ["Commented"]
    assert desk.request.decision_comment == "дорого"


def test_accounting_sends_an_approved_request_back(desk: Desk) -> None:
    desk.approved()
    desk.do(SendBack(FIONA, None, "счет просрочен"))
    assert desk.status is Status.RETURNED
    assert ("told_refused", RITA) in desk.told()
    assert ("told_vote", ADAM) in desk.told()
    assert ("stop", FIONA) not in desk.told()


def test_a_cell_sends_it_back_without_a_receipt_to_nobody(desk: Desk) -> None:
    desk.approved()
    desk.do(SendBack(REGISTRY, None, "счет просрочен"))
    assert desk.status is Status.RETURNED
    assert all("@" in person for _, person in desk.told())


@pytest.mark.parametrize("by", [FIONA, REGISTRY])
def test_accounting_cannot_send_back_what_is_not_approved(desk: Desk, by: str) -> None:
    desk.opened()
    assert reason(desk.do(SendBack(by, None))) == "closed_awaiting"
    assert desk.told() == ({("answer_refused", FIONA)} if by == FIONA else set())


# --- undo -----------------------------------------------------------------------------------------------------------


def test_an_approval_is_taken_back_and_accounting_stopped(desk: Desk) -> None:
    desk.approved()
    desk.undo(ADAM)
    assert (desk.status, desk.asked(), desk.request.approvals()) == (Status.AWAITING, {ADAM}, ())
    assert {("stop", FIONA), ("told_undone", RITA), ("receipt_vote", ADAM)} <= desk.told()
    desk.approve(ADAM)
    assert desk.status is Status.APPROVED


@pytest.mark.parametrize("refuse", [Desk.reject, Desk.send_back])
def test_a_refusal_is_taken_back(desk: Desk, refuse: object) -> None:
    desk.opened()
    refuse(desk, ADAM, "дорого")  # type: ignore[operator]
    desk.undo(ADAM)
    assert (desk.status, desk.asked(), desk.request.decision_comment) == (Status.AWAITING, {ADAM}, "")


def test_a_decision_may_be_taken_back_only_within_the_window() -> None:
    desk = desk_with(ANY, undo_window=timedelta(hours=1))
    desk.approve(ADAM)
    desk.pass_time(timedelta(hours=1))
    assert is_accepted(desk.undo(ADAM))
    desk.approve(ADAM)
    desk.pass_time(timedelta(hours=1, seconds=1))
    assert reason(desk.undo(ADAM)) == "undo_too_late"
    assert desk.status is Status.APPROVED


def test_without_a_window_until_it_is_paid(desk: Desk) -> None:
    desk.paid()
    assert reason(desk.undo(ADAM)) == "closed_paid"


def test_nobody_takes_back_anothers_decision() -> None:
    desk = desk_with(ANY)
    desk.approve(ADAM)
    assert reason(desk.undo(ADA)) == "nothing_to_undo"
    desk.reject(ADA, "нет")
    assert reason(desk.undo(ADAM)) == "closed_rejected"
    assert desk.status is Status.REJECTED


def test_accounting_takes_back_no_return(desk: Desk) -> None:
    desk.approved()
    desk.do(SendBack(FIONA, None, "не та дата"))
    assert reason(desk.undo(FIONA)) == "nothing_to_undo"
    assert desk.status is Status.RETURNED


def test_undo_in_an_earlier_step_voids_the_later_ones() -> None:
    desk = desk_with(*THEN)
    desk.approve(ADAM)
    desk.approve(ADA)
    desk.undo(ADAM)
    assert (desk.status, desk.request.step, desk.asked()) == (Status.AWAITING, 0, {ADAM})
    desk.approve(ADAM)
    assert (desk.status, desk.asked()) == (Status.AWAITING, {ADA})


def test_undo_of_a_later_step_keeps_ones_own_earlier_vote() -> None:
    desk = desk_with(Step("any", (ADAM,)), Step("all", (ADAM, ADA)))
    desk.approve(ADAM)
    desk.approve(ADAM)
    desk.undo(ADAM)
    assert (desk.request.step, desk.asked()) == (1, {ADAM, ADA})
    assert [(vote.step, vote.person) for vote in desk.request.approvals()] == [(0, ADAM)]


def test_undo_of_a_no_from_a_later_step_does_not_skip_the_earlier_one() -> None:
    desk = desk_with(*THEN)
    early = AskRef(ADA, 1, 0, desk.request.card_hash, "")
    desk.reject(ADA, "нет", early)
    desk.do(UndoVote(ADA, early))
    assert (desk.status, desk.request.step, desk.asked()) == (Status.AWAITING, 0, {ADAM})


def test_undo_of_a_no_to_a_stuck_step_leaves_it_stuck() -> None:
    desk = desk_with(Step("any", (ADAM,)), Step("any", (ADA,)), by=ADAM)
    ask = AskRef(ADA, 1, 0, desk.request.card_hash, "")
    desk.reject(ADA, "нет", ask)
    desk.do(UndoVote(ADA, ask))
    assert (desk.status, desk.request.stuck) == (Status.AWAITING, True)


def test_a_return_is_not_taken_back_once_its_correction_has_begun(desk: Desk) -> None:
    """Else the approver would be asked about a card that is no longer the form's."""
    desk.opened()
    desk.send_back(ADAM, "не тот счет")
    desk.amend(keep_draft=True, amount="9999")
    assert reason(desk.undo(ADAM)) == "closed_returned"
    assert desk.status is Status.RETURNED


# --- the cases of the field -------------------------------------------------------------------------------------------

CASES = json.loads((VECTORS / "approval_cases.json").read_text(encoding="utf-8"))["cases"]
PEOPLE = {"A": ADAM, "B": ALAN, "C": ADA, "D": RITA, "E": FIONA}
RESULTS = {"approved": Status.APPROVED, "rejected": Status.REJECTED, "waiting": Status.AWAITING}
NOT_BUILT = {
    "substitute inside the dates",
    "substitute on the last day",
    "substitute a day late",
    "substitute is the requester",
    "substitute counts for two",
    "chain of substitutions",
}
"""Substitution is not built yet: there is nothing that says who stands in for whom."""


def test_only_substitution_is_left_out() -> None:
    assert {case["name"] for case in CASES if "substitutions" in case} == NOT_BUILT


@pytest.mark.parametrize("case", [c for c in CASES if c["name"] not in NOT_BUILT], ids=lambda case: case["name"])
def test_cases_of_the_field(case: dict[str, object]) -> None:
    rule = case["rule"]
    assert isinstance(rule, dict)
    people = tuple(PEOPLE[letter] for letter in rule["of"])
    desk = desk_with(Step(rule["mode"], people, rule.get("need", 1)))
    for letter, what in case["votes"]:  # type: ignore[attr-defined]
        match what:
            case "approve":
                desk.approve(PEOPLE[letter])
            case "reject":
                desk.reject(PEOPLE[letter])
            case "edit:amount":
                desk.amend(amount="9999")
    assert desk.status is RESULTS[str(case["result"])]


def test_a_payment_that_is_asked_about_leaves_a_stuck_step_stuck() -> None:
    desk = desk_with(Step("any", (ADAM,)), by=ADAM)
    desk.do(MarkPaid(FIONA))
    assert (desk.asked(AskKind.CONFIRM), desk.request.stuck) == ({FIONA}, True)


def test_a_returned_request_waits_for_its_requester() -> None:
    desk = Desk(policy_of(ANY)).opened()
    desk.send_back(ADAM, "нет акта")
    assert [(ask.person, ask.kind.value) for ask in desk.request.open_asks()] == [(RITA, "complete")]
