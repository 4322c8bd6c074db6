"""Who we are at Google: a service account by its key file, or somebody's own login as gcloud and gspread write it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from cloud.client import TIMEOUT
from cloud.errors import LoginError

SHEETS = "https://www.googleapis.com/auth/spreadsheets"
DRIVE = "https://www.googleapis.com/auth/drive"
DRIVE_METADATA = "https://www.googleapis.com/auth/drive.metadata.readonly"
USERS_TOKEN = "https://oauth2.googleapis.com/token"
CLIENT = "id and secret of the program it was made for"


@dataclass(frozen=True, slots=True)
class Login:
    """A session that signs its calls, and who it acts for; a person's address is often not in the file."""

    session: requests.Session
    address: str = ""
    is_robot: bool = False
    is_signed: bool = True

    @property
    def who(self) -> str:
        """How a sentence names this account."""
        return self.address or ("the account of this login" if self.is_signed else "our account")


def log_in(key_file: Path | None, endpoint: str, scopes: Sequence[str]) -> Login:
    """A login from its file; without one nothing is signed. Nothing is asked of Google before the first call."""
    if key_file is None:
        return Login(requests.Session(), is_signed=False)
    facts = _read(key_file)
    is_robot = "refresh_token" not in facts
    credentials = credentials_of(key_file, endpoint, scopes)
    session = AuthorizedSession(credentials, refresh_timeout=TIMEOUT[1])  # type: ignore[no-untyped-call]
    address = facts.get("client_email") if is_robot else facts.get("account")
    return Login(session, str(address or ""), is_robot)


def credentials_of(key_file: Path, endpoint: str, scopes: Sequence[str], *, subject: str = "") -> Credentials:
    """What the file lets us do; with `subject` a service account acts for that person. Raises LoginError."""
    facts = _read(key_file)
    try:
        return _credentials(facts, f"{endpoint.rstrip('/')}/token" if endpoint else "", scopes, subject or None)
    except (ValueError, KeyError, TypeError, GoogleAuthError) as error:
        raise LoginError(_no_login(key_file, f"{_lacking(facts) or error}")) from error


def is_refused(error: Exception) -> bool:
    """Google knows us no more: the key was deleted, the login revoked, or the machine's clock is wrong."""
    return isinstance(error, RefreshError) and not error.retryable


def _read(key_file: Path) -> Mapping[str, Any]:
    try:
        facts = json.loads(key_file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise LoginError(f"The key file {key_file} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise LoginError(_no_login(key_file, "it is not JSON")) from error
    if not isinstance(facts, dict):
        raise LoginError(_no_login(key_file, "it holds no names and values"))
    return facts


def _no_login(key_file: Path, why: str) -> str:
    return f"{key_file.name} is no key file of a Google service account and no login of a person: {why}."


def _lacking(facts: Mapping[str, Any]) -> str:
    if facts.keys() & {"installed", "web"}:
        return f"it holds the {CLIENT}, not the login itself"
    if facts.get("type") not in (None, "service_account", "authorized_user"):
        return f"its type is {facts['type']}"
    return ""


def _credentials(
    facts: Mapping[str, Any], token_address: str, scopes: Sequence[str], subject: str | None
) -> Credentials:
    own = {**facts, "token_uri": token_address} if token_address else dict(facts)
    if "refresh_token" not in own:
        return _Robot.from_service_account_info(own, scopes=scopes, subject=subject)  # type: ignore[no-untyped-call, no-any-return]
    return user_credentials.Credentials(  # type: ignore[no-untyped-call]
        None,  # the token in the file may have run out; it may do what was granted to it
        refresh_token=own["refresh_token"],
        token_uri=own.get("token_uri") or USERS_TOKEN,
        client_id=own["client_id"],
        client_secret=own["client_secret"],
        quota_project_id=own.get("quota_project_id"),
    )


class _Robot(service_account.Credentials):
    """A service account that asks only the addresses it was given.

    google-auth would also ask a fourth one where the account may be used from; nothing here depends on the answer.
    """

    def _maybe_start_regional_access_boundary_refresh(self, request: object, url: object) -> None:
        """Nobody is asked."""
