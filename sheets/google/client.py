"""Calls to Google: gspread's client with bounded patience, and an endpoint that may stand in for Google's addresses.

A call that only reads is repeated when Google is busy or the line fails. A write is repeated only when it is certain
that it was not made; where the answer was lost, `Unsure` is raised and the caller looks before he tries again.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient

from sheets.errors import RegistryError

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
)
USERS_TOKEN = "https://oauth2.googleapis.com/token"
GOOGLE = ("sheets.googleapis.com", "www.googleapis.com")
TIMEOUT = (5.0, 30.0)
PATIENCE = 60.0  # seconds, all tries of one call together
LONGEST_PAUSE = 32.0
BUSY = frozenset({408, 429, 500, 502, 503, 504})
NOT_DONE = frozenset({429})  # a busy answer that says for certain that nothing was done
TOO_MUCH = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED"})
NOT_SENT = (requests.ConnectTimeout,)

Session = requests.Session


class Unsure(Exception):
    """A write was sent, but no answer says whether it was made."""


class NoAnswer(requests.RequestException):
    """What came back is not from Google."""


class PatientClient(HTTPClient):
    """gspread's client, for one thread."""

    def __init__(
        self,
        session: Session,
        *,
        endpoint: str = "",
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        timeout: tuple[float, float] = TIMEOUT,
        patience: float = PATIENCE,
    ) -> None:
        super().__init__(None, session)  # type: ignore[arg-type]  # the session carries the credentials
        self.set_timeout(timeout)
        self._endpoint, self._sleep, self._monotonic, self._patience = endpoint, sleep, monotonic, patience

    def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> requests.Response:
        """As in gspread, with patience; raises APIError, Unsure, or what requests and google-auth raise."""
        deadline = self._monotonic() + self._patience
        reads = method.lower() == "get"
        tries = 0
        while True:
            try:
                return self._ask(method, self._address(endpoint), *args, **options)
            except (APIError, requests.RequestException, TransportError) as error:
                if not _may_pass(error):
                    raise
                if not reads and not _is_undone(error):
                    raise Unsure(str(error)) from error
                pause = _pause(error, tries)
                if self._monotonic() + pause > deadline:
                    raise
                self._sleep(pause)
                tries += 1

    def _ask(self, *args: Any, **options: Any) -> requests.Response:
        try:
            return super().request(*args, **options)
        except (KeyError, TypeError, AttributeError) as error:  # gspread looks for Google's words in every refusal
            raise NoAnswer("something between us and Google answered in its place") from error

    def _address(self, address: str) -> str:
        parts = urlsplit(address)
        if not self._endpoint or parts.hostname not in GOOGLE:
            return address
        return f"{self._endpoint.rstrip('/')}{parts.path}{'?' + parts.query if parts.query else ''}"


def _may_pass(error: Exception) -> bool:
    """Whether trying again can help."""
    if not isinstance(error, APIError):
        return True
    return status_of(error) in BUSY or is_quota(error)


def _is_undone(error: Exception) -> bool:
    """Whether a write that failed so was certainly not made."""
    if isinstance(error, APIError):
        return status_of(error) in NOT_DONE or is_quota(error)
    return isinstance(error, (*NOT_SENT, TransportError))  # the latter: the token could not be had


def _pause(error: Exception, tries: int) -> float:
    """As long as Google asks for, else doubling; a little uneven, so that many clients do not come back together."""
    stated = error.response.headers.get("Retry-After", "") if isinstance(error, APIError) else ""
    with suppress(ValueError):
        if stated.isdigit():
            return float(stated)
        if stated:
            return max(0.0, (parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds())
    return min(2.0**tries, LONGEST_PAUSE) * random.uniform(1.0, 1.25)


def status_of(error: APIError) -> int:
    """The HTTP status, also of an answer that is no JSON."""
    return error.response.status_code


def is_quota(error: APIError) -> bool:
    """A 403 that only says: too many calls."""
    if status_of(error) != 403:
        return False
    named = [*error.error.get("errors", ()), *error.error.get("details", ())]
    return any(
        item.get("reason") in TOO_MUCH
        or (item.get("domain") == "usageLimits" and item.get("reason") != "accessNotConfigured")
        for item in named
    )


# --- who we are -------------------------------------------------------------------------------------


def open_session(key_file: Path | None, endpoint: str = "") -> tuple[Session, str]:
    """A session that signs its calls, and the e-mail address we act as; without a key file nothing is signed."""
    if key_file is None:
        return requests.Session(), ""
    facts = _read_key(key_file)
    try:
        credentials = _credentials(facts, f"{endpoint.rstrip('/')}/token" if endpoint else "")
    except (ValueError, KeyError, GoogleAuthError) as error:
        raise RegistryError(f"{key_file.name} is no key file of a Google service account: {error}.") from error
    session = AuthorizedSession(credentials, refresh_timeout=TIMEOUT[1])  # type: ignore[no-untyped-call]
    return session, str(facts.get("client_email", ""))


def _read_key(key_file: Path) -> Mapping[str, Any]:
    try:
        facts = json.loads(key_file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryError(f"The key file {key_file} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise RegistryError(f"{key_file.name} is no key file of a Google service account: it is not JSON.") from error
    if not isinstance(facts, dict):
        raise RegistryError(f"{key_file.name} is no key file of a Google service account.")
    return facts


def _credentials(facts: Mapping[str, Any], token_address: str) -> Credentials:
    own = {**facts, "token_uri": token_address} if token_address else dict(facts)
    if "refresh_token" in own:  # somebody's own login, for trying out; it may do what was granted to it
        return user_credentials.Credentials(  # type: ignore[no-untyped-call]
            None,
            refresh_token=own["refresh_token"],
            token_uri=own.get("token_uri", USERS_TOKEN),
            client_id=own["client_id"],
            client_secret=own["client_secret"],
        )
    return _Robot.from_service_account_info(own, scopes=SCOPES)  # type: ignore[no-untyped-call, no-any-return]


class _Robot(service_account.Credentials):
    """A service account that asks only the addresses it was given.

    google-auth would also ask a fourth one where the account may be used from; nothing here depends on the answer.
    """

    def _maybe_start_regional_access_boundary_refresh(self, request: object, url: object) -> None:
        """Nobody is asked."""


def is_refused_key(error: Exception) -> bool:
    """Google knows us no more: the key was deleted, or the machine's clock is wrong."""
    return isinstance(error, RefreshError)
