"""Rows leave an online sheet for an archive worksheet beside it, whatever people do that very moment."""

from dataclasses import replace
from pathlib import Path

import pytest

from helpers.registry_cast import added, layout, reference
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.errors import RegistryChanged
from sheets.google import GoogleRegistry

PLAN = layout("en")
ARCHIVE = replace(PLAN, worksheet="Archive 2026", views=(), view_columns=(), shown_words=())
Place = tuple[GoogleRegistry, AtSpreadsheet]


@pytest.fixture
def place(google: SheetsServer, tmp_path: Path) -> Place:
    registry = at_google(google, PLAN, tmp_path)
    registry.create([added(number) for number in range(1, 6)], generation=1)
    person = AtSpreadsheet(google, PLAN)
    person.put(1, 36, "Mine")
    for number in range(1, 6):
        person.put(number + 1, 36, f"own of {number}")
    return registry, person


def own(person: AtSpreadsheet) -> dict[str, str]:
    """What stands in people's own column, by reference."""
    found = {}
    for line in person.sheet.lines[1:]:
        values = {at: str(next(iter(cell["userEnteredValue"].values()))) for at, cell in line.cells.items()
                  if cell.get("userEnteredValue")}  # fmt: skip
        if values:
            found[values.get(0, "")] = values.get(35, "")
    return found


def test_the_archive_is_a_worksheet_beside_with_formats_and_notes(
    google: SheetsServer, place: Place, tmp_path: Path
) -> None:
    registry, person = place
    cell = person.sheet.lines[2].cells[35]
    cell |= {"note": "ask first", "userEnteredFormat": {"backgroundColorStyle": {"rgbColor": {"red": 1}}}}
    person._edited()
    seen = registry.read().version
    taken = registry.take([reference(2)], seen)
    archive = at_google(google, ARCHIVE, tmp_path)
    archive.create(taken.rows, generation=1)
    registry.write((), seen, generation=2, remove=[reference(2)])
    assert list(registry.read().rows) == [reference(number) for number in (1, 3, 4, 5)]
    assert list(archive.read().rows) == [reference(2)]
    moved = archive.take([reference(2)], archive.read().version).rows[0]
    assert moved.own["Mine"] == "own of 2"
    assert "ask first" in moved.looks["Mine"]
    assert "backgroundColorStyle" in moved.looks["Mine"]


def test_a_row_that_a_formula_points_at_alone_stays(place: Place) -> None:
    registry, person = place
    person.sheet.lines[20].cells[5] = {"userEnteredValue": {"formulaValue": "=F3*2+SUM(F2:F6)"}}
    person._edited()
    seen = registry.read().version
    taken = registry.take([reference(1), reference(2)], seen)
    assert [row.reference for row in taken.rows] == [reference(1)]


@pytest.mark.parametrize("happening", ["inserted above", "sorted", "inserted below", "typed", "nothing"])
def test_whatever_happens_while_rows_leave_nothing_of_others_is_lost(
    google: SheetsServer, place: Place, happening: str
) -> None:
    registry, person = place
    person.put(9, 36, "a remark of hers")
    seen = registry.read().version
    taken = registry.take([reference(2), reference(4)], seen)
    assert len(taken.rows) == 2

    def happen() -> None:
        match happening:
            case "inserted above":
                person.insert_rows(2)
            case "inserted below":
                person.insert_rows(3)
                person.put(3, 36, "new of hers")
            case "sorted":
                person.sort(lambda line: str(line.cells.get(0))[::-1], below=0)
            case "typed":
                person.type_in(reference(3), "comment", "just now")

    google.between = happen
    if happening == "nothing":
        registry.write((), seen, generation=2, remove=[reference(2), reference(4)])
    else:
        with pytest.raises(RegistryChanged):
            registry.write((), seen, generation=2, remove=[reference(2), reference(4)])
    google.between = lambda: None
    left = own(person)
    assert left.items() >= {reference(number): f"own of {number}" for number in (1, 3, 5)}.items()
    assert "a remark of hers" in left.values()
    assert len([name for name in left if name == reference(3)]) == 1
    if happening == "typed":
        assert registry.read().rows[reference(3)].cells["comment"] == "just now"


def test_no_more_rows_than_fit_one_call_are_taken_at_once(place: Place) -> None:
    registry, _ = place
    seen = registry.read().version
    assert len(registry.take([reference(number) for number in range(1, 6)], seen).rows) == 5
    assert registry.take(["PAY-2026-99999"], seen).rows == ()


@pytest.mark.parametrize("after", [False, True])
def test_an_answer_that_was_lost_takes_no_other_rows_out(google: SheetsServer, place: Place, after: bool) -> None:
    registry, _ = place
    seen = registry.read().version
    registry.take([reference(2)], seen)
    google.fail("batchUpdate", after=after)
    registry.write((), seen, generation=2, remove=[reference(2)])
    snapshot = registry.read()
    assert list(snapshot.rows) == [reference(number) for number in (1, 3, 4, 5)]
    assert snapshot.generation == 2
