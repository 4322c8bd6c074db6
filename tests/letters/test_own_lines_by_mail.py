"""The same words through mail programs: what they put around them, forward below them or sign with changes nothing."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from letters.own_lines import LINES, Line
from letters.test_own_lines import TODAY
from mailer.letter import read_letter
from workflow.intake.fields import sentences, unlabelled
from workflow.intake.prose import Listener, Prose, read_prose
from workflow.words import form_labels, markers

LISTENER = Listener(TODAY, "ru", ("Рита", "Орлова", "Антон", "Rita"), "ООО «Северный ветер»", "Рита Орлова")
RECEIVED = datetime(2026, 11, 24, 7, tzinfo=UTC)
OFFER = "Направляем счет на 999 999 руб., просим оплатить до 01.01.2027."
FORWARDS = {
    "gmail": "---------- Forwarded message ---------\nОт: Продажи <s@vendor.test>\nDate: пн, 23 нояб. 2026 г. в 10:00\n"
    f"Subject: Счет № 77\nTo: Рита <rita@example.test>\n\nДобрый день! {OFFER}\n--\nС уважением, отдел продаж\n",
    "outlook": "From: Sales <s@vendor.test>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Rita <rita@example.test>\n"
    f"Subject: Invoice 77\n\n{OFFER}\n",
    "yandex": "-------- Пересылаемое сообщение --------\n23.11.2026, 10:00, \"Продажи\" <s@vendor.test>:\n\n"
    f"Добрый день! {OFFER}\n-------- Завершение пересылаемого сообщения --------\n",
    "apple": "Отправлено с iPhone\n\nНачало переадресованного сообщения:\n\nОт: Продажи <s@vendor.test>\n"
    f"Дата: 23 ноября 2026 г. в 10:00:00 GMT+3\nКому: rita@example.test\nТема: Счет № 77\n\n{OFFER}\n",
}  # fmt: skip
SIGNATURE = (
    "\n\nС уважением,\nРита Орлова\nменеджер по закупкам\nООО «Северный ветер»\nтел. +7 (495) 123-45-67 доб. 120\n"
    "125009, г. Москва, ул. Ленина, д. 12\nПредложение действительно до 30.12.2026, скидка 5 000 руб."
)
SHORT_SIGNATURE = "\n\nРита Орлова\nМенеджер | ООО «Северный ветер»\nМоб.: 8 916 123-45-67\nСклад: 12 000 кв.м"


def message(text: str, subject: str, markup: str = "") -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Рита Орлова <rita@example.test>", "p@example.test", subject
    letter.set_content(text)
    if markup:
        letter.add_alternative(markup, subtype="html")
    return letter.as_bytes()


def outlook(line: Line) -> bytes:
    body = "".join(f"<p class=MsoNormal>{html.escape(row) or '&nbsp;'}<o:p></o:p></p>" for row in line.text.split("\n"))
    return message(line.text.replace("\n", "\n\n") or " ", line.subject, f"<html><body>{body}</body></html>")


def gmail(line: Line) -> bytes:
    rows = "".join(f"<div>{html.escape(row) or '<br>'}</div>" for row in line.text.split("\n"))
    return message(line.text or " ", line.subject, f'<div dir="ltr">{rows}</div>')


SHAPES: dict[str, Callable[[Line], bytes]] = {
    "plain": lambda line: message(line.text or " ", line.subject),
    "outlook": outlook, "gmail": gmail,
    "signed": lambda line: message(line.text + SIGNATURE, line.subject),
    "signed in short": lambda line: message(line.text + SHORT_SIGNATURE, line.subject),
}  # fmt: skip


def by_mail(raw: bytes) -> Prose:
    letter = read_letter(raw, received=RECEIVED, markers=markers())
    weak = [row for _, _, row in sentences(letter, form_labels())]
    text = "\n".join([*weak, unlabelled(letter, form_labels())])
    return read_prose(text, letter.subject, letter.forwarded, LISTENER)


def told(prose: Prose) -> tuple[object, ...]:
    proposed = {name: value.value for name, value in prose.suggested.items()}
    return dict(prose.typed), dict(prose.rivals), proposed, prose.keeps and prose.keeps[0], prose.unclear, prose.like


def labelled(line: Line) -> bool:
    """Lines of a form are read as such, not as words."""
    letter = read_letter(message(line.text or " ", ""), received=RECEIVED)
    weak = {row for _, _, row in sentences(letter, form_labels())}
    rest = unlabelled(letter, form_labels())
    return any(row.strip() and row not in weak and row not in rest for row in letter.new_text.split("\n"))


FREE = [line for line in LINES if not line.forwarded and not labelled(line)]


@pytest.mark.parametrize("shape", SHAPES)
def test_mail_programs_change_nothing(shape: str) -> None:
    different = [
        (line.text, told(found), told(direct)) for line in FREE
        if told(found := by_mail(SHAPES[shape](line)))
        != told(direct := read_prose(line.text, line.subject, False, LISTENER))
    ]  # fmt: skip
    assert different == []


@pytest.mark.parametrize("program", FORWARDS)
def test_the_suppliers_words_below_are_not_the_managers(program: str) -> None:
    different = []
    for line in FREE:
        if line.subject:
            continue
        found = by_mail(message(f"{line.text}\n\n{FORWARDS[program]}", "Fwd: Счет № 77"))
        if told(found) != told(direct := read_prose(line.text, "", False, LISTENER)):
            different.append((line.text, told(found), told(direct)))
    assert different == []
