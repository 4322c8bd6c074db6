# ruff: noqa: E501 (letters are kept whole)
"""Bounces of the usual servers: whom they are about and which letter of ours they return."""

import pytest

from mailer.automatic import classify
from mailer.bounce import read_bounce
from mailer.mime import read_header

OURS = "notice.1@countersign.test"


def report(text, status, returned="message/rfc822", sender="MAILER-DAEMON@mx.example.test"):
    original = f"From: payments@example.test\r\nTo: gone@vendor.test\r\nMessage-ID: <{OURS}>\r\nSubject: x\r\n\r\n"
    return (
        f"From: Mail Delivery System <{sender}>\r\nTo: payments@example.test\r\nReturn-Path: <>\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n{text}\r\n'
        f"--B\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n--B\r\nContent-Type: {returned}\r\n\r\n{original}\r\n--B--\r\n"
    ).encode()


POSTFIX = "Reporting-MTA: dns; mx.example.test\r\n\r\nFinal-Recipient: rfc822; gone@vendor.test\r\nOriginal-Recipient: rfc822;gone@vendor.test\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown"
EXCHANGE = "Reporting-MTA: dns;EX01.example.test\r\n\r\nFinal-Recipient: RFC822; Gone@Vendor.test\r\nAction: failed\r\nStatus: 5.1.10\r\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound"
GMAIL = "Reporting-MTA: dns; googlemail.com\r\nArrival-Date: Tue, 24 Nov 2026 10:00:00 -0800 (PST)\r\n\r\nFinal-Recipient: rfc822; gone@vendor.test\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.vendor.test.\r\nDiagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist."
DELAYED = "Reporting-MTA: dns; mx.example.test\r\n\r\nFinal-Recipient: rfc822; gone@vendor.test\r\nAction: delayed\r\nStatus: 4.4.1\r\nWill-Retry-Until: Thu, 26 Nov 2026 10:00:00 +0300"
QMAIL = (
    "From: MAILER-DAEMON@mx.example.test\r\nTo: payments@example.test\r\nReturn-Path: <>\r\nSubject: failure notice\r\n\r\n"
    "Hi. This is the qmail-send program at mx.example.test.\r\nI'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n<gone@vendor.test>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
    f"--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <payments@example.test>\r\nMessage-ID: <{OURS}>\r\nSubject: x\r\n\r\ntext\r\n"
).encode()  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "permanent"),
    [
        (report("The mail system: user unknown", POSTFIX), True),
        (report("Your message to Gone couldn't be delivered.", EXCHANGE), True),
        (report("Address not found", GMAIL), True),
        (report("Сообщение не доставлено: пользователь не найден", POSTFIX, "text/rfc822-headers"), True),
        (report("Delivery is delayed", DELAYED), False),
        (QMAIL, True),
    ],
    ids=["postfix", "exchange", "gmail", "yandex", "delayed", "qmail"],
)
def test_a_bounce_names_the_address_and_our_letter(raw, permanent):
    bounce = read_bounce(raw)
    assert bounce.failed == ("gone@vendor.test",)
    assert bounce.permanent is permanent
    assert bounce.message_ids[0] == OURS
    assert classify(read_header(raw)).kind == "dsn"


def test_the_reason_is_the_servers():
    assert read_bounce(report("x", POSTFIX)).why == "5.1.1 550 5.1.1 user unknown"


def test_a_success_report_and_an_ordinary_letter_are_no_bounce():
    assert read_bounce(report("delivered", POSTFIX.replace("failed", "delivered").replace("5.1.1", "2.0.0"))) is None
    assert read_bounce(b"From: a@b.test\r\nSubject: x\r\n\r\nAPPROVE") is None


def test_gmails_header_names_the_address_where_no_report_is():
    raw = (
        b"From: mailer-daemon@googlemail.com\r\nX-Failed-Recipients: gone@vendor.test\r\nIn-Reply-To: <"
        + OURS.encode()
        + b">\r\n\r\nAddress not found"
    )
    bounce = read_bounce(raw)
    assert (bounce.failed, bounce.permanent, bounce.message_ids) == (("gone@vendor.test",), True, (OURS,))
