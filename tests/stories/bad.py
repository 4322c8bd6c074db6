"""What stories of bad input ask again and again: the counts of letters, the text of an answer, other settings."""

from __future__ import annotations

from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from helpers.facts import check_status
from stories.stage import PAYMENTS, Stage, text_of


def facts(stage: Stage) -> dict[str, Any]:
    """What `status --json` prints now, in its promised shape."""
    wiring = stage.wiring()
    found = wiring.report.status(stage.now())
    check_status(found)
    return found


def counts(stage: Stage) -> dict[str, int]:
    """Letters read by verdict, without those that are none; they add up."""
    return {name: count for name, count in facts(stage)["letters"].items() if count}


def plain(message: EmailMessage) -> str:
    """The text of a letter on one line, with ordinary blanks."""
    return " ".join(text_of(message).split())


def settings(stage: Stage, section: str, *lines: str) -> None:
    """Put lines into a section of the settings file."""
    text = stage.settings_file.read_text(encoding="utf-8")
    head = f"[{section}]\n"
    assert head in text, section
    stage.settings_file.write_text(text.replace(head, head + "".join(f"{line}\n" for line in lines)), encoding="utf-8")


def replaced(stage: Stage, old: str, new: str) -> None:
    """Another text in the settings file."""
    text = stage.settings_file.read_text(encoding="utf-8")
    assert old in text, old
    stage.settings_file.write_text(text.replace(old, new), encoding="utf-8")


def answer(stage: Stage, person: str, to: EmailMessage, text: str, headers: Sequence[tuple[str, str]]) -> EmailMessage:
    """A reply as it lies in our mailbox, with what the receiving server wrote on top of it."""
    letter = EmailMessage(policy=policy.SMTP)
    for name, value in headers:
        letter[name] = value
    letter["From"], letter["To"], letter["Subject"] = person, str(to["Reply-To"]), f"Re: {to['Subject']}"
    letter["Message-ID"], letter["In-Reply-To"] = make_msgid(domain="example.test"), str(to["Message-ID"])
    letter.set_content(text)
    stage.post(person, PAYMENTS, letter.as_bytes())
    return letter


def raw_letter(sender: str, body: bytes, *headers: tuple[str, str], subject: str = "Zayavka") -> bytes:
    """A letter byte by byte, for what no mail program would write."""
    lines = [("From", sender), ("To", "payments@example.test"), ("Subject", subject), *headers]
    if not any(name.lower() == "message-id" for name, _ in headers):
        lines.append(("Message-ID", f"<{abs(hash((sender, body, subject, headers)))}@program.test>"))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return head.encode() + b"\r\n" + body
