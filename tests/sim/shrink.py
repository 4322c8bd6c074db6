"""A failing seed made short: steps are left out, many at a time and then fewer, as long as it still fails alike."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.sim.walk import LAST_ROUNDS, Outcome

Play = Callable[[set[int]], Outcome]


@dataclass
class Shrunk:
    """What is left of it, and how many plays that took."""

    outcome: Outcome
    without: set[int]
    plays: int


def shrink(failed: Outcome, steps: int, play: Play, *, plays: int = 120, seconds: float = 90) -> Shrunk:
    """`play` plays the seed without some steps. What counts as the same failure is its first sentence, whatever the
    numbers in it."""
    best, wanted, done = failed, _kind(failed), 0
    until = time.monotonic() + seconds
    without: set[int] = set()
    left = list(range(steps + LAST_ROUNDS))
    size = len(left) // 2
    while size and left:
        shorter = False
        for at in range(len(left) - size, -size, -size):  # from the end: what comes after the failure goes first
            if done >= plays or time.monotonic() > until:
                return Shrunk(best, without, done)
            chosen = set(left[max(at, 0) : at + size])
            done += 1
            outcome = play(without | chosen)
            if outcome.breaches and _kind(outcome) == wanted:
                best, without, shorter = outcome, without | chosen, True
        left = [number for number in left if number not in without]
        size = size if shorter and size < len(left) else size // 2
    return Shrunk(best, without, done)


def _kind(outcome: Outcome) -> str:
    return re.sub(r"[\w.+-]+@[\w.-]+|PAY-\S+|'[^']*'|[0-9a-f]{16,}|\d+", "", outcome.breaches[0])


def spelled(numbers: Iterable[int]) -> str:
    """3,7-12: as `--without` reads it."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ",".join("-".join(map(str, part)) for part in parts)


def numbers_in(text: str) -> set[int]:
    """What `spelled` has written."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found
