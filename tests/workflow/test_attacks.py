"""Attacks in values alone: numbers that are no lines, forged results of sender checks, old orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from helpers.world import (
    ADA,
    ADAM,
    ALL,
    ANY,
    FIONA,
    MALLORY,
    RITA,
    THEN,
    Desk,
    ask_of,
    form,
    kinds,
    lines,
    policy_of,
    reason,
)
from mailer.address import fold, single_author
from mailer.trust import TrustRules, judge
from workflow.core.commands import Amend, AskRef, Comment, GiveReason, MarkPaid, PutOnHold, Reroute, UndoVote, Withdraw
from workflow.core.model import Status
from workflow.core.outcome import REGISTRY
from workflow.digest import read_digest
from workflow.intake.carriers import without_secrets
from workflow.keywords import Action, Decision, read_decision

DECIDING = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN})
TOKEN = "abcdefghijklmnopqrstuvwx23"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def verdict(*results: str, author: str = "head@example.test") -> str:
    headers = [("Authentication-Results", result) for result in results]
    return judge(headers, [author], TrustRules(("mx.example.test",))).result


# --- lists: a number that may be no line's --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Согласовано 10 000", "Согласовано 1 500", "APPROVE 1,500", "Согласовано 10 000 руб.", "Согласовано 1,500.00",
        "Согласовано 3 из 5", "Согласовано 2 заявки", "approve 2 requests", "Согласовано 24.11", "Согласовано до 25",
        "Согласовано на 15", "Approve 20%", "Согласовано 1/2", "Согласовано 5-го", "Согласовано 5 дней назад",
        "Согласовано все, кроме 3", "Согласовано 1-3, 5 (кроме 2)", "Согласовано 1, остальные нет", "не согласовано 2",
        "1 согласовано?", "Согласовано только 2", "последние 2 согласовано", "approve last 3", "Согласовано $5",
    ],
)  # fmt: skip
def test_a_number_that_may_be_a_sum_a_share_or_a_count_approves_no_line(text: str) -> None:
    def judged(said: str) -> Decision:
        return read_decision(said, allowed=DECIDING)

    found = read_digest(text, 25, judged)
    assert [order for order in found.orders.values() if order.action is Action.APPROVE] == []
    assert found.unclear or found.unknown


def test_plain_numbers_still_approve_their_lines() -> None:
    found = read_digest("Согласовано 1, 3, 5-7", 10, lambda said: read_decision(said, allowed=DECIDING))
    assert sorted(found.orders) == [1, 3, 5, 6, 7]


# --- who vouches for a sender ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "result",
    [
        'mx.example.test; dmarc=none; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.test; y"@evil.test',
        'mx.example.test; spf=pass smtp.mailfrom="x; dkim=pass header.d=example.test; y"@evil.test',
        'mx.example.test; dkim=pass header.i="x@example.test"@evil.test',
        'mx.example.test; dkim=pass header.d="example.test".evil.test',
        'mx.example.test; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.test',
        "mx.example.test; spf=pass (dmarc=pass header.from=example.test) smtp.mailfrom=evil.test",
        "mx.example.test.evil.test; dmarc=pass header.from=example.test",
        "evil.test mx.example.test; dmarc=pass header.from=example.test",
        '"evil.test; mx.example.test"; dmarc=pass header.from=example.test',
        "mx.example.test; dmarc=pass header.from=example.test.evil.test",
        "mx.example.test; dmarc=pass header.from=example.test; dmarc=fail header.from=example.test",
        "mx.example.test; arc=pass; dkim=none; spf=softfail",
    ],
)
def test_what_the_sender_could_put_into_our_servers_result_is_no_pass(result: str) -> None:
    assert verdict(result) != "pass"


def test_a_result_below_our_servers_own_is_not_read() -> None:
    forged = "mx.example.test; dmarc=pass header.from=example.test"
    assert verdict("mx.example.test; dmarc=fail header.from=example.test", forged) == "fail"
    assert verdict("mx.example.test; spf=none", forged) == "fail"


def test_a_quoted_semicolon_in_an_honest_result_is_no_reason_to_doubt() -> None:
    assert (
        verdict('mx.example.test; spf=pass smtp.mailfrom="a;b"@example.test; dmarc=pass header.from=example.test')
        == "pass"
    )


@pytest.mark.parametrize(
    "address", ["\u212ate@example.test", "ｈead@example.test", "head\u200b@example.test", "hеad@example.test"]
)
def test_letters_that_only_look_alike_are_another_address(address: str) -> None:
    assert fold(address) not in ("kte@example.test", "head@example.test")


@pytest.mark.parametrize(
    "value",
    [
        "a@x.test, b@x.test",
        "a@x.test; b@x.test",
        "<a@x.test> <b@x.test>",
        "a@x.test b@x.test",
        "",
        "a@x.test\r\n b@x.test",
    ],
)
def test_more_or_fewer_than_one_author_is_nobody(value: str) -> None:
    assert single_author([value]) is None


# --- tokens ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"Код: {TOKEN}",
        f"code {TOKEN.upper()}",
        f"payments+{TOKEN}@example.test",
        f"<{TOKEN}@example.test>",
        f"да{TOKEN}" + " x",
    ],
)
def test_no_token_survives_in_words_that_others_read(text: str) -> None:
    assert TOKEN not in without_secrets(text).lower()


def test_ordinary_words_and_account_numbers_are_left_alone() -> None:
    text = "Р/С 40702810940200761292, IBAN DE89370400440532013000, слово «делопроизводительница» и электронная почта"
    assert without_secrets(text) == text


# --- the core: old orders, wrong people -----------------------------------------------------------------------------


def test_an_ask_from_before_an_undo_is_answered_by_nobody(desk: Desk) -> None:
    desk.opened()
    old = replace(ask_of(desk.request, ADAM), at=desk.now)
    desk.approve(ADAM, ask=old)
    desk.pass_time(timedelta(minutes=1))
    desk.undo(ADAM)
    assert reason(desk.approve(ADAM, ask=old)) == "not_an_ask"
    assert desk.status is Status.AWAITING
    desk.approve(ADAM, ask=replace(old, at=desk.now))
    assert desk.status is Status.APPROVED


def test_paid_for_an_earlier_version_is_a_payment_without_approval(desk: Desk) -> None:
    desk.approved()
    desk.amend(amount="900")
    desk.approve(ADAM)
    assert kinds(desk.do(MarkPaid(FIONA, version=1)))[0] == "PaidWithoutApproval"
    assert desk.status is Status.APPROVED
    assert ("told_unapproved_payment", ADAM) in desk.told()
    assert kinds(desk.do(MarkPaid(FIONA, version=2))) == ["Paid"]


def test_a_role_taken_away_takes_the_vote_away(desk: Desk) -> None:
    desk.opened()
    desk.policy = replace(desk.policy, approvers=frozenset({ADA}))
    assert reason(desk.approve(ADAM)) == "no_seat"


@pytest.mark.parametrize("person", [RITA, FIONA, MALLORY, ADA, REGISTRY])
def test_nobody_off_the_route_approves_with_any_ask(desk: Desk, person: str) -> None:
    desk.opened()
    genuine = ask_of(desk.request, ADAM)
    for ask in (genuine, replace(genuine, person=person)):
        assert kinds(desk.approve(person, ask=ask)) == ["AnswerRefused"]
    assert desk.status is Status.AWAITING


@pytest.mark.parametrize("change", [{"version": 0}, {"version": 2}, {"card_hash": ""}, {"card_hash": "x"},
                                    {"kind": "pay"},
                                    {"kind": ""}, {"step": 1}, {"step": -1}, {"person": ADA}])  # fmt: skip
def test_no_other_ask_than_the_open_one_is_a_yes(desk: Desk, change: dict[str, object]) -> None:
    desk.opened()
    ask = replace(ask_of(desk.request, ADAM), **change)  # type: ignore[arg-type]
    assert "Approved" not in kinds(desk.approve(ADAM, ask=ask))


def test_one_person_on_both_steps_must_be_asked_twice(desk: Desk) -> None:
    desk.policy = policy_of(*(replace(step, people=(ADAM,)) for step in THEN))
    desk.opened()
    first = ask_of(desk.request, ADAM)
    desk.approve(ADAM, ask=first)
    assert reason(desk.approve(ADAM, ask=first)) == "already_approved"
    assert desk.status is Status.AWAITING


def test_two_votes_of_one_person_are_no_quorum(desk: Desk) -> None:
    desk.policy = policy_of(ALL)
    desk.opened()
    for _ in range(3):
        desk.approve(ADAM)
    assert desk.status is Status.AWAITING


def test_the_requester_rerouted_onto_his_own_request_is_refused(desk: Desk) -> None:
    desk.policy = policy_of(approvers=frozenset({ADAM, ADA, RITA}))
    desk.opened()
    assert reason(desk.do(Reroute("operator", RITA, "x"))) == "may_not_sit"
    assert reason(desk.do(Reroute("operator", FIONA, "x"))) == "may_not_sit"
    assert reason(desk.do(Reroute("operator", MALLORY, "x"))) == "may_not_sit"


def test_who_was_rerouted_away_approves_nothing(desk: Desk) -> None:
    desk.opened()
    old = ask_of(desk.request, ADAM)
    desk.do(Reroute("operator", ADA, "ill"))
    assert reason(desk.approve(ADAM, ask=old)) == "not_your_step"
    assert desk.status is Status.AWAITING


def test_undo_by_who_never_voted_undoes_nobodys_vote(desk: Desk) -> None:
    desk.policy = policy_of(ANY)
    desk.opened()
    desk.approve(ADAM)
    ask = AskRef(ADA, 1, 0, desk.request.card_hash, "")
    assert reason(desk.do(UndoVote(ADA, ask))) == "nothing_to_undo"
    assert desk.status is Status.APPROVED


def test_words_and_reasons_decide_nothing(desk: Desk) -> None:
    desk.opened()
    desk.do(Comment(ADAM, "СОГЛАСОВАНО", "approver"))
    desk.do(GiveReason(ADAM, ask_of(desk.request, ADAM), "СОГЛАСОВАНО"))
    assert desk.request.votes == ()


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1), Decimal("4800.01"), Decimal("1e9")])
def test_no_more_and_no_less_than_something_is_paid(desk: Desk, amount: Decimal) -> None:
    desk.approved()
    assert reason(desk.do(MarkPaid(FIONA, amount=amount))) == "paid_too_much"
    assert desk.request.payments == ()


def test_parts_never_add_up_to_more_than_the_whole(desk: Desk) -> None:
    desk.approved()
    desk.do(MarkPaid(FIONA, amount=Decimal(4000)))
    assert reason(desk.do(MarkPaid(FIONA, amount=Decimal(4000)))) == "paid_too_much"
    desk.do(MarkPaid(FIONA))
    assert sum(payment.amount for payment in desk.request.payments) == Decimal(4800)
    assert reason(desk.do(MarkPaid(FIONA))) == "already_paid"


@pytest.mark.parametrize("stop", [PutOnHold(FIONA, "x"), Withdraw(RITA)])
def test_what_was_stopped_is_not_paid(desk: Desk, stop: PutOnHold | Withdraw) -> None:
    desk.approved()
    desk.do(stop)
    assert kinds(desk.do(MarkPaid(FIONA)))[0] == "PaidWithoutApproval"
    assert desk.request.payments == ()


def test_a_change_of_anything_on_the_card_after_approval_must_be_approved_anew(desk: Desk) -> None:
    for name, text in {"contractor": "ООО «Василек»", "contractor_email": "m@evil.test", "amount": "1", "subject": "x",
                       "purpose": "y", "invoice_number": "13"}.items():  # fmt: skip
        one = Desk().approved()
        one.do(Amend(RITA, lines(**{name: text})))
        assert (one.status, one.request.version) == (Status.AWAITING, 2), name
        assert ("stop", FIONA) in one.told()


def test_the_day_to_pay_alone_may_change_without_a_new_approval(desk: Desk) -> None:
    desk.approved()
    desk.amend(pay_by="28.11.2026")
    assert (desk.status, desk.request.version) == (Status.APPROVED, 1)


def test_a_splitted_form_keeps_no_hidden_second_account(desk: Desk) -> None:
    both = form(bank_details="р/с 40702810114607617721 БИК 049600111")
    desk.opened(both)
    assert desk.status is Status.DRAFT, "two accounts are nobody's choice"
