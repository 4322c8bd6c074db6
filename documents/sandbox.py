"""A child process with little time and memory and no network, in which content from outside is parsed.

A parser that loops, eats memory or crashes on a hostile file takes only its child with it. The child gets the bytes on
standard input and no environment to speak of.
"""

import io
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

UNREADABLE = "unreadable"

_ANSWER_LENGTH = 1000
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


@dataclass(frozen=True, slots=True)
class Failure:
    """The child gave no answer: it ran out of time, or ended badly."""

    reason: Literal["time", "crash"]


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
    """Run one of `FUNCTIONS` on the payload in a limited child; its answer, or how it ended."""
    if function_name not in FUNCTIONS:
        raise KeyError(function_name)
    root = str(Path(__file__).resolve().parent.parent)
    # -P keeps the working directory off the module path: nobody's files there may stand in for ours.
    command = [sys.executable, "-P", "-m", "documents.sandbox", function_name, str(cpu_seconds), str(memory_bytes)]
    environment = {"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    try:
        # In a session of its own: a Ctrl-C meant for the daemon must not make a good file look broken.
        child = subprocess.run(
            command,
            input=payload,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout,
            env=environment,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return Failure("time")
    except OSError:
        return Failure("crash")
    if child.returncode != 0:
        return Failure("time" if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL) else "crash")
    return child.stdout[:answer_length].decode("utf-8", errors="replace").strip() or Failure("crash")


def pdf_state(content: bytes) -> str:
    """Say whether a PDF is `ok`, `encrypted` or `broken`."""
    # Only the child needs the library; the daemon does not carry it.
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            # An empty user password opens the file for everybody: people see no lock on it.
            return "ok" if reader.decrypt("") else "encrypted"
        return "ok" if len(reader.pages) > 0 else "broken"
    except DependencyError:
        return "encrypted"
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return "broken"


# By name only: the child loads what it was started for, the daemon none of it.
FUNCTIONS: dict[str, str] = {
    "pdf_state": "documents.sandbox:pdf_state",
    "invoice": "documents.invoices.worker:work",
}


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


def main(arguments: list[str]) -> None:
    """Do the work of the child: NAME CPU-SECONDS MEMORY-BYTES, content on standard input, answer on standard output."""
    name, cpu_seconds, memory_bytes = arguments
    leave_network()
    limit(int(cpu_seconds), int(memory_bytes))
    print(function_of(name)(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main(sys.argv[1:])
