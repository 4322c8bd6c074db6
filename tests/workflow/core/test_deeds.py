"""Who is told what: each person gets what he needs to act, once; accounting hears of nothing before approval."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from helpers.world import (
    ADA,
    ADAM,
    CONTRACTOR,
    FIONA,
    MALLORY,
    ORDER,
    OSCAR,
    RITA,
    THEN,
    Desk,
    form,
    policy_of,
)
from workflow.core.commands import (
    Comment,
    FilePaymentOrder,
    MarkPaid,
    NoteAnswer,
    NoteBounce,
    NoteEdit,
    NoteInDoubt,
    PutOnHold,
    Release,
    SendBack,
    UnmarkPaid,
    Withdraw,
)
from workflow.core.deeds import HOUR, Deed, Lane
from workflow.core.outcome import REGISTRY

Told = set[tuple[str, str]]
DINA = "dina@example.test"

TABLE: dict[str, tuple[Callable[[Desk], object], Told]] = {
    "a complete request": (lambda d: d.opened(), {("receipt_submitted", RITA), ("ask_approval", ADAM)}),
    "an incomplete request": (lambda d: d.opened(form(amount="")), {("ask_complete", RITA)}),
    "a kept draft": (lambda d: d.opened(keep_draft=True), {("receipt_draft", RITA)}),
    "the first of two steps": (lambda d: d.opened().approve(ADAM), {("receipt_vote", ADAM), ("ask_approval", ADA)}),
    "the last of two steps": (
        lambda d: d.approved(),
        {("receipt_vote", ADA), ("told_approved", RITA), ("ask_pay", FIONA), ("ask_pay", DINA)},
    ),
    "a rejection": (lambda d: d.opened().reject(ADAM, "нет"), {("receipt_vote", ADAM), ("told_refused", RITA)}),
    "a rejection after approval": (
        lambda d: d.approved().reject(ADAM, "нет"),
        {("receipt_vote", ADAM), ("told_refused", RITA), ("told_vote", ADA), ("stop", FIONA), ("stop", DINA)},
    ),
    "a return by one accountant": (
        lambda d: d.approved().do(SendBack(FIONA, None, "нет акта")),
        {("receipt_vote", FIONA), ("told_refused", RITA), ("told_vote", ADAM), ("told_vote", ADA), ("stop", DINA)},
    ),
    "a return in a cell": (
        lambda d: d.approved().do(SendBack(REGISTRY, None, "нет акта")),
        {("told_refused", RITA), ("told_vote", ADAM), ("told_vote", ADA)},
    ),
    "a correction before approval": (
        lambda d: d.opened().amend(amount="5000"), {("receipt_submitted", RITA), ("ask_approval", ADAM)},
    ),
    "a correction after approval": (
        lambda d: d.approved().amend(amount="5000"),
        {("receipt_submitted", RITA), ("ask_approval", ADAM), ("stop", FIONA), ("stop", DINA)},
    ),
    "a new date alone": (lambda d: d.opened().amend(pay_by="20.12.2026"), {("receipt_done", RITA)}),
    "a withdrawal before anybody was asked": (
        lambda d: d.opened(form(amount="")).do(Withdraw(RITA)), {("receipt_done", RITA)},
    ),
    "a withdrawal after approval": (
        lambda d: d.approved().do(Withdraw(RITA)),
        {("receipt_done", RITA), ("told_withdrawn", ADAM), ("told_withdrawn", ADA), ("stop", FIONA), ("stop", DINA)},
    ),
    "a hold by mail": (
        lambda d: d.approved().do(PutOnHold(FIONA, "жду")),
        {("told_held", RITA), ("receipt_done", FIONA), ("stop", DINA)},
    ),
    "a hold in a cell": (lambda d: d.approved().do(PutOnHold(REGISTRY, "жду")), {("told_held", RITA)}),
    "a hold before approval": (
        lambda d: d.opened().do(PutOnHold(FIONA, "жду")), {("told_held", RITA), ("receipt_done", FIONA)},
    ),
    "a release by mail": (
        lambda d: (d.approved().do(PutOnHold(FIONA, "жду")), d.do(Release(FIONA))),
        {("told_released", RITA), ("receipt_done", FIONA), ("ask_pay", DINA)},
    ),
    "a mark": (lambda d: d.paid(), set()),
    "a mark undone": (lambda d: d.paid().do(UnmarkPaid(REGISTRY)), set()),
    "a payment": (
        lambda d: d.paid(told=True),
        {("told_paid", person) for person in (RITA, ADAM, ADA, FIONA, DINA)} | {("contractor_paid", CONTRACTOR)},
    ),
    "a late payment order": (
        lambda d: d.paid(told=True).do(FilePaymentOrder(REGISTRY, (ORDER,))), {("contractor_order", CONTRACTOR)},
    ),
    "paid without approval, in a cell": (
        lambda d: d.opened().do(MarkPaid(REGISTRY)),
        {("ask_confirm", FIONA), ("ask_confirm", DINA)}
        | {("told_unapproved_payment", person) for person in (ADAM, ADA, OSCAR)},
    ),
    "paid without approval, by mail": (
        lambda d: d.opened().do(MarkPaid(FIONA)),
        {("ask_confirm", FIONA)} | {("told_unapproved_payment", person) for person in (ADAM, ADA, OSCAR)},
    ),
    "words of the requester while an approver is asked": (
        lambda d: d.opened().do(Comment(RITA, "очень нужно", "requester")), {("told_comment", ADAM)},
    ),
    "words of the requester after approval": (
        lambda d: d.approved().do(Comment(RITA, "очень нужно", "requester")),
        {("told_comment", FIONA), ("told_comment", DINA)},
    ),
    "words of the requester after a return": (
        lambda d: (d.opened().send_back(ADAM, "?"), d.do(Comment(RITA, "вот почему", "requester"))),
        {("told_comment", ADAM)},
    ),
    "words of the requester after a return in the sheet": (
        lambda d: (d.approved().do(SendBack(REGISTRY, None, "?")), d.do(Comment(RITA, "вот почему", "requester"))),
        {("told_comment", FIONA), ("told_comment", DINA)},
    ),
    "words of an approver": (lambda d: d.opened().do(Comment(ADAM, "кто это?", "approver")), {("told_comment", RITA)}),
    "words in a cell": (
        lambda d: d.approved().do(Comment(REGISTRY, "нет акта", "accountant")), {("told_comment", RITA)},
    ),
    "no words at all": (lambda d: d.opened().do(Comment(ADAM, " \n", "approver")), set()),
    "an unclear answer": (
        lambda d: d.opened().do(Comment(ADAM, "может быть", "approver", unclear=True)),
        {("told_comment", RITA), ("answer_refused", ADAM)},
    ),
    "an answer by somebody else": (
        lambda d: d.opened().do(NoteAnswer(ADA, "not_yours", "СОГЛАСОВАНО", warn=ADAM)),
        {("answer_refused", ADA), ("told_attempt", ADAM)},
    ),
    "a quiet note": (lambda d: d.opened().do(NoteAnswer(MALLORY, "not_yours", quiet=True)), set()),
    "an edit put back": (lambda d: d.opened().do(NoteEdit(REGISTRY, "status_not_yours", "Оплачен")), set()),
    "a bounce from the contractor": (
        lambda d: d.paid(told=True).do(NoteBounce("mailer", CONTRACTOR, "<1@x>", "no such box", True)),
        {("told_bounced", RITA), ("told_bounced", OSCAR)},
    ),
    "a bounce from the requester": (
        lambda d: d.opened().do(NoteBounce("mailer", RITA, "<1@x>", "full", True)), {("told_bounced", OSCAR)},
    ),
    "a delay on the way": (lambda d: d.opened().do(NoteBounce("mailer", ADAM, "<1@x>", "later", False)), set()),
    "a notice in doubt": (
        lambda d: d.paid(told=True).do(NoteInDoubt("mailer", CONTRACTOR, "<1@x>")),
        {("told_in_doubt", RITA), ("told_in_doubt", OSCAR)},
    ),
}  # fmt: skip


@pytest.fixture
def two_accountants() -> Desk:
    return Desk(policy_of(*THEN, accountants=(FIONA, DINA)))


@pytest.mark.parametrize(("play", "told"), TABLE.values(), ids=TABLE.keys())
def test_who_is_told_what(two_accountants: Desk, play: Callable[[Desk], object], told: Told) -> None:
    play(two_accountants)
    assert two_accountants.told() == told
    mails = [deed for deed in two_accountants.deeds if deed.lane is Lane.MAIL]
    assert len(mails) == len(told)  # nobody gets the same notice twice
    assert all("@" in person for _, person in told)


def test_accounting_hears_nothing_before_approval() -> None:
    desk = Desk(policy_of(*THEN)).opened()
    heard = list(desk.deeds)
    desk.approve(ADAM)
    heard += desk.deeds
    desk.amend(amount="5000")
    heard += desk.deeds
    desk.send_back(ADAM, "?")
    heard += desk.deeds
    assert FIONA not in {deed.person for deed in heard}


def test_in_the_morning_list_accounting_is_not_written_to_each_time() -> None:
    desk = Desk(policy_of(accounting="morning")).approved()
    assert ("ask_pay", FIONA) not in desk.told()


def test_every_event_writes_the_row_and_every_version_the_folder(desk: Desk) -> None:
    desk.opened(form(amount=""))
    assert [deed.lane for deed in desk.deeds if deed.coalesce] == [Lane.REGISTRY]
    desk.amend(amount="4800")
    assert [deed.lane for deed in desk.deeds if deed.coalesce] == [Lane.REGISTRY, Lane.FOLDER]


def test_an_answer_that_is_asked_back_is_one_helpful_answer_an_hour(desk: Desk) -> None:
    desk.opened()
    notes = []
    for why in ("unclear_question", "unclear_two_words", "stale_version"):
        desk.do(NoteAnswer(ADAM, why))
        notes += [deed for deed in desk.deeds if deed.kind == "answer_refused"]
    assert [deed.once_for for deed in notes] == [HOUR] * 3
    assert all(deed.answer for deed in notes)
    assert notes[0].once == notes[1].once != notes[2].once


def test_a_stop_names_why_and_who(desk: Desk) -> None:
    desk.approved()
    desk.reject(ADAM, "ошибка в счете")
    stop = next(deed for deed in desk.deeds if deed.kind == "stop")
    assert stop == Deed(
        Lane.MAIL, "stop", FIONA, {"reason": "rejected", "by": ADAM, "comment": "ошибка в счете", "version": 1}
    )
