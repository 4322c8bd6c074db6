"""Words and dates as people type them into cells: what is read, and what is asked about."""

from datetime import date

import pytest

from values.flaw import Flaw
from workflow.core.model import Status
from workflow.registry_sync.edits import _day
from workflow.statuses import status_of

TODAY = date(2027, 1, 12)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("оплачено", Status.PAID), ("Оплатили", Status.PAID), ("ОПЛАЧЕНЫ", Status.PAID), ("✅ Оплачен", Status.PAID),
        ("\"Paid\"", Status.PAID), ("paid!", Status.PAID), ("приостановлена", Status.ON_HOLD),
        ("On-hold", Status.ON_HOLD), ("на доработку", Status.RETURNED), ("вернули", Status.RETURNED),
        ("Согласовано", Status.APPROVED), ("к оплате", Status.APPROVED),
    ],
)  # fmt: skip
def test_common_variants_of_a_status(text: str, status: Status) -> None:
    assert status_of(text) is status


@pytest.mark.parametrize(
    "text",
    ["не оплачено", "оплачен?", "❌ оплачен", "оплачен частично", "оплачен 25.11", "оплатим", "оплатить", "оплата",
     "да", "+", "ok", "not paid", "to be paid", "paid/unpaid", "unpaid"],
)  # fmt: skip
def test_what_says_more_or_less_is_no_status(text: str) -> None:
    assert status_of(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("сегодня", TODAY), ("Вчера", date(2027, 1, 11)), ("позавчера", date(2027, 1, 10)),
        ("yesterday", date(2027, 1, 11)),
        ("30.12", date(2026, 12, 30)), ("30 дек", date(2026, 12, 30)), ("10.01", date(2027, 1, 10)),
        ("2027-01-11T09:30:00", date(2027, 1, 11)), ("11.01.2027 14:30", date(2027, 1, 11)),
        ("30.12.2027", date(2027, 12, 30)), ("30.12.27", date(2027, 12, 30)),
    ],
)  # fmt: skip
def test_days_as_they_are_typed(text: str, day: date) -> None:
    """A day without a year is the last such day when the next one is far ahead; one with a year is what it says."""
    assert _day(text, TODAY) == day


@pytest.mark.parametrize("text", ["25", "25,11", "завтра", "в пятницу", "ноябрь", "31.11", "14:30"])
def test_what_is_no_day_is_asked_about(text: str) -> None:
    assert isinstance(_day(text, TODAY), Flaw)
