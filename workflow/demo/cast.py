"""Who plays in the demo, and the settings file that makes them a company."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = {"ru": "ООО «Северный ветер»", "en": "North Wind Ltd"}
MAILBOX = "payments@example.test"
PASSWORD = "demo"


@dataclass(frozen=True, slots=True)
class Player:
    """One person of the story, by his name in either language."""

    ru: str
    en: str
    email: str
    role: str = ""

    def name(self, language: str) -> str:
        return self.ru if language == "ru" else self.en

    def first_name(self, language: str) -> str:
        return self.name(language).split()[0]


RITA = Player("Рита Орлова", "Rita Orlova", "manager@example.test", "requester")
ANTON = Player("Антон Головин", "Anton Golovin", "head@example.test", "approver")
DINA = Player("Дина Верхова", "Dina Verkhova", "director@example.test", "approver")
FAINA = Player("Фаина Счетова", "Faina Schetova", "accounting@example.test", "accountant")
OLEG = Player("Олег Сторожев", "Oleg Storozhev", "operator@example.test", "operator")
STAFF = (RITA, ANTON, DINA, FAINA, OLEG)
SUPPLIER = Player("Ромашка", "Camomile", "billing@romashka.test")

USERS = {player.email: PASSWORD for player in (*STAFF, SUPPLIER)} | {MAILBOX: PASSWORD}


def settings_text(language: str, imap_port: int, smtp_port: int) -> str:
    """A settings file as `init` might write it, with a short delay after a paid mark."""
    people = "\n".join(
        f'[[people]]\nname = "{player.name(language)}"\nemail = "{player.email}"\n'
        f'roles = ["{player.role}"]\nlanguage = "{language}"\n'
        for player in STAFF
    )
    return f"""# The demo's settings; every key is explained in config/countersign.example.toml.
language = "{language}"

[company]
name = "{COMPANY[language]}"
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
