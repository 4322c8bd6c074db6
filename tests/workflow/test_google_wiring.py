"""An installation whose registry is at Google, from its settings file on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.sheets_server import SheetsServer
from sheets.google import GoogleRegistry
from workflow.cli.setup import _registry
from workflow.wiring import Wiring, wired

SETTINGS = """
language = "en"
[company]
name = "Northern Wind"
[mailbox]
address = "payments@example.test"
imap = {{ host = "127.0.0.1", port = 1143, security = "none" }}
smtp = {{ host = "127.0.0.1", port = 1587, security = "none" }}
password_env = "MAIL_PASSWORD"
[registry]
kind = "google"
spreadsheet = "https://docs.google.com/spreadsheets/d/{id}/edit#gid=0"
credentials_file = "google.json"
endpoint = "{url}"
[[people]]
name = "Rita"
email = "rita@example.test"
roles = ["requester"]
[[people]]
name = "Adam"
email = "adam@example.test"
roles = ["approver", "operator"]
[[people]]
name = "Fiona"
email = "fiona@example.test"
roles = ["accountant"]
[[approval]]
when = {{}}
steps = [ {{ any = ["adam@example.test"] }} ]
"""


@pytest.fixture
def google() -> Iterator[SheetsServer]:
    server = SheetsServer().start()
    yield server
    server.stop()


@pytest.fixture
def wiring(google: SheetsServer, tmp_path: Path) -> Wiring:
    google.key_file(tmp_path)
    path = tmp_path / "countersign.toml"
    path.write_text(SETTINGS.format(id=google.spreadsheet.id, url=google.url), encoding="utf-8")
    return wired(path, {"MAIL_PASSWORD": "x"})


def test_check_says_what_will_be_made_and_later_what_is_there(wiring: Wiring, google: SheetsServer) -> None:
    assert isinstance(wiring.books[0].registry, GoogleRegistry)
    assert _registry(wiring.books[0]).endswith("the worksheet Registry is made at the first run")
    assert google.asked("batchUpdate") == 0
    wiring.books[0].sync.registry.create(generation=1)
    assert _registry(wiring.books[0]).endswith(": 0 rows")


def test_nothing_beside_an_online_book_needs_reporting(wiring: Wiring) -> None:
    assert wiring.books[0].oddities() == []
