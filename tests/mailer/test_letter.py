# ruff: noqa: E501 (letters are kept whole)
"""Whole letters out of bytes: identity, people, parts, doubts."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.letter import BLOCKING, LetterError, header_key, letter_key, read_header, read_letter
from mailer.mime import read_message
from mailer.trust import TrustRules
from mailer.words import decode_words, parameters

RECEIVED = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
NAMES = json.loads((Path(__file__).parents[1] / "vectors" / "attachment_names.json").read_text("utf-8"))
HEAD = b"From: Head <head@example.test>\r\nTo: payments@example.test\r\nSubject: Re: x\r\nMessage-ID: <a@b>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0300\r\n"


def read(raw, **options):
    return read_letter(raw, received=RECEIVED, **options)


def text(body, more=b""):
    return HEAD + more + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body.encode()


def alternative(plain, html):
    return (
        HEAD + b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n' + plain.encode()
        + b"\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode() + b"\r\n--b--\r\n"
    )  # fmt: skip


def test_the_key_holds_while_the_server_adds_fields_and_changes_with_the_content():
    raw = text("APPROVE")
    assert letter_key(raw) == letter_key(b"Received: by x\r\nX-Spam: no\r\n" + raw) == read(raw).key
    assert letter_key(raw) != letter_key(text("REJECT"))
    assert letter_key(raw) != letter_key(raw.replace(b"<a@b>", b"<c@d>"))
    assert header_key(HEAD + b"\r\n", 1) != header_key(HEAD + b"\r\n", 2)


def test_recipients_are_everybody_the_letter_was_addressed_or_delivered_to():
    more = b"Cc: Rita <rita@x.test>\r\nDelivered-To: Payments+TOKEN@Example.test\r\nReceived: from a by b for <pay+t2@example.test>; now\r\n"
    assert read(text("x", more)).recipients == (
        "payments@example.test", "rita@x.test", "payments+token@example.test", "pay+t2@example.test",
    )  # fmt: skip


def test_ids_of_the_thread_are_read_without_brackets_even_when_folded():
    letter = read(text("x", b"In-Reply-To: <one@x>\r\nReferences: <zero@x>\r\n <one@x>\r\n\t<two@x>\r\n"))
    assert letter.in_reply_to == ("one@x",)
    assert letter.references == ("zero@x", "one@x", "two@x")


def test_a_letter_of_two_authors_or_none_has_no_sender():
    assert read(text("x").replace(b"From: Head <head@example.test>", b"From: a@b.test, c@d.test")).sender is None
    assert read(text("x", b"From: a@b.test\r\n")).sender is None
    assert read(b"To: x@y.test\r\n\r\nx").sender is None


def test_bytes_without_any_field_are_no_letter():
    for raw in (b"", b"\r\n\r\nAPPROVE", b"\xff\xfe\x00"):
        with pytest.raises(LetterError):
            read(raw)


def test_dates_are_aware_and_bad_ones_are_none():
    assert read(text("x")).date == RECEIVED
    for bad in (b"yesterday", b"Tue, 99 Nov 2026 10:00:00", b"", b"Tue, 24 Nov 2026 10:00:00 +9999999"):
        assert read(text("x").replace(b"Tue, 24 Nov 2026 10:00:00 +0300", bad)).date is None


def test_agreeing_versions_are_no_doubt():
    assert (
        read(
            alternative(
                "APPROVE\n\n*thanks* <https://x.test>\n-- \nAnton",
                "<p>APPROVE</p><p><b>thanks</b></p><p>-- <br>Anton</p>",
            )
        ).doubts
        == ()
    )
    assert read(alternative("This message is in HTML.", "<p>APPROVE</p>")).doubts == ()
    assert read(alternative("", "<p>APPROVE</p>")).doubts == ()


@pytest.mark.parametrize(
    ("plain", "html"),
    [("REJECT", "<p>APPROVE</p>"), ("APPROVE\nbut not before Friday", "<p>APPROVE</p>"), ("APPROVE", "<p>APPROVE</p><p>not this one</p>"),
     ("APPROVE", '<p>APPROVE<span style="display:none"> not</span></p>'), ("APPROVE", "<p><s>APPROVE</s> REJECT</p>"), ("not\nAPPROVE", "<p>APPROVE</p>")],
)  # fmt: skip
def test_versions_that_say_different_things_are_a_blocking_doubt(plain, html):
    assert read(alternative(plain, html)).blocked


def test_html_that_is_too_big_leaves_the_plain_text_and_a_doubt():
    letter = read(alternative("APPROVE", "<div>" * 300 + "APPROVE"))
    assert letter.new_text == "APPROVE"
    assert letter.blocked == ("html_too_big",)


def test_a_letter_cut_off_on_its_way_is_a_doubt():
    assert "truncated" in read(alternative("APPROVE", "<p>APPROVE</p>")[:-12]).blocked
    assert "truncated" in read(HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nQVBQUk9WR").blocked


def test_texts_around_a_picture_are_one_text_and_files_are_no_text():
    raw = (
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nAPPROVE\r\n--b\r\nContent-Type: application/pdf; name="a.pdf"\r\n'
        b"Content-Disposition: inline; filename=a.pdf\r\n\r\n%PDF\r\n--b\r\nContent-Type: text/plain\r\n\r\nnot really\r\n--b\r\n"
        b"Content-Type: text/plain; name=n.txt\r\nContent-Disposition: attachment; filename=n.txt\r\n\r\nREJECT\r\n--b--\r\n"
    )  # fmt: skip
    letter = read(raw)
    assert letter.new_text == "APPROVE\n\nnot really"
    assert [(file.name, file.content) for file in letter.files] == [("a.pdf", b"%PDF"), ("n.txt", b"REJECT")]


def test_an_attached_letter_is_a_file_with_its_own_files_and_gives_no_words():
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "vendor@x.test", "Счёт/1"
    inner.set_content("APPROVE")
    inner.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="bill.pdf")
    outer = EmailMessage()
    outer["From"], outer["To"] = "rita@example.test", "payments@example.test"
    outer.set_content("please pay")
    outer.add_attachment(inner)
    letter = read(outer.as_bytes())
    assert letter.new_text == "please pay"
    assert letter.forwarded
    assert [(file.name, file.within) for file in letter.files] == [("Счёт 1.eml", ""), ("bill.pdf", "Счёт 1.eml")]


@pytest.mark.parametrize(
    ("size", "html", "disposition", "decoration"),
    [(3_000, '<img src="cid:logo@x">', "inline", True), (300_000, '<img src="cid:logo@x">', "inline", False), (300_000, '<blockquote type=cite><img src="cid:logo@x"></blockquote>', "inline", True),
     (3_000, "", "attachment", False), (3_000, "", "inline", True), (300_000, "", "inline", False)],
)  # fmt: skip
def test_a_picture_of_a_signature_is_told_from_a_pasted_scan(size, html, disposition, decoration):
    raw = (
        HEAD + b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>' + html.encode()
        + b"\r\n--b\r\nContent-Type: image/png; name=i.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n" + b"x" * size + b"\r\n--b--\r\n"
    )  # fmt: skip
    assert read(raw).files[0].inline is decoration


@pytest.mark.parametrize("case", NAMES, ids=lambda case: case["name"])
def test_every_vector_of_attachment_names(case):
    raw = (
        HEAD
        + b"Content-Type: application/pdf\r\nContent-Disposition: "
        + case["content_disposition"].encode()
        + b"\r\n\r\n%PDF"
    )
    name = read(raw).files[0].name
    assert name == (case["filename"] or "application.pdf")
    assert "/" not in name
    assert "\\" not in name


def test_encoded_words_and_parameters():
    assert decode_words("=?utf-8?B?0KE=?= =?utf-8?B?0YfRkdGC?= x") == "Счёт x"
    assert decode_words("=?utf-8?B?0A==?= =?utf-8?B?oQ==?=") == "С"
    assert decode_words("=?utf-8?Q?a_b=3D?=") == "a b="
    assert decode_words("=?bad") == "=?bad"
    assert parameters('text/Plain; charset="UTF-8"; x=1')[1] == {"charset": "UTF-8", "x": "1"}


def test_the_writers_name_below_his_words_is_a_signature():
    letter = read(text("APPROVE\n\nAnton\nAnton Golovin\n").replace(b"Head <", b"Anton Golovin <"))
    assert letter.new_text == "APPROVE"
    assert letter.signature == "Anton\nAnton Golovin"


def test_flowed_text_is_put_together_again():
    raw = (
        HEAD
        + b"Content-Type: text/plain; format=flowed\r\n\r\nAPPROVE but \r\nnot before Friday\r\n\r\n-- \r\nAnton\r\n> q \r\n> w\r\n"
    )
    letter = read(raw)
    assert letter.new_text == "APPROVE but not before Friday"
    assert letter.quoted == "q w"


def test_an_encrypted_letter_and_a_calendar_answer_decide_nothing():
    assert "encrypted" in read(HEAD + b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nx").blocked
    calendar = alternative("Accepted", "<p>Accepted</p>").replace(
        b"Content-Type: text/html;", b"Content-Type: text/calendar; method=REPLY;"
    )
    assert read(calendar).automatic.kind == "calendar"


def test_own_letters_and_verdicts_are_told():
    rules = TrustRules(("mx.test",))
    letter = read(text("x", b"Authentication-Results: mx.test; dmarc=pass header.from=example.test\r\n"), trust=rules)
    assert (letter.verdict.result, letter.verdict.by) == ("pass", "dmarc")
    assert read(text("x"), own_addresses=frozenset({"head@example.test"})).automatic.kind == "own"


def test_headers_in_raw_8_bit_are_read():
    header = read_header("Subject: Согласование\r\n\r\n".encode("cp1251"))
    assert header.text("subject") == "Согласование"


def test_nesting_and_many_parts_are_bounded():
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(200))
    assert read_message(HEAD + deep + b"\r\nx").flaws
    many = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 5000
    assert "too_many_parts" in read(many).blocked
    assert {"truncated", "encrypted"} <= BLOCKING


@given(st.binary(max_size=600))
def test_no_bytes_break_the_reader(raw):
    for head in (
        HEAD,
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n',
        HEAD + b"Content-Type: text/html\r\n\r\n",
    ):
        read(head + raw)
