"""The same payment asked for again is found before anybody is asked, and held until the requester explains it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from helpers.vectors import rows
from helpers.world import ADAM, FIONA, INVOICE, OTHER_ACCOUNT, RITA, World, form, policy_of
from workflow.core.commands import Open, UndoVote, Withdraw
from workflow.core.model import AskKind, HoldKind, Status, Step
from workflow.core.policy import Policy, Rule, When

SAME = {"invoice": "№ 77 от 20.11.2026"}
CONTRACT = replace(INVOICE, sha256="c" * 64, name="contract.pdf")
OTHER_SUPPLIER = {
    "contractor": "ИП Иванов", "inn": "500100732259", "kpp": "", "contractor_email": "", **OTHER_ACCOUNT,
}  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def holds(world: World, reference: str) -> list[tuple[HoldKind, str]]:
    return [(hold.kind, hold.reason) for hold in world.request(reference).holds]


def codes(world: World, reference: str) -> list[str]:
    return [caution.code for caution in world.request(reference).warnings]


def test_the_same_invoice_number_of_the_same_supplier_is_held(world: World) -> None:
    one = world.submitted(**SAME)
    two = world.submitted(invoice="No 77 от 20.11.2026")
    assert holds(world, two) == [(HoldKind.DUPLICATE, one)]
    assert world.request(two).warnings[0].code == "duplicate"
    assert holds(world, one) == []


def test_the_approver_is_asked_and_so_is_the_requester_in_place_of_his_receipt(world: World) -> None:
    world.submitted(**SAME)
    two = world.submitted(**SAME)
    assert world.notices(two) == [("ask_approval", ADAM), ("ask_duplicate", RITA)]
    assert {(ask.person, ask.kind) for ask in world.request(two).open_asks()} == {
        (ADAM, AskKind.APPROVE), (RITA, AskKind.CONFIRM),
    }  # fmt: skip


def test_approval_goes_on_payment_does_not_and_accounting_hears_of_it_once(world: World) -> None:
    world.submitted(**SAME)
    two = world.approved(**SAME)
    request = world.request(two)
    assert (request.status, request.shown_status, request.payable) == (Status.APPROVED, Status.ON_HOLD, False)
    assert [kind for kind, person in world.notices(two) if person == FIONA] == ["held_approved"]
    world.pay(two)
    assert world.status(two) is Status.APPROVED
    assert ("ask_confirm", FIONA) in world.notices(two)


def test_a_bare_yes_is_asked_for_a_reason_and_a_reason_releases(world: World) -> None:
    one = world.submitted(**SAME)
    two = world.approved(**SAME)
    said = ("", "спасибо", "Причина:", "да", "это повтор, отзываю", "duplicate, sorry", "ошиблись, не платите")
    for bare in said:
        assert world.reply(RITA, two, "OK", bare).reason == "duplicate_needs_reason"
    assert holds(world, two)
    assert world.reply(RITA, two, "OK", "вторая часть по договору").accepted
    request = world.request(two)
    assert request.payable
    assert request.warnings[0].read == f"{one}: вторая часть по договору"
    assert not request.open_asks(AskKind.CONFIRM)
    assert set(world.notices(two)[-2:]) == {("ask_pay", FIONA), ("told_released", RITA)}


def test_what_was_explained_is_not_held_again_and_something_else_is(world: World) -> None:
    world.submitted(**SAME)
    other = world.submitted(invoice="№ 78 от 20.11.2026")
    two = world.submitted(**SAME)
    world.reply(RITA, two, "OK", "вторая часть по договору")
    world.amend(two, amount="4 900,00")
    assert holds(world, two) == []
    assert "duplicate_explained" in codes(world, two)
    world.amend(two, invoice="№ 78 от 20.11.2026")
    assert holds(world, two) == [(HoldKind.DUPLICATE, other)]


def test_the_question_stays_open_when_an_approver_takes_his_vote_back(world: World) -> None:
    world.submitted(**SAME)
    two = world.approved(**SAME)
    world.order(UndoVote(ADAM, world.ask(ADAM, two)), two, ADAM)
    assert world.status(two) is Status.AWAITING
    assert {ask.person for ask in world.request(two).open_asks()} == {ADAM, RITA}


def test_a_corrected_number_releases_by_itself(world: World) -> None:
    world.submitted(**SAME)
    two = world.submitted(**SAME)
    world.amend(two, invoice="№ 79 от 20.11.2026")
    assert holds(world, two) == []
    assert not world.request(two).open_asks(AskKind.CONFIRM)


def test_an_answer_to_the_question_about_an_older_version_explains_nothing(world: World) -> None:
    world.submitted(**SAME)
    other = world.submitted(invoice="№ 78 от 20.11.2026")
    two = world.submitted(**SAME)
    old = world.ask(RITA, two)
    world.amend(two, invoice="№ 78 от 20.11.2026")
    command = world._command(RITA, two, "OK", "вторая часть по договору")
    assert world.order(replace(command, ask=old), two).reason == "stale_version"  # type: ignore[call-arg]
    assert holds(world, two) == [(HoldKind.DUPLICATE, other)]


@pytest.mark.parametrize("end", ["REJECT", "WITHDRAW"])
def test_what_was_rejected_or_withdrawn_is_no_other_payment(world: World, end: str) -> None:
    one = world.submitted(**SAME)
    world.reply(ADAM, one, "REJECT", "нет") if end == "REJECT" else world.order(Withdraw(RITA), one)
    assert holds(world, world.submitted(**SAME)) == []


def test_a_draft_is_no_other_payment_and_is_found_when_it_is_sent_on(world: World) -> None:
    draft = world.submitted(account="", **SAME)
    two = world.submitted(**SAME)
    assert (world.status(draft), holds(world, two)) == (Status.DRAFT, [])
    world.amend(draft, account="40702810940200761292")
    assert holds(world, draft) == [(HoldKind.DUPLICATE, two)]


def test_a_correction_is_no_duplicate_of_itself(world: World) -> None:
    one = world.submitted(**SAME)
    world.amend(one, amount="4 900,00")
    assert (world.request(one).version, holds(world, one)) == (2, [])


def test_the_number_of_another_supplier_or_none_matches_nothing(world: World) -> None:
    world.submitted(**SAME)
    two = world.submitted(**SAME, **OTHER_SUPPLIER)
    assert (world.status(two), holds(world, two)) == (Status.AWAITING, [])
    world.submitted(invoice="б/н")
    assert holds(world, world.submitted(invoice="б/н")) == []


@pytest.mark.parametrize("pair", rows("invoice_number_pairs"), ids=lambda pair: f"{pair['first']} {pair['second']}")
def test_numbers_are_the_same_as_the_field_judges(world: World, pair: dict[str, str]) -> None:
    def typed(number: str) -> dict[str, str]:
        return {"invoice": "", "invoice_number": number, "invoice_date": "20.11.2026"}

    world.submitted(**typed(pair["first"]))
    two = world.submitted(**typed(pair["second"]))
    judged = pair["judgement"].partition(":")[0]
    assert bool(holds(world, two)) is (judged == "same")
    assert ("invoice_alike" in codes(world, two)) is (judged == "possible")


def test_the_same_file_is_held_where_supplier_or_amount_agree(world: World) -> None:
    one = world.submitted(files=(CONTRACT,), invoice="")
    two = world.submitted(files=(CONTRACT,), invoice="", amount="1 000,00")
    assert holds(world, two) == [(HoldKind.DUPLICATE, one)]
    three = world.submitted(files=(CONTRACT,), invoice="", **OTHER_SUPPLIER)
    assert holds(world, three) == [(HoldKind.DUPLICATE, one)]  # another supplier, the same amount


def test_a_contract_that_goes_with_each_months_invoice_is_only_shown(world: World) -> None:
    world.submitted(files=(CONTRACT,))
    two = world.submitted(files=(CONTRACT,))
    assert holds(world, two) == []
    assert "file_again" in codes(world, two)
    three = world.submitted(files=(CONTRACT,), amount="777,00", **OTHER_SUPPLIER)
    assert (holds(world, three), "file_again" in codes(world, three)) == ([], True)


def test_the_same_payment_code_is_held(world: World) -> None:
    filled = replace(form(), files=(), payment_codes=("code",))
    one = world.service.handle(Open(RITA, filled), world.letter()).reference
    again = replace(form(invoice="№ 99 от 20.11.2026"), files=(), payment_codes=("code",))
    two = world.service.handle(Open(RITA, again), world.letter()).reference
    assert one
    assert two
    assert holds(world, two) == [(HoldKind.DUPLICATE, one)]


def test_the_same_amount_within_thirty_days_is_shown(world: World) -> None:
    world.submitted()
    assert "same_amount" in codes(world, world.submitted())
    world.pass_time(timedelta(days=31))
    assert "same_amount" not in codes(world, world.submitted(pay_by="31.12.2026"))


def bounded(*bounds: str) -> Policy:
    rules = tuple(Rule(When("RUB", Decimal(bound)), (Step("any", (ADAM,)),)) for bound in bounds)
    return replace(policy_of(), rules=(*rules, Rule(When(), (Step("any", (ADAM,)),))))


def test_a_limit_that_was_split_is_shown(tmp_path: Path) -> None:
    world = World(tmp_path, bounded("500000"))
    one = world.submitted(amount="300 000,00")
    assert "split_limit" not in codes(world, one)
    two = world.submitted(amount="250 000,00")
    (split,) = [caution for caution in world.request(two).warnings if caution.code == "split_limit"]
    assert split.read == f"{one}: 550\u00a0000 RUB"
    assert "split_limit" not in codes(world, world.submitted(amount="600 000,00")), "it passes the bound by itself"
    world.pass_time(timedelta(days=8))
    assert "split_limit" not in codes(world, world.submitted(amount="250 000,00", pay_by="15.12.2026"))


def test_sums_of_another_supplier_or_currency_are_not_added(tmp_path: Path) -> None:
    world = World(tmp_path, bounded("500000"))
    world.submitted(amount="300 000,00")
    assert "split_limit" not in codes(world, world.submitted(amount="250 000,00", **OTHER_SUPPLIER))
    assert "split_limit" not in codes(world, world.submitted(amount="250 000,00", currency="USD"))
