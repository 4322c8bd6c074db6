"""The boundaries of a process: every place where it touches the journal, a file or a server, counted and named.

Nothing in the product knows of this. The child process wraps the few functions through which everything goes out
(commit, rename, link, flush, the lines said to IMAP and SMTP, what is changed at Google) and ends itself by SIGKILL at
the point it was told. Between two neighbouring points nothing outside changes, so killing at each of them covers every
moment.
"""

from __future__ import annotations

import imaplib
import os
import re
import signal
import smtplib
import stat
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from psycopg import Connection as Psycopg
from sqlalchemy.engine.default import DefaultDialect

FILE_CALLS = ("replace", "rename", "link", "unlink", "mkdir")
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
TEMPORARY = re.compile(r"[0-9a-f]{24,}|(?<=\.countersign-)\w+")


@dataclass
class Points:
    """Counts the points as they are passed; at number `kill_at` the process is no more."""

    kill_at: int = 0
    names: list[str] = field(default_factory=list)
    _rows: dict[int, int] = field(default_factory=dict)

    def passed(self, name: str, tear: Callable[[], object] | None = None) -> None:
        """Here nothing may be taken for granted; `tear` makes of what was being written a half of it."""
        self.names.append(name)
        if len(self.names) == self.kill_at:
            if tear is not None:
                tear()
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        """A call that changes something outside: a point before it and one behind it. The point before falls away
        where another call has just ended, for it would be the same moment."""
        if not (self.names and self.names[-1].startswith("after ")):
            self.passed(f"before {name}")
        result = call()
        self.passed(f"after {name}")
        return result

    def watch(self) -> None:
        """From here on every boundary of this process is counted."""
        self._watch_commits()
        self._watch_files()
        self._watch_smtp()
        self._watch_imap()
        self._watch_google()

    def _watch_commits(self) -> None:
        commit: Any = DefaultDialect.do_commit

        def counted(dialect: Any, connection: Any) -> Any:
            raw = getattr(connection, "driver_connection", None) or connection
            if not self._has_written(raw):  # nothing to lose
                return commit(dialect, connection)
            return self.around("commit", lambda: commit(dialect, connection))

        DefaultDialect.do_commit = counted  # type: ignore[method-assign]

    def _has_written(self, connection: Any) -> bool:
        if isinstance(connection, Psycopg):
            assigned = connection.execute("SELECT pg_current_xact_id_if_assigned()::text").fetchone()
            return assigned is not None and assigned[0] is not None
        before, self._rows[id(connection)] = self._rows.get(id(connection)), connection.total_changes
        return bool(before != connection.total_changes)

    def _watch_files(self) -> None:
        for name in FILE_CALLS:
            setattr(os, name, self._file_call(name, getattr(os, name)))
        flush = os.fsync

        def counted(handle: Any) -> None:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                flush(handle)  # changes nothing that a killed process could leave behind
                return
            name = _plain(os.readlink(f"/proc/self/fd/{handle}"))
            self.passed(f"half written {name}", lambda: _halve(handle))
            flush(handle)
            self.passed(f"after writing {name}")

        setattr(os, "fsync", counted)  # noqa: B010  its type says more than we need

    def _file_call(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*paths: Any, **options: Any) -> Any:
            what = _plain(os.fspath(paths[-1] if name in ("replace", "rename", "link") else paths[0]))
            nothing_to_do = (name == "mkdir") == os.path.lexists(paths[0])
            if nothing_to_do:
                return call(*paths, **options)
            return self.around(f"{name} {what}", lambda: call(*paths, **options))

        return counted

    def _watch_smtp(self) -> None:
        putcmd, send, getreply = smtplib.SMTP.putcmd, smtplib.SMTP.send, smtplib.SMTP.getreply

        def command(smtp: Any, cmd: str, args: str = "") -> None:
            smtp.last_said = cmd.upper()
            putcmd(smtp, cmd, args)

        def said(smtp: Any, content: Any) -> None:
            is_letter = len(content) > 600
            smtp.last_said = "letter" if is_letter else smtp.last_said
            if is_letter or smtp.last_said in ("MAIL", "RCPT", "DATA"):
                self.passed(f"before SMTP {smtp.last_said}")
            send(smtp, content)

        def heard(smtp: Any) -> Any:
            name = getattr(smtp, "last_said", "greeting")
            if name != "letter":
                return getreply(smtp)
            return self.around("SMTP answer to the letter", lambda: getreply(smtp))

        for name, wrapper in (("putcmd", command), ("send", said), ("getreply", heard)):
            setattr(smtplib.SMTP, name, wrapper)

    def _watch_imap(self) -> None:
        ask = imaplib.IMAP4.uid

        def counted(client: Any, command: str, *words: str) -> Any:
            answer = ask(client, command, *words)
            self.passed(f"after IMAP {command}")
            return answer

        imaplib.IMAP4.uid = counted  # type: ignore[assignment,method-assign]

    def _watch_google(self) -> None:
        send = requests.Session.send

        def counted(session: Any, request: Any, **options: Any) -> Any:
            path = urllib.parse.urlsplit(request.url).path
            if request.method not in CHANGING or path.endswith("/token"):
                return send(session, request, **options)
            name = f"Google {request.method} {path.rpartition('/')[2][-20:]}"
            return self.around(name, lambda: send(session, request, **options))

        requests.Session.send = counted  # type: ignore[assignment,method-assign]


def _halve(handle: int) -> None:
    """By its name: it may have been opened only to be flushed."""
    os.truncate(os.readlink(f"/proc/self/fd/{handle}"), os.fstat(handle).st_size // 2)


def _plain(path: str | bytes) -> str:
    """The name of a file without what changes from run to run."""
    name = os.path.basename(os.fsdecode(path).rstrip("/"))
    return TEMPORARY.sub("…", name)
