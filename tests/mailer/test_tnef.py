"""Outlook's package gives its files in its place, and is named when it does not open."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from helpers.outlook import winmail
from mailer.letter import read_letter
from mailer.tnef import Broken, files_in

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PDF = b"%PDF-1.4 invoice"


def test_files_come_with_their_long_names() -> None:
    assert files_in(winmail(("Счет на оплату 118.pdf", PDF), ("b.xml", b"<a/>"))) == [
        ("Счет на оплату 118.pdf", PDF),
        ("b.xml", b"<a/>"),
    ]


def test_a_package_of_formatted_text_holds_no_files() -> None:
    assert files_in(winmail()) == []


def test_a_letter_in_the_package_is_looked_into_but_not_without_end() -> None:
    package = winmail(("inner.pdf", PDF))
    assert files_in(winmail(inside=package)) == [("inner.pdf", PDF)]
    for _ in range(8):
        package = winmail(inside=package)
    assert files_in(package) == []


@pytest.mark.parametrize("cut", range(7, 400, 13))
def test_a_package_cut_off_is_broken_or_gives_what_is_whole(cut: int) -> None:
    package = winmail(("a.pdf", PDF), ("b.pdf", PDF))
    try:
        found = files_in(package[:cut])
    except Broken:
        return
    assert all(content == PDF for _, content in found)


@pytest.mark.parametrize("place", range(0, 420, 7))
def test_a_damaged_package_never_fails_in_another_way(place: int) -> None:
    package = bytearray(winmail(("a.pdf", PDF), inside=winmail(("b.pdf", PDF))))
    for value in (0x00, 0x7F, 0xFF):
        package[place % len(package)] = value
        try:
            files_in(bytes(package))
        except Broken:
            continue


def _letter(content: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "rita@example.test", "Счет"
    message.set_content("К оплате")
    message.add_attachment(content, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return message.as_bytes()


def test_in_a_letter_the_files_stand_in_the_place_of_the_package() -> None:
    files = read_letter(_letter(winmail(("..\\Счет 118.pdf", PDF))), received=NOW).files
    assert [(one.name, one.media_type, one.content, one.inline) for one in files] == [
        ("Счет 118.pdf", "application/pdf", PDF, False)
    ]
    broken = read_letter(_letter(winmail(("a.pdf", PDF))[:60]), received=NOW).files
    assert [one.name for one in broken] == ["winmail.dat"]
