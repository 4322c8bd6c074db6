"""Merging a row: never loses what a person wrote, puts back what only the journal may say."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets.merge import Conflict, lost, merge_cell, merge_row
from sheets.model import Cell, Column
from sheets.text import same

COLUMNS = (
    Column("amount", {"en": "Amount"}, owner="journal", kind="money"),
    Column("status", {"en": "Status"}, owner="both", kind="status"),
    Column("paid_on", {"en": "Paid on"}, owner="both", kind="date"),
    Column("comment", {"en": "Comment"}, owner="people"),
)
KEYS = [column.key for column in COLUMNS]
CELLS = st.one_of(
    st.none(),
    st.sampled_from(["", "Paid", "On hold", "12", "25.11.2026", " Paid "]),
    st.sampled_from([Decimal(12), Decimal("12.0"), Decimal("12.5"), Decimal("1E+1")]),
    st.sampled_from([date(2026, 11, 25), date(2026, 11, 26)]),
)
ROWS = st.fixed_dictionaries(dict.fromkeys(KEYS, CELLS))
PARTIAL = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, CELLS))


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("a", "a", "a", "a"),
        ("a", "b", "a", "b"),
        ("a", "a", "b", "b"),
        ("a", "b", "b", "b"),
        ("a", "b", "c", Conflict("a", "b", "c")),
        (None, "a", "", "a"),
        (Decimal("12"), Decimal("13"), Decimal("12.00"), Decimal("13")),
    ],
)
def test_a_cell_is_merged_against_the_last_agreement(
    base: Cell, ours: Cell, theirs: Cell, expected: Cell | Conflict
) -> None:
    assert merge_cell(base, ours, theirs) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal("12.0"), Decimal("12")),
        (date(2026, 11, 25), "25.11.2026"),
        (date(2026, 11, 5), "5.11.2026"),
        (date(2026, 11, 25), "2026-11-25"),
        ("7707083893", Decimal(7707083893)),
        (None, "  "),
        ("a\r\nb", "a\nb"),
        ("a\x07b", "ab"),
        (Decimal("0.1") + Decimal("0.2"), Decimal(repr(0.3))),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_cells_that_a_sheet_cannot_tell_apart_are_the_same(one: Cell, other: Cell) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Paid", "paid"), (Decimal(12), "12,5"), (date(2026, 11, 25), "25.11"), ("044525225", "44525225")],
)
def test_cells_that_differ_differ(one: Cell, other: Cell) -> None:
    assert not same(one, other)


def test_a_journal_cell_typed_over_is_put_back_and_reported() -> None:
    agreed: dict[str, Cell] = {"amount": Decimal(10), "status": "Approved", "paid_on": None, "comment": None}
    merged = merge_row(agreed, agreed, agreed | {"amount": Decimal(1000)}, COLUMNS)
    assert (merged.write, merged.put_back, merged.edits) == ({"amount": Decimal(10)}, ("amount",), {})


def test_a_paid_mark_is_an_edit_and_is_left_standing() -> None:
    agreed: dict[str, Cell] = {"amount": Decimal(10), "status": "Approved", "paid_on": None, "comment": None}
    merged = merge_row(agreed, agreed, agreed | {"status": "Paid", "comment": "done"}, COLUMNS)
    assert merged.edits == {"status": ("Approved", "Paid"), "comment": (None, "done")}
    assert merged.write == {}


def test_both_sides_changed_the_status() -> None:
    agreed: dict[str, Cell] = {"amount": Decimal(10), "status": "Approved", "paid_on": None, "comment": None}
    merged = merge_row(agreed, agreed | {"status": "On hold"}, agreed | {"status": "Paid"}, COLUMNS)
    assert merged.edits == {"status": ("Approved", "Paid")}
    assert merged.conflicts == ("status",)
    assert merged.write == {}


def test_an_old_copy_saved_over_ours_is_no_edit() -> None:
    """Its cells stand as they were agreed at its own generation, so they only want bringing up to date."""
    then: dict[str, Cell] = {"amount": Decimal(10), "status": "Awaiting", "paid_on": None, "comment": None}
    now = then | {"amount": Decimal(12), "status": "Approved"}
    merged = merge_row(then, now, then, COLUMNS)
    assert (merged.edits, merged.put_back) == ({}, ())
    assert merged.write == {"amount": Decimal(12), "status": "Approved"}


def test_a_missing_column_is_left_out() -> None:
    merged = merge_row({}, {"amount": Decimal(1), "status": "Paid"}, {"status": "Paid"}, COLUMNS)
    assert merged.write == {}


@given(st.none() | PARTIAL, PARTIAL, PARTIAL)
def test_merge_never_loses_a_cell_that_a_person_changed(
    agreed: dict[str, Cell] | None, ours: dict[str, Cell], theirs: dict[str, Cell]
) -> None:
    merged = merge_row(agreed, ours, theirs, COLUMNS)
    for column in COLUMNS:
        key = column.key
        if column.owner == "journal" or key not in theirs:
            continue
        base = None if agreed is None else agreed.get(key)
        human = not same(base, theirs[key]) and not same(ours.get(key), theirs[key])
        assert (key in merged.edits) == human
        if human or column.owner == "people":
            assert key not in merged.write


@given(st.none() | ROWS, ROWS, ROWS)
def test_after_the_write_only_open_edits_differ_from_the_journal(
    agreed: dict[str, Cell] | None, ours: dict[str, Cell], theirs: dict[str, Cell]
) -> None:
    merged = merge_row(agreed, ours, theirs, COLUMNS)
    sheet = theirs | merged.write
    for column in COLUMNS:
        if column.owner != "people" and column.key not in merged.edits:
            assert same(sheet[column.key], ours[column.key])
    assert set(merged.put_back) <= set(merged.write)
    assert set(merged.conflicts) <= set(merged.edits)


@given(ROWS, ROWS)
def test_merging_what_was_merged_changes_nothing(ours: dict[str, Cell], theirs: dict[str, Cell]) -> None:
    sheet = theirs | merge_row(None, ours, theirs, COLUMNS).write
    again = merge_row(ours, ours, sheet, COLUMNS)
    assert again.write == {}
    assert again.put_back == ()


@pytest.mark.parametrize(
    ("known", "gone", "expected"),
    [(0, 0, "none"), (5, 0, "none"), (1, 1, "too_many"), (4, 3, "some"), (4, 4, "too_many"), (5, 2, "some"),
     (5, 3, "too_many"), (10, 5, "some"), (10, 6, "too_many")],
)  # fmt: skip
def test_how_many_lost_rows_are_too_many(known: int, gone: int, expected: str) -> None:
    everything = {str(number) for number in range(known)}
    seen = {str(number) for number in range(gone, known)} | {"stranger"}
    assert lost(everything, seen) == expected
