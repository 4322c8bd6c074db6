"""The worksheet Contractors beside the registry: filled from the cards, corrected by accountants, never in the way."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from helpers.registry_google import GoogleRoom
from helpers.registry_person import AtWorkbook, Person
from helpers.registry_room import FIONA, NAMES, Room
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.beside import ExcelBeside
from sheets.errors import RegistryLocked
from sheets.excel import ExcelRegistry
from sheets.model import Cell
from workflow.core.commands import MarkPaid
from workflow.core.contractors import Card
from workflow.registry_sync.contractor_rows import CardWriter, code_of, contractor_layout
from workflow.registry_sync.contractors import CardTable, ContractorSync
from workflow.words import words

INN = "7707083893"
CODE, KEY = f"INN-{INN}", f"inn:{INN}"
PLAN = contractor_layout("en", words)


@dataclass
class Desk:
    """A room with the worksheet beside its registry."""

    room: Room
    sync: ContractorSync
    person: Person
    anew: Callable[[], ContractorSync]

    def paid(self, **typed: str) -> str:
        """A request that was paid and announced: then its contractor is known."""
        reference = self.room.approved(**typed)
        self.room.order(MarkPaid(FIONA), reference)
        self.room.wait(minutes=15)
        self.room.ring()
        self.room.work()
        self.work()
        return reference

    def work(self) -> int:
        done = 0
        while self.sync.work_once():
            done += 1
            assert done < 10, "the sync never comes to rest"
        return done

    def type(self, **cells: Cell) -> None:
        for key, cell in cells.items():
            self.person.type_in(CODE, key, cell)

    def row(self, code: str = CODE) -> dict[str, Cell]:
        return dict(self.sync.table.read().rows[code].cells)

    @property
    def card(self) -> Card:
        card = self.room.journal.contractor(KEY)
        assert card is not None
        return card

    def restart(self) -> None:
        self.sync = self.anew()


def _writer() -> CardWriter:
    return CardWriter(words("en"), lambda address: NAMES.get(address, address), ZoneInfo("Europe/Moscow"))


@pytest.fixture(params=["excel", "google"])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    if request.param == "google":
        server: SheetsServer = request.getfixturevalue("_google").renew()
        room: Room = GoogleRoom(tmp_path, server).open()

        def online() -> CardTable:
            return at_google(server, PLAN, tmp_path, clock=lambda: room.time)

        made, person = online, AtSpreadsheet(server, PLAN)
    else:
        room = Room(tmp_path, "excel").open()

        def beside() -> CardTable:
            main = room.registry.inner
            assert isinstance(main, ExcelRegistry)
            return ExcelBeside(main, PLAN)

        made, person = beside, AtWorkbook(room.book, PLAN)  # type: ignore[assignment]

    def anew() -> ContractorSync:
        return ContractorSync("registry/contractors", made(), _writer(), room.service)

    return Desk(room, anew(), person, anew)


def test_nobody_known_makes_no_sheet(desk: Desk) -> None:
    desk.room.submitted()
    desk.room.work()
    assert desk.work() == 0
    assert not desk.sync.table.exists()


def test_a_paid_contractor_stands_in_the_sheet_with_his_bank_details(desk: Desk) -> None:
    reference = desk.paid()
    row = desk.row()
    assert (row["name"], row["inn"], row["kpp"]) == ("Romashka LLC", INN, "770701001")
    assert row["email"] == "billing@romashka.example"
    assert row["bank_details"] == f"40702810940200761292, BIC 044525974, since 23.11.2026 ({reference})"
    assert row["message"] is None
    assert "{" not in str(row["purpose"])
    assert desk.work() == 0
    desk.room.agrees()


def test_an_accountant_corrects_the_card(desk: Desk) -> None:
    desk.paid()
    desk.type(phone="+7 916 123-45-67", email="pay@romashka.example", aliases="Ромашка; Daisy", comment="call Olga")
    desk.work()
    assert (desk.card.phone, desk.card.email) == ("+7 916 123-45-67", "pay@romashka.example")
    assert desk.card.aliases == ("Ромашка", "Daisy")
    row = desk.row()
    assert (row["phone"], row["comment"], row["message"]) == ("+7 916 123-45-67", "call Olga", None)
    history = desk.room.journal.contractor_history(KEY)
    assert [item.actor for item in history] == ["registry"] * 3
    assert desk.room.journal.broken_links() == []
    desk.restart()
    desk.work()
    assert len(desk.room.journal.contractor_history(KEY)) == 3


def test_what_was_typed_wins_over_what_is_paid_later(desk: Desk) -> None:
    desk.paid()
    desk.type(email="pay@romashka.example", phone="123")
    desk.work()
    desk.paid(invoice="№ 13 от 21.11.2026", contractor_email="other@romashka.example")
    row = desk.row()
    assert (row["email"], row["phone"], row["comment"]) == ("pay@romashka.example", "123", None)


def test_bank_details_typed_over_are_put_back_with_a_message(desk: Desk) -> None:
    reference = desk.paid()
    desk.type(bank_details="40702810114607617721", name="Mallory")
    desk.work()
    row = desk.row()
    assert row["bank_details"] == f"40702810940200761292, BIC 044525974, since 23.11.2026 ({reference})"
    assert row["name"] == "Romashka LLC"
    assert row["message"] == (
        "This cell is filled in by the program, the former value is back (Contractor, Bank details)."
    )
    assert desk.card.bank[0].account == "40702810940200761292"
    assert desk.room.journal.contractor_history(KEY) == []
    desk.type(message=None)
    desk.work()
    assert desk.row()["message"] is None


def test_a_bad_address_is_put_back_with_a_message_that_goes_when_mended(desk: Desk) -> None:
    desk.paid()
    desk.type(email="nowhere", phone="123")
    desk.work()
    row = desk.row()
    assert (row["email"], row["phone"]) == ("billing@romashka.example", "123")
    assert row["message"] == "This is no e-mail address (nowhere); the former one is back."
    desk.type(email="pay@romashka.example")
    desk.work()
    assert (desk.row()["email"], desk.row()["message"]) == ("pay@romashka.example", None)


def test_a_cell_that_is_emptied_empties_the_card(desk: Desk) -> None:
    desk.paid()
    desk.type(email=None)
    desk.work()
    assert (desk.card.email, desk.row()["email"]) == ("", None)


def test_changed_twice_and_back_counts_each_time(desk: Desk) -> None:
    desk.paid()
    for phone in ("1", "2", "1"):
        desk.type(phone=phone)
        desk.work()
        assert desk.card.phone == phone


def test_a_row_that_was_deleted_comes_back_with_the_comment(desk: Desk) -> None:
    desk.paid()
    desk.type(comment="call Olga")
    desk.work()
    desk.person.delete_row(desk.sync.table.read().rows[CODE].place)
    desk.work()
    assert desk.row()["comment"] == "call Olga"


def test_a_row_twice_is_flagged_and_not_obeyed(desk: Desk) -> None:
    desk.paid()
    place = desk.sync.table.read().rows[CODE].place
    desk.person.copy_row(place, place + 1)
    desk.type(phone="123")
    desk.work()
    assert desk.card.phone == ""
    assert "stands here twice" in str(desk.row()["message"])
    desk.person.delete_row(place + 1)
    desk.work()
    assert (desk.card.phone, desk.row()["message"]) == ("123", None)


def test_a_second_contractor_gets_a_row_and_a_foreign_one_a_code(desk: Desk) -> None:
    desk.paid()
    desk.type(comment="first")
    desk.paid(contractor="Vector GmbH", inn="", kpp="", bic="", account="", iban="DE89370400440532013000",
              currency="EUR", invoice="№ 13 от 21.11.2026")  # fmt: skip
    code = next(code for code in desk.sync.table.read().rows if code != CODE)
    assert code.startswith("NAME-")
    assert str(desk.row(code)["bank_details"]).startswith("DE89370400440532013000")
    assert desk.row()["comment"] == "first"


def test_sorted_rows_and_columns_of_people_are_fine(desk: Desk) -> None:
    desk.paid()
    desk.person.insert_column(2, "Our own")
    desk.person.insert_rows(2, 2)
    desk.type(phone="123")
    desk.work()
    assert (desk.card.phone, desk.row()["message"]) == ("123", None)


def test_a_locked_book_makes_the_cards_wait(desk: Desk) -> None:
    desk.paid()
    desk.type(phone="123", name="typed over")
    desk.person.open("Fiona")
    with pytest.raises(RegistryLocked):
        desk.sync.work_once()
    desk.person.close()
    desk.work()
    assert (desk.card.phone, desk.row()["phone"]) == ("123", "123")
    assert len(desk.room.journal.contractor_history(KEY)) == 1


def test_a_rebuilt_book_gets_the_sheet_again_with_what_people_wrote(desk: Desk) -> None:
    desk.paid()
    desk.type(comment="call Olga", phone="123")
    desk.work()
    desk.room.sync.rebuild()
    desk.work()
    assert (desk.row()["comment"], desk.row()["phone"]) == ("call Olga", "123")
    assert desk.sync.differences() == []
    assert desk.anew().differences() == []


def test_verify_names_what_differs(desk: Desk) -> None:
    desk.paid()
    desk.type(bank_details="another")
    assert desk.anew().differences() == [f"{CODE}: the sheet Contractors differs in Bank details."]


def test_the_registry_and_the_sheet_do_not_stir_one_another_for_ever(desk: Desk) -> None:
    desk.paid()
    desk.type(phone="123")
    for _ in range(6):
        desk.sync.work_once()
        desk.room.sync.work_once()
    assert not desk.sync.work_once()
    assert not desk.room.sync.work_once()


def test_a_copy_from_before_saved_over_ours_brings_nothing_old_back(tmp_path: Path) -> None:
    room = Room(tmp_path, "excel").open()
    main = room.registry.inner
    assert isinstance(main, ExcelRegistry)
    sync = ContractorSync("registry/contractors", ExcelBeside(main, PLAN), _writer(), room.service)
    desk = Desk(room, sync, AtWorkbook(room.book, PLAN), lambda: sync)
    desk.paid()
    desk.type(phone="1", comment="old")
    desk.work()
    copy = room.keep_copy()
    desk.type(phone="2", comment="new")
    desk.work()
    room.save_copy(copy)
    desk.type(aliases="Daisy")
    desk.work()
    assert (desk.card.phone, desk.card.aliases) == ("2", ("Daisy",))
    assert (desk.row()["phone"], desk.row()["comment"]) == ("2", "new")


def test_a_renamed_sheet_is_found_and_a_removed_one_stays_away(tmp_path: Path) -> None:
    room = Room(tmp_path, "excel").open()
    main = room.registry.inner
    assert isinstance(main, ExcelRegistry)
    sync = ContractorSync("registry/contractors", ExcelBeside(main, PLAN), _writer(), room.service)
    desk = Desk(room, sync, AtWorkbook(room.book, PLAN), lambda: sync)
    desk.paid()
    book = load_workbook(room.book)
    book["Contractors"].title = "Our suppliers"
    name = book.defined_names["_countersign_contractors"]
    name.attr_text = "'Our suppliers'!$A$1"
    book.save(room.book)
    assert desk.work() <= 1
    assert desk.row()["inn"] == INN
    book = load_workbook(room.book)
    del book["Our suppliers"]
    book.defined_names["_countersign_contractors"].attr_text = "#REF!"
    book.save(room.book)
    assert desk.work() == 0
    assert "Our suppliers" not in load_workbook(room.book).sheetnames


def test_a_sheet_of_people_of_that_name_is_left_alone(desk: Desk) -> None:
    if desk.room.kind == "excel":
        book = load_workbook(desk.room.book)
        book.create_sheet("Contractors")["A1"] = "ours by hand"
        book.save(desk.room.book)
    else:
        assert isinstance(desk.room, GoogleRoom)
        desk.room.server.spreadsheet.sheets[-1].title = "Contractors"
    desk.paid()
    assert desk.row()["inn"] == INN
    if desk.room.kind == "excel":
        book = load_workbook(desk.room.book)
        assert book["Contractors"]["A1"].value == "ours by hand"
        assert book["Contractors (2)"]["A1"].value == "Code"


def test_the_code_of_a_row_is_never_taken_for_a_number() -> None:
    assert code_of(KEY) == CODE
    assert code_of("name:vector gmbh") == code_of("name:vector gmbh") != code_of("name:other")
