"""The story of a payment as the operating system sees it: every write, every new name, every flush, in their order.

`python -m tests.crash.traced FOLDER` is the process that is watched by strace: the whole story on real files, with a
registry written anew, a year's archive and the copy before an upgrade.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path, PurePosixPath

from helpers.office import office
from stories.stage import ADAM, RITA, complete_form, invoice
from workflow.journal.schema import copy_of

ROOT = Path(__file__).resolve().parents[2]
CALLS = "openat,write,pwrite64,writev,ftruncate,rename,renameat,renameat2,link,linkat,mkdir,mkdirat,fsync,fdatasync"
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
OPENED = re.compile(r"^\d+<(?P<path>/[^>]*)>")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
COMMIT = "journal.db-wal"
PASSING = re.compile(r"^\.|\.tmp(-journal)?$|\.lock$|^countersign\.toml$|^journal\.db(-wal|-shm|-journal|\.upgrade)?$")
"""Drafts, locks, settings, and the database, whose order SQLite keeps by itself."""


@dataclass
class Order:
    """What of the files below one folder a power cut might take, call by call."""

    root: PurePosixPath
    unflushed: set[PurePosixPath] = field(default_factory=set)
    """Files written since they were last flushed."""
    unnamed: dict[PurePosixPath, str] = field(default_factory=dict)
    """Names that their folder does not keep yet, and how they came."""
    named: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    commits: int = 0

    def take(self, lines: Iterable[str]) -> Order:
        for line in lines:
            found = CALL.match(line)
            if found and not found[3].startswith("-"):
                self._call(found[1], found[2], line)
        for path, how in self.unnamed.items():
            self.faults.append(f"at the end: {how} {self._short(path)}, and its folder was never flushed")
        return self

    def _call(self, name: str, words: str, line: str) -> None:
        if name == "openat":
            self._opened(words)
        elif name in ("write", "pwrite64", "writev", "ftruncate"):
            self._written(words)
        elif name in ("fsync", "fdatasync"):
            self._flushed(words)
        elif name.startswith(("rename", "link")):
            self._renamed(name, line)
        elif name.startswith("mkdir"):
            self._new_name(self._paths(line)[-1], "made")

    def _opened(self, words: str) -> None:
        path = self._paths(words)[0]
        if "O_TRUNC" in words or "O_CREAT" in words:
            self.unflushed.add(path)

    def _written(self, words: str) -> None:
        if found := OPENED.match(words):
            self.unflushed.add(_path(found["path"]))
            if self._counts(_path(found["path"])):
                self.faults.append(f"written under its own name: {self._short(PurePosixPath(found['path']))}")

    def _flushed(self, words: str) -> None:
        found = OPENED.match(words)
        if found is None:
            return
        path = _path(found["path"])
        self.unflushed.discard(path)
        self.unnamed = {name: how for name, how in self.unnamed.items() if name.parent != path}
        if path.name == COMMIT:
            self.commits += 1
            for name, how in self.unnamed.items():
                self.faults.append(f"a commit while {self._short(name)} was {how} and its folder not flushed")

    def _renamed(self, name: str, line: str) -> None:
        source, target = self._paths(line)[:2]
        if source in self.unflushed and self._is_ours(target):
            self.faults.append(f"{name}: {self._short(target)} before its content was flushed")
        if source in self.unflushed:
            self.unflushed.add(target)
        if name.startswith("rename"):
            self.unflushed.discard(source)
            self.unnamed.pop(source, None)
        self._new_name(target, "renamed" if name.startswith("rename") else "linked")

    def _new_name(self, path: PurePosixPath, how: str) -> None:
        if self._counts(path):
            self.unnamed[path] = how
            self.named.append(f"{how} {self._short(path)}")

    def _counts(self, path: PurePosixPath) -> bool:
        """A name of ours that people or the program go by."""
        return self._is_ours(path) and not PASSING.search(path.name)

    def _is_ours(self, path: PurePosixPath) -> bool:
        return path.is_relative_to(self.root)

    def _paths(self, text: str) -> list[PurePosixPath]:
        """The names in a call; strace writes other letters than ASCII as octal numbers."""
        return [_path(one) for one in QUOTED.findall(text)] or [PurePosixPath("/")]

    def _short(self, path: PurePosixPath) -> str:
        return re.sub(r"[0-9a-f]{24,}", "…", str(path.relative_to(self.root)))


def _path(written: str) -> PurePosixPath:
    plain = written.encode("latin-1", "replace").decode("unicode_escape")
    return PurePosixPath(os.fsdecode(plain.encode("latin-1", "replace")))


def traced_story(folder: Path) -> Order:
    """The story told under strace, and what is to be said of its order."""
    place, log = folder / "house", folder / "strace"
    place.mkdir()
    environment = {**os.environ, "COUNTERSIGN_TEST_PASSWORD": "secret",
                   "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}  # fmt: skip
    command = ["strace", "-f", "-y", "-s", "300", "-o", str(log), "-e", f"trace={CALLS}",
               sys.executable, "-m", "tests.crash.traced", str(place)]  # fmt: skip
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    with log.open(encoding="utf-8", errors="replace") as lines:
        return Order(PurePosixPath(place)).take(_whole(lines))


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Calls that strace tells in two parts, because another thread came between, put together."""
    begun: dict[str, str] = {}
    for line in lines:
        who, _, rest = line.partition(" ")
        if rest.rstrip().endswith("<unfinished ...>"):
            begun[who] = rest.rstrip().removesuffix("<unfinished ...>")
        elif "resumed>" in rest:
            yield f"{who} {begun.pop(who, '')}{rest.partition('resumed>')[2]}"
        else:
            yield line


def play(folder: Path) -> None:
    """Asked, approved, paid, told; the registry written anew; a year later the row rests in its archive."""
    desk = office(folder)
    desk.send(RITA, complete_form(desk.now()), files=[("счет.pdf", invoice())])
    desk.run()
    desk.answer(ADAM, desk.new(ADAM)[-1], "СОГЛАСОВАНО")
    desk.run()
    desk.answer("accounting@example.test", desk.new("accounting@example.test")[-1], "Оплачено, п/п № 214")
    desk.run()
    desk.later(minutes=11)
    desk.run()
    wiring = desk.wiring()
    wiring.books[0].sync.rebuild()
    wiring.journal.engine.dispose()
    desk.offset += timedelta(days=367)
    desk.run()
    assert list(folder.glob("registry-archive-*.xlsx")), "a row rests in its archive"
    copy_of(folder / "var" / "journal.db", desk.now())


if __name__ == "__main__":
    play(Path(sys.argv[1]))
