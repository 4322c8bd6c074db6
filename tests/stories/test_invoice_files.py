"""Requests that only a file explains, and files that nobody can use: each on the real line."""

import io
import os
import zlib
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pypdf
import pytest

from documents.sandbox import _SHARED
from helpers.files import HEIC, OLE, zipped
from helpers.invoice_pages import Sheet, usual
from helpers.invoice_sheets import book, converted
from helpers.needs import needs
from helpers.outlook import winmail
from helpers.readers import waiting_child
from helpers.vectors import VECTORS
from stories.stage import ADAM, RITA, Stage, complete_form, text_of
from workflow.core.model import Request, Status


def plain(message: EmailMessage) -> str:
    return " ".join(text_of(message).split())


def two_lines(stage: Stage) -> str:
    due = (stage.now() + timedelta(days=5)).strftime("%d.%m.%Y")
    return f"За что платим: Монтаж\nОплатить до: {due}\n"


def sent(stage: Stage, name: str, content: bytes) -> Request:
    stage.send(RITA, two_lines(stage), files=[(name, content)])
    assert stage.run() == []
    return stage.request()


def test_factur_x_alone_is_a_whole_request(stage: Stage) -> None:
    page = Sheet().say("Rechnung 2026-0118").bytes()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(page))
    writer.add_attachment("factur-x.xml", (VECTORS / "invoice_cii_en16931.xml").read_bytes())
    out = io.BytesIO()
    writer.write(out)
    request = sent(stage, "rechnung.pdf", out.getvalue())
    assert request.status is Status.AWAITING, request.problems
    assert (request.value("iban"), request.value("amount"), request.value("currency")) == (
        "NL91ABNA0417164300", "149.90", "EUR",
    )  # fmt: skip
    assert {request.fields[name].source for name in ("iban", "amount", "contractor")} == {"e-invoice"}
    assert "NL91ABNA0417164300" in text_of(stage.only(ADAM))


@pytest.mark.parametrize("name", ["upd_503", "schet_chetop_501"])
def test_a_russian_electronic_document_alone_is_a_whole_request(stage: Stage, name: str) -> None:
    request = sent(stage, f"{name}.xml", (VECTORS / f"{name}.xml").read_bytes())
    assert request.status is Status.AWAITING, request.problems
    assert (request.value("inn"), request.value("account")) == ("9601123451", "40702810300000010001")
    assert request.fields["account"].source == "e-invoice"
    assert "120 000" in plain(stage.only(ADAM)) or request.value("amount") in ("123456.78", "120000.00")


@needs("libreoffice")
def test_an_invoice_in_old_excel_alone_is_a_whole_request(stage: Stage, tmp_path: Path) -> None:
    """The way accountants mail them from their program; the old details on its hidden sheet are nobody's business."""
    request = sent(stage, "Счет 118.xls", converted(tmp_path, book(), "xls:MS Excel 97"))
    assert request.status is Status.AWAITING, request.problems
    assert (request.value("account"), request.value("amount")) == ("40702810300000010001", "123456.78")
    assert request.value("invoice_number") == "118"
    assert "123 456,78" in plain(stage.only(ADAM)).replace("\u00a0", " ")
    assert next(path for path in stage.folder.rglob("*118*.xls")).read_bytes().startswith(b"\xd0\xcf\x11\xe0")


def test_a_credit_note_gives_no_amount(stage: Stage) -> None:
    text = (VECTORS / "invoice_ubl.xml").read_text(encoding="utf-8")
    credit = text.replace("<Invoice", "<CreditNote").replace("</Invoice>", "</CreditNote>")
    assert "CreditNote" in credit
    request = sent(stage, "credit.xml", credit.encode())
    assert request.status is Status.DRAFT
    assert request.value("amount") == ""
    assert "кредит-нота" in plain(stage.only(RITA))


def _pdf(*objects: bytes) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def bomb() -> bytes:
    """A page whose drawing unpacks to 200 MB."""
    packed = zlib.compress(b"q " * 100_000_000, 9)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>"
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    return _pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, stream)


def locked() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(usual().bytes()))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_invoice_in_a_package_of_outlook_is_read_and_kept_as_itself(stage: Stage) -> None:
    request = sent(stage, "winmail.dat", winmail(("Счет 118.pdf", usual().bytes())))
    assert request.fields["account"].value == "40702810300000010001"
    assert request.fields["amount"].value == "123456.78"
    assert [file.name for file in request.files] == ["Счет 118.pdf"]
    assert "winmail" not in plain(stage.only(RITA))


HOSTILE = {
    "a locked PDF": ("закрытый.pdf", locked, "Файл защищен паролем"),
    "a HEIC photo cut off": ("IMG_1.heic", lambda: HEIC, "пришлите его заново: IMG_1.heic"),
    "a PDF cut off": ("обрывок.pdf", lambda: usual().bytes()[:4000], "Файл поврежден"),
    "a picture cut off": ("фото.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(40), "пришлите его заново: фото.png"),
    "an old document": ("счет.doc", lambda: OLE, "Старый формат .doc мы не читаем; сохраните файл как .docx или PDF"),
    "an old workbook cut off": ("счет.xls", lambda: OLE, "Файл поврежден, мы его не прочитали; пришлите его заново"),
    "an archive of text": ("архив.zip", lambda: zipped({"a.txt": b"x"}), "архив.zip: такие файлы мы не принимаем"),
    "Outlook's package": ("winmail.dat", lambda: b"\x78\x9f\x3e\x22" + bytes(90), "winmail.dat: это пакет Outlook"),
    "an XML with entities": (
        "счет.xml", lambda: b'<!DOCTYPE Invoice [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice>&a;</Invoice>',
        "счет.xml: содержимое не соответствует имени файла",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(stage: Stage, name: str) -> None:
    file, make, sentence = HOSTILE[name]
    stage.send(RITA, complete_form(stage.now()), files=[(file, make())])
    assert stage.run() == []
    assert sentence in plain(stage.only(RITA))
    assert stage.request().status is Status.AWAITING, "the rest of the mail counts"


@pytest.mark.slow
def test_a_bomb_costs_its_child_and_not_the_daemon(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()), files=[("счет.pdf", bomb())])
    stage.send(RITA, complete_form(stage.now()).replace("118", "119"), files=[("б.pdf", usual(number="119").bytes())])
    assert stage.run() == []
    assert stage.request().status is Status.AWAITING
    assert stage.request(f"PAY-{stage.now():%Y}-00002").status is Status.AWAITING
    server = _SHARED.server_pid
    assert server is not None
    assert waiting_child(server), "nothing of it is left but the child that waits for the next file"
    assert os.getpid() != server
