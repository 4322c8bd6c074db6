"""Calls to Google: patience where it helps, none where it does not, and no write made twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from cloud.client import is_quota
from helpers.registry_cast import added, layout, reference
from helpers.sheets_clock import Clock
from helpers.sheets_server import ROBOT, SheetsServer, at_google
from sheets.errors import RegistryBroken, RegistryError, RegistryMissing
from sheets.google import GoogleRegistry
from sheets.model import Change

BATCH = "batchUpdate"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(google: SheetsServer, tmp_path: Path, clock: Clock) -> GoogleRegistry:
    """A registry with one row."""
    made = at_google(google, layout(), tmp_path, clock=clock, sleep=clock.sleep)
    made.create([added(1)], generation=1, identity="house")
    google.calls.clear()
    return made


def say(registry: GoogleRegistry, text: str = "a", generation: int = 2) -> None:
    registry.write([Change(reference(1), {"message": text})], registry.read().version, generation=generation)


def test_a_pause_google_asks_for_is_kept(registry: GoogleRegistry, google: SheetsServer, clock: Clock) -> None:
    google.fail(BATCH, 429, Retry_After="7")
    say(registry)
    assert clock.slept == [7.0]
    assert google.asked(BATCH) == 2
    assert registry.read().rows[reference(1)].cells["message"] == "a"


def test_a_busy_google_is_asked_again_with_longer_pauses(
    registry: GoogleRegistry, google: SheetsServer, clock: Clock
) -> None:
    google.fail("spreadsheets.get", 503, times=3)
    assert reference(1) in registry.read().rows
    assert [int(pause) for pause in clock.slept] == [1, 2, 4]


@pytest.mark.parametrize("status", [0, 408, 500, 502, 504])
def test_patience_has_an_end(registry: GoogleRegistry, google: SheetsServer, clock: Clock, status: int) -> None:
    google.fail("spreadsheets.get", status, times=1000)
    registry._account.client._monotonic = clock.seconds
    before = clock.now
    with pytest.raises(RegistryError) as caught:
        registry.read()
    assert (clock.now - before).total_seconds() <= 60
    assert not caught.value.permanent


def test_a_quota_told_as_403_is_waited_out(registry: GoogleRegistry, google: SheetsServer, clock: Clock) -> None:
    google.fail(BATCH, 403, reason="userRateLimitExceeded")
    say(registry)
    assert len(clock.slept) == 1


def test_no_right_is_told_at_once_with_the_address_to_share_with(
    registry: GoogleRegistry, google: SheetsServer, clock: Clock
) -> None:
    google.fail(BATCH, 403)
    with pytest.raises(RegistryError, match=f"Share the spreadsheet with {ROBOT} as an editor"):
        say(registry)
    assert clock.slept == []


@pytest.mark.parametrize("status", [0, 500, 503])
def test_a_write_whose_answer_was_lost_is_not_made_again(
    registry: GoogleRegistry, google: SheetsServer, status: int
) -> None:
    google.fail(BATCH, status, after=True)
    registry.write([added(2), Change(reference(1), {"message": "a"})], registry.read().version, generation=2)
    assert google.asked(BATCH) == 1
    snapshot = registry.read()
    assert (snapshot.generation, list(snapshot.rows)) == (2, [reference(1), reference(2)])


@pytest.mark.parametrize("status", [0, 500, 503])
def test_a_write_that_was_not_made_is_made(registry: GoogleRegistry, google: SheetsServer, status: int) -> None:
    google.fail(BATCH, status)
    registry.write([added(2)], registry.read().version, generation=2)
    snapshot = registry.read()
    assert (snapshot.generation, list(snapshot.rows), snapshot.duplicated) == (2, [reference(1), reference(2)], ())
    assert google.asked(BATCH) == 2


def test_a_write_that_comes_through_late_is_not_made_twice(registry: GoogleRegistry, google: SheetsServer) -> None:
    """The first request is still on its way when we look; it arrives just before its repetition."""
    seen = registry.read().version
    google.fail(BATCH)
    google.between = lambda: google.spreadsheet.batch(google.batches[-1]) and None
    registry.write([added(2)], seen, generation=2)
    snapshot = registry.read()
    assert (snapshot.generation, list(snapshot.rows), snapshot.duplicated) == (2, [reference(1), reference(2)], ())


def test_an_unknown_outcome_is_an_error_and_the_next_pass_finds_out(
    registry: GoogleRegistry, google: SheetsServer
) -> None:
    seen = registry.read().version
    google.fail(BATCH, times=3)
    with pytest.raises(RegistryError, match="did not say whether"):
        registry.write([added(2)], seen, generation=2)
    assert registry.read().generation == 1
    registry.write([added(2)], registry.read().version, generation=3)
    assert list(registry.read().rows) == [reference(1), reference(2)]


def test_the_set_up_is_made_once_though_its_answer_is_lost(google: SheetsServer, tmp_path: Path) -> None:
    registry = at_google(google, layout(), tmp_path)
    google.fail(BATCH, after=True)
    registry.create([added(1)], generation=1, identity="house")
    assert google.asked(BATCH) == 1
    assert [sheet.title for sheet in google.spreadsheet.sheets] == ["Registry", "Today", "Week", "Month", "Sheet1"]


def test_a_token_that_ran_out_is_renewed(registry: GoogleRegistry, google: SheetsServer) -> None:
    google.tokens.clear()
    say(registry)
    assert google.asked("token") == 1
    assert registry.read().generation == 2


def test_only_the_given_endpoint_is_asked(registry: GoogleRegistry, google: SheetsServer) -> None:
    say(registry)
    known = {"token", "drive.files.get", "sheets.spreadsheets.get", "sheets.spreadsheets.batchUpdate"}
    assert set(google.calls) <= known


LOGINS = {
    "gcloud": {
        "type": "authorized_user", "refresh_token": "of Fiona", "client_id": "1", "client_secret": "2", "account": "",
        "quota_project_id": "project", "universe_domain": "googleapis.com",
    },
    "gspread": {
        "refresh_token": "of Fiona", "client_id": "1", "client_secret": "2", "token": "of yesterday",
        "token_uri": "https://oauth2.googleapis.com/token", "scopes": [], "expiry": "2026-11-23T09:00:00.000000Z",
    },
}  # fmt: skip


@pytest.mark.parametrize("program", LOGINS)
def test_a_person_s_login_will_do_as_programs_write_it(google: SheetsServer, tmp_path: Path, program: str) -> None:
    google.tokens.clear()
    registry = login(google, tmp_path, LOGINS[program])
    registry.create(generation=1)
    google.tokens.clear()  # after an hour
    assert registry.read().generation == 1
    assert google.asked("token") == 2


def test_a_login_that_was_revoked_is_told_in_one_sentence(google: SheetsServer, tmp_path: Path) -> None:
    google.tokens.clear()
    google.fail("token", 400, times=9)
    with pytest.raises(RegistryError, match="no longer accepts this person's login: it was revoked") as caught:
        login(google, tmp_path, LOGINS["gcloud"]).probe()
    assert not caught.value.permanent


def test_a_token_server_that_is_down_is_no_revoked_login(google: SheetsServer, tmp_path: Path) -> None:
    google.tokens.clear()
    google.fail("token", 503, times=99)
    with pytest.raises(RegistryError, match="cannot be reached"):
        login(google, tmp_path, LOGINS["gcloud"]).probe()


def test_the_program_s_id_and_secret_are_no_login(google: SheetsServer, tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="it holds the id and secret of the program it was made for"):
        login(google, tmp_path, {"installed": {"client_id": "1", "client_secret": "2"}}).probe()


def test_a_login_that_was_granted_too_little_is_told(google: SheetsServer, tmp_path: Path) -> None:
    registry = login(google, tmp_path, LOGINS["gcloud"])
    google.fail("drive", 403, reason="insufficientPermissions", said="Request had insufficient authentication scopes.")
    with pytest.raises(RegistryError, match="log in again and allow Sheets and Drive"):
        registry.probe()


def login(google: SheetsServer, folder: Path, facts: dict[str, Any]) -> GoogleRegistry:
    path = folder / "login.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    return GoogleRegistry(google.spreadsheet.id, layout(), path, google.url, sleep=lambda seconds: None)


def test_a_key_google_does_not_know_is_told(google: SheetsServer, tmp_path: Path) -> None:
    google.tokens.clear()
    google.fail("token", 400, times=9)
    with pytest.raises(RegistryError, match=f"Google refuses the key of {ROBOT}"):
        at_google(google, layout(), tmp_path).probe()


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("no json", "is not JSON"), ("{}", "no key file"), ("[]", "no key")]
)
def test_a_key_file_that_is_none_is_told(google: SheetsServer, tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(RegistryError, match=said):
        GoogleRegistry("id", layout(), path, google.url).probe()


def test_a_spreadsheet_that_is_not_shared_is_told(google: SheetsServer, tmp_path: Path) -> None:
    registry = GoogleRegistry("another", layout(), google.key_file(tmp_path), google.url)
    assert not registry.exists()
    with pytest.raises(RegistryMissing, match=f"not shared with {ROBOT}"):
        registry.create(generation=1)


def test_the_address_of_the_browser_will_do(google: SheetsServer, tmp_path: Path) -> None:
    address = f"https://docs.google.com/spreadsheets/d/{google.spreadsheet.id}/edit#gid=0"
    registry = GoogleRegistry(address, layout(), google.key_file(tmp_path), google.url)
    registry.create(generation=1)
    assert registry.read().generation == 1
    with pytest.raises(RegistryError, match="not the address"):
        GoogleRegistry("https://example.test/sheet", layout(), None, google.url).probe()


def test_a_spreadsheet_in_the_bin_is_missing(registry: GoogleRegistry, google: SheetsServer) -> None:
    google.trashed = True
    with pytest.raises(RegistryMissing, match="in the bin"):
        registry.probe()


def test_a_request_google_does_not_know_is_our_fault(registry: GoogleRegistry, google: SheetsServer) -> None:
    with pytest.raises(RegistryBroken, match="Unknown name"), registry._account.failures():
        registry._account.update([{"addSheet": {"propertys": {}}}])


def test_an_api_that_is_switched_off_is_no_quota(google: SheetsServer, tmp_path: Path) -> None:
    registry = at_google(google, layout(), tmp_path)
    google.fail("drive", 403, reason="accessNotConfigured")
    with pytest.raises(RegistryError) as caught:
        registry.probe()
    assert not is_quota(caught.value.__cause__)  # type: ignore[arg-type]
