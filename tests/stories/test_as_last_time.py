"""What was paid before need not be told again: "as last time" with what is new."""

from __future__ import annotations

from stories.stage import ADAM, FIONA, RITA, Stage, complete_form, invoice, text_of
from workflow.core.model import Status


def approved_before(stage: Stage, text: str = "") -> str:
    """A request of Rita's that Adam approved."""
    stage.send(RITA, text or complete_form(stage.now()), files=[("счет.pdf", invoice(text[:20] or "118"))])
    stage.run()
    stage.answer(ADAM, stage.new(ADAM)[-1], "Согласовано")
    stage.run()
    stage.new(RITA)
    references = [request.reference for request in stage.wiring().journal.requests()]
    return references[-1]


def of_another_contractor(stage: Stage) -> str:
    """The form of another supplier."""
    form = complete_form(stage.now())
    swaps = {"«Ромашка»": "«Лютик»", "9652407405": "9660668898", "40702810604162316352": "40702810114607617721",
             "049805746": "049600111", "118": "77"}  # fmt: skip
    for old, new in swaps.items():
        form = form.replace(old, new)
    return form


def test_as_last_time_with_sum_and_day_is_a_whole_request(stage: Stage) -> None:
    model = approved_before(stage)
    stage.send(RITA, "как в прошлый раз, 15 000, послезавтра", files=[("новый.pdf", invoice("119"))])
    assert stage.run() == []
    request = list(stage.wiring().journal.requests())[-1]
    assert request.status is Status.AWAITING, request.problems
    assert request.model == model
    assert (request.value("amount"), request.value("currency")) == ("15000.00", "RUB")
    assert (request.value("account"), request.fields["account"].source) == ("40702810604162316352", "card")
    assert request.value("subject") == "Канцелярия для офиса"
    assert model in text_of(stage.only(RITA)), "the receipt names the model"
    assert model in text_of(stage.new(ADAM)[-1])


def test_a_request_named_by_its_number_is_the_model(stage: Stage) -> None:
    first = approved_before(stage)
    approved_before(stage, of_another_contractor(stage))
    stage.send(RITA, f"same as {first}, amount 5000, pay tomorrow", files=[("n.pdf", invoice("120"))])
    stage.run()
    request = list(stage.wiring().journal.requests())[-1]
    assert request.status is Status.AWAITING, request.problems
    assert (request.model, request.value("inn"), request.value("amount")) == (first, "9652407405", "5000.00")


def test_several_contractors_are_asked_about(stage: Stage) -> None:
    approved_before(stage)
    approved_before(stage, of_another_contractor(stage))
    stage.send(RITA, "как в прошлый раз, 12 000 руб., завтра", files=[("n.pdf", invoice("121"))])
    stage.run()
    request = list(stage.wiring().journal.requests())[-1]
    assert request.status is Status.DRAFT
    asked = stage.only(RITA)
    assert "Ромашка" in text_of(asked)
    assert "Лютик" in text_of(asked)
    stage.answer(RITA, asked, "Подрядчик: ООО «Лютик»")
    stage.run()
    request = stage.request(request.reference)
    assert request.status is Status.AWAITING, request.problems
    assert request.value("inn") == "9660668898"


def test_somebody_elses_request_is_no_model(stage: Stage) -> None:
    model = approved_before(stage)
    stage.settings_file.write_text(
        stage.settings_file.read_text(encoding="utf-8").replace(
            'roles = ["operator"]', 'roles = ["operator", "requester"]'
        ),
        encoding="utf-8",
    )
    stage.send("operator@example.test", f"same as {model}, amount 5000, pay tomorrow", files=[("n.pdf", invoice("1"))])
    stage.run()
    request = list(stage.wiring().journal.requests())[-1]
    assert (request.status, request.model, request.value("account")) == (Status.DRAFT, "", "")


def paid_before(stage: Stage) -> None:
    """Ромашка is known: money went there and was told of."""
    approved_before(stage)
    stage.answer(FIONA, stage.new(FIONA)[-1], "Оплачено")
    stage.run()
    stage.later(minutes=11)
    stage.run()
    for person in (RITA, ADAM, FIONA):
        stage.new(person)


def test_a_known_contractor_with_one_line_is_a_whole_request(stage: Stage) -> None:
    paid_before(stage)
    stage.send(RITA, "ООО Ромашка, вода, 5 000 руб., завтра", files=[("скан.pdf", invoice("вода"))])
    assert stage.run() == []
    request = list(stage.wiring().journal.requests())[-1]
    assert request.status is Status.AWAITING, request.problems
    assert (request.value("inn"), request.value("account")) == ("9652407405", "40702810604162316352")
    assert request.fields["account"].source == "card"
    assert request.value("subject") == "вода"


def test_a_known_contractor_may_be_named_loosely(stage: Stage) -> None:
    paid_before(stage)
    stage.send(RITA, "ромашка, вода, 5 000 руб., завтра", files=[("скан.pdf", invoice("вода"))])
    stage.run()
    request = list(stage.wiring().journal.requests())[-1]
    assert request.status is Status.AWAITING, request.problems
    assert (request.value("inn"), request.value("subject")) == ("9652407405", "вода")


def test_an_unknown_name_stays_what_it_was_written_as(stage: Stage) -> None:
    paid_before(stage)
    stage.send(RITA, "лютик, вода, 5 000 руб., завтра", files=[("скан.pdf", invoice("вода"))])
    stage.run()
    request = list(stage.wiring().journal.requests())[-1]
    assert (request.status, request.value("inn")) == (Status.DRAFT, "")
