# ruff: noqa: E501 (letters are kept whole)
"""The writer's own words apart from quotes, signatures and what servers add."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.newtext import split, without_armor

MARKER = "=== Please write above this line ==="
ATTRIBUTIONS = [
    "On Tue, Nov 24, 2026 at 10:00 AM Payments <p@x.test> wrote:",
    "On Tue, Nov 24, 2026 at 10:00 AM Payments <payments+k7f3abcdefghijklmnopqrstu2@example.test>\nwrote:",
    "On Tue, Nov 24, 2026 at 10:00 AM Payments\n<payments+k7f3abcdefghijklmnopqrstu2@example.test>\nwrote:",
    "On 24/11/2026 10:00, Payments wrote:",
    "вт, 24 нояб. 2026 г. в 10:00, Платежи <p@x.test>:",
    "вт, 24 нояб. 2026 г. в 10:00, Платежи <payments+k7f3abcdefghijklmnopqrstu2@example.test\n>:",
    "24.11.2026 10:00, Платежи пишет:",
    "24 нояб. 2026 г., в 10:00, Платежи <p@x.test> написал(а):",
    'Вторник, 24 ноября 2026, 10:00 +03:00 от "Платежи" <p@x.test>:',
    '24.11.2026, 10:00, "Платежи" <p@x.test>:',
    "Am 24.11.26 um 10:00 schrieb Payments:",
    "Am Di., 24. Nov. 2026 um 10:00 Uhr schrieb Payments <p@x.test>:",
    "Payments <p@x.test> schrieb am Di., 24. Nov. 2026\num 10:00 Uhr:",
    "Le mar. 24 nov. 2026 à 10:00, Payments <p@x.test> a écrit :",
    "El mar, 24 nov 2026 a las 10:00, Payments (<p@x.test>) escribió:",
    "Il giorno mar 24 nov 2026 alle ore 10:00 Payments <p@x.test> ha scritto:",
    "W dniu 24.11.2026 o 10:00, Payments pisze:",
    "Op di 24 nov. 2026 om 10:00 schreef Payments <p@x.test>:",
    "Em ter., 24 de nov. de 2026 às 10:00, Payments <p@x.test> escreveu:",
    "24 Kas 2026 Sal, 10:00 tarihinde Payments <p@x.test> şunları yazdı:",
    "вт, 24 лист. 2026 р. о 10:00 Payments <p@x.test> пише:",
    "Payments <p@x.test> 于2026年11月24日周二 10:00写道：",
    "Payments писал(а) 2026-11-24 10:00:",
    "Вы писали 24 ноября 2026 г., 10:00:00:",
]
CUTS = [
    "-----Original Message-----\nFrom: Payments <p@x.test>\nSent: Tuesday\nTo: Head\nSubject: x",
    "-------- Исходное сообщение --------\nОт: Платежи",
    "-------- Пересылаемое сообщение --------\n24.11.2026, 10:00, Платежи:",
    "---------- Forwarded message ---------\nFrom: P <p@x.test>",
    "________________________________\nОт: Платежи <p@x.test>\nОтправлено: 24 ноября 2026 г. 10:00\nКому: Антон",
    "From: Payments <p@x.test>\nDate: Tuesday, 24 November 2026 at 10:00\nTo: Head <head@x.test>",
    "*От:* Платежи <p@x.test>\n*Отправлено:* 24 ноября 2026 г.\n*Тема:* x",
    "Von: Payments\nGesendet: Dienstag, 24. November 2026 10:00\nAn: Head\nBetreff: x",
    "De : Payments <p@x.test>\nEnvoyé : mardi 24 novembre 2026 10:00\nÀ : Head\nObjet : x",
    "Begin forwarded message:\n\nFrom: x",
    f"Платежи, 10:00\n\n{MARKER}",
    "-----Payments <p@x.test> wrote: -----\nTo: head",
    "发件人: P <p@x.test>\n发送时间: 2026年11月24日 10:00\n收件人: head\n主题: x",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_and_what_it_quotes_are_not_the_writers(attribution):
    parts = split(f"APPROVE\n\n{attribution}\n\n> REJECT\n> x\n", [MARKER])
    assert parts.new == "APPROVE"
    assert "REJECT" in parts.quoted


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_without_marks_cuts_all_that_follows(attribution):
    assert split(f"APPROVE\n\n{attribution}\n\nREJECT\n\nx\n").new == "APPROVE"


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_below_the_quote_is_the_writers(attribution):
    assert split(f"{attribution}\n\n> REJECT\n> x\n\nAPPROVE\nplease\n").new == "APPROVE\nplease"


@pytest.mark.parametrize("cut", CUTS)
def test_everything_after_a_cut_is_quoted(cut):
    parts = split(f"APPROVE\n\n{cut}\n\nREJECT\n", [MARKER])
    assert parts.new.replace("Платежи, 10:00", "").strip() == "APPROVE"
    assert "REJECT" in parts.quoted


def test_forwards_are_told_from_answers():
    assert split("see below\n\n---------- Forwarded message ---------\nFrom: x").forwarded
    assert not split("APPROVE\n\n-----Original Message-----\nFrom: x").forwarded


@pytest.mark.parametrize(
    "text",
    [
        "From: the office to the airport\nthe taxi cost 500",
        "Дата: 25.11.2026\nСумма: 500",
        "Дата: 25.11.2026\nТема: услуги\nСумма: 500 руб.",
        "On the other hand:\nit is cheap",
        "Прошу оплатить счёт от 24.11.2026:\n1. консультации",
        "Кому: ООО «Ромашка»\nСумма: 500",
        "Спасибо, с уважением отношусь к вашей работе",
        "Best price of all",
    ],
)
def test_ordinary_text_is_not_taken_for_a_quote_or_signature(text):
    assert split(text).new == text


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnton", "--\nАнтон", "С уважением,\nАнтон Головин\n+7 900 000-00-00", "Best regards,\nAnton", "Sent from my iPhone",
        "Отправлено с iPhone", "Отправлено из мобильной Почты Mail.ru", "Отправлено из Outlook для Android", "Get Outlook for iOS",
        "С ув., Антон", "Mit freundlichen Grüßen\nAnton", "—\nАнтон", "_____\nС уважением, Антон",
        "Это письмо не содержит вирусов. www.avast.com", "Virus-free. www.avg.com",
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
        "Настоящее сообщение предназначено только для адресата и может содержать конфиденциальную информацию.",
        "*****\nУведомление о конфиденциальности: не копируйте.", "Please consider the environment before printing this e-mail",
        "Отправлено с моего смартфона Samsung Galaxy.", "Gesendet von meinem iPhone",
    ],
)  # fmt: skip
def test_signatures_and_footers_are_set_apart(signature):
    parts = split(f"СОГЛАСОВАНО\n\n{signature}\n")
    assert parts.new == "СОГЛАСОВАНО"
    assert parts.signature.split() == signature.split()


def test_a_postscript_below_the_signature_is_the_writers():
    assert split("APPROVE\n\nBest regards,\nAnton\n\nP.S. not before Friday").new == "APPROVE\n\nP.S. not before Friday"


def test_text_below_a_drawn_line_is_the_writers_when_no_signature_follows():
    assert "only half" in split("APPROVE\n-----\nonly half").new


@pytest.mark.parametrize(
    "front",
    [
        "[EXTERNAL] ", "[External Email] ", "[ВНЕШНЕЕ ПИСЬМО] ", "*** EXTERNAL ***\n",
        "CAUTION: This email originated from outside of the organization. Do not click links or open attachments.\n\n",
        "ВНИМАНИЕ!\nЭто внешнее письмо. Не переходите по ссылкам.\n\n",
        "You don't often get email from head@x.test. Learn why this is important\n\n",
        "ВНИМАНИЕ: внешнее письмо\n----------------\n", "This message was sent from outside the company. Be careful.\n\n",
    ],
)  # fmt: skip
def test_warnings_of_gateways_in_front_are_taken_off(front):
    assert split(f"{front}APPROVE\n\nthanks").new in ("APPROVE\n\nthanks",)


def test_an_end_of_a_quoted_line_that_lost_its_mark_stays_quoted():
    quote = "> Answer this mail with one word, and only one of the three words:\nAPPROVE\n> or the others"
    assert split(f"On 24/11/2026 10:00, P wrote:\n{quote}\n").new == ""


def test_answers_between_quoted_lines_are_the_writers():
    parts = split("On 24/11/2026 10:00, P wrote:\n> 1. Romashka\nAPPROVE\n> 2. Vasilek\n\nREJECT\n")
    assert parts.new == "APPROVE\n\nREJECT"


@given(st.text(alphabet="ab >-_:\n.@<0123456789От", max_size=400))
def test_every_line_ends_in_exactly_one_of_the_texts(text):
    text = re.sub(r"(?m)^[ \t]{0,3}[A-Za-zА-Яа-я]{1,3}(?=>)", "", text)  # initials before a mark are part of the mark
    parts = split(text)
    letters = sorted(c for c in text if c.isalnum())
    assert sorted(c for c in parts.new + parts.quoted + parts.signature if c.isalnum()) == letters


HOSTILE = {
    "marks": "> " * 60_000, "lines of marks": ">\n" * 60_000, "one line": "a" * 120_000, "colons": "a:\n" * 40_000,
    "headers": "From: a\n" * 15_000, "attributions": "On 24/11/2026 10:00 a <a@b.test\n" * 4_000, "blanks": " \n" * 60_000,
    "dashes": "-" * 120_000, "regards": "Best regards\nx\n" * 8_000, "open brackets": "<" * 120_000, "warnings": "external email\n" * 8_000,
    "no-break": "\xa0\n" * 60_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_to_its_end(name):
    parts = split(HOSTILE[name], [MARKER])  # bench/reading.py shows that the time doubles with the size
    assert len(parts.new) + len(parts.quoted) + len(parts.signature) <= len(HOSTILE[name])


def test_what_stands_between_quoted_lines_keeps_its_place_among_them():
    read = split("Ниже\n\nOn Tue, Nov 24, 2026 at 10:00 AM P <p@x.test> wrote:\n> Amount:\n5 000\n> INN:\n> KPP:\n0\n\nRita")
    assert read.filled.split("\n")[-5:] == ["Amount:", "5 000", "INN:", "KPP:", "0"]
    assert "Ниже" not in read.filled


def test_a_signature_that_begins_ten_thousand_times_and_never_ends_holds_nobody_up() -> None:
    hostile = "-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n" + "-----BEGIN PGP SIGNATURE-----\n" * 100_000
    assert without_armor(hostile) == hostile
