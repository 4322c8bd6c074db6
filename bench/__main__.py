"""`make bench`: the figures of this version on this machine."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.ground import ROOT, ground
from bench.intake import floor, product
from bench.latency import daemon, percentile


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--mails", type=int, default=200, help="letters of the intake measurement")
    parser.add_argument("--singles", type=int, default=40, help="letters of the latency measurement")
    parser.add_argument("--no-registry", action="store_true", help="leave out the registry")
    wanted = parser.parse_args()
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for title in ("what", "figure", "beside", "aim"):
        table.add_column(title)
    _intake(table, wanted.mails)
    _latency(table, wanted.singles)
    console.print(table)
    if not wanted.no_registry:
        subprocess.run([sys.executable, "-m", "bench.registry"], cwd=ROOT, check=True)


def _intake(table: Table, mails: int) -> None:
    with tempfile.TemporaryDirectory(dir=ROOT) as name:  # a real disk: fsync on a memory disk costs nothing
        folder = Path(name)
        folder.chmod(0o755)
        with ground(folder / "servers") as place:
            place.fill(mails)
            ours, notices = product(place, folder / "ours", mails)
            least = floor(place, folder / "floor", notices)
            reading = floor(place, folder / "reading", notices, reading=True)
    whole = (ours.processor + ours.readers, least.processor, reading.processor)
    for what, times in (("", (ours.wall, least.wall, reading.wall)), (", processor time of all processes", whole)):
        figure, *floors = (one / mails * 1000 for one in times)
        beside = (f"{name} {one:.1f} ms: ratio {figure / one:.2f}" for name, one in
                  zip(("floor", "floor with the invoice opened"), floors, strict=True))  # fmt: skip
        table.add_row(f"intake of {mails} mails with 60 KB{what}", f"{figure:.1f} ms a mail", "; ".join(beside), "≤ 2")
    table.add_row("of it the readers of files", f"{ours.readers / mails * 1000:.1f} ms a mail", "", "")


def _latency(table: Table, singles: int) -> None:
    with tempfile.TemporaryDirectory(dir=ROOT) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with ground(folder / "servers") as place:
            found = daemon(place, folder / "ours", singles, 100)
    push, whole, bare = found.push_to_notice, found.delivery_to_notice, found.delivery_to_push
    middle, worst = percentile(push, 0.5) * 1000, percentile(push, 0.99) * 1000
    table.add_row("push to approval notice", f"p50 {middle:.0f} ms, p99 {worst:.0f} ms", "", "p50 < 50 ms")
    table.add_row("delivery to approval notice", f"p50 {percentile(whole, 0.5) * 1000:.0f} ms",
                  f"bare IDLE loop hears of it after {percentile(bare, 0.5) * 1000:.0f} ms", "")  # fmt: skip
    held = f"idle {found.idle_mb:.0f} MB, peak {found.peak_mb:.0f} MB"
    table.add_row("memory of daemon and readers (PSS)", held, "", "< 150 MB")
    table.add_row("CPU for 100 mails, both", f"{found.cpu_per_100:.1f} s", "", "")


if __name__ == "__main__":
    main()
