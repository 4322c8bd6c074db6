"""Calls to Google: gspread's client with bounded patience, and an endpoint that may stand in for Google's addresses.

A call that can be repeated without harm is repeated when Google is busy or the line fails. A write is repeated only
when it is certain that it was not made; where the answer was lost, `Unsure` is raised and the caller looks before he
tries again. Whatever shape a refusal has, it becomes a `Refusal` with a status and a text.
"""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from google.auth.exceptions import TransportError
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient

GOOGLE = ("sheets.googleapis.com", "www.googleapis.com")
TIMEOUT = (5.0, 30.0)
PATIENCE = 60.0  # seconds, all tries of one call together
LONGEST_PAUSE = 32.0
BUSY = frozenset({304, 408, 429, 500, 502, 503, 504})
NOT_DONE = frozenset({429})  # a busy answer that says for certain that nothing was done
TOO_MUCH = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED",
                      "sharingRateLimitExceeded"})  # fmt: skip
FULL = frozenset({"storageQuotaExceeded", "teamDriveFileLimitExceeded", "numChildrenInNonRootLimitExceeded"})
NOT_SENT = (requests.ConnectTimeout,)
REPEATABLE = frozenset({"get", "head", "delete"})


class Unsure(Exception):
    """A write was sent, but no answer says whether it was made."""


class NoAnswer(requests.RequestException):
    """What came back is not from Google."""


class Refusal(APIError):
    """A refusal with whatever Google, or something that stands for it, said."""

    def __init__(self, response: requests.Response) -> None:
        self.response, self.code = response, response.status_code
        self.error: Mapping[str, Any] = _said(response)
        Exception.__init__(self, f"{self.code}: {self.error.get('message', '')}")


class PatientClient(HTTPClient):
    """gspread's client, for one thread at a time."""

    def __init__(
        self,
        session: requests.Session,
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
        return self._request(method.lower() in REPEATABLE, method, endpoint, *args, **options)

    def repeat(self, method: str, endpoint: str, **options: Any) -> requests.Response:
        """A write that does no harm when it is made twice."""
        return self._request(True, method, endpoint, **options)

    def _request(self, repeatable: bool, method: str, endpoint: str, *args: Any, **options: Any) -> requests.Response:
        deadline = self._monotonic() + self._patience
        tries = 0
        while True:
            try:
                return self._ask(method, self.address(endpoint), *args, **options)
            except (APIError, requests.RequestException, TransportError) as error:
                if not _may_pass(error):
                    raise
                if not repeatable and not _is_undone(error):
                    raise Unsure(str(error)) from error
                pause = _pause(error, tries)
                if self._monotonic() + pause > deadline:
                    raise
                self._sleep(pause)
                tries += 1

    def _ask(
        self, method: str, address: str, params: Any = None, data: Any = None, json: Any = None, files: Any = None,
        headers: Any = None,
    ) -> requests.Response:  # fmt: skip
        response = self.session.request(
            method=method, url=address, params=params, data=data, json=json, files=files, headers=headers,
            timeout=self.timeout,
        )  # fmt: skip
        if not response.ok or response.status_code == 304:
            raise Refusal(response)
        if (params or {}).get("alt") != "media" and response.content.lstrip()[:1] not in (b"", b"{", b"["):
            raise NoAnswer("something between us and Google answered in its place")
        return response

    def address(self, address: str) -> str:
        """Where a call to one of Google's addresses goes; one that Google gave us may be short of its host."""
        parts = urlsplit(urljoin(self._endpoint or "https://www.googleapis.com", address))
        if not self._endpoint or parts.hostname not in GOOGLE:
            return parts.geturl()
        return f"{self._endpoint.rstrip('/')}{parts.path}{'?' + parts.query if parts.query else ''}"


def _said(response: requests.Response) -> Mapping[str, Any]:
    """Message, status and reasons of a refusal; what is no JSON, or JSON of another shape, is its own message."""
    try:
        told = response.json()
    except ValueError:
        told = None
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, dict):
        return error
    if isinstance(told, dict):
        words = told.get("error_description") or told.get("message") or error
        return {"message": str(words or response.reason or ""), "status": str(error or "")}
    return {"message": response.reason or "no words"}


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
    stated = error.response.headers.get("Retry-After", "").strip() if isinstance(error, APIError) else ""
    with suppress(ValueError):
        if stated.isdecimal():
            return float(stated)
        if stated:
            until = parsedate_to_datetime(stated)
            return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    return min(2.0**tries, LONGEST_PAUSE) * random.uniform(1.0, 1.25)


def status_of(error: APIError) -> int:
    """The HTTP status, also of an answer that is no JSON."""
    return error.response.status_code


def message_of(error: APIError) -> str:
    """What Google said, as a part of a sentence."""
    return str(error.error.get("message") or "").strip().rstrip(".")[:200]


def is_quota(error: APIError) -> bool:
    """A 403 that only says: too many calls."""
    if status_of(error) != 403:
        return False
    return any(
        item.get("reason") in TOO_MUCH
        or (item.get("domain") == "usageLimits" and item.get("reason") not in {"accessNotConfigured", *FULL})
        for item in _reasons(error)
    )


def reasons_of(error: APIError) -> frozenset[str]:
    """The words by which programs tell refusals apart."""
    return frozenset(str(item.get("reason")) for item in _reasons(error) if item.get("reason"))


def _reasons(error: APIError) -> list[Mapping[str, Any]]:
    listed = [error.error.get(name) for name in ("errors", "details")]
    return [item for items in listed if isinstance(items, list) for item in items if isinstance(item, dict)]
