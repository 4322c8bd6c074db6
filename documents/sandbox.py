"""Content from outside is parsed in a child process with little time and memory and no network.

A parser that loops, eats memory or crashes on a hostile file takes only its child with it. One server per daemon keeps
the readers loaded and forks the children; it is started with the first file, and again when it was lost.
"""

import atexit
import contextlib
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from documents.forkserver import ANSWERED, FUNCTIONS, ORDER, STATUS

UNREADABLE = "unreadable"

_ANSWER_LENGTH = 1000
_PATIENCE = 5.0
"""So much longer than the child may take we wait for the server, which may have to be loaded first."""
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Failure:
    """The child gave no answer: it ran out of time, or ended badly."""

    reason: Literal["time", "crash"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one child may use, and how long its answer may be."""

    cpu_seconds: int = 5
    memory_bytes: int = 512 * 1024 * 1024
    timeout: float = 15
    answer_length: int = _ANSWER_LENGTH


class Sandbox:
    """Children for one daemon; safe to use from several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def server_pid(self) -> int | None:
        """The process that forks the children, once there is one."""
        return self._server.pid if self._server is not None else None

    def run(self, function_name: str, payload: bytes, bounds: Bounds) -> str | Failure:
        """Run one of `FUNCTIONS` on the payload in a limited child; its answer, or how it ended."""
        if function_name not in FUNCTIONS:
            raise KeyError(function_name)
        order = ORDER.pack(function_name.encode(), bounds.cpu_seconds, bounds.memory_bytes, bounds.timeout)
        for _ in range(2):
            line = self._order(order)
            if line is None:
                break
            with line:
                answer = _exchange(line, payload, bounds)
            if answer is None:
                self.close()  # the server itself does not answer: the next file gets a new one
                return Failure("time")
            text, told, words = answer.partition(STATUS)
            if told:
                return _answer(text, words.partition(STATUS)[0], bounds)
            self.close()  # it was lost in the middle of the work: once more with a new one
        return Failure("crash")

    def close(self) -> None:
        """Stop the server and whatever it runs; the next file starts a new one."""
        with self._lock:
            self._stop()

    def _order(self, order: bytes) -> socket.socket | None:
        """Hand an order to the server; one that is gone is started anew, once."""
        with self._lock:
            for _ in range(2):
                ours, theirs = socket.socketpair()
                with theirs:
                    try:
                        socket.send_fds(self._started(), [order], [theirs.fileno()])
                        return ours
                    except OSError:
                        ours.close()
                        self._stop()
        return None

    def _started(self) -> socket.socket:
        if self._server is not None and self._server.poll() is not None:
            self._stop()
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._server = _start(theirs)
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()  # the server ends when nobody can give it orders
            self._control = None
        if self._server is not None:
            try:
                self._server.wait(1)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            self._server = None


def _answer(text: bytes, how: bytes, bounds: Bounds) -> str | Failure:
    if how != b"ok":
        return Failure("time" if how == b"time" else "crash")
    return text[: bounds.answer_length].decode("utf-8", errors="replace").strip() or Failure("crash")


def _start(control: socket.socket) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parent.parent)
    # -P keeps the working directory off the module path: nobody's files there may stand in for ours.
    command = [sys.executable, "-P", "-m", "documents.forkserver"]
    environment = {"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    return subprocess.Popen(
        command, stdin=control.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
        start_new_session=True,
    )  # fmt: skip


def _exchange(line: socket.socket, payload: bytes, bounds: Bounds) -> bytes | None:
    """Send the content, take the answer up to the last word on it, the child's or the server's; None when that never
    comes."""
    deadline = time.monotonic() + bounds.timeout + _PATIENCE
    answer = b""
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it ended before it had read everything
            line.settimeout(max(deadline - time.monotonic(), 0.1))
            line.sendall(payload)
            line.shutdown(socket.SHUT_WR)
        while len(answer) <= bounds.answer_length + _PIECE:
            line.settimeout(max(deadline - time.monotonic(), 0.1))
            piece = line.recv(_PIECE)
            if not piece:
                break
            answer += piece
            if answer.endswith(ANSWERED):
                break
    except TimeoutError:
        return None
    except OSError:
        return answer
    return answer


_SHARED = Sandbox()
atexit.register(_SHARED.close)


def run_limited(
    function_name: str,
    payload: bytes,
    cpu_seconds: int = 5,
    memory_bytes: int = 512 * 1024 * 1024,
    timeout: float = 15,
) -> str:
    """Run one of `FUNCTIONS` on the payload in a limited child; its answer, or "unreadable" when it ended badly."""
    answer = run_child(function_name, payload, cpu_seconds, memory_bytes, timeout)
    return UNREADABLE if isinstance(answer, Failure) else answer


def run_child(
    function_name: str,
    payload: bytes,
    cpu_seconds: int,
    memory_bytes: int,
    timeout: float,
    answer_length: int = _ANSWER_LENGTH,
) -> str | Failure:
    """Run one of `FUNCTIONS` on the payload in a limited child of this process's server."""
    return _SHARED.run(function_name, payload, Bounds(cpu_seconds, memory_bytes, timeout, answer_length))
