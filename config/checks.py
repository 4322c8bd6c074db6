"""What must fit together in the settings file, beyond each value being good by itself.

These checks read the file as it was typed and step over what is not shaped as it should be (the models report that), so
that a wrong duration in one place does not hide a missing approver in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from config.parts import read_address, read_amount
from config.sections import Mailbox, Person, Rule

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the key as one writes it and a plain sentence."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class _Seat:
    """A person as far as the other tables refer to him."""

    key: str
    name: str
    email: str
    roles: frozenset[str]


def check_file(raw: Table) -> Iterator[Problem]:
    """Every problem between the keys of the file."""
    seats = _seats(raw)
    yield from _check_people(raw, seats)
    yield from _check_mailbox(_table(raw.get("mailbox")))
    yield from _check_registries(raw, seats)
    yield from _check_keywords(_table(raw.get("keywords")))
    yield from _check_rules(_tables(raw, "approval"), seats)


def find_warnings(people: Sequence[Person], rules: Sequence[Rule], mailbox: Mailbox) -> Iterator[Problem]:
    """What is allowed and yet likely to hurt."""
    roles = {role for person in people for role in person.roles}
    if "operator" not in roles:
        yield Problem("people", "nobody has the role operator: nobody hears of what is stuck")
    if "requester" not in roles:
        yield Problem("people", "nobody has the role requester: nobody may send a request")
    if not mailbox.authserv_id and mailbox.internal_header is None:
        yield Problem("mailbox.authserv_id", "is empty: senders are not checked, the reply's code alone decides")
    accountants = {person.email for person in people if "accountant" in person.roles}
    for number, rule in enumerate(rules, 1):
        for place, step in enumerate(rule.steps, 1):
            key = f"approval[{number}].steps[{place}]"
            for one in sorted(accountants.intersection(step.people)):
                yield Problem(key, f"{one} is also an accountant and will not be asked")


# people


def _seats(raw: Table) -> dict[str, _Seat]:
    """Everybody by each of his addresses; the first to name an address keeps it."""
    seats: dict[str, _Seat] = {}
    for key, person in _tables(raw, "people"):
        email = _address(person.get("email"))
        seat = _Seat(key, str(person.get("name", email)), email, frozenset(_words(person.get("roles"))))
        for address in (email, *_addresses(person.get("aliases"))):
            seats.setdefault(address, seat)
    seats.pop("", None)
    return seats


def _check_people(raw: Table, seats: Mapping[str, _Seat]) -> Iterator[Problem]:
    people = _tables(raw, "people")
    ours = {_address(_table(raw.get("mailbox")).get("address"))}
    ours.update(_addresses(_table(raw.get("mailbox")).get("former_addresses")))
    taken: set[str] = set()
    for key, person in people:
        named = [(f"{key}.email", _address(person.get("email")))]
        named += [(f"{key}.aliases", alias) for alias in _addresses(person.get("aliases"))]
        for place, address in named:
            if not address:
                continue
            if address in ours:
                yield Problem(place, f"{address} is an address of the mailbox itself; it cannot be a person's")
            if address in taken:
                yield Problem(place, f"{address} is named twice; every address belongs to one person")
            taken.add(address)
        yield from _repeated(f"{key}.roles", _words(person.get("roles")))
    if people:
        yield from _check_roles(seats)


def _check_roles(seats: Mapping[str, _Seat]) -> Iterator[Problem]:
    roles = {role for seat in seats.values() for role in seat.roles}
    if "approver" not in roles:
        yield Problem("people", "nobody has the role approver; at least one person needs it")
    if "accountant" not in roles:
        yield Problem("people", "nobody has the role accountant; at least one person needs it")


# mailbox


def _check_mailbox(mailbox: Table) -> Iterator[Problem]:
    ways = [key for key in ("password_file", "password_env", "oauth") if key in mailbox]
    if len(ways) > 1:
        yield Problem(f"mailbox.{ways[1]}", f"is a second way to sign in beside {ways[0]}; keep one of them")
    oauth = _table(mailbox.get("oauth"))
    if oauth.get("provider") == "microsoft":
        for key in ("tenant", "client_id"):
            if key not in oauth:
                yield Problem(f"mailbox.oauth.{key}", "is required for Microsoft")
        if not {"client_secret_file", "client_secret_env", "token_file"} & oauth.keys():
            yield Problem("mailbox.oauth.client_secret_file", "is required for Microsoft (or client_secret_env)")
    if oauth.get("provider") == "google" and "token_file" not in oauth:
        yield Problem("mailbox.oauth.token_file", "is required for Google: the key file of the service account")


# registry


def _check_registries(raw: Table, seats: Mapping[str, _Seat]) -> Iterator[Problem]:
    one = raw.get("registry")
    registries = [("registry", one)] if isinstance(one, dict) else _tables(raw, "registry")
    for key, registry in registries:
        yield from _check_kind(key, registry)
        yield from _check_condition(f"{key}.when", _table(registry.get("when")), seats)
    if len(registries) > 1:
        yield from _check_several(registries)


def _check_kind(key: str, registry: Table) -> Iterator[Problem]:
    kind = registry.get("kind", "excel")
    if kind == "google":
        for needed in ("spreadsheet", "credentials_file"):
            if needed not in registry:
                yield Problem(f"{key}.{needed}", "is required for a Google registry")
        if "path" in registry:
            yield Problem(f"{key}.path", "belongs to an Excel registry; a Google one is found by its spreadsheet")
    if kind == "excel":
        for foreign in ("spreadsheet", "credentials_file", "endpoint"):
            if foreign in registry:
                yield Problem(f"{key}.{foreign}", 'belongs to a Google registry; set kind = "google" or remove it')


def _check_several(registries: Sequence[tuple[str, Table]]) -> Iterator[Problem]:
    names: set[str] = set()
    places: set[tuple[str, str]] = set()
    for key, registry in registries:
        name = str(registry.get("name", "")).strip()
        if not name:
            yield Problem(f"{key}.name", "is required where there are several registries")
        elif name.lower() in names:
            yield Problem(f"{key}.name", f'"{name}" is taken by another registry; names must differ')
        names.add(name.lower())
        book = str(registry.get("spreadsheet") or registry.get("path", "registry.xlsx"))
        if (book, str(registry.get("worksheet", "Registry"))) in places:
            yield Problem(key, "writes to the same worksheet as another registry")
        places.add((book, str(registry.get("worksheet", "Registry"))))
    yield from _check_last([(key, {"when": {}, **registry}) for key, registry in registries], "registry")


# keywords


def _check_keywords(keywords: Table) -> Iterator[Problem]:
    meaning: dict[str, str] = {}
    for decision in ("approve", "reject", "return"):
        for word in _words(keywords.get(decision)):
            other = meaning.setdefault(word, decision)
            if other != decision:
                yield Problem(f"keywords.{decision}", f'"{word}" already means {other}; one word has one meaning')


# approval


def _check_rules(rules: Sequence[tuple[str, Table]], seats: Mapping[str, _Seat]) -> Iterator[Problem]:
    for key, rule in rules:
        yield from _check_condition(f"{key}.when", _table(rule.get("when")), seats)
        steps = rule.get("steps")
        for place, step in enumerate(steps if isinstance(steps, list) else [], 1):
            if isinstance(step, dict):
                yield from _check_step(f"{key}.steps[{place}]", step, seats)
    if rules:
        yield from _check_last(rules, "rule")


def _check_last(rules: Sequence[tuple[str, Table]], noun: str) -> Iterator[Problem]:
    """The last condition takes everything that is left, and no earlier one does."""
    for key, rule in rules[:-1]:
        if rule.get("when") == {}:
            yield Problem(f"{key}.when", f"takes every request, so the {noun} after it never applies; put it last")
    if rules[-1][1].get("when", {}) != {}:
        yield Problem(f"{rules[-1][0]}.when", f"the last {noun} must take everything that is left: when = {{}}")


def _check_condition(key: str, when: Table, seats: Mapping[str, _Seat]) -> Iterator[Problem]:
    bounds = [bound for bound in ("amount_from", "amount_to") if bound in when]
    if bounds and "currency" not in when:
        yield Problem(f"{key}.currency", f"is required beside {bounds[0]}: an amount needs its currency")
    low, high = (_amount(when.get(bound)) for bound in ("amount_from", "amount_to"))
    if low is not None and high is not None and low >= high:
        yield Problem(f"{key}.amount_to", f"must be more than amount_from ({low})")
    requester = _address(when.get("requester"))
    if requester and requester not in seats:
        yield Problem(f"{key}.requester", f"{requester} is not in [[people]]")
    elif requester and seats[requester].email != requester:
        yield Problem(f"{key}.requester", f"{requester} is an alias; name the main address {seats[requester].email}")


def _check_step(key: str, step: Table, seats: Mapping[str, _Seat]) -> Iterator[Problem]:
    kinds = [kind for kind in ("any", "all", "of") if kind in step]
    if len(kinds) != 1:
        yield Problem(key, "must be exactly one of { any = [...] }, { all = [...] } or { quorum = 2, of = [...] }")
        return
    kind = kinds[0]
    people = _addresses(step.get(kind))
    if isinstance(step.get(kind), list) and not step[kind]:
        yield Problem(f"{key}.{kind}", "must name at least one person")
    yield from _check_quorum(key, kind, step, len(people))
    yield from _repeated(f"{key}.{kind}", people)
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


def _check_member(key: str, address: str, seats: Mapping[str, _Seat]) -> Iterator[Problem]:
    seat = seats.get(address)
    if seat is None:
        yield Problem(key, f"{address} is not in [[people]]")
    elif seat.email != address:
        yield Problem(key, f"{address} is an alias; name the main address {seat.email}")
    elif "approver" not in seat.roles:
        yield Problem(key, f"{address} stands in a route but does not have the role approver")


# what was typed, as far as it has the right shape


def _table(value: object) -> Table:
    return value if isinstance(value, dict) else {}


def _tables(raw: Table, name: str) -> list[tuple[str, Table]]:
    listed = raw.get(name)
    if not isinstance(listed, list):
        return []
    return [(f"{name}[{number}]", one) for number, one in enumerate(listed, 1) if isinstance(one, dict)]


def _words(value: object) -> list[str]:
    """The words of a list; a lone word, which the models report, is meant as a list of one."""
    listed = value if isinstance(value, list) else [value]
    return [word.strip().lower() for word in listed if isinstance(word, str)]


def _address(value: object) -> str:
    """The address as it is compared; one that cannot be read is reported by the models and left out here."""
    try:
        return read_address(value)
    except ValueError:
        return ""


def _addresses(value: object) -> list[str]:
    return [address for one in value if (address := _address(one))] if isinstance(value, list) else []


def _amount(value: object) -> Decimal | None:
    try:
        return None if value is None else read_amount(value)
    except ValueError:
        return None


def _repeated(key: str, words: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            yield Problem(key, f"{word} is named twice")
        seen.add(word)
