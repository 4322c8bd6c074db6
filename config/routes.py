"""The checks of the approval rules: every request finds a rule, every step can be passed by people who may approve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from config.typed import Problem, Seat, Table, address_in, addresses_in, amount_in, repeated, table_in


def check_rules(rules: Sequence[tuple[str, Table]], seats: Mapping[str, Seat]) -> Iterator[Problem]:
    for key, rule in rules:
        yield from check_condition(f"{key}.when", table_in(rule.get("when")), seats)
        steps = rule.get("steps")
        for place, step in enumerate(steps if isinstance(steps, list) else [], 1):
            if isinstance(step, dict):
                yield from _check_step(f"{key}.steps[{place}]", step, seats)
    if rules:
        yield from check_last(rules, "rule")


def check_last(rules: Sequence[tuple[str, Table]], noun: str) -> Iterator[Problem]:
    """The last condition takes everything that is left, and no earlier one does."""
    for key, rule in rules[:-1]:
        if rule.get("when") == {}:
            yield Problem(f"{key}.when", f"takes every request, so the {noun} after it never applies; put it last")
    if rules[-1][1].get("when", {}) != {}:
        yield Problem(f"{rules[-1][0]}.when", f"the last {noun} must take everything that is left: when = {{}}")


def check_condition(key: str, when: Table, seats: Mapping[str, Seat]) -> Iterator[Problem]:
    bounds = [bound for bound in ("amount_from", "amount_to") if bound in when]
    if bounds and "currency" not in when:
        yield Problem(f"{key}.currency", f"is required beside {bounds[0]}: an amount needs its currency")
    low, high = (amount_in(when.get(bound)) for bound in ("amount_from", "amount_to"))
    if low is not None and high is not None and low >= high:
        yield Problem(f"{key}.amount_to", f"must be more than amount_from ({low})")
    requester = address_in(when.get("requester"))
    if requester and requester not in seats:
        yield Problem(f"{key}.requester", f"{requester} is not in [[people]]")
    elif requester and seats[requester].email != requester:
        yield Problem(f"{key}.requester", f"{requester} is an alias; name the main address {seats[requester].email}")


def _check_step(key: str, step: Table, seats: Mapping[str, Seat]) -> Iterator[Problem]:
    kinds = [kind for kind in ("any", "all", "of") if kind in step]
    if len(kinds) != 1:
        yield Problem(key, "must be exactly one of { any = [...] }, { all = [...] } or { quorum = 2, of = [...] }")
        return
    kind = kinds[0]
    people = addresses_in(step.get(kind))
    if isinstance(step.get(kind), list) and not step[kind]:
        yield Problem(f"{key}.{kind}", "must name at least one person")
    yield from _check_quorum(key, kind, step, len(people))
    yield from repeated(f"{key}.{kind}", people)
    for address in dict.fromkeys(people):
        yield from _check_member(f"{key}.{kind}", address, seats)


def _check_quorum(key: str, kind: str, step: Table, people: int) -> Iterator[Problem]:
    quorum = step.get("quorum")
    if kind != "of" and "quorum" in step:
        yield Problem(f"{key}.quorum", f'goes with "of", not with "{kind}"')
    elif kind == "of" and "quorum" not in step:
        yield Problem(f"{key}.quorum", "is required beside of: how many of them must approve")
    elif isinstance(quorum, int) and people and quorum > people:
        yield Problem(f"{key}.quorum", f"must be between 1 and {people}, the number of people named")


def _check_member(key: str, address: str, seats: Mapping[str, Seat]) -> Iterator[Problem]:
    seat = seats.get(address)
    if seat is None:
        yield Problem(key, f"{address} is not in [[people]]")
    elif seat.email != address:
        yield Problem(key, f"{address} is an alias; name the main address {seat.email}")
    elif "approver" not in seat.roles:
        yield Problem(key, f"{address} stands in a route but does not have the role approver")


