"""Pictures, scans, sheets, documents and letters that carry an invoice."""

from __future__ import annotations

import io
import random
import shutil
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from PIL import Image, ImageFilter

from documents.invoices import kinds
from documents.invoices.combine import combine
from documents.invoices.reader import read_invoice
from documents.page_image import PageImages
from helpers.files import zipped
from helpers.invoice_layouts import BASE, LAYOUTS
from helpers.invoice_pages import (
    OUR_INN,
    PETROV,
    ROMASHKA,
    TODAY,
    Sheet,
    box,
    picture,
    qr,
    saved,
    scanned,
    st00012,
    usual,
)  # fmt: skip
from helpers.invoice_reading import read_here
from helpers.needs import needs
from helpers.vectors import VECTORS

pytestmark = needs("dejavu")
with_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="needs tesseract: apt install tesseract-ocr-rus"
)
BANK = {"account": ROMASHKA.account, "bic": ROMASHKA.bic, "inn": ROMASHKA.inn}

CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda image: image,
    "turned by 3 degrees": lambda image: image.rotate(3, expand=True, fillcolor="white"),
    "turned by 90 degrees": lambda image: image.rotate(90, expand=True),
    "upside down": lambda image: image.rotate(180),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(1.2)),
    "dark": lambda image: image.point(lambda value: value * 0.5),
}


def _coded() -> bytes:
    return usual().code(st00012(), 150, 180, 40).bytes()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_code_in_a_picture_is_read(kind: str, change: str) -> None:
    read = combine([read_here(saved(picture(_coded(), 150, CHANGES[change]), kind), f"scan.{kind.lower()}")])
    assert {field: read.values[field].value for field in BANK} == BANK
    assert read.values["account"].source == "qr"


def test_a_code_on_transparent_paper_is_read() -> None:
    image = Image.open(qr(st00012(), scale=6)).convert("RGBA")
    image.putdata([(0, 0, 0, 0 if pixel[0] > 128 else 255) for pixel in image.get_flattened_data()])
    assert read_here(saved(image), "code.png").value("account") == ROMASHKA.account


def test_every_page_of_a_tiff_is_looked_at() -> None:
    pages = [picture(Sheet().say("1").bytes(), 100), picture(_coded(), 150)]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert read_here(content, "fax.tiff").value("bic") == ROMASHKA.bic


def test_a_code_in_a_scanned_pdf_is_read() -> None:
    read = combine([read_here(scanned(_coded(), 200, angle=1.5, blur=0.7))])
    assert {field: read.values[field].value for field in BANK} == BANK


@with_tesseract
@pytest.mark.parametrize("name", ["1c", "labels on lines", "two columns", "english", "german"])
def test_a_scan_gives_right_bank_details_or_none_and_proves_nothing(name: str) -> None:
    content, truth, _ = LAYOUTS[name]()
    read = read_here(scanned(content, 200))
    assert read.found
    assert {one.source for one in read.found} == {"scan"}
    assert not any(one.proven for one in read.found)
    numbers = ("inn", "kpp", "account", "bic", "corr_account", "iban", "swift", "amount")
    assert [one for one in read.found if one.field in numbers and one.value != truth[one.field]] == []


def test_text_under_a_picture_of_the_page_is_a_scan() -> None:
    sheet = usual()
    sheet.pdf.image(io.BytesIO(saved(picture(usual().bytes(), 100))), x=0, y=0, w=210)
    read = read_here(sheet.bytes())
    assert read.value("account") == ROMASHKA.account
    assert {one.source for one in read.found} == {"scan"}


def test_a_sheet_is_read_cell_by_cell() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["Счет на оплату № 118 от 20.11.2026"], ["Поставщик", 'ООО "Ромашка"'],
        ["ИНН", 9601123451], ["КПП", "960101001"],
        ["Р/с", ROMASHKA.account], ["БИК", ROMASHKA.bic], ["К/с", ROMASHKA.corr], ["Всего к оплате", None, 123456.78],
        ["В том числе НДС 22%", None, 22262.7],
    ):  # fmt: skip
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    values = {one.field: one.value for one in read_here(out.getvalue(), "счет.xlsx").found}
    assert {field: BASE[field] for field in values if field != "bank_name"} == values
    assert {"inn", "kpp", "account", "bic", "corr_account", "amount", "vat_amount", "invoice_number"} <= values.keys()


def test_an_account_that_a_sheet_destroyed_is_not_believed() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Р/с", 40702810300000010001])
    page.append(["БИК", ROMASHKA.bic])
    out = io.BytesIO()
    book.save(out)
    assert read_here(out.getvalue(), "a.xlsx").value("account") is None


def test_a_document_is_read_with_its_tables() -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    def line(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    rows = "".join(
        f"<w:tr><w:tc>{line(label)}</w:tc><w:tc>{line(value)}</w:tc></w:tr>"
        for label, value in (
            ("Исполнитель", "ООО «Ромашка»"), ("ИНН", ROMASHKA.inn), ("Р/с", ROMASHKA.account), ("БИК", ROMASHKA.bic),
            ("Итого к оплате", "123 456,78 руб."),
        )
    )  # fmt: skip
    body = f"{line('Счет № 118 от 20.11.2026')}<w:tbl>{rows}</w:tbl>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>')
    read = read_here(out.getvalue(), "счет.docx")
    assert {field: read.value(field) for field in (*BANK, "amount", "invoice_number")} == BANK | {
        "amount": "123456.78", "invoice_number": "118",
    }  # fmt: skip


def _letter(*files: tuple[str, bytes, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "supplier@example.test", "manager@example.test", "Счет"
    message.set_content("Добрый день! Счет во вложении.")
    for name, content, kind in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def test_an_invoice_inside_a_letter_is_found() -> None:
    letter = _letter(
        ("счет.pdf", usual().bytes(), "application/pdf"), ("logo.png", saved(Image.new("L", (9, 9))), "image/png")
    )
    read = read_here(letter, "fw.eml")
    assert read.value("account") == ROMASHKA.account
    assert read.found[0].place.startswith("счет.pdf: page 1")


def test_an_invoice_inside_a_letter_inside_a_letter_is_found() -> None:
    outer = EmailMessage()
    outer["From"], outer["Subject"], outer["To"] = "a@example.test", "FW", "b@example.test"
    outer.set_content("см.")
    import email.policy

    inner = email.message_from_bytes(
        _letter(("a.pdf", usual().bytes(), "application/pdf")), policy=email.policy.default
    )
    outer.add_attachment(inner)
    assert read_here(outer.as_bytes(), "fw.eml").value("bic") == ROMASHKA.bic


def test_two_invoices_in_a_letter_are_told_and_not_mixed() -> None:
    second = box(Sheet(), PETROV).say("Счет № 7 от 01.11.2026").say("К оплате: 5 000,00 руб.").bytes()
    read = read_here(
        _letter(("a.pdf", usual().bytes(), "application/pdf"), ("b.pdf", second, "application/pdf")), "fw.eml"
    )
    assert read.found == ()
    assert "several_invoices" in {code for code, _ in read.doubts}


def test_winmail_inside_a_letter_is_named() -> None:
    read = read_here(_letter(("winmail.dat", b"\x78\x9f\x3e\x22" + b"\x00" * 50, "application/ms-tnef")), "fw.eml")
    assert read.doubts == (("part_not_opened", "winmail.dat: winmail"),)


def test_an_e_invoice_inside_a_pdf_is_read() -> None:
    import pypdf

    writer = pypdf.PdfWriter(
        clone_from=io.BytesIO(Sheet().say("Rechnung 2026-0118").say("Total due: EUR 149.90").bytes())
    )
    writer.add_attachment("factur-x.xml", (VECTORS / "invoice_cii_en16931.xml").read_bytes())
    out = io.BytesIO()
    writer.write(out)
    read = read_here(out.getvalue(), "rechnung.pdf")
    assert read.kind == "e-invoice"
    assert read.value("iban", "e-invoice") == "NL91ABNA0417164300"
    assert read.value("amount", "pdf") == "149.90"
    assert read.found[0].place.startswith("factur-x.xml: ")


def test_the_invoices_of_an_archive_are_read_and_not_mixed() -> None:
    one = zipped({"счет.pdf": usual().bytes(), "договор.pdf": Sheet().say("Договор № 5 от 01.02.2026").bytes()})
    read = read_here(one, "счет.zip")
    assert read.value("account") == ROMASHKA.account
    assert read.found[0].place.startswith("счет.pdf: ")
    second = box(Sheet(), PETROV).say("Счет № 7 от 01.11.2026").say("К оплате: 5 000,00 руб.").bytes()
    two = read_here(zipped({"a.pdf": usual().bytes(), "b.pdf": second}), "счета.zip")
    assert two.found == ()
    assert "several_invoices" in {code for code, _ in two.doubts}


def test_what_a_hidden_sheet_says_is_not_read() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Счет № 118 от 20.11.2026"])
    hidden = book.create_sheet("x")
    hidden.append(["Р/с", ROMASHKA.account])
    hidden.append(["БИК", ROMASHKA.bic])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    read = read_here(out.getvalue(), "счет.xlsx")
    assert (read.value("invoice_number"), read.value("account")) == ("118", None)


def test_formulas_of_a_sheet_are_never_carried_out() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["К оплате", '=WEBSERVICE("http://127.0.0.1/")', "=cmd|' /C calc'!A0", "='[http://x/y.xlsx]a'!A1"])
    out = io.BytesIO()
    book.save(out)
    assert read_here(out.getvalue(), "счет.xlsx").found == ()


def test_a_letterhead_at_the_head_of_the_page_is_read() -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    def part(root: str, *lines: str) -> str:
        return (
            f'<w:{root} xmlns:w="{word}">'
            + "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
            + f"</w:{root}>"
        )

    head = part("hdr", "Поставщик: ООО «Ромашка», ИНН 9601123451", "р/с 40702810300000010001 БИК 049600111")
    body = part("body", "Счет № 118 от 20.11.2026", "К оплате: 500,00 руб.")
    document = f'<w:document xmlns:w="{word}">{body}</w:document>'
    content = zipped({
        "[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode(), "word/header1.xml": head.encode(),
    })  # fmt: skip
    read = read_here(content, "счет.docx")
    assert (read.value("account"), read.value("amount")) == (ROMASHKA.account, "500.00")


PHOTOS = Path(__file__).parent.parent.parent / "photos"


def test_a_photo_of_an_iphone_is_read_and_shown() -> None:
    content = (PHOTOS / "invoice.heic").read_bytes()
    reading = read_invoice("IMG_0001.HEIC", content, OUR_INN, TODAY, with_page=True)
    assert reading.value("account", "qr") == ROMASHKA.account
    assert reading.page is not None
    assert reading.page.startswith(b"\xff\xd8\xff")
    assert PageImages().of("IMG_0001.HEIC", content) == reading.page


def test_without_its_extra_such_a_photo_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_READS_HEIC", False)
    reading = read_invoice("a.heic", (PHOTOS / "invoice.heic").read_bytes(), OUR_INN, TODAY)
    assert (reading.found, reading.not_opened) == ((), "heic")


def test_a_photo_with_too_many_points_is_not_decoded() -> None:
    content = (PHOTOS / "63_megapixels.heic").read_bytes()
    assert read_invoice("a.heic", content, OUR_INN, TODAY).not_opened == "picture_too_big"


def test_a_broken_photo_harms_nobody() -> None:
    good = (PHOTOS / "invoice.heic").read_bytes()
    chance = random.Random(3)
    for _ in range(25):
        spoilt = bytearray(good)
        for _ in range(chance.choice((1, 20))):
            spoilt[chance.choice((chance.randrange(12, 600), chance.randrange(12, len(good))))] = chance.randrange(256)
        reading = read_invoice("a.heic", bytes(spoilt[: chance.choice((len(good), 5000))]), OUR_INN, TODAY)
        assert reading.not_opened in (None, "broken", "crash", "time", "picture_too_big", "refused")
        assert reading.value("account", "qr") in (None, ROMASHKA.account)
