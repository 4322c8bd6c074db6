"""Lock files, conflict copies, and a workbook that others hold open."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpers.registry_cast import added, layout, reference
from sheets.errors import RegistryBroken, RegistryChanged, RegistryError, RegistryLocked
from sheets.excel import ExcelRegistry
from sheets.locks import conflict_copies, locks_of
from sheets.model import Change

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def registry(tmp_path: Path) -> ExcelRegistry:
    made = ExcelRegistry(tmp_path / "registry.xlsx", layout("en"), clock=lambda: NOW)
    made.create([added(1)], generation=1)
    _aged(made.path, timedelta(hours=1))
    return made


def excel_lock(workbook: Path, name: str) -> Path:
    """The file that Excel leaves beside an open workbook."""
    short = name.encode("cp1251")
    wide = name.encode("utf-16-le")
    content = bytes([len(short)]) + short.ljust(54, b" ") + len(name).to_bytes(2, "little") + wide
    path = workbook.with_name(f"~${workbook.name}")
    path.write_bytes(content.ljust(165, b" "))
    return _aged(path, timedelta(minutes=5))


def _aged(path: Path, age: timedelta) -> Path:
    moment = (NOW - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_excel_tells_who_has_the_workbook_open(registry: ExcelRegistry) -> None:
    excel_lock(registry.path, "Фаина Счетова")
    (lock,) = locks_of(registry.path)
    assert (lock.owner, lock.program, lock.since) == ("Фаина Счетова", "Excel", NOW - timedelta(minutes=5))
    with pytest.raises(RegistryLocked, match="Фаина Счетова in Excel since"):
        registry.write([], registry.read().version, generation=2)


def test_libreoffice_tells_who_has_the_workbook_open(registry: ExcelRegistry) -> None:
    path = registry.path.with_name(".~lock.registry.xlsx#")
    path.write_text(",fiona,desk,24.11.2026 11:55,file:///C:/Users/fiona/libreoffice/4;", encoding="utf-8")
    (lock,) = locks_of(registry.path)
    assert (lock.owner, lock.program) == ("fiona", "LibreOffice")


def test_a_lock_file_cut_short_is_a_lock_of_nobody_known(registry: ExcelRegistry) -> None:
    registry.path.with_name("~$registry.xlsx").write_bytes(b"")
    assert [lock.owner for lock in locks_of(registry.path)] == [""]


def test_a_long_name_loses_its_first_letters(registry: ExcelRegistry) -> None:
    registry.path.with_name("~$gistry.xlsx").write_bytes(b"\x05Fiona")
    assert [lock.owner for lock in locks_of(registry.path)] == ["Fiona"]


def test_an_old_lock_beside_an_untouched_workbook_is_passed_over_and_named(registry: ExcelRegistry) -> None:
    lock = excel_lock(registry.path, "Fiona")
    _aged(registry.path, timedelta(hours=30))
    _aged(lock, timedelta(hours=13))
    version = registry.write([], registry.read().version, generation=2)
    assert [stale.owner for stale in registry.stale_locks()] == ["Fiona"]
    registry.write([], version, generation=3)  # our own write is no sign of life


def test_an_old_lock_beside_a_workbook_in_use_is_heeded(registry: ExcelRegistry) -> None:
    _aged(excel_lock(registry.path, "Fiona"), timedelta(hours=13))
    with pytest.raises(RegistryLocked):
        registry.write([], registry.read().version, generation=2)
    assert registry.stale_locks() == ()


def test_somebody_who_opens_the_workbook_during_a_write_is_noticed(registry: ExcelRegistry) -> None:
    seen = registry.read().version
    content = registry.path.read_bytes()
    looks = [None, lambda: excel_lock(registry.path, "Fiona")]
    _between(registry, looks)
    with pytest.raises(RegistryLocked):
        registry.write([Change(reference(1), {"message": "a"})], seen, generation=2)
    assert registry.path.read_bytes() == content
    assert not list(registry.path.parent.glob(".countersign-*"))


def test_a_save_during_a_write_is_not_written_over(registry: ExcelRegistry) -> None:
    seen = registry.read().version
    _between(registry, [None, lambda: registry.path.write_bytes(registry.path.read_bytes() + b"\0")])
    with pytest.raises(RegistryChanged):
        registry.write([Change(reference(1), {"message": "a"})], seen, generation=2)


def test_the_same_size_and_time_with_another_content_is_a_change(registry: ExcelRegistry) -> None:
    seen = registry.read().version
    state = registry.path.stat()
    content = bytearray(registry.path.read_bytes())
    content[-1] ^= 1  # in the comment of the archive: same size
    registry.path.write_bytes(bytes(content))
    os.utime(registry.path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert registry.probe() == seen
    with pytest.raises(RegistryChanged):
        registry.write([], seen, generation=2)


def test_a_sharing_violation_counts_as_locked(registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace a file that Excel has open."""
    seen, content = registry.read().version, registry.path.read_bytes()

    def denied(_source: Path, _target: Path) -> None:
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(os, "replace", denied)
    with pytest.raises(RegistryLocked):
        registry.write([Change(reference(1), {"message": "a"})], seen, generation=2)
    assert registry.path.read_bytes() == content


def test_a_full_disk_is_told_and_leaves_the_workbook_alone(
    registry: ExcelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, content = registry.read().version, registry.path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RegistryError, match="No space left") as caught:
        registry.write([Change(reference(1), {"message": "a"})], seen, generation=2)
    assert not caught.value.permanent
    assert registry.path.read_bytes() == content
    assert not list(registry.path.parent.glob(".countersign-*"))


def test_a_file_that_is_no_workbook_is_broken(registry: ExcelRegistry) -> None:
    for content in (b"", b"PK\x03\x04 nothing", registry.path.read_bytes()[:3000], b"<html>"):
        registry.path.write_bytes(content)
        _aged(registry.path, timedelta(minutes=1))
        with pytest.raises(RegistryBroken):
            registry.read()


def test_a_workbook_with_a_password_is_named_as_such(registry: ExcelRegistry) -> None:
    registry.path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600))
    _aged(registry.path, timedelta(minutes=1))
    with pytest.raises(RegistryBroken, match="password"):
        registry.read()


def test_a_half_saved_workbook_is_waited_for(registry: ExcelRegistry) -> None:
    registry.path.write_bytes(registry.path.read_bytes()[:3000])
    _aged(registry.path, timedelta(seconds=2))
    with pytest.raises(RegistryChanged, match="being saved"):
        registry.read()


def test_the_file_keeps_its_rights_and_a_link_stays_a_link(registry: ExcelRegistry, tmp_path: Path) -> None:
    registry.path.chmod(0o664)
    link = tmp_path / "shared.xlsx"
    link.symlink_to(registry.path)
    linked = ExcelRegistry(link, layout("en"))
    linked.write([Change(reference(1), {"message": "a"})], linked.read().version, generation=2)
    assert link.is_symlink()
    assert registry.path.stat().st_mode & 0o777 == 0o664
    assert registry.read().rows[reference(1)].cells["message"] == "a"


def test_what_a_killed_process_left_is_swept_up(registry: ExcelRegistry) -> None:
    old = registry.path.with_name(".countersign-old.tmp")
    new = registry.path.with_name(".countersign-new.tmp")
    for path, age in ((old, timedelta(hours=2)), (new, timedelta(minutes=1))):
        path.write_bytes(b"")
        _aged(path, age)
    registry.write([], registry.read().version, generation=2)
    assert (old.exists(), new.exists()) == (False, True)


def test_an_old_registry_is_set_aside_not_deleted(registry: ExcelRegistry) -> None:
    before = registry.path.read_bytes()
    registry.create([added(2)], generation=2, replace=True)
    kept = registry.path.with_name("registry (2026-11-24 12-00-00).xlsx")
    assert kept.read_bytes() == before
    registry.create([added(3)], generation=3, replace=True)
    assert kept.read_bytes() == before
    assert len(list(registry.path.parent.glob("registry (*).xlsx"))) == 2


@pytest.mark.parametrize(
    ("name", "is_copy"),
    [
        ("registry (Rita's conflicted copy 2026-11-24).xlsx", True),
        ("registry (конфликтующая копия 2026-11-24).xlsx", True),
        ("registry-DESKTOP1.xlsx", True),
        ("registry.sync-conflict-20261124-120000-ABCDEF.xlsx", True),
        ("registry (1).xlsx", True),
        ("registry - копия.xlsx", True),
        ("registry - Copy.xlsx", True),
        ("registry-Fiona’s MacBook Pro.xlsx", True),
        ("registry-FIONA-PC-2.xlsx", True),
        ("registry (Case Conflict).xlsx", True),
        ("registry (конфликт 1).xlsx", True),
        ("registry (копия 2).xlsx", True),
        ("registry (SFConflict fiona@example.test 2026-11-24-12-00-00).xlsx", True),
        ("registry [conflicted].xlsx", True),
        ("registry.Conflict.xlsx", True),
        ("registry (slow conflict 2026-11-24).xlsx", True),
        ("registry 2.xlsx", True),
        ("registry.ods", True),
        ("Registry.XLS", True),
        ("registry.csv", False),
        ("Registry.XLSX", False),
        ("registry 2026.xlsx", False),
        ("registry-2026.xlsx", False),
        ("registry-archive.xlsx", False),
        ("registry (2026-11-24 12-00-00).xlsx", False),
        ("registry2.xlsx", False),
        ("~$registry.xlsx", False),
        ("registry.xlsx.bak", False),
    ],
)
def test_copies_of_sync_clients_are_recognised(tmp_path: Path, name: str, is_copy: bool) -> None:
    (tmp_path / name).write_bytes(b"")
    assert [path.name for path in conflict_copies(tmp_path / "registry.xlsx")] == ([name] if is_copy else [])


def _between(registry: ExcelRegistry, steps: Sequence[object]) -> None:
    """Do something before each look for locks that the registry takes."""
    look, waiting = registry.lock, list(steps)

    def looking() -> object:
        step = waiting.pop(0) if waiting else None
        if callable(step):
            step()
        return look()

    registry.lock = looking  # type: ignore[method-assign, assignment]
