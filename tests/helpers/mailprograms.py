"""Real mail programs that people use in a terminal, run without one: they read their mailbox, reply and send by SMTP.

Quotes, attributions, headers, character sets and signatures are the programs' own; only the hand that types is ours
(`mail_editor`). Those that draw on a screen get a pseudo-terminal that nobody looks at.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Protocol

from helpers import mail_editor
from helpers.realmail import RealMail

PATIENCE = 60
CONTROL_X = "\x18"
QUIET = 0.1
"""Seconds without a change after which a screen is complete."""
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])")


@dataclass(frozen=True, slots=True)
class Writing:
    """What a person types, and how his program is set up."""

    text: str = ""
    where: Literal["above", "below", "instead"] = "above"
    inline: Mapping[str, str] = field(default_factory=dict)
    charset: str = "utf-8"
    """What is sent."""
    terminal: str = "utf-8"
    """In what the program and the editor write to each other."""
    attribution: str = ""
    signature: str = ""
    file: Path | None = None
    """Attached; not by Alpine."""
    flowed: bool = False
    bare: bool = False
    """As it comes out of the box: no choice of prefix, no name in From."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A person at his program: his mailbox, his name and a folder for the program's own files."""

    mail: RealMail
    address: str
    name: str
    home: Path

    def editor(self, writing: Writing) -> Path:
        """A program that does to a draft what the person would."""
        orders, script = self.home / "orders.json", self.home / "editor"
        said = {name: getattr(writing, name) for name in ("text", "where", "inline")} | {"charset": writing.terminal}
        orders.write_text(json.dumps(said), encoding="utf-8")
        run = shlex.join([sys.executable, mail_editor.__file__, str(orders)])
        script.write_text(f'#!/bin/sh\nexec {run} "$1"\n', encoding="utf-8")
        script.chmod(0o755)
        return script

    def file(self, name: str, text: str, charset: str = "utf-8") -> Path:
        path = self.home / name
        path.write_text(text, encoding=charset)
        return path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of whoever runs the tests: his own settings of a program would make another letter."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", "TERM": "xterm", "TZ": "UTC-3"}


class MailProgram(Protocol):
    """What a person does with a letter in any of them."""

    @property
    def name(self) -> str: ...

    def answer(self, desk: Desk, message_id: str, writing: Writing) -> None:
        """Open the letter with this Message-ID, reply to it, send."""
        ...


def reply(program: MailProgram, desk: Desk, to: EmailMessage, writing: Writing) -> bytes:
    """The reply as it went to the server."""
    before = len(desk.mail.received)
    program.answer(desk, str(to["Message-ID"]).strip("<> "), writing)
    sent = desk.mail.received[before:]
    assert len(sent) == 1, f"{program.name} sent {len(sent)} letters"
    return sent[0].raw


@dataclass(frozen=True, slots=True)
class SNail:
    """s-nail, the heir of mailx, in its batch mode: commands come from standard input. It reads the Maildir."""

    name: str = "s-nail"

    def answer(self, desk: Desk, message_id: str, writing: Writing) -> None:
        options = {
            "v15-compat": "", "mta": f"smtp://127.0.0.1:{desk.mail.smtp_port}", "smtp-auth": "none", "sendwait": "",
            "hostname": "example.test", "from": desk.address, "quote": "", "EDITOR": str(desk.editor(writing)),
            "ttycharset": writing.terminal, "sendcharsets": writing.charset,
        }  # fmt: skip
        if not writing.bare:
            options |= {"indentprefix": "> ", "reply-to-honour": "yes", "from": f"{desk.name} <{desk.address}>"}
        if writing.attribution:
            options["quote-inject-head"] = writing.attribution.format(date="%d", name="%n") + "\n"
        lines = [f'reply \'(header "message-id" "{message_id}")\'', "~e", "~.", "exit"]
        if writing.signature:
            options["sign"] = f"\n-- \n{writing.signature}"
            lines.insert(2, "~a")
        if writing.file:
            lines.insert(2, f"~@ {writing.file}")
        arguments = [part for name, value in options.items() for part in ("-S", f"{name}={value}" if value else name)]
        folder = str(desk.mail.imap.maildir(desk.address))
        _run(["s-nail", "-n", "-#", *arguments, "-f", folder], desk.environment, lines, writing.terminal)


@dataclass(frozen=True, slots=True)
class Mutt:
    """mutt or neomutt, driven by the keys that its settings push; `imap` reads by the server instead of the Maildir."""

    name: str
    imap: bool = False

    def answer(self, desk: Desk, message_id: str, writing: Writing) -> None:
        folder = str(desk.mail.imap.maildir(desk.address))
        settings = {
            "from": f"{desk.name} <{desk.address}>", "realname": desk.name, "use_from": "yes",
            "hostname": "example.test", "editor": str(desk.editor(writing)), "folder": str(desk.home),
            "smtp_url": f"smtp://127.0.0.1:{desk.mail.smtp_port}/", "ssl_starttls": "no", "ssl_force_tls": "no",
            "mbox_type": "Maildir", "record": "", "copy": "no", "postponed": str(desk.home / "postponed"),
            "autoedit": "yes", "fast_reply": "yes", "include": "yes",
            "reply_to": "yes", "abort_nosubject": "no", "abort_unmodified": "no", "wait_key": "no", "quit": "yes",
            "charset": writing.terminal, "send_charset": f"us-ascii:{writing.charset}", "sleep_time": "0",
            "text_flowed": "yes" if writing.flowed else "no",
        }  # fmt: skip
        if writing.attribution:
            settings["attribution"] = writing.attribution.format(date="%d", name="%n")
        if writing.signature:
            settings["signature"] = str(desk.file("signature", writing.signature + "\n", writing.terminal))
        if self.imap:
            folder = f"imap://127.0.0.1:{desk.mail.imap_port}/INBOX"
            settings |= {"imap_user": desk.address, "imap_pass": desk.mail.imap.users[desk.address]}
        attach = f"<attach-file>{writing.file}<enter>" if writing.file else ""
        keys = f"<search>~i {message_id}<enter><reply>{attach}<send-message><exit>"
        lines = ['set config_charset="utf-8"', *(f'set {name}="{value}"' for name, value in settings.items())]
        rc = desk.file("rc", "\n".join([*lines, f'push "{keys}"', ""]))
        on_terminal([self.name, "-n", "-F", str(rc), "-f", folder], desk.environment)


@dataclass(frozen=True, slots=True)
class Alpine:
    """Alpine reads by IMAP and is answered question by question, as by a person."""

    name: str = "alpine"

    def answer(self, desk: Desk, message_id: str, writing: Writing) -> None:
        letters = [letter.message for letter in desk.mail.received if desk.address in letter.recipients]
        number = [str(letter["Message-ID"]).strip("<> ") for letter in letters].index(message_id) + 1
        server = f"{{127.0.0.1:{desk.mail.imap_port}/user={desk.address}/notls/norsh}}INBOX"
        features = [
            "enable-alternate-editor-cmd", "enable-alternate-editor-implicitly", "quit-without-confirm",
            "signature-at-bottom", "enable-full-header-cmd",
        ]  # fmt: skip
        settings = {
            "personal-name": desk.name, "user-domain": "example.test", "inbox-path": server,
            "smtp-server": f"127.0.0.1:{desk.mail.smtp_port}/notls",
            "feature-list": ",".join(features), "editor": str(desk.editor(writing)),
            "customized-hdrs": f"From: {desk.name} <{desk.address}>", "default-fcc": '""', "sort-key": "arrival",
            "posting-character-set": writing.charset, "last-version-used": "9.99", "new-version-threshold": "9.99",
            "disable-these-authenticators": "PLAIN",  # it would stare at the warning of it for three seconds
        }  # fmt: skip
        if writing.attribution:
            settings["reply-leadin"] = writing.attribution.format(date="_DATE_", name="_FROM_")
        if writing.signature:
            settings["literal-signature"] = "-- \\n" + writing.signature.replace("\n", "\\n")
        (desk.home / "mail").mkdir(exist_ok=True)  # and at the news that it made one
        rc = desk.file("pinerc", "".join(f"{name}={value}\n" for name, value in settings.items()))
        steps = [
            ("PASSWORD:", desk.mail.imap.users[desk.address] + "\r"), ("reserve password", "n"),
            ("FldrList", f"J{number}\rr"), ("nclude original message", "y"), ("Reply-To:", "y"),
            ("all recipients", "n"), ("Alternate editor done", CONTROL_X), ("Send message", "y"),
            ("Message sent| ANS ", "q"),
        ]  # fmt: skip
        on_terminal(["alpine", "-p", str(rc), "-i", "-bail"], desk.environment, steps, over="finished")


def _run(command: Sequence[str], environment: dict[str, str], lines: Sequence[str], charset: str) -> None:
    """Run a program that takes its commands from standard input; what is typed is in its character set."""
    typed = "".join(f"{line}\n" for line in lines).encode(charset)
    arguments = [argument.encode(charset) for argument in command]
    done = subprocess.run(
        arguments, input=typed, env=environment, timeout=PATIENCE, check=False, capture_output=True
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr).decode(charset, "replace")


def on_terminal(
    command: Sequence[str], environment: dict[str, str], steps: Sequence[tuple[str, str]] = (), over: str = ""
) -> None:
    """Run a program on a terminal of its own; each time it shows the words of the next step, type its keys.

    It ends by itself, or is ended when it shows the words of `over`.
    """
    process, terminal = pty.fork()
    if process == 0:
        os.execvpe(command[0], list(command), environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    waiting, shown, end, done = list(steps), "", time.monotonic() + PATIENCE, False
    try:
        while not done and (drawn := _drawn(terminal, end)) is not None:
            shown += _ESCAPE.sub("", drawn.decode("utf-8", "replace"))
            done = bool(over) and not waiting and over in shown
            if waiting and re.search(waiting[0][0], shown):
                os.write(terminal, waiting.pop(0)[1].encode())
                shown = ""
    finally:
        late = time.monotonic() >= end
        if done or late:
            os.kill(process, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(process, 0)
    assert not waiting, f"{command[0]} never showed {waiting[0][0]!r}: {shown[-800:]}"
    assert not late, f"{command[0]} did not end: {shown[-800:]}"


def _drawn(terminal: int, end: float) -> bytes | None:
    """What the program draws until it is quiet: keys typed into a question half drawn are lost. None when it has ended
    or took too long."""
    drawn = b""
    while select.select([terminal], [], [], QUIET if drawn else max(0.0, end - time.monotonic()))[0]:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side is gone
            chunk = b""
        if not chunk:
            break
        drawn += chunk
    return drawn or None
