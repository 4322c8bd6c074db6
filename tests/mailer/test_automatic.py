"""Which letters are taken for automatic, by header and by phrase."""

import json
from datetime import date
from pathlib import Path

import pytest

from mailer.automatic import classify
from mailer.mime import Header, read_header

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "automatic_messages.json").read_text("utf-8"))
TODAY = date(2026, 11, 24)


def header(**fields):
    return Header(tuple((name.replace("_", "-").lower(), value) for name, value in fields.items()))


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_every_vector_gets_its_kind(case):
    fields = [(name.lower(), value) for name, value in case["headers"].items()]
    found = classify(Header((*fields, ("content-type", case["content_type"]))))
    assert (found.kind if found else "human") == case["kind"]


def test_our_own_mark_and_our_own_address_are_ours():
    assert classify(header(X_Countersign="1", From="a@b.test")).kind == "own"
    assert classify(header(From="Payments <Payments@example.test>"), {"payments@example.test"}).kind == "own"


def test_a_returned_notice_of_ours_is_a_bounce_not_our_own():
    found = classify(
        header(X_Countersign="1", Content_Type="multipart/report; report-type=delivery-status; boundary=b")
    )
    assert found.kind == "dsn"


SUBJECTS = [
    "Automatic reply: [PAY-2026-00042/1] Payment", "Автоответ: [PAY-2026-00042/1]", "Out of Office: approval",
    "Abwesenheitsnotiz: Zahlung", "Automatische Antwort: Zahlung", "Réponse automatique : paiement",
    "Respuesta automática: pago", "Risposta automatica: pagamento", "Odpowiedź automatyczna: płatność",
    "Otomatik yanıt: ödeme", "Автоматична відповідь: платіж", "自动答复: 付款", "Автоматический ответ: оплата",
    "Out of the office Re: x", "Re: Automatic reply: x", "В отпуске до 30.11", "Меня нет в офисе",
]  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_of_an_absence_note_is_weak_evidence(subject):
    assert classify(header(From="head@example.test", Subject=subject)).kind == "auto?"


OPENINGS = [
    "Здравствуйте! Я в отпуске до 30 ноября, по срочным вопросам пишите Дине.",
    "Добрый день! Меня нет в офисе до 30.11.2026.",
    "Благодарим за ваше письмо. Меня нет на месте до 30.11.",
    "Hello, I am currently out of the office until 30 November 2026 with limited access to e-mail.",
    "Thank you for your email. I am on annual leave and will be back on 30 November.",
    "Vielen Dank für Ihre Nachricht. Ich bin bis 30.11.2026 nicht im Büro.",
    "Bonjour, je suis absent du bureau jusqu'au 30.11.2026.",
    "Sayın ilgili, şu anda yıllık izin kullanıyorum.",
    "This is an automatic reply. I will read your message on 30 November.",
]


@pytest.mark.parametrize("text", OPENINGS)
def test_an_absence_note_without_headers_is_noticed_by_its_opening(text):
    found = classify(header(From="head@example.test", Subject="Re: x"), text=text, received=TODAY)
    assert found is not None
    assert found.kind == "auto?"


PEOPLE = [
    "СОГЛАСОВАНО. Я в отпуске до 30.11, дальше решает Дина.",
    "Спасибо за письмо, согласовано", "APPROVE. I am out of office tomorrow.", "Добрый день! Счёт прилагаю.",
    "Thanks, will look at it on Monday.", "Я против.", "Отпуск оплатите до 30.11",
]  # fmt: skip


@pytest.mark.parametrize("text", PEOPLE)
def test_a_person_who_mentions_an_absence_stays_a_person(text):
    assert classify(header(From="head@example.test", Subject="Re: x"), text=text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Я в отпуске до 30.11", date(2026, 11, 30)),
        ("Меня нет по 12 января включительно", date(2027, 1, 12)),
        ("I am out of the office until 30 November 2026", date(2026, 11, 30)),
        ("I am on leave until December 1st", date(2026, 12, 1)),
        ("Ich bin bis zum 5.12.2026 nicht im Büro", date(2026, 12, 5)),
        ("Меня нет, вернусь 2026-12-07", None),
        ("Я в отпуске", None),
        ("Я в отпуске до 31.02", None),
    ],
)
def test_the_day_of_return_is_read(text, day):
    found = classify(header(From="a@b.test", Auto_Submitted="auto-replied", Subject="Re"), text=text, received=TODAY)
    assert found.kind == "auto"
    assert found.returns_on == (date(2026, 12, 7) if "2026-12-07" in text else day)


def test_the_header_alone_is_enough_for_a_letter_too_big_to_fetch():
    found = classify(read_header(b"From: a@b.test\r\nAuto-Submitted: auto-generated (x)\r\n\r\n"))
    assert found.kind == "auto"
