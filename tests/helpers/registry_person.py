"""A person at the registry: the same doings on a workbook (saved by openpyxl) and on a sheet in memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheets.memory import MemoryRegistry, as_value
from sheets.model import Cell, Layout


class Person(Protocol):
    """What people do to a registry."""

    def type_in(self, reference: str, key: str, value: Cell) -> None: ...
    def type_in_view(self, view: str, reference: str, value: str) -> None: ...
    def type_over_view(self, view: str, reference: str, key: str, value: Cell) -> None: ...
    def put(self, place: int, column: int, value: Cell) -> None: ...
    def cell(self, place: int, column: int) -> object: ...
    def insert_rows(self, place: int, count: int = 1) -> None: ...
    def insert_column(self, column: int, title: str) -> None: ...
    def delete_row(self, place: int) -> None: ...
    def copy_row(self, place: int, to: int) -> None: ...
    def open(self, name: str) -> None: ...
    def close(self) -> None: ...
    def vanish(self) -> None: ...
    def is_hidden(self, reference: str) -> bool: ...


class AtMemory:
    """Somebody at a sheet in memory."""

    def __init__(self, registry: MemoryRegistry) -> None:
        self.registry = registry

    def type_in(self, reference: str, key: str, value: Cell) -> None:
        self.registry.type_in(reference, key, value)

    def type_in_view(self, view: str, reference: str, value: str) -> None:
        self.registry.type_in_view(view, reference, value)

    def type_over_view(self, view: str, reference: str, key: str, value: Cell) -> None:
        self.registry.type_in_view(view, reference, as_value(value), key)

    def put(self, place: int, column: int, value: Cell) -> None:
        self.registry.edit_grid().put(place, column, as_value(value))

    def cell(self, place: int, column: int) -> object:
        return list(self.registry.sheets[self.registry.layout.worksheet].iter_rows())[place - 1][column - 1] or None

    def insert_rows(self, place: int, count: int = 1) -> None:
        self.registry.edit_grid().rows[place - 1 : place - 1] = [[] for _ in range(count)]

    def insert_column(self, column: int, title: str) -> None:
        for at, row in enumerate(self.registry.edit_grid().rows):
            row.insert(column - 1, "" if at else title)

    def delete_row(self, place: int) -> None:
        del self.registry.edit_grid().rows[place - 1]

    def copy_row(self, place: int, to: int) -> None:
        grid = self.registry.edit_grid()
        for at, value in enumerate(list(grid.rows[place - 1]), 1):
            grid.put(to, at, value)

    def open(self, name: str) -> None:
        self.registry.lock(name)

    def close(self) -> None:
        self.registry.unlock()

    def vanish(self) -> None:
        self.registry.vanish()

    def is_hidden(self, reference: str) -> bool:
        return reference in self.registry.hidden


class AtWorkbook:
    """Somebody who opens the workbook, changes it and saves it with another program."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        self.layout = layout

    def edit(self, change: Callable[[Worksheet], None], sheet: str = "") -> None:
        book = load_workbook(self.path)
        changed = book[sheet or self.layout.worksheet]
        change(changed)
        for cell in (cell for row in changed.iter_rows() for cell in row):
            if cell.hyperlink:  # openpyxl leaves links behind when rows move; no person would
                cell.hyperlink.ref = cell.coordinate
        book.save(self.path)

    def _find(self, sheet: Worksheet, reference: str) -> int:
        return next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == reference and cell.row)

    def _column(self, sheet: Worksheet, key: str) -> int:
        title = self.layout.title(key)
        return next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == title and cell.column)

    def type_in(self, reference: str, key: str, value: Cell) -> None:
        def change(sheet: Worksheet) -> None:
            sheet.cell(self._find(sheet, reference), self._column(sheet, key)).value = value

        self.edit(change)

    def type_in_view(self, view: str, reference: str, value: str) -> None:
        def change(sheet: Worksheet) -> None:
            sheet.cell(self._find(sheet, reference), self._column(sheet, self.layout.status_key)).value = value

        self.edit(change, next(spec.title for spec in self.layout.views if spec.key == view))

    def type_over_view(self, view: str, reference: str, key: str, value: Cell) -> None:
        def change(sheet: Worksheet) -> None:
            sheet.cell(self._find(sheet, reference), self._column(sheet, key)).value = value

        self.edit(change, next(spec.title for spec in self.layout.views if spec.key == view))

    def put(self, place: int, column: int, value: Cell) -> None:
        def change(sheet: Worksheet) -> None:
            sheet.cell(place, column).value = value

        self.edit(change)

    def cell(self, place: int, column: int) -> object:
        return load_workbook(self.path)[self.layout.worksheet].cell(place, column).value

    def insert_rows(self, place: int, count: int = 1) -> None:
        self.edit(lambda sheet: sheet.insert_rows(place, count))

    def insert_column(self, column: int, title: str) -> None:
        def change(sheet: Worksheet) -> None:
            sheet.insert_cols(column)
            sheet.cell(1, column).value = title

        self.edit(change)

    def delete_row(self, place: int) -> None:
        self.edit(lambda sheet: sheet.delete_rows(place))

    def copy_row(self, place: int, to: int) -> None:
        def change(sheet: Worksheet) -> None:
            for cell in list(sheet[place]):
                sheet.cell(to, int(cell.column or 1)).value = cell.value

        self.edit(change)

    def open(self, name: str) -> None:
        line = f",{name},host,24.11.2026 09:00,file:///profile;"
        self._lock_file().write_text(line, encoding="utf-8")

    def close(self) -> None:
        self._lock_file().unlink()

    def vanish(self) -> None:
        self.path.unlink()

    def is_hidden(self, reference: str) -> bool:
        sheet = load_workbook(self.path)[self.layout.worksheet]
        return bool(sheet.row_dimensions[self._find(sheet, reference)].hidden)

    def _lock_file(self) -> Path:
        return self.path.with_name(f".~lock.{self.path.name}#")
