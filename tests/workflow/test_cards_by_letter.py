"""Attacks by letter on what holds a payment: who confirms, what a yes means, and who plays a known contractor."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from helpers.office import Office, office
from stories.stage import ADAM, FIONA, MALLORY, OSCAR, RITA, SUPPLIER, complete_form, invoice, text_of
from workflow.core.model import HoldKind, Request, Status

CALL = "ПОДТВЕРЖДАЮ, звонила Ивановой из их бухгалтерии, +7 495 123-45-67"
NEW_ACCOUNT = (("40702810604162316352", "40702810114607617721"), ("049805746", "049600111"))
SIGNED = "ПОДТВЕРЖДАЮ\nС уважением,\nФаина Счетова, главный бухгалтер, звоните: +7 495 000-00-00"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The supplier was paid once, by his own invoice."""
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    made = office(tmp_path)
    asked(made, "117")
    approve(made)
    made.edit({"Статус": "Оплачен"}, made.first)
    made.run()
    made.later(minutes=11)
    made.run()
    for person in (RITA, ADAM, FIONA, SUPPLIER):
        made.new(person)
    return made


def asked(desk: Office, number: str, *changes: tuple[str, str], sender: str = RITA) -> None:
    text = complete_form(desk.now()).replace("№ 118", f"№ {number}")
    for old, new in changes:
        text = text.replace(old, new)
    desk.send(sender, text, files=[("счет.pdf", invoice(number))])
    desk.run()


def approve(desk: Office) -> None:
    desk.answer(ADAM, desk.new(ADAM)[-1], "СОГЛАСОВАНО")
    desk.run()
    desk.new(ADAM)


def second(desk: Office) -> Request:
    return desk.request(desk.first.removesuffix("1") + "2")


def is_held(desk: Office, kind: HoldKind = HoldKind.BANK_DETAILS) -> bool:
    return second(desk).hold(kind) is not None


def question(desk: Office) -> EmailMessage:
    """Fiona's, about a changed account of an approved request."""
    asked(desk, "118", *NEW_ACCOUNT)
    approve(desk)
    desk.new(RITA)
    return desk.only(FIONA)


@pytest.mark.parametrize("person", [RITA, ADAM, OSCAR, MALLORY, SUPPLIER])
def test_a_forwarded_question_is_confirmed_by_nobody_else(desk: Office, person: str) -> None:
    to = question(desk)
    desk.answer(person, to, CALL)
    desk.run()
    assert is_held(desk)


def test_the_requester_confirms_nothing_by_any_of_his_own_letters(desk: Office) -> None:
    asked(desk, "118", *NEW_ACCOUNT)
    receipt = desk.new(RITA)[-1]
    approve(desk)
    for letter in (receipt, desk.new(RITA)[-1]):
        for word in (CALL, "ДА, звонила Ивановой, +7 495 123-45-67", "ВОЗОБНОВИТЬ", "OK"):
            desk.answer(RITA, letter, word)
    desk.run()
    assert is_held(desk)


@pytest.mark.parametrize("text", [
    "ПОДТВЕРЖДАЮ", "Подтверждаю, все верно", SIGNED, "ПОДТВЕРЖДАЮ\n\nФаина Счетова\n+7 495 000-00-00",
    "Не подтверждаю, звонила Ивановой, +7 495 123-45-67", "Звонила Ивановой, +7 495 123-45-67", "ВОЗОБНОВИТЬ",
    "ПОДТВЕРЖДАЮ, но до Ивановой не дозвонилась, +7 495 123-45-67", "Подтверждаю? звонила Ивановой, +7 495 123-45-67",
    "ОПЛАЧЕНО",
])  # fmt: skip
def test_less_than_a_call_leaves_it_held(desk: Office, text: str) -> None:
    desk.answer(FIONA, question(desk), text)
    desk.run()
    assert is_held(desk)
    assert second(desk).status is Status.APPROVED


def test_a_call_releases_it(desk: Office) -> None:
    desk.answer(FIONA, question(desk), CALL)
    desk.run()
    assert second(desk).payable


def test_the_word_in_reply_to_another_letter_is_asked_back(desk: Office) -> None:
    asked(desk, "118", *NEW_ACCOUNT)
    approve(desk)
    desk.new(FIONA)
    desk.edit({"Статус": "Оплачен"}, second(desk).reference)
    desk.run()
    money_left = next(mail for mail in desk.new(FIONA) if "Ушли ли деньги" in str(mail["Subject"]))
    desk.answer(FIONA, money_left, CALL)
    desk.run()
    assert is_held(desk)


def test_an_old_copy_of_the_question_confirms_no_newer_account(desk: Office) -> None:
    old = question(desk)
    desk.answer(RITA, desk.inbox(RITA)[-1], "Р/С: 40702810940200761292\nБИК Банка: 044525974")
    desk.run()
    approve(desk)
    assert second(desk).version == 2
    desk.answer(FIONA, old, CALL)
    desk.run()
    assert is_held(desk)


def test_a_look_alike_name_with_another_inn_is_held(desk: Office) -> None:
    """The name is written with Latin letters: it is found by the name it plays."""
    changes = (("«Ромашка»", "«Poмaшкa»"), ("9652407405", "9614332501"), *NEW_ACCOUNT)
    asked(desk, "5", *changes)
    request = second(desk)
    if request.status is Status.DRAFT:
        pytest.fail(str(request.problems))
    assert is_held(desk)
    assert "С таким названием мы знаем другого" in " ".join(text_of(desk.new(ADAM)[-1]).split())


@pytest.mark.parametrize("text", [
    "Да, это вторая часть: счет оплачиваем двумя платежами", "ДА\nПричина: другой месяц", "ок, доплата по договору",
    "Да, это не повтор: другая партия", "OK, this is the second half",
])  # fmt: skip
def test_a_yes_with_a_reason_releases_a_seeming_repetition(desk: Office, text: str) -> None:
    asked(desk, "117")
    desk.answer(RITA, desk.only(RITA), text)
    desk.run()
    assert not is_held(desk, HoldKind.DUPLICATE)


@pytest.mark.parametrize("text", [
    "Да", "ДА, спасибо", "Да, повтор, ошиблась", "Нет", "Нет, это другой счет", "Это вторая часть", "Да? вторая часть",
    "Да, отзовите, пожалуйста", "СОГЛАСОВАНО, вторая часть",
])  # fmt: skip
def test_less_than_that_does_not(desk: Office, text: str) -> None:
    asked(desk, "117")
    desk.answer(RITA, desk.only(RITA), text)
    desk.run()
    assert is_held(desk, HoldKind.DUPLICATE)


def test_nobody_else_explains_it(desk: Office) -> None:
    asked(desk, "117")
    to = desk.only(RITA)
    for person in (ADAM, FIONA, MALLORY):
        desk.answer(person, to, "Да, это вторая часть")
    desk.run()
    assert is_held(desk, HoldKind.DUPLICATE)
