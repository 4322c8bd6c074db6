"""Replies that real mail programs made: what they quote, wrap, encode and sign must not change what is decided."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from helpers.mailprograms import Alpine, Desk, MailProgram, Mutt, SNail, Writing, reply
from helpers.needs import needs
from stories.stage import ADAM, FIONA, RITA, SUPPLIER, Stage, complete_form, files_of, invoice
from workflow.core.model import Request, Status

NAMES = {ADAM: "Антон Головин", RITA: "Рита Орлова", FIONA: "Фаина Счетова"}
WROTE_RU, WROTE_EN = "{date} {name} пишет:", "On {date}, {name} wrote:"
SNAIL, NEOMUTT, MUTT, ALPINE = SNail(), Mutt("neomutt"), Mutt("mutt", imap=True), Alpine()
PROGRAMS = [
    pytest.param(program, marks=needs(program.name), id=program.name) for program in (SNAIL, NEOMUTT, MUTT, ALPINE)
]

Answer = Callable[[MailProgram, str, EmailMessage, Writing], bytes]


@pytest.fixture
def answer(stage: Stage, tmp_path: Path) -> Answer:
    """A person replies to a letter with a mail program."""

    def replies(program: MailProgram, person: str, to: EmailMessage, writing: Writing) -> bytes:
        home = tmp_path / program.name
        home.mkdir(exist_ok=True)
        return reply(program, Desk(stage.mail, person, NAMES[person], home), to, writing)

    return replies


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_decision_of_an_approver_is_read_with_its_reason(
    stage: Stage, answer: Answer, program: MailProgram
) -> None:
    asked = requests(stage, 4)
    answer(program, ADAM, asked[0], Writing("Согласовано", attribution=WROTE_RU, signature="Антон Головин\nдиректор"))
    answer(program, ADAM, asked[1], Writing("Отказано: дорого,\nнайдите дешевле", attribution=WROTE_EN))
    answer(program, ADAM, asked[2], Writing("Добрый день!\n\nВернуть. Сумма без скидки", signature="Антон"))
    doubtful = "Согласуем на той неделе\n\n--\u00a0\nСогласовано с юристами"
    answer(program, ADAM, asked[3], Writing(doubtful, signature="СОГЛАСОВАНО"))
    stage.run()
    assert [(request.status, said(request)) for request in stage.wiring().journal.requests()] == [
        (Status.APPROVED, "approve: "), (Status.REJECTED, "reject: дорого,\nнайдите дешевле"),
        (Status.RETURNED, "return: Сумма без скидки"), (Status.AWAITING, ""),
    ]  # fmt: skip
    assert len(stage.new(ADAM)) == 4, "three receipts and one question"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_draft_is_completed_in_the_quoted_form(stage: Stage, answer: Answer, program: MailProgram) -> None:
    stage.send(RITA, "\n".join(line for line in complete_form(stage.now()).splitlines() if not line.startswith("ИНН")))
    stage.run()
    writing = Writing(inline={"ИНН": "9652407405"}, attribution=WROTE_RU, signature="Рита Орлова\n+7 495 000-00-00")
    answer(program, RITA, stage.only(RITA), writing)
    stage.run()
    assert (stage.request().value("inn"), stage.request().status) == ("9652407405", Status.AWAITING)


@pytest.mark.parametrize("program", PROGRAMS[:3])
def test_paid_with_the_payment_order_attached(
    stage: Stage, answer: Answer, program: MailProgram, tmp_path: Path
) -> None:
    stage.answer(ADAM, requests(stage, 1)[0], "Согласовано")
    stage.run()
    order = tmp_path / "order215.pdf"
    order.write_bytes(invoice("order"))
    answer(program, FIONA, stage.only(FIONA), Writing("Оплачено, п/п № 215", file=order, signature="Фаина Счетова"))
    stage.run()
    request = stage.request()
    assert (request.status, request.payments[0].order) == (Status.PAID, "215")
    stage.later(minutes=11)
    stage.run()
    assert files_of(stage.only(SUPPLIER)) == {"order215.pdf": invoice("order")}


@needs("neomutt")
@pytest.mark.parametrize("charset", ["koi8-r", "windows-1251"])
def test_an_old_character_set_changes_no_word(stage: Stage, answer: Answer, charset: str) -> None:
    asked = requests(stage, 2)
    sent = answer(NEOMUTT, ADAM, asked[0], Writing("Согласовано", charset=charset, terminal=charset))
    text = "отказано: нет денег"
    answer(NEOMUTT, ADAM, asked[1], Writing(text, charset=charset, terminal=charset, signature="Антон Головин"))
    stage.run()
    assert f"charset={charset}".encode() in sent.lower()
    assert [said(request) for request in stage.wiring().journal.requests()] == ["approve: ", "reject: нет денег"]


@needs("s-nail")
def test_an_answer_without_any_quote_in_an_old_character_set(stage: Stage, answer: Answer) -> None:
    asked = requests(stage, 1, currency="USD")  # there is no sign of the rouble in it, and the subject names the amount
    sent = answer(SNAIL, ADAM, asked[0], Writing("Согласовано, спасибо", where="instead", charset="windows-1251,utf-8"))
    stage.run()
    assert b"charset=windows-1251" in sent.lower()
    assert said(stage.request()) == "approve: спасибо"


@needs("s-nail")
def test_a_quote_that_the_program_spoiled_is_a_doubt(stage: Stage, answer: Answer) -> None:
    """A terminal of another character set than the system's: every letter of the quote becomes three wrong ones."""
    asked = requests(stage, 1)
    answer(SNAIL, ADAM, asked[0], Writing("Согласовано", charset="koi8-r", terminal="koi8-r"))
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert stage.only(ADAM)


@pytest.mark.parametrize("program", [program for program in PROGRAMS if program.id in ("neomutt", "alpine")])
def test_flowed_lines_are_one_sentence_again(stage: Stage, answer: Answer, program: MailProgram) -> None:
    asked = requests(stage, 1)
    text = "Отказано: договор подписан не тем, \nкто вправе его подписывать."
    sent = answer(program, ADAM, asked[0], Writing(text, attribution=WROTE_RU, signature="Антон", flowed=True))
    stage.run()
    assert b"format=flowed" in sent.lower()
    assert said(stage.request()) == "reject: договор подписан не тем, кто вправе его подписывать."


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_answer_below_the_quote(stage: Stage, answer: Answer, program: MailProgram) -> None:
    asked = requests(stage, 1)
    answer(program, ADAM, asked[0], Writing("Согласовано", where="below", signature="Антон Головин"))
    stage.run()
    assert stage.request().status is Status.APPROVED


@needs("s-nail")
def test_a_program_that_quotes_without_a_sign_and_answers_the_plain_address(stage: Stage, answer: Answer) -> None:
    asked = requests(stage, 2)
    sent = answer(SNAIL, ADAM, asked[0], Writing("Согласовано", bare=True))
    answer(SNAIL, ADAM, asked[1], Writing("Согласовано", bare=True, where="below"))
    assert b"To: payments@" in sent
    stage.run()
    assert [said(request) for request in stage.wiring().journal.requests()] == ["approve: ", ""]


def requests(stage: Stage, count: int, currency: str = "руб.") -> list[EmailMessage]:
    """So many requests of Rita's; the questions to Adam in their order."""
    for number in range(1, count + 1):
        form = complete_form(stage.now()).replace("118", f"{number}18").replace("руб.", currency)
        stage.send(RITA, form, files=[("счет.pdf", invoice(str(number)))])
    stage.run()
    return stage.new(ADAM)


def said(request: Request) -> str:
    """The last decision and its reason as the journal keeps them."""
    return " ".join(f"{vote.decision.value}: {vote.comment}" for vote in request.votes)
