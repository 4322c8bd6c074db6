"""Two companies on one mail server and one PostgreSQL, each with its own settings, schema, people and registry."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from helpers.command import countersign
from helpers.daemons import daemons, until
from helpers.needs import needs
from helpers.postgres import shared_server
from helpers.realmail import RealMail
from stories.stage import ADA, ADAM, PAYMENTS, RITA, USERS, Stage, complete_form, invoice, text_of
from workflow.journal.engine import open_engine
from workflow.journal.schema import upgrade

pytestmark = [pytest.mark.postgres, needs("postgres")]
SOUTH = "payments@south.test"


@dataclass
class Company:
    """A stage of its own: `stage` is the usual one, with this company's mailbox, prefix and journal."""

    stage: Stage
    mailbox: str

    @property
    def settings(self) -> Path:
        return self.stage.settings_file

    def change(self, old: str, new: str) -> None:
        text = self.settings.read_text()
        assert old in text
        self.settings.write_text(text.replace(old, new))

    def ask(self, subject: str) -> None:
        text = complete_form(self.stage.now()).replace("Канцелярия для офиса", subject)
        self.stage.send(RITA, text, to=self.mailbox, files=[("1.pdf", invoice())])


@dataclass
class House:
    """The two of them, and what is sent by both."""

    north: Company
    south: Company
    mail: RealMail
    url: str


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    url = shared_server().database()
    (tmp_path / "servers").mkdir()
    with RealMail(tmp_path / "servers", {**USERS, SOUTH: "secret"}) as mail:
        companies = []
        for name, mailbox in (("north", PAYMENTS), ("south", SOUTH)):
            (tmp_path / name).mkdir()
            company = Company(Stage(tmp_path / name, mail), mailbox)
            company.change("sqlite:///var/journal.db", f"{url}&schema={name}")
            company.change(PAYMENTS, mailbox)
            companies.append(company)
        companies[1].change("[mailbox]", 'reference_prefix = "STH"\n\n[mailbox]')
        companies[1].change("ООО «Северный ветер»", "ООО «Южный берег»")
        yield House(companies[0], companies[1], mail, url)


def test_two_companies_in_one_database_share_nothing(house: House) -> None:
    for company in (house.north, house.south):
        done = countersign(company.settings, "migrate")
        assert done.returncode == 0, done.stderr
    with daemons(house.north.settings, 1) as north, daemons(house.south.settings, 1) as south:
        house.north.ask("Дрова")
        house.south.ask("Зонты")
        until(lambda: len(house.north.stage.inbox(ADAM)) == 2, lambda: north[0].said() + south[0].said())
        asks = {str(message["From"]).partition("<")[2].rstrip(">").replace("+", "@").split("@")[-1]: message
                for message in house.north.stage.inbox(ADAM)}  # fmt: skip
        assert set(asks) == {"example.test", "south.test"}
        assert "Дрова" in text_of(asks["example.test"])
        for message in asks.values():
            house.north.stage.answer(ADAM, message, "Согласовано")
        until(lambda: _approved(house.north) and _approved(house.south), lambda: north[0].said() + south[0].said())
    assert ("PAY-" in _references(house.north), "STH-" in _references(house.north)) == (True, False)
    assert ("PAY-" in _references(house.south), "STH-" in _references(house.south)) == (False, True)
    schemas = shared_server().sql(
        "SELECT schemaname, count(*) FROM pg_tables WHERE tablename IN ('deeds', 'requests', 'alembic_version')"
        " AND schemaname NOT LIKE 'pg%' GROUP BY 1 ORDER BY 1", house.url.partition("@/")[2].partition("?")[0],
    )  # fmt: skip
    assert schemas == [("north", 3), ("south", 3)]
    assert [countersign(company.settings, "verify").returncode for company in (house.north, house.south)] == [0, 0]


def _references(company: Company) -> str:
    return countersign(company.settings, "list").stdout


def _approved(company: Company) -> bool:
    return "Согласован к оплате" in _references(company)


def test_a_second_company_in_one_journal_is_refused_with_one_sentence(house: House) -> None:
    assert countersign(house.north.settings, "migrate").returncode == 0
    house.south.change("schema=south", "schema=north")
    for command in (["migrate"], ["run", "--once"], ["status"]):
        refused = countersign(house.south.settings, *command)
        assert refused.returncode == 1
        assert "This journal belongs to payments@example.test (PAY)" in refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1


def test_a_mailbox_that_moved_keeps_its_journal(house: House) -> None:
    assert countersign(house.south.settings, "migrate").returncode == 0
    house.south.change(SOUTH, PAYMENTS)
    assert countersign(house.south.settings, "status").returncode == 1
    house.south.change("[mailbox]\n", f'[mailbox]\nformer_addresses = ["{SOUTH}"]\n')
    assert countersign(house.south.settings, "status").returncode == 0
    house.south.change('"STH"', '"SOUTH"')
    assert countersign(house.south.settings, "status").returncode == 1
    assert countersign(house.south.settings, "migrate", "--adopt").returncode == 0
    assert countersign(house.south.settings, "status").returncode == 0


def test_from_a_file_to_postgresql_by_one_command(house: House) -> None:
    company = house.north
    company.change(f"{house.url}&schema=north", "sqlite:///var/journal.db")
    company.ask("Дрова")
    assert company.stage.run() == []
    company.change("sqlite:///var/journal.db", f"{house.url}&schema=north")
    missing = countersign(company.settings, "migrate", "--from", "sqlite:///var/other.db")
    assert (missing.returncode, "other.db is not there" in missing.stderr) == (1, True)
    moved = countersign(company.settings, "migrate", "--from", "sqlite:///var/journal.db")
    assert moved.returncode == 0, moved.stderr
    assert "Moved: 1 requests" in moved.stdout
    again = countersign(company.settings, "migrate", "--from", "sqlite:///var/journal.db")
    assert (again.returncode, again.stdout) == (0, moved.stdout), "given once more it changes nothing"
    company.change("schema=north", "schema=elsewhere")
    twice = countersign(company.settings, "migrate", "--from", "sqlite:///var/journal.db")
    assert (twice.returncode, "was moved to" in twice.stderr) == (1, True)
    company.change("schema=elsewhere", "schema=north")
    [ask] = company.stage.inbox(ADAM)
    company.stage.answer(ADAM, ask, "Согласовано")
    once = countersign(company.settings, "run", "--once")
    assert once.returncode == 0, once.stderr
    assert _approved(company)
    assert countersign(company.settings, "verify").returncode == 0
    company.change(f"{house.url}&schema=north", "sqlite:///var/journal.db")
    left = countersign(company.settings, "run", "--once")
    assert (left.returncode, "is kept only as it was then" in left.stderr) == (1, True)


def test_a_dump_is_restored_whole_and_the_work_goes_on(house: House) -> None:
    """pg_dump of one company's schema beside a running database, restored into another one."""
    server, company = shared_server(), house.north
    assert countersign(company.settings, "migrate").returncode == 0
    company.ask("Дрова")
    assert countersign(company.settings, "run", "--once").returncode == 0
    name = house.url.partition("@/")[2].partition("?")[0]
    dump = str(server.home / "north.dump")
    server.run("pg_dump", "--format=custom", "--schema=north", f"--file={dump}", name)
    fresh = server.database()
    server.run("pg_restore", "--exit-on-error", f"--dbname={fresh.partition('@/')[2].partition('?')[0]}", dump)
    company.change(house.url, fresh)
    assert countersign(company.settings, "verify").returncode == 0
    [ask] = company.stage.inbox(ADAM)
    company.stage.answer(ADAM, ask, "Согласовано")
    assert countersign(company.settings, "run", "--once").returncode == 0
    assert _approved(company)


def test_a_backup_of_a_file_in_use_is_whole(house: House, tmp_path: Path) -> None:
    """`.backup` takes along what still stands in the write-ahead log."""
    company = house.north
    company.change(f"{house.url}&schema=north", "sqlite:///var/journal.db")
    company.ask("Дрова")
    assert company.stage.run() == []
    path = company.stage.folder / "var" / "journal.db"
    with sqlite3.connect(path) as source, sqlite3.connect(tmp_path / "copy.db") as copy:
        source.backup(copy)
    engine = open_engine(f"sqlite:///{tmp_path / 'copy.db'}")
    upgrade(engine, company.stage.now())
    engine.dispose()
    company.change("sqlite:///var/journal.db", f"sqlite:///{tmp_path / 'copy.db'}")
    assert countersign(company.settings, "verify").returncode == 0


# --- nothing mixes ----------------------------------------------------------------------------------------------------

ONLY_ADAM = """[[people]]
name = "Антон Головин"
email = "head@example.test"
aliases = ["anton@home.test"]
roles = ["approver"]

"""


@pytest.fixture
def crossed(house: House) -> House:
    """In the south Ada approves alone and Adam is nobody; both companies get the same request on the same day."""
    south = house.south
    south.change(ONLY_ADAM, "")
    south.change('[ { any = ["head@example.test"] }, { all', "[ { all")
    south.change('any = ["head@example.test"]', 'any = ["director@example.test"]')
    north = house.north
    north.change('name = "Ada Director"\nemail = "director@example.test"', 'name = "Dina"\nemail = "dina@example.test"')
    north.change('all = ["director@example.test"]', 'all = ["dina@example.test"]')
    for company in (north, south):
        assert countersign(company.settings, "migrate").returncode == 0
        company.ask("Дрова")
        once(company)
    return house


def once(company: Company) -> None:
    done = countersign(company.settings, "run", "--once")
    assert done.returncode == 0, done.stderr


def only_request(company: Company) -> Any:
    [request] = json.loads(countersign(company.settings, "list", "--json").stdout)["requests"]
    return request


def status_of(company: Company) -> str:
    return str(only_request(company)["status"])


def test_the_same_request_to_both_is_no_duplicate_and_each_has_its_own_number(crossed: House) -> None:
    north, south = (only_request(company) for company in (crossed.north, crossed.south))
    for name in ("inn", "subject", "invoice_number"):
        assert north["fields"][name]["value"] == south["fields"][name]["value"]
    assert (north["reference"][:4], south["reference"][:4]) == ("PAY-", "STH-")
    assert (north["status"], south["status"], north["holds"], south["holds"]) == ("awaiting", "awaiting", [], [])
    assert [ask["person"] for one in (north, south) for ask in one["asks"]] == [ADAM, ADA]


def test_nobody_of_one_company_decides_for_the_other_whatever_he_holds(crossed: House) -> None:
    """Adam has got hold of Ada's question, and each answers with the other company's token."""
    north, south = crossed.north, crossed.south
    [to_adam], [to_ada] = north.stage.inbox(ADAM), north.stage.inbox(ADA)
    north.stage.answer(ADAM, to_ada, "Согласовано")
    _readdressed(north, ADAM, to_adam, SOUTH)
    _readdressed(north, ADA, to_ada, PAYMENTS)
    north.stage.answer(ADA, to_adam, "Согласовано")
    for company in (north, south, north, south):
        once(company)
    assert [status_of(company) for company in (north, south)] == ["awaiting", "awaiting"]
    for company, stranger in ((north, ADA), (south, ADAM)):
        request = only_request(company)
        assert request["approvals"] == []
        done = {event["event"] for event in request["history"] if event["actor"] == stranger}
        assert done <= {"AnswerRefused"}, "that he tried is recorded, no more"
    north.stage.answer(ADAM, to_adam, "Согласовано")
    once(north)
    once(south)
    assert [status_of(company) for company in (north, south)] == ["approved", "awaiting"]


def _readdressed(company: Company, person: str, question: EmailMessage, to: str) -> None:
    """An answer with every mark of the question, to the other company's mailbox."""
    token = str(question["Reply-To"]).partition("+")[2].partition("@")[0]
    assert token
    local, _, domain = to.partition("@")
    copy = EmailMessage(policy=question.policy)
    for name in ("From", "Subject", "Message-ID", "References"):
        if question[name]:
            copy[name] = str(question[name])
    copy["Reply-To"] = f"{local}+{token}@{domain}"
    copy.set_content(text_of(question))
    company.stage.answer(person, copy, "Согласовано")


def test_a_payment_marked_in_one_registry_is_none_in_the_other(crossed: House) -> None:
    north, south = crossed.north, crossed.south
    north.stage.answer(ADAM, north.stage.inbox(ADAM)[0], "Согласовано")
    north.stage.answer(ADA, north.stage.inbox(ADA)[0], "Согласовано")
    for company in (north, south):
        once(company)
    north.stage.edit({"Статус": "Оплачен"})
    for company in (north, south):
        once(company)
    assert [status_of(company) for company in (north, south)] == ["paid", "approved"]
    assert [countersign(company.settings, "verify").returncode for company in (north, south)] == [0, 0]
