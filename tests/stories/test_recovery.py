"""An older copy of the journal was put back: nothing goes out, the gap is named, and `recover` finds what is known."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from helpers.command import countersign
from helpers.databases import each_database
from helpers.postgres import blank_database, shared_server
from helpers.realmail import RealMail
from stories.stage import ADAM, FIONA, PAYMENTS, RITA, Stage, complete_form, invoice, text_of
from workflow.recovery import Recovery


def call(stage: Stage, *arguments: str, expect: int = 0) -> str:
    done = countersign(stage.settings_file, *arguments)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == expect, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def facts(stage: Stage, *arguments: str) -> Any:
    return json.loads(countersign(stage.settings_file, *arguments, "--json").stdout)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """SQLite, unless the test is one of those that PostgreSQL goes through as well."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def stage(tmp_path: Path, real_mail: RealMail, database: str) -> Iterator[Stage]:
    stage = Stage(tmp_path, real_mail)
    if database == "sqlite":
        yield stage
        return
    url = shared_server().database(blank_database())  # of its own: it is thrown away and restored
    text = stage.settings_file.read_text(encoding="utf-8")
    stage.settings_file.write_text(text.replace("sqlite:///var/journal.db", url), encoding="utf-8")
    yield stage


def name_in(stage: Stage) -> str | None:
    """The name of the database on PostgreSQL, None on SQLite."""
    found = re.search(r'postgresql\+psycopg://\w+@/(\w+)\?', stage.settings_file.read_text(encoding="utf-8"))
    return found[1] if found else None


def backed_up(stage: Stage) -> Path:
    """What `sqlite3 journal.db ".backup"` or `pg_dump` makes."""
    name, target = name_in(stage), stage.folder / "backup.db"
    if name is not None:
        target = shared_server().home / f"{name}.dump"
        shared_server().run("pg_dump", "--format=custom", f"--file={target}", name)
        return target
    journal = stage.folder / "var" / "journal.db"
    with closing(sqlite3.connect(journal)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def put_back(stage: Stage, backup: Path) -> None:
    name = name_in(stage)
    if name is not None:
        server = shared_server()
        server.sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.sql(f"CREATE DATABASE {name} TEMPLATE template0")
        server.run("pg_restore", "--exit-on-error", f"--dbname={name}", str(backup))
        return
    for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
        (stage.folder / "var" / name).unlink(missing_ok=True)
    shutil.copy(backup, stage.folder / "var" / "journal.db")


def sent(stage: Stage) -> int:
    """Letters that left our mailbox; those of people come by the same server."""
    return sum("Auto-Submitted" in r.message for r in stage.mail.received)


def ask(stage: Stage, number: str, amount: str) -> None:
    form = complete_form(stage.now()).replace("118", number).replace("12 000,50", amount)
    stage.send(RITA, form, files=[(f"Счёт {number}.pdf", invoice(number))])


def approve_all(stage: Stage) -> None:
    for question in stage.new(ADAM):
        if "Согласуйте" in str(question["Subject"]):
            stage.answer(ADAM, question, "Согласовано")


@pytest.fixture
def lost(stage: Stage) -> Stage:
    """Two requests after the backup: one that the backup knows was approved and paid, one is new and approved."""
    ask(stage, "118", "12 000,50")
    stage.run()
    backup = backed_up(stage)
    approve_all(stage)
    ask(stage, "119", "7 000,00")
    stage.run()
    approve_all(stage)
    stage.run()
    stage.edit({"Статус": "Оплачен", "Платежка": "214"}, stage.first)
    stage.run()
    assert facts(stage, "show", stage.first)["status"] == "paid"
    put_back(stage, backup)
    return stage


SECOND = "00002"


@pytest.mark.parametrize("database", each_database(), indirect=True)
def test_an_older_journal_sends_nothing_and_names_the_gap(lost: Stage) -> None:
    before = sent(lost)
    said = call(lost, "run", "--once", expect=1)
    assert "older copy" in said
    assert "recover" in said, "the sentence says what to do next"
    assert sent(lost) == before


@pytest.mark.parametrize("database", each_database(), indirect=True)
def test_recovery_finds_what_is_known_and_holds_the_mail(lost: Stage) -> None:
    before, second = sent(lost), lost.first.replace("00001", SECOND)
    said = call(lost, "recover")
    assert second in said
    assert lost.first in said

    first = facts(lost, "show", lost.first)
    assert first["status"] == "on_hold", "the registry called it paid: nobody pays it again unasked"
    assert [hold["kind"] for hold in first["holds"]] == ["accountant"]
    assert "214" in first["holds"][0]["reason"]
    again = facts(lost, "show", second)
    assert again["status"] == "awaiting", "what the lost journal approved is asked anew"
    assert again["fields"]["amount"]["value"] == "7000.00"
    assert not again["approvals"]

    call(lost, "run", "--once")
    call(lost, "verify")
    assert sent(lost) == before, "mail waits for the operator"
    status = facts(lost, "status")
    assert status["held_mail"]["count"] > 0
    assert len(facts(lost, "list")["requests"]) == 2, "letters that are read again open nothing twice"

    ask(lost, "120", "55,00")
    call(lost, "run", "--once")
    newest = facts(lost, "list")["requests"][-1]["reference"]
    assert newest.endswith("00003"), "numbers go on above everything seen"


@pytest.mark.parametrize("database", each_database(), indirect=True)
def test_held_notices_are_shown_dropped_and_let_go(lost: Stage) -> None:
    call(lost, "recover")
    call(lost, "run", "--once")
    before = sent(lost)
    held = facts(lost, "recover")["held"]
    assert {"id", "kind", "person", "reference", "created_at"} <= held[0].keys()
    stale = [item for item in held if item["kind"] == "receipt_submitted"]
    call(lost, "recover", *[word for item in stale for word in ("--drop", str(item["id"]))])
    call(lost, "recover", "--release")
    call(lost, "run", "--once")
    subjects = [str(message["Subject"]) for message in lost.new(ADAM)]
    assert any(SECOND in subject for subject in subjects), "the approver is asked again"
    assert sent(lost) - before >= len(held) - len(stale)
    assert facts(lost, "status")["held_mail"]["count"] == 0


def test_a_recovered_request_is_approved_and_paid_as_any_other(lost: Stage) -> None:
    call(lost, "recover")
    call(lost, "recover", "--release")
    call(lost, "run", "--once")
    lost.new(FIONA)
    second = lost.first.replace("00001", SECOND)
    question = next(m for m in lost.new(ADAM)[::-1] if second in str(m["Subject"]) and "Согласуйте" in m["Subject"])
    lost.answer(ADAM, question, "Согласовано")
    call(lost, "run", "--once")
    assert facts(lost, "show", second)["status"] == "approved"
    lost.edit({"Статус": "Оплачен"}, second)
    call(lost, "run", "--once")
    assert facts(lost, "show", second)["status"] == "paid"


def test_a_row_without_its_papers_comes_back_as_a_draft(lost: Stage) -> None:
    second = lost.first.replace("00001", SECOND)
    folder = next((lost.folder / "materials").glob(f"*/*/*/{second}"))
    shutil.rmtree(folder)
    said = call(lost, "recover")
    assert "draft" in said
    found = facts(lost, "show", second)
    assert found["status"] == "draft"
    assert found["fields"]["amount"]["value"] == "7000.00"


def test_with_nothing_lost_there_is_nothing_to_recover(stage: Stage) -> None:
    ask(stage, "118", "12 000,50")
    stage.run()
    assert "othing to recover" in call(stage, "recover")
    assert facts(stage, "status")["held_mail"]["count"] == 0


@pytest.mark.parametrize("database", each_database(), indirect=True)
def test_a_backup_that_lacks_only_an_answer_is_noticed(stage: Stage) -> None:
    """No number and no row is newer, but the materials were filed by a later journal."""
    ask(stage, "118", "12 000,50")
    stage.run()
    backup, book = backed_up(stage), stage.book.read_bytes()
    approve_all(stage)
    stage.run()
    put_back(stage, backup)
    stage.book.write_bytes(book)
    assert "older copy" in call(stage, "run", "--once", expect=1)


@pytest.mark.parametrize("database", each_database(), indirect=True)
def test_a_mailbox_put_back_from_a_backup_is_read_from_its_beginning(stage: Stage) -> None:
    """It counts on from lower numbers under its old UIDVALIDITY; the letters under them must not be passed over."""
    ask(stage, "118", "12 000,50")
    stage.run()
    box, copy = stage.mail.imap.maildir(PAYMENTS), stage.folder / "mailbox-backup"
    shutil.copytree(box, copy)
    for number in ("119", "120"):
        ask(stage, number, "7 000,00")
        stage.run()
    stage.mail.imap.stop()
    stage.mail.imap.put_back(PAYMENTS, copy)
    stage.mail.imap.start()
    ask(stage, "121", "33,00")
    stage.run()
    amounts = [item["fields"]["amount"]["value"] for item in facts(stage, "list")["requests"]]
    assert amounts == ["12000.50", "7000.00", "7000.00", "33.00"], "the new letter counts, the old one changes nothing"


def test_a_recovery_that_was_cut_off_is_gone_on_with(lost: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of what the lost journal knew has been taken up: nothing works on that, and `recover` comes to the end."""
    before, second = sent(lost), lost.first.replace("00001", SECOND)
    with monkeypatch.context() as killed:
        killed.setattr(Recovery, "_hold_paid", lambda *_: os._exit(137))
        call(lost, "recover", expect=137)
    assert "not finished" in call(lost, "run", "--once", expect=1)
    assert "not finished" in call(lost, "recover")
    assert facts(lost, "show", lost.first)["status"] == "on_hold"
    assert facts(lost, "show", second)["status"] == "awaiting"
    call(lost, "run", "--once")
    call(lost, "verify")
    assert sent(lost) == before
    assert len(facts(lost, "list")["requests"]) == 2


PASSED = ("Authentication-Results", "mx.example.test; dmarc=pass header.from=example.test")


def asked_by_proven_people(stage: Stage, number: str, amount: str) -> None:
    form = complete_form(stage.now()).replace("118", number).replace("12 000,50", amount)
    stage.send(RITA, form, headers=[PASSED], files=[(f"Счёт {number}.pdf", invoice(number))])
    stage.run()


def answer_by_subject_alone(stage: Stage, question: EmailMessage, text: str) -> None:
    stage.send(ADAM, text, subject=f"Re: {question['Subject']}", headers=[PASSED])
    stage.run()


def test_the_subject_alone_decides_nothing_on_what_a_recovery_opened_anew(tmp_path: Path, real_mail: RealMail) -> None:
    """The mail that is answered may be one of the lost journal: its number and version are the same, its card not."""
    stage = Stage(tmp_path, real_mail, authserv=["mx.example.test"])
    stage.run()
    backup = backed_up(stage)
    asked_by_proven_people(stage, "118", "12 000,50")
    old = stage.only(ADAM)
    put_back(stage, backup)
    assert "opened again" in call(stage, "recover")
    call(stage, "recover", "--release")
    stage.run()
    asked_anew = stage.only(ADAM)
    answer_by_subject_alone(stage, old, "Согласовано")
    assert facts(stage, "show", stage.first)["status"] == "awaiting"
    assert "на какое письмо" in text_of(stage.only(ADAM))
    answer_by_subject_alone(stage, old, "Отказано")
    assert facts(stage, "show", stage.first)["status"] == "awaiting"
    known = ("In-Reply-To", str(asked_anew["Message-ID"]))
    stage.send(ADAM, "Согласовано", subject=f"Re: {asked_anew['Subject']}", headers=[PASSED, known])
    stage.run()
    assert facts(stage, "show", stage.first)["status"] == "approved"

    second = stage.first.replace("00001", SECOND)
    asked_by_proven_people(stage, "119", "7 000,00")
    question = next(one for one in stage.new(ADAM) if second in str(one["Subject"]))
    answer_by_subject_alone(stage, question, "Согласовано")
    assert facts(stage, "show", second)["status"] == "approved", "what was asked of after it is as ever"
