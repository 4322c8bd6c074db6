"""The mail leg beside other daemons, and when the database goes away in the wrong moment: nothing goes out twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from helpers.needs import needs
from helpers.office import Post, office
from helpers.postgres import blank_journal_url, give_back, shared_server
from stories.stage import OSCAR
from workflow.core.deeds import Deed, Lane
from workflow.journal import tables
from workflow.legs.base import LEASE
from workflow.legs.mail import MailLeg
from workflow.wiring import Wiring

pytestmark = [pytest.mark.postgres, needs("postgres")]
NOTICE = Deed(Lane.MAIL, "alarm", OSCAR, {"key": "set_aside", "details": "x"})
LONG_AGO = "2000-01-01T00:00:00.000000Z"


class Hooked(Post):
    """Something happens when the server has agreed to take the letter, and when it has taken it."""

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[], object] = lambda: None
        self.after: Callable[[], object] = lambda: None

    def send(self, raw: bytes, sender: str, recipient: str, before_data: Callable[[], None] | None = None) -> None:
        self.before()
        super().send(raw, sender, recipient, before_data)
        self.after()


@dataclass
class Place:
    """One daemon's mail leg and the post that it sends by."""

    wiring: Wiring
    post: Hooked = field(default_factory=Hooked)

    @property
    def database(self) -> str:
        return str(self.wiring.journal.engine.url.database)

    def leg(self) -> MailLeg:
        leg = next(leg for leg in self.wiring.legs() if isinstance(leg, MailLeg))
        leg.outgoing = self.post
        return leg

    def end_leases(self) -> None:
        with self.wiring.journal.engine.begin() as connection:
            deeds = tables.deeds
            connection.execute(update(deeds).where(deeds.c.lease_until.is_not(None)).values(lease_until=LONG_AGO))

    def close_database(self) -> None:
        server = shared_server()
        server.sql(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS false")
        server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.database}'")

    def open_database(self) -> None:
        shared_server().sql(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS true")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    url, stage = blank_journal_url(), office(tmp_path)
    stage.settings_file.write_text(stage.settings_file.read_text().replace("sqlite:///var/journal.db", url))
    place = Place(stage.wiring())
    place.wiring.service.add_deeds([NOTICE])
    yield place
    place.wiring.journal.engine.dispose()
    give_back(url)


def test_a_notice_that_another_daemon_took_over_is_not_sent(place: Place) -> None:
    other, theirs = place.leg(), list[object]()

    def slept() -> None:
        """We slept past our lease just before the letter itself; another daemon has claimed the notice."""
        place.post.before = lambda: None
        place.end_leases()
        theirs.append(place.wiring.journal.claim_deed(Lane.MAIL, place.wiring.now(), LEASE))

    place.post.before = slept
    assert other.work_once() is True
    assert theirs[0] is not None
    assert place.post.received == []


def test_a_lease_that_merely_ended_is_not_enough_to_send(place: Place) -> None:
    """Another daemon may be about to take it: whoever is late takes his place at the end of the line."""
    place.post.before = place.end_leases
    place.leg().work_once()
    assert place.post.received == []
    place.post.before = lambda: None
    place.leg().work_once()
    assert len(place.post.received) == 1


def test_what_went_out_while_the_database_went_away_is_not_sent_again(place: Place) -> None:
    leg = place.leg()
    place.post.after = place.close_database
    with pytest.raises(OperationalError):
        leg.work_once()
    with pytest.raises(OperationalError):
        leg.work_once()
    place.open_database()
    place.post.after = lambda: None
    while leg.work_once():
        pass
    assert len(place.post.received) == 1
    place.end_leases()
    assert place.leg().work_once() is False


def test_a_notice_in_hand_while_the_database_is_away_is_sent_once_it_is_back(place: Place) -> None:
    leg = place.leg()
    place.post.before = place.close_database
    with pytest.raises(OperationalError):
        leg.work_once()
    assert place.post.received == []
    place.post.before = lambda: None
    place.open_database()
    while leg.work_once():
        pass
    assert len(place.post.received) == 1


def test_what_went_out_while_the_database_went_away_is_settled_when_the_daemon_ends(place: Place) -> None:
    leg = place.leg()
    place.post.after = place.close_database
    with pytest.raises(OperationalError):
        leg.work_once()
    place.open_database()
    place.post.after = lambda: None
    leg.close()
    place.end_leases()
    assert place.leg().work_once() is False, "the next daemon finds nothing to send"
    assert len(place.post.received) == 1
