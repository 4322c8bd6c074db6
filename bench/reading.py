"""How long a letter takes to read: ordinary ones against the bare standard parser, hostile ones by doubling sizes.

python -m bench.reading
"""

from __future__ import annotations

import email
import email.policy
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial

from mailer.letter import read_letter
from workflow.keywords import read_decision

RECEIVED = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
MARKERS = ("=== Please write above this line ===",)
HEAD = (
    "From: Head <head@example.test>\r\nTo: payments@example.test\r\nSubject: Re: x\r\n"
    "Content-Type: text/{}; charset=utf-8\r\n\r\n"
)


def main() -> None:
    html = _long_html_reply(60_000)
    print(f"{'letter':34} {'read':>9}   standard library's parse")
    for name, raw in (("reply with a 60 KB PDF", _with_pdf()), (f"HTML reply of {len(html) // 1000} KB", html)):
        ours, bare = _ms(partial(_read, raw)), _ms(partial(_bare, raw))
        print(f"{name:34} {ours:6.2f} ms   {bare:6.2f} ms")
    print(f"\n{'hostile':20}" + "".join(f"{size:>10} KB" for size in SIZES) + "    growth at the last doubling")
    for name, unit, kind in HOSTILE:
        times = [_ms(partial(_read, _hostile(unit, kind, size)), 2) for size in SIZES]
        print(f"{name:20}" + "".join(f"{ms:>10.0f} ms" for ms in times) + f"{times[-1] / max(times[-2], 0.01):>10.1f}")


SIZES = (125, 250, 500, 1000)
HOSTILE = (
    ("marks", "> ", "plain"), ("marked lines", ">\n", "plain"), ("one long line", "a", "plain"), ("colons", "a:\n",
    "plain"),
    ("dated colons", "24.11.2026 10:00 a:\n", "plain"), ("headers", "From: a\n", "plain"), ("wrapped dates",
    "On 24/11/2026 10:00 <a@b\n", "plain"),
    ("closings", "Best regards\nx\n", "plain"), ("dashes", "-", "plain"), ("angles", "<", "plain"), ("no-break",
    "\xa0", "plain"),
    ("labels", "ИНН: 7707083893\n", "plain"), ("nested divs", "<div>", "html"), ("nested bold", "<b>",
    "html"), ("flat divs", "<div>a</div>", "html"),
    ("cells", "<table><tr><td>a</td></tr></table>", "html"), ("quotes", "<blockquote>a</blockquote>",
    "html"), ("open tags", "<", "html"),
    ("styles", '<p style="color:#fff;font-size:0">a</p>', "html"), ("entities", "&amp;", "html"), ("words",
    "APPROVE ", "plain"),
)  # fmt: skip


def _read(raw: bytes) -> None:
    letter = read_letter(raw, received=RECEIVED, markers=MARKERS)
    read_decision(letter.new_text, signature=letter.signature)


def _bare(raw: bytes) -> None:
    email.message_from_bytes(raw, policy=email.policy.default)


def _ms(call: Callable[[], None], times: int = 20) -> float:
    best = float("inf")
    for _ in range(times):
        started = time.process_time()
        call()
        best = min(best, time.process_time() - started)
    return best * 1000


def _hostile(unit: str, kind: str, kilobytes: int) -> bytes:
    size = kilobytes * 1000 if kind == "plain" else kilobytes * 500  # HTML above 512 KB is not parsed at all
    body = unit.encode() * (size // len(unit.encode()))
    return HEAD.format(kind).encode() + body


def _with_pdf() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Head <head@example.test>", "payments@example.test", "Re: x"
    message.set_content("APPROVE\n\nOn 24/11/2026 10:00, Payments wrote:\n> " + MARKERS[0] + "\n> text\n")
    message.add_alternative("<div>APPROVE</div><blockquote type=cite>text</blockquote>", subtype="html")
    message.add_attachment(os.urandom(60_000), maintype="application", subtype="pdf", filename="Счёт.pdf")
    return message.as_bytes(policy=email.policy.SMTP)


def _long_html_reply(size: int) -> bytes:
    row = (
        '<p class="MsoNormal" style="margin:0cm;font-size:11.0pt;font-family:Calibri,sans-serif"><span lang="RU" '
        'style="color:#1F497D;mso-fareast-language:EN-US">Сумма счета: 24 500,00 руб.<o:p></o:p></span></p>'
    )
    rows = row * (size // len(row.encode()))
    quoted = '<div style="border:none;border-top:solid #E1E1E1 1.0pt">'
    quoted += f"<p><b>From:</b> Payments<br><b>Sent:</b> today</p></div>{rows}"
    return HEAD.format("html").encode() + f"<html><body><p class=MsoNormal>APPROVE</p>{quoted}</body></html>".encode()


if __name__ == "__main__":
    main()
