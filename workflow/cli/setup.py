"""`init` and `check`: the first hour."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from config.init import questions, suggest, write_settings
from config.settings import SettingsError, warnings
from documents.errors import DocumentsError
from mailer.errors import MailerError
from mailer.inbox import Inbox
from mailer.smtp import Outgoing
from sheets.errors import RegistryError
from workflow.books import Book
from workflow.cli.common import NO, WRONG_USE, Session, quiet, sentence, show, stop
from workflow.cli.probe import ProbeFailed, send_probe
from workflow.journal import JournalError
from workflow.journal.schema import current, prepare
from workflow.journal.tables import HEAD
from workflow.notices.samples import template_samples
from workflow.wiring import Wiring


def write_first_settings(path: Path, defaults: bool) -> None:
    answers: dict[str, str] = {}
    if not defaults:
        answers = _ask()
    try:
        write_settings(answers, path)
    except FileExistsError as error:
        stop(NO, f"{error}.")
    except SettingsError as error:
        stop(WRONG_USE, str(error))
    print(f"{path} is written. Look it over, put the password into its file, then run: countersign check")


def _ask() -> dict[str, str]:
    answers: dict[str, str] = {}
    for question in questions():
        default = suggest(question.key, answers)
        shown = f" [{default}]" if default else ""
        try:
            given = input(f"{question.text(answers.get('language', 'ru'))}{shown}: ").strip()
        except EOFError:
            stop(WRONG_USE, "No more answers came; nothing is written. `init --defaults` asks nothing.")
        answers[question.key] = given or default
    return answers


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part said: good, a warning, or what to do next."""

    part: str
    state: str
    text: str


def check_everything(session: Session, as_json: bool, probe: bool = False) -> None:
    wiring = session.wiring
    quiet()
    findings = list(_settings(session))
    parts: tuple[tuple[str, Callable[[Wiring], str]], ...] = (
        ("templates", _templates), ("mailbox", _mailbox), ("outgoing mail", _outgoing),
        *((book.leg, partial(_registry_of, book)) for book in wiring.books),
        ("journal", _journal), ("folder", _folder),
    )  # fmt: skip
    if probe:
        parts = (*parts, ("probe mail", send_probe))
    findings += [_asked(name, part, wiring) for name, part in parts]
    failed = any(finding.state == "failed" for finding in findings)
    facts = {
        "ok": not failed,
        "checks": [{"part": f.part, "state": f.state, "text": f.text} for f in findings],
    }
    show(facts, as_json, lambda: _print(findings))
    if failed:
        stop(NO)


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        print(f"{finding.state:<8} {finding.part:<14} {finding.text}")


def _asked(name: str, part: Callable[[Wiring], str], wiring: Wiring) -> Finding:
    try:
        return Finding(name, "ok", part(wiring))
    except (MailerError, RegistryError, JournalError, DocumentsError, ProbeFailed, Trouble) as error:
        return Finding(name, "failed", _with_next_step(name, str(error)))
    except (OSError, SQLAlchemyError) as error:
        return Finding(name, "failed", sentence(error))


NEXT_STEP = {
    "mailbox": "Look at imap, username and the password in [mailbox].",
    "outgoing mail": "Look at smtp, username and the password in [mailbox].",
    "registry": "Look at path and worksheet in [registry]; `countersign rebuild` writes the book anew.",
}


def _with_next_step(part: str, text: str) -> str:
    """What to do, where the sentence does not say it itself."""
    says = any(word in text for word in ("Check", "Restore", "Set ", "run `", "cannot be read: No such file"))
    step = NEXT_STEP.get(part.partition(":")[0])
    return text if says or step is None else f"{text} {step}"


class Trouble(Exception):
    """Something that `check` found itself; the sentence says what to do next."""


def _settings(session: Session) -> Iterator[Finding]:
    settings = session.settings
    yield Finding("settings", "ok", f"{session.path}: {len(settings.people)} people, {len(settings.approval)} rules")
    for problem in warnings(settings):
        yield Finding("settings", "warning", f"{problem.key}: {problem.text}" if problem.key else problem.text)


def _templates(wiring: Wiring) -> str:
    path = wiring.settings.templates.path
    if path is None:
        return "our own"
    broken = wiring.renderer.check_all(template_samples())
    if broken:
        listed = "; ".join(f"{name}: {why}" for name, why in broken.items())
        raise Trouble(f"these cannot be used, ours are taken instead: {listed}")
    return f"overrides in {path}"


def _mailbox(wiring: Wiring) -> str:
    mailbox = wiring.settings.mailbox
    inbox = Inbox(wiring.account("imap"))
    try:
        facts = inbox.probe(mailbox.folder)
    finally:
        inbox.close()
    pushes = "pushes new mail" if facts.idle else f"is asked every {mailbox.poll.total_seconds():.0f} s"
    return f"{mailbox.address}: {facts.count} letters in {mailbox.folder}; the server {pushes}"


def _outgoing(wiring: Wiring) -> str:
    outgoing = Outgoing(wiring.account("smtp"))
    try:
        facts = outgoing.probe()
    finally:
        outgoing.close()
    return f"{wiring.settings.mailbox.smtp.host} takes mail{' after a login' if facts.logged_in else ''}"


def _registry_of(book: Book, _wiring: Wiring) -> str:
    return _registry(book)


def _registry(book: Book) -> str:
    path = book.path
    if not book.registry.exists():
        if book.kind == "google":
            book.registry.probe()  # is it there, and shared with us?
            return f"{book.where}: the worksheet {book.worksheet} is made at the first run"
        if not os.access(path.parent if path.parent.exists() else path.parent.parent, os.W_OK):
            raise Trouble(f"{path} is not there and cannot be made: the folder cannot be written to.")
        return f"{path} is made at the first run"
    rows = len(book.registry.read().rows)
    lock = book.registry.lock()
    return f"{book.where}: {rows} rows" + (f"; open by {lock.owner}, rows wait until it is closed" if lock else "")


def _journal(wiring: Wiring) -> str:
    engine = wiring.journal.engine
    if engine.dialect.name == "sqlite":
        prepare(engine, wiring.now())
    if current(engine) != HEAD:
        raise Trouble("its schema is not up to date: run `countersign migrate`.")
    return f"schema {HEAD}"


def _folder(wiring: Wiring) -> str:
    return wiring.materials.check()
