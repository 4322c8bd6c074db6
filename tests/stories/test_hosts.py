"""Hosts that lose one another: a primary that fails, a daemon cut off from the database but not from mail."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import countersign
from helpers.daemons import ROOT, RunningDaemon, daemons, until
from helpers.needs import needs
from helpers.network import DATABASE, MAIL, Forwarder, OtherHost, needs_namespaces
from helpers.postgres import PostgresServer
from helpers.realmail import RealMail
from helpers.world import NOW
from stories.offices import Office, logs
from stories.stage import USERS
from workflow.journal.engine import open_engine
from workflow.journal.schema import upgrade

pytestmark = [pytest.mark.postgres, needs("postgres")]


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[RealMail]:
    (tmp_path / "servers").mkdir()
    with RealMail(tmp_path / "servers", USERS) as mail:
        yield mail


def prepared(server: PostgresServer) -> str:
    """A database with the journal's tables."""
    url = server.database()
    engine = open_engine(url)
    upgrade(engine, NOW)
    engine.dispose()
    return url


def test_a_standby_takes_over_and_the_work_goes_on_by_itself(tmp_path: Path, mail: RealMail) -> None:
    first = PostgresServer().start()
    url = prepared(first)
    second = first.standby()
    both = url.replace(f"host={first.home}", f"host={first.home},{second.home}")
    both = both.replace(f"port={first.port}", f"port={first.port},{second.port}")
    office = Office(tmp_path, mail, both)
    with daemons(office.settings, 1) as running:
        office.ask(2)
        until(office.settled, lambda: logs(running))
        until(lambda: second.has_followed(first))
        first.stop(signal.SIGQUIT)
        office.ask(2)
        until(lambda: "database cannot be used" in logs(running), lambda: logs(running))
        alone = tmp_path / "standby.toml"
        alone.write_text(office.settings.read_text().replace(both, url.replace(str(first.home), str(second.home))
                                                             .replace(str(first.port), str(second.port))))  # fmt: skip
        told = countersign(alone, "status", "--json")
        assert (told.returncode, "journal_standby" in told.stdout) == (1, True), told
        second.sql("SELECT pg_promote()")
        until(office.settled, lambda: logs(running))
        until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs(running)}")
        assert "Traceback" not in logs(running)
    office.engine.dispose()
    for server in (first, second):
        server.remove()


@needs_namespaces()
def test_a_daemon_cut_off_from_the_database_stops_sending_before_another_takes_over(
    tmp_path: Path, mail: RealMail
) -> None:
    """It still reaches the mail server, and must not use that."""
    with OtherHost() as host:
        server = PostgresServer(listen=DATABASE)
        server.allow(f"{DATABASE}/30")
        office = Office(tmp_path, mail, prepared(server.start()))
        wires = [Forwarder(MAIL, port) for port in (mail.imap_port, mail.smtp_port)]
        there = tmp_path / "there.toml"
        text = office.settings.read_text().replace('"127.0.0.1"', f'"{MAIL}"')
        patience = "tcp_user_timeout=3000&connect_timeout=3"  # a test need not wait for as long as a network may hang
        there.write_text(text.replace(f"host={server.home}", f"host={DATABASE}&{patience}"))
        far = RunningDaemon(there, tmp_path / "far.log", *host.before)
        try:
            until(lambda: f"process {far.pid}" in office.holder("mailbox") or office.holder("mailbox"), far.said)
            office.ask(2)
            until(office.settled, far.said)
            with daemons(office.settings, 1) as running:
                everybody = [far, *running]
                until(lambda: "stands by" in running[0].said(), lambda: logs(everybody))
                office.ask(4)
                until(lambda: len(list(office.journal.requests())) > 2, lambda: logs(everybody))
                host.cut(DATABASE)
                until(lambda: f"process {running[0].pid} " in office.holder("mailbox"), lambda: logs(everybody))
                sent = len(mail.received)
                office.ask(2)
                until(lambda: len(list(office.journal.requests())) == office.asked, lambda: logs(everybody))
                assert len(mail.received) > sent
                host.mend(DATABASE)
                until(office.settled, lambda: logs(everybody))
                until(lambda: not office.wrong(), lambda: f"{office.wrong()} {logs(everybody)}")
        finally:
            far.stop()
            for wire in wires:
                wire.close()
        assert office.wrong() == []
        office.engine.dispose()
        server.remove()


BETWEEN_TWO_STATEMENTS = """
import sys, time
from workflow.journal.engine import open_engine
wire = open_engine(sys.argv[1]).raw_connection().driver_connection.pgconn
wire.exec_(b"BEGIN; SELECT * FROM leases FOR UPDATE")
wire.enter_pipeline_mode()
wire.send_query_params(b"SELECT pg_sleep(2), 'cut'", None)
wire.send_flush_request()
wire.flush()
print("said", flush=True)
time.sleep(600)
"""
"""Several statements sent at once, of which only the first arrives: its answer finds the wire cut."""
OF_IT = "FROM pg_stat_activity WHERE query LIKE '%pg_sleep%cut%' AND pid <> pg_backend_pid()"


@needs_namespaces()
def test_a_session_cut_off_between_statements_sent_at_once_keeps_no_locks() -> None:
    """The database does not count it as idle, and by itself would repeat the answer for a quarter of an hour."""
    with OtherHost() as host:
        server = PostgresServer(listen=DATABASE)
        server.allow(f"{DATABASE}/30")
        url = prepared(server.start()).replace(f"host={server.home}", f"host={DATABASE}")
        command = [*host.before, sys.executable, "-c", BETWEEN_TWO_STATEMENTS, url]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as far:
            try:
                assert far.stdout is not None
                assert far.stdout.readline() == b"said\n"
                until(lambda: server.sql(f"SELECT pid {OF_IT}"))
                host.cut(DATABASE)
                until(lambda: not server.sql(f"SELECT pid {OF_IT}"), lambda: server.sql(f"SELECT * {OF_IT}"))
            finally:
                far.kill()
        server.remove()
