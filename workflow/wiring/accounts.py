"""How the mailbox is opened, for reading and for sending: with a password, or with a token in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Literal

from config.sections import Mailbox
from config.settings import SecretError
from mailer.account import Account
from mailer.errors import DeliveryError, InboxError

Which = Literal["imap", "smtp"]


class Accounts:
    """The two logins of one mailbox; secrets are read at each, so the operator may put them there while we run."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    def login(self, which: Which) -> Account:
        mailbox = self.mailbox
        server = mailbox.imap if which == "imap" else mailbox.smtp
        if mailbox.oauth is not None:
            get_token = partial(self._token, which)
            return Account(server.host, server.port, server.security, mailbox.login, get_token=get_token)
        return Account(server.host, server.port, server.security, mailbox.login, partial(self._password, which))

    def _password(self, which: Which) -> str:
        try:
            return self.mailbox.password()
        except SecretError as error:
            raise _failure(which, error) from error

    def _token(self, which: Which, fresh: bool) -> str:
        from cloud.mailbox import NoToken

        try:
            return self._tokens(fresh)
        except (NoToken, SecretError) as error:
            raise _failure(which, error) from error

    @cached_property
    def _tokens(self) -> Callable[[bool], str]:
        """What opens the mailbox in place of a password."""
        from cloud.mailbox import MICROSOFT, GoogleTokens, MicrosoftTokens  # slow to load, and few need it

        mailbox, oauth = self.mailbox, self.mailbox.oauth
        assert oauth is not None
        if oauth.provider == "google":
            assert oauth.token_file is not None  # the settings ask for it
            return GoogleTokens(oauth.token_file, mailbox.login, oauth.endpoint)
        return MicrosoftTokens(
            oauth.tenant or "", oauth.client_id or "", oauth.client_secret, oauth.endpoint or MICROSOFT
        )  # fmt: skip


def _failure(which: Which, error: Exception) -> InboxError | DeliveryError:
    """In the words of the leg that wants to sign in."""
    if which == "imap":
        return InboxError(str(error), permanent=getattr(error, "permanent", True))
    return DeliveryError(str(error), permanent=False, unreachable=True)
