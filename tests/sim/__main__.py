"""`python -m tests.sim`: plays seeds until one fails, and says how to play that one again."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from tests.sim.plants import PLANTS, Plant, caught  # noqa: E402
from tests.sim.shrink import numbers_in, shrink, spelled  # noqa: E402
from tests.sim.walk import STEPS, Outcome, play  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds (default 200)")
    parser.add_argument("--start", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--seed", type=int, help="one seed alone")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"steps of each seed (default {STEPS})")
    parser.add_argument("--without", default="", help="steps that are left out, as 3,17-21")
    parser.add_argument("--trace", action="store_true", help="tells the whole story of the seed")
    parser.add_argument("--keep-going", action="store_true", help="goes on behind a failure")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at once (default: one a processor)")
    parser.add_argument("--plants", action="store_true", help="plants bugs, and tells in which seed each is caught")
    parser.add_argument("--shrink", action="store_true", help="with --seed: leaves out what it does not need to fail")
    parser.add_argument("--rare", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.plants:
        return all_plants(PLANTS)
    if chosen.seed is not None:
        outcome = play(chosen.seed, chosen.steps, numbers_in(chosen.without))
        print("\n".join(outcome.story if chosen.trace else outcome.story[-15:]))
        tell(outcome)
        if outcome.breaches and chosen.shrink:
            tell_short(outcome, chosen.steps)
        return 1 if outcome.breaches else 0
    return many(chosen)


def many(chosen: argparse.Namespace) -> int:
    """One seed after another, shared among the processors, told in their order."""
    began = told = time.monotonic()
    totals: Counter[str] = Counter()
    seeds, failed, spent, done = range(chosen.start, chosen.start + chosen.seeds), 0, 0.0, 0
    with multiprocessing.get_context("spawn").Pool(chosen.jobs) as pool:
        for outcome in pool.imap(partial(play, steps=chosen.steps), seeds):
            totals.update(outcome.figures)
            spent, done = spent + outcome.seconds, done + 1
            if outcome.breaches:
                failed += 1
                print("\n".join(outcome.story[-15:]))
                tell(outcome)
                if failed == 1:
                    tell_short(outcome, chosen.steps)
                if not chosen.keep_going:
                    return 1
            if time.monotonic() - told > 10:
                told = time.monotonic()
                print(f"{done} seeds, {done / spent:.1f} a second of processor time", flush=True)
    figures = ", ".join(f"{value} {name}" for name, value in totals.items())
    print(f"{done} seeds of {chosen.steps} steps, {failed} failed, {time.monotonic() - began:.0f} s "
          f"({done / spent:.1f} seeds a second of processor time): {figures}")  # fmt: skip
    return 1 if failed else 0


def all_plants(plants: tuple[Plant, ...]) -> int:
    missed = 0
    for plant in plants:
        began = time.process_time()
        found = caught(plant)
        missed += found is None
        missing = f"NOT CAUGHT in {plant.within} seeds"
        what = f"caught in seed {found.seed}: {plant.seen_in(found)}" if found else missing
        print(f"{plant.name}: {what} ({time.process_time() - began:.0f} s)", flush=True)
    return 1 if missed else 0


def tell_short(outcome: Outcome, steps: int) -> None:
    """The same failure in as few steps as are found in a while, and how to see them again."""
    short = shrink(outcome, steps, lambda without: play(outcome.seed, steps, without))
    length = "" if steps == STEPS else f" --steps {steps}"
    print("", *short.outcome.story, f"BREACH {short.outcome.breaches[0]}", sep="\n")
    print(f"shrunk in {short.plays} plays; to see it again:")
    print(f"python -m tests.sim --seed {outcome.seed}{length} --without {spelled(short.without)} --trace", flush=True)


def tell(outcome: Outcome) -> None:
    for breach in outcome.breaches[:10]:
        print(f"BREACH {breach}")
    if outcome.breaches:
        print(f"python -m tests.sim --seed {outcome.seed} --trace")
    else:
        print(f"seed {outcome.seed}: nothing wrong; {outcome.figures}")


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        command = [sys.executable, "-m", "tests.sim", *sys.argv[1:]]
        os.execve(sys.executable, command, os.environ | {"PYTHONHASHSEED": "0"})
    sys.exit(main())
