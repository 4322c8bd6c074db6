"""Attacks and bad luck over real mail: forged, copied, looped and late letters through a real server.

Most attacks are tried without servers in tests/workflow/test_attacks_by_letter.py; here stand those in which the way of
the letter itself matters.
"""

from __future__ import annotations

from email import policy
from email.message import EmailMessage

import pytest

from stories.bad import counts
from stories.stage import (
    ADA,
    ADAM,
    FIONA,
    MALLORY,
    OSCAR,
    PAYMENTS,
    RITA,
    SUPPLIER,
    Stage,
    complete_form,
    invoice,
    text_of,
)
from workflow.core.model import Status

YES = "СОГЛАСОВАНО"


def asked(stage: Stage, **changes: str) -> EmailMessage:
    form = complete_form(stage.now())
    for old, new in changes.items():
        form = form.replace(old, new)
    stage.send(RITA, form, files=[("счет.pdf", invoice())])
    stage.run()
    return stage.new(ADAM)[-1]


def approved(stage: Stage) -> EmailMessage:
    stage.answer(ADAM, asked(stage), YES)
    stage.run()
    return stage.new(FIONA)[-1]


def test_a_yes_sent_to_both_our_addresses_counts_once(stage: Stage) -> None:
    ask = asked(stage)
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"], letter["To"], letter["Cc"] = ADAM, str(ask["Reply-To"]), PAYMENTS
    letter["Subject"], letter["Message-ID"] = str(ask["Subject"]), "<both@example.test>"
    letter.set_content(YES)
    for address in (str(ask["Reply-To"]), PAYMENTS):
        stage.post(ADAM, address, letter.as_bytes())
    stage.run()
    assert stage.request().status is Status.APPROVED
    assert len(stage.request().votes) == 1
    assert len(stage.new(ADAM)) == 1, "one receipt"
    assert len(stage.new(FIONA)) == 1


def test_an_approver_copied_on_the_requesters_letter_has_approved_nothing(stage: Stage) -> None:
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"], letter["To"], letter["Cc"], letter["Subject"] = RITA, PAYMENTS, ADAM, "Оплата"
    letter["Message-ID"] = "<cc@example.test>"
    letter.set_content(complete_form(stage.now()) + "\n\nАнтон, СОГЛАСОВАНО?\n\n> СОГЛАСОВАНО\n> Антон Головин")
    for address in (PAYMENTS, ADAM):
        stage.post(RITA, address, letter.as_bytes())
    stage.run()
    stage.send(ADAM, YES, subject="Re: Оплата", headers=[("In-Reply-To", "<cc@example.test>")])
    stage.run()
    assert stage.request().status is Status.AWAITING


def test_the_requester_who_forwards_the_approvers_yes_has_approved_nothing(stage: Stage) -> None:
    ask = asked(stage)
    forwarded = f"---------- Forwarded message ---------\nFrom: Антон <{ADAM}>\nTo: {ask['Reply-To']}\n\n{YES}\n"
    text = f"Антон ответил:\n\n{forwarded}"
    stage.send(RITA, text, subject=f"Fwd: {ask['Subject']}", to=str(ask["Reply-To"]))
    stage.run()
    assert stage.request().status is Status.AWAITING


def test_a_letter_in_the_approvers_name_without_his_code_is_asked_back_to_him(stage: Stage) -> None:
    ask = asked(stage)
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"], letter["To"], letter["Reply-To"] = f"Антон Головин <{ADAM}>", PAYMENTS, MALLORY
    letter["Subject"], letter["Message-ID"] = f"Re: {ask['Subject']}", "<forged@evil.test>"
    letter.set_content(YES)
    stage.post(MALLORY, PAYMENTS, letter.as_bytes())
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert stage.new(MALLORY) == [], "an answer goes to the address that we know, not where the letter asks"
    assert len(stage.new(ADAM)) == 1


def test_our_notices_mailed_back_to_us_start_nothing(stage: Stage) -> None:
    approved(stage)
    stage.edit({"Статус": "Оплачен"})
    stage.run()
    stage.later(minutes=11)
    stage.run()
    sent = [received.raw for received in stage.mail.received if not received.recipients[0].startswith("payments")]
    before = len(sent)
    for raw in sent:
        stage.post(PAYMENTS, PAYMENTS, raw)
    assert stage.run() == []
    assert stage.run() == []
    outgoing = [received for received in stage.mail.received if not received.recipients[0].startswith("payments")]
    assert len(outgoing) == before
    assert stage.request().status is Status.PAID


def test_a_contractor_with_the_address_of_our_mailbox_starts_no_loop(stage: Stage) -> None:
    stage.answer(ADAM, asked(stage, **{"supplier@vendor.test": PAYMENTS}), YES)
    stage.run()
    stage.edit({"Статус": "Оплачен"})
    stage.run()
    stage.later(minutes=11)
    for _ in range(3):
        assert stage.run() == []
    ours = [r for r in stage.mail.received if r.recipients == (PAYMENTS,) and r.sender == PAYMENTS]
    assert len(ours) <= 1
    assert stage.request().status is Status.PAID


def test_a_yes_that_comes_after_the_correction_approves_neither_version(stage: Stage) -> None:
    ask = asked(stage)
    receipt = stage.new(RITA)[-1]
    stage.answer(RITA, receipt, "Сумма счета: 99 000,00")
    stage.answer(ADAM, ask, YES)  # both lie in the mailbox when we read it
    stage.run()
    request = stage.request()
    assert (request.status, request.version, request.approvals()) == (Status.AWAITING, 2, ())
    assert stage.new(FIONA) == []


def test_a_correction_that_comes_after_the_yes_stops_what_was_just_approved(stage: Stage) -> None:
    ask = asked(stage)
    receipt = stage.new(RITA)[-1]
    stage.answer(ADAM, ask, YES)
    stage.answer(RITA, receipt, "Сумма счета: 99 000,00")
    stage.run()
    request = stage.request()
    assert (request.status, request.version, request.approvals()) == (Status.AWAITING, 2, ())
    told = [text_of(message).replace("\xa0", " ") for message in stage.new(FIONA)]
    assert not any("99 000" in text for text in told), "what nobody approved is not shown to accounting"
    assert any("12 000,50" in text and "Стоп" in text for text in told), "it is told which payment to stop"
    stage.edit({"Статус": "Оплачен"})
    stage.run()
    assert stage.request().payments == ()


def test_paid_typed_beside_the_old_sum_while_the_book_was_locked_pays_nothing(stage: Stage) -> None:
    approved(stage)
    lock = stage.folder / ".~lock.registry.xlsx#"
    lock.write_text(",fiona,desk,24.11.2026 10:00,file:///x;", encoding="utf-8")
    stage.answer(RITA, stage.new(RITA)[-1], "Сумма счета: 9 000,00")
    stage.run()
    stage.answer(ADAM, stage.new(ADAM)[-1], YES)
    stage.run()
    assert (stage.request().version, stage.cells()["Сумма счета"]) == (2, 12000.5)
    stage.edit({"Статус": "Оплачен"})
    lock.unlink()
    stage.run()
    assert (stage.request().status, stage.request().payments) == (Status.APPROVED, ())
    assert (stage.cells()["Сумма счета"], stage.cells()["Статус"]) == (9000, "Согласован к оплате")
    assert "прежняя версия" in str(stage.cells()["Сообщение"])
    stage.later(minutes=30)
    stage.run()
    assert stage.new(SUPPLIER) == [], "no contractor hears of a payment that nobody approved"


@pytest.mark.parametrize("sender", [MALLORY, SUPPLIER, "MAILER-DAEMON@evil.test"])
def test_a_bounce_in_somebodys_name_reaches_no_notice_that_its_writer_never_saw(stage: Stage, sender: str) -> None:
    ask = asked(stage)
    for person in (RITA, OSCAR):
        stage.new(person)
    raw = (
        f"From: {sender}\r\nTo: {PAYMENTS}\r\nSubject: Undelivered: {stage.first}\r\nMessage-ID: <b@evil.test>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\nAPPROVE {ask['Subject'].encode('ascii', 'ignore').decode()}\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        f"Final-Recipient: rfc822; {ADAM}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{'a' * 26}@example.test>\r\n\r\n--b--\r\n"
    )
    stage.post(sender, PAYMENTS, raw.encode())
    stage.run()
    assert (stage.request().status, stage.request().message) == (Status.AWAITING, None)
    assert [stage.new(person) for person in (RITA, OSCAR, ADAM, ADA)] == [[], [], [], []]
    assert counts(stage)["ignored"] == 1
