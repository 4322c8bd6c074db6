"""The story itself: what each player does, told as it happens."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from workflow.core.model import Status
from workflow.demo.cast import ANTON, CONTRACTOR, FAINA, PASSWORD, RITA, USERS
from workflow.demo.stage import Stage, Waited, paper
from workflow.words import form_text, words

SUPPLIER = {
    "contractor": "ООО «Ромашка»", "inn": "9652407405", "kpp": "965201001", "bic": "049805746",
    "account": "40702810604162316352", "contractor_email": CONTRACTOR, "currency": "RUB",
}  # fmt: skip
STAY_PORTS = (1587, 1143)


def play(folder: Path, *, stay: bool, language: str) -> int:
    """Tell the story; the exit status (1 when something that should happen did not)."""
    console = Console(highlight=False, soft_wrap=True)
    began = time.monotonic()
    try:
        with Stage(folder.absolute(), language, STAY_PORTS if stay else (0, 0)) as stage:
            _Story(stage, console).tell()
            _leave(stage, console, time.monotonic() - began)
            if stay:
                _stay(stage, console)
    except (Waited, OSError) as error:
        console.print(f"[red]{error}[/red]")
        return 1
    return 0


class _Story:
    def __init__(self, stage: Stage, console: Console) -> None:
        self.stage, self.console = stage, console
        self.words = words(stage.language)

    def tell(self) -> None:
        self._title("1. A complete request with the invoice")
        self._complete_request()
        self._title("2. An incomplete one, completed by two lines, then rejected")
        self._incomplete_request()
        self._title("3. Returned for rework, corrected, approved as version 2")
        self._returned_request()
        self._title("4. Paid: one by a cell of the workbook, one by a reply with the payment order")
        self._payment()

    # --- chapters -----------------------------------------------------------------------------------------------------

    def _complete_request(self) -> None:
        stage = self.stage
        form = self._form(subject="Канцелярия", amount="12 000,50", purpose="Оплата по счету № 118 за канцелярию, без НДС",
                          invoice="№ 118 от 20.11.2026")  # fmt: skip
        invoice = paper("INVOICE No 118", ["Romashka LLC", "Stationery", "Total: 12 000.50 RUB"])
        stage.send(RITA, "Счет за канцелярию", form, files=[("Счет 118.pdf", invoice)])
        self._does("Рита", "mails the form with the invoice")
        ask = self._gets("Антон", ANTON.email)
        self._gets("Рита", RITA.email)
        stage.answer(ANTON, ask, self.words.keyword("approve"))
        self._does("Антон", f"answers {self.words.keyword('approve')} from his phone")
        self._gets("Антон", ANTON.email)
        self._gets("Рита", RITA.email)
        self._gets("Фаина", FAINA.email)
        self._row(1, Status.APPROVED)

    def _incomplete_request(self) -> None:
        stage = self.stage
        lines = self._form(subject="Стулья", amount="240 000", purpose="Оплата по счету № 77 за стулья, без НДС", invoice="")
        missing = (self.words.label("inn"), self.words.label("pay_by"))
        kept = "\n".join(line for line in lines.splitlines() if not line.startswith(missing))
        stage.send(RITA, "Стулья", kept)
        self._does("Рита", "forgets the INN and the date")
        question = self._gets("Рита", RITA.email)
        stage.answer(RITA, question, "\n".join(line for line in lines.splitlines() if line.startswith(missing)))
        self._does("Рита", "answers with just the two missing lines")
        ask = self._gets("Антон", ANTON.email)
        self._gets("Рита", RITA.email)
        stage.answer(ANTON, ask, f"{self.words.keyword('reject')}. Дорого, найдите дешевле")
        self._does("Антон", f"answers {self.words.keyword('reject')} with a reason")
        self._gets("Антон", ANTON.email)
        self._gets("Рита", RITA.email)
        self._row(2, Status.REJECTED)

    def _returned_request(self) -> None:
        stage = self.stage
        form = self._form(subject="Ремонт принтера", amount="9 400", purpose="Оплата по счету № 31 за ремонт, без НДС", invoice="№ 31")
        stage.send(RITA, "Ремонт принтера", form)
        self._does("Рита", "mails a third request")
        ask = self._gets("Антон", ANTON.email)
        self._gets("Рита", RITA.email)
        stage.answer(ANTON, ask, f"{self.words.keyword('return')}\nВ договоре 8 400")
        self._does("Антон", f"answers {self.words.keyword('return')}: the contract says another sum")
        self._gets("Антон", ANTON.email)
        returned = self._gets("Рита", RITA.email)
        stage.answer(RITA, returned, f"{self.words.label('amount')}: 8 400")
        self._does("Рита", "answers with the corrected line")
        again = self._gets("Антон", ANTON.email)
        self._gets("Рита", RITA.email)
        stage.answer(ANTON, again, self.words.keyword("approve"))
        self._does("Антон", "approves version 2")
        self._gets("Антон", ANTON.email)
        self._gets("Рита", RITA.email)
        self._gets("Фаина", FAINA.email)
        self._row(3, Status.APPROVED)

    def _payment(self) -> None:
        stage = self.stage
        stage.type_into_row(1, {"status": self.words.status(Status.PAID), "payment_order": "214"})
        self._does("Фаина", f"types “{self.words.status(Status.PAID)}” into the row and saves the workbook")
        self._gets("Ромашка", CONTRACTOR)
        for name, player in (("Рита", RITA), ("Антон", ANTON), ("Фаина", FAINA)):
            self._gets(name, player.email)
        ask = next(m for to, m in reversed(stage.letters) if to == FAINA.email and stage.reference(3) in str(m["Subject"]))
        order = paper("PAYMENT ORDER No 215", ["Romashka LLC", "8 400.00 RUB"])
        stage.answer(FAINA, ask, f"{self.words.keyword('paid')} № 215", files=[("Платежное поручение 215.pdf", order)])
        self._does("Фаина", f"answers {self.words.keyword('paid')} with the payment order attached")
        notice = self._gets("Ромашка", CONTRACTOR)
        attached = [str(part.get_filename()) for part in notice.iter_attachments()]
        self.console.print(f"      attached: {', '.join(attached)}", style="dim")
        for name, player in (("Рита", RITA), ("Антон", ANTON), ("Фаина", FAINA)):
            self._gets(name, player.email)
        self._row(1, Status.PAID)
        self._row(3, Status.PAID)

    # --- telling ------------------------------------------------------------------------------------------------------

    def _form(self, **values: str) -> str:
        today = self.stage.wiring.policy.today(self.stage.wiring.now())
        filled: Mapping[str, str] = {**SUPPLIER, "pay_by": (today + timedelta(days=3)).strftime("%d.%m.%Y"), **values}
        return form_text(self.stage.language, filled)

    def _title(self, text: str) -> None:
        self.console.print(f"\n[bold]{text}[/bold]")

    def _does(self, who: str, what: str) -> None:
        self.console.print(f"  [cyan]{who}[/cyan] {what}")

    def _gets(self, who: str, address: str) -> EmailMessage:
        letter = self.stage.next_letter(address)
        self.console.print(f"    → {who}: ", style="green", end="")
        self.console.print(str(letter["Subject"]), markup=False)
        return letter

    def _row(self, number: int, status: Status) -> None:
        """The row follows by itself."""
        label, shown = self.words.label("status"), self.words.status(status)
        self.stage.until(f"the row of request {number} says {shown}", lambda: self.stage.row(number).get(label) == shown)
        self.console.print(f"    the workbook: {self.stage.reference(number)} is “{shown}”", style="magenta")


def _leave(stage: Stage, console: Console, seconds: float) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for what, path in (
        ("workbook", stage.book), ("materials", stage.folder / "materials"), ("all mails", stage.folder / "mail"),
        ("settings", stage.settings_file),
    ):  # fmt: skip
        table.add_row(what, str(path))
    console.print()
    console.print(Panel(table, title=f"Done in {seconds:.0f} s. Look at", expand=False))


def _stay(stage: Stage, console: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("IMAP", f"127.0.0.1 port {stage.server.imap_port}, no encryption")
    table.add_row("SMTP", f"127.0.0.1 port {stage.server.smtp_port}, no encryption")
    table.add_row("password", f"{PASSWORD}, for each of:")
    for address in USERS:
        table.add_row("", address)
    console.print(Panel(table, title="Join with a mail program; open the workbook. Ctrl+C ends it", expand=False))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.5):
        pass
