"""Several payments in one letter: filled blocks, a list in a workbook, invoices each of its own."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from stories.invoices import CODE, invoice_with_code
from stories.stage import ADAM, RITA, Stage, complete_form, text_of
from workflow.core.commands import Open
from workflow.core.model import Request, Status
from workflow.listform import list_form
from workflow.service import Service

ROW = {
    "За что платим": "Канцелярия", "Подрядчик": "ООО «Ромашка»", "Сумма счета": 12000.5, "Тип валюты": "RUB",
    "ИНН": "9652407405", "КПП": "770701001", "БИК Банка": "049805746", "Р/С": "40702810604162316352",
}  # fmt: skip


def requests(stage: Stage) -> list[Request]:
    return list(stage.wiring().journal.requests())


def block(stage: Stage, subject: str, number: str) -> str:
    form = complete_form(stage.now()).partition("\n\n")[2]
    return form.replace("Канцелярия для офиса", subject).replace("118", number)


def filled_list(stage: Stage, count: int, **changes: dict[int, object]) -> bytes:
    """The workbook that `form --xlsx` writes, filled in below its example."""
    book = openpyxl.load_workbook(io.BytesIO(list_form("ru")))
    sheet = book.active
    assert sheet is not None
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    for number in range(count):
        row = {**ROW, "Счет": f"№ {500 + number} от 20.11.2026", "Оплатить до": stage.now().date() + timedelta(days=5)}
        row |= {title: by_row[number] for title, by_row in changes.items() if number in by_row}
        for title, value in row.items():
            sheet.cell(3 + number, columns[title]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_several_filled_blocks_are_several_requests(stage: Stage) -> None:
    text = f"Добрый день!\n\n{block(stage, 'Бумага', '201')}\n\n{block(stage, 'Стулья', '202')}\n\nС уважением,\nРита"
    stage.send(RITA, text)
    assert stage.run() == []
    assert [(r.value("subject"), r.value("invoice_number"), r.status) for r in requests(stage)] == [
        ("Бумага", "201", Status.AWAITING), ("Стулья", "202", Status.AWAITING),
    ]  # fmt: skip
    receipt = text_of(stage.only(RITA))
    assert all(request.reference in receipt for request in requests(stage))
    assert len(stage.new(ADAM)) == 2


def test_a_list_of_thirty_is_thirty_requests_and_one_receipt(stage: Stage) -> None:
    content = filled_list(stage, 30, **{"ИНН": {7: "9652407404"}, "Сумма счета": {11: "двести"}})
    stage.send(RITA, "Добрый день, список во вложении.", files=[("список.xlsx", content)])
    assert stage.run() == []
    found = requests(stage)
    assert len(found) == 30
    assert [number for number, request in enumerate(found) if request.status is Status.DRAFT] == [7, 11]
    assert {request.value("account") for request in found} == {"40702810604162316352"}
    mails = stage.new(RITA)
    receipt = next(text_of(mail) for mail in mails if "30" in str(mail["Subject"]))
    assert len(mails) == 3, "one receipt, and a question about each of the two"
    assert "строка 10" in receipt
    assert "9652407404" in receipt
    assert "двести" in receipt
    assert len(stage.new(ADAM)) == 28


def test_the_example_row_and_an_empty_list_are_no_requests(stage: Stage) -> None:
    stage.send(RITA, "пустой список", files=[("список.xlsx", list_form("ru"))])
    stage.run()
    assert requests(stage) == []
    assert "нет ни одной заполненной строки" in " ".join(text_of(stage.only(RITA)).split())


def test_a_table_pasted_into_the_mail_is_a_request_for_each_row(stage: Stage) -> None:
    titles = [*ROW, "Счет", "Оплатить до"]
    due = (stage.now() + timedelta(days=5)).strftime("%d.%m.%Y")
    rows = [[*map(str, ROW.values()), f"№ 60{number} от 20.11.2026", due] for number in (1, 2)]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (titles, *rows))
    text = "\n".join("\t".join(row) for row in (titles, *rows))
    stage.send(RITA, text, html=f"<p>Добрый день</p><table border=1>{cells}</table>")
    assert stage.run() == []
    assert [(r.value("invoice_number"), r.status) for r in requests(stage)] == [
        ("601", Status.AWAITING), ("602", Status.AWAITING),
    ]  # fmt: skip


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_crash_between_any_two_rows_neither_loses_nor_doubles(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    stage.send(RITA, "список", files=[("список.xlsx", filled_list(stage, 3))])
    whole, done = Service.handle, []

    def breaks(service: Service, command: object, *rest: object, **more: object) -> object:
        if isinstance(command, Open) and len(done) == after:
            raise KeyboardInterrupt
        done.append(command)
        return whole(service, command, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Service, "handle", breaks)
    with pytest.raises(KeyboardInterrupt):
        stage.run()
    monkeypatch.setattr(Service, "handle", whole)
    assert stage.run() == []
    assert [request.value("invoice_number") for request in requests(stage)] == ["500", "501", "502"]
    assert len([mail for mail in stage.new(RITA) if "3" in str(mail["Subject"])]) == 1


def code(number: str, kopecks: str) -> bytes:
    changed = CODE.replace("Sum=1200050", f"Sum={kopecks}")
    return invoice_with_code(changed.replace("по счету № 118", f"по счету № {number} от 20.11.2026"))


def test_several_invoices_each_of_its_own_are_a_request_each(stage: Stage) -> None:
    files = [("a.pdf", code("301", "100000")), ("b.pdf", code("302", "200000"))]
    stage.send(RITA, "канцелярия, завтра", files=files)
    assert stage.run() == []
    found = requests(stage)
    assert [(r.value("amount"), r.value("subject"), len(r.files)) for r in found] == [
        ("1000.00", "канцелярия", 1), ("2000.00", "канцелярия", 1),
    ]  # fmt: skip
    assert "каждый стал отдельной заявкой" in " ".join(text_of(stage.only(RITA)).split())


def test_with_a_sum_typed_several_files_are_one_request(stage: Stage) -> None:
    files = [("a.pdf", code("301", "100000")), ("b.pdf", code("302", "200000"))]
    stage.send(RITA, "канцелярия, 3 000,00 руб., завтра", files=files)
    stage.run()
    only = requests(stage)
    assert len(only) == 1
    assert len(only[0].files) == 2
