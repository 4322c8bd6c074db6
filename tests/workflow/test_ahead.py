"""Work begun ahead keeps its order, and what fails holds up nothing before it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from helpers.invoice_pages import ROMASHKA, usual
from helpers.office import office
from mailer.errors import InboxError
from mailer.inbox import Fetched, Inbox
from mailer.letter import Letter, letter_key
from stories.stage import RITA, complete_form
from workflow.legs.ahead import Ahead, prepared
from workflow.legs.inbox import InboxLeg


def letters(count: int) -> Iterator[int]:
    yield from range(count)
    raise OSError("the line broke")


def test_those_before_a_failure_come_first_and_in_their_order() -> None:
    got: list[int] = []
    with pytest.raises(OSError, match="the line broke"):
        got.extend(prepared(letters(5), lambda number: number * 10, 3))
    assert got == [0, 10, 20, 30, 40]


def test_no_more_than_so_many_are_prepared_in_advance() -> None:
    begun: list[int] = []
    items = prepared(range(10), lambda number: begun.append(number) or number, 2)  # type: ignore[func-returns-value]
    assert next(items) == 0
    assert begun == [0, 1, 2]


def test_a_job_fails_where_its_result_is_asked_for() -> None:
    def broken() -> int:
        raise ValueError(threading.current_thread().name)

    ahead = Ahead(threads=1)
    result = ahead.begin(broken)
    with pytest.raises(ValueError, match="ahead"):
        result()
    ahead.close()
    assert Ahead().begin(lambda: threading.current_thread())() is threading.current_thread()


class Line:
    """A mailbox with some letters whose line breaks behind them."""

    connected, next_uid = True, 0

    def __init__(self, letters: list[bytes]) -> None:
        self.letters = letters

    def new_letters(self, _cursor: int, _size: int, since: datetime) -> Iterator[Fetched]:
        for uid, raw in enumerate(self.letters, 1):
            yield Fetched(uid, raw, datetime.now(UTC), len(raw), True)
        raise InboxError("the line broke", permanent=False)

    def close(self) -> None:
        self.connected = False


def test_letters_read_ahead_have_their_turn_once_and_in_their_order(tmp_path: Path) -> None:
    place = office(tmp_path)
    for headers in ([], [("X-Breaks", "our reader")], []):
        place.send(RITA, complete_form(place.now()), files=[("a.pdf", usual().bytes())], headers=headers)
    first, broken, last = place.waiting
    wiring = place.wiring()
    wiring.threads_ahead = 2
    leg = cast(InboxLeg, wiring.legs()[0])

    def read(raw: bytes, received: datetime) -> Letter:
        if b"X-Breaks" in raw:
            raise RuntimeError("a fault of ours")
        return wiring.read(raw, received)

    leg.read = read
    leg.inbox = cast(Inbox, Line([first, first, broken, last]))
    with pytest.raises(InboxError):
        leg.work_once()
    leg.close()
    requests = [request.letters[0] for request in wiring.journal.find()]
    assert sorted(requests) == sorted([letter_key(first), letter_key(last)]), "though the line broke behind them"
    assert [row.key for row in wiring.journal.set_aside()] == [letter_key(broken)]
    assert all(request.invoice["inn"].value == ROMASHKA.inn for request in wiring.journal.find())
    assert wiring.journal.cursor(leg.mailbox, leg._uidvalidity) == 4
