"""What must fit together in the settings file, beyond each value being good by itself.

These checks read the file as it was typed and step over what is not shaped as it should be (the models report that), so
that a wrong duration in one place does not hide a missing approver in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec

from config.routes import check_condition, check_last, check_rules
from config.sections import Mailbox, Person, RegistrySettings, Rule
from config.typed import (
    Problem,
    Seat,
    Table,
    address_in,
    addresses_in,
    repeated,
    seats_of,
    table_in,
    tables_of,
    words_in,
)


def check_file(raw: Table) -> Iterator[Problem]:
    """Every problem between the keys of the file."""
    seats = seats_of(raw)
    yield from _check_people(raw)
    yield from _check_mailbox(table_in(raw.get("mailbox")))
    yield from _check_registries(raw, seats)
    yield from _check_materials(raw)
    yield from _check_keywords(table_in(raw.get("keywords")))
    yield from _check_health(table_in(raw.get("health")))
    yield from _check_confirmers(table_in(raw.get("controls")), seats)
    yield from check_rules(tables_of(raw, "approval"), seats)


def find_warnings(
    people: Sequence[Person], rules: Sequence[Rule], mailbox: Mailbox, registries: Sequence[RegistrySettings]
) -> Iterator[Problem]:
    """What is allowed and yet likely to hurt."""
    roles = {role for person in people for role in person.roles}
    if "operator" not in roles:
        yield Problem("people", "nobody has the role operator: nobody hears of what is stuck")
    if "requester" not in roles:
        yield Problem("people", "nobody has the role requester: nobody may send a request")
    if not mailbox.authserv_id and mailbox.internal_header is None and not mailbox.dkim:
        yield Problem("mailbox.authserv_id", "is empty: senders are not checked, the reply's code alone decides")
    for registry in registries:
        for key in sorted(_FOREIGN[registry.kind] & registry.model_fields_set):
            yield Problem(f"registry.{key}", f"means nothing to a registry of the kind {registry.kind}")
    yield from _accountants_asked(people, rules)


_FOREIGN = {"excel": {"spreadsheet", "credentials_file", "endpoint"}, "google": {"path", "lock_stale_after"}}


def _accountants_asked(people: Sequence[Person], rules: Sequence[Rule]) -> Iterator[Problem]:
    accountants = {person.email for person in people if "accountant" in person.roles}
    for number, rule in enumerate(rules, 1):
        for place, step in enumerate(rule.steps, 1):
            key = f"approval[{number}].steps[{place}]"
            for one in sorted(accountants.intersection(step.people)):
                yield Problem(key, f"{one} is also an accountant and will not be asked")


def _check_health(health: Table) -> Iterator[Problem]:
    if "email" in health and "smtp" not in health:
        yield Problem("health.smtp", "is required for health.email: the mail server that is not the mailbox's")
    if "smtp" in health and "email" not in health:
        yield Problem("health.email", "is required for health.smtp: who is written to")
    if "webhook_token_file" in health and "webhook_token_env" in health:
        yield Problem("health.webhook_token_env", "stands beside webhook_token_file: keep one of them")


def _check_confirmers(controls: Table, seats: Mapping[str, Seat]) -> Iterator[Problem]:
    for number, address in enumerate(addresses_in(controls.get("confirm")), 1):
        if address and address not in seats:
            yield Problem(f"controls.confirm[{number}]", f"{address} does not stand in [[people]]")


# people


def _check_people(raw: Table) -> Iterator[Problem]:
    people = tables_of(raw, "people")
    ours = {address_in(table_in(raw.get("mailbox")).get("address"))}
    ours.update(addresses_in(table_in(raw.get("mailbox")).get("former_addresses")))
    taken: set[str] = set()
    for key, person in people:
        named = [(f"{key}.email", address_in(person.get("email")))]
        named += [(f"{key}.aliases", alias) for alias in addresses_in(person.get("aliases"))]
        for place, address in named:
            if not address:
                continue
            if address in ours:
                yield Problem(place, f"{address} is an address of the mailbox itself; it cannot be a person's")
            if address in taken:
                yield Problem(place, f"{address} is named twice; every address belongs to one person")
            taken.add(address)
        yield from repeated(f"{key}.roles", words_in(person.get("roles")))
    if people:
        yield from _check_roles({role for _, person in people for role in words_in(person.get("roles"))})


def _check_roles(roles: set[str]) -> Iterator[Problem]:
    if "approver" not in roles:
        yield Problem("people", "nobody has the role approver; at least one person needs it")
    if "accountant" not in roles:
        yield Problem("people", "nobody has the role accountant; at least one person needs it")


# mailbox


def _check_mailbox(mailbox: Table) -> Iterator[Problem]:
    ways = [key for key in ("password_file", "password_env", "oauth") if key in mailbox]
    if len(ways) > 1:
        yield Problem(f"mailbox.{ways[1]}", f"is a second way to sign in beside {ways[0]}; keep one of them")
    if mailbox.get("dkim") is True and not (find_spec("dkim") and find_spec("dns")):
        install = '.venv/bin/pip install -e ".[dkim]"'
        yield Problem("mailbox.dkim", f"needs packages that are not there; in the program's folder: {install}")
    oauth = table_in(mailbox.get("oauth"))
    if oauth.get("provider") == "microsoft":
        for key in ("tenant", "client_id"):
            if key not in oauth:
                yield Problem(f"mailbox.oauth.{key}", "is required for Microsoft")
        if not {"client_secret_file", "client_secret_env"} & oauth.keys():
            yield Problem("mailbox.oauth.client_secret_file", "is required for Microsoft (or client_secret_env)")
    if oauth.get("provider") == "google" and "token_file" not in oauth:
        yield Problem("mailbox.oauth.token_file", "is required for Google: the key file of the service account")


# registry

LONGEST_NAME = 40


def _check_registries(raw: Table, seats: Mapping[str, Seat]) -> Iterator[Problem]:
    one = raw.get("registry")
    registries = [("registry", one)] if isinstance(one, dict) else tables_of(raw, "registry")
    for key, registry in registries:
        yield from _check_kind(key, registry)
        yield from check_condition(f"{key}.when", table_in(registry.get("when")), seats)
    if len(registries) > 1:
        yield from _check_several(registries)


def _check_kind(key: str, registry: Table) -> Iterator[Problem]:
    if registry.get("kind", "excel") == "google":
        for needed in ("spreadsheet", "credentials_file"):
            if needed not in registry:
                yield Problem(f"{key}.{needed}", "is required for a Google registry")


def _check_materials(raw: Table) -> Iterator[Problem]:
    materials = table_in(raw.get("materials"))
    if str(materials.get("kind", "folder")).strip().lower() != "drive":
        return
    folder = materials.get("drive_folder")
    if folder is None:
        yield Problem("materials.drive_folder", "is required for materials on Google Drive: the folder's ID or address")
    elif isinstance(folder, str) and not _DRIVE_FOLDER.search(folder.strip()):
        yield Problem("materials.drive_folder", "is no ID and no address of a folder (https://drive.google.com/drive/folders/…)")
    one = raw.get("registry")
    registries = [one] if isinstance(one, dict) else [table for _, table in tables_of(raw, "registry")]
    if not any("credentials_file" in table for table in (materials, *registries)):
        yield Problem("materials.credentials_file", "is required for Google Drive where no Google registry has one")


_DRIVE_FOLDER = re.compile(r"^[\w-]+$|/folders/[\w-]+|[?&]id=[\w-]+")


def _check_several(registries: Sequence[tuple[str, Table]]) -> Iterator[Problem]:
    names: set[str] = set()
    places: set[tuple[str, str]] = set()
    for key, registry in registries:
        name = str(registry.get("name", "")).strip()
        if not name:
            yield Problem(f"{key}.name", "is required where there are several registries")
        elif name.lower() in names:
            yield Problem(f"{key}.name", f'"{name}" is taken by another registry; names must differ')
        elif len(name) > LONGEST_NAME or "/" in name:
            yield Problem(f"{key}.name", f"must have at most {LONGEST_NAME} characters and no /")
        names.add(name.lower())
        book = str(registry.get("spreadsheet") or registry.get("path", "registry.xlsx"))
        if (book, str(registry.get("worksheet", "Registry"))) in places:
            yield Problem(key, "writes to the same worksheet as another registry")
        places.add((book, str(registry.get("worksheet", "Registry"))))
    yield from check_last([(key, {"when": {}, **registry}) for key, registry in registries], "registry")


# keywords


def _check_keywords(keywords: Table) -> Iterator[Problem]:
    meaning: dict[str, str] = {}
    for decision in ("approve", "reject", "return"):
        for word in words_in(keywords.get(decision)):
            other = meaning.setdefault(word, decision)
            if other != decision:
                yield Problem(f"keywords.{decision}", f'"{word}" already means {other}; one word has one meaning')
