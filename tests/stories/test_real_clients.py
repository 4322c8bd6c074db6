"""Replies that real mail programs made: what they quote, wrap, encode and sign must not change what is decided."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from helpers.mailprograms import Alpine, Desk, MailProgram, Mutt, SNail, Writing, reply
from helpers.needs import needs
from stories.stage import ADAM, RITA, Stage, complete_form, invoice, text_of
from workflow.core.model import Request, Status

NAMES = {ADAM: "Антон Головин", RITA: "Рита Орлова"}
WROTE_RU, WROTE_EN = "{date} {name} пишет:", "On {date}, {name} wrote:"
PROGRAMS = [
    pytest.param(program, marks=needs(program.name), id=f"{program.name}{'-imap' if getattr(program, 'imap', False) else ''}")
    for program in (SNail(), Mutt("neomutt"), Mutt("mutt", imap=True), Alpine())
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
def test_every_decision_of_an_approver_is_read_with_its_reason(stage: Stage, answer: Answer, program: MailProgram) -> None:
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


def requests(stage: Stage, count: int) -> list[EmailMessage]:
    """So many requests of Rita's; the questions to Adam in their order."""
    for number in range(1, count + 1):
        stage.send(RITA, complete_form(stage.now()).replace("118", f"{number}18"), files=[("счет.pdf", invoice(str(number)))])
    stage.run()
    return stage.new(ADAM)


def said(request: Request) -> str:
    """The last decision and its reason as the journal keeps them."""
    return " ".join(f"{vote.decision.value}: {vote.comment}" for vote in request.votes)
