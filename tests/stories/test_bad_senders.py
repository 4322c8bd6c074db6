"""Sender checks that are set up: who cannot be verified decides nothing, and hears of it once a day."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from stories.bad import answer, counts, plain, settings
from stories.stage import ADAM, FIONA, MALLORY, OSCAR, RITA, Stage, complete_form, invoice
from workflow.core.model import Status

SERVER = "mx.example.test"
PASS = f"{SERVER}; dkim=pass header.d=example.test; dmarc=pass (p=none) header.from=example.test"
FAIL = f"{SERVER}; dkim=fail; spf=softfail smtp.mailfrom=evil.test; dmarc=fail header.from=example.test"
BAD = [
    (),
    (("Authentication-Results", FAIL),),
    (("Authentication-Results", PASS.replace(SERVER, "mx.evil.test")),),
    (("Authentication-Results", FAIL), ("Authentication-Results", PASS)),
]
NAMES = ["none", "fail", "a foreign server's pass", "a forged pass below our fail"]


@pytest.fixture
def checked(stage: Stage) -> Stage:
    """The same stage with sender checks."""
    text = stage.settings_file.read_text(encoding="utf-8")
    stage.settings_file.write_text(text.replace("authserv_id = []", f'authserv_id = ["{SERVER}"]'), encoding="utf-8")
    return stage


def asked(stage: Stage) -> EmailMessage:
    """Adam's ask for a verified request."""
    stage.send(
        RITA, complete_form(stage.now()), headers=[("Authentication-Results", PASS)], files=[("a.pdf", invoice())]
    )
    assert stage.run() == []
    stage.new(RITA)
    return stage.only(ADAM)


@pytest.mark.parametrize("results", BAD, ids=NAMES)
def test_an_unverified_request_is_refused_and_told(checked: Stage, results: tuple[tuple[str, str], ...]) -> None:
    for _ in range(2):
        checked.send(RITA, complete_form(checked.now()), headers=results)
    checked.run()
    assert list(checked.wiring().journal.requests()) == []
    assert "не подтвердил" in plain(checked.only(RITA)), "once a day, whatever comes"
    assert RITA in plain(checked.only(OSCAR))
    assert checked.new(ADAM) == []
    assert counts(checked) == {"read": 2, "refused": 2}
    checked.later(hours=25)
    checked.send(RITA, complete_form(checked.now()), headers=results)
    checked.run()
    checked.only(RITA)
    checked.only(OSCAR)


def test_a_verified_request_goes_on_without_the_warning(checked: Stage) -> None:
    ask = asked(checked)
    assert "не подтвержден" not in plain(ask)
    answer(checked, ADAM, ask, "Согласовано", [("Authentication-Results", PASS)])
    checked.run()
    assert checked.request().status is Status.APPROVED


@pytest.mark.parametrize("results", BAD, ids=NAMES)
@pytest.mark.parametrize("words", ["Согласовано", "Отказано"])
def test_an_unverified_decision_decides_nothing(
    checked: Stage, results: tuple[tuple[str, str], ...], words: str
) -> None:
    ask = asked(checked)
    answer(checked, ADAM, ask, words, list(results))
    checked.run()
    assert checked.request().status is Status.AWAITING
    assert "не подтвердил" in plain(checked.only(ADAM))
    assert ADAM in plain(checked.only(OSCAR))
    assert counts(checked) == {"read": 2, "requests": 1, "refused": 1}


def test_a_verified_sender_decides_by_the_subject_alone(checked: Stage) -> None:
    asked(checked)
    checked.send(ADAM, "СОГЛАСОВАНО", subject=f"[{checked.first}/1]", headers=[("Authentication-Results", PASS)])
    checked.run()
    assert checked.request().status is Status.APPROVED


def test_a_signature_alone_does_not_decide_by_the_subject(checked: Stage) -> None:
    """DKIM proves the domain, but only DMARC lets a mere tag decide."""
    asked(checked)
    signed = f"{SERVER}; dkim=pass header.d=example.test"
    checked.send(ADAM, "СОГЛАСОВАНО", subject=f"[{checked.first}/1]", headers=[("Authentication-Results", signed)])
    checked.run()
    assert checked.request().status is Status.AWAITING
    fresh = checked.only(ADAM)
    answer(checked, ADAM, fresh, "СОГЛАСОВАНО", [("Authentication-Results", signed)])
    checked.run()
    assert checked.request().status is Status.APPROVED


def test_an_unverified_stranger_is_not_answered_with_the_alarm_of_a_colleague(checked: Stage) -> None:
    checked.send(MALLORY, "Здравствуйте")
    checked.run()
    assert list(checked.wiring().journal.requests()) == []
    assert len(checked.new(MALLORY)) <= 1
    assert counts(checked) == {"read": 1, "refused": 1}


def test_paid_by_an_unverified_letter_is_no_payment(checked: Stage) -> None:
    answer(checked, ADAM, asked(checked), "Согласовано", [("Authentication-Results", PASS)])
    checked.run()
    pay = checked.only(FIONA)
    answer(checked, FIONA, pay, "ОПЛАЧЕНО", [])
    checked.run()
    assert checked.request().status is Status.APPROVED
    checked.new(FIONA)
    answer(checked, FIONA, pay, "ОПЛАЧЕНО", [("Authentication-Results", PASS)])
    checked.run()
    assert checked.request().status is Status.PAID


def test_mail_that_the_server_marks_as_internal_is_verified(stage: Stage) -> None:
    settings(stage, "mailbox", 'internal_header = "X-MS-Exchange-Organization-AuthAs: Internal"')
    mark = ("X-MS-Exchange-Organization-AuthAs", "Internal")
    stage.send(RITA, complete_form(stage.now()), headers=[mark])
    stage.run()
    ask = stage.only(ADAM)
    assert "не подтвержден" not in plain(ask)
    answer(stage, ADAM, ask, "Согласовано", [])
    stage.run()
    assert stage.request().status is Status.AWAITING
    answer(stage, ADAM, ask, "Согласовано", [mark])
    stage.run()
    assert stage.request().status is Status.APPROVED
