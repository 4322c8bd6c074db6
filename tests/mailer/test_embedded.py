"""The embedded mail server, as the demonstration and an ordinary mail client use it."""

import smtplib
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted

from mailer.account import Account
from mailer.embedded import Delivered, MailServer
from mailer.inbox import Inbox
from mailer.smtp import Outgoing

USERS = {"payments@demo.test": "pw", "rita@demo.test": "rita"}
BIG = 10_000_000


def letter(to: str = "payments@demo.test") -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = "Рита <rita@demo.test>", to, "Счёт №1 / ../оплата"
    message.set_content("Сумма: 1 234,50 ₽\n")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Счёт на оплату.pdf")
    return message.as_bytes()


def send(server: MailServer, recipient: str = "payments@demo.test") -> None:
    with Outgoing(Account("127.0.0.1", server.smtp_port, "none", "rita@demo.test", lambda: "rita")) as outgoing:
        outgoing.send(letter(recipient), "rita@demo.test", recipient)


def inbox(server: MailServer, user: str = "payments@demo.test") -> Inbox:
    return Inbox(Account("127.0.0.1", server.imap_port, "none", user, lambda: USERS[user], timeout=5))


def test_a_sent_letter_can_be_read_and_lies_in_the_folder(tmp_path: Path) -> None:
    delivered: list[Delivered] = []
    with MailServer(tmp_path, USERS, delivered.append) as server, inbox(server) as box:
        send(server)
        box.select()
        (found,) = box.new_letters(0, BIG)
    message = message_from_bytes(found.raw, policy=policy.default)
    assert message["Subject"] == "Счёт №1 / ../оплата"
    assert [one.get_filename() for one in message.iter_attachments()] == ["Счёт на оплату.pdf"]
    (one,) = delivered
    assert (one.number, one.sender, one.recipient) == (1, "rita@demo.test", "payments@demo.test")
    assert one.path.parent == tmp_path / "mail"
    assert one.path.name == "001-payments-Счёт_1_.._оплата.eml"
    assert b"Subject" in one.path.read_bytes()


def test_a_plus_address_is_delivered_and_remembered(tmp_path: Path) -> None:
    with MailServer(tmp_path, USERS) as server, inbox(server) as box:
        send(server, "payments+abc@demo.test")
        box.select()
        (found,) = box.new_letters(0, BIG)
    assert message_from_bytes(found.raw)["Delivered-To"] == "payments+abc@demo.test"


def test_an_unknown_recipient_is_refused(tmp_path: Path) -> None:
    with (
        MailServer(tmp_path, USERS) as server,
        smtplib.SMTP("127.0.0.1", server.smtp_port) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused) as caught,
    ):
        client.sendmail("rita@demo.test", ["nobody@demo.test"], letter())
    assert caught.value.recipients["nobody@demo.test"][0] == 550


def test_a_wrong_password_is_refused_on_both_doors(tmp_path: Path) -> None:
    with MailServer(tmp_path, USERS) as server:
        with smtplib.SMTP("127.0.0.1", server.smtp_port) as client, pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("rita@demo.test", "wrong")
        with pytest.raises(Exception, match="AUTHENTICATIONFAILED"):
            MailBoxUnencrypted("127.0.0.1", server.imap_port).login("rita@demo.test", "wrong")


def test_an_ordinary_client_can_wait_for_mail(tmp_path: Path) -> None:
    with (
        MailServer(tmp_path, USERS) as server,
        MailBoxUnencrypted("127.0.0.1", server.imap_port, timeout=20).login("payments@demo.test", "pw") as box,
    ):
        threading.Timer(0.2, send, (server,)).start()
        assert b"* 1 EXISTS" in box.idle.wait(timeout=15)
        assert [one.subject for one in box.fetch(mark_seen=False)] == ["Счёт №1 / ../оплата"]


def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    with MailServer(tmp_path, USERS) as server, inbox(server) as box:
        send(server)
        before = box.select()
    delivered: list[Delivered] = []
    with MailServer(tmp_path, USERS, delivered.append) as server, inbox(server) as box:
        send(server)
        assert box.select() == before
        assert [one.uid for one in box.new_letters(0, BIG)] == [1, 2]
    assert delivered[0].path.name.startswith("002-")


def test_many_people_may_wait_at_once(tmp_path: Path) -> None:
    with MailServer(tmp_path, USERS) as server:
        boxes = [inbox(server) for _ in range(12)]
        heard: list[bool] = []

        def listen(box: Inbox) -> None:
            box.connect()
            box.select()
            heard.append(box.wait(20))

        threads = [threading.Thread(target=listen, args=(box,)) for box in boxes]
        for thread in threads:
            thread.start()
        threading.Timer(0.3, send, (server,)).start()
        for thread in threads:
            thread.join(25)
        assert heard == [True] * 12


def test_it_stops_at_once_also_with_clients_inside(tmp_path: Path) -> None:
    server = MailServer(tmp_path, USERS).start()
    box = inbox(server)
    box.connect()
    box.select()
    client = smtplib.SMTP("127.0.0.1", server.smtp_port)
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 2
    client.close()
    server.start()
    server.stop()


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with MailServer(tmp_path / "one", USERS) as server:
        with pytest.raises(RuntimeError) as caught:
            MailServer(tmp_path / "two", USERS, imap_port=server.imap_port).start()
        assert isinstance(caught.value.__cause__, OSError)
