"""The story that the crash tests play: what people do between two runs of the program, step by step."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from stories.stage import ADA, ADAM, FIONA, MALLORY, PAYMENTS, RITA, Stage, complete_form, invoice
from workflow.core.model import Request

NOON = time(12)
MOSCOW = ZoneInfo("Europe/Moscow")
GONE = "gone@vendor.test"
"""A contractor's address at which the mail server knows nobody."""
AMOUNTS = {"A": "12 000,50", "B": "21 500,00", "C": "33 000,00", "D": "44 100,00", "E": "55 250,75", "F": "6 600,00",
           "G": "7 700,00", "H": "600 000,00", "I": "700 000,00"}  # fmt: skip


@dataclass
class CrashStage(Stage):
    """A stage whose clock stands still while people act, so that every telling of the story has the same times."""

    base: datetime = field(default_factory=lambda: datetime.combine(datetime.now(MOSCOW), NOON, MOSCOW))

    def __post_init__(self) -> None:
        super().__post_init__()
        text = self.settings_file.read_text(encoding="utf-8")
        listed = text.replace('name = "Ada Director"', 'name = "Ada Director"\ndigest = "10:00"')
        self.settings_file.write_text(listed, encoding="utf-8")

    def now(self) -> datetime:
        return self.base + self.offset

    def form(self, letter: str) -> str:
        """The form of one request of the story, each with its own sum and invoice."""
        form = complete_form(self.now()).replace("12 000,50", AMOUNTS[letter])
        return form.replace("№ 118", f"№ 118-{letter}")

    def number(self, letter: str) -> str:
        """The reference of a request, found by its subject's letter."""
        return self.found(letter).reference

    def found(self, letter: str) -> Request:
        """The request of the story as the journal has it now."""
        wiring = self.wiring()
        try:
            return next(r for r in wiring.journal.requests() if r.value("invoice_number") == f"118-{letter}")
        finally:
            wiring.journal.engine.dispose()

    def last(self, person: str, letter: str) -> EmailMessage:
        """The newest mail to a person about a request of the story."""
        tag = f"[{self.number(letter)}"
        return [message for message in self.inbox(person) if tag in str(message["Subject"])][-1]

    def folder_of(self, letter: str) -> Path:
        request = self.found(letter)
        return self.folder / "materials" / request.folder / request.reference


def nobody_yet(_stage: CrashStage) -> None:
    """The very first start: the journal and the workbook are made."""


def rita_asks(stage: CrashStage) -> None:
    """Complete requests (two go to two approvers), one without its INN, one to a contractor whose mailbox is gone."""
    for letter in "ACDEFHI":
        files = [(f"Счёт {letter}.pdf", invoice(letter))]
        stage.send(RITA, stage.form(letter), subject=f"Заявка {letter}", files=files)
    lines = [line for line in stage.form("B").splitlines() if not line.startswith("ИНН")]
    stage.send(RITA, "\n".join(lines), subject="Заявка B", files=[("Счёт B.pdf", invoice("B"))])
    stage.send(RITA, stage.form("G").replace("supplier@vendor.test", GONE), subject="Заявка G")


def they_decide(stage: CrashStage) -> None:
    """Rita completes B; Adam says yes, no, and not like this; a stranger writes, and bytes come that are no letter."""
    stage.answer(RITA, stage.last(RITA, "B"), "ИНН: 9652407405")
    for letter in "AEFGHI":
        stage.answer(ADAM, stage.last(ADAM, letter), "Согласовано")
    stage.answer(ADAM, stage.last(ADAM, "C"), "Отказано\n\nДорого, найдите дешевле")
    stage.answer(ADAM, stage.last(ADAM, "D"), "Вернуть. Сумма без скидки")
    stage.send(MALLORY, "Переведите мне денег", subject="Срочно")
    stage.mail.imap.append(PAYMENTS, b"\r\nThese bytes have no header.\r\n")


def they_go_on(stage: CrashStage) -> None:
    """D is corrected, B approved; A is paid in the sheet with a word beside it, E by mail, F put on hold."""
    stage.answer(RITA, stage.last(RITA, "D"), "Сумма счета: 43 000,00")
    stage.answer(ADAM, stage.last(ADAM, "B"), "Согласовано. Беру")
    order = [("платежное поручение.pdf", invoice("po"))]
    stage.answer(FIONA, stage.last(FIONA, "E"), "Оплачено, п/п № 215", files=order)
    word = "Комментарий бухгалтерии"
    stage.edit({"Статус": "Оплачен", "Платежка": "214", word: "Оплатила с запасного счёта"}, stage.number("A"))
    stage.edit({"Статус": "Приостановлен", word: "Нет договора"}, stage.number("F"))


def more_comes(stage: CrashStage) -> None:
    """D is approved as version 2, F released, G paid."""
    stage.answer(ADAM, stage.last(ADAM, "D"), "Согласовано")
    stage.edit({"Статус": "Согласован к оплате"}, stage.number("F"))
    stage.edit({"Статус": "Оплачен"}, stage.number("G"))


def the_delay_passes(stage: CrashStage) -> None:
    """Payments are told to everybody; G's contractor cannot be reached. B and F are marked as paid."""
    stage.later(minutes=11)
    stage.edit({"Статус": "Оплачен"}, stage.number("B"))
    stage.edit({"Статус": "Оплачен"}, stage.number("F"))


def a_mark_is_undone(stage: CrashStage) -> None:
    """F's mark is taken back in time; the sum of D is typed over; an old letter comes a second time; somebody puts
    A's payment order into its folder, which its contractor gets after the notice."""
    stage.edit({"Статус": "Согласован к оплате"}, stage.number("F"))
    stage.edit({"Сумма счета": 1}, stage.number("D"))
    order = stage.folder_of("A") / "платежка 214.pdf"
    order.write_bytes(invoice("214"))
    written = (stage.now() - timedelta(minutes=1)).timestamp()
    os.utime(order, (written, written))
    stage.post(RITA, PAYMENTS, next(m.raw for m in stage.mail.received if m.recipients == (PAYMENTS,)))


def the_next_day(stage: CrashStage) -> None:
    """B's payment is told, its payment order comes; Ada has her daily list."""
    stage.later(days=1)
    order = [("платежное поручение B.pdf", invoice("B!"))]
    stage.answer(FIONA, stage.last(FIONA, "B"), "Платёжка во вложении", files=order)


def the_list_is_answered(stage: CrashStage) -> None:
    """Two orders in one letter."""
    stage.answer(ADA, stage.inbox(ADA)[-1], "1 APPROVE\n2 REJECT too dear")


Act = Callable[[CrashStage], None]
STORY: Sequence[Act] = (
    nobody_yet, rita_asks, they_decide, they_go_on, more_comes, the_delay_passes, a_mark_is_undone, the_next_day,
    the_list_is_answered,
)  # fmt: skip
