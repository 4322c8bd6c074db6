"""What stands outside of the journal after a run: workbooks or a spreadsheet, materials in a folder or on Drive."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import openpyxl

from helpers.sheets_server import SheetsServer
from sheets.google.wire import raw_of

INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?"
    r"|\d{4}-\d\d-\d\d \d\d[-:]\d\d(?:[-:]\d\d)?"
    r"|\d\d\.\d\d(\.\d{4})?,? \d\d:\d\d"
)
TOLD_OF_TIME = frozenset({"Обновлено"})
SET_ASIDE = re.compile(r" \(\d{4}-\d\d-\d\d \d\d-\d\d-\d\d(, \d+)?\)\.xlsx$")
"""A book kept under another name before it was written anew: there may be more of them after a kill, all whole."""

Facts = dict[str, Any]


class Outside(Protocol):
    """What people see."""

    def sheets(self) -> Facts: ...
    def materials(self) -> list[str]: ...
    def faults(self) -> list[str]: ...


@dataclass(frozen=True)
class OnDisk:
    """Every workbook in the folder of an installation, and the folder of materials."""

    folder: Path

    def sheets(self) -> Facts:
        """Every cell of every sheet, rows of the registry by reference, hidden ones marked."""
        told: Facts = {}
        for path in self._books():
            if not SET_ASIDE.search(path.name):
                book = openpyxl.load_workbook(path)
                prefix = "" if path.name == "registry.xlsx" else f"{path.name} "
                told |= {prefix + sheet.title: _rows(sheet) for sheet in book}
        return told

    def materials(self) -> list[str]:
        """Files by name and content as they lie there."""
        root = self.folder / "materials"
        files = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.startswith(".")]
        return [f"{_place(path.relative_to(root))} {_content(path.name, path.read_bytes())}" for path in files]

    def faults(self) -> list[str]:
        """Whatever bears the name of a workbook or of a copy of the journal is a whole one."""
        copies = [path for path in (self.folder / "var").glob("journal.db.before-*") if not path.name.endswith(".tmp")]
        cut = [path.name for path in copies if not _is_whole_database(path)]
        return cut + [path.name for path in self._books() if not _is_whole_book(path)]

    def _books(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*.xlsx") if not path.name.startswith("."))


@dataclass(frozen=True)
class AtGoogle:
    """A spreadsheet and a folder on Drive."""

    server: SheetsServer

    def sheets(self) -> Facts:
        told: Facts = {}
        for sheet in self.server.spreadsheet.sheets:
            width = max((max(line.cells, default=-1) for line in sheet.lines), default=-1) + 1
            rows = [[raw_of(line.cells.get(at, {})) or None for at in range(width)] for line in sheet.lines]
            hidden = [line.by_user or line.by_filter for line in sheet.lines]
            told[sheet.title] = _told(rows, hidden)
        return told

    def materials(self) -> list[str]:
        drive = self.server.drive
        files = [file for file in drive.files.values() if file["id"] in drive.contents and not drive._in_bin(file)]
        shown = [(drive.path(file), drive.contents[file["id"]]) for file in files]
        return sorted(f"{_place(path)} {_content(path, content)}" for path, content in shown
                      if not path.rpartition("/")[2].startswith("."))  # fmt: skip

    def faults(self) -> list[str]:
        """A folder of a request is there once."""
        drive = self.server.drive
        places = [drive.path(file) for file in drive.files.values() if not drive._in_bin(file)]
        return sorted({f"twice on Drive: {place}" for place in places if places.count(place) > 1})


def _rows(sheet: Any) -> Facts:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    hidden = [bool(sheet.row_dimensions[number].hidden) for number in range(1, len(rows) + 1)]
    return _told(rows, hidden)


def _told(rows: list[list[Any]], hidden: list[bool]) -> Facts:
    header = next((row for row in rows if "Номер" in row), [])
    skipped = {index for index, title in enumerate(header) if title in TOLD_OF_TIME}
    told: Facts = {}
    for number, row in enumerate(rows, start=1):
        cells = {str(header[i] if i < len(header) else i): _cell(value) for i, value in enumerate(row)
                 if value is not None and i not in skipped}  # fmt: skip
        if cells:
            told[str(cells.get("Номер", f"row {number}"))] = cells | {"hidden": str(hidden[number - 1])}
    return told


def _cell(value: object) -> str:
    return INSTANT.sub("T", value.isoformat(" ") if isinstance(value, datetime) else str(value))


def _place(path: object) -> str:
    return INSTANT.sub("T", str(path))


def _content(name: str, content: bytes) -> str:
    """Pages and letters tell of times; that they are whole is told by `verify`."""
    return "" if name.endswith((".html", ".eml")) else hashlib.sha256(content).hexdigest()[:16]


def _is_whole_book(path: Path) -> bool:
    try:
        openpyxl.load_workbook(path)
    except Exception:  # whatever it is, it is no workbook
        return False
    return True


def _is_whole_database(path: Path) -> bool:
    import sqlite3
    from contextlib import closing

    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            return list(copy.execute("PRAGMA integrity_check")) == [("ok",)]
    except sqlite3.DatabaseError:
        return False
