"""Locks, old copies and crashes: each edit counts once, nothing is lost, nothing old is taken for new."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from helpers.registry_room import Crash, Room
from sheets.errors import RegistryChanged, RegistryLocked
from workflow.core.commands import Comment, MarkPaid
from workflow.core.model import Status
from workflow.legs.registry import RegistryLeg
from workflow.registry_sync.reading import OldJournal

FIONA = "fiona@example.test"


def refused(room: Room) -> None:
    """A pass while somebody has the book open."""
    with pytest.raises(RegistryLocked):
        room.work()
    room.wait(seconds=6)


# --- locks -----------------------------------------------------------------------------------------------------------


def test_a_locked_book_is_read_and_obeyed_once_and_written_when_it_is_closed(room: Room) -> None:
    reference = room.shown()
    room.person.open("Fiona")
    writes = room.registry.writes
    room.type(reference, status="paid")
    for _ in range(3):
        refused(room)
    assert (room.events(reference), room.registry.writes) == (["Paid"], writes)
    assert room.cell(reference, "status") == "paid"
    room.person.close()
    room.work()
    assert (room.cell(reference, "status"), room.events(reference)) == ("Paid", ["Paid"])
    room.agrees()


def test_a_locked_book_is_not_read_again_and_again(room: Room) -> None:
    reference = room.shown()
    room.person.open("Fiona")
    room.type(reference, status="paid")
    refused(room)
    reads = room.registry.reads
    refused(room)
    assert room.registry.reads == reads


def test_paid_undone_and_paid_again_while_locked_are_three_events(room: Room) -> None:
    reference = room.shown()
    room.person.open("Fiona")
    for word in ("Paid", "Approved for payment", "Paid"):
        room.type(reference, status=word)
        refused(room)
    assert room.events(reference) == ["Paid", "PaidUndone", "Paid"]
    room.person.close()
    room.work()
    room.agrees()


def test_rows_due_while_locked_wait_for_each_other(room: Room) -> None:
    room.shown()
    room.person.open("Fiona")
    new = [room.approved() for _ in range(3)]
    refused(room)
    refused(room)
    writes = room.registry.writes
    room.person.close()
    room.work()
    assert room.registry.writes == writes + 1
    assert [room.cell(reference, "status") for reference in new] == ["Approved for payment"] * 3


def test_after_a_quarter_of_an_hour_accounting_is_told_once_which_rows_wait(room: Room) -> None:
    leg = RegistryLeg(room.sync, room.service, (FIONA,), ("oscar@example.test",), 5.0)
    room.shown()
    room.person.open("Nina")
    waiting = room.approved()
    for _ in range(6):
        with pytest.raises(RegistryLocked):
            leg.work_once()
        room.wait(minutes=5)
    deeds = [row for row in waiting_notices(room) if row["kind"] == "registry_waiting"]
    assert [(deed["person"], deed["rows"], deed["owner"]) for deed in deeds] == [(FIONA, [waiting], "Nina")]


def waiting_notices(room: Room) -> list[dict[str, object]]:
    from datetime import timedelta

    from workflow.core.deeds import Lane

    found: list[dict[str, object]] = []
    while (deed := room.journal.claim_deed(Lane.MAIL, room.time, timedelta(days=1))) is not None:
        found.append({"kind": deed.kind, "person": deed.person, **deed.params})
    return found


def test_a_book_changed_between_reading_and_writing_is_read_again(room: Room) -> None:
    first, second = room.approved(), room.shown()
    room.type(first, status="Paid")
    room.registry.before_write = RegistryChanged("somebody saved")
    with pytest.raises(RegistryChanged):
        room.work()
    room.type(second, status="Paid")
    room.wait(seconds=6)
    room.work()
    assert [room.cell(ref, "status") for ref in (first, second)] == ["Paid", "Paid"]
    assert [room.events(ref) for ref in (first, second)] == [["Paid"], ["Paid"]]


def test_a_cell_that_waits_is_not_written_over_by_what_comes_by_mail(room: Room) -> None:
    reference = room.shown()
    room.type(reference, paid_on="20 ноя")
    room.work()
    room.order(Comment(FIONA, "soon", "accountant"), reference)
    room.work()
    assert room.cell(reference, "paid_on") == "20 ноя"


# --- old copies ------------------------------------------------------------------------------------------------------


def test_cells_of_an_old_copy_are_not_taken_for_edits(room: Room) -> None:
    first, second = room.approved(), room.shown()
    copy = room.keep_copy()
    room.type(first, status="Paid", accountant_comment="done")
    room.work()
    room.order(MarkPaid(FIONA), second)
    third = room.shown()
    room.save_copy(copy)
    room.work()
    assert [room.events(ref) for ref in (first, second, third)] == [["Paid", "Commented"], [], []]
    assert [room.cell(ref, "status") for ref in (first, second)] == ["Paid", "Paid"]
    assert room.cell(first, "accountant_comment") == "done"
    assert room.cell(third, "status") == "Approved for payment"
    assert [room.message(ref) for ref in (first, second, third)] == ["", "", ""]
    room.agrees()


def test_what_was_typed_into_an_old_copy_counts(room: Room) -> None:
    first, second = room.approved(), room.shown()
    copy = room.keep_copy()
    room.type(first, accountant_comment="newer")
    room.work()
    room.save_copy(copy)
    room.type(second, status="Paid", accountant_comment="from the old copy")
    room.work()
    assert (room.status(second), room.cell(second, "accountant_comment")) == (Status.PAID, "from the old copy")
    assert room.cell(first, "accountant_comment") == "newer"
    room.agrees()


def test_a_copy_from_before_an_edit_of_the_same_generation_does_not_undo_it(room: Room) -> None:
    reference = room.shown()
    copy = room.keep_copy()
    room.type(reference, status="Paid")
    room.work()
    room.save_copy(copy)
    room.work()
    assert (room.status(reference), room.events(reference)) == (Status.PAID, ["Paid"])
    assert room.cell(reference, "status") == "Paid"


def test_a_much_older_copy_with_few_rows_is_no_loss(room: Room) -> None:
    first = room.shown()
    copy = room.keep_copy()
    others = [room.approved() for _ in range(6)]
    room.work()
    room.save_copy(copy)
    room.work()
    assert [room.reasons(ref) for ref in (first, *others)] == [[]] * 7
    room.agrees()


def test_an_old_copy_saved_while_locked_is_merged_when_it_is_closed(room: Room) -> None:
    first, second = room.approved(), room.shown()
    copy = room.keep_copy()
    room.type(first, status="Paid", accountant_comment="B")
    room.work()
    room.person.open("Nina")
    room.save_copy(copy)
    room.type(second, status="On hold", accountant_comment="X")
    refused(room)
    refused(room)
    room.person.close()
    room.work()
    assert (room.cell(first, "accountant_comment"), room.cell(second, "accountant_comment")) == ("B", "X")
    assert [room.events(ref) for ref in (first, second)] == [["Paid", "Commented"], ["Held"]]
    room.agrees()


def test_after_an_old_copy_edits_are_edits_again(room: Room) -> None:
    reference = room.shown()
    copy = room.keep_copy()
    room.type(reference, status="Paid")
    room.work()
    room.save_copy(copy)
    room.work()
    room.type(reference, status="Approved for payment")
    room.work()
    assert room.events(reference) == ["Paid", "PaidUndone"]


def test_without_a_generation_no_order_is_taken_from_status(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="Paid", accountant_comment="hello")
    room.restamp(None)
    room.work()
    assert (room.status(reference), room.cell(reference, "status")) == (Status.APPROVED, "Approved for payment")
    assert room.reasons(reference) == ["edit_without_generation"]
    assert room.events(reference).count("Commented") == 1
    room.type(reference, status="Paid")
    room.work()
    assert room.status(reference) is Status.PAID


def test_a_book_that_lost_its_generation_gets_one_at_once(room: Room) -> None:
    reference = room.shown()
    room.restamp(None)
    room.work()
    assert room.generation() is not None
    room.type(reference, status="Paid")
    room.work()
    assert room.status(reference) is Status.PAID


# --- an old journal --------------------------------------------------------------------------------------------------


def test_a_journal_older_than_the_sheet_is_noticed(room: Room) -> None:
    reference = room.shown()
    room.engine.dispose()
    backup = room.folder / "backup.db"
    shutil.copy2(room.journal_file, backup)
    room.restart().open()
    room.type(reference, status="Paid")
    room.work()
    room.engine.dispose()
    for name in ("journal.db-wal", "journal.db-shm"):
        (room.folder / name).unlink(missing_ok=True)
    shutil.copy2(backup, room.journal_file)
    room.restart()
    with pytest.raises(OldJournal):
        room.open()
    with pytest.raises(OldJournal):
        room.work()


def test_a_new_journal_beside_an_old_sheet_is_noticed(room: Room) -> None:
    room.shown()
    room.engine.dispose()
    for path in room.folder.glob("journal.db*"):
        path.unlink()
    with pytest.raises(OldJournal):
        room.restart().open()


# --- crashes ---------------------------------------------------------------------------------------------------------


def crash(room: Room, step: str) -> None:
    setattr(room.registry, step, Crash())
    with pytest.raises(Crash):
        room.work()
    room.restart()


@pytest.mark.parametrize("step", ["before_write", "after_write"])
def test_a_crash_around_the_write_repeats_nothing_and_loses_nothing(room: Room, step: str) -> None:
    first, second = room.approved(), room.shown()
    room.type(first, status="Paid", accountant_comment="done")
    room.type(second, subject="typed over")
    new = room.approved()
    crash(room, step)
    room.work()
    assert (room.events(first), room.reasons(second)) == (["Paid", "Commented"], ["typed_over"])
    assert room.cell(new, "status") == "Approved for payment"
    assert room.cell(first, "accountant_comment") == "done"
    room.agrees()
    room.type(first, status="Approved for payment")
    room.work()
    assert room.status(first) is Status.APPROVED


def test_edits_between_a_crash_and_the_next_start_count(room: Room) -> None:
    reference = room.shown()
    room.type(reference, status="Paid")
    crash(room, "after_write")
    room.type(reference, status="Approved for payment")
    room.work()
    assert room.events(reference) == ["Paid", "PaidUndone"]
    room.agrees()


@pytest.mark.parametrize(
    ("typed", "events"),
    [
        ({"status": "Paid", "paid_amount": "1000"}, ["PartPaid"]),
        ({"status": "Paid", "paid_on": "20 ноя", "accountant_comment": "x"}, ["Paid", "Commented"]),
        ({"status": "On hold", "accountant_comment": "why"}, ["Held"]),
        ({"status": "Returned for rework", "accountant_comment": "why"}, ["Returned"]),
        ({"payment_order": "12"}, ["OrderNumbered"]),
        ({"status": "nonsense"}, ["EditRefused"]),
    ],
)
def test_a_crash_between_an_order_and_its_noting_gives_it_once(
    room: Room, monkeypatch: pytest.MonkeyPatch, typed: dict[str, str], events: list[str]
) -> None:
    reference = room.shown()
    room.type(reference, **typed)

    def die(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(room.journal, "agree_row", die)
        with pytest.raises(Crash):
            room.work()
    room.restart().work()
    assert room.events(reference) == events
    room.agrees()


def test_a_crash_between_two_orders_of_a_row_gives_the_second(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = room.shown()
    room.type(reference, status="Paid", accountant_comment="done")
    handle = type(room.service).handle

    def once(service: object, command: object, *rest: object) -> object:
        if isinstance(command, Comment):
            raise Crash
        return handle(service, command, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(type(room.service), "handle", once)
        with pytest.raises(Crash):
            room.work()
    room.restart().work()
    assert room.events(reference) == ["Paid", "Commented"]


def test_a_first_start_cut_off_makes_the_book_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(tmp_path, "excel")

    def die(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(room.journal, "agree", die)
        with pytest.raises(Crash):
            room.open()
    made = room.book.stat().st_ino
    room.restart().open()
    reference = room.shown()
    assert room.book.stat().st_ino != made
    assert room.cell(reference, "status") == "Approved for payment"
    assert [path.name for path in tmp_path.glob("registry*.xlsx")] == ["registry.xlsx"]


def test_a_row_that_breaks_our_program_costs_that_row_only(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = room.approved(), room.shown()
    room.type(bad, status="Paid", paid_on=date(2026, 11, 20))
    room.type(good, status="Paid")
    handle = type(room.service).handle

    def broken(service: object, command: object, cause: object, reference: object, *rest: object) -> object:
        if reference == bad:
            raise ZeroDivisionError
        return handle(service, command, cause, reference, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(type(room.service), "handle", broken)
        room.sync.work_once()
    assert (room.cell(good, "status"), room.cell(bad, "status"), room.status(bad)) == ("Paid", "Paid", Status.APPROVED)
    room.work()
    assert room.status(bad) is Status.PAID
    room.agrees()
