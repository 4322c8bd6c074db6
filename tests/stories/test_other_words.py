"""An approver who does not write the word: plain permission counts, a nod is asked about once, anything else is not."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from stories.bad import plain
from stories.stage import ADA, ADAM, RITA, Stage, complete_form
from workflow.core.model import Status


def asked(stage: Stage) -> EmailMessage:
    stage.send(RITA, complete_form(stage.now()))
    assert stage.run() == []
    stage.new(RITA)
    return stage.only(ADAM)


@pytest.mark.parametrize("words", ["Оплачивайте, пожалуйста", "Да, можно платить", "Go ahead and pay it, thanks"])
def test_plain_permission_to_pay_approves(stage: Stage, words: str) -> None:
    stage.answer(ADAM, asked(stage), words)
    stage.run()
    assert stage.request().status is Status.APPROVED


def test_a_nod_is_asked_about_and_the_second_one_is_a_yes(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(ADAM, ask, "ок")
    stage.run()
    assert stage.request().status is Status.AWAITING
    question = stage.only(ADAM)
    assert "Это согласие на оплату" in plain(question)
    assert "ответьте на это письмо: ДА" in " ".join(plain(question).split())
    stage.answer(ADAM, question, "да")
    stage.run()
    assert stage.request().status is Status.APPROVED


def test_a_nod_to_the_ask_stays_a_nod_however_often_it_comes(stage: Stage) -> None:
    ask = asked(stage)
    for nod in ("ок", "да", "👍", "+"):
        stage.answer(ADAM, ask, nod)
        stage.run()
    assert stage.request().status is Status.AWAITING
    assert len(stage.new(ADAM)) == 1, "and it is asked about once an hour"


def test_the_question_about_a_nod_is_not_answered_by_a_nod_of_somebody_else(stage: Stage) -> None:
    stage.answer(ADAM, asked(stage), "ок")
    stage.run()
    question = stage.only(ADAM)
    stage.answer(ADA, question, "да")
    stage.run()
    assert stage.request().status is Status.AWAITING


def test_a_nod_about_another_version_approves_nothing(stage: Stage) -> None:
    stage.answer(ADAM, asked(stage), "ок")
    stage.run()
    question = stage.only(ADAM)
    stage.answer(RITA, stage.inbox(RITA)[-1], "Сумма счета: 11 000,00")
    stage.run()
    stage.answer(ADAM, question, "да")
    stage.run()
    assert stage.request().status is Status.AWAITING


def test_agreeing_with_somebody_elses_remark_approves_nothing(stage: Stage) -> None:
    """The remark that reaches him is no question whether to pay: “согласен” may well mean that it is too dear."""
    asked(stage)
    stage.answer(RITA, stage.inbox(RITA)[-1], "Антон, может, лучше отказаться, это ведь дорого, и акта все еще нет?")
    stage.run()
    remark = stage.only(ADAM)
    stage.answer(ADAM, remark, "Согласен")
    stage.run()
    assert stage.request().status is Status.AWAITING


def test_agreeing_with_a_colleague_who_answered_all_approves_nothing(stage: Stage) -> None:
    """His mail goes to our address and stands in our thread, but what he answers is the colleague's."""
    ask = asked(stage)
    theirs = "<too.dear@example.test>"
    thread = [("In-Reply-To", theirs), ("References", f"{ask['Message-ID']} {theirs}")]
    stage.send(ADAM, "Согласен", subject=f"Re: {ask['Subject']}", to=str(ask["Reply-To"]), headers=thread)
    stage.run()
    assert stage.request().status is Status.AWAITING
