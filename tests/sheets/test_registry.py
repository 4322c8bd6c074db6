"""What every registry promises, run over a workbook, an online spreadsheet and a sheet in memory."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from helpers.registry_cast import APPROVED, PAID, added, layout, reference, view
from helpers.registry_person import AtMemory, AtWorkbook, Person
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.errors import RegistryBroken, RegistryChanged, RegistryLocked, RegistryMissing
from sheets.excel import ExcelRegistry
from sheets.google import GoogleRegistry
from sheets.memory import MemoryRegistry
from sheets.model import Change
from sheets.registry import Registry

Pair = tuple[Registry, Person]


@pytest.fixture(params=["excel", "google", "memory"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Pair:
    """A registry with three requests, and somebody who works in it."""
    plan = layout("en")
    registry: Registry
    person: Person
    if request.param == "excel":
        workbook = ExcelRegistry(tmp_path / "registry.xlsx", plan)
        registry, person = workbook, AtWorkbook(workbook.path, plan)
    elif request.param == "google":
        server: SheetsServer = request.getfixturevalue("google")
        registry, person = at_google(server, plan, tmp_path), AtSpreadsheet(server, plan)
    else:
        memory = MemoryRegistry(plan)
        registry, person = memory, AtMemory(memory)
    rows = [added(1), added(2), added(3, status=1)]
    registry.create(rows, generation=1, identity="house", views=[view("today", range(1, 3))])
    return registry, person


def test_what_was_written_is_read_back(pair: Pair) -> None:
    registry, _ = pair
    snapshot = registry.read()
    assert (snapshot.generation, snapshot.identity) == (1, "house")
    assert list(snapshot.rows) == [reference(1), reference(2), reference(3)]
    cells = snapshot.rows[reference(1)].cells
    assert cells["amount"] == Decimal("1000.50")
    assert cells["pay_by"] == date(2026, 11, 23)
    assert (cells["inn"], cells["bic"], cells["account"]) == ("7707083893", "044525225", "40702810900000000001")
    assert cells["comment"] is None
    assert snapshot.missing_columns == ()
    assert snapshot.header["reference"] == 1


def test_an_untouched_registry_keeps_its_version(pair: Pair) -> None:
    registry, person = pair
    seen = registry.read().version
    assert registry.probe() == seen
    person.type_in(reference(1), "comment", "paid from the second account")
    assert registry.probe() != seen


def test_a_write_changes_only_the_named_cells(pair: Pair) -> None:
    registry, person = pair
    person.type_in(reference(1), "comment", "mine")
    before = registry.read()
    registry.write([Change(reference(1), {"message": "Thank you."})], before.version, generation=2)
    after = registry.read()
    assert after.generation == 2
    assert after.identity == "house"
    assert dict(after.rows[reference(1)].cells) == dict(before.rows[reference(1)].cells) | {"message": "Thank you."}
    assert after.rows[reference(2)] == before.rows[reference(2)]


def test_the_version_a_write_returns_is_the_one_read_next(pair: Pair) -> None:
    registry, _ = pair
    version = registry.write([Change(reference(1), {"message": "a"})], registry.read().version, generation=2)
    assert registry.probe() == version
    again = registry.write([Change(reference(1), {"message": "b"})], version, generation=3)
    assert registry.read().version == again


def test_a_registry_changed_since_it_was_read_is_not_written(pair: Pair) -> None:
    registry, person = pair
    seen = registry.read().version
    person.type_in(reference(2), "status", PAID["en"])
    with pytest.raises(RegistryChanged):
        registry.write([Change(reference(1), {"message": "a"})], seen, generation=2)
    assert registry.read().rows[reference(2)].cells["status"] == PAID["en"]


def test_a_registry_somebody_has_open_is_read_but_not_written(pair: Pair) -> None:
    registry, person = pair
    person.open("Fiona")
    seen = registry.read().version
    with pytest.raises(RegistryLocked) as caught:
        registry.write([Change(reference(1), {"message": "a"})], seen, generation=2)
    assert caught.value.owner == "Fiona"
    person.close()
    registry.write([Change(reference(1), {"message": "a"})], seen, generation=2)


def test_a_registry_that_is_gone_is_missing(pair: Pair) -> None:
    registry, person = pair
    seen = registry.read().version
    person.vanish()
    assert not registry.exists()
    with pytest.raises(RegistryMissing):
        registry.probe()
    with pytest.raises(RegistryMissing):
        registry.read()
    with pytest.raises(RegistryMissing):
        registry.write([], seen, generation=2)


def test_a_registry_is_created_only_once(pair: Pair) -> None:
    registry, _ = pair
    with pytest.raises(RegistryChanged):
        registry.create(generation=1)
    registry.create([added(9)], generation=5, replace=True)
    assert list(registry.read().rows) == [reference(9)]


def test_a_lost_header_is_no_registry(pair: Pair) -> None:
    registry, person = pair
    person.delete_row(1)
    with pytest.raises(RegistryBroken):
        registry.read()


def test_rows_are_found_wherever_people_moved_them(pair: Pair) -> None:
    registry, person = pair
    person.insert_rows(1, 3)
    person.insert_rows(6, 2)
    snapshot = registry.read()
    assert [row.place for row in snapshot.rows.values()] == [5, 8, 9]
    registry.write([Change(reference(2), {"message": "here"}), added(4)], snapshot.version, generation=2)
    rows = registry.read().rows
    assert (rows[reference(2)].cells["message"], rows[reference(4)].place) == ("here", 10)


def test_columns_are_found_wherever_people_moved_them(pair: Pair) -> None:
    registry, person = pair
    person.insert_column(1, "My marks")
    person.put(2, 1, "look at this")
    snapshot = registry.read()
    assert snapshot.header["reference"] == 2
    registry.write([Change(reference(1), {"message": "a"}), added(4)], snapshot.version, generation=2)
    after = registry.read()
    assert after.rows[reference(1)].cells["message"] == "a"
    assert after.rows[reference(4)].cells["contractor"] == "Northern Wind 4 Ltd"
    assert person.cell(2, 1) == "look at this"


def test_a_renamed_column_is_missing_and_is_not_written(pair: Pair) -> None:
    registry, person = pair
    place = registry.read().header["warnings"]
    person.put(1, place, "What Fiona thinks")
    person.put(2, place, "fine")
    snapshot = registry.read()
    assert snapshot.missing_columns == ("warnings",)
    assert "warnings" not in snapshot.rows[reference(1)].cells
    registry.write([Change(reference(1), {"warnings": "bank details changed"})], snapshot.version, generation=2)
    assert person.cell(2, place) == "fine"


def test_headings_are_known_in_both_languages(pair: Pair) -> None:
    registry, person = pair
    place = registry.read().header["comment"]
    person.put(1, place, " комментарий  Бухгалтерии: ")
    assert registry.read().header["comment"] == place


def test_a_new_row_goes_below_the_table_and_over_nobody(pair: Pair) -> None:
    registry, person = pair
    person.put(5, 3, "Fiona's total:")
    person.put(7, 3, "and a note")
    snapshot = registry.read()
    assert snapshot.strangers == ((5, ("Fiona's total:",)), (7, ("and a note",)))
    registry.write([added(4), added(5), added(6)], snapshot.version, generation=2)
    places = {name: row.place for name, row in registry.read().rows.items()}
    assert [places[reference(number)] for number in (4, 5, 6)] == [6, 8, 9]
    assert person.cell(5, 3) == "Fiona's total:"


def test_adding_a_row_twice_adds_it_once(pair: Pair) -> None:
    registry, person = pair
    registry.write([added(4)], registry.read().version, generation=2)
    person.type_in(reference(4), "comment", "seen")
    registry.write([added(4)], registry.read().version, generation=2)
    snapshot = registry.read()
    assert len(snapshot.rows) == 4
    assert snapshot.duplicated == ()
    assert snapshot.rows[reference(4)].cells["comment"] == "seen"


def test_a_copied_row_is_reported_and_the_first_one_counts(pair: Pair) -> None:
    registry, person = pair
    person.copy_row(2, to=5)
    snapshot = registry.read()
    assert snapshot.duplicated == (reference(1),)
    assert snapshot.rows[reference(1)].place == 2


def test_a_status_typed_on_a_view_is_noticed(pair: Pair) -> None:
    registry, person = pair
    assert registry.read().view_edits == ()
    person.type_in_view("today", reference(2), PAID["en"])
    snapshot = registry.read()
    assert snapshot.view_edits == (("today", reference(2), PAID["en"]),)
    registry.write([], snapshot.version, generation=2, views=[view("today", range(1, 2)), view("week", range(1, 3))])
    assert registry.read().view_edits == ()


def test_rows_are_hidden_and_shown_by_the_filter(pair: Pair) -> None:
    registry, person = pair
    assert [person.is_hidden(reference(number)) for number in (1, 2, 3)] == [False, False, True]
    changes = [
        Change(reference(1), {"status": PAID["en"]}),
        Change(reference(3), {"status": APPROVED["en"]}),
        Change(reference(2), {"message": "still here"}),
        added(4, status=0),
    ]
    registry.write(changes, registry.read().version, generation=2)
    hidden = [person.is_hidden(reference(number)) for number in (1, 2, 3, 4)]
    assert hidden == [True, False, False, True]


def test_a_row_may_be_hidden_whatever_the_filter_says(pair: Pair) -> None:
    registry, person = pair
    changes = [Change(reference(1), {}, visible=False), Change(reference(3), {"message": "a"}, visible=True)]
    registry.write(changes, registry.read().version, generation=2)
    hidden = [person.is_hidden(reference(number)) for number in (1, 2, 3)]
    by_filter = isinstance(registry, GoogleRegistry)  # there nothing shows a row that the filter hides
    assert hidden == [True, False, by_filter]


@pytest.mark.parametrize(
    "text", ["=1+1", "+7 495", "-5", "@SUM(A1)", "\tx", "'quoted", "00123", "1e5", "TRUE", "_x0041_"]
)
def test_text_from_outside_stays_text(pair: Pair, text: str) -> None:
    registry, _ = pair
    registry.write([Change(reference(1), {"subject": text})], registry.read().version, generation=2)
    snapshot = registry.read()
    assert snapshot.rows[reference(1)].cells["subject"] == text
    assert snapshot.formulas == frozenset()


def test_text_that_no_cell_can_hold_is_made_fit(pair: Pair) -> None:
    registry, _ = pair
    long, odd = "я" * 40_000, "a\x00b\x07c\r\nd <&> \ufffe end  "
    changes = [Change(reference(1), {"history": long, "subject": odd})]
    registry.write(changes, registry.read().version, generation=2)
    cells = registry.read().rows[reference(1)].cells
    assert cells["history"] == "я" * 32_766 + "…"
    assert cells["subject"] == "abc\nd <&>  end  "


def test_a_cell_can_be_emptied(pair: Pair) -> None:
    registry, _ = pair
    registry.write([Change(reference(1), {"subject": None, "amount": None})], registry.read().version, generation=2)
    cells = registry.read().rows[reference(1)].cells
    assert (cells["subject"], cells["amount"]) == (None, None)


def test_a_number_typed_into_a_text_column_is_read_as_its_digits(pair: Pair) -> None:
    registry, person = pair
    person.type_in(reference(1), "inn", Decimal(7707083893))
    person.type_in(reference(1), "payment_order", Decimal(412))
    person.type_in(reference(1), "paid_on", "25.11")
    cells = registry.read().rows[reference(1)].cells
    assert (cells["inn"], cells["payment_order"], cells["paid_on"]) == ("7707083893", "412", "25.11")


def test_a_row_that_is_not_there_is_written_only_by_adding_it(pair: Pair) -> None:
    registry, _ = pair
    with pytest.raises(ValueError):
        registry.write([Change(reference(8), {"message": "a"})], registry.read().version, generation=2)


def test_rows_leave_with_everything_people_wrote_and_find_their_columns_elsewhere(pair: Pair) -> None:
    registry, person = pair
    person.put(1, 38, "Mine")
    person.put(2, 38, "own of 1")
    person.put(4, 38, "own of 3")
    person.type_in(reference(1), "comment", "words")
    snapshot = registry.read()
    taken = registry.take([reference(1)], snapshot.version)
    assert taken.refused == ""
    row = taken.rows[0]
    assert (row.reference, row.cells["comment"], row.own["Mine"]) == (reference(1), "words", "own of 1")
    version = registry.write([], snapshot.version, generation=2, remove=[reference(1)])
    after = registry.read()
    assert registry.probe() == version
    assert {name: line.place for name, line in after.rows.items()} == {reference(2): 2, reference(3): 3}
    assert (after.generation, person.cell(3, 38)) == (2, "own of 3")
    registry.write([row, added(4)], after.version, generation=3)
    back = registry.read()
    assert {name: line.place for name, line in back.rows.items()} == {
        reference(2): 2, reference(3): 3, reference(1): 4, reference(4): 5,
    }  # fmt: skip
    assert (back.rows[reference(1)].cells["comment"], person.cell(4, 38)) == ("words", "own of 1")
    assert back.rows[reference(1)].cells["pay_by"] == snapshot.rows[reference(1)].cells["pay_by"]


def test_a_column_that_is_not_there_is_added_at_the_right(pair: Pair) -> None:
    registry, _ = pair
    seen = registry.read()
    brought = Change(reference(9), added(9).cells, add=True, own={"Theirs": "one", "More": "two"})
    registry.write([brought], seen.version, generation=2)
    again = registry.read()
    assert list(again.rows) == [reference(number) for number in (1, 2, 3, 9)]
    assert again.header == seen.header
    row = registry.take([reference(9)], again.version).rows[0]
    assert (row.own["Theirs"], row.own["More"]) == ("one", "two")
