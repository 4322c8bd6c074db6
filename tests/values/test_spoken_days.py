"""Days said in words, as somebody means them who writes on Tuesday, 24 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.flaw import Flaw
from values.spoken_days import spoken_day, spoken_days

TODAY = date(2026, 11, 24)


def only(text: str) -> tuple[str, str, bool]:
    """Lead, day (or both readings), and whether it is sure, of the only day in a text."""
    (found,) = spoken_days(text, TODAY)
    day = found.day.hint or found.day.reason if isinstance(found.day, Flaw) else found.day.isoformat()
    return found.lead, day, found.sure


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("до пятницы", "2026-11-27"), ("к пятнице", "2026-11-27"), ("by Friday", "2026-11-27"),
        ("до пятницы, 27 ноября", "2026-11-27"), ("by Friday, 27 Nov 2026", "2026-11-27"),
        ("до понедельника", "2026-11-30"), ("by next Monday", "2026-11-30"),
        ("до следующего понедельника", "2026-11-30"),
        ("не позднее 25.11.2026", "2026-11-25"), ("до 25 ноября", "2026-11-25"), ("до 30.11", "2026-11-30"),
        ("до 1 декабря 2026 г. включительно", "2026-12-01"), ("by Dec 5", "2026-12-05"),
        ("by 11/25/2026", "2026-11-25"),
        ("до завтрашнего дня", "2026-11-25"), ("до послезавтра", "2026-11-26"), ("by EOD", "2026-11-24"),
        ("до конца месяца", "2026-11-30"), ("by the end of the month", "2026-11-30"), ("до конца ноября", "2026-11-30"),
        ("до конца следующего месяца", "2026-12-31"), ("до конца года", "2026-12-31"),
        ("до 5-го", "2026-12-05"), ("до 30 числа", "2026-11-30"), ("by the 5th", "2026-12-05"),
        ("через 3 дня", "2026-11-27"), ("в течение трех дней", "2026-11-27"), ("within 5 days", "2026-11-29"),
        ("через неделю", "2026-12-01"), ("in two weeks", "2026-12-08"),
    ],
)  # fmt: skip
def test_a_day_to_act_by(text: str, day: str) -> None:
    assert only(text) == ("by", day, True)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("до вторника", "2026-11-24 / 2026-12-01"), ("by next Friday", "2026-11-27 / 2026-12-04"),
        ("до следующей пятницы", "2026-11-27 / 2026-12-04"), ("до 20-го", "2026-11-20 / 2026-12-20"),
        ("by 05/06/2026", "2026-06-05 / 2026-05-06"), ("до пятницы 28.11", "2026-11-28 / 2026-11-27"),
    ],
)  # fmt: skip
def test_what_may_be_two_days_names_both(text: str, days: str) -> None:
    assert only(text)[1] == days


@pytest.mark.parametrize(
    ("text", "day"),
    [("до конца недели", "2026-11-27"), ("в течение 3 рабочих дней", "2026-11-27"), ("end of next week", "2026-12-04")],
)
def test_what_is_only_probable_is_marked(text: str, day: str) -> None:
    assert only(text) == ("by", day, False)


@pytest.mark.parametrize(
    ("text", "lead"),
    [("счет от 20.11.2026", "of"), ("после 5-го", "after"), ("не раньше 1 декабря", "after"), ("в среду", "on")],
)
def test_the_word_in_front_tells_what_the_day_is_for(text: str, lead: str) -> None:
    assert only(text)[0] == lead


@pytest.mark.parametrize(
    "text",
    [
        "до 15:00", "до 15.00", "до 15.30", "12 000", "4.5", "прошлой пятницы", "last Friday", "ср. чек", "за ноябрь",
        "до декабря", "в течение дня", "May I ask", "на следующей неделе", "next week", "25", "версия 1.2.3",
    ],
)  # fmt: skip
def test_what_names_no_day(text: str) -> None:
    assert spoken_days(text, TODAY) == ()


def test_a_lone_name_of_a_day_is_read_and_anything_more_is_not() -> None:
    assert spoken_day("до пятницы", TODAY) == date(2026, 11, 27)
    assert spoken_day("до пятницы, вода", TODAY) is None
    assert spoken_day("после пятницы", TODAY) is None


@given(
    st.text(alphabet="до пятницы 0123456789.,-/:()йby friday\n", max_size=80),
    st.dates(date(2000, 1, 1), date(2099, 12, 1)),
)
def test_no_text_breaks_it_and_places_are_places(text: str, today: date) -> None:
    for found in spoken_days(text, today):
        assert 0 <= found.start < found.end <= len(text)
