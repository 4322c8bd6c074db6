"""An invoice on the grid of narrow columns that accounting programs save, as a workbook of any kind."""

from __future__ import annotations

import io
import subprocess
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from helpers.invoice_pages import OUR_INN, OUR_NAME, PETROV, ROMASHKA
from helpers.needs import find_program

ROWS: list[dict[int, object]] = [
    {1: ROMASHKA.bank, 18: "БИК", 20: ROMASHKA.bic}, {18: "Сч. №", 20: ROMASHKA.corr}, {1: "Банк получателя"},
    {1: f"ИНН {ROMASHKA.inn}", 10: f"КПП {ROMASHKA.kpp}", 18: "Сч. №", 20: ROMASHKA.account}, {1: ROMASHKA.name},
    {1: "Получатель"}, {}, {1: "Счет на оплату № 118 от 20 ноября 2026 г."}, {},
    {1: "Поставщик:", 5: f"{ROMASHKA.name}, ИНН {ROMASHKA.inn}, КПП {ROMASHKA.kpp}, 101000, Москва г"},
    {1: "Покупатель:", 5: f"{OUR_NAME}, ИНН {OUR_INN}, КПП 960301001"}, {},
    {1: "№", 3: "Товары (работы, услуги)", 17: "Кол-во", 20: "Цена", 26: "Сумма"},
    {1: 1, 3: "Услуги монтажа", 17: 1, 20: 101194.08, 26: 101194.08},
    {20: "Итого:", 26: 101194.08}, {20: "В том числе НДС 22%:", 26: 22262.7}, {20: "Всего к оплате:", 26: 123456.78},
    {1: "Всего наименований 1, на сумму 123 456,78 руб."},
]  # fmt: skip


def book() -> bytes:
    """The grid of narrow columns that the most used accounting program saves, with a hidden sheet behind it."""
    made = openpyxl.Workbook()
    sheet = made.active
    for number, row in enumerate(ROWS, 1):
        columns = sorted(row)
        for column, following in pairwise([*columns, 33]):
            sheet.cell(number, column + 1, row[column])
            sheet.merge_cells(start_row=number, end_row=number, start_column=column + 1, end_column=following)
    hidden = made.create_sheet("Старые реквизиты")
    hidden.sheet_state = "hidden"
    hidden.append([f"р/с {PETROV.account}", f"БИК {PETROV.bic}", "Всего к оплате: 9 999 999,00"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def converted(folder: Path, content: bytes, kind: str) -> bytes:
    source = folder / "счет.xlsx"
    source.write_bytes(content)
    office = find_program("libreoffice") or "soffice"
    subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind, "--outdir",
         str(folder / "made"), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return next((folder / "made").iterdir()).read_bytes()


_HIDDEN = ' ss:Hidden="1"'


def xml_book() -> bytes:
    """The same grid in the XML of Excel 2003, which leaves empty cells out; a row and a sheet of it are hidden."""

    def cell(column: int, value: object) -> str:
        kind = "String" if isinstance(value, str) else "Number"
        said = f'<Data ss:Type="{kind}">{escape(str(value))}</Data>'
        return f'<Cell ss:Index="{column + 1}" ss:MergeAcross="1">{said}</Cell>'

    rows = [f"<Row>{''.join(cell(column, row[column]) for column in sorted(row))}</Row>" for row in ROWS]
    other = f"<Row{{}}>{cell(1, f'р/с {PETROV.account}')}{cell(20, f'БИК {PETROV.bic}')}</Row>"
    hidden = "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"
    sheets = (
        f"<Worksheet ss:Name='1'><Table>{''.join(rows)}{other.format(_HIDDEN)}</Table></Worksheet>"
        f"<Worksheet ss:Name='2'><Table>{other.format('')}</Table>{hidden}</Worksheet>"
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    head = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    return f'{head}<Workbook xmlns="{space}" xmlns:ss="{space}">{sheets}</Workbook>'.encode()
