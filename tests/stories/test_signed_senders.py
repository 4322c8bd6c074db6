"""Senders proven by their own signatures: what is checked by ourselves decides, and silent name servers only delay."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from email.message import EmailMessage

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailer.dkim import WAITING, NotProvenYet
from stories.bad import counts, facts, plain, settings
from stories.stage import ADAM, OSCAR, PAYMENTS, RITA, Stage, complete_form, invoice
from workflow.core.model import Status


@dataclass
class Domain:
    """The company's mail server that signs, and its name servers, which may be silent."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    silent: bool = False

    def look_up(self, name: str) -> bytes | None:
        if self.silent:
            raise NotProvenYet("the name servers do not answer")
        der, shape = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        public = self.key.public_key().public_bytes(der, shape)
        return b"v=DKIM1; p=" + base64.b64encode(public)

    def sign(self, raw: bytes) -> bytes:
        pem, shape = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
        secret = self.key.private_bytes(pem, shape, serialization.NoEncryption())
        return bytes(dkim.sign(raw, b"mail", b"example.test", secret)) + raw


@pytest.fixture
def domain(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Domain:
    found = Domain()
    monkeypatch.setattr("mailer.dkim.ask_dns", found.look_up)
    settings(stage, "mailbox", "dkim = true")
    return found


def write(stage: Stage, domain: Domain | None) -> None:
    """Rita's request, signed by her server or by nobody."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"], letter["Message-ID"] = RITA, PAYMENTS, "Заявка", "<1@example.test>"
    letter.set_content(complete_form(stage.now()))
    letter.add_attachment(invoice(), maintype="application", subtype="pdf", filename="счет.pdf")
    raw = letter.as_bytes().replace(b"\n", b"\r\n")
    stage.post(RITA, PAYMENTS, domain.sign(raw) if domain else raw)


def test_a_signed_request_is_taken_and_its_sender_is_not_doubted(stage: Stage, domain: Domain) -> None:
    write(stage, domain)
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert "не подтвержден" not in plain(stage.only(ADAM))


def test_an_unsigned_request_is_refused_and_the_operator_told(stage: Stage, domain: Domain) -> None:
    write(stage, None)
    stage.run()
    assert list(stage.wiring().journal.requests()) == []
    assert "no signature belongs to example.test" in plain(stage.only(OSCAR))


def test_a_letter_waits_while_the_name_servers_are_silent(stage: Stage, domain: Domain) -> None:
    domain.silent = True
    write(stage, domain)
    stage.run()
    stage.later(minutes=20)
    stage.run()
    assert counts(stage) == {"read": 1, "set_aside": 1}
    assert facts(stage)["set_aside"][0]["error"].startswith(WAITING)
    assert [stage.new(person) for person in (RITA, OSCAR)] == [[], []], "nobody is told of a wait"
    domain.silent = False
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert counts(stage) == {"read": 1, "requests": 1}


def test_after_an_hour_of_silence_it_counts_as_not_proven(stage: Stage, domain: Domain) -> None:
    domain.silent = True
    write(stage, domain)
    stage.run()
    stage.later(minutes=61)
    stage.run()
    assert counts(stage) == {"read": 1, "refused": 1}
    assert WAITING in plain(stage.only(OSCAR))


def test_a_stranger_whose_name_servers_are_silent_is_not_waited_for(stage: Stage, domain: Domain) -> None:
    domain.silent = True
    raw = b"From: mallory@example.test\r\nTo: payments@example.test\r\nSubject: x\r\n\r\nhello\r\n"
    stage.post("mallory@example.test", PAYMENTS, domain.sign(raw))
    stage.run()
    assert counts(stage) == {"read": 1, "refused": 1}
