import errno
import hashlib
import os
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import disk
from documents.errors import DocumentsError
from documents.materials import MARK, Materials

REFERENCE = "PAY-2026-00042"
DAY = date(2026, 11, 25)
FOLDER = PurePosixPath("2026/11/ООО Ромашка") / REFERENCE


@pytest.fixture
def materials(tmp_path):
    return Materials(tmp_path / "materials")


def sha(content):
    return hashlib.sha256(content).hexdigest()


def test_the_folder_is_named_by_month_contractor_and_reference(materials):
    assert materials.folder_of(REFERENCE, DAY, "ООО «Ромашка»") == FOLDER
    assert not materials.root.exists()


def test_a_folder_keeps_its_name_when_the_contractor_changes(materials):
    materials.store(FOLDER, "a.pdf", b"x")
    assert materials.folder_of(REFERENCE, DAY, "АО «Лютик»") == FOLDER
    assert materials.folder_of("PAY-2026-00043", DAY, "АО «Лютик»") == PurePosixPath("2026/11/АО Лютик/PAY-2026-00043")


def test_a_folder_that_people_renamed_is_found_and_used(materials):
    renamed = PurePosixPath("2026/11/ООО «Ромашка».") / REFERENCE
    (materials.root / renamed).mkdir(parents=True)
    assert materials.folder_of(REFERENCE, DAY, "ООО «Ромашка»") == renamed
    assert materials.store(renamed, "a.pdf", b"x").path == renamed / "a.pdf"


@pytest.mark.parametrize("reference", ["", "..", "a/b", "a b", "x" * 65])
def test_a_strange_reference_names_no_folder(materials, reference):
    with pytest.raises(DocumentsError) as caught:
        materials.folder_of(reference, DAY, "x")
    assert caught.value.permanent


@given(st.text(max_size=50))
def test_any_contractor_gives_a_folder_inside_the_month(contractor):
    parts = Materials(Path("/nowhere-at-all")).folder_of(REFERENCE, DAY, contractor).parts
    assert parts[:2] == ("2026", "11")
    assert len(parts) == 4
    assert ".." not in parts


def test_a_file_is_stored_once_however_often_it_comes(materials):
    first = materials.store(FOLDER, "счёт.pdf", b"one")
    again = materials.store(FOLDER, "счёт.pdf", b"one")
    assert first == again
    assert (first.name, first.path, first.sha256) == ("счёт.pdf", FOLDER / "счёт.pdf", sha(b"one"))
    assert materials.list_files(FOLDER) == ("счёт.pdf",)
    assert materials.read(first.path) == b"one"


def test_another_content_gets_another_name(materials):
    for content in (b"one", b"two", b"three", b"two"):
        materials.store(FOLDER, "счёт.pdf", content)
    assert materials.list_files(FOLDER) == ("счёт (2).pdf", "счёт (3).pdf", "счёт.pdf")
    assert materials.read(FOLDER / "счёт.pdf") == b"one"


def test_the_number_fits_behind_a_long_name(materials):
    name = "ж" * 150 + ".pdf"
    stored = [materials.store(FOLDER, name, content) for content in (b"one", b"two")]
    assert stored[1].name.endswith(" (2).pdf")
    assert all(len(s.name.encode()) <= 200 for s in stored)


def test_a_page_of_ours_is_replaced(materials):
    materials.replace(FOLDER, "index.html", b"old")
    assert materials.replace(FOLDER, "index.html", b"new").sha256 == sha(b"new")
    assert materials.list_files(FOLDER) == ("index.html",)
    assert materials.read(FOLDER / "index.html") == b"new"


@pytest.mark.parametrize("folder", ["../outside", "2026/../../outside", "/tmp/outside"])
def test_nothing_is_written_outside_the_root(materials, folder):
    with pytest.raises(DocumentsError, match="inside the materials"):
        materials.store(PurePosixPath(folder), "a.pdf", b"x")


def test_a_name_with_a_path_stays_in_its_folder(materials):
    assert materials.store(FOLDER, "../../../evil.pdf", b"x").path == FOLDER / "evil.pdf"


def test_a_linked_folder_is_not_followed(materials, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (materials.root / FOLDER.parent).mkdir(parents=True)
    (materials.root / FOLDER).symlink_to(outside)
    with pytest.raises(DocumentsError, match="symbolic link"):
        materials.store(FOLDER, "a.pdf", b"x")
    assert materials.list_files(FOLDER) == ()
    assert not any(outside.iterdir())


def test_a_linked_file_is_neither_written_nor_read(materials, tmp_path):
    target = tmp_path / "secret.pdf"
    target.write_bytes(b"secret")
    (materials.root / FOLDER).mkdir(parents=True)
    (materials.root / FOLDER / "платежка.pdf").symlink_to(target)
    assert materials.payment_orders(FOLDER) == ()
    assert materials.store(FOLDER, "платежка.pdf", b"secret").name == "платежка (2).pdf"
    with pytest.raises(DocumentsError, match="ordinary file"):
        materials.read(FOLDER / "платежка.pdf")
    assert target.read_bytes() == b"secret"


def test_what_a_crash_left_is_removed_by_the_next_try(materials):
    (materials.root / FOLDER).mkdir(parents=True)
    (materials.root / FOLDER / f".{sha(b'one')[:24]}.tmp").write_bytes(b"o")
    materials.store(FOLDER, "a.pdf", b"one")
    assert os.listdir(materials.root / FOLDER) == ["a.pdf"]


def test_a_file_system_without_hard_links_will_do(materials, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EOPNOTSUPP, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    materials.store(FOLDER, "a.pdf", b"one")
    materials.store(FOLDER, "a.pdf", b"two")
    assert sorted(os.listdir(materials.root / FOLDER)) == ["a (2).pdf", "a.pdf"]


def test_a_full_disk_is_told_in_a_sentence_and_may_pass(materials, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(DocumentsError, match=r"Cannot .*: the disk is full\.") as caught:
        materials.store(FOLDER, "a.pdf", b"one")
    assert not caught.value.permanent
    monkeypatch.undo()
    assert materials.list_files(FOLDER) == ()
    assert materials.store(FOLDER, "a.pdf", b"one").name == "a.pdf"


def test_payment_orders_are_known_by_their_names(materials):
    (materials.root / FOLDER).mkdir(parents=True)
    names = [
        "Платежка.pdf", "платёжка 12.pdf", "плате\u0308жка.jpg", "ПЛАТЕЖНОЕ поручение.pdf", "payment-order.pdf",
        "Payment_Order-7.pdf", "payment order.pdf",
    ]  # fmt: skip
    for number, name in enumerate(
        [*names, "счёт.pdf", "неплатежка.pdf", ".платежка.pdf", "~$платежка.docx", "платежка.tmp"]
    ):
        (materials.root / FOLDER / name).write_bytes(b"%d" % number)
    (materials.root / FOLDER / "платежка пустая.pdf").touch()
    found = materials.payment_orders(FOLDER)
    assert {stored.name for stored in found} == set(names)
    ours = {sha(b"0"), sha(b"4")}
    assert {stored.name for stored in materials.payment_orders(FOLDER, ours)} == set(names) - {names[0], names[4]}


def test_a_payment_order_that_is_still_being_copied_waits(materials):
    (materials.root / FOLDER).mkdir(parents=True)
    path = materials.root / FOLDER / "платежка.pdf"
    path.write_bytes(b"half")
    os.utime(path, (1_000_000, 1_000_000))
    assert materials.payment_orders(FOLDER, unchanged_since=datetime.fromtimestamp(999_999, UTC)) == ()
    assert len(materials.payment_orders(FOLDER, unchanged_since=datetime.fromtimestamp(1_000_001, UTC))) == 1


def test_an_absent_folder_holds_nothing(materials):
    assert materials.list_files(FOLDER) == ()
    assert materials.payment_orders(FOLDER) == ()
    with pytest.raises(DocumentsError, match="does not exist"):
        materials.read(FOLDER / "a.pdf")


def test_the_mark_only_rises(materials):
    assert materials.read_mark() == {}
    materials.write_mark({"PAY-2026": 42, "PAY-2025": 7})
    materials.write_mark({"PAY-2026": 40, "events": 5})
    assert Materials(materials.root).read_mark() == {"PAY-2026": 42, "PAY-2025": 7, "events": 5}
    assert os.listdir(materials.root) == [MARK]


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"a": "x"}', b"\xff"])
def test_a_damaged_mark_is_told(materials, content):
    materials.write_mark({"a": 1})
    (materials.root / MARK).write_bytes(content)
    with pytest.raises(DocumentsError, match="damaged") as caught:
        materials.read_mark()
    assert caught.value.permanent
