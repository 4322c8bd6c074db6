"""One order, one transaction: the same cause counts once, an error leaves nothing, the fold gives the stored state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from helpers.world import ADAM, CONTRACTOR, FIONA, NOW, ORDER, RITA, World, form, lines
from workflow.core import commands as c
from workflow.core.decide import NoRequest
from workflow.core.events import Opened, Withdrawn
from workflow.core.model import Status
from workflow.core.outcome import REGISTRY, Accepted
from workflow.journal import Cause, LetterEntry, tables
from workflow.journal.engine import reading
from workflow.journal.queue import Caps
from workflow.journal.stamp import stamp, unstamp


def counts(world: World) -> dict[str, int]:
    """How many rows each table holds."""
    with reading(world.engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }


# --- causes ---------------------------------------------------------------------------------------------------------


def test_the_same_cause_twice_changes_nothing(world: World) -> None:
    cause = world.letter(RITA)
    first = world.service.handle(c.Open(RITA, form()), cause)
    before = counts(world)
    second = world.service.handle(c.Open(RITA, form()), cause)
    assert (second.reference, second.accepted, second.seen) == (first.reference, True, True)
    assert counts(world) == before


def test_a_refusal_is_remembered_as_one(world: World) -> None:
    reference = world.approved()
    cause = world.letter(ADAM)
    for _ in range(2):
        result = world.service.handle(c.Approve(ADAM, world.ask(ADAM, reference)), cause, reference)
        assert (result.accepted, result.reason) == (False, "already_approved")
    assert result.seen


def test_two_orders_of_one_letter_are_two_causes(world: World) -> None:
    entry = world.letter(RITA).letter
    for number in range(2):
        assert not world.service.handle(c.Open(RITA, form()), Cause(f"letter:x:{number}", entry)).seen
    assert len(list(world.journal.requests())) == 2
    assert counts(world)["letters"] == 1


def test_an_error_inside_the_page_leaves_nothing(world: World) -> None:
    before = counts(world)
    with pytest.raises(RuntimeError, match="power is gone"):
        cut_off_after_writing(world)
    assert counts(world) == before
    assert world.submitted() == "PAY-2026-00001"


def cut_off_after_writing(world: World) -> None:
    """Everything of an order is written, and the commit does not come."""
    with world.journal.page(world.letter()) as page:
        reference = page.next_reference(2026)
        outcome = Accepted((Opened(RITA, "letter-1"),))
        after = page.record(reference, None, outcome, RITA, NOW)
        page.close(reference, outcome, [], after, NOW, Caps())
        raise RuntimeError("power is gone")


def test_an_order_for_a_request_that_is_not_there_leaves_nothing(world: World) -> None:
    before = counts(world)
    with pytest.raises(NoRequest):
        world.order(c.Withdraw(RITA), "PAY-2026-00007")
    assert counts(world) == before


def test_a_request_does_not_begin_in_the_middle(world: World) -> None:
    wrong = pytest.raises(ValueError, match="Withdrawn cannot be the first event")
    with wrong, world.journal.page(world.letter()) as page:
        page.record("PAY-2026-00001", None, Accepted((Withdrawn(RITA),)), RITA, NOW)


# --- numbers --------------------------------------------------------------------------------------------------------


def test_numbers_rise_by_year_and_prefix(world: World) -> None:
    assert [world.submitted() for _ in range(3)] == ["PAY-2026-00001", "PAY-2026-00002", "PAY-2026-00003"]
    world.time = datetime(2027, 1, 5, 9, tzinfo=UTC)
    assert world.submitted(pay_by="20.01.2027") == "PAY-2027-00001"
    assert world.journal.counters() == {"PAY-2026": 3, "PAY-2027": 1}


def test_the_year_of_a_number_is_that_of_the_office(world: World) -> None:
    world.time = datetime(2026, 12, 31, 22, tzinfo=UTC)  # already 2027 in Moscow
    assert world.submitted(pay_by="20.01.2027") == "PAY-2027-00001"


def test_numbers_may_outgrow_their_width(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(tables.counters.insert().values(prefix="PAY", year=2026, last=99999))
    assert world.submitted() == "PAY-2026-100000"


# --- letters --------------------------------------------------------------------------------------------------------


def entry(verdict: str, key: str = "k" * 64) -> LetterEntry:
    return LetterEntry(key, "INBOX", NOW, verdict, "because", subject="s" * 500)


def test_a_letter_is_stored_with_its_order(world: World) -> None:
    cause = world.letter(RITA)
    reference = world.service.handle(c.Open(RITA, form()), cause).reference
    assert cause.letter is not None
    stored = world.journal.letter(cause.letter.key)
    assert stored is not None
    assert (stored.verdict, stored.reference, stored.sender) == ("answers", reference, RITA)


@pytest.mark.parametrize(
    ("verdict", "known"), [("open", False), ("answers", True), ("ignored", True), ("set_aside", True)]
)
def test_an_open_letter_is_read_again(world: World, verdict: str, known: bool) -> None:
    world.journal.letter_entry(entry(verdict), NOW)
    assert world.journal.knows_letter("k" * 64) is known


def test_a_letter_set_aside_is_overwritten_when_it_is_read(world: World) -> None:
    world.journal.letter_entry(entry("set_aside"), NOW)
    assert len(world.journal.set_aside()) == 1
    world.journal.letter_entry(entry("requests"), NOW)
    assert world.journal.letters_by_verdict() == {"requests": 1}


# --- reading --------------------------------------------------------------------------------------------------------


def test_requests_are_found_by_state_and_day(world: World) -> None:
    one, two = world.approved(), world.submitted(pay_by="30.11.2026")
    assert [r.reference for r in world.journal.requests()] == [one, two]
    assert [r.reference for r in world.journal.requests([two, "PAY-2026-00099"])] == [two]
    assert [r.reference for r in world.journal.find(statuses=["approved"])] == [one]
    assert [r.reference for r in world.journal.find(due="2026-11-27")] == [one]
    assert not list(world.journal.find_recent(["approved"], world.time + timedelta(seconds=1)))
    assert world.journal.request("PAY-2026-00099") is None


def test_the_history_tells_who_when_and_by_which_letter(world: World) -> None:
    reference = world.approved()
    history = world.journal.history(reference)
    assert [type(r.event).__name__ for r in history] == [
        "Opened", "Filled", "Submitted", "Asked", "Approved", "ApprovalCompleted", "Asked",
    ]  # fmt: skip
    assert [r.seq for r in history] == list(range(1, 8))
    assert {r.actor for r in history} == {RITA, ADAM}
    assert history[0].at == NOW


# --- the fold -------------------------------------------------------------------------------------------------------

ORDERS: list[Callable[[World, str], object]] = [
    lambda w, r: w.reply(ADAM, r, "APPROVE", "ок"),
    lambda w, r: w.reply(ADAM, r, "REJECT"),
    lambda w, r: w.reply(ADAM, r, "RETURN", "нет акта"),
    lambda w, r: w.reply(ADAM, r, "UNDO"),
    lambda w, r: w.order(c.Amend(RITA, lines(amount="5000")), r),
    lambda w, r: w.order(c.Amend(RITA, lines(amount="4.800")), r),
    lambda w, r: w.order(c.Amend(RITA, lines(), submit=True), r),
    lambda w, r: w.order(c.MarkPaid(REGISTRY, files=(ORDER,)), r),
    lambda w, r: w.order(c.UnmarkPaid(REGISTRY), r),
    lambda w, r: w.order(c.PutOnHold(FIONA, "жду"), r),
    lambda w, r: w.order(c.Release(FIONA), r),
    lambda w, r: w.order(c.Comment(REGISTRY, "нет акта", "accountant"), r),
    lambda w, r: w.order(c.NoteBounce("mailer", CONTRACTOR, "<x>", "no", True), r),
    lambda w, r: w.order(c.NoteEdit(REGISTRY, "status_not_yours", "x"), r),
]


@given(st.lists(st.sampled_from(ORDERS), max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_events_alone_make_the_stored_request(
    tmp_path_factory: pytest.TempPathFactory, orders: list[object]
) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    reference = world.submitted()
    for order in orders:
        world.pass_time(timedelta(minutes=1))
        order(world, reference)  # type: ignore[operator]
        assert world.journal.refold(reference) == world.request(reference)
    assert not world.journal.broken_links()
    world.engine.dispose()


# --- times ----------------------------------------------------------------------------------------------------------


def test_times_are_utc_text_of_one_width() -> None:
    moscow = datetime(2026, 11, 24, 12, 0, tzinfo=timezone(timedelta(hours=3)))
    assert stamp(moscow) == "2026-11-24T09:00:00.000000Z"
    assert unstamp(stamp(moscow)) == moscow
    with pytest.raises(ValueError, match="without a zone"):
        stamp(datetime(2026, 11, 24))


def test_the_states_columns_follow_the_request(world: World) -> None:
    reference = world.approved()
    world.order(c.PutOnHold(REGISTRY, "x"), reference)
    with reading(world.engine) as connection:
        row = connection.execute(select(tables.requests)).one()
    assert (row.status, row.held, row.pay_by, row.inn) == (Status.APPROVED, True, "2026-11-27", "7707083893")
