"""A stage for stories: a real mail server, a real workbook, a real journal, and the people who use them.

Everybody writes by SMTP and reads his own mailbox; the daemon's work is done by the same code as `run --once`, with a
clock that a story may move on.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

import openpyxl

from config.settings import load
from helpers.files import pdf
from helpers.realmail import RealMail
from mailer.letter import read_letter
from workflow.cli.running import begin, work_through
from workflow.core.model import Request
from workflow.journal.schema import prepare
from workflow.wiring import Wiring

PAYMENTS, RITA, ADAM, ADA, FIONA, OSCAR, SUPPLIER, MALLORY = (
    "payments@example.test", "manager@example.test", "head@example.test", "director@example.test",
    "accounting@example.test", "operator@example.test", "supplier@vendor.test", "mallory@evil.test",
)  # fmt: skip
USERS = dict.fromkeys((PAYMENTS, RITA, ADAM, ADA, FIONA, OSCAR, SUPPLIER, MALLORY), "secret")

SETTINGS = """
language = "ru"
timezone = "Europe/Moscow"
data_dir = "var"
journal = "sqlite:///var/journal.db"

[company]
name = "ООО «Северный ветер»"
inn = "7707083893"

[mailbox]
address = "{payments}"
imap = {{ host = "127.0.0.1", port = {imap}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "none" }}
password_env = "COUNTERSIGN_TEST_PASSWORD"
authserv_id = {authserv}
plus_addressing = {plus}

[registry]
kind = "excel"
path = "registry.xlsx"
worksheet = "Реестр"

[materials]
path = "materials"

[notices]
accounting = "{accounting}"

[[people]]
name = "Рита Орлова"
email = "manager@example.test"
roles = ["requester"]

[[people]]
name = "Антон Головин"
email = "head@example.test"
aliases = ["anton@home.test"]
roles = ["approver"]

[[people]]
name = "Ada Director"
email = "director@example.test"
roles = ["approver"]
language = "en"

[[people]]
name = "Фаина Счетова"
email = "accounting@example.test"
roles = ["accountant"]

[[people]]
name = "Олег Сторожев"
email = "operator@example.test"
roles = ["operator"]

[[approval]]
when = {{ currency = "RUB", amount_from = "500000" }}
steps = [ {{ any = ["head@example.test"] }}, {{ all = ["director@example.test"] }} ]

[[approval]]
when = {{}}
steps = [ {{ any = ["head@example.test"] }} ]
"""

FORM = """Добрый день!

За что платим: Канцелярия для офиса
Подрядчик: ООО «Ромашка»
Сумма счета: 12 000,50
Тип валюты: руб.
Оплатить до: {pay_by}
ИНН: 9652407405
КПП: 770701001
БИК Банка: 049805746
Р/С: 40702810604162316352
Назначение платежа: Оплата по счету № 118 от 20.11.2026 за канцелярию, НДС не облагается
Счет: № 118 от 20.11.2026
E-mail подрядчика: supplier@vendor.test
"""


USUAL_BILL = "№ 118 от"


def complete_form(now: datetime) -> str:
    return FORM.format(pay_by=(now + timedelta(days=5)).strftime("%d.%m.%Y"))


def invoice(number: str = "118") -> bytes:
    """A small PDF, different for each number."""
    return pdf() + f"\n% invoice {number}\n%%EOF\n".encode()


@dataclass
class Stage:
    """One installation on real mail in a folder."""

    folder: Path
    mail: RealMail
    authserv: Sequence[str] = ()
    plus: bool = True
    accounting: str = "each"
    offset: timedelta = timedelta(0)
    read: dict[str, int] = field(default_factory=dict)
    bills: int = 0

    def __post_init__(self) -> None:
        text = SETTINGS.format(
            payments=PAYMENTS, imap=self.mail.imap_port, smtp=self.mail.smtp_port, accounting=self.accounting,
            authserv=str(list(self.authserv)).replace("'", '"'), plus=str(self.plus).lower(),
        )  # fmt: skip
        self.settings_file.write_text(text, encoding="utf-8")

    @property
    def settings_file(self) -> Path:
        return self.folder / "countersign.toml"

    @property
    def book(self) -> Path:
        return self.folder / "registry.xlsx"

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def wiring(self) -> Wiring:
        """A daemon freshly started: it knows only what is on disk."""
        wiring = Wiring(load(self.settings_file, {"COUNTERSIGN_TEST_PASSWORD": "secret"}), self.now)
        prepare(wiring.journal.engine, self.now())
        return wiring

    def run(self) -> list[str]:
        """`run --once`; the troubles it tells."""
        wiring = self.wiring()
        begin(wiring)
        try:
            with wiring.sharing.at_work():
                return work_through(wiring)
        finally:
            wiring.journal.engine.dispose()

    def later(self, **span: float) -> None:
        self.offset += timedelta(**span)

    # --- people -----------------------------------------------------------------------------------------------------

    def send(
        self, sender: str, text: str, *, subject: str = "Заявка на оплату", to: str = PAYMENTS,
        files: Sequence[tuple[str, bytes]] = (), headers: Sequence[tuple[str, str]] = (), html: str = "",
    ) -> EmailMessage:  # fmt: skip
        text = text if subject.startswith("Re:") else self._with_a_bill_of_its_own(text)
        message = EmailMessage(policy=policy.SMTP)
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain=sender.partition("@")[2])
        for name, value in headers:
            message[name] = value
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        for name, content in files:
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        self.post(sender, to, message.as_bytes())
        return message

    def _with_a_bill_of_its_own(self, text: str) -> str:
        """The usual form sent again asks for another bill: the same one twice would be held."""
        if USUAL_BILL in text:
            self.bills += 1
        return text.replace(USUAL_BILL, f"№ {117 + self.bills} от") if self.bills > 1 else text

    def post(self, sender: str, to: str, raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.mail.smtp_port) as smtp:
            smtp.sendmail(sender, [to], raw)

    def answer(
        self, person: str, to: EmailMessage, text: str, *, files: Sequence[tuple[str, bytes]] = (), quote: bool = True
    ) -> EmailMessage:
        """A reply as mail programs make it: Re:, In-Reply-To, References, the original quoted below."""
        original = to.get_body(("plain",))
        lines = str(original.get_content()).splitlines() if original and quote else []
        quoted = "\n".join(f"> {line}" for line in lines)
        name = str(to["From"])
        body = f"{text}\n\n24.11.2026 10:00, {name} пишет:\n{quoted}\n" if quote else text
        ids = f"{to.get('References', '')} {to['Message-ID']}".strip()
        return self.send(
            person, body, subject=f"Re: {to['Subject']}", to=str(to["Reply-To"] or to["From"]), files=files,
            headers=[("In-Reply-To", str(to["Message-ID"])), ("References", ids)],
        )  # fmt: skip

    def inbox(self, person: str) -> list[EmailMessage]:
        """All mail of a person, oldest first."""
        received = [r for r in self.mail.received if r.recipients == (person,)]
        return [r.message for r in received]

    def new(self, person: str) -> list[EmailMessage]:
        """What came since the last look."""
        everything = self.inbox(person)
        fresh = everything[self.read.get(person, 0) :]
        self.read[person] = len(everything)
        return fresh

    def only(self, person: str) -> EmailMessage:
        """The one new letter of a person."""
        fresh = self.new(person)
        assert len(fresh) == 1, [str(message["Subject"]) for message in fresh]
        return fresh[0]

    # --- the registry -----------------------------------------------------------------------------------------------

    def cells(self, reference: str = "") -> dict[str, object]:
        """The row of a request (the only one by default) by header."""
        sheet = openpyxl.load_workbook(self.book)["Реестр"]
        rows = list(sheet.iter_rows(values_only=True))
        head = next(i for i, row in enumerate(rows) if "Номер" in row)
        header = rows[head]
        found = [dict(zip(map(str, header), row, strict=False)) for row in rows[head + 1 :] if any(row)]
        return next(row for row in found if reference in ("", row["Номер"]))

    def edit(self, values: dict[str, object], reference: str = "") -> None:
        """Type into the row of a request and save."""
        book = openpyxl.load_workbook(self.book)
        sheet = book["Реестр"]
        head = next(row for row in sheet.iter_rows() if any(cell.value == "Номер" for cell in row))
        columns = {cell.value: cell.column for cell in head}
        line = next(
            row[0].row for row in sheet.iter_rows(min_row=head[0].row + 1)
            if (value := sheet.cell(row[0].row, columns["Номер"]).value) and reference in ("", value)
        )  # fmt: skip
        for title, value in values.items():
            sheet.cell(line, columns[title]).value = value  # type: ignore[assignment]
        book.save(self.book)

    # --- the journal ------------------------------------------------------------------------------------------------

    @property
    def first(self) -> str:
        """The reference of the first request."""
        return f"PAY-{self.now():%Y}-00001"

    def request(self, reference: str = "") -> Request:
        found = self.wiring().journal.request(reference or self.first)
        assert found is not None
        return found


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def files_of(message: EmailMessage) -> dict[str, bytes]:
    """Attached files by name, without the pictures that the text shows (the standard library prefers the plain ASCII
    name, mail programs the real one)."""
    letter = read_letter(message.as_bytes(), received=datetime.now(UTC))
    return {file.name: file.content for file in letter.files if not file.inline}
