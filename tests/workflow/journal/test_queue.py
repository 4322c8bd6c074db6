"""Deeds: claimed with a lease, done, settled; a crash repeats one, nothing is done by two at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from helpers.world import ADAM, CONTRACTOR, FIONA, MALLORY, NOW, RITA, World
from workflow.core.deeds import Deed, Lane, notice
from workflow.journal import Claimed
from workflow.journal.queue import DEAD, IN_DOUBT, SKIPPED, Caps, GivenUp, new_token

LEASE = timedelta(minutes=10)
ROW = Deed(Lane.REGISTRY, "row", coalesce=True)


def add(world: World, *deeds: Deed, reference: str | None = "PAY-2026-00001", caps: Caps | None = None) -> None:
    world.journal.add_alone(reference, deeds, world.time, caps)


def claim(world: World, lane: Lane = Lane.MAIL) -> Claimed | None:
    return world.journal.claim_deed(lane, world.time, LEASE)


def claimed(world: World, lane: Lane = Lane.MAIL) -> Claimed:
    deed = claim(world, lane)
    assert deed is not None
    return deed


def waiting(world: World, lane: Lane = Lane.MAIL) -> list[str]:
    """Kinds of what is due now, doing it."""
    found: list[str] = []
    while deed := claim(world, lane):
        world.journal.settle([deed], world.time)
        found.append(deed.kind)
    return found


# --- claiming -------------------------------------------------------------------------------------------------------


def test_the_oldest_due_deed_of_the_lane_comes_first(world: World) -> None:
    add(world, notice("one", RITA), notice("two", RITA), ROW)
    assert waiting(world) == ["one", "two"]
    assert waiting(world, Lane.REGISTRY) == ["row"]
    assert waiting(world, Lane.FOLDER) == []


def test_after_a_crash_a_deed_in_hand_comes_before_those_behind_it(alone: World) -> None:
    world = alone
    add(world, notice("one", RITA), notice("two", RITA), notice("three", RITA))
    claimed(world)
    world.journal.free_own_leases(world.time)
    assert waiting(world) == ["one", "two", "three"]


def test_a_claimed_deed_is_held_until_its_lease_ends(world: World) -> None:
    add(world, notice("one", RITA))
    first = claimed(world)
    world.pass_time(LEASE)
    assert claim(world) is None
    world.pass_time(timedelta(seconds=1))
    again = claimed(world)
    assert (again.id, again.message_id, again.token) == (first.id, first.message_id, first.token)
    assert (again.attempts, again.faults) == (2, 2)


def test_a_settled_deed_never_comes_back(world: World) -> None:
    add(world, notice("one", RITA), notice("two", RITA))
    world.journal.settle([claimed(world)], world.time)
    world.journal.settle([claimed(world)], world.time, SKIPPED, "superseded")
    world.pass_time(LEASE * 2)
    assert claim(world) is None
    assert [(row.state, row.error) for row in world.journal.notices("PAY-2026-00001")] == [
        ("done", None), ("skipped", "superseded"),
    ]  # fmt: skip


def test_a_delayed_deed_waits_for_its_time(world: World) -> None:
    add(world, Deed(Lane.CLOCK, "announce", delay=timedelta(minutes=10)))
    assert claim(world, Lane.CLOCK) is None
    world.pass_time(timedelta(minutes=9, seconds=59))
    assert claim(world, Lane.CLOCK) is None
    world.pass_time(timedelta(seconds=1))
    assert claimed(world, Lane.CLOCK).kind == "announce"
    assert claim(world, Lane.CLOCK) is None


def test_a_postponed_deed_comes_back_with_its_error_kept(world: World) -> None:
    add(world, notice("one", RITA))
    world.journal.postpone(claimed(world), "server away", world.time + timedelta(minutes=1))
    assert claim(world) is None
    assert world.journal.queue_counts(world.time) == (0, 1)
    world.pass_time(timedelta(minutes=1))
    assert claimed(world).attempts == 2


def test_passing_failures_are_tried_for_ever_and_our_faults_are_counted(world: World) -> None:
    add(world, notice("one", RITA))
    for _ in range(30):
        world.journal.postpone(claimed(world), "server away", world.time)
    assert (claimed(world).attempts, world.journal.dead()) == (31, [])
    add(world, notice("two", RITA))
    for turn in range(1, 4):
        deed = claimed(world)
        assert (deed.kind, deed.faults) == ("two", turn)
        world.journal.postpone(deed, "KeyError", world.time, our_fault=True)


def test_a_crash_counts_as_a_fault(world: World) -> None:
    add(world, notice("one", RITA))
    for turn in range(1, 4):
        assert claimed(world).faults == turn
        world.start_again()


def test_at_the_start_own_leases_are_free_at_once(alone: World) -> None:
    world = alone
    add(world, notice("one", RITA))
    claimed(world)
    assert claim(world) is None
    world.journal.free_own_leases(world.time)
    assert claimed(world).kind == "one"


def test_buried_deeds_wait_for_a_person(world: World) -> None:
    add(world, notice("one", RITA), notice("two", RITA), notice("three", RITA))
    world.service.give_up(GivenUp(claimed(world), "no such box"))
    world.service.give_up(GivenUp(claimed(world), "cut off", IN_DOUBT))
    assert [(row.kind, row.state) for row in world.journal.dead()] == [("one", DEAD), ("two", IN_DOUBT)]
    world.pass_time(LEASE * 2)
    assert waiting(world) == ["three"]
    assert world.journal.retry(None, world.time) == 1  # what is in doubt is brought back by its number alone
    assert waiting(world) == ["one"]
    assert world.journal.retry(world.journal.dead()[0].id, world.time) == 1
    assert waiting(world) == ["two"]
    assert world.journal.retry(99, world.time) == 0


def test_all_rows_that_are_due_are_claimed_together(world: World) -> None:
    for number in range(3):
        add(world, ROW, reference=f"PAY-2026-{number:05d}")
    add(world, Deed(Lane.REGISTRY, "redraw"), reference=None)
    deeds = world.journal.claim_all(Lane.REGISTRY, "row", world.time, LEASE)
    assert [deed.reference for deed in deeds] == ["PAY-2026-00000", "PAY-2026-00001", "PAY-2026-00002"]
    assert world.journal.claim_all(Lane.REGISTRY, "row", world.time, LEASE) == []
    world.journal.settle(deeds, world.time)
    assert world.journal.waiting_rows() == []


def test_two_threads_never_get_the_same_deed(world: World) -> None:
    add(world, *(notice(f"n{number}", RITA) for number in range(40)))
    got: list[int] = []

    def work() -> None:
        while deed := claim(world):
            got.append(deed.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 40
    assert len(set(got)) == 40


# --- a contractor's notice ------------------------------------------------------------------------------------------


def marked(world: World, deed: Claimed) -> Claimed:
    """As the mail leg leaves it just before the content of the notice."""
    held = world.journal.last_look(deed, world.time, LEASE, mark=True)
    assert held is not None
    return held


def test_a_contractors_notice_cut_off_while_sending_is_in_doubt(world: World) -> None:
    add(world, notice("contractor_paid", CONTRACTOR))
    marked(world, claimed(world))
    world.start_again()
    assert claimed(world).was_sending


def test_it_stays_in_doubt_through_a_second_crash(world: World) -> None:
    """Else a crash before it was put aside would send it out a second time."""
    add(world, notice("contractor_paid", CONTRACTOR))
    marked(world, claimed(world))
    for _ in range(2):
        world.start_again()
        assert claimed(world).was_sending


def test_a_sending_notice_is_left_alone_while_its_lease_lasts(world: World) -> None:
    add(world, notice("contractor_paid", CONTRACTOR))
    marked(world, claimed(world))
    world.pass_time(LEASE)
    assert claim(world) is None


def test_one_that_failed_before_the_mark_is_simply_sent_again(world: World) -> None:
    add(world, notice("contractor_paid", CONTRACTOR))
    world.journal.postpone(claimed(world), "server away", world.time)
    assert not claimed(world).was_sending


def test_a_refused_one_that_was_marked_may_be_tried_again(world: World) -> None:
    add(world, notice("contractor_paid", CONTRACTOR))
    deed = claimed(world)
    deed = marked(world, deed)
    world.journal.postpone(deed, "450 later", world.time)  # the server said no: nothing went out
    assert not claimed(world).was_sending


# --- adding ---------------------------------------------------------------------------------------------------------


def test_a_waiting_row_does_for_both(world: World) -> None:
    add(world, ROW)
    add(world, ROW)
    assert waiting(world, Lane.REGISTRY) == ["row"]
    add(world, ROW)  # the one before may have been read already
    assert waiting(world, Lane.REGISTRY) == ["row"]


def test_rows_of_different_requests_do_not_stand_for_one_another(world: World) -> None:
    add(world, ROW)
    add(world, ROW, reference="PAY-2026-00002")
    assert len(waiting(world, Lane.REGISTRY)) == 2


def test_what_may_come_once_comes_once(world: World) -> None:
    for _ in range(2):
        add(world, Deed(Lane.MAIL, "alarm", RITA, once="gap"))
        world.pass_time(timedelta(days=400))
    assert waiting(world) == ["alarm"]


def test_what_may_come_once_an_hour_comes_again_after_it(world: World) -> None:
    again = Deed(Lane.MAIL, "answer_refused", RITA, once="again:1", once_for=timedelta(hours=1))
    add(world, again)
    world.pass_time(timedelta(minutes=59))
    add(world, again)
    assert waiting(world) == ["answer_refused"]
    world.pass_time(timedelta(minutes=1))
    add(world, again)
    assert waiting(world) == ["answer_refused"]


def test_answers_to_one_sender_are_capped_and_notices_are_not(world: World) -> None:
    caps = Caps(3, timedelta(hours=1))
    for _ in range(5):
        add(world, Deed(Lane.MAIL, "refusal", MALLORY, answer=True), caps=caps)
        add(world, Deed(Lane.MAIL, "refusal", RITA, answer=True), notice("ask_approval", ADAM), caps=caps)
    assert sorted(waiting(world)) == ["ask_approval"] * 5 + ["refusal"] * 6
    world.pass_time(timedelta(hours=1))
    add(world, Deed(Lane.MAIL, "refusal", MALLORY, answer=True), caps=caps)
    assert waiting(world) == ["refusal"]


# --- tokens and threads ---------------------------------------------------------------------------------------------


def test_a_token_is_128_bits_in_lower_case_base32() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) == 26 and set(token) <= set("abcdefghijklmnopqrstuvwxyz234567") for token in tokens)


def test_each_ask_has_its_token_with_the_card_that_was_asked_about(world: World) -> None:
    reference = world.submitted()
    row = next(row for row in world.journal.notices(reference) if row.kind == "ask_approval")
    token = world.journal.token(row.token)
    assert token is not None
    assert (token.reference, token.person, token.version, token.step, token.ask) == (reference, ADAM, 1, 0, "approve")
    assert token.card_hash == world.request(reference).card_hash
    assert row.message_id == f"{row.token}@example.test"
    assert world.journal.token("x" * 26) is None


def test_one_thread_for_a_request_and_person_and_one_for_the_contractor(world: World) -> None:
    reference = world.submitted(contractor_email=FIONA)  # even when the contractor's address is one of ours
    world.reply(ADAM, reference, "APPROVE")
    world.journal.add_alone(reference, [notice("contractor_paid", FIONA), notice("contractor_order", FIONA)], NOW)
    rows = world.journal.notices(reference)
    roots = {(row.person, row.kind.startswith("contractor")): set[str]() for row in rows}
    for row in rows:
        roots[row.person, row.kind.startswith("contractor")].add(row.root)
    assert all(len(root) == 1 for root in roots.values())
    assert len({next(iter(root)) for root in roots.values()}) == len(roots)


def test_a_bounced_notice_is_found_by_its_message(world: World) -> None:
    add(world, notice("told_paid", RITA))
    deed = claimed(world)
    world.journal.settle([deed], world.time)
    assert deed.message_id
    world.journal.note_bounce(deed.message_id)
    found = world.journal.notice_by_message(deed.message_id)
    assert found is not None
    assert (found.state, found.person) == ("bounced", RITA)
    assert world.journal.notice_by_message("nobody@example.test") is None


def test_a_notice_that_came_back_before_it_was_settled_stays_bounced(world: World) -> None:
    add(world, notice("told_paid", RITA))
    deed = claimed(world)
    assert deed.message_id
    world.journal.note_bounce(deed.message_id)
    world.journal.settle([deed], world.time)
    found = world.journal.notice_by_message(deed.message_id)
    assert found is not None
    assert found.state == "bounced"


@pytest.mark.parametrize("kind", ["contractor_paid", "contractor_order", "contractor_recalled"])
def test_the_thread_of_contractor_and_request_is_one_in_one_commit_too(world: World, kind: str) -> None:
    add(world, notice("told_paid", CONTRACTOR), notice(kind, CONTRACTOR))
    ours, theirs = world.journal.notices("PAY-2026-00001")
    assert ours.root == ours.message_id
    assert theirs.root == theirs.message_id
