"""Letters spoilt at random: cut, re-encoded, re-wrapped, with quotes merged. No fault of the way may make a yes.

    python tests/letters/fuzz.py [--count 100000] [--seeds 1]

A letter that does not approve is spoilt a few times over and read again. What people may write is not spoilt (a cut
through “согласовано, но нет” is another sentence), so text is only re-wrapped and re-encoded there; everything around
it may lose any byte.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from letters.bodies import BODIES, MORE, Body
from letters.reading import Table, corpus, read
from letters.shapes import EN, RU, SHAPES, fresh_mailto, gmail_bottom, mutt, mutt_inline, thunderbird_bottom
from mailer.letter import LetterError
from workflow.keywords import Action

REFUSING = [body for body in (*BODIES, *MORE) if body.action is not Action.APPROVE]
BELOW = (gmail_bottom, thunderbird_bottom, mutt, mutt_inline, fresh_mailto)
"""Shapes whose last bytes are what the person wrote."""
Mutation = Callable[[random.Random, bytes], bytes]


def cut_end(dice: random.Random, raw: bytes) -> bytes:
    """Lost from the middle of the quoted part on."""
    return raw[: len(raw) - dice.randrange(1, max(2, len(raw) // 4))]


def drop_header(dice: random.Random, raw: bytes) -> bytes:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = re.split(rb"\r\n(?![ \t])", head)
    del lines[dice.randrange(len(lines))]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def other_charset(dice: random.Random, raw: bytes) -> bytes:
    label = dice.choice(
        [b"koi8-r", b"windows-1251", b"utf-8", b"us-ascii", b"iso-8859-1", b"x-nonsense", b"utf-16", b"iso-8859-5"]
    )
    return re.sub(rb"charset=[\w-]+", b"charset=" + label, raw, count=dice.randrange(0, 3))


def other_coding(dice: random.Random, raw: bytes) -> bytes:
    label = dice.choice([b"8bit", b"base64", b"quoted-printable", b"7bit", b"binary", b"x-uuencode"])
    return re.sub(rb"Transfer-Encoding: [\w-]+", b"Transfer-Encoding: " + label, raw, count=1)


def line_ends(dice: random.Random, raw: bytes) -> bytes:
    return raw.replace(b"\r\n", dice.choice([b"\n", b"\r\n\r\n", b"\r"]))


def rewrap(dice: random.Random, raw: bytes) -> bytes:
    """A program that breaks the writer's lines at another width; only 8-bit text shows it."""
    width = dice.randrange(8, 70)
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [
        piece
        for line in body.split(b"\r\n")
        for piece in ([line] if b">" in line[:6] or line[:1] == b"-" else _wrapped(line, width))
    ]
    return head + b"\r\n\r\n" + b"\r\n".join(lines)


def rewrap_all(dice: random.Random, raw: bytes) -> bytes:
    """A gateway that breaks every long line, so that quoted ones go on without their mark."""
    head, _, body = raw.partition(b"\r\n\r\n")
    width = dice.randrange(62, 80)
    return head + b"\r\n\r\n" + b"\r\n".join(piece for line in body.split(b"\r\n") for piece in _wrapped(line, width))


def merge_quotes(dice: random.Random, raw: bytes) -> bytes:
    mark = dice.choice(
        [
            (b"\r\n> ", b"\r\n"),
            (b"\r\n> ", b" > "),
            (b"\r\n>", b"\r\n>>"),
            (b"\r\n> ", b"\r\n| "),
            (b"\r\n\r\n>", b"\r\n>"),
        ]
    )
    return raw.replace(*mark, dice.choice([1, 2, -1]))


def drop_tag(dice: random.Random, raw: bytes) -> bytes:
    return _on_decoded(
        raw, lambda text: _without_one(dice, text, rb"</?(?:div|blockquote|span|td|tr|table|p|hr|br)[^>]*>")
    )


def lose_class(dice: random.Random, raw: bytes) -> bytes:
    return _on_decoded(raw, lambda text: _without_one(dice, text, rb" (?:class|id|type|style)=\"[^\"]*\""))


def lose_boundary(dice: random.Random, raw: bytes) -> bytes:
    return _without_one(dice, raw, rb"--=_b1(?:--)?\r\n")


def flip_bytes(dice: random.Random, raw: bytes) -> bytes:
    """Bytes of the quoted half fall over."""
    out = bytearray(raw)
    for _ in range(dice.randrange(1, 5)):
        out[dice.randrange(len(out) * 3 // 4, len(out))] = dice.randrange(32, 127)
    return bytes(out)


MUTATIONS: tuple[Mutation, ...] = (
    cut_end, drop_header, other_charset, other_coding, line_ends, rewrap, rewrap_all, merge_quotes, drop_tag,
    lose_class, lose_boundary, flip_bytes,
)  # fmt: skip


def _wrapped(line: bytes, width: int) -> list[bytes]:
    out = []
    while len(line) > width and b" " in line[1:width]:
        at = line[:width].rindex(b" ")
        out.append(line[:at])
        line = line[at + 1 :]
    return [*out, line]


def _without_one(dice: random.Random, raw: bytes, pattern: bytes) -> bytes:
    found = list(re.finditer(pattern, raw))
    if not found:
        return raw
    match = dice.choice(found)
    return raw[: match.start()] + raw[match.end() :]


def _on_decoded(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the HTML inside its base64."""

    def again(match: re.Match[bytes]) -> bytes:
        try:
            html = change(base64.b64decode(match[2]))
        except binascii.Error:  # an earlier step has cut it
            return match[0]
        return match[1] + base64.encodebytes(html).replace(b"\n", b"\r\n")

    return re.sub(
        rb"(Content-Type: text/html[^\r]*\r\nContent-Transfer-Encoding: base64\r\n\r\n)([A-Za-z0-9+/=\r\n]+)",
        again,
        raw,
        count=1,
    )


def spoilt(dice: random.Random) -> tuple[str, Body, bytes]:
    """One letter that does not approve, spoilt one to three times."""
    body, shape = dice.choice(REFUSING), dice.choice(SHAPES)
    mutations = (
        MUTATIONS if shape not in BELOW else tuple(step for step in MUTATIONS if step not in (cut_end, flip_bytes))
    )
    raw = shape(body.text, RU if body.lang == "ru" else EN)
    steps = [dice.choice(mutations) for _ in range(dice.randrange(1, 4))]
    for step in steps:
        raw = step(dice, raw) or raw
    return f"{shape.__name__} {[step.__name__ for step in steps]}", body, raw


def run(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Counts of what became of the letters, and each false approval."""
    dice = random.Random(seed)
    counts: Counter[str] = Counter()
    failures = []
    for number in range(count):
        name, body, raw = spoilt(dice)
        try:
            letter, decision = read(raw)
        except LetterError:
            counts["unreadable"] += 1
            continue
        changed = decision.action is not None and decision.action is not body.action
        counts["asked back" if decision.action is None else "changed" if changed else "as before"] += 1
        if decision.action is Action.APPROVE:
            failures.append(f"seed {seed}, letter {number}: {name}: {body.text!r} -> {letter.new_text!r}")
    return counts, failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds; each spoils that many letters")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    options = parser.parse_args()
    started = time.perf_counter()
    table = Table()
    for name, body, raw in corpus(SHAPES, BODIES + MORE):
        table.add(name, body, read(raw)[1])
    print(f"every wording in every shape:\n{table}", *table.failures[:20], sep="\n")
    counts: Counter[str] = Counter()
    failures: list[str] = []
    for seed in range(options.seed, options.seed + options.seeds):
        more, found = run(options.count, seed)
        counts += more
        failures += found
    print(f"{counts.total()} spoilt letters in {time.perf_counter() - started:.0f} s: {dict(counts)}")
    print(f"false approvals (must be 0): {len(failures)}", *failures[:20], sep="\n")
    return 1 if failures or table.counts["FALSE APPROVAL"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
