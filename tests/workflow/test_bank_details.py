"""Money that would go to an account not known waits until somebody else has called the contractor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from helpers.world import ADAM, CONTRACTOR, FIONA, FORM, MALLORY, OSCAR, OTHER_ACCOUNT, RITA, World, policy_of
from workflow.core.commands import ConfirmDetails, CorrectContractor, PutOnHold, Release
from workflow.core.contractors import Card
from workflow.core.model import AskKind, Caution, HoldKind, Status
from workflow.core.outcome import REGISTRY
from workflow.core.policy import Policy
from workflow.journal import Cause, Result

CALL = "звонила Ивановой, +7 495 123-45-67"
THIRD_ACCOUNT = {"account": "40702810700000000007", "bic": ""}
FELIX = "felix@example.test"


def world_of(folder: Path, policy: Policy | None = None) -> World:
    return World(folder, policy)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A contractor who was paid once."""
    made = world_of(tmp_path)
    made.paid()
    return made


def held(world: World, reference: str) -> bool:
    return world.request(reference).hold(HoldKind.BANK_DETAILS) is not None


def changed(world: World, **more: str) -> str:
    """An approved request to an account that is not known."""
    return world.approved(**{**OTHER_ACCOUNT, **more})


def confirm(world: World, reference: str, words: str = CALL, person: str = FIONA) -> Result:
    ask = world.ask(person, reference, "ask_bank_details")
    return world.order(ConfirmDetails(person, ask, words), reference, person)


def in_registry(world: World, reference: str, words: str, version: int = 1) -> Result:
    return world.order(ConfirmDetails(REGISTRY, None, words, version), reference, REGISTRY)


def card(world: World) -> Card:
    with world.journal.ledger() as ledger:
        return ledger.cards_by_inn(FORM["inn"])[0]


# --- what is held ---------------------------------------------------------------------------------------------------


def test_another_account_is_held_and_told_before_anybody_is_asked(world: World) -> None:
    reference = world.submitted(**OTHER_ACCOUNT)
    hold = world.request(reference).hold(HoldKind.BANK_DETAILS)
    assert hold is not None
    assert hold.reason == OTHER_ACCOUNT["account"]
    assert hold.known == {
        "name": "ООО «Ромашка»", "inn": FORM["inn"], "email": CONTRACTOR, "number": FORM["account"], "bic": FORM["bic"],
    }  # fmt: skip
    assert Caution("card_account", FORM["account"]) in world.request(reference).warnings
    assert [person for _, person in world.notices(reference)] == [ADAM, RITA], "accounting hears of nothing yet"


def test_the_known_account_is_not_held(world: World) -> None:
    assert not held(world, world.submitted())


def test_approval_asks_who_may_confirm_and_accounting_hears_once(world: World) -> None:
    reference = changed(world)
    assert world.request(reference).shown_status is Status.ON_HOLD
    assert [kind for kind, person in world.notices(reference) if person == FIONA] == ["ask_bank_details"]
    assert [ask.person for ask in world.request(reference).open_asks(AskKind.CONFIRM)] == [FIONA]


def test_a_first_payment_is_held_only_where_it_is_set(tmp_path: Path) -> None:
    for mode, expected in (("changed", False), ("new", True), ("off", False)):
        (tmp_path / mode).mkdir()
        world = world_of(tmp_path / mode, policy_of(bank_details=mode))
        assert held(world, world.submitted()) is expected
    world.paid()
    assert not held(world, world.submitted(**OTHER_ACCOUNT)), "off holds nothing"


def test_a_name_of_somebody_known_with_an_inn_not_known_is_held(world: World) -> None:
    stolen = {"contractor": "OOO «Poмaшкa»", "inn": "7736207543", "kpp": "", "contractor_email": MALLORY}
    reference = world.submitted(**stolen, **OTHER_ACCOUNT)
    assert held(world, reference)
    assert "name_of_another" in {caution.code for caution in world.request(reference).warnings}


def test_an_account_that_became_unknown_while_approval_went_on_is_held_at_its_end(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    reference = world.submitted(**OTHER_ACCOUNT)
    assert not held(world, reference)
    other = world.approved()
    confirm(world, other)
    world.pay(other)
    world.reply(ADAM, reference, "APPROVE")
    assert held(world, reference)
    assert ("ask_bank_details", FIONA) in world.notices(reference)


def test_of_two_first_payments_to_two_accounts_the_second_is_held(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    first, second = world.submitted(), world.submitted(**OTHER_ACCOUNT)
    assert (held(world, first), held(world, second)) == (False, True)
    assert Caution("other_account", first) in world.request(second).warnings
    for reference in (second, first):
        world.reply(ADAM, reference, "APPROVE")
    shown = [world.request(reference).shown_status for reference in (first, second)]
    assert shown == [Status.APPROVED, Status.ON_HOLD], "neither is paid yet, so no card could tell"
    assert ("ask_bank_details", FIONA) in world.notices(second)
    world.pay(second)
    assert world.request(second).status is Status.APPROVED
    assert not world.request(second).payments
    assert confirm(world, second).accepted
    world.pay(second)
    assert world.request(second).status is Status.PAID


def test_two_first_payments_to_one_account_are_not_held(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    assert not any(held(world, world.submitted()) for _ in range(2))


def test_an_account_that_nobody_names_otherwise_any_more_is_held_no_longer(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    first, second = world.submitted(), world.submitted(**OTHER_ACCOUNT)
    world.reply(ADAM, first, "REJECT", "not ours")
    world.reply(ADAM, second, "APPROVE")
    assert not held(world, second)
    assert world.request(second).shown_status is Status.APPROVED


def test_once_the_second_is_confirmed_the_first_is_held_when_its_approval_ends(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    first, second = world.submitted(), world.approved(**OTHER_ACCOUNT)
    assert confirm(world, second).accepted
    world.reply(ADAM, first, "APPROVE")
    assert held(world, first)


def test_off_holds_no_second_account_either(tmp_path: Path) -> None:
    world = world_of(tmp_path, policy_of(bank_details="off"))
    world.submitted()
    assert not held(world, world.submitted(**OTHER_ACCOUNT))


# --- confirming -----------------------------------------------------------------------------------------------------


def test_a_call_releases_and_stands_on_the_card(world: World) -> None:
    reference = changed(world)
    assert confirm(world, reference).accepted
    request = world.request(reference)
    assert request.payable
    assert request.warnings[0] == Caution("details_confirmed", CALL)
    assert not request.open_asks(AskKind.CONFIRM)
    assert {("ask_pay", FIONA), ("told_released", RITA)} <= set(world.notices(reference)[-2:])
    own = card(world).bank[-1]
    assert (own.account, own.confirmed_by, own.words, own.reference) == (
        OTHER_ACCOUNT["account"], FIONA, CALL, reference,
    )  # fmt: skip
    assert not held(world, world.submitted(**OTHER_ACCOUNT))


@pytest.mark.parametrize("words", ["", "все верно", "звонила", "Иванова, +7 495 123-45-67"])
def test_without_saying_whom_and_on_which_number_it_is_refused(world: World, words: str) -> None:
    reference = changed(world)
    assert confirm(world, reference, words).reason == "confirm_needs_call"
    assert held(world, reference)


def test_a_number_that_is_not_the_one_on_the_card_is_refused(world: World) -> None:
    world.service.correct_contractor(
        CorrectContractor(REGISTRY, card(world).key, {"phone": "+7 495 123-45-67"}), Cause("cell:1")
    )
    reference = changed(world)
    assert confirm(world, reference, "звонила Ивановой, +7 495 999-99-99").reason == "confirm_other_number"
    assert confirm(world, reference, "звонила Ивановой, 8 (495) 123-45-67").accepted


def test_a_namesake_is_not_to_be_reached_on_the_other_ones_number(world: World) -> None:
    world.service.correct_contractor(
        CorrectContractor(REGISTRY, card(world).key, {"phone": "+7 495 123-45-67"}), Cause("cell:1")
    )
    reference = changed(world, inn="7736207543", kpp="", contractor_email="")
    assert held(world, reference)
    assert confirm(world, reference, "звонила Петровой, 8 (812) 999-99-99").accepted


def test_requester_and_approver_do_not_confirm(tmp_path: Path) -> None:
    world = world_of(tmp_path, policy_of(confirm=(RITA, ADAM, FIONA)))
    world.paid()
    reference = changed(world)
    assert [ask.person for ask in world.request(reference).open_asks(AskKind.CONFIRM)] == [FIONA]
    for person in (RITA, ADAM):
        ask = replace(world.ask(FIONA, reference, "ask_bank_details"), person=person)
        assert world.order(ConfirmDetails(person, ask, CALL), reference, person).reason == "four_eyes"
    assert held(world, reference)


def test_somebody_elses_question_and_another_persons_word_do_not_count(world: World) -> None:
    reference = changed(world)
    forwarded = world.ask(FIONA, reference, "ask_bank_details")
    assert world.order(ConfirmDetails(OSCAR, forwarded, CALL), reference, OSCAR).reason == "not_yours"
    mine = replace(forwarded, person=OSCAR)
    assert world.order(ConfirmDetails(OSCAR, mine, CALL), reference, OSCAR).reason == "not_yours"
    assert world.order(ConfirmDetails(FIONA, None, CALL), reference, FIONA).reason == "not_an_ask"
    assert held(world, reference)


def test_the_person_in_the_settings_confirms_and_the_accountants_do_not(tmp_path: Path) -> None:
    world = world_of(tmp_path, policy_of(confirm=(FELIX,)))
    world.paid()
    reference = changed(world)
    told = world.notices(reference)
    assert ("ask_bank_details", FELIX) in told
    assert [kind for kind, person in told if person == FIONA] == ["held_approved"]
    ask = replace(world.ask(FELIX, reference), person=FIONA)
    assert world.order(ConfirmDetails(FIONA, ask, CALL), reference, FIONA).reason == "not_yours"
    assert in_registry(world, reference, CALL).reason == "confirm_by_letter"
    assert confirm(world, reference, CALL, FELIX).accepted
    assert {("ask_pay", FIONA), ("receipt_done", FELIX)} <= set(world.notices(reference))


def test_corrected_to_other_details_it_is_held_again_and_old_answers_do_not_count(world: World) -> None:
    reference = changed(world)
    old = world.ask(FIONA, reference, "ask_bank_details")
    world.amend(reference, **THIRD_ACCOUNT)
    world.reply(ADAM, reference, "APPROVE")
    assert held(world, reference)
    assert world.order(ConfirmDetails(FIONA, old, CALL), reference, FIONA).reason == "stale_details"
    assert confirm(world, reference).accepted
    world.amend(reference, **OTHER_ACCOUNT)
    assert held(world, reference)


def test_a_correction_after_the_call_that_leaves_the_account_is_not_held_again(world: World) -> None:
    reference = changed(world)
    confirm(world, reference)
    world.amend(reference, amount="4 900,00")
    assert not held(world, reference)


def test_back_to_the_known_account_it_is_released_by_itself(world: World) -> None:
    reference = world.submitted(**OTHER_ACCOUNT)
    world.amend(reference, account=FORM["account"], bic=FORM["bic"])
    assert not held(world, reference)


def test_the_words_release_do_not_pass_it_by(world: World) -> None:
    reference = changed(world)
    assert world.order(Release(FIONA), reference, FIONA).reason == "held_bank_details"
    assert world.order(Release(REGISTRY), reference, REGISTRY).reason == "held_bank_details"


# --- in the registry ------------------------------------------------------------------------------------------------


def test_the_registry_confirms_with_the_words_in_the_comment(world: World) -> None:
    reference = changed(world)
    assert in_registry(world, reference, "ок").reason == "confirm_needs_call"
    message = world.request(reference).message
    assert message is not None
    assert message.code == "confirm_needs_call"
    assert in_registry(world, reference, CALL, version=2).reason == "stale_details"
    assert in_registry(world, reference, CALL).accepted
    assert (world.request(reference).payable, card(world).bank[-1].confirmed_by) == (True, REGISTRY)


def test_words_that_stood_there_before_confirm_nothing(world: World) -> None:
    reference = changed(world)
    in_registry(world, reference, CALL)
    world.amend(reference, **THIRD_ACCOUNT)
    world.reply(ADAM, reference, "APPROVE")
    assert in_registry(world, reference, CALL, version=2).reason == "confirm_needs_call"
    assert in_registry(world, reference, "звонила Петрову, +7 495 765-43-21", version=2).accepted


def test_a_cell_does_not_say_who_typed(tmp_path: Path) -> None:
    """The requester is an accountant himself: by a cell it could be his own word."""
    world = world_of(tmp_path, policy_of(accountants=(FIONA, RITA)))
    world.paid()
    reference = changed(world)
    assert in_registry(world, reference, CALL).reason == "confirm_by_letter"
    assert confirm(world, reference).accepted


def test_one_status_releases_accountings_own_hold_with_it(world: World) -> None:
    reference = changed(world)
    world.order(PutOnHold(REGISTRY, "ждем договор"), reference, REGISTRY)
    assert in_registry(world, reference, CALL).accepted
    assert world.request(reference).payable


def test_with_nobody_left_to_confirm_the_operator_is_told(tmp_path: Path) -> None:
    world = world_of(tmp_path, policy_of(confirm=(ADAM,)))
    world.paid()
    reference = changed(world)
    assert {("held_approved", FIONA), ("held_approved", OSCAR)} <= set(world.notices(reference))


# --- the contractor's address -----------------------------------------------------------------------------------------


def test_an_address_not_known_is_not_written_to_and_the_requester_passes_the_notice_on(world: World) -> None:
    reference = world.paid(contractor_email=MALLORY)
    told = {(row.kind, row.person): row.params for row in world.journal.notices(reference)}
    assert not {person for kind, person in told if kind.startswith("contractor")}
    assert '"pass_on": true' in told["told_paid", RITA]
    assert card(world).email == CONTRACTOR


def test_the_known_address_and_one_of_a_new_contractor_are_written_to(world: World) -> None:
    assert ("contractor_paid", CONTRACTOR) in world.notices(world.paid())


def test_an_address_confirmed_with_the_details_is_written_to(world: World) -> None:
    reference = changed(world, contractor_email="new@romashka.example")
    confirm(world, reference)
    world.pay(reference)
    assert ("contractor_paid", "new@romashka.example") in world.notices(reference)
    assert card(world).email == "new@romashka.example"
