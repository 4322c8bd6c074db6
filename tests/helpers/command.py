"""The program as users call it: a process of its own, with a settings file.

`program` starts it as the shell does. `countersign` forks instead: the same `main`, arguments, environment, working
directory and exit status in a process of its own, without the second that the imports take each time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NoReturn

PROGRAM = Path(sys.executable).parent / "countersign"
LONGEST = 120.0


def environment(**more: str) -> dict[str, str]:
    """The user's own environment, with the password of the tests' mailbox."""
    return {**os.environ, "COUNTERSIGN_TEST_PASSWORD": "secret", "COLUMNS": "200", **more}


def arguments_of(config: Path | None, arguments: tuple[str, ...]) -> list[str]:
    return [str(PROGRAM), *(["--config", str(config)] if config else []), *arguments]


def program(
    config: Path | None, *arguments: str, cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """`countersign [--config FILE] ARGUMENTS`; without a file the default one is looked for."""
    return subprocess.run(
        arguments_of(config, arguments), capture_output=True, text=True, cwd=cwd, timeout=LONGEST,
        env=environment(**more), check=False,
    )  # fmt: skip


def countersign(
    config: Path | None, *arguments: str, cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """The same, forked."""
    command = arguments_of(config, arguments)
    with TemporaryFile() as out, TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            _become(command, cwd, environment(**more), out, err)
        status = _wait(pid)
        said = [_text(file) for file in (out, err)]
    return subprocess.CompletedProcess(command, status, *said)


def _become(
    command: list[str], cwd: Path | None, variables: Mapping[str, str], out: IO[bytes], err: IO[bytes]
) -> NoReturn:
    """In the child: what the shell would have set up, then the program; pytest's own ways out are not taken."""
    status: object = 70
    try:
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        os.chdir(cwd or Path.cwd())
        os.environ.clear()
        os.environ.update(variables)
        sys.argv = command
        _main()
        status = 0
    except SystemExit as ended:
        status = ended.code or 0
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 1)


def _main() -> None:
    from workflow.cli import main

    main()


def _wait(pid: int) -> int:
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise TimeoutError("The program did not end.")


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
