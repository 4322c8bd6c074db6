"""The process that keeps the readers of files loaded and forks a limited child for each file.

Loading the readers takes half a second, a fork a few milliseconds; one child is therefore forked before its file comes.
This process itself never looks into a file: what a hostile one does to its reader ends with that child, and the next
file meets a fresh copy. Orders come as fixed-length records on a socket, each with a socket of its own for the content
and the answer.
"""

import contextlib
import gc
import io
import math
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module

ORDER = struct.Struct("!24sQQd")
"""Name of the function, seconds of CPU, bytes of memory, seconds in all."""
STATUS = b"\x00"
"""Stands before the last word on each child: `ok`, `time` or `crash`. No answer holds this byte."""
ANSWERED = STATUS + b"ok"
"""The child's own word behind its whole answer: nobody need wait until the system has cleared up after it."""

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
_IDLE = 0.05
"""After so many seconds without an order, a child that waits has the time to make itself ready."""


@dataclass(frozen=True, slots=True)
class _Child:
    """`life` is the end of a pipe whose other end only the child and its own children hold; `line` goes to the daemon,
    or to a child that waits for its order."""

    pid: int
    life: int
    line: socket.socket
    deadline: float


def serve(control: socket.socket) -> None:
    """Give each order to a fresh child until the daemon hangs up; then nothing of ours is left. One child is forked in
    advance, when there is nothing else to do, and waits for the next order: its one and only."""
    children: dict[int, _Child] = {}
    spare: _Child | None = None
    try:
        while True:
            ready = _next(control, children, spare)
            for life in children.keys() & ready:
                child = children.pop(life)
                _end(child, "time" if child.deadline <= time.monotonic() else "crash")
            for child in [one for one in children.values() if one.deadline <= time.monotonic()]:
                _end(children.pop(child.life), "time")
            if control.fileno() in ready:
                if spare is not None and _is_lost(spare):
                    _end(spare, "crash")
                    spare = None
                spare = spare or _forked(control, children)
                begun = _begin(control, spare)
                if begun is None:
                    return
                children[begun.life], spare = begun, None
            elif not ready and spare is None:
                spare = _forked(control, children)
    finally:
        for child in (*children.values(), *([spare] if spare else ())):
            _end(child, "time")


def _next(control: socket.socket, children: dict[int, _Child], spare: _Child | None) -> set[int]:
    """What has news: an order, or the end of a child. Without a spare child nothing is waited for."""
    nearest = min((child.deadline for child in children.values()), default=None)
    patience = None if nearest is None else max(nearest - time.monotonic(), 0)
    return set(select.select([control.fileno(), *children], [], [], patience if spare else 0)[0])


def _forked(control: socket.socket, children: dict[int, _Child]) -> _Child:
    """A child that waits for its order."""
    ours, theirs = socket.socketpair()
    life, held = os.pipe()
    pid = os.fork()
    if pid == 0:
        lines = (one.line.fileno() for one in children.values())
        _work(theirs, {control.fileno(), ours.fileno(), life, *children, *lines})
    theirs.close()
    os.close(held)
    return _Child(pid, life, ours, math.inf)


def _is_lost(spare: _Child) -> bool:
    """Did it end while it waited, as when the system was short of memory?"""
    return bool(select.select([spare.life], [], [], 0)[0])


def _begin(control: socket.socket, spare: _Child) -> _Child | None:
    """Hand one order on to the child that waits; None when there will be no more."""
    record, handles, _, _ = socket.recv_fds(control, ORDER.size, 1)
    if len(record) < ORDER.size or not handles:
        return None
    with spare.line:
        socket.send_fds(spare.line, [record], handles)
    seconds = ORDER.unpack(record)[-1]
    return replace(spare, line=socket.socket(fileno=handles[0]), deadline=time.monotonic() + seconds)


def _end(child: _Child, how: str) -> None:
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
    with contextlib.suppress(OSError):  # the daemon may have hung up, or has its answer already
        child.line.send(STATUS + how.encode(), socket.MSG_DONTWAIT)
    child.line.close()
    os.close(child.life)


def _work(orders: socket.socket, not_ours: set[int]) -> None:
    """The child: take one order, bind itself, read the content, answer, and be gone. It never returns."""
    status = 1
    try:
        os.setpgid(0, 0)
        for handle in not_ours:
            os.close(handle)
        if not select.select([orders], [], [], _IDLE)[0]:
            make_ready()
        record, handles, _, _ = socket.recv_fds(orders, ORDER.size, 1)  # nothing when the server has ended
        orders.close()
        name, cpu_seconds, memory_bytes, _ = ORDER.unpack(record)
        limit(cpu_seconds, memory_bytes)
        line = socket.socket(fileno=handles[0])
        content = io.BytesIO()
        while piece := line.recv(_PIECE):
            content.write(piece)
        answer = function_of(name.rstrip(b"\0").decode())(content.getvalue())
        line.sendall(answer.replace("\0", "").encode("utf-8", "replace") + ANSWERED)
        status = 0
    finally:
        os._exit(status)


def make_ready() -> None:
    """Read a page of our own: what is made at the first use, such as patterns and fonts, is then there, and in a child
    the memory that reading changes is its own already and need not be copied while a file waits."""
    warm: Callable[[], None] = import_module("documents.invoices.worker").warm
    warm()


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
    make_ready()
    gc.freeze()  # what is loaded now is shared with every child and never looked at by the collector
    serve(control)


if __name__ == "__main__":
    sys.modules["documents.forkserver"] = sys.modules["__main__"]
    main()
