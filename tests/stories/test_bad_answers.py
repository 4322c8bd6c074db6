"""Answers as people really send them: from elsewhere, late, twice, to nothing, half a word. Doubt is never a yes."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from stories.bad import counts, facts, plain, replaced
from stories.stage import ADA, ADAM, FIONA, MALLORY, OSCAR, PAYMENTS, RITA, Stage, complete_form, text_of
from workflow.core.model import Status

HOME = "anton@home.test"


def asked(stage: Stage, amount: str = "12 000,50") -> EmailMessage:
    """The ask that Adam got for a new request of Rita's, whose receipt is read."""
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", amount))
    assert stage.run() == []
    stage.new(RITA)
    return stage.only(ADAM)


def told(stage: Stage, *people: str) -> list[str]:
    return [plain(message) for person in people for message in stage.new(person)]


# --- from whom --------------------------------------------------------------------------------------------------------


def test_a_yes_from_an_alias_counts(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(HOME, ask, "Согласовано")
    stage.run()
    assert stage.request().status is Status.APPROVED
    assert stage.cells()["Согласовал"] == "Антон Головин"


@pytest.mark.parametrize("other", [ADA, FIONA, MALLORY])
def test_a_forwarded_ask_answered_by_somebody_else_does_not_count(stage: Stage, other: str) -> None:
    ask = asked(stage)
    stage.answer(other, ask, "Согласовано")
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert other in plain(stage.only(ADAM)), "the real approver is told who tried"
    assert len(stage.new(other)) == 1, "and whoever answered hears why nothing happened"
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    assert stage.request().status is Status.APPROVED, "his own answer to the same ask still counts"


def test_a_stranger_with_a_guessed_tag_learns_nothing_of_the_request(stage: Stage) -> None:
    asked(stage)
    stage.send(MALLORY, "СОГЛАСОВАНО", subject=f"Re: [{stage.first}/1] оплата")
    stage.run()
    assert stage.request().status is Status.AWAITING
    answer = plain(stage.only(MALLORY))
    assert "12 000" not in answer.replace("\xa0", " ")
    assert "Ромашка" not in answer


# --- stale, twice, late -----------------------------------------------------------------------------------------------


def test_an_answer_to_an_old_version_is_told_what_changed_and_can_be_repeated(stage: Stage) -> None:
    first = asked(stage)
    stage.answer(RITA, stage.inbox(RITA)[-1], "Сумма счета: 11 000,00")
    stage.run()
    stage.only(ADAM)
    stage.answer(ADAM, first, "Согласовано")
    stage.run()
    assert stage.request().status is Status.AWAITING
    again = stage.only(ADAM)
    assert "11 000" in plain(again).replace("\xa0", " ")
    assert "измен" in plain(again)
    stage.answer(ADAM, again, "Согласовано")
    stage.run()
    assert stage.request().status is Status.APPROVED, "the answer to the repeated question counts"


def test_a_second_yes_changes_nothing(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    stage.new(ADAM)
    stage.new(FIONA)
    stage.answer(ADAM, ask, "Согласовано!")
    stage.run()
    assert len(stage.request().approvals()) == 1
    assert stage.new(FIONA) == []
    assert any("уже согласовали" in text for text in told(stage, ADAM))


def test_a_no_after_the_approval_stops_accounting(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    stage.new(FIONA)
    stage.new(RITA)
    stage.answer(ADAM, ask, "Отказано. Передумали покупать")
    stage.run()
    assert stage.request().status is Status.REJECTED
    stop = stage.only(FIONA)
    assert re.search("стоп|не плат|не оплач", plain(stop), re.IGNORECASE)
    assert "Передумали покупать" in plain(stop)
    assert "Передумали покупать" in plain(stage.only(RITA))
    assert stage.cells()["Статус"] == "Отказано"


def test_several_refusals_one_after_another(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(ADAM, ask, "Отказано")
    stage.run()
    stage.answer(ADAM, ask, "ОТКАЗАНО: слишком дорого")
    stage.run()
    assert stage.request().status is Status.REJECTED
    assert len([vote for vote in stage.request().votes if vote.decision.value == "reject"]) == 1
    assert stage.cells()["Комментарий руководителя"] == "слишком дорого"
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    assert stage.request().status is Status.REJECTED, "a yes after a refusal does not count"


# --- without a token --------------------------------------------------------------------------------------------------


def test_a_new_letter_with_only_the_tag_is_asked_back_and_the_answer_counts(stage: Stage) -> None:
    asked(stage)
    stage.send(ADAM, "СОГЛАСОВАНО", subject=f"[{stage.first}/1]")
    stage.run()
    assert stage.request().status is Status.AWAITING
    fresh = stage.only(ADAM)
    assert f"[{stage.first}" in str(fresh["Subject"])
    stage.answer(ADAM, fresh, "СОГЛАСОВАНО")
    stage.run()
    assert stage.request().status is Status.APPROVED


def test_a_new_letter_without_anything_is_asked_which_request(stage: Stage) -> None:
    asked(stage)
    stage.send(ADAM, "СОГЛАСОВАНО", subject="Оплата")
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert "какую заявку" in str(stage.only(ADAM)["Subject"])
    assert counts(stage) == {"read": 2, "requests": 1, "answers": 1}


def test_the_code_line_alone_identifies(stage: Stage) -> None:
    ask = asked(stage)
    code = re.search(r"Код: ([a-z2-7]{26})", text_of(ask))
    assert code
    stage.send(ADAM, f"СОГЛАСОВАНО\n\nКод: {code[1]}", subject="ответ")
    stage.run()
    assert stage.request().status is Status.APPROVED
    assert stage.request().approvals()[0].comment == ""


def test_an_unknown_token_is_asked_back(stage: Stage) -> None:
    asked(stage)
    token = "a" * 26
    stage.send(ADAM, "СОГЛАСОВАНО", subject="Re: оплата", to=f"payments+{token}@example.test")
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert len(told(stage, ADAM)) == 1
    stage.send(ADAM, "СОГЛАСОВАНО", subject=f"Re: [{stage.first}/1]", to=f"payments+{token}@example.test")
    stage.run()
    assert stage.request().status is Status.AWAITING
    fresh = stage.only(ADAM)
    stage.answer(ADAM, fresh, "СОГЛАСОВАНО")
    stage.run()
    assert stage.request().status is Status.APPROVED


def test_without_plus_addresses_the_thread_carries_the_token(stage: Stage) -> None:
    replaced(stage, "plus_addressing = true", "plus_addressing = false")
    ask = asked(stage)
    assert "+" not in str(ask["Reply-To"] or ask["From"])
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    assert stage.request().status is Status.APPROVED


def test_carriers_that_name_different_requests_decide_nothing_and_alarm(stage: Stage) -> None:
    first, second = asked(stage), asked(stage, "900,00")
    stage.send(
        ADAM, "СОГЛАСОВАНО", subject=str(second["Subject"]), to=str(first["Reply-To"]),
        headers=[("In-Reply-To", str(second["Message-ID"]))],
    )  # fmt: skip
    stage.run()
    assert [request.status for request in stage.wiring().journal.requests()] == [Status.AWAITING, Status.AWAITING]
    assert len(stage.new(ADAM)) == 1
    alarm = plain(stage.only(OSCAR))
    assert "00001" in alarm
    assert "00002" in alarm


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["", "ок", "Согласовано?", "не согласовано", "Согласовано, если дадут скидку", "👍", "Согласовано\nОтказано",
     "Антон просил передать: согласовано", "> Согласовано", "Да", "+"],
)  # fmt: skip
def test_anything_but_a_clear_yes_is_asked_back(stage: Stage, words: str) -> None:
    ask = asked(stage)
    stage.answer(ADAM, ask, words)
    stage.run()
    assert stage.request().status is Status.AWAITING, words
    again = stage.only(ADAM)
    assert "СОГЛАСОВАНО" in plain(again), "he is told which words count"
    assert f"[{stage.first}" in str(again["Subject"])
    stage.answer(ADAM, again, "Согласовано")
    stage.run()
    assert stage.request().status is Status.APPROVED
    assert counts(stage) == {"read": 3, "requests": 1, "answers": 2}


def test_please_repeat_is_said_once_an_hour(stage: Stage) -> None:
    ask = asked(stage)
    for words in ("ок", "ок ок", "угу"):
        stage.answer(ADAM, ask, words)
    stage.run()
    assert len(stage.new(ADAM)) == 1
    stage.later(minutes=61)
    stage.answer(ADAM, ask, "ладно")
    stage.run()
    assert len(stage.new(ADAM)) == 1


def test_long_words_without_a_decision_go_to_the_requester(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(ADAM, ask, "Рита, а почему так дорого и нет ли у них скидки за объем?")
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert "скидки за объем" in plain(stage.only(RITA))
    stage.only(ADAM)


# --- automatic mail ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"), ("X-Autoreply", "yes"), ("List-Id", "<x.test>")],
)
def test_an_automatic_reply_decides_nothing_and_is_not_answered(stage: Stage, header: tuple[str, str]) -> None:
    ask = asked(stage)
    stage.send(
        ADAM, "СОГЛАСОВАНО", subject=f"Re: {ask['Subject']}", to=str(ask["Reply-To"]),
        headers=[header, ("In-Reply-To", str(ask["Message-ID"]))],
    )  # fmt: skip
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert stage.new(ADAM) == []
    assert counts(stage) == {"read": 2, "requests": 1, "ignored": 1}


BOUNCE = """From: MAILER-DAEMON@mail.example.test (Mail Delivery System)
To: payments@example.test
Subject: Undelivered Mail Returned to Sender
Date: Tue, 24 Nov 2026 10:01:00 +0300 (MSK)
Message-Id: <20261124070100.9ABCD1@mail.example.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9ABCD0.1/mail.example.test"

This is a MIME-encapsulated message.

--9ABCD0.1/mail.example.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{to}>: host mx.example.test[192.0.2.1] said: 550 5.1.1 <{to}>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)

--9ABCD0.1/mail.example.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.test
X-Postfix-Queue-ID: 9ABCD0
X-Postfix-Sender: rfc822; payments@example.test
Arrival-Date: Tue, 24 Nov 2026 10:00:59 +0300 (MSK)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.test
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected: User unknown

--9ABCD0.1/mail.example.test
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{headers}

--9ABCD0.1/mail.example.test--
"""


def bounce(message: EmailMessage, to: str) -> bytes:
    """What Postfix sends back for a letter of ours."""
    headers = "\n".join(f"{name}: {message[name]}" for name in ("From", "Date", "Message-ID") if message[name])
    return BOUNCE.format(to=to, headers=headers).encode()


def test_a_bounce_of_an_ask_reaches_row_requester_and_operator(stage: Stage) -> None:
    ask = asked(stage)
    stage.mail.imap.append(PAYMENTS, bounce(ask, ADAM))
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert "не доставлено" in str(stage.cells()["Сообщение"])
    for person in (RITA, OSCAR):
        words = plain(stage.only(person))
        assert ADAM in words
        assert "User unknown" in words
    assert stage.new(ADAM) == []
    assert counts(stage) == {"read": 2, "requests": 1, "ignored": 1}
    stage.mail.imap.append(PAYMENTS, bounce(ask, ADAM).replace(b"9ABCD1", b"9ABCD2"))
    stage.run()
    assert told(stage, RITA, OSCAR) == [], "the same news is told once"


# --- the other words --------------------------------------------------------------------------------------------------


def test_an_approval_is_undone_and_accounting_stopped(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    receipt = stage.only(ADAM)
    stage.new(FIONA)
    stage.new(RITA)
    stage.answer(ADAM, receipt, "ОТМЕНИТЬ")
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert len(stage.new(FIONA)) == 1
    assert len(stage.new(RITA)) == 1
    assert stage.cells()["Статус"] == "На согласовании"
    assert stage.new(ADAM), "he is asked again or told that it is undone"


def test_the_requester_withdraws(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(RITA, stage.inbox(RITA)[-1], "ОТОЗВАТЬ, нашли дешевле")
    stage.run()
    assert stage.request().status is Status.WITHDRAWN
    stage.only(RITA)
    assert "нашли дешевле" in plain(stage.only(ADAM))
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    assert stage.request().status is Status.WITHDRAWN
    assert "отозвана" in plain(stage.only(ADAM))


def test_status_and_form_are_answered(stage: Stage) -> None:
    asked(stage)
    stage.answer(RITA, stage.inbox(RITA)[-1], "СТАТУС")
    stage.run()
    status = plain(stage.only(RITA))
    assert "На согласовании" in status
    assert "Антон Головин" in status
    stage.send(RITA, "СТАТУС", subject="?")
    stage.run()
    assert stage.first in plain(stage.only(RITA))
    stage.send(RITA, "ФОРМА", subject="форма")
    stage.run()
    assert "Подрядчик" in plain(stage.only(RITA))
    stage.send(ADA, "FORM", subject="form")
    stage.run()
    assert "Contractor" in plain(stage.only(ADA)), "in the reader's language"
    assert counts(stage) == {"read": 5, "requests": 1, "answers": 4}


def test_a_draft_waits_until_it_is_submitted(stage: Stage) -> None:
    stage.send(RITA, "ЧЕРНОВИК\n\n" + complete_form(stage.now()))
    stage.run()
    assert stage.request().status is Status.DRAFT
    assert stage.new(ADAM) == []
    receipt = stage.only(RITA)
    stage.answer(RITA, receipt, "Сумма счета: 13 000,00")
    stage.run()
    assert stage.request().status is Status.DRAFT, "it stays a draft"
    stage.answer(RITA, stage.new(RITA)[-1], "ОТПРАВИТЬ")
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert "13 000" in plain(stage.only(ADAM)).replace("\xa0", " ")


def test_submit_of_an_incomplete_draft_asks_for_what_is_missing(stage: Stage) -> None:
    form = "\n".join(line for line in complete_form(stage.now()).splitlines() if not line.startswith("ИНН"))
    stage.send(RITA, form)
    stage.run()
    stage.answer(RITA, stage.only(RITA), "ОТПРАВИТЬ")
    stage.run()
    assert stage.request().status is Status.DRAFT
    assert "ИНН" in plain(stage.only(RITA))


def test_fields_mailed_to_a_closed_request_start_a_new_one(stage: Stage) -> None:
    ask = asked(stage)
    stage.answer(ADAM, ask, "Отказано, дорого")
    stage.run()
    stage.answer(RITA, stage.inbox(RITA)[-1], complete_form(stage.now()).replace("12 000,50", "10 000,00"), quote=False)
    stage.run()
    statuses = [request.status for request in stage.wiring().journal.requests()]
    assert statuses == [Status.REJECTED, Status.AWAITING]
    assert facts(stage)["letters"]["requests"] == 2


def test_accounting_returns_and_holds_by_mail(stage: Stage) -> None:
    stage.answer(ADAM, asked(stage), "Согласовано")
    stage.run()
    pay = stage.only(FIONA)
    stage.new(RITA)
    stage.new(ADAM)
    stage.answer(FIONA, pay, "ПРИОСТАНОВИТЬ до акта сверки")
    stage.run()
    assert stage.request().shown_status is Status.ON_HOLD
    assert "акта сверки" in plain(stage.only(RITA))
    receipt = stage.only(FIONA)
    stage.answer(FIONA, pay, "ОПЛАЧЕНО")
    stage.run()
    assert stage.request().status is not Status.PAID, "a held request is not paid"
    stage.new(FIONA)
    stage.answer(FIONA, receipt, "ВОЗОБНОВИТЬ")
    stage.run()
    assert stage.request().shown_status is Status.APPROVED
    stage.new(RITA)
    stage.answer(FIONA, pay, "ВЕРНУТЬ, нет договора")
    stage.run()
    assert stage.request().status is Status.RETURNED
    assert any("нет договора" in text for text in told(stage, RITA))
