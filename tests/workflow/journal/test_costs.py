"""What is asked for each letter, each turn of a leg or each look at the health stays cheap as years pass: no table that
grows is read from end to end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from helpers.world import ADAM, RITA, World, form
from workflow.core.commands import Approve, Open
from workflow.core.deeds import Lane
from workflow.legs.base import LEASE

GROWING = ("requests", "events", "deeds", "tokens", "causes", "letters", "request_marks", "materials", "agreements")
READ_WHOLE = re.compile(rf"SCAN ({'|'.join(GROWING)})\b(?! USING COVERING INDEX deeds_due)")
REFERENCE = "PAY-2026-00001"

OFTEN: dict[str, Callable[[World], object]] = {
    "a new request": lambda w: w.submitted(),
    "an answer": lambda w: w.reply(ADAM, w.submitted(), "APPROVE"),
    "claims": lambda w: [w.journal.claim_deed(lane, w.time, LEASE) for lane in Lane],
    "rows": lambda w: w.journal.claim_all(Lane.REGISTRY, "row", w.time, LEASE),
    "rows of one book": lambda w: w.journal.claim_all(Lane.REGISTRY, "row", w.time, LEASE, registry="registry"),
    "waiting rows": lambda w: w.journal.waiting_rows(),
    "a request": lambda w: w.journal.request(REFERENCE),
    "its history": lambda w: w.journal.history(REFERENCE),
    "its notices": lambda w: w.journal.notices(REFERENCE),
    "its files": lambda w: w.journal.materials(REFERENCE),
    "a known letter": lambda w: w.journal.knows_letter("x"),
    "a bounce": lambda w: (w.journal.notice_by_message("x"), w.journal.note_bounce("x")),
    "a token": lambda w: (w.journal.token("x"), w.journal.notice_params("x"), w.journal.told(RITA, REFERENCE)),
    "lately": lambda w: list(w.journal.find_recent(("approved", "paid"), w.time)),
    "open requests": lambda w: list(w.journal.find(statuses=["draft", "awaiting", "returned", "approved"])),
    "what is due": lambda w: list(w.journal.find(statuses=["approved"], due="2026-11-30")),
    "letters left": lambda w: (w.journal.open_letters(), w.journal.set_aside(), w.journal.letters_to_erase(w.time)),
    "health": lambda w: (w.journal.stuck_mail(w.time), w.journal.newest_deed("probe"), w.journal.legs()),
    "status": lambda w: (w.journal.queue_counts(w.time), w.journal.dead()),
}


@pytest.mark.parametrize("what", OFTEN)
def test_nothing_that_is_asked_often_reads_a_growing_table_whole(alone: World, what: str) -> None:
    alone.approved()
    alone.pass_time(timedelta(minutes=1))
    asked: list[tuple[str, object]] = []
    event.listen(
        alone.engine, "before_cursor_execute",
        lambda _c, _cursor, statement, values, _context, _many: asked.append((statement, values)),
    )  # fmt: skip
    OFTEN[what](alone)
    plans = [line for statement, values in list(asked) for line in _plan(alone, statement, values)]
    assert plans
    assert [line for line in plans if READ_WHOLE.search(line)] == []


def test_an_order_takes_few_round_trips(alone: World) -> None:
    """On PostgreSQL each statement is one; whoever adds one says here why."""
    alone.approved()
    command, cause = Open(RITA, form(invoice="№ 77 от 20.11.2026")), alone.letter(RITA)
    assert _statements(alone, lambda: alone.service.handle(command, cause)) <= 17, "23 with those of PostgreSQL alone"
    reference = alone.submitted()
    answer, cause = Approve(ADAM, alone.ask(ADAM, reference)), alone.letter(ADAM)
    assert _statements(alone, lambda: alone.service.handle(answer, cause, reference)) <= 17


def _statements(world: World, work: Callable[[], object]) -> int:
    said: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda _c, _cursor, text, *_: said.append(text))
    work()
    return sum(not text.startswith(("BEGIN", "COMMIT")) for text in said)


def _plan(world: World, statement: str, values: object) -> list[str]:
    """How SQLite would go about it."""
    if not statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
        return []
    with world.engine.connect() as connection:
        rows = values if not isinstance(values, list) else values[0]
        return [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", rows)]
