"""Opening, completing and correcting a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from helpers.world import (
    ADA,
    ADAM,
    ALL,
    FIONA,
    INVOICE,
    OTHER_ACCOUNT,
    RITA,
    THEN,
    Desk,
    form,
    kinds,
    lines,
    policy_of,
    reason,
)
from workflow.core.commands import Amend, Form, Open, Withdraw
from workflow.core.events import Filled, Submitted
from workflow.core.model import AskKind, Caution, Status, hash_of

LATER = replace(INVOICE, sha256="c" * 64)


def submitted(desk: Desk) -> Submitted:
    """The newest start of a version."""
    return next(event for event, _ in reversed(desk.history) if isinstance(event, Submitted))


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_a_complete_form_goes_to_approval_by_itself(desk: Desk) -> None:
    desk.opened()
    assert (desk.status, desk.request.version) == (Status.AWAITING, 1)
    assert desk.asked() == {ADAM}
    assert submitted(desk).folder == "2026/11/ООО Ромашка"
    assert not submitted(desk).changed


def test_a_form_with_a_missing_line_is_a_draft_and_asked_about(desk: Desk) -> None:
    desk.opened(form(account=""))
    assert (desk.status, desk.request.version) == (Status.DRAFT, 0)
    assert desk.asked(AskKind.COMPLETE) == {RITA}
    assert ("ask_complete", RITA) in desk.told()


def test_a_draft_is_completed_by_the_missing_line_alone(desk: Desk) -> None:
    desk.opened(form(account=""))
    desk.amend(account="40702810940200761292")
    assert (desk.status, desk.request.version) == (Status.AWAITING, 1)
    assert desk.request.value("subject") == "Аренда офиса за ноябрь"
    assert desk.asked(AskKind.COMPLETE) == set()


def test_a_draft_that_lacks_more_is_asked_about_again(desk: Desk) -> None:
    desk.opened(form(account="", amount=""))
    desk.amend(account="40702810940200761292")
    assert desk.status is Status.DRAFT
    assert [p.field for p in desk.request.problems] == ["amount"]
    assert ("ask_complete", RITA) in desk.told()


def test_a_kept_draft_waits_for_submit(desk: Desk) -> None:
    desk.opened(keep_draft=True)
    assert ("receipt_draft", RITA) in desk.told()
    desk.amend(subject="Другое")
    assert desk.status is Status.DRAFT
    desk.amend(submit=True)
    assert (desk.status, desk.request.version, desk.request.kept_as_draft) == (Status.AWAITING, 1, False)


def test_submit_of_an_incomplete_draft_asks_again(desk: Desk) -> None:
    desk.opened(form(amount=""), keep_draft=True)
    desk.amend(submit=True)
    assert desk.status is Status.DRAFT
    assert ("ask_complete", RITA) in desk.told()


def test_a_draft_may_be_kept_later(desk: Desk) -> None:
    desk.opened(form(amount=""))
    desk.amend(keep_draft=True, amount="4800")
    assert (desk.status, desk.request.kept_as_draft) == (Status.DRAFT, True)


def test_an_answer_with_nothing_in_it_says_so(desk: Desk) -> None:
    desk.opened(form(amount=""))
    assert reason(desk.amend()) == "nothing_new"


def test_two_texts_for_one_line_are_something_new(desk: Desk) -> None:
    desk.opened(form(amount=""))
    desk.do(Amend(RITA, Form(rivals={"amount": ("1", "2")})))
    assert [(p.field, p.code) for p in desk.request.problems] == [("amount", "ambiguous")]
    desk.amend(amount="2")
    assert (desk.status, desk.request.value("amount")) == (Status.AWAITING, "2.00")


def test_a_clear_answer_settles_two_rival_texts(desk: Desk) -> None:
    desk.opened(replace(form(), rivals={"amount": ("4800", "5800")}))
    assert desk.status is Status.DRAFT
    desk.amend(amount="5 800,00")
    assert (desk.status, desk.request.value("amount")) == (Status.AWAITING, "5800.00")


def test_a_mistyped_amount_is_not_half_taken(desk: Desk) -> None:
    desk.opened(form(amount="4.800"))
    assert desk.request.amount is None
    desk.amend(amount="4800,00")
    assert desk.status is Status.AWAITING


# --- corrections ----------------------------------------------------------------------------------------------------


def test_a_correction_makes_a_new_version_and_voids_approvals() -> None:
    desk = Desk(policy_of(ALL)).opened()
    desk.approve(ADAM)
    outcome = desk.amend(amount="5000")
    assert kinds(outcome) == ["Filled", "Submitted", "Asked", "Asked"]
    assert (desk.status, desk.request.version, desk.request.approvals()) == (Status.AWAITING, 2, ())
    assert desk.asked() == {ADAM, ADA}
    assert submitted(desk).changed == (("amount", "4800.00", "5000.00"),)
    desk.approve(ADA)
    assert desk.status is Status.AWAITING  # Adam's yes was for another amount


def test_a_correction_starts_again_at_the_first_step() -> None:
    desk = Desk(policy_of(*THEN)).opened()
    desk.approve(ADAM)
    desk.amend(amount="5000")
    assert (desk.request.step, desk.asked()) == (0, {ADAM})


def test_a_correction_after_approval_stops_the_payment(desk: Desk) -> None:
    desk.approved()
    desk.amend(**OTHER_ACCOUNT)
    assert desk.status is Status.AWAITING
    assert ("stop", FIONA) in desk.told()
    assert {name for name, _, _ in submitted(desk).changed} == {"account", "bic", "bank_details"}


def test_a_corrected_account_composes_the_bank_details_anew(desk: Desk) -> None:
    desk.opened(form(bank_details="р/с 40702810940200761292 БИК 044525974"))
    desk.amend(**OTHER_ACCOUNT)
    assert OTHER_ACCOUNT["account"] in desk.request.value("bank_details")
    assert "40702810940200761292" not in desk.request.value("bank_details")


def test_a_corrected_block_replaces_the_lines_it_names(desk: Desk) -> None:
    desk.opened()
    desk.amend(bank_details="р/с 40702810114607617721, БИК 049600111")
    assert desk.request.version == 2
    assert (desk.request.value("account"), desk.request.value("bic")) == ("40702810114607617721", "049600111")


def test_a_corrected_invoice_line_replaces_number_and_date(desk: Desk) -> None:
    desk.opened(form(invoice="", invoice_number="7", invoice_date="01.11.2026"))
    desk.amend(invoice="№ 8 от 02.11.2026")
    assert (desk.request.value("invoice_number"), desk.request.value("invoice_date")) == ("8", "2026-11-02")


def test_a_correction_with_problems_changes_nothing(desk: Desk) -> None:
    before = desk.approved().request
    outcome = desk.amend(amount="4.800", subject="Иное")
    assert reason(outcome) == "correction_has_problems"
    assert kinds(outcome) == ["CorrectionRefused"]
    assert desk.told() == {("correction_refused", RITA), ("told_correcting", FIONA)}, "accounting may wait with it"
    assert desk.request == replace(before, updated_at=desk.now)


def test_accounting_hears_nothing_of_a_bad_correction_before_approval(desk: Desk) -> None:
    desk.opened()
    desk.amend(amount="4.800")
    assert desk.told() == {("correction_refused", RITA)}


def test_a_correction_that_says_the_same_says_so(desk: Desk) -> None:
    desk.opened()
    assert reason(desk.amend(amount="4800.00")) == "nothing_new"
    assert desk.request.version == 1


def test_another_day_to_pay_by_keeps_version_and_approvals(desk: Desk) -> None:
    desk.approved()
    outcome = desk.amend(pay_by="30.11.2026")
    assert kinds(outcome) == ["Filled"]
    assert (desk.status, desk.request.version, len(desk.request.approvals())) == (Status.APPROVED, 1, 1)
    assert desk.request.value("pay_by") == "2026-11-30"


def test_another_invoice_file_is_another_card(desk: Desk) -> None:
    desk.opened()
    desk.do(Amend(RITA, Form(files=(LATER,))))
    assert desk.request.version == 2
    assert [file.sha256 for file in desk.request.files] == [LATER.sha256]  # the same name: replaced


def test_a_file_of_another_name_is_added(desk: Desk) -> None:
    desk.opened()
    desk.do(Amend(RITA, Form(files=(replace(LATER, name="act.pdf"),))))
    assert {file.name for file in desk.request.files} == {"invoice.pdf", "act.pdf"}


def test_the_card_that_is_asked_about_is_the_one_whose_hash_is_kept(desk: Desk) -> None:
    desk.opened()
    assert desk.request.card_hash == hash_of(submitted(desk).card) == submitted(desk).card_hash
    assert "pay_by" not in submitted(desk).card
    assert submitted(desk).card["files"] == INVOICE.sha256


def test_draft_written_on_a_correction_keeps_nothing_back(desk: Desk) -> None:
    desk.opened()
    desk.amend(keep_draft=True, pay_by="30.11.2026")
    assert desk.request.kept_as_draft is False


# --- returned requests ----------------------------------------------------------------------------------------------


def test_a_returned_request_submitted_unchanged_is_a_new_version(desk: Desk) -> None:
    desk.opened()
    card = desk.request.card_hash
    desk.send_back(ADAM, "почему так дорого?")
    assert desk.status is Status.RETURNED
    desk.amend(submit=True)
    assert (desk.status, desk.request.version, desk.request.card_hash) == (Status.AWAITING, 2, card)
    assert desk.request.decision_comment == ""


def test_a_returned_request_is_corrected_and_asked_about_anew(desk: Desk) -> None:
    desk.opened()
    desk.send_back(ADAM, "не тот счет")
    desk.amend(amount="4000")
    assert (desk.status, desk.request.version, desk.asked()) == (Status.AWAITING, 2, {ADAM})


def test_a_returned_request_with_a_bad_correction_stays_returned(desk: Desk) -> None:
    desk.opened()
    desk.send_back(ADAM, "не тот счет")
    desk.amend(amount="4.000")
    assert desk.status is Status.RETURNED
    assert ("ask_complete", RITA) in desk.told()


def test_the_folder_of_a_request_stays_where_it_was(desk: Desk) -> None:
    desk.opened()
    desk.pass_time(timedelta(days=20))
    desk.amend(contractor="ООО «Василек»", pay_by="30.12.2026")
    assert desk.request.folder == "2026/11/ООО Ромашка"


# --- closed ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.PAID, Status.REJECTED, Status.WITHDRAWN])
def test_closed_requests_take_no_correction(desk: Desk, status: Status) -> None:
    if status is Status.PAID:
        desk.paid()
    else:
        desk.opened()
        desk.reject(ADAM, "нет") if status is Status.REJECTED else desk.do(Withdraw(RITA))
    before = desk.request
    assert reason(desk.amend(amount="5000")) == f"closed_{status}"
    assert desk.request == replace(before, updated_at=desk.now)


@pytest.mark.parametrize("bring", [Desk.opened, Desk.approved])
def test_the_requester_may_withdraw_until_it_is_paid(bring: object, desk: Desk) -> None:
    bring(desk)  # type: ignore[operator]
    desk.do(Withdraw(RITA, "уже не нужно"))
    assert desk.status is Status.WITHDRAWN
    assert not desk.request.open_asks()
    assert ("told_withdrawn", ADAM) in desk.told()


def test_what_is_paid_cannot_be_withdrawn(desk: Desk) -> None:
    desk.paid()
    assert reason(desk.do(Withdraw(RITA))) == "closed_paid"


# --- warnings -------------------------------------------------------------------------------------------------------


def test_a_doubt_about_the_sender_stays_through_corrections(desk: Desk) -> None:
    doubt = Caution("sender_unverified")
    desk.do(Open(RITA, replace(form(), cautions=(doubt, Caution("hidden_text")))))
    desk.amend(amount="5000")
    assert doubt in desk.request.warnings
    assert Caution("hidden_text") not in desk.request.warnings


def test_the_form_is_remembered_as_it_was_typed(desk: Desk) -> None:
    desk.opened()
    filled = desk.history[1][0]
    assert isinstance(filled, Filled)
    assert filled.typed["amount"] == "4 800,00"
    assert filled.letter == "letter-1"
    desk.do(Amend(RITA, lines(amount="5000")))
    assert desk.request.letters == ("letter-1", "letter-2")
