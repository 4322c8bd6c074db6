"""The mailbox of a provider that takes no passwords: Microsoft 365 and Google Workspace give tokens instead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import countersign
from helpers.dovecot import DovecotServer
from helpers.realmail import RealMail
from helpers.sheets_server import SheetsServer
from helpers.smtp import ScriptedSMTP
from helpers.tokens import TokenServer
from mailer.errors import InboxError
from stories.stage import ADAM, PAYMENTS, RITA, USERS, Stage, complete_form


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with TokenServer(PAYMENTS) as server:
        yield server


class TokenMail(RealMail):
    """Real mail whose servers take tokens."""

    def __init__(self, folder: Path, tokens: TokenServer) -> None:
        super().__init__(folder, USERS)
        self.imap = DovecotServer(folder / "tokens", USERS, f"{tokens.url}/introspect?token=")
        self.submission = ScriptedSMTP(tokens=tokens.good, deliver=self._deliver)

    def __enter__(self) -> TokenMail:
        super().__enter__()
        self.submission.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.submission.__exit__()
        super().__exit__(None, None, None)


@pytest.fixture
def mail(tmp_path: Path, tokens: TokenServer) -> Iterator[TokenMail]:
    folder = tmp_path / "servers"
    folder.mkdir()
    with TokenMail(folder, tokens) as mail:
        yield mail


def stage_with(tmp_path: Path, mail: TokenMail, oauth: str) -> Stage:
    stage = Stage(tmp_path, mail)
    text = stage.settings_file.read_text(encoding="utf-8")
    text = text.replace('password_env = "COUNTERSIGN_TEST_PASSWORD"\n', "")
    text = text.replace(f"port = {mail.smtp_port}", f"port = {mail.submission.port}")
    text = text.replace("[registry]", f"[mailbox.oauth]\n{oauth}\n[registry]", 1)
    stage.settings_file.write_text(text, encoding="utf-8")
    return stage


@pytest.fixture
def microsoft(tmp_path: Path, mail: TokenMail, tokens: TokenServer) -> Stage:
    (tmp_path / "secret").write_text("app-secret\n")
    return stage_with(tmp_path, mail, f'provider = "microsoft"\ntenant = "our-tenant"\nclient_id = "app"\n'
                                      f'client_secret_file = "secret"\nendpoint = "{tokens.url}"\n')  # fmt: skip


def asked(mail: TokenMail) -> list[str]:
    return [r.recipients[0] for r in mail.submission.received]


def test_a_microsoft_mailbox_is_read_and_sent_from_by_token(
    microsoft: Stage, mail: TokenMail, tokens: TokenServer
) -> None:
    microsoft.send(RITA, complete_form(microsoft.now()))
    assert microsoft.run() == []
    assert ADAM in asked(mail)
    assert set(tokens.asked) == {"/our-tenant/oauth2/v2.0/token"}
    assert len(tokens.asked) == 1, "one token does for reading and sending"
    checked = countersign(microsoft.settings_file, "check")
    assert "failed" not in checked.stdout, checked.stdout


def test_a_token_that_the_server_no_longer_takes_is_renewed(microsoft: Stage, tokens: TokenServer) -> None:
    wiring = microsoft.wiring()
    inbox = wiring.legs()[0]
    inbox.work_once()
    inbox.close()
    tokens.good.clear()
    inbox.work_once()
    inbox.close()
    assert len(tokens.asked) == 2


def test_a_wrong_secret_is_told_in_a_sentence_without_the_secret(microsoft: Stage, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("expired-one\n")
    checked = countersign(microsoft.settings_file, "check")
    assert checked.returncode == 1
    assert "AADSTS7000215: Invalid client secret" in checked.stdout
    assert "client_id and the secret" in checked.stdout
    assert "expired-one" not in checked.stdout + checked.stderr


def test_a_token_server_that_is_down_is_waited_for(microsoft: Stage, mail: TokenMail, tokens: TokenServer) -> None:
    microsoft.send(RITA, complete_form(microsoft.now()))
    tokens.down = True
    assert any("Microsoft gives no token" in trouble for trouble in microsoft.run())
    with pytest.raises(InboxError) as failed:
        microsoft.wiring().account("imap").get_token(False)  # type: ignore[misc]
    assert not failed.value.permanent
    tokens.down = False
    assert microsoft.run() == []
    assert ADAM in asked(mail)


def test_a_google_workspace_mailbox_by_a_service_account(tmp_path: Path, mail: TokenMail, tokens: TokenServer) -> None:
    SheetsServer().key_file(tmp_path)
    stage = stage_with(tmp_path, mail, f'provider = "google"\ntoken_file = "google.json"\nendpoint = "{tokens.url}"\n')
    stage.send(RITA, complete_form(stage.now()))
    assert stage.run() == []
    assert ADAM in asked(mail)
    assert set(tokens.subjects) == {PAYMENTS}, "it acts for the mailbox"

    tokens.user = "else@example.test"
    checked = countersign(stage.settings_file, "check")
    assert "domain-wide delegation" in checked.stdout
    facts = json.loads((tmp_path / "google.json").read_text())
    assert facts["private_key"] not in checked.stdout + checked.stderr
