"""The approver sees the invoice's first page in his mail; it is pixels, and comes back without any meaning."""

import io
from email.message import EmailMessage
from email.policy import SMTP

from PIL import Image

from helpers.files import zipped
from helpers.invoice_pages import usual
from helpers.vectors import VECTORS
from mailer.letter import read_letter
from stories.stage import ADAM, FIONA, RITA, Stage, complete_form, files_of, text_of
from workflow.core.model import Status


def picture_of(message: EmailMessage) -> bytes | None:
    """The bytes of the picture that the HTML shows."""
    shown = [part for part in message.walk() if part["Content-ID"]]
    return shown[0].get_payload(decode=True) if shown else None  # type: ignore[return-value]


def asked(stage: Stage) -> EmailMessage:
    stage.send(RITA, complete_form(stage.now()), files=[("счет.pdf", usual().bytes())])
    stage.run()
    return stage.only(ADAM)


def test_the_first_page_is_shown_in_the_mail_and_on_the_card(stage: Stage) -> None:
    ask = asked(stage)
    picture = picture_of(ask)
    assert picture is not None
    assert len(picture) < 100_000
    with Image.open(io.BytesIO(picture)) as page:
        assert page.format == "JPEG"
        assert page.width >= 700
    html = ask.get_body(("html",))
    assert html is not None
    assert 'src="cid:page.' in html.get_content()
    assert "cid:" not in text_of(ask)
    assert "счет.pdf" in files_of(ask)
    card = next((stage.folder / "materials").rglob("index.html")).read_text(encoding="utf-8")
    assert "data:image/jpeg;base64," in card
    assert picture_of(stage.only(RITA)) is None, "only whoever decides needs it"


def test_the_setting_switches_it_off(stage: Stage) -> None:
    text = stage.settings_file.read_text(encoding="utf-8")
    stage.settings_file.write_text(text.replace("[notices]\n", "[notices]\npage_image = false\n"), encoding="utf-8")
    assert picture_of(asked(stage)) is None


def test_a_file_that_shows_nothing_leaves_the_mail_as_it_was(stage: Stage) -> None:
    stage.send(RITA, complete_form(stage.now()), files=[("счет.pdf", b"%PDF-1.4 nothing\n%%EOF")])
    stage.run()
    assert picture_of(stage.only(ADAM)) is None


REPLIES = {
    "outlook": ("image001.jpg", "<image001.jpg@01DC5D3A.5F0A1B20>", "inline"),
    "gmail": ("page-1.jpg", "<ii_m5x0picture>", "inline"),
    "apple": ("page-1.jpeg", "<page.0123456789abcdef@example.test>", "inline"),
    "a picture attached by Outlook on the web": ("page-1.jpg", "<page.0123@example.test>", "attachment"),
}


def reply_with_picture(stage: Stage, ask: EmailMessage, words: str, how: tuple[str, str, str]) -> EmailMessage:
    """A reply that quotes our page with the picture in it."""
    name, identity, disposition = how
    picture = picture_of(ask)
    assert picture is not None
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = ADAM, str(ask["Reply-To"]), f"Re: {ask['Subject']}"
    reply["In-Reply-To"], reply["References"], reply["Message-ID"] = (
        ask["Message-ID"],
        ask["Message-ID"],
        f"<{name}@x.test>",
    )
    quoted = "\n".join(f"> {line}" for line in text_of(ask).splitlines())
    reply.set_content(f"{words}\n\n24.11.2026 10:00, ООО «Северный ветер» пишет:\n{quoted}\n")
    shown = f'<p>Согласовать оплату?</p><img src="cid:{identity[1:-1]}">'
    page = f'<div>{words}</div><blockquote type="cite">{shown}</blockquote>'
    reply.add_alternative(page, subtype="html")
    html = reply.get_payload()[1]
    html.add_related(picture, "image", "jpeg", cid=identity, filename=name, disposition=disposition)
    return reply


def test_our_picture_in_a_reply_is_no_file_and_no_obstacle(stage: Stage) -> None:
    for number, (name, how) in enumerate(REPLIES.items(), 1):
        stage.send(
            RITA,
            complete_form(stage.now()).replace("118", str(200 + number)),
            files=[("с.pdf", usual(number=str(200 + number)).bytes())],
        )
        stage.run()
        ask = stage.new(ADAM)[-1]
        reply = reply_with_picture(stage, ask, "СОГЛАСОВАНО", how)
        letter = read_letter(reply.as_bytes(policy=SMTP), received=stage.now())
        assert all(file.inline for file in letter.files), name
        stage.post(ADAM, str(reply["To"]), reply.as_bytes(policy=SMTP))
        stage.run()
        request = stage.request(f"PAY-{stage.now():%Y}-{number:05}")
        assert request.status is Status.APPROVED, name
        assert len(request.files) == 1
        assert request.payment_orders == ()
    assert stage.new(FIONA)


def test_what_lies_inside_a_file_is_filed_too(stage: Stage) -> None:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(usual().bytes()))
    writer.add_attachment("factur-x.xml", (VECTORS / "invoice_cii_en16931.xml").read_bytes())
    out = io.BytesIO()
    writer.write(out)
    stage.send(
        RITA,
        complete_form(stage.now()),
        files=[("счета.zip", zipped({"а.pdf": usual().bytes()})), ("b.pdf", out.getvalue())],
    )
    stage.run()
    stage.run()
    names = {path.name for path in (stage.folder / "materials").rglob("*") if path.is_file()}
    assert {"счета.zip", "а.pdf", "b.pdf", "factur-x.xml"} <= names
    kinds = {row.name: row.kind for row in stage.wiring().journal.materials(stage.first)}
    assert (kinds["а.pdf"], kinds["factur-x.xml"], kinds["b.pdf"]) == ("other", "other", "attachment")
