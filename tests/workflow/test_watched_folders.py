"""What a look for payment orders costs: the folders are kept in memory, only what stirred is read from the journal."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from helpers.registry_room import RITA, Room
from workflow.core.commands import MarkPaid, Withdraw
from workflow.core.model import Request
from workflow.journal import Journal
from workflow.legs.watched import ANEW, TURNS, WatchedFolders

LOOK = timedelta(seconds=5)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path, "memory").open()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests that were read from the journal."""
    found: list[str] = []
    usual = Journal.find_recent

    def find_recent(self: Journal, statuses: Sequence[str], since: datetime) -> Iterator[Request]:
        for request in usual(self, statuses, since):
            found.append(request.reference)
            yield request

    monkeypatch.setattr(Journal, "find_recent", find_recent)
    return found


def due(room: Room, folders: WatchedFolders, *, whole: bool = False) -> list[str]:
    room.time += LOOK
    return sorted(watched.reference for watched in folders.due(room.time, all_of_them=whole))


def test_only_what_stirred_is_read_again(room: Room, read: list[str]) -> None:
    references = [room.approved() for _ in range(5)]
    room.wait(minutes=15)
    folders = WatchedFolders(room.journal)
    assert due(room, folders) == references
    read.clear()
    assert due(room, folders) == references
    assert read == []
    room.order(Withdraw(RITA), references[0])
    room.order(MarkPaid("fiona@example.test", order="214"), references[1])
    new = room.approved()
    assert due(room, folders) == [*references[1:], new]
    assert set(read) == {*references[:2], new}
    found = {watched.reference: watched.named for watched in folders.due(room.time, all_of_them=True)}
    assert found[references[1]] == "214"


def test_what_rests_is_looked_at_in_turn_and_what_two_months_ago_was_paid_no_more(room: Room) -> None:
    references = [room.approved() for _ in range(4)]
    room.order(MarkPaid("fiona@example.test"), references[0])
    folders = WatchedFolders(room.journal)
    room.wait(days=8)
    assert due(room, folders, whole=True) == references
    looks = [due(room, folders) for _ in range(TURNS)]
    assert sorted(reference for look in looks for reference in look) == references, "each once in so many looks"
    room.wait(days=60)
    assert due(room, folders, whole=True) == [], "what nobody has touched for so long is not waited for"


def test_what_was_missed_is_seen_within_the_hour(room: Room) -> None:
    folders = WatchedFolders(room.journal)
    room.wait(hours=3)
    due(room, folders)
    room.wait(hours=-2)  # another daemon's clock is far behind ours
    late = room.approved()
    room.wait(hours=2)
    assert due(room, folders) == []
    room.time += ANEW
    assert due(room, folders) == [late]
