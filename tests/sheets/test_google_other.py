"""The registry on a server that answers in other legal ways than Google, and knows less."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from helpers.other_server import METADATA, OtherServer
from helpers.registry_cast import APPROVED, PAID, added, layout, reference, view
from helpers.sheets_clock import Clock
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import at_google
from sheets.errors import RegistryChanged, RegistryError
from sheets.google import GoogleRegistry, Pace
from sheets.model import Change

ONE, TWO = reference(1), reference(2)
DECORATION = {"addProtectedRange", "addFilterView", "addConditionalFormatRule", "setDataValidation"}
LESS = [
    set(), METADATA, METADATA | {"addProtectedRange"}, {"addProtectedRange", "addFilterView"}, METADATA | DECORATION,
]  # fmt: skip


@pytest.fixture
def other() -> Iterator[OtherServer]:
    server = OtherServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(server: OtherServer, folder: Path, clock: Clock) -> GoogleRegistry:
    """A daemon freshly started."""
    return at_google(server, layout(), folder, clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize("manner", ["named", "opaque", "501", "text", "forgets"])
@pytest.mark.parametrize("lacks", LESS, ids=lambda kinds: f"{len(kinds)} lacking")
def test_a_day_goes_the_same_with_less(
    other: OtherServer, tmp_path: Path, clock: Clock, lacks: set[str], manner: str
) -> None:
    other.lacks, other.manner = set(lacks), manner
    registry = opened(other, tmp_path, clock)
    registry.create([added(1), added(2)], generation=1, identity="house", views=[view("today", [1])])
    assert (registry.read().generation, registry.read().identity) == (1, "house")

    AtSpreadsheet(other, registry.layout).type_in(ONE, "status", PAID["en"])
    registry = opened(other, tmp_path, clock)  # the daemon is started anew
    snapshot = registry.read()
    assert (snapshot.generation, snapshot.identity) == (1, "house")
    assert (snapshot.rows[ONE].cells["status"], snapshot.rows[TWO].cells["status"]) == (PAID["en"], APPROVED["en"])
    assert snapshot.rows[ONE].cells["amount"] == Decimal("1000.5")
    assert isinstance(snapshot.rows[ONE].cells["pay_by"], date)

    version = registry.write([added(3), Change(ONE, {"message": "ok"})], snapshot.version, generation=2)
    assert registry.probe().mark == version.mark
    snapshot = registry.read()
    assert (snapshot.generation, snapshot.identity) == (2, "house")
    assert (list(snapshot.rows), snapshot.duplicated) == ([ONE, TWO, reference(3)], ())
    assert snapshot.rows[ONE].cells["message"] == "ok"


def test_what_is_lacking_is_learned_once(other: OtherServer, tmp_path: Path, clock: Clock) -> None:
    other.lacks = set(METADATA | {"addProtectedRange"})
    registry = opened(other, tmp_path, clock)
    assert registry.lacking == ()
    registry.create([added(1)], generation=1)
    assert set(registry.lacking) == METADATA | {"addProtectedRange"}
    other.calls.clear()
    registry.write([added(2)], registry.read().version, generation=2)
    assert other.asked("batchUpdate") == 1


def test_a_refusal_of_something_that_is_needed_is_told(other: OtherServer, tmp_path: Path, clock: Clock) -> None:
    other.lacks = {"updateCells"}
    with pytest.raises(RegistryError, match="updateCells"):
        opened(other, tmp_path, clock).create([added(1)], generation=1)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("status", [0, 502])
def test_a_write_without_an_answer_is_made_once_without_marks_too(
    other: OtherServer, tmp_path: Path, clock: Clock, status: int, after: bool
) -> None:
    other.lacks = set(METADATA)
    registry = opened(other, tmp_path, clock)
    registry.create([added(1)], generation=1, identity="house")
    seen = registry.read().version
    other.fail("batchUpdate", status, after=after)
    registry.write([added(2)], seen, generation=2)
    snapshot = registry.read()
    assert (snapshot.generation, list(snapshot.rows), snapshot.duplicated) == (2, [ONE, TWO], ())


def test_somebody_s_edit_in_between_is_not_written_over(other: OtherServer, tmp_path: Path, clock: Clock) -> None:
    other.lacks = set(METADATA)
    registry = opened(other, tmp_path, clock)
    registry.create([added(1)], generation=1)
    seen = registry.read().version
    AtSpreadsheet(other, registry.layout).type_in(ONE, "comment", "hm")
    with pytest.raises(RegistryChanged):
        registry.write([Change(ONE, {"message": "a"})], seen, generation=2)


@pytest.mark.parametrize("has_drive", [False, True])
def test_without_drive_s_version_an_edit_is_still_noticed(
    other: OtherServer, tmp_path: Path, clock: Clock, has_drive: bool
) -> None:
    other.has_drive, other.tells_version = has_drive, False
    registry = opened(other, tmp_path, clock)
    registry.create([added(1)], generation=1)
    before = registry.probe().mark
    assert registry.probe().mark == before
    AtSpreadsheet(other, registry.layout).type_in(ONE, "comment", "hm")
    assert registry.probe().mark != before
    assert registry.exists()


def test_a_version_that_never_moves_is_not_believed(other: OtherServer, tmp_path: Path, clock: Clock) -> None:
    other.has_drive, other.version_stands = True, True
    opened(other, tmp_path, clock).create([added(1)], generation=1)
    registry = opened(other, tmp_path, clock)  # a process that has written nothing yet
    before = registry.probe().mark
    assert registry.probe().mark == before
    AtSpreadsheet(other, registry.layout).type_in(ONE, "comment", "hm")
    assert registry.probe().mark != before
    version = registry.write([added(2)], registry.read().version, generation=2)
    assert registry.probe().mark == version.mark
    AtSpreadsheet(other, registry.layout).type_in(ONE, "comment", "once more")
    assert registry.probe().mark != version.mark


def test_a_version_that_moves_is_believed_and_spares_reading(other: OtherServer, tmp_path: Path, clock: Clock) -> None:
    other.has_drive = True
    registry = opened(other, tmp_path, clock)
    registry.create([added(1)], generation=1)
    other.calls.clear()
    registry.probe()
    registry.probe()
    assert other.calls == ["drive.files.get"] * 2


def test_a_quiet_minute_without_drive_costs_few_calls(other: OtherServer, tmp_path: Path, clock: Clock) -> None:
    registry = at_google(other, layout(), tmp_path, clock=clock, pace=Pace())
    registry.create([added(1)], generation=1)
    clock.wait(600)
    registry.probe()
    other.calls.clear()
    for _ in range(60):
        registry.probe()
        clock.wait(1)
    assert len(other.calls) <= 12


@pytest.mark.parametrize("mirrors", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
def test_answers_may_be_packed_and_need_not_show_the_sheet(
    other: OtherServer, tmp_path: Path, clock: Clock, mirrors: bool, compressed: bool
) -> None:
    other.mirrors, other.compressed = mirrors, compressed
    registry = opened(other, tmp_path, clock)
    registry.create([added(1)], generation=1)
    registry.write([added(2)], registry.read().version, generation=2)
    assert list(registry.read().rows) == [ONE, TWO]


def test_a_pause_may_be_a_date(other: OtherServer, tmp_path: Path, clock: Clock) -> None:
    registry = opened(other, tmp_path, clock)
    registry.create([added(1)], generation=1)
    for stated in ("Tue, 24 Nov 2020 09:00:00 GMT", "Tue, 24 Nov 2020 09:00:00 -0000", "soon"):
        other.fail("spreadsheets.get", 429, Retry_After=stated)
        assert ONE in registry.read().rows
    assert all(pause < 2 for pause in clock.slept)


def test_a_spreadsheet_that_neither_knows_is_missing(other: OtherServer, tmp_path: Path) -> None:
    registry = GoogleRegistry("another", layout(), other.key_file(tmp_path), other.url)
    with pytest.raises(RegistryError, match="not there, or it is not shared"):
        registry.probe()
