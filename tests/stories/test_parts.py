"""An invoice paid in parts, by letter and in the registry: everybody hears of each part and of what is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest

from helpers.office import Office, office
from stories.stage import ADAM, FIONA, RITA, SUPPLIER, complete_form, invoice, text_of
from workflow.core.model import Status
from workflow.core.payment import rest_of


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    return office(tmp_path)


def approved(desk: Office) -> EmailMessage:
    """Fiona's ask for an approved request of 12 000,50."""
    desk.send(RITA, complete_form(desk.now()), files=[("счет.pdf", invoice())])
    desk.run()
    desk.answer(ADAM, desk.new(ADAM)[-1], "СОГЛАСОВАНО")
    desk.run()
    desk.new(RITA)
    return desk.new(FIONA)[-1]


def later(desk: Office) -> None:
    desk.offset += timedelta(minutes=11)
    desk.run()


def test_parts_by_letter(desk: Office) -> None:
    ask = approved(desk)
    desk.answer(FIONA, ask, "ОПЛАЧЕНО 5 000 из 12 000,50, п/п № 214")
    desk.run()
    assert rest_of(desk.request()) == Decimal("7000.50")
    assert desk.new(SUPPLIER) == []
    later(desk)
    [theirs] = desk.new(SUPPLIER)
    told = text_of(theirs).replace("\xa0", " ")
    assert "5 000,00" in told
    assert "7 000,50" in told
    assert "214" in text_of(desk.new(RITA)[-1])
    desk.new(FIONA)

    desk.answer(FIONA, ask, "ОПЛАЧЕНО 7 000 из 12 000,50")  # now, or in all?
    desk.run()
    assert rest_of(desk.request()) == Decimal("7000.50")
    assert "еще 3 000" in text_of(desk.new(FIONA)[-1])

    desk.answer(FIONA, ask, "ОПЛАЧЕНО еще 7 000,50")
    desk.run()
    assert desk.request().status is Status.PAID
    later(desk)
    [theirs] = desk.new(SUPPLIER)
    told = text_of(theirs).replace("\xa0", " ")
    assert "7 000,50" in told
    assert "12 000,50" in told
    assert desk.new(RITA)
