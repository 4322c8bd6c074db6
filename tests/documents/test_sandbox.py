import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from documents.sandbox import UNREADABLE, Bounds, Failure, Sandbox, run_limited
from helpers.files import pdf

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
    children = Path(f"/proc/{server}/task/{server}/children")
    assert children.read_text() == ""


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
    server = Path(f"/proc/{daemon.stdout.strip()}")
    for _ in range(200):
        if not server.exists() or "State:\tZ" in (server / "status").read_text():
            return
        time.sleep(0.01)
    raise AssertionError("the server outlived its daemon")


def test_only_known_functions_run():
    with pytest.raises(KeyError):
        run_limited("os.system", b"")


def test_the_child_works_from_any_directory(tmp_path, monkeypatch, sandbox):
    (tmp_path / "documents.py").write_text("raise SystemExit(3)")
    (tmp_path / "pypdf.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert sandbox.run("pdf_state", pdf(), BOUNDS) == "ok"
