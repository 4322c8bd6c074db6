"""Documents of other writers: OpenDocument texts and .rtf, also where an .rtf is called .doc."""

from __future__ import annotations

import pytest

from documents.attachments import Accepted, Refused, inspect
from documents.invoices.reader import read_invoice
from helpers.files import OLE, zipped
from helpers.invoice_pages import OUR_INN, OUR_NAME, PETROV, ROMASHKA, TODAY
from helpers.invoice_reading import read_here

TEXT = (
    "Счет № 118 от 20.11.2026", f"Поставщик: {ROMASHKA.name}, ИНН {ROMASHKA.inn}, КПП {ROMASHKA.kpp}",
    f"Заказчик: {OUR_NAME}, ИНН {OUR_INN}", "Итого к оплате: 123 456,78 руб., без НДС",
)  # fmt: skip
TABLE = (("Р/с", ROMASHKA.account), ("БИК", ROMASHKA.bic), ("К/с", ROMASHKA.corr))
WANTED = {
    "inn": ROMASHKA.inn, "kpp": ROMASHKA.kpp, "account": ROMASHKA.account, "bic": ROMASHKA.bic,
    "corr_account": ROMASHKA.corr, "contractor": ROMASHKA.name, "amount": "123456.78", "currency": "RUB",
    "invoice_number": "118", "invoice_date": "2026-11-20", "vat_rate": "none",
}  # fmt: skip
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"


def open_text() -> bytes:
    """An OpenDocument text; what was deleted in it and what is hidden is still in the file."""
    other = f"<text:p>р/с {PETROV.account}, БИК {PETROV.bic}</text:p>"
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in TABLE
    )
    body = (
        f"<text:tracked-changes><text:changed-region>{other}</text:changed-region></text:tracked-changes>"
        + "".join(f"<text:p>{line.replace(' ', '<text:s/>', 1)}</text:p>" for line in TEXT)
        + f"<table:table>{rows}</table:table>"
    )
    content = (
        f'<office:document-content xmlns:office="{_NAMES}:office:1.0" xmlns:text="{_NAMES}:text:1.0" '
        f'xmlns:table="{_NAMES}:table:1.0"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def rich_text() -> bytes:
    """An .rtf with Cyrillic letters as bytes of windows-1251 and as numbers, and a table."""

    def coded(text: str, by_number: bool) -> str:
        number = "".join(one if one.isascii() else f"\\u{ord(one)}?" for one in text)
        return (
            number
            if by_number
            else "".join(chr(one) if one < 128 else f"\\'{one:02x}" for one in text.encode("cp1251"))
        )

    lines = "".join(f"{coded(line, number % 2 == 1)}\\par\n" for number, line in enumerate(TEXT))
    rows = "".join(
        "\\trowd\\cellx4000\\cellx9000 " + "".join(f"\\intbl {coded(cell, False)}\\cell " for cell in row) + "\\row\n"
        for row in TABLE
    )
    return f"{{\\rtf1\\ansi\\ansicpg1251{{\\fonttbl{{\\f0 Arial;}}}}{lines}{rows}}}".encode("ascii")


@pytest.mark.parametrize(("name", "content"), [("счет.odt", open_text()), ("счет.rtf", rich_text())])
def test_a_document_of_another_writer_is_read(name: str, content: bytes) -> None:
    judged = inspect(name, content)
    assert isinstance(judged, Accepted)
    assert judged.name == name
    reading = read_here(content, name)
    assert {one.field: one.value for one in reading.found if one.field != "bank_name"} == WANTED
    assert reading.doubts == ()


def test_rich_text_is_often_called_doc() -> None:
    judged = inspect("счет.doc", rich_text())
    assert isinstance(judged, Accepted)
    assert (judged.name, judged.kind) == ("счет.rtf", "rtf")
    assert read_here(rich_text(), "счет.doc").value("account") == ROMASHKA.account
    assert read_here(OLE, "счет.doc").not_opened == "old_office"


@pytest.mark.parametrize(
    "content", [b"{\\rtf1" + b"{" * 100_000, b"{\\rtf1\\bin99999999999 x", b"{\\rtf\\u99999999?\\'zz"]
)
def test_a_broken_rich_text_harms_nobody(content: bytes) -> None:
    reading = read_invoice("a.rtf", content, OUR_INN, TODAY)
    assert (reading.found, reading.not_opened) in (((), None), ((), "broken"), ((), "crash"))


def test_a_document_with_macros_is_refused() -> None:
    kind = b"application/vnd.oasis.opendocument.text"
    macros = zipped({"mimetype": kind, "content.xml": b"<x/>", "Scripts/python/a.py": b"x"})
    assert inspect("a.odt", macros) == Refused("a.odt", "name_mismatch")
