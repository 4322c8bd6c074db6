"""Two more stories: what comes to one desk on a busy day, and what a year does to two registries and their archives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import openpyxl

from stories.invoices import CODE, invoice_with_code
from stories.stage import ADAM, FIONA, RITA, invoice
from stories.test_two_entities import ONE, TWO
from tests.crash.houses import CrashStage, Story, acts

OTHER = {"Р/С: 40702810604162316352": "Р/С: 40702810114607617721", "БИК Банка: 049805746": "БИК Банка: 049600111"}
CALL = "ПОДТВЕРЖДАЮ, звонила Ивановой из их бухгалтерии, +7 495 123-45-67"
BILL = invoice_with_code(CODE.replace("Sum=1200050", "Sum=990000").replace("№ 118", "№ 777"))


# --- the desk: parts, a new account, own words, the morning mail and the probe --------------------------------------


@dataclass
class DeskStage(CrashStage):
    """Accounting gets a morning mail as well, and the mailbox is probed each day."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.settle('accounting = "each"', 'accounting = "each"\nmorning_mail = true')
        text = self.settings_file.read_text(encoding="utf-8")
        self.settings_file.write_text(text + '\n[health]\nprobe = "07:30"\n', encoding="utf-8")


def the_first_start(_stage: DeskStage) -> None:
    """A journal, a workbook, and the first probe."""


def rita_asks_in_two_ways(stage: DeskStage) -> None:
    """By the form, and by one line of her own with the supplier's invoice."""
    stage.send(RITA, stage.form("A"), subject="Заявка A", files=[("Счёт A.pdf", invoice("A"))])
    line = "оплатить послезавтра, вода в офис"
    stage.send(RITA, line, subject="Счет", files=[("счет.pdf", BILL)])


def adam_agrees(stage: DeskStage) -> None:
    stage.answer_all(ADAM, "Согласуйте", "Согласовано")


def a_part_is_paid(stage: DeskStage) -> None:
    stage.answer(FIONA, stage.last(FIONA, "A"), "ОПЛАЧЕНО 5 000 из 12 000,50, п/п № 214")


def a_new_account_comes(stage: DeskStage) -> None:
    """The part is told; the same contractor wants the next sum on another account."""
    stage.later(minutes=11)
    text = stage.form("C")
    for old, new in OTHER.items():
        text = text.replace(old, new)
    stage.send(RITA, text, subject="Заявка C", files=[("Счёт C.pdf", invoice("C"))])


def the_rest_is_paid(stage: DeskStage) -> None:
    """And Adam agrees to the held one, so that Fiona is asked to call."""
    stage.answer_all(ADAM, "Согласуйте", "Согласовано")
    stage.answer(FIONA, stage.last(FIONA, "A"), "ОПЛАЧЕНО еще 7 000,50")


def fiona_has_called(stage: DeskStage) -> None:
    stage.later(minutes=11)
    stage.answer_all(FIONA, "Проверьте реквизиты", CALL)


def the_next_morning(stage: DeskStage) -> None:
    """Morning mail, the second probe."""
    stage.later(days=1)


DESK = Story("desk", DeskStage, acts(
    the_first_start, rita_asks_in_two_ways, adam_agrees, a_part_is_paid, a_new_account_comes, the_rest_is_paid,
    fiona_has_called, the_next_morning,
))  # fmt: skip


# --- the year: two registries, an archive for each, a row that comes back -------------------------------------------


@dataclass
class YearStage(CrashStage):
    """Roubles in one book, euros in another."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.settle(ONE, TWO)

    def type_in(self, book: str, letter: str, values: dict[str, object]) -> None:
        """Into the row of a request, a column of one's own made where there is none of that name."""
        reference, path = self.number(letter), self.folder / book
        workbook = openpyxl.load_workbook(path)
        sheet = workbook["Реестр"]
        columns = {cell.value: cell.column for cell in sheet[1] if cell.value}
        line = next(row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == reference)
        for title, value in values.items():
            column = columns.setdefault(title, max(columns.values()) + 1)
            sheet.cell(1, column).value = title  # type: ignore[assignment]
            sheet.cell(line, column).value = value  # type: ignore[assignment]
        workbook.save(path)


def two_books_are_made(_stage: YearStage) -> None:
    """The very first start."""


def four_are_asked_for(stage: YearStage) -> None:
    for letter in "ACDE":
        text = stage.form(letter).replace("руб.", "евро") if letter == "C" else stage.form(letter)
        stage.send(RITA, text, subject=f"Заявка {letter}", files=[(f"Счёт {letter}.pdf", invoice(letter))])


def all_are_approved(stage: YearStage) -> None:
    stage.answer_all(ADAM, "Согласуйте", "Согласовано")


def two_are_paid(stage: YearStage) -> None:
    """In each book one, with words of people's own beside it."""
    own: dict[str, object] = {"Комментарий бухгалтерии": "по акту 7", "Моё": "видела"}
    stage.type_in("north.xlsx", "A", {"Статус": "Оплачен", "Платежка": "214", **own})
    stage.type_in("south.xlsx", "C", {"Статус": "Оплачен", **own})


def a_third_is_paid_later(stage: YearStage) -> None:
    stage.later(days=3)
    stage.type_in("north.xlsx", "D", {"Статус": "Оплачен", "Моё": "тоже"})


def it_is_told(stage: YearStage) -> None:
    stage.later(minutes=11)


def a_year_has_passed(stage: YearStage) -> None:
    """Two rows go to archives that are made for them."""
    stage.later(days=364)


def three_days_more(stage: YearStage) -> None:
    """The third row goes to an archive that is there."""
    stage.later(days=4)


def the_bank_returns_money(stage: YearStage) -> None:
    """A's row comes back; E is corrected and goes to the other book."""
    told = next(message for message in stage.inbox(FIONA) if f"[{stage.number('A')}" in str(message["Subject"]))
    stage.answer(FIONA, told, "Приостановить, банк вернул деньги")
    receipt = next(message for message in stage.inbox(RITA) if f"[{stage.number('E')}" in str(message["Subject"]))
    pay_by = f"{stage.now() + timedelta(days=5):%d.%m.%Y}"
    stage.answer(RITA, receipt, f"Тип валюты: EUR\nОплатить до: {pay_by}", quote=False)


def an_hour_later(stage: YearStage) -> None:
    """A's row leaves the archive."""
    stage.later(hours=1)
    stage.type_in("south.xlsx", "E", {"Комментарий бухгалтерии": "в евро"})


YEAR = Story("year", YearStage, acts(
    two_books_are_made, four_are_asked_for, all_are_approved, two_are_paid, a_third_is_paid_later, it_is_told,
    a_year_has_passed, three_days_more, the_bank_returns_money, an_hour_later,
))  # fmt: skip
