"""A workbook as a busy accountant has it: our columns among hers, a chart, sparklines, notes, other sheets."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from helpers.registry_cast import cells, reference
from sheets.model import Layout

HEADER_ROW = 4  # a title and a blank line stand above
OWN_COLUMNS = ("My share", "My trend", "My tick")
ROWS = 12

THREADS = """<?xml version="1.0" encoding="UTF-8"?>
<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">
<threadedComment ref="C5" dT="2026-11-20T10:00:00.00" personId="{0F1C}" id="{7E2A}"><text>Who is this?</text>
</threadedComment></ThreadedComments>"""


def rich_workbook(path: Path, layout: Layout, *, as_table: bool = False) -> None:
    """Write the workbook; its registry has twelve requests, and three columns that are not ours."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(layout.worksheet)
    day, money = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"num_format": "#,##0.00"})
    sheet.write("A1", "Payments of the house", book.add_format({"bold": True, "font_size": 16}))
    titles = [OWN_COLUMNS[0], *(layout.title(column.key) for column in layout.columns), *OWN_COLUMNS[1:]]
    last, right = HEADER_ROW + ROWS - 1, len(titles) - 1
    for at, title in enumerate(titles):
        sheet.write(HEADER_ROW - 1, at, title)
    for number in range(1, ROWS + 1):
        _write_row(sheet, layout, number, day, money, right)
    if as_table:
        options = {"columns": [{"header": title} for title in titles], "name": "Payments"}
        sheet.add_table(HEADER_ROW - 1, 0, last, right, options)
    else:
        sheet.autofilter(HEADER_ROW - 1, 0, last, right)
        sheet.filter_column_list(2, [str(cells(1)["status"])])
    _decorate(book, sheet, last)
    other = book.add_worksheet("Plan")
    other.write_formula("A1", f"=SUM('{layout.worksheet}'!F5:F16)", None, 78006)
    other.write_formula("A2", "=A1*2", None, 156012)
    book.define_name("Limit", "=Plan!$A$1")
    book.close()
    _add_threads(path)


def _write_row(sheet: Worksheet, layout: Layout, number: int, day: Format, money: Format, right: int) -> None:
    place = HEADER_ROW + number - 1
    sheet.write_formula(place, 0, f"=F{place + 1}/SUM(F5:F16)", None, 0.1)
    for at, column in enumerate(layout.columns, 1):
        value = cells(number).get(column.key)
        if column.kind == "date" and value is not None:
            sheet.write_datetime(place, at, value, day)
        elif column.kind == "money" and value is not None:
            sheet.write_number(place, at, float(str(value)), money)
        else:
            sheet.write_string(place, at, str(value or ""))
    sheet.add_sparkline(place, right - 1, {"range": f"{layout.worksheet}!F5:F{place + 1}"})
    sheet.write_boolean(place, right, number % 2 == 0)


def _decorate(book: xlsxwriter.Workbook, sheet: Worksheet, last: int) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={sheet.get_name()}!$F$5:$F$16", "trendline": {"type": "linear"}})
    sheet.insert_chart("AK4", chart)
    sheet.insert_textbox("AK20", "Ask before you pay")
    sheet.insert_image("AK30", "dot.png", {"image_data": io.BytesIO(_picture())})
    sheet.write_comment("D6", "An old note")
    sheet.conditional_format(f"F5:F{last + 1}", {"type": "data_bar", "data_bar_2010": True, "bar_solid": True})
    large = {"type": "cell", "criteria": ">", "value": 9000, "format": book.add_format({"bold": True})}
    sheet.conditional_format(f"F5:F{last + 1}", large)
    sheet.data_validation(f"I5:I{last + 1}", {"validate": "any", "input_title": "Date", "input_message": "when paid"})
    sheet.freeze_panes(HEADER_ROW, 2)
    sheet.set_row(HEADER_ROW + 3, 40, None, {"level": 1})
    sheet.write(last + 4, 0, "Prepared by Fiona")


def _picture() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _add_threads(path: Path) -> None:
    """Parts that no library writes: what Excel keeps beside the sheet must live on as well."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/threadedComments/threadedComment1.xml", THREADS)
        archive.writestr("xl/persons/person.xml", "<personList/>")
        archive.writestr("xl/vbaProject.bin", bytes(range(256)), zipfile.ZIP_STORED)


def parts(path: Path) -> dict[str, bytes]:
    """All parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def known() -> list[str]:
    """The references that stand in the rich workbook."""
    return [reference(number) for number in range(1, ROWS + 1)]
