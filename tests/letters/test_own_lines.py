"""Requests in managers' own words: read, missed, wrong; not one value is invented."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.own_lines import LINES, Line
from workflow.core.card import examine
from workflow.intake.prose import Listener, Prose, read_prose

TODAY = date(2026, 11, 24)
LISTENER = Listener(TODAY, "ru", ("Рита", "Орлова", "Антон", "Rita"), "ООО «Северный ветер»")
FREE = "any"
"""A mark for lines whose subject nobody could name for certain: one may be read or not."""


def heard(line: Line) -> Prose:
    return read_prose(line.text, line.subject, line.forwarded, LISTENER)


def values(prose: Prose) -> dict[str, str]:
    """What would count, as the core checks it; a last day that is over is named so."""
    seen = examine(prose.typed, prose.rivals, (), TODAY)
    past = {"pay_by": "past"} if any(problem.code == "past" for problem in seen.problems) else {}
    return {name: field.value for name, field in seen.fields.items()} | past


def asked(prose: Prose) -> set[str]:
    seen = examine(prose.typed, prose.rivals, (), TODAY)
    return set(prose.unclear) | {p.field for p in seen.problems if p.code in ("ambiguous", "invalid")}


def same(one: str | None, other: str | None) -> bool:
    if one and other and one[0].isdigit() and "-" not in one:
        try:
            return Decimal(one) == Decimal(other)
        except ArithmeticError:
            return one == other
    return one == other


@pytest.mark.parametrize("line", LINES, ids=lambda line: (line.text or line.subject)[:60])
def test_a_line_is_read_as_its_writer_meant_it(line: Line) -> None:
    prose = heard(line)
    got = values(prose)
    wrong = {
        name: (got.get(name), line.fields.get(name))
        for name in got.keys() | line.fields.keys()
        if not same(got.get(name), line.fields.get(name)) and not (FREE in line.asks and name == "subject")
    }
    assert not wrong
    assert (prose.keeps[0] if prose.keeps else "") == line.keeps
    assert {name: prose.suggested[name].value for name in line.perhaps} == line.perhaps
    if FREE not in line.asks:
        assert prose.suggested.keys() == line.perhaps.keys()
        assert asked(prose) == set(line.asks)


def test_the_table_of_all_lines_shows_nothing_invented(capsys: pytest.CaptureFixture[str]) -> None:
    counts: dict[str, Counter[str]] = {}
    for line in LINES:
        prose = heard(line)
        got = values(prose)
        for name in ("pay_by", "amount", "currency", "subject", "contractor", "invoice_number", "invoice_date"):
            expected, found = line.fields.get(name), got.get(name)
            if name == "subject" and FREE in line.asks:
                continue
            verdict = (
                "read" if expected and same(found, expected) else "WRONG" if found else "missed" if expected
                else "proposed" if name in prose.suggested else "asked" if name in asked(prose) else "rightly left out"
            )  # fmt: skip
            counts.setdefault(name, Counter())[verdict] += 1
    columns = ("read", "missed", "WRONG", "proposed", "asked", "rightly left out")
    rows = [f"{'field':>16} " + " ".join(f"{column:>9}" for column in columns)]
    rows += [f"{name:>16} " + " ".join(f"{found[column]:>9}" for column in columns) for name, found in counts.items()]
    with capsys.disabled():
        print(f"\n{len(LINES)} mails in their writers' own words:\n" + "\n".join(rows))
    assert sum(found["WRONG"] for found in counts.values()) == 0
    assert len(LINES) >= 150


PIECES = st.sampled_from([
    "оплатить", "до пятницы", "12 000 руб.", "12к", "аванс", "50%", "не", "пока", "ООО «Ромашка»", "за", "после 5-го",
    "если", "?", "\n", ", ", ". ", "(", ")", "№ 12", "от 20.11.2026", "как в прошлый раз", "PAY-2026-00042", "pay",
    "by", "Friday", "EUR", "1,234", "Ltd", "Acme", "канцелярия", "завтра", "-", "–", "=", "\x00", "\u200b", "💰",
    "С уважением", "Рита",
])  # fmt: skip


@given(st.lists(PIECES, max_size=30), st.sampled_from(["", " "]), st.booleans())
def test_whatever_is_written_is_read_or_left_alone(pieces: list[str], glue: str, forwarded: bool) -> None:
    text = glue.join(pieces)
    prose = read_prose(text, text[:80], forwarded, LISTENER)
    seen = examine(prose.typed, prose.rivals, (), TODAY)
    assert not prose.typed.keys() & prose.suggested.keys()
    assert all(prose.typed[name] in texts for name, texts in prose.rivals.items())
    assert all(value.value for value in prose.suggested.values())
    assert "amount" not in seen.fields or any(c.isdigit() for c in text)
