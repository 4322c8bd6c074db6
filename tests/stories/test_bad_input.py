"""Letters that are wrong in every way people and programs manage: each gets its answer, none is lost."""

import io
import re
import zipfile
from email import policy
from email.message import EmailMessage
from urllib.parse import quote

import openpyxl

from helpers.files import EXE, pdf, zipped
from stories.bad import counts, plain, raw_letter, settings
from stories.stage import ADAM, FIONA, MALLORY, OSCAR, PAYMENTS, RITA, Stage, complete_form, files_of, invoice, text_of
from workflow.core.model import Status

DATE = ("Date", "Tue, 24 Nov 2026 10:00:00 +0300")


# --- who writes -------------------------------------------------------------------------------------------------------


def test_a_stranger_is_refused_politely_once_a_day(stage: Stage) -> None:
    stage.send(MALLORY, complete_form(stage.now()), files=[("счет.pdf", invoice())], subject="Срочно оплатить")
    stage.send(MALLORY, "Почему вы молчите?", subject="Еще раз")
    stage.run()
    answer = plain(stage.only(MALLORY))
    assert "Срочно оплатить" in str(stage.inbox(MALLORY)[0]["Subject"])
    assert "числится" in answer
    assert "подрядчик" in answer
    assert list(stage.wiring().journal.requests()) == []
    assert counts(stage) == {"read": 2, "refused": 2}
    stage.later(hours=25)
    stage.send(MALLORY, "Ау", subject="Третий раз")
    stage.run()
    stage.only(MALLORY)
    assert [stage.new(person) for person in (RITA, ADAM, FIONA, OSCAR)] == [[], [], [], []]


def test_two_authors_in_from_are_nobody(stage: Stage) -> None:
    text = complete_form(stage.now()).encode()
    stage.post(
        MALLORY, PAYMENTS, raw_letter(f"{RITA}, {MALLORY}", text, DATE, ("Content-Type", "text/plain; charset=utf-8"))
    )
    stage.run()
    assert list(stage.wiring().journal.requests()) == []
    assert counts(stage) == {"read": 1, "refused": 1}


# --- size and shape ---------------------------------------------------------------------------------------------------


def test_an_oversize_letter_is_told_its_size_and_the_limit(stage: Stage) -> None:
    settings(stage, "mailbox", 'max_size = "300KB"')
    stage.send(
        RITA, complete_form(stage.now()), files=[("скан.pdf", pdf() + b"\0" * 400_000)], subject="Счет за канцелярию"
    )
    stage.send(MALLORY, "x", files=[("x.pdf", pdf() + b"\0" * 400_000)])
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    told, receipt = stage.new(RITA)
    assert "Счет за канцелярию" in str(told["Subject"])
    assert "Ничего по нему не сделано" in plain(told)
    assert len(re.findall(r"\d+ КБ", plain(told))) == 2, "its size and the limit"
    assert "[PAY-" in receipt["Subject"], "the letter behind it is read"
    assert stage.new(MALLORY) == [], "a stranger's big letter is not answered: From proves nothing"
    assert counts(stage) == {"read": 3, "requests": 1, "refused": 2}


def test_a_multipart_without_its_end_is_read_as_far_as_it_goes(stage: Stage) -> None:
    form = complete_form(stage.now()).replace("\n", "\r\n").encode()
    body = (
        b"--zz\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + form
        + b"\r\n--zz\r\nContent-Type: application/pdf; name=a.pdf"
    )
    stage.post(RITA, PAYMENTS, raw_letter(RITA, body, DATE, ("Content-Type", "multipart/mixed; boundary=zz")))
    assert stage.run() == []
    assert stage.request().value("inn") == "9652407405"
    assert counts(stage) == {"read": 1, "requests": 1}


def test_a_multipart_without_a_boundary_gets_an_answer(stage: Stage) -> None:
    body = "Привет, это заявка".encode()
    stage.post(RITA, PAYMENTS, raw_letter(RITA, body, DATE, ("Content-Type", "multipart/mixed")))
    stage.post(
        RITA,
        PAYMENTS,
        raw_letter(RITA, b"\xff\xfe\x00garbage\x80", DATE, ("Content-Type", "text/plain; charset=no-such")),
    )
    assert stage.run() == []
    assert len(stage.new(RITA)) == 2
    assert counts(stage) == {"read": 2, "refused": 2}


def test_bytes_that_are_no_letter_at_all_are_recorded(stage: Stage) -> None:
    stage.mail.imap.append(PAYMENTS, b"\r\n\r\n\x00\x01\x02")
    stage.mail.imap.append(PAYMENTS, b"no header here\r\n")
    stage.send(RITA, complete_form(stage.now()))
    assert stage.run() == []
    found = counts(stage)
    assert found["read"] == 3
    assert found["requests"] == 1


def test_an_empty_letter_gets_the_form(stage: Stage) -> None:
    stage.send(RITA, "", subject="")
    stage.run()
    answer = text_of(stage.only(RITA))
    assert "ИНН" in answer
    assert "Сумма счета" in answer
    assert counts(stage) == {"read": 1, "refused": 1}
    assert list(stage.wiring().journal.requests()) == []


# --- charsets ---------------------------------------------------------------------------------------------------------


def _in_1251(stage: Stage, content_type: str) -> None:
    text = complete_form(stage.now()).replace("\n", "\r\n").encode("cp1251")
    headers = [DATE, ("Content-Transfer-Encoding", "8bit")]
    if content_type:
        headers.append(("Content-Type", content_type))
    stage.post(RITA, PAYMENTS, raw_letter(RITA, text, *headers))


def test_windows_1251_without_a_label_and_as_utf_8_is_read(stage: Stage) -> None:
    _in_1251(stage, "")
    _in_1251(stage, "text/plain; charset=utf-8")
    assert stage.run() == []
    for reference in (stage.first, stage.first.replace("00001", "00002")):
        request = stage.request(reference)
        assert request.status is Status.AWAITING
        assert request.value("contractor") == stage.request().value("contractor")
        assert "Канцелярия" in request.value("subject")
    for ask in stage.new(ADAM):
        assert "кодировк" in text_of(ask), "the approver is told to compare the texts"
    assert counts(stage) == {"read": 2, "requests": 2}


# --- forwards ---------------------------------------------------------------------------------------------------------


def test_an_invoice_inside_two_forwarded_letters_is_found(stage: Stage) -> None:
    inner = EmailMessage(policy=policy.SMTP)
    inner["From"], inner["To"], inner["Subject"] = "sales@vendor.test", "boss@example.test", "Счет"
    inner.set_content("Добрый день, счет во вложении.\n\nИНН: 7707083893\n")
    inner.add_attachment(invoice("inner"), maintype="application", subtype="pdf", filename="inner.pdf")
    outer = EmailMessage(policy=policy.SMTP)
    outer["From"], outer["To"], outer["Subject"] = "boss@example.test", RITA, "Fwd: Счет"
    outer.set_content("См.")
    outer.add_attachment(inner)
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"], letter["To"], letter["Subject"], letter["Message-ID"] = (
        RITA,
        PAYMENTS,
        "Fwd: Fwd: Счет",
        "<f@x.test>",
    )
    letter.set_content(complete_form(stage.now()))
    letter.add_attachment(outer)
    stage.post(RITA, PAYMENTS, letter.as_bytes())
    assert stage.run() == []
    request = stage.request()
    assert request.value("inn") == "9652407405", "the words of the person count, not those of the forwarded letter"
    assert invoice("inner") in files_of(stage.only(ADAM)).values()


def test_a_form_in_a_letter_forwarded_twice_inline_is_read(stage: Stage) -> None:
    form = complete_form(stage.now())
    text = (
        "-------- Пересылаемое сообщение --------\nОт: Борис <boss@example.test>\nКому: Рита <manager@example.test>\n"
        "Тема: Fwd: оплата\n\n-------- Пересылаемое сообщение --------\nОт: sales@vendor.test\nТема: оплата\n\n" + form
    )
    stage.send(RITA, text, subject="Fwd: Fwd: оплата", files=[("счет.pdf", invoice())])
    assert stage.run() == []
    assert stage.request().value("inn") == "9652407405"


def test_fifty_letters_inside_one_another_do_no_harm(stage: Stage) -> None:
    message = EmailMessage(policy=policy.SMTP)
    message.set_content("дно")
    raw = message.as_bytes()
    for depth in range(50):
        raw = (f"From: a{depth}@x.test\r\nSubject: {depth}\r\nMIME-Version: 1.0\r\n"
               "Content-Type: message/rfc822\r\n\r\n").encode() + raw  # fmt: skip
    stage.post(RITA, PAYMENTS, f"From: {RITA}\r\nTo: {PAYMENTS}\r\nMessage-ID: <deep@x.test>\r\n".encode() + raw)
    assert stage.run() == []
    assert counts(stage)["read"] == 1


# --- files ------------------------------------------------------------------------------------------------------------


def test_no_attachment_is_a_warning_to_the_approver(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    assert "Счет не приложен" in plain(stage.only(ADAM))
    assert stage.cells()["Внимание"]


def test_empty_and_forbidden_files_are_named_to_the_sender(stage: Stage) -> None:
    files = [
        ("пустой.pdf", b""),
        ("счет.exe", EXE),
        ("накладная.pdf", EXE),
        ("счет.pdf", invoice()),
        ("скидка.pdf.js", b"alert(1)"),
    ]
    stage.send(RITA, complete_form(stage.now()), files=files)
    stage.run()
    receipt = plain(stage.only(RITA))
    for name in ("пустой.pdf", "счет.exe", "накладная.pdf", "скидка.pdf.js"):
        assert name in receipt
    assert "файл пуст" in receipt
    assert "содержимое не соответствует имени" in receipt
    assert list(files_of(stage.only(ADAM))) == ["счет.pdf"]
    assert [file.name for file in stage.request().files] == ["счет.pdf"]


def test_only_refused_files_get_the_form_and_their_reasons(stage: Stage) -> None:
    stage.send(RITA, "Оплатите, пожалуйста", files=[("счет.exe", EXE), ("пустой.pdf", b"")])
    stage.run()
    answer = plain(stage.only(RITA))
    assert "счет.exe" in answer
    assert "пустой.pdf" in answer
    assert "ИНН" in answer
    assert counts(stage) == {"read": 1, "refused": 1}


def test_a_zip_bomb_is_refused_by_name_and_the_request_goes_on(stage: Stage) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"\0" * 300_000_000)
    stage.send(
        RITA,
        complete_form(stage.now()),
        files=[("смета.xlsx", bomb.getvalue()), ("архив.zip", zipped({"a.txt": b"x"}))],
    )
    assert stage.run() == []
    receipt = plain(stage.only(RITA))
    assert "смета.xlsx: архив разворачивается до опасного размера" in receipt
    assert "архив.zip" in receipt
    assert stage.request().files == ()


def test_an_encrypted_pdf_is_passed_on_with_a_warning(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()), files=[("закрытый.pdf", pdf("secret"))])
    stage.run()
    ask = stage.only(ADAM)
    assert "закрытый.pdf" in files_of(ask)
    assert "защищен паролем" in plain(ask)


def test_names_of_files_cannot_leave_the_folder_or_break_a_header(stage: Stage) -> None:
    names = ["../../../../etc/cron.d/evil.pdf", "C:\\Windows\\win.pdf", "a\x01\tb\r\nBcc: x@evil.test.pdf",
             "счет\u202efdp.pdf", "CON.pdf", "." * 300 + ".pdf", "я" * 300 + ".pdf", ""]  # fmt: skip
    parts = [f"--zz\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{complete_form(stage.now())}".encode()]
    for number, name in enumerate(names):
        where = f"Content-Disposition: attachment; filename*=utf-8''{quote(name)}"
        head = f"--zz\r\nContent-Type: application/pdf\r\n{where}\r\n\r\n"
        parts.append(head.encode() + invoice(str(number)))
    body = b"\r\n".join([*parts, b"--zz--\r\n"])
    raw = raw_letter(RITA, body, DATE, ("Content-Type", "multipart/mixed; boundary=zz"))
    stage.mail.imap.append(PAYMENTS, raw)  # lines longer than SMTP takes
    assert stage.run() == []
    request = stage.request()
    folder = stage.folder / "materials" / request.folder / request.reference
    stored = [path for path in folder.iterdir() if path.suffix == ".pdf"]
    assert len(stored) == len(names)
    assert all(path.is_file() and len(path.name.encode()) <= 200 for path in stored)
    assert not any(ord(char) < 32 or char in "/\\\u202e" for path in stored for char in path.name)
    ask = stage.only(ADAM)
    assert ask["Bcc"] is None
    assert len(files_of(ask)) == len(names)
    assert {path.name for path in (stage.folder / "materials").rglob("*") if path.suffix == ".pdf"} == {
        p.name for p in stored
    }
    assert not (stage.folder.parent / "etc").exists()


# --- text that wants to be more than text -----------------------------------------------------------------------------


def test_a_formula_in_a_field_stays_text_in_the_cell(stage: Stage) -> None:
    form = complete_form(stage.now())
    form = form.replace("Канцелярия", '=HYPERLINK("http://evil.test";"нажмите")').replace(
        "Подрядчик:", "Подрядчик: =cmd|' /C calc'!A0"
    )
    stage.send(RITA, form)
    assert stage.run() == []
    sheet = openpyxl.load_workbook(stage.book)["Реестр"]
    typed = [
        cell
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))
    ]
    assert all(cell.data_type == "s" or cell.data_type == "inlineStr" for cell in typed), [
        (c.coordinate, c.data_type) for c in typed
    ]
    assert any("HYPERLINK" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    book = zipfile.ZipFile(stage.book)
    assert not any(
        b"<f>" in book.read(name) and b"HYPERLINK" in book.read(name) for name in book.namelist() if "sheet1" in name
    )


def test_newlines_in_fields_never_become_headers(stage: Stage) -> None:
    rows = "".join(
        f"<tr><td>{label.strip()}</td><td>{value.strip()}</td></tr>"
        for label, _, value in (line.partition(":") for line in complete_form(stage.now()).splitlines() if ":" in line)
    )
    html = f"<table>{rows}</table>".replace("Канцелярия", "Канцелярия&#13;&#10;Bcc: evil@evil.test&#10;X-Evil: 1")
    letter = EmailMessage(policy=policy.SMTP)
    letter.set_content("См. таблицу", subtype="plain")
    letter.add_alternative(html, subtype="html")
    letter["From"], letter["To"], letter["Message-ID"] = RITA, PAYMENTS, "<inject@x.test>"
    raw = letter.as_bytes().replace(b"\nTo:", b"\nSubject: =?utf-8?q?Re=0D=0ABcc=3A_evil=40evil.test?=\nTo:", 1)
    stage.post(RITA, PAYMENTS, raw)
    stage.post(MALLORY, PAYMENTS, raw.replace(RITA.encode(), MALLORY.encode()).replace(b"inject@", b"inject2@"))
    assert stage.run() == []
    everything = [received for received in stage.mail.received if received.recipients != (PAYMENTS,)]
    assert len(everything) == 3
    for received in everything:
        assert received.message["Bcc"] is None
        assert received.message["X-Evil"] is None
        assert len(received.recipients) == 1
        assert "evil@evil.test" not in received.recipients
        assert "\n" not in str(received.message["Subject"])
    assert "Канцелярия" in stage.request().value("subject")


def test_markup_in_fields_is_shown_as_text(stage: Stage) -> None:
    evil = "<img src=http://evil.test/x onerror=alert(1)><script>x</script> {{ 7*7 }}"
    stage.send(RITA, complete_form(stage.now()).replace("Канцелярия", f"Канцелярия {evil}"))
    assert stage.run() == []
    html = stage.only(ADAM).get_body(("html",))
    assert html is not None
    shown = str(html.get_content())
    assert "<script>" not in shown
    assert "<img src=http" not in shown
    request = stage.request()
    page = (stage.folder / "materials" / request.folder / request.reference / "index.html").read_text(encoding="utf-8")
    assert "<script>x" not in page
    assert "<img src=http" not in page


# --- again ------------------------------------------------------------------------------------------------------------


def test_the_same_letter_in_two_copies_is_one_request(stage: Stage) -> None:
    letter = stage.send(RITA, complete_form(stage.now()))
    stage.post(RITA, PAYMENTS, letter.as_bytes())
    stage.run()
    assert len(list(stage.wiring().journal.requests())) == 1
    assert counts(stage) == {"read": 1, "requests": 1}
    stage.only(ADAM)


def test_the_same_message_id_with_other_words_is_another_letter(stage: Stage) -> None:
    letter = stage.send(RITA, complete_form(stage.now()))
    other = letter.as_bytes().replace(b"Date: ", b"X-Old-Date: ")
    stage.post(RITA, PAYMENTS, other)
    changed = EmailMessage(policy=policy.SMTP)
    changed["From"], changed["To"], changed["Message-ID"] = RITA, PAYMENTS, letter["Message-ID"]
    changed.set_content(complete_form(stage.now()).replace("12 000,50", "99,00"))
    stage.post(RITA, PAYMENTS, changed.as_bytes())
    stage.run()
    amounts = [request.value("amount") for request in stage.wiring().journal.requests()]
    assert "99.00" in amounts
    assert len(stage.new(ADAM)) == len(amounts)
    assert counts(stage) == {"read": len(amounts), "requests": len(amounts)}


def test_a_correction_in_a_wrong_charset_is_told_to_the_approver(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()))
    stage.run()
    stage.new(ADAM)
    receipt = stage.only(RITA)
    text = "За что платим: Окна и двери".encode("cp1251")
    about = (("In-Reply-To", str(receipt["Message-ID"])), ("Content-Type", "text/plain; charset=utf-8"))
    stage.post(RITA, PAYMENTS, raw_letter(RITA, text, DATE, *about))
    stage.run()
    assert stage.request().value("subject") == "Окна и двери"
    assert "кодировк" in plain(stage.only(ADAM))
