"""An approver who has not answered is asked again, when the settings want it, on working days only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stories.stage import ADAM, RITA, Stage, complete_form
from workflow.core.model import Status

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def reminding(stage: Stage) -> Stage:
    text = stage.settings_file.read_text(encoding="utf-8")
    stage.settings_file.write_text(text.replace("[notices]", "[notices]\nremind_after = 2"), encoding="utf-8")
    stage.offset = TUESDAY - datetime.now(UTC)
    return stage


def subjects(stage: Stage) -> list[str]:
    stage.run()
    return [str(message["Subject"]) for message in stage.new(ADAM)]


def test_who_does_not_answer_is_reminded_after_two_working_days_and_three_times_at_most(reminding: Stage) -> None:
    reminding.send(RITA, complete_form(reminding.now() + timedelta(days=20)))
    assert len(subjects(reminding)) == 1
    told: dict[str, int] = {}
    for _ in range(14):
        reminding.later(days=1)
        reminding.run()
        fresh = subjects(reminding)
        told[f"{reminding.now():%a %d}"] = len(fresh)
        assert all("Напоминаем" in subject for subject in fresh)
    days = [day for day, count in told.items() if count]
    assert days == ["Thu 26", "Mon 30", "Wed 02"], "no Saturday, no Sunday, and no fourth time"
    assert all(count <= 1 for count in told.values()), "once a day, however often the daemon starts"


def test_a_reminder_is_answered_like_the_question_itself(reminding: Stage) -> None:
    reminding.send(RITA, complete_form(reminding.now() + timedelta(days=20)))
    reminding.run()
    reminding.later(days=2)
    reminding.run()
    first, again = reminding.new(ADAM)
    assert first["Message-ID"] in str(again["References"]), "in the same thread"
    reminding.answer(ADAM, again, "Согласовано")
    reminding.run()
    assert reminding.request().status is Status.APPROVED
    reminding.later(days=2)
    reminding.new(ADAM)
    assert subjects(reminding) == [], "who has answered is left alone"


def test_by_default_nobody_is_reminded(stage: Stage) -> None:
    stage.offset = TUESDAY - datetime.now(UTC)
    stage.send(RITA, complete_form(stage.now() + timedelta(days=20)))
    assert len(subjects(stage)) == 1
    for _ in range(6):
        stage.later(days=1)
        assert subjects(stage) == []
