"""The rows of an attached workbook or document, read in a limited child: what stands in its cells, and nothing of what
it means."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

from documents.sandbox import Failure, run_child

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS, LONGEST_CELL = 1000, 60, 3, 1000
_ANSWER_LENGTH = 4_000_000

Sheet = Sequence[Sequence[str]]


def read_sheets(content: bytes) -> tuple[Sheet, ...]:
    """The first sheets of a workbook, or the paragraphs and tables of a document, as texts, row by row; none where it
    does not open."""
    answer = run_child(
        "table", content, cpu_seconds=10, memory_bytes=512 * 1024 * 1024, timeout=15, answer_length=_ANSWER_LENGTH
    )
    if isinstance(answer, Failure):
        return ()
    try:
        sheets = json.loads(answer)
        return tuple(tuple(tuple(str(cell) for cell in row) for row in sheet) for sheet in sheets)
    except (ValueError, TypeError):
        return ()


def work(payload: bytes) -> str:
    """The work of the child."""
    # Only the child needs the library.
    from python_calamine import CalamineWorkbook

    if _is_document(payload):
        from documents.invoices.office import rows_of_docx

        words = [[cell[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]] for row in rows_of_docx(payload)[:MOST_ROWS]]
        return json.dumps([words], ensure_ascii=False)
    book = CalamineWorkbook.from_filelike(io.BytesIO(payload))
    sheets = []
    for name in book.sheet_names[:MOST_SHEETS]:
        rows = book.get_sheet_by_name(name).to_python(nrows=MOST_ROWS)
        sheets.append([[_text(value) for value in row[:MOST_COLUMNS]] for row in rows])
    return json.dumps(sheets, ensure_ascii=False)


def _is_document(payload: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        return "word/document.xml" in archive.namelist()


def _text(value: object) -> str:
    """A cell as a person would type it; a number too long for a spreadsheet shows that it was damaged."""
    if isinstance(value, datetime | date):
        return f"{value.day:02}.{value.month:02}.{value.year}"
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        if abs(value) >= 1e15:
            return f"{value:.14e}"
        return str(int(value)) if value.is_integer() else f"{value:.10f}".rstrip("0")
    return str(value)[:LONGEST_CELL]
