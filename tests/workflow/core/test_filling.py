"""What a card fills, what it must not, and when it has to be asked who is meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from helpers.world import FORM, INVOICE, NOW, OTHER_ACCOUNT, Desk, policy_of
from values.names import loose_name
from workflow.core.commands import Form
from workflow.core.contractors import BankDetails, Card, names_of
from workflow.core.ledger import NothingKnown
from workflow.core.model import Field, Request, Status

KNOWN = BankDetails(FORM["account"], FORM["bic"], since=NOW, reference="PAY-2026-00001", last_used=NOW)
ROMASHKA = Card(
    "inn:7707083893", "ООО «Ромашка»", inn="7707083893", kpp=FORM["kpp"], bank=(KNOWN,),
    email=FORM["contractor_email"], purpose="Оплата по счету № {number} от {date}", currency="RUB",
)  # fmt: skip
NAMESAKE = Card("inn:7736207543", "ЗАО «Ромашка»", inn="7736207543", kpp="773601001")
LITTLE = {"subject": "Канцелярия", "amount": "4800", "pay_by": "27.11.2026", "invoice": "№ 12 от 20.11.2026"}


class Cards(NothingKnown):
    """A ledger that knows these cards."""

    def __init__(self, *cards: Card) -> None:
        self._cards = cards

    def cards_by_inn(self, inn: str) -> tuple[Card, ...]:
        return tuple(card for card in self._cards if card.inn == inn)

    def cards_by_account(self, number: str) -> tuple[Card, ...]:
        return tuple(card for card in self._cards if any(own.number == number for own in card.bank))

    def cards_by_name(self, name: str) -> tuple[Card, ...]:
        return tuple(card for card in self._cards if loose_name(name) in names_of(card))


def opened(typed: dict[str, str], *cards: Card, found: dict[str, Field] | None = None) -> Request:
    """A request opened by these lines before a ledger of these cards."""
    desk = Desk(ledger=Cards(*(cards or (ROMASHKA,))))
    desk.opened(Form(typed, files=(INVOICE,), letter="letter-1", found=found or {}))
    return desk.request


def sources(request: Request) -> dict[str, str]:
    return {name: value.source for name, value in request.fields.items()}


def codes(request: Request) -> set[str]:
    return {caution.code for caution in request.warnings}


@pytest.mark.parametrize("who", [
    {"contractor": "ромашка"}, {"contractor": "OOO «Poмaшкa»"}, {"inn": "7707083893"}, {"contractor": "7707083893"},
    {"contractor": "ООО «Ромашка»"}, {"account": FORM["account"]},
])  # fmt: skip
def test_a_name_loosely_written_or_a_number_is_enough(who: dict[str, str]) -> None:
    request = opened(LITTLE | who)
    assert (request.status, request.problems) == (Status.AWAITING, ())
    told = {name: value.value for name, value in request.fields.items()}
    assert told | {"bank_details": ""} == told | {
        "contractor": "ООО «Ромашка»", "inn": "7707083893", "kpp": FORM["kpp"], "account": FORM["account"],
        "bic": FORM["bic"], "contractor_email": FORM["contractor_email"], "currency": "RUB", "amount": "4800.00",
        "purpose": "Оплата по счету № 12 от 20.11.2026", "bank_details": "",
    }  # fmt: skip
    assert sources(request)["kpp"] == sources(request)["bic"] == sources(request)["purpose"] == "card"
    assert sources(request)["subject"] == "typed"


def test_subject_amount_and_last_day_are_never_remembered() -> None:
    request = opened({"contractor": "ромашка"})
    assert {problem.field for problem in request.problems if problem.code == "missing"} >= {
        "subject", "amount", "pay_by",
    }  # fmt: skip


def test_typed_beats_remembered_and_the_difference_is_shown() -> None:
    request = opened({**FORM, "kpp": "773601001", "contractor_email": "new@romashka.example"})
    assert (request.value("kpp"), request.value("contractor_email")) == ("773601001", "new@romashka.example")
    assert [caution.code for caution in request.warnings[:2]] == ["card_kpp", "card_email"]


def test_an_account_of_the_invoice_takes_no_bank_from_the_card() -> None:
    found = {"account": Field(OTHER_ACCOUNT["account"], "pdf"), "inn": Field("7707083893", "pdf")}
    request = opened(LITTLE | {"contractor": "ромашка"}, found=found)
    assert (request.value("account"), request.value("bic")) == (OTHER_ACCOUNT["account"], "")
    assert request.warnings[0].code == "card_account"
    assert request.warnings[0].read == FORM["account"]


def test_the_account_that_the_card_knows_brings_its_bank() -> None:
    found = {"account": Field(FORM["account"], "pdf")}
    request = opened(LITTLE | {"contractor": "ромашка"}, found=found)
    assert (request.value("bic"), sources(request)["account"]) == (FORM["bic"], "pdf")


def test_found_beats_remembered() -> None:
    request = opened(LITTLE | {"contractor": "ромашка"}, found={"kpp": Field("773601001", "qr")})
    assert (request.value("kpp"), sources(request)["kpp"]) == ("773601001", "qr")


def test_a_bank_block_without_numbers_takes_no_account_from_the_card() -> None:
    request = opened(LITTLE | {"contractor": "ромашка", "bank_details": "счет в другом банке"})
    assert request.value("account") == ""
    assert {problem.field for problem in request.problems} == {"account"}


def test_two_candidates_are_asked_about_and_nothing_else_is() -> None:
    request = opened(LITTLE | {"contractor": "Ромашка", "purpose": "Канцелярия"}, ROMASHKA, NAMESAKE)
    (problem,) = [one for one in request.problems if one.field == "contractor"]
    assert (problem.code, problem.hint) == ("ambiguous", "ООО «Ромашка», 7707083893 / ЗАО «Ромашка», 7736207543")
    assert not {"inn", "account", "bank_details"} & {one.field for one in request.problems}


def test_the_inn_or_the_account_says_which_of_two_is_meant() -> None:
    for more in ({"inn": "7707083893"}, {"account": FORM["account"], "bic": FORM["bic"]}):
        request = opened(LITTLE | {"contractor": "Ромашка"} | more, ROMASHKA, NAMESAKE)
        assert (request.problems, request.value("inn")) == ((), "7707083893")


def test_another_legal_form_is_another_name() -> None:
    request = opened(LITTLE | {"contractor": "АО «Ромашка»"})
    assert request.value("contractor") == "АО «Ромашка»"


def test_a_name_of_somebody_known_with_another_inn_is_shown_and_gets_nothing() -> None:
    typed = {**FORM, "inn": "7736207543", "kpp": "", "contractor_email": "", **OTHER_ACCOUNT}
    request = opened({name: text for name, text in typed.items() if text})
    assert request.warnings[0].code == "name_of_another"
    assert "card" not in sources(request).values()


def test_an_inn_that_does_not_read_is_asked_about_not_replaced() -> None:
    request = opened(LITTLE | {"contractor": "ромашка", "inn": "7707083894"})
    assert {problem.field for problem in request.problems} >= {"inn", "account"}
    assert "card" not in sources(request).values()


def test_the_account_for_the_currency_is_taken_else_the_last_one() -> None:
    dollars = BankDetails("40702840140200761292", FORM["bic"], since=datetime(2026, 1, 1, tzinfo=NOW.tzinfo))
    card = replace(ROMASHKA, bank=(dollars, KNOWN))
    assert card.usual_bank("USD") is dollars
    assert card.usual_bank("RUB") is card.usual_bank("") is KNOWN


def test_a_request_does_not_change_by_itself_when_the_card_does() -> None:
    desk = Desk(ledger=Cards(ROMASHKA))
    desk.opened(Form(LITTLE | {"contractor": "ромашка"}, files=(INVOICE,), letter="letter-1"))
    moved = replace(ROMASHKA, bank=(BankDetails(OTHER_ACCOUNT["account"], OTHER_ACCOUNT["bic"], since=NOW),))
    desk.ledger = Cards(moved)
    desk.amend(amount="5000")
    assert (desk.request.value("account"), desk.request.value("bic")) == (FORM["account"], FORM["bic"])
    desk.amend(contractor="Ромашка")
    assert desk.request.value("account") == OTHER_ACCOUNT["account"]


def test_a_typed_account_leaves_the_remembered_bank_out() -> None:
    desk = Desk(ledger=Cards(ROMASHKA))
    desk.opened(Form(LITTLE | {"contractor": "ромашка"}, files=(INVOICE,), letter="letter-1"))
    desk.amend(account=OTHER_ACCOUNT["account"])
    assert (desk.request.value("account"), desk.request.value("bic")) == (OTHER_ACCOUNT["account"], "")


def test_an_answer_names_which_of_two_is_meant() -> None:
    desk = Desk(ledger=Cards(ROMASHKA, NAMESAKE))
    desk.opened(Form(LITTLE | {"contractor": "Ромашка"}, files=(INVOICE,), letter="letter-1"))
    assert desk.status is Status.DRAFT
    desk.amend(inn="7707083893")
    assert desk.status is Status.AWAITING


@pytest.mark.parametrize(("contractor", "shown"), [(FORM["contractor"], True), ("Северный ветер ООО", False)])
def test_our_own_inn_beside_anothers_name_is_shown_to_whoever_decides(contractor: str, shown: bool) -> None:
    desk = Desk(policy=policy_of(company="ООО «Северный ветер»", company_inn=FORM["inn"]))
    desk.opened(Form(FORM | {"contractor": contractor}, files=(INVOICE,), letter="letter-1"))
    assert ("own_inn" in codes(desk.request)) is shown
    assert desk.request.status is Status.AWAITING
