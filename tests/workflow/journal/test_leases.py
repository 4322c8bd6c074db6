"""A mailbox or a registry is held by one daemon at a time, and whoever slept past his lease writes nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from helpers.daemons import until
from helpers.needs import needs
from helpers.postgres import shared_server
from helpers.world import NOW, RITA, World
from sheets.errors import RegistryLocked
from workflow.core.deeds import Deed, Lane
from workflow.journal import NewerSchema, tables
from workflow.journal.errors import LeaseLost
from workflow.journal.leases import Hold, resting_on, take_from_all
from workflow.journal.schema import prepare
from workflow.legs.base import StandingBy
from workflow.legs.held import HeldLeg
from workflow.sharing import Sharing

pytestmark = [pytest.mark.postgres, needs("postgres")]
SPAN = timedelta(minutes=1)
ENDED = "2000-01-01T00:00:00.000000Z"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, database="postgres")
    yield world
    world.close()


def taken(world: World, holder: str = "north") -> Hold:
    hold = world.journal.take_lease("mailbox", holder, SPAN)
    assert hold is not None
    return hold


def end(world: World) -> None:
    """The lease's time is over."""
    with world.engine.begin() as connection:
        connection.execute(update(tables.leases).values(until=ENDED))


def test_one_holds_it_until_its_lease_ends(world: World) -> None:
    assert taken(world).epoch == 1
    assert world.journal.take_lease("mailbox", "south", SPAN) is None
    assert world.journal.holders() == {"mailbox": "north"}
    end(world)
    assert world.journal.holders() == {}
    assert taken(world, "south").epoch == 2


def test_a_lease_is_kept_by_its_holder_alone(world: World) -> None:
    north = taken(world)
    end(world)
    south = taken(world, "south")
    end(world)
    world.journal.keep_leases([north], SPAN)
    assert world.journal.holders() == {}
    world.journal.keep_leases([south], SPAN)
    assert world.journal.holders() == {"mailbox": "south"}


def test_giving_back_frees_it_at_once_and_only_what_is_ones_own(world: World) -> None:
    north = taken(world)
    world.journal.give_back_lease(north)
    south = taken(world, "south")
    world.journal.give_back_lease(north)
    assert world.journal.holders() == {"mailbox": "south"}
    assert south.epoch == 2


def test_a_late_wakers_transaction_fails_before_it_begins(world: World) -> None:
    north = taken(world)
    with resting_on(north):
        world.submitted()
    end(world)
    taken(world, "south")
    with resting_on(north), pytest.raises(LeaseLost, match="hold on mailbox has ended"):
        world.submitted()
    with resting_on(north), pytest.raises(LeaseLost):
        world.journal.prove_hold()
    assert len(list(world.journal.requests())) == 1
    world.journal.prove_hold()  # nothing rests on a lease here


def test_nobody_takes_over_in_the_middle_of_a_transaction(world: World) -> None:
    north, took = taken(world), list[object]()
    with resting_on(north), world.engine.begin() as connection:
        other = threading.Thread(target=lambda: took.append(_taken_when_free(world)))
        other.start()
        other.join(0.2)
        assert took == []
        connection.execute(tables.meta.insert().values(key="x", value="1"))
    other.join(10)
    assert len(took) == 1


def _taken_when_free(world: World) -> object:
    end(world)
    return world.journal.take_lease("mailbox", "south", SPAN)


# --- legs -----------------------------------------------------------------------------------------------------------


@dataclass
class Work:
    """A leg that writes something each time."""

    world: World
    name: str = "inbox"
    closed: int = 0
    fault: Exception | None = None

    def work_once(self) -> bool:
        if self.fault is not None:
            raise self.fault
        self.world.journal.set_note("worked", "yes")
        return False

    def wait(self, seconds: float) -> None: ...

    def wake(self) -> None: ...

    def close(self) -> None:
        self.closed += 1


def held(world: World, holder: str, lane: Lane | None = None) -> HeldLeg:
    return HeldLeg(Work(world), "mailbox", world.journal, holder, SPAN, lane)


def test_a_leg_stands_by_until_it_holds_and_hands_over_when_closed(world: World) -> None:
    north, south = held(world, "north"), held(world, "south")
    assert north.work_once() is False
    with pytest.raises(StandingBy, match="The mailbox is held by north"):
        south.work_once()
    assert south.wants_to_keep is None
    north.close()
    assert south.work_once() is False
    assert world.journal.holders() == {"mailbox": "south"}


def test_a_leg_that_lost_its_lease_closes_what_it_had_open(world: World) -> None:
    north, south = held(world, "north"), held(world, "south")
    north.work_once()
    end(world)
    south.work_once()
    for _ in range(2):
        with pytest.raises(StandingBy):
            north.work_once()
    assert isinstance(north.leg, Work)
    assert north.leg.closed == 1


def test_a_lease_lost_as_soon_as_it_was_taken_is_stood_by_for(world: World) -> None:
    north = HeldLeg(Work(world), "mailbox", world.journal, "north", timedelta(0), Lane.REGISTRY)
    with pytest.raises(StandingBy):
        north.work_once()
    assert north.hold is None


def test_a_holder_that_fails_for_as_long_as_a_lease_lasts_lets_another_try(world: World) -> None:
    """Its own network may be what is broken."""
    north, south = held(world, "north"), held(world, "south")
    assert isinstance(north.leg, Work)
    north.leg.fault = OSError("no route to host")
    for _ in range(2):
        with pytest.raises(OSError, match="no route"):
            north.work_once()
        assert world.journal.holders() == {"mailbox": "north"}
    north._fails_since = time.monotonic() - SPAN.total_seconds() - 1
    with pytest.raises(OSError, match="no route"):
        north.work_once()
    assert north.leg.closed == 1
    assert south.work_once() is False
    with pytest.raises(StandingBy, match="held by south"):
        north.work_once()


def test_a_workbook_that_is_open_elsewhere_is_open_for_every_daemon(world: World) -> None:
    north = held(world, "north")
    assert isinstance(north.leg, Work)
    north.leg.fault = RegistryLocked("Fiona", None)
    north._fails_since = time.monotonic() - SPAN.total_seconds() - 1
    with pytest.raises(RegistryLocked):
        north.work_once()
    assert world.journal.holders() == {"mailbox": "north"}


def test_a_leg_that_hangs_lets_its_lease_run_out(world: World) -> None:
    north = held(world, "north")
    north.work_once()
    assert north.wants_to_keep is not None
    north._round -= 700
    assert north.wants_to_keep is None


def test_what_the_dead_holder_had_in_hand_is_free_for_the_next(world: World) -> None:
    world.journal.add_alone(None, [Deed(Lane.REGISTRY, "row"), Deed(Lane.MAIL, "one", RITA)], NOW)
    for lane in (Lane.REGISTRY, Lane.MAIL):
        assert world.journal.claim_deed(lane, NOW, timedelta(minutes=10))
    held(world, "south", Lane.REGISTRY).work_once()
    assert world.journal.claim_deed(Lane.REGISTRY, NOW, SPAN)
    assert world.journal.claim_deed(Lane.MAIL, NOW, SPAN) is None


# --- the others ---------------------------------------------------------------------------------------------------


@dataclass
class Ears:
    """What one daemon hears of the others."""

    words: list[str] = field(default_factory=list)
    missed: int = 0

    def miss(self) -> None:
        self.missed += 1


def listening(world: World, span: timedelta = SPAN) -> tuple[Sharing, Ears]:
    ears = Ears()
    return Sharing(world.journal, span, heard=ears.words.append, missed=ears.miss), ears


def test_new_work_and_free_leases_are_heard_by_other_daemons(world: World) -> None:
    sharing, ears = listening(world)
    hold = taken(world)
    with sharing.at_work():
        until(lambda: ears.missed)
        world.submitted()
        world.journal.give_back_lease(hold)
        until(lambda: {"mail", "registry", "folder", "lease"} <= set(ears.words), lambda: ears)


def test_after_a_lost_connection_everybody_is_woken_and_heard_again(world: World) -> None:
    sharing, ears = listening(world)
    with sharing.at_work():
        until(lambda: ears.missed)
        cut(world)
        until(lambda: ears.missed == 2)
        with suppress(Exception):  # the pool's own connection was cut too
            world.journal.note("x")
        world.submitted()
        until(lambda: "mail" in ears.words)


def cut(world: World) -> None:
    name = world.engine.url.database
    shared_server().sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def test_leases_are_kept_while_the_daemon_lives(world: World) -> None:
    sharing, _ = listening(world, timedelta(seconds=0.6))
    leg = sharing.held(Work(world), "mailbox")
    leg.work_once()
    with sharing.at_work():
        threading.Event().wait(1.5)
        assert list(world.journal.holders()) == ["mailbox"]
    leg.close()
    assert world.journal.holders() == {}


def test_a_command_holds_for_as_long_as_it_takes_and_no_longer_than_a_lease_when_it_is_killed(world: World) -> None:
    span = timedelta(seconds=0.6)
    sharing, _ = listening(world, span)
    with sharing.holding(["mailbox"]) as alone:
        assert alone
        threading.Event().wait(1.5)
        assert list(world.journal.holders()) == ["mailbox"]
        with world.engine.connect() as connection:
            left = "SELECT CAST(until AS timestamptz) - clock_timestamp() FROM leases"
            assert connection.exec_driver_sql(left).scalar_one() <= span
    assert world.journal.holders() == {}


# --- two versions ---------------------------------------------------------------------------------------------------


def newer(world: World, compatible_from: str) -> None:
    """A newer program has migrated: a table and a column more, and the schema says who may go on."""
    with world.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE requests ADD COLUMN added text")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.execute(update(tables.meta).where(tables.meta.c.key == "compatible_from")
                           .values(value=compatible_from))  # fmt: skip


def older(world: World) -> None:
    with world.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE requests DROP COLUMN added")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{tables.HEAD}'")


def test_an_older_daemon_works_beside_a_newer_schema_that_allows_it(world: World) -> None:
    newer(world, tables.HEAD)
    prepare(world.engine, NOW)
    sharing, _ = listening(world, timedelta(seconds=0.3))
    with sharing.at_work():
        world.approved()
        threading.Event().wait(0.4)
    assert sharing.must_stop == ""
    older(world)


def test_an_older_daemon_stops_with_a_sentence_when_the_schema_does_not(world: World) -> None:
    stopped = threading.Event()
    sharing = Sharing(world.journal, timedelta(seconds=0.3), stop=stopped.set)
    with sharing.at_work():
        newer(world, "9999")
        assert stopped.wait(10)
    assert "written by a newer version (schema 9999" in sharing.must_stop
    with pytest.raises(NewerSchema):
        prepare(world.engine, NOW)
    older(world)


def test_an_upgrade_that_older_daemons_cannot_bear_takes_their_leases_and_is_heard_at_once(world: World) -> None:
    stopped = threading.Event()
    sharing, _ = listening(world)  # which looks by itself every twenty seconds
    sharing.stop = stopped.set
    hold = taken(world)
    with sharing.at_work():
        with world.engine.begin() as connection:
            connection.execute(update(tables.meta).where(tables.meta.c.key == "compatible_from").values(value="9999"))
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
            take_from_all(connection)
        assert stopped.wait(10)
    with resting_on(hold), pytest.raises(LeaseLost):
        world.submitted()
    with pytest.raises(StandingBy, match="newer version"):
        held(world, "north").work_once()
    with world.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{tables.HEAD}'")
