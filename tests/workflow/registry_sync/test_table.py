"""People rearrange the sheet, type over it, copy and delete rows: theirs stays, ours is put right and said so."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from helpers.registry_person import AtWorkbook
from helpers.registry_room import RITA, Room
from sheets.errors import RegistryBroken, RegistryMissing
from workflow.core.commands import MarkPaid
from workflow.core.model import Status
from workflow.legs.registry import RegistryLeg
from workflow.registry_sync.reading import RowsLost


def place(room: Room, reference: str) -> int:
    return room.registry.inner.read().rows[reference].place


def column(room: Room, key: str) -> int:
    return room.registry.inner.read().header[key]


# --- typed over ------------------------------------------------------------------------------------------------------


def test_cells_of_the_journal_are_put_back_and_reported(room: Room) -> None:
    reference = room.shown()
    room.type(reference, amount=Decimal("48000"), account="40702810000000000000", pay_by=date(2026, 12, 1))
    room.work()
    row = room.row(reference)
    assert (row["amount"], row["account"], row["pay_by"]) == (Decimal(4800), "40702810940200761292", date(2026, 11, 27))
    assert room.reasons(reference) == ["typed_over"]
    assert "Amount" in room.message(reference)
    assert "Account" in room.message(reference)
    room.agrees()


def test_who_empties_the_message_has_read_it(room: Room) -> None:
    reference = room.shown()
    room.type(reference, subject="x")
    room.work()
    assert room.message(reference)
    room.type(reference, message=None)
    room.work()
    assert room.message(reference) == ""
    assert room.reasons(reference) == ["typed_over", ""]
    room.type(reference, message="hello")
    room.work()
    assert "Message" in room.message(reference)


def test_a_message_goes_away_with_the_next_edit_that_is_obeyed(room: Room) -> None:
    reference = room.shown()
    room.type(reference, subject="x")
    room.work()
    room.type(reference, status="Paid")
    room.work()
    assert room.message(reference) == ""


def test_a_number_lost_as_text_is_put_back(room: Room) -> None:
    reference = room.shown()
    room.type(reference, inn=Decimal(7707083893), amount="4800.00")
    room.work()
    assert (room.cell(reference, "inn"), room.cell(reference, "amount")) == ("7707083893", Decimal(4800))


def test_a_block_pasted_over_two_rows_is_put_back_in_both(room: Room) -> None:
    first, second = room.approved(), room.shown(contractor="Vasilek LLC")
    for key in ("contractor", "subject", "amount"):
        room.type(first, **{key: "pasted"})
        room.type(second, **{key: "pasted"})
    room.work()
    assert room.cell(second, "contractor") == "Vasilek LLC"
    room.agrees()


def test_a_formula_in_a_cell_of_ours_is_replaced_by_its_value(tmp_path: Path) -> None:
    room = Room(tmp_path, "excel").open()
    reference = room.shown()
    room.type(reference, amount="=40*120", paid_on="=TODAY()")
    room.work()
    assert room.reasons(reference) == ["typed_over"]
    sheet = load_workbook(room.book)["Registry"]
    assert sheet.cell(place(room, reference), column(room, "amount")).value == 4800


def test_a_status_that_is_a_formula_is_not_obeyed(tmp_path: Path) -> None:
    room = Room(tmp_path, "excel").open()
    reference = room.shown()
    room.type(reference, status='="Pa"&"id"')
    room.work()
    assert (room.status(reference), room.cell(reference, "status")) == (Status.APPROVED, "Approved for payment")
    assert room.registry.read().formulas == frozenset()
    assert room.reasons(reference) in (["status_formula"], ["status_cleared"])


# --- another arrangement ---------------------------------------------------------------------------------------------


def test_sorted_and_filtered_rows_are_found_by_their_reference(room: Room) -> None:
    first, second, third = room.approved(), room.approved(contractor="Vasilek LLC"), room.shown()
    room.person.copy_row(place(room, first), 30)
    room.person.delete_row(place(room, second) - 1)
    assert place(room, second) < place(room, third) < place(room, first)
    room.type(second, status="Paid")
    room.work()
    assert [room.status(ref) for ref in (first, second, third)] == [Status.APPROVED, Status.PAID, Status.APPROVED]
    assert (room.reasons(first), room.cell(second, "status")) == ([], "Paid")


def test_inserted_columns_blank_rows_and_notes_of_people_stay(room: Room) -> None:
    first, second = room.approved(), room.shown()
    room.person.insert_column(3, "My notes")
    room.person.insert_rows(place(room, second), 2)
    room.person.put(place(room, first), 3, "call them")
    room.person.put(place(room, second) + 3, 3, "total below")
    room.type(second, status="Paid")
    room.work()
    room.order(MarkPaid("fiona@example.test"), first)
    new = room.shown()
    assert room.person.cell(place(room, first), 3) == "call them"
    assert room.person.cell(place(room, second) + 3, 3) == "total below"
    assert [room.cell(ref, "status") for ref in (first, second)] == ["Paid", "Paid"]
    assert room.cell(new, "status") == "Approved for payment"
    room.agrees()


def test_a_header_further_down_is_found(room: Room) -> None:
    reference = room.shown()
    room.person.insert_rows(1, 4)
    room.person.put(1, 1, "Payments of the Northern Wind")
    room.type(reference, status="Paid")
    room.work()
    assert (room.cell(reference, "status"), room.status(reference)) == ("Paid", Status.PAID)
    assert room.person.cell(1, 1) == "Payments of the Northern Wind"


def test_moved_columns_are_found_by_their_header(room: Room) -> None:
    reference = room.shown()
    a, b = column(room, "status"), column(room, "subject")
    for row in (1, place(room, reference)):
        one, other = room.person.cell(row, a), room.person.cell(row, b)
        room.person.put(row, a, str(other))
        room.person.put(row, b, str(one))
    room.work()
    assert room.reasons(reference) == []
    room.type(reference, status="Paid")
    room.work()
    assert (room.cell(reference, "status"), room.cell(reference, "subject")) == ("Paid", "Office rent")


def test_a_header_in_the_other_language_is_ours_too(room: Room) -> None:
    reference = room.shown()
    room.person.put(1, column(room, "status"), "Статус")
    room.work()
    assert (room.cell(reference, "status"), room.reasons(reference)) == ("Approved for payment", [])


def test_a_column_of_ours_that_somebody_removed_is_done_without(room: Room) -> None:
    reference = room.shown()
    room.person.put(1, column(room, "history"), "Something else")
    room.work()
    room.type(reference, status="Paid")
    room.work()
    assert room.cell(reference, "status") == "Paid"


# --- rows copied, deleted, foreign -----------------------------------------------------------------------------------


def test_a_doubled_row_is_flagged_not_obeyed_until_one_is_gone(room: Room) -> None:
    reference = room.shown()
    room.person.copy_row(place(room, reference), 20)
    room.type(reference, status="Paid", accountant_comment="look")
    room.work()
    room.work()
    assert (room.status(reference), room.reasons(reference)) == (Status.APPROVED, ["row_doubled"])
    assert "twice" in room.message(reference)
    assert room.cell(reference, "status") == "Paid"
    room.person.delete_row(20)
    room.work()
    assert (room.status(reference), room.message(reference)) == (Status.PAID, "")
    assert room.events(reference).count("Paid") == 1
    assert ("told_comment", RITA) in room.told(reference)
    room.agrees()


def test_a_deleted_row_comes_back_with_what_people_wrote(room: Room) -> None:
    first, second, third = (room.approved() for _ in range(3))
    room.work()
    room.type(second, accountant_comment="keep me", paid_on=date(2026, 11, 20))
    room.work()
    room.person.delete_row(place(room, second))
    room.work()
    assert room.cell(second, "accountant_comment") == "keep me"
    assert room.cell(second, "paid_on") == date(2026, 11, 20)
    assert room.reasons(second) == ["row_brought_back"]
    assert room.message(second)
    assert room.reasons(first) == room.reasons(third) == []
    room.work()
    assert room.events(second).count("Commented") == 1


def test_a_row_deleted_while_the_book_is_open_comes_back_when_it_is_closed(room: Room) -> None:
    references = [room.approved() for _ in range(3)]
    room.work()
    room.person.open("Fiona")
    room.person.delete_row(place(room, references[1]))
    for _ in range(2):
        with pytest.raises(Exception, match="open"):
            room.work()
        room.wait(seconds=6)
    room.person.close()
    room.work()
    assert room.reasons(references[1]) == ["row_brought_back"]
    room.agrees()


def test_more_than_half_gone_stops_everything_until_they_are_back(room: Room) -> None:
    references = [room.approved() for _ in range(5)]
    room.work()
    copy, writes = room.keep_copy(), room.registry.writes
    for reference in references[:3]:
        room.person.delete_row(place(room, reference))
    with pytest.raises(RowsLost, match="rebuild"):
        room.work()
    assert room.registry.writes == writes
    assert [room.reasons(reference) for reference in references] == [[]] * 5
    room.save_copy(copy)
    room.type(references[0], status="Paid")
    room.work()
    assert room.cell(references[0], "status") == "Paid"


def test_every_row_gone_stops_too(room: Room) -> None:
    reference = room.shown()
    room.person.delete_row(place(room, reference))
    with pytest.raises(RowsLost):
        room.work()


def test_a_header_that_is_gone_stops_until_it_is_back(room: Room) -> None:
    reference = room.shown()
    name = room.person.cell(1, 1)
    room.person.put(1, 1, "???")
    room.order(MarkPaid("fiona@example.test"), reference)
    for _ in range(2):
        with pytest.raises(RegistryBroken):
            room.work()
        room.wait(seconds=6)
    room.person.put(1, 1, str(name))
    room.work()
    assert room.cell(reference, "status") == "Paid"


def test_a_file_that_is_gone_is_an_error_and_is_gone_on_with_when_it_is_back(tmp_path: Path) -> None:
    room = Room(tmp_path, "excel").open()
    reference = room.shown()
    room.book.rename(tmp_path / "elsewhere.xlsx")
    room.order(MarkPaid("fiona@example.test"), reference)
    with pytest.raises(RegistryMissing):
        room.work()
    with pytest.raises(RegistryMissing):
        room.restart().open()
    (tmp_path / "elsewhere.xlsx").rename(room.book)
    room.work()
    assert room.cell(reference, "status") == "Paid"


def test_rows_of_people_are_mentioned_once_however_their_sums_change(room: Room) -> None:
    reference = room.shown()
    room.person.put(9, 4, "Total for November")
    for total in (100, 200):
        room.person.put(9, 6, Decimal(total))
        room.work()
    room.person.insert_rows(8)
    room.work()
    assert room.alarms() == ["stranger_row"]
    assert room.reasons(reference) == []


def test_a_reference_that_somebody_typed_is_only_mentioned(room: Room) -> None:
    room.shown()
    room.person.put(9, column(room, "reference"), "PAY-2026-09999")
    room.person.put(9, column(room, "status"), "Paid")
    room.work()
    assert room.alarms() == ["stranger_row"]
    assert room.person.cell(9, column(room, "status")) == "Paid"


# --- the whole book --------------------------------------------------------------------------------------------------


def test_another_installations_workbook_is_refused(room: Room, tmp_path_factory: pytest.TempPathFactory) -> None:
    room.shown()
    other = room.another(tmp_path_factory.mktemp("other"))
    for _ in range(4):
        reference = other.shown()
    room.take_book_of(other)
    other_row = room.row(reference)
    with pytest.raises(RegistryBroken, match="another installation"):
        room.work()
    with pytest.raises(RegistryBroken, match="another installation"):
        room.restart().open()
    assert room.row(reference) == other_row


def test_rebuild_keeps_what_people_wrote(room: Room) -> None:
    first, second = room.approved(), room.shown()
    room.type(first, accountant_comment="mine", paid_on=date(2026, 11, 20))
    room.work()
    room.type(second, status="Paid", accountant_comment="unread yet")
    room.type(first, amount=Decimal(1))
    room.sync.rebuild()
    assert (room.cell(first, "accountant_comment"), room.cell(first, "amount")) == ("mine", Decimal(4800))
    assert (room.cell(second, "accountant_comment"), room.cell(second, "status")) == ("unread yet", "Paid")
    assert room.cell(first, "paid_on") == date(2026, 11, 20)
    room.work()
    assert (room.events(second).count("Paid"), room.events(second).count("Commented")) == (1, 1)
    room.agrees()


def test_rebuild_writes_a_book_that_is_gone_and_remembers_the_comments(tmp_path: Path) -> None:
    room = Room(tmp_path, "excel").open()
    reference = room.shown()
    room.type(reference, accountant_comment="mine")
    room.work()
    room.person.vanish()
    room.sync.rebuild()
    room.work()
    assert room.cell(reference, "accountant_comment") == "mine"
    room.agrees()


def test_own_columns_survive_a_hundred_writes(tmp_path: Path) -> None:
    room = Room(tmp_path, "excel").open()
    reference = room.shown()
    assert isinstance(room.person, AtWorkbook)
    room.person.insert_column(1, "Mine")
    room.person.put(place(room, reference), 1, "=1+1")
    for number in range(10):
        room.type(reference, accountant_comment=f"remark {number}")
        room.work()
    assert load_workbook(room.book)["Registry"].cell(place(room, reference), 1).value == "=1+1"


# --- the leg ---------------------------------------------------------------------------------------------------------


def leg(room: Room) -> RegistryLeg:
    return RegistryLeg(room.sync, room.service, ("fiona@example.test",), ("oscar@example.test",), 5.0)


def test_the_operator_hears_once_of_lost_rows_and_once_that_they_are_back(room: Room) -> None:
    references = [room.approved() for _ in range(5)]
    room.work()
    copy, registry = room.keep_copy(), leg(room)
    for reference in references[:3]:
        room.person.delete_row(place(room, reference))
    for _ in range(3):
        with pytest.raises(RowsLost):
            registry.work_once()
        room.wait(seconds=10)
    room.save_copy(copy)
    while registry.work_once():
        room.wait(seconds=6)
    assert room.alarms() == ["registry_lost_rows", "registry_mended"]
