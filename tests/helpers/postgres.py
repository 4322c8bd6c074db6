"""A real PostgreSQL in a folder of its own, run without privileges; each test gets a database of its own.

Its collation is that of a language on purpose: whatever relies on the order of bytes must say so itself.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import psycopg

from helpers.dovecot import free_port
from workflow.journal.tables import COMPATIBLE_FROM

USER = "postgres"
SETTINGS: Mapping[str, str] = {
    "fsync": "off",  # the tests' power does not fail; benchmarks turn it on
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "log_min_messages": "warning",
    "autovacuum_naptime": "5s",
}


class PostgresServer:
    """initdb, start, stop, kill; the socket and everything else lie in one folder."""

    def __init__(
        self, settings: Mapping[str, str] = SETTINGS, listen: str = "", follows: PostgresServer | None = None
    ) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="countersign-postgres-"))
        self.port = free_port()
        self._settings, self._listen = settings, listen
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.remove)
        if os.geteuid() == 0:
            shutil.chown(self.home, USER, USER)
        if follows is not None:
            follows.run("pg_basebackup", "--checkpoint=fast", "--no-sync", "-R", "-D", str(self.data))
            return
        self._run("initdb", "-D", str(self.data), "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-sync",
                  "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")  # fmt: skip

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> PostgresServer:
        """Returns when it answers."""
        options = {"listen_addresses": self._listen, "unix_socket_directories": str(self.home),
                   "port": str(self.port), **self._settings}  # fmt: skip
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with open(self.home / "log", "ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", str(self.data), *arguments], stdout=log, stderr=log, cwd=self.home,
                **_unprivileged(),
            )  # fmt: skip
        self._wait_until_it_answers()
        return self

    def allow(self, network: str) -> None:
        """Connections from there, without a password."""
        with open(self.data / "pg_hba.conf", "a") as rules:
            rules.write(f"host all all {network} trust\n")

    def standby(self) -> PostgresServer:
        """Another server that follows this one and takes no writes until it is promoted."""
        return PostgresServer(self._settings, follows=self).start()

    def has_followed(self, leader: PostgresServer) -> bool:
        """Whether all that the leader has written is here."""
        [[written]] = leader.sql("SELECT pg_current_wal_lsn()")
        [[there]] = self.sql(f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn")
        return bool(there)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: connections are cut and it ends in order; SIGQUIT: as in a crash."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(how)
            process.wait(30)

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.home, ignore_errors=True)

    # --- databases --------------------------------------------------------------------------------------------------

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={self.home}&port={self.port}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(dbname=database, host=str(self.home), port=self.port, user=USER, autocommit=True)

    def sql(self, text: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with self.connect(database) as connection:
            cursor = connection.execute(text)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def database(self, template: str = "template0") -> str:
        """A new database; its URL."""
        name = f"journal{os.getpid()}_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of PostgreSQL's own programs (pg_dump, psql, …) as the server's user."""
        place = {"PGHOST": str(self.home), "PGPORT": str(self.port), "PGUSER": USER}
        return self._run(program, *arguments, **place)

    def _run(self, program: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [_program(program), *arguments], capture_output=True, text=True, cwd=self.home, check=False,
            env={**os.environ, **variables}, **_unprivileged(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                self.sql("SELECT 1")
                return
            except psycopg.OperationalError:
                process = self._process
                if process is None or process.poll() is not None or time.monotonic() > until:
                    raise AssertionError((self.home / "log").read_text()) from None
                time.sleep(0.02)


@cache
def shared_server() -> PostgresServer:
    """One server for the tests of one process."""
    return PostgresServer().start()


@cache
def blank_database() -> str:
    """The name of a database with the journal's tables, to copy from."""
    from helpers.world import NOW
    from workflow.journal.engine import open_engine
    from workflow.journal.schema import upgrade

    url = shared_server().database()
    engine = open_engine(url)
    upgrade(engine, NOW)
    engine.dispose()
    return url.partition("@/")[2].partition("?")[0]


_FREE: list[str] = []


def blank_journal_url() -> str:
    """A database of its own with the journal's tables in it, and nothing in them."""
    return _FREE.pop() if _FREE else shared_server().database(blank_database())


def give_back(url: str) -> None:
    """Emptied for the next test, which is faster than making another."""
    database = url.partition("@/")[2].partition("?")[0]
    with shared_server().connect(database) as connection:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        names = [str(row[0]) for row in connection.execute(tables)]
        connection.execute("; ".join(f"DELETE FROM {name}" for name in names))  # type: ignore[call-overload]
        connection.execute("INSERT INTO meta VALUES ('compatible_from', '" + COMPATIBLE_FROM + "')")  # type: ignore[call-overload]
        connection.execute("ALTER SEQUENCE deeds_id_seq RESTART; ALTER SEQUENCE anchors_id_seq RESTART")
    _FREE.append(url)


def _program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[-1:] or [shutil.which(name)]
    assert found[0] is not None, name
    return str(found[0])


def _unprivileged() -> dict[str, object]:
    """The server refuses to run as root."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
