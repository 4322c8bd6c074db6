"""What is due when: days off count as the last working day before them."""

from datetime import date
from decimal import Decimal

import pytest

from helpers.registry_room import Room
from sheets.model import DAY_LINES, WEEK_LINES
from values.workdays import WorkCalendar
from workflow.agenda import agenda, day_totals, overdue, totals, up_to, working_days
from workflow.registry_sync.bands import bands
from workflow.registry_sync.rows import views
from workflow.words import words

RUSSIA = WorkCalendar("RU")
FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29)


@pytest.fixture
def room(tmp_path: object) -> Room:
    return Room(tmp_path, "memory").open()  # type: ignore[arg-type]


def shown(room: Room, today: date) -> dict[str, list[str]]:
    approved = list(room.journal.find(statuses=["approved"]))
    drawn = views(approved, today, room.writer, RUSSIA)
    return {view.key: [str(row["reference"]) for row in view.rows] for view in drawn}


def test_what_must_leave_before_the_weekend_stands_on_fridays_today(room: Room) -> None:
    sunday = room.approved(pay_by="29.11.2026")
    monday = room.approved(pay_by="30.11.2026")
    assert shown(room, FRIDAY)["today"] == [sunday]
    assert shown(room, date(2026, 11, 26))["today"] == []
    assert shown(room, date(2026, 11, 26))["week"] == [sunday]
    assert shown(room, date(2026, 11, 30))["today"] == [sunday, monday]


def test_a_date_on_a_day_off_is_overdue_only_when_it_has_passed(room: Room) -> None:
    reference = room.approved(pay_by="29.11.2026")
    assert shown(room, SUNDAY)["overdue"] == []
    assert shown(room, date(2026, 11, 30))["overdue"] == [reference]


def test_a_month_that_begins_with_days_off_belongs_to_the_month_before(room: Room) -> None:
    reference = room.approved(pay_by="10.01.2027")  # all of it New Year holidays: 30 December is the last working day
    [due] = agenda(room.journal.find(statuses=["approved"]), RUSSIA)
    assert due.pay_on == date(2026, 12, 30)
    assert shown(room, date(2026, 12, 29))["month"] == [reference]


def test_the_row_shows_the_working_day_beside_a_date_on_a_day_off(room: Room) -> None:
    room.approved(pay_by="29.11.2026")
    room.approved(pay_by="30.11.2026")
    month = views(room.journal.find(statuses=["approved"]), FRIDAY, room.writer, RUSSIA)[2]
    assert [(row["pay_by"], row["pay_on"]) for row in month.rows] == [(SUNDAY, FRIDAY), (date(2026, 11, 30), None)]


def test_sums_by_currency_and_by_day(room: Room) -> None:
    for day in ("27.11.2026", "28.11.2026", "30.11.2026"):
        room.approved(pay_by=day, amount="100")
    dues = agenda(room.journal.find(statuses=["approved"]), RUSSIA)
    assert totals(dues) == (("RUB", Decimal(300)),)
    assert day_totals(dues) == ((FRIDAY, "RUB", Decimal(200)), (date(2026, 11, 30), "RUB", Decimal(100)))
    assert len(up_to(dues, FRIDAY)) == 2
    assert len(overdue(dues, SUNDAY)) == 2


def test_the_band_of_a_currency_counts_every_request_once_by_day_and_once_by_week(room: Room) -> None:
    for day in ("23.11.2026", "27.11.2026", "29.11.2026", "10.12.2026", "10.06.2027"):
        room.approved(pay_by=day, amount="100")
    dues = agenda(room.journal.find(statuses=["approved"]), RUSSIA)
    [band] = bands(dues, date(2026, 11, 24), RUSSIA, words("en"))
    assert (len(band.days), len(band.weeks)) == (DAY_LINES, WEEK_LINES)
    assert (band.currency, band.total, band.count) == ("RUB", Decimal(500), 5)
    assert sum(line.count for line in band.weeks) == 5
    assert (band.days[0].label, band.days[0].count) == ("Before", 1)
    assert {line.label: line.count for line in band.days if line.count and line.label != "Before"} == {
        "Fri 27 Nov": 2, "Thu 10 Dec": 1,
    }  # fmt: skip
    assert band.weeks[-1].count == 1


def test_on_a_day_off_the_first_working_day_takes_what_is_due_since(room: Room) -> None:
    room.approved(pay_by="30.11.2026")
    dues = agenda(room.journal.find(statuses=["approved"]), RUSSIA)
    [band] = bands(dues, SATURDAY, RUSSIA, words("en"))
    assert (band.days[1].label, band.days[1].count) == ("Mon 30 Nov", 1)
    assert working_days(SATURDAY, 1, RUSSIA) == [date(2026, 11, 30)]


def test_the_sheet_is_drawn_anew_when_a_part_is_paid(room: Room) -> None:
    reference = room.approved(pay_by="27.11.2026", amount="12000")
    room.work()
    room.type(reference, status="Paid", paid_amount=Decimal(5000))
    room.work()
    [due] = agenda(room.journal.find(statuses=["approved"]), RUSSIA)
    assert due.rest == Decimal(7000)
    week = views([due.request], FRIDAY, room.writer, RUSSIA)[1]
    assert (week.rows[0]["amount"], week.rows[0]["to_pay"]) == (Decimal(12000), Decimal(7000))
    assert week.totals == (("RUB", Decimal(7000)),)
