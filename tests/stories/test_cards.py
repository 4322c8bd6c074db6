"""A contractor known from before: his name is enough, the same bill is not paid twice, a new account is checked."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest

from stories.stage import ADAM, FIONA, OSCAR, RITA, SUPPLIER, Stage, complete_form, invoice, text_of
from workflow.core.model import HoldKind, Status

CALL = "ПОДТВЕРЖДАЮ, звонила Ивановой из их бухгалтерии, +7 495 123-45-67"
OTHER = {"Р/С: 40702810604162316352": "Р/С: 40702810114607617721", "БИК Банка: 049805746": "БИК Банка: 049600111"}


def form(stage: Stage, number: str, **changes: str) -> str:
    """The usual form with an invoice of another number, and other texts in place of some."""
    text = complete_form(stage.now()).replace("№ 118", f"№ {number}")
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def ask(stage: Stage, person: str, word: str) -> EmailMessage:
    """The one new mail to this person; its subject says this."""
    message = stage.only(person)
    assert word in str(message["Subject"]), message["Subject"]
    return message


def submitted(stage: Stage, text: str, number: str) -> None:
    stage.send(RITA, text, files=[("Счёт.pdf", invoice(number))])
    stage.run()


def approved(stage: Stage) -> None:
    stage.answer(ADAM, ask(stage, ADAM, "Согласуйте"), "Согласовано")
    stage.run()
    stage.new(ADAM)


def paid(stage: Stage, reference: str) -> None:
    stage.edit({"Статус": "Оплачен", "Платежка": "214"}, reference)
    stage.run()
    stage.later(minutes=11)
    stage.run()
    for person in (RITA, ADAM, FIONA, SUPPLIER, OSCAR):
        stage.new(person)


@pytest.fixture
def known(stage: Stage) -> Stage:
    """The supplier was paid once."""
    submitted(stage, form(stage, "117"), "117")
    approved(stage)
    paid(stage, stage.first)
    return stage


def second(stage: Stage) -> str:
    return stage.first.removesuffix("1") + "2"


def test_of_a_known_contractor_the_name_alone_is_enough(known: Stage) -> None:
    pay_by = f"{known.now() + timedelta(days=5):%d.%m.%Y}"
    lines = ("За что платим: Бумага", "Подрядчик: ромашка", "Сумма счета: 900", f"Оплатить до: {pay_by}",
             "Счет: № 118 от 20.11.2026")  # fmt: skip
    submitted(known, "\n".join(lines), "118")
    receipt = text_of(ask(known, RITA, "Заявка принята"))
    assert "ООО «Ромашка» (из карточки подрядчика)" in receipt
    request = known.request(second(known))
    assert (request.status, request.problems, request.holds) == (Status.AWAITING, (), ())
    assert {request.fields[name].source for name in ("contractor", "inn", "kpp", "account", "bic")} == {"card"}
    assert "40702810604162316352" in text_of(ask(known, ADAM, "Согласуйте"))


def test_the_same_bill_is_held_explained_and_paid(known: Stage) -> None:
    submitted(known, form(known, "117"), "117-again")
    question = ask(known, RITA, "Платить еще раз?")
    assert known.first in text_of(question)
    shown = ask(known, ADAM, "Согласуйте")
    assert text_of(shown).index(known.first) < text_of(shown).index("Канцелярия"), "in the first lines"
    assert known.new(FIONA) == []
    known.answer(RITA, question, "Да")
    known.answer(ADAM, shown, "Согласовано")
    known.run()
    assert any("чем эта отличается" in " ".join(text_of(mail).split()) for mail in known.new(RITA))
    assert "не платить" in str(known.only(FIONA)["Subject"])
    assert known.cells(second(known))["Статус"] == "Приостановлен"
    known.answer(RITA, question, "Да, это вторая часть: счет оплачиваем двумя платежами")
    known.run()
    assert "вторая часть" in text_of(ask(known, FIONA, "К оплате"))
    paid(known, second(known))
    assert known.request(second(known)).status is Status.PAID


def test_a_changed_account_waits_for_a_call(known: Stage) -> None:
    submitted(known, form(known, "118", **OTHER), "118")
    assert "приостановлена" in text_of(ask(known, RITA, "Заявка принята"))
    shown = ask(known, ADAM, "Согласуйте")
    assert "Счет не тот, на который платили раньше: 40702810604162316352" in text_of(shown).replace("\n  ", " ")
    assert known.new(FIONA) == [], "accounting hears of nothing before approval"
    known.answer(ADAM, shown, "Согласовано")
    known.run()
    known.new(ADAM)
    question = ask(known, FIONA, "Проверьте реквизиты")
    for said in ("40702810604162316352", "40702810114607617721", "верить нельзя"):
        assert said in text_of(question)
    known.answer(OSCAR, question, CALL)
    known.answer(ADAM, question, CALL)
    known.run()
    assert known.request(second(known)).hold(HoldKind.BANK_DETAILS) is not None
    known.answer(FIONA, question, "Подтверждаю")
    known.run()
    assert "кому и по какому номеру" in text_of(known.new(FIONA)[-1]).replace("\n", " ")
    known.answer(FIONA, question, CALL)
    known.run()
    assert "Реквизиты проверены по телефону" in text_of(known.new(FIONA)[-1])
    assert known.cells(second(known))["Статус"] == "Согласован к оплате"
    paid(known, second(known))
    assert known.request(second(known)).status is Status.PAID


def held_in_the_book(known: Stage) -> str:
    submitted(known, form(known, "118", **OTHER), "118")
    approved(known)
    assert known.cells(second(known))["Статус"] == "Приостановлен"
    return second(known)


def test_the_call_is_written_into_the_registry(known: Stage) -> None:
    reference = held_in_the_book(known)
    known.edit({"Статус": "Согласован к оплате"}, reference)
    known.run()
    row = known.cells(reference)
    assert row["Статус"] == "Приостановлен"
    assert "кому и по какому номеру вы звонили" in str(row["Сообщение"])
    told = "звонила Ивановой, 8 495 123-45-67"
    known.edit({"Статус": "Согласован к оплате", "Комментарий бухгалтерии": told}, reference)
    known.run()
    assert known.cells(reference)["Статус"] == "Согласован к оплате"
    paid(known, reference)
    assert known.request(reference).status is Status.PAID
