"""One more table of ours in the registry's workbook, on a worksheet of its own behind people's.

It is read, merged and written like the registry. It has a generation of its own among the workbook's properties, and
its sheet is known by a hidden mark: people may rename it, and when they remove it, it stays away.
"""

import io
from collections.abc import Sequence
from zipfile import BadZipFile

from sheets.errors import RegistryBroken
from sheets.excel import ExcelRegistry
from sheets.files import digest_of, read_file
from sheets.model import Change, Layout, Version, View
from sheets.newbook import new_book, write_header
from sheets.newsheet import graft, is_strict
from sheets.package import Package
from sheets.stylebook import close_styles, open_styles
from sheets.workbook import Book, open_book


class ExcelBeside(ExcelRegistry):
    """A worksheet of the workbook that another registry keeps; both look at the same locks."""

    def __init__(self, main: ExcelRegistry, layout: Layout) -> None:
        super().__init__(main.path, layout, main._clock, main._lock_stale_after, main._may_write)
        self._life = main._life

    def exists(self) -> bool:
        """Whether the worksheet is in the workbook."""
        book = self._book()
        return book is not None and book.marks.get(self.layout.mark) in book.sheets

    def was_removed(self) -> bool:
        """Whether people took the worksheet away from this very workbook."""
        book = self._book()
        return book is not None and self.layout.mark in book.marks and book.marks[self.layout.mark] is None

    def create(
        self,
        changes: Sequence[Change] = (),
        *,
        generation: int,
        identity: str = "",
        views: Sequence[View] | None = None,
        replace: bool = False,
    ) -> Version:
        """Put the worksheet with these rows behind the others."""
        self._refuse_lock()
        with self._failures():
            content, seen = read_file(self.path)
        package = Package(content)
        book = open_book(package)
        if is_strict(package, book):
            raise RegistryBroken(f"{self.path.name} is in the strict dialect: no worksheet is added to it.")
        styles = open_styles(package, book)
        book = graft(package, book, styles, Package(new_book(self.layout)), self.layout.mark, self.layout.worksheet)
        write_header(package, book.sheets[book.title_of(self.layout)], self.layout, styles)
        close_styles(package, book, styles)
        made = io.BytesIO()
        package.save(made)
        grown = made.getvalue()
        patched, index = self._patched(grown, digest_of(grown), changes, generation, identity, None)
        return self._put(patched, index, lambda: self._refuse_change(seen))

    def _book(self) -> Book | None:
        if not self.path.exists():
            return None
        with self._failures():
            content, _ = read_file(self.path)
        try:
            return open_book(Package(content))
        except (RegistryBroken, BadZipFile):
            return None
