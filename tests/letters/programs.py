# ruff: noqa: E501 (the lines of mail programs are kept whole)
"""Wraps an answer as a mail program would: text, quotation, signature, coding; and reads the tables of such answers.

A line of a table is `kind | program | meant | comment | text`. The program is `name-language`, with `+corp`, `+short`,
`+disc` for a signature, `+koi8` and the like for the coding, `+nocs` for no charset, `+txt` and `+htm` for one version,
`+smime` for a signed mail. Meant is A, R, B (back for rework), Q (ask), N (no person), O (not his to answer), the best
first. The comment is `=` for none, `-` for not compared, else what must be kept. In the text ⏎ ends a line,
`@Header: value⏎` is a header; `raw` and `rawhtml` are whole bodies with {Q} for the quoted ask, {P} for the ask without
marks, {A} for its HTML, {G} and {GE} for an attribution, {H} and {HE} for a block of headers, {HH} and {HHE} for its HTML.
"""

from __future__ import annotations

import base64
import html as markup
import quopri
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr, parseaddr
from pathlib import Path
from zlib import crc32

HEAD = "Антон Головин <head@example.test>"


@dataclass(frozen=True)
class Ask:
    """The notice that is answered, as a program quotes it."""

    subject: str
    plain: str
    html: str
    to: str
    message_id: str
    name: str


@dataclass
class Mail:
    plain: str | None
    html: str | None = None
    flowed: bool = False


@dataclass(frozen=True)
class Case:
    """A line of a table: what was written where, and what its writer meant."""

    place: str
    kind: str
    program: str
    meant: tuple[str, ...]
    comment: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()
    sender: str = HEAD
    subject: str | None = None


SIGNATURES = {
    "corp-ru": "--\nС уважением,\nАнтон Головин\nКоммерческий директор\nООО «Северный ветер»\nтел. +7 495 123-45-67, доб. 204\nwww.north.example.test",
    "corp-en": "Kind regards,\n\nAnton Golovin\nCommercial Director\nNorth Wind LLC\nT: +7 495 123 45 67 | M: +7 903 765 43 21\nwww.north.example.test",
    "short-ru": "-- \nАнтон",
    "short-en": "-- \nAnton",
    "disc-ru": "С уважением, Антон Головин\n\n________________________________\nНастоящее сообщение и любые приложения к нему являются конфиденциальными. Если вы получили его по ошибке, удалите его. Сообщение не является офертой и не означает согласования сделки.",
    "disc-en": "Anton Golovin\n\n________________________________\nThis e-mail and any attachments are confidential and may be legally privileged. If you are not the intended recipient, please delete it. No employee may approve or conclude any binding agreement by e-mail.",
}


def q(text: str, mark: str = "> ") -> str:
    return "\n".join((mark + row).rstrip() if row else mark.rstrip() for row in text.split("\n"))


def e(text: str) -> str:
    return markup.escape(text, quote=False)


def br(text: str) -> str:
    return e(text).replace("\n", "<br>")


def divs(text: str) -> str:
    return "".join(f"<div>{e(row) or '<br>'}</div>" for row in text.split("\n"))


def ps(text: str, cls: str = "MsoNormal") -> str:
    return "".join(f'<p class="{cls}">{e(row) or "<o:p>&nbsp;</o:p>"}<o:p></o:p></p>' for row in text.split("\n"))


def head(lang: str, a: Ask) -> str:
    return {
        "ru": f"От: {a.name} <{a.to}>\nОтправлено: Tuesday, November 24, 2026 10:15 AM\nКому: Антон Головин <head@example.test>\nТема: {a.subject}",
        "en": f"From: {a.name} <{a.to}>\nSent: Tuesday, November 24, 2026 10:15 AM\nTo: Anton Golovin <head@example.test>\nSubject: {a.subject}",
        "de": f"Von: {a.name} <{a.to}>\nGesendet: Dienstag, 24. November 2026 10:15\nAn: Anton Golovin <head@example.test>\nBetreff: {a.subject}",
        "kk": f"Кімнен: {a.name} <{a.to}>\nЖіберілген күні: 24 қараша 2026 ж. 10:15\nКімге: Антон Головин <head@example.test>\nТақырып: {a.subject}",
        "uk": f"Від: {a.name} <{a.to}>\nНадіслано: вівторок, 24 листопада 2026 р. 10:15\nКому: Антон Головин <head@example.test>\nТема: {a.subject}",
        "fr": f"De : {a.name} <{a.to}>\nEnvoyé : mardi 24 novembre 2026 10:15\nÀ : Anton Golovin <head@example.test>\nObjet : {a.subject}",
    }[lang]


def headhtml(lang: str, a: Ask) -> str:
    return "<br>\n".join(
        f"<b>{e(row.split(':', 1)[0])}:</b>{e(row.split(':', 1)[1])}" for row in head(lang, a).split("\n")
    )


def gline(lang: str, a: Ask) -> str:
    return {
        "ru": f"вт, 24 нояб. 2026 г. в 10:15, {a.name} <{a.to}>:",
        "en": f"On Tue, Nov 24, 2026 at 10:15 AM {a.name} <{a.to}> wrote:",
        "de": f"Am Di., 24. Nov. 2026 um 10:15 Uhr schrieb {a.name} <{a.to}>:",
        "kk": f"сс, 2026 ж. 24 қар., сағат 10:15, {a.name} <{a.to}> мынаны жазды:",
        "fr": f"Le mar. 24 nov. 2026 à 10:15, {a.name} <{a.to}> a écrit :",
    }[lang]


def gmail(t: str, lang: str, a: Ask) -> Mail:
    g = gline(lang, a)
    return Mail(
        f"{t}\n\n{g}\n\n{q(a.plain)}\n",
        f'<div dir="ltr">{br(t)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{e(g)}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{a.html}</blockquote></div>',
    )


def iphone(t: str, lang: str, a: Ask) -> Mail:
    s = {"ru": "Отправлено с iPhone", "en": "Sent from my iPhone"}[lang]
    g = {
        "ru": f"24 нояб. 2026 г., в 10:15, {a.name} <{a.to}> написал(а):",
        "en": f"On 24 Nov 2026, at 10:15, {a.name} <{a.to}> wrote:",
    }[lang]
    return Mail(
        f"{t}\n\n{s}\n\n> {g}\n> \n{q(a.plain)}\n",
        f'<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">{br(t)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{s}</div><div dir="ltr"><br><blockquote type="cite">{e(g)}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">\ufeff{a.html}</div></blockquote></body></html>',
    )


def applemac(t: str, lang: str, a: Ask) -> Mail:
    g = {
        "ru": f"24 нояб. 2026 г., в 10:15, {a.name} <{a.to}> написал(а):",
        "en": f"On 24 Nov 2026, at 10:15, {a.name} <{a.to}> wrote:",
    }[lang]
    return Mail(
        f"{t}\n\n\n> {g}\n> \n{q(a.plain)}\n\n",
        f'<html><body style="overflow-wrap: break-word;">{br(t)}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>{e(g)}</div><br class="Apple-interchange-newline"><div>{a.html}</div></blockquote></div><br></body></html>',
    )


def outlook(t: str, lang: str, a: Ask) -> Mail:
    return Mail(
        f"{t}\n\n{head(lang, a)}\n\n{a.plain}\n",
        f'<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {{margin:0cm}} --></style></head><body lang="RU"><div class="WordSection1">{ps(t)}<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{headhtml(lang, a)}<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>{a.html}</div></body></html>',
    )


def outplain(t: str, lang: str, a: Ask) -> Mail:
    o = {
        "ru": "-----Исходное сообщение-----",
        "en": "-----Original Message-----",
        "de": "-----Ursprüngliche Nachricht-----",
        "fr": "-----Message d'origine-----",
        "uk": "-----Вихідне повідомлення-----",
    }[lang]
    return Mail(f"{t}\n\n{o}\n{head(lang, a)}\n\n{a.plain}\n")


def owa(t: str, lang: str, a: Ask) -> Mail:
    return Mail(
        f"{t}\n________________________________\n{head(lang, a)}\n\n{a.plain}\n",
        f'<html><head><style type="text/css" style="display:none;">P {{margin-top:0;margin-bottom:0;}}</style></head><body dir="ltr"><div class="elementToProof" style="font-family: Calibri">{br(t)}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" color="#000000">{headhtml(lang, a)}</font><div>&nbsp;</div></div><div>{a.html}</div></body></html>',
    )


def outmob(t: str, lang: str, a: Ask) -> Mail:
    s = {
        "ru": "Получить Outlook для iOS<https://aka.ms/o0ukef>",
        "en": "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    }[lang]
    m = owa(f"{t}\n\n{s}", lang, a)
    return m


def winmail(t: str, lang: str, a: Ask) -> Mail:
    s = {"ru": "Отправлено из Почты для Windows", "en": "Sent from Mail for Windows"}[lang]
    return outlook(f"{t}\n\n{s}", lang, a)


def yandex(t: str, lang: str, a: Ask) -> Mail:
    g = f'24.11.2026, 10:15, "{a.name}" <{a.to}>:'
    return Mail(
        None, f"<div>{divs(t)}</div><div>\u00a0</div><div>{e(g)}</div><blockquote><div>{a.html}</div></blockquote>"
    )


def yamobile(t: str, lang: str, a: Ask) -> Mail:
    g = f"10:15, 24 ноября 2026 г., {a.name} <{a.to}>:"
    return Mail(
        None,
        f'{br(t)}<div><br></div><div>-- <br>Отправлено из мобильной Яндекс Почты</div><div><br></div><div>{e(g)}</div><blockquote class="2ea1f9b1">{a.html}</blockquote>',
    )


def mailru(t: str, lang: str, a: Ask) -> Mail:
    g = f"Вторник, 24 ноября 2026, 10:15 +03:00 от {a.name} <{a.to}>:"
    return Mail(
        f"\n{t}\n\n \n>{g}\n>\n{q(a.plain, '>')}\n \n--\nАнтон Головин\n",
        f'\n<HTML><BODY><div>{divs(t)}</div><div>&nbsp;</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">{e(g)}<br>&nbsp;<div id="">{a.html}</div></blockquote><div>&nbsp;</div><div data-signature-widget="container"><div data-signature-widget="content"><div>--<br>Антон Головин</div></div></div></BODY></HTML>',
    )


def mailrumob(t: str, lang: str, a: Ask) -> Mail:
    g = f"вторник, 24 ноября 2026 г., 10:15 +0300 от {a.name} <{a.to}>:"
    return Mail(
        f"\n{t}\n--\nОтправлено из Mail.ru для Android\n{g}\n{q(a.plain, '>')}\n",
        f'<HTML><BODY><p style="margin:0">{br(t)}</p><br><div id="mail-app-auto-default-signature"><p>--<br>Отправлено из Mail.ru для Android</p></div><div class="mail-quote-collapse">{e(g)}<br><blockquote id="mail-app-auto-quote" style="border-left:1px solid #005FF9;">{a.html}</blockquote></div></BODY></HTML>',
    )


def thunderbird(t: str, lang: str, a: Ask) -> Mail:
    g = {"ru": f"24.11.2026 10:15, {a.name} пишет:", "en": f"On 11/24/26 10:15, {a.name} wrote:"}[lang]
    return Mail(f"{t}\n\n{g}\n{q(a.plain)}\n", flowed=True)


def tbhtml(t: str, lang: str, a: Ask) -> Mail:
    g = {"ru": f"24.11.2026 10:15, {a.name} пишет:", "en": f"On 11/24/26 10:15, {a.name} wrote:"}[lang]
    return Mail(
        f"{t}\n\n{g}\n{q(a.plain)}\n",
        f'<!DOCTYPE html><html><body><p>{br(t)}</p><div class="moz-cite-prefix">{e(g)}<br></div><blockquote type="cite" cite="mid:1@x">{a.html}</blockquote></body></html>',
        flowed=True,
    )


def k9(t: str, lang: str, a: Ask) -> Mail:
    s = {
        "ru": "-- \nПростите за краткость, создано в K-9 Mail.",
        "en": "-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.",
    }[lang]
    g = {
        "ru": f"24 ноября 2026 г. 10:15:33 GMT+03:00, {a.name} <{a.to}> пишет:",
        "en": f"On November 24, 2026 10:15:33 AM GMT+03:00, {a.name} <{a.to}> wrote:",
    }[lang]
    return Mail(
        f"{t}\n\n{g}\n{q(a.plain, '>')}\n\n{s}\n",
        f'<!DOCTYPE html><html><body dir="auto">{br(t)}<br><br><div class="gmail_quote"><div dir="auto">{e(g)}</div><blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex;">{a.html}</blockquote></div><div style="white-space: pre-wrap"><div class="k9mail-signature">{br(s)}</div></div></body></html>',
    )


def lotus(t: str, lang: str, a: Ask) -> Mail:
    block = {
        "ru": f"От:\t{a.name} <{a.to}>\nКому:\thead@example.test\nДата:\t24.11.2026 10:15\nТема:\t{a.subject}",
        "en": f"From:\t{a.name} <{a.to}>\nTo:\thead@example.test\nDate:\t24.11.2026 10:15\nSubject:\t{a.subject}",
    }[lang]
    return Mail(
        f"{t}\n\n\n\n{block}\n\n\n\n{a.plain}\n",
        f'<font size=2 face="sans-serif">{br(t)}</font><br><br><br><br><font size=1 color=#5f5f5f>{br(block)}</font><br><hr noshade><br><br>{a.html}<br>',
    )


def thebat(t: str, lang: str, a: Ask) -> Mail:
    g = {
        "ru": f"Здравствуйте, {a.name}.\n\nВы писали 24 ноября 2026 г., 10:15:33:\n",
        "en": f"Hello {a.name},\n\nTuesday, November 24, 2026, 10:15:33 AM, you wrote:\n",
    }[lang]
    return Mail(
        f"{t}\n\n{g}\n{q(a.plain, 'C> ')}\n\n\n\n-- \nС уважением,\n Антон                          mailto:head@example.test\n"
    )


def roundcube(t: str, lang: str, a: Ask) -> Mail:
    g = {"ru": f"{a.name} писал(а) 2026-11-24 10:15:", "en": f"On 2026-11-24 10:15, {a.name} wrote:"}[lang]
    return Mail(f"{t}\n\n{g}\n{q(a.plain)}\n")


def zimbra(t: str, lang: str, a: Ask) -> Mail:
    o = {"ru": "----- Исходное сообщение -----", "en": "----- Original Message -----"}[lang]
    block = {
        "ru": f'От: "{a.name}" <{a.to}>\nКому: "head" <head@example.test>\nОтправленные: Вторник, 24 Ноябрь 2026 г 10:15:33\nТема: {a.subject}',
        "en": f'From: "{a.name}" <{a.to}>\nTo: "head" <head@example.test>\nSent: Tuesday, November 24, 2026 10:15:33 AM\nSubject: {a.subject}',
    }[lang]
    return Mail(
        f"{t}\n\n{o}\n{block}\n\n{a.plain}\n",
        f'<html><body><div style="font-family: arial">{divs(t)}<div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{"<br>".join("<b>" + e(x.split(":")[0]) + ": </b>" + e(x.split(":", 1)[1]) for x in block.split(chr(10)))}</div><div data-marker="__QUOTED_TEXT__">{a.html}</div></div></body></html>',
    )


def samsung(t: str, lang: str, a: Ask) -> Mail:
    o = {"ru": "-------- Исходное сообщение --------", "en": "-------- Original message --------"}[lang]
    s = {"ru": "Отправлено с устройства Galaxy", "en": "Sent from my Galaxy"}[lang]
    block = {
        "ru": f"От: {a.name} <{a.to}>\nДата: 24.11.26 10:15 (GMT+03:00)\nКому: head@example.test\nТема: {a.subject}",
        "en": f"From: {a.name} <{a.to}>\nDate: 11/24/26 10:15 AM (GMT+03:00)\nTo: head@example.test\nSubject: {a.subject}",
    }[lang]
    return Mail(
        f"{t}\n\n\n\n{s}\n\n\n{o}\n{block}\n\n{a.plain}\n",
        f'<html><head></head><body dir="auto"><div dir="auto">{br(t)}</div><div><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757">{s}</div></div><div><br></div><div style="font-size:100%;color:#000000"><div>{o}</div>{"".join("<div>" + e(x) + "</div>" for x in block.split(chr(10)))}<div><br></div></div>{a.html}</body></html>',
    )


def proton(t: str, lang: str, a: Ask) -> Mail:
    s = {
        "en": "Sent with Proton Mail secure email.",
        "ru": "Отправлено с помощью защищённой электронной почты Proton Mail.",
    }[lang]
    g = {
        "en": f"On Tuesday, November 24th, 2026 at 10:15 AM, {a.name} <{a.to}> wrote:",
        "ru": f"Вторник, 24 ноября 2026 г. в 10:15, {a.name} <{a.to}> пишет:",
    }[lang]
    return Mail(
        f"{t}\n\n{s}\n\n{g}\n\n{q(a.plain)}\n",
        f'<div style="font-family: Arial">{br(t)}</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">{s}</div></div><div class="protonmail_quote">{e(g)}<br><blockquote class="protonmail_quote" type="cite">{a.html}</blockquote><br></div>',
    )


def evolution(t: str, lang: str, a: Ask) -> Mail:
    g = {
        "ru": f"В Вт, 24/11/2026 в 10:15 +0300, {a.name} пишет:",
        "en": f"On Tue, 2026-11-24 at 10:15 +0300, {a.name} wrote:",
    }[lang]
    return Mail(f"{t}\n\n{g}\n{q(a.plain)}\n")


def mutt(t: str, lang: str, a: Ask) -> Mail:
    return Mail(f"{t}\n\nOn Tue, Nov 24, 2026 at 10:15:33AM +0300, {a.name} wrote:\n{q(a.plain)}\n")


def claws(t: str, lang: str, a: Ask) -> Mail:
    return Mail(f"{t}\n\nOn Tue, 24 Nov 2026 10:15:33 +0300\n{a.name} <{a.to}> wrote:\n\n{q(a.plain)}\n")


def bare(t: str, lang: str, a: Ask) -> Mail:
    return Mail(t + "\n")


def barehtml(t: str, lang: str, a: Ask) -> Mail:
    return Mail(None, f"<html><body>{br(t)}</body></html>")


def raw(t: str, lang: str, a: Ask) -> Mail:
    return Mail(
        t.replace("{Q}", q(a.plain))
        .replace("{P}", a.plain)
        .replace("{G}", gline("ru", a))
        .replace("{GE}", gline("en", a))
        .replace("{H}", head("ru", a))
        .replace("{HE}", head("en", a))
        .replace("{S}", a.subject)
        .replace("{TO}", a.to)
        + "\n"
    )


def rawhtml(t: str, lang: str, a: Ask) -> Mail:
    return Mail(
        None,
        t.replace("{A}", a.html)
        .replace("{G}", e(gline("ru", a)))
        .replace("{GE}", e(gline("en", a)))
        .replace("{HH}", headhtml("ru", a))
        .replace("{HHE}", headhtml("en", a))
        .replace("{S}", e(a.subject)),
    )


PROGRAMS: dict[str, Callable[[str, str, Ask], Mail]] = {
    k: v
    for k, v in globals().items()
    if callable(v)
    and k
    in [
        "gmail",
        "iphone",
        "applemac",
        "outlook",
        "outplain",
        "owa",
        "outmob",
        "winmail",
        "yandex",
        "yamobile",
        "mailru",
        "mailrumob",
        "thunderbird",
        "tbhtml",
        "k9",
        "lotus",
        "thebat",
        "roundcube",
        "zimbra",
        "samsung",
        "proton",
        "evolution",
        "mutt",
        "claws",
        "bare",
        "barehtml",
        "raw",
        "rawhtml",
    ]
}
CHARSETS = {
    "koi8": ("koi8-r", "8bit"),
    "1251": ("windows-1251", "quoted-printable"),
    "1251b": ("windows-1251", "base64"),
    "iso5": ("iso-8859-5", "quoted-printable"),
    "u16": ("utf-16", "base64"),
    "b64": ("utf-8", "base64"),
    "8bit": ("utf-8", "8bit"),
    "866": ("cp866", "base64"),
    "latin": ("iso-8859-1", "quoted-printable"),
}
SIGNED = (
    b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nMIJzaWduYXR1cmU="
)


def build(case: Case, ask: Ask) -> bytes:
    """The raw bytes of one reply."""
    program, *options = case.program.split("+")
    name, _, lang = program.partition("-")
    of_signature = "ru" if lang in ("", "ru", "uk", "kk") else "en"
    signatures = [SIGNATURES[f"{o}-{of_signature}"] for o in options if f"{o}-{of_signature}" in SIGNATURES]
    mail = PROGRAMS[name]("\n\n".join([case.text, *signatures]), lang or "ru", ask)
    bodies = [("plain", mail.plain)] if mail.plain is not None and "htm" not in options else []
    bodies += [("html", mail.html)] if mail.html is not None and ("txt" not in options) else []
    parts = [_part(kind, body, options, mail.flowed and kind == "plain") for kind, body in bodies if body is not None]
    body = parts[0] if len(parts) == 1 else _multipart("multipart/alternative", parts)
    if "smime" in options:
        body = _multipart('multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256', [body, SIGNED])
    return _head(case, ask) + body


def _head(case: Case, ask: Ask) -> bytes:
    fields = [
        ("From", formataddr(parseaddr(case.sender), "utf-8")), ("To", f"<{ask.to}>"),
        ("Subject", f"Re: {ask.subject}" if case.subject is None else case.subject),
        ("Date", "Tue, 24 Nov 2026 10:40:00 +0300"), ("Message-ID", f"<{crc32(repr(case).encode())}@client.test>"),
        ("In-Reply-To", ask.message_id), ("References", ask.message_id), ("MIME-Version", "1.0"), *case.headers,
    ]  # fmt: skip
    coded = [(n, v if v.isascii() else Header(v, "utf-8", header_name=n).encode()) for n, v in fields]
    return "".join(f"{name}: {value}\r\n" for name, value in coded).encode()


def _part(kind: str, body: str, options: Sequence[str], flowed: bool) -> bytes:
    charset, coding = next((CHARSETS[o] for o in options if o in CHARSETS), ("utf-8", "quoted-printable"))
    label = "" if "nocs" in options else f'; charset="{charset}"' + ("; format=flowed" if flowed else "")
    data = body.replace("\n", "\r\n").encode(charset, "replace")
    if coding == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif coding == "quoted-printable":
        data = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return f"Content-Type: text/{kind}{label}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n".encode() + data


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    mark = f"=_{len(kind)}"
    inside = b"".join(f"--{mark}\r\n".encode() + part + b"\r\n" for part in parts)
    return f'Content-Type: {kind}; boundary="{mark}"\r\n\r\n'.encode() + inside + f"--{mark}--\r\n".encode()


def cases(path: Path) -> Iterator[Case]:
    """The cases of a table."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("# "):
            yield _case(f"{path.stem}:{number}", line)


def _case(place: str, line: str) -> Case:
    kind, program, meant, comment, text = (
        line.split(" | ", 4) if line.count(" | ") > 3 else [*line.rstrip(" |").split(" | "), ""]
    )
    headers, sender, subject = [], HEAD, None
    while text.startswith("@"):
        field_line, _, text = text[1:].partition("⏎")
        name, _, value = field_line.partition(": ")
        if name == "From":
            sender = value
        elif name == "Subject":
            subject = value
        else:
            headers.append((name, value))
    return Case(
        place, kind, program, tuple(meant.split("/")), comment, text.replace("⏎", "\n"), tuple(headers), sender, subject
    )
