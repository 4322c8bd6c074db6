"""Servers, disks, files and databases that fail: nothing is lost or half done, and somebody is told what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from filelock import FileLock
from openpyxl.worksheet.worksheet import Worksheet

from helpers.command import countersign
from helpers.rawimap import Connection, RawIMAP, literal, saying
from helpers.realmail import RealMail
from stories.bad import counts, facts, plain, replaced, settings
from stories.stage import ADAM, FIONA, OSCAR, RITA, SUPPLIER, Stage, complete_form, invoice, text_of
from workflow.cli.common import Session
from workflow.core.model import Status


def approved(stage: Stage) -> None:
    """Rita's request that Adam has approved; everybody has read his mail."""
    stage.send(RITA, complete_form(stage.now()), files=[("счет.pdf", invoice())])
    stage.run()
    stage.answer(ADAM, stage.only(ADAM), "Согласовано")
    stage.run()
    for person in (RITA, ADAM, FIONA, OSCAR):
        stage.new(person)


def never_takes(stage: Stage, address: str) -> None:
    """The server refuses every letter to this address for good."""
    stage.mail.smtp._deliver = lambda recipient, raw: recipient != address and stage.mail._deliver(recipient, raw)


# --- the mail server --------------------------------------------------------------------------------------------------


def test_a_wrong_password_stops_only_the_inbox_and_says_so(stage: Stage) -> None:
    approved(stage)
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "77,00"))
    stage.edit({"Статус": "Оплачен"})
    replaced(stage, 'password_env = "COUNTERSIGN_TEST_PASSWORD"', 'password_file = "wrong"')
    (stage.folder / "wrong").write_text("not-the-password\n")
    (trouble,) = stage.run()
    assert trouble.startswith("inbox:")
    assert "password" in trouble
    assert "not-the-password" not in trouble
    assert stage.request().status is Status.PAID, "the registry goes on"
    assert "password" in facts(stage)["legs"]["inbox"]["error"]
    (stage.folder / "wrong").write_text("secret\n")
    assert stage.run() == []
    assert facts(stage)["legs"]["inbox"]["error"] is None
    assert counts(stage) == {"read": 3, "requests": 2, "answers": 1}


def test_a_server_gone_in_mid_fetch_loses_and_doubles_nothing(stage: Stage) -> None:
    letter = stage.send(RITA, complete_form(stage.now())).as_bytes()
    size = len(letter)
    facts_line = b'* 1 FETCH (UID 1 RFC822.SIZE %d INTERNALDATE "24-Nov-2026 10:00:00 +0000")' % size

    def fetch(connection: Connection, tag: bytes, line: bytes) -> None:
        if b"RFC822.SIZE" in line:
            saying(facts_line)(connection, tag, line)
            return
        whole = b"* 1 FETCH (UID 1 BODY[] " + literal(letter)
        connection.sendall(whole[: len(whole) // 2])
        connection.close()
        raise OSError("gone")

    with RawIMAP({"FETCH": fetch, "SEARCH": saying(b"* SEARCH 1")}) as broken:
        replaced(stage, f"port = {stage.mail.imap_port}", f"port = {broken.port}")
        (trouble,) = stage.run()
        assert trouble.startswith("inbox:")
        assert list(stage.wiring().journal.requests()) == []
        assert counts(stage) == {}
        replaced(stage, f"port = {broken.port}", f"port = {stage.mail.imap_port}")
    assert stage.run() == []
    stage.only(ADAM)
    assert counts(stage) == {"read": 1, "requests": 1}


def test_a_letter_that_the_server_cannot_give_is_set_aside_and_told(stage: Stage) -> None:
    letter = stage.send(RITA, complete_form(stage.now()), subject="Счет за окна").as_bytes()
    header = letter[: letter.index(b"\r\n\r\n") + 4]

    def fetch(connection: Connection, tag: bytes, line: bytes) -> None:
        if b"RFC822.SIZE" in line:
            facts_line = b'* 1 FETCH (UID 1 RFC822.SIZE %d INTERNALDATE "%s")'
            now = stage.now().strftime("%d-%b-%Y %H:%M:%S +0000").encode()
            saying(facts_line % (len(letter), now))(connection, tag, line)
        elif b"HEADER" in line:
            saying(b"* 1 FETCH (UID 1 BODY[HEADER]<0> " + literal(header) + b")")(connection, tag, line)
        else:
            connection.sendall(tag + b" NO cannot read the message\r\n")

    with RawIMAP({"FETCH": fetch, "SEARCH": saying(b"* SEARCH 1")}) as broken:
        replaced(stage, f"port = {stage.mail.imap_port}", f"port = {broken.port}")
        assert stage.run() == []
        assert counts(stage) == {"read": 1, "set_aside": 1}
        (aside,) = facts(stage)["set_aside"]
        assert (aside["from"], aside["subject"]) == (RITA, "Счет за окна")
        assert "Счет за окна" in str(stage.only(RITA)["Subject"])
        assert "Счет за окна" in plain(stage.only(OSCAR))
        assert countersign(stage.settings_file, "retry").returncode == 0
        stage.run()
        assert counts(stage) == {"read": 1, "set_aside": 1}, "its header alone is no letter"
        assert stage.new(RITA) == []


def test_a_mail_server_that_is_down_is_waited_for(stage: Stage) -> None:
    stage.run()
    stage.mail.imap.stop()
    (trouble,) = stage.run()
    assert trouble.startswith("inbox:")
    stage.mail.imap.restart()
    stage.send(RITA, complete_form(stage.now()))
    assert stage.run() == []
    stage.only(ADAM)


def test_smtp_says_later_and_the_same_letter_comes_later(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.mail.smtp.answer("rcpt", "451 4.7.1 Greylisted, come back later")
    stage.run()
    assert len(stage.new(ADAM)) + len(stage.new(RITA)) == 1, "only one of two was put off"
    shown = facts(stage)
    assert shown["deeds"]["postponed"] == 1
    assert shown["deeds"]["dead"] == []
    stage.later(minutes=20)
    assert stage.run() == []
    assert len(stage.inbox(ADAM)) == 1
    assert len(stage.inbox(RITA)) == 1
    assert facts(stage)["deeds"] == {"due": 0, "postponed": 0, "dead": []}


def test_smtp_never_takes_an_ask_and_people_who_can_help_are_told(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    stage.new(RITA)
    stage.answer(RITA, stage.inbox(RITA)[-1], "Сумма счета: 11 500,00")
    never_takes(stage, ADAM)
    stage.run()
    stage.run()
    told = [plain(message) for person in (RITA, OSCAR) for message in stage.new(person)]
    assert any("не дошло" in text for text in told), told
    dead = facts(stage)["deeds"]["dead"]
    assert len(dead) == 1
    assert dead[0]["kind"] == "ask_approval"
    assert "554" in dead[0]["error"]
    assert "не доставлено" in str(stage.cells()["Сообщение"])
    assert stage.request().version == 2


def test_smtp_never_takes_the_contractors_notice_and_the_requester_gets_its_text(stage: Stage) -> None:
    approved(stage)
    stage.edit({"Статус": "Оплачен"})
    stage.run()
    stage.later(minutes=11)
    never_takes(stage, SUPPLIER)
    stage.run()
    stage.run()
    told = [plain(message) for message in stage.new(RITA)]
    assert any("supplier@vendor.test" in text and "не дошло" in text for text in told), told
    assert "supplier@vendor.test" in str(stage.cells()["Сообщение"]) or "не доставлено" in str(
        stage.cells()["Сообщение"]
    )
    assert any(item["kind"] == "contractor_paid" for item in facts(stage)["deeds"]["dead"])


# --- the disk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path, real_mail: RealMail) -> Iterator[Stage]:
    """A stage on a disk of four megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.getuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)], capture_output=True, check=False
    ).returncode == 0  # fmt: skip
    if not mounted:
        pytest.skip("needs the right to mount a small disk: run as root")
    try:
        yield Stage(disk, real_mail)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def fill(stage: Stage, leave: int) -> Path:
    """Fill the disk up to so many bytes."""
    filler = stage.folder / "filler"
    free = shutil.disk_usage(stage.folder).free
    filler.write_bytes(b"\0" * max(0, free - leave))
    return filler


@pytest.mark.parametrize("leave", [0, 8_000, 20_000, 40_000, 70_000, 100_000, 140_000, 200_000])
def test_a_full_disk_stops_work_and_loses_nothing(small_disk: Stage, leave: int) -> None:
    stage = small_disk
    approved(stage)
    scan = invoice("big") + b"% \n" * 15_000
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "500,00"), files=[("скан.pdf", scan)])
    filler = fill(stage, leave)
    troubles = []
    for _ in range(2):
        try:
            troubles = stage.run()
        except Exception as error:
            troubles = [str(error)]
    if leave < 60_000:
        assert troubles, "a full disk is told"
    filler.unlink()
    stage.later(minutes=20)
    assert stage.run() == []
    requests = list(stage.wiring().journal.requests())
    assert [request.status for request in requests] == [Status.APPROVED, Status.AWAITING]
    asks = [m for m in stage.inbox(ADAM) if "/1]" in str(m["Subject"]) and "00002" in str(m["Subject"])]
    assert len({str(m["Message-ID"]) for m in asks}) == 1
    assert stage.cells(requests[1].reference)["Сумма счета"] == 500
    folder = stage.folder / "materials" / requests[1].folder / requests[1].reference
    assert (folder / "скан.pdf").read_bytes() == scan
    assert not list(stage.folder.rglob("*.tmp"))
    assert counts(stage) == {"read": 3, "requests": 2, "answers": 1}
    assert facts(stage)["deeds"]["dead"] == []


def header_row(sheet: Worksheet) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if any(cell.value == "Номер" for cell in sheet[row]))


# --- the workbook -----------------------------------------------------------------------------------------------------


def lock(stage: Stage, owner: str = "Фаина Счетова") -> Path:
    """Somebody opens the workbook in LibreOffice."""
    path = stage.book.with_name(f".~lock.{stage.book.name}#")
    path.write_text(f",{owner},desk,24.11.2026 10:00,file:///C:/f;", encoding="utf-8")
    return path


def test_a_workbook_locked_for_a_day_is_told_once_and_written_afterwards(stage: Stage) -> None:
    settings(stage, "registry", 'lock_stale_after = "48h"')
    approved(stage)
    held = lock(stage)
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "77,00"))
    assert stage.run() == [], "a locked workbook is waited for"
    stage.new(RITA)
    assert stage.new(FIONA) == [], "not before a quarter of an hour"
    for minutes in (16, 60, 600, 760):
        stage.later(minutes=minutes)
        assert stage.run() == []
    told = plain(stage.only(FIONA))
    assert "Фаина Счетова" in told
    assert "PAY-" in told
    assert facts(stage)["legs"]["registry"]["error"]
    held.unlink()
    stage.later(seconds=10)
    assert stage.run() == []
    assert stage.cells(stage.first.replace("00001", "00002"))["Сумма счета"] == 77
    assert stage.new(FIONA) == []


def test_people_may_read_and_edit_while_we_wait_for_the_lock(stage: Stage) -> None:
    approved(stage)
    held = lock(stage)
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "77,00"))
    stage.run()
    stage.edit({"Статус": "Оплачен"})
    stage.run()
    assert stage.request().status is Status.PAID, "reading goes on"
    held.unlink()
    stage.later(seconds=10)
    stage.run()
    assert stage.cells(stage.first)["Статус"] == "Оплачен"
    assert stage.cells(stage.first.replace("00001", "00002"))["Сумма счета"] == 77


def test_a_forgotten_lock_is_reported_and_passed_over(stage: Stage) -> None:
    approved(stage)
    lock(stage)
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "77,00"))
    stage.run()
    stage.later(hours=13)
    assert stage.run() == []
    assert stage.cells(stage.first.replace("00001", "00002"))["Сумма счета"] == 77


def _troubled_registry(stage: Stage) -> str:
    """A run that names the registry, and goes on with the rest."""
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "77,00"))
    (trouble,) = stage.run()
    assert trouble.startswith("registry:")
    stage.only(ADAM)
    stage.new(RITA)
    assert plain(stage.only(OSCAR))
    assert facts(stage)["legs"]["registry"]["error"]
    stage.run()
    assert stage.new(OSCAR) == [], "the operator is told once"
    return trouble


def test_a_vanished_workbook_stops_only_the_registry(stage: Stage) -> None:
    approved(stage)
    saved = stage.book.read_bytes()
    stage.book.unlink()
    _troubled_registry(stage)
    assert not stage.book.exists(), "it is not made anew by itself"
    stage.book.write_bytes(saved)
    assert stage.run() == []
    assert stage.cells(stage.first.replace("00001", "00002"))["Сумма счета"] == 77
    assert facts(stage)["legs"]["registry"]["error"] is None


def test_a_vanished_header_stops_only_the_registry(stage: Stage) -> None:
    approved(stage)
    saved = stage.book.read_bytes()
    book = openpyxl.load_workbook(stage.book)
    sheet = book["Реестр"]
    sheet.delete_rows(header_row(sheet))
    book.save(stage.book)
    damaged = stage.book.read_bytes()
    _troubled_registry(stage)
    assert stage.book.read_bytes() == damaged, "nothing is written over what is not understood"
    stage.book.write_bytes(saved)
    assert stage.run() == []
    assert stage.cells(stage.first.replace("00001", "00002"))["Сумма счета"] == 77


def test_a_workbook_that_is_no_workbook_stops_only_the_registry(stage: Stage) -> None:
    approved(stage)
    saved = stage.book.read_bytes()
    stage.book.write_bytes(b"this is not a zip")
    os.utime(stage.book, (1_700_000_000, 1_700_000_000))  # and nobody is just saving it
    _troubled_registry(stage)
    stage.book.write_bytes(saved)
    assert stage.run() == []


def test_lost_rows_stop_the_registry_when_they_are_many(stage: Stage) -> None:
    for amount in ("1,00", "2,00", "3,00", "4,00", "5,00"):
        stage.send(RITA, complete_form(stage.now()).replace("12 000,50", amount))
    stage.run()
    saved = stage.book.read_bytes()
    book = openpyxl.load_workbook(stage.book)
    sheet = book["Реестр"]
    head = header_row(sheet)
    sheet.delete_rows(head + 1, 3)
    book.save(stage.book)
    damaged = stage.book.read_bytes()
    (trouble,) = stage.run()
    assert "rebuild" in trouble
    assert stage.book.read_bytes() == damaged
    assert (
        len([row for row in openpyxl.load_workbook(stage.book)["Реестр"].iter_rows(min_row=head + 1) if row[0].value])
        == 2
    )
    stage.book.write_bytes(saved)
    assert stage.run() == []


def test_one_lost_row_is_brought_back_and_said(stage: Stage) -> None:
    for amount in ("1,00", "2,00", "3,00"):
        stage.send(RITA, complete_form(stage.now()).replace("12 000,50", amount))
    stage.run()
    book = openpyxl.load_workbook(stage.book)
    sheet = book["Реестр"]
    head = header_row(sheet)
    sheet.delete_rows(head + 1, 1)
    book.save(stage.book)
    assert stage.run() == []
    assert stage.cells(stage.first)["Сумма счета"] == 1
    assert stage.cells(stage.first)["Сообщение"]


# --- the journal ------------------------------------------------------------------------------------------------------


def test_a_second_daemon_is_refused(stage: Stage) -> None:
    (stage.folder / "var").mkdir(exist_ok=True)
    with FileLock(stage.folder / "var" / "daemon.lock"):
        for arguments in (("run", "--once"), ("run",)):
            done = countersign(stage.settings_file, *arguments)
            assert done.returncode == 1
            assert "Another daemon" in done.stderr
            assert "Traceback" not in done.stderr


def test_a_second_daemon_on_the_same_journal_is_refused_whatever_its_settings_file(stage: Stage) -> None:
    approved(stage)
    other = stage.folder / "other"
    other.mkdir()
    text = stage.settings_file.read_text(encoding="utf-8")
    journal = stage.folder / "var" / "journal.db"
    (other / "link.db").symlink_to(journal)
    (other / "countersign.toml").write_text(text.replace("var/journal.db", "link.db"), encoding="utf-8")
    with Session(stage.settings_file).place_of_one() as alone:
        assert alone
        done = countersign(other / "countersign.toml", "run", "--once")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Another daemon runs on this installation or on its journal" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_one_altered_byte_in_the_record_is_named_and_hinders_nobody(stage: Stage) -> None:
    approved(stage)
    with sqlite3.connect(stage.folder / "var" / "journal.db") as connection:
        connection.execute("UPDATE events SET payload = replace(payload, '12000.50', '92000.50') WHERE type = 'Filled'")
    done = countersign(stage.settings_file, "verify")
    assert done.returncode == 1
    (named,) = [line for line in (done.stdout + done.stderr).splitlines() if "was changed" in line]
    assert named.startswith(f"{stage.first}: the content of event 2 (Filled)")
    assert stage.run() == [], "what is under way goes on"


def test_a_clock_set_back_is_told_and_changes_nothing(stage: Stage) -> None:
    stage.later(hours=3)
    approved(stage)
    stage.later(hours=-3)
    assert stage.run() == []
    assert [stage.new(person) for person in (RITA, ADAM, FIONA)] == [[], [], []], "nothing is said twice"
    health = facts(stage)["health"]
    assert "clock_back" in str(health), health
    stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "77,00"))
    assert stage.run() == []
    assert len(stage.new(ADAM)) == 1, "and work goes on"


def test_a_corrupted_journal_ends_with_a_sentence(stage: Stage) -> None:
    approved(stage)
    path = stage.folder / "var" / "journal.db"
    content = bytearray(path.read_bytes())
    content[:100] = b"\xde\xad" * 50
    path.write_bytes(bytes(content))
    for arguments in (("run", "--once"), ("status",), ("show", stage.first), ("verify",), ("list",), ("check",)):
        done = countersign(stage.settings_file, *arguments)
        assert done.returncode == 1, (arguments, done.stderr)
        assert "Traceback" not in done.stderr, (arguments, done.stderr)
        said = done.stderr + done.stdout
        assert "journal" in said, arguments
        assert "copy" in said or "backup" in said, (arguments, said)


def test_a_page_broken_inside_the_journal_ends_with_a_sentence(stage: Stage) -> None:
    approved(stage)
    path = stage.folder / "var" / "journal.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    path.write_bytes(bytes(content))
    for arguments in (("run", "--once"), ("status",), ("verify",)):
        done = countersign(stage.settings_file, *arguments)
        assert done.returncode == 1, (arguments, done.stderr)
        assert "Traceback" not in done.stderr, (arguments, done.stderr[-500:])


def test_a_newer_schema_is_refused_and_left_alone(stage: Stage) -> None:
    approved(stage)
    path = stage.folder / "var" / "journal.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for arguments in (("run", "--once"), ("status",), ("migrate",), ("check",)):
        done = countersign(stage.settings_file, *arguments)
        assert done.returncode == 1, (arguments, done.stderr)
        assert "newer version" in done.stderr + done.stdout
        assert "Traceback" not in done.stderr
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_settings_file_with_many_faults_lists_them_all(stage: Stage) -> None:
    text = stage.settings_file.read_text(encoding="utf-8")
    text = text.replace('timezone = "Europe/Moscow"', 'timezone = "Mars/Base"\nnonsense = 1')
    text = text.replace('inn = "7707083893"', 'inn = "123"').replace('kind = "excel"', 'kind = "lotus"')
    text = text.replace('{ any = ["head@example.test"] } ]', '{ any = ["nobody@example.test"] } ]')
    stage.settings_file.write_text(text, encoding="utf-8")
    for arguments in (("check",), ("run", "--once"), ("status", "--json")):
        done = countersign(stage.settings_file, *arguments)
        assert done.returncode == 2
        assert done.stdout == ""
        for key in ("timezone", "nonsense", "company.inn", "registry", "kind", "approval", "nobody@example.test"):
            assert key in done.stderr, (key, done.stderr)


def test_words_of_a_told_trouble_never_hold_the_letter(stage: Stage) -> None:
    """The operator hears of a letter that broke the reader by its sender and subject."""
    stage.mail.imap.append("payments@example.test", b"\x00\x01 no letter")
    assert stage.run() == []
    assert [text_of(message) for message in stage.new(OSCAR)] == [] or "Traceback" not in text_of(stage.inbox(OSCAR)[0])
