"""Tokens with which a mailbox is opened: Microsoft 365 by an application, Google by a service account or a person.

A token is kept until shortly before it ends; it is asked for when a connection is made, for a connection outlives it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

from cloud.client import TIMEOUT
from cloud.errors import LoginError
from cloud.login import credentials_of, is_refused

MICROSOFT = "https://login.microsoftonline.com"
OFFICE = "https://outlook.office365.com/.default"
GMAIL = "https://mail.google.com/"
EARLY = 300.0
"""A token that ends within so many seconds is not used any more."""


class NoToken(Exception):
    """No token was given; `permanent` when trying again does not help."""

    def __init__(self, sentence: str, *, permanent: bool) -> None:
        super().__init__(sentence)
        self.permanent = permanent


@dataclass(slots=True)
class MicrosoftTokens:
    """An application with the roles IMAP.AccessAsApp and SMTP.SendAsApp asks for itself (client credentials)."""

    tenant: str
    client_id: str
    secret: Callable[[], str] = field(repr=False)
    address: str = MICROSOFT
    clock: Callable[[], float] = time.monotonic
    _token: str = field(default="", repr=False)
    _until: float = 0.0

    def __call__(self, fresh: bool) -> str:
        """A token that is good now; `fresh`: the one before was refused."""
        if fresh or not self._token or self.clock() > self._until - EARLY:
            self._token, lasts = self._asked()
            self._until = self.clock() + lasts
        return self._token

    def _asked(self) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret(),
            "scope": OFFICE,
        }  # fmt: skip
        url = f"{self.address.rstrip('/')}/{self.tenant}/oauth2/v2.0/token"
        try:
            answer = requests.post(url, data=form, timeout=TIMEOUT, allow_redirects=False)
            said = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise NoToken(f"Microsoft cannot be asked for a token: {type(error).__name__}.", permanent=False) from error
        token = said.get("access_token") if isinstance(said, dict) else None
        if isinstance(token, str) and token:
            return token, float(said.get("expires_in") or 0)
        raise _refused_by_microsoft(answer.status_code, said if isinstance(said, dict) else {})


def _refused_by_microsoft(status: int, said: dict[str, object]) -> NoToken:
    """The first line of what Microsoft says names the fault (AADSTS7000222: the secret has expired)."""
    why = str(said.get("error_description") or said.get("error") or status).splitlines()[0][:300].rstrip(".")
    passing = status >= 500 or status == 429
    advice = "" if passing else " Look at tenant, client_id and the secret in [mailbox.oauth]."
    return NoToken(f"Microsoft gives no token: {why}.{advice}", permanent=not passing)


class GoogleTokens:
    """A service account that may act for the mailbox (domain-wide delegation), or a person's own login."""

    def __init__(self, key_file: Path, mailbox: str, address: str = "") -> None:
        self._file, self._mailbox, self._address = key_file, mailbox, address
        self._session = requests.Session()

    def __call__(self, fresh: bool) -> str:
        """A token that is good now; each connection asks anew, so that a changed key file is found."""
        try:
            credentials = credentials_of(self._file, self._address, (GMAIL,), subject=self._mailbox)
            credentials.refresh(Request(self._session))  # type: ignore[no-untyped-call]
        except LoginError as error:
            raise NoToken(str(error), permanent=True) from error
        except GoogleAuthError as error:
            raise self._failure(error) from error
        return str(credentials.token)

    def _failure(self, error: GoogleAuthError) -> NoToken:
        if not is_refused(error):
            return NoToken(f"Google cannot be asked for a token: {type(error).__name__}.", permanent=False)
        return NoToken(
            f"Google gives no token for {self._mailbox}: the service account needs domain-wide delegation with the "
            f"scope {GMAIL}, a person's login must be this mailbox's own.", permanent=True,
        )  # fmt: skip
