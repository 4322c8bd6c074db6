"""What a pass over a registry costs with a journal behind it, from the saved edit to the journal and back.

`python -m bench.passes [ROWS ...]` for workbooks, `--google` for an online sheet on the local server, `--calls` for how
often Google is asked in a day, `--processor` to count processor time. Beside each figure stands what any program would
have to do: read the values, rewrite the zip. The first edit after a start has every row looked into, so it stands by
itself. Last, the same once the rows that rest have moved to the archive: the live sheet costs what is live.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.registry import ROOT, calamine_read, rewrite

sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers.registry_room import MONDAY, Room  # noqa: E402
from helpers.sheets_server import SheetsServer, at_google  # noqa: E402
from sheets.excel import ExcelRegistry  # noqa: E402
from sheets.google import Pace  # noqa: E402
from sheets.model import Change  # noqa: E402
from sheets.registry import Registry  # noqa: E402
from workflow.core.commands import Comment  # noqa: E402
from workflow.journal import Cause, Result  # noqa: E402
from workflow.service import Service  # noqa: E402

FIRST = "PAY-2026-00001"
SIZES = (100, 10_000, 50_000)
CLOCK = [time.perf_counter]
"""With `--processor` only the time that this process had the processor counts: for machines that are busy."""
LIVE = 50
"""Of the rows, those that are still to be paid; the others are paid, told and at rest."""


def grow(room: Room, source: str, start: int, end: int) -> None:
    """Copy a request under the numbers from `start` to `end`."""
    for table, names in (("requests", "state"), ("events", "payload")):
        with room.engine.begin() as connection:
            columns = [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))]
            number = f"printf('PAY-2026-%05d', {start} + n)"
            copied = ", ".join(
                number if name == "reference"
                else f"replace({name}, '{source}', {number})" if name == names
                else f"{name} || '-' || n" if name in ("cause", "hash", "head")
                else name
                for name in columns
            )  # fmt: skip
            connection.execute(text(
                f"INSERT INTO {table} ({', '.join(columns)}) "
                f"WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {end - start}) "
                f"SELECT {copied} FROM {table}, numbers WHERE reference = '{source}'"
            ))  # fmt: skip


def filled(room: Room, rows: int) -> Room:
    """A registry with so many rows, nearly all of them paid."""
    room.open()
    paid = room.shown(pay_by="24.11.2026")
    room.type(paid, status="Paid")
    room.work()
    room.wait(minutes=11)
    room.ring()
    waiting = room.shown()
    room.work()
    grow(room, paid, 3, rows - LIVE)
    grow(room, waiting, rows - LIVE + 1, rows)
    room.sync.rebuild()
    room.work()
    return room


class Watch:
    """Says when the first order of a pass was in the journal."""

    def __init__(self, room: Room) -> None:
        self.room, self.at = room, 0.0

    @contextmanager
    def looking(self) -> Iterator[None]:
        usual = Service.handle

        def handle(*arguments: Any, **named: Any) -> Result:
            result = usual(*arguments, **named)
            self.at = self.at or _now()
            return result

        self.at = 0.0
        Service.handle = handle  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            Service.handle = usual  # type: ignore[method-assign]


def _now() -> float:
    return CLOCK[0]()


def timed(work: Callable[[], object]) -> float:
    start = _now()
    work()
    return _now() - start


def edits(room: Room, person: Registry, count: int) -> tuple[float, float]:
    """Somebody changes the comments of so many rows and saves: seconds until the first is journaled, and to the end."""
    snapshot = person.read()
    chosen = sorted(snapshot.rows)[-count:]
    said = f"said at {_now()}"
    changes = [Change(reference, {"accountant_comment": said}) for reference in chosen]
    person.write(changes, snapshot.version, generation=snapshot.generation or 0)
    room.wait(seconds=6)
    watch = Watch(room)
    with watch.looking():
        start = _now()
        room.sync.work_once()
    return watch.at - start, _now() - start


def orders(room: Room, count: int) -> float:
    """Words by mail to so many requests: seconds to write their rows."""
    references = sorted(room.registry.read().rows)[-count:]
    for reference in references:
        cause = Cause(f"bench:{_now()}:{reference}")
        room.service.handle(Comment("rita@example.test", "a word", "requester"), cause, reference)
    room.wait(seconds=6)
    return timed(room.sync.work_once)


def passes(room: Room, person: Registry, floor: Callable[[], tuple[float, float]]) -> None:
    """One line for each kind of pass."""
    room.sync.work_once()
    idle = min(timed(room.sync.work_once) for _ in range(20))
    read, rewritten = floor()
    lines = [f"  unchanged pass     {idle * 1000:8.2f} ms"]
    room.sync.forget()
    seen, _ = edits(room, person, 1)
    lines.append(f"  the first after a start {seen:.3f} s{_times(seen, read)}")
    for count in (1, 100):
        seen, whole = edits(room, person, count)
        answered = f"answered in the sheet {whole:.3f} s"
        lines.append(f"  {count:3} edits journaled {seen:7.3f} s{_times(seen, read)}, {answered}")
    for count in (1, 100):
        written = orders(room, count)
        lines.append(f"  {count:3} rows by mail     {written:7.3f} s{_times(written, rewritten)}")
    print("\n".join(lines), flush=True)


def _times(seconds: float, floor: float) -> str:
    return f"  {seconds / floor:5.2f} x" if floor else ""


def workbook(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT) as folder:
        room = filled(Room(Path(folder), "excel"), rows)
        person = ExcelRegistry(room.book, room.layout)

        def floor() -> tuple[float, float]:
            room.sync._seen = None
            return min(timed(lambda: calamine_read(room.book)) for _ in range(3)), timed(lambda: rewrite(room.book))

        print(f"workbook of {rows} rows, {room.book.stat().st_size / 2**20:.1f} MB: beside calamine, beside the zip")
        passes(room, person, floor)
        room.wait(days=366)
        moved = timed(lambda: [room.sync.work_once() for _ in range(rows // 2000 + 3)])
        left = len(room.registry.read().rows)
        print(f"  archive: {rows - left} rows moved in {moved:.1f} s; then, with {left} rows left:")
        passes(room, person, floor)
        print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", flush=True)


def online(rows: int) -> None:
    server = SheetsServer().start()
    try:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT) as folder:
            room = filled(Room(Path(folder), "google", server=server), rows)
            person = at_google(server, room.layout, room.folder)
            print(f"online sheet of {rows} rows on the local server")
            passes(room, person, lambda: (timed(person.read), 0.0))
    finally:
        server.stop()


def calls(requests: int) -> None:
    """A tenth of a working day on a clock of its own: each request is approved, written, paid by the accountant."""
    server = SheetsServer().start()
    try:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT) as folder:
            room = Room(Path(folder), "google", server=server)
            pace = Pace.unhurried(timedelta(seconds=5))
            inner = at_google(server, room.layout, room.folder, clock=lambda: room.time, pace=pace)
            room.registry.inner = inner
            room.open()
            before, ticks = len(server.calls), int(timedelta(hours=2.4) / timedelta(seconds=5))
            every = ticks // (requests // 10) if requests else ticks + 1
            waiting: list[str] = []
            for tick in range(ticks):
                room.wait(seconds=5)
                if tick % every == 0 and requests:
                    waiting.append(room.approved(pay_by=f"{MONDAY + timedelta(days=5):%d.%m.%Y}"))
                if tick % every == every // 2 and waiting and waiting[0] in inner.read().rows:
                    room.type(waiting.pop(0), status="Paid")
                room.ring()
                room.sync.work_once()
            print(f"Google is asked {(len(server.calls) - before) * 10:,} times a day at {requests} requests a day")
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.passes")
    parser.add_argument("rows", type=int, nargs="*")
    parser.add_argument("--google", action="store_true")
    parser.add_argument("--calls", action="store_true")
    parser.add_argument("--processor", action="store_true")
    wanted = parser.parse_args()
    CLOCK[:] = [time.process_time] if wanted.processor else CLOCK
    if wanted.calls:
        for requests in (0, 500):
            calls(requests)
        return
    for rows in wanted.rows or ((10_000,) if wanted.google else SIZES):
        online(rows) if wanted.google else workbook(rows)


if __name__ == "__main__":
    main()
