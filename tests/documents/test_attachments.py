import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.attachments import MEDIA_TYPES, Accepted, Refused, inspect
from helpers.files import EXE, HEIC, JPEG, OLE, PNG, TIFF, lying_about_size, office, pdf, zipped
from values.names import safe_name

PDF = pdf()
XML = '<?xml version="1.0" encoding="windows-1251"?>\n<!-- счёт -->\n<ubl:Invoice xmlns:ubl="x"/>'
EML = b"Received: from a\r\nFrom: a@b.ru\r\nSubject: x\r\n\r\nhello \x98\xff"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("счёт.pdf", PDF, "pdf"), ("scan.PDF", b"junk\n" * 100 + PDF, "pdf"), ("a.png", PNG, "png"),
        ("a.jpg", JPEG, "jpeg"),
        ("a.jpeg", JPEG, "jpeg"), ("a.tif", TIFF, "tiff"), ("a.heic", HEIC, "heic"),
        ("a.xml", XML.encode("cp1251"), "xml"),
        ("a.xml", b"\xef\xbb\xbf<Invoice/>", "xml"), ("a.xml", "<?xml version='1.0'?><a/>".encode("utf-16"), "xml"),
        ("a.xlsx", office("xl"), "xlsx"), ("a.docx", office("word"), "docx"), ("a.doc", OLE, "doc"),
        ("a.xls", OLE, "xls"),
        ("a.eml", EML, "eml"), ("a.txt", "привет".encode("cp1251"), "txt"), ("a.csv", "а;б\r\n".encode(), "csv"),
        ("a.txt", "привет".encode("utf-16"), "txt"),
    ],
)  # fmt: skip
def test_the_kinds_people_send_are_taken(name, content, kind):
    accepted = inspect(name, content)
    assert isinstance(accepted, Accepted)
    assert (accepted.name, accepted.kind, accepted.notes) == (name, kind, ())
    assert accepted.media_type == MEDIA_TYPES[kind]
    assert accepted.sha256 == hashlib.sha256(content).hexdigest()
    assert accepted.size == len(content)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"", "empty"), ("a.pdf", EXE, "name_mismatch"), ("a.exe", EXE, "forbidden_type"),
        ("a.exe", PDF, "name_mismatch"),
        ("invoice\u202efdp.exe", PDF, "name_mismatch"), ("a.zip", zipped({"a.txt": b"x"}), "forbidden_type"),
        ("a.pdf", zipped({"a.txt": b"x"}), "name_mismatch"), ("a.xlsm", office("xl"), "name_mismatch"),
        ("a.xlsm", office("xl", {"xl/vbaProject.bin": b"x"}), "forbidden_type"),
        ("a.xlsx", office("xl", types=b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "name_mismatch"),
        ("a.docx", office("word", {"word/evil.zip": b"x"}), "name_mismatch"), ("a.txt", b"a\x00b", "name_mismatch"),
        ("a.html", b"<html></html>", "forbidden_type"), ("a.svg", b"<svg/>", "forbidden_type"),
        ("a", b"hello", "forbidden_type"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "name_mismatch"), ("a.msi", OLE, "forbidden_type"),
        ("a.js", b"alert(1)", "forbidden_type"), ("a.txt", b"#!/bin/sh\n", "name_mismatch"),
        ("a.rar", b"Rar!\x1a\x07", "forbidden_type"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_its_reason(name, content, reason):
    assert inspect(name, content) == Refused(safe_name(name), reason)


def test_a_file_over_the_limit_is_refused():
    assert inspect("a.pdf", PDF, max_size=len(PDF)) == inspect("a.pdf", PDF)
    assert inspect("a.pdf", PDF, max_size=len(PDF) - 1) == Refused("a.pdf", "too_big")


@pytest.mark.parametrize(
    "content",
    [
        office("xl", {"xl/big.xml": b"0" * 100_000_001}),
        office("xl", {"xl/dense.xml": b"0" * 20_000_000}),
        office("xl", {f"xl/{n}.xml": b"" for n in range(5_000)}),
        lying_about_size(office("xl", {"xl/lie.xml": b"0" * 5_000_000}), "xl/lie.xml", 10),
    ],
    ids=["too much", "too dense", "too many", "more than declared"],
)
def test_a_zip_bomb_is_refused(content):
    assert inspect("a.xlsx", content) == Refused("a.xlsx", "zip_bomb")


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (pdf("secret"), ("encrypted",)), (pdf(owner_password="owner"), ()), (PDF[: len(PDF) // 2], ("broken",)),
        (PDF.replace(b"%%EOF", b""), ("broken",)), (b"%PDF-1.7\nnothing", ("broken",)),
    ],
    ids=["locked", "locked against changes only", "cut off", "without its end mark", "junk"],
)  # fmt: skip
def test_a_locked_or_damaged_pdf_is_taken_and_noted(content, notes):
    accepted = inspect("счёт.pdf", content)
    assert isinstance(accepted, Accepted)
    assert accepted.notes == notes


@pytest.mark.parametrize(
    ("name", "content", "fitting"),
    [
        ("скан", PDF, "скан.pdf"), ("Счет от 25.11.2026", PDF, "Счет от 25.11.2026.pdf"),
        ("photo.png", JPEG, "photo.jpg"),
        ("счёт.pdf", JPEG, "счёт.jpg"), ("", PDF, "file.pdf"), ("noname.bin", PDF, "noname.bin.pdf"),
        ("a.txt", b"<a/>", "a.xml"),
        ("Fwd: Счёт", EML, "Fwd_ Счёт.eml"),
    ],
)  # fmt: skip
def test_a_name_gets_the_ending_that_opens_the_file(name, content, fitting):
    accepted = inspect(name, content)
    assert isinstance(accepted, Accepted)
    assert (accepted.name, accepted.notes) == (fitting, ("renamed",))


MAGIC = st.sampled_from([b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"<a", b"<!--", OLE[:8], b"From: ", b"\xff\xfe", b""])


@given(st.text(max_size=30), MAGIC, st.binary(max_size=200))
def test_no_content_and_no_name_breaks_the_look(name, magic, content):
    assert inspect(name, magic + content)


def test_an_ordinary_pdf_costs_less_than_a_millisecond():
    content = PDF.replace(b"%%EOF", b"0" * 60_000 + b"%%EOF")
    best = min(_seconds(content) for _ in range(20))
    assert best < 0.001


def _seconds(content):
    start = time.perf_counter()
    inspect("a.pdf", content)
    return time.perf_counter() - start
