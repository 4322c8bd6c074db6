"""Attacks, bad luck and carelessness by letter: nobody approves, pays or learns what is not his.

Adam approves, Rita asks, Fiona pays, Mallory is a stranger; each test is one thing that must not work.
"""

from __future__ import annotations

import re
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from helpers.office import Office, office
from mailer.inbox import Fetched
from stories.stage import (
    ADA,
    ADAM,
    FIONA,
    MALLORY,
    OSCAR,
    PAYMENTS,
    RITA,
    SUPPLIER,
    complete_form,
    files_of,
    invoice,
    text_of,
)
from workflow.core.events import PaidWithoutApproval
from workflow.core.model import Status
from workflow.legs.inbox import InboxLeg

PASS = ("Authentication-Results", "mx.example.test; dmarc=pass header.from=example.test")
YES = "СОГЛАСОВАНО"
SECOND = "ООО «Василек»"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    return office(tmp_path)


@pytest.fixture
def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Sender checks are configured."""
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    return office(tmp_path, authserv=["mx.example.test"])


def asked(desk: Office, **changes: str) -> EmailMessage:
    """The ask that Adam got for a new request of Rita's."""
    form = complete_form(desk.now())
    for old, new in changes.items():
        form = re.sub(rf"(?m)^{old}: .*$", f"{old}: {new}", form)
    desk.send(RITA, form, headers=[PASS], files=[("счет.pdf", invoice(str(changes)))])
    desk.run()
    return desk.new(ADAM)[-1]


def approved(desk: Office) -> EmailMessage:
    """Fiona's ask for an approved request."""
    desk.answer(ADAM, asked(desk), YES)
    desk.run()
    return desk.new(FIONA)[-1]


def token_of(message: EmailMessage) -> str:
    found = re.search(r"\+([a-z2-7]{26})@", str(message["Reply-To"]))
    assert found
    return found[1]


def reply(
    desk: Office, sender: str, text: str, *, to: str = PAYMENTS, subject: str = "Re: оплата", in_reply_to: str = "",
    **headers: str,
) -> None:  # fmt: skip
    more = [("In-Reply-To", in_reply_to)] if in_reply_to else []
    more += [(name.replace("_", "-"), value) for name, value in headers.items()]
    desk.send(sender, text, subject=subject, to=to, headers=more)
    desk.run()


def second(desk: Office) -> str:
    return desk.first.replace("00001", "00002")


def status(desk: Office, reference: str = "") -> Status:
    return desk.request(reference).status


# --- which ask: tokens, tags and codes that do not fit together -----------------------------------------------------


def test_an_address_of_one_request_with_a_thread_of_another_decides_nothing(desk: Office) -> None:
    one, two = asked(desk), asked(desk, Подрядчик=SECOND)
    reply(desk, ADAM, YES, to=str(one["Reply-To"]), in_reply_to=str(two["Message-ID"]))
    assert (status(desk), status(desk, second(desk))) == (Status.AWAITING, Status.AWAITING)
    assert desk.new(OSCAR), "the operator is alarmed"


def test_a_code_of_another_request_pasted_into_the_reply_decides_nothing(desk: Office) -> None:
    one, two = asked(desk), asked(desk, Подрядчик=SECOND)
    reply(desk, ADAM, f"{YES}\n\nКод: {token_of(two)}", to=str(one["Reply-To"]))
    assert (status(desk), status(desk, second(desk))) == (Status.AWAITING, Status.AWAITING)


def test_codes_of_two_requests_in_the_quoted_part_decide_nothing(desk: Office) -> None:
    one, two = asked(desk), asked(desk, Подрядчик=SECOND)
    codes = f"> Код: {token_of(one)}\n> Код: {token_of(two)}"
    reply(desk, ADAM, f"{YES}\n\n{codes}", to=str(one["Reply-To"]))
    assert (status(desk), status(desk, second(desk))) == (Status.AWAITING, Status.AWAITING)


def test_a_tag_of_another_request_in_the_subject_decides_nothing(desk: Office) -> None:
    one, _ = asked(desk), asked(desk, Подрядчик=SECOND)
    reply(desk, ADAM, YES, to=str(one["Reply-To"]), subject=f"Re: [{second(desk)}/1] оплата")
    assert (status(desk), status(desk, second(desk))) == (Status.AWAITING, Status.AWAITING)


def test_two_tags_in_the_subject_decide_nothing_even_from_a_proven_sender(strict: Office) -> None:
    asked(strict), asked(strict, Подрядчик=SECOND)
    tags = f"[{strict.first}/1] [{second(strict)}/1]"
    reply(strict, ADAM, YES, subject=f"Re: {tags}", Authentication_Results=PASS[1])
    assert (status(strict), status(strict, second(strict))) == (Status.AWAITING, Status.AWAITING)


def test_a_tag_alone_decides_nothing_where_senders_are_not_checked(desk: Office) -> None:
    ask = asked(desk)
    reply(desk, ADAM, YES, subject=f"Re: {ask['Subject']}")
    assert status(desk) is Status.AWAITING
    assert desk.new(ADAM), "he is asked again"


def test_an_unknown_code_beside_a_good_tag_is_asked_back(strict: Office) -> None:
    ask = asked(strict)
    reply(strict, ADAM, YES, to=f"payments+{'a' * 26}@example.test", subject=str(ask["Subject"]),
          Authentication_Results=PASS[1])  # fmt: skip
    assert status(strict) is Status.AWAITING


@pytest.mark.parametrize("below", ["", f"\n\n> Код: {'a' * 26} (не удаляйте)"])
def test_an_answer_to_a_mail_of_ours_that_the_journal_does_not_know_is_asked_back(strict: Office, below: str) -> None:
    """The ask of a journal that was lost: what it showed may be another card."""
    ask = asked(strict)
    reply(strict, ADAM, f"{YES}{below}", in_reply_to=f"<{'a' * 26}@example.test>", subject=f"Re: {ask['Subject']}",
          Authentication_Results=PASS[1])  # fmt: skip
    assert status(strict) is Status.AWAITING
    assert strict.new(ADAM), "he is asked again"


def test_the_thread_of_somebody_elses_mail_does_not_hinder_a_proven_answer_by_its_tag(strict: Office) -> None:
    ask = asked(strict)
    reply(strict, ADAM, YES, in_reply_to=f"<{'a' * 26}@mail.example.org>", subject=f"Re: {ask['Subject']}",
          Authentication_Results=PASS[1])  # fmt: skip
    assert status(strict) is Status.APPROVED


def test_a_tag_of_the_old_version_beside_a_token_of_the_new_one_is_no_yes(desk: Office) -> None:
    asked(desk)
    desk.answer(RITA, desk.new(RITA)[-1], "Сумма счета: 11 000,00")
    desk.run()
    new = desk.new(ADAM)[-1]
    reply(desk, ADAM, YES, to=str(new["Reply-To"]), subject=f"Re: [{desk.first}/1] оплата")
    assert status(desk) is Status.AWAITING


def test_a_token_of_the_old_version_beside_a_tag_of_the_new_one_is_no_yes(desk: Office) -> None:
    old = asked(desk)
    desk.answer(RITA, desk.new(RITA)[-1], "Сумма счета: 11 000,00")
    desk.run()
    reply(desk, ADAM, YES, to=str(old["Reply-To"]), subject=f"Re: [{desk.first}/2] оплата")
    assert status(desk) is Status.AWAITING


def test_an_answer_in_the_thread_of_the_old_version_to_the_new_address_is_no_yes(desk: Office) -> None:
    old = asked(desk)
    desk.answer(RITA, desk.new(RITA)[-1], "Сумма счета: 11 000,00")
    desk.run()
    new = desk.new(ADAM)[-1]
    reply(desk, ADAM, YES, to=str(new["Reply-To"]), in_reply_to=str(old["Message-ID"]))
    assert status(desk) is Status.AWAITING


def test_a_letter_attached_with_its_token_and_its_yes_decides_nothing(desk: Office) -> None:
    ask = asked(desk)
    inner = EmailMessage(policy=policy.SMTP)
    inner["From"], inner["To"], inner["Subject"] = ADAM, str(ask["Reply-To"]), str(ask["Subject"])
    inner["In-Reply-To"] = str(ask["Message-ID"])
    inner.set_content(YES)
    for sender in (RITA, MALLORY, ADAM):
        outer = EmailMessage(policy=policy.SMTP)
        outer["From"], outer["To"], outer["Subject"] = sender, PAYMENTS, "Fwd: согласование"
        outer["Message-ID"] = f"<{sender}>"
        outer.set_content("Антон согласовал, см. вложение")
        outer.add_attachment(inner)
        desk.post(sender, PAYMENTS, outer.as_bytes())
    desk.run()
    assert status(desk) is Status.AWAITING


# --- who: others than the person who was asked ----------------------------------------------------------------------


@pytest.mark.parametrize("other", [RITA, ADA, FIONA, OSCAR, MALLORY])
def test_whoever_else_answers_an_ask_approves_nothing_and_the_approver_hears_of_it(desk: Office, other: str) -> None:
    ask = asked(desk)
    desk.new(RITA)
    desk.answer(other, ask, YES)
    desk.run()
    assert status(desk) is Status.AWAITING
    told = desk.new(ADAM)
    assert len(told) == 1
    assert other in text_of(told[0]) or "Рита" in text_of(told[0])
    assert len(desk.new(other)) >= 1, "who answered hears that it does not count"


@pytest.mark.parametrize(
    "author",
    [
        f'"{ADAM}" <{MALLORY}>',
        f"{ADAM} <{MALLORY}>",
        f"{ADAM}, {MALLORY}",
        f"<{ADAM}> <{MALLORY}>",
        "head@exаmple.test",
        "hеad@example.test",
        "head@example.test.evil.test",
        "head+x@example.test",
        "=?utf-8?q?head=40example.test?= <mallory@evil.test>",
        "=?utf-8?q?head=40example.test?=",
        f"{MALLORY} ({ADAM})",
        f"({ADAM}) {MALLORY}",
        f"{ADAM}\x00{MALLORY}",
        f'"Антон Головин" <{MALLORY}>',
    ],
)
def test_tricks_with_the_sender_do_not_make_an_approver(desk: Office, author: str) -> None:
    ask = asked(desk)
    raw = (f"From: {author}\r\nTo: {ask['Reply-To']}\r\nSubject: Re: x\r\nMessage-ID: <t@x.test>\r\n"
           f"Sender: {ADAM}\r\nReply-To: {ADAM}\r\nX-Original-From: {ADAM}\r\n"
           f"Content-Type: text/plain; charset=utf-8\r\n\r\n{YES}\r\n").encode()  # fmt: skip
    desk.post(MALLORY, PAYMENTS, raw)
    desk.run()
    assert status(desk) is Status.AWAITING


def test_two_from_fields_are_nobody(desk: Office) -> None:
    ask = asked(desk)
    raw = f"From: {ADAM}\r\nFrom: {MALLORY}\r\nTo: {ask['Reply-To']}\r\nMessage-ID: <t@x.test>\r\n\r\nAPPROVE\r\n"
    desk.post(MALLORY, PAYMENTS, raw.encode())
    desk.run()
    assert status(desk) is Status.AWAITING


def test_a_letter_that_shows_an_address_as_its_name_is_reported_as_look_alike(desk: Office) -> None:
    asked(desk)
    raw = f'From: "{ADAM}" <{MALLORY}>\r\nTo: {PAYMENTS}\r\nMessage-ID: <t@x.test>\r\n\r\nAPPROVE\r\n'
    desk.post(MALLORY, PAYMENTS, raw.encode())
    desk.run()
    assert any(ADAM in text_of(alarm) for alarm in desk.new(OSCAR))


def test_capitals_in_the_address_and_an_alias_are_the_approver_himself(desk: Office) -> None:
    ask = asked(desk)
    reply(desk, "Anton@HOME.test", YES, to=str(ask["Reply-To"]))
    assert status(desk) is Status.APPROVED


@pytest.mark.parametrize(
    "results",
    [
        (),
        ("mx.evil.test; dmarc=pass header.from=example.test",),
        (
            "mx.example.test; dmarc=fail header.from=example.test",
            "mx.example.test; dmarc=pass header.from=example.test",
        ),
        ("mx.example.test; dmarc=pass header.from=evil.test",),
        ("mx.example.test; spf=pass smtp.mailfrom=head@example.test",),
        ("mx.example.test; dkim=pass header.d=evil.test",),
        ("mx.example.test; none",),
        ('mx.example.test; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.test; y"@evil.test',),
        ('mx.example.test; dmarc=none; spf=pass smtp.mailfrom="x; dkim=pass header.d=example.test; y"@evil.test',),
        ('mx.example.test; dkim=pass header.i="x@example.test"@evil.test',),
        ("mx.example.test (dmarc=pass header.from=example.test); spf=pass",),
    ],
)
def test_a_letter_that_our_server_does_not_vouch_for_decides_nothing(strict: Office, results: tuple[str, ...]) -> None:
    ask = asked(strict)
    strict.send(ADAM, YES, to=str(ask["Reply-To"]), subject=str(ask["Subject"]),
                headers=[("Authentication-Results", result) for result in results])  # fmt: skip
    strict.run()
    assert status(strict) is Status.AWAITING


def test_results_inside_an_attached_letter_vouch_for_nothing(strict: Office) -> None:
    ask = asked(strict)
    inner = EmailMessage(policy=policy.SMTP)
    inner["From"], inner["Authentication-Results"] = ADAM, PASS[1]
    inner.set_content(YES)
    outer = EmailMessage(policy=policy.SMTP)
    outer["From"], outer["To"], outer["Message-ID"] = ADAM, str(ask["Reply-To"]), "<o@x.test>"
    outer.set_content(YES)
    outer.add_attachment(inner)
    strict.post(ADAM, PAYMENTS, outer.as_bytes())
    strict.run()
    assert status(strict) is Status.AWAITING


def test_capitals_in_our_servers_name_are_no_reason_to_doubt(strict: Office) -> None:
    ask = asked(strict)
    result = "MX.Example.TEST; DMARC=Pass header.From=Example.TEST"
    reply(strict, ADAM, YES, to=str(ask["Reply-To"]), Authentication_Results=result)
    assert status(strict) is Status.APPROVED


def test_an_approver_taken_off_the_roster_approves_nothing(desk: Office) -> None:
    ask = asked(desk)
    text = desk.settings_file.read_text(encoding="utf-8")
    text = text.replace('email = "head@example.test"\naliases = ["anton@home.test"]', 'email = "new@example.test"')
    desk.settings_file.write_text(
        text.replace('any = ["head@example.test"]', 'any = ["new@example.test"]'), encoding="utf-8"
    )
    desk.answer(ADAM, ask, YES)
    desk.run()
    assert status(desk) is Status.AWAITING


def test_an_approver_who_lost_the_role_approves_nothing(desk: Office) -> None:
    ask = asked(desk)
    text = desk.settings_file.read_text(encoding="utf-8")
    text = text.replace('aliases = ["anton@home.test"]\nroles = ["approver"]', 'roles = ["requester"]')
    desk.settings_file.write_text(
        text.replace('any = ["head@example.test"]', 'any = ["director@example.test"]'), encoding="utf-8"
    )
    desk.answer(ADAM, ask, YES)
    desk.run()
    assert status(desk) is Status.AWAITING


@pytest.mark.parametrize("word", [YES, "ОПЛАЧЕНО", "ВЕРНУТЬ", "ОТКАЗАНО"])
def test_an_approver_who_became_accountant_neither_approves_nor_breaks_the_reader(desk: Office, word: str) -> None:
    ask = asked(desk)
    text = desk.settings_file.read_text(encoding="utf-8")
    text = text.replace('aliases = ["anton@home.test"]\nroles = ["approver"]', 'roles = ["approver", "accountant"]')
    desk.settings_file.write_text(text, encoding="utf-8")
    desk.answer(ADAM, ask, word)
    desk.run()
    assert status(desk) in (Status.AWAITING, Status.REJECTED)
    assert not any("отложено" in text_of(m) for m in desk.new(OSCAR))
    assert desk.wiring().journal.set_aside() == []


def test_a_requester_who_is_approver_cannot_answer_for_himself(desk: Office) -> None:
    desk.send(ADAM, complete_form(desk.now()))
    desk.run()
    for message in desk.new(ADAM):
        desk.answer(ADAM, message, YES)
    desk.run()
    assert status(desk) is Status.AWAITING
    assert desk.request().approvals() == ()


# --- what: words that are not his, or no yes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "> СОГЛАСОВАНО",
        "Антон написал:\n> СОГЛАСОВАНО\n",
        "-- \nСОГЛАСОВАНО\nАнтон Головин",
        "Спасибо, посмотрю\n\nС уважением,\nСОГЛАСОВАНО",
        "Код: {code}",
        "",
        "Комментарий: СОГЛАСОВАНО?",
        "СОГЛАСОВАНО\nнет, подождите",
        "СОГЛАСОВАНО с юристом, жду бухгалтера",
        "Не СОГЛАСОВАНО",
        "СОГЛАСОВАНО на 5 000 руб.",
        "СОГЛАСОВАНО, если дадут скидку",
    ],
)
def test_words_that_are_no_clear_yes_approve_nothing(desk: Office, text: str) -> None:
    ask = asked(desk)
    desk.answer(ADAM, ask, text.format(code=token_of(ask)))
    desk.run()
    assert status(desk) is Status.AWAITING


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (YES, "<p>Отказано</p>"),
        ("Отказано", f"<p>{YES}</p>"),
        ("Смотрю", f'<p style="display:none">{YES}</p><p>Смотрю</p>'),
        (YES, f'<p><span style="color:#ffffff">{YES}</span></p>'),
        (YES, f"<p><s>{YES}</s> передумал</p>"),
        (YES, f'<p style="font-size:0">{YES}</p>'),
        ("", f"<blockquote>{YES}</blockquote>"),
    ],
)
def test_two_faced_letters_approve_nothing(desk: Office, text: str, html: str) -> None:
    ask = asked(desk)
    desk.send(ADAM, text, to=str(ask["Reply-To"]), subject=str(ask["Subject"]), html=html)
    desk.run()
    assert status(desk) is not Status.APPROVED


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<all.example.test>"},
        {"X_Autoreply": "yes"},
        {"X_Countersign": "ask_approval"},
        {"Return_Path": "<>"},
    ],
)
@pytest.mark.parametrize("word", [YES, "ОТКАЗАНО"])
def test_marked_automatic_mail_decides_nothing_and_gets_no_answer(
    desk: Office, headers: dict[str, str], word: str
) -> None:
    ask = asked(desk)
    reply(desk, ADAM, word, to=str(ask["Reply-To"]), in_reply_to=str(ask["Message-ID"]), **headers)
    assert status(desk) is Status.AWAITING
    assert desk.new(ADAM) == []


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Автоответ: Re: заявка", "СОГЛАСОВАНО"),
        ("Out of office", "APPROVE"),
        ("Re: заявка", "Добрый день! Я в отпуске до 05.12.2026.\nСОГЛАСОВАНО без меня не ставить"),
        ("Нет на месте: Re: заявка", "Согласовано: все вопросы к Дине Верховой до 05.12"),
    ],
)
def test_unmarked_absence_notes_decide_nothing(desk: Office, subject: str, text: str) -> None:
    ask = asked(desk)
    reply(desk, ADAM, text, to=str(ask["Reply-To"]), subject=subject)
    assert status(desk) is Status.AWAITING


def test_an_unmarked_absence_note_of_accounting_pays_nothing(desk: Office) -> None:
    ask = approved(desk)
    reply(desk, FIONA, "Оплачено", to=str(ask["Reply-To"]), subject="Автоответ: Re: оплата")
    assert status(desk) is Status.APPROVED


def test_an_unmarked_absence_note_of_the_requester_withdraws_nothing(desk: Office) -> None:
    asked(desk)
    receipt = desk.new(RITA)[-1]
    reply(desk, RITA, "Отозвать", to=str(receipt["Reply-To"]), subject="Автоответ: Re: заявка")
    assert status(desk) is Status.AWAITING


def test_our_own_notice_sent_back_to_us_decides_nothing_and_starts_no_loop(desk: Office) -> None:
    ask = asked(desk)
    desk.post(PAYMENTS, PAYMENTS, ask.as_bytes())
    bare = ask.as_bytes().replace(b"X-Countersign", b"X-Other").replace(b"Auto-Submitted", b"X-Auto")
    desk.post(PAYMENTS, PAYMENTS, bare)
    desk.post(ADAM, PAYMENTS, bare.replace(b"From: ", b"From: head@example.test\r\nX-From: ", 1))
    desk.run()
    assert status(desk) is Status.AWAITING
    assert len(desk.new(ADAM)) <= 1


def test_a_bounce_that_quotes_our_ask_and_a_yes_decides_nothing(desk: Office) -> None:
    ask = asked(desk)
    raw = (
        f"From: {ADAM}\r\nTo: {ask['Reply-To']}\r\nSubject: Undelivered\r\nMessage-ID: <b@x.test>\r\n"
        f"In-Reply-To: {ask['Message-ID']}\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{YES}\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; {ADAM}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()
    desk.post(ADAM, PAYMENTS, raw)
    desk.run()
    assert status(desk) is Status.AWAITING


def test_a_stranger_who_knows_no_id_cannot_say_that_the_approver_was_not_reached(desk: Office) -> None:
    asked(desk)
    desk.new(OSCAR), desk.new(RITA)
    raw = (
        f"From: MAILER-DAEMON@evil.test\r\nTo: {PAYMENTS}\r\nSubject: Undelivered [{desk.first}/1]\r\n"
        "Message-ID: <b@x.test>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; {ADAM}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()
    desk.post(MALLORY, PAYMENTS, raw)
    desk.run()
    assert desk.request().message is None
    assert [desk.new(person) for person in (OSCAR, RITA, MALLORY)] == [[], [], []]


# --- again, late, out of order --------------------------------------------------------------------------------------


def test_a_yes_sent_again_under_another_id_after_it_was_undone_does_not_count(desk: Office) -> None:
    ask = asked(desk)
    yes = desk.answer(ADAM, ask, YES)
    desk.run()
    desk.later(minutes=1)
    desk.answer(ADAM, desk.new(ADAM)[-1], "ОТМЕНИТЬ")
    desk.run()
    assert status(desk) is Status.AWAITING
    raw = yes.as_bytes().replace(str(yes["Message-ID"]).encode(), b"<again@example.test>")
    desk.later(minutes=1)
    desk.post(ADAM, PAYMENTS, raw)
    desk.run()
    assert status(desk) is Status.AWAITING
    fresh = [m for m in desk.new(ADAM) if "Согласуйте" in str(m["Subject"])]
    desk.answer(ADAM, fresh[-1], YES)
    desk.run()
    assert status(desk) is Status.APPROVED, "an answer to the fresh question counts"


def test_a_yes_by_the_subject_alone_from_before_an_undo_does_not_count_when_it_is_read_after_it(strict: Office) -> None:
    ask = asked(strict)
    reply(strict, ADAM, YES, subject=f"Re: {ask['Subject']}", Authentication_Results=PASS[1])
    assert status(strict) is Status.APPROVED, "the sender is proven, so that the subject's mark counts"
    strict.later(minutes=1)
    came = strict.now()
    strict.later(minutes=1)
    receipt = strict.new(ADAM)[-1]
    reply(strict, ADAM, "ОТМЕНИТЬ", to=str(receipt["Reply-To"]), Authentication_Results=PASS[1])
    strict.send(ADAM, YES, subject=f"Re: {ask['Subject']}", headers=[PASS])
    raw = strict.waiting.pop()
    wiring = strict.wiring()
    cast(InboxLeg, wiring.legs()[0]).take(Fetched(99, raw, came, len(raw), True))
    wiring.journal.engine.dispose()
    assert status(strict) is Status.AWAITING, "it came before he was asked anew"


def test_the_same_yes_twice_is_one_vote_and_one_notice_to_accounting(desk: Office) -> None:
    ask = asked(desk)
    yes = desk.answer(ADAM, ask, YES)
    desk.post(ADAM, PAYMENTS, yes.as_bytes())
    desk.post(ADAM, PAYMENTS, yes.as_bytes().replace(str(yes["Message-ID"]).encode(), b"<again@example.test>"))
    desk.run()
    assert len(desk.request().votes) == 1
    assert len(desk.new(FIONA)) == 1


def test_a_yes_after_his_own_no_changes_nothing(desk: Office) -> None:
    ask = asked(desk)
    desk.answer(ADAM, ask, "ОТКАЗАНО дорого")
    desk.run()
    desk.answer(ADAM, ask, YES)
    desk.run()
    assert status(desk) is Status.REJECTED


def test_undo_after_payment_changes_nothing(desk: Office) -> None:
    pay = approved(desk)
    receipt = desk.new(ADAM)[-1]
    desk.answer(FIONA, pay, "ОПЛАЧЕНО")
    desk.run()
    desk.answer(ADAM, receipt, "ОТМЕНИТЬ")
    desk.run()
    assert status(desk) is Status.PAID


# --- payment --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [RITA, ADAM, ADA, OSCAR, MALLORY])
def test_only_accounting_marks_as_paid(desk: Office, person: str) -> None:
    pay = approved(desk)
    desk.answer(person, pay, "ОПЛАЧЕНО")
    reply(desk, person, "ОПЛАЧЕНО", subject=f"Re: [{desk.first}] оплата")
    assert status(desk) is Status.APPROVED
    assert desk.request().payments == ()


def test_paid_by_tag_alone_pays_nothing_where_senders_are_not_checked(desk: Office) -> None:
    approved(desk)
    reply(desk, FIONA, "ОПЛАЧЕНО", subject=f"Re: [{desk.first}] оплата")
    assert status(desk) is Status.APPROVED


def test_paid_in_answer_to_an_older_version_does_not_mark_the_new_one(desk: Office) -> None:
    old = approved(desk)
    desk.answer(RITA, desk.new(RITA)[-1], "Сумма счета: 900,00")
    desk.run()
    desk.answer(ADAM, desk.new(ADAM)[-1], YES)
    desk.run()
    assert desk.request().version == 2
    desk.new(OSCAR)
    desk.answer(FIONA, old, "ОПЛАЧЕНО")
    desk.run()
    assert status(desk) is Status.APPROVED
    assert desk.request().payments == ()
    history = desk.wiring().journal.history(desk.first)
    assert any(isinstance(recorded.event, PaidWithoutApproval) for recorded in history), "that fact is not lost"
    assert desk.new(OSCAR)


@pytest.mark.parametrize(
    "text", ["ОПЛАЧЕНО 5 000 руб.", "Оплачено 5000 из 13000,50", "PAID 5000", "Оплачено: 5 000,00"]
)
def test_paid_with_another_amount_is_not_the_whole_amount(desk: Office, text: str) -> None:
    desk.answer(FIONA, approved(desk), text)
    desk.run()
    assert status(desk) is Status.APPROVED
    assert desk.request().payments == ()


@pytest.mark.parametrize("text", ["ОПЛАЧЕНО 12 000,50 руб.", "Оплачено, п/п № 214 от {day}", "оплачено {day}", "PAID"])
def test_paid_with_the_very_amount_or_an_order_is_paid(desk: Office, text: str) -> None:
    desk.answer(FIONA, approved(desk), text.format(day=f"{desk.now():%d.%m.%Y}"))
    desk.run()
    assert status(desk) is Status.PAID


def test_number_and_date_of_the_invoice_are_not_those_of_the_payment(desk: Office) -> None:
    desk.answer(FIONA, approved(desk), "Оплачено по счету № 118 от 20.11.2026")
    desk.run()
    payment = desk.request().payments[-1]
    assert payment.order == ""
    assert f"{payment.on}" != "2026-11-20"


def test_paid_on_a_held_request_is_a_payment_without_approval(desk: Office) -> None:
    pay = approved(desk)
    desk.answer(FIONA, pay, "ПРИОСТАНОВИТЬ жду акт")
    desk.run()
    desk.answer(FIONA, pay, "ОПЛАЧЕНО")
    desk.run()
    assert status(desk) is Status.APPROVED
    assert desk.request().payments == ()


def test_the_invoice_sent_back_by_accounting_is_no_payment_order(desk: Office) -> None:
    pay = approved(desk)
    desk.answer(FIONA, pay, "ОПЛАЧЕНО", files=list(files_of(pay).items()))
    desk.run()
    assert status(desk) is Status.PAID
    assert desk.request().payment_orders == ()


def test_a_file_from_somebody_who_only_knows_the_number_never_reaches_the_contractor(desk: Office) -> None:
    pay = approved(desk)
    desk.answer(FIONA, pay, "ОПЛАЧЕНО")
    desk.run()
    desk.later(minutes=11)
    desk.run()
    assert len(desk.new(SUPPLIER)) == 1
    for text in ("", "ОПЛАЧЕНО", "См. платежку"):
        desk.send(FIONA, text, subject=f"[{desk.first}]", files=[("платежка.pdf", invoice("virus"))])
    desk.run()
    assert desk.new(SUPPLIER) == []


# --- the requester's letters, and letters in his name ---------------------------------------------------------------


def test_nobody_withdraws_by_the_number_alone_where_senders_are_not_checked(desk: Office) -> None:
    approved(desk)
    reply(desk, RITA, "ОТОЗВАТЬ", subject=f"[{desk.first}]")
    assert status(desk) is Status.APPROVED
    assert any("+" in str(m["Reply-To"]) for m in desk.new(RITA)), "the real Rita may answer this"


def test_nobody_changes_an_account_by_the_number_alone_where_senders_are_not_checked(desk: Office) -> None:
    approved(desk)
    reply(desk, RITA, "Р/С: 40702810940200761292\nБИК Банка: 044525974", subject=f"[{desk.first}]")
    assert (status(desk), desk.request().version) == (Status.APPROVED, 1)


def test_another_requester_cannot_correct_withdraw_or_look_at_a_request(desk: Office) -> None:
    asked(desk)
    receipt = desk.new(RITA)[-1]
    for text in ("Сумма счета: 1,00", "ОТОЗВАТЬ", "СТАТУС", "Что там?"):
        desk.answer(OSCAR, receipt, text)
        desk.send(ADA, text, subject=f"[{desk.first}]")
    desk.run()
    assert (status(desk), desk.request().version) == (Status.AWAITING, 1)
    for message in desk.new(ADA):
        assert "Ромашка" not in text_of(message)
        assert "12,000" not in text_of(message)
        assert "12 000" not in text_of(message).replace("\xa0", " ")


def test_thanks_in_answer_to_an_old_question_bring_no_old_values_back(desk: Office) -> None:
    form = re.sub(r"(?m)^ИНН: .*\n", "", complete_form(desk.now()))
    desk.send(RITA, form)
    desk.run()
    question = desk.new(RITA)[-1]
    desk.answer(RITA, question, "ИНН: 9652407405", quote=False)
    desk.run()
    desk.answer(RITA, desk.new(RITA)[-1], "Сумма счета: 900,00", quote=False)
    desk.run()
    desk.answer(ADAM, desk.new(ADAM)[-1], YES)
    desk.run()
    assert desk.request().value("amount") == "900.00"
    desk.answer(RITA, question, "Спасибо!")
    desk.run()
    assert (status(desk), desk.request().value("amount")) == (Status.APPROVED, "900.00")


def test_the_same_values_in_another_spelling_void_nothing(desk: Office) -> None:
    approved(desk)
    lines = "Сумма счета: 12000.5\nИНН: 965 240 74 05\nТип валюты: RUB\nПодрядчик: ООО  «Ромашка»"
    desk.answer(RITA, desk.new(RITA)[-1], lines)
    desk.run()
    assert (status(desk), desk.request().version) == (Status.APPROVED, 1)


def test_another_file_of_the_same_name_voids_the_approval(desk: Office) -> None:
    approved(desk)
    desk.answer(RITA, desk.new(RITA)[-1], "Исправленный счет", files=[("счет.pdf", invoice("forged"))])
    desk.run()
    assert (status(desk), desk.request().version) == (Status.AWAITING, 2)
    assert len(desk.request().files) == 1


def test_a_change_after_approval_stops_payment_at_once(desk: Office) -> None:
    approved(desk)
    desk.answer(RITA, desk.new(RITA)[-1], "E-mail подрядчика: mallory@evil.test")
    desk.run()
    assert status(desk) is Status.AWAITING
    assert any("СТОП" in str(m["Subject"]).upper() for m in desk.new(FIONA))


# --- what must not leak or spread -----------------------------------------------------------------------------------


def test_no_token_of_an_approver_reaches_anybody_else(desk: Office) -> None:
    ask = asked(desk)
    token = token_of(ask)
    for text in (
        f"Код: {token}",
        f"Посмотрю позже, пока не знаю, что сказать. Код: {token}",
        f"ВЕРНУТЬ поправьте сумму, пожалуйста. Код: {token}",
        f"Кому: payments+{token}@example.test\nне понял, что это за оплата",
    ):
        desk.answer(ADAM, ask, text, quote=False)
        desk.run()
    for person in (RITA, FIONA, OSCAR, ADA, SUPPLIER):
        assert not any(token in message.as_string() for message in desk.inbox(person)), person
    assert not any(token in str(value) for value in desk.cells().values())
    folder = desk.folder / "materials"
    assert not any(token in path.read_text(encoding="utf-8") for path in folder.rglob("index.html"))


def test_a_stranger_with_a_token_learns_nothing_of_the_request(desk: Office) -> None:
    ask = asked(desk)
    for text in ("СТАТУС", "ФОРМА", YES, "Что это?"):
        desk.answer(MALLORY, ask, text)
    desk.run()
    for message in desk.new(MALLORY):
        assert "Ромашка" not in text_of(message)
        assert "12 000" not in text_of(message).replace("\xa0", " ")


@pytest.mark.parametrize("address", [PAYMENTS, ADAM, RITA, FIONA, "payments+x@example.test"])
def test_a_contractors_address_of_our_own_people_or_mailbox_starts_no_loop_and_no_vote(
    desk: Office, address: str
) -> None:
    ask = asked(desk, **{"E-mail подрядчика": address})
    desk.answer(ADAM, ask, YES)
    desk.run()
    desk.answer(FIONA, desk.new(FIONA)[-1], "ОПЛАЧЕНО")
    desk.run()
    desk.later(minutes=11)
    desk.run()
    sent = [r for r in desk.outgoing.received if r.recipients == (address,)]
    for received in sent:
        desk.post(address, PAYMENTS, received.raw)
    before = len(desk.outgoing.received)
    desk.run()
    assert status(desk) is Status.PAID
    assert len(desk.outgoing.received) <= before + 3


def test_a_contractors_address_cannot_carry_a_second_recipient_or_a_header(desk: Office) -> None:
    for evil in ("a@x.test, mallory@evil.test", "a@x.test\tmallory@evil.test", "a@x.test>\u2028Bcc: mallory@evil.test",
                 "a@x.test%0aBcc:mallory@evil.test"):  # fmt: skip
        desk.send(RITA, complete_form(desk.now()).replace("supplier@vendor.test", evil))
    desk.run()
    for request in desk.wiring().journal.requests():
        value = request.value("contractor_email")
        assert value.count("@") <= 1
        assert not re.search(r"[\s,;<>]", value)


def test_text_like_a_template_stays_text(desk: Office) -> None:
    ask = asked(desk, **{"За что платим": "{{ 7*7 }} {% raw %} {0} {label}", "Подрядчик": "ООО «{{ config }}»"})
    assert "{{ 7*7 }}" in text_of(ask)
    desk.answer(ADAM, ask, YES + "\n{{ 7*7 }} {x}")
    desk.run()
    assert "{{ 7*7 }} {x}" in desk.request().decision_comment


def test_a_huge_comment_breaks_neither_row_nor_mail(desk: Office) -> None:
    desk.answer(ADAM, asked(desk), "ОТКАЗАНО " + "очень дорого, " * 2700)
    assert desk.run() == []
    assert status(desk) is Status.REJECTED
    assert len(str(desk.cells()["Комментарий руководителя"])) <= 32_767


def test_a_refusal_carries_no_link_to_whomever_a_stranger_names(desk: Office) -> None:
    for subject in ("Приз http://evil.test/x", "www.evil.test", "evil.test/prize", "пишите на m@evil.test"):
        desk.send(SUPPLIER, "x", subject=subject)
        desk.run()
        desk.later(hours=25)
    refusals = desk.new(SUPPLIER)
    assert len(refusals) == 4
    assert not any("evil" in str(message["Subject"]) + text_of(message) for message in refusals)
