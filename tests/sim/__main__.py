"""`python -m tests.sim`: plays seeds until one fails, and says how to play that one again."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from tests.sim.walk import STEPS, Outcome, play  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds (default 200)")
    parser.add_argument("--start", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--seed", type=int, help="one seed alone")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"steps of each seed (default {STEPS})")
    parser.add_argument("--without", default="", help="steps that are left out, as 3,17,21")
    parser.add_argument("--trace", action="store_true", help="tells the whole story of the seed")
    parser.add_argument("--keep-going", action="store_true", help="goes on behind a failure")
    chosen = parser.parse_args()
    without = {int(number) for number in chosen.without.split(",") if number}
    if chosen.seed is not None:
        outcome = play(chosen.seed, chosen.steps, without)
        print("\n".join(outcome.story if chosen.trace else outcome.story[-15:]))
        tell(outcome)
        return 1 if outcome.breaches else 0
    return many(chosen.start, chosen.seeds, chosen.steps, chosen.keep_going)


def many(start: int, seeds: int, steps: int, keep_going: bool) -> int:
    began, told, failed = time.monotonic(), time.monotonic(), 0
    totals: Counter[str] = Counter()
    spent = 0.0
    for seed in range(start, start + seeds):
        outcome = play(seed, steps)
        totals.update(outcome.figures)
        spent += outcome.seconds
        if outcome.breaches:
            failed += 1
            print("\n".join(outcome.story[-15:]))
            tell(outcome)
            if not keep_going:
                return 1
        if time.monotonic() - told > 10:
            told = time.monotonic()
            print(f"{seed - start + 1} seeds, {(seed - start + 1) / spent:.1f} a second of processor time", flush=True)
    print(f"{seeds} seeds of {steps} steps, {failed} failed, {time.monotonic() - began:.0f} s ({seeds / spent:.1f} seeds a second of"
          " processor time):", ", ".join(f"{value} {name}" for name, value in totals.items()))  # fmt: skip
    return 1 if failed else 0


def tell(outcome: Outcome) -> None:
    for breach in outcome.breaches[:10]:
        print(f"BREACH {breach}")
    if outcome.breaches:
        print(f"python -m tests.sim --seed {outcome.seed} --trace")
    else:
        print(f"seed {outcome.seed}: nothing wrong; {outcome.figures}")


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, "-m", "tests.sim", *sys.argv[1:]], os.environ | {"PYTHONHASHSEED": "0"})
    sys.exit(main())
