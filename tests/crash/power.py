"""A power cut: what of the files is still there when only what was flushed counts.

A name counts once its directory was flushed after it came, a content once its file was flushed after it was written;
whatever is not flushed may be there or not, a content also in part. The calls through which the program gives files
their names and flushes them are watched; at each of them, and at each commit of the journal, every disk that a power
cut may leave is thought of.
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from helpers.office import office
from stories.stage import ADAM, RITA, complete_form, invoice

CALLS = ("replace", "rename", "link", "unlink", "mkdir", "fsync")
DRAFT = re.compile(r"^\.|\.tmp$|\.lock$|\.toml$|^journal\.db|\.upgrade$")
"""Names that nobody takes for a file: drafts, locks, and the database, whose order SQLite keeps by itself."""

Names = dict[str, int]


@dataclass
class Power:
    """What is on the disk for certain below one folder."""

    root: Path
    names: dict[Path, Names] = field(default_factory=dict)
    """Of each directory: its flushed names, by inode."""
    contents: dict[int, bytes] = field(default_factory=dict)
    """Flushed contents by inode."""
    faults: list[str] = field(default_factory=list)
    moments: int = 0
    journal: Path | None = None

    def begin(self) -> None:
        """Whatever is there already has been there for long."""
        for folder, folders, files in os.walk(self.root):
            here = Path(folder)
            self.names[here] = {name: (here / name).lstat().st_ino for name in (*folders, *files)}
            for name in files:
                self.contents[(here / name).lstat().st_ino] = (here / name).read_bytes()

    # --- what is flushed --------------------------------------------------------------------------------------------

    def flushed(self, handle: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if not path.is_relative_to(self.root):
            return
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            self.names[path] = _listing(path)
        else:
            self.contents[os.fstat(handle).st_ino] = path.read_bytes()

    # --- what must hold ---------------------------------------------------------------------------------------------

    def look(self, what: str) -> None:
        """No name that people or the program go by may ever lead to a half-written file."""
        self.moments += 1
        for path in self._files():
            if self.contents.get(path.lstat().st_ino) != path.read_bytes():
                self.fault(f"{what}: {self._short(path)} has its name before its content is on the disk")

    def kept(self, path: Path, what: str) -> None:
        """This file is there after any power cut from now on: its content, its name, and the way to it."""
        if not path.exists():
            self.fault(f"{what}: {self._short(path)} is not there at all")
            return
        if self.contents.get(path.lstat().st_ino) != path.read_bytes():
            self.fault(f"{what}: the content of {self._short(path)} is not on the disk yet")
        while path != self.root:
            if self.names.get(path.parent, {}).get(path.name) != path.lstat().st_ino:
                self.fault(f"{what}: the name {self._short(path)} is not on the disk yet")
            path = path.parent

    def told(self) -> None:
        """At a commit: every file that the journal names is kept."""
        if self.journal is None:
            return
        with sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True) as reading:
            for (path,) in reading.execute("SELECT path FROM letters WHERE path IS NOT NULL"):
                self.kept(self.root / "var" / "letters" / path, "the journal names a letter")
            for (path,) in reading.execute("SELECT path FROM materials"):
                self.kept(self.root / "materials" / path, "the journal names a paper")

    def fault(self, sentence: str) -> None:
        if sentence not in self.faults:
            self.faults.append(sentence)

    def image(self, dice: random.Random, to: Path) -> None:
        """One disk that a power cut now may leave, written below `to`."""
        self._image(self.root, to, dice)

    def _image(self, folder: Path, to: Path, dice: random.Random) -> None:
        to.mkdir(parents=True, exist_ok=True)
        before, now = self.names.get(folder, {}), _listing(folder)
        inodes = {(folder / name).lstat().st_ino: folder / name for name in now}
        for name in sorted({*before, *now}):
            found = dice.choice([before.get(name), now.get(name)])
            path = inodes.get(found) if found is not None else None
            if path is not None and path.is_dir():
                self._image(path, to / name, dice)
            elif found is not None:
                (to / name).write_bytes(self._content(found, path, dice))

    def _content(self, inode: int, path: Path | None, dice: random.Random) -> bytes:
        flushed = self.contents.get(inode)
        written = path.read_bytes() if path is not None else flushed or b""
        if flushed == written:
            return written
        return dice.choice([flushed or b"", written[: len(written) // 2], written])

    def _files(self) -> Iterator[Path]:
        for folder, _, files in os.walk(self.root):
            yield from (Path(folder) / name for name in files if not DRAFT.search(name))

    def _short(self, path: Path) -> str:
        return re.sub(r"[0-9a-f]{24,}", "…", str(path.relative_to(self.root)))

    # --- watching ---------------------------------------------------------------------------------------------------

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While the block lasts."""
        originals = {name: getattr(os, name) for name in CALLS}
        commit: Any = DefaultDialect.do_commit

        def committed(dialect: Any, connection: Any) -> None:
            commit(dialect, connection)
            self.told()

        for name, original in originals.items():
            setattr(os, name, self._watching(name, original))
        DefaultDialect.do_commit = committed  # type: ignore[method-assign]
        try:
            yield
        finally:
            DefaultDialect.do_commit = commit  # type: ignore[method-assign]
            for name, original in originals.items():
                setattr(os, name, original)

    def _watching(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            gone = os.lstat(args[0]).st_ino if name == "unlink" and os.path.lexists(args[0]) else None
            result = original(*args, **options)
            if name == "fsync":
                self.flushed(args[0])
                return result
            path = args[1] if name in ("replace", "rename", "link") else args[0]
            if self._is_below(path):
                if gone is not None and gone not in self._inodes():
                    self.contents.pop(gone, None)  # its number is given out again
                self.look(f"{name} {self._name(path)}")
            return result

        return call

    def _inodes(self) -> set[int]:
        return {path.lstat().st_ino for path in self.root.rglob("*")}

    def _is_below(self, path: Any) -> bool:
        return Path(os.path.abspath(os.fspath(path))).is_relative_to(self.root)

    @staticmethod
    def _name(path: Any) -> str:
        return re.sub(r"[0-9a-f]{16,}", "…", os.path.basename(os.fspath(path)))


def _listing(folder: Path) -> Names:
    return {entry.name: entry.inode() for entry in os.scandir(folder)}


def watched_story(folder: Path) -> Power:
    """A request with an invoice, its approval, its payment: each file under watch."""
    desk = office(folder)
    power = Power(folder, journal=folder / "var" / "journal.db")
    power.begin()
    with power.watched():
        desk.send(RITA, complete_form(desk.now()), files=[("счет.pdf", invoice())])
        desk.run()
        desk.answer(ADAM, desk.new(ADAM)[-1], "СОГЛАСОВАНО")
        desk.run()
        desk.edit({"Статус": "Оплачен"})
        power.begin()  # the workbook as people saved it
        desk.later(minutes=11)
        desk.run()
        power.kept(desk.book, "at the end")
    return power
