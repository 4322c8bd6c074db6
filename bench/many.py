"""Several daemons on one PostgreSQL: how many requests a second go from the mailbox to the approver's notice.

`python -m bench.many --daemons 1 2 4`. One daemon reads the mailbox; all of them write and send.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.ground import ROOT, Ground, ground

sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers.postgres import PostgresServer  # noqa: E402
from helpers.world import NOW  # noqa: E402
from workflow.journal.engine import open_engine  # noqa: E402
from workflow.journal.schema import upgrade  # noqa: E402

PATIENCE = 300.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.many")
    parser.add_argument("--daemons", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--mails", type=int, default=100)
    wanted = parser.parse_args()
    server = PostgresServer({"max_connections": "200"}).start()  # with every flush that it does by itself
    for count in wanted.daemons:
        with tempfile.TemporaryDirectory(dir=ROOT, prefix="bench-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            with ground(folder / "servers") as place:
                place.fill(wanted.mails)
                rate = measure(place, folder / "ours", prepared(server), count, wanted.mails)
        print(f"PostgreSQL, {count} daemons: {rate:.1f} requests a second", flush=True)
    server.remove()


def prepared(server: PostgresServer) -> str:
    url = server.database()
    engine = open_engine(url)
    upgrade(engine, NOW)
    engine.dispose()
    return url


def measure(place: Ground, folder: Path, url: str, count: int, mails: int) -> float:
    """Requests a second between the first and the last approval notice."""
    settings = place.write_settings(folder)
    settings.write_text(settings.read_text().replace("sqlite:///var/journal.db", url))
    command = [sys.executable, "-m", "workflow", "--config", str(settings), "run"]
    running = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) for _ in range(count)]
    try:
        times = [_approval(place) for _ in range(mails)]
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(60)
    return (mails - 1) / (max(times) - min(times))


def _approval(place: Ground) -> float:
    until = time.monotonic() + PATIENCE
    while True:
        line = place.taken.get(timeout=max(0.1, until - time.monotonic()))
        if str(line["to"]).startswith("head@"):
            return float(str(line["at"]))


if __name__ == "__main__":
    os.environ.setdefault("COUNTERSIGN_TEST_PASSWORD", "secret")
    main()
