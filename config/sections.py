"""The sections of the settings file as frozen models: every key, its kind and its default.

What must fit together across keys is checked in `checks`, so that one run names every problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from config.parts import (
    Address,
    Amount,
    ArchiveAfter,
    Count,
    Country,
    Currency,
    Day,
    Duration,
    FilePath,
    Filled,
    Flag,
    HeaderLine,
    Inn,
    LeaseSpan,
    LocalAddress,
    LowerWord,
    Port,
    Prefix,
    Rate,
    RatePer,
    Size,
    Span,
    Text,
    TimeOfDay,
    UndoWindow,
    Url,
    WorkingDays,
)

Language = Annotated[Literal["ru", "en"], LowerWord]
Security = Literal["tls", "starttls", "none"]
Role = Literal["requester", "approver", "accountant", "operator"]
ColumnKey = Literal[
    "reference", "version", "status", "subject", "contractor", "amount", "currency", "pay_by", "bank_details",
    "inn", "kpp", "bic", "account", "corr_account", "iban", "swift", "purpose", "invoice", "contractor_email",
    "requested_by", "approved_by", "decision_comment", "materials", "warnings", "message", "history", "updated",
    "paid_on", "paid_amount", "payment_order", "accountant_comment",
]  # fmt: skip


class SecretError(Exception):
    """A password that the settings name cannot be read; the sentence says what to do."""


class Section(BaseModel):
    """A table of the file: unknown keys are problems, defaults are read like typed values."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, populate_by_name=True)


class Company(Section):
    name: Text
    inn: Inn | None = None
    reference_prefix: Prefix = "PAY"


class Server(Section):
    host: Text
    port: Port
    security: Annotated[Security, LowerWord] = "tls"


class Secretive(Section):
    """A section that names where a secret is kept; the secret itself is read when it is asked for."""

    _env: Mapping[str, str] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any) -> None:
        self._env = (context or {}).get("env", {})

    def _secret(self, file: Path | None, variable: str | None) -> str:
        if variable is not None:
            return _from_environment(self._env, variable)
        if file is not None:
            return _from_file(file)
        raise SecretError("The settings do not say where the password is kept.")


class OAuth(Secretive):
    """Signing in by token instead of a password."""

    provider: Annotated[Literal["microsoft", "google"], LowerWord]
    tenant: Text | None = None
    client_id: Text | None = None
    client_secret_file: FilePath | None = None
    client_secret_env: Text | None = None
    token_file: FilePath | None = None
    endpoint: Url = ""

    def client_secret(self) -> str:
        """The secret of the registered application; raises SecretError."""
        return self._secret(self.client_secret_file, self.client_secret_env)


class Mailbox(Secretive):
    address: Address
    former_addresses: tuple[Address, ...] = ()
    imap: Server
    smtp: Server
    username: Text | None = None
    password_file: FilePath | None = None
    password_env: Text | None = None
    oauth: OAuth | None = None
    folder: Text = "INBOX"
    plus_addressing: Flag = True
    authserv_id: tuple[Text, ...] = ()
    internal_header: HeaderLine | None = None
    dkim: Flag = False
    poll: Duration = timedelta(seconds=30)
    max_size: Size = 25 * 1024**2
    read_from: Day | None = None
    answers_per_sender: RatePer = Rate(20, timedelta(hours=1))

    @property
    def login(self) -> str:
        """The name to sign in with: the mailbox's address unless the file says otherwise."""
        return self.username or self.address

    def password(self) -> str:
        """The mailbox's password, read anew each time so that a changed one is found; raises SecretError."""
        return self._secret(self.password_file, self.password_env)


class Condition(Section):
    """What a request must be like for a rule to hold; an empty one always holds."""

    currency: Currency | None = None
    amount_from: Amount | None = None
    amount_to: Amount | None = None
    contractor: Inn | None = None
    requester: Address | None = None

    @property
    def always(self) -> bool:
        return self == Condition()


class RegistrySettings(Section):
    name: Text = "registry"
    when: Condition = Condition()
    kind: Annotated[Literal["excel", "google"], LowerWord] = "excel"
    path: FilePath = Path("registry.xlsx")
    spreadsheet: Text | None = None
    credentials_file: FilePath | None = None
    endpoint: Url = ""
    worksheet: Text = "Registry"
    poll: Duration = timedelta(seconds=5)
    lock_stale_after: Duration = timedelta(hours=12)
    archive_after: ArchiveAfter = timedelta(days=365)
    aliases: dict[ColumnKey, tuple[Text, ...]] = Field(default_factory=dict)


class MaterialsSettings(Section):
    kind: Annotated[Literal["folder", "drive"], LowerWord] = "folder"
    path: FilePath = Path("materials")
    url: Url = ""
    drive_folder: Text | None = None
    drive_share: Flag = True
    credentials_file: FilePath | None = None
    endpoint: Url = ""


class Notices(Section):
    paid_delay: Span = timedelta(minutes=10)
    accounting: Annotated[Literal["each", "morning"], LowerWord] = "each"
    morning: TimeOfDay = time(9)
    morning_mail: Flag = False
    remind_after: WorkingDays = 0
    page_image: Flag = True


class CalendarSettings(Section):
    country: Country = "RU"
    days_off: tuple[Day, ...] = ()
    working_days: tuple[Day, ...] = ()


class Decisions(Section):
    undo_window: UndoWindow = None


class Controls(Section):
    """What holds a payment although everybody said yes."""

    bank_details: Annotated[Literal["changed", "new", "off"], LowerWord] = "changed"
    confirm: tuple[Address, ...] = ()
    split_period: Span = timedelta(days=7)


class Templates(Section):
    path: FilePath | None = None


class Keywords(Section):
    approve: tuple[Text, ...] = ()
    reject: tuple[Text, ...] = ()
    return_: tuple[Text, ...] = Field(default=(), alias="return")


class ContractorSettings(Section):
    language: Annotated[Literal["auto", "ru", "en"], LowerWord] = "auto"


class Health(Secretive):
    """From when on something is a trouble, and who hears of it by a way of its own."""

    late_after: Duration = timedelta(minutes=30)
    waiting_after: Duration = timedelta(hours=1)
    free_space: Size = 100 * 1024**2
    probe: TimeOfDay | None = None
    webhook: Url = ""
    webhook_token_file: FilePath | None = None
    webhook_token_env: Text | None = None
    email: Address | None = None
    smtp: Server | None = None
    sender: Address | None = None
    username: Text | None = None
    password_file: FilePath | None = None
    password_env: Text | None = None
    listen: LocalAddress | None = None

    def webhook_token(self) -> str:
        return self._secret(self.webhook_token_file, self.webhook_token_env)

    def password(self) -> str:
        """Of the second mail server; raises SecretError."""
        return self._secret(self.password_file, self.password_env)


class DaemonSettings(Section):
    lease: LeaseSpan = timedelta(seconds=60)


class Logs(Section):
    format: Annotated[Literal["plain", "json"], LowerWord] = "plain"
    level: Annotated[Literal["debug", "info", "warning", "error"], LowerWord] = "info"


class Person(Section):
    name: Text
    email: Address
    aliases: tuple[Address, ...] = ()
    roles: Annotated[tuple[Role, ...], Filled]
    language: Language = "ru"
    digest: TimeOfDay | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.email, *self.aliases)


class Step(Section):
    """One step of a route: enough of these people must approve before the next step begins."""

    any: tuple[Address, ...] = ()
    all: tuple[Address, ...] = ()
    quorum: Count | None = None
    of: tuple[Address, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        return self.any or self.all or self.of

    @property
    def needed(self) -> int:
        """How many of them must approve."""
        if self.any:
            return 1
        return len(self.all) if self.all else self.quorum or len(self.of)


class Rule(Section):
    when: Condition
    steps: Annotated[tuple[Step, ...], Filled]


def _from_environment(env: Mapping[str, str], variable: str) -> str:
    secret = env.get(variable, "").rstrip("\r\n")
    if not secret:
        raise SecretError(f"The environment variable {variable} that should hold the password is not set.")
    return secret


def _from_file(file: Path) -> str:
    try:
        secret = file.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not plain text"
        raise SecretError(f"The password file {file} cannot be read: {reason}.") from error
    if not secret:
        raise SecretError(f"The password file {file} is empty.")
    return secret
