"""What the invoice says need not be typed; what somebody typed is never overruled by it."""

import io
from datetime import timedelta
from email.message import EmailMessage

import segno
from fpdf import FPDF

from helpers.invoice_pages import PETROV, st00012, usual
from stories.stage import ADAM, RITA, Stage, complete_form, text_of
from workflow.core.model import Status

CODE = (
    "ST00012|Name=ООО «Ромашка»|PersonalAcc=40702810604162316352|BankName=БАНК|BIC=049805746|CorrespAcc=0|"
    "PayeeINN=9652407405|KPP=770701001|Sum=1200050|Purpose=Оплата по счету № 118 за канцелярию, НДС не облагается"
)


def invoice_with_code() -> bytes:
    """A page with a payment code on it."""
    picture = io.BytesIO()
    segno.make(CODE, encoding="utf-8", error="m", micro=False).save(picture, kind="png", scale=4)
    page = FPDF()
    page.add_page()
    page.image(picture, x=20, y=20, w=60)
    return bytes(page.output())


def two_lines(stage: Stage) -> str:
    due = (stage.now() + timedelta(days=5)).strftime("%d.%m.%Y")
    return f"За что платим: Канцелярия\nОплатить до: {due}\n"


def test_two_lines_and_an_invoice_with_a_code_are_a_whole_request(stage: Stage) -> None:
    stage.send(RITA, two_lines(stage), files=[("счет.pdf", invoice_with_code())])
    stage.run()
    request = stage.request()
    assert request.status is Status.AWAITING, request.problems
    assert (request.value("account"), request.fields["account"].source) == ("40702810604162316352", "qr")
    assert (request.value("amount"), request.value("currency")) == ("12000.50", "RUB")
    assert request.fields["subject"].source == "typed"
    assert "40702810604162316352" in text_of(stage.only(ADAM))


def test_what_was_typed_beats_the_invoice(stage: Stage) -> None:
    typed = two_lines(stage) + "Сумма счета: 11 000\nТип валюты: RUB\n"
    stage.send(RITA, typed, files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert stage.request().value("amount") == "11000.00"
    assert "часть счета: счет на 12 000,50" in plain(stage.only(ADAM)), "and the difference is shown"
    assert stage.request().fields["amount"].source == "typed"


def plain(message: EmailMessage) -> str:
    """The text with ordinary blanks, on one line."""
    return " ".join(text_of(message).split())


def test_a_complete_form_is_compared_with_its_invoice(stage: Stage) -> None:
    form = complete_form(stage.now()).replace("12 000,50", "12 100,50").replace("770701001", "770702001")
    stage.send(RITA, form, files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert stage.request().status is Status.AWAITING, "a difference refuses nothing"
    for person in (ADAM, RITA):
        told = plain(stage.only(person))
        assert "! В приложенном счете другая сумма: 12 000,50" in told
        assert "! В приложенном счете другой КПП: 770701001" in told
    assert stage.request().value("kpp") == "770702001", "what was typed stays"


def test_the_difference_stays_until_it_is_gone(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "9 000"), files=[("c.pdf", invoice_with_code())])
    stage.run()
    receipt = stage.only(RITA)
    stage.answer(RITA, receipt, "За что платим: Канцелярия и бумага")
    stage.run()
    assert "! Оплачивается только часть счета: счет на 12 000,50" in plain(stage.new(ADAM)[-1])
    stage.answer(RITA, receipt, "Сумма счета: 12 000,50")
    stage.run()
    assert "часть счета" not in plain(stage.new(ADAM)[-1])


def test_an_invoice_that_agrees_is_not_mentioned(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()), files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert "приложенн" not in plain(stage.only(ADAM))


def test_an_invoice_mailed_later_completes_the_draft(stage: Stage) -> None:
    stage.send(RITA, two_lines(stage))
    stage.run()
    stage.answer(RITA, stage.only(RITA), "вот счет", files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert stage.request().status is Status.AWAITING


def test_bank_details_are_never_put_together_from_both(stage: Stage) -> None:
    typed = two_lines(stage) + "Р/С: 40702810604162316352\n"
    stage.send(RITA, typed, files=[("счет.pdf", invoice_with_code())])
    stage.run()
    assert "bic" not in stage.request().fields, "the invoice's BIC does not join a typed account"


def test_a_code_that_differs_from_the_text_beside_it_is_listed_field_by_field(stage: Stage) -> None:
    page = usual().code(st00012(PETROV, 12345678), 150, 180).bytes()
    stage.send(RITA, complete_form(stage.now()), files=[("счет.pdf", page)])
    stage.run()
    for person in (ADAM, RITA):
        told = plain(stage.only(person))
        assert "не сходится «Р/С»: 40802810900000020002 (" in told
        assert "; 40702810300000010001 (" in told
        assert "не сходится «ИНН»: 960212345698 (" in told
