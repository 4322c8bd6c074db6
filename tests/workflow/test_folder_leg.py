"""The folder leg beside other daemons: an older page never comes to lie over a newer one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from helpers.needs import needs
from helpers.office import Office, office
from helpers.postgres import blank_journal_url, give_back
from stories.stage import RITA, complete_form, invoice
from workflow.core.commands import Withdraw
from workflow.core.deeds import Lane
from workflow.core.model import Request
from workflow.journal import Cause, tables
from workflow.legs.base import LEASE
from workflow.legs.folder import CARD, FolderLeg
from workflow.wiring import Wiring

pytestmark = [pytest.mark.postgres, needs("postgres")]
LONG_AGO = "2000-01-01T00:00:00.000000Z"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Office]:
    """A request that is read and not filed yet."""
    url, stage = blank_journal_url(), office(tmp_path)
    stage.settings_file.write_text(stage.settings_file.read_text().replace("sqlite:///var/journal.db", url))
    yield stage
    give_back(url)


def asked(stage: Office) -> Wiring:
    stage.send(RITA, complete_form(stage.now()), files=[("1.pdf", invoice())])
    stage.run_inbox()
    return stage.wiring()


def leg_of(wiring: Wiring, page: Callable[[Request], str]) -> FolderLeg:
    leg = next(leg for leg in wiring.legs() if isinstance(leg, FolderLeg))
    leg.page = page
    return leg


def pages(stage: Office) -> list[str]:
    return [path.read_text() for path in (stage.folder / "materials").rglob(CARD)]


def test_a_page_that_was_made_too_late_is_not_written(stage: Office) -> None:
    wiring = asked(stage)

    def slept(_request: Request) -> str:
        with wiring.journal.engine.begin() as connection:
            connection.execute(update(tables.deeds).where(tables.deeds.c.lane == "folder").values(lease_until=LONG_AGO))
        return "late"

    leg_of(wiring, slept).work_once()
    assert pages(stage) == []
    leg_of(wiring, lambda request: "in time").work_once()
    assert pages(stage) == ["in time"]
    wiring.journal.engine.dispose()


def test_a_request_that_moved_on_meanwhile_is_shown_as_it_is_now(stage: Office) -> None:
    wiring = asked(stage)
    shown: list[str] = []

    def page(request: Request) -> str:
        shown.append(request.status.value)
        if len(shown) == 1:
            wiring.service.handle(Withdraw(RITA), Cause("letter:x:0"), request.reference)
        return request.status.value

    leg_of(wiring, page).work_once()
    assert shown == ["awaiting", "withdrawn"]
    assert pages(stage) == ["withdrawn"]
    wiring.journal.engine.dispose()


def test_what_was_in_hand_while_the_database_was_away_does_not_wait_for_its_lease(stage: Office) -> None:
    wiring = asked(stage)

    def away(_request: Request) -> str:
        raise OperationalError("SELECT", {}, Exception("the connection is lost"))

    leg = leg_of(wiring, away)
    with pytest.raises(OperationalError):
        leg.work_once()
    leg.page = lambda request: "back"
    leg.work_once()
    assert pages(stage) == ["back"]
    assert wiring.journal.claim_deed(Lane.FOLDER, stage.now(), LEASE) is None, "it is settled"
    wiring.journal.engine.dispose()


def test_what_another_daemon_has_by_now_is_left_to_it(stage: Office) -> None:
    wiring = asked(stage)

    def slept(_request: Request) -> str:
        with wiring.journal.engine.begin() as connection:
            connection.execute(update(tables.deeds).where(tables.deeds.c.lane == "folder").values(lease_until="9"))
        raise OperationalError("SELECT", {}, Exception("the connection is lost"))

    leg = leg_of(wiring, slept)
    with pytest.raises(OperationalError):
        leg.work_once()
    leg.page = lambda request: "too late"
    leg.work_once()
    assert pages(stage) == []
    wiring.journal.engine.dispose()
