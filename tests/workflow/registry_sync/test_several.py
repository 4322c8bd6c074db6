"""Several registries: each request has its row in one of them, and only there it can be paid."""

from dataclasses import replace
from pathlib import Path

import pytest

from helpers.registry_person import AtMemory
from helpers.registry_room import OSCAR, RITA, Room
from sheets.errors import RegistryLocked
from sheets.memory import MemoryRegistry
from workflow.core.commands import Amend, Form
from workflow.core.model import Status
from workflow.core.policy import When
from workflow.journal.homes import Home
from workflow.registry_sync.sync import RegistrySync
from workflow.statuses import status_of
from workflow.words import words

BOOKS = (("south", When(currency="EUR")), ("registry", When()))


class Rooms(Room):
    """The usual registry takes the rest; another one takes what is in euro."""

    def _wire(self) -> None:
        self.policy = replace(self.policy, registries=BOOKS)
        super()._wire()
        self.south_sheet = getattr(self, "south_sheet", None) or MemoryRegistry(self.layout)
        self.fiona_south = AtMemory(self.south_sheet)
        self.south = RegistrySync(
            "south", self.south_sheet, self.layout, self.writer, self.service, status_of, (OSCAR,),
            ("south", "registry"),
        )  # fmt: skip

    def everywhere(self) -> None:
        self.work()
        while self.south.work_once():
            pass

    def into_euro(self, reference: str) -> None:
        self.order(Amend(RITA, Form({"currency": "EUR"}, letter="letter-2")), reference)

    def south_row(self, reference: str) -> dict[str, object]:
        return dict(self.south_sheet.read().rows[reference].cells)


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    made = Rooms(tmp_path, "memory")
    made.open()
    made.south.open()
    return made


def test_each_request_stands_in_the_registry_whose_condition_holds(rooms: Rooms) -> None:
    rouble, euro = rooms.approved(), rooms.approved(currency="EUR")
    rooms.everywhere()
    assert list(rooms.registry.read().rows) == [rouble]
    assert list(rooms.south_sheet.read().rows) == [euro]
    assert rooms.sync.differences() == rooms.south.differences() == []


def test_a_locked_registry_stops_only_itself(rooms: Rooms) -> None:
    rouble, euro = rooms.approved(), rooms.approved(currency="EUR")
    rooms.person.open("Nina")
    with pytest.raises(RegistryLocked):
        rooms.work()
    rooms.south.work_once()
    rooms.fiona_south.type_in(euro, "status", "Paid")
    rooms.south.work_once()
    assert (rooms.status(euro), rooms.status(rouble)) == (Status.PAID, Status.APPROVED)
    assert rooms.journal.waiting_rows("registry") == [rouble]
    assert rooms.journal.waiting_rows("south") == []


def test_a_corrected_request_leaves_a_trace_that_cannot_be_paid(rooms: Rooms) -> None:
    reference = rooms.shown()
    rooms.type(reference, accountant_comment="mine")
    rooms.into_euro(reference)
    rooms.everywhere()
    trace = rooms.row(reference)
    assert trace["status"] == "Moved"
    assert "“south”" in str(trace["message"])
    assert [trace[key] for key in ("amount", "currency", "account", "pay_by")] == [None] * 4
    assert trace["accountant_comment"] == "mine"
    assert rooms.south_row(reference)["currency"] == "EUR"
    assert rooms.sync.differences() == rooms.south.differences() == []


def test_what_is_typed_into_the_trace_gives_no_order_and_is_told_where_the_request_is(rooms: Rooms) -> None:
    reference = rooms.shown()
    rooms.into_euro(reference)
    rooms.everywhere()
    before = rooms.status(reference)
    rooms.type(reference, status="Paid", paid_amount="5")
    rooms.everywhere()
    assert (rooms.status(reference), rooms.reasons(reference)) == (before, ["row_elsewhere"])
    assert (rooms.cell(reference, "status"), rooms.cell(reference, "paid_amount")) == ("Moved", None)
    assert "Paid" in str(rooms.south_row(reference)["message"])
    rooms.everywhere()
    assert rooms.reasons(reference) == ["row_elsewhere"]


def test_paid_was_typed_before_the_request_went_so_it_is_a_fact(rooms: Rooms) -> None:
    reference = rooms.shown()
    rooms.type(reference, status="Paid")
    rooms.into_euro(reference)
    rooms.everywhere()
    assert rooms.events(reference) == ["PaidWithoutApproval"]
    assert rooms.cell(reference, "status") == "Moved"


def test_a_request_that_comes_back_has_its_row_again(rooms: Rooms) -> None:
    reference = rooms.shown()
    rooms.type(reference, accountant_comment="mine")
    rooms.into_euro(reference)
    rooms.everywhere()
    rooms.order(Amend(RITA, Form({"currency": "RUB"}, letter="letter-3")), reference)
    rooms.everywhere()
    assert (rooms.cell(reference, "currency"), rooms.cell(reference, "accountant_comment")) == ("RUB", "mine")
    assert rooms.south_row(reference)["status"] == "Moved"
    assert rooms.sync.differences() == rooms.south.differences() == []


def test_a_row_that_stood_twice_when_its_request_went_is_a_trace_too(rooms: Rooms) -> None:
    """Else it would go on saying that it can be paid, also once the other one is gone."""
    reference = rooms.shown()
    place = rooms.registry.read().rows[reference].place
    rooms.person.copy_row(place, place + 1)
    rooms.into_euro(reference)
    rooms.everywhere()
    assert rooms.row(reference)["status"] == "Moved"
    rooms.person.delete_row(rooms.registry.read().rows[reference].place)
    rooms.everywhere()
    assert (rooms.cell(reference, "status"), rooms.cell(reference, "amount")) == ("Moved", None)


def test_a_trace_may_be_deleted(rooms: Rooms) -> None:
    reference = rooms.shown()
    other = rooms.shown()
    rooms.into_euro(reference)
    rooms.everywhere()
    rooms.person.delete_row(rooms.registry.read().rows[reference].place)
    rooms.everywhere()
    assert list(rooms.registry.read().rows) == [other]
    assert rooms.reasons(reference) == []


def test_a_row_pasted_into_another_registry_is_left_alone_and_mentioned_once(rooms: Rooms) -> None:
    euro = rooms.approved(currency="EUR")
    rooms.shown()
    rooms.everywhere()
    for column, value in enumerate((euro, "Paid"), 1):
        rooms.person.put(7, column, value)
    rooms.everywhere()
    rooms.person.put(7, 2, "On hold")
    rooms.everywhere()
    assert rooms.status(euro) is Status.APPROVED
    assert rooms.person.cell(7, 2) == "On hold"
    assert rooms.alarms() == ["guest_row"]


def test_other_rules_move_open_requests_and_leave_closed_ones(rooms: Rooms) -> None:
    paid, waiting = rooms.shown(), rooms.shown()
    rooms.type(paid, status="Paid")
    rooms.everywhere()
    moved = rooms.journal.settle_homes(["south", "registry"], lambda request: "south")
    assert moved == {waiting: ("registry", "south")}
    assert rooms.journal.homes([paid, waiting]) == {paid: Home("registry"), waiting: Home("south")}


def test_a_registry_that_is_given_another_name_keeps_what_was_agreed(rooms: Rooms) -> None:
    reference = rooms.shown()
    rooms.restart()
    rooms.sync.name, rooms.sync.names = "north", ("south", "north")
    rooms.journal.settle_homes(["south", "north"], lambda request: "north")
    rooms.sync.open()
    rooms.type(reference, status="Paid")
    rooms.work()
    assert rooms.status(reference) is Status.PAID
    assert words("en").status(Status.PAID) == rooms.cell(reference, "status")
