"""Is all well? What an operator, a monitor and a chat hear when the daemon, the mail server or the disk fails."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from helpers.command import PROGRAM, countersign, environment
from helpers.daemons import until
from helpers.dovecot import free_port
from helpers.smtp import ScriptedSMTP
from stories.stage import OSCAR, PAYMENTS, RITA, Stage, complete_form


class Hook:
    """A web address that takes what it is told; `answer` may be set to a refusal."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.answer = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.answer == 200:
                    hook.said.append(json.loads(body))
                    hook.tokens.append(self.headers.get("Authorization"))
                self.send_response(hook.answer)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/secret-path"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.server.shutdown()


def add_settings(stage: Stage, text: str) -> None:
    path = stage.settings_file
    before, people = path.read_text(encoding="utf-8").split("[[people]]", 1)
    path.write_text(f"{before}{text}\n[[people]]{people}", encoding="utf-8")


def status(stage: Stage, expect: int) -> Any:
    done = countersign(stage.settings_file, "status", "--json")
    assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout)["health"]


def codes(stage: Stage) -> set[str]:
    wiring = stage.wiring()
    return {trouble.code for trouble in wiring.checkup.troubles(stage.now())}


def test_all_is_well_after_a_run(stage: Stage) -> None:
    stage.run()
    assert status(stage, 0) == {"ok": True, "troubles": []}


def test_a_daemon_that_does_not_run_is_a_trouble_for_status(stage: Stage) -> None:
    stage.later(hours=-2)
    stage.run()
    health = status(stage, 1)
    assert {"leg_late:inbox", "leg_late:mail"} <= {trouble["code"] for trouble in health["troubles"]}
    printed = countersign(stage.settings_file, "status")
    assert "trouble" in printed.stdout
    assert printed.returncode == 1


def test_one_daemon_that_cannot_send_is_told_of_though_another_sends(stage: Stage) -> None:
    stage.run()
    journal, now = stage.wiring().journal, stage.now()
    for minutes in (40, 25, 10, 0):
        journal.daemon = "north.example, process 7"
        journal.leg_failed("mail", "The mail server does not answer.", now - timedelta(minutes=minutes))
        journal.daemon = "south.example, process 8"
        journal.leg_succeeded("mail", now - timedelta(minutes=minutes))
    done = countersign(stage.settings_file, "status", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(one["daemon"], one["error"]) for one in told["legs"]["mail"]["failing"]] == [
        ("north.example, process 7", "The mail server does not answer.")
    ]
    [trouble] = told["health"]["troubles"]
    assert trouble["code"] == "daemon_fails:mail:north.example, process 7"
    assert trouble["text"].startswith("«mail»: north.example, process 7 не справляется с ")
    assert "in north.example, process 7: The mail server" in countersign(stage.settings_file, "status").stdout


def test_a_mail_server_that_is_down_is_told_by_the_second_route_once_and_when_it_is_over(
    stage: Stage, hook: Hook
) -> None:
    (stage.folder / "hook").write_text("s3cret\n")
    add_settings(stage, f'[health]\nwebhook = "{hook.url}"\nwebhook_token_file = "hook"\n')
    stage.run()
    stage.mail.imap.stop()
    stage.later(minutes=20)
    stage.run()
    assert hook.said == [], "for less than the limit it is no trouble"
    stage.later(minutes=20)
    stage.run()
    stage.run()
    assert len(hook.said) == 1, "said once, while it lasts"
    told = hook.said[0]
    assert told["ok"] is False
    assert [trouble["code"] for trouble in told["troubles"]] == ["leg_fails:inbox"]
    assert "inbox" in told["text"]
    assert hook.tokens == ["Bearer s3cret"]
    assert any("внимание" in str(message["Subject"]) for message in stage.inbox(OSCAR)), "by ordinary mail as well"
    stage.mail.imap.start()
    stage.run()
    assert [said["ok"] for said in hook.said] == [False, True]


def test_a_route_that_fails_is_tried_again(stage: Stage, hook: Hook) -> None:
    add_settings(stage, f'[health]\nwebhook = "{hook.url}"\n')
    stage.run()
    stage.mail.imap.stop()
    stage.later(minutes=40)
    hook.answer = 503
    stage.run()
    hook.answer = 200
    stage.run()
    assert len(hook.said) == 1


def test_another_mail_server_carries_the_news(stage: Stage) -> None:
    with ScriptedSMTP() as other:
        server = f'smtp = {{ host = "127.0.0.1", port = {other.port}, security = "none" }}'
        add_settings(stage, f'[health]\nemail = "oncall@other.test"\n{server}\n')
        stage.run()
        stage.mail.imap.stop()
        stage.later(minutes=40)
        stage.run()
        assert [letter.recipients for letter in other.received] == [("oncall@other.test",)]
        assert "inbox" in other.received[0].message.get_content()


def test_the_daily_probe_goes_the_whole_way_and_is_missed_when_it_does_not_come(stage: Stage) -> None:
    add_settings(stage, '[health]\nprobe = "00:00"\n')
    stage.run()
    stage.run()
    assert [str(message["Subject"]) for message in stage.inbox(PAYMENTS)] == ["Пробное письмо Countersign"]
    assert codes(stage) == set()
    stage.run()
    assert len(stage.inbox(PAYMENTS)) == 1, "one a day"
    stage.later(days=1)
    stage.mail.lost = {PAYMENTS}
    stage.run()
    stage.later(hours=2)
    stage.run()
    assert codes(stage) == {"probe_lost"}


def test_mail_that_cannot_leave_a_full_disk_and_a_clock_set_back(stage: Stage) -> None:
    stage.run()
    stage.send(RITA, complete_form(stage.now()))
    stage.mail.smtp.answer("mail", *["451 4.3.0 busy"] * 100)
    stage.run()
    stage.later(hours=1, minutes=5)
    stage.run()
    assert "mail_waits" in codes(stage)
    stage.later(hours=-3)
    assert "clock_back" in codes(stage)
    add_settings(stage, f'[health]\nfree_space = "{2 * shutil.disk_usage(stage.folder).free // 1024**2}MB"\n')
    assert any(code.startswith("disk_full") for code in codes(stage))


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def running(stage: Stage, port: int, **more: str) -> subprocess.Popen[str]:
    command = [str(PROGRAM), "--config", str(stage.settings_file), "run"]
    log = stage.folder / "daemon.log"
    with log.open("w") as errors:
        daemon = subprocess.Popen(command, env=environment(**more), text=True, stderr=errors)
    until(lambda: daemon.poll() is not None or answers(port), log.read_text)
    assert daemon.poll() is None, log.read_text()
    return daemon


def answers(port: int) -> bool:
    try:
        fetch(f"http://127.0.0.1:{port}/healthz")
    except OSError:
        return False
    return True


def test_a_monitor_reads_health_and_figures_on_a_local_port(stage: Stage) -> None:
    port = free_port()
    add_settings(stage, f'[health]\nlisten = "127.0.0.1:{port}"\n')
    stage.send(RITA, complete_form(stage.now()))
    daemon = running(stage, port)
    try:
        assert fetch(f"http://127.0.0.1:{port}/healthz") == (200, '{"ok": true, "troubles": []}')
        figures = f"http://127.0.0.1:{port}/metrics"
        until(lambda: 'verdict="requests"} 1.0' in fetch(figures)[1], lambda: fetch(figures)[1])
        page = fetch(figures)[1]
        assert "countersign_ok 1.0" in page
        _follows_the_conventions(page)
        assert "Ромашка" not in page
        assert fetch(f"http://127.0.0.1:{port}/else")[0] == 404
    finally:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0


def _follows_the_conventions(page: str) -> None:
    """As Prometheus itself would read it: our prefix, base units, a sentence for each, samples under their own name."""
    families = list(text_string_to_metric_families(page))
    assert len(families) >= 7
    for family in families:
        assert re.fullmatch(r"countersign(_[a-z]+)+", family.name), family.name
        assert family.documentation.endswith("."), family.name
        assert family.type == "gauge", "what is counted in the journal may become less again"
        assert not family.name.endswith(("_total", "_minutes", "_ms")), family.name
        assert {sample.name for sample in family.samples} <= {family.name}


def test_systemd_hears_that_we_are_ready_alive_and_stopping(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "notify"
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.bind(str(path))
    ear.settimeout(30)
    port = free_port()
    add_settings(stage, f'[health]\nlisten = "127.0.0.1:{port}"\n')
    daemon = running(stage, port, NOTIFY_SOCKET=str(path), WATCHDOG_USEC="1000000")
    said = [ear.recv(100).decode() for _ in range(3)]
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(30) == 0
    assert said == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
    last = ""
    while last != "STOPPING=1":
        last = ear.recv(100).decode()
    ear.close()


def test_the_unit_file_is_one_that_systemd_accepts(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here: the unit file was not checked")
    unit = (Path(__file__).parents[2] / "docs" / "countersign.service").read_text(encoding="utf-8")
    unit = unit.replace("/opt/countersign/.venv/bin/countersign", "/bin/true").replace("/srv/countersign", "/srv")
    file = tmp_path / "countersign.service"
    file.write_text(unit.replace("User=countersign\nGroup=countersign\n", ""), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    assert "countersign.service" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
