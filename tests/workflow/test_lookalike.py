"""Strangers who look like somebody of the roster."""

import pytest

from workflow.intake.lookalike import looks_like
from workflow.people import Member, Roster

ROSTER = Roster([Member("Антон Головин", "head@example.test", frozenset({"approver"}), "ru", ("anton@home.test",))])


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("head@examp1e.test", ""), ("head@exarnple.test", ""), ("hеad@example.test", ""), ("head@exmple.test", ""),
        ("anybody@free.test", "Головин Антон"), ("anybody@free.test", "антон  головин"),
    ],
)  # fmt: skip
def test_a_look_alike_is_named(address: str, name: str) -> None:
    assert looks_like(address, name, ROSTER).startswith("Антон Головин <")


@pytest.mark.parametrize(
    ("address", "name"), [("supplier@vendor.test", "ООО Ромашка"), ("ivan@example.test", "Иван Петров"), ("", "")]
)
def test_other_people_are_just_strangers(address: str, name: str) -> None:
    assert looks_like(address, name, ROSTER) == ""
