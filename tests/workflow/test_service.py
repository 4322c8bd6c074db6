"""The one door: load, decide, record, once for each cause, and everything of an order in one commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from helpers.databases import each_database
from helpers.world import ADA, ADAM, ALL, FIONA, MALLORY, OSCAR, RITA, World, form, lines, policy_of
from workflow.core.commands import Amend, Comment, MarkPaid, Open, PutOnHold
from workflow.core.deeds import Deed, Lane
from workflow.core.model import Status
from workflow.journal import Cause, LetterEntry, Result


@pytest.fixture(params=each_database())
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    world = World(tmp_path, policy_of(ALL), request.param)
    yield world
    world.close()


def test_two_handles_with_one_cause_are_one(world: World) -> None:
    cause = world.letter(RITA)
    first, second = (world.service.handle(Open(RITA, form()), cause) for _ in range(2))
    assert (first.reference, first.accepted, first.seen) == ("PAY-2026-00001", True, False)
    assert (second.reference, second.accepted, second.seen) == ("PAY-2026-00001", True, True)
    assert len(world.notices("PAY-2026-00001")) == 3


def test_one_cause_handled_by_two_threads_at_once_is_one(world: World) -> None:
    cause, results, start = world.letter(RITA), list[Result](), threading.Barrier(2)

    def handle() -> None:
        start.wait()
        results.append(world.service.handle(Open(RITA, form()), cause))

    threads = [threading.Thread(target=handle) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.seen for result in results) == [False, True]
    assert len(list(world.journal.requests())) == 1


def test_two_answers_at_once_are_decided_one_after_the_other(world: World) -> None:
    reference = world.submitted()
    start = threading.Barrier(2)

    def answer(person: str) -> None:
        start.wait()
        world.reply(person, reference, "APPROVE")

    threads = [threading.Thread(target=answer, args=(person,)) for person in (ADAM, ADA)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.status(reference) is Status.APPROVED
    assert world.journal.broken_links() == []


def test_letter_cause_events_state_and_deeds_are_one_commit(world: World) -> None:
    commits: list[Connection] = []
    event.listen(world.engine, "commit", commits.append)
    world.submitted()
    assert len(commits) == 1


def test_a_letter_is_told_what_became_of_it(world: World) -> None:
    reference = world.submitted()
    cause = world.letter(MALLORY)
    result = world.service.handle(Comment(MALLORY, "?", "stranger"), cause, reference)
    assert result.accepted
    assert cause.letter is not None
    stored = world.journal.letter(cause.letter.key)
    assert stored is not None
    assert stored.reference == reference


def test_a_letter_without_an_order_is_noted_with_its_answer(world: World) -> None:
    entry = LetterEntry("k" * 64, "INBOX", world.time, "ignored", "not for us", sender=MALLORY)
    refusal = Deed(Lane.MAIL, "refusal", MALLORY, answer=True, once=f"stranger:{MALLORY}")
    results = [world.service.note_letter(Cause("letter:k:0", entry), [refusal]) for _ in range(2)]
    assert [result.seen for result in results] == [False, True]
    assert world.journal.letters_by_verdict() == {"ignored": 1}
    deed = world.journal.claim_deed(Lane.MAIL, world.time, world.service.policy.paid_delay)
    assert deed is not None
    assert (deed.kind, deed.person, deed.letter, deed.reference) == ("refusal", MALLORY, "k" * 64, None)


def test_deeds_that_a_letter_asks_for_beside_its_order_come_with_it(world: World) -> None:
    form_sent = Deed(Lane.MAIL, "form", RITA, {"refused_files": []}, answer=True)
    reference = world.service.handle(Open(RITA, form()), world.letter(RITA), also=[form_sent]).reference
    assert reference is not None
    assert ("form", RITA) in world.notices(reference)


def test_the_legs_of_new_deeds_are_woken_after_the_commit(world: World) -> None:
    reference = world.submitted()
    assert world.woken == [Lane.MAIL, Lane.REGISTRY, Lane.FOLDER]
    world.woken.clear()
    world.order(PutOnHold(OSCAR, "проверка"), reference)
    assert Lane.MAIL in world.woken
    world.woken.clear()
    world.service.add_deeds([Deed(Lane.FOLDER, "file", coalesce=True)], reference)
    assert world.woken == [Lane.FOLDER]


def test_a_refused_order_is_recorded_and_answered(world: World) -> None:
    reference = world.submitted()
    result = world.order(Amend(RITA, lines(amount="4.800")), reference)
    assert (result.accepted, result.reason) == (False, "correction_has_problems")
    assert world.notices(reference)[-1] == ("correction_refused", RITA)
    assert type(world.journal.history(reference)[-1].event).__name__ == "CorrectionRefused"


def test_a_whole_story(tmp_path: Path) -> None:
    world = World(tmp_path)
    reference = world.submitted()
    world.reply(ADAM, reference, "RETURN", "приложите акт")
    world.order(Amend(RITA, lines(purpose="Оплата по счету № 12 и акту № 3")), reference)
    world.reply(ADAM, reference, "APPROVE", "теперь хорошо")
    world.order(MarkPaid(FIONA), reference, FIONA)
    request = world.request(reference)
    assert (request.status, request.version, request.decision_comment) == (Status.PAID, 2, "теперь хорошо")
    assert world.journal.refold(reference) == request
    assert world.journal.broken_links() == []
    assert [kind for kind, person in world.notices(reference) if person == FIONA] == ["ask_pay"]
