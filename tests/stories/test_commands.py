"""The commands as users call them: every one of the contract, its status, its words, and the shape of its JSON."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from helpers.command import PROGRAM, countersign, environment, program
from helpers.daemons import until
from helpers.facts import check_reading, check_request, check_status
from helpers.realmail import RealMail
from stories.bad import replaced
from stories.stage import ADA, ADAM, FIONA, PAYMENTS, RITA, Stage, complete_form, invoice


def call(stage: Stage, *arguments: str, expect: int = 0) -> str:
    """Run a command; what it printed (its words to standard error when it said no)."""
    done = countersign(stage.settings_file, *arguments)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == expect, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout if expect == 0 else done.stdout + done.stderr


def facts(stage: Stage, *arguments: str, expect: int = 0) -> Any:
    done = countersign(stage.settings_file, *arguments, "--json")
    assert done.returncode == expect, (arguments, done.stdout, done.stderr)
    return json.loads(done.stdout)


def told(stage: Stage) -> str:
    """Two requests, one of them approved and paid, by `run --once` alone."""
    stage.send(RITA, complete_form(stage.now()), files=[("Счёт 118.pdf", invoice())])
    later = complete_form(stage.now()).replace("12 000,50", "77,00").replace("ООО «Ромашка»", "ИП Васильков")
    stage.send(RITA, later)
    call(stage, "run", "--once")
    first = next(message for message in stage.new(ADAM) if "00001" in str(message["Subject"]))
    stage.answer(ADAM, first, "Согласовано\n\nМожно платить")
    call(stage, "run", "--once")
    stage.edit({"Статус": "Оплачен", "Платежка": "214"}, stage.first)
    call(stage, "run", "--once")
    return stage.first


# --- wrong use --------------------------------------------------------------------------------------------------------


def test_wrong_use_ends_with_two(tmp_path: Path) -> None:
    for arguments in (("frobnicate",), ("show",), ("run", "--twice"), ("reroute", "PAY-2026-00001")):
        assert countersign(None, *arguments, cwd=tmp_path).returncode == 2, arguments
    missing = program(None, "status", cwd=tmp_path)
    assert missing.returncode == 2
    assert "countersign.toml" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_the_settings_file_is_looked_for_where_promised(stage: Stage) -> None:
    named = countersign(None, "status", "--json", COUNTERSIGN_CONFIG=str(stage.settings_file))
    assert named.returncode == 0
    here = countersign(None, "status", "--json", cwd=stage.folder)
    assert here.returncode == 0
    assert json.loads(here.stdout).keys() == json.loads(named.stdout).keys()
    assert (stage.folder / "var" / "journal.db").exists(), "paths are relative to the file"


def test_the_module_is_the_same_program(stage: Stage) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workflow", "--config", str(stage.settings_file), "status", "--json"],
        capture_output=True, text=True, env=environment(), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    check_status(json.loads(done.stdout))


# --- the first hour ---------------------------------------------------------------------------------------------------


def test_the_first_hour(tmp_path: Path, real_mail: RealMail) -> None:
    folder = tmp_path / "first"
    folder.mkdir()
    stage = Stage(folder, real_mail)
    stage.settings_file.unlink()
    said = call(stage, "init", "--defaults")
    assert "countersign check" in said
    assert "already" in call(stage, "init", "--defaults", expect=1)
    text = stage.settings_file.read_text(encoding="utf-8")
    assert text.count("#") > 10, "with comments"
    assert "secrets/mailbox" in call(stage, "check", expect=1), "the password is still to be put there"
    text = re.sub(r"port = \d+", f"port = {real_mail.imap_port}", text, count=1)
    text = re.sub(r"(smtp = .*port = )\d+", rf"\g<1>{real_mail.smtp_port}", text)
    stage.settings_file.write_text(text, encoding="utf-8")
    secret = re.search(r'password_file = "([^"]+)"', text)
    assert secret
    (stage.folder / secret[1]).parent.mkdir(parents=True, exist_ok=True)
    (stage.folder / secret[1]).write_text("secret\n")
    checked = call(stage, "check")
    parts = ("settings", "templates", "mailbox", "outgoing mail", "registry", "journal", "folder")
    assert [line[9:23].strip() for line in checked.splitlines() if line.startswith("ok")] == list(parts), checked
    call(stage, "run", "--once")
    assert call(stage, "verify")


def _check(stage: Stage, part: str) -> str:
    """The failing line of one part, and of no other."""
    found = facts(stage, "check", expect=1)
    assert found["ok"] is False
    bad = [item for item in found["checks"] if item["state"] == "failed"]
    assert [item["part"] for item in bad] == [part], found
    assert part in call(stage, "check", expect=1)
    return str(bad[0]["text"])


def test_check_names_a_wrong_password_and_a_dead_server(stage: Stage) -> None:
    call(stage, "check")
    replaced(stage, 'password_env = "COUNTERSIGN_TEST_PASSWORD"', 'password_file = "wrong"')
    (stage.folder / "wrong").write_text("nope\n")
    assert "password" in _check(stage, "mailbox")
    (stage.folder / "wrong").write_text("secret\n")
    replaced(stage, f"port = {stage.mail.smtp_port}", "port = 1")
    assert "smtp" in _check(stage, "outgoing mail")


def test_check_names_a_broken_workbook_folder_and_template(stage: Stage) -> None:
    stage.run()
    saved = stage.book.read_bytes()
    stage.book.write_bytes(b"no workbook")
    os.utime(stage.book, (1_700_000_000, 1_700_000_000))
    assert _check(stage, "registry")
    stage.book.write_bytes(saved)
    replaced(stage, 'path = "materials"', 'path = "countersign.toml/materials"')
    assert _check(stage, "folder")
    replaced(stage, 'path = "countersign.toml/materials"', 'path = "materials"')
    (stage.folder / "ours" / "ru").mkdir(parents=True)
    (stage.folder / "ours" / "ru" / "ask_approval.j2").write_text(
        "{% block subject %}{{ nothing.at.all }}{% endblock %}"
    )
    text = stage.settings_file.read_text(encoding="utf-8")
    stage.settings_file.write_text(text + '\n[templates]\npath = "ours"\n', encoding="utf-8")
    assert "ask_approval" in _check(stage, "templates")


def test_check_warns_without_an_operator(stage: Stage) -> None:
    replaced(stage, 'roles = ["operator"]', 'roles = ["requester"]')
    found = facts(stage, "check")
    assert found["ok"] is True
    assert any(item["state"] == "warning" and "operator" in item["text"] for item in found["checks"])


# --- facts ------------------------------------------------------------------------------------------------------------


def test_facts_have_the_promised_shape(stage: Stage) -> None:
    reference = told(stage)
    shown = facts(stage, "show", reference)
    check_request(shown)
    assert shown["reference"] == reference
    assert shown["status"] == "paid"
    assert shown["fields"]["amount"] == {"value": "12000.50", "source": "typed"}
    assert shown["fields"]["iban"] == {"value": None, "source": None}
    assert shown["fields"]["bank_details"]["source"] in ("computed", "typed")
    assert [vote["person"] for vote in shown["approvals"]] == [ADAM]
    assert shown["approvals"][0]["step"] == 1
    assert shown["approvals"][0]["comment"] == "Можно платить"
    assert shown["payments"][0]["order"] == "214"
    assert {item["kind"] for item in shown["materials"]} == {"letter", "attachment"}
    assert all(Path(item["path"]).is_file() for item in shown["materials"])
    assert {notice["to"] for notice in shown["notices"]} >= {RITA, ADAM, FIONA}
    status = facts(stage, "status")
    check_status(status)
    assert status["letters"] == {"read": 3, "requests": 2, "answers": 1, "refused": 0, "ignored": 0, "set_aside": 0}
    assert [(item["reference"][-1], item["person"]) for item in status["waiting"]] == [("2", ADAM)]
    assert all(leg["last_success"] and leg["error"] is None for leg in status["legs"].values())
    listed = facts(stage, "list")
    assert set(listed) == {"requests"}
    for request in listed["requests"]:
        check_request(request)
    assert [request["status"] for request in listed["requests"]] == ["paid", "awaiting"]
    assert facts(stage, "show", reference.lower())["reference"] == reference
    for plain in (("status",), ("list",), ("show", reference)):
        assert reference in call(stage, *plain) or plain == ("status",)
    assert "PAY-2000-00001" in call(stage, "show", "PAY-2000-00001", expect=1)


def test_status_tells_people_what_is_late_and_why_a_leg_fails(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    with sqlite3.connect(stage.folder / "var" / "journal.db") as journal:
        journal.execute("UPDATE requests SET pay_by = '2020-01-01'")
    stage.wiring().journal.leg_failed("inbox", "Look at [mailbox] and [/red].", stage.now())
    said = call(stage, "status")
    assert re.search(rf"late +{stage.first}", said)
    assert re.search(rf"waits +{stage.first} +Антон Головин", said)
    assert "Look at [mailbox] and [/red]." in said, "the advice is printed whole"


def test_list_filters(stage: Stage) -> None:
    told(stage)

    def found(*arguments: str) -> list[str]:
        return [request["reference"][-1] for request in facts(stage, "list", *arguments)["requests"]]

    assert found("--status", "paid") == ["1"]
    assert found("--status", "awaiting") == ["2"]
    assert found("--status", "paid", "--status", "awaiting") == ["1", "2"]
    assert found("--status", "На согласовании") == ["2"]
    assert found("--status", "on_hold") == []
    assert found("--contractor", "васильков") == ["2"]
    assert found("--contractor", "9652407405") == ["1", "2"]
    assert found("--contractor", "nobody") == []
    assert found("--due", "overdue") == []
    assert found("--due", "2099-01-01") == ["1", "2"]
    assert "There is no status" in call(stage, "list", "--status", "happy", expect=2)
    assert "--due" in call(stage, "list", "--due", "someday", expect=2)


def test_forms(stage: Stage) -> None:
    assert "ИНН" in call(stage, "form")
    assert "Contractor" in call(stage, "form", "--lang", "en")
    assert "Подрядчик" in call(stage, "form", "--lang", "ru")
    call(stage, "form", "--lang", "de", expect=2)
    call(stage, "form", "--contractor", "Ромашка", expect=1)
    told(stage)
    for wanted in ("Ромашка", "9652407405"):
        filled = call(stage, "form", "--contractor", wanted)
        assert "9652407405" in filled
        assert "40702810604162316352" in filled
        assert "12 000" not in filled, "the amount is this time's"


def test_read_tells_how_and_changes_nothing(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    ask, receipt = stage.only(ADAM), stage.only(RITA)

    def read(raw: bytes) -> Any:
        path = stage.folder / "letter.eml"
        path.write_bytes(raw)
        found = facts(stage, "read", str(path))
        check_reading(found)
        assert call(stage, "read", str(path))
        return found

    answer = stage.answer(ADAM, ask, "Согласовано. Спасибо")
    found = read(answer.as_bytes())
    assert (found["kind"], found["decision"], found["comment"]) == ("answer", "approve", "Спасибо")
    assert read(stage.answer(ADAM, ask, "ок").as_bytes())["decision"] is None
    bad = complete_form(stage.now()).replace("ИНН: 9652407405", "ИНН: 9652407406").replace("12 000,50", "1.234")
    found = read(stage.send(RITA, bad).as_bytes())
    assert found["kind"] == "request"
    assert {problem["field"]: problem["code"] for problem in found["problems"]} == {
        "inn": "invalid",
        "amount": "ambiguous",
    }
    assert read(ask.as_bytes())["kind"] == "own"
    assert read(receipt.as_bytes())["kind"] == "own"
    automatic = stage.send(ADAM, "СОГЛАСОВАНО", headers=[("Auto-Submitted", "auto-replied")])
    assert read(automatic.as_bytes())["kind"] == "automatic"
    assert read(stage.send("x@evil.test", "Привет").as_bytes())["kind"] == "stranger"
    assert facts(stage, "status")["letters"]["read"] == 1, "nothing was changed"
    call(stage, "read", str(stage.folder / "missing.eml"), expect=1)
    (stage.folder / "empty.eml").write_bytes(b"")
    call(stage, "read", str(stage.folder / "empty.eml"), expect=1)


# --- proof and repair -------------------------------------------------------------------------------------------------


def test_verify_names_what_was_tampered_with(stage: Stage) -> None:
    reference = told(stage)
    assert facts(stage, "verify") == {"ok": True, "faults": []}
    attachment = next(
        Path(item["path"]) for item in facts(stage, "show", reference)["materials"] if item["kind"] == "attachment"
    )
    original = attachment.read_bytes()
    attachment.write_bytes(b"%PDF-1.4 another account")
    found = facts(stage, "verify", expect=1)
    assert any(attachment.name in fault for fault in found["faults"])
    attachment.write_bytes(original)
    with sqlite3.connect(stage.folder / "var" / "journal.db") as journal:
        journal.execute(
            "UPDATE events SET payload = replace(payload, '12000.50', '99000.50') WHERE reference = ?", (reference,)
        )
    assert reference in call(stage, "verify", expect=1)


def test_rebuild_writes_the_registry_anew_and_keeps_what_people_wrote(stage: Stage) -> None:
    reference = told(stage)
    stage.edit({"Комментарий бухгалтерии": "оплачено с резервного счета"}, reference)
    call(stage, "run", "--once")
    assert call(stage, "rebuild")
    assert stage.cells(reference)["Статус"] == "Оплачен"
    assert stage.cells(reference)["Комментарий бухгалтерии"] == "оплачено с резервного счета"
    call(stage, "run", "--once")
    stage.book.unlink()
    assert "registry" in call(stage, "run", "--once", expect=1)
    call(stage, "rebuild")
    call(stage, "run", "--once")
    assert stage.cells(reference)["Статус"] == "Оплачен"
    assert facts(stage, "verify")["ok"] is True


def test_retry_brings_dead_notices_and_set_aside_letters_back(stage: Stage) -> None:
    assert call(stage, "retry")
    call(stage, "retry", "999", expect=1)
    call(stage, "retry", "nonsense", expect=1)
    stage.send(RITA, complete_form(stage.now()))
    stage.mail.imap.append(PAYMENTS, b"no header here\r\n")
    deliver = stage.mail._deliver
    stage.mail.smtp._deliver = lambda recipient, raw: recipient != ADAM and deliver(recipient, raw)
    call(stage, "run", "--once")
    status = facts(stage, "status")
    check_status(status)
    dead = [item for item in status["deeds"]["dead"] if item["kind"] == "ask_approval"]
    assert dead
    stage.mail.smtp._deliver = deliver
    before = len(stage.inbox(ADAM))
    call(stage, "retry", str(dead[0]["id"]))
    call(stage, "run", "--once")
    assert len(stage.inbox(ADAM)) == before + 1
    assert not [item for item in facts(stage, "status")["deeds"]["dead"] if item["kind"] == "ask_approval"]
    for item in status["set_aside"]:
        call(stage, "retry", item["key"])


def test_migrate_says_that_all_is_well(stage: Stage) -> None:
    assert "up to date" in call(stage, "migrate")
    assert "up to date" in call(stage, "migrate")


# --- a running daemon -------------------------------------------------------------------------------------------------


@contextmanager
def daemon(stage: Stage) -> Iterator[subprocess.Popen[str]]:
    """`countersign run` until the block ends; then SIGTERM, and it must end with 0."""
    process = subprocess.Popen(
        [str(PROGRAM), "--config", str(stage.settings_file), "run"], env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        until(lambda: facts(stage, "status")["legs"]["inbox"]["last_success"] is not None or process.poll() is not None)
        yield process
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0, said
        assert "Traceback" not in said, said
    finally:
        process.kill()
        process.communicate()


def test_a_daemon_works_takes_orders_and_ends_politely(stage: Stage) -> None:
    with daemon(stage):
        stage.send(RITA, complete_form(stage.now()).replace("12 000,50", "600 000"), files=[("счет.pdf", invoice())])
        until(lambda: stage.inbox(ADAM))
        assert "Another daemon" in call(stage, "run", "--once", expect=1)
        assert "Another daemon" in call(stage, "run", expect=1)
        order = ("reroute", stage.first, "--to", ADA, "--reason", "отпуск")
        assert "Queued" in call(stage, *order)
        until(lambda: any(ask["person"] == ADA for ask in facts(stage, "show", stage.first)["asks"]))
        until(stage.book.exists)
        generation = stage.book.stat().st_mtime_ns
        assert "Queued" in call(stage, "rebuild")
        until(lambda: stage.book.stat().st_mtime_ns != generation)
        check_status(facts(stage, "status"))
        check_request(facts(stage, "show", stage.first))
        call(stage, "retry")
        call(stage, "check")
        call(stage, "migrate")
    call(stage, "run", "--once")
    assert facts(stage, "verify")["ok"] is True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_daemon_ends_at_once(stage: Stage, number: int) -> None:
    with daemon(stage) as process:
        began = time.monotonic()
        process.send_signal(number)
        process.wait(timeout=30)
        assert time.monotonic() - began < 10
