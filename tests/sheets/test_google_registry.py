"""People and the daemon at one spreadsheet at the same time: nothing lost, nothing written to the wrong row."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from helpers.registry_cast import APPROVED, PAID, added, layout, reference, view
from helpers.sheets_clock import Clock
from helpers.sheets_grid import Line
from helpers.sheets_person import FIONA, AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.errors import RegistryBroken, RegistryChanged
from sheets.google import GoogleRegistry, Pace
from sheets.model import Change, Snapshot, Version

ONE, TWO, THREE = reference(1), reference(2), reference(3)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(google: SheetsServer, tmp_path: Path, clock: Clock) -> GoogleRegistry:
    """A registry with three rows."""
    made = at_google(google, layout(), tmp_path, clock=clock, sleep=clock.sleep)
    made.create([added(1), added(2), added(3)], generation=1, identity="house", views=[view("today", range(1, 4))])
    google.calls.clear()
    return made


@pytest.fixture
def person(google: SheetsServer, registry: GoogleRegistry) -> AtSpreadsheet:
    return AtSpreadsheet(google, registry.layout)


def message(snapshot: Snapshot, name: str) -> object:
    return snapshot.rows[name].cells["message"]


def backwards(line: Line) -> Any:
    return [-ord(letter) for letter in str(line.cells.get(0, {}).get("userEnteredValue", {}).get("stringValue", ""))]


# --- calls ------------------------------------------------------------------------------------------


def test_a_pass_is_a_look_and_one_read(registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet) -> None:
    person.type_in(ONE, "comment", "hm")
    google.calls.clear()
    registry.probe()
    registry.read()
    assert google.asked("spreadsheets.get") == 1
    assert google.asked("batchUpdate") == 0


def test_a_write_is_one_comparison_one_batch_and_one_look(registry: GoogleRegistry, google: SheetsServer) -> None:
    seen = registry.read().version
    google.calls.clear()
    changes = [Change(ONE, {"message": "a"}), Change(THREE, {"status": PAID["en"]}), added(4)]
    registry.write(changes, seen, generation=2, views=[view("week", range(1, 3))])
    assert google.calls == ["sheets.spreadsheets.get", "sheets.spreadsheets.batchUpdate", "drive.files.get"]


def test_steady_work_stays_under_twenty_calls_a_minute(google: SheetsServer, tmp_path: Path, clock: Clock) -> None:
    """Polled every five seconds; each minute two rows of ours, and now and then an edit."""
    registry = at_google(
        google, layout(), tmp_path, clock=clock, sleep=clock.sleep, pace=Pace.unhurried(timedelta(seconds=5))
    )
    registry.create([added(number) for number in range(1, 61)], generation=1)
    person = AtSpreadsheet(google, registry.layout)
    seen, busiest = registry.read().version, 0
    for minute in range(20):
        google.calls.clear()
        if minute % 3 == 0:
            person.type_in(reference(1), "comment", f"note {minute}")
        for tick in range(12):
            seen = passed(registry, seen, f"at {minute}" if tick in (3, 7) else "", minute * 100 + tick)
            clock.wait(5)
        busiest = max(busiest, len(google.calls))
    assert busiest <= 20


def passed(registry: GoogleRegistry, seen: Version, text: str, generation: int) -> Version:
    """What the registry leg does in a pass."""
    if registry.probe() != seen:
        seen = registry.read().version
    if not text:
        return seen
    try:
        return registry.write([Change(reference(generation % 60 + 1), {"message": text})], seen, generation=generation)
    except RegistryChanged:
        return registry.read().version


def test_an_idle_registry_is_looked_at_four_times_a_minute(google: SheetsServer, tmp_path: Path, clock: Clock) -> None:
    registry = at_google(google, layout(), tmp_path, clock=clock, pace=Pace.unhurried(timedelta(seconds=5)))
    registry.create([added(1)], generation=1)
    clock.wait(600)
    google.calls.clear()
    for _ in range(12 * 10):
        registry.probe()
        clock.wait(5)
    assert google.calls == ["drive.files.get"] * 40


# --- at the same moment -----------------------------------------------------------------------------


def test_rows_that_move_while_we_write_get_their_own_cells(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet
) -> None:
    person.type_in(ONE, "comment", "of the first")
    seen = registry.read().version
    google.between = lambda: person.insert_rows(2, 2)
    version = registry.write([Change(ONE, {"message": "a"}), Change(THREE, {"message": "c"})], seen, generation=2)
    assert registry.probe() != version, "so that it is read again"
    snapshot = registry.read()
    assert [message(snapshot, name) for name in (ONE, TWO, THREE)] == ["a", None, "c"]
    assert [row.place for row in snapshot.rows.values()] == [4, 5, 6]
    assert snapshot.rows[ONE].cells["comment"] == "of the first"
    assert snapshot.strangers == (), "nothing stays in the rows that people put in"
    assert snapshot.generation == 2


def test_a_row_that_is_deleted_while_we_write_takes_nobody_else_s_cells_along(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet
) -> None:
    person.type_in(THREE, "payment_order", "mine")
    seen = registry.read().version
    google.between = lambda: person.delete_row(3)
    version = registry.write([Change(TWO, {"payment_order": "7", "message": "b"})], seen, generation=2)
    assert registry.probe() != version
    rows = registry.read().rows
    assert list(rows) == [ONE, THREE]
    assert (rows[THREE].cells["payment_order"], rows[THREE].cells["message"]) == ("mine", None)


def test_a_stamp_alone_needs_no_mending(registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet) -> None:
    seen = registry.read().version
    google.between = lambda: person.insert_rows(1)
    registry.write([], seen, generation=2)
    snapshot = registry.read()
    assert (snapshot.generation, list(snapshot.rows)) == (2, [ONE, TWO, THREE])


def test_a_column_that_is_put_in_while_we_write_spoils_nothing(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet
) -> None:
    person.type_in(ONE, "comment", "mine")  # the column right before ours
    seen = registry.read().version
    google.between = lambda: person.insert_column(2, "My marks")
    registry.write([Change(ONE, {"message": "a", "paid_amount": None}), added(4)], seen, generation=2)
    snapshot = registry.read()
    assert (snapshot.rows[ONE].cells["message"], snapshot.rows[ONE].cells["comment"]) == ("a", "mine")
    assert list(snapshot.rows) == [ONE, TWO, THREE, reference(4)]
    assert snapshot.rows[reference(4)].cells["contractor"] == "Northern Wind 4 Ltd"
    assert (snapshot.strangers, snapshot.duplicated) == ((), ())


def test_rows_that_are_sorted_while_we_write_lose_nothing(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet
) -> None:
    for name in (ONE, TWO, THREE):
        person.type_in(name, "payment_order", f"of {name}")
    seen = registry.read().version
    google.between = lambda: person.sort(backwards)
    registry.write([Change(ONE, {"payment_order": "7", "status": PAID["en"]})], seen, generation=2)
    rows = registry.read().rows
    assert [row.cells["payment_order"] for row in rows.values()] == [f"of {THREE}", f"of {TWO}", "7"]
    assert [row.cells["status"] for row in rows.values()] == [APPROVED["en"], APPROVED["en"], PAID["en"]]


def test_an_edit_in_the_same_moment_is_seen_at_the_next_pass(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet
) -> None:
    seen = registry.read().version
    google.between = lambda: person.type_in(TWO, "status", PAID["en"])
    version = registry.write([Change(ONE, {"message": "a"})], seen, generation=2)
    assert registry.probe() != version
    rows = registry.read().rows
    assert (rows[ONE].cells["message"], rows[TWO].cells["status"]) == ("a", PAID["en"])


def test_an_edit_that_drive_counts_into_our_own_version_is_found_later(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet, clock: Clock
) -> None:
    seen = registry.write([Change(ONE, {"message": "a"})], registry.read().version, generation=2)
    version = google.version
    person.type_in(TWO, "status", PAID["en"])
    google.version = version  # made before Drive told us its version
    assert registry.probe() == seen
    clock.wait(31)
    assert registry.probe() != seen
    assert registry.read().rows[TWO].cells["status"] == PAID["en"]
    quiet = registry.probe()
    clock.wait(300)
    assert registry.probe() == quiet, "once is enough"


def test_what_another_daemon_wrote_is_not_written_over(
    registry: GoogleRegistry, google: SheetsServer, tmp_path: Path
) -> None:
    seen = registry.read().version
    other = at_google(google, registry.layout, tmp_path)
    other.write([Change(ONE, {"message": "the other's"})], other.read().version, generation=2)
    with pytest.raises(RegistryChanged):
        registry.write([Change(ONE, {"message": "mine"})], seen, generation=2)
    assert message(registry.read(), ONE) == "the other's"


def test_after_a_start_the_version_seen_before_is_believed_only_if_it_still_stands(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet, tmp_path: Path
) -> None:
    seen = registry.read().version
    restarted = at_google(google, registry.layout, tmp_path, believe_version=True)
    assert restarted.probe() == seen
    written = restarted.write([Change(ONE, {"message": "a"})], seen, generation=2)
    again = at_google(google, registry.layout, tmp_path, believe_version=True)
    assert again.probe() != written, "our own last write is looked behind"
    person.type_in(TWO, "comment", "hm")
    with pytest.raises(RegistryChanged):
        at_google(google, registry.layout, tmp_path).write([], seen, generation=3)


def test_a_lagging_version_costs_a_read_and_nothing_else(registry: GoogleRegistry, google: SheetsServer) -> None:
    seen = registry.write([Change(ONE, {"message": "a"})], registry.read().version, generation=2)
    google.version += 1
    assert registry.probe() != seen
    again = registry.read()
    assert registry.write([Change(ONE, {"message": "b"})], again.version, generation=3)
    assert message(registry.read(), ONE) == "b"


# --- what people do ---------------------------------------------------------------------------------


@pytest.mark.parametrize("with_marks", [False, True])
def test_sorting_moves_no_cell_of_ours_to_another_row(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet, with_marks: bool
) -> None:
    person.sort(backwards, with_marks=with_marks)
    registry.write([Change(ONE, {"message": "a"}), added(4)], registry.read().version, generation=2)
    snapshot = registry.read()
    assert [(name, row.cells["message"]) for name, row in snapshot.rows.items()] == [
        (THREE, None), (TWO, None), (ONE, "a"), (reference(4), None)
    ]  # fmt: skip
    assert [mark["metadataValue"] for mark in person.sheet.lines[3].marks] == [ONE]


def test_a_reference_that_was_emptied_is_known_by_its_hidden_mark(
    registry: GoogleRegistry, person: AtSpreadsheet
) -> None:
    person.put(3, 1, None)
    person.type_in(THREE, "comment", "x")
    snapshot = registry.read()
    assert (snapshot.rows[TWO].place, snapshot.rows[TWO].cells["reference"]) == (3, None)
    assert snapshot.strangers == ()
    registry.write([Change(TWO, {"reference": TWO})], snapshot.version, generation=2)
    assert person.cell(3, 1) == TWO


def test_after_sorting_no_hidden_mark_is_believed(registry: GoogleRegistry, person: AtSpreadsheet) -> None:
    person.sort(backwards)
    person.put(2, 1, "oops")  # the row of the third request, which has the first one's mark
    snapshot = registry.read()
    assert set(snapshot.rows) == {ONE, TWO}
    assert [place for place, _ in snapshot.strangers] == [2]


def test_a_tab_that_people_renamed_is_still_the_registry(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet, tmp_path: Path
) -> None:
    seen = registry.read().version
    person.rename("Реестр (новый), Fiona's")
    with pytest.raises(RegistryChanged):
        registry.write([Change(ONE, {"message": "a"})], seen, generation=2)
    registry.write([Change(ONE, {"message": "a"})], registry.read().version, generation=2)
    cells = google.spreadsheet.named("Реестр (новый), Fiona's").lines[1].cells
    assert cells[registry.read().header["message"] - 1]["userEnteredValue"] == {"stringValue": "a"}
    assert at_google(google, registry.layout, tmp_path).exists()


def test_a_copy_in_the_place_of_a_tab_is_found(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet
) -> None:
    """Somebody copies a tab, deletes the first one and gives the copy its name."""
    for title in ("Registry", "Today"):
        twin = google.spreadsheet.named(title).copy()
        twin.id += 1
        google.spreadsheet.sheets[:] = [twin if sheet.title == title else sheet for sheet in google.spreadsheet.sheets]
    person._edited()
    registry.write([Change(ONE, {"message": "a"})], registry.read().version, generation=2)
    assert message(registry.read(), ONE) == "a"


def test_a_tab_that_is_gone_is_told(registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet) -> None:
    google.spreadsheet.sheets.remove(person.sheet)
    google.edited(FIONA)
    with pytest.raises(RegistryBroken, match="no worksheet"):
        registry.read()
    assert not registry.exists()


def test_a_removed_view_is_not_missed_and_a_renamed_one_is_drawn(
    registry: GoogleRegistry, google: SheetsServer
) -> None:
    google.spreadsheet.sheets.remove(google.spreadsheet.named("Week"))
    google.spreadsheet.named("Today").title = "К оплате"
    google.edited(FIONA)
    shown = [view("today", range(2, 3)), view("week", range(1, 4))]
    registry.write([], registry.read().version, generation=2, views=shown)
    today = google.spreadsheet.named("К оплате")
    column = registry.layout.view_columns.index("reference")
    drawn = [line.cells.get(column, {}).get("userEnteredValue", {}).get("stringValue") for line in today.lines[2:6]]
    assert drawn == [TWO, None, None, None]


def test_looks_and_columns_of_people_stay(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet
) -> None:
    column = registry.read().header["message"] - 1
    own = {"backgroundColorStyle": {"rgbColor": {"red": 1.0}}}
    person.sheet.lines[1].cells[column] = {"userEnteredFormat": own, "note": "ask Rita"}
    person.put(1, 40, "My marks")
    person.put(2, 40, "look")
    person.sort(lambda line: 0)
    registry.write([Change(ONE, {"message": "a"})], registry.read().version, generation=2)
    cell = person.sheet.lines[1].cells[column]
    assert cell == {"userEnteredFormat": own, "note": "ask Rita", "userEnteredValue": {"stringValue": "a"}}
    assert person.cell(2, 40) == "look"


def test_the_filter_people_set_stays_theirs(registry: GoogleRegistry, person: AtSpreadsheet) -> None:
    assert person.sheet.filter is not None
    person.sheet.filter["filterSpecs"] = [{"columnIndex": 2, "filterCriteria": {"hiddenValues": ["Nobody"]}}]
    person._edited()
    registry.write([added(4, status=0)], registry.read().version, generation=2)
    assert person.sheet.filter["filterSpecs"] == [{"columnIndex": 2, "filterCriteria": {"hiddenValues": ["Nobody"]}}]
    assert not person.is_hidden(reference(4))
    person.sheet.filter = None
    person._edited()
    registry.write([added(5, status=0)], registry.read().version, generation=3)
    assert person.sheet.filter is None


def test_formulas_in_our_cells_are_found_and_read_by_what_they_show(
    registry: GoogleRegistry, google: SheetsServer, person: AtSpreadsheet
) -> None:
    person.formula(ONE, "amount", "=2*3", {"numberValue": 6})
    person.formula(TWO, "comment", '="see "&A1', {"stringValue": "see Reference"})
    person.formula(THREE, "paid_on", "=1/0", {"errorValue": {"type": "DIVIDE_BY_ZERO"}})
    snapshot = registry.read()
    assert snapshot.formulas == {(ONE, "amount"), (TWO, "comment"), (THREE, "paid_on")}
    assert snapshot.rows[ONE].cells["amount"] == 6
    assert snapshot.rows[TWO].cells["comment"] == "see Reference"
    assert snapshot.rows[THREE].cells["paid_on"] == "#DIVIDE_BY_ZERO"
    registry.write([Change(ONE, {"message": "a"})], snapshot.version, generation=2)
    assert person.sheet.lines[2].cells[snapshot.header["comment"] - 1]["userEnteredValue"] == {
        "formulaValue": '="see "&A1'
    }


def test_the_sheet_grows_when_it_is_full(registry: GoogleRegistry, person: AtSpreadsheet) -> None:
    del person.sheet.lines[6:]
    person._edited()
    more = [added(number) for number in range(4, 10)]
    registry.write(more, registry.read().version, generation=2)
    snapshot = registry.read()
    assert len(snapshot.rows) == 9
    assert len(person.sheet.lines) == 210
    registry.write([added(10)], snapshot.version, generation=3)
    assert len(person.sheet.lines) == 210


@pytest.mark.slow
def test_hidden_marks_stay_within_what_google_keeps(registry: GoogleRegistry, person: AtSpreadsheet) -> None:
    """The oldest make room."""
    for start in range(4, 2004, 400):
        registry.write([added(n) for n in range(start, start + 400)], registry.read().version, generation=start)
    marked = [mark["metadataValue"] for line in person.sheet.lines for mark in line.marks]
    assert len(marked) == 24_000 // 16
    assert marked[-1] == reference(2003)
    assert ONE not in marked
    assert len(registry.read().rows) == 2003


def test_who_wrote_last_is_told(registry: GoogleRegistry, person: AtSpreadsheet) -> None:
    person.type_in(ONE, "comment", "hm")
    registry.probe()
    assert registry.last_editor == FIONA


def test_another_row_s_reference_typed_over_one_s_own_makes_no_row_of_it(
    registry: GoogleRegistry, person: AtSpreadsheet
) -> None:
    person.type_in(TWO, "status", PAID["en"])
    person.type_in(TWO, "reference", ONE)
    snapshot = registry.read()
    assert set(snapshot.rows) == {ONE, THREE}
    assert snapshot.duplicated == (ONE,)
    assert snapshot.rows[ONE].cells["status"] == APPROVED["en"]
