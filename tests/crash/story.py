"""The first story that the crash tests play: what people do between two runs of the program, step by step."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

from stories.stage import ADA, ADAM, FIONA, MALLORY, PAYMENTS, RITA, invoice
from tests.crash.houses import CrashStage, Story, acts

GONE = "gone@vendor.test"
"""A contractor's address at which the mail server knows nobody."""


@dataclass
class PaymentStage(CrashStage):
    """Two requests stand in Ada's daily list."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.settle('name = "Ada Director"', 'name = "Ada Director"\ndigest = "10:00"')


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


STORY = Story("payment", PaymentStage, acts(
    nobody_yet, rita_asks, they_decide, they_go_on, more_comes, the_delay_passes, a_mark_is_undone, the_next_day,
    the_list_is_answered,
))  # fmt: skip
