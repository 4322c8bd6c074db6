"""`python -m tests.crash`: power cuts, simulated worlds, every boundary of every story (`--sample`: a few), kills.

It takes hours; in pieces: `--part boundaries --story year --share 2/10`. A table at the end says what was tried.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from tests.crash.campaign import PARTS, WORLDS, Line, Order  # noqa: E402
from tests.crash.repertoire import STORIES  # noqa: E402


def quick_place() -> str | None:
    """Memory where there is some: a killed process loses nothing that it has written, on whichever disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def fraction(text: str) -> tuple[int, int]:
    which, _, of = text.partition("/")
    return int(which), int(of)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many times with kills at random (default 3)")
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"how many simulated worlds (default {WORLDS})")
    parser.add_argument("--sample", action="store_true", help="a spread of 20 boundaries of each story in place of all")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be given again")
    parser.add_argument("--story", action="append", choices=[one.name for one in STORIES], help="only this story")
    parser.add_argument("--act", default="", help="kill only in this act")
    parser.add_argument("--share", type=fraction, default=(1, 1), help="2/5: every fifth boundary from the second on")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one each processor)")
    chosen = parser.parse_args()
    began, lines = time.monotonic(), list[Line]()
    with tempfile.TemporaryDirectory(prefix="countersign-crash-", dir=quick_place()) as folder:
        order = Order(Path(folder), chosen.seeds, chosen.worlds, chosen.sample, chosen.story or (), chosen.act,
                      chosen.share, chosen.jobs)  # fmt: skip
        for name in chosen.part or PARTS:
            lines += PARTS[name](order)
    show(lines)
    failed = sum(line.wrong for line in lines)
    print(f"{'FAILED' if failed else 'passed'} in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def show(lines: Sequence[Line]) -> None:
    """What was tried, what came of it, and how long it took."""
    widest = max((len(line.what) for line in lines), default=0)
    for line in lines:
        print(f"{line.what:<{widest}}  {line.tried:>30}  {line.wrong:>4} wrong  {line.seconds:6.0f} s")


if __name__ == "__main__":
    sys.exit(main())
