"""The set-up at Google: one batch, and everything people find on the first day."""

from pathlib import Path
from typing import Any

import pytest

from helpers.registry_cast import added, layout, reference, view
from helpers.sheets_grid import GridSheet
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.errors import RegistryBroken, RegistryError
from sheets.google import GoogleRegistry
from sheets.model import Change


@pytest.fixture
def registry(google: SheetsServer, tmp_path: Path) -> GoogleRegistry:
    """A registry with two rows."""
    made = at_google(google, layout(), tmp_path)
    made.create([added(1), added(2, status=0)], generation=1, identity="house", views=[view("today", range(1, 2))])
    return made


def sheet(google: SheetsServer, title: str = "Registry") -> GridSheet:
    return google.spreadsheet.named(title)


def text(google: SheetsServer, title: str, row: int, column: int) -> Any:
    cell = sheet(google, title).lines[row].cells.get(column, {})
    return next(iter(cell.get("userEnteredValue", {}).values()), None)


def test_it_is_made_by_one_batch(registry: GoogleRegistry, google: SheetsServer) -> None:
    assert google.asked("batchUpdate") == 1
    assert [made.title for made in google.spreadsheet.sheets] == ["Registry", "Today", "Week", "Month", "Sheet1"]


def test_the_header_is_frozen_with_the_references(registry: GoogleRegistry, google: SheetsServer) -> None:
    assert sheet(google).grid["frozenRowCount"] == 1
    assert sheet(google).grid["frozenColumnCount"] == 1
    assert sheet(google, "Today").grid["frozenRowCount"] == 2
    assert text(google, "Registry", 0, 0) == "Reference"


def test_journal_columns_warn_and_people_s_do_not(registry: GoogleRegistry, google: SheetsServer) -> None:
    protected = sheet(google).protected
    assert all(area["warningOnly"] and "is put back" in area["description"] for area in protected)
    covered = {
        at for area in protected
        for at in range(area["range"]["startColumnIndex"], area["range"]["endColumnIndex"])
    }  # fmt: skip
    columns = registry.layout.columns
    assert covered == {at for at, column in enumerate(columns) if column.owner == "journal"}
    assert all(area["range"]["startRowIndex"] == 1 for area in protected)


def test_status_has_a_drop_down_that_lets_other_words_in(registry: GoogleRegistry, google: SheetsServer) -> None:
    rule = sheet(google).choices[0]["rule"]
    assert [word["userEnteredValue"] for word in rule["condition"]["values"]] == list(registry.layout.status_words)
    assert not rule["strict"]


def test_numbers_and_dates_are_real_and_look_so(registry: GoogleRegistry, google: SheetsServer) -> None:
    cells = sheet(google).lines[1].cells
    header = registry.read().header
    amount, due, inn = (cells[header[key] - 1] for key in ("amount", "pay_by", "inn"))
    assert amount["userEnteredValue"] == {"numberValue": 1000.5}
    assert amount["userEnteredFormat"]["numberFormat"] == {"type": "NUMBER", "pattern": "#,##0.00"}
    assert due["userEnteredValue"] == {"numberValue": 46349.0}
    assert due["userEnteredFormat"]["numberFormat"] == {"type": "DATE", "pattern": "dd.mm.yyyy"}
    assert inn["userEnteredValue"] == {"stringValue": "7707083893"}
    assert inn["userEnteredFormat"]["numberFormat"] == {"type": "TEXT"}


def test_the_filter_and_a_filter_view_show_what_is_approved(registry: GoogleRegistry, google: SheetsServer) -> None:
    made = sheet(google)
    assert made.filter is not None
    hidden = made.filter["filterSpecs"][0]["filterCriteria"]["hiddenValues"]
    assert "Draft" in hidden
    assert "Approved for payment" not in hidden
    assert [own["title"] for own in made.filter_views] == ["Approved for payment"]
    assert [line.by_filter for line in made.lines[1:3]] == [False, True]


def test_colours_need_no_separator_of_arguments(registry: GoogleRegistry, google: SheetsServer) -> None:
    rules = [rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for rule in sheet(google).rules]
    assert len(rules) == 5
    assert all(formula.startswith("=") and "," not in formula and ";" not in formula for formula in rules)
    assert any("TODAY()" in formula and "Согласован к оплате" in formula for formula in rules)


def test_hidden_marks_name_the_rows(registry: GoogleRegistry, google: SheetsServer) -> None:
    marks = [[mark["metadataValue"] for mark in line.marks] for line in sheet(google).lines[:4]]
    assert marks == [[], [reference(1)], [reference(2)], []]


def test_a_view_shows_its_rows_and_sums(registry: GoogleRegistry, google: SheetsServer) -> None:
    lines = [[text(google, "Today", row, column) for column in (0, 4, 5)] for row in range(5)]
    assert lines[0][0] == "To be paid today"
    assert lines[1] == ["Reference", "Amount", "Currency"]
    assert lines[2] == [reference(1), 1000.5, "RUB"]
    assert lines[3] == [None, 1000.5, "RUB"]
    assert lines[4] == [None, None, None]
    assert text(google, "Week", 2, 0) == "Nothing to pay."


def test_links_lead_only_to_addresses(registry: GoogleRegistry, google: SheetsServer) -> None:
    column = registry.read().header["materials"] - 1
    assert "textFormat" not in sheet(google).lines[1].cells[column]["userEnteredFormat"]  # a path on disk
    change = Change(reference(1), {"materials": "Open"}, {"materials": "https://files.example.test/1/index.html"})
    registry.write([change], registry.read().version, generation=2)
    link = sheet(google).lines[1].cells[column]["userEnteredFormat"]["textFormat"]["link"]
    assert link == {"uri": "https://files.example.test/1/index.html"}


def test_an_empty_sheet_of_its_name_is_no_registry_yet(google: SheetsServer, tmp_path: Path) -> None:
    google.spreadsheet.sheets[0].title = "Registry"
    registry = at_google(google, layout(), tmp_path)
    assert not registry.exists()
    registry.create([added(1)], generation=1)
    assert list(registry.read().rows) == [reference(1)]


def test_somebody_s_own_sheet_of_its_name_is_not_touched(google: SheetsServer, tmp_path: Path) -> None:
    google.spreadsheet.sheets[0].title = "Registry"
    AtSpreadsheet(google, layout()).put(1, 1, "mine")
    registry = at_google(google, layout(), tmp_path)
    assert registry.exists()
    with pytest.raises(RegistryBroken, match="no header row"):
        registry.read()


def test_the_old_worksheet_is_set_aside(registry: GoogleRegistry, google: SheetsServer) -> None:
    AtSpreadsheet(google, registry.layout).type_in(reference(1), "comment", "do not lose this")
    registry.create([added(3)], generation=5, identity="house", replace=True)
    old = next(made for made in google.spreadsheet.sheets if made.title.startswith("Registry 20"))
    comment = registry.read().header["comment"] - 1
    assert old.lines[1].cells[comment]["userEnteredValue"] == {"stringValue": "do not lose this"}
    snapshot = registry.read()
    assert (snapshot.generation, list(snapshot.rows)) == (5, [reference(3)])
    assert sum(made.title == "Today" for made in google.spreadsheet.sheets) == 1


def test_many_rows_come_in_parts_and_only_then_take_the_name(google: SheetsServer, tmp_path: Path) -> None:
    registry = at_google(google, layout(), tmp_path)
    rows = [added(number) for number in range(1, 1203)]
    google.fail("batchUpdate", 403)
    google.faults[0].times = 1
    with pytest.raises(RegistryError):
        registry.create(rows, generation=1)
    assert not registry.exists()
    registry.create(rows, generation=1)
    snapshot = registry.read()
    assert len(snapshot.rows) == 1202
    assert snapshot.rows[reference(1202)].place == 1203
    assert google.asked("batchUpdate") == 5
    assert not any("…" in made.title for made in google.spreadsheet.sheets)


def test_what_a_crash_left_half_made_is_taken_away(google: SheetsServer, tmp_path: Path) -> None:
    rows = [added(number) for number in range(1, 1203)]
    first = at_google(google, layout(), tmp_path)
    calls = iter([None, RegistryError("the process dies here")])
    send = first._send

    def dying(*args: Any) -> Any:
        failure = next(calls)
        if failure is not None:
            raise failure
        return send(*args)

    first._send = dying  # type: ignore[method-assign]
    with pytest.raises(RegistryError, match="dies"):
        first.create(rows, generation=1)
    second = at_google(google, layout(), tmp_path)
    assert not second.exists()
    second.create([added(1)], generation=1)
    assert [made.title for made in google.spreadsheet.sheets] == ["Registry", "Today", "Week", "Month", "Sheet1"]
