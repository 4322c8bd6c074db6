"""Attacks and accidents at the sheet: nothing typed there approves anything, or pays what was not approved as it is."""

from decimal import Decimal

import pytest

from helpers.registry_room import ADAM, FIONA, OSCAR, RITA, Room
from sheets.errors import RegistryLocked
from sheets.model import Cell
from workflow.core.commands import Amend, Approve, AskRef, Form, MarkPaid, Withdraw
from workflow.core.model import AskKind, Status

OTHER = {"contractor": "Vasilek LLC", "amount": "900.00", "subject": "Flowers"}


def yes(room: Room, reference: str) -> None:
    request = room.request(reference)
    room.order(Approve(ADAM, AskRef(ADAM, request.version, 0, request.card_hash, AskKind.APPROVE.value)), reference)


def exchange(room: Room, one: str, other: str) -> None:
    """Somebody sorted the numbers without the other columns."""
    places = {room.person.cell(place, column): (place, column) for place in (2, 3) for column in (1, 2)}
    room.person.put(*places[one], other)
    room.person.put(*places[other], one)


def test_paid_typed_beside_an_earlier_version_does_not_pay_the_new_one(room: Room) -> None:
    reference = room.shown()
    room.person.open("Fiona")
    room.order(Amend(RITA, Form({"amount": "5000.00"}, letter="letter-2")), reference)
    yes(room, reference)
    with pytest.raises(RegistryLocked):
        room.work()
    assert room.request(reference).version == 2
    room.type(reference, status="Paid")
    room.person.close()
    room.work()
    assert room.status(reference) is Status.APPROVED
    assert room.request(reference).payments == ()
    assert "PaidWithoutApproval" in room.events(reference)
    assert ("told_unapproved_payment", OSCAR) in room.told(reference)
    assert room.cell(reference, "amount") == Decimal("5000")
    room.type(reference, status="Paid")
    room.work()
    assert room.status(reference) is Status.PAID, "the new version, once it is seen, can be paid"


def test_numbers_sorted_without_their_rows_pay_and_undo_nothing(room: Room) -> None:
    one, other = room.approved(), room.approved(**OTHER)
    room.work()
    room.order(MarkPaid(FIONA), one)
    room.work()
    exchange(room, one, other)
    room.work()
    assert (room.status(one), room.status(other)) == (Status.PAID, Status.APPROVED)
    assert (room.cell(one, "contractor"), room.cell(other, "contractor")) == ("Romashka LLC", "Vasilek LLC")
    assert (room.cell(one, "status"), room.cell(other, "status")) == ("Paid", "Approved for payment")
    assert room.request(other).payments == ()


def test_numbers_of_the_same_contractor_exchanged_pay_nothing(room: Room) -> None:
    one, other = room.approved(), room.approved(invoice="No. 13 of 21.11.2026", purpose="Invoice 13 of 21.11.2026")
    room.work()
    room.order(MarkPaid(FIONA), one)
    room.work()
    exchange(room, one, other)
    room.work()
    assert (room.status(one), room.status(other)) == (Status.PAID, Status.APPROVED)


def test_comments_of_exchanged_rows_are_told_to_nobody(room: Room) -> None:
    one, other = room.approved(), room.approved(**OTHER)
    room.work()
    room.type(one, accountant_comment="ask the director first")
    room.work()
    before = [room.told(reference) for reference in (one, other)]
    exchange(room, one, other)
    room.work()
    assert [room.told(reference) for reference in (one, other)] == before


@pytest.mark.parametrize(("key", "value"), [("amount", Decimal("1")), ("contractor", "Mallory"), ("account", "1" * 20)])
def test_paid_beside_payment_data_typed_over_is_asked_back(room: Room, key: str, value: Cell) -> None:
    reference = room.shown()
    room.type(reference, **{key: value, "status": "Paid"})
    room.work()
    assert room.status(reference) is Status.APPROVED
    assert room.cell(reference, key) != value
    assert room.message(reference)
    room.type(reference, status="Paid")
    room.work()
    assert room.status(reference) is Status.PAID


@pytest.mark.parametrize("word", ["Approved for payment", "Paid", "Согласован к оплате", "Оплачен"])
def test_no_status_typed_approves_or_pays_what_awaits(room: Room, word: str) -> None:
    reference = room.submitted()
    room.work()
    room.type(reference, status=word)
    room.work()
    assert room.request(reference).status is Status.AWAITING
    assert room.request(reference).approvals() == ()
    assert room.request(reference).payments == ()


@pytest.mark.parametrize("word", ["Approved for payment", "Awaiting approval", "Draft", "Paid"])
def test_no_status_typed_brings_a_withdrawn_request_back(room: Room, word: str) -> None:
    reference = room.shown()
    room.order(Withdraw(RITA), reference)
    room.work()
    room.type(reference, status=word)
    room.work()
    assert room.request(reference).status is Status.WITHDRAWN


def test_a_name_typed_into_approved_by_is_no_approval(room: Room) -> None:
    reference = room.submitted()
    room.work()
    room.type(reference, approved_by="Adam", version="2", status="Approved for payment")
    room.work()
    assert room.status(reference) is Status.AWAITING
    assert room.cell(reference, "approved_by") is None


def test_a_version_typed_over_pays_nothing_else(room: Room) -> None:
    reference = room.shown()
    room.type(reference, version="7", status="Paid")
    room.work()
    assert room.request(reference).version == 1
    assert room.status(reference) is Status.PAID


def test_the_number_of_another_row_typed_over_a_number_pays_nothing(room: Room) -> None:
    one, other = room.approved(), room.approved(**OTHER)
    room.work()
    room.type(other, status="Paid")
    room.person.type_in(other, "reference", one)
    room.work()
    assert (room.status(one), room.status(other)) == (Status.APPROVED, Status.APPROVED)


@pytest.mark.parametrize("word", ["paid", "Paid tomorrow", "not paid", "=1", "Paid?", "п"])
def test_only_the_very_word_pays(room: Room, word: str) -> None:
    reference = room.shown()
    room.type(reference, status=word)
    room.work()
    assert (room.status(reference) is Status.PAID) == (word == "paid")


@pytest.mark.parametrize("amount", ["-4800", "0", "4800000", Decimal("4800.01"), "4 800,00 USD", "abc"])
def test_no_other_amount_is_paid(room: Room, amount: Cell) -> None:
    reference = room.shown()
    room.type(reference, paid_amount=amount, status="Paid")
    room.work()
    assert room.status(reference) is Status.APPROVED
    assert room.request(reference).payments == ()


def test_paid_in_a_book_that_says_no_generation_is_asked_about(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="Paid")
    room.restamp(None)
    room.work()
    assert room.status(reference) is Status.APPROVED


def test_a_book_that_claims_an_early_generation_undoes_no_payment(room: Room) -> None:
    reference = room.shown()
    early = room.generation()
    room.type(reference, status="Paid")
    room.work()
    room.restamp(early)
    room.work()
    assert room.status(reference) is Status.PAID
    assert len(room.request(reference).payments) == 1
