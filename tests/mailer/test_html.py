# ruff: noqa: E501 (letters are kept whole)
"""HTML letters: containers of the mail programs, what cannot be seen, tables."""

import pytest

from mailer.html import read_html
from mailer.lines import Kind
from mailer.newtext import sort_lines

QUOTE = "<div>REJECT</div>"
CONTAINERS = [
    '<blockquote type="cite">{}</blockquote>',
    '<blockquote class="gmail_quote" style="margin:0">{}</blockquote>',
    '<div class="gmail_quote"><div class="gmail_attr">On Tue, 24 Nov 2026 at 10:00, P &lt;p@x.test&gt; wrote:</div><blockquote class="gmail_quote">{}</blockquote></div>',
    '<div class="gmail_quote">---------- Forwarded message ---------<br>{}</div>',
    '<div id="appendonsend"></div><hr>{}',
    '<div id="divRplyFwdMsg">From: P</div>{}',
    '<div id="x_divRplyFwdMsg">From: P</div>{}',
    '<div id="mail-editor-reference-message-container"><div>{}</div></div>',
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>From: P</p></div>{}',
    '<div style="border:none; border-top:solid #B5C4DF 1.0pt"><p>От: P</p></div>{}',
    '<div class="moz-cite-prefix">On 24/11/2026 10:00, P wrote:</div><blockquote type="cite">{}</blockquote>',
    '<div class="ydp12yahoo_quoted">{}</div>',
    '<div id="yahoo_quoted_123" class="yahoo_quoted">{}</div>',
    '<div class="protonmail_quote">{}</div>',
    '<div class="zmail_extra">{}</div>',
    '<hr id="zwchr" data-marker="__DIVIDER__">{}',
    '<hr tabindex="-1" style="width:98%">{}',
    "<div>24.11.2026, 10:00, \"P\" &lt;p@x.test&gt;:</div><blockquote>{}</blockquote>",
    "<p><b>From:</b> P &lt;p@x.test&gt;<br><b>Sent:</b> Tuesday<br><b>To:</b> H<br><b>Subject:</b> x</p>{}",
    "<p><b>От:</b> P &lt;p@x.test&gt;<br><b>Отправлено:</b> вторник<br><b>Кому:</b> H<br><b>Тема:</b> x</p>{}",
]  # fmt: skip


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_quote_container_is_not_the_writers(container):
    parts = sort_lines(read_html(f"<html><body><div>APPROVE</div><br>{container.format(QUOTE)}</body></html>").lines)
    assert parts.new == "APPROVE"
    assert "REJECT" in parts.quoted


@pytest.mark.parametrize(
    "signature",
    [
        '<div class="gmail_signature" data-smartmail="gmail_signature">Anton</div>', '<div id="Signature"><p>Anton</p></div>',
        '<div class="moz-signature">-- <br>Anton</div>', '<div id="AppleMailSignature">Anton</div>',
        '<div id="ms-outlook-mobile-signature">Get Outlook for iOS Anton</div>', '<div id="composer_signature">Anton</div>',
        '<br id="lineBreakAtBeginningOfSignature"><div>Sent from my iPhone Anton</div>',
    ],
)  # fmt: skip
def test_a_signature_container_is_a_signature(signature):
    parts = sort_lines(read_html(f"<div>APPROVE</div>{signature}").lines)
    assert parts.new == "APPROVE"
    assert "Anton" in parts.signature


def test_a_block_moved_to_the_right_is_the_writers():
    html = '<div>see:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>not before Friday</div></blockquote>'
    assert "not before Friday" in sort_lines(read_html(html).lines).new


def test_answers_between_gmails_quotes_are_the_writers():
    html = '<div class="gmail_quote"><blockquote class="gmail_quote">1</blockquote><div>APPROVE</div><blockquote class="gmail_quote">2</blockquote></div>'
    assert sort_lines(read_html(html).lines).new == "APPROVE"


UNSEEN = [
    '<div style="display:none">not</div>', '<span style="font-size:0">not</span>', '<span style="font-size: 0px">not</span>',
    '<span style="color:#ffffff">not</span>', '<font color="white">not</font>', '<p style="visibility:hidden">not</p>',
    '<div style="max-height:0;overflow:hidden">not</div>', '<p hidden>not</p>', '<span style="opacity:0">not</span>',
    '<style>.x{display:none}</style><p class="x">not</p>', '<style>@media all{p.y, .z {display : none !important}}</style><p class="z">not</p>',
    '<div style="mso-hide:all">not</div>', '<div style="position:absolute;left:-9999px">not</div>', '<span style="color:rgb(255, 255, 255)">not</span>',
]  # fmt: skip


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_cannot_be_seen_is_dropped_and_reported(unseen):
    parts = sort_lines(read_html(f"<html><head></head><body><div>APPROVE</div>{unseen}</body></html>").lines)
    assert parts.new == "APPROVE"
    assert parts.marks == {Kind.HIDDEN}


@pytest.mark.parametrize(
    "struck", ["<s>APPROVE</s>", "<del>APPROVE</del>", '<span style="text-decoration: line-through">APPROVE</span>']
)
def test_what_is_struck_through_was_not_written(struck):
    parts = sort_lines(read_html(f"<div>{struck} REJECT</div>").lines)
    assert parts.new == "REJECT"
    assert parts.marks == {Kind.STRUCK}


@pytest.mark.parametrize(
    "seen",
    [
        '<td style="font-size:0"><span style="font-size:14px">APPROVE</span></td>',
        '<div style="background-color:#1a73e8;color:#fff">APPROVE</div>',
        '<div style="background:#000"><span style="color:white">APPROVE</span></div>',
        '<div>APPROVE<img src="cid:x" style="display:none"><span style="display:none">\u200b</span></div>',
        '<div style="color:#fff"><span style="color:#000">APPROVE</span></div>',
        '<div style="opacity:0.9;border-width:0;max-height:0.5em0">APPROVE</div>',
    ],
)
def test_what_can_be_seen_is_no_doubt(seen):
    parts = sort_lines(read_html(f"<table><tr>{seen}</tr></table>" if seen.startswith("<td") else seen).lines)
    assert parts.new == "APPROVE"
    assert not parts.marks


def test_hidden_text_of_the_quoted_notice_is_nobodys_doubt():
    html = '<div>APPROVE</div><div id="divRplyFwdMsg">From: P</div><div style="display:none">24 500</div>'
    assert not sort_lines(read_html(html).lines).marks


def test_a_hidden_piece_inside_a_word_does_not_tear_it():
    parts = sort_lines(read_html('<div>APP<span style="display:none">x</span>ROVE</div>').lines)
    assert parts.new == "APPROVE"


def test_tables_are_read_by_cells_and_layout_tables_are_not():
    html = (
        "<table><tr><td><table><tr><th>ИНН</th><td>7707083893</td></tr><tr><td>Назначение</td><td><p>Оплата</p><p>по счёту</p></td></tr></table>"
        "</td></tr></table><blockquote type=cite><table><tr><td>a</td><td>b</td></tr></table></blockquote>"
    )
    page = read_html(html)
    assert page.tables == ((("ИНН", "7707083893"), ("Назначение", "Оплата\nпо счёту")),)
    assert page.quoted_tables == ((("a", "b"),),)
    assert "ИНН\t7707083893" in sort_lines(page.lines).new


def test_blocks_breaks_and_lists_become_lines():
    html = "<p>one</p><p>two<br>three</p><ul><li>four<li>five</ul><div>six<div>seven</div></div><pre>a\n  b</pre>"
    assert sort_lines(read_html(html).lines).new.split("\n") == [
        "one",
        "",
        "two",
        "three",
        "",
        "- four",
        "- five",
        "six",
        "seven",
        "a",
        "b",
    ]


@pytest.mark.parametrize("html", ["<div>" * 300, "<b>" * 300, "a" * 600_000, "<table><tr><td>" * 300])
def test_a_page_too_big_or_too_deep_is_not_parsed(html):
    assert read_html(html).doubts == ("html_too_big",)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "<!-- x",
        "</div></div>",
        "<p>a",
        "\x00",
        "<svg><p>x</svg>",
        "<blockquote>",
        "<td>x</td>",
        "&#0;&#xD800;",
    ],
)
def test_broken_pages_are_read_without_a_fault(html):
    read_html(html)


def test_our_own_answer_in_a_page_of_many_open_paragraphs_is_not_too_deep():
    assert not read_html("<p>a" * 1000 + "<br>b" * 1000).doubts


@pytest.mark.parametrize(
    "page",
    [
        "<style>.w{color:#fff}</style><p class=w>APPROVE</p>",
        "<style>.d{text-decoration:line-through}</style><p class=d>APPROVE</p>",
        "<p style='color:#fefefe'>APPROVE</p>",
        "<p style='font-size:1px'>APPROVE</p>",
        "<p style='font-size:.1px'>APPROVE</p>",
        "<p style='opacity:.01'>APPROVE</p>",
        "<p style='position:absolute;left:-9999em'>APPROVE</p>",
        "<p style='transform:scale(0)'>APPROVE</p>",
        "<p style='visibility:collapse'>APPROVE</p>",
        "<p style='color:#000;background:#000'>APPROVE</p>",
    ],
)
def test_what_no_reader_can_see_was_not_written(page: str) -> None:
    lines = read_html(page + "<p>I shall look at it tomorrow</p>").lines
    assert not any("APPROVE" in line.text for line in lines)
    assert any(line.kind in (Kind.HIDDEN, Kind.STRUCK) for line in lines)


@pytest.mark.parametrize(
    "style", ["font-size:12px", "font-size:0.9em", "font-size:85%", "opacity:1", "color:#333", "opacity:0.9"]
)
def test_ordinary_looks_hide_nothing(style: str) -> None:
    lines = read_html(f"<p style='{style}'>APPROVE</p>").lines
    assert [line.text for line in lines if line.text] == ["APPROVE"]
    assert not any(line.kind is Kind.HIDDEN for line in lines)


def test_preformatted_lines_stay_lines_in_a_quotation_too():
    page = read_html('<div>Done</div><blockquote type="cite"><pre>Amount: 5 000\nINN: 7707083893</pre></blockquote>')
    assert [line.text for line in page.lines if line.kind is Kind.QUOTED] == ["Amount: 5 000", "INN: 7707083893"]
