"""Which rule gives the route."""

from __future__ import annotations

from decimal import Decimal

import pytest

from helpers.world import ADA, ADAM, FIONA, OSCAR, RITA, Desk, form
from workflow.core.model import Field, Step
from workflow.core.policy import Policy, Rule, When

ONE, OTHER = Step("any", (ADAM,)), Step("any", (ADA,))


def policy(*rules: Rule) -> Policy:
    return Policy(rules, frozenset({ADAM, ADA}), (FIONA,), (OSCAR,))


def fields(amount: str = "100.00", currency: str = "RUB", inn: str = "7707083893") -> dict[str, Field]:
    return {"amount": Field(amount), "currency": Field(currency), "inn": Field(inn)}


BAND = When("RUB", Decimal(100), Decimal(200))


@pytest.mark.parametrize(("amount", "holds"), [("99.99", False), ("100.00", True), ("199.99", True), ("200.00", False)])
def test_a_band_holds_from_its_first_to_below_its_last(amount: str, holds: bool) -> None:
    assert BAND.holds(fields(amount), RITA) is holds


def test_a_band_holds_in_its_currency_alone() -> None:
    assert not BAND.holds(fields("150.00", "EUR"), RITA)


def test_rules_for_a_contractor_and_for_a_requester() -> None:
    assert When(contractor="7707083893").holds(fields(), RITA)
    assert not When(contractor="7707083893").holds(fields(inn=""), RITA)
    assert When(requester=RITA).holds(fields(), RITA)
    assert not When(requester=RITA).holds(fields(), ADAM)


def test_the_first_rule_that_holds_counts() -> None:
    chosen = policy(Rule(BAND, (ONE,)), Rule(When(), (OTHER,)))
    assert chosen.route(fields("150.00"), RITA) == (ONE,)
    assert chosen.route(fields("250.00"), RITA) == (OTHER,)


def test_without_a_rule_nobody_may_say_yes_rather_than_everybody() -> None:
    assert not policy().route(fields(), RITA)[0].can_be_filled


@pytest.mark.parametrize("kind", ["any", "all", "quorum"])
def test_a_step_without_people_is_never_filled(kind: str) -> None:
    step = Step(kind, (RITA, FIONA), 1)  # type: ignore[arg-type]
    assert not policy(Rule(When(), (step,))).route(fields(), RITA)[0].can_be_filled


def test_the_same_person_twice_in_a_rule_sits_once() -> None:
    step = Step("quorum", (ADAM, ADAM), 2)
    assert not policy(Rule(When(), (step,))).route(fields(), RITA)[0].can_be_filled


def test_the_route_of_a_version_is_frozen_when_it_starts() -> None:
    desk = Desk(policy(Rule(When(), (ONE,)))).opened(form())
    desk.policy = policy(Rule(When(), (OTHER,)))
    assert desk.request.route == (ONE,)
    desk.amend(amount="5000")
    assert desk.request.route == (OTHER,)
