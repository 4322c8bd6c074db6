from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.dates import format_date, from_excel_serial, parse_date, parse_duration
from values.flaw import Flaw

TODAY = date(2026, 11, 20)
DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-25", "25.11.2026", "25.11.26", "25.11", "25/11/2026", "11/25/2026", "25-11-2026", "2026/11/25",
        "25 ноября 2026 г.", "25 ноя", "25 ноября", "«25» ноября 2026 года", "25 November 2026", "Nov 25, 2026",
        "25-Nov-2026", "до 25.11.2026", "by 25 Nov", "by Wed, 25 Nov 2026", "среда, 25.11.2026", "в среду 25 ноября",
        "не позднее 25.11.2026 включительно", "25.11.2026г.", "25th of November 2026", "2026-11-25 00:00:00",
        "2026-11-25T00:00:00", "25. 11. 2026", "November 25th", "25\u00a0ноября\u00a02026",
    ],
)  # fmt: skip
def test_spellings_of_one_day(typed):
    assert parse_date(typed, TODAY) == DAY


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("31.02.2026", "date_impossible"), ("11.25.2026", "date_impossible"), ("29.02", "date_impossible"),
        ("0.0.2026", "date_impossible"), ("25.11.1999", "date_year_range"), ("25.11.2101", "date_year_range"),
        ("ASAP", "date_not_date"), ("ноябрь 2026", "date_not_date"), ("25", "date_not_date"),
        ("25.11.202", "date_not_date"),
        ("25.11.2026 или 26.11.2026", "date_not_date"), ("２５.11.2026", "date_not_date"), ("", "empty"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(typed, reason):
    result = parse_date(typed, TODAY)
    assert isinstance(result, Flaw)
    assert result.reason == reason


@pytest.mark.parametrize("typed", ["05/06/2026", "5-6-2026", "5/6/26"])
def test_day_or_month_first_is_asked_with_both_readings(typed):
    result = parse_date(typed, TODAY)
    assert isinstance(result, Flaw)
    assert (result.code, result.hint) == ("ambiguous", "2026-06-05 / 2026-05-06")


def test_the_same_number_twice_leaves_no_doubt():
    assert parse_date("05/05/2026", TODAY) == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("15.01", date(2027, 1, 15)),
        ("01.06", date(2026, 6, 1)),
        ("20.05", date(2027, 5, 20)),
        ("31.12", date(2026, 12, 31)),
    ],
)
def test_without_a_year_the_nearest_such_day_is_meant(typed, day):
    assert parse_date(typed, TODAY) == day


def test_the_29th_of_february_waits_for_its_year():
    assert parse_date("29.02", date(2027, 12, 1)) == date(2028, 2, 29)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.sampled_from(["ru", "en"]))
def test_what_we_write_we_read_back(day, lang):
    assert parse_date(format_date(day, lang), TODAY) == day
    assert parse_date(day.isoformat(), TODAY) == day


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)), st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_a_day_without_a_year_lies_within_a_year(day, today):
    result = parse_date(f"{day.day:02}.{day.month:02}", today)
    assert isinstance(result, Flaw) or -180 <= (result - today).days <= 366


def test_dates_are_written_without_doubt():
    assert format_date(DAY, "ru") == "25.11.2026"
    assert format_date(date(2026, 5, 3), "en") == "3 May 2026"


def test_durations_are_read():
    assert [parse_duration(text) for text in ("30s", "10m", "12h", "7d")] == [
        timedelta(seconds=30), timedelta(minutes=10), timedelta(hours=12), timedelta(days=7),
    ]  # fmt: skip
    for text in ("", "10", "m", "-5m", "5 weeks", "1e3s", "٣s", "9999999d"):
        with pytest.raises(ValueError, match="duration"):
            parse_duration(text)


def test_the_day_number_of_a_spreadsheet():
    assert from_excel_serial(46351) == DAY
    assert from_excel_serial(44889, epoch_1904=True) == DAY
    assert from_excel_serial(5) is None
    assert from_excel_serial(1e9) is None
