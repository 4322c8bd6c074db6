"""Accounting's morning mail: what it names, when it comes, and when it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpers.registry_room import FIONA, Room
from values.workdays import WorkCalendar
from workflow.core.commands import PutOnHold
from workflow.core.outcome import REGISTRY
from workflow.legs.clock import ClockLeg
from workflow.letters import LetterStore
from workflow.morning import last_morning, morning_list

RUSSIA = WorkCalendar("RU")
MOSCOW = ZoneInfo("Europe/Moscow")
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path, "memory").open()


def listed(room: Room, today: date, since: datetime | None = None) -> dict[str, list[str]] | None:
    approved = list(room.journal.find(statuses=["approved"]))
    found = morning_list(approved, today, since or last_morning(today, time(9), RUSSIA, MOSCOW), RUSSIA)
    places = ("overdue", "today", "new", "on_hold")
    return found and {place: found[place] for place in places if found[place]}


def test_each_request_is_named_once_under_what_matters_most(room: Room) -> None:
    late = room.approved(pay_by="23.11.2026")
    due = room.approved(pay_by="27.11.2026")
    weekend = room.approved(pay_by="29.11.2026")
    later = room.approved(pay_by="30.12.2026")
    assert listed(room, FRIDAY, room.time) == {"overdue": [late], "today": [due, weekend]}
    before = room.time - timedelta(hours=1)
    assert listed(room, FRIDAY, before) == {"overdue": [late], "today": [due, weekend], "new": [later]}


def test_new_on_monday_is_what_came_since_fridays_list(room: Room) -> None:
    assert last_morning(MONDAY, time(9), RUSSIA, MOSCOW) == datetime(2026, 11, 27, 9, tzinfo=MOSCOW)
    room.time = datetime(2026, 11, 27, 15, tzinfo=UTC)
    reference = room.approved(pay_by="30.12.2026")
    assert listed(room, MONDAY) == {"new": [reference]}
    assert listed(room, date(2026, 12, 1)) is None


def test_a_hold_is_a_reason_to_write_only_when_it_is_new(room: Room) -> None:
    reference = room.approved(pay_by="30.12.2026")
    room.order(PutOnHold(REGISTRY, "why"), reference)
    assert listed(room, FRIDAY, room.time - timedelta(minutes=1)) == {"on_hold": [reference]}
    assert listed(room, FRIDAY, room.time) is None


def test_the_bars_are_the_next_working_days_and_what_is_left_to_pay(room: Room) -> None:
    for day in ("23.11.2026", "27.11.2026", "29.11.2026", "01.12.2026", "30.12.2026"):
        room.approved(pay_by=day, amount="100")
    found = morning_list(room.journal.find(statuses=["approved"]), FRIDAY, room.time, RUSSIA)
    assert found is not None
    [[currency, bars]] = found["bars"]
    assert currency == "RUB"
    assert [(label, Decimal(amount), count) for label, amount, count in bars] == [
        ("late", 100, 1), ("2026-11-27", 200, 2), ("2026-11-30", 0, 0), ("2026-12-01", 100, 1), ("2026-12-02", 0, 0),
        ("2026-12-03", 0, 0), ("later", 100, 1),
    ]  # fmt: skip


# --- the clock -------------------------------------------------------------------------------------------


def clock(room: Room, **policy: object) -> ClockLeg:
    from dataclasses import replace

    room.service.policy = replace(room.policy, calendar=RUSSIA, **policy)  # type: ignore[arg-type]
    store = LetterStore(room.folder / "letters", lambda raw: pytest.fail("no letter is read here"))
    return ClockLeg(room.service, store, (), lambda key: None)


def mailed(room: Room, leg: ClockLeg, day: date, hour: int = 9) -> int:
    room.time = datetime(day.year, day.month, day.day, hour, 30, tzinfo=MOSCOW).astimezone(UTC)
    before = len([deed for deed in all_mail(room) if deed == ("morning", FIONA)])
    leg.morning_list()
    return len([deed for deed in all_mail(room) if deed == ("morning", FIONA)]) - before


def all_mail(room: Room) -> list[tuple[str, str]]:
    from sqlalchemy import select

    from workflow.journal.tables import deeds

    with room.engine.connect() as connection:
        return [(row.kind, row.person) for row in connection.execute(select(deeds.c.kind, deeds.c.person))]


def test_the_list_comes_once_on_working_days_and_not_before_its_hour(room: Room) -> None:
    leg = clock(room, accounting="morning")
    room.approved(pay_by="27.11.2026")
    assert mailed(room, leg, FRIDAY, hour=8) == 0
    assert mailed(room, leg, FRIDAY) == 1
    assert mailed(room, leg, FRIDAY, hour=15) == 0
    assert mailed(room, leg, SATURDAY) == 0
    assert mailed(room, leg, MONDAY) == 1


def test_with_single_notices_it_comes_only_when_it_is_asked_for(room: Room) -> None:
    room.approved(pay_by="27.11.2026")
    assert mailed(room, clock(room), FRIDAY) == 0
    assert mailed(room, clock(room, morning_mail=True), FRIDAY) == 1


def test_with_nothing_to_do_nothing_comes(room: Room) -> None:
    leg = clock(room, accounting="morning")
    assert mailed(room, leg, FRIDAY) == 0
    room.wait(minutes=5)
    reference = room.approved(pay_by="30.12.2026")
    assert room.request(reference).payable
    assert mailed(room, leg, MONDAY) == 1  # it is new
    assert mailed(room, leg, date(2026, 12, 1)) == 0
