"""Answers to a daily list, read line by line."""

import pytest

from workflow.digest import read_digest
from workflow.keywords import Action, Decision, read_decision

ALLOWED = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN})


def judge(text: str) -> Decision:
    return read_decision(text, allowed=ALLOWED)


def said(text: str, lines: int = 7) -> dict[int, str]:
    return {number: order.action.value for number, order in read_digest(text, lines, judge).orders.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("APPROVE 1, 3, 5-7; REJECT 2: too dear",
         {1: "approve", 3: "approve", 5: "approve", 6: "approve", 7: "approve", 2: "reject"}),
        ("СОГЛАСОВАНО 1,3; ОТКАЗАНО 2 дорого", {1: "approve", 3: "approve", 2: "reject"}),
        ("1 СОГЛАСОВАНО\n2. ОТКАЗАНО дорого, 15 000 много", {1: "approve", 2: "reject"}),
        ("Добрый день!\nсогласовано 1 и 2", {1: "approve", 2: "approve"}),
        ("Согласовано все", dict.fromkeys(range(1, 8), "approve")),
        ("ВЕРНУТЬ 4: нет акта", {4: "return"}),
        ("СОГЛАСОВАНО 1, 9", {1: "approve"}),
    ],
)  # fmt: skip
def test_each_statement_decides_the_lines_it_names(text: str, expected: dict[int, str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "не согласовано 1", "согласовано 1, но после проверки", "согласовано 1?", "СОГЛАСОВАНО 1-3, кроме 2",
        "Согласовано 1\nне раньше пятницы", "СОГЛАСОВАНО", "APPROVE", "approve 1\nreject 1", "Иванов согласовал 1",
    ],
)  # fmt: skip
def test_a_doubtful_yes_approves_no_line(text: str) -> None:
    assert "approve" not in said(text).values()


def test_a_number_that_is_not_listed_voids_only_itself() -> None:
    reading = read_digest("СОГЛАСОВАНО 2, 12", 7, judge)
    assert list(reading.orders) == [2]
    assert reading.unknown == [12]


def test_the_comment_of_a_line_is_kept() -> None:
    assert read_digest("REJECT 2: too dear", 3, judge).orders[2].comment == "too dear"
