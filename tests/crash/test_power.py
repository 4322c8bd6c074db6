"""Power cuts: what the journal names is on the disk, and no name ever leads to half a file."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from documents.materials import Materials
from sheets.files import set_aside
from tests.crash.power import Power, watched_story
from workflow.letters import LetterStore


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUNTERSIGN_TEST_PASSWORD", "secret")
    (tmp_path / "house").mkdir()
    return tmp_path / "house"


def test_what_the_journal_names_is_on_the_disk_and_no_file_is_ever_half(folder: Path) -> None:
    power = watched_story(folder)
    assert power.faults == []
    assert power.moments > 20, "the calls that name files are seen"


def test_every_disk_that_a_cut_may_leave_holds_whole_letters(tmp_path: Path) -> None:
    root = tmp_path / "letters"
    root.mkdir()
    power = Power(root)
    power.begin()
    store = LetterStore(root, lambda raw: pytest.fail("nothing is read here"))
    saved: dict[str, bytes] = {}
    with power.watched():
        for number in range(4):
            raw = f"letter {number}".encode() * 50
            saved[store.save(f"{number:064d}", raw, datetime(2026, 11 + number // 2, 24, tzinfo=UTC))] = raw
            for seed in range(10):
                disk = tmp_path / f"disk-{number}-{seed}"
                power.image(random.Random(seed), disk)
                assert {path: (disk / path).read_bytes() for path in saved} == saved


def test_a_letter_named_by_a_process_that_was_killed_is_flushed_by_the_next(tmp_path: Path) -> None:
    when, raw = datetime(2026, 11, 24, tzinfo=UTC), b"From: rita@example.test"
    path = tmp_path / "2026" / "11" / f"{1:064d}.eml"
    path.parent.mkdir(parents=True)
    power = Power(tmp_path)
    power.begin()
    path.write_bytes(raw)
    power.contents[path.stat().st_ino] = raw  # flushed, but not its name
    with power.watched():
        LetterStore(tmp_path, lambda raw: pytest.fail("nothing is read here")).save(f"{1:064d}", raw, when)
        power.kept(path, "kept again")
    assert power.faults == []


def test_two_daemons_that_keep_the_same_letter_write_no_half_of_it(tmp_path: Path) -> None:
    one, two = (LetterStore(tmp_path, lambda raw: pytest.fail("nothing is read here")) for _ in range(2))
    assert one._draft != two._draft


def test_a_folder_made_by_a_process_that_was_killed_is_flushed_by_the_next(tmp_path: Path) -> None:
    root = tmp_path / "materials"
    power = Power(tmp_path)
    power.begin()
    (root / "2026" / "11").mkdir(parents=True)
    with power.watched():
        stored = Materials(root).store(PurePosixPath("2026/11/Romashka/PAY-2026-00001"), "счет.pdf", b"%PDF")
        power.kept(root / stored.path, "filed")
    assert [fault for fault in power.faults if "materials/" in fault] == []


def test_a_book_set_aside_is_on_the_disk_before_a_new_one_takes_its_place(tmp_path: Path) -> None:
    book = tmp_path / "registry.xlsx"
    book.write_bytes(b"what people wrote")
    power = Power(tmp_path)
    power.begin()
    with power.watched():
        power.kept(set_aside(book, datetime(2026, 11, 24, tzinfo=UTC)), "set aside")
    assert power.faults == []


def test_a_file_named_before_it_is_flushed_is_seen(tmp_path: Path) -> None:
    """The watch must be able to fail."""
    power = Power(tmp_path)
    power.begin()
    with power.watched():
        (tmp_path / "draft.tmp").write_bytes(b"half")
        (tmp_path / "draft.tmp").replace(tmp_path / "letter.eml")
        power.kept(tmp_path / "letter.eml", "told")
    assert len(power.faults) == 3, power.faults
