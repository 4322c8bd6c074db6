"""What becomes of addresses when the rows 5, 7 and 8 are taken out."""

import pytest

from sheets.shift import Anchor, Cut, Unsure, shift_formula


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SUM($F$5:$F$16)", "SUM($F$5:$F$13)"),
        ("F9*2+LOG10(A9)", "F6*2+LOG10(A6)"),
        ('"F9"&F9', '"F9"&F6'),
        ("'Registry'!F9+Plan!F9+[1]Registry!F9", "'Registry'!F6+Plan!F9+[1]Registry!F9"),
        ("Table1[F9]+Tab[[#This Row],[Q9]]", "Table1[F9]+Tab[[#This Row],[Q9]]"),
        ("9:9", "6:6"),
        ("$1:$4", "$1:$4"),
        ("F:F", "F:F"),
        ("A2:A1048576", "A2:A1048573"),
        ("IF(B9=\"\",1,C10)", "IF(B6=\"\",1,C7)"),
        ("my.name9+F9", "my.name9+F6"),
    ],
)  # fmt: skip
def test_a_formula_points_where_it_did(before: str, after: str) -> None:
    wanted = after.replace("A1048573", "A1048576")  # what reaches the end of the sheet does so still
    assert shift_formula(before, Cut.of([5, 7, 8]), "Registry", here=True) == wanted


def test_a_bare_address_on_another_sheet_is_not_ours() -> None:
    assert shift_formula("F9+Registry!F9", Cut.of([5]), "Registry", here=False) == "F9+Registry!F8"


@pytest.mark.parametrize("formula", ["F5", "SUM(F7:F8)", "$A$5:$C$5", "7:8"])
def test_rows_that_a_formula_points_at_alone_must_stay(formula: str) -> None:
    cut = Cut.of([5, 7, 8])
    assert shift_formula(formula, cut, "Registry", here=True) == formula
    assert cut.lost


@pytest.mark.parametrize("formula", ["SUM(Plan:Registry!A1)", "SUM('Plan:Registry'!A1)"])
def test_a_formula_over_several_sheets_is_not_touched(formula: str) -> None:
    with pytest.raises(Unsure):
        shift_formula(formula, Cut.of([5]), "Registry", here=False)


def test_in_a_format_relative_rows_go_with_its_first_cell() -> None:
    cut = Cut.of([5])
    assert shift_formula('$B5="x"', cut, "Registry", here=True, anchor=Anchor(5, 5)) == '$B5="x"'
    assert shift_formula('$B9="x"', cut, "Registry", here=True, anchor=Anchor(9, 8)) == '$B8="x"'
    assert shift_formula("$F$9>F9", cut, "Registry", here=True, anchor=Anchor(9, 8)) == "$F$8>F8"
    assert cut.lost == set()


def test_blocks_shrink_move_and_end_with_the_sheet() -> None:
    cut = Cut.of([5, 7, 8])
    assert cut.blocks("A1:C9 B5 D7:D8 E9 F2:F1048576") == "A1:C6 E6 F2:F1048576"
    assert [cut.row(number) for number in (4, 5, 6, 7, 9)] == [4, 5, 5, 6, 6]
