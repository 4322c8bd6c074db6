# ruff: noqa: E501 (the lines of mail programs and of people are kept whole)
"""Replies as real mail programs build them: one function per program, each with its own MIME, HTML and quotation.

A shape gets what the person typed and the ask he answers, and returns the whole message as bytes. Written after the
public shapes of these programs; programs that cannot be run here are known from such shapes only.
"""

from __future__ import annotations

import base64
import html as markup
import quopri
from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

TOKEN = "k7f3abcdefghijklmnopqrstu2"
MARKERS = ("=== Пишите ответ выше этой строки ===", "=== Please write above this line ===")
REPLY_TO = f"payments+{TOKEN}@example.test"


@dataclass(frozen=True, slots=True)
class Ask:
    """The notice that is answered, as the program quotes it."""

    lang: str = "ru"

    @property
    def subject(self) -> str:
        return "[PAY-2026-00042/1] На согласование: ООО «Ромашка», 24 500,00 ₽" if self.lang == "ru" else (
            "[PAY-2026-00042/1] To approve: Romashka LLC, 24,500.00 RUB"
        )  # fmt: skip

    @property
    def lines(self) -> list[str]:
        if self.lang == "ru":
            return [
                MARKERS[0], "", "Рита Орлова просит согласовать оплату.", "", "Подрядчик: ООО «Ромашка»", "Сумма счета: 24 500,00 ₽",
                "За что платим: консультационные услуги за октябрь по договору № 7 от 01.09.2026", "",
                "Ответьте на это письмо одним словом: СОГЛАСОВАНО, ОТКАЗАНО или ВЕРНУТЬ, рядом можно написать комментарий.",
                "", f"Код: {TOKEN} (не удаляйте)",
            ]  # fmt: skip
        return [
            MARKERS[1], "", "Rita Orlova asks you to approve a payment.", "", "Contractor: Romashka LLC", "Amount: 24,500.00 RUB",
            "What for: consulting services for October under contract No. 7 of 1 Sep 2026", "",
            "Answer this mail with one word: APPROVE, REJECT or RETURN, a comment may follow it.", "", f"Code: {TOKEN} (do not delete)",
        ]  # fmt: skip

    @property
    def html(self) -> str:
        rows = "".join(f'<p style="margin:0 0 8px">{markup.escape(line) or "&nbsp;"}</p>' for line in self.lines)
        return (
            f'<div style="display:none;max-height:0">24 500 ₽</div><table width="600"><tr><td>{rows}</td></tr></table>'
        )

    @property
    def name(self) -> str:
        return "Платежи" if self.lang == "ru" else "Payments"


RU, EN = Ask("ru"), Ask("en")
Shape = Callable[[str, Ask], bytes]


def message(
    ask: Ask, text: str | None, html: str | None = None, *, charset: str = "utf-8", label: str | None = "", coding: str = "base64",
    agent: str = "", flowed: bool = False, subject: str | None = None,
) -> bytes:  # fmt: skip
    """A reply with the given bodies; `label` is the charset claimed when it is not the real one, None for no label."""
    head = [
        "Return-Path: <head@example.test>", "Received: from out.example.test by mx.example.test for <payments@example.test>;",
        "\tTue, 24 Nov 2026 10:05:02 +0300", "From: " + encoded("Антон Головин") + " <head@example.test>", f"To: {REPLY_TO}",
        "Subject: " + encoded(subject if subject is not None else f"Re: {ask.subject}"), "Date: Tue, 24 Nov 2026 10:05:00 +0300",
        f"Message-ID: <reply.{crc32(f'{text}{html}{agent}'.encode())}@example.test>", f"In-Reply-To: <ask.{TOKEN}@example.test>",
        f"References: <ask.{TOKEN}@example.test>", "MIME-Version: 1.0",
    ]  # fmt: skip
    head += [f"{agent}"] if agent else []
    parts = [_part("plain", text, charset, label, coding, flowed)] if text is not None else []
    parts += [_part("html", html, charset, label, coding, False)] if html is not None else []
    if len(parts) == 1:
        return _bytes(head) + parts[0]
    head += ['Content-Type: multipart/alternative; boundary="=_b1"', ""]
    body = b"".join(b"--=_b1\r\n" + part + b"\r\n" for part in parts) + b"--=_b1--\r\n"
    return _bytes(head) + b"\r\n" + body


def encoded(text: str) -> str:
    words = text.split(" ")
    out, line = [], ""
    for word in words:
        if len((line + " " + word).encode()) > 42 and line:
            out.append(line + " ")
            line = word
        else:
            line = f"{line} {word}" if line else word
    out.append(line)
    return "\r\n ".join(f"=?UTF-8?B?{base64.b64encode(piece.encode()).decode()}?=" for piece in out)


def _bytes(head: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in head if True).encode("ascii")


def _part(kind: str, text: str, charset: str, label: str | None, coding: str, flowed: bool) -> bytes:
    charset, label, coding = _able(text, charset, label, coding)
    raw = text.replace("\r\n", "\n").replace("\n", "\r\n").encode(charset)
    claimed = charset if label == "" else label
    types = (
        f"Content-Type: text/{kind}"
        + (f"; charset={claimed}" if claimed else "")
        + ("; format=flowed" if flowed else "")
    )
    if coding == "base64":
        raw = base64.encodebytes(raw).replace(b"\n", b"\r\n")
    elif coding == "quoted-printable":
        raw = quopri.encodestring(raw.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return f"{types}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n".encode("ascii") + raw + b"\r\n"


def _able(text: str, charset: str, label: str | None, coding: str) -> tuple[str, str | None, str]:
    """A program sends utf-8 when its own charset lacks a letter."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return "utf-8", label if label is None else "", "8bit" if coding == "7bit" else coding
    return charset, label, coding


def quoted(lines: list[str], mark: str = "> ") -> str:
    return "\n".join((mark + line).rstrip() for line in lines)


def wrapped(text: str, width: int = 72) -> list[str]:
    out = []
    for line in text.split("\n"):
        while len(line) > width and " " in line[:width]:
            cut = line[:width].rindex(" ")
            out.append(line[:cut])
            line = line[cut + 1 :]
        out.append(line)
    return out


def divs(text: str, tag: str = "div", attributes: str = "") -> str:
    return "".join(f"<{tag}{attributes}>{markup.escape(line) if line else '<br>'}</{tag}>" for line in text.split("\n"))


def breaks(text: str) -> str:
    return "<br>\r\n".join(markup.escape(line) for line in text.split("\n"))


def pick(ask: Ask, ru: str, en: str) -> str:
    return ru if ask.lang == "ru" else en


# --- the programs -----------------------------------------------------------------------------------------------------


def gmail_web(text: str, ask: Ask) -> bytes:
    who = pick(
        ask,
        f"вт, 24 нояб. 2026 г. в 10:00, {ask.name} <{REPLY_TO}>:",
        f"On Tue, Nov 24, 2026 at 10:00 AM {ask.name} <{REPLY_TO}>\nwrote:",
    )
    first, *rest = text.split("\n")
    new = f'<div dir="ltr">{markup.escape(first)}' + divs("\n".join(rest)) * bool(rest) + "</div>"
    shown = markup.escape(who).replace("\n", " ").replace(REPLY_TO, f'<a href="mailto:{REPLY_TO}">{REPLY_TO}</a>')
    html = (
        f'{new}<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{shown}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{ask.html}</blockquote></div>\n'
    )
    return message(ask, f"{text}\n\n{who}\n\n{quoted(ask.lines)}\n", html, coding="base64")


def gmail_signed(text: str, ask: Ask) -> bytes:
    who = pick(
        ask,
        f"вт, 24 нояб. 2026 г. в 10:00, {ask.name} <{REPLY_TO}>:",
        f"On Tue, 24 Nov 2026 at 10:00, {ask.name} <{REPLY_TO}> wrote:",
    )
    name = pick(ask, "С уважением,\nАнтон Головин\nгенеральный директор", "Anton Golovin\nCEO | Severny Veter")
    html = (
        f'<div dir="auto">{divs(text)}</div><div><br clear="all"></div><br><span class="gmail_signature_prefix">-- </span><br>'
        f'<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">{breaks(name)}</div></div>'
        f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{markup.escape(who)}<br></div><blockquote class="gmail_quote">{ask.html}</blockquote></div>'
    )
    return message(ask, f"{text}\n\n-- \n{name}\n\n{who}\n\n{quoted(ask.lines)}\n", html, coding="quoted-printable")


def gmail_bottom(text: str, ask: Ask) -> bytes:
    who = pick(
        ask,
        f"вт, 24 нояб. 2026 г. в 10:00, {ask.name} <{REPLY_TO}>:",
        f"On Tue, Nov 24, 2026 at 10:00 AM {ask.name} <{REPLY_TO}> wrote:",
    )
    html = (
        f'<div dir="ltr"><div dir="ltr"><br></div><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{markup.escape(who)}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0px">{ask.html}</blockquote><div><br></div>{divs(text)}</div></div>'
    )
    return message(ask, f"{who}\n\n{quoted(ask.lines)}\n\n{text}\n", html)


def gmail_german(text: str, ask: Ask) -> bytes:
    who = f"Am Di., 24. Nov. 2026 um 10:00 Uhr schrieb {ask.name} <\n{REPLY_TO}>:"
    return message(ask, f"{text}\n\n{who}\n\n{quoted(ask.lines)}\n", coding="quoted-printable")


def gmail_french(text: str, ask: Ask) -> bytes:
    return message(
        ask, f"{text}\n\nLe mar. 24 nov. 2026 à 10:00, {ask.name} <{REPLY_TO}> a\nécrit :\n\n{quoted(ask.lines)}\n"
    )


def gmail_chinese(text: str, ask: Ask) -> bytes:
    return message(ask, f"{text}\n\n{ask.name} <{REPLY_TO}> 于2026年11月24日周二 10:00写道：\n\n{quoted(ask.lines)}\n")


def _outlook_head(ask: Ask, bold: str = "") -> list[str]:
    labels = pick(ask, "От|Отправлено|Кому|Тема", "From|Sent|To|Subject").split("|")
    values = [
        f"{ask.name} <{REPLY_TO}>",
        pick(ask, "24 ноября 2026 г. 10:00", "Tuesday, November 24, 2026 10:00 AM"),
        "Антон Головин <head@example.test>",
        ask.subject,
    ]
    return [f"{bold}{label}:{bold} {value}" for label, value in zip(labels, values, strict=True)]


def outlook_desktop(text: str, ask: Ask) -> bytes:
    head = "<br>".join(
        f"<b>{label}:</b> {markup.escape(value)}"
        for label, value in (line.split(": ", 1) for line in _outlook_head(ask))
    )
    paragraphs = "".join(
        f'<p class="MsoNormal"><span lang="RU" style="color:#1F497D;mso-fareast-language:EN-US">{markup.escape(line) or "&nbsp;"}<o:p></o:p></span></p>'
        for line in text.split("\n")
    )
    html = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm;font-size:11.0pt} --></style></head>'
        f'<body lang="RU"><div class="WordSection1">{paragraphs}<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{head}<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>{ask.html}</div></body></html>'
    )
    plain = (
        "\n\n".join(text.split("\n"))
        + "\n\n \n\n"
        + "\n".join(_outlook_head(ask))
        + "\n\n \n\n"
        + "\n\n".join(ask.lines)
    )
    return message(
        ask,
        plain,
        html,
        charset="cp1251" if ask.lang == "ru" else "utf-8",
        label="" if ask.lang == "en" else "windows-1251",
        coding="quoted-printable",
        agent="X-Mailer: Microsoft Outlook 16.0",
    )


def outlook_text(text: str, ask: Ask) -> bytes:
    rule = pick(ask, "-----Исходное сообщение-----", "-----Original Message-----")
    plain = f"{text}\n\n{rule}\n" + "\n".join(_outlook_head(ask)) + "\n\n" + "\n".join(ask.lines)
    return message(
        ask,
        plain,
        charset="koi8-r" if ask.lang == "ru" else "us-ascii",
        coding="8bit" if ask.lang == "ru" else "7bit",
        agent="X-Mailer: Microsoft Office Outlook, Build 11.0.5510",
    )


def outlook_web(text: str, ask: Ask) -> bytes:
    head = "<br>".join(
        f"<b>{label}:</b> {markup.escape(value)}"
        for label, value in (line.split(": ", 1) for line in _outlook_head(ask))
    )
    new = "".join(
        f'<div class="elementToProof" style="font-family: Aptos; font-size: 12pt; color: rgb(0, 0, 0);">{markup.escape(line) or "<br>"}</div>'
        for line in text.split("\n")
    )
    html = (
        f'<html><head><style type="text/css" style="display:none;"> P {{margin-top:0;margin-bottom:0;}} </style></head><body dir="ltr">{new}'
        f'<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri" color="#000000">{head}</font><div>&nbsp;</div></div>{ask.html}</body></html>'
    )
    plain = (
        f"{text}\n________________________________\n" + "\n".join(_outlook_head(ask)) + "\n\n" + "\n\n".join(ask.lines)
    )
    return message(ask, plain, html)


def outlook_new(text: str, ask: Ask) -> bytes:
    head = "<br>".join(
        f"<b>{label}:</b> {markup.escape(value)}"
        for label, value in (line.split(": ", 1) for line in _outlook_head(ask))
    )
    html = (
        f'<html><body>{divs(text, attributes=" class=elementToProof")}<div id="mail-editor-reference-message-container"><hr style="display: inline-block; width: 98%;">'
        f'<div id="divRplyFwdMsg" style="font-family: Calibri"><span>{head}</span></div><br>{ask.html}</div></body></html>'
    )
    return message(ask, None, html, coding="quoted-printable")


def outlook_mobile(text: str, ask: Ask) -> bytes:
    sent = pick(ask, "Отправлено из Outlook для iOS", "Get Outlook for iOS")
    head = "<br>".join(
        f"<b>{label}:</b> {markup.escape(value)}"
        for label, value in (line.split(": ", 1) for line in _outlook_head(ask))
    )
    html = (
        f'<html><body><div dir="ltr">{divs(text)}</div><div dir="ltr"><br></div><div id="ms-outlook-mobile-signature"><div><br></div>{sent}</div>'
        f'<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{head}<div>&nbsp;</div></div>{ask.html}</body></html>'
    )
    plain = (
        f"{text}\n\n{sent}<https://aka.ms/o0ukef>\n________________________________\n"
        + "\n".join(_outlook_head(ask, "*" if ask.lang == "en" else ""))
        + "\n\n"
        + "\n".join(ask.lines)
    )
    return message(ask, plain, html)


def exchange_external(text: str, ask: Ask) -> bytes:
    front = pick(
        ask,
        "ВНИМАНИЕ: это внешнее письмо. Не переходите по ссылкам и не открывайте вложения,\nесли не уверены в отправителе.",
        "CAUTION: This email originated from outside of the organization. Do not click links\nor open attachments unless you recognize the sender and know the content is safe.",
    )
    behind = pick(ask, "Настоящее сообщение и вложения к нему конфиденциальны и предназначены только адресату. Если вы не являетесь адресатом, его копирование запрещено.",
                  "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, you must not copy it.")  # fmt: skip
    plain = f"{front}\n\n{text}\n\n{behind}\n\n" + "\n".join(_outlook_head(ask)) + "\n\n" + "\n".join(ask.lines)
    html = (
        f'<div style="background-color:#FFEB9C; width:100%; border-style: solid; border-color:#9C6500; border-width:1pt; padding:2pt;">{breaks(front).replace("<br>", " ")}</div><br>'
        f'<div>{divs(text)}</div><br><p style="font-size:9px;color:gray">{markup.escape(behind)}</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in">'
        f'<p class="MsoNormal">{breaks(chr(10).join(_outlook_head(ask)))}</p></div>{ask.html}'
    )
    return message(ask, plain, html)


def gateway_tag(text: str, ask: Ask) -> bytes:
    plain = f"[EXTERNAL] {text}\n\nOn 24/11/2026 10:00, {ask.name} wrote:\n{quoted(ask.lines)}\n"
    return message(ask, plain, coding="quoted-printable")


def apple_mail(text: str, ask: Ask) -> bytes:
    who = pick(
        ask,
        f"24 нояб. 2026 г., в 10:00, {ask.name} <{REPLY_TO}> написал(а):",
        f"On 24 Nov 2026, at 10:00, {ask.name} <{REPLY_TO}> wrote:",
    )
    html = (
        f'<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">{divs(text)}'
        f'<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>{markup.escape(who)}</div><br class="Apple-interchange-newline"><div>{ask.html}</div></blockquote></div><br></body></html>'
    )
    return message(
        ask,
        f"{text}\n\n{quoted([who, '', *ask.lines])}\n\n",
        html,
        coding="quoted-printable",
        agent="X-Mailer: Apple Mail (2.3826.200.121)",
    )


def ios(text: str, ask: Ask) -> bytes:
    sent = pick(ask, "Отправлено с iPhone", "Sent from my iPhone")
    who = pick(
        ask,
        f"24 нояб. 2026 г., в 10:00, {ask.name} <{REPLY_TO}> написал(а):",
        f"On Nov 24, 2026, at 10:00 AM, {ask.name} <{REPLY_TO}> wrote:",
    )
    html = (
        f'<html><body dir="auto">{divs(text)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{sent}</div><div dir="ltr"><br><blockquote type="cite">{markup.escape(who)}<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">\ufeff{ask.html}</div></blockquote></body></html>'
    )
    return message(
        ask, f"{text}\n\n{sent}\n\n{quoted([who, '', *ask.lines])}\n", html, agent="X-Mailer: iPhone Mail (22F76)"
    )


def ios_text(text: str, ask: Ask) -> bytes:
    sent = pick(ask, "Отправлено с iPhone", "Sent from my iPad")
    who = pick(
        ask,
        f"24 нояб. 2026 г., в 10:00, {ask.name} <{REPLY_TO}> написал(а):",
        f"On Nov 24, 2026, at 10:00, {ask.name} <{REPLY_TO}> wrote:",
    )
    return message(ask, f"{text}\n\n{sent}\n\n> {who}\n> \n> \ufeff\n{quoted(ask.lines)}\n")


def thunderbird(text: str, ask: Ask) -> bytes:
    who = pick(ask, f"24.11.2026 10:00, {ask.name} пишет:", f"On 24/11/2026 10:00, {ask.name} wrote:")
    html = (
        f'<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body><p>{"</p><p>".join(markup.escape(line) or "<br>" for line in text.split(chr(10)))}</p><p><br></p>'
        f'<div class="moz-cite-prefix">{who}<br></div><blockquote type="cite" cite="mid:ask@example.test">{ask.html}</blockquote><div class="moz-signature">-- <br>Антон</div></body></html>'
    )
    return message(
        ask,
        f"{text}\n\n{who}\n{quoted(ask.lines)}\n-- \nАнтон\n",
        html,
        coding="8bit",
        agent="User-Agent: Mozilla Thunderbird",
    )


def thunderbird_flowed(text: str, ask: Ask) -> bytes:
    who = pick(ask, f"24.11.2026 10:00, {ask.name} пишет:", f"On 11/24/26 10:00, {ask.name} wrote:")
    flowed = "\n".join(" \n".join(wrapped(line, 66)) for line in text.split("\n"))
    return message(ask, f"{flowed}\n\n{who}\n{quoted(ask.lines)}\n", coding="8bit", flowed=True)


def thunderbird_bottom(text: str, ask: Ask) -> bytes:
    who = pick(ask, f"24.11.2026 10:00, {ask.name} пишет:", f"On 24/11/2026 10:00, {ask.name} wrote:")
    return message(ask, f"{who}\n{quoted(ask.lines)}\n\n{text}\n\n-- \nАнтон Головин\n", flowed=True, coding="8bit")


def yandex_web(text: str, ask: Ask) -> bytes:
    who = f'24.11.2026, 10:00, "{ask.name}" <{REPLY_TO}>:'
    sent = "\n\n-- \nАнтон Головин\nОтправлено из мобильного приложения Яндекс Почты" if ask.lang == "en" else ""
    html = f"{divs(text)}<div>\xa0</div>{divs(sent.strip()) if sent else ''}<div>\xa0</div><div>{markup.escape(who)}</div><blockquote><div>{ask.html}</div></blockquote>"
    return message(ask, None, html)


def yandex_text(text: str, ask: Ask) -> bytes:
    return message(ask, f'{text}\n\n24.11.2026, 10:00, "{ask.name}" <{REPLY_TO}>:\n{quoted(ask.lines, ">  ")}\n')


def mailru(text: str, ask: Ask) -> bytes:
    who = pick(
        ask,
        f"Вторник, 24 ноября 2026, 10:00 +03:00 от {ask.name} <{REPLY_TO}>:",
        f"Tuesday, November 24, 2026 10:00 AM +03:00 from {ask.name} <{REPLY_TO}>:",
    )
    html = (
        f'<HTML><BODY>{divs(text)}<div>\xa0</div><div data-signature-widget="container"><div data-signature-widget="content"><div>--<br>Антон Головин</div></div></div><div>\xa0</div>'
        f'<blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">{markup.escape(who)}<br>\xa0<div id="">{ask.html}</div></blockquote></BODY></HTML>'
    )
    return message(ask, f"\n{text}\n \n--\nАнтон Головин\n \n>{who}\n> \n{quoted(ask.lines, '>')}\n", html)


def mailru_app(text: str, ask: Ask) -> bytes:
    who = f"вторник, 24 ноября 2026 г., 10:00 +03:00 от {ask.name} {REPLY_TO}:"
    html = f"<div>{breaks(text)}</div><br><br>{pick(ask, 'Отправлено из мобильной Почты Mail.ru', 'Sent from Mail.ru app for iOS')}<br><br><div>{markup.escape(who)}</div><blockquote>{ask.html}</blockquote>"
    return message(
        ask,
        f"{text}\n\n{pick(ask, 'Отправлено из мобильной Почты Mail.ru', 'Sent from Mail.ru app for iOS')}\n\n{who}\n{quoted(ask.lines)}\n",
        html,
    )


def yahoo(text: str, ask: Ask) -> bytes:
    who = pick(
        ask,
        f"вторник, 24 ноября 2026 г. в 10:00:00 GMT+3, {ask.name} <{REPLY_TO}> написал(-а):",
        f"On Tuesday, November 24, 2026 at 10:00:00 AM GMT+3, {ask.name} <{REPLY_TO}> wrote:",
    )
    html = (
        f'<html><body><div class="ydp1yahoo-style-wrap" style="font-family:Helvetica;font-size:13px;">{divs(text, attributes=" dir=ltr data-setdir=false")}<div><br></div></div>'
        f'<div id="ydp5yahoo_quoted_7" class="ydp5yahoo_quoted"><div style="color:#26282a;"><div>{markup.escape(who)}</div><div><br></div><div>{ask.html}</div></div></div></body></html>'
    )
    plain = f" {text}\n\n    {who}\n \n " + "\n ".join(ask.lines)
    return message(ask, plain, html, coding="quoted-printable")


def proton(text: str, ask: Ask) -> bytes:
    who = pick(
        ask,
        f"вторник, 24 ноября 2026 г. в 10:00, {ask.name} <{REPLY_TO}> написал(а):",
        f"On Tuesday, November 24th, 2026 at 10:00 AM, {ask.name} <{REPLY_TO}> wrote:",
    )
    html = (
        f'{divs(text, attributes=" style=" + chr(34) + "font-family: Arial; font-size: 14px;" + chr(34))}<div><br></div><div class="protonmail_signature_block" style="font-size: 14px;"><div class="protonmail_signature_block-proton">Sent with <a href="https://x.test">Proton Mail</a> secure email.</div></div>'
        f'<div class="protonmail_quote">{markup.escape(who)}<br><blockquote class="protonmail_quote" type="cite">{ask.html}</blockquote></div>'
    )
    return message(ask, f"{text}\n\nSent with Proton Mail secure email.\n\n{who}\n\n{quoted(ask.lines)}\n", html)


def zimbra(text: str, ask: Ask) -> bytes:
    head = _outlook_head(ask)
    html = (
        f'<html><body><div style="font-family: arial">{divs(text)}<div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{"<br>".join(f"<b>{markup.escape(line)}</b>" for line in head)}<br></div>'
        f'<div data-marker="__QUOTED_TEXT__">{ask.html}</div></div></body></html>'
    )
    plain = (
        f"{text}\n\n{pick(ask, '----- Исходное сообщение -----', '----- Original Message -----')}\n"
        + "\n".join(head)
        + "\n\n"
        + "\n".join(ask.lines)
    )
    return message(ask, plain, html, agent="X-Mailer: Zimbra 9.0.0")


def lotus(text: str, ask: Ask) -> bytes:
    plain = (
        f"{text}\n\n\n\n"
        + pick(
            ask,
            "От:     {0}\nКому:   Anton Golovin/SV@SV\nДата:   24.11.2026 10:00\nТема:   {1}",
            "From:\t{0}\nTo:\tAnton Golovin/SV@SV\nDate:\t24.11.2026 10:00\nSubject:\t{1}",
        ).format(f"{ask.name} <{REPLY_TO}>", ask.subject)
        + "\n\n\n\n"
        + "\n".join(ask.lines)
    )
    return message(
        ask,
        plain,
        charset="koi8-r" if ask.lang == "ru" else "iso-8859-1",
        coding="8bit",
        agent="X-Mailer: Lotus Notes Release 8.5.3",
    )


def lotus_rule(text: str, ask: Ask) -> bytes:
    rule = pick(ask, f"-----{ask.name} <{REPLY_TO}> написал(а): -----", f"-----{ask.name} <{REPLY_TO}> wrote: -----")
    return message(ask, f"{text}\n\n{rule}\n" + "\n".join(_outlook_head(ask)) + "\n\n" + "\n".join(ask.lines))


def k9(text: str, ask: Ask) -> bytes:
    who = pick(
        ask,
        f"24 ноября 2026 г. 10:00:00 GMT+03:00, {ask.name} <{REPLY_TO}> пишет:",
        f"On November 24, 2026 10:00:00 AM GMT+03:00, {ask.name} <{REPLY_TO}> wrote:",
    )
    sent = pick(
        ask,
        "Простите за краткость, создано в K-9 Mail.",
        "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
    )
    html = f'<!DOCTYPE html><html><body>{breaks(text)}<br><br><div class="gmail_quote"><div dir="auto">{markup.escape(who)}</div><blockquote class="gmail_quote" style="margin: 0pt">{ask.html}</blockquote></div><div style="white-space: pre-wrap"><div class="k9mail-signature">-- <br>{sent}</div></div></body></html>'
    return message(ask, f"{text}\n\n{who}\n{quoted(ask.lines, '>')}\n-- \n{sent}", html)


def samsung(text: str, ask: Ask) -> bytes:
    rule = pick(ask, "-------- Исходное сообщение --------", "-------- Original message --------")
    head = pick(
        ask,
        f"От: {ask.name} <{REPLY_TO}>\nДата: 24.11.2026 10:00 (GMT+03:00)\nКому: head@example.test\nТема: {ask.subject}",
        f"From: {ask.name} <{REPLY_TO}>\nDate: 11/24/26 10:00 (GMT+03:00)\nTo: head@example.test\nSubject: {ask.subject}",
    )
    sent = pick(ask, "Отправлено с моего смартфона Samsung Galaxy.", "Sent from my Galaxy")
    html = (
        f'<html><body><div dir="auto">{breaks(text)}</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757">{sent}</div></div><div dir="auto"><br></div>'
        f'<div dir="auto" style="font-size:100%;color:#000000"><!-- originalMessage --><div>{rule}</div><div>{breaks(head)}</div><div><br></div></div>{ask.html}</body></html>'
    )
    return message(ask, f"{text}\n\n{sent}\n\n{rule}\n{head}\n\n" + "\n".join(ask.lines), html)


def the_bat(text: str, ask: Ask) -> bytes:
    plain = (
        f"{text}\n\n"
        + pick(
            ask, "Вы писали 24 ноября 2026 г., 10:00:00:", f"On Tuesday, November 24, 2026, 10:00:00, {ask.name} wrote:"
        )
        + "\n\n"
        + quoted(ask.lines, "П> " if ask.lang == "ru" else "P> ")
        + "\n\n-- \nС уважением,\n Антон                          mailto:head@example.test\n"
    )
    return message(
        ask,
        plain,
        charset="cp1251" if ask.lang == "ru" else "us-ascii",
        label="windows-1251" if ask.lang == "ru" else "",
        coding="8bit",
        agent="X-Mailer: The Bat! (v9.3.4) Professional",
    )


def mutt(text: str, ask: Ask) -> bytes:
    return message(
        ask,
        f"On Tue, Nov 24, 2026 at 10:00:00AM +0300, {ask.name} wrote:\n{quoted(ask.lines)}\n\n{text}\n",
        coding="8bit",
        agent="User-Agent: Mutt/2.2.9",
    )


def mutt_inline(text: str, ask: Ask) -> bytes:
    half = len(ask.lines) // 2
    return message(
        ask,
        f"On Tue, Nov 24, 2026 at 10:00:00AM +0300, {ask.name} wrote:\n{quoted(ask.lines[:half])}\n\n{text}\n\n{quoted(ask.lines[half:])}\n",
        coding="8bit",
    )


def roundcube(text: str, ask: Ask) -> bytes:
    who = pick(ask, f"{ask.name} писал(а) 2026-11-24 10:00:", f"On 2026-11-24 10:00, {ask.name} wrote:")
    return message(ask, f"{text}\n\n{who}\n{quoted(ask.lines)}\n", flowed=True, coding="8bit")


def zoho(text: str, ask: Ask) -> bytes:
    who = f"---- On Tue, 24 Nov 2026 10:00:00 +0300 <b>{ask.name} &lt;{REPLY_TO}&gt;</b> wrote ---"
    html = f'<div style="font-family: Verdana; font-size: 10pt;">{divs(text)}<div><br></div><div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204);"></div><div class="zmail_extra"><div>{who}</div><br><blockquote>{ask.html}</blockquote></div></div>'
    return message(
        ask,
        f"{text}\n\n\n---- On Tue, 24 Nov 2026 10:00:00 +0300 {ask.name} <{REPLY_TO}> wrote ---\n\n"
        + "\n".join(ask.lines),
        html,
    )


def fresh_mailto(text: str, ask: Ask) -> bytes:
    """The prefilled reply of a button in the notice: nothing quoted, the code line below."""
    return message(
        ask,
        f"{text}\n\n{pick(ask, 'Код', 'Code')}: {TOKEN} {pick(ask, '(не удаляйте)', '(do not delete)')}\n\n{pick(ask, 'Отправлено с iPhone', 'Sent from my iPhone')}\n",
    )


def unlabelled_cp1251(text: str, ask: Ask) -> bytes:
    return message(ask, f"{text}\n\n{quoted(ask.lines)}\n", charset="cp1251", label=None, coding="8bit")


def mislabelled_utf8(text: str, ask: Ask) -> bytes:
    return message(ask, f"{text}\n\n{quoted(ask.lines)}\n", charset="cp1251", label="utf-8", coding="base64")


def mislabelled_cp1251(text: str, ask: Ask) -> bytes:
    return message(ask, f"{text}\n\n{quoted(ask.lines)}\n", charset="utf-8", label="windows-1251", coding="base64")


def antivirus(text: str, ask: Ask) -> bytes:
    foot = pick(
        ask,
        "Это письмо не содержит вирусов, поскольку его защищает антивирус Avast.\nwww.avast.com",
        "Virus-free. www.avast.com",
    )
    who = pick(ask, f"24.11.2026 10:00, {ask.name} пишет:", f"On 24.11.2026 10:00, {ask.name} wrote:")
    return message(ask, f"{text}\n\n\n---\n{foot}\n\n{who}\n{quoted(ask.lines)}\n", coding="quoted-printable")


SHAPES: tuple[Shape, ...] = (
    gmail_web, gmail_signed, gmail_bottom, gmail_german, gmail_french, gmail_chinese, outlook_desktop, outlook_text, outlook_web, outlook_new,
    outlook_mobile, exchange_external, gateway_tag, apple_mail, ios, ios_text, thunderbird, thunderbird_flowed, thunderbird_bottom, yandex_web,
    yandex_text, mailru, mailru_app, yahoo, proton, zimbra, lotus, lotus_rule, k9, samsung, the_bat, mutt, mutt_inline, roundcube, zoho,
    fresh_mailto, unlabelled_cp1251, mislabelled_utf8, mislabelled_cp1251, antivirus,
)  # fmt: skip
