"""The demo's stage: a mail server, the running daemon, and hands for every player."""

from __future__ import annotations

import shutil
import smtplib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from fpdf import FPDF

from mailer.embedded import Delivered, MailServer
from workflow.cli.logs import set_up_logs
from workflow.cli.running import begin, prepare_daemon
from workflow.core.model import Request
from workflow.daemon import Daemon
from workflow.demo.cast import MAILBOX, PASSWORD, USERS, Player, settings_text
from workflow.journal.schema import prepare
from workflow.wiring import wired
from workflow.words import words

PATIENCE = 20.0
MARK = ".countersign-demo"


class Waited(Exception):
    """What should have happened did not, in the time that the demo allows."""


@dataclass
class Stage:
    """Everything that runs, in one folder that may be looked at afterwards."""

    folder: Path
    language: str
    ports: tuple[int, int] = (0, 0)
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    raw: dict[str, bytes] = field(default_factory=dict)
    """The letters as they came, by Message-ID."""
    _read: dict[str, int] = field(default_factory=dict)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> Stage:
        self._empty_folder()
        self.server = MailServer(
            self.folder, USERS, on_delivery=self._delivered, smtp_port=self.ports[0], imap_port=self.ports[1]
        ).start()
        (self.folder / "secrets").mkdir(exist_ok=True)
        (self.folder / "secrets" / "mailbox").write_text(PASSWORD + "\n")
        text = settings_text(self.language, self.server.imap_port, self.server.smtp_port)
        self.settings_file.write_text(text, encoding="utf-8")
        set_up_logs("plain", "error")
        self.wiring = wired(self.settings_file)
        prepare(self.wiring.journal.engine, self.wiring.now())
        begin(self.wiring)
        self.daemon: Daemon = prepare_daemon(self.wiring)
        self._thread = threading.Thread(target=self.daemon.run, name="daemon", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.stop()
        self._thread.join()
        self.wiring.journal.engine.dispose()
        self.server.stop()

    @property
    def settings_file(self) -> Path:
        return self.folder / "countersign.toml"

    @property
    def book(self) -> Path:
        return self.folder / "registry.xlsx"

    def _empty_folder(self) -> None:
        """Begin anew, but never in a folder that the demo did not make."""
        if self.folder.exists() and any(self.folder.iterdir()):
            if not (self.folder / MARK).exists():
                raise Waited(f"{self.folder} is not empty and was not made by the demo: name another with --folder.")
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / MARK).touch()

    # --- mail ---------------------------------------------------------------------------------------------------------

    def _delivered(self, letter: Delivered) -> None:
        message = message_from_bytes(letter.raw, policy=policy.default)
        with self._news:
            self.letters.append((letter.recipient.lower(), message))
            self.raw[str(message["Message-ID"])] = letter.raw
            self._news.notify_all()

    def send(
        self, player: Player, subject: str, text: str, *, to: str = MAILBOX,
        files: Sequence[tuple[str, bytes]] = (), headers: Sequence[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = formataddr((player.name(self.language), player.email))
        message["To"], message["Subject"] = to, subject
        message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain="example.test")
        for name, value in headers:
            message[name] = value
        message.set_content(text)
        for name, content in files:
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        with smtplib.SMTP("127.0.0.1", self.server.smtp_port) as smtp:
            smtp.send_message(message, player.email, [to])

    def answer(self, player: Player, to: EmailMessage, text: str, *, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """A reply as a mail program makes it, the original quoted below."""
        body = to.get_body(("plain",))
        quoted = "\n".join(f"> {line}" for line in str(body.get_content()).splitlines()) if body else ""
        ids = f"{to.get('References', '')} {to['Message-ID']}".strip()
        self.send(
            player, f"Re: {to['Subject']}", f"{text}\n\n{formatdate()}, {to['From']}:\n{quoted}\n",
            to=str(to["Reply-To"] or to["From"]), files=files,
            headers=[("In-Reply-To", str(to["Message-ID"])), ("References", ids)],
        )  # fmt: skip

    def next_letter(self, address: str) -> EmailMessage:
        """The next letter in somebody's mailbox."""
        start = self._read.get(address, 0)

        def mine() -> list[EmailMessage]:
            return [message for recipient, message in self.letters if recipient == address][start:]

        with self._news:
            if not self._news.wait_for(lambda: bool(mine()), PATIENCE):
                raise Waited(f"No letter came to {address} within {PATIENCE:.0f} seconds.")
        self._read[address] = start + 1
        return mine()[0]

    # --- the workbook and the journal --------------------------------------------------------------------------------

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Look again and again, as a person would, until something holds."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise Waited(f"{what}: not within {PATIENCE:.0f} seconds.")
            time.sleep(0.1)

    def request(self, number: int) -> Request:
        found = self.wiring.journal.request(self.reference(number))
        if found is None:
            raise Waited(f"There is no {self.reference(number)}.")
        return found

    def reference(self, number: int) -> str:
        return f"PAY-{self.wiring.policy.today(self.wiring.now()):%Y}-{number:05d}"

    def row(self, number: int) -> dict[str, Any]:
        """A request's row in the workbook, by header."""
        sheet = openpyxl.load_workbook(BytesIO(self.book.read_bytes()))[self.wiring.books[0].worksheet]
        key = words(self.language).label("reference")
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        header = next(row for row in rows if key in row)
        place = header.index(key)
        found = [row for row in rows if row[place] == self.reference(number)]
        return dict(zip(map(str, header), found[0], strict=True)) if found else {}

    def type_into_row(self, number: int, cells: dict[str, Any]) -> None:
        """What the accountant does: open the workbook, type, save."""
        label = words(self.language).label
        book = openpyxl.load_workbook(self.book)
        sheet = book[self.wiring.books[0].worksheet]
        header = next(row for row in sheet.iter_rows() if any(cell.value == label("reference") for cell in row))
        columns = {cell.value: place for place, cell in enumerate(header)}
        row = next(
            row for row in sheet.iter_rows() if row[columns[label("reference")]].value == self.reference(number)
        )
        for key, value in cells.items():
            row[columns[label(key)]].value = value
        book.save(self.book)


def paper(title: str, lines: Sequence[str]) -> bytes:
    """A small PDF to attach; its text is Latin, because the fonts that every machine has are."""
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", "B", 18)
    page.cell(text=title, new_x="LMARGIN", new_y="NEXT")
    page.set_font("helvetica", size=12)
    for line in lines:
        page.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())
