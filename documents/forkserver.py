"""The process that keeps the readers of files loaded and forks a limited child for each file.

Loading the readers takes half a second, a fork a few milliseconds. This process itself never looks into a file: what a
hostile one does to its reader ends with that child, and the next file meets a fresh copy. Orders come as fixed-length
records on a socket, each with a socket of its own for the content and the answer.
"""

import contextlib
import gc
import io
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

ORDER = struct.Struct("!24sQQd")
"""Name of the function, seconds of CPU, bytes of memory, seconds in all."""
STATUS = b"\x00"
"""Stands before the last word on each child: `ok`, `time` or `crash`. No answer holds this byte."""

# By name only: the server loads what it is told to, the daemon none of it.
FUNCTIONS: dict[str, str] = {
    "pdf_state": "documents.pdf_state:pdf_state",
    "invoice": "documents.invoices.worker:work",
    "page_picture": "documents.invoices.page:picture",
    "inner_files": "documents.invoices.page:inner",
    "table": "documents.tables:work",
}
# What nearly every file needs; the rest is loaded by the child that needs it.
_PRELOADED = (
    "documents.invoices.worker", "documents.invoices.pdf", "documents.invoices.scan", "documents.invoices.office",
    "documents.invoices.mails", "documents.invoices.page",
)  # fmt: skip
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    line: socket.socket
    deadline: float


def serve(control: socket.socket) -> None:
    """Fork a child for each order until the daemon hangs up; then nothing of ours is left."""
    children: dict[int, _Child] = {}  # by the end of a pipe whose other end only the child and its own children hold
    try:
        while True:
            nearest = min((child.deadline for child in children.values()), default=None)
            patience = None if nearest is None else max(nearest - time.monotonic(), 0)
            ready, _, _ = select.select([control.fileno(), *children], [], [], patience)
            for life in children.keys() & set(ready):
                _end(children.pop(life), life, "crash")
            for life, child in [one for one in children.items() if one[1].deadline <= time.monotonic()]:
                del children[life]
                _end(child, life, "time")
            if control.fileno() in ready and not _begin(control, children):
                return
    finally:
        for life, child in children.items():
            _end(child, life, "time")


def _begin(control: socket.socket, children: dict[int, _Child]) -> bool:
    """Take one order; False when there will be no more."""
    record, handles, _, _ = socket.recv_fds(control, ORDER.size, 1)
    if len(record) < ORDER.size or not handles:
        return False
    name, cpu_seconds, memory_bytes, seconds = ORDER.unpack(record)
    line = socket.socket(fileno=handles[0])
    life, held = os.pipe()
    pid = os.fork()
    if pid == 0:
        not_ours = {control.fileno(), life, *children, *(one.line.fileno() for one in children.values())}
        _work(name.rstrip(b"\0").decode(), line, cpu_seconds, memory_bytes, not_ours)
    os.close(held)
    children[life] = _Child(pid, line, time.monotonic() + seconds)
    return True


def _end(child: _Child, life: int, how: str) -> None:
    """Kill what is left of a child and of what it started, and say how it ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)
    _, status = os.waitpid(child.pid, 0)
    if how != "time" and os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
        how = "ok"
    elif how != "time" and os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        how = "time"
    with contextlib.suppress(OSError):  # the daemon may have hung up, or does not listen any more
        child.line.send(STATUS + how.encode(), socket.MSG_DONTWAIT)
    child.line.close()
    os.close(life)


def _work(name: str, line: socket.socket, cpu_seconds: int, memory_bytes: int, not_ours: set[int]) -> None:
    """The child: bind itself, read the content, answer, and be gone. It never returns."""
    status = 1
    try:
        os.setpgid(0, 0)
        for handle in not_ours:
            os.close(handle)
        limit(cpu_seconds, memory_bytes)
        content = io.BytesIO()
        while piece := line.recv(_PIECE):
            content.write(piece)
        line.sendall(function_of(name)(content.getvalue()).replace("\0", "").encode("utf-8", "replace"))
        status = 0
    finally:
        os._exit(status)


def function_of(name: str) -> Callable[[bytes], str]:
    """Load one of `FUNCTIONS`."""
    module, _, function = FUNCTIONS[name].partition(":")
    loaded: Callable[[bytes], str] = getattr(import_module(module), function)
    return loaded


def limit(cpu_seconds: int, memory_bytes: int) -> None:
    """Bind this process to so much CPU time and address space, for good."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def leave_network() -> None:
    """Move this process into a network of its own, which reaches nothing; where the system forbids that, it stays."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    unshare = getattr(libc, "unshare", None)
    if unshare is not None and unshare(_CLONE_NEWNET) != 0:
        unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def main() -> None:
    """Be the server: its orders come on standard input, which is a socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C meant for the daemon must not make a good file look broken
    leave_network()
    control = socket.socket(fileno=os.dup(0))
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for module in _PRELOADED:
        import_module(module)
    import_module("documents.invoices.worker").warm()
    gc.freeze()  # what is loaded now is shared with every child and never looked at by the collector
    serve(control)


if __name__ == "__main__":
    sys.modules["documents.forkserver"] = sys.modules["__main__"]
    main()
