"""A child process with little time and memory, in which content from outside is parsed.

A parser that loops, eats memory or crashes on a hostile file takes only its child with it; the caller gets
"unreadable". The child gets the bytes on standard input and no environment to speak of.
"""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

UNREADABLE = "unreadable"

_ANSWER_LENGTH = 1000


def run_limited(
    function_name: str,
    payload: bytes,
    cpu_seconds: int = 5,
    memory_bytes: int = 512 * 1024 * 1024,
    timeout: float = 15,
) -> str:
    """Run one of `FUNCTIONS` on the payload in a limited child; its answer, or "unreadable" when it ended badly."""
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
    except (subprocess.TimeoutExpired, OSError):
        return UNREADABLE
    if child.returncode != 0:
        return UNREADABLE
    return child.stdout[:_ANSWER_LENGTH].decode("utf-8", errors="replace").strip() or UNREADABLE


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


FUNCTIONS: dict[str, Callable[[bytes], str]] = {"pdf_state": pdf_state}


def limit(cpu_seconds: int, memory_bytes: int) -> None:
    """Bind this process to so much CPU time and address space, for good."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main(arguments: list[str]) -> None:
    """Do the work of the child: NAME CPU-SECONDS MEMORY-BYTES, content on standard input, answer on standard output."""
    name, cpu_seconds, memory_bytes = arguments
    limit(int(cpu_seconds), int(memory_bytes))
    print(FUNCTIONS[name](sys.stdin.buffer.read()))


if __name__ == "__main__":
    main(sys.argv[1:])
