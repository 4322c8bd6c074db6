# ruff: noqa: E501 (letters are kept whole)
"""Request letters as managers send them: the form typed, pasted as a table, or filled in inside the quoted form."""

from __future__ import annotations

import pytest

from letters.reading import RECEIVED
from letters.shapes import RU, divs, message, quoted
from mailer.letter import Letter, read_letter
from mailer.pairs import read_pairs

LABELS = {
    "за что платим": "subject", "подрядчик": "contractor", "сумма счета": "amount", "тип валюты": "currency", "оплатить до": "pay_by",
    "реквизиты": "bank_details", "инн": "inn", "кпп": "kpp", "бик банка": "bic", "р/с": "account", "назначение платежа": "purpose", "счет": "invoice",
}  # fmt: skip
FORM = [
    ("За что платим", "Консультации за октябрь"), ("Подрядчик", "ООО «Ромашка»"), ("Сумма счета", "24 500,00"), ("Тип валюты", "RUB"),
    ("Оплатить до", "30.11.2026"), ("ИНН", "7707083893"), ("КПП", "770701001"), ("БИК Банка", "044525225"), ("Р/С", "40702810900000000001"),
    ("Назначение платежа", "Оплата по счету № 12 от 25.11.2026 за консультации по договору № 7 от 01.09.2026, в т.ч. НДС 22 %"),
    ("Счет", "№ 12 от 25.11.2026"),
]  # fmt: skip
EXPECTED = {LABELS[label.lower()]: (value,) for label, value in FORM}
TYPED = (
    "Добрый день!\nПрошу оплатить.\n\n"
    + "\n".join(f"{label}: {value}" for label, value in FORM)
    + "\n\nС уважением,\nРита Орлова\n+7 900 000-00-00"
)
TABLE = (
    "<table border=1>"
    + "".join(
        f"<tr><td><p class=MsoNormal><b>{a}</b></p></td><td><p class=MsoNormal>{b}</p></td></tr>" for a, b in FORM
    )
    + "</table>"
)
WRAPPED = TYPED.replace("консультации по договору", "консультации\nпо договору")


def parsed(letter: Letter, text: str | None = None) -> dict[str, tuple[str, ...]]:
    return read_pairs(
        letter.new_text if text is None else text,
        letter.tables if text is None else letter.quoted_tables,
        LABELS,
        frozenset({"bank_details"}),
    ).values


def read(raw: bytes) -> Letter:
    return read_letter(raw, received=RECEIVED)


REQUESTS = {
    "plain": message(RU, TYPED),
    "plain, windows-1251 without a label": message(RU, TYPED, charset="cp1251", label=None, coding="8bit"),
    "plain, wrapped": message(RU, WRAPPED),
    "plain, flowed": message(RU, TYPED.replace("за консультации", "за \nконсультации"), flowed=True, coding="8bit"),
    "html of divs": message(RU, None, divs(TYPED)),
    "html of paragraphs and text": message(RU, "\n\n".join(TYPED.split("\n")), "".join(f"<p class=MsoNormal>{line or '&nbsp;'}</p>" for line in TYPED.split("\n"))),
    "table": message(RU, None, f"<p>Добрый день! Прошу оплатить.</p>{TABLE}<p>Спасибо</p>"),
    "table and its text": message(RU, "Прошу оплатить.\n\n" + "\n\n".join(f"*{a}*\n\n{b}" for a, b in FORM), f"<p>Прошу оплатить.</p>{TABLE}"),
    "table of Google Sheets": message(RU, None, "<google-sheets-html-origin>" + TABLE.replace("<b>", "<span style='font-size:10pt'>").replace("</b>", "</span>")),
    "labels in bold with stars": message(RU, "\n".join(f"*{a}**: {b}" for a, b in FORM)),
    "bullets": message(RU, "\n".join(f"• {a} – {b}" for a, b in FORM)),
    "numbers": message(RU, "\n".join(f"{n}. {a}: {b}" for n, (a, b) in enumerate(FORM, 1))),
    "values below": message(RU, "\n".join(f"{a}:\n{b}" for a, b in FORM)),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_gives_its_fields(name):
    assert parsed(read(REQUESTS[name])) == EXPECTED


def test_a_form_filled_in_inside_the_quote_is_found_there():
    filled = [f"{label}: {value}" for label, value in FORM]
    plain = read(message(RU, f"Заполнила ниже.\n\n24.11.2026 10:00, Платежи пишет:\n{quoted(filled)}\n"))
    assert parsed(plain) == {}
    assert parsed(plain, plain.quoted) == EXPECTED
    html = read(
        message(
            RU,
            None,
            f'<div>Заполнила</div><div class="gmail_quote"><blockquote class="gmail_quote">{TABLE}</blockquote></div>',
        )
    )
    assert parsed(html) == {}
    assert parsed(html, html.quoted) == EXPECTED


def test_missing_lines_answered_between_the_quoted_ones():
    letter = read(
        message(
            RU,
            "24.11.2026 10:00, Платежи пишет:\n> Не хватает:\n> ИНН:\n\nИНН: 7707083893\n\n> Р/С:\n\nР/С: 40702810900000000001\n",
        )
    )
    assert parsed(letter) == {"inn": ("7707083893",), "account": ("40702810900000000001",)}
