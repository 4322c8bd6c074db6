"""Two legal entities, two workbooks: one is open in LibreOffice while the other is paid."""

from pathlib import Path

import openpyxl
import pytest

from helpers.daemons import until
from helpers.libreoffice import Office
from helpers.needs import find_program, needs
from stories.stage import ADAM, FIONA, RITA, Stage, complete_form, invoice, text_of
from workflow.core.model import Status

ONE = """[registry]
kind = "excel"
path = "registry.xlsx"
worksheet = "Реестр"
"""
TWO = """[[registry]]
name = "Юг"
when = { currency = "EUR" }
path = "south.xlsx"
worksheet = "Реестр"

[[registry]]
name = "Север"
path = "north.xlsx"
worksheet = "Реестр"
"""


def two_registries(stage: Stage) -> None:
    text = stage.settings_file.read_text(encoding="utf-8")
    assert ONE in text
    stage.settings_file.write_text(text.replace(ONE, TWO), encoding="utf-8")


def row(book: Path, reference: str) -> dict[str, object] | None:
    lines = list(openpyxl.load_workbook(book)["Реестр"].iter_rows(values_only=True))
    found = [dict(zip(map(str, lines[0]), line, strict=True)) for line in lines[1:] if line[0] == reference]
    return found[0] if found else None


def pay(book: Path, reference: str) -> None:
    made = openpyxl.load_workbook(book)
    for line in made["Реестр"].iter_rows():
        if line[0].value == reference:
            line[1].value = "Оплачен"
    made.save(book)


def approved(stage: Stage, currency: str, number: str) -> str:
    form = complete_form(stage.now()).replace("руб.", currency).replace("118", number)
    stage.send(RITA, form, files=[(f"Счёт {number}.pdf", invoice(number))])
    stage.run()
    ask = stage.only(ADAM)
    stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    stage.new(ADAM)
    return str(ask["Subject"]).partition("[")[2].partition("/")[0]


@needs("libreoffice")
@pytest.mark.libreoffice
def test_one_workbook_is_open_while_the_other_is_paid(stage: Stage, tmp_path: Path) -> None:
    two_registries(stage)
    north, south = tmp_path / "north.xlsx", tmp_path / "south.xlsx"
    rouble = approved(stage, "руб.", "118")
    program = find_program("libreoffice")
    assert program is not None
    held = Office(program, tmp_path / "office").hold(north, tmp_path / "enough")
    try:
        until((tmp_path / ".~lock.north.xlsx#").exists, lambda: "LibreOffice did not open the workbook")
        euro = approved(stage, "евро", "119")
        waiting = approved(stage, "руб.", "120")
        assert row(north, waiting) is None
        assert row(south, euro) is not None
        pay(south, euro)
        assert stage.run() == []
        assert stage.request(euro).status is Status.PAID
        legs = stage.wiring().journal.legs()
        assert legs["registry:Юг"]["error"] is None
        assert "open" in str(legs["registry:Север"]["error"])
        stage.new(FIONA)
        stage.later(minutes=16)
        stage.run()
        busy = [letter for letter in stage.new(FIONA) if "занят" in str(letter["Subject"])]
        assert [waiting in text_of(letter) and "«Север»" in text_of(letter) for letter in busy] == [True]
    finally:
        (tmp_path / "enough").touch()
        held.wait(60)
    stage.later(seconds=6)
    stage.run()
    assert {row(north, name) is None for name in (rouble, waiting)} == {False}
    assert row(north, euro) is None


def test_a_correction_takes_the_request_to_the_other_workbook(stage: Stage, tmp_path: Path) -> None:
    two_registries(stage)
    reference = approved(stage, "руб.", "118")
    receipt = next(letter for letter in stage.inbox(RITA) if f"[{reference}]" in str(letter["Subject"]))
    stage.answer(RITA, receipt, "Тип валюты: EUR", quote=False)
    stage.run()
    assert stage.request(reference).status is Status.AWAITING
    old, new = row(tmp_path / "north.xlsx", reference), row(tmp_path / "south.xlsx", reference)
    assert old is not None
    assert new is not None
    assert (old["Статус"], old["Сумма счета"], old["Р/С"]) == ("Перенесена", None, None)
    assert old["Сообщение"] == "Заявка теперь в реестре «Юг». Отметки в этой строке не учитываются."
    assert (new["Статус"], new["Тип валюты"]) == ("На согласовании", "EUR")
    pay(tmp_path / "north.xlsx", reference)
    stage.run()
    assert stage.request(reference).status is Status.AWAITING
    assert "Оплачен" in str((row(tmp_path / "south.xlsx", reference) or {})["Сообщение"])


def test_the_only_registry_gets_a_second_one_beside_it(stage: Stage, tmp_path: Path) -> None:
    """The book that is there goes on under its new name, with all that was agreed; what is open and belongs to the
    new one goes there."""
    euro, rouble = approved(stage, "евро", "118"), approved(stage, "руб.", "119")
    two_registries(stage)
    text = stage.settings_file.read_text(encoding="utf-8").replace("north.xlsx", "registry.xlsx")
    stage.settings_file.write_text(text, encoding="utf-8")
    assert stage.run() == []
    assert (row(tmp_path / "south.xlsx", euro) or {})["Статус"] == "Согласован к оплате"
    assert (row(stage.book, euro) or {})["Статус"] == "Перенесена"
    pay(stage.book, rouble)
    pay(tmp_path / "south.xlsx", euro)
    assert stage.run() == []
    assert {stage.request(reference).status for reference in (euro, rouble)} == {Status.PAID}
