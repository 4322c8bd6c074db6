"""The story itself: what each player does, told as it happens."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from mailer.letter import read_letter
from workflow.core.model import Status
from workflow.demo.cast import ANTON, FAINA, PASSWORD, RITA, SUPPLIER, USERS, Player
from workflow.demo.stage import Stage, Waited, paper
from workflow.demo.telling import telling
from workflow.words import form_text, words

REQUISITES = {
    "inn": "9652407405", "kpp": "965201001", "bic": "049805746", "account": "40702810604162316352",
    "contractor_email": SUPPLIER.email,
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
        self.words, self.text = words(stage.language), telling(stage.language)
        self.word = self.words.keyword

    def tell(self) -> None:
        chapters = (
            self._complete_request, self._incomplete_request, self._returned_request, self._payment, self._one_line,
        )  # fmt: skip
        for number, chapter in enumerate(chapters, 1):
            self.console.print(f"\n[bold]{self.text[f'title_{number}']}[/bold]")
            chapter()

    # --- chapters -----------------------------------------------------------------------------------------------

    def _complete_request(self) -> None:
        invoice = paper("INVOICE No 118", ["Stationery", "Total: 12 000.50 RUB"])
        files = [(self.text["invoice_file"], invoice)]
        self.stage.send(RITA, self.text["subject_1"], self._form(1, "12 000,50", "118"), files=files)
        self._does(RITA, "mails_form")
        ask = self._all_get(ANTON, RITA)
        self.stage.answer(ANTON, ask, self.word("approve"))
        self._does(ANTON, "answers", word=self.word("approve"))
        self._all_get(ANTON, RITA, FAINA)
        self._row(1, Status.APPROVED)

    def _incomplete_request(self) -> None:
        lines = self._form(2, "240 000", "77").splitlines()
        missing = (self.words.label("inn"), self.words.label("pay_by"))
        self.stage.send(RITA, self.text["subject_2"], "\n".join(x for x in lines if not x.startswith(missing)))
        self._does(RITA, "forgets")
        question = self._all_get(RITA)
        self.stage.answer(RITA, question, "\n".join(x for x in lines if x.startswith(missing)))
        self._does(RITA, "two_lines")
        ask = self._all_get(ANTON, RITA)
        self.stage.answer(ANTON, ask, f"{self.word('reject')}. {self.text['reason']}")
        self._does(ANTON, "with_reason", word=self.word("reject"))
        self._all_get(ANTON, RITA)
        self._row(2, Status.REJECTED)

    def _returned_request(self) -> None:
        self.stage.send(RITA, self.text["subject_3"], self._form(3, "9 400", "31"))
        self._does(RITA, "third")
        ask = self._all_get(ANTON, RITA)
        self.stage.answer(ANTON, ask, f"{self.word('return')}\n{self.text['rework']}")
        self._does(ANTON, "returns", word=self.word("return"))
        returned = self._all_get(RITA, ANTON)
        self.stage.answer(RITA, returned, f"{self.words.label('amount')}: 8 400")
        self._does(RITA, "corrects")
        again = self._all_get(ANTON, RITA)
        self.stage.answer(ANTON, again, self.word("approve"))
        self._does(ANTON, "approves_again")
        self._all_get(ANTON, RITA)
        self.ask_to_pay = self._all_get(FAINA)
        self._row(3, Status.APPROVED)

    def _payment(self) -> None:
        paid = self.words.status(Status.PAID)
        self.stage.type_into_row(1, {"status": paid, "payment_order": "214"})
        self._does(FAINA, "types_paid", word=paid)
        self._all_get(SUPPLIER, RITA, ANTON, FAINA)
        order = paper("PAYMENT ORDER No 215", ["8 400.00 RUB"])
        answer = f"{self.word('paid')} № 215"
        self.stage.answer(FAINA, self.ask_to_pay, answer, files=[(self.text["order_file"], order)])
        self._does(FAINA, "mails_paid", word=self.word("paid"))
        notice = self._all_get(SUPPLIER)
        letter = read_letter(self.stage.raw[str(notice["Message-ID"])], received=self.stage.wiring.now())
        names = ", ".join(file.name for file in letter.files)
        self.console.print(f"      {self.text['attached'].format(names=names)}", style="dim", markup=False)
        self._all_get(RITA, ANTON, FAINA)
        self._row(1, Status.PAID)
        self._row(3, Status.PAID)

    def _one_line(self) -> None:
        """A known contractor: one line and the invoice are a whole request."""
        day = (self.stage.wiring.policy.today(self.stage.wiring.now()) + timedelta(days=5)).strftime("%d.%m.%Y")
        said = self.text["one_line"].format(date=day)
        invoice = paper("INVOICE No 132", ["Cartridges", "Total: 5 300.00 RUB"])
        self.stage.send(RITA, self.text["subject_5"], said, files=[(self.text["invoice_file_5"], invoice)])
        self._does(RITA, "writes_line", said=said)
        ask = self._all_get(ANTON, RITA)
        self.stage.answer(ANTON, ask, self.word("approve"))
        self._does(ANTON, "answers", word=self.word("approve"))
        self._all_get(ANTON, RITA, FAINA)
        self._row(4, Status.APPROVED)

    # --- telling ------------------------------------------------------------------------------------------------

    def _form(self, number: int, amount: str, invoice: str) -> str:
        today = self.stage.wiring.policy.today(self.stage.wiring.now())
        values: Mapping[str, str] = {
            **REQUISITES, "subject": self.text[f"subject_{number}"], "contractor": self.text["contractor"],
            "amount": amount, "currency": self.text["currency"],
            "pay_by": (today + timedelta(days=3)).strftime("%d.%m.%Y"),
            "purpose": self.text["purpose"].format(number=invoice),
            "invoice": self.text["invoice"].format(number=invoice, date=today.strftime("%d.%m.%Y")),
        }  # fmt: skip
        return form_text(self.stage.language, values)

    def _does(self, who: Player, what: str, **more: str) -> None:
        name = who.first_name(self.stage.language)
        self.console.print(f"  [cyan]{name}[/cyan] {self.text[what].format(**more)}")

    def _all_get(self, first: Player, *others: Player) -> EmailMessage:
        """Each has a letter in his mailbox; the first one's is given back."""
        letters = [self._gets(player) for player in (first, *others)]
        return letters[0]

    def _gets(self, player: Player) -> EmailMessage:
        letter = self.stage.next_letter(player.email)
        self.console.print(f"    → {player.first_name(self.stage.language)}: ", style="green", end="")
        self.console.print(str(letter["Subject"]), markup=False)
        return letter

    def _row(self, number: int, status: Status) -> None:
        """The row follows by itself."""
        label, shown, reference = self.words.label("status"), self.words.status(status), self.stage.reference(number)
        self.stage.until(f"{reference}: {shown}", lambda: self.stage.row(number).get(label) == shown)
        self.console.print(f"    {self.text['row'].format(reference=reference, status=shown)}", style="magenta")


def _leave(stage: Stage, console: Console, seconds: float) -> None:
    text = telling(stage.language)
    table = Table(box=None, show_header=False, pad_edge=False)
    places = {"workbook": stage.book, "materials": stage.folder / "materials", "mails": stage.folder / "mail",
              "settings": stage.settings_file}  # fmt: skip
    for what, path in places.items():
        table.add_row(text[what], str(path))
    console.print()
    console.print(Panel(table, title=text["done"].format(seconds=seconds), expand=False))


def _stay(stage: Stage, console: Console) -> None:
    text = telling(stage.language)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("IMAP", text["no_tls"].format(port=stage.server.imap_port))
    table.add_row("SMTP", text["no_tls"].format(port=stage.server.smtp_port))
    table.add_row(text["password"], text["for_each"].format(password=PASSWORD))
    for address in USERS:
        table.add_row("", address)
    console.print(Panel(table, title=text["join"], expand=False))
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked.append(number))
    while not asked:
        time.sleep(0.2)
