"""A contractor who was paid stands on a sheet of his own in the workbook; accounting adds a phone number there."""

from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from stories.stage import ADAM, RITA, Stage, complete_form, invoice


def sheet_of(path: Path) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.load_workbook(path)
    sheet = book["Подрядчики"]
    assert isinstance(sheet, Worksheet)
    return book, sheet


def row_of(path: Path) -> dict[object, object]:
    _, sheet = sheet_of(path)
    header, row = list(sheet.iter_rows(values_only=True))[:2]
    return dict(zip(header, row, strict=True))


def test_whom_we_paid_is_remembered_on_a_sheet_and_corrected_there(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()), files=[("Счёт 118.pdf", invoice())])
    stage.run()
    stage.answer(ADAM, stage.only(ADAM), "Согласовано")
    stage.run()
    assert "Подрядчики" not in openpyxl.load_workbook(stage.book).sheetnames or row_of(stage.book)["Реквизиты"] is None
    stage.edit({"Статус": "Оплачен"})
    stage.run()
    stage.later(minutes=15)
    assert stage.run() == []

    row = row_of(stage.book)
    assert (row["Код"], row["Подрядчик"], row["ИНН"]) == ("INN-9652407405", "ООО «Ромашка»", "9652407405")
    assert str(row["Реквизиты"]).startswith("40702810604162316352, БИК 049805746, с ")
    assert row["E-mail"] == "supplier@vendor.test"

    book, sheet = sheet_of(stage.book)
    place = next(cell.column for cell in sheet[1] if cell.value == "Телефон")
    sheet.cell(2, place).value = "+7 916 123-45-67"
    book.save(stage.book)
    assert stage.run() == []
    card = stage.wiring().journal.contractor("inn:9652407405")
    assert card is not None
    assert card.phone == "+7 916 123-45-67"
    assert stage.run() == []
    assert row_of(stage.book)["Сообщение"] is None
