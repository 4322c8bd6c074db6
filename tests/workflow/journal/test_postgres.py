"""What PostgreSQL does otherwise than SQLite, and must not be noticed: many writers, order of text, its own clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from helpers.needs import needs
from helpers.postgres import shared_server
from helpers.proxy import Proxy
from helpers.world import ADAM, NOW, RITA, World, form
from workflow.core import commands as c
from workflow.core.deeds import Deed, Lane
from workflow.journal import Journal, JournalError, LetterEntry, tables
from workflow.journal.engine import open_engine
from workflow.journal.postgres import CONNECT_SECONDS, LOCK_SECONDS, STATEMENT_SECONDS, repeated, sqlstate
from workflow.journal.schema import current, prepare, upgrade
from workflow.legs.base import LEASE

pytestmark = [pytest.mark.postgres, needs("postgres")]
ROW = Deed(Lane.REGISTRY, "row", coalesce=True)
SOON = timedelta(seconds=0.2)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, database="postgres")
    yield world
    world.close()


def at_once(*works: Callable[[], object]) -> list[object]:
    """Each in a thread of its own, begun together; what they gave, errors as well."""
    found: list[object] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            found.append(work())
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


# --- the schema -----------------------------------------------------------------------------------------------------


def test_without_its_tables_one_sentence_says_what_to_do() -> None:
    engine = open_engine(shared_server().database())
    with pytest.raises(JournalError, match=r"schema is not there yet.*run `countersign migrate`"):
        prepare(engine, NOW)
    engine.dispose()


def test_two_migrations_at_once_stand_in_line() -> None:
    url = shared_server().database()
    engines = [open_engine(url) for _ in range(3)]
    assert at_once(*(lambda engine=engine: upgrade(engine, NOW) for engine in engines)) == [None] * 3
    assert current(engines[0]) == tables.HEAD
    for engine in engines:
        engine.dispose()


def test_each_company_has_its_own_schema_in_one_database() -> None:
    url = shared_server().database()
    north, south = (open_engine(f"{url}&schema={name}") for name in ("north", "south"))
    upgrade(north, NOW)
    assert current(south) is None
    upgrade(south, NOW)
    Journal(north, domain="north.test").set_note("who", "north")
    assert Journal(south, domain="south.test").note("who") is None
    with north.connect() as connection:
        seen = connection.execute(text("SELECT DISTINCT table_schema FROM information_schema.tables"
                                       " WHERE table_name IN ('deeds', 'alembic_version') ORDER BY 1"))  # fmt: skip
        assert seen.scalars().all() == ["north", "south"]
    north.dispose()
    south.dispose()


def test_text_is_sorted_by_its_bytes_and_of_any_length(world: World) -> None:
    names = ["b", "B", "a-1", "a1", "Ж", "ё", "é"]
    with world.engine.begin() as connection:
        connection.execute(tables.meta.insert(), [{"key": name, "value": "x"} for name in [*names, "long" * 100]])
        stored = connection.execute(select(tables.meta.c.key).order_by(tables.meta.c.key)).scalars().all()
    assert [name for name in stored if name in names] == sorted(names)


def test_a_stray_zero_character_stops_nothing(world: World) -> None:
    """SQLite keeps it; PostgreSQL refuses it, and a letter with one in its subject would stop the mailbox for good."""
    world.journal.letter_entry(LetterEntry("k" * 64, "INBOX", NOW, "ignored", subject="Cч\0т"), NOW)
    found = world.journal.letter("k" * 64)
    assert found is not None
    assert found.subject == "Cч\N{REPLACEMENT CHARACTER}т"


def test_numbers_of_letters_may_be_as_high_as_mail_servers_count(world: World) -> None:
    world.journal.move_cursor("INBOX", "4294967295", 4294967295)
    assert world.journal.cursor("INBOX", "4294967295") == 4294967295


# --- two at once ----------------------------------------------------------------------------------------------------


def test_one_cause_given_by_many_daemons_at_once_counts_once(world: World) -> None:
    cause = world.letter(RITA)
    results = at_once(*[lambda: world.service.handle(c.Open(RITA, form()), cause)] * 6)
    assert [getattr(result, "reference", result) for result in results] == ["PAY-2026-00001"] * 6
    assert sum(not getattr(result, "seen", True) for result in results) == 1
    assert len(world.notices("PAY-2026-00001")) == 2


def test_what_may_come_once_comes_once(world: World) -> None:
    alarm = Deed(Lane.MAIL, "alarm", ADAM, {"key": "x"}, once="alarm:x")
    assert at_once(*[lambda: world.service.add_deeds([alarm])] * 6) == [None] * 6
    with world.engine.connect() as connection:
        assert len(connection.execute(select(tables.deeds.c.id).where(tables.deeds.c.once == "alarm:x")).all()) == 1


def test_new_requests_at_once_get_different_numbers(world: World) -> None:
    causes = [world.letter(RITA) for _ in range(8)]
    works = [lambda cause=cause: world.service.handle(c.Open(RITA, form()), cause).reference for cause in causes]
    assert sorted(map(str, at_once(*works))) == [f"PAY-2026-{number:05d}" for number in range(1, 9)]
    assert not world.journal.broken_links()


def test_a_row_that_is_being_claimed_is_asked_for_once_more(world: World) -> None:
    """The claimer reads the request before this order is committed: without a second deed the row would stay old."""
    world.journal.add_alone("PAY-2026-00001", [ROW], NOW)
    claiming, deciding = world.engine.connect(), threading.Event()
    with claiming, claiming.begin():
        claiming.execute(tables.deeds.update().values(state="leased", lease_until="9"))

        def decide() -> None:
            deciding.set()
            world.journal.add_alone("PAY-2026-00001", [ROW], NOW)

        thread = threading.Thread(target=decide)
        thread.start()
        assert deciding.wait(10)
        thread.join(SOON.total_seconds())
    thread.join(10)
    with world.engine.connect() as connection:
        assert sorted(connection.execute(select(tables.deeds.c.state)).scalars()) == ["due", "leased"]


def test_anchors_made_at_once_follow_from_one_another(world: World) -> None:
    world.submitted()
    at_once(*(lambda second=second: world.journal.anchor(NOW + timedelta(seconds=second)) for second in range(4)))
    assert world.journal.broken_anchors() == []


def test_a_deadlock_is_tried_again(world: World) -> None:
    """Two that want the same two things in a different order: the server ends one, and it goes through afterwards."""
    with world.engine.begin() as connection:
        connection.execute(tables.meta.insert(), [{"key": key, "value": ""} for key in "ab"])
    both, tries = threading.Barrier(2), list[str]()

    @repeated
    def work(first: str, second: str) -> None:
        tries.append(first)
        with world.engine.begin() as connection:
            for key in (first, second):
                connection.execute(tables.meta.update().where(tables.meta.c.key == key).values(value=first))
                if len(tries) <= 2 and key == first:
                    both.wait(10)

    assert at_once(lambda: work("a", "b"), lambda: work("b", "a")) == [None, None]
    assert len(tries) == 3


def test_other_errors_are_not_tried_again(world: World) -> None:
    tries: list[int] = []

    @repeated
    def work() -> None:
        tries.append(1)
        with world.engine.begin() as connection:
            connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError) as caught:
        work()
    assert (len(tries), sqlstate(caught.value)) == (1, "22012")


# --- leases ---------------------------------------------------------------------------------------------------------


def test_leases_go_by_the_databases_clock(world: World) -> None:
    """A daemon whose own clock is a year ahead takes nothing from the one that holds it."""
    journal = Journal(world.engine, domain="example.test")
    journal.add_alone(None, [Deed(Lane.MAIL, "one", RITA)], NOW)
    held = journal.claim_deed(Lane.MAIL, NOW, LEASE)
    assert held is not None
    assert journal.claim_deed(Lane.MAIL, NOW + timedelta(days=365), LEASE) is None
    assert journal.still_holds(held, NOW + timedelta(days=365))


def test_a_late_waker_changes_nothing_of_what_another_has_now(world: World) -> None:
    journal = world.journal
    journal.add_alone(None, [Deed(Lane.MAIL, "one", RITA)], NOW)
    late = journal.claim_deed(Lane.MAIL, NOW, LEASE)
    new = journal.claim_deed(Lane.MAIL, NOW + LEASE * 2, LEASE)
    assert late is not None
    assert new is not None
    assert not journal.still_holds(late, NOW + LEASE * 2)
    assert journal.last_look(late, NOW + LEASE * 2, LEASE, mark=True) is None
    journal.settle([late], NOW)
    journal.postpone(late, "x", NOW)
    journal.release(late)
    assert journal.still_holds(new, NOW + LEASE * 2)


def test_every_wait_for_the_database_ends_before_a_lease_does(world: World) -> None:
    assert timedelta(seconds=CONNECT_SECONDS + LOCK_SECONDS + STATEMENT_SECONDS) < LEASE
    with world.engine.connect() as connection:
        shown = [connection.execute(text(f"SHOW {name}")).scalar() for name in
                 ("statement_timeout", "lock_timeout", "transaction_isolation", "timezone")]  # fmt: skip
    assert shown == ["30s", "20s", "read committed", "UTC"]


# --- trouble --------------------------------------------------------------------------------------------------------


def test_a_connection_that_was_cut_is_renewed(world: World) -> None:
    reference = world.submitted()
    shared_server().sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of(world)}'")
    assert world.status(reference)
    world.reply(ADAM, reference, "APPROVE")


def test_a_commit_whose_answer_was_lost_is_told_by_its_cause(world: World) -> None:
    """The transaction went through, the answer did not come: the same letter again changes nothing."""
    cause = world.letter(RITA)
    with Proxy(shared_server()) as proxy:
        engine = open_engine(world.url.replace(f"host={shared_server().home}", f"host={proxy.home}"))
        service = replace(world.service, journal=Journal(engine, domain="example.test"))
        assert service.journal.note("x") is None
        proxy.cut_after(b"COMMIT")
        with pytest.raises(OperationalError):
            service.handle(c.Open(RITA, form()), cause)
        result = service.handle(c.Open(RITA, form()), cause)
        engine.dispose()
    assert (result.seen, result.reference) == (True, "PAY-2026-00001")
    assert len(world.notices("PAY-2026-00001")) == 2


def test_a_server_that_takes_no_more_writes_counts_as_a_broken_connection(world: World) -> None:
    """After a failover the old primary may still answer: the next connection must look for the new one."""
    server, name = shared_server(), name_of(world)
    server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    world.engine.dispose()
    with pytest.raises(DBAPIError) as caught:
        world.journal.set_note("x", "1")
    assert caught.value.connection_invalidated
    server.sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    world.journal.set_note("x", "1")
    assert world.journal.note("x") == "1"


def name_of(world: World) -> str:
    return str(world.engine.url.database)
