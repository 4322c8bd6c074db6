"""Answers that are nearly clear, by letter: what decides, and how he who is asked again is told what was read."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from helpers.office import Office, office
from stories.stage import ADAM, RITA, complete_form, invoice, text_of
from workflow.core.model import Status

GENITIVE = (
    "", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
PASS = ("Authentication-Results", "mx.example.test; dmarc=pass header.from=example.test")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    desk = office(tmp_path)
    desk.send(RITA, complete_form(desk.now()), headers=[PASS], files=[("счет.pdf", invoice())])
    desk.run()
    return desk


def answer(desk: Office, text: str, *headers: tuple[str, str]) -> EmailMessage:
    """What he gets for this answer to his ask."""
    ask = desk.new(ADAM)[-1]
    ids = [("In-Reply-To", str(ask["Message-ID"])), ("References", str(ask["Message-ID"]))]
    desk.send(ADAM, text, subject=f"Re: {ask['Subject']}", to=str(ask["Reply-To"]), headers=[*ids, *headers])
    desk.run()
    return desk.only(ADAM)


@pytest.mark.parametrize(
    "text", ["Согласовано 12 000,50", "Согласовано на сумму 12000,50 руб.", "СОГЛАСОВАНО 12 000,50 ₽, проект Альфа"]
)
def test_the_amount_that_was_asked_for_is_no_other_amount(desk: Office, text: str) -> None:
    answer(desk, text)
    assert desk.request().status is Status.APPROVED
    assert desk.request().decision_comment in ("12 000,50", "на сумму 12000,50 руб.", "12 000,50 ₽, проект Альфа")


@pytest.mark.parametrize(
    "text",
    [
        "Согласовано 10 000",
        "Согласовано 12 000,50 USD",
        "Согласовано 5 000 из 12 000,50",
        "Согласовано 120 005,0",
        "Согласовано до 12 000,50",
    ],
)
def test_another_amount_is_asked_about(desk: Office, text: str) -> None:
    answer(desk, text)
    assert desk.request().status is Status.AWAITING


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Согласовано: счет 119", "другой счет"),
        ("СОГЛАСОВАНО счёт № УТ-119 от 20.11", "другой счет"),
        ("APPROVE invoice 119", "другой счет"),
        ("Согласовано, заявка 41", "другая заявка"),
        ("Согласовано: платеж провести {late}", "позже срока"),
        ("Согласовано. Платёж проводим {late_words}", "позже срока"),
    ],
)
def test_a_yes_that_names_another_invoice_or_a_later_day_is_asked_back(desk: Office, text: str, named: str) -> None:
    late = desk.now().date() + timedelta(days=60)
    told = text_of(answer(desk, text.format(late=f"{late:%d.%m.%Y}", late_words=f"{late.day} {GENITIVE[late.month]}")))
    assert desk.request().status is Status.AWAITING
    assert named in told


@pytest.mark.parametrize(
    "text",
    [
        "Согласовано, {invoice}",
        "Согласовано, счет 12 000,50 руб.",
        "Согласовано по счету от 20.11.2026",
        "Согласовано, {reference}",
        "Согласовано. Акт пришлите до {late}",
        "Согласовано. Оплатить в срок",
    ],
)
def test_a_yes_that_names_its_own_invoice_is_a_yes(desk: Office, text: str) -> None:
    request = desk.request()
    late = desk.now().date() + timedelta(days=60)
    own = f"счет № {request.value('invoice_number')}"
    answer(desk, text.format(invoice=own, reference=f"заявка {request.reference}", late=f"{late:%d.%m.%Y}"))
    assert desk.request().status is Status.APPROVED


def test_a_letter_that_another_mailbox_sent_in_his_name_decides_nothing(desk: Office) -> None:
    told = text_of(answer(desk, "Согласовано", ("Sender", "secretary@example.test")))
    assert desk.request().status is Status.AWAITING
    assert "из другого ящика" in told
    assert "Ответьте из своего ящика" in told


@pytest.mark.parametrize("sender", ["HEAD@example.test", "anton@home.test", "head@mail.example.test"])
def test_a_mailbox_of_his_own_is_no_other(desk: Office, sender: str) -> None:
    answer(desk, "Согласовано", ("Sender", sender))
    assert desk.request().status is Status.APPROVED


@pytest.mark.parametrize(
    ("text", "read", "advice"),
    [
        ("APROVE", "«APROVE» похоже на СОГЛАСОВАНО", "одним словом: СОГЛАСОВАНО"),
        ("утверждо", "«утверждо» похоже на СОГЛАСОВАНО", "одним словом: СОГЛАСОВАНО"),
        ("cjukfcjdfyj", "«cjukfcjdfyj» похоже на СОГЛАСОВАНО", "одним словом: СОГЛАСОВАНО"),
        ("фззкщму", "«фззкщму» похоже на СОГЛАСОВАНО", "одним словом: СОГЛАСОВАНО"),
        ("Добрый день! Отказанно, дорого", "«Отказанно» похоже на ОТКАЗАНО", "ответьте ОТКАЗАНО"),
        ("вернут, нет акта", "«вернут» похоже на ВЕРНУТЬ", "ответьте ВЕРНУТЬ"),
    ],
)
def test_a_misspelt_word_is_named_with_the_word_that_answers(desk: Office, text: str, read: str, advice: str) -> None:
    told = answer(desk, text)
    assert desk.request().status is Status.AWAITING
    assert read in text_of(told)
    assert advice in text_of(told)
    desk.answer(ADAM, told, "СОГЛАСОВАНО")
    desk.run()
    assert desk.request().status is Status.APPROVED


def test_a_reason_that_was_still_owed_may_begin_with_any_word(desk: Office) -> None:
    receipt = answer(desk, "Отказано")
    desk.answer(ADAM, receipt, "Отказались поставщики")
    desk.run()
    assert "Отказались поставщики" in str(desk.cells()["Комментарий руководителя"])
