"""An accountant at her desk: a real LibreOffice edits the registry while the daemon writes it.

Whatever she does to the sheet, her own cells stay, no row is lost or doubled, only what was approved is paid, and what
went wrong is told once, in plain words, to whoever can mend it.
"""

from __future__ import annotations

import openpyxl
import pytest

from helpers.libreoffice import Office
from helpers.needs import find_program, needs
from stories.stage import ADA, ADAM, FIONA, OSCAR, RITA, SUPPLIER, Stage, complete_form, invoice, text_of
from workflow.core.model import Status

pytestmark = [
    needs("libreoffice"),
    pytest.mark.libreoffice,
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
]
EVERYBODY = (RITA, ADAM, ADA, FIONA, OSCAR, SUPPLIER)
SHEET = "Реестр"
LEFT_BESIDE = (
    "~$registry.xlsx.tmp", "registry.xlsx~", "registry.bak", "Backup of registry.xlk", "4C1A2000", "registry_0.csv",
    ".~registry.xlsx.swp", "registry.xlsx_autosave", "registry.pdf", "lu1234abc.tmp",
)  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    program = find_program("libreoffice")
    assert program is not None
    return Office(program, tmp_path_factory.mktemp("office"))


def asked(stage: Stage, *amounts: str) -> list[str]:
    """A request for each amount; Adam has been asked."""
    before = {request.reference for request in stage.wiring().journal.requests()}
    for amount in amounts:
        form = complete_form(stage.now()).replace("12 000,50", amount)
        stage.send(RITA, form, files=[(f"Счёт {amount}.pdf", invoice(amount))])
        stage.run()
    return sorted({request.reference for request in stage.wiring().journal.requests()} - before)


def approved(stage: Stage, *amounts: str) -> list[str]:
    references = asked(stage, *amounts)
    for ask in stage.new(ADAM):
        stage.answer(ADAM, ask, "Согласовано")
    stage.run()
    read_all(stage)
    return references


def read_all(stage: Stage) -> None:
    for person in EVERYBODY:
        stage.new(person)


def told(stage: Stage, person: str) -> list[str]:
    """What is new for somebody: subject and text."""
    return [f"{letter['Subject']}\n{text_of(letter)}".replace("\xa0", " ") for letter in stage.new(person)]


def statuses(stage: Stage, references: list[str]) -> list[Status]:
    return [stage.request(reference).shown_status for reference in references]


def lines(stage: Stage) -> list[str]:
    """The references in the sheet, from top to bottom."""
    sheet = openpyxl.load_workbook(stage.book)[SHEET]
    return [str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True) if str(row[0]).startswith("PAY-")]


def settle(stage: Stage) -> None:
    """Time enough for a postponed write, and a look that must find nothing new."""
    stage.later(seconds=10)
    assert stage.run() == []


def cell(title: str, reference: str) -> str:
    return f'At(sheet, "{title}", "{reference}")'


def test_a_morning_of_sorting_own_columns_and_words_typed_as_they_come(stage: Stage, office: Office) -> None:
    first, second, third, fourth = approved(stage, "100,00", "1 234,56", "300,00", "400,00")
    (waiting,) = asked(stage, "500,00")
    read_all(stage)
    sitting = office.sit(
        stage.book, SHEET,
        [
            "Dim key(0) As New com.sun.star.table.TableSortField",
            "key(0).Field = 4 : key(0).IsAscending = False",
            "Dim how(1) As New com.sun.star.beans.PropertyValue",
            'how(0).Name = "SortFields" : how(0).Value = key()',
            'how(1).Name = "ContainsHeader" : how(1).Value = True',
            'sheet.getCellRangeByName("A1:AG6").sort(how())',
            "sheet.Columns.getByIndex(20).IsVisible = False",
            "sheet.Rows.insertByIndex(3, 1)",
            'sheet.getCellRangeByName("C4").String = "до обеда"',
            'sheet.getCellRangeByName("C4:D4").merge(True)',
            'sheet.getCellRangeByName("AI1").String = "Моё"',
            f'{cell("Моё", first)}.Formula = "=1+1"',
            f'{cell("Моё", fourth)}.String = "спросить Олега"',
            f"{cell('Моё', fourth)}.CellBackColor = 16776960",
            'book.Sheets.insertNewByName("Сводка", 9)',
            "book.Sheets.getByName(\"Сводка\").getCellRangeByName(\"A1\").Formula = \"=SUM($'Реестр'.E2:E20)\"",
            f'{cell("Статус", first)}.String = "  оплачен "',
            f'{cell("Статус", second)}.String = "PAID"',
            f'{cell("Оплачено", second)}.String = "1 234,56"',
            f'{cell("Дата оплаты", second)}.String = "{stage.now():%d.%m.%Y}"',
            f'{cell("Статус", third)}.String = "оплачу завтра"',
            f'{cell("Комментарий бухгалтерии", third)}.String = "жду акт"',
            "book.store()",
        ],
    )  # fmt: skip
    sitting.step()
    assert stage.run() == [], "an open workbook is read, and waited for"
    assert statuses(stage, [first, second, third, fourth, waiting]) == [
        Status.PAID, Status.PAID, Status.APPROVED, Status.APPROVED, Status.AWAITING,
    ]  # fmt: skip
    sitting.close()
    settle(stage)
    assert stage.request(second).payments[0].amount == stage.request(second).amount
    assert sorted(lines(stage)) == [first, second, third, fourth, waiting]
    row = stage.cells(third)
    assert (row["Статус"], row["Комментарий бухгалтерии"]) == ("Согласован к оплате", "жду акт")
    assert "оплачу завтра" in str(row["Сообщение"])
    assert (stage.cells(first)["Статус"], stage.cells(first)["Моё"]) == ("Оплачен", "=1+1")
    assert stage.cells(fourth)["Моё"] == "спросить Олега"
    book = openpyxl.load_workbook(stage.book)
    assert book[SHEET]["C4"].value == "до обеда"
    assert "C4:D4" in {str(block) for block in book[SHEET].merged_cells.ranges}
    assert book[SHEET].column_dimensions["U"].hidden
    assert str(book["Сводка"]["A1"].value).startswith("=SUM(")
    assert len(told(stage, OSCAR)) <= 1, "at most the line of her own is mentioned, once"
    settle(stage)
    assert told(stage, OSCAR) == []


def test_paid_dragged_down_over_everything_pays_only_what_was_approved(stage: Stage, office: Office) -> None:
    good = approved(stage, "100,00", "200,00")
    waiting = asked(stage, "300,00")
    read_all(stage)
    stage.send(RITA, "\n".join(line for line in complete_form(stage.now()).splitlines() if "Сумма" not in line))
    stage.run()
    draft = f"{stage.first[:-1]}4"
    more = approved(stage, "500,00")
    read_all(stage)
    office.edit(stage.book, SHEET,
                "sheet.Rows.IsFiltered = False", "sheet.Rows.IsVisible = True",  # rows hidden by a filter are spared
                f'At(sheet, "Статус", "{good[0]}").String = "Оплачен"',
                'sheet.getCellRangeByName("B2:B6").fillAuto(0, 1)')  # fmt: skip
    assert stage.run() == []
    assert statuses(stage, good + more) == [Status.PAID] * 3
    assert stage.request(waiting[0]).status is Status.AWAITING
    assert stage.request(draft).status is Status.DRAFT
    assert [stage.cells(reference)["Статус"] for reference in (*waiting, draft)] == ["На согласовании", "Черновик"]
    for person in (FIONA, OSCAR):
        heard = told(stage, person)
        for reference in (*waiting, draft):
            assert sum(reference in one.partition("\n")[0] for one in heard) == 1, (person, reference, heard)
    settle(stage)
    stage.later(minutes=11)
    stage.run()
    assert len(stage.new(SUPPLIER)) == 3
    assert stage.request(waiting[0]).payments == ()


def test_a_row_copied_and_another_deleted_cost_nothing(stage: Stage, office: Office) -> None:
    first, second, third = approved(stage, "100,00", "200,00", "300,00")
    sitting = office.sit(
        stage.book, SHEET,
        [
            f'{cell("Комментарий бухгалтерии", second)}.String = "не терять"',
            "book.store()",
        ],
        [
            "sheet.Rows.insertByIndex(4, 1)",
            'target = sheet.getCellRangeByName("A5").CellAddress',
            'sheet.copyRange(target, sheet.getCellRangeByName("A2:AG2").RangeAddress)',
            'sheet.getCellRangeByName("B5").String = "Оплачен"',
            f"sheet.Rows.removeByIndex({cell('Номер', second)}.CellAddress.Row, 1)",
            "book.store()",
        ],
    )  # fmt: skip
    sitting.step()
    assert stage.run() == []
    sitting.step()
    assert stage.run() == []
    sitting.close()
    settle(stage)
    assert statuses(stage, [first, second, third]) == [Status.APPROVED] * 3, "which of two rows is meant nobody knows"
    assert sorted(lines(stage)) == [first, first, second, third]
    assert stage.cells(second)["Комментарий бухгалтерии"] == "не терять"
    assert stage.cells(first)["Сообщение"]
    office.edit(stage.book, SHEET,
                "Dim row As Integer", "row = 1",
                "While sheet.getCellByPosition(1, row).String <> \"Оплачен\"", "row = row + 1", "Wend",
                "sheet.Rows.removeByIndex(row, 1)")  # fmt: skip
    assert stage.run() == []
    assert sorted(lines(stage)) == [first, second, third]
    assert not stage.cells(first)["Сообщение"]


def test_a_copy_saved_over_our_version_loses_neither_side(stage: Stage, office: Office) -> None:
    """On a share that shows no lock: she opened it, we wrote, she saves over it; twice."""
    first, second = approved(stage, "100,00", "200,00")
    sitting = office.sit(
        stage.book, SHEET,
        ["book.store()"],
        [
            f'{cell("Статус", first)}.String = "Оплачен"',
            f'{cell("Комментарий бухгалтерии", second)}.String = "завтра"',
            "book.store()",
        ],
        [f'{cell("Платежка", first)}.String = "214"', "book.store()"],
    )  # fmt: skip
    sitting.step()
    lock = stage.book.with_name(f".~lock.{stage.book.name}#")
    lock.unlink()
    third = approved(stage, "300,00")[0]
    assert lines(stage) == [first, second, third]
    sitting.step()
    assert third not in lines(stage), "her program knows nothing of our row"
    lock.unlink(missing_ok=True)
    assert stage.run() == []
    assert statuses(stage, [first, second, third]) == [Status.PAID, Status.APPROVED, Status.APPROVED]
    assert sorted(lines(stage)) == [first, second, third]
    sitting.step()
    lock.unlink(missing_ok=True)
    sitting.close()
    settle(stage)
    assert sorted(lines(stage)) == [first, second, third]
    assert stage.request(first).payments[0].order == "214"
    assert (stage.cells(first)["Статус"], stage.cells(second)["Комментарий бухгалтерии"]) == ("Оплачен", "завтра")
    assert stage.cells(third)["Статус"] == "Согласован к оплате"
    assert [len(one.payments) for one in map(stage.request, (first, second, third))] == [1, 0, 0]
    assert told(stage, OSCAR) == []


def test_a_book_kept_open_for_hours_and_saved_now_and_then(stage: Stage, office: Office) -> None:
    first, second = approved(stage, "100,00", "200,00")
    sitting = office.sit(
        stage.book, SHEET,
        [f'{cell("Статус", first)}.String = "Оплачен"', "book.store()"],
        [f'{cell("Статус", first)}.String = "Согласован к оплате"', "book.store()"],
        [f'{cell("Статус", second)}.String = "Оплачен"', "book.store()"],
    )  # fmt: skip
    third = approved(stage, "300,00")[0]
    assert lines(stage) == [first, second]
    for hours, expected in ((0, [Status.PAID, Status.APPROVED]), (0, [Status.APPROVED] * 2),
                            (2, [Status.APPROVED, Status.PAID])):  # fmt: skip
        sitting.step()
        stage.later(seconds=10, hours=hours)
        assert stage.run() == []
        assert statuses(stage, [first, second]) == expected
    waits = told(stage, FIONA)
    assert sum(third in one and "открыт" in one for one in waits) == 1, waits
    sitting.close()
    settle(stage)
    assert lines(stage) == [first, second, third]
    assert [stage.cells(ref)["Статус"] for ref in (first, second, third)] == [
        "Согласован к оплате", "Оплачен", "Согласован к оплате",
    ]  # fmt: skip
    assert told(stage, OSCAR) == []


def test_a_sheet_renamed_by_mistake_is_named_and_gone_on_with_when_it_is_back(stage: Stage, office: Office) -> None:
    (first,) = approved(stage, "100,00")
    office.edit(stage.book, SHEET, f'{cell("Статус", first)}.String = "Оплачен"', 'sheet.Name = "Реестр 2026"')
    troubles = stage.run()
    heard = told(stage, OSCAR)
    assert len(troubles) == len(heard) == 1
    assert SHEET in heard[0]
    stage.later(minutes=5)
    stage.run()
    assert told(stage, OSCAR) == []
    office.edit(stage.book, "Реестр 2026", f'sheet.Name = "{SHEET}"')
    assert stage.run() == []
    assert stage.request(first).status is Status.PAID


def test_an_ods_beside_the_registry_is_told_once(stage: Stage, office: Office) -> None:
    """Saved as .ods by mistake, and gone on with there: nothing typed in it would ever count."""
    (first,) = approved(stage, "100,00")
    office.convert(stage.book, "ods", stage.folder)
    assert stage.run() == []
    (heard,) = told(stage, OSCAR)
    assert "registry.ods" in heard
    stage.later(hours=1)
    assert stage.run() == []
    assert told(stage, OSCAR) == []
    stage.book.rename(stage.folder / "away.xlsx")
    assert len(stage.run()) == 1
    (heard,) = told(stage, OSCAR)
    assert "registry.ods" in heard, "where the registry may have gone"
    (stage.folder / "away.xlsx").rename(stage.book)
    assert stage.run() == []
    assert stage.request(first).status is Status.APPROVED


def test_files_that_office_programs_leave_beside_the_book_are_nobodys_business(stage: Stage) -> None:
    approved(stage, "100,00")
    for name in LEFT_BESIDE:
        (stage.folder / name).write_bytes(stage.book.read_bytes())
    assert stage.run() == []
    assert told(stage, OSCAR) == []


def test_a_share_that_is_gone_for_a_minute_stops_the_registry_for_a_minute(stage: Stage) -> None:
    text = stage.settings_file.read_text(encoding="utf-8")
    text = text.replace('path = "registry.xlsx"', 'path = "share/registry.xlsx"')
    stage.settings_file.write_text(text.replace('path = "materials"', 'path = "share/materials"'), encoding="utf-8")
    share, away = stage.folder / "share", stage.folder / "away"
    share.mkdir()
    asked(stage, "100,00")
    (ask,) = stage.new(ADAM)
    read_all(stage)
    share.rename(away)
    share.mkdir()  # the mount point stays, empty
    stage.answer(ADAM, ask, "Согласовано")
    troubles = stage.run()
    assert any(trouble.startswith("registry") for trouble in troubles)
    assert stage.request().status is Status.APPROVED, "mail is read and answered meanwhile"
    heard = told(stage, OSCAR)
    assert len(heard) == len(troubles), heard
    stage.later(minutes=1)
    stage.run()
    assert told(stage, OSCAR) == [], "once"
    assert list(share.rglob("*")) == [], "nothing is begun anew in an empty place"
    share.rmdir()
    away.rename(share)
    stage.later(minutes=5)
    assert stage.run() == []
    book = openpyxl.load_workbook(share / "registry.xlsx")[SHEET]
    assert (book["A2"].value, book["B2"].value) == (stage.first, "Согласован к оплате")
    assert (share / "materials" / stage.request().folder / stage.first / "index.html").exists()
