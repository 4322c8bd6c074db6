"""The daemon's sign of life to the service manager."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from workflow import daemon as module
from workflow.cli.running import stop_on_signals
from workflow.daemon import HANGS, Daemon
from workflow.journal import Journal
from workflow.journal.engine import open_engine


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    words: list[str] = []
    monkeypatch.setattr(module.systemd, "notify", words.append)
    return words


@pytest.fixture
def leg() -> Iterator[threading.Thread]:
    """A leg's thread that goes on for as long as the test."""
    over = threading.Event()
    thread = threading.Thread(target=over.wait, name="inbox")
    thread.start()
    yield thread
    over.set()
    thread.join()


def daemon() -> Daemon:
    found = Daemon((), Journal(open_engine("sqlite://"), domain="example.test"), lambda: datetime.now(UTC))
    found._watchdog = 0.0
    return found


def test_a_turning_leg_is_a_sign_of_life(said: list[str], leg: threading.Thread) -> None:
    living = daemon()
    living._turned["inbox"] = time.monotonic()
    living._show_life([leg])
    assert said == ["WATCHDOG=1"]


def test_a_leg_that_hangs_keeps_us_silent(said: list[str], leg: threading.Thread) -> None:
    hanging = daemon()
    hanging._turned["inbox"] = time.monotonic() - HANGS.total_seconds() - 1
    hanging._show_life([leg])
    assert said == []


def test_a_leg_that_has_ended_keeps_us_silent(said: list[str], leg: threading.Thread) -> None:
    ended = threading.Thread(target=int, name="mail")
    ended.start()
    ended.join()
    broken = daemon()
    broken._turned |= {"inbox": time.monotonic(), "mail": time.monotonic()}
    broken._show_life([leg, ended])
    assert said == []


def test_a_second_signal_that_comes_while_the_first_is_obeyed_changes_nothing() -> None:
    """One thread that sets the same event again while it is setting it waits for ever."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    obeyed: list[str] = []

    def stop() -> None:
        obeyed.append("stop")
        if len(obeyed) < 3:
            os.kill(os.getpid(), signal.SIGINT)

    try:
        stop_on_signals(stop)
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert obeyed == ["stop"]
