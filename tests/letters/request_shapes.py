# ruff: noqa: E501 (the markup of mail programs is kept whole)
"""Request mails as mail programs send them: what each does to the lines of a form, its markup, charset and files.

A shape gets the headers and the text that the writer meant, `Label: value` on a line, and fills the message.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable, Iterable
from email.message import EmailMessage

from helpers.outlook import winmail

Pair = tuple[str, str]
"""Label and value; a line of prose has no label."""


def pairs(text: str) -> list[Pair]:
    """The lines, split at their first colon."""
    return [_pair(line) for line in text.split("\n")]


def _pair(line: str) -> Pair:
    label, colon, value = line.partition(":")
    return (label.strip(), value.strip()) if colon and len(label) < 50 and not label.startswith("С уваж") else ("", line)


def e(text: str) -> str:
    return html.escape(text, quote=False)


def both(letter: EmailMessage, text: str, markup: str) -> None:
    letter.set_content(text)
    letter.add_alternative(f"<html><body>{markup}</body></html>", subtype="html")


# --- the same lines, laid out otherwise -----------------------------------------------------------------------------


def _each(text: str, form: Callable[[str, str], str]) -> str:
    return "\n".join(form(label, value) if label else value for label, value in pairs(text))


def _numbered(text: str, mark: str) -> str:
    number = 0
    lines = []
    for label, value in pairs(text):
        number += bool(label)
        lines.append(mark.format(number) + f"{label}: {value}" if label else value)
    return "\n".join(lines)


PLAIN: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "bullets": lambda text: _numbered(text, "• "),
    "dashes": lambda text: _numbered(text, "- "),
    "starred": lambda text: _numbered(text, "* "),
    "numbers": lambda text: _numbered(text, "{}. "),
    "brackets": lambda text: _numbered(text, "{}) "),
    "nextline": lambda text: _each(text, lambda label, value: f"{label}:\n{value}\n"),
    "nextbare": lambda text: _each(text, lambda label, value: f"{label}\n{value}\n"),
    "blanks": lambda text: text.replace("\n", "\n\n"),
    "nbsp": lambda text: _each(text, lambda label, value: f"{label}:\xa0{value.replace(' ', chr(0xA0))}"),
    "fullwidth": lambda text: _each(text, lambda label, value: f"{label}：{value}"),
    "spaced": lambda text: _each(text, lambda label, value: f"  {label} :   {value}  "),
    "emdash": lambda text: _each(text, lambda label, value: f"{label} — {value}"),
    "hyphen": lambda text: _each(text, lambda label, value: f"{label} - {value}"),
    "tabs": lambda text: _each(text, lambda label, value: f"{label}\t{value}"),
    "tabcolon": lambda text: _each(text, lambda label, value: f"{label}:\t\t{value}"),
    "equals": lambda text: _each(text, lambda label, value: f"{label} = {value}"),
    "bold": lambda text: _each(text, lambda label, value: f"*{label}:* {value}"),
    "markdown": lambda text: _each(text, lambda label, value: f"**{label}**: {value}"),
    "underscored": lambda text: _each(text, lambda label, value: f"{label}: __{value}__"),
    "dotted": lambda text: _each(text, lambda label, value: f"{label}........{value}"),
    "upper": lambda text: _each(text, lambda label, value: f"{label.upper()}: {value}"),
    "lower": lambda text: _each(text, lambda label, value: f"{label.lower()}: {value}"),
    "starlabel": lambda text: _each(text, lambda label, value: f"{label} *: {value}"),
    "nocolon": lambda text: _each(text, lambda label, value: f"{label} {value}"),
    "semicolons": lambda text: _each(text, lambda label, value: f"{label}: {value};"),
    "quotedvalues": lambda text: _each(text, lambda label, value: f'{label}: "{value}"'),
    "angled": lambda text: _each(text, lambda label, value: f"{label}: <{value}>"),
    "quote": lambda text: "Добрый день, заполнила.\n\n24.11.2026 9:40, Платежи пишет:\n" + "\n".join(f"> {line}" for line in text.split("\n")),
    "quotequote": lambda text: "См. ниже\n\nвт, 24 нояб. 2026 г. в 09:40, Платежи <pay@example.test>:\n\n" + "\n".join(f">> {line}" for line in text.split("\n")),
    "enquote": lambda text: "Filled in below.\n\nOn Tue, Nov 24, 2026 at 9:40 AM Payments <pay@example.test> wrote:\n\n" + "\n".join(f"> {line}" for line in text.split("\n")),
    "wrapped": lambda text: "\n".join(_wrap(line) for line in text.split("\n")),
    "crammed": lambda text: ", ".join(f"{label}: {value}" if label else value for label, value in pairs(text)),
    "slashes": lambda text: _each(text, lambda label, value: f"{label} / {value}"),
    "arrow": lambda text: _each(text, lambda label, value: f"{label} -> {value}"),
    "pipes": lambda text: _each(text, lambda label, value: f"| {label} | {value} |"),
}  # fmt: skip


def _wrap(line: str, width: int = 40) -> str:
    out, row = [], ""
    for word in line.split(" "):
        if row and len(row) + len(word) >= width:
            out.append(row)
            row = ""
        row = f"{row} {word}".strip()
    return "\n".join([*out, row])


# --- markup ---------------------------------------------------------------------------------------------------------


def _p(text: str) -> str:
    return f"<p class=MsoNormal>{text or '&nbsp;'}<o:p></o:p></p>"


def outlook(letter: EmailMessage, text: str) -> None:
    rows = [
        _p(f"<b><span style='font-size:11.0pt'>{e(label)}:</span></b><span style='font-size:11.0pt'> {e(value)}</span>") if label else _p(e(value))
        for label, value in pairs(text)
    ]
    both(letter, text.replace("\n", "\n\n"), f"<div class=WordSection1>{''.join(rows)}</div>")


def _runs(text: str) -> Iterable[list[Pair]]:
    """Neighbouring pairs together, each line of prose alone."""
    run: list[Pair] = []
    for label, value in pairs(text):
        if label:
            run.append((label, value))
            continue
        if run:
            yield run
        run = []
        yield [("", value)]
    if run:
        yield run


def _tabled(text: str, row: Callable[[int, str, str], str], table: str, prose: Callable[[str], str]) -> str:
    out = ""
    for run in _runs(text):
        if run[0][0]:
            out += table + "".join(row(number, label, value) for number, (label, value) in enumerate(run, 1)) + "</table>"
        else:
            out += prose(run[0][1])
    return out


def outlook_table(letter: EmailMessage, text: str) -> None:
    def row(_number: int, label: str, value: str) -> str:
        return f"<tr><td width=200 valign=top style='border:solid windowtext 1.0pt'>{_p(e(label))}</td><td width=300 valign=top>{_p(e(value))}</td></tr>"

    markup = _tabled(text, row, "<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0>", lambda line: _p(e(line)))
    both(letter, _each(text, lambda label, value: f"{label}\n\n{value}\n"), markup)


def table_colon(letter: EmailMessage, text: str) -> None:
    markup = _tabled(text, lambda _n, label, value: f"<tr><th align=left>{e(label)}:</th><td>{e(value)}</td></tr>", "<table>", lambda line: f"<p>{e(line)}</p>")
    letter.set_content(f"<html><body>{markup}</body></html>", subtype="html")


def table_numbered(letter: EmailMessage, text: str) -> None:
    """№, label, value, remark."""
    head = "<table border=1><tr><th>№</th><th>Показатель</th><th>Значение</th><th>Примечание</th></tr>"
    markup = _tabled(text, lambda n, label, value: f"<tr><td>{n}</td><td>{e(label)}</td><td>{e(value)}</td><td></td></tr>", head, lambda line: f"<p>{e(line)}</p>")
    letter.set_content(f"<html><body>{markup}</body></html>", subtype="html")


def table_across(letter: EmailMessage, text: str) -> None:
    """All labels in the first row, the values below."""
    out = ""
    for run in _runs(text):
        if not run[0][0]:
            out += f"<div>{e(run[0][1])}</div>"
            continue
        out += "<table border=1><tr>" + "".join(f"<td><b>{e(label)}</b></td>" for label, _ in run) + "</tr><tr>"
        out += "".join(f"<td>{e(value)}</td>" for _, value in run) + "</tr></table>"
    letter.set_content(f"<html><body>{out}</body></html>", subtype="html")


def outlook_list(letter: EmailMessage, text: str) -> None:
    rows, number = [], 0
    for label, value in pairs(text):
        if not label:
            rows.append(_p(e(value)))
            continue
        number += 1
        rows.append(
            "<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>"
            f"{number}.<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>{e(label)}: {e(value)}<o:p></o:p></p>"
        )
    letter.set_content(f"<html><body lang=RU><div class=WordSection1>{''.join(rows)}</div></body></html>", subtype="html")


def gmail(letter: EmailMessage, text: str) -> None:
    rows = "".join(f"<div>{e(line) or '<br>'}</div>" for line in text.split("\n"))
    both(letter, text, f'<div dir="ltr">{rows}</div>')


def gmail_bold(letter: EmailMessage, text: str) -> None:
    rows = "".join(f"<div><b>{e(label)}</b>:&nbsp;{e(value)}</div>" if label else f"<div>{e(value) or '<br>'}</div>" for label, value in pairs(text))
    both(letter, PLAIN["bold"](text), f'<div dir="ltr">{rows}</div>')


def gmail_sheet(letter: EmailMessage, text: str) -> None:
    table = '<table xmlns="http://www.w3.org/1999/xhtml" cellspacing="0" dir="ltr" data-sheets-root="1"><colgroup><col width="100"><col width="300"></colgroup><tbody>'
    markup = _tabled(text, lambda _n, label, value: f'<tr style="height:21px"><td style="overflow:hidden">{e(label)}</td><td style="text-align:right">{e(value)}</td></tr>', table, lambda line: f"<div>{e(line) or '<br>'}</div>")
    both(letter, _each(text, lambda label, value: f"{label} {value}"), f'<div dir="ltr">{markup}</div>')


def yandex(letter: EmailMessage, text: str) -> None:
    rows = "".join(f"<div>{e(label)}:&nbsp;{e(value)}</div>" if label else f"<div>{e(value) or '&nbsp;'}</div>" for label, value in pairs(text))
    letter.set_content(rows, subtype="html")


def mailru(letter: EmailMessage, text: str) -> None:
    body = "<br>".join(f"{e(label)}: <b>{e(value)}</b>" if label else e(value) for label, value in pairs(text))
    both(letter, text, f'<div class="cl_123">{body}</div><div data-signature-widget="container"><div data-signature-widget="content"><div>--<br>Рита Орлова</div></div></div>')


def apple(letter: EmailMessage, text: str) -> None:
    rows = "".join(f'<div>{e(label)}:<span class="Apple-tab-span" style="white-space:pre">\t</span>{e(value)}</div>' if label else f"<div>{e(value) or '<br>'}</div>" for label, value in pairs(text))
    both(letter, PLAIN["tabcolon"](text), f'<div style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">{rows}</div>')


def html_ul(letter: EmailMessage, text: str) -> None:
    out = _tabled(text, lambda _n, label, value: f"<li><strong>{e(label)}</strong> &ndash; {e(value)}</li>", "<ul>", lambda line: f"<p>{e(line)}</p>").replace("</table>", "</ul>")
    letter.set_content(f"<html><body>{out}</body></html>", subtype="html")


def html_ol(letter: EmailMessage, text: str) -> None:
    out = _tabled(text, lambda _n, label, value: f"<li>{e(label)}: {e(value)}</li>", "<ol>", lambda line: f"<p>{e(line)}</p>").replace("</table>", "</ol>")
    letter.set_content(f"<html><body>{out}</body></html>", subtype="html")


def moz_quote(letter: EmailMessage, text: str) -> None:
    """Thunderbird: filled in inside the quotation of our blank form."""
    letter.set_content(
        '<html><body><p>Добрый день, заполнила.</p><div class="moz-cite-prefix">24.11.2026 9:40, Платежи пишет:<br></div>'
        f'<blockquote type="cite" cite="mid:x@example.test"><pre class="moz-quote-pre" wrap="">{e(text)}</pre></blockquote></body></html>',
        subtype="html",
    )


def outlook_quote(letter: EmailMessage, text: str) -> None:
    """Outlook: filled in below the line `From:` of our form."""
    head = "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Платежи &lt;pay@example.test&gt;<br><b>Sent:</b> Tuesday, November 24, 2026 9:40 AM<br><b>To:</b> Рита Орлова &lt;rita@example.test&gt;<br><b>Subject:</b> Форма заявки на оплату</p></div>"
    rows = "".join(_p(e(line)) for line in text.split("\n"))
    letter.set_content(f"<html><body><div class=WordSection1>{_p('Заполнила, см. ниже.')}{head}{rows}</div></body></html>", subtype="html")


def spans(letter: EmailMessage, text: str) -> None:
    """Labels broken into many runs, as Word leaves them after an edit."""
    def cut(word: str) -> str:
        return "".join(f"<span lang=RU>{e(part)}</span>" for part in (word[:2], word[2:5], word[5:]) if part)

    rows = "".join(f"<div><b>{cut(label)}</b><span>:</span> <i>{cut(value)}</i></div>" if label else f"<div>{e(value)}</div>" for label, value in pairs(text))
    letter.set_content(f"<html><head><style>p {{margin:0}}</style><!--[if gte mso 9]><xml></xml><![endif]--></head><body>{rows}</body></html>", subtype="html")


def charset(name: str) -> Callable[[EmailMessage, str], None]:
    def fill(letter: EmailMessage, text: str) -> None:
        letter.set_content(text.replace("—", "-").replace("«", '"').replace("»", '"').replace("№", "N"), charset=name)

    return fill


# --- the form as a file ---------------------------------------------------------------------------------------------


def _book(text: str, columns: int = 2) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, (label, value) in enumerate(pairs(text), 1):
        sheet.append([number, label, value] if columns == 3 else [label, value])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _across(text: str) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [(label, value) for label, value in pairs(text) if label]
    sheet.append([label for label, _ in rows])
    sheet.append([value for _, value in rows])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _document(text: str, table: bool) -> bytes:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def p(words: str) -> str:
        return f'<w:p><w:r><w:t xml:space="preserve">{e(words)}</w:t></w:r></w:p>'

    if table:
        rows = "".join(f"<w:tr><w:tc>{p(label)}</w:tc><w:tc>{p(value)}</w:tc></w:tr>" for label, value in pairs(text))
        body = f"{p('Заявка на оплату')}<w:tbl>{rows}</w:tbl>"
    else:
        body = "".join(p(f"{label}: {value}" if label else value) for label, value in pairs(text))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
        archive.writestr("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
        archive.writestr("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?><w:document {w}><w:body>{body}</w:body></w:document>')
    return out.getvalue()


XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "vnd.openxmlformats-officedocument.wordprocessingml.document"


def attached(name: str, subtype: str, make: Callable[[str], bytes]) -> Callable[[EmailMessage, str], None]:
    """A word in the mail, the form itself in a file; what stands above a line `%%` is the mail's own text."""
    def fill(letter: EmailMessage, text: str) -> None:
        words, cut, form = text.rpartition("\n%%\n")
        letter.set_content(words if cut else "Добрый день!\nЗаявка во вложении.\n\nРита Орлова")
        letter.add_attachment(make(form), maintype="application", subtype=subtype, filename=name)

    return fill


SHAPES: dict[str, Callable[[EmailMessage, str], None]] = {
    "outlook": outlook, "outlook_table": outlook_table, "table_colon": table_colon, "table_numbered": table_numbered,
    "table_across": table_across, "outlook_list": outlook_list, "gmail": gmail, "gmail_bold": gmail_bold,
    "gmail_sheet": gmail_sheet, "yandex": yandex, "mailru": mailru, "apple": apple, "html_ul": html_ul,
    "html_ol": html_ol, "moz_quote": moz_quote, "outlook_quote": outlook_quote, "spans": spans,
    "koi8": charset("koi8-r"), "cp1251": charset("windows-1251"),
    "xlsx": attached("Заявка.xlsx", XLSX, _book), "xlsx_across": attached("Заявка на оплату.xlsx", XLSX, _across),
    "docx": attached("Заявка.docx", DOCX, lambda text: _document(text, False)),
    "docx_table": attached("Заявка.docx", DOCX, lambda text: _document(text, True)),
}  # fmt: skip


def fill(letter: EmailMessage, text: str, shape: str) -> None:
    """Put the text into the message as that program does."""
    if shape in PLAIN:
        letter.set_content(PLAIN[shape](text) + "\n")
    else:
        SHAPES[shape](letter, text)


# --- odd files ------------------------------------------------------------------------------------------------------


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def locked(content: bytes) -> bytes:
    """The PDF behind a password."""
    from pypdf import PdfReader, PdfWriter

    paper = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    paper.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    paper.write(out)
    return out.getvalue()


def packed(name: str, content: bytes) -> bytes:
    return winmail((name, content))
