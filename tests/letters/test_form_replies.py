# ruff: noqa: E501 (the markup of mail programs is kept whole)
"""Our form filled in where a mail program quotes it, our questions answered, and mistakes corrected in words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from helpers.office import Office, office
from letters.request_mails import SUPPLIERS
from stories.stage import RITA, text_of

A, B = SUPPLIERS["A"], SUPPLIERS["B"]
US = "ООО «Северный ветер» <payments@example.test>"
WROTE = f"вт, 24 нояб. 2026 г. в 10:00, {US}:"


@pytest.fixture
def house(tmp_path: Path) -> Office:
    return office(tmp_path)


def day(house: Office, ahead: int = 5) -> str:
    return f"{house.now() + timedelta(days=ahead):%d.%m.%Y}"


def values(house: Office, **changes: str | None) -> dict[str, str]:
    usual = {
        "За что платим": "канцелярия", "Подрядчик": "ООО «Гранит»", "Сумма счета": "12 000,50", "Тип валюты": "руб.",
        "Оплатить до": day(house), "Назначение платежа": "Оплата за канцелярию, НДС не облагается",
        "Счет": "№ 118 от 20.11.2026", "ИНН": A["inn"], "КПП": A["kpp"], "Р/С": A["acc"], "БИК Банка": A["bic"],
        "К/С": A["cor"],
    }  # fmt: skip
    return {label: text for label, text in {**usual, **changes}.items() if text is not None}


def lines(filled: Mapping[str, str]) -> str:
    return "\n".join(f"{label}: {text}" for label, text in filled.items())


def of_line(line: str, filled: Mapping[str, str]) -> str:
    """What belongs on an empty line of the form."""
    hint = r"( \(.*?\))?( \*)?:\s*$"
    return next((text for label, text in filled.items() if re.match(r"[> ]*" + re.escape(label) + hint, line)), "")


def filled_in(text: str, filled: Mapping[str, str], parted: str = " ") -> str:
    rows = text.split("\n")
    return "\n".join(f"{row.rstrip()}{parted}{said}" if (said := of_line(row, filled)) else row for row in rows)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def blank(house: Office) -> EmailMessage:
    house.send(RITA, "ФОРМА", subject="форма")
    house.run()
    return house.only(RITA)


def reply(house: Office, to: EmailMessage, text: str, page: str = "") -> None:
    ids = str(to["Message-ID"])
    house.send(
        RITA, text or " ", subject=f"Re: {to['Subject']}", to=str(to["Reply-To"] or to["From"]),
        headers=[("In-Reply-To", ids), ("References", ids)], html=page,
    )  # fmt: skip
    house.run()


def is_right(house: Office, **wanted: str) -> None:
    (request,) = house.wiring().journal.requests()
    assert request.problems == (), request.problems
    assert request.status.value == "awaiting"
    due = house.now() + timedelta(days=5)
    usual = {"inn": A["inn"], "account": A["acc"], "bic": A["bic"], "amount": "12000.50", "currency": "RUB",
             "pay_by": f"{due:%Y-%m-%d}", "contractor": "ООО «Гранит»", "subject": "канцелярия"}  # fmt: skip
    assert {name: request.value(name) for name in usual} == usual | wanted


# --- the form, filled in where it is quoted ---------------------------------------------------------------------------


def between(text: str, filled: Mapping[str, str]) -> str:
    rows = []
    for row in text.split("\n"):
        rows += [f"> {row}", *([said] if (said := of_line(row, filled)) else [])]
    return "\n".join(rows)


PLAIN: dict[str, Callable[[str, dict[str, str]], str]] = {
    "behind the labels": lambda text, said: f"Заполнила\n\n{WROTE}\n\n{quoted(filled_in(text, said))}",
    "without a word above": lambda text, said: f"{WROTE}\n{quoted(filled_in(text, said))}",
    "under each line": lambda text, said: f"{WROTE}\n{between(text, said)}",
    "in Outlook, without marks": lambda text, said: (
        f"Добрый день!\n\nРита Орлова\nИНН 7707083893\n\nFrom: {US}\nSent: Tuesday, November 24, 2026 10:00 AM\n"
        f"To: manager@example.test\nSubject: Форма заявки на оплату\n\n{filled_in(text, said)}"
    ),
    "copied above": lambda text, said: (
        f"{filled_in(text[text.index('За что') : text.index('E-mail под')], said)}\n\n{WROTE}\n{quoted(text)}"
    ),
    "on lines below the labels": lambda text, said: filled_in(
        text[text.index("За что") : text.index("E-mail под")], said, "\n"
    ),
}


@pytest.mark.parametrize("way", PLAIN.values(), ids=PLAIN)
def test_the_form_filled_in_where_it_is_quoted(house, way):
    form = blank(house)
    reply(house, form, way(text_of(form), values(house)))
    is_right(house)


def gmail(page: str) -> str:
    return (
        f'<div dir="ltr">Готово</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{html.escape(WROTE)}'
        f'<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{page}</blockquote></div>'
    )


def outlook(page: str) -> str:
    return (
        "<html><body><div class=WordSection1><p class=MsoNormal>Заполнено<o:p></o:p></p><div><div style='border:none;"
        "border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Payments "
        "&lt;payments@example.test&gt;<br><b>Sent:</b> Tuesday<br><b>To:</b> manager<br><b>Subject:</b> Форма заявки на "
        f"оплату</p></div></div>{page}</div></body></html>"
    )


@pytest.mark.parametrize("program", [gmail, outlook])
def test_the_form_filled_in_inside_the_page_that_is_quoted(house, program):
    form = blank(house)
    part = form.get_body(("html",))
    page = re.search(r"<pre.*</pre>", part.get_content(), re.DOTALL)[0].replace("</pre>", "\n</pre>")
    said = {label: f"<span style='color:red'>{html.escape(text)}</span>" for label, text in values(house).items()}
    head, _, rows = page.partition(">")
    reply(house, form, "", program(f"{head}>{filled_in(rows, said)}"))
    is_right(house)


def test_the_form_answered_between_the_quotes_of_apple_mail(house):
    form = blank(house)
    rows = re.search(r"<pre[^>]*>(.*)</pre>", form.get_body(("html",)).get_content(), re.DOTALL)[1].split("\n")
    said = values(house)
    cut = "".join(
        f'<div>{row}</div></blockquote><div>{html.escape(of_line(html.unescape(row), said)) or "<br>"}</div>'
        '<blockquote type="cite">' for row in rows
    )  # fmt: skip
    reply(house, form, "", f'<div>Ниже</div><blockquote type="cite"><div>{html.escape(WROTE)}</div>{cut}</blockquote>')
    is_right(house)


# --- our questions, answered without labels ---------------------------------------------------------------------------


def asked(house: Office, **changes: str | None) -> EmailMessage:
    house.send(RITA, lines(values(house, **changes)))
    house.run()
    return house.new(RITA)[-1]


ANSWERS = [
    ({"Оплатить до": "срочно"}, "{day}", {}),
    ({"Сумма счета": "15.000"}, "15000 рублей", {"amount": "15000.00"}),
    ({"Сумма счета": "15.000", "Оплатить до": "срочно"}, "1) 15 000,00\n2) {day}", {"amount": "15000.00"}),
    ({"Сумма счета": "15.000", "Оплатить до": "срочно"}, "{day}\nсумма 15 000,00 руб.", {"amount": "15000.00"}),
    ({"Сумма счета": "15 000 или 16 000"}, "Второе, 16 000", {"amount": "16000.00"}),
    ({"ИНН": "9660668899"}, "9660668898, опечаталась", {}),
    ({"ИНН": None}, "ИНН 9660668898", {}),
    ({"Р/С": "4070281094020076129"}, "Извините, вот верный: 40702810940200761292", {}),
]


@pytest.mark.parametrize(("wrong", "said", "wanted"), ANSWERS, ids=[said for _, said, _ in ANSWERS])
def test_an_answer_without_labels_is_understood(house, wrong, said, wanted):
    question = asked(house, **wrong)
    reply(house, question, f"{said.format(day=day(house))}\n\n{WROTE}\n\n{quoted(text_of(question))}")
    is_right(house, **wanted)


def test_an_answer_under_each_quoted_question_is_understood(house):
    question = asked(house, **{"Сумма счета": "15.000", "Оплатить до": "срочно"})
    answers, rows = ["15 000,00", day(house)], []
    for row in quoted(text_of(question)).split("\n"):
        if rows and rows[-1].startswith(("> - ", ">   ")) and not row.startswith(">   ") and answers:
            rows.append(answers.pop(0))
        rows.append(row)
    reply(house, question, f"{WROTE}\n" + "\n".join(rows))
    is_right(house, amount="15000.00")


@pytest.mark.parametrize(
    "said", ["ИНН не знаю, он в счете", "Пришлю позже\n\nРита Орлова\nООО «Северный ветер» ИНН 7707083893",
             "Мой тел. 9161234567", "был 9660668898, но он неверный", "9660668898 или 9675022930", "7707083893"],
)  # fmt: skip
def test_what_answers_nothing_is_not_taken(house, said):
    question = asked(house, ИНН=None)
    reply(house, question, f"{said}\n\n{WROTE}\n\n{quoted(text_of(question))}")
    (request,) = house.wiring().journal.requests()
    assert (request.status.value, request.value("inn")) == ("draft", "")


# --- after it was sent for approval -----------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["Ошиблась, сумма 13 000,50", "Сумма не 12 000,50, а 13 000,50"])
def test_a_mistake_corrected_in_words_makes_a_new_version(house, said):
    receipt = asked(house)
    reply(house, receipt, f"{said}\n\n{WROTE}\n\n{quoted(text_of(receipt))}")
    is_right(house, amount="13000.50")
    assert "13 000,50" in text_of(house.new(RITA)[-1]).replace("\xa0", " ")


@pytest.mark.parametrize("said", ["В прошлый раз ошиблись, там было 13 000,50", "Сумма 12 000,50 правильная"])
def test_words_of_another_payment_correct_nothing(house, said):
    receipt = asked(house)
    reply(house, receipt, f"{said}\n\n{WROTE}\n\n{quoted(text_of(receipt))}")
    is_right(house)


def of_another(house: Office) -> dict[str, str]:
    return values(house, **{
        "Подрядчик": B["name"], "ИНН": B["inn"], "КПП": B["kpp"], "Р/С": B["acc"], "БИК Банка": B["bic"],
        "К/С": B["cor"], "Сумма счета": "48 600", "За что платим": "бетон", "Счет": "№ 77 от 18.11.2026",
    })  # fmt: skip


def test_a_whole_form_for_another_payee_in_an_old_thread_is_a_request_of_its_own(house):
    receipt = asked(house)
    reply(house, receipt, f"Новая заявка:\n{lines(of_another(house))}\n\n{WROTE}\n\n{quoted(text_of(receipt))}")
    first, second = house.wiring().journal.requests()
    assert (first.value("contractor"), first.version) == ("ООО «Гранит»", 1)
    assert second.value("contractor") == B["name"]
    assert first.reference in text_of(house.new(RITA)[-1]), "he is told that the first one stands"


def test_another_payee_of_the_same_invoice_is_a_correction(house):
    receipt = asked(house)
    changed = {**of_another(house), "Счет": "№ 118 от 20.11.2026"}
    reply(house, receipt, f"{lines(changed)}\n\n{WROTE}\n\n{quoted(text_of(receipt))}")
    (request,) = house.wiring().journal.requests()
    assert (request.value("contractor"), request.version) == (B["name"], 2)


def test_each_missing_thing_is_asked_for_once(house):
    question = " ".join(text_of(asked(house, **{"Р/С": None})).split())
    assert ("Не указан расчетный счет" in question, "Не указаны реквизиты" in question) == (True, False)
    nothing = {"ИНН": None, "КПП": None, "Р/С": None, "БИК Банка": None, "К/С": None}
    question = " ".join(text_of(asked(house, **nothing)).split())
    assert ("Не указан расчетный счет" in question, "Не указан ИНН" in question) == (False, False)
    assert "Не указаны реквизиты: вставьте их одним блоком" in question
