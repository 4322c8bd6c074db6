"""Who plays in the demo, and the settings file that makes them a company."""

from __future__ import annotations

from dataclasses import dataclass

MAILBOX = "payments@example.test"
PASSWORD = "demo"
DOMAIN = "@example.test"


@dataclass(frozen=True, slots=True)
class Player:
    """One person of the story; `language` is the one of his mail."""

    name: str
    email: str
    roles: tuple[str, ...]


RITA = Player("Рита Орлова", "manager@example.test", ("requester",))
ANTON = Player("Антон Головин", "head@example.test", ("approver",))
DINA = Player("Дина Верхова", "director@example.test", ("approver",))
FAINA = Player("Фаина Счетова", "accounting@example.test", ("accountant",))
OLEG = Player("Олег Сторожев", "operator@example.test", ("operator",))
STAFF = (RITA, ANTON, DINA, FAINA, OLEG)
CONTRACTOR = "buh@romashka.test"

USERS = {player.email: PASSWORD for player in STAFF} | {MAILBOX: PASSWORD, CONTRACTOR: PASSWORD}


def settings_text(language: str, imap_port: int, smtp_port: int) -> str:
    """A settings file as `init` might write it, with a short delay after a paid mark."""
    people = "\n".join(
        f'[[people]]\nname = "{player.name}"\nemail = "{player.email}"\n'
        f'roles = ["{player.roles[0]}"]\nlanguage = "{language}"\n'
        for player in STAFF
    )
    return f"""# The demo's settings; every key is explained in config/countersign.example.toml.
language = "{language}"

[company]
name = "ООО «Северный ветер»"
inn = "7707083893"

[mailbox]
address = "{MAILBOX}"
imap = {{ host = "127.0.0.1", port = {imap_port}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {smtp_port}, security = "none" }}
password_file = "secrets/mailbox"

[registry]
path = "registry.xlsx"
poll = "1s"

[materials]
path = "materials"

[notices]
paid_delay = "3s"                    # ten minutes in real life

[logs]
level = "error"

{people}
[[approval]]
when = {{ currency = "RUB", amount_from = "500000" }}
steps = [ {{ any = ["{ANTON.email}"] }}, {{ all = ["{DINA.email}"] }} ]

[[approval]]
when = {{}}
steps = [ {{ any = ["{ANTON.email}"] }} ]
"""
