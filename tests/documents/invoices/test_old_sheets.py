"""Sheets of older programs: .xls and .ods as LibreOffice writes them, the XML of Excel 2003 and pages called .xls."""

from __future__ import annotations

import io
import random
from pathlib import Path

import openpyxl
import pytest

from documents.attachments import Accepted, Refused, inspect
from documents.invoices.model import Limits
from documents.invoices.reader import read_invoice
from documents.invoices.sheets_of_text import lines_of_page
from helpers.files import zipped
from helpers.invoice_pages import OUR_INN, PETROV, ROMASHKA, TODAY
from helpers.invoice_reading import read_here
from helpers.invoice_sheets import book, converted, xml_book
from helpers.needs import needs

WANTED = {
    "inn": ROMASHKA.inn, "kpp": ROMASHKA.kpp, "account": ROMASHKA.account, "bic": ROMASHKA.bic,
    "corr_account": ROMASHKA.corr, "contractor": ROMASHKA.name, "amount": "123456.78", "currency": "RUB",
    "invoice_number": "118", "invoice_date": "2026-11-20", "vat_rate": "22", "vat_amount": "22262.70",
}  # fmt: skip


@pytest.fixture(scope="module")
def old_book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return converted(tmp_path_factory.mktemp("xls"), book(), "xls:MS Excel 97")


@needs("libreoffice")
def test_a_sheet_of_old_excel_is_read_and_its_hidden_sheet_is_not(old_book: bytes) -> None:
    assert old_book.startswith(b"\xd0\xcf\x11\xe0")
    reading = read_invoice("Счет 118.xls", old_book, OUR_INN, TODAY)
    assert {one.field: one.value for one in reading.found if one.field != "bank_name"} == WANTED
    assert reading.doubts == ()


@needs("libreoffice")
def test_an_open_document_sheet_says_the_same(tmp_path: Path) -> None:
    content = converted(tmp_path, book(), "ods:calc8")
    judged = inspect("a.ods", content)
    assert isinstance(judged, Accepted)
    assert judged.name == "a.ods"
    reading = read_here(content, "a.ods")
    assert {one.field: one.value for one in reading.found if one.field != "bank_name"} == WANTED


@pytest.mark.parametrize("name", ["счет.xls", "счет.xml"])
def test_a_sheet_in_the_xml_of_excel_is_read(name: str) -> None:
    judged = inspect(name, xml_book())
    assert isinstance(judged, Accepted)
    assert judged.name == name
    reading = read_here(xml_book(), name)
    assert {one.field: one.value for one in reading.found if one.field != "bank_name"} == WANTED


@needs("libreoffice")
def test_a_broken_sheet_harms_nobody(old_book: bytes) -> None:
    """Whatever is done to the bytes, there is an answer, and an account that is read is the one that was written."""
    chance = random.Random(7)
    limits = Limits(seconds=10, memory_bytes=512 * 1024 * 1024)
    for _ in range(60):
        spoilt = bytearray(old_book)
        for _ in range(chance.choice((1, 8, 60))):
            place = chance.randrange(8, len(spoilt))
            spoilt[place : place + chance.choice((1, 2, 4))] = chance.randbytes(chance.choice((1, 2, 4)))
        content = bytes(spoilt[: chance.choice((len(spoilt), chance.randrange(600, len(spoilt))))])
        reading = read_invoice("a.xls", content, OUR_INN, TODAY, limits)
        assert reading.not_opened in (None, "broken", "crash", "time", "encrypted")
        assert reading.value("account") in (None, ROMASHKA.account)


def page(body: str) -> bytes:
    return f"<html><head><meta charset=windows-1251></head><body>{body}</body></html>".encode("cp1251")


TABLE = (
    f"<p>Счет № 118 от 20.11.2026</p><table><tr><td rowspan=2>{ROMASHKA.bank}</td><td>БИК<br>К/с</td>"
    f"<td>{ROMASHKA.bic}<br>{ROMASHKA.corr}</td></tr><tr><td>Р/с</td><td>{ROMASHKA.account}</td></tr></table>"
    f"<div style='display: none'>р/с {PETROV.account}</div><table><tr><td colspan=2>Всего к оплате:</td>"
    "<td>500,00 руб.</td></tr>"
    "<tr style='display:none'><td>Всего к оплате:</td><td></td><td>900,00 руб.</td></tr></table>"
)


def test_a_page_called_a_sheet_is_read_as_it_is_seen() -> None:
    reading = read_here(page(TABLE), "счет.xls")
    fields = ("account", "bic", "corr_account", "amount", "invoice_number")
    assert {field: reading.value(field) for field in fields} == {
        "account": ROMASHKA.account, "bic": ROMASHKA.bic, "corr_account": ROMASHKA.corr, "amount": "500.00",
        "invoice_number": "118",
    }  # fmt: skip
    assert reading.doubts == ()


@pytest.mark.parametrize(
    "program",
    ["<script>x</script>", "<body onload=x>", "<iframe src=x>", "<a href='javascript:x'>", "<object data=x>", "<svg/>"],
)
def test_a_page_with_programs_in_it_is_refused(program: str) -> None:
    assert inspect("a.xls", page(TABLE + program)) == Refused("a.xls", "name_mismatch")


def test_a_page_under_its_own_name_is_refused_as_ever() -> None:
    assert inspect("a.html", page(TABLE)) == Refused("a.html", "forbidden_type")
    assert inspect("a.pdf", page(TABLE)) == Refused("a.pdf", "name_mismatch")


def test_a_page_nested_deep_is_read_in_time() -> None:
    assert lines_of_page(b"<html><body>" + b"<div>" * 20_000 + b"x") is not None
    assert len(lines_of_page(b"<table>" + b"<tr><td colspan=99999 rowspan=99999>x" * 20_000)) <= 2000


def test_an_account_kept_as_a_number_has_lost_its_digits() -> None:
    made = openpyxl.Workbook()
    made.active.append(["Р/с", int(ROMASHKA.account), "БИК", ROMASHKA.bic])
    out = io.BytesIO()
    made.save(out)
    assert read_here(out.getvalue(), "a.xlsx").value("account") is None


def test_macros_in_an_open_document_are_refused() -> None:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    assert isinstance(inspect("a.ods", zipped({"mimetype": kind, "content.xml": b"<x/>"})), Accepted)
    macros = zipped({"mimetype": kind, "content.xml": b"<x/>", "Basic/Standard/Module1.xml": b"<x/>"})
    assert inspect("a.ods", macros) == Refused("a.ods", "name_mismatch")
    locked = {"mimetype": kind, "META-INF/manifest.xml": b"<manifest:encryption-data/>", "content.xml": b"?"}
    assert read_here(zipped(locked), "a.ods").not_opened == "encrypted"
