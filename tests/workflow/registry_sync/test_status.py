"""What an accountant types into Status and beside it, and what becomes of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from helpers.registry_room import FIONA, RITA, Room
from sheets.model import Cell
from workflow.core.commands import MarkPaid, Withdraw
from workflow.core.model import Status

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("word", ["Оплачен", "PAID", "оплатили", "Paid ✔", "«Оплачена»."])
def test_paid_in_any_case_and_either_language(room: Room, word: str) -> None:
    reference = room.shown()
    room.type(reference, status=word)
    room.work()
    row = room.row(reference)
    assert (row["status"], row["paid_on"], row["paid_amount"]) == ("Paid", TODAY, Decimal("4800"))
    assert room.events(reference) == ["Paid"]
    room.agrees()


@pytest.mark.parametrize(
    ("typed", "on"),
    [
        ({"paid_on": date(2026, 11, 20)}, date(2026, 11, 20)),
        ({"paid_on": "20.11.2026"}, date(2026, 11, 20)),
        ({"paid_on": "20.11"}, date(2026, 11, 20)),
        ({"paid_on": "20 ноя"}, date(2026, 11, 20)),
        ({"paid_on": "2026-11-20"}, date(2026, 11, 20)),
        ({"paid_on": "вчера"}, date(2026, 11, 22)),
        ({"paid_on": "20.11.2026 14:30"}, date(2026, 11, 20)),
        ({"paid_amount": "4 800,00"}, TODAY),
        ({"paid_amount": Decimal("4800")}, TODAY),
    ],
)
def test_paid_with_what_stands_beside_it(room: Room, typed: dict[str, Cell], on: date) -> None:
    reference = room.shown()
    room.type(reference, **typed, payment_order="712", status="Paid")
    room.work()
    row = room.row(reference)
    assert (row["status"], row["paid_on"], row["payment_order"]) == ("Paid", on, "712")
    assert row["paid_amount"] == Decimal("4800")
    assert row["message"] is None


def test_the_date_first_and_status_in_a_later_save(room: Room) -> None:
    reference = room.shown()
    room.type(reference, paid_on=date(2026, 11, 20))
    room.work()
    assert room.cell(reference, "paid_on") == date(2026, 11, 20)
    room.type(reference, status="Paid")
    room.work()
    assert (room.cell(reference, "paid_on"), room.events(reference)) == (date(2026, 11, 20), ["Paid"])


def test_a_date_that_waits_is_taken_when_paid_comes_by_mail(room: Room) -> None:
    reference = room.shown()
    room.type(reference, paid_on=date(2026, 11, 20))
    room.work()
    room.order(MarkPaid(FIONA), reference)
    room.work()
    assert room.cell(reference, "paid_on") == date(2026, 11, 20)
    assert room.request(reference).payments[-1].on == date(2026, 11, 20)


def test_an_order_number_before_paid_is_kept(room: Room) -> None:
    reference = room.shown()
    room.type(reference, payment_order="0712")
    room.work()
    room.type(reference, status="Paid")
    room.work()
    assert room.cell(reference, "payment_order") == "0712"
    assert room.request(reference).payments[-1].order == "0712"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"paid_on": "31.11.2026"}, "paid_on_unclear"),
        ({"paid_on": date(1900, 1, 25)}, "paid_on_unclear"),
        ({"paid_amount": "1.234"}, "paid_amount_unclear"),
        ({"paid_amount": "a lot"}, "paid_amount_unclear"),
        ({"paid_on": date(2026, 12, 1)}, "paid_in_future"),
        ({"paid_amount": Decimal("4800.01")}, "paid_too_much"),
    ],
)
def test_paid_with_something_unclear_is_asked_about_and_stays_as_typed(
    room: Room, typed: dict[str, Cell], reason: str
) -> None:
    reference = room.shown()
    room.type(reference, **typed, status="Paid")
    room.work()
    row = room.row(reference)
    assert (row["status"], room.reasons(reference)) == ("Approved for payment", [reason])
    assert row["message"]
    assert {key: row[key] for key in typed} == typed
    room.type(reference, paid_on=None, paid_amount=None, status="Paid")
    room.work()
    assert (room.cell(reference, "status"), room.cell(reference, "message")) == ("Paid", None)


def test_a_bare_number_is_no_date(room: Room) -> None:
    reference = room.shown()
    room.type(reference, paid_on=Decimal("25.1"), status="Paid")
    room.work()
    assert (room.status(reference), room.reasons(reference)) == (Status.APPROVED, ["paid_on_unclear"])


def test_a_part_keeps_the_row_open_and_the_rest_closes_it(room: Room) -> None:
    reference = room.shown()
    room.type(reference, paid_amount=Decimal("1000"), status="Paid")
    room.work()
    assert (room.status(reference), room.cell(reference, "paid_amount")) == (Status.APPROVED, Decimal(1000))
    room.type(reference, status="Paid")
    room.work()
    assert (room.cell(reference, "status"), room.cell(reference, "paid_amount")) == ("Paid", Decimal(4800))
    assert room.events(reference) == ["PartPaid", "Paid"]


def pay_part(room: Room, reference: str, amount: object) -> None:
    room.type(reference, paid_amount=amount, status="Paid")  # type: ignore[arg-type]
    room.work()


def paid_and_left(room: Room, reference: str) -> str:
    return room.message(reference).replace("\xa0", " ")


def test_a_larger_sum_over_the_part_is_what_is_paid_so_far(room: Room) -> None:
    reference = room.shown()
    pay_part(room, reference, Decimal(1000))
    assert paid_and_left(room, reference) == "Paid RUB 1,000.00, RUB 3,800.00 left to pay"
    pay_part(room, reference, "2 500,00")
    assert paid_and_left(room, reference) == "Paid RUB 2,500.00, RUB 2,300.00 left to pay"
    pay_part(room, reference, Decimal(4800))
    assert (room.cell(reference, "status"), room.cell(reference, "message")) == ("Paid", None)
    assert room.events(reference) == ["PartPaid", "PartPaid", "Paid"]
    assert [payment.amount for payment in room.request(reference).payments] == [1000, 1500, 2300]


def test_more_than_the_sum_is_refused_with_a_sentence_that_goes_when_it_is_mended(room: Room) -> None:
    reference = room.shown()
    pay_part(room, reference, Decimal(1000))
    pay_part(room, reference, Decimal("4800.01"))
    assert room.reasons(reference) == ["paid_too_much"]
    assert "is more than what is left to pay" in room.message(reference)
    assert room.cell(reference, "status") == "Approved for payment"
    pay_part(room, reference, Decimal(2000))
    assert paid_and_left(room, reference) == "Paid RUB 2,000.00, RUB 2,800.00 left to pay"


def test_a_sum_that_may_mean_two_things_is_asked_about_and_words_answer(room: Room) -> None:
    reference = room.shown()
    pay_part(room, reference, Decimal(1800))
    pay_part(room, reference, Decimal(3000))
    assert room.reasons(reference) == ["paid_in_all_or_more"]
    pay_part(room, reference, "всего 3000")
    assert (room.status(reference), room.cell(reference, "paid_amount")) == (Status.APPROVED, Decimal(3000))
    pay_part(room, reference, "ещё 1800")
    assert (room.status(reference), room.cell(reference, "paid_amount")) == (Status.PAID, Decimal(4800))


@pytest.mark.parametrize("typed", [None, Decimal(0)])
def test_a_part_taken_away_within_the_delay_leaves_no_mail(room: Room, typed: Decimal | None) -> None:
    reference = room.shown()
    before = room.told(reference)
    pay_part(room, reference, Decimal(1000))
    room.type(reference, paid_amount=typed)
    room.work()
    room.wait(minutes=20)
    room.ring()
    room.work()
    assert room.told(reference) == before
    assert (room.cell(reference, "paid_amount"), room.cell(reference, "message")) == (None, None)
    assert room.events(reference) == ["PartPaid", "PaidUndone"]


def test_a_smaller_sum_within_the_delay_mends_the_part(room: Room) -> None:
    reference = room.shown()
    pay_part(room, reference, Decimal(1000))
    room.type(reference, paid_amount=Decimal(900))
    room.work()
    assert (room.cell(reference, "paid_amount"), room.events(reference)) == (
        Decimal(900), ["PartPaid", "PaidUndone", "PartPaid"],
    )  # fmt: skip


def test_a_part_that_was_told_is_taken_back_with_a_reason(room: Room) -> None:
    reference = room.shown()
    pay_part(room, reference, Decimal(1000))
    room.wait(minutes=11)
    room.ring()
    room.work()
    assert ("contractor_part", "billing@romashka.example") in room.told(reference)
    room.type(reference, paid_amount=None)
    room.work()
    assert (room.cell(reference, "paid_amount"), room.reasons(reference)) == (Decimal(1000), ["part_is_told"])
    room.type(reference, paid_amount=None, accountant_comment="the bank sent it back")
    room.work()
    assert (room.cell(reference, "status"), room.cell(reference, "paid_amount")) == ("On hold", None)
    assert ("told_recalled", RITA) in room.told(reference)


def test_the_whole_marked_by_mistake_becomes_a_part_within_the_delay(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="Paid")
    room.work()
    room.type(reference, paid_amount=Decimal(1000))
    room.work()
    assert (room.cell(reference, "status"), room.cell(reference, "paid_amount")) == (
        "Approved for payment", Decimal(1000),
    )  # fmt: skip


def test_another_date_beside_paid_corrects_the_payment(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="Paid")
    room.work()
    room.type(reference, paid_on="20 ноя", payment_order="9")
    room.work()
    assert (room.cell(reference, "paid_on"), room.cell(reference, "payment_order")) == (date(2026, 11, 20), "9")
    assert room.events(reference) == ["Paid", "PaymentCorrected"]


def test_a_mark_undone_within_the_delay_leaves_no_notice(room: Room) -> None:
    reference = room.shown()
    before = room.told(reference)
    room.type(reference, status="Paid")
    room.work()
    room.wait(minutes=5)
    room.type(reference, status="Approved for payment")
    room.work()
    room.wait(minutes=20)
    room.ring()
    room.work()
    assert room.told(reference) == before
    assert (room.status(reference), room.cell(reference, "paid_on")) == (Status.APPROVED, None)
    assert room.events(reference) == ["Paid", "PaidUndone"]


def told_of_payment(room: Room) -> str:
    reference = room.shown()
    room.type(reference, status="Paid")
    room.work()
    room.wait(minutes=11)
    room.ring()
    room.work()
    assert ("contractor_paid", "billing@romashka.example") in room.told(reference)
    return reference


def test_paid_to_approved_after_it_was_told_is_put_back_with_a_message(room: Room) -> None:
    reference = told_of_payment(room)
    room.type(reference, status="Approved for payment")
    room.work()
    assert (room.cell(reference, "status"), room.reasons(reference)) == ("Paid", ["paid_is_told"])
    assert "On hold" in room.message(reference)


def test_paid_to_on_hold_with_a_reason_recalls_it(room: Room) -> None:
    reference = told_of_payment(room)
    room.type(reference, accountant_comment="the bank sent it back", status="On hold")
    room.work()
    assert (room.cell(reference, "status"), room.cell(reference, "message")) == ("On hold", None)
    assert room.events(reference) == ["Paid", "PaymentRecalled", "Held"]
    assert ("told_recalled", RITA) in room.told(reference)


def test_paid_to_on_hold_without_a_reason_is_put_back(room: Room) -> None:
    reference = told_of_payment(room)
    room.type(reference, status="On hold")
    room.work()
    assert (room.cell(reference, "status"), room.reasons(reference)) == ("Paid", ["recall_needs_reason"])


def test_returned_takes_the_comment_as_its_reason(room: Room) -> None:
    reference = room.shown()
    room.type(reference, accountant_comment="wrong invoice", status="Returned for rework")
    room.work()
    assert room.events(reference) == ["Returned"]
    assert room.request(reference).decision_comment == "wrong invoice"
    assert [kind for kind, person in room.told(reference) if person == RITA][-1] == "told_refused"


def test_returned_that_is_refused_still_passes_the_comment_on(room: Room) -> None:
    reference = room.submitted()
    room.work()
    room.type(reference, accountant_comment="wrong invoice", status="Returned for rework")
    room.work()
    assert room.cell(reference, "status") == "Awaiting approval"
    assert room.events(reference) == ["EditRefused", "Commented"]


def test_date_and_sum_typed_beside_another_status_wait_for_paid(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="On hold", paid_on="20.11", paid_amount=Decimal(1000), payment_order="12")
    room.work()
    row = room.row(reference)
    assert (row["status"], row["paid_on"], row["paid_amount"], row["payment_order"]) == ("On hold", "20.11", 1000, "12")
    room.type(reference, status="Approved for payment")
    room.work()
    room.type(reference, status="Paid")
    room.work()
    [part] = room.request(reference).payments
    assert (part.on, part.amount, part.order) == (date(2026, 11, 20), Decimal(1000), "12")


def test_date_and_sum_stay_beside_a_word_that_was_not_understood(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="Payd", paid_on="20.11", paid_amount=Decimal(1000))
    room.work()
    row = room.row(reference)
    assert (row["status"], row["paid_on"], row["paid_amount"]) == ("Approved for payment", "20.11", 1000)
    assert room.reasons(reference) == ["status_unknown"]
    room.type(reference, status="Paid")
    room.work()
    assert [payment.amount for payment in room.request(reference).payments] == [Decimal(1000)]


def test_on_hold_and_back(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="приостановлен", accountant_comment="no money")
    room.work()
    assert (room.cell(reference, "status"), room.request(reference).holds[0].reason) == ("On hold", "no money")
    room.type(reference, status="Approved for payment")
    room.work()
    assert (room.cell(reference, "status"), room.events(reference)) == ("Approved for payment", ["Held", "Released"])


def test_the_comment_is_passed_on_once_for_each_change(room: Room) -> None:
    reference = room.shown()
    room.type(reference, accountant_comment="which invoice?")
    room.work()
    room.type(reference, accountant_comment="which invoice, please?")
    room.work()
    room.type(reference, accountant_comment=None)
    room.work()
    room.restart().work()
    assert room.events(reference) == ["Commented", "Commented"]
    assert room.cell(reference, "accountant_comment") is None
    assert room.told(reference).count(("told_comment", RITA)) == 2


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("Done!", "status_unknown"), (None, "status_cleared"), ("Rejected", "status_not_yours"),
        ("Awaiting approval", "status_not_yours"), ("Withdrawn", "status_not_yours"), ("Draft", "status_not_yours"),
    ],
)  # fmt: skip
def test_a_status_that_cannot_be_set_is_put_back_and_explained(room: Room, word: str | None, reason: str) -> None:
    reference = room.shown()
    room.type(reference, status=word)
    room.work()
    assert (room.cell(reference, "status"), room.reasons(reference)) == ("Approved for payment", [reason])
    assert room.message(reference)
    room.type(reference, status="Paid")
    room.work()
    assert room.message(reference) == ""


def test_the_same_status_in_other_letters_is_only_put_right(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="согласован к оплате")
    room.work()
    assert (room.cell(reference, "status"), room.events(reference)) == ("Approved for payment", [])


def test_paid_on_an_unapproved_row_is_recorded_put_back_and_asked_about(room: Room) -> None:
    reference = room.submitted()
    room.work()
    room.type(reference, status="Paid", paid_on=date(2026, 11, 20))
    room.work()
    row = room.row(reference)
    assert (row["status"], row["paid_on"]) == ("Awaiting approval", None)
    assert room.events(reference)[0] == "PaidWithoutApproval"
    assert {("ask_confirm", FIONA), ("told_unapproved_payment", "adam@example.test"),
            ("told_unapproved_payment", "oscar@example.test")} <= set(room.told(reference))  # fmt: skip
    assert "Awaiting approval" in room.message(reference)


def test_paid_on_a_held_row_counts_as_unapproved(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="On hold")
    room.work()
    room.type(reference, status="Paid")
    room.work()
    assert room.events(reference)[:2] == ["Held", "PaidWithoutApproval"]
    assert room.cell(reference, "status") == "On hold"


def test_a_hold_on_a_request_withdrawn_meanwhile_is_refused(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="On hold")
    room.order(Withdraw(RITA), reference)
    room.work()
    assert (room.cell(reference, "status"), room.reasons(reference)) == ("Withdrawn", ["closed_withdrawn"])


# --- on the views ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["today", "week", "month", "overdue"])
def test_paid_typed_on_a_view_counts_as_typed_in_the_registry(room: Room, view: str) -> None:
    reference = room.shown(pay_by="23.11.2026")
    room.wait(days=view == "overdue")
    room.work()
    room.person.type_in_view(view, reference, "Paid")
    room.work()
    assert (room.cell(reference, "status"), room.events(reference)) == ("Paid", ["Paid"])
    assert room.registry.read().view_edits == ()


def test_a_word_that_means_nothing_on_a_view_is_drawn_over(room: Room) -> None:
    reference = room.shown(pay_by="23.11.2026")
    room.person.type_in_view("week", reference, "soon")
    room.work()
    assert room.reasons(reference) == ["status_unknown"]
    assert {status for *_, status in room.registry.read().view_edits} == {"Approved for payment"}
    room.type(reference, accountant_comment="a later save")
    room.work()
    assert room.reasons(reference) == ["status_unknown"]


def test_a_view_that_was_typed_over_is_drawn_anew_and_one_that_was_not_is_left_alone(room: Room) -> None:
    first, second = room.shown(pay_by="23.11.2026"), room.shown(pay_by="29.11.2026", contractor=" Two \n lines ")
    draws = room.registry.draws
    room.type(first, accountant_comment="an ordinary save")
    room.work()
    assert room.registry.draws == draws
    room.person.type_over_view("week", first, "amount", Decimal(1))
    room.work()
    marks = room.registry.read().view_marks
    assert room.registry.draws == draws + 1
    room.type(second, accountant_comment="another save")
    room.work()
    assert (room.registry.read().view_marks, room.registry.draws) == (marks, draws + 1)


def test_paid_on_a_view_and_taken_back_while_the_book_is_open(room: Room) -> None:
    reference = room.shown(pay_by="23.11.2026")
    room.person.open("Fiona")
    for word in ("Paid", "Approved for payment", "Paid"):
        room.person.type_in_view("today", reference, word)
        with pytest.raises(Exception, match="open"):
            room.work()
        room.wait(seconds=6)
        room.type(reference, accountant_comment=f"after {word}")
        with pytest.raises(Exception, match="open"):
            room.work()
        room.wait(seconds=6)
    assert [name for name in room.events(reference) if name != "Commented"] == ["Paid", "PaidUndone", "Paid"]
    room.person.close()
    room.work()
    assert room.cell(reference, "status") == "Paid"
    room.agrees()


def test_the_last_editor_is_told_and_decides_nothing(room: Room) -> None:
    reference = room.shown()
    read = room.registry.read
    room.registry.read = lambda: replace(read(), editor="<b>Fiona</b>\n@example")  # type: ignore[method-assign]
    room.type(reference, status="Paid", payment_order="712")
    room.work()
    paid = next(recorded for recorded in room.journal.history(reference) if type(recorded.event).__name__ == "Paid")
    assert (paid.actor, paid.editor) == ("registry", "<b>Fiona</b>\n@example")
    assert "last edited by <b>Fiona</b> @example" in str(room.row(reference)["history"])
    assert room.journal.broken_links() == []
