"""Worked days: Russian decrees, a company's own days, other countries."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from holidays.registry import EntityLoader

from values.workdays import WorkCalendar, is_country

ROOT = Path(__file__).parents[2]

RUSSIA = WorkCalendar("RU")


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-11-27", "2026-11-27"),  # a Friday
        ("2026-11-28", "2026-11-27"),  # Saturday
        ("2026-11-04", "2026-11-03"),  # Unity Day
        ("2026-12-31", "2026-12-30"),  # day off moved from 4 January
        ("2027-01-10", "2026-12-30"),  # the whole New Year holidays
        ("2025-11-01", "2025-11-01"),  # a worked Saturday
        ("2026-03-09", "2026-03-06"),  # Women's Day moved to Monday
    ],
)
def test_the_last_working_day_in_russia(day: str, last: str) -> None:
    assert RUSSIA.last_working(date.fromisoformat(day)) == date.fromisoformat(last)


def test_what_must_leave_by_a_day_reaches_over_the_days_off_behind_it() -> None:
    assert RUSSIA.reach(date(2026, 11, 27)) == date(2026, 11, 29)
    assert RUSSIA.reach(date(2026, 11, 26)) == date(2026, 11, 26)
    assert RUSSIA.reach(date(2026, 12, 30)) == date(2027, 1, 10)


def test_a_companys_own_days_come_first() -> None:
    own = WorkCalendar("RU", frozenset({date(2026, 11, 27)}), frozenset({date(2026, 11, 28)}))
    assert own.last_working(date(2026, 11, 27)) == date(2026, 11, 26)
    assert own.is_working(date(2026, 11, 28))


def test_without_a_country_only_weekends_are_off() -> None:
    assert WorkCalendar().is_working(date(2026, 11, 4))
    assert WorkCalendar().last_working(date(2026, 11, 29)) == date(2026, 11, 27)


def test_other_countries_and_their_parts() -> None:
    assert WorkCalendar("DE-BY").last_working(date(2026, 11, 1)) == date(2026, 10, 30)
    assert not WorkCalendar("DE-BY").is_working(date(2026, 1, 6))
    assert WorkCalendar("DE").is_working(date(2026, 1, 6))
    assert [is_country(code) for code in ("RU", "DE-BY", "DE-XX", "Russia")] == [True, True, False, False]


def test_days_off_without_end_stop_nothing() -> None:
    never = WorkCalendar("", frozenset(date.fromordinal(n) for n in range(739_000, 741_000)))
    assert never.last_working(date(2026, 11, 24)) == date(2026, 11, 24)


def test_one_country_is_known_without_loading_all_the_others() -> None:
    said = "from values.workdays import is_country; import sys; print(is_country('RU'), *sys.modules)"
    known, *modules = subprocess.run(
        [sys.executable, "-c", said], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()  # fmt: skip
    countries = {name for name in modules if name.startswith("holidays.countries.")}
    assert known == "True"
    assert countries <= {"holidays.countries.russia"}


def test_the_days_of_every_country_can_be_loaded_alone() -> None:
    codes = list(EntityLoader.get_country_codes(include_aliases=False))
    assert len(codes) > 200
    assert all(is_country(code) for code in codes)
    assert all(WorkCalendar(code).last_working(date(2026, 11, 24)) for code in codes)
