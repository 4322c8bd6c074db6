"""The whole line: a request mailed, approved by one word, paid by one cell, and everybody told."""

from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from helpers.libreoffice import Office
from helpers.needs import find_program, needs
from stories.stage import (
    ADA,
    ADAM,
    FIONA,
    OSCAR,
    PAYMENTS,
    RITA,
    SUPPLIER,
    Stage,
    complete_form,
    files_of,
    invoice,
    text_of,
)
from workflow.core.model import Status


def approved(stage: Stage, **form: str) -> None:
    """A request of Rita's that Adam has approved."""
    stage.send(RITA, complete_form(stage.now()), files=[("Счёт 118.pdf", invoice())])
    stage.run()
    stage.answer(ADAM, stage.only(ADAM), "Согласовано")
    stage.run()


def test_a_complete_request_is_approved_paid_and_told_to_everybody(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()), files=[("Счёт 118.pdf", invoice())])
    assert stage.run() == []
    ask = stage.only(ADAM)
    assert f"[{stage.first}/1]" in ask["Subject"]
    assert files_of(ask)["Счёт 118.pdf"] == invoice()
    assert "12 000,50" in text_of(ask).replace("\xa0", " ")
    assert f"[{stage.first}]" in stage.only(RITA)["Subject"]
    assert stage.new(FIONA) == [], "accounting hears of nothing before approval"
    assert stage.cells()["Статус"] == "На согласовании"

    stage.answer(ADAM, ask, "Согласовано\n\nЦена хорошая, спасибо.")
    stage.run()
    row = stage.cells()
    assert (row["Статус"], row["Согласовал"]) == ("Согласован к оплате", "Антон Головин")
    assert row["Комментарий руководителя"] == "Цена хорошая, спасибо."
    assert row["Сумма счета"] == 12000.5
    assert row["ИНН"] == "9652407405"
    assert isinstance(row["Оплатить до"], datetime)
    assert len(stage.new(ADAM)) == 1
    assert len(stage.new(RITA)) == 1
    assert "Счёт 118.pdf" in files_of(stage.only(FIONA))

    stage.edit({"Статус": "Оплачен", "Платежка": "214"})
    stage.run()
    assert stage.request().status is Status.PAID
    assert stage.new(SUPPLIER) == [], "a paid mark can be undone for a while"
    stage.later(minutes=11)
    stage.run()
    told = stage.only(SUPPLIER)
    assert RITA in str(told["Reply-To"])
    assert "12 000,50" in text_of(told).replace("\xa0", " ")
    for person in (RITA, ADAM, FIONA):
        assert f"[{stage.first}]" in stage.only(person)["Subject"]
    row = stage.cells()
    assert (row["Статус"], row["Оплачено"], row["Платежка"]) == ("Оплачен", 12000.5, "214")
    stage.later(minutes=11)
    stage.run()
    assert [stage.new(person) for person in (RITA, ADAM, FIONA, SUPPLIER, OSCAR)] == [[], [], [], [], []]


def test_an_incomplete_request_is_completed_by_the_missing_lines_alone(stage: Stage) -> None:
    lines = [line for line in complete_form(stage.now()).splitlines() if not line.startswith(("ИНН", "Оплатить до"))]
    stage.send(RITA, "\n".join(lines), files=[("счет.pdf", invoice())])
    stage.run()
    question = stage.only(RITA)
    assert "ИНН" in text_of(question)
    assert "Оплатить до" in text_of(question)
    assert stage.new(ADAM) == []
    assert stage.cells()["Статус"] == "Черновик"
    later = (stage.now() + timedelta(days=4)).strftime("%d.%m.%Y")
    stage.answer(RITA, question, f"ИНН: 9652407405\nОплатить до: {later}")
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert stage.request().value("inn") == "9652407405"
    stage.only(ADAM)


def test_the_quoted_form_filled_in_place_completes_the_draft(stage: Stage) -> None:
    lines = [line for line in complete_form(stage.now()).splitlines() if not line.startswith("ИНН")]
    stage.send(RITA, "\n".join(lines))
    stage.run()
    question = stage.only(RITA)
    quoted = [f"> {line}" for line in text_of(question).splitlines()]
    filled = [f"{line} 9652407405" if line.startswith("> ИНН") else line for line in quoted]
    assert filled != quoted
    stage.answer(RITA, question, "24.11.2026 10:00, Оплаты пишет:\n" + "\n".join(filled), quote=False)
    stage.run()
    assert stage.request().value("inn") == "9652407405"
    assert stage.request().status is Status.AWAITING


def test_a_rejection_counts_at_once_and_its_reason_may_come_later(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    stage.answer(ADAM, stage.only(ADAM), "ОТКАЗАНО")
    stage.run()
    assert stage.request().status is Status.REJECTED
    receipt = stage.only(ADAM)
    stage.new(RITA)
    stage.answer(ADAM, receipt, "Слишком дорого, найдите дешевле")
    stage.run()
    assert stage.cells()["Комментарий руководителя"] == "Слишком дорого, найдите дешевле"
    assert "Слишком дорого" in text_of(stage.only(RITA))


def test_a_returned_request_is_corrected_and_approved_as_version_two(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    first = stage.only(ADAM)
    stage.answer(ADAM, first, "Вернуть. Сумма без скидки")
    stage.run()
    stage.new(ADAM)
    returned = stage.new(RITA)[-1]
    assert "Сумма без скидки" in text_of(returned)
    stage.answer(RITA, returned, "Сумма счета: 11 000,00")
    stage.run()
    second = stage.only(ADAM)
    assert f"[{stage.first}/2]" in second["Subject"]
    stage.answer(ADAM, first, "Согласовано")  # the old mail is answered
    stage.run()
    assert stage.request().status is Status.AWAITING, "an old version is never approved"
    stage.new(ADAM)
    stage.answer(ADAM, second, "Согласовано")
    stage.run()
    assert stage.request().status is Status.APPROVED
    assert stage.cells()["Сумма счета"] == 11000


def test_paid_by_mail_with_the_payment_order_attached(stage: Stage) -> None:
    approved(stage)
    stage.new(FIONA)
    ask = stage.inbox(FIONA)[-1]
    stage.answer(FIONA, ask, "Оплачено, п/п № 215", files=[("платежное поручение 215.pdf", invoice("order"))])
    stage.run()
    request = stage.request()
    assert request.status is Status.PAID
    assert request.payments[0].order == "215"
    stage.later(minutes=11)
    stage.run()
    assert list(files_of(stage.only(SUPPLIER)).values()) == [invoice("order")]
    folder = stage.folder / "materials" / request.folder / request.reference
    names = {path.name for path in folder.iterdir()}
    assert {"index.html", "Счёт 118.pdf", "платежное поручение 215.pdf"} <= names
    assert any(name.endswith(".eml") for name in names)


def test_two_steps_one_after_another_for_a_large_sum(stage: Stage) -> None:
    form = complete_form(stage.now()).replace("12 000,50", "600 000")
    stage.send(RITA, form)
    stage.run()
    assert stage.new(ADA) == []
    stage.answer(ADAM, stage.only(ADAM), "согласовано")
    stage.run()
    assert stage.request().status is Status.AWAITING
    stage.answer(ADA, stage.only(ADA), "APPROVE")
    stage.run()
    assert stage.request().status is Status.APPROVED


def test_undo_of_a_paid_mark_leaves_no_mail_behind(stage: Stage) -> None:
    approved(stage)
    for person in (RITA, ADAM, FIONA):
        stage.new(person)
    stage.edit({"Статус": "Оплачен"})
    stage.run()
    stage.edit({"Статус": "Согласован к оплате"})
    stage.run()
    stage.later(minutes=30)
    stage.run()
    assert stage.request().status is Status.APPROVED
    assert [stage.new(person) for person in (RITA, ADAM, FIONA, SUPPLIER)] == [[], [], [], []]


def test_the_same_letter_twice_and_a_second_run_change_nothing(stage: Stage) -> None:
    letter = stage.send(RITA, complete_form(stage.now()))
    stage.run()
    stage.post(RITA, PAYMENTS, letter.as_bytes())
    stage.run()
    assert [r.reference for r in stage.wiring().journal.requests()] == [stage.first]
    assert len(stage.new(ADAM)) == 1


def test_paid_without_approval_is_recorded_put_back_and_told(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    stage.new(FIONA)
    stage.edit({"Статус": "Оплачен"})
    stage.run()
    assert stage.request().status is Status.AWAITING
    assert stage.cells()["Статус"] == "На согласовании"
    assert stage.cells()["Сообщение"]
    for person in (FIONA, OSCAR):
        assert stage.only(person)


@pytest.mark.parametrize(("name", "typed"), [("платежка 7.pdf", "7"), ("п_п 214 ромашка.pdf", "п_п 214 ромашка")])
def test_a_payment_order_in_the_folder_goes_with_the_contractors_notice(stage: Stage, name: str, typed: str) -> None:
    """Put there by accounting: by its name, or named in the column."""
    approved(stage)
    request = stage.request()
    path = stage.folder / "materials" / request.folder / request.reference / name
    path.write_bytes(invoice("order"))
    stage.edit({"Статус": "Оплачен", "Платежка": typed})
    stage.run()
    stage.later(minutes=11)
    stage.run()
    assert list(files_of(stage.only(SUPPLIER)).values()) == [invoice("order")]


@needs("libreoffice")
def test_an_accountant_pays_in_libreoffice_between_two_runs(stage: Stage, tmp_path: Path) -> None:
    """A real LibreOffice opens the workbook, types into it and saves; the row is paid and the book still ours."""
    approved(stage)
    header = [cell.value for cell in openpyxl.load_workbook(stage.book)["Реестр"][1]]
    status, comment = header.index("Статус"), header.index("Комментарий бухгалтерии")
    office = Office(find_program("libreoffice") or "", tmp_path / "office")
    office.edit(
        stage.book, "Реестр",
        f'sheet.getCellByPosition({status}, 1).String = "Оплачен"',
        f'sheet.getCellByPosition({comment}, 1).String = "оплатила сегодня"',
    )  # fmt: skip
    assert stage.run() == []
    assert stage.request().status is Status.PAID
    row = stage.cells()
    assert (row["Статус"], row["Комментарий бухгалтерии"], row["Оплачено"]) == ("Оплачен", "оплатила сегодня", 12000.5)
