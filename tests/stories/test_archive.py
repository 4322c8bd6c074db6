"""A year later: paid rows lie in a workbook beside the registry, and one of them is needed again."""

import openpyxl
import pytest

from helpers.libreoffice import Office
from helpers.needs import find_program, needs
from stories.stage import ADAM, FIONA, RITA, Stage, complete_form, invoice
from workflow.cli.proof import _registry
from workflow.core.model import Status


def rows(stage: Stage, name: str = "") -> dict[str, dict[str, object]]:
    path = stage.folder / (name or "registry.xlsx")
    if not path.exists():
        return {}
    lines = list(openpyxl.load_workbook(path)["Реестр"].iter_rows(values_only=True))
    return {str(line[0]): dict(zip(map(str, lines[0]), line, strict=True)) for line in lines[1:] if line[0]}


def approved(stage: Stage, number: str) -> str:
    form = complete_form(stage.now()).replace("118", number)
    stage.send(RITA, form, files=[(f"Счёт {number}.pdf", invoice(number))])
    stage.run()
    ask = stage.only(ADAM)
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    stage.new(ADAM)
    return str(ask["Subject"]).partition("[")[2].partition("/")[0]


@needs("libreoffice")
@pytest.mark.libreoffice
def test_a_paid_row_goes_to_the_archive_and_comes_back_when_the_bank_returns_the_money(stage: Stage) -> None:
    paid, waiting = approved(stage, "118"), approved(stage, "119")
    program = find_program("libreoffice")
    assert program is not None
    office = Office(program, stage.folder / "office")
    office.edit(
        stage.book, "Реестр",
        'sheet.getCellRangeByName("B2").String = "Оплачен"',
        'sheet.getCellRangeByName("K2").String = "по акту 7"',
        'sheet.getCellRangeByName("AH1").String = "Моё"',
        'sheet.getCellRangeByName("AH2").Formula = "=F2*2"',
        'sheet.getCellRangeByName("AH3").Formula = "=F3*3"',
        'sheet.getCellRangeByName("AH2").CellBackColor = 16776960',
    )  # fmt: skip
    stage.run()
    stage.later(minutes=11)
    stage.run()
    year = stage.request(paid).payments[-1].on.year
    archive = f"registry-archive-{year}.xlsx"
    stage.later(days=364)
    stage.run()
    assert not (stage.folder / archive).exists()

    stage.later(days=2)
    assert stage.run() == []
    assert (list(rows(stage)), list(rows(stage, archive))) == ([waiting], [paid])
    row = rows(stage, archive)[paid]
    assert (row["Статус"], row["Комментарий бухгалтерии"], row["Моё"]) == ("Оплачен", "по акту 7", 24001)
    assert openpyxl.load_workbook(stage.book)["Реестр"]["AH2"].value == "=F2*3"
    assert list(_registry(stage.wiring())) == []
    office.edit(stage.folder / archive, "Реестр")
    office.edit(stage.book, "Реестр")
    stage.run()
    assert openpyxl.load_workbook(stage.book, data_only=True)["Реестр"]["AH2"].value == pytest.approx(12000.5 * 3)

    told = next(letter for letter in stage.inbox(FIONA) if f"[{paid}" in str(letter["Subject"]))
    stage.answer(FIONA, told, "Приостановить, банк вернул деньги")
    stage.run()
    stage.later(hours=1)
    stage.run()
    assert stage.request(paid).status is Status.APPROVED
    assert (set(rows(stage)), rows(stage, archive)) == ({paid, waiting}, {})
    back = rows(stage)[paid]
    assert (back["Статус"], back["Комментарий бухгалтерии"], back["Моё"]) == ("Приостановлен", "по акту 7", 24001)
    assert list(_registry(stage.wiring())) == []
