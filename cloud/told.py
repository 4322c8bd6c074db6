"""What keeps Google from answering, in one sentence for the operator."""

import requests
from google.auth.exceptions import GoogleAuthError
from gspread.exceptions import APIError

from cloud.client import message_of, reasons_of, status_of
from cloud.login import Login, is_refused

FAILURES = (APIError, GoogleAuthError, requests.RequestException)
NO_SCOPE = frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions", "insufficientScopes"})


def unreachable(error: Exception, login: Login) -> str:
    """The line failed, or Google does not know us any more."""
    if not is_refused(error):
        return f"Google cannot be reached: {_short(error)}."
    if login.is_robot:
        return (
            f"Google refuses the key of {login.who}: it may have been deleted, or this machine's clock is wrong."
        )
    return (
        "Google no longer accepts this person's login: it was revoked or has expired. Log in again, and put the new "
        "file in the place of credentials_file."
    )


def refused(error: APIError, login: Login) -> str | None:
    """A refusal that has nothing to do with what was asked for; None for all others."""
    status, said = status_of(error), message_of(error)
    if status == 403 and ("not been used" in said or "disabled" in said or "accessNotConfigured" in reasons_of(error)):
        return f"Switch on the project's Google Sheets and Google Drive APIs. Google: {said}."
    if status == 403 and reasons_of(error) & NO_SCOPE and "scope" in said.lower():
        return f"Too little was granted to {login.who}: log in again and allow Sheets and Drive."
    if status == 401:
        return f"Google does not accept the login of {login.who}. Google: {said}."
    if status == 429:
        return "Google asks for a pause: too many calls in a minute."
    if status >= 500 or status in (304, 408):
        return f"Google cannot do it now ({status}): {said}."
    return None


def _short(error: Exception) -> str:
    """The kind of failure; the whole text repeats addresses and says no more."""
    return type(error).__name__ if len(str(error)) > 160 else str(error)
