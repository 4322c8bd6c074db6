"""Letters as people write them, with what each of them meant by it: the truth that the journal is held against."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header, decode_header, make_header
from email.utils import format_datetime

PAYMENTS, RITA, ROMAN, ADAM, ADA, FIONA, OSCAR = (
    "payments@example.test", "rita@example.test", "roman@example.test", "adam@example.test", "ada@example.test",
    "fiona@example.test", "oscar@example.test",
)  # fmt: skip
MALLORY, SUPPLIER = "mallory@elsewhere.test", "billing@romashka.example"

FORM = {
    "За что платим": "Аренда офиса", "Подрядчик": "ООО «Ромашка»", "Сумма счета": "4 800,00", "Тип валюты": "руб.",
    "Оплатить до": "30.11.2026", "ИНН": "7707083893", "КПП": "770701001", "БИК Банка": "044525974",
    "Р/С": "40702810940200761292", "Назначение платежа": "Оплата по счету № 12 от 20.11.2026",
    "Счет": "№ 12 от 20.11.2026", "E-mail подрядчика": SUPPLIER,
}  # fmt: skip
OTHER_BANK = {"Р/С": "40702810114607617721", "БИК Банка": "049600111"}

WORDS = {
    "approve": ("СОГЛАСОВАНО", "Согласовано, оплачивайте.", "APPROVE", "Добрый день!\n\nСогласовано"),
    "reject": ("ОТКАЗАНО: дорого", "REJECT too dear", "Отказано"),
    "return": ("ВЕРНУТЬ: не тот счет", "RETURN wrong invoice", "Вернуть"),
    "undo": ("ОТМЕНИТЬ", "UNDO"), "paid": ("ОПЛАЧЕНО", "PAID"), "hold": ("ПРИОСТАНОВИТЬ: ждем акт", "HOLD"),
    "release": ("ВОЗОБНОВИТЬ", "RELEASE"), "withdraw": ("ОТОЗВАТЬ", "WITHDRAW"), "submit": ("ОТПРАВИТЬ",),
    "status": ("СТАТУС",),
    "confirm": ("ПОДТВЕРЖДАЮ: звонила Ивановой в бухгалтерию, +7 495 123-45-67",
                "CONFIRM: called Mrs Petrova on +7 812 765-43-21"),
    "explain": ("ДА, это вторая часть по договору поставки", "OK, another delivery of the same month"),
}  # fmt: skip
CORRECTIONS = (
    "Сумма счета: 5 100,00", "Оплатить до: 04.12.2026", "Сумма счета: много",
    "Назначение платежа: Оплата по договору № 3", "Р/С: 40702810999999999999",
)  # fmt: skip
NO_CALL = ("ПОДТВЕРЖДАЮ", "CONFIRM: looks right", "ПОДТВЕРЖДАЮ: звонила, не отвечают, +7 495 123-45-67")
"""Confirmations that tell of no call."""
UNCLEAR = (
    "Согласовано?", "Согласовано, если успеем до пятницы", "Не согласовано пока, подумаю", "Посмотрю завтра",
    "Approved or rejected?", "Согласовано, но сумму уменьшите", "Давайте обсудим, согласовано ли это",
)  # fmt: skip


@dataclass(frozen=True)
class Notice:
    """A notice as its reader has it: what it asks, and what an answer to it carries."""

    message_id: str
    recipient: str
    kind: str
    reference: str | None
    version: int
    step: int
    ask: str
    subject: str
    reply_to: str
    lines: tuple[tuple[str, int, int], ...] = ()
    """(reference, version, step) of a daily list."""

    @property
    def token(self) -> str:
        return self.message_id.partition("@")[0]


@dataclass
class Written:
    """One letter and what was meant: `word` is what its writer decided, clearly and by himself, or nothing."""

    message_id: str
    writer: str
    sender: str
    kind: str
    word: str = ""
    notice: Notice | None = None
    proven: bool = True
    """Does the receiving server vouch for the sender (or nobody asks it to)?"""
    raw: bytes = b""
    opens: bool = False
    """Must a request come of it?"""
    at: str = ""
    """When it came to the mail server, as the journal writes times."""
    decided: dict[tuple[str, int], str] = field(default_factory=dict)
    """Of a list's answer: what was decided about (reference, version)."""


def form_text(**changes: str) -> str:
    """A form; a line changed to nothing is left out."""
    lines = {**FORM, **changes}
    return "\n".join(f"{label}: {text}" for label, text in lines.items() if text)


def quoted(notice: Notice, more: str = "") -> str:
    """What mail programs put below an answer."""
    lines = ["=== Пишите ответ выше этой строки ===", "Заявка ждет вашего решения.", *more.splitlines(),
             f"Код: {notice.token} (не удаляйте)"]  # fmt: skip
    return "\n\nплатежи пишет:\n" + "\n".join(f"> {line}" for line in lines)


def build(
    written: Written, body: str, now: datetime, *, to: str = PAYMENTS, subject: str = "Оплата", verdict: str = "",
    extra: tuple[str, ...] = (), files: tuple[tuple[str, bytes], ...] = (),
) -> bytes:  # fmt: skip
    """The bytes of a letter."""
    notice = written.notice
    head = [f"From: {written.sender}", f"To: {to}", f"Subject: {Header(subject, 'utf-8', 200).encode()}",
            f"Date: {format_datetime(now)}", f"Message-ID: <{written.message_id}>", "MIME-Version: 1.0"]  # fmt: skip
    if verdict:
        domain = written.sender.rpartition("@")[2]
        head.insert(0, f"Authentication-Results: mx.example.test; dmarc={verdict} header.from={domain}")
    if notice is not None:
        head += [f"In-Reply-To: <{notice.message_id}>", f"References: <{notice.message_id}>"]
    head += extra
    text = body.replace("\n", "\r\n").encode()
    plain = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text + b"\r\n"
    if not files:
        return _lines(head) + plain
    parts = [plain] + [_file(name, content) for name, content in files]
    whole = b"".join(b"--=_b\r\n" + part + b"\r\n" for part in parts) + b"--=_b--\r\n"
    return _lines([*head, 'Content-Type: multipart/mixed; boundary="=_b"', ""]) + whole


def _file(name: str, content: bytes) -> bytes:
    head = [f'Content-Type: application/pdf; name="{name}"', f'Content-Disposition: attachment; filename="{name}"',
            "Content-Transfer-Encoding: base64", ""]  # fmt: skip
    return _lines(head) + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _lines(head: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in head).encode()


def bounce_of(notice: Notice, message_id: str, now: datetime, *, permanent: bool) -> bytes:
    """What a mail server says of a notice that it could not deliver."""
    action, status = ("failed", "5.1.1") if permanent else ("delayed", "4.4.1")
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.example.test>\r\nTo: {PAYMENTS}\r\nReturn-Path: <>\r\n"
        f"Subject: Undelivered\r\nDate: {format_datetime(now)}\r\nMessage-ID: <{message_id}>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n--B\r\n'
        "Content-Type: text/plain\r\n\r\nIt could not be delivered.\r\n--B\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.test\r\n\r\n"
        f"Final-Recipient: rfc822; {notice.recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} user unknown\r\n\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: {PAYMENTS}\r\nTo: {notice.recipient}\r\nMessage-ID: <{notice.message_id}>\r\n"
        "Subject: x\r\n\r\n\r\n--B--\r\n"
    ).encode()


def absence_of(message_id: str, sender: str, now: datetime, verdict: str) -> bytes:
    """An absence note."""
    head = [f"Authentication-Results: mx.example.test; dmarc={verdict} header.from=example.test"] if verdict else []
    head += [f"From: {sender}", f"To: {PAYMENTS}", f"Subject: {Header('Автоответ: в отпуске', 'utf-8').encode()}",
             f"Date: {format_datetime(now)}", f"Message-ID: <{message_id}>", "Auto-Submitted: auto-replied",
             "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", ""]  # fmt: skip
    return _lines(head) + "Я в отпуске до 30.11.2026. Согласовано все, что срочно.\r\n".encode()


def header_of(raw: bytes, name: str) -> str:
    """One header field of a notice, decoded."""
    head = raw[: raw.index(b"\r\n\r\n")].decode("utf-8", "replace")
    head = head.replace("\r\n ", " ").replace("\r\n\t", " ")
    line = next((one for one in head.split("\r\n") if one.lower().startswith(f"{name.lower()}:")), "")
    return str(make_header(decode_header(line[len(name) + 1 :].strip())))
