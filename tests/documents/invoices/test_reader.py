"""The child as it really runs: limits, hostile files, and what is not opened at all."""

from __future__ import annotations

import hashlib
import io
import struct
import time
import zlib

import pytest
from PIL import Image

from documents.invoices.model import NOT_OPENED, InvoiceReading, Limits
from documents.invoices.reader import read_invoice
from documents.page_image import PageImages
from documents.sandbox import Failure, run_child
from helpers.files import EXE, HEIC, OLE, office, pdf, zipped
from helpers.invoice_pages import OUR_INN, ROMASHKA, TODAY, Sheet, saved, usual
from helpers.needs import needs
from helpers.vectors import VECTORS


def _read(content: bytes, name: str = "invoice.pdf", limits: Limits | None = None) -> InvoiceReading:
    return read_invoice(name, content, OUR_INN, TODAY, limits)


@needs("dejavu")
def test_an_invoice_is_read_in_the_child() -> None:
    read = _read(usual().bytes())
    assert read.kind == "text"
    assert read.value("account") == ROMASHKA.account


@needs("dejavu")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", usual().bytes()),
        ("a.png", saved(Image.new("L", (800, 600), "white"), "PNG")),
        ("a.zip", zipped({"b.xml": (VECTORS / "upd_503.xml").read_bytes(), "c.pdf": usual().bytes()})),
    ],
)
def test_the_first_page_is_shown_by_the_child_that_reads_the_file(name: str, content: bytes) -> None:
    read = read_invoice(name, content, OUR_INN, TODAY, with_page=True)
    assert read.page is not None
    with Image.open(io.BytesIO(read.page)) as picture:
        assert picture.format == "JPEG"
        assert picture.width >= 700
    assert _read(content, name).page is None, "nobody asked for it"
    kept = PageImages()
    kept.keep(hashlib.sha256(content).hexdigest(), read.page)
    assert kept.of(name, content) is read.page, "it is not made a second time"


def test_a_file_without_pages_shows_none() -> None:
    assert read_invoice("a.xml", (VECTORS / "upd_503.xml").read_bytes(), OUR_INN, TODAY, with_page=True).page is None


@pytest.mark.parametrize("name", ["invoice_cii_en16931", "invoice_ubl", "upd_503", "schet_chetop_501"])
def test_e_invoices_are_read_in_the_child(name: str) -> None:
    read = _read((VECTORS / f"{name}.xml").read_bytes(), f"{name}.xml")
    assert read.kind == "e-invoice"
    assert read.value("invoice_number")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("winmail.dat", b"\x78\x9f\x3e\x22" + b"\x00" * 100, "winmail"),
        ("a.pdf", pdf("secret"), "encrypted"),
        ("a.pdf", b"%PDF-1.4 nothing at all %%EOF", "broken"),
        ("a.pdf", usual().bytes()[:3000], "broken"),
        ("a.doc", OLE, "old_office"),
        ("a.heic", HEIC, "broken"),
        ("a.exe", EXE, "refused"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, "broken"),
        ("a.xlsx", office("xl"), "broken"),
        ("a.docx", office("word"), "broken"),
        ("a.txt", "Счет № 1".encode(), None),
        ("a.pdf", b"", None),
        ("a.xml", b"<note><to/></note>", None),
        ("a.xml", b'<!DOCTYPE Invoice [<!ENTITY a "b">]><Invoice/>', "refused"),
    ],
)
def test_what_is_not_opened_is_named(name: str, content: bytes, reason: str | None) -> None:
    read = _read(content, name)
    assert read.found == ()
    assert read.not_opened == reason
    assert reason is None or reason in NOT_OPENED


def test_a_file_that_is_too_big_is_not_opened() -> None:
    assert _read(pdf(), limits=Limits(size=100)).not_opened == "too_big"


def _png_bomb(side: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")
    )


def test_a_picture_with_too_many_points_is_not_opened() -> None:
    assert _read(_png_bomb(50_000), "a.png").not_opened == "picture_too_big"


def _raw_pdf(*objects: bytes) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def _stream(content: bytes, extra: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), extra, packed)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def _hostile() -> dict[str, bytes]:
    many = b"<</Type/Pages/Count 10000/Kids[%s]>>" % (b"3 0 R " * 10_000)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"
    one = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    content = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    loop = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
    image = b"/Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceGray/BitsPerComponent 8"
    return {
        "10 000 pages": _raw_pdf(CATALOG, many, page),
        "pages in a ring": _raw_pdf(CATALOG, b"<</Type/Pages/Count 1/Kids[2 0 R]>>"),
        "javascript": _raw_pdf(b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(1){})>>>>", one, page),
        "unpacks without end": _raw_pdf(CATALOG, one, content, _stream(b"q " * 100_000_000), _stream(b"")),
        "draws itself": _raw_pdf(CATALOG, one, content, _stream(b"/X Do"), _stream(b"/X Do /X Do", loop)),
        "huge image": _raw_pdf(
            CATALOG, one, content, _stream(b"200 0 0 200 0 0 cm /X Do"), _stream(b"\x00" * 900_000_000, image)
        ),
        "huge page": _raw_pdf(CATALOG, one, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000000 9000000]>>"),
        "deep nesting": _raw_pdf(CATALOG, one, page, b"[" * 200_000 + b"]" * 200_000),
        "broken xref": pdf().replace(b"xref", b"xrxx"),
        "a million letters": _raw_pdf(
            CATALOG, one, content, _stream(b"BT /F 9 Tf (" + b"7" * 3_000_000 + b") Tj ET"), _stream(b"")
        ),
    }


@pytest.mark.slow
@pytest.mark.parametrize(("name", "content"), _hostile().items())
def test_a_hostile_pdf_ends_in_time_and_says_nothing_wrong(name: str, content: bytes) -> None:
    start = time.monotonic()
    read = _read(content, limits=Limits(seconds=12))
    assert time.monotonic() - start < 14, name
    assert read.found == ()
    assert read.not_opened is None or read.not_opened in NOT_OPENED


def test_the_child_is_killed_in_time() -> None:
    assert run_child("invoice", b"", 5, 2**29, timeout=0) == Failure("time")


def test_a_child_without_memory_is_a_crash() -> None:
    assert _read(pdf() + bytes(20_000_000), limits=Limits(memory_bytes=20_000_000)).not_opened == "crash"


def _may_leave_the_network() -> bool:
    """What the system allows, asked of another program than the one under test."""
    import shutil
    import subprocess

    return shutil.which("unshare") is not None and any(
        subprocess.run(["unshare", *flags, "true"], capture_output=True, check=False).returncode == 0
        for flags in (["--net"], ["--user", "--net"])
    )


def test_the_child_reaches_no_network() -> None:
    import socket
    import subprocess
    import sys

    if not _may_leave_the_network():
        pytest.skip("this system lets nobody leave the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = (
            "from documents.forkserver import leave_network; leave_network(); import socket;"
            f"socket.create_connection(('127.0.0.1', {port}), 2)"
        )
        child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert child.returncode != 0
    assert "Network is unreachable" in child.stderr


def test_the_daemon_loads_no_reader_of_files() -> None:
    import subprocess
    import sys

    code = (
        "import sys, documents.invoices.reader, documents.invoices.combine;"
        "print([name for name in ('pypdfium2', 'zxingcpp', 'PIL', 'pypdf', 'lxml') if name in sys.modules])"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "[]"


@needs("dejavu")
def test_a_picture_of_a_page_is_no_invoice() -> None:
    blank = Image.new("L", (800, 600), "white")
    out = io.BytesIO(saved(blank))
    assert _read(out.getvalue(), "photo.png") == InvoiceReading()
    assert _read(Sheet().say("Добрый день").bytes()).found == ()
