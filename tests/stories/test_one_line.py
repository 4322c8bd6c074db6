"""One line in the manager's own words and the supplier's invoice are a request; what is not sure is confirmed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from email.message import EmailMessage

from helpers.command import countersign
from stories.invoices import CODE, invoice_of_text, invoice_with_code
from stories.stage import ADAM, PAYMENTS, RITA, SUPPLIER, Stage, text_of
from workflow.core.model import Status


def forwarded(stage: Stage, line: str) -> None:
    """The supplier's mail passed on with its file, as mail programs do."""
    body = (
        f"{line}\n\n-------- Пересылаемое сообщение --------\nОт: Отдел продаж <{SUPPLIER}>\nКому: {RITA}\n"
        "Тема: Счет № 118 от 20.11.2026\n\nДобрый день! Направляем счет. Просим оплатить до 01.12.2099.\n"
        "Сумма: 999 999 руб.\nТел. 8 (495) 123-45-67\n"
    )
    stage.send(RITA, body, subject="Fwd: Счет № 118 от 20.11.2026", files=[("счет.pdf", invoice_with_code())])


def in_days(stage: Stage, days: int) -> date:
    return stage.now().date() + timedelta(days=days)


def test_a_forwarded_invoice_with_one_line_is_a_whole_request(stage: Stage) -> None:
    forwarded(stage, "оплатить послезавтра, канцелярия")
    assert stage.run() == []
    request = stage.request()
    assert request.status is Status.AWAITING, request.problems
    assert (request.value("subject"), request.fields["subject"].source) == ("канцелярия", "typed")
    assert date.fromisoformat(request.value("pay_by")) in (in_days(stage, 2), in_days(stage, 3)), "two days from now"
    assert (request.value("amount"), request.fields["amount"].source) == ("12000.50", "qr")
    receipt = text_of(stage.only(RITA))
    assert "канцелярия" in receipt
    assert "QR" in receipt, "the receipt says where the values are from"
    assert "999" not in text_of(stage.only(ADAM)), "the supplier's words are not the manager's"


def test_a_forwarded_invoice_without_a_line_is_asked_only_for_what_is_missing(stage: Stage) -> None:
    forwarded(stage, "")
    stage.run()
    request = stage.request()
    assert {problem.field for problem in request.problems} == {"subject", "pay_by"}
    asked = stage.only(RITA)
    assert "12000.50" in text_of(asked).replace(" ", ""), "the form holds what is known"
    stage.answer(RITA, asked, "канцелярия, до послезавтра")
    stage.run()
    assert stage.request().status is Status.AWAITING, stage.request().problems
    assert stage.request().value("subject") == "канцелярия"


def test_the_subject_line_of_our_own_question_is_not_his_word(stage: Stage) -> None:
    text = stage.settings_file.read_text(encoding="utf-8").replace(
        'roles = ["requester"]', 'roles = ["requester"]\nlanguage = "en"'
    )
    stage.settings_file.write_text(text, encoding="utf-8")
    stage.send(RITA, "tomorrow", subject="Invoice", files=[("i.pdf", invoice_with_code())])
    stage.run()
    stage.answer(RITA, stage.only(RITA), "tomorrow, please")
    stage.run()
    assert stage.request().value("subject") == ""


def test_the_code_of_a_prefilled_reply_is_no_subject(stage: Stage) -> None:
    stage.send(RITA, "завтра", subject="Счет", files=[("i.pdf", invoice_with_code())])
    stage.run()
    asked = stage.only(RITA)
    code = next(line for line in text_of(asked).splitlines() if line.startswith("Код:"))
    stage.answer(RITA, asked, f"вода в офис\n\n{code}", quote=False)
    stage.run()
    assert (stage.request().value("subject"), stage.request().status) == ("вода в офис", Status.AWAITING)


def test_a_question_may_be_answered_by_the_bare_day(stage: Stage) -> None:
    stage.send(RITA, "канцелярия, до следующей недели", files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert {problem.field for problem in stage.request().problems} == {"pay_by"}
    day = in_days(stage, 9)
    stage.answer(RITA, stage.only(RITA), f"{day.day}-го")
    stage.run()
    assert stage.request().status is Status.AWAITING, stage.request().problems
    assert stage.request().value("pay_by") == day.isoformat()


def test_a_sum_without_its_currency_takes_that_of_the_invoice_only_when_confirmed(stage: Stage) -> None:
    stage.send(RITA, "канцелярия, 11 000, завтра", files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert stage.request().status is Status.DRAFT
    assert stage.request().suggested["currency"].value == "RUB"
    stage.answer(RITA, stage.only(RITA), "Да, всё верно")
    stage.run()
    assert (stage.request().status, stage.request().value("currency")) == (Status.AWAITING, "RUB")


def test_not_to_pay_yet_keeps_it_a_draft_and_says_why(stage: Stage) -> None:
    stage.send(RITA, "канцелярия, оплатить завтра, но пока не оплачивать", files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert stage.request().status is Status.DRAFT
    assert stage.new(ADAM) == []
    assert "пока не оплачивать" in text_of(stage.only(RITA))


def test_part_of_the_sum_is_asked_not_taken_from_the_invoice(stage: Stage) -> None:
    stage.send(RITA, "аванс 50%, мебель, до завтра", files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert "amount" not in stage.request().fields
    assert "amount" in {problem.field for problem in stage.request().problems}


def test_chatter_without_a_file_is_no_request(stage: Stage) -> None:
    stage.send(RITA, "Добрый день! Скоро пришлю счет на 12 000 руб., оплатить до пятницы.")
    stage.run()
    assert list(stage.wiring().journal.requests()) == []


def filled_in(form: str, **lines: str) -> str:
    """Our mail as it comes back quoted, some lines filled in where they stand."""
    quoted = []
    for line in form.splitlines():
        label = next((label for label in lines if line.startswith(label)), None)
        quoted.append(f"> {line.rstrip()} {lines[label]}" if label and line.rstrip().endswith(":") else f"> {line}")
    return "24.11.2026 10:00, Оплаты пишет:\n" + "\n".join(quoted)


def test_a_line_without_an_invoice_gets_the_form_with_what_was_said(stage: Stage) -> None:
    stage.send(RITA, "Прошу оплатить хостинг, 3 500 руб., завтра")
    stage.run()
    assert list(stage.wiring().journal.requests()) == []
    form = stage.only(RITA)
    assert "3 500 руб." in text_of(form)
    stage.answer(RITA, form, "потом пришлю")
    stage.run()
    assert list(stage.wiring().journal.requests()) == [], "our own form that comes back says nothing"
    again = filled_in(text_of(form), Подрядчик="ООО «Ромашка»", ИНН="9652407405")
    stage.answer(RITA, form, again, quote=False)
    stage.run()
    request = stage.request()
    assert (request.value("subject"), request.value("amount"), request.value("inn")) == (
        "хостинг", "3500.00", "9652407405",
    )  # fmt: skip


def test_the_blank_form_is_filled_in_where_it_is_quoted(stage: Stage) -> None:
    stage.send(RITA, "ФОРМА")
    stage.run()
    form = stage.only(RITA)
    stage.answer(RITA, form, filled_in(text_of(form), **{"За что": "Вода", "Подрядчик": "ООО «Ромашка»"}), quote=False)
    stage.run()
    assert (stage.request().value("subject"), stage.request().value("contractor")) == ("Вода", "ООО «Ромашка»")


def test_what_is_not_sure_is_confirmed_by_one_word(stage: Stage) -> None:
    stage.send(RITA, "канцелярия 12 т.р., завтра", files=[("счет.pdf", invoice_of_text(amount=False))])
    stage.run()
    request = stage.request()
    assert request.status is Status.DRAFT
    assert request.suggested["amount"].value == "12000.00"
    asked = stage.only(RITA)
    assert "проверьте" in text_of(asked).lower()
    stage.answer(RITA, asked, "ДА")
    stage.run()
    request = stage.request()
    assert request.status is Status.AWAITING, request.problems
    assert request.value("amount") == "12000.00"
    assert request.suggested == {}


def test_a_quoted_form_that_comes_back_confirms_nothing(stage: Stage) -> None:
    stage.send(RITA, "канцелярия 12 т.р., завтра", files=[("счет.pdf", invoice_of_text(amount=False))])
    stage.run()
    stage.answer(RITA, stage.only(RITA), "посмотрю завтра")
    stage.run()
    assert stage.request().status is Status.DRAFT
    assert "amount" not in stage.request().fields


def test_a_yes_to_an_older_question_is_asked_back(stage: Stage) -> None:
    stage.send(RITA, "канцелярия 12 т.р., завтра", files=[("счет.pdf", invoice_of_text(amount=False))])
    stage.run()
    first = stage.only(RITA)
    stage.later(minutes=5)
    stage.answer(RITA, first, "ближе к 15 т.р.")
    stage.run()
    assert stage.request().suggested["amount"].value == "15000.00"
    stage.new(RITA)
    stage.later(minutes=5)
    stage.answer(RITA, first, "да")
    stage.run()
    assert stage.request().status is Status.DRAFT
    again = stage.only(RITA)
    stage.answer(RITA, again, "да")
    stage.run()
    assert stage.request().value("amount") == "15000.00"


def test_a_purpose_nobody_wrote_is_built_and_shown(stage: Stage) -> None:
    code = CODE.partition("|Purpose=")[0]
    stage.send(RITA, "канцелярия, счет № 118 от 20.11.2026, завтра", files=[("счет.pdf", invoice_with_code(code))])
    stage.run()
    purpose = stage.request().fields["purpose"]
    assert (purpose.source, purpose.value) == ("computed", "Оплата по счету № 118 от 20.11.2026: канцелярия")
    receipt = " ".join(text_of(stage.only(RITA)).split())
    assert purpose.value in receipt
    assert "нет слов об НДС" in receipt
    assert "QR-кода" in text_of(stage.only(ADAM)), "the approver sees quietly where values are from"


def test_read_tells_what_was_understood(stage: Stage) -> None:
    stage.run()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = RITA, PAYMENTS, "Fwd: Счет"
    message.set_content("канцелярия, 12 000 руб., пока не оплачивать")
    message.add_attachment(invoice_with_code(), maintype="application", subtype="pdf", filename="счет.pdf")
    file = stage.folder / "one.eml"
    file.write_bytes(message.as_bytes())
    facts = json.loads(countersign(stage.settings_file, "read", str(file), "--json").stdout)
    assert facts["fields"]["amount"] == {"value": "12000.00", "source": "typed"}
    assert any("пока не оплачивать" in line for line in facts["why"])
