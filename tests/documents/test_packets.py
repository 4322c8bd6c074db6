"""Archives of invoices: opened when nothing else is in them, refused with a reason otherwise."""

import io
import zipfile

import pytest

from documents.attachments import Accepted, Refused, inspect
from documents.packets import MAX_UNPACKED, MOST_MEMBERS, members_of
from helpers.files import EXE, office, pdf, zipped

PDF = pdf()


def _kind(content: bytes, name: str = "счета.zip") -> str:
    judged = inspect(name, content)
    return judged.kind if isinstance(judged, Accepted) else judged.reason


def test_a_few_invoices_in_an_archive_are_taken():
    content = zipped({"счет 1.pdf": PDF, "b/счет 2.xlsx": office("xl"), "__MACOSX/._x": b"x", ".DS_Store": b"x"})
    assert _kind(content) == "zip"
    assert [name for name, _ in members_of(content)] == ["счет 1.pdf", "счет 2.xlsx"]


@pytest.mark.parametrize(
    "parts",
    [
        {"a.txt": b"x"}, {"a.pdf": PDF, "b.exe": EXE}, {"a.pdf": EXE}, {"a.zip": zipped({"a.pdf": PDF})}, {},
        {f"{number}.pdf": PDF for number in range(MOST_MEMBERS + 1)}, {"a.pdf": b""}, {"a.html": b"<html></html>"},
        {"a.pdf": PDF + bytes(MAX_UNPACKED)},
    ],
    ids=["text", "a program", "a program with another name", "an archive", "nothing", "too many", "empty", "a page",
         "too much"],
)  # fmt: skip
def test_an_archive_with_anything_else_is_refused(parts):
    assert _kind(zipped(parts)) in ("forbidden_type", "zip_bomb")


def test_names_that_climb_out_of_the_archive_are_only_names():
    content = zipped({"../../etc/passwd.pdf": PDF, "C:\\\\windows\\\\a.pdf": PDF})
    assert [name for name, _ in members_of(content)] == ["passwd.pdf", "a.pdf"]


def test_names_of_russian_windows_are_read():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        member = zipfile.ZipInfo("x.pdf")
        archive.writestr(member, PDF)
    content = out.getvalue().replace(b"x.pdf", "ы.pdf".encode("cp866"))
    assert [name for name, _ in members_of(content)] == ["ы.pdf"]


def test_a_locked_archive_is_called_locked():
    content = bytearray(zipped({"a.pdf": PDF}))
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    assert inspect("a.zip", bytes(content)) == Refused("a.zip", "zip_locked")


def test_a_workbook_with_a_password_is_called_locked():
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    assert inspect("счет.xlsx", content) == Refused("счет.xlsx", "office_locked")


def test_outlooks_package_is_named():
    assert inspect("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(40)) == Refused("winmail.dat", "winmail")


def test_half_an_archive_and_two_kinds_at_once_are_refused():
    whole = zipped({"a.pdf": PDF})
    assert _kind(whole[:-30]) == "forbidden_type"
    assert _kind(whole, "счет.pdf") == "name_mismatch"
    assert _kind(EXE + whole, "счет.zip") == "forbidden_type"
