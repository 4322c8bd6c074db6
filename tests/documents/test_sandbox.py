import os
import select
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from documents.sandbox import UNREADABLE, Bounds, Failure, Sandbox, run_limited
from helpers.files import pdf
from helpers.readers import waiting_child

BOUNDS = Bounds()


@pytest.fixture(name="sandbox")
def _sandbox():
    box = Sandbox()
    yield box
    box.close()


def test_the_child_tells_the_state_of_a_pdf():
    assert run_limited("pdf_state", pdf()) == "ok"
    assert run_limited("pdf_state", pdf("secret")) == "encrypted"
    assert run_limited("pdf_state", b"%PDF-1.4 nothing") == "broken"


def test_a_child_without_memory_or_time_is_unreadable():
    assert run_limited("pdf_state", pdf() + bytes(30_000_000), memory_bytes=20_000_000) == UNREADABLE
    assert run_limited("pdf_state", pdf(), timeout=0) == UNREADABLE


def test_a_missing_interpreter_is_unreadable(monkeypatch, sandbox):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == Failure("crash")


def test_the_readers_stay_loaded_between_files(sandbox):
    sandbox.run("pdf_state", pdf(), BOUNDS)
    first = sandbox.server_pid
    sandbox.run("pdf_state", b"%PDF-1.4 nothing", BOUNDS)
    assert sandbox.server_pid == first


def test_a_server_that_was_lost_is_started_anew(sandbox):
    sandbox.run("pdf_state", pdf(), BOUNDS)
    os.kill(sandbox.server_pid, signal.SIGKILL)
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"


def test_a_child_that_ran_out_of_time_leaves_the_server_and_nothing_else(sandbox):
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
    server = sandbox.server_pid
    assert sandbox.run("pdf_state", pdf(), Bounds(timeout=0)) == Failure("time")
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
    assert sandbox.server_pid == server
    assert waiting_child(sandbox.server_pid), "nothing is left but the child that waits"


def test_every_file_meets_a_child_of_its_own_forked_before_it_came(sandbox):
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
    for _ in range(3):
        spare = waiting_child(sandbox.server_pid)
        assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
        assert waiting_child(sandbox.server_pid) != spare


def test_a_child_that_was_lost_while_it_waited_costs_no_file(sandbox):
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
    server, waiting = sandbox.server_pid, waiting_child(sandbox.server_pid)
    ended = os.pidfd_open(waiting)
    os.kill(waiting, signal.SIGKILL)
    assert select.select([ended], [], [], 10)[0]
    os.close(ended)
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
    assert sandbox.server_pid == server


def test_limits_hold_in_a_child_that_has_waited(sandbox):
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
    waiting_child(sandbox.server_pid)
    assert sandbox.run("pdf_state", pdf() + bytes(30_000_000), Bounds(memory_bytes=20_000_000)) == Failure("crash")



def test_children_of_several_threads_run_side_by_side(sandbox):
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: sandbox.run("pdf_state", pdf(), BOUNDS), range(12)))
    assert answers == ["ok"] * 12


def test_the_server_ends_with_the_daemon():
    code = (
        "from documents.sandbox import Bounds, Sandbox; box = Sandbox();"
        "box.run('pdf_state', b'x', Bounds()); print(box.server_pid, flush=True);"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    daemon = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert is_gone(int(daemon.stdout)), "the server outlived its daemon"


def test_the_child_that_waits_ends_with_its_server(sandbox):
    sandbox.run("pdf_state", pdf(), BOUNDS)
    spare = waiting_child(sandbox.server_pid)
    os.kill(sandbox.server_pid, signal.SIGKILL)
    assert is_gone(spare)


def is_gone(pid):
    process = Path(f"/proc/{pid}")
    for _ in range(500):
        if not process.exists() or "State:\tZ" in (process / "status").read_text():
            return True
        time.sleep(0.01)
    return False


def test_only_known_functions_run():
    with pytest.raises(KeyError):
        run_limited("os.system", b"")


def test_the_child_works_from_any_directory(tmp_path, monkeypatch, sandbox):
    (tmp_path / "documents.py").write_text("raise SystemExit(3)")
    (tmp_path / "pypdf.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
