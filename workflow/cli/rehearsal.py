"""`rehearse`: how every letter of the mailbox would be read, changing nothing there or here."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from mailer.automatic import classify
from mailer.errors import MailerError
from mailer.inbox import Fetched, Inbox
from mailer.letter import LetterError, read_header
from workflow.cli.common import NO, Session, plain_errors, quiet, show, stop
from workflow.core.commands import NoteAnswer
from workflow.intake.digests import Several as Digest
from workflow.intake.plan import Plan
from workflow.wiring import Wiring

KINDS = ("requests", "answers", "asked_back", "refused", "ignored", "unreadable")


def rehearse_mailbox(session: Session, as_json: bool) -> None:
    wiring = session.open_journal()
    quiet()
    with plain_errors():
        inbox = Inbox(wiring.account("imap"))
    counts: Counter[str] = Counter()
    doubtful: list[dict[str, Any]] = []
    try:
        inbox.connect()
        inbox.select(wiring.settings.mailbox.folder)
        for fetched in inbox.new_letters(0, wiring.settings.mailbox.max_size):
            kind, why = _outcome(wiring, fetched)
            counts[kind] += 1
            if why:
                doubtful.append(_described(fetched, kind, why))
    except MailerError as error:
        stop(NO, str(error))
    finally:
        inbox.close()
    facts = {"letters": {kind: counts[kind] for kind in KINDS}, "doubtful": doubtful}
    show(facts, as_json, lambda: _print(facts))


def _outcome(wiring: Wiring, fetched: Fetched) -> tuple[str, tuple[str, ...]]:
    """What the letter would be, and why where somebody should look at it."""
    if not fetched.whole:
        return "refused", ("too big",)
    automatic = classify(read_header(fetched.raw), wiring.own_addresses)
    if automatic and automatic.kind != "auto?":
        return "ignored", ()
    try:
        letter = wiring.read(fetched.raw, fetched.received)
    except LetterError as error:
        return "unreadable", (str(error),)
    if letter.automatic and letter.automatic.kind != "auto?":
        return "ignored", ()
    plan = wiring.reader.plan(wiring.vouch(letter, fetched.raw))
    if _is_asked_back(plan):
        return "asked_back", (*plan.why, *letter.doubts)
    return plan.verdict, tuple(letter.doubts) if letter.blocked else ()


def _is_asked_back(plan: Plan) -> bool:
    unclear = isinstance(plan.several, Digest) and bool(plan.several.unclear)
    return unclear or isinstance(plan.command, NoteAnswer) or plan.reason.startswith("unclear")


def _described(fetched: Fetched, kind: str, why: tuple[str, ...]) -> dict[str, Any]:
    header = read_header(fetched.raw)
    received: datetime = fetched.received
    return {
        "uid": fetched.uid, "received": received.strftime("%Y-%m-%dT%H:%M:%SZ"), "from": header.text("from"),
        "subject": " ".join(header.text("subject").split()), "kind": kind, "why": list(why),
    }  # fmt: skip


def _print(facts: dict[str, Any]) -> None:
    print(", ".join(f"{name.replace('_', ' ')} {count}" for name, count in facts["letters"].items()))
    for item in facts["doubtful"]:
        print(f"{item['received']}  {item['from']}  {item['subject']}")
        for line in item["why"]:
            print(f"    - {line}")
