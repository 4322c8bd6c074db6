"""A daemon that slept past its lease: what it had in hand is no fault of the letter or the row."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from helpers.office import Office, office
from stories.stage import RITA, complete_form
from workflow.journal.errors import LeaseLost
from workflow.registry_sync.orders import OrderDesk
from workflow.service import Service


def lost(*_args: object, **_options: object) -> NoReturn:
    raise LeaseLost("it is held by another daemon by now.")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    return office(tmp_path)


def test_a_letter_is_not_set_aside_when_its_reader_lost_the_mailbox(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send(RITA, complete_form(desk.now()))
    with monkeypatch.context() as late:
        late.setattr(Service, "handle", lost)
        with pytest.raises(LeaseLost):
            desk.run()
    assert desk.wiring().journal.set_aside() == []


def test_a_row_does_not_count_as_not_understood_when_its_reader_lost_the_registry(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send(RITA, complete_form(desk.now()))
    desk.run()
    desk.edit({"Комментарий бухгалтерии": "ждем акт"})
    sync = desk.wiring().books[0].sync
    monkeypatch.setattr(OrderDesk, "take", lost)
    with pytest.raises(LeaseLost):
        sync.work_once()
