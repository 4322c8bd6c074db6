"""Which installation a seed plays: its settings, as the program reads them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import Settings, load


@dataclass(frozen=True)
class Plan:
    """What kind of installation a seed plays."""

    authenticates: bool = True
    plus: bool = True
    accounting: str = "each"
    digest: bool = False
    daemons: int = 1
    route: str = '{ any = ["adam@example.test"] }'
    language: str = "ru"
    registries: int = 1
    archive: str = "365d"
    details: str = "changed"
    remind: int = 0
    rough: bool = True
    """Do people delete rows, paste over several, save old copies?"""

    loses: bool = False
    """Is the journal lost once, and an older one put back?"""

    @property
    def books(self) -> tuple[str, ...]:
        """The names of its registries."""
        return BOOKS[: self.registries]


ROUTES = (
    '{ any = ["adam@example.test"] }', '{ any = ["adam@example.test", "ada@example.test"] }',
    '{ all = ["adam@example.test", "ada@example.test"] }',
    '{ any = ["adam@example.test"] }, { any = ["ada@example.test"] }',
)  # fmt: skip
BOOKS = ("registry", "dear")
REGISTRY = """
[[registry]]
name = "{name}"
path = "{name}.xlsx"
archive_after = "{archive}"
when = {when}
"""


SETTINGS = """
language = "{language}"
timezone = "Europe/Moscow"
data_dir = "var"
journal = "sqlite:///journal.db"
[company]
name = "ООО «Северный ветер»"
inn = "7707083893"
[mailbox]
address = "payments@example.test"
imap = {{ host = "127.0.0.1", port = 1, security = "none" }}
smtp = {{ host = "127.0.0.1", port = 2, security = "none" }}
password_env = "NONE"
authserv_id = {authserv}
plus_addressing = {plus}
{books}
[materials]
path = "materials"
[notices]
accounting = "{accounting}"
remind_after = {remind}
[controls]
bank_details = "{details}"
[[people]]
name = "Рита Орлова"
email = "rita@example.test"
roles = ["requester"]
[[people]]
name = "Роман Белов"
email = "roman@example.test"
roles = ["requester"]
[[people]]
name = "Адам Головин"
email = "adam@example.test"
roles = ["approver"]{digest}
[[people]]
name = "Ada Verhova"
email = "ada@example.test"
roles = ["approver"]
language = "en"
[[people]]
name = "Фаина Счетова"
email = "fiona@example.test"
roles = ["accountant"]
[[people]]
name = "Олег Сторожев"
email = "oscar@example.test"
roles = ["operator"]
[[approval]]
when = {{ currency = "RUB", amount_from = "500000" }}
steps = [ {{ any = ["adam@example.test"] }}, {{ all = ["ada@example.test"] }} ]
[[approval]]
when = {{}}
steps = [ {route} ]
"""


def books_of(plan: Plan) -> str:
    """The tables of the registries: dear requests have one of their own where there are two."""
    found = [REGISTRY.format(name=name, archive=plan.archive, when="{}") for name in plan.books[:1]]
    dear = '{ currency = "RUB", amount_from = "10000" }'
    found = [REGISTRY.format(name=name, archive=plan.archive, when=dear) for name in plan.books[1:]] + found
    return "".join(found)


@cache
def settings_of(plan: Plan) -> Settings:
    """The settings of a plan; their paths are put in place afterwards."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "countersign.toml"
        path.write_text(SETTINGS.format(
            language=plan.language, authserv='["mx.example.test"]' if plan.authenticates else "[]",
            plus=str(plan.plus).lower(), accounting=plan.accounting, route=plan.route,
            books=books_of(plan), remind=plan.remind, details=plan.details,
            digest='\ndigest = "09:00"' if plan.digest else "",
        ), encoding="utf-8")  # fmt: skip
        return load(path, {})


def plan_of(seed: int) -> tuple[Plan, float, float]:
    """The installation, the storm and the sway of a seed."""
    dice = random.Random(f"plan {seed}")
    plan = Plan(
        authenticates=dice.random() < 0.75, plus=dice.random() < 0.7,
        accounting="morning" if dice.random() < 0.2 else "each", digest=dice.random() < 0.15,
        daemons=2 if dice.random() < 0.35 else 1, route=dice.choice(ROUTES), language=dice.choice(["ru", "ru", "en"]),
        registries=2 if dice.random() < 0.3 else 1, archive=dice.choice(["1d", "365d"]),
        details=dice.choice(["changed", "changed", "new", "off"]), remind=dice.choice([0, 0, 1]),
        rough=dice.random() < 0.5, loses=dice.random() < 0.25,
    )  # fmt: skip
    return plan, dice.choice([0.0, 0.004, 0.012, 0.035]), dice.choice([0.0, 0.01, 0.06])
