"""A workbook that cannot be renamed over is written in its place, and never found half written, wherever we die."""

import errno
import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpers.registry_cast import added, layout, reference
from sheets import inplace
from sheets.errors import RegistryChanged, RegistryError, RegistryLocked
from sheets.excel import ExcelRegistry
from sheets.inplace import pending_of
from sheets.model import Change

CHANGE = [Change(reference(1), {"message": "a word that makes the book a little longer " * 40})]
NEVER_RENAMED = [errno.EXDEV, errno.EBUSY, errno.EPERM, errno.EOPNOTSUPP]


class Crash(BaseException):
    """The process dies here."""


@pytest.fixture
def registry(tmp_path: Path) -> ExcelRegistry:
    made = ExcelRegistry(tmp_path / "registry.xlsx", layout("en"), later)
    made.create([added(number) for number in range(1, 30)], generation=1)
    return made


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def refuse_renames(monkeypatch: pytest.MonkeyPatch, number: int = errno.EXDEV) -> None:
    def refuse(_source: Path, _target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)


@pytest.mark.parametrize("number", NEVER_RENAMED)
def test_it_is_written_in_its_place(registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    refuse_renames(monkeypatch, number)
    inode = registry.path.stat().st_ino
    version = registry.write(CHANGE, registry.read().version, generation=2)
    assert registry.path.stat().st_ino == inode
    assert registry.probe() == version
    assert registry.read().rows[reference(1)].cells["message"] == CHANGE[0].cells["message"]
    assert [path.name for path in registry.path.parent.iterdir()] == ["registry.xlsx"]


def test_a_shorter_book_leaves_nothing_of_the_longer_one(
    registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.write(CHANGE, registry.read().version, generation=2)
    long = registry.path.stat().st_size
    refuse_renames(monkeypatch)
    registry.write([Change(reference(1), {"message": None})], registry.read().version, generation=3)
    assert registry.path.stat().st_size < long
    assert registry.read().generation == 3


def cut(registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch, at: int, die: Callable[[], None]) -> None:
    """The write ends at the given call that touches the disk."""
    calls, write, fsync, unlink = [0], os.write, os.fsync, Path.unlink

    def count() -> None:
        calls[0] += 1
        if calls[0] == at:
            die()

    def counted_write(handle: int, piece: memoryview) -> int:
        count()
        return write(handle, piece)

    def counted_sync(handle: int) -> None:
        count()
        fsync(handle)

    def counted_unlink(path: Path, missing_ok: bool = False) -> None:
        if path.name.endswith(".pending"):
            count()
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(inplace, "PIECE", 2000)
        patch.setattr(os, "write", counted_write)
        patch.setattr(os, "fsync", counted_sync)
        patch.setattr(Path, "unlink", counted_unlink)
        seen = registry.read().version
        with suppress(Crash, RegistryError):
            registry.write(CHANGE, seen, generation=2)


@pytest.mark.parametrize("at", range(1, 40))
def test_a_crash_at_any_step_leaves_the_old_book_or_the_new_one(
    registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    def die() -> None:
        raise Crash

    refuse_renames(monkeypatch)
    cut(registry, monkeypatch, at, die)
    again = ExcelRegistry(registry.path, registry.layout, later)
    snapshot = again.read()
    message = snapshot.rows[reference(1)].cells["message"]
    assert (snapshot.generation, message) in ((1, None), (2, CHANGE[0].cells["message"]))
    assert not pending_of(registry.path).exists()
    again.write(CHANGE, snapshot.version, generation=3)
    assert again.read().generation == 3


@pytest.mark.parametrize("at", range(1, 40, 3))
def test_a_failure_at_any_step_leaves_the_old_book(
    registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    old = registry.path.read_bytes()

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    refuse_renames(monkeypatch)
    cut(registry, monkeypatch, at, full)
    assert registry.path.read_bytes() == old or registry.read().generation == 2


def test_what_somebody_saved_after_the_crash_is_kept(registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = registry.path.read_bytes()
    registry.write(CHANGE, registry.read().version, generation=2)
    new = registry.path.read_bytes()
    pending_of(registry.path).write_bytes(new)
    registry.path.write_bytes(theirs)
    assert registry.read().generation == 1
    assert not pending_of(registry.path).exists()


def test_a_book_that_is_just_being_saved_is_waited_for(registry: ExcelRegistry) -> None:
    new = registry.path.read_bytes()
    pending_of(registry.path).write_bytes(new)
    registry.path.write_bytes(new[:3000])
    soon = ExcelRegistry(registry.path, registry.layout)
    with pytest.raises(RegistryChanged, match="being saved"):
        soon.read()
    assert registry.read().generation == 1  # a minute later


def test_a_share_that_says_busy_while_somebody_has_the_file_open_counts_as_locked(
    registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, content, open_ = registry.read().version, registry.path.read_bytes(), Path.open
    refuse_renames(monkeypatch, errno.EBUSY)

    def busy(path: Path, mode: str = "r", *more: int, **others: int) -> object:
        if path == registry.path and mode == "r+b":
            raise OSError(errno.ETXTBSY, "Text file busy")
        return open_(path, mode, *more, **others)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", busy)
    with pytest.raises(RegistryLocked):
        registry.write(CHANGE, seen, generation=2)
    assert registry.path.read_bytes() == content
    assert not pending_of(registry.path).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file by itself")
def test_a_file_mounted_by_itself_is_really_written(registry: ExcelRegistry, tmp_path: Path) -> None:
    """As in a container that is given the workbook alone."""
    inside = tmp_path / "inside"
    inside.mkdir()
    mounted = inside / "registry.xlsx"
    mounted.touch()
    made = subprocess.run(["mount", "--bind", str(registry.path), str(mounted)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"this machine mounts nothing: {made.stderr.decode().strip()}")
    try:
        there = ExcelRegistry(mounted, registry.layout)
        there.write(CHANGE, there.read().version, generation=2)
    finally:
        subprocess.run(["umount", str(mounted)], check=True)
    assert registry.read().generation == 2
