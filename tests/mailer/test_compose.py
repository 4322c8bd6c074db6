"""What our notices look like on the wire, and that nothing from outside can bend them."""

import json
import quopri
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.compose import Address, Notice, NoticeFile, compose, mailto
from mailer.errors import DeliveryError

MAILTO = json.loads((Path(__file__).parents[1] / "vectors" / "mailto.json").read_text(encoding="utf-8"))
PDF = NoticeFile("Счёт № 12 от 25.11.2026.pdf", "application/pdf", b"%PDF-1.4\n" + bytes(range(256)) * 40)
MARKER, CODE = "=== Пишите ответ выше этой строки ===", "Код: abcdefghijklmnopqrstuvwxyz (не удаляйте)"

NOTICE = Notice(
    message_id="abc.1@example.test",
    sender=Address("Платежи", "payments@example.test"),
    to=Address("Антон Головин", "head@example.test"),
    reply_to="payments+abc@example.test",
    subject="[PAY-2026-00042/1] Согласуйте оплату: бумага",
    text="Здравствуйте!\n\nСумма: 4 800,00 ₽\n",
    html='<!DOCTYPE html><html><body class="page"><p>Сумма: 4 800,00 ₽</p></body></html>',
    in_reply_to="letter@example.test",
    references=("first@example.test", "letter@example.test"),
    date=datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    automatic="auto-replied",
    language="ru",
    files=(PDF,),
    marker=MARKER,
    code_line=CODE,
)


def read(notice: Notice) -> EmailMessage:
    return message_from_bytes(compose(notice), policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    found = next(one for one in message.walk() if one.get_content_type() == kind)
    payload = found.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8").replace("\r\n", "\n")


def test_a_notice_says_what_it_is() -> None:
    message = read(NOTICE)
    assert message["Subject"] == NOTICE.subject
    assert message["From"].addresses[0].addr_spec == "payments@example.test"
    assert message["To"].addresses[0].display_name == "Антон Головин"
    assert message["Reply-To"] == "payments+abc@example.test"
    assert message["Message-ID"] == "<abc.1@example.test>"
    assert message["In-Reply-To"] == "<letter@example.test>"
    assert message["References"] == "<first@example.test> <letter@example.test>"
    assert message["Date"].datetime == NOTICE.date
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Countersign"] == "1"
    assert not [name for name in message if name.lower().startswith("list-")]


def test_absence_notes_are_kept_away_and_bounces_are_not() -> None:
    silenced = read(NOTICE)["X-Auto-Response-Suppress"].split(", ")
    assert {"OOF", "AutoReply", "DR"} <= set(silenced)
    assert not {"All", "NDR"} & set(silenced)


def test_text_and_html_are_framed_by_the_marker_and_the_code() -> None:
    message = read(NOTICE)
    text, html = part(message, "text/plain"), part(message, "text/html")
    assert text == f"{MARKER}\n\nЗдравствуйте!\n\nСумма: 4 800,00 ₽\n\n{CODE}\n"
    assert html.index("<body") < html.index(MARKER) < html.index("Сумма") < html.index(CODE) < html.index("</body")


def test_the_subject_keeps_its_tag_readable_on_the_wire() -> None:
    assert b"\r\nSubject: [PAY-2026-00042/1]" in compose(NOTICE)


def test_the_same_notice_gives_the_same_bytes() -> None:
    assert compose(NOTICE) == compose(replace(NOTICE))
    assert compose(NOTICE) != compose(replace(NOTICE, message_id="abc.2@example.test"))


def test_files_arrive_whole_under_their_own_name_with_a_plain_one_for_old_programs() -> None:
    attachment = next(read(NOTICE).iter_attachments())
    assert attachment.get_content() == PDF.content
    assert attachment.get_content_type() == "application/pdf"
    raw = compose(NOTICE).decode("ascii")
    assert 'filename="Schet No 12 ot 25.11.2026.pdf"' in raw
    assert "filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82%20%E2%84%96%2012%20%D0%BE%D1%82%2025.11.2026.pdf" in raw


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Approved.\n", "7bit"), ("Approved: " + "x" * 200 + "\n", "quoted-printable"),
     ("The price is 5 € only, as agreed before\n", "quoted-printable"), ("Согласовано\n", "base64")],
)  # fmt: skip
def test_each_text_takes_the_encoding_that_suits_it(text: str, encoding: str) -> None:
    message = read(replace(NOTICE, text=text, html=None, files=(), marker=None, code_line=None))
    assert message["Content-Transfer-Encoding"] == encoding
    assert part(message, "text/plain") == text


def test_a_quoted_printable_text_keeps_its_lines() -> None:
    text = "so many words for 1 € " * 20 + "\n\n trailing blank \nend\n"
    raw = compose(replace(NOTICE, text=text, html=None, files=(), marker=None, code_line=None))
    assert quopri.decodestring(raw.partition(b"\r\n\r\n")[2]).decode() == text.replace("\n", "\r\n")


def test_long_threads_keep_their_ends() -> None:
    ids = tuple(f"{number}.{'x' * 90}@example.test" for number in range(50))
    message = read(replace(NOTICE, references=ids, in_reply_to=ids[-1]))
    kept = str(message["References"]).split()
    assert kept == [f"<{one}>" for one in ids[:10] + ids[-10:]]
    assert str(message["In-Reply-To"]) == f"<{ids[-1]}>", "long ids are not encoded as words"


def test_ids_that_fit_on_no_line_are_left_out() -> None:
    message = read(replace(NOTICE, references=("x" * 2000, "", "<>", "good@example.test"), in_reply_to="y" * 2000))
    assert message["References"] == "<good@example.test>"
    assert message["In-Reply-To"] is None


@pytest.mark.parametrize(
    "bad", ["x\r\nBcc: mallory@example.test", "x\nX-Evil: 1", "x\r\n\r\nbody", "x\x00\x0b\x85y", "x\u2028y"]
)
def test_nothing_from_outside_adds_a_header(bad: str) -> None:
    before = read(NOTICE).keys()
    notice = replace(
        NOTICE, subject=bad, sender=Address(bad, "payments@example.test"), to=Address(bad, "head@example.test"),
        message_id=bad, in_reply_to=bad, references=(bad + '1',), language=bad, marker=bad, code_line=bad,
        files=(NoticeFile(bad, bad, b"1"), NoticeFile('a";\r\n x="', "text/html\r\nX-Evil: 1", b"2")),
    )  # fmt: skip
    raw = compose(notice)
    message = message_from_bytes(raw, policy=policy.default)
    assert message.keys() == before
    for one in message.walk():
        assert not {"X-Evil", "Bcc"} & set(one.keys())
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_marker_is_text_and_no_markup() -> None:
    html = part(read(replace(NOTICE, marker="<b>above</b>")), "text/html")
    assert "&lt;b&gt;above" in html


def test_a_page_without_a_body_is_framed_all_the_same() -> None:
    html = part(read(replace(NOTICE, html="<p>only this</p>")), "text/html")
    assert html.index(MARKER) < html.index("only this") < html.index(CODE)


def test_an_attached_letter_is_a_file_and_not_a_part_of_ours() -> None:
    eml = NoticeFile("letter.eml", "message/rfc822", b"From: a@b.test\r\n\r\nAPPROVE\r\n")
    attachment = next(read(replace(NOTICE, files=(eml,))).iter_attachments())
    assert attachment.get_content_type() == "application/octet-stream"


def test_domains_in_other_alphabets_are_written_as_servers_know_them() -> None:
    assert read(replace(NOTICE, to=Address("", "rita@счета.рф")))["To"] == "rita@xn--80aj9afx.xn--p1ai"


def test_a_recipient_that_is_no_address_is_refused_for_good() -> None:
    with pytest.raises(DeliveryError) as caught:
        compose(replace(NOTICE, to=Address("Rita", "rita@example.test, mallory@example.test")))
    assert caught.value.permanent


@pytest.mark.parametrize(
    "name", ["Орлова, Рита", 'Rita "Pay" Orlova', "Orlova, Rita", "a" * 2000, "Я" * 500, "=?utf-8?q?x?="]
)
def test_names_survive_whatever_is_in_them(name: str) -> None:
    message = read(replace(NOTICE, to=Address(name, "rita@example.test")))
    assert [one.addr_spec for one in message["To"].addresses] == ["rita@example.test"]
    raw = message_from_bytes(compose(replace(NOTICE, to=Address(name, "rita@example.test"))))["To"]
    assert max(map(len, compose(replace(NOTICE, to=Address(name, "rita@example.test"))).split(b"\r\n"))) < 998
    if not name.isascii():
        assert str(make_header(decode_header(raw))).startswith(name)


@given(subject=st.text(max_size=200), text=st.text(max_size=400), name=st.text(max_size=80), file=st.text(max_size=300))
def test_any_text_makes_a_letter_that_servers_take(subject: str, text: str, name: str, file: str) -> None:
    files = (NoticeFile(file, "application/pdf", b"x"),)
    raw = compose(replace(NOTICE, subject=subject, text=text, to=Address(name, "rita@example.test"), files=files))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    message = message_from_bytes(raw)
    expected = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", subject).split())
    assert " ".join(str(make_header(decode_header(message["Subject"] or ""))).split()) == expected
    assert message.get_content_type() == "multipart/mixed"


@pytest.mark.parametrize("vector", MAILTO, ids=[one["name"] for one in MAILTO])
def test_links_are_written_as_in_the_vectors(vector: dict[str, str]) -> None:
    link = mailto(vector["to"], vector["subject"], vector["body"])
    if len(vector["uri"]) <= 1500:
        assert link == vector["uri"]
    else:
        assert len(link) <= 1500
        assert vector["uri"].startswith(link), "the beginning of the body stays"
        assert len(link) > 1400


def test_a_link_that_is_too_long_loses_its_end_and_never_half_a_letter() -> None:
    link = mailto("pay@example.test", "Re: x", "СОГЛАСОВАНО\n\nКод: abc\n" + "ж€\n" * 2000)
    assert len(link) <= 1500
    assert "body=%D0%A1%D0%9E%D0%93" in link
    assert "\ufffd" not in unquote(link)
