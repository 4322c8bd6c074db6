"""Two daemons on one PostgreSQL with two registries and their archives: each is held by one, and taken over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from helpers.daemons import daemons, until
from helpers.needs import needs
from helpers.postgres import blank_journal_url, give_back
from helpers.realmail import RealMail
from stories.offices import Office, logs
from stories.stage import ADAM, RITA, USERS, complete_form, invoice
from stories.test_two_entities import two_registries
from workflow.core.model import Status

pytestmark = [pytest.mark.postgres, needs("postgres")]
NORTH, SOUTH = "registry Север", "registry Юг"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    (tmp_path / "servers").mkdir()
    with RealMail(tmp_path / "servers", USERS) as mail:
        office = Office(tmp_path, mail, blank_journal_url())
        two_registries(office.stage)
        text = office.settings.read_text()
        office.settings.write_text(text.replace('worksheet = "Реестр"', 'worksheet = "Реестр"\narchive_after = "1d"'))
        yield office
        office.engine.dispose()
        give_back(office.url)


def ask(office: Office, currency: str, number: str) -> None:
    text = complete_form(office.stage.now()).replace("руб.", currency).replace("№ 118", f"№ {number}")
    office.stage.send(RITA, text, files=[(f"{number}.pdf", invoice(number))])
    office.asked += 1


def rows(office: Office, name: str) -> set[str]:
    """The references in a workbook, none while it is not there."""
    path = office.stage.folder / name
    if not path.exists():
        return set()
    lines = openpyxl.load_workbook(path)["Реестр"].iter_rows(min_row=2, max_col=1, values_only=True)
    return {str(line[0]) for line in lines if line[0]}


def test_each_registry_is_held_by_one_daemon_and_rows_that_rest_go_to_its_archive(office: Office) -> None:
    stage = office.stage
    stage.later(days=-2)
    for currency, number in (("руб.", "201"), ("евро", "202")):
        ask(office, currency, number)
    stage.run()
    for question in stage.new(ADAM):
        stage.answer(ADAM, question, "Отказано, не нужно")
    stage.run()
    old = {request.reference: request for request in office.journal.requests()}
    assert {request.status for request in old.values()} == {Status.REJECTED}
    stage.later(days=2)
    year = f"{stage.now():%Y}"
    with daemons(office.settings, 2) as running:
        first = office.holder_among(running, NORTH)
        office.holder_among(running, SOUTH)
        for name in ("north", "south"):
            archive = f"{name}-archive-{year}.xlsx"
            until(lambda archive=archive: rows(office, archive), lambda: logs(running))  # type: ignore[misc]
            until(lambda name=name: not rows(office, f"{name}.xlsx"), lambda: logs(running))  # type: ignore[misc]
        assert rows(office, f"north-archive-{year}.xlsx") | rows(office, f"south-archive-{year}.xlsx") == set(old)

        ask(office, "руб.", "203")
        ask(office, "евро", "204")
        until(lambda: rows(office, "north.xlsx") and rows(office, "south.xlsx"), lambda: logs(running))
        first.kill()
        ask(office, "руб.", "205")
        ask(office, "евро", "206")
        until(lambda: len(rows(office, "north.xlsx")) == len(rows(office, "south.xlsx")) == 2, lambda: logs(running))
        second = next(daemon for daemon in running if daemon is not first)
        assert office.holder_among([second], NORTH) is office.holder_among([second], SOUTH) is second
        until(lambda: _approved(office) == 4, lambda: logs(running))
        assert second.stop() == 0
        assert "Traceback" not in logs(running)
    both = rows(office, "north.xlsx") & rows(office, "south.xlsx")
    assert not both
    assert office.journal.broken_links() == []


def _approved(office: Office) -> int:
    office.approve()
    return sum(request.status is Status.APPROVED for request in office.journal.requests())


def test_a_registry_that_is_new_in_the_settings_is_shared_like_the_others(office: Office) -> None:
    """Both daemons are started anew with other settings: what belongs to the new book goes there once."""
    text = office.settings.read_text()
    office.settings.write_text(text.replace('when = { currency = "EUR" }', 'when = { currency = "USD" }'))
    with daemons(office.settings, 2) as running:
        ask(office, "евро", "301")
        until(lambda: rows(office, "north.xlsx"), lambda: logs(running))
    office.settings.write_text(text)
    with daemons(office.settings, 2) as running:
        until(lambda: rows(office, "south.xlsx"), lambda: logs(running))
        until(lambda: _approved(office) == 1, lambda: logs(running))
        assert "Traceback" not in logs(running)
