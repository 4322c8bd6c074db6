import sys

import pytest

from documents import sandbox
from documents.sandbox import UNREADABLE, run_limited
from helpers.files import pdf


def test_the_child_tells_the_state_of_a_pdf():
    assert run_limited("pdf_state", pdf()) == "ok"
    assert run_limited("pdf_state", pdf("secret")) == "encrypted"
    assert run_limited("pdf_state", b"%PDF-1.4 nothing") == "broken"


def test_a_child_without_memory_or_time_is_unreadable():
    assert run_limited("pdf_state", pdf(), memory_bytes=20_000_000) == UNREADABLE
    assert run_limited("pdf_state", pdf(), timeout=0.001) == UNREADABLE
    assert run_limited("pdf_state", pdf(), cpu_seconds=0) == UNREADABLE


def test_a_missing_interpreter_is_unreadable(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert run_limited("pdf_state", pdf()) == UNREADABLE


def test_only_known_functions_run():
    with pytest.raises(KeyError):
        run_limited("os.system", b"")


def test_the_child_works_from_any_directory(tmp_path, monkeypatch):
    (tmp_path / "documents.py").write_text("raise SystemExit(3)")
    (tmp_path / "pypdf.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert run_limited("pdf_state", pdf()) == "ok"


def test_the_daemon_does_not_load_the_pdf_library():
    assert "pypdf" not in vars(sandbox)
