"""`python -m tests.crash`: power cuts, simulated worlds, every boundary of the story (`--sample`: a few), kills."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from tests.crash.campaign import WORLDS, every_boundary, power_cuts, random_kills, simulated, through  # noqa: E402


def quick_place() -> str | None:
    """Memory where there is some: a killed process loses nothing that it has written, on whichever disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many times with kills at random (default 3)")
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"how many simulated worlds (default {WORLDS})")
    parser.add_argument("--sample", action="store_true", help="a spread of 25 boundaries in place of all")
    chosen = parser.parse_args()
    began, failed = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="countersign-crash-", dir=quick_place()) as folder:
        for part in (power_cuts, simulated, every_boundary, through, random_kills):
            failed += part(Path(folder), chosen.worlds if part is simulated else chosen.seeds, chosen.sample)
    print(f"{'FAILED' if failed else 'passed'} in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
